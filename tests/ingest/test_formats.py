"""Readers of slides, sheets, books, mails, OpenDocument, RTF, pictures and archives; every input is made here."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from onrecord.ingest.formats.archives import archive
from onrecord.ingest.formats.archives.members import members
from onrecord.ingest.formats.blocks import Reading
from onrecord.ingest.formats.mails.mail import attachments
from onrecord.ingest.formats.mails.quoted_mail import attributed
from onrecord.ingest.formats.office import sheet as read_sheet
from onrecord.ingest.formats.office.number_formats import shown
from onrecord.ingest.formats.pdf import rapid
from onrecord.ingest.formats.read import SUFFIXES, read
from onrecord.ingest.formats.sniff import format_of
from onrecord.ingest.formats.table import labelled_rows
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.errors import UnreadableFile

from ..security.growth import grows_too_fast

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Lines = list[tuple[str, str]]


def lines_of(reading: Reading) -> Lines:
    """(kind, text) of each block; fails where blocks overlap or are out of order."""
    ends = [0, *(block.end for block in reading.blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, reading.blocks, strict=False))
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def zipped(*entries: tuple[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return buffer.getvalue()


def refusal(source: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(source, data)
    return caught.value.reason


# --- tables ----------------------------------------------------------------------------------------------------


def test_each_value_carries_its_columns_header() -> None:
    rows = [["Country", "2030", "2031"], ["Verrano", "410", "455"], ["Ostmark", "", "12\nprovisional"]]
    assert labelled_rows(rows) == [
        "Country | 2030 | 2031",
        "Country: Verrano | 2030: 410 | 2031: 455",
        "Country: Ostmark | 2031: 12 provisional",
    ]


def test_a_list_without_a_header_gets_no_labels() -> None:
    rows = [["Ana Ruiz", "Verrano"], ["Bo Lind", "Ostmark"], ["Cy Dahl", "Verrano"]]
    assert labelled_rows(rows) == ["Ana Ruiz | Verrano", "Bo Lind | Ostmark", "Cy Dahl | Verrano"]
    assert labelled_rows([["Verrano", "410"], ["Ostmark", "12"]]) == ["Verrano | 410", "Ostmark | 12"]
    assert labelled_rows([["Verrano", "yes"], ["Ostmark", "no"]], header=False) == ["Verrano | yes", "Ostmark | no"]


def test_titles_two_rows_of_header_notes_and_a_second_table() -> None:
    rows = [
        ["Contributions, in thousands", "", "", ""],
        ["", "", "", ""],
        ["Country", "2030", "", "2031"],
        ["", "pledged", "paid", "pledged"],
        ["Verrano", "410", "400", "455"],
        ["Source: the Secretariat", "", "", ""],
        ["", "", "", ""],
        ["Office", "Staff", "", ""],
        ["North", "7", "", ""],
    ]
    assert labelled_rows(rows) == [
        "Contributions, in thousands",
        "Country | 2030 | 2031",
        "pledged | paid | pledged",
        "Country: Verrano | 2030, pledged: 410 | 2030, paid: 400 | 2031, pledged: 455",
        "Source: the Secretariat",
        "Office | Staff",
        "Office: North | Staff: 7",
    ]


# --- slides ----------------------------------------------------------------------------------------------------


def presentation() -> bytes:
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    made: Any = Presentation()
    first = made.slides.add_slide(made.slide_layouts[0])
    first.shapes.title.text = "Session of the Lake Commission"
    first.placeholders[1].text = "Briefing"
    second = made.slides.add_slide(made.slide_layouts[1])
    second.shapes.title.text = "Decisions"
    second.placeholders[1].text = "Sluices are opened in May.\nFees are waived."
    box = (Inches(1), Inches(4), Inches(3), Inches(1))
    group = second.shapes.add_group_shape()
    group.shapes.add_group_shape().shapes.add_textbox(*box).text_frame.text = "Inside two groups"
    second.notes_slide.notes_text_frame.text = "Mention the ferry."
    third = made.slides.add_slide(made.slide_layouts[5])
    table = third.shapes.add_table(2, 2, *box).table
    for place, text in enumerate(["Country", "2030", "Verrano", "410"]):
        table.cell(place // 2, place % 2).text = text
    data = CategoryChartData()
    data.categories = ["North", "South"]
    data.add_series("Boats", (3, 4.5))
    third.shapes.add_chart(XL_CHART_TYPE.PIE, *box, data)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_slides_are_pages_with_titles_groups_tables_charts_and_notes() -> None:
    reading = read("briefing.pptx", presentation())
    assert (reading.title, reading.pages) == ("Session of the Lake Commission", 3)
    assert [(block.page, *line) for block, line in zip(reading.blocks, lines_of(reading), strict=True)][:8] == [
        ("1", "heading", "Session of the Lake Commission"),
        ("1", "paragraph", "Briefing"),
        ("2", "heading", "Decisions"),
        ("2", "item", "• Sluices are opened in May."),
        ("2", "item", "• Fees are waived."),
        ("2", "paragraph", "Inside two groups"),
        ("2", "footnote", "Mention the ferry."),
        ("3", "table", "Country | 2030"),
    ]
    assert ("table", "Country: Verrano | 2030: 410") in lines_of(reading)
    assert ("table", "South | Boats: 4.5") in lines_of(reading)


def test_broken_and_locked_slides_are_named() -> None:
    data = presentation()
    assert "damaged" in refusal("briefing.pptx", data[: len(data) // 2])
    assert "not the Office file" in refusal("briefing.ppt", b"nothing of the kind")
    locked = OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    assert refusal("briefing.pptx", locked) == "it is protected by a password; save a copy without one"


@pytest.mark.parametrize(
    ("stream", "told"), [("WordDocument", "save it as .docx"), ("PowerPoint Document", "save it as .pptx")]
)
def test_old_office_files_come_with_advice(stream: str, told: str) -> None:
    assert told in refusal("minutes.doc", OLE + bytes(512) + stream.encode("utf-16-le"))


# --- sheets ----------------------------------------------------------------------------------------------------

_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(sheets: dict[str, str], *, hidden: Sequence[str] = ()) -> bytes:
    """An .xlsx file from the XML of its rows; style 1 is a date."""
    names = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{number}" state="{"hidden" * (name in hidden) or "visible"}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        (
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/></Types>',
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATIONS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        ),
        ("xl/workbook.xml", f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>'),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            f'<Relationship Id="s" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        ),
        (
            "xl/styles.xml",
            f'<styleSheet xmlns="{_SHEETS}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
            "</styleSheet>",
        ),
        *(
            (
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{_SHEETS}"><sheetData>{rows}</sheetData></worksheet>',
            )
            for number, rows in enumerate(sheets.values(), start=1)
        ),
    )


def row(number: int, *values: str | float) -> str:
    """A row's XML; numbers over 40,000 are dates."""
    cells = ""
    for place, value in zip((f"{letter}{number}" for letter in "ABCDEFGH"), values, strict=False):
        if isinstance(value, str):
            cells += f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        else:
            cells += f'<c r="{place}" s="{int(value > 40_000)}"><v>{value}</v></c>'
    return f'<row r="{number}">{cells}</row>'


