"""Misspelt words repaired against the library's own vocabulary."""

import re
from functools import lru_cache

from ..ingest.structure import countries
from ..vectorstore.errors import ModelError
from ..vectorstore.store import Store

_MIN_CHARS = 4
_LONG_CHARS = 7
_MIN_SHARED = 6
_PASSAGES_SEEN = 5
_WORD = re.compile(r"[^\W\d_]+")


def repaired_words(store: Store, text: str) -> list[str]:
    """The stems of a text's words, in order; of a misspelt one the stem the library has."""
    return [_repaired(store, stem, word) for word in re.findall(r"[^\W_]+", text) for stem in store.lexical.words(word)]


def respelt(store: Store, text: str) -> str:
    """The text with misspelt words as the library writes them, so that their meaning can be compared."""

    def written(match: re.Match[str]) -> str:
        word = match[0]
        for stem in store.lexical.words(word):
            found = _repaired(store, stem, word)
            if found != stem and not _is_known(store, word):
                return _as_written(store, found, word)
        return word

    return _WORD.sub(written, text)


def _repaired(store: Store, stem: str, word: str) -> str:
    """The stem itself where the library has it, else the likeliest one it may be a slip of the pen for.

    A slip is one letter wrong, missing, added or swapped with its neighbour, two in a word of seven letters or more
    (optimal string alignment distance); the first letter is taken to be right. Names of states and acronyms are never
    "repaired", and a word that the embedding model knows only where another form of it is there ("Rwandan", "Rwanda").
    """
    if len(stem) < _MIN_CHARS or not stem.isalpha() or word.isupper() or stem in _states(store):
        return stem
    if store.lexical.document_frequency(stem):
        return stem
    from rapidfuzz.distance import OSA

    allowed = 2 if len(stem) >= _LONG_CHARS else 1
    near = [
        (OSA.distance(stem, other, score_cutoff=allowed), -count, other)
        for other, count in store.lexical.vocabulary(stem[0])
        if abs(len(other) - len(stem)) <= allowed
    ]
    near = [candidate for candidate in near if candidate[0] <= allowed and _is_slip(stem, candidate[2])]
    if near and _is_known(store, word):
        near = [candidate for candidate in near if _is_form(stem, candidate[2])]
    return min(near)[2] if near else stem


def _is_known(store: Store, word: str) -> bool:
    """Whether the embedding model has a word as a whole among its tokens: then it is spelt right."""
    try:
        return store.embedder.count_tokens(word) - store.embedder.count_tokens("") == 1
    except ModelError:
        return False


def _is_form(stem: str, other: str) -> bool:
    """Whether one of two stems begins with the other, long enough to be the same word."""
    return min(len(stem), len(other)) >= _MIN_SHARED and (stem.startswith(other) or other.startswith(stem))


def _as_written(store: Store, stem: str, word: str) -> str:
    """What a word was meant to be: of the words of that stem in the library's passages, the one most like it."""
    from rapidfuzz.distance import OSA

    hits = store.hits(store.by_words({stem: 1.0}, _PASSAGES_SEEN))
    seen = {each.casefold() for hit in hits for each in _WORD.findall(hit.passage.text)}
    meant = [each for each in seen if store.lexical.words(each) == [stem]]
    found = min(meant, key=lambda each: (OSA.distance(word.casefold(), each), each), default=word)
    return found.capitalize() if word[0].isupper() else found


def _is_slip(stem: str, word: str) -> bool:
    """Whether a short stem differs by a letter missing, added or swapped; one for another makes another word too often
    ("hard", "harm")."""
    return len(stem) >= _LONG_CHARS or len(stem) != len(word) or sorted(stem) == sorted(word)


@lru_cache(maxsize=4)
def _states(store: Store) -> frozenset[str]:
    return frozenset(word for country in countries() for word in store.lexical.words(country))
