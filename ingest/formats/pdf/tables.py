"""Tables in PDFs, which know no tables: rows are told by the gaps between their cells.

    lines of a page -> strips (what shares a base line) -> rows -> stretches of rows or of prose

A row is a line of several cells with values among them, or three cells and more drawn side by side. What does not
plainly look like one stays prose: a table read as prose is poor, a sentence cut up into cells is wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ..table import Row
from .printed import Cell, Grid, Line
from .rulings import cells_of

_GAP = 1.8
_LONGEST_CELL_LINES = 8
_LONGEST_LABEL_LINES = 6
_NEIGHBOUR = 3
_ALIGNED = 4.0
_TIGHT = 1.35
_LEADING = 1.6
_ROW_STEP = 2.7
_CLOSED = re.compile(r"[.;:!?]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Lines that follow one another: rows of a table, or prose where there are no rows.

    The rows of a ruled table are in `cells`, in the columns of its grid.
    """

    lines: tuple[Line, ...]
    rows: tuple[str, ...] = ()
    grid: Grid | None = None
    cells: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strip:
    """The lines on one base line that were drawn one after another."""

    lines: tuple[Line, ...]
    cells: tuple[Cell, ...]

    @property
    def bottom(self) -> float:
        return self.lines[0].bottom

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right

    @property
    def size(self) -> float:
        return max(line.size for line in self.lines)

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The strips `first` to `last` as one row; `certain` where no neighbour needs to speak for it."""

    first: int
    last: int
    cells: tuple[Cell, ...]
    certain: bool


def stretches(lines: Sequence[Line]) -> list[Stretch]:
    """The lines of a page in their order, tables apart from prose."""
    ruled: dict[Grid, list[Line]] = {}
    for line in lines:
        if line.grid:
            ruled.setdefault(line.grid, []).append(line)
    cells = {grid: tuple(cells_of(grid, its)) for grid, its in ruled.items()}
    found: list[Stretch] = []
    for grid, group in groupby(lines, key=lambda line: line.grid if line.grid and cells[line.grid] else None):
        if grid is None:
            found += _by_gaps(list(group))
        elif its := ruled.pop(grid, None):
            found.append(Stretch(lines=tuple(its), grid=grid, cells=cells[grid]))
    return found


def _by_gaps(lines: Sequence[Line]) -> list[Stretch]:
    """Rows where wide gaps part the lines."""
    strips = _strips(lines)
    rows = _with_labels(strips, _supported(_candidates(strips)))
    rows = sorted([*rows, *_loose_numbers(strips, rows)], key=lambda row: row.first)
    rows = sorted([*rows, *_subheads(strips, rows)], key=lambda row: row.first)
    found: list[Stretch] = []
    position = 0
    for row in rows:
        _add_prose(found, strips[position : row.first])
        printed = tuple(line for strip in strips[row.first : row.last + 1] for line in strip.lines)
        text = " | ".join(cell.text for cell in row.cells)
        if found and found[-1].rows and position == row.first:
            found[-1] = Stretch(lines=found[-1].lines + printed, rows=(*found[-1].rows, text))
        else:
            found.append(Stretch(lines=printed, rows=(text,)))
        position = row.last + 1
    _add_prose(found, strips[position:])
    return found


def _add_prose(found: list[Stretch], strips: Sequence[_Strip]) -> None:
    if strips:
        found.append(Stretch(lines=tuple(line for strip in strips for line in strip.lines)))


def _strips(lines: Sequence[Line]) -> list[_Strip]:
    strips: list[_Strip] = []
    for line in lines:
        before = strips[-1] if strips else None
        if before and abs(before.bottom - line.bottom) < 2 and line.left >= before.right - 2:
            strips[-1] = _Strip(lines=(*before.lines, line), cells=_beside(before.cells, line))
        else:
            strips.append(_Strip(lines=(line,), cells=line.cells))
    return strips


def _beside(cells: tuple[Cell, ...], line: Line) -> tuple[Cell, ...]:
    last, first = cells[-1], line.cells[0]
    if first.left - last.right > _GAP * line.size:
        return (*cells, *line.cells)
    return (*cells[:-1], Cell(text=f"{last.text} {first.text}", left=last.left, right=first.right), *line.cells[1:])


# --- rows ------------------------------------------------------------------------------------------------------


def _candidates(strips: Sequence[_Strip]) -> list[_Row]:
    rows: list[_Row] = []
    position = 0
    while position < len(strips):
        row = _side_by_side(strips, position) or _line_row(strips, position)
        if row:
            rows.append(row)
        position = row.last + 1 if row else position + 1
    return rows


def _line_row(strips: Sequence[_Strip], position: int) -> _Row | None:
    """A line of several cells; certain where at least two of them are values."""
    cells = strips[position].cells
    values = sum(_is_value(cell.text) for cell in cells[1:])
    if len(cells) < 2 or (len(cells) == 2 and not values) or any(len(cell.text) > 60 for cell in cells[1:]):
        return None
    return _Row(first=position, last=position, cells=cells, certain=len(cells) > 2 and values > 1)


def _is_value(text: str) -> bool:
    """An amount, a year, a dash: what stands in the cells of figures."""
    return len(text) <= 24 and sum(character.isalpha() for character in text) <= (6 if text[:1].isdigit() else 1)


def _side_by_side(strips: Sequence[_Strip], first: int) -> _Row | None:
    """Cells of several lines, each drawn to the right of the one before and level with it."""
    columns: list[list[_Strip]] = [[strips[first]]]
    position = first + 1
    while position < len(strips):
        strip, above = strips[position], columns[-1][-1]
        if _is_below(columns[-1], strip):
            columns[-1].append(strip)
        elif strip.bottom > above.bottom + 2 and strip.left > max(other.right for other in columns[-1]):
            columns.append([strip])
        else:
            break
        if len(columns[-1]) > _LONGEST_CELL_LINES:
            return None
        position += 1
    cells = tuple(cell for column in columns for cell in _column_cells(column))
    if len(columns) < 2 or len(cells) < 2 or not all(_level(columns[0], column) for column in columns[1:]):
        return None
    if len(cells) == 2 and not _is_value(cells[1].text):
        return None
    return _Row(first=first, last=position - 1, cells=cells, certain=len(cells) > 2)


def _is_below(column: Sequence[_Strip], strip: _Strip) -> bool:
    """Whether a strip is the next line of a cell."""
    above = column[-1]
    left, right = min(other.left for other in column), max(other.right for other in column)
    return (
        len(strip.cells) == 1
        and 0 < above.bottom - strip.bottom <= _LEADING * strip.size
        and strip.left < right
        and strip.right > left
        and strip.left > left - 3 * strip.size
    )


def _column_cells(column: Sequence[_Strip]) -> tuple[Cell, ...]:
    *before, last = column[0].cells
    text = " ".join([last.text, *(strip.text for strip in column[1:])])
    return (*before, Cell(text=text, left=last.left, right=max(strip.right for strip in column)))


def _level(one: Sequence[_Strip], other: Sequence[_Strip]) -> bool:
    """Whether two cells are aligned at the top, at the bottom or in the middle."""
    top, bottom = one[0].bottom - other[0].bottom, one[-1].bottom - other[-1].bottom
    return min(abs(top), abs(bottom), abs(top + bottom) / 2) <= _ALIGNED


def _supported(rows: Sequence[_Row]) -> list[_Row]:
    """The certain rows, those next to them, and columns of values that are aligned three times."""
    kept = {position for position, row in enumerate(rows) if row.certain}
    for position, (one, two) in enumerate(pairwise(rows)):
        following = rows[position + 2] if position + 2 < len(rows) else None
        if following and _are_neighbours(one, two) and _are_neighbours(two, following) and _share_edge(one, two):
            kept |= {position, position + 1, position + 2} if _share_edge(two, following) else set()
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        for position in order:
            near = [other for other in (position - 1, position + 1) if other in kept]
            if any(_are_neighbours(*sorted((rows[position], rows[other]), key=_place)) for other in near):
                kept.add(position)
    return [row for position, row in enumerate(rows) if position in kept]


def _place(row: _Row) -> int:
    return row.first


def _are_neighbours(one: _Row, two: _Row) -> bool:
    return two.first - one.last <= _NEIGHBOUR


def _share_edge(one: _Row, two: _Row) -> bool:
    first, second = one.cells[-1], two.cells[-1]
    return min(abs(first.right - second.right), abs(first.left - second.left)) <= _ALIGNED


# --- what belongs to rows ------------------------------------------------------------------------------------------


def _with_labels(strips: Sequence[_Strip], rows: Sequence[_Row]) -> list[_Row]:
    """Rows with the lines above that begin their first cell: set closer than rows are, and within its column."""
    steps = [
        strips[one.last].bottom - strips[two.first].bottom for one, two in pairwise(rows) if one.last + 1 == two.first
    ]
    pitch = min((step for step in steps if step > 2), default=float("inf"))
    labelled: list[_Row] = []
    free = 0
    for row in rows:
        first = row.first
        while first > max(free, row.first - _LONGEST_LABEL_LINES) and _is_label(
            strips[first - 1], strips[first], row, pitch
        ):
            first -= 1
        label = " ".join([*(strip.text for strip in strips[first : row.first]), row.cells[0].text])
        cell = Cell(text=label, left=row.cells[0].left, right=row.cells[0].right)
        labelled.append(_Row(first=first, last=row.last, cells=(cell, *row.cells[1:]), certain=row.certain))
        free = row.last + 1
    return labelled


def _is_label(strip: _Strip, below: _Strip, row: _Row, pitch: float) -> bool:
    step = strip.bottom - below.bottom
    return (
        len(strip.cells) == 1
        and abs(strip.size - below.size) < 0.6
        and 0 < step <= min(_TIGHT * strip.size, 0.9 * pitch)
        and strip.right < row.cells[1].left
        and not _CLOSED.search(strip.text)
    )


def _subheads(strips: Sequence[_Strip], rows: Sequence[_Row]) -> Iterator[_Row]:
    """One or two short lines between rows, which name the rows below."""
    for one, two in pairwise(rows):
        between = strips[one.last + 1 : two.first]
        around = strips[one.last : two.first + 1]
        if len(between) in (1, 2) and all(
            2 < a.bottom - b.bottom <= _ROW_STEP * b.size and abs(a.size - b.size) < 0.6 for a, b in pairwise(around)
        ):
            for position, strip in enumerate(between, start=one.last + 1):
                if not _CLOSED.search(strip.text) or strip.right < two.cells[-1].left:
                    yield _Row(first=position, last=position, cells=strip.cells, certain=False)


def _loose_numbers(strips: Sequence[_Strip], rows: Sequence[_Row]) -> Iterator[_Row]:
    """Three and more numbers one after another, as charts label their bars and axes: one row for all of them."""
    taken = {position for row in rows for position in range(row.first, row.last + 1)}
    start = 0
    for position in range(len(strips) + 1):
        loose = position < len(strips) and position not in taken and _is_number(strips[position].text)
        if loose:
            continue
        if position - start >= 3:
            cells = tuple(cell for strip in strips[start:position] for cell in strip.cells)
            yield _Row(first=start, last=position - 1, cells=cells, certain=True)
        start = position + 1


def _is_number(text: str) -> bool:
    return len(text) <= 24 and not any(character.isalpha() for character in text) and not text.endswith((".", ")"))