def test_a_workbook_row_by_row_with_headers_dates_and_sheets() -> None:
    data = workbook(
        {
            "Contributions": row(1, "Country", 2030, "Received") + row(2, "Verrano", 410.5, 47604),
            "Empty": "",
            "Votes": row(1, "Text", "In favour") + row(2, "Draft A", 41),
            "Workings": row(1, "not for the record"),
        },
        hidden=["Workings"],
    )
    reading = read("contributions.xlsx", data)
    assert lines_of(reading) == [
        ("heading", "Contributions"),
        ("table", "Country | 2030 | Received"),
        ("table", "Country: Verrano | 2030: 410.5 | Received: 2030-05-01"),
        ("heading", "Votes"),
        ("table", "Text | In favour"),
        ("table", "Text: Draft A | In favour: 41"),
    ]


def changed(data: bytes, **parts: tuple[str, str]) -> bytes:
    """An archive with (old, new) put into its parts, named by the stem of their file."""
    with zipfile.ZipFile(io.BytesIO(data)) as plain:
        files = {name: plain.read(name).decode() for name in plain.namelist()}
    for stem, (old, new) in parts.items():
        [name] = [name for name in files if name.endswith(f"/{stem}.xml")]
        assert old in files[name]
        files[name] = files[name].replace(old, new)
    return zipped(*files.items())


def test_numbers_of_a_sheet_are_read_as_they_are_shown() -> None:
    cells = "".join(
        f'<c r="{letter}2" s="{style}"><v>{value}</v></c>'
        for letter, style, value in (("B", 2, 0.125), ("C", 3, 1234.5), ("D", 3, -7), ("E", 4, 41), ("F", 0, 0.1))
    )
    data = workbook({"Ponds": row(1, "Pond", "Share", "Cost", "Change", "Code", "Rest")
                     + f'<row r="2"><c r="A2" t="inlineStr"><is><t>Reed</t></is></c>{cells}</row>'})  # fmt: skip
    formats = '<xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    codes = '<numFmts><numFmt numFmtId="164" formatCode="[$€-2]#,##0.00;[Red]\\-[$€-2]#,##0.00"/>'
    codes += '<numFmt numFmtId="165" formatCode="&quot;No. &quot;0000"/></numFmts><cellXfs'
    data = changed(changed(data, styles=("</cellXfs>", formats)), styles=("<cellXfs", codes))
    assert lines_of(read("ponds.xlsx", data))[-1] == (
        "table",
        "Pond: Reed | Share: 12.50% | Cost: €1,234.50 | Change: -€7.00 | Code: No. 0041 | Rest: 0.1",
    )


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("1234567", '#,##0,"k"', "1,235k"),
        ("0", '0.00;-0.00;"–"', "–"),
        ("2.5", "0", "3"),
        ("0.5", "# ?/?", "0.5"),
        ("0.5", "0.00E+00", "0.5"),
        ("0.5", "General", "0.5"),
        ("2.50", "0.##", "2.5"),
        ("1e400", "0.00", "1e400"),
        ("words", "0.00", "words"),
        ("NaN", "0.00", "NaN"),
    ],
)
def test_number_formats(number: str, code: str, text: str) -> None:
    assert shown(number, code) == text


