"""The web server: health, the reading route, reading files meanwhile, and plain words when it cannot start."""

import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from fastapi.testclient import TestClient

from onrecord.ingest.ingest import Failure
from onrecord.ingest.parse import Limits
from onrecord.rag.library import Library, open_library
from onrecord.ui.app import build_app, serve
from onrecord.ui.intake import Intake, ReadingStatus, _Pace
from onrecord.ui.page.views.conversation import ENGLISH
from onrecord.ui.page.views.records import records_html, status_html
from onrecord.ui.page.views.welcome import _on_decisions, _topic, example_questions, welcome_html
from onrecord.ui.page.words import words_in
from onrecord.vectorstore.errors import InputError
from onrecord.vectorstore.structure import Item, Outcome, Structure

from ..fakes import HashEmbedder
from ..rag.council import write_council

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOTES = """Notes of the fishery council

Norway: The herring quota for the northern banks should fall by a third. We have said so for years and we will again.

Iceland: Our trawlers cannot leave the northern banks before a replacement fleet is ready, and that takes two winters.
"""


@pytest.fixture
def library(tmp_path: Path):
    (tmp_path / "notes.txt").write_text(NOTES, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        yield library


@pytest.fixture
def client(library: Library, tmp_path: Path) -> TestClient:
    library.ingest([tmp_path / "notes.txt"])
    return TestClient(build_app(library))


def test_health_counts_what_the_library_holds(client: TestClient, library: Library) -> None:
    [listing] = library.documents()
    assert client.get("/healthz").json() == {"status": "ok", "documents": 1, "passages": listing.passages}


def test_the_page_may_only_reach_this_server(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy


def test_reading_marks_the_quote(client: TestClient, library: Library) -> None:
    [listing] = library.documents()
    start = library.document(listing.id).text.index("The herring")
    reply = client.get(f"/reading/{listing.id}", params={"start": start, "end": start + 17})
    assert reply.status_code == 200 and "<mark>The herring quota</mark>" in reply.text and "Norway" in reply.text


def test_reading_a_document_that_is_gone_or_changed_says_so(client: TestClient, library: Library) -> None:
    [listing] = library.documents()
    assert "no longer in the library" in client.get("/reading/nothing").text
    assert "has been replaced" in client.get(f"/reading/{listing.id}", params={"version": "0000"}).text


def test_an_intake_reads_in_the_background_and_names_failures(library: Library, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"no pdf at all")
    intake = Intake(library, [tmp_path])
    assert intake.status().running
    intake.start()
    wait_for(lambda: not intake.status().running)
    status = intake.status()
    assert len(library.documents()) == 1 and status.total == 2
    assert [Path(failure.source).name for failure in status.failures] == ["broken.pdf"]
    html = status_html(status, 1, 2)
    assert "1 document · 2 passages" in html and "1 file could not be read" in html
    assert "broken.pdf" in records_html(library.documents(), status, (), ENGLISH)


def test_an_intake_keeps_to_its_limits(library: Library, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("The lamps were lit. " * 60_000, encoding="utf-8")
    intake = Intake(library, [tmp_path / "long.txt"], limits=Limits(file_mb=1))
    intake.start()
    wait_for(lambda: not intake.status().running)
    [failure] = intake.status().failures
    assert "larger than 1 MB" in failure.error


def test_an_intake_that_cannot_begin_says_why(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    intake = Intake(library, [tmp_path / "empty"])
    intake.start()
    wait_for(lambda: not intake.status().running)
    assert "holds no files" in (intake.status().error or "")


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (ReadingStatus(), "3 documents · 1,400 passages"),
        (ReadingStatus(running=True), "Reading …"),
        (ReadingStatus(running=True, read=2, total=12, source="/a/b.pdf"), "Reading 3 of 12 … b.pdf"),
        (ReadingStatus(running=True, read=12, total=12, embedded=256, to_embed=1024), "256 of 1,024"),
        (ReadingStatus(running=True, read=1, total=3, source="a.txt", left_s=43.0), "a.txt · about 40 seconds"),
    ],
)
def test_the_status_is_one_line(status: ReadingStatus, line: str) -> None:
    assert line in status_html(status, 3, 1400)


def test_the_time_left_goes_by_the_pace_since_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("onrecord.ui.intake.time.monotonic", lambda: now[0])
    pace = _Pace()

    def left_s(after: float, done: int, total: int) -> float | None:
        now[0] += after
        return pace.left_s(done, total)

    assert [left_s(0, 2, 10), left_s(1, 3, 10), left_s(3, 4, 10)] == [None, None, 12.0]
    assert [left_s(0, 0, 10), left_s(10, 1, 10)] == [None, 90.0], "a new beginning"
    assert [left_s(0, 1, 40), left_s(10, 11, 40)] == [None, 29.0]


def test_a_failure_is_escaped() -> None:
    failure = Failure(source="/a/<img src=x>.pdf", error="<b>broken</b>")
    html = records_html([], ReadingStatus(failures=(failure,)), (), ENGLISH)
    assert "<img" not in html and "&lt;img src=x&gt;.pdf" in html and "&lt;b&gt;broken" in html


def test_examples_come_from_the_library_and_are_answered(client: TestClient, library: Library) -> None:
    questions = example_questions(library)
    assert "What did Norway say?" in questions, questions
    assert all(library.ask(question).answered for question in questions)
    assert "What did Norway say?" in welcome_html(1, questions)


def test_examples_ask_for_decisions_and_speakers_in_the_reader_s_language(tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_council(tmp_path / "records")])
        asked = {language: example_questions(library, words_in(language)) for language in ("en", "fr", "es")}
    playground, arvid = "Playground in Harbour Street", "Ms. Arvid"
    assert {f"What was decided on “{playground}”?", f"What did {arvid} say?"} <= {*asked["en"]}, asked
    assert {f"Qu’a-t-on décidé au sujet de « {playground} » ?", f"Qu’a dit {arvid} ?"} <= {*asked["fr"]}, asked
    assert {f"¿Qué se decidió sobre «{playground}»?", f"¿Qué dijo {arvid}?"} <= {*asked["es"]}, asked
    assert "Minutes of the Town Council" not in str(asked), "the title is no topic"


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("3. Playground in Harbour Street.", "Playground in Harbour Street"),
        ("Report of the Committee on Programme and Budget.", "Report of the Committee on Programme and Budget"),
        ("(a) Lamps on the quay", "Lamps on the quay"),
        ("Notes on the budget", "Notes on the budget"),
        ("* Skipped as we ran out of time", None),
        ("4. * Skipped as we ran out of time", None),
        ("Skipped as we ran out of time", None),
        ("- A path along the pier", None),
        ("• Lamps on the quay", None),
        ("The quay is closed in winter.", None),
        ("[No quorum at this point]", None),
        ("Note: the minutes are late", None),
        ("The pier was closed. It opens in May", None),
    ],
)
def test_what_is_a_note_an_entry_of_a_list_or_a_sentence_is_no_topic_to_ask_for(
    client: TestClient, library: Library, heading: str, topic: str | None
) -> None:
    [listing] = library.documents()
    assert _topic(heading, listing) == topic


