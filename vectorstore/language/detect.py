"""The language of a text, as py3langid's naive Bayes over byte sequences (Lui and Baldwin, 2012) tells it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..embedder.kept_files import made_once, remembered_sha256, user_cache
from ..errors import ModelError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE_CHARS = 8_000
_FEWEST_LETTERS = 40
_NONE = ("und", "mul", "zxx")
# Of 1,662 pieces of 60 characters in eight languages, two were told wrongly at this probability.
_MIN_PROBABILITY = 0.9
# A question is short, and mostly in the language of the records, of the United Nations, or of many people. By hand: of
# 900 questions of XQuAD in six languages, asked of English records, 895 are told, and "Did Verrano approve it?" is no
# Italian.
_HELD, _COMMON, _USUAL, _ELSE = 20.0, 3.0, 1.0, 0.1
_LIKELY = dict.fromkeys(("ar", "en", "es", "fr", "ru", "zh"), _COMMON) | dict.fromkeys(
    "bg cs da de el fa fi he hi hu id it ja ko nl no pl pt ro sr sv th tr uk vi".split(), _USUAL
)


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that a text begins in; None where the text is short or does not show it."""
    sample = text[:SAMPLE_CHARS]
    if sum(character.isalpha() for character in sample) < _FEWEST_LETTERS:
        return None
    language, probability = _identifier().classify(sample)
    return _code(language) if probability >= _MIN_PROBABILITY else None


def language_of_question(question: str, held: Sequence[str]) -> str | None:
    """The language a question is asked in; where it shows none, the first of those of the records (`held`)."""
    if not any(character.isalpha() for character in question):
        return next(iter(held), None)
    likely = _LIKELY | dict.fromkeys(held, _HELD)
    ranked = _identifier().rank(question[:SAMPLE_CHARS])
    found = max(ranked, key=lambda one: likely.get(one[0], _ELSE) * one[1])[0]
    return _code(found) or next(iter(held), None)


def tag_language(tag: str | None) -> str | None:
    """The language of a tag that a format states ("en-GB", "pt_BR"), in the form of `language_of`."""
    match = re.match(r"\A\s*([a-zA-Z]{2,3})(?:[-_][\w-]*)?\s*$", tag or "")
    return _code(match[1].lower()) if match else None


def _code(language: str) -> str | None:
    """One code for Norwegian, whichever of its standards; None for no language."""
    return None if language in _NONE else "no" if language in ("nb", "nn") else language


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    return open_identifier(user_cache())


def open_identifier(cache_dir: Path) -> "LanguageIdentifier":
    """The model, for the languages with a code of two letters, and for what is in none ("zxx").

    It comes packed so tightly that unpacking takes 0.6 s; it is unpacked once, into the cache.
    """
    import numpy as np
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    packed = Path(MODEL_DIR) / MODEL_FILE
    name = f"languages-{remembered_sha256(packed, cache_dir)[:12]}-1.npy"
    try:
        unpacked = made_once(cache_dir / name, lambda target: _unpack(packed, target), "py3langid")
    except ModelError:  # no place to keep it
        return _narrowed(packed)
    [model] = np.load(unpacked, mmap_mode="r")
    steps, rows, output = model["steps"].data, model["rows"].data, model["output"].tolist()
    classes: list[str] = model["classes"].tolist()
    return LanguageIdentifier(model["shares"], model["prior"], classes, steps, output, norm_probs=True, tk_row=rows)


def _narrowed(packed: Path) -> "LanguageIdentifier":
    from py3langid.langid import LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(str(packed), norm_probs=True)
    identifier.set_languages([code for code in identifier.nb_classes if len(code) == 2 or code == "zxx"])
    return identifier


def _unpack(packed: Path, target: Path) -> None:
    """Writes the model as one record, of which only what is read comes into memory."""
    import numpy as np

    model = _narrowed(packed)
    parts = {
        "steps": np.frombuffer(model.tk_nextmove, model.tk_nextmove.typecode),
        "output": np.asarray(model.tk_output, np.int32),
        "prior": model.nb_pc,
        "classes": np.array(model.nb_classes),
        "shares": model.nb_ptc,
        "rows": np.frombuffer(model.tk_row, model.tk_row.typecode),
    }
    record = np.empty(1, [(name, part.dtype, part.shape) for name, part in parts.items()])
    for name, part in parts.items():
        record[name] = part
    with target.open("wb") as file:
        np.save(file, record)
