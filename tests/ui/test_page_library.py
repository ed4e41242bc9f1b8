"""The library pane: records put in, watched while they are read, filtered by, taken out; several libraries."""

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from onrecord.rag.library import Library, open_library

from ..fakes import HashEmbedder
from .serving import HERRING, HOSTILE, HOSTILE_NAME, LIGHTHOUSE, NOTES, QUOTE, ask, serving, visit, write_records

pytestmark = pytest.mark.slow

BIG_BYTES = 50 << 20
BATCH = 20  # more texts at once than a question has sentences to compare


class Two:
    """Two served libraries, one with records, one empty."""

    def __init__(self, address: str, full: Library, empty: Library) -> None:
        self.address, self.full, self.empty = address, full, empty


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    records = write_records(folder / "records")
    with (
        open_library(folder / "harbour", embedder=HashEmbedder()) as full,
        open_library(folder / "attic", embedder=HashEmbedder()) as empty,
    ):
        full.ingest([records])
        with serving(full, also=[empty]) as address:
            yield Two(address, full, empty)


@pytest.fixture
def page(context: BrowserContext, two: Two) -> Page:
    return visit(context.new_page(), two.address)


def open_records(page: Page) -> None:
    expect(page.locator("body[data-ready]")).to_have_count(1)
    page.locator("#r-show-records").click()
    expect(page.locator("#r-records")).to_be_visible()


def test_files_are_put_in_read_and_asked_about(page: Page, two: Two, tmp_path: Path) -> None:
    page.goto(f"{two.address}/?library=attic")
    expect(page.locator(".r-welcome h2")).to_have_text("No records yet")
    page.locator(".r-welcome .r-button").click()
    broken = tmp_path / "broken <b>.pdf"
    broken.write_bytes(b"no pdf at all")
    hostile = tmp_path / HOSTILE_NAME
    hostile.write_text(HOSTILE, encoding="utf-8")
    page.set_input_files("#r-files", [broken, hostile])
    expect(page.locator(".r-records li")).to_have_count(1)
    expect(page.locator(".r-failures")).to_contain_text("broken <b>.pdf")
    page.locator(".r-records summary").click()
    expect(page.locator(".r-details")).to_contain_text(HOSTILE_NAME)
    expect(page.locator(".r-uploads li")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#r-status")).to_contain_text("1 document")
    expect(page.locator("#r-status")).to_contain_text("1 file could not be read")
    ask(page, "How many lanterns does the ferry carry?")
    expect(page.locator(".r-sources")).to_contain_text(HOSTILE_NAME)
    assert page.title() == "On Record" and page.locator("#r-dialogs img, #r-main img").count() == 0


class Slow(HashEmbedder):
    """An embedder that makes vectors of records only when it is let; questions it embeds at once."""

    gate = threading.Semaphore(0)
    waits = threading.Event()

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) > BATCH:
            self.waits.set()
            assert self.gate.acquire(timeout=60)
        return super().embed(texts)

    def let(self) -> None:
        """Lets it make what it waits to make, once."""
        assert self.waits.wait(timeout=60)
        self.waits.clear()
        self.gate.release()


