"""How like two texts are, in one measure for all embedding models.

The weights and thresholds of retrieval and answers are fitted to the cosines of all-MiniLM-L6-v2. Another model's lie
elsewhere, those of multilingual-e5-small mostly between .7 and .9; so a model may have a file here, which takes its
cosines to those that as many pairs of texts reach by MiniLM. `benchmarks/likeness.py` makes the files. The cosines of a
model without one are taken as they are.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

Pair = Literal["asked", "alike"]
_FOLDER = Path(__file__).parent


def likeness(model: str, cosines: "np.ndarray", pair: Pair = "asked") -> "np.ndarray":
    """The likeness, -1 to 1, that a model's cosines stand for.

    Args:
        model: the embedding model's name.
        cosines: of any shape.
        pair: "asked" of a question with a passage or a sentence, "alike" of two texts of the same kind.
    """
    import numpy as np

    knots = _knots(model)
    if knots is None:
        return cosines
    return np.interp(cosines, knots[pair]["cosine"], knots[pair]["likeness"])


@cache
def _knots(model: str) -> dict[str, dict[str, list[float]]] | None:
    """The curves of a model; None where it has none."""
    files = {file.stem: file for file in _FOLDER.glob("*.json")}
    known: dict[str, Any] | None = json.loads(files[model].read_text(encoding="utf-8")) if model in files else None
    return known