def test_words_in_cells_for_numbers_stay_as_they_are() -> None:
    cells = "".join(
        f'<c r="{letter}2" s="2" t="inlineStr"><is><t>{value}</t></is></c>'
        for letter, value in (("A", "Reed"), ("B", "007"), ("C", "nan"))
    )
    data = workbook({"Ponds": row(1, "Pond", "Code", "Rest") + f'<row r="2">{cells}</row>'})
    data = changed(data, styles=("</cellXfs>", '<xf numFmtId="2"/></cellXfs>'))
    assert lines_of(read("ponds.xlsx", data))[-1] == ("table", "Pond: Reed | Code: 007 | Rest: nan")


def test_merged_cells_hidden_rows_and_formulas_without_results() -> None:
    rows = (
        row(1, "Town", "Matter", "Vote", "Draft")
        + row(2, "Reedham", "Weirs", "for", "x")
        + row(3, "", "Nets", "against")
    )
    rows = rows.replace('<c r="A3" t="inlineStr"><is><t></t></is></c>', "") + row(4, "Oxey", "Oars", "for")
    rows = rows.replace('<row r="4">', '<row r="4" hidden="1">') + '<row r="5"><c r="A5"><f>1+1</f></c></row>'
    data = changed(
        workbook({"Votes": rows, "Secret": row(1, "a")}, hidden=["Secret"]),
        sheet1=("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>'),
    )
    data = changed(data, sheet1=("<sheetData>", '<cols><col min="4" max="4" hidden="1"/></cols><sheetData>'))
    reading = read("votes.xlsx", data)
    assert lines_of(reading) == [
        ("heading", "Votes"),
        ("table", "Town | Matter | Vote"),
        ("table", "Town: Reedham | Matter: Weirs | Vote: for"),
        ("table", "Town: Reedham | Matter: Nets | Vote: against"),
    ]
    assert {omission.what: omission.count for omission in reading.omitted} == {
        "hidden sheet": 1,
        "hidden row": 1,
        "hidden column": 1,
        "formula without a result": 1,
    }


def test_a_template_of_a_workbook_is_read() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook({"Votes": row(1, "Text", "In favour") + row(2, "Draft A", 41)}))) as plain:
        parts = {name: plain.read(name).decode() for name in plain.namelist()}
    files = [(name, part.replace(".sheet.main+", ".template.main+")) for name, part in parts.items()]
    assert lines_of(read("votes.xltx", zipped(*files)))[-1] == ("table", "Text: Draft A | In favour: 41")


def test_two_far_cells_do_not_end_the_process() -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "scattered" in refusal("far.xlsx", workbook({"Far": row(1, "a") + corner}))


def test_what_is_cut_of_a_workbook_is_said_and_never_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_sheet, "LIMIT_ROWS", 3)
    rows = "".join(row(number, f"row {number}") for number in range(1, 9))
    reading = read("long.xlsx", workbook({"Long": rows}))
    assert lines_of(reading)[-1] == ("furniture", "[Not read: the rows of Long after the first 3, of 8.]")
    assert "row 4" not in reading.text


