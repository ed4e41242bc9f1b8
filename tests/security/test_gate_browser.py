"""Signing in as a person does, in a real browser: with a key, by keyboard, and out again."""

import pytest
from playwright.sync_api import Browser, Page, expect

from onrecord.rag.library import Library
from onrecord.ui.app import build_app
from onrecord.ui.http.keys import Keys

from ..ui.served import served

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1000, "height": 700})


def enter(page: Page, told: str) -> None:
    expect(page.get_by_label("Key", exact=True)).to_be_focused()
    page.keyboard.type(told)
    page.keyboard.press("Enter")


def test_a_reader_signs_in_asks_and_signs_out(page: Page, own_library: Library, keys: Keys) -> None:
    _, told = keys.create("reader", ["ask"])
    foreign: list[str] = []
    with served(build_app(own_library)) as address:
        page.on("request", lambda asked: foreign.append(asked.url) if not asked.url.startswith(address) else None)
        page.goto(f"{address}/?library=")
        enter(page, "rpt_wrong")
        expect(page.get_by_role("alert")).to_have_text("This server does not know the key.")
        enter(page, told)
        expect(page.locator("body[data-ready]")).to_have_count(1)
        assert page.url == f"{address}/?library="
        page.locator("#r-box textarea").fill("What did Norway say about the herring quota?")
        page.keyboard.press("Enter")
        expect(page.locator(".r-sentence").first).to_contain_text("fall by a third")
        assert page.evaluate("document.cookie") == "", "no script may read a session"
        page.locator("#r-show-records").click()
        page.locator("#r-files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"More."})
        expect(page.locator("#r-uploads")).to_contain_text("not sent: Your key may not do this.")
        page.keyboard.press("Escape")
        page.locator("#r-show-settings").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        page.goto(address)
        expect(page.get_by_label("Key", exact=True)).to_be_visible()
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []


def test_who_comes_by_a_link_from_elsewhere_stays_signed_in(page: Page, own_library: Library, keys: Keys) -> None:
    _, told = keys.create("reader", ["ask"])
    with served(build_app(own_library)) as address:
        page.goto(address)
        enter(page, told)
        expect(page.locator("body[data-ready]")).to_have_count(1)
        page.goto(f"data:text/html,<a href='{address}/?library=x'>here</a>")
        page.get_by_role("link").click()
        expect(page.locator("body[data-ready]")).to_have_count(1)
        assert page.url == f"{address}/?library=x"


def test_a_session_that_ended_leads_to_the_form(page: Page, own_library: Library, keys: Keys) -> None:
    _, told = keys.create("reader", ["ask"])
    with served(build_app(own_library)) as address:
        page.goto(address)
        enter(page, told)
        expect(page.locator("body[data-ready]")).to_have_count(1)
        page.wait_for_load_state("networkidle")
        keys.revoke("reader")
        page.evaluate("dispatchEvent(new Event('focus'))")  # looks how far reading is
        expect(page.get_by_label("Key", exact=True)).to_be_visible()
        assert "/sign-in?next=%2F" in page.url


def test_who_is_alone_on_this_machine_sees_no_form(page: Page, own_library: Library) -> None:
    with served(build_app(own_library)) as address:
        page.goto(address)
        expect(page.locator("body[data-ready]")).to_have_count(1)
        page.locator("#r-show-settings").click()
        expect(page.locator("#r-settings fieldset").first).to_be_visible()
        expect(page.locator("#r-sign-out")).to_be_hidden()
