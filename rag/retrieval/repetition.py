"""Whether two texts that share most of their words say the same, or differ in what makes a statement another one.

A figure, a date, a name or a "not" is one word among many, and the one that counts. In doubt the two differ: a quote
too many misleads nobody, a statement dropped for another does.
"""

import re

from ...ingest.language.dates import NAMES
from ...ingest.language.tables import table, word_list
from ...vectorstore.markup import plain
from ...vectorstore.names import fold

_NOTE_MARK = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?”\"’)]))(?:<sup>[^<>]{1,8}</sup>|\[\^?(?:\d{1,3}|[a-z*†])\]|[¹²³⁰⁴-⁹*†]{1,3})"
)
_HYPHENATION = re.compile(r"(?<=[^\W\d_])(?:\xad\s*+|[-‐][^\S\n]*+\n\s*+)(?=[^\W\d_])")
_WORD = re.compile(r"\d+(?:[.,/:'’\xa0\u2009\u202f]\d+)*|[^\W\d_]+|[%‰€$£¥°²³½¼¾<>≤≥+±]|(?<!\w)[-−](?=\d)")
_SHORT_NOT = re.compile(r"n['’]t\b", re.IGNORECASE)
_NUMBERS = word_list("numbers")
_DAYS = word_list("times") | frozenset(map(fold, NAMES))
_NEGATIONS = word_list("negations")
# Words of one field: where each of two texts has one that the other has not, they make two statements.
_FIELDS = tuple(frozenset(row["words"].split()) for row in table("opposites"))
_LIGHT = word_list("light")
_OPPOSING = re.compile(r"(?:un|in|im|ir|il|dis|non|mis|de|des|anti|counter|contre|contra)(?=\w{3})")
_MIN_FIGURE_STEM = 4
_SAME_BEGINNING = 4
_MOST_WORDS_OF_A_SENTENCE = 80


def tells_apart(one: str, other: str) -> bool:
    """Whether two texts differ in a figure or what it counts, a date, a name, a negation, or between opposites.

    Hyphenation, white space, quotation marks, case, marks of emphasis and of footnotes make no difference.
    """
    ones, others = _words(one), _words(other)
    mine, theirs = {fold(word) for word in ones}, {fold(word) for word in others}
    return (
        _figures(ones) != _figures(others)
        or _sequence(ones, _DAYS) != _sequence(others, _DAYS)
        or _sequence(ones, _NEGATIONS) != _sequence(others, _NEGATIONS)
        or not _names(ones) <= theirs
        or not _names(others) <= mine
        or any(not field.isdisjoint(mine - theirs) and not field.isdisjoint(theirs - mine) for field in _FIELDS)
        or _are_negated(mine - theirs, theirs)
        or _are_negated(theirs - mine, mine)
        or (max(len(ones), len(others)) <= _MOST_WORDS_OF_A_SENTENCE and _are_exchanged(mine - theirs, theirs - mine))
    )


def _words(text: str) -> list[str]:
    bare = plain(_NOTE_MARK.sub("", _HYPHENATION.sub("", text)))
    return _WORD.findall(_SHORT_NOT.sub(" not", bare))


def _figures(words: list[str]) -> list[tuple[str, str]]:
    """Numbers and signs in order, in digits or words, each with the beginning of the word after it."""
    found: list[tuple[str, str]] = []
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if not word[0].isalpha() or fold(word) in _NUMBERS:
            found.append(("".join(fold(word).split()), fold(after)[:_MIN_FIGURE_STEM]))
    return found


def _sequence(words: list[str], kind: frozenset[str]) -> list[str]:
    return [folded for word in words if (folded := fold(word)) in kind]


def _names(words: list[str]) -> set[str]:
    """Words with a capital, folded; where a sentence begins with one or all is in capitals, so is any word."""
    return {fold(word) for word in words if word[0].isupper()}


def _are_negated(mine: set[str], theirs: set[str]) -> bool:
    """Whether a word of one is another's with a prefix that turns it round: "lawful", "unlawful"."""
    return any((prefix := _OPPOSING.match(word)) and word[prefix.end() :] in theirs for word in mine)


def _are_exchanged(mine: set[str], theirs: set[str]) -> bool:
    """Whether a word of one stands where the other has another word, and not only another form of it.

    No list holds all pairs that tell ("carried", "lost"), so in a sentence each such exchange counts.
    """
    mine, theirs = mine - _LIGHT, theirs - _LIGHT
    return bool(mine and theirs) and not all(any(_are_forms(word, other) for other in theirs) for word in mine)


def _are_forms(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= _SAME_BEGINNING and word[:_SAME_BEGINNING] == other[:_SAME_BEGINNING]
