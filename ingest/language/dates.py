"""Months and weekdays by their names in English, French and Spanish, out of Unicode CLDR, and the dates of a text.

`calendar.tsv` holds the names that are needed, each kind in the order of its numbers: CLDR's files are long to read.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .numbers import CHINESE_FIGURES, chinese_number
from .tables import table

# British English has "Sept" beside "Sep".
_LANGUAGES = ("en", "en_GB", "fr", "es")
# Whose months are read where they are written out beside a day and a year.
_MORE_LANGUAGES = ("de", "it", "pt", "ru", "ar", "ar_LB")


def _names(kind: Literal["months", "days"], width: Literal["wide", "abbreviated"], *languages: str) -> dict[str, int]:
    """The numbers of months from 1, of weekdays from 0 for Monday, by their names in lower case, without full stops."""
    found = (_written(kind, width, language) for language in languages)
    return {name.casefold().rstrip("."): number for names in found for number, name in names.items()}


def _written(kind: Literal["months", "days"], width: Literal["wide", "abbreviated"], language: str) -> dict[int, str]:
    """The names as the language writes them, by their numbers."""
    return dict(enumerate(_calendar()[kind, width, language].split(";"), start=1 if kind == "months" else 0))


@lru_cache(maxsize=1)
def _calendar() -> dict[tuple[str, str, str], str]:
    return {(row["kind"], row["width"], row["language"]): row["names"] for row in table("calendar")}


def _one_of(names: dict[str, int]) -> str:
    return rf"(?:{'|'.join(sorted(names, key=len, reverse=True))})"


_MONTHS = _names("months", "abbreviated", *_LANGUAGES) | _names("months", "wide", *_LANGUAGES)
# For patterns that ignore case.
MONTH = _one_of(_names("months", "wide", *_LANGUAGES))
WEEKDAY = _one_of(_names("days", "wide", *_LANGUAGES))
NAMES = frozenset(_MONTHS) | frozenset(_names("days", "wide", *_LANGUAGES))
ENGLISH_NAMES = frozenset(_names("months", "wide", "en") | _names("days", "wide", "en"))
_MORE_MONTHS = _names("months", "wide", *_MORE_LANGUAGES) | _MONTHS
OTHER_MONTH = _one_of(_names("months", "wide", *_MORE_LANGUAGES))
_WRITTEN = rf"(?P<month>{_one_of(_MONTHS)})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|ro|[º°])?"
_AND_DAY = r"(?:\s*(?:to|and|until|through|[-–—])\s*(?P<last>\d{1,2})(?:st|nd|rd|th)?(?!\d))?"
_HAN = f"[{CHINESE_FIGURES}]"
_YEAR = r"\s?,?\s+(?:de\s+)?(?P<year>\d{4})\b"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_DAY}{_AND_DAY}\s+(?:day\s+)?(?:of\s+|de\s+)?{_WRITTEN}(?:{_YEAR})?",
        rf"\b(?P<day>\d{{1,2}})(?:[.º°]|ro|er)?\s+(?:de\s+)?(?:{_one_of(_MORE_MONTHS)}\s?/\s?)?(?P<month>{_one_of(_MORE_MONTHS)})(?:\s+de)?\s+(?P<year>\d{{4}})\b",
        rf"\b{_WRITTEN}\s+{_DAY}(?!\d){_AND_DAY}(?:{_YEAR})?",
        rf"\b{_WRITTEN}(?:\s+of)?{_YEAR}",
        r"\b(?P<year>\d{4})-(?P<number>0[1-9]|1[0-2]|[٠۰][١-٩۱-۹]|[١۱][٠-٢۰-۲])(?:-(?P<day>\d{2}))?\b",
        r"(?P<year>\d{4})\s?年\s?(?P<number>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日",
        rf"(?P<year>{_HAN}{{4}})年(?P<number>{_HAN}{{1,2}})月(?P<day>{_HAN}{{1,3}})日",
        r"\b(?P<day>\d{1,2})[./](?P<number>0?[1-9]|1[0-2]|[٠۰]?[١-٩۱-۹]|[١۱][٠-٢۰-۲])[./](?P<year>\d{4})\b",
    )
)


def month_name(number: int) -> str:
    """The English name of a month, empty where there is none of that number."""
    return _written("months", "wide", "en").get(number, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date, or the part of one that a text gives; `written` as it stands in the text from `start` on."""

    month: int
    day: int | None = None
    year: int | None = None
    written: str
    start: int

    def agrees_with(self, other: "Day", years: set[int]) -> bool:
        """Whether another text gives this date; it may leave the year away where it is one of `years`."""
        if self.month != other.month or self.day not in (None, other.day):
            return False
        return self.year is None or self.year == other.year or (other.year is None and self.year in years)


def _figure(written: str) -> int:
    """The number that figures of any script tell, 0 where they tell none."""
    return int(written) if written.isdecimal() else chinese_number(written) or 0


def dates(text: str) -> tuple[list[Day], str]:
    """The dates of a text, and the text with spaces in their place; "10 to 12 March" gives two."""
    found: list[Day] = []

    def take(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = _MORE_MONTHS[parts["month"].casefold()] if parts.get("month") else _figure(parts["number"])
        year = _figure(parts["year"]) if parts.get("year") else None
        days = [_figure(day) for day in (parts.get("day"), parts.get("last")) if day]
        if not 1 <= month <= 12 or any(not 1 <= day <= 31 for day in days):
            return match[0]
        for day in days or [None]:
            found.append(Day(month=month, day=day, year=year, written=match[0], start=match.start()))
        return " " * len(match[0])

    for pattern in _DATES:
        text = pattern.sub(take, text)
    return found, text
