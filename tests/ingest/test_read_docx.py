"""Word documents, made here with python-docx and the XML that it does not write."""

import re
import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from onrecord.ingest.formats.blocks import Reading
from onrecord.ingest.formats.office.docx import read_docx
from onrecord.ingest.formats.office.docx_numbering import Numbering
from onrecord.ingest.structure.facts.metadata import metadata
from onrecord.ingest.structure.paragraphs import structure


def saved(document) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def blocks(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def add_xml(document, inner: str) -> None:
    """Appends a paragraph of raw XML to the body."""
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_headings_by_outline_level_of_a_custom_style() -> None:
    document = Document()
    for name, level, base in (("_ H_Ch", "1", None), ("_ H_1", None, "_ H_Ch")):
        style = document.styles.add_style(name, 1)
        if base:
            style.base_style = document.styles[base]
        if level:
            outline = OxmlElement("w:outlineLvl")
            outline.set(qn("w:val"), level)
            style.element.get_or_add_pPr().append(outline)
    document.add_paragraph("Chapter", "_ H_Ch")
    document.add_paragraph("Section", "_ H_1")
    document.add_paragraph("Title of it", "Title")
    document.add_heading("Third", 3)
    document.add_paragraph("Text.")
    reading = read_docx(saved(document))
    assert [(block.kind, block.level) for block in reading.blocks] == [
        ("heading", 2),
        ("heading", 2),
        ("heading", 1),
        ("heading", 3),
        ("paragraph", 0),
    ]


def test_a_bold_short_line_is_a_heading_and_a_bold_sentence_is_not() -> None:
    document = Document()
    document.add_paragraph().add_run("The night watch").bold = True
    document.add_paragraph().add_run("The Commission decides to close it.").bold = True
    paragraph = document.add_paragraph()
    paragraph.add_run("Norway").bold = True
    paragraph.add_run(" spoke")
    assert [kind for kind, _ in blocks(read_docx(saved(document)))] == ["heading", "paragraph", "paragraph"]


def test_tracked_changes_are_read_as_accepted() -> None:
    document = Document()
    add_xml(
        document,
        run("kept ")
        + f'<w:ins w:id="1" w:author="a">{run("inserted ")}</w:ins>'
        + '<w:del w:id="2" w:author="a"><w:r><w:delText>deleted </w:delText></w:r></w:del>'
        + f'<w:moveFrom w:id="3" w:author="a">{run("moved away ")}</w:moveFrom>'
        + f'<w:moveTo w:id="4" w:author="a">{run("moved here ")}</w:moveTo>'
        + run("tail"),
    )
    assert read_docx(saved(document)).text == "kept inserted moved here tail"


def test_tabs_breaks_and_hyphens() -> None:
    document = Document()
    document.add_paragraph("1.\tThe Chair\nspoke.")
    add_xml(document, f"{run('non')}<w:r><w:noBreakHyphen/></w:r>{run('breaking')}")
    assert read_docx(saved(document)).text == "1.\tThe Chair spoke.\n\nnon-breaking"


def test_a_text_box_is_read_once() -> None:
    document = Document()
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent><w:p>{run('boxed')}</w:p></w:txbxContent>"
    add_xml(
        document,
        f'<w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>",
    )
    assert read_docx(saved(document)).text == "boxed"


def test_a_text_box_stands_after_the_sentence_it_is_anchored_in() -> None:
    document = Document()
    inside = f"<w:p>{run('Box 1')}</w:p><w:p>{run('Norway: four lamps.')}</w:p>"
    box = f"<w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict>"
    document.add_paragraph("Norway: We begin.")
    add_xml(document, f"{run('Norway: The lamps of ')}<w:r>{box}</w:r>{run('Merrow are out.')}")
    document.add_paragraph("Mexico: We regret that, and we say so in more words than are in the box.")
    reading = read_docx(saved(document))
    assert [(unit.locator.speaker, reading.text[unit.start : unit.end][:35]) for unit in structure(reading)] == [
        ("Norway", "Norway: We begin."),
        ("Norway", "Norway: The lamps of Merrow are out."[:35]),
        (None, "Box 1"),
        (None, "Norway: four lamps."),
        ("Mexico", "Mexico: We regret that, and we say "),
    ]


def test_a_record_set_in_text_boxes_is_read_as_any_other() -> None:
    document = Document()
    lines = ("1. One lamp.", "2. Two lamps.", "3. Three lamps.")
    inside = "".join(f"<w:p>{run(line)}</w:p>" for line in lines)
    add_xml(document, f"<w:r><w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict></w:r>")
    assert [unit.locator.paragraph for unit in structure(read_docx(saved(document)))] == ["1", "2", "3"]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    document = Document()
    prose = "The Commission noted that the lamps of the whole coast had been lit in every week but one of a long year."
    left, right = document.add_table(1, 2).rows[0].cells
    left.paragraphs[0].text = f"1. {prose}"
    left.add_paragraph(f"2. {prose}")
    right.paragraphs[0].text = f"3. {prose}"
    found = blocks(read_docx(saved(document)))
    assert found == [("paragraph", f"{number}. {prose}") for number in (1, 2, 3)]


def test_content_controls_are_read_in_place() -> None:
    document = Document()
    document.add_paragraph("First.")
    body = document.element.body
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run('Second.')}</w:p></w:sdtContent></w:sdt>"
    body.insert(len(body) - 1, parse_xml(control))
    document.add_paragraph("Third.")
    assert read_docx(saved(document)).text == "First.\n\nSecond.\n\nThird."


