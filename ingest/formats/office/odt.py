"""OpenDocument texts: headings, numbered paragraphs, lists, tables, footnotes; tracked changes as accepted.

Numbers that the program makes (automatic lists) are worked out from the list styles, because people cite by them.
(OpenDocument 1.3, part 3: OASIS Standard.)
"""

import zipfile
from collections.abc import Iterator
from typing import Any

from ...language.roman import roman
from ..archives.archive import open_zip, parse_xml, read_member
from ..blocks import Reading, TextBuilder
from ..table import labelled_rows

LIMIT_REPEATED = 256
_MIMETYPE = "application/vnd.oasis.opendocument.text"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_SKIPPED = frozenset(
    f"{_TEXT}tracked-changes {_TEXT}table-of-content {_TEXT}ruby-text {_TEXT}sequence-decls {_TEXT}variable-decls "
    f"{_OFFICE}annotation {_OFFICE}forms {_DRAW}object {_DRAW}image".split()
)


def read_odt(data: bytes) -> Reading:
    """Blocks of an .odt file. Raises ValueError naming what is wrong with it."""
    with open_zip(data) as archive:
        mimetype = _member(archive, "mimetype").decode("ascii", "replace").strip()
        if mimetype and not mimetype.startswith(_MIMETYPE):
            raise ValueError("it is an OpenDocument file, but not a text; save it as .pptx, .xlsx or .pdf")
        if b"encryption-data" in _member(archive, "META-INF/manifest.xml"):
            raise ValueError("it is protected by a password; save a copy without one")
        content, styles, meta = (_parsed(archive, name) for name in ("content.xml", "styles.xml", "meta.xml"))
    body = content.find(f"{_OFFICE}body/{_OFFICE}text") if content is not None else None
    if body is None:
        raise ValueError("the document is damaged (it has no content)")
    builder = TextBuilder()
    _Walk(builder, [root for root in (styles, content) if root is not None]).add(body)
    if not builder.blocks:
        raise ValueError("the document holds no text")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type=_MIMETYPE,
        title=_stated(meta, "title"),
        author=_stated(meta, "creator"),
        language=_stated(meta, "language"),
    )