def test_an_outcome_that_stands_as_the_heading_of_its_item_is_not_asked_for(
    client: TestClient, library: Library
) -> None:
    [listing] = library.documents()
    item = Item(id="i1", start=0, end=90, kind="item", heading="* Closed the quay in winter")
    other = replace(item, id="i2", heading="Lamps on the quay")
    outcomes = [
        Outcome(start=0, end=9, item=each, kind="decision", text="Closed the quay in winter.") for each in ("i1", "i2")
    ]
    for heading in (item.heading, "Closed the quay in winter"):
        structure = Structure(items=(replace(item, heading=heading), other), outcomes=tuple(outcomes))
        asked = [example.question for example in _on_decisions(listing, structure, ENGLISH)]
        assert asked == ["What was decided on “Lamps on the quay”?"]


def test_an_empty_library_says_how_to_fill_it() -> None:
    assert "onrecord ingest" in welcome_html(0, ())


def test_a_taken_port_is_named_with_a_way_out(library: Library) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is in use.*--port"):
            serve(library, host="127.0.0.1", port=port, open_browser=False)


def test_a_missing_path_is_told_before_anything_starts(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        serve(library, host="127.0.0.1", port=0, open_browser=False, ingest=[tmp_path / "nowhere"])


def test_the_address_is_printed_and_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(NOTES, encoding="utf-8")
    program = f"""
from onrecord.rag.library import open_library
from onrecord.ui.app import serve
from tests.fakes import HashEmbedder
with open_library({str(tmp_path / "library")!r}, embedder=HashEmbedder()) as library:
    serve(library, host="127.0.0.1", port=0, open_browser=False, ingest=[{str(tmp_path / "notes.txt")!r}])
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr and running.stdout
        first = running.stderr.readline()
        address = re.findall(r"http://127\.0\.0\.1:\d+", first)[0]
        with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=30) as open_page:
            open_page.sendall(b"GET / HTTP/1.1\r\n")  # and never the rest
            assert urlopen(f"{address}/healthz", timeout=30).status == 200
            running.send_signal(signal.SIGINT)
            output, errors = running.communicate(timeout=60)
    assert (running.returncode, output, errors) == (0, "", "")


def wait_for(condition, timeout_s: float = 30.0) -> None:
    """Waits until a condition holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