@pytest.mark.parametrize(
    "text",
    [
        "Country,2030\nVerrano,410\n",
        "Country;2030\r\nVerrano;410\r\n",
        "Country\t2030\nVerrano\t410",
        '\ufeffCountry|2030\n"Verrano"|410\n',
        "sep=;\nCountry;2030\nVerrano;410\n",
    ],
)
def test_delimiters_are_found(text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        reading = read("numbers.csv", text.encode(encoding))
        assert lines_of(reading) == [("table", "Country | 2030"), ("table", "Country: Verrano | 2030: 410")]


def test_decimal_commas_do_not_part_values() -> None:
    reading = read("numbers.csv", b"Country;2030;2031\nVerrano;4,5;3,2\nOstmark;4,1;3,3\n")
    assert lines_of(reading)[1] == ("table", "Country: Verrano | 2030: 4,5 | 2031: 3,2")


def test_values_over_several_lines_and_quotation_marks_left_open() -> None:
    reading = read("votes.csv", b'Text,Reason\n"Draft A","too early,\nsaid the Chair"\nDraft B,none\n')
    assert ("table", "Text: Draft A | Reason: too early, said the Chair") in lines_of(reading)
    broken = read("votes.csv", b'Text,Votes\n"Draft A,41\n' + b"Draft B,39\n" * 2000)
    assert lines_of(broken)[-1] == ("table", "Text: Draft B | Votes: 39")


def test_rows_longer_than_the_header_keep_their_values() -> None:
    reading = read("uneven.csv", b"Country,2030\nVerrano,410,provisional\nOstmark\n")
    assert lines_of(reading)[1:] == [
        ("table", "Country: Verrano | 2030: 410 | provisional"),
        ("table", "Country: Ostmark"),
    ]


def test_a_million_columns_neither_hang_nor_fill_memory() -> None:
    names = ",".join(f"c{number}" for number in range(1_000_000))
    reading = read("wide.csv", f"{names}\n{','.join(['1'] * 1_000_000)}\n".encode())
    assert len(reading.text) < 10_000
    assert not grows_too_fast(lambda text: read("wide.csv", text.encode()), lambda length: "c," * (length // 2) + "\n1")
    assert lines_of(reading)[-1] == ("furniture", "[Not read: the columns after the first 256.]")


# --- books -----------------------------------------------------------------------------------------------------

_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def book(chapter: str, *, href: str = "text/two%20b.xhtml") -> bytes:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">'
        "<metadata><dc:title>Annals of the Lake</dc:title><dc:date>2031-02-03T00:00:00Z</dc:date>"
        "<dc:language>en</dc:language></metadata><manifest>"
        f'<item id="b" href="{href}" media-type="application/xhtml+xml"/>'
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        '<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="nav"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    return zipped(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", _CONTAINER),
        ("OPS/book.opf", package),
        ("OPS/nav.xhtml", "<html><body><p>Contents</p></body></html>"),
        ("OPS/text/two b.xhtml", chapter),
        ("OPS/one.xhtml", "<html><head><title/></head><body><h1>First</h1>Loose&nbsp;words</body></html>"),
    )


def test_a_side_bar_is_no_part_of_the_sentence_it_stands_in() -> None:
    begun = "Members of the Commission stressed the importance of lights along the whole of the coast and of the"
    chapter = (
        f"<html><body><div>Norway: {begun}<aside><p>Mexico: 4 lamps.</p></aside> lamps of Merrow.</div>"
        "<p>Mexico: We regret it.</p><p>Norway: So do we.</p></body></html>"
    )
    reading = read("annals.epub", book(chapter))
    found = [(reading.text[unit.start : unit.end][-8:], unit.locator.speaker) for unit in structure(reading)][-5:]
    assert found == [
        ("d of the", "Norway"), ("4 lamps.", None), (" Merrow.", "Norway"), ("gret it.", "Mexico"),
        ("o do we.", "Norway"),
    ]  # fmt: skip


def test_a_book_in_the_order_of_its_spine_with_pages_notes_and_tables() -> None:
    chapter = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
        '<span epub:type="pagebreak" title="12"/><h2>Second</h2><div>The lake<a epub:type="noteref" href="#n">1</a>'
        " rose.<br/><br/>It fell.</div><ol><li>Open<ul><li><p>slowly</p></li></ul></li><li>Shut</li></ol>"
        "<table><tr><th>Year</th><th>Level</th></tr><tr><td>2030</td><td>4.<b>1</b> m</td></tr></table>"
        '<script>no words</script><aside epub:type="footnote" id="n">By <i>one</i> foot.</aside></body></html>'
    )
    reading = read("annals.epub", book(chapter))
    assert (reading.title, reading.date, reading.language) == ("Annals of the Lake", "2031-02-03", "en")
    assert lines_of(reading) == [
        ("heading", "First"),
        ("paragraph", "Loose words"),
        ("heading", "Second"),
        ("paragraph", "The lake[1] rose."),
        ("paragraph", "It fell."),
        ("item", "1. Open"),
        ("item", "• slowly"),
        ("item", "2. Shut"),
        ("table", "Year | Level"),
        ("table", "Year: 2030 | Level: 4.1 m"),
        ("footnote", "By one foot."),
    ]
    assert [block.page for block in reading.blocks] == [None, None, *["12"] * 9]


def test_books_that_reach_outside_or_miss_chapters_are_refused() -> None:
    assert "outside itself" in refusal("annals.epub", book("<html/>", href="../../../etc/passwd"))
    assert "missing" in refusal("annals.epub", book("<html/>", href="three.xhtml"))
    assert "damaged" in refusal("annals.epub", zipped(("mimetype", "application/epub+zip")))


# --- mails -----------------------------------------------------------------------------------------------------


def mail(text: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    stated = {"Subject": "Notes – item 6", "From": "Ana Ruiz <ana@example.org>", "To": "all@example.org", **headers}
    for name, value in {**stated, "Date": "Mon, 10 Mar 2031 09:00:00 +0100", "Message-ID": "<1@example.org>"}.items():
        message[name] = value
    message.set_content(text)
    return message


def test_a_mail_with_quoted_lines_and_signature_as_blocks_of_their_own() -> None:
    own = "Dear all,\n\nThe sluices open in May.\n\nBo wrote:\n"
    text = own + "> When do they\n> open?\n>\n>> Soon.\n-- \nAna\nOffice 4\n\nP.S. Yes."
    reading = read("notes.eml", mail(text).as_bytes())
    assert (reading.title, reading.date) == ("Notes – item 6", "2031-03-10")
    assert lines_of(reading) == [
        ("heading", "Notes – item 6"),
        ("table", "From: Ana Ruiz <ana@example.org> | To: all@example.org | Date: 2031-03-10"),
        ("paragraph", "Dear all,"),
        ("paragraph", "The sluices open in May."),
        ("paragraph", "Bo wrote:"),
        ("paragraph", "> When do they open?"),
        ("paragraph", ">> Soon."),
        ("paragraph", "Ana Office 4"),
        ("paragraph", "P.S. Yes."),
    ]


def test_plain_text_is_preferred_and_html_read_where_there_is_none() -> None:
    both = mail("In plain words.")
    both.add_alternative("<p>In <b>rich</b> words.</p>", subtype="html")
    assert lines_of(read("both.eml", both.as_bytes()))[2:] == [("paragraph", "In plain words.")]
    rich = mail("")
    rich.set_content(
        "<table><tr><td><p>In <b>rich</b> words.</p><ul><li>One</li></ul></td></tr></table>", subtype="html"
    )
    assert lines_of(read("rich.eml", rich.as_bytes()))[2:] == [("paragraph", "In rich words."), ("item", "• One")]


def test_an_unknown_character_set_falls_back() -> None:
    head = b"Message-ID: <1>\nFrom: a@example.org\nSubject: Test\nContent-Type: text/plain; charset=no-such-set\n\n"
    assert "café" in read("odd.eml", head + "café".encode()).text
    assert "café" in read("odd.eml", head + "café".encode("latin-1")).text


def test_attachments_are_documents_of_their_own() -> None:
    message = mail("See attached.")
    message.add_attachment(b"Country,2030\nVerrano,410\n", maintype="text", subtype="csv", filename="../../a/votes.csv")
    message.add_attachment(b"Country,2030\nVerrano,7\n", maintype="text", subtype="csv", filename="votes.csv")
    message.add_attachment(mail("Forwarded words.", Subject="Old news"))
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="setup.exe")
    assert [name for name, _ in attachments([message.as_bytes()])] == [
        "votes.csv",
        "votes (2).csv",
        "Old news.eml",
        "setup.exe",
    ]
    held = dict(members("/records/mail.eml", message.as_bytes()))
    assert list(held) == [
        "/records/mail.eml",
        "/records/mail.eml!votes.csv",
        "/records/mail.eml!votes (2).csv",
        "/records/mail.eml!Old news.eml",
    ]
    assert read("mail.eml!Old news.eml", held["/records/mail.eml!Old news.eml"]).title == "Old news"


def test_an_attachment_below_a_line_that_opens_as_one_of_a_mailbox_is_found() -> None:
    message = mail("We heard:\n\nFrom the quay\nAna: it is shut.\n")
    message.add_attachment(b"Country,2030\nVerrano,410\n", maintype="text", subtype="csv", filename="votes.csv")
    assert [name for name, _ in members("quay.eml", message.as_bytes())] == ["quay.eml", "quay.eml!votes.csv"]


def said(reading: Reading) -> list[tuple[str | None, str]]:
    """(speaker, text) of each block below the head of a mail."""
    return [
        (block.speaker, reading.text[block.start : block.end])
        for block in reading.blocks
        if block.kind in ("paragraph", "item")
    ]


OUTLOOK = "{rule}\n{sender}: Bo Lind <bo@example.org>\n{sent}: 3.3.2031 17:05\n{to}: Ana Ruiz\n{subject}: Weirs\n\n"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("________________________________", ("From", "Sent", "To", "Subject")),
        ("-----Ursprüngliche Nachricht-----", ("Von", "Gesendet", "An", "Betreff")),
        ("", ("De", "Envoyé", "À", "Objet")),
        ("", ("От", "Дата", "Кому", "Тема")),
        ("", ("发件人", "发送时间", "收件人", "主题")),
    ],
)
def test_an_earlier_mail_below_its_head_goes_by_its_writer(rule: str, words: tuple[str, ...]) -> None:
    head = OUTLOOK.format(rule=rule, sender=words[0], sent=words[1], to=words[2], subject=words[3])
    reading = read("reply.eml", mail(f"We open the weir.\n\n{head}We keep it shut.\n").as_bytes())
    assert said(reading) == [("Ana Ruiz", "We open the weir."), ("Bo Lind", "We keep it shut.")]
    assert "Bo Lind <bo@example.org>" in reading.text


