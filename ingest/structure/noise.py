"""What is no text of the record though it looks like one: lettering read off pictures, lab forms, garbled print.

It stays in the document and can be searched for, but is no answer to anything. Judged by the record's own vocabulary:
what a table or a list of words says is taken up elsewhere in a record it belongs to. In doubt a unit is kept.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...vectorstore.language.analysers import SPACELESS, count_words
from ...vectorstore.markup import plain
from ..language.marks import ends
from ..language.states import state_of
from ..units import Unit

_FEWEST_WORDS = 300
_FEWEST_LINES = 8
_MOST_KNOWN = 0.25
_FEWEST_CODES = 5
_CODE_SHARE = 0.3
_LONGEST_LEAD = 4
_LONGEST_LEAD_WORDS = 8
_PROSE_SHARE = 0.75
_GARBLED_SHARE = 0.5
_SPACELESS = re.compile(f"[{SPACELESS}]")
_FEWEST_TOKENS = 6
# No print has such words, and the patterns below look no further.
_LONGEST_TOKEN = 60
_WORD = re.compile(r"[^\W\d_]{3,}")
_BARE = re.compile(r"[^\W\d_][\w’'.-]*(?: [^\W\d_][\w’'.-]*)?")
_CODE = re.compile(r"\A(?=\S*\d)(?=\S*(?:[A-Za-z]|\d[/\\]\d))[\w/\\-]{3,}")
_REFERENCE = re.compile(
    r"\A(?:[A-Z]{1,8}[./-][\w.()-]++(?:/[\w.()-]++)*|(?:19|20)\d\d[/–-]\d{2,4}|\d+(?:st|nd|rd|th|bis)|[A-Z]+-?\d{1,3})"
)
_LEGIBLE = re.compile(
    r"[\W_]{0,60}(?:[^\W\d_]++(?:[-–/’'.&][^\W\d_]++)*[’'.]?|[^\W_]{0,60}\d[\d.,:;/%–-]{0,60}(?:st|nd|rd|th|[a-zA-Z])?"
    r"|https?:\S{1,60}|\S{1,60}@\S{1,60})?[\W_]{0,60}"
)
_CRAMPED = re.compile(r"[a-zà-ÿ][A-ZÀ-Þ][a-zA-Zà-ÿ]*[A-ZÀ-Þ]|[^\W\d_]\d+[^\W\d_]|[^\W\d_][()\[\]{}|\\~^<>=]+[^\W\d_]")


def mark_noise(text: str, units: Sequence[Unit]) -> list[Unit]:
    """The units, those that are noise made of the kind "noise" and without speaker."""
    lines = [plain(text[unit.start : unit.end]) for unit in units]
    words_of = [_words(line) for line in lines]
    words = Counter(word for found in words_of for word in found)
    noise = {place for place, line in enumerate(lines) if units[place].kind == "paragraph" and _is_garbled(line)}
    prose = sum(len(found) for unit, found in zip(units, words_of, strict=True) if unit.kind != "table")
    if prose >= max(_FEWEST_WORDS, _PROSE_SHARE * sum(words.values())):
        for run in (*_bare_runs(units, lines), *_coded_tables(units, lines)):
            if _is_alien([lines[place] for place in run], words):
                noise |= set(run)
    return [
        replace(unit, kind="noise", locator=replace(unit.locator, speaker=None)) if place in noise else unit
        for place, unit in enumerate(units)
    ]


def garbled_share(text: str) -> float:
    """The share of words that no print has: letters and figures mixed, capitals in the middle, marks within."""
    words = [word for word in text.split() if any(character.isalpha() for character in word)]
    return sum(_is_cramped(word[:_LONGEST_TOKEN]) for word in words) / len(words) if words else 0.0


def _is_cramped(word: str) -> bool:
    """Whether letters, figures and marks are mixed in a word as none has them that is written between spaces."""
    return bool(_CRAMPED.search(word)) and not _SPACELESS.search(word)  # "2031年3月19日" is a date


def _words(line: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(line)]


def _bare_runs(units: Sequence[Unit], lines: Sequence[str]) -> Iterator[range]:
    """Stretches of many paragraphs of a word or two that nothing announces, none the name of a country."""
    start = 0
    for place in range(len(units) + 1):
        if place < len(units) and units[place].kind == "paragraph" and _is_bare(lines[place]):
            continue
        if place - start >= _FEWEST_LINES and start and _is_sentence(lines[start - 1]):
            yield range(start, place)
        start = place + 1


def _is_sentence(line: str) -> bool:
    return count_words(line) > _LONGEST_LEAD_WORDS and ends(line, ".!?”")


def _is_bare(line: str) -> bool:
    return bool(_BARE.fullmatch(line)) and not state_of(line)


def _coded_tables(units: Sequence[Unit], lines: Sequence[str]) -> Iterator[range]:
    """Tables of which a good part is codes, with the short lines that lead up to them."""
    start = 0
    for place in range(len(units) + 1):
        if place < len(units) and units[place].kind == "table":
            continue
        if place > start and _is_coded(" ".join(lines[start:place])):
            first = start
            while start - first < _LONGEST_LEAD and first and _leads(units[first - 1], lines[first - 1]):
                first -= 1
            yield range(first, place)
        start = place + 1


def _is_coded(table: str) -> bool:
    figures = [cell for cell in re.split(r"[|\s]+", table) if any(character.isdigit() for character in cell)]
    codes = [
        cell
        for cell in figures
        if len(cell) <= _LONGEST_TOKEN and _CODE.fullmatch(cell) and not _REFERENCE.fullmatch(cell)
    ]
    return len(codes) >= max(_FEWEST_CODES, _CODE_SHARE * len(figures))


def _leads(unit: Unit, line: str) -> bool:
    return unit.kind == "paragraph" and count_words(line) <= _LONGEST_LEAD_WORDS and not ends(line, '.!?”"')


def _is_alien(lines: Sequence[str], words: Counter[str]) -> bool:
    """Whether hardly any of the words of some lines occur elsewhere in the record."""
    own = Counter(word for line in lines for word in _words(line))
    known = sum(words[word] > count for word, count in own.items())
    return known <= _MOST_KNOWN * len(own)


def _is_garbled(line: str) -> bool:
    tokens = line.split()
    if len(tokens) < _FEWEST_TOKENS:
        return False
    return sum(map(_is_illegible, tokens)) > _GARBLED_SHARE * len(tokens)


def _is_illegible(token: str) -> bool:
    if token.isalpha() and token[1:].islower():
        return False
    if len(token) > _LONGEST_TOKEN or _REFERENCE.fullmatch(token.strip('.,;:()[]“”"*')):
        return False
    return not (_LEGIBLE.fullmatch(token) or _SPACELESS.search(token)) or _is_cramped(token)
