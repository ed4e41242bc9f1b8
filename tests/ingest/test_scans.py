"""Scanned pages: what cannot be read is named, and what was read badly is read again."""

import io
from collections import Counter
from pathlib import Path

import pytest

from onrecord.ingest.formats.pdf import rapid, tesseract
from onrecord.ingest.formats.pdf.layout import Box, lines_of
from onrecord.ingest.formats.pdf.lines import lines_of_pages
from onrecord.ingest.formats.pdf.ocr import ocr_pages
from onrecord.ingest.formats.pdf.pdf import read_pdf
from onrecord.ingest.formats.pdf.scans import garbled_scans, named_pages
from onrecord.ingest.ingest import ingest
from onrecord.vectorstore.store import Store

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

WORDS = "The Commission met in Verrano."
WAY_OUT = "install onrecord[ocr] or tesseract-ocr and ingest again"
GARBLED = "tHe ComMisSion mEt iN VerRanO anD lIt tHe laMp. " * 3


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(rapid, "is_installed", lambda: False)


@pytest.fixture(params=["tesseract", "rapid"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Either of the two, the other one not installed."""
    if request.param == "tesseract" and not tesseract.is_installed():
        pytest.skip("tesseract-ocr is not installed")
    other = rapid if request.param == "tesseract" else tesseract
    monkeypatch.setattr(other, "is_installed", lambda: False)
    return request.param


def scan(words: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1240, 1754), "white")
    if words:
        ImageDraw.Draw(image).text((80, 300), words, "black", ImageFont.load_default(48))
    buffer = io.BytesIO()
    image.save(buffer, "PDF", resolution=150)
    return buffer.getvalue()


def typed(words: str) -> bytes:
    lines = b"".join(b"(" + words[at : at + 60].encode() + b") Tj T* " for at in range(0, len(words), 60))
    stream = b"BT /F1 11 Tf 14 TL 60 700 Td " + lines + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % (number, content) for number, content in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"


def bound(*parts: bytes) -> bytes:
    """One PDF of the pages of several; an empty part is a blank page."""
    import pypdfium2

    book = pypdfium2.PdfDocument.new()
    for part in parts:
        if part:
            book.import_pages(pypdfium2.PdfDocument(part))
        else:
            book.new_page(595, 842)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def laid_over(scanned: bytes, words: str) -> bytes:
    """A scan with a layer of text, as scanners make it."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument(scanned)
    page = document[0]
    font = pdfium.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
    text = pdfium.FPDFPageObj_CreateTextObj(document.raw, font, 9.0)
    encoded = (words + "\0").encode("utf-16-le")
    pdfium.FPDFText_SetText(text, _wide(encoded))
    pdfium.FPDFTextObj_SetTextRenderMode(text, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
    pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, 40, 600)
    pdfium.FPDFPage_InsertObject(page.raw, text)
    pdfium.FPDFPage_GenerateContent(page.raw)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _wide(encoded: bytes):
    import ctypes

    return ctypes.cast(ctypes.create_string_buffer(encoded), ctypes.POINTER(ctypes.c_ushort))


@pytest.mark.usefixtures("no_ocr")
def test_pages_that_could_not_be_read_are_named_and_the_rest_is_read() -> None:
    reading = read_pdf(bound(typed(WORDS), scan("One"), scan("Two"), b"", scan("Three")))
    assert WORDS in reading.text
    assert reading.notes == (f"pages 2-3, 5 have no text and could not be read: {WAY_OUT}",)
    assert read_pdf(bound(typed(WORDS), b"")).notes == ()


@pytest.mark.usefixtures("no_ocr")
def test_a_badly_read_layer_is_told_from_type() -> None:
    data = laid_over(scan(WORDS), GARBLED)
    assert garbled_scans(data, lines_of_pages(data, Counter())) == [0]
    assert read_pdf(data).notes == (
        "the text of page 1 was badly read off a scan: install onrecord[ocr] or tesseract-ocr and ingest again",
    )
    good = laid_over(scan(WORDS), WORDS)
    assert garbled_scans(good, lines_of_pages(good, Counter())) == []
    assert garbled_scans(typed(GARBLED), lines_of_pages(typed(GARBLED), Counter())) == []


@pytest.mark.usefixtures("engine")
def test_a_badly_read_layer_is_read_again() -> None:
    reading = read_pdf(laid_over(scan(WORDS), GARBLED))
    assert "Commission met in Verrano" in reading.text and "ComMisSion" not in reading.text
    assert reading.notes == ()


def test_each_language_that_is_missing_is_named(engine: str) -> None:
    if engine == "rapid":
        with pytest.raises(ValueError, match="a scan in rus: install tesseract-ocr with its language data"):
            ocr_pages(scan(WORDS), [0], languages="rus")
        return
    with pytest.raises(ValueError, match=r"lacks the language data for xyz: install tesseract-ocr-xyz$"):
        ocr_pages(scan(WORDS), [0], languages="eng+xyz")


@pytest.mark.usefixtures("engine")
def test_scanned_pages_are_read_one_by_one_and_say_so() -> None:
    reading = read_pdf(bound(typed(WORDS), scan("The lamp burns at night."), scan("It is lit at dusk.")))
    assert [(block.page, reading.text[block.start : block.end]) for block in reading.blocks] == [
        ("1", WORDS),
        ("2", "The lamp burns at night."),
        ("3", "It is lit at dusk."),
    ]
    assert reading.blocks[0].certainty is None
    assert all(0.8 < (block.certainty or 0) <= 1 for block in reading.blocks[1:])


@pytest.mark.usefixtures("engine")
def test_a_script_that_cannot_be_read_is_named_and_the_rest_is_kept() -> None:
    cyrillic = scan("Комиссия собралась\nв Веррано и рассмотрела\nпредложенный порядок\nосвещения маяка.")
    reading = read_pdf(bound(typed(WORDS), cyrillic))
    assert reading.text == WORDS
    [note] = reading.notes
    assert note.startswith("page 2 has no text and could not be read: nothing legible") and "--ocr-languages" in note


def box(text: str, left: float, top: float, width: float) -> Box:
    return Box(text=text, left=left, top=top, right=left + width, bottom=top + 20, certainty=1.0)


def test_columns_come_one_after_the_other_below_what_runs_over_both() -> None:
    boxes = [box("Head over both columns", 100, 50, 800)]
    for number in range(6):
        boxes += [box(f"L{number}", 60, 100 + 30 * number, 400), box(f"R{number}", 540, 100 + 30 * number, 400)]
    lines = [line.text for line in lines_of(boxes, 0, 1000, 1400)]
    assert lines == ["Head over both columns", *(f"L{n}" for n in range(6)), *(f"R{n}" for n in range(6))]


def test_what_stands_beside_each_other_is_one_line_of_several_cells() -> None:
    [line] = lines_of([box("Votes", 500, 102, 80), box("Item", 60, 100, 80), box("3", 150, 100, 15)], 0, 1000, 1400)
    assert [cell.text for cell in line.cells] == ["Item 3", "Votes"]


def test_pages_as_people_name_them() -> None:
    assert named_pages([2]) == "page 3"
    assert named_pages([0, 2, 3, 4, 8]) == "pages 1, 3-5, 9"


@pytest.mark.usefixtures("no_ocr")
def test_what_was_left_out_is_reported_and_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "mixed.pdf"
    file.write_bytes(bound(typed(WORDS), scan("One")))
    store = Store(tmp_path / "library", embedder=HashEmbedder())
    try:
        for added in (1, 0):
            report = ingest(store, [file])
            assert (report.added, report.failed) == (added, ())
            assert [(note.source, "page 2 has no text" in note.note) for note in report.notes] == [(str(file), True)]
    finally:
        store.close()


def test_a_million_pages_are_refused_at_once() -> None:
    assert b"/Count 1>>" in typed(WORDS)
    with pytest.raises(ValueError, match="claims to have 1,000,000 pages; split it"):
        read_pdf(typed(WORDS).replace(b"/Count 1>>", b"/Count 1000000>>"))
