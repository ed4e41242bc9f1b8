"""Rows of a table as text that stands by itself: each value carries the header of its column.

    Country: Verrano | 2030: 410 | 2031: 455

A row is what gets found and quoted, far from the header that explains it. A wrong label would make a quote say what
the record does not, so where nothing reads like a header the values stand alone, parted by bars.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, takewhile, zip_longest

from .rows import role_of

LIMIT_HEADER_CHARS = 120
LIMIT_SPAN = 256
ABOVE = "⍐"
"""What stands in a row for a cell that goes on from the row above: a merged cell holds for every row it spans.

A sign that other readers of mark-up let through, and that no record has as the only one in a cell.
"""
_MOST_HEADER_ROWS = 4
_ROWS_SEARCHED = 12
_ROWS_COMPARED = 500
Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCell:
    """A cell as mark-up has it: once, with how many columns and rows it spans."""

    text: str
    columns: int = 1
    rows: int = 1


def laid_out(rows: Sequence[Sequence[MergedCell]]) -> list[list[str]]:
    """The cells in their columns: a cell over several columns stands in the first, one over several rows has ABOVE."""
    grid: list[list[str]] = []
    reaching: dict[int, int] = {}  # how many rows more the cell of a column spans
    for cells in rows:
        row: list[str] = []
        further = {column: left - 1 for column, left in reaching.items() if left > 1}
        for cell in cells:
            row += _from_above(reaching, len(row))
            width = max(1, min(cell.columns, LIMIT_SPAN)) if len(row) < LIMIT_SPAN else 1
            if cell.rows > 1 and len(row) < LIMIT_SPAN:
                further |= dict.fromkeys(range(len(row), len(row) + width), cell.rows - 1)
            row += [cell.text, *[""] * (width - 1)]
        grid.append(row + _from_above(reaching, len(row)))
        reaching = further
    return grid


def _from_above(reaching: Mapping[int, int], column: int) -> list[str]:
    """The cells from a column on that belong to the row above."""
    return [ABOVE for _ in takewhile(reaching.get, count(column))]


def labelled_rows(rows: Sequence[Row], *, header: bool | int | None = None, is_sheet: bool = False) -> list[str]:
    """One line of text for each row that says anything; header rows come as they stand, and once.

    Args:
        rows: the cells, "" where empty, ABOVE where they belong to the row above.
        header: how many rows the table's maker marked as its header; None when the format cannot tell, and the rows
            must. Blank rows part tables, each of which may have its own.
        is_sheet: whether these are the rows of a spreadsheet, which open with a header where they can.
    """
    folded = [[cell if cell == ABOVE else " ".join(cell.split()) for cell in row] for row in rows]
    if header is not None:
        return _lines(folded, [], int(header))
    lines: list[str] = []
    names: list[str] = []
    for table in _parted(folded):
        printed = [_printed(row) for row in table]
        first, end = find_header(printed, is_sheet=is_sheet) or (0, 0)
        if end and names and not _is_another(printed, first, names):
            first = end = 0
        lines += _lines(table, names, end, first)
        names = _names(printed[first:end]) if end else names
    return lines


def _lines(table: Sequence[Row], names: Row, end: int, first: int = 0) -> list[str]:
    """A table's rows as text; those from `first` to `end` name its columns, unless there are names already."""
    heads = [_printed(row) for row in table[:end]]
    names = _names(heads[first:][:_MOST_HEADER_ROWS]) if end else names
    lines = [bare(row) for row in heads]
    filled: list[str] = []
    for row in table[end:]:
        if list(row) in heads[first:]:  # the header again at the head of a page
            continue
        filled = [
            filled[column] if cell == ABOVE and column < len(filled) else cell.removeprefix(ABOVE)
            for column, cell in enumerate(row)
        ]
        lines.append(labelled(names, filled))
    return [line for line in lines if line]


def _printed(row: Row) -> list[str]:
    """A row with what is printed in it alone."""
    return ["" if cell == ABOVE else cell for cell in row]


