"""All that somebody says, all on a subject, and the overview in the card of an open document."""

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Page, expect

from onrecord.rag.answer import Answer
from onrecord.rag.library import Library
from onrecord.ui.app import build_app
from onrecord.ui.page.history import DONE, Exchange
from onrecord.ui.page.stored import stored_answer
from onrecord.ui.page.views.conversation import everything_html, exchange_html
from onrecord.ui.page.words import words_in

from .serving import HERRING, ask
from .test_page_access import RUN_AXE, files

pytestmark = pytest.mark.slow


@pytest.fixture
def client(records: Library) -> TestClient:
    return TestClient(build_app(records), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))


def test_every_statement_stands_on_the_page_with_a_link_to_its_place(client: TestClient, records: Library) -> None:
    page = client.get("/page/speakers/Norway").text
    found = records.statements("Norway")
    links = [unescape(each) for each in re.findall(r'href="(/\?read=[^"]+)"', page)]
    assert len(links) == found.total > 0
    for link, statement in zip(links, found.told, strict=True):
        assert link.startswith(f"/?read={statement.document.id}&start={statement.start}&end={statement.end}&of=")
    assert "@media print" in page and "Norway" in page


def test_nobody_has_an_empty_page_and_a_name_is_no_markup(client: TestClient) -> None:
    reply = client.get("/page/speakers/<script>alert(1)</script>")
    assert reply.status_code == 404 and "<script>" not in reply.text and "Nobody of this name" in reply.text
    assert "Personne" in client.get("/page/speakers/x/y", headers={"Accept-Language": "fr"}).text


def test_an_overview_is_fetched_at_a_length(client: TestClient, records: Library) -> None:
    [document] = [each for each in records.documents() if each.symbol == "HB/2031/9"]
    brief, full = (client.get(f"/page/overview/{document.id}?length={each}").text for each in ("brief", "full"))
    assert 0 < brief.count("r-chip") < full.count("r-chip")
    assert client.get("/page/overview/nothing").status_code == 404


def test_everything_on_a_subject_is_shown_some_at_a_time_to_the_end(client: TestClient, own_library: Library) -> None:
    asked = client.post("/page/ask", json={"question": "What about the herring quota?"}).json()
    client.get(f"/page/answers/{asked['exchange']}")
    told = client.get(f"/page/answers/{asked['exchange']}/everything").text
    assert "herring" in told and "all that have most of the words asked for" in told and "data-from" not in told
    answer = own_library.everything("the herring quota")
    many = replace(answer, sentences=answer.sentences * 45)
    shown, offset, pages = 0, 0, 0
    while offset or not pages:
        page = everything_html(many, offset, words_in("en"))
        shown, pages = shown + page.count("r-sentence"), pages + 1
        more = re.search(r'data-from="(\d+)"', page)
        offset = int(more[1]) if more else 0
    assert shown == len(many.sentences) > 40 and pages > 2
    assert client.get("/page/answers/nothing/everything").status_code == 404


def asked_of(client: TestClient, question: str, **how: Any) -> dict[str, Any]:
    """The ids of the exchange and its conversation, and its HTML once it is answered."""
    asked = client.post("/page/ask", json={"question": question, **how}).json()
    html = client.get(f"/page/answers/{asked['exchange']}").text.splitlines()[-1]
    return {**asked, "html": json.loads(html)["html"]}


def test_what_was_understood_is_undone_and_other_filters_end_the_topic(client: TestClient) -> None:
    first = asked_of(client, "What did Norway say about the herring quota?")
    where = {"conversation": first["conversation"]}
    follows = asked_of(client, "And Mexico?", **where)
    assert "What did Mexico say about the herring quota?" in follows["html"] and 'data-do="written"' in follows["html"]
    written = asked_of(client, "And Mexico?", as_written=True, replaces=follows["exchange"], **where)
    assert "r-understood" not in written["html"]
    after = asked_of(client, "Why?", **where)
    assert "Why? (And Mexico?)" in after["html"], "what was taken as written begins a topic"
    confined = asked_of(client, "And Norway?", filters={"speaker": "Norway"}, **where)
    assert "r-understood" not in confined["html"]


@pytest.mark.parametrize(("understood", "undone"), [("What did Mexico say?", False), ("Why? (What did it say?)", True)])
def test_a_slip_of_the_pen_that_was_set_right_is_not_undone(understood: str, undone: bool) -> None:
    answer = Answer(question="What did Mexcio say?", standalone_question=understood, answered=False, text="No.")
    told = exchange_html(Exchange(
        id="x", conversation="c", at="", question=answer.question, state=DONE, body=stored_answer(answer), settings={},
    ), words_in("en"))  # fmt: skip
    assert "r-understood" in told and ('data-do="written"' in told) is undone


def test_the_card_tells_what_a_document_is_about_and_names_lead_to_what_they_say(
    page: Page, context: BrowserContext
) -> None:
    ask(page, HERRING)
    with context.expect_page() as opened:
        page.locator(".r-speakers a").first.click()
    said = opened.value
    expect(said.locator("h1")).to_have_text("Norway")
    expect(said.locator("article")).to_have_count(1)
    said.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    assert said.evaluate(RUN_AXE) == []
    said.locator("article a").click()
    expect(said.locator("#r-pane mark")).to_contain_text("herring quota")
    said.close()
    page.locator(".r-chip").first.click()
    page.locator(".r-card summary").click()
    page.locator('[data-length="brief"]').press("Enter")
    expect(page.locator(".r-overview .r-chip").first).to_be_visible()
    expect(page.locator('[data-length="brief"]')).to_have_attribute("aria-pressed", "true")
    page.locator(".r-overview .r-chip").last.click()
    expect(page.locator("#r-pane mark").first).to_be_visible()
