"""Acronyms and what they stand for, where a record introduces them: "new psychoactive substances (NPS)".

Source: Schwartz and Hearst 2003, A simple algorithm for identifying abbreviation definitions in biomedical text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ....vectorstore.markup import plain

_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z][\w./&-]{1,11})\s*[);,]")
_BEFORE_BRACKETS = re.compile(r"(?<![\w.&/-])(?P<short>[A-Z][\w.&/-]{1,11}+) ?\((?P<long>[^\W\d_][^()\n]{4,120}+)\)")
_WORD = re.compile(r"[^\W_][\w’'.-]*")
# A name in capitals right before its short form, which may be that of another language: "Mission in Mali (MINUSMA)".
_CAPITAL = r"[^\W\d_a-z][\w'’-]{1,30}"
_NAME = re.compile(
    rf"(?<![\w'’.-])(?:[^\W\d_a-z]\w{{1,9}} (?:the|la|le|les|el) )?(?P<name>{_CAPITAL}"
    rf"(?:,? (?:(?:of|in|on|for|and|to|the|de|des|du|la|le|et|en|y|del) ){{0,3}}{_CAPITAL}){{2,11}}) ?\Z"
)
_MIN_TIMES = 2
_MAX_WORDS = 12
_WINDOW_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Where a text says what a short form stands for: `text[start:end]` holds both."""

    short: str
    long: str
    start: int
    end: int


def acronyms(text: str) -> dict[str, str]:
    """Short form -> long form, for each short form the first long form given."""
    found: dict[str, str] = {}
    for each in _long_first(plain(text)):
        found.setdefault(each.short, each.long)
    return found


def definitions(text: str) -> list[Definition]:
    """Where a text introduces each short form first, after the long form or before it: "NPS (new substances)"."""
    found: dict[str, Definition] = {}
    for each in sorted([*_long_first(text), *_short_first(text)], key=lambda each: each.start):
        found.setdefault(each.short, each)
    return list(found.values())


def _long_first(text: str) -> Iterator[Definition]:
    """Long forms whose letters spell the short one, and names that stand before it again and again."""
    named: list[Definition] = []
    for match in _IN_BRACKETS.finditer(text):
        short, first = match[1].rstrip("."), max(0, match.start() - _WINDOW_CHARS)
        if not _is_short_form(short):
            continue
        before = text[first : match.start()]
        spelt = _long_form(short, before)
        name = None if spelt else _NAME.search(before)
        if long := spelt or (name and name["name"]):
            start = text.rfind(long, first, match.start())
            closed = match.end() if match[0].endswith(")") else match.end(1)
            told = Definition(short=short, long=long, start=start, end=closed)
            if spelt:
                yield told
            else:
                named.append(told)
    times = Counter((each.short, each.long) for each in named)
    yield from (each for each in named if times[each.short, each.long] >= _MIN_TIMES)


def _short_first(text: str) -> Iterator[Definition]:
    for match in _BEFORE_BRACKETS.finditer(text):
        short, inside = match["short"].rstrip("."), match["long"].strip()
        if _is_short_form(short) and _long_form(short, inside) == inside:
            yield Definition(short=short, long=inside, start=match.start(), end=match.end())


def _is_short_form(short: str) -> bool:
    capitals = sum(letter.isupper() for letter in short)
    return capitals >= 2 and capitals >= len(short.rstrip("s")) / 2 and any(letter.isalpha() for letter in short)


def _long_form(short: str, before: str) -> str | None:
    """The words right before the bracket whose letters, from right to left, spell the short form."""
    words = list(_WORD.finditer(before))[-min(_MAX_WORDS, len(short) * 2 + 2) :]
    if not words:
        return None
    window = before[words[0].start() :].rstrip(" “\"'")
    position = len(window) - 1
    letters = [letter for letter in short.rstrip("s").lower() if letter.isalnum()]
    for index in range(len(letters) - 1, -1, -1):
        while position >= 0 and (
            window[position].lower() != letters[index]
            or (index == 0 and position > 0 and window[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
        position -= 1
    long = window[position + 1 :].strip()
    return long if len(long.split()) > 1 and len(long) > len(short) and not re.search(r"[.;:!?]\s", long) else None
