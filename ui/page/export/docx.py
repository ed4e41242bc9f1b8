"""A conversation as a Word document, every citation a real footnote.

python-docx makes the document; it knows no footnotes, so their part is written here (ECMA-376, Part 1, 17.11): a
`footnotes.xml` with the two separators that Word wants, a reference in the text for each, and the styles.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from ....vectorstore.markup import plain
from ..history import Conversation, Exchange
from ..views.conversation import source_name
from ..words import Words
from .markdown import Note, told

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LINKS_FONT = "Georgia"


def as_docx(conversation: Conversation, exchanges: Sequence[Exchange], words: Words) -> bytes:
    """The conversation as the bytes of a .docx file."""
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    _style(document)
    document.core_properties.title = _safe(conversation.title)
    document.core_properties.author = "On Record"
    document.core_properties.language = words.language
    document.add_heading(words("export.heading"), level=0)
    notes: list[Note] = []
    for one in told(exchanges, words):
        document.add_heading(_safe(one.question), level=1)
        for sentence, cited in one.sentences:
            paragraph = document.add_paragraph(_safe(sentence.text))
            if not sentence.supported:
                paragraph.add_run(f" ({words('unsupported')})").italic = True
            for position, note in enumerate(cited):
                if position:
                    paragraph.add_run(", ").font.superscript = True
                _refer(paragraph, note.number)
        how = document.add_paragraph().add_run(_safe(one.how))
        how.font.size, how.font.color.rgb = Pt(9), RGBColor(0x5D, 0x64, 0x6D)
        notes += one.notes
    if notes:
        _add_footnotes(document, notes)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _style(document: Any) -> None:
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


def _refer(paragraph: Any, number: int) -> None:
    """The raised number in the text that leads to a footnote."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(style="footnote reference")
    mark = OxmlElement("w:footnoteReference")
    mark.set(qn("w:id"), str(number))
    run._r.append(mark)


def _add_footnotes(document: Any, notes: Sequence[Note]) -> None:
    """The part that holds the footnotes, tied to the document and named in its settings."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from lxml import etree

    def tag(name: str) -> str:
        return f"{{{_W}}}{name}"

    footnotes = etree.Element(tag("footnotes"), nsmap={"w": _W})
    for key, kind in ((-1, "separator"), (0, "continuationSeparator")):
        note = etree.SubElement(footnotes, tag("footnote"), {tag("type"): kind, tag("id"): str(key)})
        run = etree.SubElement(etree.SubElement(note, tag("p")), tag("r"))
        etree.SubElement(run, tag(kind))
    text_style = document.styles["footnote text"].style_id
    mark_style = document.styles["footnote reference"].style_id
    for one in notes:
        citation = one.citation
        note = etree.SubElement(footnotes, tag("footnote"), {tag("id"): str(one.number)})
        paragraph = etree.SubElement(note, tag("p"))
        etree.SubElement(etree.SubElement(paragraph, tag("pPr")), tag("pStyle"), {tag("val"): text_style})
        run = etree.SubElement(paragraph, tag("r"))
        etree.SubElement(etree.SubElement(run, tag("rPr")), tag("rStyle"), {tag("val"): mark_style})
        etree.SubElement(run, tag("footnoteRef"))
        named = f" {citation.label} ({source_name(citation.document.source)}): “{plain(citation.quote)}”"
        words = etree.SubElement(etree.SubElement(paragraph, tag("r")), tag("t"))
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        words.text = _safe(named)
    body = etree.tostring(footnotes, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = Part(PackURI("/word/footnotes.xml"), _KIND, body, document.part.package)
    document.part.relate_to(part, _RELATION)
    named = OxmlElement("w:footnotePr")
    for key in ("-1", "0"):
        etree.SubElement(named, tag("footnote"), {tag("id"): key})
    settings = document.settings.element
    before = settings.find(qn("w:compat"))  # the schema wants footnotePr before it
    if before is not None:
        before.addprevious(named)
    else:
        settings.append(named)


def _safe(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\t\n")