def test_questions_are_answered_while_records_are_still_read(context: BrowserContext, tmp_path: Path) -> None:
    many = "\n\n".join(f"{n}. The board took note of item {n} and moved on." for n in range(1, 700))
    (tmp_path / "long.txt").write_text(f"Minutes of the long board\n\n{many}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text(NOTES, encoding="utf-8")
    embedder = Slow()
    with open_library(tmp_path / "library", embedder=embedder) as library, serving(library) as address:
        page = visit(context.new_page(), address)
        open_records(page)
        page.set_input_files("#r-files", [tmp_path / "long.txt"])
        expect(page.locator("#r-listed")).to_contain_text("searchable by words, being indexed for semantic search")
        page.set_input_files("#r-files", [tmp_path / "notes.txt"])
        expect(page.locator("#r-listed")).to_contain_text("Waiting")
        page.keyboard.press("Escape")
        ask(page, "What does paragraph 7 say?")
        expect(page.locator(".r-sentence").first).to_contain_text("took note of item 7 and moved on")
        while len(library.documents()) < 2:  # what came meanwhile is read before the rest is embedded
            if embedder.waits.is_set():
                embedder.let()
            page.wait_for_timeout(20)
        begun = re.compile(r"semantic search: [1-9]\d* of")
        for _ in range(40):
            if begun.search(page.locator("#r-status").inner_text()):
                break
            if embedder.waits.is_set():
                embedder.let()
            page.evaluate("dispatchEvent(new Event('focus'))")  # the page looks every second, and now
            page.wait_for_timeout(1500)
        expect(page.locator("#r-status")).to_contain_text(begun)
        ask(page, HERRING)
        expect(page.locator("article").last.locator(".r-sentence")).to_contain_text("should fall by a third")
        embedder.gate.release(1000)
        expect(page.locator("#r-status")).to_contain_text("2 documents")
        assert library.store.faults() == []


def test_files_are_dropped_on_the_page(page: Page, two: Two) -> None:
    page.goto(f"{two.address}/?library=attic")
    expect(page.locator("body[data-ready]")).to_have_count(1)
    transfer = page.evaluate_handle(
        """() => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["Denmark: The buoys drift north in every gale."], "buoys.txt"));
            return dropped;
        }"""
    )
    page.dispatch_event("#r-main", "dragenter", {"dataTransfer": transfer})
    expect(page.locator("#r-dropping")).to_be_visible()
    page.dispatch_event("#r-main", "drop", {"dataTransfer": transfer})
    expect(page.locator("#r-dropping")).to_be_hidden()
    expect(page.locator(".r-records")).to_contain_text("buoys")


def test_an_address_is_checked_and_fetched(page: Page, two: Two) -> None:
    page.goto(f"{two.address}/?library=attic")
    open_records(page)
    page.locator("#r-address").fill("ftp://records.example/minutes")
    page.locator("#r-add button").click()
    expect(page.locator("#r-notice")).to_contain_text("http://")
    page.locator("#r-address").fill(f"{two.address}/healthz")  # on this machine: refused, and named with the reason
    page.locator("#r-add button").click()
    expect(page.locator("#r-address")).to_have_value("")
    expect(page.locator(".r-failures")).to_contain_text("/healthz")


def test_fifty_megabytes_go_up(page: Page, two: Two, tmp_path: Path) -> None:
    page.goto(f"{two.address}/?library=attic")
    open_records(page)
    big = tmp_path / "big.pdf"
    with big.open("wb") as file:
        file.write(b"%PDF-1.4 not really\n")
        file.truncate(BIG_BYTES)
    page.set_input_files("#r-files", big)
    expect(page.locator(".r-failures")).to_contain_text("big.pdf", timeout=60_000)
    kept = list((two.empty.store.folder / "files").glob("*/big.pdf"))
    assert [file.stat().st_size for file in kept] == [BIG_BYTES]


def test_what_was_read_is_told(page: Page) -> None:
    open_records(page)
    entry = page.locator(".r-records li", has_text="Notes of the fishery council")
    entry.locator("summary").click()
    expect(entry.locator(".r-details")).to_contain_text("2: Norway, Iceland")
    minutes = page.locator(".r-records li", has_text="Minutes of the harbour board")
    minutes.locator("summary").click()
    expect(minutes.locator("dd").nth(1)).to_have_text("79")
    minutes.get_by_role("button", name="Read", exact=True).click()
    expect(page.locator("#r-records")).to_be_hidden()
    expect(page.locator("#r-pane h2")).to_have_text("Minutes of the harbour board")


def test_the_conversation_is_confined(page: Page) -> None:
    page.locator("#r-show-filters").click()
    page.locator("#r-filters [name=document]").select_option(label="HB/2031/4")
    page.locator("#r-filters [type=submit]").click()
    expect(page.locator(".r-filter")).to_have_text("Document: HB/2031/4×")
    ask(page, HERRING)
    expect(page.locator("article .r-refusal")).to_be_visible()
    page.reload()
    page.locator(".r-filter").click()
    expect(page.locator(".r-filter")).to_have_count(0)
    expect(page.locator("#r-show-filters")).to_be_focused()
    page.locator("#r-show-filters").click()
    page.locator("#r-filters [name=speaker]").fill("Iceland")
    page.keyboard.press("Enter")
    ask(page, "What was said about the northern banks?")
    expect(page.locator("article").last.locator(".r-sources li")).to_have_count(1)
    expect(page.locator("article").last.locator(".r-sources")).to_contain_text("Iceland")
    expect(page.locator("article").last.locator(".r-footer")).to_contain_text("Speaker: Iceland")


def test_records_are_found_sorted_ticked_and_asked(page: Page) -> None:
    open_records(page)
    expect(page.locator(".r-records > li")).to_have_count(3)
    page.locator("#r-sort").select_option("title")
    titles = page.locator(".r-records .r-title").all_text_contents()
    assert titles == sorted(titles, key=str.casefold) and len(titles) == 3
    page.locator("#r-find").fill("council")
    expect(page.locator(".r-records > li:visible")).to_have_count(1)
    page.locator(".r-tick:visible").check()
    page.locator("#r-find").fill("no such record")
    expect(page.locator("#r-none-fits")).to_be_visible()
    page.locator("#r-find").fill("")
    page.locator(".r-records > li", has_text="harbour board").locator(".r-tick").check()
    page.locator("#r-ask-ticked").click()
    expect(page.locator("#r-chosen")).to_contain_text("2 documents only")
    ask(page, "How many lanterns does the ferry carry?")
    expect(page.locator("article").last).not_to_contain_text("lanterns.")
    ask(page, HERRING)
    expect(page.locator("article").last.locator(".r-footer")).to_contain_text("2 documents only")
    page.locator("#r-show-filters").click()
    expect(page.locator("[name=document] option[selected]")).to_have_text("2 documents only")


def test_libraries_are_switched(page: Page, two: Two) -> None:
    expect(page.locator("#r-library option")).to_have_text(["harbour", "attic"])
    ask(page, LIGHTHOUSE)
    page.locator("#r-library").select_option("attic")
    expect(page).to_have_url(f"{two.address}/?library=attic")
    expect(page.locator("article")).to_have_count(0)
    expect(page.locator("#r-library")).to_have_value("attic")


def test_a_document_is_removed_while_cited(page: Page, two: Two, tmp_path: Path) -> None:
    (tmp_path / "gannet.txt").write_text(
        "Notes on seals\n\nFinland: The seal colony on Brent Skerry has 41 pups this spring.", encoding="utf-8"
    )
    two.full.ingest([tmp_path / "gannet.txt"])
    page.reload()
    ask(page, "How many pups has the seal colony on Brent Skerry?")
    expect(page.locator(".r-chip").first).to_be_visible()
    open_records(page)
    entry = page.locator(".r-records li", has_text="Notes on seals")
    entry.locator("summary").click()
    remove = entry.locator("[data-remove]")
    remove.click()
    expect(remove).to_have_text("Really remove?")
    remove.click()
    expect(page.locator(".r-records li", has_text="Notes on seals")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator(".r-chip").first.click()
    expect(page.locator("#r-pane .r-error")).to_contain_text("no longer in the library")
    page.locator("#r-pane .r-close").click()
    ask(page, "How many pups has the seal colony on Brent Skerry?")
    expect(page.locator("article").last.locator(".r-refusal")).to_be_visible()
    ask(page, LIGHTHOUSE)
    expect(page.locator("article").last.locator(".r-sentence")).to_contain_text(QUOTE)
