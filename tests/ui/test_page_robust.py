"""What a page has to bear: a server that is restarted in the middle of an answer, and twenty people at once."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from onrecord.rag.library import open_library

from ..fakes import HashEmbedder
from .paced_model import paced
from .serving import HERRING, LIGHTHOUSE, QUOTE, ask, serving, visit, write_records

pytestmark = pytest.mark.slow

PEOPLE = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_server_restarted_in_the_middle_of_an_answer(context: BrowserContext, tmp_path: Path) -> None:
    port = free_port()
    records = write_records(tmp_path / "records")
    pieces = (
        "Norway said that the herring quota should fall by a third [{herring quota}]. ",
        "Iceland cannot leave the northern banks before a replacement fleet is ready [{replacement fleet}]. ",
        "Norway has said that the herring quota should fall by a third for years [{herring quota}].",
    )
    first, second = paced(*pieces), paced(*pieces)
    with open_library(tmp_path / "library", embedder=HashEmbedder(), model=first) as library:
        library.ingest([records])
        with serving(library, port=port) as address:
            page = visit(context.new_page(), address)
            page.locator("#r-box textarea").fill(HERRING)
            page.keyboard.press("Enter")
            first.let(2)
            expect(page.locator(".r-sentence")).to_have_count(1)
        expect(page.locator("#r-notice[role=alert]")).to_contain_text("connection to the server is lost")
        first.let(9)
    with open_library(tmp_path / "library", embedder=HashEmbedder(), model=second) as library:
        second.let(20)
        with serving(library, port=port):
            expect(page.locator("article[data-state=done]")).to_have_count(1)
            expect(page.locator("article")).to_have_count(1)
            expect(page.locator(".r-question")).to_have_text([HERRING])
            expect(page.locator(".r-sentence").nth(1)).to_be_visible()


def test_what_broke_off_unseen_says_so(context: BrowserContext, tmp_path: Path) -> None:
    records = write_records(tmp_path / "records")
    model = paced("Norway said that the herring quota should fall by a third [{herring quota}].")
    with open_library(tmp_path / "library", embedder=HashEmbedder(), model=model) as library:
        library.ingest([records])
        with serving(library) as address:
            page = visit(context.new_page(), address)
            page.locator("#r-box textarea").fill(HERRING)
            page.keyboard.press("Enter")
            expect(page.locator(".r-stop")).to_be_visible()
            conversation = page.url.split("?")[1]
            page.close()
        model.let(9)
        with serving(library) as address:
            page = visit(context.new_page(), f"{address}/?{conversation}")
            expect(page.locator("article")).to_contain_text("The server was restarted while this was being answered")
            model.let()
            page.locator("[data-do=again]").click()
            expect(page.locator("article[data-state=done] .r-sentence").first).to_contain_text("Norway said")


def test_twenty_people_ask_at_once(page: Page, address: str) -> None:
    """Nineteen by the same requests that the page makes, one in the browser; everybody gets the answer to theirs."""

    def one(number: int) -> str:
        with httpx.Client(base_url=address, timeout=60) as client:
            client.get("/page/start")
            question = f"What does paragraph {number} of HB/2031/4 say?"
            asked = client.post("/page/ask", json={"question": question}).json()
            lines = client.get(f"/page/answers/{asked['exchange']}").text.splitlines()
            page_again = client.get("/page/start", params={"conversation": asked["conversation"]}).json()
            assert page_again["html"].count("<article") == 1
            return lines[-1]

    with ThreadPoolExecutor(PEOPLE - 1) as people:
        answers = [people.submit(one, number) for number in range(1, PEOPLE)]
        ask(page, LIGHTHOUSE)
        for number, answer in enumerate(answers, start=1):
            assert f"item {number} of its agenda" in answer.result()
    expect(page.locator(".r-sentence").first).to_contain_text(QUOTE)


def test_a_question_asked_before_the_scripts_have_come_waits_for_them(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.route("**/page/look/keyboard.js", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.goto(address)
    page.locator("#r-box textarea").fill(LIGHTHOUSE)
    page.keyboard.press("Enter")
    assert page.locator("body[data-ready]").count() == 0, "the scripts came too early for this test"
    expect(page.locator(".r-sentence").first).to_contain_text(QUOTE)
    expect(page.locator("#r-box textarea")).to_have_value("")


def test_a_browser_that_keeps_nothing_can_ask(context: BrowserContext, address: str) -> None:
    """Where site data is blocked, even the names localStorage and sessionStorage are refused."""
    page = context.new_page()
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
            Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });"""
    )
    visit(page, address)
    ask(page, LIGHTHOUSE)
    expect(page.locator(".r-sentence").first).to_contain_text(QUOTE)
