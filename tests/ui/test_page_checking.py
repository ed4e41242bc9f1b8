"""Checking a draft on the page: pasted and sent as a file, by mouse and by keyboard; places open in their records."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from onrecord.rag import open_library

from ..fakes import HashEmbedder
from .serving import serving, visit
from .test_checking import DRAFT, RECORD

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page_checking")
    (folder / "minutes.txt").write_text(RECORD, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "minutes.txt"])
        with serving(library) as address:
            yield address


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    page = visit(context.new_page(), address)
    expect(page.locator("body[data-ready]")).to_have_count(1)
    return page


def test_a_pasted_draft_is_marked_and_its_places_open_by_keyboard(page: Page) -> None:
    page.locator("#r-show-check").focus()
    page.keyboard.press("Enter")
    page.locator("#r-check-text").fill(DRAFT)
    page.locator("#r-check-text").press("Control+Enter")
    expect(page.locator(".r-tally")).to_contain_text("2 things to mend")
    assert [mark.get_attribute("data-verdict") for mark in page.locator("#r-checked mark").all()] == [
        "exact", "differs", "not found",
    ]  # fmt: skip
    page.locator('[data-finding="2"]').press("Enter")
    expect(page.locator("#finding2")).to_be_focused()
    expect(page.locator("#finding2")).to_contain_text("“bell”, not “gong”")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#r-pane mark").first).to_contain_text("bell")
    expect(page.locator("#r-check")).not_to_be_visible()


def test_a_file_is_checked_and_what_cannot_be_read_is_told(page: Page, tmp_path: Path) -> None:
    page.locator("#r-show-check").click()
    (tmp_path / "draft.html").write_text("<html><body><p>“We keep <b>the lamps</b> lit”</p></body></html>")
    page.set_input_files("#r-check-file", tmp_path / "draft.html")
    expect(page.locator("#r-checked mark")).to_have_attribute("data-verdict", "exact", timeout=30_000)
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 nothing")
    page.set_input_files("#r-check-file", tmp_path / "broken.docx")
    expect(page.locator("#r-notice")).to_contain_text("broken.docx", timeout=30_000)
