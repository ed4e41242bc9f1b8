"""States, and continents, by the words for their people and what is theirs: "Norwegian", "a Frenchman"."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from ...vectorstore.names import fold
from .states import names_of, state_of
from .tables import table

_SUFFIXES = ("", "s", "man", "men", "woman", "women")


def states_of(word: str) -> frozenset[str]:
    """All names, folded, of the states that a word is said of ("Norwegians": "norway"); none where it is no such word.

    A word may be said of several states ("Korean").
    """
    folded, known = fold(word), _by_demonym()
    bare = (folded.removesuffix(suffix) for suffix in _SUFFIXES if folded.endswith(suffix))
    return next((known[demonym] for demonym in bare if demonym in known), frozenset[str]())


def demonyms_of(state: str) -> frozenset[str]:
    """What is said of a state and its people, folded ("Norway": "norwegian")."""
    return frozenset(word for word, states in _by_demonym().items() if fold(state) in states)


@lru_cache(maxsize=1)
def _by_demonym() -> Mapping[str, frozenset[str]]:
    found = defaultdict[str, frozenset[str]](frozenset)
    for row in table("peoples"):
        code = state_of(row["place"])
        for people in row["peoples"].split(";"):
            found[fold(people)] |= names_of(code) if code else {fold(row["place"])}
    return found