def test_an_earlier_mail_in_html_goes_by_its_writer_and_so_does_a_quotation() -> None:
    rich = mail("")
    head = "<p><b>From:</b> Bo Lind &lt;bo@example.org&gt;<br><b>Sent:</b> Monday<br><b>Subject:</b> Weirs</p>"
    rich.set_content(f"<p>We open the weir.</p>{head}<p>We keep it shut.</p>", subtype="html")
    assert said(read("rich.eml", rich.as_bytes()))[0] == ("Ana Ruiz", "We open the weir.")
    assert said(read("rich.eml", rich.as_bytes()))[-1] == ("Bo Lind", "We keep it shut.")
    rich.set_content(
        "<p>We open the weir.</p><p>Am 3. März 2031 um 17:05 schrieb Bo Lind:</p>"
        "<blockquote><p>We keep it shut.</p></blockquote>",
        subtype="html",
    )
    assert said(read("rich.eml", rich.as_bytes()))[-1] == ("Bo Lind", "> We keep it shut.")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("On Mon, 3 Mar 2031 at 17:05, Bo Lind <bo@example.org> wrote:", "Bo Lind"),
        ("Le lun. 3 mars 2031 à 17:05, Bo Lind <bo@example.org> a écrit :", "Bo Lind"),
        ("El 3/3/31 a las 17:05, Bo Lind escribió:", "Bo Lind"),
        ("Bo Lind wrote:", "Bo Lind"),
        ("The lamps that were lit in the year 2031 by those who wrote:", None),
        ("We open the weir.", None),
    ],
)
def test_who_is_quoted_is_read_from_the_line_above(line: str, name: str | None) -> None:
    assert attributed(line) == name


