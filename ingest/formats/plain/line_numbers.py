"""Plain-text transcripts that number their lines, page after page: the text as it would stand without the numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ....vectorstore.structure import Omission

_NUMBERED = re.compile(r"\A([ \t]{0,12}(\d{1,2}))(?:[ \t]{2,60}(?=\S)|[ \t]{0,60}\Z)")
_PAGE = re.compile(r"\A[ \t]{0,120}(\d{1,5})[ \t]{0,60}\Z")
_FEWEST_LINES = 8
_FEWEST_PAGES = 2
_NUMBERED_SHARE = 0.4
_ALIKE_SHARE = 0.5
_INDENTED_SHARE = 0.03
_LEAST_INDENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnumbered:
    """A text without the numbers of its lines; `pages` are the offsets at which pages begin, with their numbers."""

    text: str
    pages: tuple[tuple[int, str], ...]
    omitted: tuple[Omission, ...]


def without_line_numbers(text: str) -> Unnumbered | None:
    """The text without the numbers of its lines and pages, its lines single-spaced; None where they bear none.

    Numbers count where they begin anew at 1 again and again, stand in one column, and stop at the same number.
    """
    lines = [line.expandtabs().rstrip() for line in text.split("\n")]
    runs = _runs(lines)
    ends = Counter(map(len, runs))
    numbered = sum(map(len, runs))
    if len(runs) < _FEWEST_PAGES or numbered < _NUMBERED_SHARE * sum(map(bool, lines)):
        return None
    if ends.most_common(1)[0][1] < _ALIKE_SHARE * len(runs):
        return None
    labels = _page_numbers(lines, runs)
    count = Omission(what="numbers of lines", count=numbered, where=f"in the margin of {len(runs)} pages")
    heads = (Omission(what="numbers of pages", count=len(labels), where="above their lines"),) if labels else ()
    return _laid_out(_rows(lines, runs, labels), (count, *heads))


def _runs(lines: Sequence[str]) -> list[list[int]]:
    """The places of lines numbered 1, 2, 3 ... in one column, a list for each page."""
    runs: list[list[int]] = [[]]
    column = 0
    for place, line in enumerate(lines):
        if not (match := _NUMBERED.match(line)):
            continue
        number, end = int(match[2]), match.end(1)
        if number == len(runs[-1]) + 1 and (not runs[-1] or abs(end - column) <= 1):
            runs[-1].append(place)
        elif number == 1:
            runs.append([place])
        if len(runs[-1]) == 1:
            column = end
    return [run for run in runs if len(run) >= _FEWEST_LINES]


def _page_numbers(lines: Sequence[str], runs: Sequence[Sequence[int]]) -> dict[int, str]:
    """The page's number above the first line of each run, by the place of its line, where these ascend."""
    found: dict[int, str] = {}
    for before, run in pairwise([[-1], *runs]):
        above = next((place for place in range(run[0] - 1, before[-1], -1) if lines[place]), None)
        if above is not None and (match := _PAGE.match(lines[above])):
            found[above] = match[1]
    numbers = [int(number) for number in found.values()]
    return found if all(one < other for one, other in pairwise(numbers)) else {}


def _rows(lines: Sequence[str], runs: Sequence[Sequence[int]], labels: dict[int, str]) -> list[tuple[str, str | None]]:
    """Each line that remains, with the page that begins with it; within pages, blank lines only where numbered."""
    numbered = {place for run in runs for place in run}
    begins = {run[0] for run in runs}
    first, last = runs[0][0], runs[-1][-1]
    rows: list[tuple[str, str | None]] = []
    label: str | None = None
    for place, line in enumerate(lines):
        if place in labels:
            label = labels[place]
        elif place in numbered:
            page = label if place in begins else None
            rest = _blanked(line)
            half_line = place + 1 < len(lines) and bool(lines[place + 1]) and place + 1 not in numbered
            if rest or page or not half_line:
                rows.append((rest, page))
        elif line or not first <= place <= last:
            rows.append((line, None))
    return rows


def _blanked(line: str) -> str:
    """A numbered line with blanks for its number, empty where it holds nothing else."""
    match = _NUMBERED.match(line)
    return (" " * match.end(1) + line[match.end(1) :]).rstrip() if match else line


def _laid_out(rows: Sequence[tuple[str, str | None]], omitted: tuple[Omission, ...]) -> Unnumbered:
    """The rows as a text; a blank line stands before those that an indent makes the first of a paragraph."""
    indents = Counter(indent_of(line) for line, _ in rows if line)
    base = indents.most_common(1)[0][0] if indents else 0
    deeper = [
        (count, indent)
        for indent, count in indents.items()
        if indent >= base + _LEAST_INDENT and count >= _INDENTED_SHARE * sum(indents.values())
    ]
    opening = max(deeper)[1] if deeper else None
    parts: list[str] = []
    pages: list[tuple[int, str]] = []
    length = 0
    for line, page in rows:
        if line and indent_of(line) == opening and parts and parts[-1].strip():
            parts.append("\n")
            length += 1
        if page:
            pages.append((length, page))
        parts.append(line[min(base, indent_of(line)) :] + "\n")
        length += len(parts[-1])
    return Unnumbered(text="".join(parts), pages=tuple(pages), omitted=omitted)


def indent_of(line: str) -> int:
    """How many blanks a line opens with."""
    return len(line) - len(line.lstrip())
