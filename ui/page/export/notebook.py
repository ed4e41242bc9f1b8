"""A notebook as a Word document: a briefing whose quotes have footnotes, what is unchecked marked."""

from collections.abc import Sequence
from io import BytesIO

from ....rag.answering.quoted import shown
from ....rag.messages import label
from ....rag.tools.citations.styles import PLAIN, cited
from ....rag.tools.notebook.briefing import check_told, doubts
from ....rag.tools.notebook.notebook import Kept
from ....vectorstore.store import Store
from ..words import Words
from .docx import add_footnotes, refer, safe, style_document

_INDENT_CM = 0.8


def as_docx(store: Store, quotes: Sequence[Kept], words: Words, style: str = PLAIN) -> bytes:
    """The quotes as the bytes of a .docx file, citations in a style. Raises InputError where there is no such style."""
    import docx
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import Cm

    title = label(words.language, "notebook")
    document = docx.Document()
    style_document(document)
    document.core_properties.title = title
    document.core_properties.author = "On Record"
    document.core_properties.language = words.language
    document.add_heading(title, level=0)
    references = cited([each.citation for each in quotes], style) if quotes else []
    notes: list[tuple[int, str]] = []
    for number, (each, reference) in enumerate(zip(quotes, references, strict=True), start=1):
        if each.note:
            document.add_paragraph(safe(each.note))
        paragraph = document.add_paragraph(safe(f"“{shown(each.citation.quote)}”"))
        paragraph.paragraph_format.left_indent = Cm(_INDENT_CM)
        refer(paragraph, number)
        if doubt := doubts(store, each, words.language):
            run = paragraph.add_run(f" [{doubt}]")
            run.italic, run.font.highlight_color = True, WD_COLOR_INDEX.YELLOW
        checked = f" {check_told(each, words.language)}." if each.checked_by else ""
        notes.append((number, f"{reference}{checked}"))
    if notes:
        add_footnotes(document, notes)
    written = BytesIO()
    document.save(written)
    return written.getvalue()