def test_minutes_sent_by_mail_go_by_their_own_labels() -> None:
    text = "The Chair: We begin.\n\nNorway: The weir is shut.\n\nThe Chair: We rise.\n"
    assert {speaker for speaker, _ in said(read("minutes.eml", mail(text).as_bytes()))} == {None}


def test_each_message_of_a_mailbox_is_a_turn_without_the_mails_it_repeats() -> None:
    first = mail(
        "The weir is shut.\n\nFrom what we hear, for good.\n", Subject="Weirs", From="Bo Lind <bo@example.org>"
    )
    quoted = "On 3 March 2031, Bo Lind wrote:\n> The weir is shut.\n\nIt is open.\n"
    second = mail(f"{quoted}\n\n" + OUTLOOK.format(rule="", sender="From", sent="Sent", to="To", subject="Subject")
                  + "The weir is shut.\n", Subject="Re: Weirs")  # fmt: skip
    second.add_attachment(b"Country,2030\nVerrano,410\n", maintype="text", subtype="csv", filename="votes.csv")
    box = b"\n\n".join(b"From bo@example.org Mon Mar  3 17:05:00 2031\n" + each.as_bytes() for each in (first, second))
    assert (format_of("weirs.mbox", box), format_of("weirs", box)) == ("mailbox", "mailbox")
    reading = read("weirs.mbox", box)
    assert said(reading) == [
        ("Bo Lind", "The weir is shut."),
        ("Bo Lind", "From what we hear, for good."),
        ("Ana Ruiz", "It is open."),
    ]
    assert [text for kind, text in lines_of(reading) if kind == "heading"] == ["Weirs", "Re: Weirs"]
    assert [(omission.what, omission.count) for omission in reading.omitted] == [("quoted mail", 3)]
    assert [name for name, _ in members("/records/weirs.mbox", box)] == [
        "/records/weirs.mbox",
        "/records/weirs.mbox!votes.csv",
    ]


# --- OpenDocument and RTF --------------------------------------------------------------------------------------

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "text", "table", "style", "manifest"))


def opendocument(body: str, *, manifest: str = "") -> bytes:
    return zipped(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", f"<manifest:manifest {_NAMES}>{manifest}</manifest:manifest>"),
        (
            "content.xml",
            f"<office:document-content {_NAMES}><office:automatic-styles>"
            '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/>'
            '<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="("'
            ' style:num-suffix=")"/>'
            '</text:list-style><text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/>'
            f"</text:list-style></office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        ),
        (
            "meta.xml",
            f'<office:document-meta {_NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
            "<dc:title>Report</dc:title></office:meta></office:document-meta>",
        ),
    )


def test_opendocument_headings_numbers_notes_tables_and_changes_as_accepted() -> None:
    body = (
        "<text:tracked-changes><text:p>deleted words</text:p></text:tracked-changes>"
        '<text:h text:outline-level="2">Findings</text:h>'
        '<text:list text:style-name="L1"><text:list-item><text:p>The lake<text:note text:note-class="footnote">'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>By a foot.</text:p></text:note-body>"
        "</text:note> rose<text:s text:c='2'/>fast.</text:p><text:list><text:list-item><text:p>in spring</text:p>"
        "</text:list-item><text:list-item><text:p>in autumn</text:p></text:list-item></text:list></text:list-item>"
        "</text:list><text:p>Between.</text:p>"
        '<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>It fell.</text:p>'
        '</text:list-item></text:list><text:list text:style-name="L2"><text:list-item><text:p>a point</text:p>'
        "</text:list-item></text:list><table:table><table:table-header-rows><table:table-row>"
        "<table:table-cell><text:p>Year</text:p></table:table-cell><table:table-cell><text:p>Level</text:p>"
        "</table:table-cell></table:table-row></table:table-header-rows><table:table-row><table:table-cell>"
        "<text:p>2030</text:p></table:table-cell><table:table-cell><text:p>4</text:p><text:p>m</text:p>"
        "</table:table-cell></table:table-row></table:table>"
    )
    reading = read("report.odt", opendocument(body))
    assert reading.title == "Report"
    assert [(block.number, *line) for block, line in zip(reading.blocks, lines_of(reading), strict=True)] == [
        (None, "heading", "Findings"),
        ("1", "paragraph", "The lake[1] rose fast."),
        (None, "footnote", "[1] By a foot."),
        (None, "item", "(a) in spring"),
        (None, "item", "(b) in autumn"),
        (None, "paragraph", "Between."),
        ("2", "paragraph", "It fell."),
        (None, "item", "• a point"),
        (None, "table", "Year | Level"),
        (None, "table", "Year: 2030 | Level: 4 m"),
    ]


def test_opendocument_under_a_password_or_of_another_kind_is_refused() -> None:
    assert "password" in refusal("report.odt", opendocument("", manifest="<manifest:encryption-data/>"))
    slides = zipped(("mimetype", "application/vnd.oasis.opendocument.presentation"), ("content.xml", "<a/>"))
    assert "but not a text" in refusal("slides.odp", slides)
    assert "damaged" in refusal("report.odt", b"not a zip file at all")


def test_rtf_headings_tables_footnotes_and_letters_of_all_kinds() -> None:
    rtf = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset204 Arial Cyr;}}"
        r"{\info{\title Lake report}}{\pict\pngblip 89504e47}"
        r"\pard\outlinelevel0 Findings\par \pard The caf\'e9{\footnote\pard Closed since.} of {\f1 \'cc\'e8\'f0}"
        r" \u8211? \u-10179?\u-8704?\par {\pntext 1.\tab}A point\par"
        r"\trowd\cellx1\cellx2 Year\cell Level\cell\row\trowd\cellx1\cellx2 2030\cell 4 m\cell\row\pard Last.\par}"
    )
    reading = read("report.rtf", rtf.encode())
    assert reading.title == "Lake report"
    assert lines_of(reading) == [
        ("heading", "Findings"),
        ("paragraph", "The café[1] of Мир – 😀"),
        ("paragraph", "1. A point"),
        ("table", "Year | Level"),
        ("table", "Year: 2030 | Level: 4 m"),
        ("paragraph", "Last."),
        ("footnote", "[1] Closed since."),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("piece", [r"{\field{\*\fldinst{ x ", r"{\titlex a", "{", r"{\footnote a"])
def test_the_time_of_hostile_rtf_grows_with_it_and_not_faster(piece: str) -> None:
    head = r"{\rtf1\ansi{\fonttbl{\f0\fnil\fcharset0 A;}}words "
    assert not grows_too_fast(
        lambda text: read("odd.rtf", text.encode()), lambda length: head + piece * (length // len(piece))
    )


def test_rtf_with_an_endless_font_table_is_refused() -> None:
    assert "font table" in refusal("odd.rtf", (r"{\rtf1{\fonttbl" + r"\f1" * 100_000 + "}words}").encode())


# --- pictures --------------------------------------------------------------------------------------------------


def picture(*paragraphs: str, kind: str = "PNG") -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1600, 200 * len(paragraphs) + 100), "white")
    for position, paragraph in enumerate(paragraphs):
        ImageDraw.Draw(image).text((80, 80 + 200 * position), paragraph, "black", ImageFont.load_default(48))
    buffer = io.BytesIO()
    image.save(buffer, kind, resolution=150)
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_pictures_of_text_are_read(kind: str) -> None:
    reading = read("scan.bin", picture("The Commission met in Verrano.", "The sluices open in May.", kind=kind))
    assert reading.text == "The Commission met in Verrano.\n\nThe sluices open in May."
    assert reading.media_type == f"image/{kind.lower()}"
    assert all(0.8 < (block.certainty or 0) <= 1 for block in reading.blocks)


