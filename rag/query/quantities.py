"""Amounts of money, numbers, shares and spans of time as records in languages other than English tell them.

Words are data (`quantities.tsv`); those of kind "stem" take endings.
"""

import re

from ...ingest.language.numbers import CHINESE_FIGURES
from ...ingest.language.tables import any_of, words_by_role

_FIRST_HAN = "\u3400"
_JOINED = r"(?:و?[بلك]?(?:ال)?)"
"""What Arabic writes together with the word behind it."""
_HAN_FIGURE = f"[{CHINESE_FIGURES}万亿几数余多]"


def _written(role: str) -> str:
    """A fragment of a pattern: a word of a role in a language that sets words apart."""
    words = words_by_role("quantities", role)
    stems = {word for word, kind in words.items() if kind == "stem"}
    whole = {word for word in words if word < _FIRST_HAN} - stems
    ways = [rf"{any_of(whole)}(?!\w)"] if whole else []
    ways += [rf"{any_of(stems)}\w{{0,4}}(?!\w)"] if stems else []
    return rf"(?<!\w){_JOINED}?(?:{'|'.join(ways)})"


def _han(role: str) -> str:
    """A fragment of a pattern: a Chinese word of a role."""
    return any_of(word for word in words_by_role("quantities", role) if word > _FIRST_HAN)


MONEY = re.compile(rf"{_written('currency')}|(?:\d|{_HAN_FIGURE})\s?{_han('currency')}(?!旦)", re.IGNORECASE)
NUMBER = re.compile(rf"{_written('number')}|{_HAN_FIGURE}\s?{_han('classifier')}", re.IGNORECASE)
SHARE = re.compile(rf"[٪％]|{_written('share')}|{_han('share')}", re.IGNORECASE)
SPAN = re.compile(
    rf"(?:(?<![\d.,])\d{{1,3}}(?!\d)\s?|{_written('number')}\s)(?:[^\W\d]{{1,15}}\s){{0,2}}(?:{_written('span')})"
    rf"|{_written('whole_span')}"
    rf"|(?:(?<!\d)\d{{1,3}}|(?<![{CHINESE_FIGURES}])[{CHINESE_FIGURES}半]{{1,3}})\s?{_han('span')}(?![度\d])",
    re.IGNORECASE,
)
