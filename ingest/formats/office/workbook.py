"""The sheets of a workbook as JSON lines, in a process of its own: a program, run by `read_sheet`, not imported.

calamine allots the whole rectangle between a sheet's first and last cell: two cells at opposite corners, in a file
of 1 kB, are 512 GB, and that ends the process. Here the process that ends is this one.

    python workbook.py ROWS COLUMNS CELL_CHARS TEXT_CHARS MEMORY_BYTES < file

Prints one JSON value a line: {"sheet": name, "rows": n, "columns": n, "left": n}, then each row from the first one
on, from the column "left" on, as a list of texts, the limits applied; {"hidden": n} for sheets that are not shown; or
{"error": sentence}, at any place, and nothing more.
"""

import json
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def main() -> None:
    """Reads the workbook on standard input within the limits given."""
    limit_rows, limit_columns, limit_chars, room, memory_bytes = map(int, sys.argv[1:6])
    hold_memory(memory_bytes)
    import python_calamine as calamine

    data = sys.stdin.buffer.read()
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        for name in names_of_sheets(workbook):
            sheet = workbook.get_sheet_by_name(name)
            left = sheet.start[1] if sheet.start else 0
            say({"sheet": name, "rows": sheet.height, "columns": sheet.width, "left": left})
            for position, row in enumerate(sheet.iter_rows()):
                if position >= limit_rows or room < 0:
                    break
                cells = [text_of(value)[:limit_chars] for value in row[:limit_columns]]
                room -= sum(map(len, cells))
                say(cells)
        say({"hidden": len(names_of_sheets(workbook, all_of_them=True)) - len(names_of_sheets(workbook))})
    except calamine.PasswordError:
        say({"error": "it is protected by a password; save a copy without one"})
    except calamine.CalamineError as error:
        unknown = "Cannot detect" in str(error)
        reason = "no format of spreadsheets known here" if unknown else str(error) or type(error).__name__
        say({"error": f"the workbook is damaged ({reason})"})


def hold_memory(limit_bytes: int) -> None:
    """Ends this process, rather than the machine's peace, where a sheet would take more memory."""
    try:
        import resource
    except ImportError:  # Windows has no such limit: there the machine's memory is it
        return
    _, highest = resource.getrlimit(resource.RLIMIT_AS)
    limit = limit_bytes if highest == resource.RLIM_INFINITY else min(limit_bytes, highest)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def names_of_sheets(workbook: "CalamineWorkbook", *, all_of_them: bool = False) -> list[str]:
    """The sheets a person sees; all where every one is hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    seen = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return (seen if not all_of_them else []) or [sheet.name for sheet in sheets]


def text_of(value: object) -> str:
    """A cell as text: dates in ISO form, whole numbers without a point, 15 digits as spreadsheets show them."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "auto")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def say(value: object) -> None:
    """Prints a line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