def with_notes(document) -> None:
    notes = "".join(
        f'<w:footnote w:id="{key}"{kind}><w:p>{run(text)}</w:p></w:footnote>'
        for key, kind, text in (
            (-1, ' w:type="separator"', ""),
            (2, "", "The first note."),
            (3, "", "The second note."),
            (4, "", "A note that nothing refers to."),
        )
    )
    xml = f"<w:footnotes {nsdecls('w')}>{notes}</w:footnotes>".encode()
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), content_type, xml, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def test_footnotes_are_numbered_by_their_place_in_the_text() -> None:
    document = Document()
    with_notes(document)
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    add_xml(document, run("It was adopted.") + mark.format(2) + run(" It was published.") + mark.format(3))
    assert blocks(read_docx(saved(document))) == [
        ("paragraph", "It was adopted.[1] It was published.[2]"),
        ("footnote", "1 The first note."),
        ("footnote", "2 The second note."),
    ]


def test_tables_row_by_row_and_boxes_as_paragraphs() -> None:
    document = Document()
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Light", "Keeper", "Old Merrow", "yes"], strict=True):
        cell.text = text
    document.add_paragraph("Between.")
    document.add_table(1, 1)._cells[0].text = "Summary\nof it"
    assert blocks(read_docx(saved(document))) == [
        ("table", "Light | Keeper"),
        ("table", "Old Merrow | yes"),
        ("paragraph", "Between."),
        ("paragraph", "Summary of it"),
    ]


# --- automatic numbers -----------------------------------------------------------------------------------------


def numbering(levels: str, overrides: str = "") -> Numbering:
    return Numbering(
        parse_xml(
            f"<w:numbering {nsdecls('w')}><w:abstractNum w:abstractNumId='0'>{levels}</w:abstractNum>"
            f"<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
            f"<w:num w:numId='2'><w:abstractNumId w:val='0'/>{overrides}</w:num></w:numbering>"
        )
    )


def level(depth: int, style: str, pattern: str, start: int = 1) -> str:
    return (
        f"<w:lvl w:ilvl='{depth}'><w:start w:val='{start}'/><w:numFmt w:val='{style}'/>"
        f"<w:lvlText w:val='{pattern}'/></w:lvl>"
    )


def labels(counted: Numbering, *places: tuple[int, int]) -> list[str]:
    """Labels of paragraphs with (numId, depth)."""
    return [counted.label(str(key), depth) for key, depth in places]


def test_levels_count_and_begin_again_below_a_higher_one() -> None:
    counted = numbering(level(0, "decimal", "%1.") + level(1, "lowerLetter", "(%2)") + level(2, "lowerRoman", "(%3)"))
    assert labels(counted, (1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 0), (1, 1), (1, 2)) == [
        "1.", "(a)", "(b)", "(i)", "(ii)", "2.", "(a)", "(i)",
    ]  # fmt: skip


def test_other_formats() -> None:
    counted = numbering(
        level(0, "upperRoman", "Chapter %1", 4) + level(1, "decimal", "%1.%2") + level(2, "bullet", "o")
    )
    assert labels(counted, (1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1)) == [
        "Chapter IV", "IV.1", "IV.2", "•", "Chapter V", "V.1",
    ]  # fmt: skip
    assert labels(numbering(level(0, "upperLetter", "%1)", 26)), (1, 0), (1, 0)) == ["Z)", "AA)"]


