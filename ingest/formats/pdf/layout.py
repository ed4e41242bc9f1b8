"""What a machine read off a picture, as lines of a page: in reading order, with the sizes that lines of print have.

boxes of words or lines, in points of the picture -> columns in their order -> lines of the page
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from .printed import EDGE, Cell, Line

# Shares of the width or the number of lines on a page; columns of prose, not of a table or of a letterhead.
_GUTTER_PLACES = range(30, 71)
_MOST_CROSSING = 0.25
_NARROWEST_COLUMN = 0.25
_FEWEST_LINES = 5
_SAME_ROW = 0.6
"""Of the height of the lower box: so much of it is beside the other."""
_SAME_SIZE = 0.3
"""Boxes of one size of type differ by so much, by the letters that reach up or down."""
_TYPE_OF_BOX = 0.75
_CELL_GAP = 1.8
_POINTS_WIDE = 595.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Words read off a picture, with where they stand on it, from its top left corner, and a certainty of 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    certainty: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def lines_of(boxes: Sequence[Box], page: int, width: int, height: int) -> list[Line]:
    """The lines of a page whose picture has so many points; as wide as a sheet of A4 whatever these are."""
    if not boxes:
        return []
    usual = median(box.height for box in boxes)
    scale = _POINTS_WIDE / width
    return [_line(row, page, height, usual, scale) for row in _rows(_in_reading_order(boxes, width))]


def _in_reading_order(boxes: Sequence[Box], width: int) -> list[Box]:
    """From top to bottom; where the page has two columns, the left one first, down to what runs over both."""
    boxes = sorted(boxes, key=lambda box: box.top + box.bottom)
    gutter = _gutter(boxes, width)
    if gutter is None:
        return boxes
    ordered: list[Box] = []
    left: list[Box] = []
    right: list[Box] = []
    for box in boxes:
        if box.left < gutter < box.right:
            ordered += [*left, *right, box]
            left, right = [], []
        else:
            (left if box.right <= gutter else right).append(box)
    return [*ordered, *left, *right]


def _gutter(boxes: Sequence[Box], width: int) -> float | None:
    """Where hardly any line runs over the middle of the page, and wide lines stand on both sides."""
    places = [width * share / 100 for share in _GUTTER_PLACES]
    crossing = [sum(box.left < place < box.right for box in boxes) for place in places]
    fewest = min(crossing)
    best = [place for place, count in zip(places, crossing, strict=True) if count == fewest]
    gutter = best[len(best) // 2]
    sides = ([box for box in boxes if box.right <= gutter], [box for box in boxes if box.left >= gutter])
    are_columns = all(
        len(side) >= _FEWEST_LINES and median(box.width for box in side) >= _NARROWEST_COLUMN * width for side in sides
    )
    return gutter if are_columns and fewest <= _MOST_CROSSING * len(boxes) else None


def _rows(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Boxes that stand beside each other, from left to right."""
    row: list[Box] = []
    for box in boxes:
        if row and not _is_beside(row[-1], box):
            yield sorted(row, key=lambda each: each.left)
            row = []
        row.append(box)
    if row:
        yield sorted(row, key=lambda each: each.left)


def _is_beside(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = one.right <= other.left or other.right <= one.left
    return apart and shared >= _SAME_ROW * min(one.height, other.height)


def _line(row: Sequence[Box], page: int, height: int, usual: float, scale: float) -> Line:
    tall = median(box.height for box in row)
    size = (usual if abs(tall - usual) <= _SAME_SIZE * usual else tall) * _TYPE_OF_BOX
    middle = sum(box.top + box.bottom for box in row) / (2 * len(row))
    bottom, top = height - middle - size / 2, height - middle + size / 2
    cells = tuple(_cells(row, size, scale))
    return Line(
        text=" ".join(cell.text for cell in cells),
        page=page,
        left=row[0].left * scale,
        right=max(box.right for box in row) * scale,
        bottom=bottom * scale,
        top=top * scale,
        size=round(size * scale, 1),
        raised=False,
        bold=False,
        italic=False,
        edge=bottom < height * EDGE or top > height * (1 - EDGE),
        cells=cells,
    )


def _cells(row: Sequence[Box], size: float, scale: float) -> list[Cell]:
    cells: list[Cell] = []
    for box in row:
        left, right = box.left * scale, box.right * scale
        if cells and left - cells[-1].right <= _CELL_GAP * size * scale:
            cells[-1] = Cell(text=f"{cells[-1].text} {box.text}", left=cells[-1].left, right=right)
        else:
            cells.append(Cell(text=box.text, left=left, right=right))
    return cells
