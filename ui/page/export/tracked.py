"""A comparison as a Word document with tracked changes: accepting them all gives the new text, rejecting them the old.

python-docx makes the document; it knows no tracked changes, so they are written here.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal

from ....rag.tools.align import Paragraph
from ....rag.tools.compare import Comparison, Row, Wording
from .docx import safe

Change = Literal["ins", "del"]
_AUTHOR = "On Record"
# Unicode's right-to-left scripts among the languages that are told apart here.
_FROM_THE_RIGHT = ("ar", "fa", "he", "ur")


def as_docx(comparison: Comparison) -> bytes:
    """The new text with what became of the old one tracked, as the bytes of a .docx file."""
    import docx

    document = docx.Document()
    document.core_properties.title = safe(f"{comparison.old.name} – {comparison.new.name}")
    document.core_properties.author = _AUTHOR
    written = _Written(document, from_the_right=comparison.new.language in _FROM_THE_RIGHT)
    for change, row in _in_both_orders(comparison.rows):
        written.add(change, row)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _in_both_orders(rows: tuple[Row, ...]) -> Iterator[tuple[Change | None, Row]]:
    """Each row where it stands; one that was moved is put in where it stands and taken out where it stood."""
    gone = sorted(((row.old.start, place) for place, row in enumerate(rows) if row.moved and row.old), reverse=True)
    for row in rows:
        while row.old and not row.moved and gone and gone[-1][0] < row.old.start:
            yield "del", rows[gone.pop()[1]]
        yield _change_of(row), row
    for _, place in reversed(gone):
        yield "del", rows[place]


def _change_of(row: Row) -> Change | None:
    """What became of a row's paragraph as a whole."""
    if row.new is None:
        return "del"
    return "ins" if row.old is None or row.moved else None


class _Written:
    """A Word document that paragraphs with their changes are added to."""

    def __init__(self, document: Any, *, from_the_right: bool) -> None:
        self._document = document
        self._from_the_right = from_the_right
        self._changes = 0

    def add(self, change: Change | None, row: Row) -> None:
        """Adds a paragraph; `change` is that of all of it, None where only some of its words changed."""
        from docx.oxml import OxmlElement

        side = row.old if change == "del" else row.new
        if side is None:
            return
        paragraph = self._document.add_paragraph()
        properties = paragraph._p.get_or_add_pPr()
        if self._from_the_right:
            properties.append(OxmlElement("w:bidi"))
        if change:  # the mark that ends the paragraph comes and goes with it
            mark = OxmlElement("w:rPr")
            mark.append(self._change(change))
            properties.append(mark)
            self._say(paragraph, change, f"{_label(side)}{side.words}", bold=side.kind == "heading")
            return
        for how, text in _pieces(row):
            self._say(paragraph, {"added": "ins", "dropped": "del"}.get(how), text, bold=side.kind == "heading")

    def _change(self, change: Change) -> Any:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self._changes += 1
        element = OxmlElement(f"w:{change}")
        element.set(qn("w:id"), str(self._changes))
        element.set(qn("w:author"), _AUTHOR)
        return element

    def _say(self, paragraph: Any, change: Any, text: str, *, bold: bool) -> None:
        from docx.oxml import OxmlElement

        run = paragraph.add_run(safe(text))
        run.bold = bold or None
        if self._from_the_right:
            run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
        if change:
            around = self._change(change)
            run._r.addprevious(around)
            around.append(run._r)
        if change == "del":
            for said in run._r.t_lst:
                said.tag = said.tag.removesuffix("}t") + "}delText"


def _pieces(row: Row) -> Iterator[tuple[str, str]]:
    """What is said in a paragraph that stayed, its label before it."""
    old, new = (_label(side) if side else "" for side in (row.old, row.new))
    labels = [Wording(how="kept", text=new)] if old == new else [
        Wording(how="dropped", text=old), Wording(how="added", text=new),
    ]  # fmt: skip
    return ((each.how, each.text) for each in (*labels, *row.wording) if each.text)


def _label(paragraph: Paragraph) -> str:
    return f"{paragraph.label} " if paragraph.label else ""
