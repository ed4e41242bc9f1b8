"""Rows of registers for other programs: JSON, and tables for spreadsheets whose cells are never formulas."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import TypedDict  # pydantic describes no other before Python 3.12

from ...vectorstore.errors import InputError
from ..schema import DocumentOut, LocatorOut, document_json, locator_json
from .registers import Kind, Row

COLUMNS = (
    "date", "record", "item", "who", "what", "for", "against", "abstained", "due", "quote", "citation", "document",
    "start", "end",
)  # fmt: skip
# What makes a formula of a cell, in wide forms too, which some spreadsheets take for the narrow ones, and what they
# pass over before it.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_PASSED_OVER = "\ufeff\u200b\u200e\u200f\u2060\0"
_WIDTHS = {"item": 40, "quote": 60, "citation": 40, "who": 24, "record": 20}
MAX_CELL_CHARS = 32_767
"""Of a spreadsheet."""

RowOut = TypedDict(
    "RowOut",
    {
        "document": DocumentOut, "item": str, "who": str | None, "what": str, "quote": str, "start": int, "end": int,
        "locator": LocatorOut, "label": str, "for": int | None, "against": int | None, "abstained": int | None,
        "due": str | None,
    },
)  # fmt: skip
"""A row of a register: `quote` is the document's text from `start` to `end`; the counts are those of a vote."""


class RegisterOut(TypedDict):
    """A register, or a page of it; `total` counts all of its rows."""

    register: Kind
    rows: list[RowOut]
    total: int


def row_json(row: Row) -> RowOut:
    """A row with its citation."""
    outcome, citation = row.outcome, row.citation
    return {
        "document": document_json(citation.document),
        "item": row.item,
        "who": row.who,
        "what": row.what,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "locator": locator_json(citation.locator),
        "label": citation.label,
        "for": outcome.votes_for if outcome else None,
        "against": outcome.votes_against if outcome else None,
        "abstained": outcome.abstained if outcome else None,
        "due": outcome.due if outcome else None,
    }


def page_of_rows(kind: Kind, rows: Sequence[Row], offset: int, limit: int) -> RegisterOut:
    """Some rows of a register, and how many there are."""
    return {"register": kind, "rows": [row_json(row) for row in rows[offset : offset + limit]], "total": len(rows)}


def table(rows: Sequence[Row]) -> list[list[str | int]]:
    """The cells of each row in the order of `COLUMNS`; "" where something does not apply."""
    return [_cells(row_json(row)) for row in rows]


def as_csv(rows: Sequence[Row]) -> str:
    """Comma-separated values with a head; what a spreadsheet would take for a formula has an apostrophe before it."""
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n")
    written.writerow(COLUMNS)
    written.writerows([inert(cell) for cell in cells] for cells in table(rows))
    return text.getvalue()


def write_xlsx(rows: Sequence[Row], file: Path) -> None:
    """A workbook with one sheet, its head fixed and filtered. Raises InputError where it cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Register")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, _WIDTHS.get(name, 12))
        sheet.write_string(0, column, name, bold)
    for line, cells in enumerate(table(rows), start=1):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, wrapped)
            else:
                sheet.write_string(line, column, cell[:MAX_CELL_CHARS], wrapped)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    try:
        book.close()
    except FileCreateError as error:
        raise InputError(f"{file} cannot be written ({error}). Choose another file.") from error


def _cells(row: RowOut) -> list[str | int]:
    document = row["document"]
    cells: list[str | int | None] = [
        document["date"], document["symbol"] or document["title"], row["item"], row["who"], row["what"], row["for"],
        row["against"], row["abstained"], row["due"], row["quote"], row["label"], document["id"], row["start"],
        row["end"],
    ]  # fmt: skip
    return ["" if cell is None else cell for cell in cells]


def inert(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")  # a lone one gets no quotes, and would end the row
    begins = cell.lstrip(_PASSED_OVER)
    risky = begins.startswith(_FORMULA) or begins.lstrip().lstrip(_PASSED_OVER).startswith(_FORMULA)
    return f"'{cell}" if risky else cell
