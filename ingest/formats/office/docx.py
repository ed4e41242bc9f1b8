"""Word documents, in reading order, tracked changes as accepted, notes as blocks of their own.

Headings come from outline levels (of the paragraph or its style), then style names, then bold short lines:
many organisations' templates have no "Heading 1". Automatic numbers are counted: those of paragraphs become the
block's number, those of headings, list items and cells are put before the text.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from ....vectorstore.structure import Omission
from ...language.marks import ends
from ...structure.facts.issuer import is_body, is_masthead
from ...structure.facts.metadata import is_date, own_symbol
from ..archives.archive import parse_xml
from ..blocks import Reading, TextBuilder, omissions
from ..table import ABOVE, LIMIT_SPAN, labelled_rows
from .docx_numbering import Numbering, style_lists
from .docx_styles import Styles, child_value, heading_level, is_on, style_of
from .docx_words import FALLBACK, TEXT_BOX, Words, note_key
from .variants import as_plain

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_NUMBER = re.compile(r"(?<!\d)(?<!\d\.)\d++(?:\.\d++)*(?=\W*+$)")
_LIMIT_BYTES = 500_000_000
_OMITTED_PARTS = {"object": "embedded file", "altChunk": "embedded file", "drawing": "picture or drawing",
                  "commentReference": "comment"}  # fmt: skip


def read_docx(data: bytes) -> Reading:
    """Blocks of a .docx file. Raises ValueError naming what is wrong with it."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ValueError("it is password-protected or in the old .doc format; save it as an unprotected .docx")
    if not zipfile.is_zipfile(BytesIO(data)):
        raise ValueError("it is not a Word document (a .docx is a zip archive, this is not)")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _LIMIT_BYTES:
            raise ValueError("it unpacks to more than 500 MB; save it again without its pictures")
    from docx import Document

    try:
        document = Document(BytesIO(as_plain(data)))
    except Exception as error:  # python-docx raises whatever its XML layer meets
        raise ValueError(f"the Word document is damaged ({type(error).__name__})") from error
    reader = _Reader(document)
    reader.add_all()
    if all(block.kind == "furniture" for block in reader.builder.blocks):
        raise ValueError("the Word document holds no text")
    package: Any = document.part.package
    is_described = any("core-properties" in relation.reltype for relation in package.rels.values())
    properties = document.core_properties if is_described else None  # python-docx makes some up
    return Reading(
        text=reader.builder.text,
        blocks=tuple(reader.builder.blocks),
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        title=(properties and properties.title) or None,
        author=(properties and properties.author) or None,
        language=(properties and properties.language) or None,
        omitted=(*reader.words.omitted, *_omitted_parts(document)),
    )


