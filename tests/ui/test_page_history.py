"""Conversations on the page: kept over reloads, found again, judged, shared, exported; and the settings."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from onrecord.rag.library import Library, open_library

from ..fakes import HashEmbedder
from .serving import HERRING, LIGHTHOUSE, NOWHERE, QUOTE, ask, serving, visit, write_records

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("kept")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with serving(library) as address:
        yield address


def test_a_conversation_outlives_a_reload_and_is_found_again(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    page.reload()
    expect(page.locator(".r-question")).to_have_text([LIGHTHOUSE])
    page.locator("#r-new").click()
    expect(page.locator("article")).to_have_count(0)
    expect(page.locator(".r-welcome")).to_be_visible()
    ask(page, HERRING)
    page.locator("#r-show-history").click()
    expect(page.locator(".r-past span")).to_have_text([HERRING, LIGHTHOUSE])
    page.locator("#r-search").fill("mooring rings")
    expect(page.locator(".r-past span")).to_have_text([LIGHTHOUSE])
    page.locator("#r-search").fill("submarines")
    expect(page.locator("#r-conversations")).to_contain_text("No conversation contains these words")
    page.locator("#r-search").fill("")
    page.locator(".r-past", has_text=LIGHTHOUSE).click()
    expect(page.locator(".r-question")).to_have_text([LIGHTHOUSE])
    page.locator(".r-chip").first.click()
    expect(page.locator("#r-pane mark")).to_have_text(QUOTE)
    page.locator("#r-show-history").click()
    page.locator("[data-forget]").first.click()
    expect(page.locator(".r-past")).to_have_count(1)
    expect(page.locator("#r-undo")).to_contain_text("Removed: ")
    page.locator("#r-undo button").press("Enter")
    expect(page.locator(".r-past")).to_have_count(2)
    page.locator("[data-forget]").first.click()
    page.reload()  # a page that goes away removes it
    expect(page.locator("body[data-ready]")).to_have_count(1)
    page.locator("#r-show-history").click()
    expect(page.locator(".r-past")).to_have_count(1)


def test_a_verdict_is_kept_with_its_reason(page: Page, library: Library) -> None:
    ask(page, LIGHTHOUSE)
    page.locator("[data-do=down]").click()
    page.locator("#r-why textarea").fill("It left out the <b>price</b>.")
    page.locator("#r-why [type=submit]").click()
    expect(page.locator("[data-do=down]")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("[data-do=down]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-do=up]").click()
    expect(page.locator("[data-do=up]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-do=down]")).to_have_attribute("aria-pressed", "false")
    with library.store.catalogue.writing() as connection:
        kept = [json.loads(row[0]) for row in connection.execute("SELECT body FROM feedback ORDER BY id")]
    assert [(one["verdict"], one["reason"]) for one in kept] == [("down", "It left out the <b>price</b>."), ("up", "")]
    assert kept[0]["question"] == LIGHTHOUSE and kept[0]["settings"]["embedding"] == "hash"
    assert kept[0]["answer"]["citations"][0]["label"] == "HB/2031/4, para. 40"


def test_links_lead_others_to_a_conversation_and_a_passage(page: Page, browser: Browser) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, LIGHTHOUSE)
    page.locator("#r-show-export").click()
    page.locator("#r-share").click()
    expect(page.locator("#r-notice")).to_contain_text("Link copied. It opens the conversation to others until ")
    conversation = page.evaluate("navigator.clipboard.readText()")
    page.locator(".r-chip").first.click()
    page.locator("#r-pane .r-link").click()
    expect(page.locator("#r-pane .r-link")).to_have_text("Copied")
    passage = page.evaluate("navigator.clipboard.readText()")
    other = browser.new_context()
    try:
        elsewhere = visit(other.new_page(), conversation)
        expect(elsewhere.locator(".r-question")).to_have_text([LIGHTHOUSE])
        ask(elsewhere, HERRING)
        expect(elsewhere.locator(".r-question")).to_have_text([LIGHTHOUSE, HERRING])
        assert elsewhere.url != conversation, "another's conversation goes on in a copy"
        visit(elsewhere, passage)
        expect(elsewhere.locator("#r-pane mark")).to_have_text(QUOTE)
        page.locator("#r-show-export").click()
        page.locator("#r-unshare").click()
        expect(page.locator("#r-notice")).to_contain_text("Nobody else can open this conversation any more.")
        visit(elsewhere, conversation)
        expect(elsewhere.locator("#r-notice")).not_to_be_empty()
        expect(elsewhere.locator(".r-question")).to_have_count(0)
    finally:
        other.close()
    page.reload()
    expect(page.locator(".r-question")).to_have_text([LIGHTHOUSE])


def test_a_conversation_is_exported(page: Page, tmp_path: Path) -> None:
    page.locator("#r-show-export").click()
    expect(page.locator("#r-notice")).to_contain_text("nothing to export yet")
    ask(page, LIGHTHOUSE)
    ask(page, NOWHERE)
    got: dict[str, Path] = {}
    for form in ("md", "html", "docx"):
        page.locator("#r-show-export").click()
        with page.expect_download() as download:
            page.locator(f"[data-format={form}]").click()
        got[form] = tmp_path / download.value.suggested_filename
        download.value.save_as(got[form])
    assert got["md"].name == "What does the lighthouse at Gannet Ledge need before winter.md"
    assert f"[^1]: HB/2031/4, para. 40 (minutes.md): “{QUOTE}”" in got["md"].read_text(encoding="utf-8")
    assert QUOTE in got["html"].read_text(encoding="utf-8")
    assert "word/footnotes.xml" in zipfile.ZipFile(got["docx"]).namelist()


def test_settings_change_how_the_next_question_is_asked(page: Page) -> None:
    question = "What was said about the northern banks?"
    ask(page, question)
    many = page.locator("article .r-sources li").count()
    assert many == 2
    page.locator("#r-mode").click()
    expect(page.locator("#r-settings [value=none]")).to_be_checked()
    page.locator("#r-settings [name=passages]").fill("1")
    page.locator("#r-settings [value=strict]").check()
    page.keyboard.press("Escape")
    page.reload()
    ask(page, question)
    expect(page.locator("article").last.locator(".r-sources li")).to_have_count(1)
    page.locator("#r-show-settings").click()
    expect(page.locator("#r-settings [value=strict]")).to_be_checked()
    expect(page.locator("#r-settings [name=passages]")).to_have_value("1")


def test_a_key_stays_on_the_server(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    bodies: list[str] = []
    page.on("response", lambda reply: bodies.append(reply.url) if "secret-key" in reply.url else None)
    visit(page, address)
    page.locator("#r-show-settings").click()
    page.locator("[data-key-of=openai]").fill("secret-key-1234")
    page.locator("[data-keep-key=openai]").click()
    expect(page.locator("#r-settings")).to_contain_text("A key is kept on the server")
    assert "secret-key" not in page.content() and not bodies
    page.locator("#r-settings [value^='openai:']").check()
    expect(page.locator("#r-mode")).to_have_text("openai:gpt-4.1-mini")
    page.locator("[data-forget-key=openai]").click()
    expect(page.locator("[data-key-of=openai]")).to_have_value("")
    expect(page.locator("#r-mode")).to_have_text("Quotes only")
    assert "secret-key" not in json.dumps(page.evaluate("({...localStorage, ...sessionStorage})"))
