"""Spreadsheets (xlsx, xls, xlsb, ods) and delimited text (csv, tsv), row by row.

    Country: Verrano | 2030: 410 | 2031: 455

Each row is a block in which every value carries its column's header; a sheet's name is a heading. Dates are in ISO
form, other numbers in that of their cells. Formulas count as their last results; comments and what is hidden are left
out, and listed. What goes beyond a limit is cut, and a last block, which is never quoted, says so.
"""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from ...child import end_with_parent
from ..archives.archive import open_zip
from ..blocks import Reading, TextBuilder, omissions
from ..plain.encoding import decode
from ..sniff import OLE
from ..table import labelled_rows
from .sheet_view import View, views

LIMIT_ROWS = 50_000
LIMIT_COLUMNS = 256
LIMIT_CELL_CHARS = 32_767
LIMIT_TEXT_CHARS = 20_000_000
LIMIT_LINE_CHARS = 1_000_000
LIMIT_CELL_LINES = 500
TIMEOUT_S = 60
MEMORY_BYTES = 4 << 30

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 50
_SAMPLE_LINE_CHARS = 20_000
_WORKBOOK = Path(__file__).with_name("workbook.py")


def read_sheet(data: bytes) -> Reading:
    """Blocks of a spreadsheet or of delimited text. Raises ValueError naming what is wrong with it."""
    if data.startswith((b"PK\x03\x04", OLE)):
        return _read_workbook(data)
    return _read_delimited(decode(data))


# --- workbooks ----------------------------------------------------------------------------------------------------


def _read_workbook(data: bytes) -> Reading:
    if not data.startswith(OLE):
        open_zip(data).close()
    builder = TextBuilder()
    cuts: list[str] = []
    room = LIMIT_TEXT_CHARS
    sheets, left_out = _sheets(data)
    shown, beside = ({}, Counter[str]()) if data.startswith(OLE) else views(data)
    left_out += beside
    for name, height, width, left, rows in sheets:
        view = shown.get(name, View())
        left_out += view.left_out
        lines = labelled_rows(view.of(rows, left), is_sheet=True)
        builder.add(name if lines else "", "heading", level=1)
        room = _add_rows(builder, lines, room)
        if room < 0:
            cuts.append(f"what follows {LIMIT_TEXT_CHARS:,} characters")
            break
        cuts += _cut(name, len(rows), height, width)
    if not builder.blocks:
        raise ValueError("its sheets are empty")
    media_type = "application/vnd.ms-excel" if data.startswith(OLE) else _media_type(data)
    return replace(_reading(builder, cuts, media_type), omitted=omissions(left_out, "in its sheets"))


def _sheets(data: bytes) -> tuple[list[tuple[str, int, int, int, list[list[str]]]], Counter[str]]:
    """(name, rows, columns, first column, cells within the limits) of each sheet, and how many sheets are hidden.

    Read in a process of its own.
    """
    limits = (LIMIT_ROWS, LIMIT_COLUMNS, LIMIT_CELL_CHARS, LIMIT_TEXT_CHARS, MEMORY_BYTES)
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_WORKBOOK), *map(str, limits)],
            input=data,
            capture_output=True,
            timeout=TIMEOUT_S,
            preexec_fn=end_with_parent,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    except subprocess.TimeoutExpired as error:
        raise ValueError(f"the workbook could not be read within {TIMEOUT_S} seconds") from error
    sheets: list[tuple[str, int, int, int, list[list[str]]]] = []
    hidden = 0
    for line in done.stdout.splitlines():
        value: list[str] | dict[str, Any] = json.loads(line)
        if isinstance(value, list):
            sheets[-1][4].append(value)
        elif "error" in value:
            raise ValueError(value["error"])
        elif "hidden" in value:
            hidden = value["hidden"]
        else:
            sheets.append((value["sheet"], value["rows"], value["columns"], value["left"], []))
    if done.returncode:
        raise ValueError("the workbook is damaged, or its cells are scattered too far apart to be held in memory")
    return sheets, Counter({"hidden sheet": hidden})


def _media_type(data: bytes) -> str:
    with open_zip(data) as archive:
        names = set(archive.namelist())
    if "mimetype" in names:
        return "application/vnd.oasis.opendocument.spreadsheet"
    if "xl/workbook.bin" in names:
        return "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- delimited text -------------------------------------------------------------------------------------------------


