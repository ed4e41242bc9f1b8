"""A conversation as a Word document, every citation a real footnote.

python-docx makes the document; it knows no footnotes, so their part (`templates/footnotes.html`), a reference in the
text for each, and the styles are written here.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from ....rag.tools.citations.styles import PLAIN
from ..history import Conversation, Exchange
from ..views.template import html
from ..words import Words
from .markdown import Note, told

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_LINKS_FONT = "Georgia"


def as_docx(conversation: Conversation, exchanges: Sequence[Exchange], words: Words, style: str = PLAIN) -> bytes:
    """The conversation as the bytes of a .docx file."""
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    style_document(document)
    document.core_properties.title = safe(conversation.title)
    document.core_properties.author = "On Record"
    document.core_properties.language = words.language
    document.add_heading(words("export.heading"), level=0)
    notes: list[Note] = []
    for one in told(exchanges, words, style):
        document.add_heading(safe(one.question), level=1)
        for sentence, cited in one.sentences:
            paragraph = document.add_paragraph(safe(sentence.text))
            if not sentence.supported:
                paragraph.add_run(f" ({words('unsupported')})").italic = True
            for position, note in enumerate(cited):
                if position:
                    paragraph.add_run(", ").font.superscript = True
                refer(paragraph, note.number)
        how = document.add_paragraph().add_run(safe(one.how))
        how.font.size, how.font.color.rgb = Pt(9), RGBColor(0x5D, 0x64, 0x6D)
        notes += one.notes
    if notes:
        add_footnotes(document, [(note.number, note.text) for note in notes])
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def style_document(document: Any) -> None:
    """Plain serif type, and the styles that footnotes are set in."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, size in (("Normal", 11), ("Title", 20), ("Heading 1", 14)):
        style = document.styles[name]
        style.font.name, style.font.size = _LINKS_FONT, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:asciiTheme"), "")
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(theme), None)
        style.font.color.rgb = RGBColor(0x22, 0x26, 0x2B)
    document.styles["Heading 1"].paragraph_format.space_after = Pt(5)
    text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style = document.styles["Normal"]
    text.font.size = Pt(9)
    text.paragraph_format.space_after = Pt(2)
    reference = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True


def is_right_to_left(language: str) -> bool:
    """Whether a language (a code) is written from right to left; False for one that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language.replace("-", "_")).text_direction == "rtl"
    except (UnknownLocaleError, ValueError):
        return False


def set_right_to_left(document: Any) -> None:
    """Has a document run from right to left, but for paragraphs that say otherwise."""
    from docx.oxml import OxmlElement

    for section in document.sections:
        section._sectPr.append(OxmlElement("w:bidi"))
    properties = document.styles["Normal"].element.get_or_add_pPr()
    properties.insert_element_before(OxmlElement("w:bidi"), "w:adjustRightInd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def set_direction(paragraph: Any, is_rtl: bool) -> None:
    """Has a paragraph run in its own direction, whatever the document's."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:bidi")
    mark.set(qn("w:val"), "1" if is_rtl else "0")
    paragraph._p.get_or_add_pPr().insert_element_before(
        mark, "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr"
    )


def refer(paragraph: Any, number: int) -> None:
    """The raised number in the text that leads to a footnote."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(style="footnote reference")
    mark = OxmlElement("w:footnoteReference")
    mark.set(qn("w:id"), str(number))
    run._r.append(mark)


def add_footnotes(document: Any, notes: Sequence[tuple[int, str]]) -> None:
    """The part that holds the footnotes, by number, tied to the document and named in its settings."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from lxml.etree import SubElement

    styles = (document.styles[name].style_id for name in ("footnote text", "footnote reference"))
    told = [(number, safe(text)) for number, text in notes]
    body = html("footnotes", "part", told, *styles).encode()
    part = Part(PackURI("/word/footnotes.xml"), _KIND, body, document.part.package)
    document.part.relate_to(part, _RELATION)
    named = OxmlElement("w:footnotePr")
    for key in ("-1", "0"):
        SubElement(named, qn("w:footnote"), {qn("w:id"): key})
    settings = document.settings.element
    before = settings.find(qn("w:compat"))  # the schema wants footnotePr before it
    if before is not None:
        before.addprevious(named)
    else:
        settings.append(named)


def safe(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\t\n")