def test_lists_that_share_a_definition_go_on_unless_restarted() -> None:
    levels = level(0, "decimal", "%1.")
    assert labels(numbering(levels), (1, 0), (1, 0), (2, 0)) == ["1.", "2.", "3."]
    restart = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride>"
    assert labels(numbering(levels, restart), (1, 0), (1, 0), (2, 0), (2, 0)) == ["1.", "2.", "1.", "2."]


def test_unknown_lists_have_no_label() -> None:
    assert labels(numbering(level(0, "decimal", "%1.")), (7, 0), (0, 0), (1, 5)) == ["", "", ""]
    assert Numbering(None).label("1", 0) == ""


def test_automatic_numbers_of_paragraphs_items_and_headings() -> None:
    document = Document()
    for text in ("The Commission met.", "It noted the report.", "It rose."):
        document.add_paragraph(text, "List Number")
    document.add_paragraph("a boat", "List Bullet")
    reading = read_docx(saved(document))
    assert [(block.kind, block.number) for block in reading.blocks] == [
        ("paragraph", "1"),
        ("paragraph", "2"),
        ("paragraph", "3"),
        ("item", None),
    ]
    assert blocks(reading)[0][1] == "The Commission met."
    assert blocks(reading)[3][1] == "• a boat"


def numbered_document(levels: str, lists: str = "", styles: str = "") -> DocumentObject:
    """A document whose numbering.xml holds these definitions, the list 41 being that of the definition 40."""
    document = Document()
    numbering = document.part.numbering_part.element
    for element in parse_xml(f"<w:numbering {nsdecls('w')}>{levels}</w:numbering>"):
        numbering.insert(0, element)
    for element in parse_xml(f"<w:numbering {nsdecls('w')}>{lists}</w:numbering>"):
        numbering.append(element)
    for element in parse_xml(f"<w:styles {nsdecls('w')}>{styles}</w:styles>"):
        document.styles.element.append(element)
    return document


def in_list(key: int, depth: int = 0) -> str:
    return f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{key}"/></w:numPr></w:pPr>'


def numbers(document: DocumentObject) -> list[tuple[str | None, str]]:
    reading = read_docx(saved(document))
    return [(block.number, reading.text[block.start : block.end]) for block in reading.blocks]


def test_a_list_that_defers_to_a_list_style_is_numbered_by_it() -> None:
    levels = (
        '<w:abstractNum w:abstractNumId="40"><w:numStyleLink w:val="Clauses"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="50">{level(0, "decimal", "%1.")}</w:abstractNum>'
    )
    lists = (
        '<w:num w:numId="41"><w:abstractNumId w:val="40"/></w:num>'
        '<w:num w:numId="51"><w:abstractNumId w:val="50"/></w:num>'
    )
    style = (
        '<w:style w:type="numbering" w:styleId="Clauses"><w:name w:val="Clauses"/>'
        '<w:pPr><w:numPr><w:numId w:val="51"/></w:numPr></w:pPr></w:style>'
    )
    document = numbered_document(levels, lists, style)
    for text in ("The Pond Board met.", "It rose."):
        add_xml(document, in_list(41) + run(text))
    assert numbers(document) == [("1", "The Pond Board met."), ("2", "It rose.")]


def test_levels_tied_to_styles_count_and_so_do_empty_paragraphs() -> None:
    tied = level(0, "decimal", "%1").replace("<w:lvlText", '<w:pStyle w:val="Part"/><w:lvlText')
    below = level(1, "decimal", "%1.%2").replace("<w:lvlText", '<w:pStyle w:val="Clause"/><w:lvlText')
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>'
        '<w:pPr><w:numPr><w:numId w:val="41"/></w:numPr></w:pPr></w:style>'
        for name in ("Part", "Clause")
    )
    document = numbered_document(
        f'<w:abstractNum w:abstractNumId="40">{tied}{below}</w:abstractNum>',
        '<w:num w:numId="41"><w:abstractNumId w:val="40"/></w:num>',
        styles,
    )
    for style, text in (("Part", "Ponds"), ("Clause", "Reeds are cut."), ("Part", "Weirs"), ("Clause", "")):
        document.add_paragraph(text, style)
    document.add_paragraph("Weirs are shut.", "Clause")
    assert numbers(document) == [
        ("1", "Ponds"),
        ("1.1", "Reeds are cut."),
        ("2", "Weirs"),
        ("2.2", "Weirs are shut."),
    ]


