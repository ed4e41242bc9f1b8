"""Acronyms and what they stand for, where a record introduces them: "new psychoactive substances (NPS)".

Source: Schwartz and Hearst 2003, A simple algorithm for identifying abbreviation definitions in biomedical text.
"""

import re

from ....vectorstore.markup import plain

_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z][\w./&-]{1,11})\s*[);,]")
_WORD = re.compile(r"[^\W_][\w’'.-]*")
_MAX_WORDS = 12
_WINDOW_CHARS = 200


def acronyms(text: str) -> dict[str, str]:
    """Short form -> long form, for each short form the first long form given."""
    found: dict[str, str] = {}
    whole = plain(text)
    for match in _IN_BRACKETS.finditer(whole):
        short = match[1].rstrip(".")
        if _is_short_form(short) and short not in found:
            before = whole[max(0, match.start() - _WINDOW_CHARS) : match.start()]
            if long := _long_form(short, before):
                found[short] = long
    return found


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
