"""Word documents, in reading order, tracked changes as accepted, notes as blocks of their own.

Headings come from outline levels (of the paragraph or its style), then style names, then bold short lines:
many organisations' templates have no "Heading 1". Automatic numbers are counted: those of paragraphs become the
block's number, those of headings and list items are put before the text.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ...structure.issuer import is_body, is_masthead
from ...structure.metadata import is_date, own_symbol
from ..archive import parse_xml
from ..blocks import Reading, TextBuilder
from .docx_numbering import Numbering
from .variants import as_plain

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT_BOX = f"{_W}txbxContent"
_WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_NUMBER = re.compile(r"(?<!\d)(?<!\d\.)\d++(?:\.\d++)*(?=\W*+$)")
_LIMIT_BYTES = 500_000_000


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
    builder = TextBuilder()
    for line in _masthead(document):
        builder.add(line, "furniture")
    marks = _note_marks(document)
    _add_body(builder, document, marks)
    for mark, note in _notes(data, marks):
        builder.add(f"{mark} {note}", "footnote")
    if all(block.kind == "furniture" for block in builder.blocks):
        raise ValueError("the Word document holds no text")
    properties = document.core_properties
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        title=properties.title or None,
        author=properties.author or None,
        language=properties.language or None,
    )


def _add_body(builder: TextBuilder, document: Any, marks: dict[tuple[str, str], str]) -> None:
    from docx.text.paragraph import Paragraph

    numbering = Numbering(_numbering_of(document))
    for element in _content(document.element.body):
        if element.tag == f"{_W}tbl":
            if _is_layout(element):
                for inside in element.iter(f"{_W}p"):
                    if not any(parent.tag == _TEXT_BOX for parent in inside.iterancestors()):
                        _add_paragraph(builder, Paragraph(inside, document), numbering, marks)
            else:
                _add_table(builder, element, marks)
        else:
            _add_paragraph(builder, Paragraph(element, document), numbering, marks)


def _masthead(document: Any) -> list[str]:
    """What the heads of the pages say of the record: publisher, body, symbol and date; nothing else there is text."""
    lines = [
        _text(paragraph, {})
        for part in document.part.rels.values()
        if part.reltype.endswith("/header") and not part.is_external
        for paragraph in parse_xml(part.target_part.blob).iter(f"{_W}p")
    ]
    found = [next(filter(says, lines), None) for says in (is_masthead, is_body, own_symbol, is_date)]
    return [line for line in dict.fromkeys(found) if line]


def _numbering_of(document: Any) -> Any:
    from docx.opc.constants import RELATIONSHIP_TYPE

    parts = (part for part in document.part.rels.values() if part.reltype == RELATIONSHIP_TYPE.NUMBERING)
    relation = next(parts, None)
    return relation.target_part.element if relation is not None and hasattr(relation.target_part, "element") else None


def _content(element: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those in content controls and insertions too."""
    for child in element:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _content(child)


def _add_paragraph(
    builder: TextBuilder, paragraph: Any, numbering: Numbering, marks: dict[tuple[str, str], str]
) -> None:
    text = _text(paragraph._p, marks)
    if text:
        _add_written(builder, paragraph, text, numbering)
    for box in paragraph._p.iter(_TEXT_BOX):
        if not any(parent.tag in (_TEXT_BOX, _FALLBACK) for parent in box.iterancestors()):
            for inside in box.iter(f"{_W}p"):
                builder.add(_text(inside, marks), box=True)


def _add_written(builder: TextBuilder, paragraph: Any, text: str, numbering: Numbering) -> None:
    properties = _number_properties(paragraph)
    label = numbering.label(properties) if properties is not None else ""
    labelled = f"{label} {text}" if label else text
    level = _outline_level(paragraph)
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if level:
        builder.add(labelled, "heading", level=level)
    elif _is_bold_line(paragraph, text):
        builder.add(labelled, "heading", level=4)
    elif number := _NUMBER.match(label):
        builder.add(text, number=number[0])
    elif label:
        builder.add(labelled, "item")
    elif "list" in style.lower() or "bullet" in style.lower():
        builder.add(text if re.match(r"\A\s*[-•–(\d]", text) else f"• {text}", "item")
    else:
        builder.add(text)


def _number_properties(paragraph: Any) -> Any:
    """`w:numPr` of the paragraph or its style; None where it is in no list."""
    found = paragraph._p.find(f"{_W}pPr/{_W}numPr")
    style = paragraph.style
    while found is None and style is not None:
        found = style.element.find(f"{_W}pPr/{_W}numPr")
        style = style.base_style
    return found