@pytest.mark.slow
def test_pictures_without_text_and_broken_ones_are_named() -> None:
    assert "no text could be recognised" in refusal("blank.png", picture())
    assert "damaged" in refusal("cut.png", picture("Words")[:400])
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\r" + header + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\0IDAT" + bytes(4)
    assert "too large" in refusal("huge.png", huge)


def test_without_ocr_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(rapid, "is_installed", lambda: False)
    assert "install onrecord[ocr] or tesseract-ocr and ingest again" in refusal("scan.png", picture("Words"))


# --- archives --------------------------------------------------------------------------------------------------


def held(data: bytes, source: str = "box.zip") -> tuple[list[str], str]:
    """The sources of the documents in an archive, and what is said about the rest."""
    sources: list[str] = []
    try:
        for inner, _ in members(source, data):
            sources.append(inner)
    except UnreadableFile as error:
        return sources, error.reason
    return sources, ""


def test_the_members_of_an_archive_are_documents() -> None:
    inner = zipped(("deep/c.txt", "c"), ("deeper.zip", zipped(("d.txt", "d"))))
    data = zipped(
        ("a.txt", "a"),
        ("b\\b.md", "b"),
        ("inner.zip", inner),
        ("photo.gif", "GIF89a"),
        ("__MACOSX/a.txt", "x"),
        ("e/", ""),
    )
    sources, said = held(data)
    assert sources == ["box.zip!a.txt", "box.zip!b/b.md", "box.zip!inner.zip!deep/c.txt"]
    assert "deeper.zip (packed too deep)" in said


@pytest.mark.parametrize(
    ("name", "code_page"),
    [
        ("Отчёт о паромах.txt", "cp866"),
        ("Отчёт о паромах.txt", "cp1251"),
        ("Πρακτικά λίμνης.txt", "cp737"),
        ("湖泊委员会记录.txt", "gbk"),
        ("湖水委員会の議事録.txt", "cp932"),
        ("湖泊委員會紀錄.txt", "big5"),
        ("호수 위원회 회의록.txt", "euc_kr"),
        ("Règlement du lac, 2ème lecture.txt", "cp850"),
        ("Règlement du lac, 2ème lecture.txt", "cp1252"),
        ("Śluzy i żaglowki.txt", "cp852"),
        ("Compte rendu été.txt", "utf-8"),
    ],
)
def test_names_in_the_code_page_of_their_makers_are_read(name: str, code_page: str) -> None:
    written = name.encode(code_page)
    plain = "x" * len(written)  # zipfile writes UTF-8 and says so; these archives do neither
    data = zipped((plain, "The weir is shut.")).replace(plain.encode(), written)
    assert [inner for inner, _ in members("a.zip", data)] == [f"a.zip!{name}"]


