"""Arabic and Hebrew in PDFs, printed here by Chromium: letters shaped, joined and drawn in whatever order it likes."""

import os
import shutil
from html import escape

import pytest
from playwright.sync_api import sync_playwright

from onrecord.ingest.formats.pdf.pdf import read_pdf
from onrecord.ingest.formats.pdf.printed import Grid, Rule

CHROMIUM = os.environ.get("ONRECORD_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARABIC = [
    "لجنة المنارات",
    "قررت اللجنة (الدورة الثالثة) في 16 آذار/مارس 2031، بناء على الوثيقة MIC/76/12، إغلاق منارة الرأس.",
    "وأشارت إلى قراريها 60/251 و 65/281، وإلى ما دامت الأعمال قائمة بلا انقطاع لاستمرار الملاحة.",
    "إنّ اللجنة شكرت الممثّلين على تعليقاتهم.",
    "1 - تطلب إلى الأمين العام أن يقدم 1234.5 في المائة [من التقرير] إلى General Assembly of Lights قبل نهاية العام.",
]
HEBREW = ["הוועדה החליטה ב-12 במאי 2031 (פה אחד) לאשר את הדוח."]


@pytest.fixture(scope="module")
def printed() -> dict[str, bytes]:
    """Pages of paragraphs in each language, and one in English with an Arabic paragraph in it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found; install it or set ONRECORD_CHROMIUM to its path")
    pages = {
        "ar": ("rtl", ARABIC),
        "he": ("rtl", HEBREW),
        "en": ("ltr", ["The chair spoke.", ARABIC[1], "Mr. Roe: Yes."]),
    }
    files: dict[str, bytes] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        for name, (direction, texts) in pages.items():
            paragraphs = "".join(f"<p dir=auto>{escape(text)}</p>" for text in texts)
            page.set_content(f"<html dir={direction}><body style='font: 11pt DejaVu Sans'>{paragraphs}</body></html>")
            files[name] = page.pdf(format="A4")
        browser.close()
    return files


@pytest.mark.parametrize("text", [pytest.param(text, id=str(number)) for number, text in enumerate(ARABIC)])
def test_arabic_is_read_as_it_is_written(printed: dict[str, bytes], text: str) -> None:
    assert text in " ".join(read_pdf(printed["ar"]).text.split())


def test_hebrew_is_read_as_it_is_written(printed: dict[str, bytes]) -> None:
    assert HEBREW[0] in " ".join(read_pdf(printed["he"]).text.split())


def test_a_paragraph_from_the_right_between_others(printed: dict[str, bytes]) -> None:
    text = " ".join(read_pdf(printed["en"]).text.split())
    assert text == f"The chair spoke. {ARABIC[1]} Mr. Roe: Yes."


def test_a_ruled_table_in_a_mirror() -> None:
    grid = Grid(
        columns=(10.0, 30.0, 90.0),
        rows=(80.0, 20.0),
        across=(Rule(80.0, 10.0, 30.0),),
        down=(Rule(30.0, 20.0, 80.0),),
    )
    mirrored = grid.mirrored(100.0)
    assert mirrored.columns == (10.0, 70.0, 90.0)
    assert mirrored.across == (Rule(80.0, 70.0, 90.0),) and mirrored.walls(50.0) == [70.0]
