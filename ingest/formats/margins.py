"""What a record's makers print in its margin: codes of its parts, and the numbers of its lines.

Neither is said by anybody. Both are told by what recurs in the record itself: codes of one shape, each there once,
glued to the words they stand before; numbers that count the lines of a page, page after page.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from ...vectorstore.structure import Omission
from .blocks import Block, Reading

_CODE = re.compile(r"[A-Z\d][A-Z\d/.-]{4,30}\d(?=[^\W\d_]|[“‘\"'(\[«])")
_SPACED_CODE = re.compile(r"(?<!\S)[A-Z\d][A-Z\d/.-]{4,30}\d(?=[^\W\d_]|[“‘\"'(\[«])")
_BARE_CODE = re.compile(r"[A-Z\d][A-Z\d/.-]{4,30}\d(?=\s|\Z)")
_FEWEST_CODES = 5
_FEWEST_DIGITS = 6
_OWN_SHARE = 0.9

_NUMBERED_LINE = re.compile(r"(?P<indent>[ \t]{0,12})(?P<number>\d{1,2})(?:[ \t]{2,60}(?=\S)|[ \t]*$)")
_PAGE_LINE = re.compile(r"[ \t]{12,120}(\d{1,5})[ \t]*$")
_FEWEST_LINES = 10
_FEWEST_PAGES = 2
_NUMBERED_SHARE = 0.4


def without_codes(reading: Reading) -> Reading:
    """The reading without codes glued to the heads of its blocks; they are listed as omitted."""
    heads = [_CODE.match(reading.text, block.start, block.end) for block in reading.blocks]
    found = {match[0] for match in heads if match}
    shapes = Counter(_shape(match[0]) for match in heads if match)
    once = Counter(map(_shape, found))
    shapes = {
        shape
        for shape, count in shapes.items()
        if count >= _FEWEST_CODES and once[shape] >= _OWN_SHARE * count and _is_code(shape, found)
    }
    spans = [span for block in reading.blocks for span in _codes_in(reading.text, block, shapes)] if shapes else []
    if not spans:
        return reading
    omission = Omission(what="codes in the margin", count=len(spans), where="before paragraphs and headings")
    return replace(_cut_out(reading, spans), omitted=(*reading.omitted, omission))


def _shape(code: str) -> str:
    return re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "0", code))


def _is_code(shape: str, found: set[str]) -> bool:
    """Whether codes of a shape have letters and figures, and more figures than a year or a number in a sentence."""
    return "A" in shape and all(
        sum(character.isdigit() for character in code) >= _FEWEST_DIGITS for code in found if _shape(code) == shape
    )


def _codes_in(text: str, block: Block, shapes: set[str]) -> Iterator[tuple[int, int]]:
    """Where the codes of a block stand: before any word they are glued to, alone only at its head."""
    bare = _BARE_CODE.match(text, block.start, block.end)
    if bare and _shape(bare[0]) in shapes:
        yield bare.span()
    for match in _SPACED_CODE.finditer(text, block.start, block.end):
        if _shape(match[0]) in shapes:
            yield match.span()


def _cut_out(reading: Reading, spans: Sequence[tuple[int, int]]) -> Reading:
    """The reading without some stretches of its text; blocks of which nothing remains go with them."""
    kept: list[str] = []
    place = 0
    for start, end in spans:
        kept.append(reading.text[place:start])
        place = end
    text = "".join((*kept, reading.text[place:]))
    starts = [start for start, _ in spans]
    gone = [0, *accumulate(end - start for start, end in spans)]

    def moved(offset: int) -> int:
        before = bisect_right(starts, offset)
        return max(offset, spans[before - 1][1]) - gone[before] if before else offset

    blocks: list[Block] = []
    for block in reading.blocks:
        start, end = moved(block.start), moved(block.end)
        body = text[start:end]
        if body.strip():
            start, end = start + len(body) - len(body.lstrip()), start + len(body.rstrip())
            blocks.append(replace(block, start=start, end=end))
    return replace(reading, text=text, blocks=tuple(blocks))
