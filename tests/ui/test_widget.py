"""The widget on a page of another origin, under a strict policy, in a real browser; and the API's own page."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from onrecord.rag import Library
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys

from .conftest import CHROMIUM
from .served import served

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; set ONRECORD_CHROMIUM to its path")
QUOTA = "What did Norway say about the herring quota?"
PAGE = """<!doctype html><html lang="en"><title>Host</title><body><p id="before">Before</p>
<script src="{server}/widget.js"{more}></script><p id="after">After</p></body></html>"""


class Host(SimpleHTTPRequestHandler):
    """A web site of another origin; its policy lets scripts and calls reach `server` only."""

    server_address_allowed = ""
    page = ""

    def do_GET(self) -> None:
        body = self.page.encode()
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        allowed = self.server_address_allowed
        self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {allowed}; connect-src {allowed}")
        self.end_headers()
        self.wfile.write(body if self.path == "/" else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("localhost", 0), partial(Host))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def address(records: Library, site: str) -> Iterator[str]:
    with served(build_api(records, ApiOptions(rules=Rules(cors_origins=(site,))))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not complain: no error and no breach of a policy on its console."""
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def show(page: Page, site: str, address: str, more: str = "", html: str = PAGE) -> None:
    Host.server_address_allowed, Host.page = address, html.format(server=address, more=more)
    page.goto(site)


@pytest.mark.slow
def test_one_script_tag_puts_a_cited_answer_on_a_strict_page(page: Page, site: str, address: str) -> None:
    show(page, site, address, ' data-heading="Ask the council"')
    expect(page.get_by_role("heading", name="Ask the council")).to_be_visible()
    assert page.evaluate("document.querySelector('onrecord-ask').previousElementSibling.tagName") == "SCRIPT"
    page.get_by_role("textbox", name="Question").fill(QUOTA)
    page.keyboard.press("Enter")
    quote = "The herring quota for the northern banks should fall by a third."
    expect(page.locator("onrecord-ask .answer")).to_contain_text(f"Norway: “{quote}”")
    number = page.get_by_role("button", name="Quote 1, Minutes of the fishery council, Norway")
    expect(page.get_by_role("blockquote")).to_have_count(0)
    page.keyboard.press("Tab")  # past the button that asks
    page.keyboard.press("Tab")
    expect(number).to_be_focused()
    page.keyboard.press("Enter")
    expect(number).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("blockquote")).to_contain_text(quote)
    expect(page.get_by_role("blockquote")).to_contain_text("Minutes of the fishery council, Norway")
    assert page.evaluate("getComputedStyle(document.querySelector('onrecord-ask')).display") == "block"
    status = page.get_by_role("status")
    expect(status).to_contain_text(quote)


@pytest.mark.slow
def test_a_follow_up_knows_what_was_asked_and_a_refusal_refuses(page: Page, site: str, address: str) -> None:
    show(page, site, address)
    box, answer = page.get_by_role("textbox"), page.locator("onrecord-ask .answer")
    for question, says in (
        (QUOTA, "fall by a third"),
        ("And the closed season?", "closed season of six weeks"),
        ("What did Brazil say about herring?", "Brazil does not occur in them"),
    ):
        box.fill(question)
        box.press("Enter")
        expect(answer).to_contain_text(says)
    expect(answer.get_by_role("button")).to_have_count(0)


def test_the_host_page_themes_it_and_hears_of_answers(page: Page, site: str, address: str) -> None:
    html = (
        '<!doctype html><html lang="en"><title>Host</title><body>'
        '<onrecord-ask heading="Records"></onrecord-ask><script src="{server}/widget.js"></script></body></html>'
    )
    show(page, site, address, html=html)
    assert page.locator("onrecord-ask").count() == 1
    told = page.evaluate(
        """async (question) => {
            const element = document.querySelector("onrecord-ask");
            element.style.setProperty("--onrecord-accent", "rgb(120, 0, 60)");
            const heard = new Promise((done) => addEventListener("onrecord-answer", (e) => done(e.detail.text)));
            await element.ask(question);
            const button = element.shadowRoot.querySelector("form button");
            return [await heard, getComputedStyle(button).backgroundColor];
        }""",
        QUOTA,
    )
    assert told == ["Norway: “The herring quota for the northern banks should fall by a third.” [1]", "rgb(120, 0, 60)"]


@pytest.mark.slow
def test_what_goes_wrong_is_told_in_words(browser: Browser, site: str, own_library: Library) -> None:
    _, told = Keys(own_library.store.folder).create("widget", ["ask"])
    page = browser.new_page()
    with served(build_api(own_library, ApiOptions(rules=Rules(cors_origins=(site,))))) as address:
        show(page, site, address)
        page.get_by_role("textbox").fill(QUOTA)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Send a key as: Authorization: Bearer KEY")
        show(page, site, address, f' data-key="{told}"')
        page.get_by_role("textbox").fill(QUOTA)
        page.keyboard.press("Enter")
        expect(page.locator("onrecord-ask .answer")).to_contain_text("fall by a third")
    page.get_by_role("textbox").fill(QUOTA)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.close()


def test_a_page_that_was_not_allowed_gets_nothing(browser: Browser, site: str, records: Library) -> None:
    page = browser.new_page()
    with served(build_api(records)) as address:
        show(page, site, address)
        page.get_by_role("textbox").fill(QUOTA)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.close()


def test_the_widget_is_small() -> None:
    assert (ROOT / "ui" / "page" / "static" / "widget.js").stat().st_size < 30_000


@pytest.mark.slow
def test_the_docs_page_shows_the_api_and_reaches_for_nothing_else(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/docs")
    expect(page.locator(".opblock")).to_have_count(34, timeout=20_000)
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
