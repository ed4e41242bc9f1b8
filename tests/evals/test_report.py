"""The report, opened in a real browser from the file it is."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from onrecord.evals import run, to_json, write_report
from onrecord.evals.case import Case
from onrecord.evals.reports.report import TEMPLATES, Bar, report_html
from onrecord.rag import Library

from .conftest import SURVEY
from .records import ScriptedLibrary, answer, case
from .test_planted_faults import Faulty, refused

pytestmark = pytest.mark.slow

CHROMIUM = os.environ.get("ONRECORD_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
in_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium found; install it or set ONRECORD_CHROMIUM to its path"
)


class RefusesSurvey(Faulty):
    """Refuses one question that it could answer."""

    def ask(self, question, *, history):
        given = super().ask(question, history=history)
        return refused(given) if "survey" in question else replace(given)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, small_library: Library, small_cases: list[Case]) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(to_json(run(RefusesSurvey(small_library), small_cases, settings={"model": "none"})), path)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    """The report, opened; afterwards: no error in it, and nothing but the file itself was asked for."""
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert errors == []
    assert {url for url in asked if not url.startswith("data:")} == {file.as_uri()}


@in_browser
def test_a_reader_filters_to_failures_and_opens_a_case(page: Page) -> None:
    expect(page.locator(".case:visible")).to_have_count(4)
    page.select_option("select[name=outcome]", "!right")
    expect(page.locator(".case:visible")).to_have_count(1)
    expect(page.locator("#shown")).to_have_text("1 of 4")
    page.locator(".case:visible > summary").click()
    body = page.locator(".case:visible .body")
    expect(body).to_contain_text(SURVEY)
    expect(body).to_contain_text("missed: wrongly refused")
    expect(body.locator(".lacks")).to_have_text("300,000")


@in_browser
def test_citations_are_lit_in_their_context(page: Page) -> None:
    page.locator("#case-quota > summary").click()
    cited = page.locator("#case-quota .cited.on").first
    expect(cited.locator("mark")).to_contain_text("should fall by a third")
    expect(cited).to_contain_text("We have said so for years")
    expect(page.locator("#case-quota .has")).to_have_text("third")


@in_browser
def test_filters_work_together_and_are_cleared(page: Page) -> None:
    page.select_option("select[name=kind]", "number")
    page.locator("input[name=text]").fill("dredging BUDGET")
    expect(page.locator(".case:visible")).to_have_count(1)
    page.locator("input[name=text]").fill("zeppelin")
    expect(page.locator("#none")).to_be_visible()
    page.locator("button[type=reset]").click()
    expect(page.locator(".case:visible")).to_have_count(4)
    page.locator("button.stage").click()
    expect(page.locator(".case:visible .question")).to_have_text("How much does the stock survey cost?")


@in_browser
def test_the_theme_follows_the_system_and_can_be_turned(browser: Browser, file: Path) -> None:
    def brightness(page: Page) -> float:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 3

    for scheme, is_dark in (("light", False), ("dark", True)):
        page = browser.new_page(color_scheme=scheme)
        page.goto(file.as_uri())
        assert (brightness(page) < 60) == is_dark
        page.locator("#theme").click()
        assert (brightness(page) < 60) != is_dark
        page.emulate_media(media="print")
        assert brightness(page) == 255, "paper is white"
        expect(page.locator(".filters")).to_be_hidden()
        page.close()


@in_browser
def test_a_narrow_screen_does_not_scroll_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 380, "height": 800})
    page.locator("#open-all").click()
    expect(page.locator(".case[open]")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_hostile_text_stays_text() -> None:
    hostile = "</script><script>alert(1)</script> {{script}} & \"quoted' "
    cases = [case(id=hostile, kind=hostile, question=hostile, key_facts=["<b>bold</b>"], note=hostile)]
    found = run(ScriptedLibrary({hostile: answer(hostile)}), cases)
    page = report_html(to_json(found))
    assert page.count("<script") == 1 and "<b>bold" not in page
    assert "{{script}}" in unescape(page)


def test_a_report_names_no_other_place() -> None:
    page = report_html(to_json(run(ScriptedLibrary({}), [])))
    assert not re.search(r"https?://|//cdn|@import|url\((?!data:)", page)


def test_plots_show_what_they_are_given() -> None:
    plots = TEMPLATES.get_template("plots.html").module
    drawn = plots.bars("By kind", [Bar(label="<fact>", value=0.5, bounds=(0.25, 0.75)), Bar(label="list", value=None)])
    assert "&lt;fact&gt;: 0.500 (0.250 to 0.750)" in drawn and "not measured" in drawn
    assert 'aria-label="By kind"' in drawn
    assert "3 answers" in plots.histogram("Latency", [0.01, 0.01, 0.01, 1.0], across="seconds")
    assert plots.histogram("Latency", [0.0], across="seconds")
