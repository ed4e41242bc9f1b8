"""Records compared on the page, with the keyboard: from an open record to what changed, and back."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from onrecord.rag.library import open_library

from ..fakes import HashEmbedder
from .serving import serving, visit
from .test_page_access import RUN_AXE

pytestmark = pytest.mark.slow

CLOSES = "The lock of the canal closes at {hour} on every day of the week but Sunday."
STAYS = "Boats wait at the eastern wall <b>until</b> the keeper has rung the bell twice."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Rules of two years."""
    folder = tmp_path_factory.mktemp("rules")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        for year, hour in (("2031", "six"), ("2032", "seven")):
            file = folder / f"rules-{year}.txt"
            file.write_text(f"{CLOSES.format(hour=hour)}\n\n{STAYS}\n")
            library.ingest([file], known={"title": "Rules of the lock", "symbol": f"LOCK/{year}", "date": year})
        with serving(library) as address:
            yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_record_is_compared_with_the_one_before_it(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 800})
    page = visit(context.new_page(), address)
    newest = page.request.get(f"{address}/api/documents").json()["documents"][1]["id"]
    page.goto(f"{address}/?read={newest}")
    page.locator("[data-compare]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".r-others")).to_contain_text("LOCK/2031")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".r-change del")).to_have_text("six")
    expect(page.locator(".r-change ins")).to_have_text("seven")
    expect(page.locator(".r-compare")).not_to_contain_text("Boats wait")
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE) == []
    page.locator(".r-change [data-document]").first.click()
    expect(page.locator("#r-pane mark")).to_contain_text("closes at six")
    context.close()


def test_an_answer_on_what_changed_leads_to_all_changes(context: BrowserContext, address: str) -> None:
    page = visit(context.new_page(), address)
    page.locator("#r-box textarea").fill("What changed between LOCK/2031 and LOCK/2032?")
    page.keyboard.press("Enter")
    expect(page.locator(".r-remark").first).to_contain_text("1 changed")
    expect(page.locator("#r-log")).not_to_contain_text("onrecord compare")
    page.locator(".r-exchange .r-to").press("Enter")
    expect(page.locator(".r-change del")).to_have_text("six")


def test_a_name_that_fits_none_is_said(context: BrowserContext, address: str) -> None:
    page = visit(context.new_page(), address)
    newest = page.request.get(f"{address}/api/documents").json()["documents"][1]["id"]
    page.goto(f"{address}/?read={newest}")
    page.locator("[data-compare]").click()
    page.locator("#r-versus").fill("no such <b>record</b>")
    page.keyboard.press("Enter")
    expect(page.locator("#r-pane .r-error")).to_contain_text("no such <b>record</b>")


def test_a_record_tells_since_when_its_wording_stands(context: BrowserContext, address: str) -> None:
    page = visit(context.new_page(), address)
    newest = page.request.get(f"{address}/api/documents").json()["documents"][1]["id"]
    page.goto(f"{address}/?read={newest}")
    page.locator("[data-compare]").click()
    page.locator("[data-standing]").click()
    since = page.locator(".r-change .r-eyebrow")
    expect(since.nth(0)).to_contain_text("Since LOCK/2032")
    expect(since.nth(1)).to_contain_text("Since LOCK/2031")
