"""The browser chat, driven as a person drives it: a real server, a real library, a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from .serving import HOSTILE_NAME, LIGHTHOUSE, NOWHERE, QUOTE, ask, is_on_screen, scrolls_sideways

pytestmark = pytest.mark.slow


def test_a_citation_opens_its_document_at_the_quote(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    chip = page.locator(".r-sentence", has_text="mooring rings").locator("button.r-chip").first
    expect(chip).to_contain_text("para. 40")
    chip.click()
    pane = page.locator("#r-pane")
    expect(pane.locator("h2")).to_have_text("Minutes of the harbour board")
    expect(pane.locator(".r-head")).to_contain_text("HB/2031/4")
    expect(pane.locator(".r-head")).to_contain_text("minutes.md")
    expect(pane.locator(".r-head")).to_contain_text("para. 40")
    expect(pane.locator("mark")).to_have_text(QUOTE)
    expect(pane.locator(".r-text")).to_contain_text("item 79 of its agenda")
    assert is_on_screen(page, "#r-pane mark")
    assert chip.get_attribute("aria-current") == "true"


def test_the_page_is_worked_with_the_keyboard(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    expect(page.locator("#r-box textarea")).to_have_value("")
    chip = page.locator("button.r-chip").first
    assert "HB/2031/4, para. 40" in (chip.get_attribute("aria-label") or "")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#r-pane mark")).to_have_text(QUOTE)
    expect(page.locator("[role=log][aria-live=polite]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#r-pane mark")).to_have_count(0)
    expect(chip).to_be_focused()


def test_an_answer_tells_its_sources_mode_and_time(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    expect(page.locator(".r-sources li").first).to_contain_text("HB/2031/4, para. 40")
    expect(page.locator(".r-footer")).to_contain_text("Quotes only")
    expect(page.locator(".r-footer")).to_contain_text(" s")


def test_a_quote_is_copied_with_its_reference(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, LIGHTHOUSE)
    copy = page.locator(".r-sources .r-copy").first
    copy.click()
    expect(copy).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"“{QUOTE}” (HB/2031/4, para. 40)"


def test_a_refusal_offers_the_nearest_passages_as_no_answer(page: Page) -> None:
    ask(page, NOWHERE)
    expect(page.locator(".r-refusal")).to_be_visible()
    expect(page.locator(".r-exchange")).to_contain_text("not an answer")
    expect(page.locator(".r-chip")).to_have_count(0)
    page.locator(".r-near").first.click()
    expect(page.locator("#r-pane mark").first).to_be_visible()


def test_markup_in_records_and_names_is_shown_as_text(page: Page) -> None:
    title = page.title()
    ask(page, "How many lanterns does the ferry carry?")
    page.locator("button.r-chip").first.click()
    expect(page.locator("#r-pane .r-head")).to_contain_text(HOSTILE_NAME)
    expect(page.locator("#r-pane mark")).to_contain_text("<script>document.title = 'hacked'</script>")
    expect(page.locator(".r-sources")).to_contain_text(HOSTILE_NAME)
    assert page.locator("#r-main script, #r-main img").count() == 0
    assert page.title() == title


def test_a_question_of_markup_is_shown_as_text(page: Page) -> None:
    question = "What of <img src=x onerror=\"document.title='hacked'\"> and ${1+1} and {{value}}?"
    ask(page, question)
    expect(page.locator(".r-question")).to_have_text(question)
    assert page.title() == "On Record"


def test_an_empty_question_gets_a_plain_message(page: Page) -> None:
    page.locator("#r-box textarea").fill("  ")
    page.keyboard.press("Enter")
    expect(page.locator("#r-notice[role=alert]")).to_contain_text("The question is empty")
    expect(page.locator("article")).to_have_count(0)
    assert "Traceback" not in page.content()


def test_examples_are_asked_by_a_press(page: Page) -> None:
    example = page.locator("button.r-example").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".r-question")).to_have_text(question)
    expect(page.locator(".r-chip").first).to_be_visible()
    expect(page.locator(".r-welcome")).to_be_hidden()


def test_two_people_do_not_see_each_other(browser: Browser, address: str) -> None:
    pages = [browser.new_context().new_page() for _ in range(2)]
    questions = [LIGHTHOUSE, "What did Norway say about the herring quota?"]
    for page in pages:
        page.goto(address)
        expect(page.locator(".r-welcome")).to_be_visible()
    for page, question in zip(pages, questions, strict=True):
        page.locator("#r-box textarea").fill(question)
    for page in pages:
        page.locator("#r-box textarea").press("Enter")
    for page, question in zip(pages, questions, strict=True):
        expect(page.locator(".r-footer")).to_have_count(1)
        ask(page, question)
        expect(page.locator(".r-question")).to_have_text([question, question])
        page.context.close()


def test_a_narrow_screen_shows_the_document_below(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert not scrolls_sideways(page)
    ask(page, LIGHTHOUSE)
    assert not scrolls_sideways(page)
    page.locator("button.r-chip").first.click()
    expect(page.locator("#r-pane mark")).to_have_text(QUOTE)
    assert is_on_screen(page, "#r-pane mark")
    assert not scrolls_sideways(page)
    assert page.evaluate("scrollY") > 0, "the page itself scrolls"
    asked, read = (page.locator(selector).bounding_box() for selector in ("#r-left", "#r-pane"))
    assert asked and read and read["y"] >= asked["y"] + asked["height"]


def test_on_a_narrow_screen_every_citation_can_be_pressed_and_the_box_stays_below(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 640})
    for _ in range(3):
        ask(page, LIGHTHOUSE)
    page.locator("button.r-chip").last.click(timeout=5000)
    expect(page.locator("#r-pane mark")).to_have_text(QUOTE)
    box = page.locator("#r-box").bounding_box()
    assert box and 640 - 40 < box["y"] + box["height"] <= 640


def test_dark_follows_the_system(browser: Browser, address: str) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(address)
        expect(page.locator(".r-welcome")).to_be_visible()
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness[scheme] = sum(int(part) for part in colour.strip("rgb()").split(",")[:3]) / 3
        page.close()
    assert brightness["light"] > 200 and brightness["dark"] < 60
