"""Rows of a table as text that stands by itself: each value carries the header of its column.

    Country: Verrano | 2030: 410 | 2031: 455

A row is what gets found and quoted, far from the header that explains it. A wrong label would make a quote say what
the record does not, so where nothing reads like a header the values stand alone, parted by bars.
"""

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

LIMIT_HEADER_CHARS = 120
_ROWS_SEARCHED = 12
_ROWS_COMPARED = 500
Row = Sequence[str]


def labelled_rows(rows: Sequence[Row], *, header: bool | None = None) -> list[str]:
    """One line of text for each row that says anything; header rows come as they stand.

    Args:
        rows: the cells, "" where empty.
        header: whether the table's maker marked the first row as its header; None when the format cannot tell,
            and the rows must. Blank rows part tables, each of which may have its own.
    """
    folded = [[" ".join(cell.split()) for cell in row] for row in rows]
    if header is not None:
        names, body = (_names(folded[:1]), folded[1:]) if header else ([], folded)
        lines = [bare(row) for row in folded[:1] if header] + [labelled(names, row) for row in body]
        return [line for line in lines if line]
    lines: list[str] = []
    names: list[str] = []
    for table in _parted(folded):
        first, end = find_header(table) or (0, 0)
        if end and (not names or _is_another(table, first, names)):
            lines += [bare(row) for row in table[:end]]
            names, table = _names(table[first:end]), table[end:]
        lines += [labelled(names, row) for row in table]
    return lines


def labelled(names: Row, row: Row) -> str:
    """A row's values after their columns' names; a value without a name, or alone in its row, stands bare."""
    if sum(map(bool, row)) == 1 and sum(map(bool, names)) > 2:
        return bare(row)
    pairs = zip_longest(names, row, fillvalue="")
    return " | ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def bare(row: Row) -> str:
    """A row's values without names."""
    return " | ".join(value for value in row if value)


def find_header(rows: Sequence[Row]) -> tuple[int, int] | None:
    """Where the rows that name the columns begin and end, or None.

    They open with the first row that fills at least half of the columns in use and at least two. It holds words
    or years, each once, none long, and none again below in its own column, as the values of a list without a
    header would be. A second row belongs to them where it fills the gaps of the first ("2030" over "Women, Men").
    """
    width = max((sum(map(bool, row)) for row in rows[: 4 * _ROWS_SEARCHED]), default=0)
    for position, row in enumerate(rows[:_ROWS_SEARCHED]):
        cells = [cell for cell in row if cell]
        if len(cells) < max(2, width / 2):
            continue
        below = rows[position + 1 : position + 1 + _ROWS_COMPARED]
        if not below or len(set(cells)) < len(cells) or not _names_columns(cells) or _recurs(row, below):
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


def _fills_gaps(row: Row, below: Row) -> bool:
    gaps = [position for position, cell in enumerate(row) if not cell and position < len(below)]
    cells = [cell for cell in below if cell]
    return bool(gaps and cells) and _names_columns(cells) and all(below[gap] for gap in gaps)


def _names(header: Sequence[Row]) -> list[str]:
    """The columns' names; of two rows the upper one reaches over the gaps to its right."""
    if len(header) < 2:
        return [name.rstrip(" :") for row in header for name in row]
    names: list[str] = []
    group = ""
    for upper, lower in zip_longest(header[0], header[1], fillvalue=""):
        group = upper or group
        names.append(", ".join(filter(None, (group, lower))) if lower else upper)
    return names


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and 1800 <= int(cell) <= 2200


def _is_number(cell: str) -> bool:
    """An amount, a date or another value without words."""
    return not any(character.isalpha() for character in cell)
