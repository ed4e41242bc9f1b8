"""A table of positions for other programs: JSON, CSV, a workbook of the table and of its quotes; and JSON read back."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from typing_extensions import TypedDict  # pydantic describes no other before Python 3.12

from ....vectorstore.errors import InputError
from ...answering.quoted import shown
from ...messages import label
from ...schema import CitationOut, citation_json
from ..rows import MAX_CELL_CHARS, inert
from .positions import Cell, PositionTable

COLUMNS = ("topic", "who", "verb", "quote", "citation", "date", "new", "document", "start", "end")
_WIDTHS = (24, 24, 18, 70, 40, 12, 8, 20, 9, 9)
_CELL_WIDTH = 48
MAX_SAVED_BYTES = 20_000_000
"""Far more than a table of the most topics and speakers has."""


class PositionOut(TypedDict):
    """A quote that states a position. `verb` are its own words for it, null where it has none; `new` tells whether the
    earlier table lacks it, null where there was none."""

    citation: CitationOut
    verb: str | None
    new: bool | None


class CellOut(TypedDict):
    """What somebody says on a topic; no quotes where nothing was found in the records."""

    topic: str
    who: str
    quotes: list[PositionOut]


class PositionsOut(TypedDict):
    """A table of positions, topic by topic; `left_out` is how many more spoke on the topics."""

    topics: list[str]
    who: list[str]
    cells: list[CellOut]
    left_out: int


def positions_json(table: PositionTable) -> PositionsOut:
    """The table with the citation of each quote."""
    numbers = iter(range(1, 1 + sum(len(cell.positions) for cell in table.cells)))
    return {
        "topics": list(table.topics),
        "who": list(table.who),
        "cells": [
            {
                "topic": cell.topic,
                "who": cell.who,
                "quotes": [
                    {
                        "citation": {**citation_json(each.citation), "number": next(numbers)},
                        "verb": each.verb,
                        "new": each.is_new,
                    }
                    for each in cell.positions
                ],
            }
            for cell in table.cells
        ],
        "left_out": table.left_out,
    }


def told_before(saved: Any) -> set[tuple[str, str, str]]:
    """Topic, speaker and identifier of the quotes of a table in JSON. Raises InputError for what is none."""
    try:
        return {
            (str(cell["topic"]), str(cell["who"]), str(each["citation"]["identifier"]))
            for cell in saved["cells"]
            for each in cell["quotes"]
        }
    except (TypeError, KeyError) as error:
        raise InputError("This is no table of positions. Save one with: onrecord positions --json") from error


def read_saved(file: Path) -> set[tuple[str, str, str]]:
    """The same of a file. Raises InputError where it cannot be read."""
    try:
        if file.stat().st_size > MAX_SAVED_BYTES:
            raise InputError(f"{file} is too large for a table of positions.")
        return told_before(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror or error}).") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is no JSON. Save a table with: onrecord positions --json") from error


def as_csv(table: PositionTable, language: str = "en") -> str:
    """Comma-separated values, a row for each quote and for each empty cell; none of them is a formula."""
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n")
    written.writerow(COLUMNS)
    written.writerows([inert(cell) for cell in cells] for cells in _rows(table, language))
    return text.getvalue()


def write_xlsx(table: PositionTable, file: Path, language: str = "en") -> None:
    """A workbook: the table, and its quotes one by one. Raises InputError where it cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    grid = book.add_worksheet("Positions")
    grid.set_column(0, 0, 28)
    grid.set_column(1, max(len(table.topics), 1), _CELL_WIDTH)
    for column, topic in enumerate(table.topics, start=1):
        grid.write_string(0, column, topic, bold)
    for line, who in enumerate(table.who, start=1):
        grid.write_string(line, 0, who, bold)
        for column, topic in enumerate(table.topics, start=1):
            told = cell_text(table.cell(topic, who), language)
            grid.write_string(line, column, told[:MAX_CELL_CHARS], wrapped)
    grid.freeze_panes(1, 1)
    sheet = book.add_worksheet("Quotes")
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    for line, cells in enumerate(_rows(table, language), start=1):
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(line, column, value, wrapped)
            else:
                sheet.write_string(line, column, value[:MAX_CELL_CHARS], wrapped)
    sheet.freeze_panes(1, 0)
    try:
        book.close()
    except FileCreateError as error:
        raise InputError(f"{file} cannot be written ({error}). Choose another file.") from error


def cell_text(cell: Cell, language: str = "en") -> str:
    """A cell as text: each quote after the record's own verb, with its place; or that nothing was found."""
    told = [
        "".join(
            [
                f"{label(language, 'positions.new')}: " if each.is_new else "",
                f"[{each.verb}] " if each.verb else "",
                f"“{shown(each.citation.quote)}” ({each.citation.label})",
            ]
        )
        for each in cell.positions
    ]
    return "\n".join(told) or label(language, "positions.none")


def _rows(table: PositionTable, language: str) -> Iterator[list[str | int]]:
    return chain.from_iterable(_rows_of(cell, language) for cell in table.cells)


def _rows_of(cell: Cell, language: str) -> Iterator[list[str | int]]:
    if not cell.positions:
        nothing = label(language, "positions.none")
        yield [cell.topic, cell.who, "", nothing, *[""] * (len(COLUMNS) - 4)]
    for each in cell.positions:
        at = each.citation
        new = "" if each.is_new is None else "yes" if each.is_new else "no"
        yield [
            cell.topic, cell.who, each.verb or "", at.quote, at.label, at.document.date or "", new, at.document.id,
            at.start, at.end,
        ]  # fmt: skip