def test_unsafe_locked_and_damaged_members_are_named_and_the_rest_is_read() -> None:
    data = bytearray(zipped(("../up.txt", "up"), ("/abs.txt", "abs"), ("locked.txt", "locked"), ("good.txt", "good")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.rindex(signature, 0, data.rindex(b"locked.txt") if offset == 8 else data.index(b"locked.txt"))
        data[place + offset] |= 1
    sources, said = held(bytes(data))
    assert sources == ["box.zip!good.txt"]
    assert "../up.txt (a name that leads out" in said and "/abs.txt" in said and "locked.txt (encrypted)" in said


def test_zip_bombs_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(("zeros.txt", bytes(64 << 20)))
    unpacked, unpack = [], zipfile.ZipExtFile.read

    def counted(member: zipfile.ZipExtFile, size: int | None = -1) -> bytes:
        unpacked.append(unpack(member, size))
        return unpacked[-1]

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    assert "zip bombs" in held(bomb)[1]
    assert "zip bombs" in refusal("bomb.docx", bomb) or "archive" in refusal("bomb.docx", bomb)
    assert sum(map(len, unpacked)) < 1 << 20
    monkeypatch.setattr(archive, "LIMIT_MEMBERS", 3)
    assert "at most 3 are unpacked" in held(zipped(*((f"{number}.txt", "x") for number in range(4))))[1]
    assert "holds no file" in held(zipped())[1]


# --- what a file is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", b"<!DOCTYPE html><html><p>404", "html"),
        ("a.xls", b"\n <html><table>", "html"),
        ("a.txt", b"junk\n%PDF-1.7", "pdf"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.doc", rb"{\rtf1 x}", "rtf"),
        ("a.xls", b"a\tb\n", "sheet"),
        ("a.doc", OLE + "Workbook".encode("utf-16-le"), "sheet"),
        ("a.xls", OLE + ("Workbook" + "WordDocument").encode("utf-16-le"), "sheet"),
        ("a.doc", OLE + ("Workbook" + "WordDocument").encode("utf-16-le"), "old office"),
        ("a.txt", b"Message-ID: <1>\r\nFrom: a\r\nSubject: b\r\n\r\nc", "mail"),
        ("memo.txt", b"To: all\nFrom: the Chair\nSubject: lunch\n\nAt one.", "text"),
        ("a.docx", zipped(("mimetype", "application/epub+zip")), "epub"),
        ("a.bin", zipped(("a.txt", "x")), "zip"),
        ("a.unknown", b"words", "text"),
    ],
)
def test_content_decides_before_the_name(name: str, data: bytes, kind: str) -> None:
    assert format_of(name, data) == kind


def test_formats_that_are_not_read_are_named() -> None:
    assert refusal("old.wpd", b"\xffWPC\x10\x00") == (
        "it is a WordPerfect document, a format that is not read here; unpack or convert it first"
    )
    assert "a RAR archive" in refusal("records.rar", b"Rar!\x1a\x07\x01\x00")
    assert "a recording" in refusal("day.wav", b"RIFF\x10\x00\x00\x00WAVEfmt ")


@pytest.mark.parametrize("text", ["ID3 is the form for boats.", "BZhova spoke first.", "RIFF RAFF COUNCIL"])
def test_a_text_that_opens_like_another_format_is_a_text(text: str) -> None:
    assert read("a.txt", text.encode()).text == text


def test_slides_with_a_sheet_inside_are_slides() -> None:
    assert format_of("a.zip", presentation()) == "pptx"
    assert format_of("a.zip", workbook({"S": row(1, "a")})) == "sheet"
    assert {".pptx", ".xlsx", ".csv", ".epub", ".eml", ".odt", ".rtf", ".png", ".zip", ".doc"} <= SUFFIXES


# --- templates, shows and documents with macros -------------------------------------------------------------------


def retyped(data: bytes, stated: bytes) -> bytes:
    """An Office file whose main part is stated to be of another type."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(made, "w") as copy:
        for name in archive.namelist():
            part = archive.read(name)
            if name == "[Content_Types].xml":
                part = re.sub(rb"application/vnd\.[\w.-]+(?:document|presentation)\.main\+xml", stated, part)
            copy.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("a.docm", b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("a.dotx", b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        ("a.dotm", b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
        ("a.pptm", b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
        ("a.potx", b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"),
        ("a.ppsx", b"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"),
    ],
)
def test_templates_shows_and_documents_with_macros_are_read(name: str, stated: bytes) -> None:
    from docx import Document
    from pptx import Presentation

    buffer = io.BytesIO()
    if name[2:4] == "do":
        document = Document()
        document.add_paragraph("The lamp burns")
        document.save(buffer)
    else:
        show = Presentation()
        show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = "The lamp burns"  # pyright: ignore
        show.save(buffer)
    assert read(name, retyped(buffer.getvalue(), stated)).text == "The lamp burns"
    assert Path(name).suffix in SUFFIXES