def test_levels_that_restart_elsewhere_never_or_show_digits_only() -> None:
    never = level(1, "decimal", "%2.").replace("<w:lvlText", '<w:lvlRestart w:val="0"/><w:lvlText')
    assert labels(numbering(level(0, "decimal", "%1.") + never), (1, 0), (1, 1), (1, 0), (1, 1)) == [
        "1.", "1.", "2.", "2.",
    ]  # fmt: skip
    legal = level(1, "decimal", "%1.%2").replace("<w:lvlText", "<w:isLgl/><w:lvlText")
    assert labels(numbering(level(0, "upperRoman", "%1") + legal), (1, 0), (1, 0), (1, 1)) == ["I", "II", "2.1"]
    changed = f"<w:lvlOverride w:ilvl='0'>{level(0, 'russianLower', '%1)', 2)}</w:lvlOverride>"
    assert labels(numbering(level(0, "decimal", "%1."), changed), (2, 0), (2, 0)) == ["б)", "в)"]


def test_forged_numbers_take_no_room() -> None:
    forged = numbering(level(0, "lowerLetter", "%1" * 9999, 30_000) + level(1, "lowerLetter", "%2)", 28))
    assert labels(forged, (1, 1)) == ["bb)"]
    assert len(labels(forged, (1, 0))[0]) < 1000


def test_numbers_in_cells_stand_before_their_words() -> None:
    document = numbered_document(
        f'<w:abstractNum w:abstractNumId="40">{level(0, "decimal", "%1.")}</w:abstractNum>',
        '<w:num w:numId="41"><w:abstractNumId w:val="40"/></w:num>',
    )
    rows = "".join(
        f"<w:tr><w:tc><w:p>{in_list(41)}{run(name)}</w:p></w:tc><w:tc><w:p>{run(what)}</w:p></w:tc></w:tr>"
        for name, what in (("Reeds", "cut"), ("Weirs", "shut"), ("Nets", "mended"))
    )
    add_block(document, f"<w:tbl {nsdecls('w')}>{rows}</w:tbl>")
    assert [text for _, text in numbers(document)] == ["1. Reeds | cut", "2. Weirs | shut", "3. Nets | mended"]


# --- what the reader of the record does not see, and what only he sees ------------------------------------------


def add_block(document, xml: str) -> None:
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(xml))


def omitted(document) -> list[tuple[str, int]]:
    return [(omission.what, omission.count) for omission in read_docx(saved(document)).omitted]


def test_hidden_struck_and_deleted_words_are_left_out_and_counted() -> None:
    document = Document()
    secret = document.styles.add_style("Aside", 2)
    secret.font.hidden = True
    paragraph = document.add_paragraph("The weir opens ")
    paragraph.add_run("at six ").font.strike = True
    paragraph.add_run("or so ").font.double_strike = True
    paragraph.add_run("at nine.")
    paragraph.add_run(" Ask Bo first.", style=secret)
    shown = paragraph.add_run(" Bo agreed.", style=secret)
    shown.font.hidden = False
    add_xml(document, run("It closes.") + '<w:del w:id="2"><w:r><w:delText>It stays.</w:delText></w:r></w:del>')
    assert read_docx(saved(document)).text == "The weir opens at nine. Bo agreed.\n\nIt closes."
    assert omitted(document) == [("struck out text", 1), ("hidden text", 1), ("deleted text", 1)]


def test_rows_cells_and_words_in_content_controls_are_read() -> None:
    document = Document()

    def controlled(inner: str, facts: str = "") -> str:
        return f"<w:sdt><w:sdtPr>{facts}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    def cell(inner: str) -> str:
        return f"<w:tc><w:p>{inner}</w:p></w:tc>"

    repeated = controlled(controlled(f"<w:tr>{cell(run('Reeds'))}{cell(run('410'))}</w:tr>"))
    within = f"<w:tr>{cell(run('Nets'))}{controlled(cell(run('75')))}</w:tr>"
    inline = f"<w:tr>{cell(controlled(run('Oars')))}{cell(controlled(run('enter a sum'), '<w:showingPlcHdr/>'))}</w:tr>"
    head = f"<w:tr>{cell(run('Item'))}{cell(run('Crowns'))}</w:tr>"
    add_block(document, f"<w:tbl {nsdecls('w')}>{head}{repeated}{within}{inline}</w:tbl>")
    assert [text for _, text in blocks(read_docx(saved(document)))] == [
        "Item | Crowns",
        "Item: Reeds | Crowns: 410",
        "Item: Nets | Crowns: 75",
        "Item: Oars",
    ]
    assert omitted(document) == [("empty form field", 1)]


