"""A question's words and the library's own: slips of the pen set right, British and American spelling taken as one."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from ...ingest.language.peoples import states_of
from ...ingest.language.states import countries
from ...vectorstore.errors import ModelError
from ...vectorstore.language.analysers import split_words
from ...vectorstore.language.detect import language_of_question
from ...vectorstore.names import fold
from ...vectorstore.store import Store
from .kinds import asking_words

_MIN_CHARS = 4
_LONG_CHARS = 7  # from here on a wrong letter may be a slip; in a shorter word it makes another ("hard", "harm")
_VERY_LONG_CHARS = 10  # from here on two letters may be wrong
_PASSAGES_SEEN = 12
_WORDS_KEPT = 4096  # whose stems are remembered; some hundred kilobytes
_MOST_WORDS = 100  # a text of more words is pasted, not typed
_WORD = re.compile(r"[^\W\d_]+")
# Where British and American English write one word in two ways: what stands around it, one way, the other.
_SPELLINGS = tuple(
    (re.compile(before + one + after), other)
    for before, first, second, after in (
        (r"(?<=[a-z]{2})", "our", "or", ""),  # labour, neighbourhood
        (r"(?<=[a-z]{3})", "is", "iz", r"(?=e[drs]?$|ers$|ing$|able$|ation)"),  # organise, decriminalisation
        (r"(?<=l)", "ys", "yz", ""),  # analyse
        (r"(?<=[bgt])", "re", "er", "(?=s?$)"),  # centre, fibre, meagre
        (r"(?<=[a-z]{2})", "ence", "ense", "(?=s?$)"),  # defence, licence
        (r"(?<=[aeiou])", "ll", "l", r"(?=(?:ed|ing|ers?|ors?)$)"),  # travelled, counsellor
        (r"(?<=[aeiou])", "l", "ll", r"(?=(?:ful|ments?)?$)"),  # fulfil, skilful, enrolment
        ("", "ogue", "og", "(?=s?$)"),  # catalogue
        ("", "amme", "am", "(?=s?$)"),  # programme
        ("", "ae", "e", ""),  # anaemia
        ("", "oe", "e", ""),  # oestrogen
        ("", "gement", "gment", ""),  # acknowledgement
    )
    for one, other in ((first, second), (second, first))
)


def asked_in(store: Store, question: str) -> str | None:
    """The language of a question to a library."""
    return _told(question, store.languages)


_told = lru_cache(maxsize=256)(language_of_question)


def is_held(store: Store, language: str | None) -> bool:
    """Whether a library has records in a language, as far as it knows those of its records."""
    return language in (None, *store.languages) or not store.languages


def corrected(store: Store, text: str) -> str:
    """The text with misspelt words as the library writes them; all others stay as they are, as do those of a language
    that it has no records in."""
    if not is_held(store, language := asked_in(store, text)):
        return text
    meant_by: Callable[[str], str] = store.derived(
        f"words meant in {language}", lambda: lru_cache(maxsize=_WORDS_KEPT)(partial(_meant, store, language))
    )

    def written(match: re.Match[str]) -> str:
        word = match[0]
        meant = meant_by(word)
        return meant.capitalize() if meant != word and word[0].isupper() else meant

    return _WORD.sub(written, text) if len(text.split()) <= _MOST_WORDS else text


def _meant(store: Store, language: str | None, word: str) -> str:
    return _slip_of(store, language, word) if _may_be_a_slip(store, language, word) else word


def stems_held(store: Store, text: str, language: str | None = None) -> list[str]:
    """The stems of a text's words, in order; where the library spells a word the other way, the stem it has."""
    held: Callable[[str], tuple[str, ...]] = store.derived(
        f"stems held in {language}", lambda: lru_cache(maxsize=_WORDS_KEPT)(partial(_stems_held_of, store, language))
    )
    return [stem for word in split_words(text) for stem in held(word)]


def _stems_held_of(store: Store, language: str | None, word: str) -> tuple[str, ...]:
    spelt = list(_spelt(store, language, word))
    return tuple(next((stems for stems in spelt if _held(store, stems)), spelt[0]))


def _spelt(store: Store, language: str | None, word: str) -> Iterator[list[str]]:
    """The stems of a word as it is, then as the other English would have it where the library does not hold it so."""
    yield (stems := store.lexical.words(word, language))
    if _held(store, stems):
        return
    folded = word.casefold()
    if stems and len(folded) > _MIN_CHARS:
        for pattern, other in _SPELLINGS:
            for match in pattern.finditer(folded):
                yield store.lexical.words(folded[: match.start()] + other + folded[match.end() :], language)


def _held(store: Store, stems: list[str]) -> bool:
    return any(store.lexical.document_frequency(stem) for stem in stems)


def _may_be_a_slip(store: Store, language: str | None, word: str) -> bool:
    """Whether a word may be no word at all.

    The library's own words are some, in either English, states and their people, acronyms, what questions are asked
    with, and what the embedding model knows.
    """
    if word.isupper() or word.casefold() in asking_words() or word.casefold() in _words_of_states() or states_of(word):
        return False
    stems = store.lexical.words(word, language)
    if not stems or len(stems[0]) < _MIN_CHARS or any(_held(store, spelt) for spelt in _spelt(store, language, word)):
        return False
    return not any(_is_known(store, form) for form in (word, *stems))


def _slip_of(store: Store, language: str | None, word: str) -> str:
    """The word of the library that this one may be a slip of the pen for; itself where there is none.

    A slip is one letter wrong, missing, added or swapped with its neighbour, two in a very long word (optimal string
    alignment distance); the first letter is taken to be right. Of several as near, the most frequent is meant.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    [stem, *_] = store.lexical.words(word, language)
    terms = store.lexical.terms(stem[0])
    if len(stem) < _LONG_CHARS:
        letters = sorted(stem)
        terms = [term for term in terms if _MIN_CHARS <= len(term) != len(stem) or sorted(term) == letters]
    allowed = 2 if len(stem) >= _VERY_LONG_CHARS else 1
    found = process.extractOne(stem, terms, scorer=OSA.distance, score_cutoff=allowed)
    forms = _forms_of(store, language, found[0]) if found else []
    return min(forms, key=lambda form: OSA.distance(word.casefold(), form), default=word)


def _forms_of(store: Store, language: str | None, stem: str) -> list[str]:
    """The words of a stem that some of the library's passages write, in lower case, the most frequent first."""
    hits = store.hits(store.by_words({stem: 1.0}, _PASSAGES_SEEN))
    seen = Counter(word.casefold() for hit in hits for word in _WORD.findall(hit.passage.text))
    begun = (word for word, _ in seen.most_common() if fold(word)[:1] == stem[0])
    return [word for word in begun if store.lexical.words(word, language) == [stem]]


def _is_known(store: Store, word: str) -> bool:
    """Whether the embedding model has a word as a whole among its tokens: then it is spelt right."""
    try:
        return store.embedder.count_tokens(word) - store.embedder.count_tokens("") == 1
    except ModelError:
        return False


@lru_cache(maxsize=1)
def _words_of_states() -> frozenset[str]:
    return frozenset(word for country in countries() for word in country.casefold().split())
