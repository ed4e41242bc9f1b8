"""Text PDFs, made here with fpdf2."""

import random
import threading
from collections.abc import Sequence

import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission

from onrecord.ingest.formats.blocks import Reading
from onrecord.ingest.formats.pdf.lines import _text as text_of_characters
from onrecord.ingest.formats.pdf.pdf import _joined as joined_lines
from onrecord.ingest.formats.pdf.pdf import _with_hyphens as with_hyphens
from onrecord.ingest.formats.pdf.pdf import read_pdf
from onrecord.ingest.formats.pdf.printed import Cell, Line
from onrecord.ingest.formats.read import read
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.errors import UnreadableFile

SENTENCE = "The light on Gannet Ledge was out for nine hours and nobody came to see to it before noon. "
NAMES = ["Skarn", "Merrow", "Hallow", "Lantern", "Tollan", "Cantle", "Sorrel", "Ansel", "Marrick", "Saltmouth"]


class Record(FPDF):
    """Pages with a running head and foot, as printed records have them; without, where there is no first page."""

    def __init__(self, first_page: int | None = None) -> None:
        super().__init__()
        self.first_page = first_page
        self.set_margins(25, 25)
        self.set_auto_page_break(True, 30)

    def header(self) -> None:
        if self.first_page is None:
            return
        self.set_font("Times", "B", 8)
        self.set_y(8)
        self.cell(text="MIC/CL/2031/SR.4")
        self.set_y(25)

    def footer(self) -> None:
        if self.first_page is None:
            return
        self.set_font("Times", size=8)
        self.set_y(-12)
        self.cell(text=f"{self.page_no() + self.first_page - 1}/16")

    def say(self, text: str, style: str = "", size: float = 10) -> None:
        self.set_font("Times", style, size)
        self.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(3)

    def notes(self, *texts: str) -> None:
        self.set_y(-45)
        for number, text in enumerate(texts, 1):
            self.set_font("Times", size=5)
            self.cell(text=f"{number}")
            self.set_font("Times", size=7)
            self.cell(text=text, new_x="LMARGIN", new_y="NEXT", h=4)


def prose(count: int) -> str:
    """Sentences of which no two are alike for a while."""
    one, two = NAMES, NAMES[3:] + NAMES[:3]
    return " ".join(
        f"The keeper of {one[number % 10]} told {two[number * 3 // 7 % 10]} at noon that {one[number * 7 // 3 % 10]} "
        f"was dark and that the boats of {two[number // 10 % 10]} had waited."
        for number in range(count)
    )


def made(*paragraphs: str, first_page: int | None = None) -> bytes:
    pdf = Record(first_page)
    pdf.add_page()
    for paragraph in paragraphs:
        pdf.say(paragraph)
    return bytes(pdf.output())


def blocks(reading: Reading) -> list[tuple[str, str | None, str]]:
    return [(block.kind, block.page, reading.text[block.start : block.end]) for block in reading.blocks]


def test_paragraphs_without_running_heads_and_page_numbers() -> None:
    words = prose(40).split()
    paragraphs = [f"{number}. {' '.join(words[number * 9 : number * 9 + 70])}." for number in range(1, 31)]
    reading = read_pdf(made(*paragraphs, first_page=1))
    found: dict[str | None, list[str]] = {}
    for unit in structure(reading):
        found.setdefault(unit.locator.paragraph, []).append(reading.text[unit.start : unit.end])
    assert [" ".join(parts) for parts in found.values()] == paragraphs
    assert sum(len(parts) for parts in found.values()) <= len(paragraphs) + 3  # a sentence may end with its page
    assert reading.pages == 3
    assert "MIC/CL" not in reading.text
    assert "/16" not in reading.text


def test_a_sentence_over_a_page_break_is_joined() -> None:
    long = prose(60)
    reading = read_pdf(made(long, "The end.", first_page=1))
    assert reading.pages == 2
    assert blocks(reading) == [("paragraph", "1", long), ("paragraph", "2", "The end.")]


def test_printed_page_numbers() -> None:
    reading = read_pdf(made(*[f"{number}. {prose(9 + number)}" for number in range(1, 16)], first_page=7))
    found = [int(page or 0) for _, page, _ in blocks(reading)]
    assert found == sorted(found)
    assert {7, 8, 9, 10} <= set(found) <= set(range(7, 7 + reading.pages))


