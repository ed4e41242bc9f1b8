"""The quotations of a draft: what stands in quotation marks of any house or language, and block quotations.

Marks may stand within others; the outermost count. A mark that is never closed, or an apostrophe, quotes nothing.
"""

import re
from collections.abc import Iterator, Sequence

from ....ingest.formats.blocks import Block

LONGEST_CHARS = 8_000
_PAIRS = {"“": "”", "„": "“”‟", "«": "»", "»": "«", "「": "」", "『": "』", "〝": "〞〟", "‹": "›", "‘": "’", "‚": "‘’"}
_STRAIGHT = "\"'”’"
_MARK = re.compile("[\"'“”„‟«»‹›‘’‚「」『』〝〞〟]")
_SINGLE = "'‘’‚‹"
_FEWEST_SINGLE_WORDS = 3
_BLOCK = re.compile(r"\s{0,8}>[>\s]{0,16}")
_SILENT_AT_ENDS = " \t\n\r\xa0\u202f*_"


def quotations(text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Where the words of each quotation begin and end, without its marks, in the order of the text."""
    for block in blocks:
        found = [_trimmed(text, start, end) for start, end in _marked(text, block.start, block.end)]
        if not found and (quoted := _BLOCK.match(text, block.start, block.end)):
            found = [_trimmed(text, quoted.end(), block.end)]
        yield from (span for span in found if 0 < span[1] - span[0] <= LONGEST_CHARS)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    start += len(words) - len(words.lstrip(_SILENT_AT_ENDS))
    return start, max(start, end - len(words) + len(words.rstrip(_SILENT_AT_ENDS)))


def _marked(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The outermost stretches in quotation marks."""
    opened = list[tuple[str, int]]()
    found = list[tuple[int, int, str]]()
    for match in _MARK.finditer(text, start, end):
        mark, place = match[0], match.start()
        if opened and _closes(text, mark, place, opened[-1][0]):
            opener, at = opened.pop()
            while found and found[-1][0] > at:
                found.pop()
            found.append((at + 1, place, opener))
        elif len(opened) < 8 and _opens(text, mark, place, opened[-1][0] if opened else ""):
            opened.append((mark, place))
    never_closed = {at for _, at in opened}
    for first, last, opener in found:
        is_single = opener in _SINGLE and len(text[first:last].split()) < _FEWEST_SINGLE_WORDS
        if first - 1 not in never_closed and not is_single:
            yield first, last


def _closes(text: str, mark: str, place: int, opener: str) -> bool:
    """Whether a mark closes what another opened."""
    if mark not in _PAIRS.get(opener, "") and not (mark == opener and mark in _STRAIGHT):
        return False
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if mark in "'’":
        return not before.isspace() and not after.isalnum()
    return mark not in _STRAIGHT or not (before.isspace() or before in "([") or not after.isalnum()


def _opens(text: str, mark: str, place: int, around: str) -> bool:
    """Whether a mark opens a quotation, within another or not; straight marks do before a word only."""
    if mark == around and mark not in _STRAIGHT:
        return mark in _PAIRS
    before, after = text[place - 1 : place] if place else " ", text[place + 1 : place + 2]
    if mark in _STRAIGHT or mark in "‘»":
        return not (before.isalnum() or before in ".,;:!?") and bool(after) and not after.isspace()
    return mark in _PAIRS
