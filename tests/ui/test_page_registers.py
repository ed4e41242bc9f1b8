"""Registers on the page: chosen by a form, sorted, saved, each row leading to its place."""

import csv
import io
import re
from dataclasses import replace
from html import unescape
from typing import get_args

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from onrecord.rag.answer import Citation
from onrecord.rag.library import Library
from onrecord.rag.tools.registers import KINDS, ROLES, Row, Wanted
from onrecord.ui.app import build_app
from onrecord.ui.page.views.register import what_told
from onrecord.ui.page.words import words_in
from onrecord.vectorstore.passage import Document, Locator
from onrecord.vectorstore.structure import Outcome, OutcomeKind

from .serving import visit
from .test_page_access import RUN_AXE, files

pytestmark = pytest.mark.slow


@pytest.fixture
def client(records: Library) -> TestClient:
    return TestClient(build_app(records), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))


def test_a_page_holds_the_rows_of_its_register_with_links_to_their_places(client: TestClient, records: Library) -> None:
    rows = records.register("statements", Wanted(who="Norway"))
    page = client.get("/page/registers/statements?who=Norway").text
    links = [unescape(each) for each in re.findall(r'href="(/\?read=[^"]+)"', page)]
    assert len(links) == len(rows) > 0 and rows[0].citation.quote in unescape(page)
    assert links[0].startswith(f"/?read={rows[0].citation.document.id}&start={rows[0].citation.start}&")
    for kind in KINDS:
        assert client.get(f"/page/registers/{kind}").status_code == 200
    assert client.get("/page/registers/ballots").status_code == 422


def test_rows_are_sorted_and_saved_as_they_are_shown(client: TestClient, records: Library) -> None:
    asked = "?about=herring&sort=who"
    saved = client.get(f"/page/registers/statements.csv{asked}")
    told = [row["who"] for row in csv.DictReader(io.StringIO(saved.content.decode("utf-8-sig")))]
    assert (
        told
        and told == sorted(told, key=str.casefold)
        and len(told) == len(records.register("statements", Wanted(about="herring")))
    )
    assert [row["who"] for row in client.get(f"/page/registers/statements.json{asked}").json()["rows"]] == told
    assert client.get(f"/page/registers/statements.xlsx{asked}").content.startswith(b"PK")
    assert client.get("/page/registers/statements.exe").status_code == 404
    page = client.get(f"/page/registers/statements{asked}").text
    assert (
        'href="/page/registers/statements.csv?about=herring&amp;sort=who"' in page and 'aria-sort="ascending"' in page
    )


def test_what_is_asked_for_is_no_markup_and_a_fault_is_told(client: TestClient) -> None:
    page = client.get("/page/registers/votes", params={"who": '"><script>alert(1)</script>'}).text
    assert "<script" not in page and "No row fits." in page
    wrong = client.get("/page/registers/votes", params={"since": "May"})
    assert wrong.status_code == 422 and "is no date" in wrong.text
    assert "Aucune ligne" in client.get("/page/registers/votes?who=x", headers={"Accept-Language": "fr"}).text


def test_quotes_stand_in_their_own_direction_on_a_page_that_is_read_from_the_right(client: TestClient) -> None:
    page = client.get("/page/registers/statements", headers={"Accept-Language": "ar"}).text
    assert '<html lang="ar" dir="rtl">' in page and '<td dir="auto"' in page and "<td>بيان</td>" in page


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh"])
def test_sides_roles_and_kinds_are_told_in_every_language(language: str) -> None:
    values = ("for", "against", "abstained", *ROLES, *get_args(OutcomeKind), "statement", "")
    record = Document(id="d", source="d", title="D", text="Lind")
    citation = Citation(number=1, document=record, quote="Lind", start=0, end=4, locator=Locator())
    row = Row(citation=citation, item="", what="")
    told = {what_told(replace(row, what=what), words_in(language)) for what in values}
    vote = Outcome(item=None, kind="vote", text="", start=0, end=0, votes_for=1_000, votes_against=3)
    assert what_told(replace(row, outcome=vote), words_in("en")) == "for\u00a01,000\nagainst\u00a03"
    assert "" in told and all(told - {""}) and (language == "en") == ("abstained" in told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 380])
def test_it_is_read_filtered_and_opened_with_the_keyboard(
    browser: Browser, address: str, scheme: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    visit(page, address)
    page.locator("h1").click()
    page.keyboard.press("l")
    page.locator("a[data-tool='page/registers/votes']").press("Enter")
    page.get_by_role("link", name="Statements", exact=True).press("Enter")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Name", exact=True).fill("Norway")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").press("Enter")
    expect(page.locator("#r-pane mark")).to_contain_text("herring")
    page.close()