def test_boxes_and_choices_of_forms_are_read() -> None:
    document = Document()
    add_xml(
        document,
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>'
        "<w:instrText>FORMCHECKBOX</w:instrText></w:r>" + run(" consent ")
        + '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>' + run(" refusal ")
        + '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="spring"/><w:listEntry w:val="autumn"/></w:ddList></w:ffData></w:fldChar></w:r>',
    )  # fmt: skip
    assert read_docx(saved(document)).text == "☒ consent ☐ refusal autumn"


def test_formulas_are_read_in_one_line() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def said(words: str) -> str:
        return f"<m:r><m:t>{words}</m:t></m:r>"

    half = f"<m:f><m:num>{said('a+b')}</m:num><m:den>{said('2')}</m:den></m:f>"
    square = f"<m:sSup><m:e>{said('x')}</m:e><m:sup>{said('2')}</m:sup></m:sSup>"
    document = Document()
    add_xml(document, run("The toll is ") + f"<m:oMath {math}>{half}{said('=')}{square}</m:oMath>" + run(" crowns."))
    assert read_docx(saved(document)).text == "The toll is (a+b)/2=x^2 crowns."


def test_a_merged_cell_holds_for_every_row_it_spans() -> None:
    document = Document()
    table = document.add_table(4, 3)
    words = ["Town", "Matter", "Vote", "Reedham", "Weirs", "for", "", "Nets", "against", "Oxey", "Nets", "for"]
    for cell, text in zip(table._cells, words, strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    assert [text for _, text in blocks(read_docx(saved(document)))] == [
        "Town | Matter | Vote",
        "Town: Reedham | Matter: Weirs | Vote: for",
        "Town: Reedham | Matter: Nets | Vote: against",
        "Town: Oxey | Matter: Nets | Vote: for",
    ]


def test_a_header_repeated_over_pages_is_read_once_and_marked_ones_always() -> None:
    document = Document()
    table = document.add_table(4, 2)
    for cell, text in zip(table._cells, ["Who", "What", "Ana", "Reeds", "Who", "What", "Bo", "Nets"], strict=True):
        cell.text = text
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    assert [text for _, text in blocks(read_docx(saved(document)))] == [
        "Who | What",
        "Who: Ana | What: Reeds",
        "Who: Bo | What: Nets",
    ]


def test_strict_open_xml_is_read_as_any_other() -> None:
    document = Document()
    document.add_heading("Weirs", 1)
    document.add_paragraph("They are shut.")
    strict = BytesIO()
    with zipfile.ZipFile(BytesIO(saved(document))) as plain, zipfile.ZipFile(strict, "w") as made:
        for entry in plain.infolist():
            content = re.sub(
                rb"http://schemas\.openxmlformats\.org/(officeDocument|wordprocessingml|drawingml)/2006/(\w+)",
                rb"http://purl.oclc.org/ooxml/\1/\2",
                plain.read(entry),
            )
            made.writestr(entry.filename, content)
    assert blocks(read_docx(strict.getvalue())) == [("heading", "Weirs"), ("paragraph", "They are shut.")]


# --- what cannot be read ---------------------------------------------------------------------------------------


def truncated() -> bytes:
    document = Document()
    document.add_paragraph("Text.")
    data = saved(document)
    return data[: len(data) // 2]


def zip_of(entries: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not a zip at all", "not a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password-protected or in the old .doc format"),
        (truncated(), "not a Word document"),
        (zip_of({"word/document.xml": b"<w:document/>"}), "damaged"),
        (zip_of({"[Content_Types].xml": b"<broken"}), "damaged"),
        (saved(Document()), "no text"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_docx(data)


def test_the_symbol_at_the_head_of_the_pages() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "MIC/CL/2031/SR.4"
    document.sections[0].footer.paragraphs[0].text = "31-0412"
    document.add_paragraph("Summary record of the fourth meeting")
    document.add_paragraph("The meeting was called to order.")
    reading = read_docx(saved(document))
    assert blocks(reading)[0] == ("furniture", "MIC/CL/2031/SR.4")
    units = structure(reading)
    assert reading.text[units[0].start : units[0].end] == "Summary record of the fourth meeting"
    assert metadata("x.docx", reading, units).symbol == "MIC/CL/2031/SR.4"


def test_a_header_without_a_symbol_is_left_out() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Lights of the Islands"
    document.add_paragraph("Text.")
    assert read_docx(saved(document)).text == "Text."


def test_the_title_of_the_properties() -> None:
    document = Document()
    document.add_paragraph("Text.")
    document.core_properties.title = "Summary record"
    assert read_docx(saved(document)).title == "Summary record"
