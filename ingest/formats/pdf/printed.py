"""A line as it is printed on a page, its parts, and the ruled table in which it stands."""

from dataclasses import dataclass, replace
from typing import NamedTuple

EDGE = 0.11
"""Of a page's height: where running heads and feet stand."""

NEAR = 2.0
"""In points: what is no farther apart meets."""
_SAME_COLUMN = 4.0


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


class Rule(NamedTuple):
    """A line along the page or down it: where it is on the other axis, and from where to where it goes."""

    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        """Whether it goes past a place."""
        return self.start - NEAR <= place <= self.end + NEAR


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Lines that meet, and the edges between them: of columns from left to right, of rows from top to bottom."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]

    def holds(self, line: Line) -> bool:
        """Whether a printed line stands within it."""
        return (
            self.columns[0] - NEAR <= line.left
            and line.right <= self.columns[-1] + NEAR
            and self.rows[-1] - NEAR <= line.bottom
            and line.bottom < self.rows[0]
        )

    def mirrored(self, width: float) -> "Grid":
        """It on a page of some width seen in a mirror."""
        return replace(
            self,
            columns=tuple(width - edge for edge in reversed(self.columns)),
            across=tuple(Rule(rule.at, width - rule.end, width - rule.start) for rule in self.across),
            down=tuple(Rule(width - rule.at, rule.start, rule.end) for rule in self.down),
        )

    def walls(self, height: float) -> list[float]:
        """Where lines part the columns at some height."""
        return [rule.at for rule in self.down if rule.covers(height)]

    def goes_on_with(self, other: "Grid") -> bool:
        """Whether another, on the next page, has the same columns."""
        return len(self.columns) == len(other.columns) and all(
            abs(one - two) < _SAME_COLUMN for one, two in zip(self.columns, other.columns, strict=True)
        )
