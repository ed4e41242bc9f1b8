"""Codes of a record's parts that its makers print before them ("03/02/2031C00150Ana Lind: ..."): said by nobody.

They are told by what recurs in the record itself: one shape, each code there once, glued to the words that follow.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from ....vectorstore.structure import Omission
from ..blocks import Block, Reading

_CODE = re.compile(r"[A-Z\d][A-Z\d/.-]{4,30}\d(?=[^\W\d_]|[“‘\"'(\[«])")
_SPACED_CODE = re.compile(r"(?<!\S)[A-Z\d][A-Z\d/.-]{4,30}\d(?=[^\W\d_]|[“‘\"'(\[«])")
_BARE_CODE = re.compile(r"[A-Z\d][A-Z\d/.-]{4,30}\d(?=\s|\Z)")
_FEWEST_CODES = 5
_FEWEST_DIGITS = 6
_OWN_SHARE = 0.9


def without_codes(reading: Reading) -> Reading:
    """The reading without codes glued to the heads of its blocks; they are listed as omitted."""
    heads = [_CODE.match(reading.text, block.start, block.end) for block in reading.blocks]
    by_shape: dict[str, list[str]] = defaultdict(list)
    for match in filter(None, heads):
        by_shape[_shape(match[0])].append(match[0])
    shapes = {shape for shape, codes in by_shape.items() if _are_codes(shape, codes)}
    spans = [span for block in reading.blocks for span in _codes_in(reading.text, block, shapes)] if shapes else []
    if not spans:
        return reading
    omission = Omission(what="codes in the margin", count=len(spans), where="before paragraphs and headings")
    return replace(_cut_out(reading, spans), omitted=(*reading.omitted, omission))


def _shape(code: str) -> str:
    return re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "0", code))


def _are_codes(shape: str, found: Sequence[str]) -> bool:
    """Whether heads of one shape are codes: letters and many figures, often there, and hardly any of them twice."""
    digits = min(sum(character.isdigit() for character in code) for code in found)
    recurs = len(found) >= _FEWEST_CODES and len(set(found)) >= _OWN_SHARE * len(found)
    return "A" in shape and digits >= _FEWEST_DIGITS and recurs


def _codes_in(text: str, block: Block, shapes: set[str]) -> Iterator[tuple[int, int]]:
    """Where the codes of a block stand: before any word they are glued to, alone only at its head."""
    bare = _BARE_CODE.match(text, block.start, block.end)
    start = block.start
    if bare and _shape(bare[0]) in shapes:
        yield bare.span()
        start = bare.end()
    for match in _SPACED_CODE.finditer(text, start, block.end):
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
