"""Organs and committees of the United Nations and other organisations, by their names in its six languages.

`organs.tsv` holds the full and the short name of each in each language, as the organisations write them.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from ...vectorstore.language.analysers import words
from ...vectorstore.names import fold
from .states import declined
from .tables import any_of, table

_LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
# What precedes a name in Arabic or Chinese is written in one word with it.
_RUN_TOGETHER = re.compile("[؀-ۿ一-鿿]")


def organs_named(text: str) -> frozenset[str]:
    """The codes of the organs that a text names; by initials only in capitals ("WHO"), and in no text all in them."""
    found = {_by_full_name()[name] for name in _full_names().findall(fold(text))}
    if not text.isupper():
        found |= {_by_initials()[name] for name in _initials().findall(text)}
    if not text.isascii():
        found |= set(declined(text, _russian_stems()))
    return frozenset(found)


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
def _full_names() -> re.Pattern[str]:
    together = {name for name in _by_full_name() if _RUN_TOGETHER.search(name)}
    return re.compile(rf"{_whole(_by_full_name().keys() - together)}|{any_of(together)}")


@lru_cache(maxsize=1)
def _initials() -> re.Pattern[str]:
    return re.compile(_whole(_by_initials()))


def _whole(names: Iterable[str]) -> str:
    return rf"(?<!\w){any_of(names)}(?!\w)"


@lru_cache(maxsize=1)
def _russian_stems() -> dict[tuple[str, ...], str]:
    full = ((name, row["code"]) for row in table("organs") for name in row["ru"].split(";") if not _is_initials(name))
    return {stems: code for name, code in full if (stems := tuple(words(name, "ru")))}
