"""Signing in as a person does, in a real browser: with an account or a key, by keyboard, and out again."""

import os
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page, expect

from onrecord.rag.library import Library
from onrecord.ui.access.accounts import Accounts
from onrecord.ui.app import build_app
from onrecord.ui.http.keys import Keys
from onrecord.ui.page.words import words_in

from ..ui.served import served
from ..ui.test_page_access import RUN_AXE

pytestmark = pytest.mark.slow

PASSWORD = "gannets over the ledge"


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
        expect(page.locator("#r-uploads")).to_contain_text("not sent: You are not allowed to do this.")
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


def fill_in(page: Page, *told: str) -> None:
    """Types into one field after the other, and sends the form."""
    for number, each in enumerate(told):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(each)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh"])
def test_the_form_for_accounts_and_keys_is_accessible(
    browser: Browser, own_library: Library, keys: Keys, language: str
) -> None:
    Accounts(own_library.store.folder).add("anna", "reader", PASSWORD)
    keys.create("reader", ["ask"])
    for scheme in ("light", "dark"):
        context = browser.new_context(
            locale=language, color_scheme=scheme, bypass_csp=True, viewport={"width": 420, "height": 760}
        )
        page = context.new_page()
        with served(build_app(own_library)) as address:
            page.goto(f"{address}/sign-in")
            expect(page.get_by_label(words_in(language)("sign.name"), exact=True)).to_be_focused()
            page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
            assert page.evaluate(RUN_AXE) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if shots := os.environ.get("ONRECORD_TEST_SHOTS"):
                page.screenshot(path=f"{shots}/sign-in-{language}-{scheme}.png")
            fill_in(page, "anna", PASSWORD)
            expect(page.locator("body[data-ready]")).to_have_count(1)
            page.goto(f"{address}/account")
            expect(page.get_by_label(words_in(language)("account.now"), exact=True)).to_be_focused()
            page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
            assert page.evaluate(RUN_AXE) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if shots:
                page.screenshot(path=f"{shots}/account-{language}-{scheme}.png")
        context.close()


def test_a_person_signs_in_with_a_name_and_a_password(page: Page, own_library: Library) -> None:
    Accounts(own_library.store.folder).add("anna", "reader", PASSWORD)
    with served(build_app(own_library)) as address:
        page.goto(f"{address}/?library=")
        for password in ("a wrong one, long enough", PASSWORD):
            expect(page.get_by_label("Name", exact=True)).to_be_focused()
            page.keyboard.type("anna")
            page.keyboard.press("Tab")
            page.keyboard.type(password)
            page.keyboard.press("Enter")
            if password != PASSWORD:
                expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
        expect(page.locator("body[data-ready]")).to_have_count(1)
        assert page.url == f"{address}/?library=" and page.evaluate("document.cookie") == ""
        page.locator("#r-show-settings").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password", exact=True)).to_be_visible()


def test_a_person_changes_their_password(page: Page, own_library: Library) -> None:
    accounts = Accounts(own_library.store.folder)
    accounts.add("anna", "reader", PASSWORD)
    new = "herring at the northern banks"
    with served(build_app(own_library)) as address:
        page.goto(address)
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
        fill_in(page, "anna", PASSWORD)
        expect(page.locator("body[data-ready]")).to_have_count(1)
        page.locator("#r-show-settings").click()
        page.get_by_role("link", name="Change password").click()
        expect(page.get_by_label("Current password", exact=True)).to_be_focused()
        fill_in(page, PASSWORD, new, new)
        expect(page.get_by_role("status")).to_contain_text("Your password is changed.")
        assert accounts.find("anna", new)
        page.get_by_role("link", name="Go on").click()
        expect(page.locator("body[data-ready]")).to_have_count(1)