class _Reader:
    """Adds the blocks of a document to `builder`, in order."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.builder = TextBuilder()
        styles = _root(document, "styles")
        self.styles = Styles(styles)
        self.marks = _note_marks(document)
        self.words = Words(self.styles, self.marks)
        lists = style_lists(styles) if styles is not None else {}
        self.numbering = Numbering(_root(document, "numbering"), lists)

    def add_all(self) -> None:
        for line in _masthead(self.document, self.words):
            self.builder.add(line, "furniture")
        for element in _content(self.document.element.body, "p", "tbl"):
            if element.tag == f"{_W}p":
                self._add_paragraph(element)
            elif self._is_layout(element):
                for inside in _paragraphs(element, boxes=False):
                    self._add_paragraph(inside)
            else:
                self._add_table(element)
        for mark, note in self._notes():
            self.builder.add(f"{mark} {note}", "footnote")

    # --- paragraphs ---

    def _add_paragraph(self, paragraph: Any) -> None:
        text = self.words.of(paragraph)
        label = self._label(paragraph) if text or self.words.shows(paragraph) else ""
        if text:
            self._add_written(paragraph, text, label)
        for box in paragraph.iter(TEXT_BOX):
            if not any(parent.tag in (TEXT_BOX, FALLBACK) for parent in box.iterancestors()):
                for inside in box.iter(f"{_W}p"):
                    self.builder.add(self.words.of(inside), box=True)

    def _add_written(self, paragraph: Any, text: str, label: str) -> None:
        labelled = f"{label} {text}" if label else text
        style = self.styles.name(style_of(paragraph)).lower()
        if level := self._outline_level(paragraph):
            self.builder.add(labelled, "heading", level=level)
        elif _is_bold_line(paragraph, text):
            self.builder.add(labelled, "heading", level=4)
        elif number := _NUMBER.match(label):
            self.builder.add(text, number=number[0])
        elif label:
            self.builder.add(labelled, "item")
        elif "list" in style or "bullet" in style:
            self.builder.add(text if re.match(r"\A\s*[-•–(\d]", text) else f"• {text}", "item")
        else:
            self.builder.add(text)

    def _label(self, paragraph: Any) -> str:
        """The automatic number of a paragraph; counts it, so ask once for each."""
        key, depth = "", ""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        if own is not None:
            key, depth = child_value(own, "numId"), child_value(own, "ilvl")
        if not key:
            key, tied = self._list_of_style(style_of(paragraph))
            depth = depth or tied
        return self.numbering.label(key, int(depth) if depth.isdecimal() else 0).strip()

    def _list_of_style(self, key: str) -> tuple[str, str]:
        """The list and the level of the paragraphs of a style; a level that names the style goes before its own."""
        for style in self.styles.chain(key):
            found = style.find(f"{_W}pPr/{_W}numPr")
            if found is not None and (number := child_value(found, "numId")):
                tied = self.numbering.depth_of(number, style.get(f"{_W}styleId") or "")
                return number, child_value(found, "ilvl") if tied is None else str(tied)
        return "", ""

    def _outline_level(self, paragraph: Any) -> int:
        """1 to 9 for a heading, 0 for body text."""
        own = child_value(paragraph.find(f"{_W}pPr"), "outlineLvl")
        return heading_level(own) if own else self.styles.outline_level(style_of(paragraph))

    # --- tables ---

    def _is_layout(self, table: Any) -> bool:
        """Whether a table only sets columns of prose side by side: a row or two, a cell of which holds paragraphs."""
        rows = list(_content(table, "tr"))
        if len(rows) > 2:
            return False
        cells = [[self._words_of(p) for p in _paragraphs(cell)] for row in rows for cell in _content(row, "tc")]
        return len(cells) > 1 and any(sum(map(_is_prose, paragraphs)) > 1 for paragraphs in cells)

    def _words_of(self, paragraph: Any) -> str:
        """A paragraph's words, of which nothing is counted."""
        return Words(self.styles, self.marks).of(paragraph)

    def _add_table(self, table: Any) -> None:
        """A table's rows, each value with its column's name; a table of one cell is a box, read as paragraphs."""
        rows = list(_content(table, "tr"))
        cells = [cell for row in rows[:2] for cell in _content(row, "tc")]
        if len(cells) == 1:
            for paragraph in _paragraphs(cells[0], boxes=False):
                self._add_paragraph(paragraph)
            return
        headers = 0
        while headers < len(rows) and is_on(rows[headers].find(f"{_W}trPr"), "tblHeader"):
            headers += 1
        for line in labelled_rows([self._row(row) for row in rows], header=headers or None):
            self.builder.add(line, "table")

    def _row(self, row: Any) -> list[str]:
        """The cells of a row in their columns, ABOVE where a cell belongs to the row above."""
        properties = row.find(f"{_W}trPr")
        if is_on(properties, "hidden"):
            self.words.leave_out("hidden row")
            return []
        cells: list[str] = [""] * _span(properties, "gridBefore", 0)
        for cell in _content(row, "tc"):
            facts = cell.find(f"{_W}tcPr")
            merged = facts.find(f"{_W}vMerge") if facts is not None else None
            goes_on = merged is not None and merged.get(f"{_W}val") != "restart"
            words = " ".join(filter(None, map(self._cell_paragraph, _paragraphs(cell))))
            cells += [words or (ABOVE if goes_on else ""), *[""] * (_span(facts, "gridSpan", 1) - 1)]
        return cells

    def _cell_paragraph(self, paragraph: Any) -> str:
        text = self.words.of(paragraph)
        label = self._label(paragraph) if text or self.words.shows(paragraph) else ""
        return f"{label} {text}".strip()

    # --- notes ---

    def _notes(self) -> list[tuple[str, str]]:
        """(number, text) of the footnotes and endnotes that the text refers to, in their order there."""
        texts: dict[tuple[str, str], str] = {}
        for kind in ("footnote", "endnote"):
            root = _root(self.document, f"{kind}s")
            for note in root.findall(f"{_W}{kind}") if root is not None else ():
                key = kind, note.get(f"{_W}id") or ""
                if key in self.marks:
                    texts[key] = " ".join(map(self.words.of, _paragraphs(note)))
        return [(mark, texts[key]) for key, mark in self.marks.items() if texts.get(key, "").strip()]