def numbered(*feet: str, labels: tuple[int, str] | None = None) -> list[str | None]:
    """The pages of a file of one paragraph a page, with these feet; `labels` begin on a page in a style."""
    pdf = FPDF()
    pdf.set_auto_page_break(False)
    for place, foot in enumerate(feet):
        stated = dict(label_style=labels[1], label_start=1) if labels and place == labels[0] else {}
        pdf.add_page(**stated)
        pdf.set_font("Times", size=10)
        pdf.multi_cell(0, 5, f"The {NAMES[place % 10]} light was mended before {NAMES[place // 2 % 10]} Fair.")
        pdf.set_y(-12)
        pdf.cell(text=foot or " ")
    return [page for kind, page, text in blocks(read_pdf(bytes(pdf.output()))) if "light" in text]


def test_pages_of_a_cover_and_of_an_annex_that_begins_anew() -> None:
    assert numbered("", "1", "2", "3", "4", "1", "2", "3") == [None, "1", "2", "3", "4", "1", "2", "3"]


def test_pages_of_roman_front_matter_whose_numbers_stand_beside_other_words() -> None:
    feet = ["MIC.31-9", "", "MIC.31-9 (E) iii", "iv MIC.31-9", "MIC.31-9 1", "2 MIC.31-9", "MIC.31-9 3", "4 MIC.31-9"]
    assert numbered(*feet) == ["i", "ii", "iii", "iv", "1", "2", "3", "4"]


def test_pages_that_an_excerpt_numbers_in_its_heads() -> None:
    heads = ("272 Friday, 3 May 2031", "Friday, 3 May 2031 273", "274 Friday, 3 May 2031")
    assert numbered(*heads) == ["272", "273", "274"]


def test_pages_as_the_file_states_them_where_none_is_printed() -> None:
    assert numbered("", "", "", "", labels=(0, "r")) == ["i", "ii", "iii", "iv"]


def test_numbers_that_do_not_rise_with_the_pages_are_no_page_numbers() -> None:
    assert numbered("12 boats", "9 boats", "40 boats", "1 boat") == ["1", "2", "3", "4"]


def test_a_watermark_is_no_text_and_is_listed() -> None:
    pdf = FPDF()
    for _ in range(2):
        pdf.add_page()
        pdf.set_font("Times", size=10)
        pdf.multi_cell(0, 5, SENTENCE)
        pdf.set_font("Times", size=60)
        with pdf.rotation(45, 60, 200):
            pdf.text(60, 200, "EMBARGOED")
    reading = read_pdf(bytes(pdf.output()))
    assert "EMBARGOED" not in reading.text
    assert [(one.what, one.count) for one in reading.omitted] == [("lines of watermarks", 2)]


def test_pages_are_counted_where_none_is_printed() -> None:
    pdf = FPDF()
    pdf.set_font("Times", size=11)
    for text in ("The first page.", "The second page."):
        pdf.add_page()
        pdf.set_y(100)
        pdf.cell(text=text)
    assert [(page, text) for _, page, text in blocks(read_pdf(bytes(pdf.output())))] == [
        ("1", "The first page."),
        ("2", "The second page."),
    ]


def test_headings_by_size_weight_and_slant() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say("Report on the lights of the Islands", "B", 16)
    pdf.say("I. Introduction", "B", 12)
    pdf.say(SENTENCE * 4)
    pdf.say("Keepers and machines", "B")
    pdf.say(SENTENCE * 4)
    pdf.say("The ferry in November", "I")
    pdf.say(SENTENCE * 4)
    pdf.say("The Commission decides to keep the lights.", "B")
    reading = read_pdf(bytes(pdf.output()))
    found = [(block.level, text) for block, (kind, _, text) in zip(reading.blocks, blocks(reading), strict=True)]
    assert [(level, text) for level, text in found if level] == [
        (1, "Report on the lights of the Islands"),
        (2, "I. Introduction"),
        (3, "Keepers and machines"),
        (4, "The ferry in November"),
    ]
    assert structure(reading)[-2].locator.section == (
        "Report on the lights of the Islands > I. Introduction > Keepers and machines > The ferry in November"
    )


