"""Answers on the page: they grow by sentences, are stopped, asked again and edited; quotes are seen in place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import BrowserContext, Page, expect

from onrecord.rag.library import open_library

from ..fakes import HashEmbedder
from .paced_model import PacedModel, paced
from .serving import HERRING, LIGHTHOUSE, QUOTE, ask, serving, visit, write_records

pytestmark = pytest.mark.slow

SAID = "Norway said that the herring quota should fall by a third [{herring quota}]. "
UNFOUNDED = "The minister of Iceland resigned in tears over it. "
LAST = "Iceland wants a replacement fleet first [{replacement fleet}]."
LIT = "The ferry Halcyon carries forty lanterns and two bells."
TWICE = "The tide tables are printed every spring by the harbour office."


@pytest.fixture(scope="module")
def model() -> PacedModel:
    return paced(SAID, UNFOUNDED, LAST)


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory, model: PacedModel) -> Iterator[str]:
    """A served library that a language model answers from."""
    records = write_records(tmp_path_factory.mktemp("records"))
    with open_library(tmp_path_factory.mktemp("library"), embedder=HashEmbedder(), model=model) as library:
        library.ingest([records])
        with serving(library) as address:
            yield address


def test_an_answer_grows_is_stopped_and_asked_again(context: BrowserContext, modelled: str, model: PacedModel) -> None:
    page = visit(context.new_page(), modelled)
    expect(page.locator("#r-mode")).to_have_text("PacedModel")
    page.locator("#r-box textarea").fill(HERRING)
    page.keyboard.press("Enter")
    expect(page.locator(".r-stop")).to_be_visible()
    expect(page.locator(".r-sentence")).to_have_count(0)
    model.let(2)  # a sentence is ready once the next has begun
    expect(page.locator(".r-sentence")).to_have_count(1)
    expect(page.locator(".r-sentence .r-chip")).to_be_visible()
    page.locator("#r-box textarea").fill("Meanwhile typed")
    page.keyboard.press("Enter")
    expect(page.locator("#r-notice")).to_contain_text("still being written")
    expect(page.locator("#r-box textarea")).to_have_value("Meanwhile typed")
    page.locator(".r-stop").click()
    expect(page.locator("article[data-state=stopped]")).to_contain_text("should fall by a third")
    expect(page.locator("article")).to_contain_text("Stopped before the answer was complete")
    model.reset()
    model.let(20)
    page.locator("[data-do=again]").click()
    expect(page.locator("article[data-state=done]")).to_have_count(1)
    doubted = page.locator(".r-unsupported")
    expect(doubted).to_have_text(f"{UNFOUNDED}no support found in the records")
    border = doubted.evaluate("node => getComputedStyle(node).borderLeftWidth")
    assert float(border.removesuffix("px")) >= 2
    expect(page.locator(".r-footer")).to_contain_text("PacedModel")


def test_a_reload_in_the_middle_follows_on(context: BrowserContext, modelled: str, model: PacedModel) -> None:
    page = visit(context.new_page(), modelled)
    model.reset()
    page.locator("#r-box textarea").fill(HERRING)
    page.keyboard.press("Enter")
    model.let(2)
    expect(page.locator(".r-sentence")).to_have_count(1)
    page.reload()
    expect(page.locator(".r-sentence")).to_have_count(1)
    expect(page.locator(".r-stop")).to_be_visible()
    model.let(20)
    expect(page.locator("article[data-state=done] .r-sentence").nth(1)).to_be_visible()


def test_a_question_is_edited_and_asked_again(page: Page) -> None:
    ask(page, "What does the lighthouse need?")
    page.locator(".r-asked").hover()
    page.locator("[data-do=edit]").click()
    page.locator(".r-editing textarea").fill(LIGHTHOUSE)
    page.keyboard.press("Enter")
    expect(page.locator(".r-question")).to_have_text([LIGHTHOUSE])
    expect(page.locator(".r-footer")).to_have_count(1)
    ask(page, HERRING)
    page.locator("article").first.locator("[data-do=again]").click()  # an earlier one stays and is asked anew below
    expect(page.locator(".r-question")).to_have_text([LIGHTHOUSE, HERRING, LIGHTHOUSE])
    expect(page.locator(".r-footer")).to_have_count(3)


def test_a_citation_shows_its_quote_when_pointed_at_or_focused(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    card = page.locator("#r-hover")
    expect(card).to_be_hidden()
    page.locator(".r-chip").first.hover()
    expect(card).to_contain_text(QUOTE)
    expect(card).to_contain_text("HB/2031/4, para. 40")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.mouse.move(5, 5)
    page.keyboard.press("j")  # not while typing
    expect(page.locator("#r-pane mark")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(card).to_contain_text(QUOTE)
    expect(page.locator("#r-pane mark")).to_have_text(QUOTE)


def test_a_follow_up_tells_how_it_was_understood(page: Page) -> None:
    ask(page, HERRING)
    expect(page.locator(".r-understood")).to_have_count(0)
    ask(page, "And Iceland?")
    expect(page.locator(".r-understood")).to_contain_text("Iceland")
    expect(page.locator(".r-understood")).to_contain_text("Understood as:")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served library of one PDF; one of its sentences stands on two pages."""
    folder = tmp_path_factory.mktemp("printed")
    write_pdf(folder / "ferries.pdf")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "ferries.pdf"])
        with serving(library) as address:
            yield address


def write_pdf(path: Path) -> None:
    pdf = FPDF(format=(150, 210))
    pdf.set_font("helvetica", size=12)
    for text in (f"Ferries of the northern sound.\n\n{TWICE}", f"Lanterns.\n\n{LIT}", f"Tides.\n\n{TWICE}"):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    pdf.output(str(path))


def test_the_page_of_a_pdf_is_shown_with_the_passage_marked(context: BrowserContext, printed: str) -> None:
    page = visit(context.new_page(), printed)
    ask(page, "How many lanterns does the ferry Halcyon carry?")
    page.locator(".r-chip").first.click()
    expect(page.locator("#r-pane mark")).to_contain_text("forty lanterns")
    page.locator("[data-view=sheet]").click()
    picture = page.locator(".r-sheet img")
    expect(picture).to_be_visible()
    expect(page.locator(".r-turn")).to_contain_text("Page 2 of 3")
    lit = page.locator(".r-lit")
    expect(lit).to_have_count(1)
    page.wait_for_function("document.querySelector('.r-sheet img').naturalWidth > 500")
    box, sheet = lit.bounding_box(), picture.bounding_box()
    assert box and sheet and sheet["width"] * 0.4 < box["width"] < sheet["width"]
    assert sheet["y"] < box["y"] < sheet["y"] + sheet["height"] / 2 and box["height"] < 40
    page.locator("[data-turn]").last.click()
    expect(page.locator(".r-turn")).to_contain_text("Page 3 of 3")
    expect(page.locator(".r-lit")).to_have_count(0)
    page.locator("[data-view=text]").click()
    expect(page.locator("#r-pane mark")).to_be_visible()


def test_where_a_quote_may_stand_twice_nothing_is_lit(context: BrowserContext, printed: str) -> None:
    page = visit(context.new_page(), printed)
    ask(page, "How often are the tide tables printed?")
    page.locator(".r-chip").first.click()
    page.locator("[data-view=sheet]").click()
    expect(page.locator(".r-sheet img")).to_be_visible()
    expect(page.locator(".r-sheets")).to_contain_text("could not be located on this page with certainty")
    expect(page.locator(".r-lit")).to_have_count(0)
