"""Organs and committees of the United Nations and other organisations, by their names in its six languages.

`organs.tsv` holds the full and the short name of each in each language, as the organisations write them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from ...vectorstore.language.analysers import words
from ...vectorstore.names import fold
from .states import declined
from .tables import any_of, table

_LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
# What precedes a name in Arabic or Chinese is written in one word with it.
_RUN_TOGETHER = re.compile("[؀-ۿ一-鿿]")
_WORD = re.compile(r"\w+")
_MAX_NAME_WORDS = 15


def organs_named(text: str) -> frozenset[str]:
    """The codes of the organs that a text names; by initials only in capitals ("WHO"), and in no text all in them."""
    folded = fold(text)
    found = set(_standing(folded, _by_full_name()))
    if _RUN_TOGETHER.search(folded):
        found |= {_by_full_name()[name] for name in _run_together().findall(folded)}
    if not text.isupper():
        found |= set(_standing(text, _by_initials()))
    if not text.isascii():
        found |= set(declined(text, _russian_stems()))
    return frozenset(found)


def organ_of(name: str) -> str | None:
    """The code of the organ that bears a name, full or by its initials; else None."""
    return _by_full_name().get(fold(name)) or _by_initials().get(name)


def names_of_organ(code: str) -> frozenset[str]:
    """All names of an organ, folded."""
    return frozenset(map(fold, _names()[code]))


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    """The names of each organ as written."""
    return {
        row["code"]: frozenset(name for language in _LANGUAGES for name in row[language].split(";"))
        for row in table("organs")
    }


@lru_cache(maxsize=1)
def _by_full_name() -> dict[str, str]:
    return {fold(name): code for code, names in _names().items() for name in names if not _is_initials(name)}


@lru_cache(maxsize=1)
def _by_initials() -> dict[str, str]:
    return {name: code for code, names in _names().items() for name in names if _is_initials(name)}


def _is_initials(name: str) -> bool:
    return name.isupper()


@lru_cache(maxsize=1)
def _run_together() -> re.Pattern[str]:
    return re.compile(any_of(name for name in _by_full_name() if _RUN_TOGETHER.search(name)))


def _standing(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """What is known by names that stand in a text as whole words; the longest names."""
    words, first = list(_WORD.finditer(text)), 0
    while first < len(words):
        start, longest = words[first].start(), min(len(words), first + _MAX_NAME_WORDS)
        for last in range(longest, first, -1):
            end = words[last - 1].end()
            code = known.get(text[start:end]) or known.get(text[start : end + 1])  # "... «ООН-женщины»"
            if code:
                yield code
                first = last
                break
        else:
            first += 1


@lru_cache(maxsize=1)
def _russian_stems() -> dict[tuple[str, ...], str]:
    full = ((name, row["code"]) for row in table("organs") for name in row["ru"].split(";") if not _is_initials(name))
    return {stems: code for name, code in full if (stems := tuple(words(name, "ru")))}
