"""How like two texts are, in one measure for all embedding models.

The weights and thresholds of retrieval and answers are fitted to the cosines of all-MiniLM-L6-v2. Another model's lie
elsewhere, those of multilingual-e5-small mostly between .7 and .9; so a model may have a file here, which takes its
cosines to those that as many pairs of texts reach by MiniLM. `benchmarks/likeness.py` makes the files. The cosines of a
model without one are taken as they are. Within some languages cosines lie higher than within English: two Chinese
texts that have nothing to do with each other have one of .81, two English ones of .73; so a file may have curves of its
own for pairs of texts in one language.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

Pair = Literal["asked", "alike"]
_FOLDER = Path(__file__).parent


def likeness(model: str, cosines: "np.ndarray", pair: Pair = "asked", language: str | None = None) -> "np.ndarray":
    """The likeness, -1 to 1, that a model's cosines stand for.

    Args:
        model: the embedding model's name.
        cosines: of any shape.
        pair: "asked" of a question with a passage or a sentence, "alike" of two texts of the same kind.
        language: the one that both texts are in, where it is known.
    """
    import numpy as np

    curves = _curves(model)
    if curves is None:
        return cosines
    curve: dict[str, list[float]] = curves["languages"].get(language, curves)[pair]
    return np.interp(cosines, curve["cosine"], curve["likeness"])


@cache
def _curves(model: str) -> dict[str, Any] | None:
    """The curves of a model; None where it has none."""
    files = {file.stem: file for file in _FOLDER.glob("*.json")}
    known: dict[str, Any] | None = json.loads(files[model].read_text(encoding="utf-8")) if model in files else None
    return {"languages": dict[str, Any](), **known} if known is not None else None
