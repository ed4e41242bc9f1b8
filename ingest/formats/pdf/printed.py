"""A line as it is printed on a page, and its parts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rulings import Grid

EDGE = 0.11
"""Of a page's height: where running heads and feet stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A part of a line that stands apart from the rest."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as printed; coordinates in points, from the bottom left corner of the page; `bottom` is its base line.

    `raised` says that it opens with smaller print, as a note's mark is set. `cells` is the whole line where no wide
    gap parts it. `aslant` is what runs neither along nor up nor down the page. `is_field` is the label of a form's
    field or its value. `grid` is the ruled table in which it stands.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    raised: bool
    bold: bool
    italic: bool
    edge: bool
    aslant: bool = False
    is_field: bool = False
    grid: "Grid | None" = None
    cells: tuple[Cell, ...]
