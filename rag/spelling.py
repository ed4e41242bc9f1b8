"""Misspelt words repaired against the library's own vocabulary."""

import re
from collections import Counter
from functools import lru_cache
from weakref import WeakKeyDictionary

from ..ingest.states import countries
from ..vectorstore.errors import ModelError
from ..vectorstore.store import Store
from .demonyms import states_of

_MIN_CHARS = 4
_LONG_CHARS = 7
_VERY_LONG_CHARS = 10
_MIN_SHARED = 6
_PASSAGES_SEEN = 12
_STEMS_SEEN = 4
_MOST_WORDS = 100
_SLIPS_KEPT = 1000
_WORD = re.compile(r"[^\W\d_]+")
# What unknown words were taken for, by library and its version.
_SLIPS: "WeakKeyDictionary[Store, dict[tuple[int, str], str]]" = WeakKeyDictionary()


def repaired_words(store: Store, text: str) -> list[str]:
    """The stems of a text's words, in order; of a misspelt one the stem the library has.

    A text of more than `_MOST_WORDS` words is pasted, not typed, and stays as it is.
    """
    words = re.findall(r"[^\W_]+", text)
    if len(words) > _MOST_WORDS:
        return store.lexical.words(text)
    return [_repaired(store, stem, word) for word in words for stem in store.lexical.words(word)]


def respelt(store: Store, text: str) -> str:
    """The text with misspelt words as the library writes them, so that their meaning can be compared."""

    def written(match: re.Match[str]) -> str:
        word = match[0]
        if _is_known(store, word):
            return word
        meant = next((_meant(store, stem, word) for stem in store.lexical.words(word)), word)
        return meant.capitalize() if meant != word and word[0].isupper() else meant

    return _WORD.sub(written, text) if len(text.split()) <= _MOST_WORDS else text


def _repaired(store: Store, stem: str, word: str) -> str:
    """The stem of what a word was meant to be; its own where it is no slip."""
    meant = _meant(store, stem, word)
    return stem if meant == word else next(iter(store.lexical.words(meant)), stem)


def _meant(store: Store, stem: str, word: str) -> str:
    """The word itself where the library has its stem, else the likeliest one it may be a slip of the pen for.

    A slip is one letter wrong, missing, added or swapped with its neighbour, two in a word of ten letters or more
    (optimal string alignment distance); the first letter is taken to be right. States, their people and acronyms are
    never "repaired", and a word that the embedding model knows only where another form of it is there.
    """
    if len(stem) < _MIN_CHARS or not stem.isalpha() or word.isupper() or stem in _states(store):
        return word
    if store.lexical.document_frequency(stem) or states_of(word):
        return word
    version, known = store.catalogue.version, _SLIPS.setdefault(store, {})
    if (version, word) not in known:
        if len(known) >= _SLIPS_KEPT:
            known.clear()
        known[version, word] = _slip_of(store, stem, word)
    return known[version, word]


def _slip_of(store: Store, stem: str, word: str) -> str:
    from rapidfuzz.distance import OSA

    allowed = 2 if len(stem) >= _VERY_LONG_CHARS else 1
    near = [
        (OSA.distance(stem, other, score_cutoff=allowed), -count, other)
        for other, count in store.lexical.vocabulary(stem[0])
        if abs(len(other) - len(stem)) <= allowed and len(other) >= _MIN_CHARS
    ]
    near = [candidate for candidate in near if candidate[0] <= allowed and _is_slip(stem, candidate[2])]
    if near and _is_known(store, word):
        near = [candidate for candidate in near if _is_form(stem, candidate[2])]
    forms = [form for _, _, other in sorted(near)[:_STEMS_SEEN] for form in _forms_of(store, other)]
    return min(forms, key=lambda form: OSA.distance(word.casefold(), form), default=word)


def _is_known(store: Store, word: str) -> bool:
    """Whether the embedding model has a word as a whole among its tokens: then it is spelt right."""
    try:
        return store.embedder.count_tokens(word) - store.embedder.count_tokens("") == 1
    except ModelError:
        return False


def _is_form(stem: str, other: str) -> bool:
    """Whether one of two stems begins with the other, long enough to be the same word."""
    return min(len(stem), len(other)) >= _MIN_SHARED and (stem.startswith(other) or other.startswith(stem))


def _forms_of(store: Store, stem: str) -> list[str]:
    """The words of a stem that some of the library's passages write, in lower case, the most frequent first."""
    hits = store.hits(store.by_words({stem: 1.0}, _PASSAGES_SEEN))
    seen = Counter(word.casefold() for hit in hits for word in _WORD.findall(hit.passage.text))
    return [word for word, _ in seen.most_common() if store.lexical.words(word) == [stem]]


def _is_slip(stem: str, word: str) -> bool:
    """Whether a short stem differs by a letter missing, added or swapped; one for another makes another word too often
    ("hard", "harm")."""
    return len(stem) >= _LONG_CHARS or len(stem) != len(word) or sorted(stem) == sorted(word)


@lru_cache(maxsize=4)
def _states(store: Store) -> frozenset[str]:
    return frozenset(word for country in countries() for word in store.lexical.words(country))
