"""The page for everybody: by keyboard, to a screen reader, enlarged, in three languages, on three widths of screen."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .serving import LIGHTHOUSE, NOWHERE, QUOTE, ask, scrolls_sideways, visit

pytestmark = pytest.mark.slow

DIALOGS = {
    "l": "#r-records",
    "h": "#r-history",
    "s": "#r-settings",
    "f": "#r-filters",
    "e": "#r-export",
    "?": "#r-keys",
}
RUN_AXE = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


def test_the_list_of_shortcuts_and_what_they_open(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    page.locator("#r-box textarea").press("?")  # in an empty box it is no question
    expect(page.locator("#r-keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    for key, dialog in DIALOGS.items():
        page.keyboard.press(key)
        expect(page.locator(dialog)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("#r-pane mark")).to_have_text(QUOTE)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#r-pane mark")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#r-box textarea")).to_be_focused()
    page.keyboard.type("lns?")
    expect(page.locator("#r-box textarea")).to_have_value("lns?")
    page.locator("#r-show-keys").click()
    page.locator("#r-letters").uncheck()  # letters alone can be turned off
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("body[data-ready]")).to_have_count(1)
    page.locator("h1").click()
    page.keyboard.press("h")
    expect(page.locator("#r-history")).to_be_hidden()


def test_everything_is_reached_by_tab_and_shows_its_focus(page: Page) -> None:
    ask(page, LIGHTHOUSE)
    page.locator(".r-chip").first.click()
    expect(page.locator("#r-pane mark")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    seen: dict[str, str] = {}
    for _ in range(60):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const node = document.activeElement, style = getComputedStyle(node);
                const ring = style.outlineStyle !== "none" || !!node.closest("#r-box");
                return [node.id || node.className || node.tagName, ring ? "ring" : "none"];
            }"""
        )
        if name in seen and name in ("r-skip", "BODY"):
            break
        seen[name] = outline
    tools = "r-new r-show-history r-show-records r-show-check r-show-export r-show-settings r-show-keys"
    wanted = set(tools.split())
    wanted |= {"r-show-filters", "r-mode", "r-chip", "r-source", "r-copy", "r-close", "r-text", "r-tool"}
    assert wanted <= {one for name in seen for one in name.split()}, seen
    assert {name for name, outline in seen.items() if outline == "none"} <= {"BODY"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, address: str, scheme: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    visit(page, address)
    expect(page.locator(".r-example").first).to_be_visible()
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = {"welcome": page.evaluate(RUN_AXE)}
    ask(page, LIGHTHOUSE)
    ask(page, NOWHERE)
    page.locator(".r-chip").first.click()
    expect(page.locator("#r-pane mark")).to_be_visible()
    found["answers"] = page.evaluate(RUN_AXE)
    page.locator("h1").click()
    for key, dialog in DIALOGS.items():
        page.keyboard.press(key)
        expect(page.locator(dialog)).to_be_visible()
        if key == "l":
            page.locator(".r-records summary").first.click()
            expect(page.locator(".r-details dl").first).to_be_visible()
        if key == "s":
            expect(page.locator("#r-settings fieldset").first).to_be_visible()
        found[dialog] = page.evaluate(RUN_AXE)
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()
    page.close()
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.fixture(params=[(390, 844), (1280, 800), (1920, 1080)], ids=["phone", "laptop", "large"])
def sized(request: pytest.FixtureRequest, context: BrowserContext, address: str) -> Iterator[Page]:
    width, height = request.param
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    yield visit(page, address)


def test_the_layout_holds_on_every_screen_and_with_text_twice_as_large(sized: Page) -> None:
    page = sized
    assert page.viewport_size
    width = page.viewport_size["width"]
    ask(page, LIGHTHOUSE)
    line = page.locator(".r-sentence").first.bounding_box()
    assert line and line["width"] <= min(width, 720)
    page.locator(".r-chip").first.click()
    expect(page.locator("#r-pane mark")).to_be_visible()
    pane, left = page.locator("#r-pane").bounding_box(), page.locator("#r-left").bounding_box()
    assert pane and left
    beside = pane["x"] >= left["x"] + left["width"] - 1
    assert beside == (width > 860)
    assert not scrolls_sideways(page)
    for tool in ("#r-new", "#r-show-history", "#r-show-records", "#r-show-settings"):
        box = page.locator(tool).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width, tool
    page.locator("#r-pane .r-close").click()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    size = page.locator(".r-sentence").first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert size == 32
    assert not scrolls_sideways(page)
    page.locator("#r-show-settings").click()
    expect(page.locator("#r-settings fieldset").first).to_be_visible()
    page.keyboard.press("Escape")
    ask(page, NOWHERE)
    expect(page.locator(".r-refusal")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "language", "welcome", "refused"),
    [
        ("fr-FR", "fr", "Interrogez les documents", "Les documents ne le disent pas"),
        ("es-MX", "es", "Pregunte a los documentos", "Los documentos no lo dicen"),
        ("de-DE", "en", "Ask the records", "The records do not say"),
        ("ar", "ar", "اسأل الوثائق", "الوثائق لا تذكر ذلك"),
    ],
)
def test_the_page_speaks_the_browsers_language(
    browser: Browser, address: str, locale: str, language: str, welcome: str, refused: str
) -> None:
    page = browser.new_page(locale=locale)
    visit(page, address)
    expect(page.locator(".r-welcome h2")).to_have_text(welcome)
    expect(page.locator("html")).to_have_attribute("lang", language)
    ask(page, NOWHERE)
    expect(page.locator(".r-refusal strong")).to_have_text(refused)
    assert not scrolls_sideways(page)
    page.close()


def test_who_wants_no_motion_sees_none(browser: Browser, address: str) -> None:
    for motion, moves in (("no-preference", True), ("reduce", False)):
        page = browser.new_page(reduced_motion=motion)
        visit(page, address)
        page.locator("#r-show-records").click()
        animation = page.locator("#r-records").evaluate("node => getComputedStyle(node).animationName")
        assert (animation != "none") == moves
        page.close()
