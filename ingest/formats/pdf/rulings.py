"""Tables that are drawn with lines in PDFs: what stands between the lines is a cell, whatever the gaps between words.

paths of a page -> rules across and down -> grids of rules that meet -> cells, merged where no line parts them
"""

import ctypes
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..table import ABOVE, Row
from .printed import NEAR, Grid, Line, Rule

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage

# In points.
_THICKEST = 2.5
_SHORTEST = 6.0
# Maps and charts have more; their lines are no tables.
_MOST_PATHS = 4000
_MOST_SEGMENTS = 400
_MOST_RULES = 300
_MOST_BOXES = 4000
_FEWEST_EDGES = 3
_LONGEST_CELL_CHARS = 1500
_FILLED_SHARE = 0.3


def grids(page: "PdfPage") -> list[Grid]:
    """The ruled tables of a page; call it under PDFIUM."""
    across, down = _rules(page)
    if not (_FEWEST_EDGES <= len(across) <= _MOST_RULES and _FEWEST_EDGES <= len(down) <= _MOST_RULES):
        return []
    found: list[Grid] = []
    free = set(down)
    for seed in sorted(down):
        if seed not in free:
            continue
        lying, standing = _meeting(seed, across, free)
        columns, rows = _edges(standing), _edges(lying)[::-1]
        if min(len(columns), len(rows)) >= _FEWEST_EDGES and len(columns) * len(rows) <= _MOST_BOXES:
            found.append(Grid(columns=columns, rows=rows, across=tuple(lying), down=tuple(standing)))
    return found


def _meeting(seed: Rule, across: Sequence[Rule], free: set[Rule]) -> tuple[list[Rule], list[Rule]]:
    """The rules that meet a rule, those that meet these, and so on; taken out of those that are free."""
    lying, standing, waiting = set[Rule](), list[Rule](), [seed]
    free.discard(seed)
    while waiting:
        rule = waiting.pop()
        standing.append(rule)
        for other in across:
            if other not in lying and _meet(rule, other):
                lying.add(other)
                touched = [one for one in free if _meet(one, other)]
                free.difference_update(touched)
                waiting += touched
    return sorted(lying), standing


def _meet(down: Rule, across: Rule) -> bool:
    return across.covers(down.at) and down.covers(across.at)


def _edges(rules: Sequence[Rule]) -> tuple[float, ...]:
    edges: list[float] = []
    for rule in sorted(rules):
        if not edges or rule.at - edges[-1] > 2 * NEAR:
            edges.append(rule.at)
    return tuple(edges)


def _place(edges: Sequence[float], at: float) -> int:
    """Between which two edges, which rise, a place is."""
    return min(max(0, bisect_left(edges, at) - 1), len(edges) - 2)


def _nearest(edges: Sequence[float], at: float) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - at))


def _is_table(rows: Sequence[Row]) -> bool:
    filled = [sum(bool(cell) and cell != ABOVE for cell in row) for row in rows]
    return (
        sum(count > 1 for count in filled) > 1
        and sum(filled) >= _FILLED_SHARE * len(rows) * len(rows[0])
        and all(len(cell) <= _LONGEST_CELL_CHARS for row in rows for cell in row)
    )


def cells_of(grid: Grid, lines: Sequence[Line]) -> list[Row]:
    """What is printed between the lines of a grid, row by row; nothing where a page is only laid out in boxes."""
    corners = _corners(grid)
    words: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for line in lines:
        row = _place([-edge for edge in grid.rows], -line.bottom - line.size / 4)
        for cell in line.cells:
            column = _place(grid.columns, (cell.left + cell.right) / 2)
            words[corners[row][column]].append(line.text if len(line.cells) == 1 else cell.text)
    rows = [
        [
            ABOVE if corner[0] < row else " ".join(words[row, column]) if corner == (row, column) else ""
            for column, corner in enumerate(of_row)
        ]
        for row, of_row in enumerate(corners)
    ]
    return list[Row](rows) if _is_table(rows) else []


def _corners(grid: Grid) -> list[list[tuple[int, int]]]:
    """Of each box the first of those that are one cell with it."""
    lefts, tops = [set[float]() for _ in grid.columns], [set[float]() for _ in grid.rows]
    middles = [(one + two) / 2 for one, two in pairwise(grid.columns)]
    heights = [(one + two) / 2 for one, two in pairwise(grid.rows)]
    for rule in grid.down:
        lefts[_nearest(grid.columns, rule.at)].update(place for place in heights if rule.covers(place))
    for rule in grid.across:
        tops[_nearest(grid.rows, rule.at)].update(place for place in middles if rule.covers(place))
    corners: list[list[tuple[int, int]]] = []
    for row, height in enumerate(heights):
        corners.append([])
        for column, middle in enumerate(middles):
            if column and height not in lefts[column]:
                corner = corners[row][column - 1]
            elif row and middle not in tops[row]:
                corner = corners[row - 1][column]
            else:
                corner = (row, column)
            corners[row].append(corner)
    return corners


# --- the lines of a page -------------------------------------------------------------------------------------------


def _rules(page: "PdfPage") -> tuple[list[Rule], list[Rule]]:
    """The lines across and down; none of a page with more paths than tables need."""
    import pypdfium2.raw as pdfium

    across: list[Rule] = []
    down: list[Rule] = []
    for count, path in enumerate(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1)):
        if count > _MOST_PATHS:
            return [], []
        for left, bottom, right, top in _strokes(path):
            if top - bottom <= _THICKEST and right - left >= _SHORTEST:
                across.append(Rule((bottom + top) / 2, left, right))
            elif right - left <= _THICKEST and top - bottom >= _SHORTEST:
                down.append(Rule((left + right) / 2, bottom, top))
    return _merged(across), _merged(down)


def _strokes(path: "PdfObject") -> Iterator[tuple[float, float, float, float]]:
    """The boxes of the straight lines of a path: of all of it where it is thin, of its parts where it is stroked."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = path.get_bounds()
    if min(right - left, top - bottom) <= _THICKEST:
        yield left, bottom, right, top
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path.raw, fill, stroke)
    count = pdfium.FPDFPath_CountSegments(path.raw)
    if not stroke.value or count > _MOST_SEGMENTS:
        return
    matrix = path.get_matrix()
    begun = before = (0.0, 0.0)
    for number in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path.raw, number)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begun = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield _box(before, point)
        before = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield _box(before, begun)


def _box(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float, float]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules that go on with one another as one: cells are often drawn with edges of their own."""
    levels: list[list[Rule]] = []
    for rule in sorted(rules):
        if levels and rule.at - levels[-1][0].at <= NEAR:
            levels[-1].append(rule)
        else:
            levels.append([rule])
    merged: list[Rule] = []
    for level in levels:
        pieces = sorted(level, key=lambda rule: rule.start)
        whole = pieces[0]
        for piece in pieces[1:]:
            if piece.start <= whole.end + 2 * NEAR:
                whole = whole._replace(end=max(whole.end, piece.end))
            else:
                merged.append(whole)
                whole = piece
        merged.append(whole)
    return merged
