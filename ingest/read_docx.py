"""Word documents, in reading order, tracked changes as accepted, footnotes as blocks of their own.

Headings come from outline levels (of the paragraph or its style), then style names, then bold short lines:
many organisations' templates have no "Heading 1".
"""

import re
import zipfile
from io import BytesIO

from .blocks import Reading, TextBuilder

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_docx(data: bytes) -> Reading:
    """Blocks of a .docx file. Raises ValueError naming what is wrong with it."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ValueError("it is password-protected or in the old .doc format; save it as an unprotected .docx")
    if not zipfile.is_zipfile(BytesIO(data)):
        raise ValueError("it is not a Word document (a .docx is a zip archive, this is not)")
    from docx import Document
    from docx.table import Table

    try:
        document = Document(BytesIO(data))
    except Exception as error:  # python-docx raises whatever its XML layer meets
        raise ValueError(f"the Word document is damaged ({type(error).__name__})") from error
    builder = TextBuilder()
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            _add_table(builder, block)
        else:
            _add_paragraph(builder, block)
    for number, note in _footnotes(data):
        builder.add(f"{number} {note}", "footnote")
    if not builder.blocks:
        raise ValueError("the Word document holds no text")
    properties = document.core_properties
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        title=properties.title or None,
    )


def _add_paragraph(builder: TextBuilder, paragraph) -> None:  # pyright: ignore[reportMissingParameterType]
    text = _text(paragraph._p)
    if not text.strip():
        return
    level = _outline_level(paragraph)
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if level:
        builder.add(text, "heading", level=level)
    elif "list" in style.lower() or "bullet" in style.lower():
        builder.add(text if re.match(r"\s*[-•–(\d]", text) else f"• {text}", "item")
    elif _is_bold_line(paragraph, text):
        builder.add(text, "heading", level=4)
    else:
        builder.add(text)


def _outline_level(paragraph) -> int:  # pyright: ignore[reportMissingParameterType]
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


def _is_bold_line(paragraph, text: str) -> bool:  # pyright: ignore[reportMissingParameterType]
    runs = [run for run in paragraph.runs if run.text.strip()]
    return (
        bool(runs) and len(text) < 160 and all(run.bold for run in runs) and not text.rstrip().endswith((".", ":", ","))
    )


def _text(element) -> str:  # pyright: ignore[reportMissingParameterType]
    """The text of a paragraph with insertions and without deletions; footnote marks in brackets."""
    parts: list[str] = []
    for node in element.iter():
        if node.tag == f"{_W}t" and not _is_deleted(node):
            parts.append(node.text or "")
        elif node.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr") and node.getparent().tag == f"{_W}r":
            parts.append("\t" if node.tag == f"{_W}tab" else " ")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif node.tag == f"{_W}footnoteReference":
            parts.append(f"[{node.get(f'{_W}id')}]")
    return re.sub(r"[^\S\t]+", " ", "".join(parts)).strip()


def _is_deleted(node) -> bool:  # pyright: ignore[reportMissingParameterType]
    return any(parent.tag in (f"{_W}del", f"{_W}moveFrom") for parent in node.iterancestors())


def _add_table(builder: TextBuilder, table) -> None:  # pyright: ignore[reportMissingParameterType]
    """A table's rows, cells parted by bars; a table of one cell is a box, read as paragraphs."""
    rows = table._tbl.findall(f"{_W}tr")
    cells = [[cell for cell in row.findall(f"{_W}tc")] for row in rows]
    if sum(map(len, cells)) == 1:
        for paragraph in cells[0][0].iter(f"{_W}p"):
            builder.add(_text(paragraph))
        return
    for row in cells:
        words = [" ".join(filter(None, (_text(paragraph) for paragraph in cell.iter(f"{_W}p")))) for cell in row]
        if any(words):
            builder.add(" | ".join(words), "table")


def _footnotes(data: bytes) -> list[tuple[str, str]]:
    """(number, text) of the footnotes, in the order of the file."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    with zipfile.ZipFile(BytesIO(data)) as archive:
        if "word/footnotes.xml" not in archive.namelist():
            return []
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(archive.read("word/footnotes.xml"), parser)
    notes = []
    for note in root.findall(f"{_W}footnote"):
        if note.get(f"{_W}type") is None:
            notes.append((note.get(f"{_W}id") or "", " ".join(_text(p) for p in note.iter(f"{_W}p"))))
    return [(number, text) for number, text in notes if text.strip()]
