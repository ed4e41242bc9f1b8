"""Misspelt words repaired against the library's own vocabulary."""

from functools import lru_cache

from ..ingest.structure import countries
from ..vectorstore.store import Store

_MIN_CHARS = 4
_LONG_CHARS = 7


def repaired(store: Store, stem: str) -> str:
    """The stem itself where the library has it, else the likeliest one it may be a slip of the pen for.

    A slip is one letter wrong, missing, added or swapped with its neighbour, two in a word of seven letters or more
    (optimal string alignment distance); the first letter is taken to be right. Names of states are never "repaired".
    """
    if len(stem) < _MIN_CHARS or not stem.isalpha() or store.lexical.document_frequency(stem) or stem in _states(store):
        return stem
    from rapidfuzz.distance import OSA

    allowed = 2 if len(stem) >= _LONG_CHARS else 1
    near = [
        (OSA.distance(stem, word, score_cutoff=allowed), -count, word)
        for word, count in store.lexical.vocabulary(stem[0])
        if abs(len(word) - len(stem)) <= allowed
    ]
    near = [candidate for candidate in near if candidate[0] <= allowed and _is_slip(stem, candidate[2])]
    return min(near)[2] if near else stem


def _is_slip(stem: str, word: str) -> bool:
    """Whether a short stem differs by a letter missing, added or swapped; one for another makes another word too often
    ("hard", "harm")."""
    return len(stem) >= _LONG_CHARS or len(stem) != len(word) or sorted(stem) == sorted(word)


@lru_cache(maxsize=4)
def _states(store: Store) -> frozenset[str]:
    return frozenset(word for country in countries() for word in store.lexical.words(country))
