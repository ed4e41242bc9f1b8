"""What of a workbook (.xlsx) its reader sees beside the values: number formats, merged cells, hidden rows and columns.

Told from the XML of the sheets by patterns, since the library that reads the values tells none of it.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from ..archives.archive import open_zip, parse_xml, read_member
from ..table import ABOVE
from .number_formats import BUILT_IN, shown

_MAIN = "{*}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_P = rb"(?:\w{1,20}:)?"  # the prefix of a namespace
_PLACE = rb"([A-Z]{1,3})(\d{1,7})"
_CELL = re.compile(
    rb"<" + _P + rb'c\s(?=[^<>]{0,200}\bs="(\d{1,6})")(?![^<>]{0,200}\bt="[^n])[^<>]{0,200}?\br="' + _PLACE + rb'"'
)
"""One with a number and a style."""
_MERGED = re.compile(rb"<" + _P + rb'mergeCell\s[^<>]{0,99}?\bref="' + _PLACE + rb":" + _PLACE + rb'"')
_HIDDEN_ROW = re.compile(rb"<" + _P + rb'row\s(?=[^<>]{0,500}\bhidden="(?:1|true)")[^<>]{0,500}?\br="(\d{1,7})"')
_COLUMN = re.compile(rb"<" + _P + rb"col\s([^<>]{0,500})/?>")
_NO_RESULT = re.compile(
    rb"(?:</" + _P + rb"f>|<" + _P + rb"f/>)(?:<" + _P + rb"v(?:/>|></" + _P + rb"v>))?</" + _P + rb"c>"
)
_COMMENT = re.compile(rb"<" + _P + rb"comment\s")
_MOST_MERGED = 20_000
_MOST_COLUMNS = 16_384
_PARTS = {"xl/comments": "comment", "xl/embeddings/": "embedded file", "xl/media/": "picture"}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a sheet is shown. Rows and columns count from 0; `formats` has the code of each cell's number format."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    merged: tuple[tuple[int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    without_result: int = 0

    @property
    def left_out(self) -> Counter[str]:
        return Counter(
            {
                "hidden row": len(self.hidden_rows),
                "hidden column": len(self.hidden_columns),
                "formula without a result": self.without_result,
            }
        )

    def of(self, rows: list[list[str]], left: int) -> list[list[str]]:
        """The rows as they are seen; `left` is the column in which they begin."""
        for (row, column), code in self.formats.items():
            if row < len(rows) and 0 <= column - left < len(rows[row]):
                rows[row][column - left] = shown(rows[row][column - left], code)
        width = max(map(len, rows), default=0)
        done: dict[int, int] = {}  # merged cells lie apart; those of a forged file are gone through once a column
        for first, last, column in sorted(merged for merged in self.merged if 0 <= merged[2] - left < width):
            begin, done[column] = max(first + 1, done.get(column, 0)), max(last + 1, done.get(column, 0))
            for row in range(begin, min(last + 1, len(rows))):
                if column - left < len(rows[row]) and not rows[row][column - left]:
                    rows[row][column - left] = ABOVE
        return [
            [cell for column, cell in enumerate(row, start=left) if column not in self.hidden_columns]
            for number, row in enumerate(rows)
            if number not in self.hidden_rows
        ]


def views(data: bytes) -> tuple[dict[str, View], Counter[str]]:
    """How each sheet of a workbook is shown, by its name, and what the workbook holds beside its sheets."""
    with open_zip(data) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names:
            return {}, Counter()
        codes = _codes(archive)
        found = {name: _view(read_member(archive, path), codes) for name, path in _sheets(archive) if path in names}
        beside: Counter[str] = Counter()
        for name in names:
            if what := next((what for part, what in _PARTS.items() if name.startswith(part)), None):
                is_list = what == "comment"
                beside[what] += len(_COMMENT.findall(read_member(archive, name))) if is_list else 1
    return found, beside


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, path in the archive) of each sheet."""
    relations = parse_xml(read_member(archive, "xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    for sheet in parse_xml(read_member(archive, "xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        yield sheet.get("name") or "", posixpath.normpath(posixpath.join("xl", target)).lstrip("/")


def _codes(archive: zipfile.ZipFile) -> dict[int, str]:
    """The number formats that change what is seen, by the number of the cells' style."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = parse_xml(read_member(archive, "xl/styles.xml"))
    own = {each.get("numFmtId"): each.get("formatCode") or "" for each in root.iter(f"{_MAIN}numFmt")}
    styles = root.find(f"{_MAIN}cellXfs")
    ids = [style.get("numFmtId") or "0" for style in styles] if styles is not None else []
    codes = {
        style: own.get(key) or (BUILT_IN.get(int(key), "") if key.isdecimal() else "") for style, key in enumerate(ids)
    }
    return {style: code for style, code in codes.items() if code and shown("1234.5678", code) != "1234.5678"}


def _view(sheet: bytes, codes: dict[int, str]) -> View:
    return View(
        formats=dict(_formats(sheet, codes)),
        merged=tuple(
            (int(match[2]) - 1, int(match[4]) - 1, _column(match[1]))
            for match in islice(_MERGED.finditer(sheet), _MOST_MERGED)
        ),
        hidden_rows=frozenset(int(match[1]) - 1 for match in _HIDDEN_ROW.finditer(sheet)),
        hidden_columns=frozenset(_hidden_columns(sheet)),
        without_result=sum(1 for _ in _NO_RESULT.finditer(sheet)),
    )


def _formats(sheet: bytes, codes: dict[int, str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The place of each number whose style has a format, and its code."""
    for match in _CELL.finditer(sheet) if codes else ():
        if code := codes.get(int(match[1])):
            yield (int(match[3]) - 1, _column(match[2])), code


def _hidden_columns(sheet: bytes) -> Iterator[int]:
    for match in _COLUMN.finditer(sheet):
        facts = dict(re.findall(rb'(\w{1,20})="([^"]{0,20})"', match[1]))
        first, last = facts.get(b"min", b""), facts.get(b"max", b"")
        if facts.get(b"hidden") in (b"1", b"true") and first.isdigit() and last.isdigit():
            yield from range(int(first) - 1, min(int(last), _MOST_COLUMNS))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
