"""Scanned pages: what cannot be read is named, and what was read badly is read again."""

import io
import shutil
from pathlib import Path

import pytest

from onrecord.ingest.formats.pdf.lines import lines_of_pages
from onrecord.ingest.formats.pdf.ocr import ocr_pages
from onrecord.ingest.formats.pdf.pdf import read_pdf
from onrecord.ingest.formats.pdf.scans import garbled_scans, named_pages
from onrecord.ingest.ingest import ingest
from onrecord.vectorstore.store import Store

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

WORDS = "The Commission met in Verrano."
GARBLED = "tHe ComMisSion mEt iN VerRanO anD lIt tHe laMp. " * 3
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")


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


def test_pages_that_could_not_be_read_are_named_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    reading = read_pdf(bound(typed(WORDS), scan("One"), scan("Two"), b"", scan("Three")))
    assert WORDS in reading.text
    assert reading.notes == ("pages 2-3, 5 have no text and could not be read: install tesseract-ocr and ingest again",)
    assert read_pdf(bound(typed(WORDS), b"")).notes == ()


def test_a_badly_read_layer_is_told_from_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    data = laid_over(scan(WORDS), GARBLED)
    assert garbled_scans(data, lines_of_pages(data)) == [0]
    assert read_pdf(data).notes == (
        "the text of page 1 was badly read off a scan: install tesseract-ocr and ingest again",
    )
    good = laid_over(scan(WORDS), WORDS)
    assert garbled_scans(good, lines_of_pages(good)) == []
    assert garbled_scans(typed(GARBLED), lines_of_pages(typed(GARBLED))) == []


@needs_tesseract
def test_a_badly_read_layer_is_read_again() -> None:
    reading = read_pdf(laid_over(scan(WORDS), GARBLED))
    assert "Commission met in Verrano" in reading.text and "ComMisSion" not in reading.text
    assert reading.notes == ()


@needs_tesseract
def test_each_language_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match=r"lacks the language data for xyz: install tesseract-ocr-xyz$"):
        ocr_pages(scan(WORDS), [0], languages="eng+xyz")


def test_pages_as_people_name_them() -> None:
    assert named_pages([2]) == "page 3"
    assert named_pages([0, 2, 3, 4, 8]) == "pages 1, 3-5, 9"


def test_what_was_left_out_is_reported_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
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