def _read_delimited(text: str) -> Reading:
    text = text.removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    declared = lines[0][4:5] if lines[0][:4].lower() == "sep=" and len(lines[0]) == 5 else ""
    delimiter = declared or find_delimiter(lines)
    rows, longest, more = _rows(lines[1:] if declared else lines, delimiter)
    builder = TextBuilder()
    room = _add_rows(builder, labelled_rows(rows, is_sheet=True), LIMIT_TEXT_CHARS)
    cuts = [f"what follows {LIMIT_TEXT_CHARS:,} characters"] if room < 0 else []
    if more:
        cuts.append(f"the rows after the first {LIMIT_ROWS:,}")
    if longest > LIMIT_COLUMNS:
        cuts.append(f"the columns after the first {LIMIT_COLUMNS}")
    if not builder.blocks:
        raise ValueError("it holds no text")
    return _reading(builder, cuts, "text/tab-separated-values" if delimiter == "\t" else "text/csv")


def find_delimiter(lines: Sequence[str]) -> str:
    """What parts the values: the sign that gives the most rows as many values as the first row has; "" for none.

    Decimal commas are why the first row decides: they stand in values, hardly ever in headers.
    """
    sample = [line[:_SAMPLE_LINE_CHARS] for line in islice((line for line in lines if line.strip()), _SAMPLE_LINES)]
    best, best_score = "", (0.0, 0)
    for delimiter in _DELIMITERS:
        counts = [len(row) for row in _parsed(sample, delimiter) if row]
        if not counts or counts[0] < 2:
            continue
        score = (sum(count == counts[0] for count in counts) / len(counts), counts[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(lines: Sequence[str], delimiter: str) -> tuple[list[list[str]], int, bool]:
    """(rows within the limits, the longest row's count of values, whether rows follow)."""
    rows: list[list[str]] = []
    longest = 0
    for row in _parsed([_shortened(line, delimiter) for line in lines], delimiter):
        longest = max(longest, len(row))
        if len(rows) == LIMIT_ROWS:
            return rows, longest, True
        cells = [cell[:LIMIT_CELL_CHARS] for cell in row[:LIMIT_COLUMNS]]
        if any(cell.strip() for cell in cells):
            rows.append(cells)
    return rows, longest, False


def _parsed(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    """Rows as the csv module reads them; from a quotation mark on that is never closed, lines parted plainly."""
    if not delimiter:
        yield from ([line] for line in lines)
        return
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    done = 0
    try:
        for row in reader:
            if reader.line_num - done > LIMIT_CELL_LINES:
                break
            done = reader.line_num
            yield row
        else:
            return
    except csv.Error:  # a value of over 131,072 characters, the module's own limit
        pass
    yield from (line.split(delimiter) for line in lines[done:])


def _shortened(line: str, delimiter: str) -> str:
    """A line cut at the last value within the limit, its open quotation closed."""
    if len(line) <= LIMIT_LINE_CHARS:
        return line
    head = line[:LIMIT_LINE_CHARS]
    head = head[: head.rfind(delimiter)] if delimiter and delimiter in head else head
    return head + '"' if head.count('"') % 2 else head


# --- both ---------------------------------------------------------------------------------------------------------


def _add_rows(builder: TextBuilder, lines: Sequence[str], room: int) -> int:
    """Adds rows as blocks; gives what is left of the room for characters, negative when it ran out."""
    for line in lines:
        room -= len(line)
        if room < 0:
            break
        builder.add(line, "table")
    return room


def _cut(name: str, rows: int, height: int, width: int) -> list[str]:
    cuts: list[str] = []
    if height > rows:
        cuts.append(f"the rows of {name} after the first {rows:,}, of {height:,}")
    if width > LIMIT_COLUMNS:
        cuts.append(f"the columns of {name} after the first {LIMIT_COLUMNS}, of {width:,}")
    return cuts


def _reading(builder: TextBuilder, cuts: Sequence[str], media_type: str) -> Reading:
    if cuts:
        builder.add(f"[Not read: {'; '.join(cuts)}.]", "furniture")
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type=media_type)