def test_footnotes_with_raised_marks() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say("1. " + prose(3))
    pdf.say("2. " + prose(5))
    pdf.notes("Including Hallow.", "Excluding Old Merrow.")
    pdf.add_page()
    pdf.say("3. " + prose(9).split(". ", 2)[2])
    reading = read_pdf(bytes(pdf.output()))
    assert [(kind, page, text[:12]) for kind, page, text in blocks(reading)] == [
        ("paragraph", "1", "1. The keepe"),
        ("paragraph", "1", "2. The keepe"),
        ("footnote", "1", "1 Including "),
        ("footnote", "1", "2 Excluding "),
        ("paragraph", "2", "3. The keepe"),
    ]
    assert [unit.locator.paragraph for unit in structure(reading)] == ["1", "2", None, None, "3"]


def test_small_print_without_a_mark_is_no_footnote() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say(SENTENCE * 4)
    pdf.say("Published by the secretariat, June 2031", size=7)
    assert [kind for kind, _, _ in blocks(read_pdf(bytes(pdf.output())))] == ["paragraph", "paragraph"]


def test_turns_begin_paragraphs() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.set_font("Times", size=10)
    for line in ("THE NIGHT WATCH", "Mr. Lindholm: Is the light out?", "Norway: It is not.", "Mexico: It was."):
        pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT", h=5)
    assert [unit.locator.speaker for unit in structure(read_pdf(bytes(pdf.output())))] == [
        None,
        "Mr. Lindholm",
        "Norway",
        "Mexico",
    ]


def test_items_stand_apart() -> None:
    found = blocks(read_pdf(made(prose(4), "We ask for:", "- a boat", "- a lamp", "(a) at once;", "(b) or sooner.")))
    assert [(kind, text) for kind, _, text in found[1:]] == [
        ("paragraph", "We ask for:"),
        ("item", "- a boat"),
        ("item", "- a lamp"),
        ("paragraph", "(a) at once;"),
        ("paragraph", "(b) or sooner."),
    ]


def test_a_finished_sentence_with_a_full_line_does_not_end_the_paragraph() -> None:
    pdf = Record(1)
    pdf.set_auto_page_break(False)
    pdf.add_page()
    pdf.set_font("Times", size=10)
    full = "The keeper told them at noon that the light was dark and that the boats of all nine had waited there."
    for text in (
        "7. It was noted that the light was out for nine hours and nobody came to see it then, and",
        full,
    ):
        pdf.cell(text=text, new_x="LMARGIN", new_y="NEXT", h=5)
    pdf.add_page()
    pdf.cell(text="They went home.", new_x="LMARGIN", new_y="NEXT", h=5)
    pdf.ln(3)
    pdf.cell(text="8. The meeting rose.", new_x="LMARGIN", new_y="NEXT", h=5)
    found = [text for _, _, text in blocks(read_pdf(bytes(pdf.output())))]
    assert len(found) == 2
    assert found[0].endswith("had waited there. They went home.")


def test_a_heading_in_capitals_stands_apart_from_the_text_right_below() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say(SENTENCE * 4)
    for text in ("A YEAR OF OVERLAP", f"On a proposal of Verrano {SENTENCE}"):
        pdf.set_font("Times", size=10)
        pdf.multi_cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
    found = [text for _, _, text in blocks(read_pdf(bytes(pdf.output())))]
    assert found[1] == "A YEAR OF OVERLAP"
    assert found[2].startswith("On a proposal")


def test_a_hyphen_at_the_end_of_a_line_stays_where_it_belongs_to_the_word() -> None:
    lines = "The Vice-Chair spoke of the lamp-oil at the meet-\ning, and the Vice-\nChair of lamp-\noil again."
    assert read_pdf(made(lines)).text == (
        "The Vice-Chair spoke of the lamp-oil at the meeting, and the Vice-Chair of lamp-oil again."
    )


def test_a_notice_in_the_place_of_a_document_is_refused() -> None:
    notice = "The document you are looking for does not exist. Please write to the secretariat."
    with pytest.raises(UnreadableFile, match="only a notice that the document does not exist"):
        read("A_1.pdf", made(notice))
    assert read("A_1.pdf", made(notice, prose(9))).blocks


# --- tables ----------------------------------------------------------------------------------------------------