def _root(document: Any, kind: str) -> Any:
    """The root of a part of the document by what it is ("styles", "footnotes"), None where there is none."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            part = relation.target_part
            return part.element if hasattr(part, "element") else parse_xml(part.blob)
    return None


def _masthead(document: Any, words: Words) -> list[str]:
    """What the heads of the pages say of the record: publisher, body, symbol and date; nothing else there is text."""
    lines = [words.of(paragraph) for head in _parts_of(document, "/header") for paragraph in head.iter(f"{_W}p")]
    found = [next(filter(says, lines), None) for says in (is_masthead, is_body, own_symbol, is_date)]
    return [line for line in dict.fromkeys(found) if line]


def _parts_of(document: Any, *kinds: str) -> Iterator[Any]:
    for relation in document.part.rels.values():
        if relation.reltype.endswith(kinds) and not relation.is_external:
            yield parse_xml(relation.target_part.blob)


def _omitted_parts(document: Any) -> Iterator[Omission]:
    """What a document holds beside its text: heads and feet of its pages, comments, pictures, embedded files."""
    heads = [part for part in _parts_of(document, "/header", "/footer") if any(map(_says, part.iter(f"{_W}t")))]
    if heads:
        yield Omission(what="running head", count=len(heads), where="heads and feet of pages")
    counts: Counter[str] = Counter()
    for node in document.element.body.iter(*(f"{_W}{name}" for name in _OMITTED_PARTS)):
        if node.find(f".//{TEXT_BOX}") is None and not any(parent.tag == FALLBACK for parent in node.iterancestors()):
            counts[_OMITTED_PARTS[node.tag.removeprefix(_W)]] += 1
    yield from omissions(counts)


def _says(node: Any) -> bool:
    return bool((node.text or "").strip())


def _content(element: Any, *names: str) -> Iterator[Any]:
    """Children of some kinds in order, those in content controls and insertions too."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from _content(child, *names)
        elif child.tag in {f"{_W}{name}" for name in names}:
            yield child


def _paragraphs(element: Any, *, boxes: bool = True) -> Iterator[Any]:
    """All paragraphs inside an element, with those in boxes or without, each once."""
    pending = list(reversed(element))
    while pending:
        node = pending.pop()
        if node.tag != FALLBACK and (boxes or node.tag != TEXT_BOX):
            if node.tag == f"{_W}p":
                yield node
            pending.extend(reversed(node))


def _is_bold_line(paragraph: Any, text: str) -> bool:
    if len(text) >= 160 or ends(text.rstrip(), ".:,"):
        return False
    runs = [run for run in paragraph.findall(f"{_W}r") if any(map(_says, run.iter(f"{_W}t")))]
    return bool(runs) and all(is_on(run.find(f"{_W}rPr"), "b") for run in runs)


def _is_prose(text: str) -> bool:
    return len(text) > 100 and ends(text, ".!?”")


def _span(properties: Any, name: str, default: int) -> int:
    written = child_value(properties, name)
    return min(int(written), LIMIT_SPAN) if written.isdecimal() else default


def _note_marks(document: Any) -> Mapping[tuple[str, str], str]:
    """(kind, id) of each note to the number it is printed with: its place in the text."""
    marks: dict[tuple[str, str], str] = {}
    for node in document.element.body.iter(f"{_W}footnoteReference", f"{_W}endnoteReference"):
        marks.setdefault(note_key(node), str(len(marks) + 1))
    return marks