def _stated(meta: Any, name: str) -> str | None:
    """What the file's properties say."""
    element = meta.find(f".//{_DC}{name}") if meta is not None else None
    return " ".join("".join(element.itertext()).split()) or None if element is not None else None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes, none where it is not there."""
    try:
        return read_member(archive, name)
    except KeyError:
        return b""
    except ValueError as error:
        raise ValueError(f"the document is damaged ({name}: {error})") from error


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:
    data = _member(archive, name)
    try:
        return parse_xml(data) if data else None
    except SyntaxError as error:
        raise ValueError(f"the document is damaged ({name} is not XML)") from error


class _Walk:
    """Walks the body; knows the styles, and how far each list has counted."""

    def __init__(self, builder: TextBuilder, roots: list[Any]) -> None:
        self.builder = builder
        self._lists = {style.get(f"{_STYLE}name"): style for root in roots for style in root.iter(f"{_TEXT}list-style")}
        self._styles = {
            style.get(f"{_STYLE}name"): style
            for root in roots
            for style in root.iter(f"{_STYLE}style")
            if style.get(f"{_STYLE}family") == "paragraph"
        }
        self._counts: dict[tuple[str, int], int] = {}

    def add(self, parent: Any) -> None:
        for element in parent:
            if element.tag in _SKIPPED or not isinstance(element.tag, str):
                continue
            if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                self._add_paragraph(element)
            elif element.tag == f"{_TEXT}list":
                self._add_list(element)
            elif element.tag == f"{_TABLE}table":
                self._add_table(element)
            else:  # sections, frames, indexes: what is in them
                self.add(element)

    def _add_paragraph(self, element: Any, *, mark: str = "", number: str | None = None) -> None:
        text = " ".join("".join(_texts(element)).split())
        level = self._outline_level(element)
        if level:
            self.builder.add(f"{mark}{text}" if text else "", "heading", level=level, number=number)
        elif text:
            self.builder.add(f"{mark}{text}", "item" if mark else "paragraph", number=number)
        for inside in _outermost(element, f"{_DRAW}text-box"):
            self.add(inside)
        for note in _outermost(element, f"{_TEXT}note"):
            citation = "".join(_texts(note.find(f"{_TEXT}note-citation")))
            paragraphs = ["".join(_texts(line)) for line in note.iter(f"{_TEXT}p")]
            self.builder.add(" ".join(f"[{citation}] {' '.join(paragraphs)}".split()), "footnote")

    def _outline_level(self, element: Any) -> int:
        if element.tag == f"{_TEXT}h":
            return _whole(element, f"{_TEXT}outline-level") or 1
        name = element.get(f"{_TEXT}style-name")
        for _ in range(20):
            style = self._styles.get(name)
            if name == "Title" or style is None:
                return 1 if name == "Title" else 0
            name = style.get(f"{_STYLE}parent-style-name")
        return 0

    def _add_list(self, element: Any, style: str = "", depth: int = 1) -> None:
        own = element.get(f"{_TEXT}style-name")
        style = own or style
        self._begin_count(element, style, depth, is_new=bool(own))
        for item in element:
            if item.tag not in (f"{_TEXT}list-item", f"{_TEXT}list-header"):
                continue
            mark, number = self._mark(item, style, depth) if item.tag == f"{_TEXT}list-item" else ("", None)
            for part in item:
                if part.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                    self._add_paragraph(part, mark=mark, number=number)
                    mark, number = "", None
                elif part.tag == f"{_TEXT}list":
                    self._add_list(part, style, depth + 1)
                elif part.tag == f"{_TABLE}table":
                    self._add_table(part)

    def _begin_count(self, element: Any, style: str, depth: int, *, is_new: bool) -> None:
        """Counts from the start, unless the list goes on with an earlier one of its style."""
        goes_on = element.get(f"{_TEXT}continue-numbering") == "true" or element.get(f"{_TEXT}continue-list")
        if not (is_new and depth == 1 and goes_on):
            self._counts.pop((style, depth), None)

    def _mark(self, item: Any, style: str, depth: int) -> tuple[str, str | None]:
        """What stands before an item: a bullet, "(a) ", or a paragraph number, which is kept apart from the text."""
        levels = self._lists.get(style)
        level = (
            next((one for one in levels if one.get(f"{_TEXT}level") == str(depth)), None)
            if levels is not None
            else None
        )
        if level is None or level.tag != f"{_TEXT}list-level-style-number":
            return "• ", None
        form = level.get(f"{_STYLE}num-format")
        if (style, depth) in self._counts:
            start = self._counts[style, depth] + 1
        else:
            start = _whole(level, f"{_TEXT}start-value") or 1
        start = _whole(item, f"{_TEXT}start-value") or start
        self._counts[style, depth] = start
        if not form:
            return "", None
        if form == "1" and depth == 1:
            return "", str(start)
        before, after = level.get(f"{_STYLE}num-prefix") or "", level.get(f"{_STYLE}num-suffix") or ""
        return f"{before}{_written(start, form)}{after} ", None

    def _add_table(self, table: Any) -> None:
        """Rows with their headers; a table of one cell is a box, and one that holds tables lays out a page."""
        rows = list(_rows(table))
        if sum(map(len, rows)) == 1 or any(True for _ in _nested(table)):
            for cell in (cell for row in rows for cell in row):
                self.add(cell)
            return
        texts = [[_cell_text(cell) for cell in row for _ in range(_repeated(cell))] for row in rows]
        is_headed = table.find(f"{_TABLE}table-header-rows") is not None
        for line in labelled_rows(texts, header=True if is_headed else None):
            self.builder.add(line, "table")


def _texts(element: Any) -> Iterator[str]:
    """The words of a paragraph; notes give their mark in brackets, frames nothing."""
    yield element.text or ""
    for inside in element:
        if inside.tag == f"{_TEXT}s":
            yield " " * min(_whole(inside, f"{_TEXT}c") or 1, LIMIT_REPEATED)
        elif inside.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield " "
        elif inside.tag == f"{_TEXT}note":
            yield f"[{''.join(_texts(inside.find(f'{_TEXT}note-citation')))}]"
        elif isinstance(inside.tag, str) and inside.tag not in _SKIPPED and not inside.tag.startswith(_DRAW):
            yield from _texts(inside)
        yield inside.tail or ""


def _outermost(element: Any, tag: str) -> Iterator[Any]:
    """Elements of a kind below another, without those inside one of them."""
    for inside in element:
        if inside.tag == tag:
            yield inside
        elif inside.tag not in _SKIPPED:
            yield from _outermost(inside, tag)


def _rows(table: Any) -> Iterator[list[Any]]:
    """The cells of each row, in header rows and groups too, hidden halves of merged cells included."""
    for element in table:
        if element.tag == f"{_TABLE}table-row":
            yield [cell for cell in element if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")]
        elif element.tag in (f"{_TABLE}{part}" for part in ("table-header-rows", "table-rows", "table-row-group")):
            yield from _rows(element)


def _nested(table: Any) -> Iterator[Any]:
    return (inside for inside in table.iterdescendants(f"{_TABLE}table"))


def _cell_text(cell: Any) -> str:
    lines = (line for tag in (f"{_TEXT}p", f"{_TEXT}h") for line in cell.iter(tag))
    return " ".join(" ".join("".join(_texts(line)) for line in lines).split())


def _repeated(cell: Any) -> int:
    return min(_whole(cell, f"{_TABLE}number-columns-repeated") or 1, LIMIT_REPEATED)


def _whole(element: Any, name: str) -> int:
    """An attribute as a number, 0 where it is missing or none."""
    value = element.get(name) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _written(number: int, form: str) -> str:
    """A number as a list style writes it: 3, c, C, iii or III."""
    if form in "aA":
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "a" else letters.upper()
    if form in "iI":
        return roman(number) if form == "i" else roman(number).upper()
    return str(number)