WIDTHS = (60, 33, 33, 33)


def add_row(pdf: Record, *cells: str) -> None:
    """Cells side by side; what is too long for its cell goes on in lines below."""
    top, lowest, left = pdf.get_y(), pdf.get_y(), pdf.l_margin
    pdf.set_font("Times", size=10)
    for width, text in zip(WIDTHS, cells, strict=False):
        pdf.set_xy(left, top)
        pdf.multi_cell(width, 4.2, text, align="L")
        lowest, left = max(lowest, pdf.get_y()), left + width
    pdf.set_xy(pdf.l_margin, lowest + 2)


def test_rows_of_tables_have_their_cells_parted() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say("1. " + prose(2))
    add_row(pdf, "Light", "2030 planned", "2030 actual", "2031 planned")
    add_row(pdf, "1. Old Merrow", "410", "455", "460")
    add_row(pdf, "2. Hallow Skerry", "12", "-", "14")
    add_row(pdf, "3. Gannet Ledge", "7", "8", "9")
    pdf.ln(6)
    pdf.say("2. " + prose(2))
    pdf.say("3. " + prose(2))
    reading = read_pdf(bytes(pdf.output()))
    assert [text for kind, _, text in blocks(reading) if kind == "table"] == [
        "Light | 2030 planned | 2030 actual | 2031 planned",
        "1. Old Merrow | 410 | 455 | 460",
        "2. Hallow Skerry | 12 | - | 14",
        "3. Gannet Ledge | 7 | 8 | 9",
    ]
    assert [unit.locator.paragraph for unit in structure(reading) if unit.kind == "paragraph"] == ["1", "2", "3"]


def test_cells_of_several_lines_are_one_row() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say(prose(2))
    add_row(
        pdf,
        "Keepers of Old Merrow and of Far Cantle",
        "Boats were sent out at noon",
        "Boats were lost at noon",
        "Lights were lit at noon",
    )
    assert blocks(read_pdf(bytes(pdf.output())))[1] == (
        "table",
        "1",
        "Keepers of Old Merrow and of Far Cantle | Boats were sent out at noon | Boats were lost at noon "
        "| Lights were lit at noon",
    )


def test_numbers_of_a_chart_are_no_paragraphs() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say(prose(2))
    pdf.set_font("Times", size=8)
    for position, text in enumerate(("410", "455", "0", "100", "200", "300")):
        pdf.set_xy(30 + 17 * (position % 2), 120 + 9 * position)
        pdf.cell(text=text)
    found = blocks(read_pdf(bytes(pdf.output())))
    assert found[1:] == [("table", "1", "410 | 455 | 0 | 100 | 200 | 300")]


@pytest.mark.parametrize("columns", [2, 3])
def test_columns_of_prose_are_no_table(columns: int) -> None:
    pdf = Record()
    pdf.add_page()
    with pdf.text_columns(ncols=columns, gutter=8, text_align="J") as text:
        pdf.set_font("Times", size=9)
        text.write(prose(40))
    assert {kind for kind, _, _ in blocks(read_pdf(bytes(pdf.output())))} == {"paragraph"}


def test_a_wide_gap_in_a_line_makes_no_table() -> None:
    pdf = Record()
    pdf.add_page()
    pdf.say(prose(2))
    pdf.set_font("Times", size=10)
    pdf.cell(w=100, text="Commission on Coastal Lights")
    pdf.cell(text="Distr.: General", new_x="LMARGIN", new_y="NEXT")
    assert {kind for kind, _, _ in blocks(read_pdf(bytes(pdf.output())))} == {"paragraph"}


def test_a_page_of_nothing_but_repeated_lines_keeps_them() -> None:
    pdf = Record()
    for number in range(3):
        pdf.first_page = number
        pdf.add_page()
    assert "MIC/CL/2031/SR.4" in read_pdf(bytes(pdf.output())).text


def encrypted(user_password: str) -> bytes:
    pdf = FPDF()
    pdf.set_encryption("owner", user_password or None, permissions=AccessPermission.none())
    pdf.add_page()
    pdf.set_font("Times", size=11)
    pdf.set_y(100)
    pdf.cell(text="The light was out.")
    return bytes(pdf.output())