def labelled(names: Row, row: Row) -> str:
    """A row's values after their columns' names; a value without a name, or alone in its row, stands bare."""
    if sum(map(bool, row)) == 1 and sum(map(bool, names)) > 2:
        return bare(row)
    pairs = zip_longest(names, row, fillvalue="")
    return " | ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def bare(row: Row) -> str:
    """A row's values without names."""
    return " | ".join(value for value in row if value)


def find_header(rows: Sequence[Row], *, is_sheet: bool = True) -> tuple[int, int] | None:
    """Where the rows that name the columns begin and end, or None.

    They open with the first row that fills at least half of the columns in use and at least two. It holds words
    or years, each once, none long, and none again below in its own column, as the values of a list without a
    header would be. A second row belongs to them where it fills the gaps of the first ("2030" over "Women, Men").
    Two columns outside of sheets may be labels and their values: there numbers under words show a header, or names
    that say what both columns are for.
    """
    width = max((sum(map(bool, row)) for row in rows[: 4 * _ROWS_SEARCHED]), default=0)
    for position, row in enumerate(rows[:_ROWS_SEARCHED]):
        cells = [cell for cell in row if cell]
        if len(cells) < max(2, width / 2):
            continue
        below = rows[position + 1 : position + 1 + _ROWS_COMPARED]
        if not below or len(set(cells)) < len(cells) or not _names_columns(cells) or _recurs(row, below):
            return None
        if width < 3 and not is_sheet and not (_heads_numbers(row, below) or all(map(role_of, cells))):
            return None
        return position, position + (2 if len(below) > 1 and _fills_gaps(row, below[0]) else 1)
    return None


def _parted(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Stretches of rows between blank ones."""
    stretch: list[Row] = []
    for row in rows:
        if any(row):
            stretch.append(row)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _is_another(table: Sequence[Row], position: int, names: Row) -> bool:
    """Whether what follows a blank row is a table of its own: other columns, or numbers below the words."""
    row = table[position]
    if [bool(cell) for cell in row] != [bool(name) for name in [*names, *[""] * len(row)][: len(row)]]:
        return True
    return any(
        cell and not _is_number(cell) and _is_number(value)
        for below in islice(table, position + 1, position + 1 + _ROWS_SEARCHED)
        for cell, value in zip(row, below, strict=False)
    )


def _names_columns(cells: Row) -> bool:
    if not any(character.isalpha() for cell in cells for character in cell):
        return False
    return all(len(cell) <= LIMIT_HEADER_CHARS and (_is_year(cell) or not _is_number(cell)) for cell in cells)


def _recurs(row: Row, below: Sequence[Row]) -> bool:
    return any(cell and cell == value for other in below for cell, value in zip(row, other, strict=False))


def _heads_numbers(row: Row, below: Sequence[Row]) -> bool:
    """Whether most values below one of the words are numbers."""
    for column, cell in enumerate(row):
        values = [other[column] for other in below if column < len(other) and other[column]]
        if not any(map(str.isdigit, cell)) and cell and 2 * sum(map(_is_number, values)) > len(values):
            return True
    return False


def _fills_gaps(row: Row, below: Row) -> bool:
    gaps = [position for position, cell in enumerate(row) if not cell and position < len(below)]
    cells = [cell for cell in below if cell]
    return bool(gaps and cells) and _names_columns(cells) and all(below[gap] for gap in gaps)


def _names(header: Sequence[Row]) -> list[str]:
    """The columns' names; of several rows each but the last reaches over the gaps to its right, above a name."""
    names = [name.rstrip(" :") for name in header[-1]] if header else []
    for upper in reversed(header[:-1]):
        group = ""
        for column in range(max(len(upper), len(names))):
            own = upper[column] if column < len(upper) else ""
            group = own or group
            if column == len(names):
                names.append("")
            if names[column]:
                names[column] = ", ".join(filter(None, (group, names[column])))
            else:
                names[column] = own
    return names


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and 1800 <= int(cell) <= 2200


def _is_number(cell: str) -> bool:
    """An amount, a date or another value without words."""
    return not any(character.isalpha() for character in cell)
