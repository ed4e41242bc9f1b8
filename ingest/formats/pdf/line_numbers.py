"""The numbers of lines that transcripts and bills print beside the text, page after page: no words of the record."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ....vectorstore.structure import Omission
from .printed import Line

_NUMBER = re.compile(r"\A(\d{1,3})(?=\s|\Z)")
_FEWEST_LINES = 8
_FEWEST_PAGES = 2
_PAGE_SHARE = 0.3
_STEPS = (1, 5)
# Numbers of two figures begin further left than those of one; in points.
_COLUMN_WIDTH = 14.0
_EVEN = 1.6


def without_line_numbers(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[Omission, ...]]:
    """The pages without the columns of numbers that count their lines, begun anew on each; and what was left out.

    A column counts where others like it stand on other pages, so that the rows of one table do not.
    """
    columns = [_column(page) for page in pages]
    numbered = sum(map(bool, columns))
    if numbered < _FEWEST_PAGES or numbered < _PAGE_SHARE * sum(map(bool, pages)):
        return [list(page) for page in pages], ()
    count = sum(map(len, columns))
    kept = [
        [part for place, line in enumerate(page) if (part := _without(line, place in column))]
        for page, column in zip(pages, columns, strict=True)
    ]
    return kept, (Omission(what="numbers of lines", count=count, where=f"in the margin of {numbered} pages"),)


def _column(page: Sequence[Line]) -> set[int]:
    """The places of the lines of a page that open with their own number: one after another, evenly spaced."""
    found = [(place, int(match[1])) for place, line in enumerate(page) if (match := _NUMBER.match(line.text))]
    found.sort(key=lambda at: -page[at[0]].bottom)
    for step in _STEPS:
        run: list[int] = []
        for place, number in found:
            if number == step * (len(run) + 1) and (not run or _beside(page[run[0]], page[place])):
                run.append(place)
        if len(run) >= _FEWEST_LINES // step + 1 and _is_even(page, run) and _is_margin(page, run):
            return set(run)
    return set()


def _beside(first: Line, line: Line) -> bool:
    return abs(first.left - line.left) <= _COLUMN_WIDTH


def _is_even(page: Sequence[Line], run: Sequence[int]) -> bool:
    gaps = [page[one].bottom - page[two].bottom for one, two in pairwise(run)]
    return min(gaps) > 0 and max(gaps) <= _EVEN * min(gaps)


def _is_margin(page: Sequence[Line], run: Sequence[int]) -> bool:
    """Whether most numbers stand alone or far from the words of their line, and nothing but them so far left."""
    left = max(page[place].left for place in run)
    apart = Counter(_stands_apart(page[place]) for place in run)
    column = set(run)
    beyond = sum(line.left <= left for place, line in enumerate(page) if place not in column and not line.edge)
    return apart[True] >= apart[False] and beyond <= len(run) // 4


def _stands_apart(line: Line) -> bool:
    return line.text.strip().isdigit() or (len(line.cells) > 1 and line.cells[0].text.strip().isdigit())


def _without(line: Line, is_numbered: bool) -> Line | None:
    """A line without its number; None where it holds nothing else."""
    if not is_numbered:
        return line
    text = _NUMBER.sub("", line.text).lstrip()
    if not text:
        return None
    first, *others = line.cells
    if others and first.text.strip().isdigit():
        return replace(line, text=text, left=others[0].left, cells=tuple(others))
    return replace(line, text=text)