def picture() -> bytes:
    from PIL import Image

    pdf = FPDF()
    pdf.add_page()
    pdf.image(Image.new("RGB", (60, 60), "grey"), w=60)
    return bytes(pdf.output())


def test_an_owner_password_does_not_matter() -> None:
    assert read_pdf(encrypted("")).text == "The light was out."


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encrypted("secret"), "protected by a password"),
        (picture(), "it is a scan"),
        (b"", "not a PDF"),
        (b"%PDF-1.7\n" + random.Random(7).randbytes(4000), "not a PDF, or too damaged"),
        (made("Text.")[:300], "not a PDF, or too damaged"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_pdf(data)


def test_noise_in_a_file_never_raises_anything_else() -> None:
    chance = random.Random(7)
    whole = made(*[SENTENCE * 6] * 5)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 60)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            reading = read_pdf(bytes(data))
        except ValueError:
            continue
        assert reading.blocks
        reading.text.encode("utf-8", "strict")


def test_threads_take_turns() -> None:
    data, found = made(*[SENTENCE * 4] * 12), []
    threads = [threading.Thread(target=lambda: found.append(read_pdf(data).text)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_page_without_text_among_others_costs_nothing_else() -> None:
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    pdf.multi_cell(0, 6, "1. The Board met in Osterwick and approved the budget of the harbour.")
    pdf.add_page()
    pdf.add_page()
    pdf.multi_cell(0, 6, "2. The treasurer warned that the pilot fees had not been raised since 2019.")
    reading = read_pdf(bytes(pdf.output()))
    assert reading.pages == 3
    assert "approved the budget" in reading.text and "pilot fees" in reading.text
    assert [block.page for block in reading.blocks][-1] == "3"


def printed(text: str, page: int = 0, bottom: float = 700) -> Line:
    return Line(
        text=text, page=page, left=50, right=500, bottom=bottom, top=bottom + 10, size=10, raised=False, bold=False,
        italic=False, edge=False, cells=(Cell(text=text, left=50, right=500),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("The harbour is well-", "resourced and kept.", "The harbour is well-resourced and kept."),
        ("The harbour is well\ufffe", "resourced.", "The harbour is well-resourced."),
        ("They were non-", "governmental.", "They were non-governmental."),
        ("It was non-", "sense.", "It was nonsense."),
        ("It was the cross-", "ing of the lake.", "It was the crossing of the lake."),
        ("The govern\ufffe", "ment said so.", "The government said so."),
    ],
)
def test_compounds_keep_the_hyphen_at_which_a_line_breaks_them(first: str, second: str, joined: str) -> None:
    [page] = with_hyphens([[printed(first), printed(second, bottom=688)]])
    assert joined_lines(page) == joined


def test_a_word_that_a_page_break_parts_is_whole() -> None:
    record = Record(first_page=1)
    record.set_auto_page_break(False)
    for text in (f"{SENTENCE * 3}The reeds of the lake are kept by the govern-", f"ment of the islands. {SENTENCE}"):
        record.add_page()
        record.say(text)
    text = read_pdf(bytes(record.output())).text
    assert "kept by the government of the islands." in text


def test_letters_are_those_one_types_not_the_forms_they_are_set_in() -> None:
    assert text_of_characters("of\ufb01cial \ufefb") == "official \u0644\u0627"


# --- forms and notes -----------------------------------------------------------------------------------------------


def form(fields: list[str], *, catalogue: str = "", labels: tuple[str, ...] = ("Pond:", "Boats:", "Open:")) -> bytes:
    """A PDF of one page with labels 40 points apart, from 740 down, and these widgets, written out by hand."""
    content = "".join(f"BT /F 11 Tf 60 {740 - 40 * row} Td ({label}) Tj ET\n" for row, label in enumerate(labels))
    references = " ".join(f"{number} 0 R" for number in range(6, 6 + len(fields)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{references}]/DR<</Font<</F 5 0 R>>>>{catalogue}>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>"
        f"/Annots[{references}]>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *fields,
    ]
    body, places = b"%PDF-1.7\n", []
    for number, entry in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj{entry}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{len(body)}\n%%EOF"
    return body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def widget(kind: str, value: str, row: int, *, more: str = "", left: int = 160) -> str:
    box = f"[{left} {736 - 40 * row} {left + 200} {752 - 40 * row}]"
    return f"<</Type/Annot/Subtype/Widget/FT/{kind}/T(f{row}{left})/V{value}/Rect{box}/F 4/DA(/F 11 Tf){more}>>"


def test_values_of_forms_stand_after_their_labels() -> None:
    ticked = "/AS/Yes/AP<</N<</Yes 4 0 R/Off 4 0 R>>>>"
    fields = [
        widget("Tx", "(Reed Pond)", 0),
        widget("Ch", "(1,432)", 1, more="/Ff 131072/Opt[(7)(1,432)]"),
        widget("Btn", "/Yes", 2, more=ticked),
        widget("Tx", "()", 2, left=400),
    ]
    reading = read_pdf(form(fields))
    texts = [reading.text[block.start : block.end] for block in reading.blocks]
    assert texts == ["Pond: Reed Pond", "Boats: 1,432", "Open: ☒"]
    assert [(omission.what, omission.count) for omission in reading.omitted] == [("empty form field", 1)]


def test_a_form_in_xfa_is_named_as_unread() -> None:
    data = form([widget("Tx", "()", 0)], catalogue="/XFA(x)", labels=("Please wait ...",))
    data = data.replace(b"/Type/Catalog/", b"/Type/Catalog/NeedsRendering true/")
    with pytest.raises(ValueError, match="XFA"):
        read_pdf(data)


def test_notes_on_a_page_are_counted_and_texts_typed_on_it_are_read() -> None:
    record = Record()
    record.add_page()
    record.say(SENTENCE)
    record.text_annotation(60, 60, "Ask Bo first.")
    record.free_text_annotation("Agreed on 3 March.", x=30, y=100, w=60, h=10)
    reading = read_pdf(bytes(record.output()))
    assert "Agreed on 3 March." in reading.text and "Ask Bo" not in reading.text
    assert [(omission.what, omission.count) for omission in reading.omitted] == [("comment", 1)]


# --- ruled tables --------------------------------------------------------------------------------------------------


def ruled(rows: Sequence[Sequence[str]], first: str = "The harbour board met.", space: int = 0) -> bytes:
    """A record with a ruled table below a paragraph, and a paragraph below it."""
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    pdf.multi_cell(0, 6, first, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(space)
    with pdf.table(col_widths=(10, 60, 30, 30)) as table:
        for cells in rows:
            table.row(cells)
    pdf.multi_cell(0, 6, "The meeting closed at noon.", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def test_cells_between_lines_have_the_names_of_their_columns_over_page_breaks() -> None:
    names = ("No", "Item", "Decision", "Owner")
    rows = [(str(number), f"Lamp {number} of the old pier, which is dark", "Approved", "") for number in range(1, 13)]
    reading = read_pdf(ruled([names, *rows], space=200))
    assert reading.pages == 2
    assert [text for kind, _, text in blocks(reading) if kind == "table"] == [
        "No | Item | Decision | Owner",
        *(f"No: {number} | Item: {item} | Decision: {decision}" for number, item, decision, _ in rows),
    ]
    assert [text for kind, _, text in blocks(reading) if kind == "paragraph"] == [
        "The harbour board met.",
        "The meeting closed at noon.",
    ]


def test_a_frame_around_prose_is_no_table() -> None:
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    pdf.rect(8, 8, 190, 60)
    pdf.line(8, 30, 198, 30)
    pdf.multi_cell(0, 6, "The harbour board met in the old hall and spoke about lamps.", new_x="LMARGIN", new_y="NEXT")
    assert [kind for kind, _, _ in blocks(read_pdf(bytes(pdf.output())))] == ["paragraph"]


def test_lines_left_out_at_the_edges_of_pages_are_listed() -> None:
    pdf = FPDF()
    pdf.set_auto_page_break(False)
    for number in range(1, 4):
        pdf.add_page()
        pdf.set_font("helvetica", size=11)
        pdf.text(20, 10, "Harbour board, session of May")
        pdf.text(20, 60, f"The board spoke about lamp number {number} at some length.")
        pdf.text(100, 290, str(number))
    reading = read_pdf(bytes(pdf.output()))
    listed = {one.what: one.count for one in reading.omitted}
    assert listed == {"running heads and feet": 5}
    assert reading.text.count("session of May") == 1
