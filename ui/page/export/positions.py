"""A table of positions as a Word document: a row for each speaker, a column for each topic, every quote a footnote."""

from io import BytesIO
from typing import Any

from ....rag.answering.quoted import shown
from ....rag.messages import label
from ....rag.tools.citations.styles import PLAIN, cited
from ....rag.tools.positions.positions import Cell, PositionTable
from ..words import Words
from .docx import add_footnotes, is_right_to_left, refer, safe, set_direction, set_right_to_left, style_document

TOPICS_A_TABLE = 3
"""Columns that a page across still has room for; further topics follow in a table of their own."""
_CELL_PT = 9.5


def as_docx(table: PositionTable, words: Words, style: str = PLAIN) -> bytes:
    """The table as the bytes of a .docx file, its citations in a style. Raises InputError for none."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.table import WD_TABLE_DIRECTION

    document = docx.Document()
    style_document(document)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.core_properties.title = words("positions")
    document.core_properties.author = "On Record"
    document.core_properties.language = words.language
    document.add_heading(words("positions"), level=0)
    citations = [each.citation for cell in table.cells for each in cell.positions]
    references = iter(enumerate(cited(citations, style), start=1))
    notes: list[tuple[int, str]] = []
    for first in range(0, len(table.topics), TOPICS_A_TABLE):
        topics = table.topics[first : first + TOPICS_A_TABLE]
        grid = document.add_table(rows=1, cols=len(topics) + 1, style="Table Grid")
        _mark(grid.rows[0], "w:tblHeader")
        if words.direction == "rtl":
            grid.table_direction = WD_TABLE_DIRECTION.RTL
        for column, topic in enumerate(topics, start=1):
            grid.rows[0].cells[column].paragraphs[0].add_run(safe(topic)).bold = True
        for who in table.who:
            row = grid.add_row()
            _mark(row, "w:cantSplit")
            row.cells[0].paragraphs[0].add_run(safe(who)).bold = True
            for column, topic in enumerate(topics, start=1):
                notes += _fill(row.cells[column], table.cell(topic, who), references, words)
        document.add_paragraph()
    if table.left_out:
        document.add_paragraph(words.counted("positions.left_out", table.left_out))
    if notes:
        add_footnotes(document, notes)
    if words.direction == "rtl":
        set_right_to_left(document)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _fill(place: Any, cell: Cell, references: Any, words: Words) -> list[tuple[int, str]]:
    """Writes a cell; returns its footnotes."""
    from docx.shared import Pt

    notes: list[tuple[int, str]] = []
    paragraph = place.paragraphs[0]
    if not cell.positions:
        run = paragraph.add_run(label(words.language, "positions.none"))
        run.italic, run.font.size = True, Pt(_CELL_PT)
    for position, each in enumerate(cell.positions):
        paragraph = place.add_paragraph() if position else paragraph
        set_direction(paragraph, is_right_to_left(each.citation.document.language or words.language))
        lead = [label(words.language, "positions.new") if each.is_new else "", each.verb or ""]
        if told := " · ".join(filter(None, lead)):
            run = paragraph.add_run(safe(f"{told}: "))
            run.bold, run.font.size = True, Pt(_CELL_PT)
        paragraph.add_run(safe(f"“{shown(each.citation.quote)}”")).font.size = Pt(_CELL_PT)
        number, reference = next(references)
        refer(paragraph, number)
        notes.append((number, reference))
    return notes


def _mark(row: Any, name: str) -> None:
    """Has a row stand at the head of every page that its table goes over (`w:tblHeader`), or break over none."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
