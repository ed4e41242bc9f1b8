"""Block quotations: paragraphs in quotation marks with a line below that names who said it.

    “We keep the lamps.”
    — Mara Lind, Harbour Master

The name belongs to the quotation and to nothing after it.
"""

import re
from collections.abc import Sequence

from ...vectorstore.markup import plain
from ..formats.blocks import Block

_MOST_PARAGRAPHS = 6
_OPENS = re.compile(r"[\"“„«]")
_CLOSES = re.compile(r"[\"”»]\s*(?:\[\d+\])?$")
_DASHED = re.compile(r"(?:[—–―]|--)\s*(?P<who>[A-ZÀ-Þ][^.!?;:\n]{2,110}?)\s*$")
_OFFICE = (
    r"(?:(?:Deputy|Under-|Assistant|Executive|Prime|Vice-?|Foreign|High)\s?)*(?:Secretary-General|President|Minister|Director"
    r"(?:-General)?|Commissioner|Ambassador|Chair(?:person|man|woman)?|Mr\.|Ms\.|Mrs\.|Dr\.|Professor|H\.E\.)"
)
_TITLED = re.compile(rf"\A(?P<who>{_OFFICE}(?:\s+[A-ZÀ-Þ][\w’'-]+){{1,4}}(?:, [^.!?;:\n]{{3,80}})?)$")


def with_quoted(
    texts: Sequence[str], blocks: Sequence[Block], speakers: Sequence[tuple[str | None, int]]
) -> list[tuple[str | None, int]]:
    """(speaker, turn) of each block, those of quotations with a name below put in where nobody is named yet."""
    found = list(speakers)
    for place, (text, block) in enumerate(zip(texts, blocks, strict=True)):
        line = plain(text)
        match = _DASHED.match(line) or _TITLED.match(line) if block.kind in ("paragraph", "item") else None
        if not match or speakers[place][0]:
            continue
        for quoted in _quotation(texts, blocks, speakers, place):
            found[quoted] = match["who"], -place
    return found


def _quotation(
    texts: Sequence[str], blocks: Sequence[Block], speakers: Sequence[tuple[str | None, int]], end: int
) -> range:
    """The blocks right above `end` from an opening quotation mark to the closing one; none where they do not pair."""
    if not end or not _CLOSES.search(plain(texts[end - 1])):
        return range(0)
    for start in range(end - 1, max(end - 1 - _MOST_PARAGRAPHS, -1), -1):
        if blocks[start].kind != "paragraph" or speakers[start][0]:
            return range(0)
        if _OPENS.match(plain(texts[start]).lstrip("> ")):
            return range(start, end)
    return range(0)