def _outline_level(paragraph: Any) -> int:
    """1 to 9 for a heading, 0 for body text."""
    level = paragraph._p.find(f"{_W}pPr/{_W}outlineLvl")
    style = paragraph.style
    while level is None and style is not None:
        level = style.element.find(f"{_W}pPr/{_W}outlineLvl")
        if level is None and (
            match := re.match(r"(?:heading|título|titre|überschrift)\s*(\d)|title$", style.name or "", re.I)
        ):
            return int(match[1] or 1)
        style = style.base_style
    value = int(level.get(f"{_W}val", "9")) if level is not None else 9
    return value + 1 if value < 9 else 0


def _is_bold_line(paragraph: Any, text: str) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    return (
        bool(runs) and len(text) < 160 and all(run.bold for run in runs) and not text.rstrip().endswith((".", ":", ","))
    )


def _text(element: Any, marks: dict[tuple[str, str], str]) -> str:
    """The text of a paragraph with insertions and without deletions and boxes; marks of notes in brackets."""
    parts: list[str] = []
    for node in _within(element):
        if node.tag == f"{_W}t" and not _is_dropped(node):
            parts.append(node.text or "")
        elif node.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr") and node.getparent().tag == f"{_W}r":
            parts.append("\t" if node.tag == f"{_W}tab" else " ")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif mark := _mark_of(node, marks):
            parts.append(f"[{mark}]")
    return re.sub(r"[^\S\t]+", " ", "".join(parts)).strip()


def _within(element: Any) -> Iterator[Any]:
    """What is inside an element, in order, without text boxes, and without what repeats a drawing for old programs."""
    pending = list(reversed(element))
    while pending:
        node = pending.pop()
        if node.tag not in (_TEXT_BOX, _FALLBACK):
            yield node
            pending.extend(reversed(node))


def _is_dropped(node: Any) -> bool:
    """Whether a text was deleted or moved away."""
    return any(parent.tag in (f"{_W}del", f"{_W}moveFrom") for parent in node.iterancestors())


def _is_layout(table: Any) -> bool:
    """Whether a table only sets columns of prose side by side: a row or two, some cell of which holds paragraphs."""
    rows = [[_paragraphs(cell) for cell in row.findall(f"{_W}tc")] for row in table.findall(f"{_W}tr")]
    cells = [paragraphs for row in rows for paragraphs in row]
    return len(cells) > 1 and len(rows) <= 2 and any(sum(map(_is_prose, paragraphs)) > 1 for paragraphs in cells)


def _paragraphs(cell: Any) -> list[str]:
    return [text for paragraph in cell.iter(f"{_W}p") if (text := _text(paragraph, {}))]


def _is_prose(text: str) -> bool:
    return len(text) > 100 and text.endswith((".", "!", "?", "”"))


def _add_table(builder: TextBuilder, table: Any, marks: dict[tuple[str, str], str]) -> None:
    """A table's rows, cells parted by bars; a table of one cell is a box, read as paragraphs."""
    cells = [list(row.findall(f"{_W}tc")) for row in table.findall(f"{_W}tr")]
    if sum(map(len, cells)) == 1:
        for paragraph in cells[0][0].iter(f"{_W}p"):
            builder.add(_text(paragraph, marks))
        return
    for row in cells:
        words = [" ".join(filter(None, (_text(paragraph, marks) for paragraph in cell.iter(f"{_W}p")))) for cell in row]
        if any(words):
            builder.add(" | ".join(words), "table")


def _note_marks(document: Any) -> dict[tuple[str, str], str]:
    """(kind, id) of each note to the number it is printed with: its place in the text."""
    marks: dict[tuple[str, str], str] = {}
    for node in document.element.body.iter(f"{_W}footnoteReference", f"{_W}endnoteReference"):
        marks.setdefault(_key_of(node), str(len(marks) + 1))
    return marks


def _mark_of(node: Any, marks: dict[tuple[str, str], str]) -> str | None:
    is_mark = node.tag in (f"{_W}footnoteReference", f"{_W}endnoteReference")
    return marks.get(_key_of(node)) if is_mark else None


def _key_of(node: Any) -> tuple[str, str]:
    return node.tag.removeprefix(_W).removesuffix("Reference"), node.get(f"{_W}id") or ""


def _notes(data: bytes, marks: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """(number, text) of the footnotes and endnotes that the text refers to, in their order there."""
    texts: dict[tuple[str, str], str] = {}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for kind in ("footnote", "endnote"):
            if f"word/{kind}s.xml" in archive.namelist():
                root = parse_xml(archive.read(f"word/{kind}s.xml"))
                for note in root.findall(f"{_W}{kind}"):
                    texts[(kind, note.get(f"{_W}id") or "")] = " ".join(_text(p, {}) for p in note.iter(f"{_W}p"))
    return [(mark, texts[key]) for key, mark in marks.items() if texts.get(key, "").strip()]
