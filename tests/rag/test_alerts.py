"""Alerts: what is new is told once, in order, and not lost where telling it is cut short."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from onrecord.rag import Library
from onrecord.rag.retrieval import everything as retrieval
from onrecord.rag.tools.alerts.alerts import FILE, Alert, Alerts, Entry
from onrecord.rag.tools.alerts.delivery import as_atom, entry_json, post
from onrecord.rag.tools.alerts.found import AlertKind, Subject
from onrecord.ui.removal import remove_records
from onrecord.vectorstore.errors import InputError, LibraryBusy, UnreadableFile

MORE = """Second notes of the council

Norway: The herring quota must never rise again.

Mexico: That is too hard.
"""


def run(alerts: Alerts, *keys: str) -> list[str]:
    """The quotes that a run delivers."""
    told: list[Entry] = []
    alerts.run(lambda _, entry: told.append(entry), keys)
    return [entry.body["quote"] for entry in told]


def read_more(library: Library, folder: Path) -> None:
    (folder / "more.txt").write_text(MORE, encoding="utf-8")
    assert not library.ingest([folder / "more.txt"]).failed


@pytest.mark.parametrize(
    "kind, words, new",
    [
        ("question", "What was said about the herring quota?", "The herring quota must never rise again."),
        ("speaker", "Norway", "Norway: The herring quota must never rise again."),
        ("statements", "herring", "The herring quota must never rise again."),
    ],
)
def test_only_what_is_new_is_told_and_only_once(
    own_records: Library, tmp_path: Path, kind: AlertKind, words: str, new: str
) -> None:
    alerts = own_records.alerts()
    alert = alerts.add(Subject(kind=kind, words=words))
    assert run(alerts) == []
    read_more(own_records, tmp_path)
    assert run(own_records.alerts(), alert.id) == [new]
    assert run(alerts) == []
    own_records.ingest([tmp_path / "more.txt"])
    assert run(alerts) == []


def test_with_all_what_is_there_is_new_too(own_records: Library) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="speaker", words="Mexico"), known=False)
    assert run(alerts) == ["Mexico: It should rise."] and run(alerts) == []


def test_a_record_that_was_taken_out_and_read_again_is_not_new(own_records: Library, tmp_path: Path) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="statements"))
    own_records.remove(["notes.txt"])
    assert run(alerts) == []
    own_records.ingest([tmp_path / "notes.txt"])
    assert run(alerts) == []


def test_what_a_crash_cut_short_is_told_again_under_the_same_id(own_records: Library) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="statements"), known=False)
    seen: list[str] = []

    def dies_at_the_second(_: Alert, entry: Entry) -> None:
        seen.append(entry.id)
        if len(seen) == 2:
            raise KeyboardInterrupt  # what has come is not marked yet, as when a process is killed

    with pytest.raises(KeyboardInterrupt):
        alerts.run(dies_at_the_second)
    again: list[str] = []
    done = own_records.alerts().run(lambda _, entry: again.append(entry.id))
    assert again == [seen[1]] and len(done.delivered) == 1 and not set(again) & {seen[0]}


def test_what_is_not_taken_waits_and_keeps_its_order(own_records: Library) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="statements"), known=False)

    def refuses(_: Alert, entry: Entry) -> None:
        raise UnreadableFile("http://hook.example", "the server answers with status 503")

    [(entry, reason)] = alerts.run(refuses).failed
    assert "503" in reason and "herring" in entry.body["quote"]
    assert run(alerts) == ["The herring quota should fall by a third.", "It should rise."]


def test_two_runs_at_once_do_not_tell_the_same(own_records: Library) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="statements"), known=False)

    def runs_again(_: Alert, entry: Entry) -> None:
        with pytest.raises(LibraryBusy, match="under way"):
            own_records.alerts().run(lambda *_: None)

    assert len(alerts.run(runs_again).delivered) == 2


def test_what_says_nothing_is_not_watched(own_records: Library) -> None:
    alerts = own_records.alerts()
    for wrong in (
        Subject(kind="question"), Subject(kind="speaker", words="?"), Subject(kind="ballots"),  # type: ignore[arg-type]
        Subject(kind="question", words="x" * 10_000),
    ):  # fmt: skip
        with pytest.raises(InputError):
            alerts.add(wrong)
    with pytest.raises(InputError, match="no web address"):
        alerts.add(Subject(kind="statements"), webhook="file:///etc/passwd")
    with pytest.raises(InputError, match="no alert"):
        alerts.run(lambda *_: None, ["none"])
    assert alerts.all() == [] == alerts.entries()


def test_an_alert_is_removed_with_what_it_found(own_records: Library) -> None:
    alerts = own_records.alerts()
    kept, gone = (alerts.add(Subject(kind="statements", who=who), known=False) for who in ("Norway", "Mexico"))
    alerts.look()
    assert {entry.alert for entry in alerts.entries()} == {kept.id, gone.id}
    alerts.remove(gone.id)
    assert [alert.id for alert in alerts.all()] == [kept.id] == [entry.alert for entry in alerts.entries()]


def test_what_is_taken_out_for_good_is_in_no_alert(own_records: Library) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="statements"), known=False)
    alerts.look()
    remove_records(own_records, ["notes.txt"], redact=True)
    assert alerts.entries() == [] and run(alerts) == []
    for file in own_records.store.folder.glob(f"{FILE}*"):
        assert b"third" not in file.read_bytes()


def test_a_feed_is_atom_whatever_stands_in_a_record(own_records: Library, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("Odd notes\n\nNorway: The <lamps> & “buoys” ]]> are lit.\n\nMexico: Yes.\n")
    own_records.ingest([tmp_path / "odd.txt"])
    alerts = own_records.alerts()
    alerts.add(Subject(kind="speaker", words="Norway"), known=False)
    alerts.look()
    entries = alerts.entries()
    feed = ElementTree.fromstring(as_atom(entries, "News <&>", "all"))
    atom = "{http://www.w3.org/2005/Atom}"
    found = feed.findall(f"{atom}entry")
    assert [each.findtext(f"{atom}id") for each in found] == [f"urn:uuid:{entry.id}" for entry in entries]
    assert any("<lamps> & “buoys” ]]>" in (each.findtext(f"{atom}content") or "") for each in found)
    assert feed.findtext(f"{atom}updated") == max(entry.found_at for entry in entries)
    assert ElementTree.fromstring(as_atom([], "None", "none")).findtext(f"{atom}updated")


class Hook(BaseHTTPRequestHandler):
    """Remembers what it was sent; the paths are the statuses that it answers with."""

    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.headers["X-OnRecord-Delivery"], body))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.got = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_news_are_posted_with_their_id_and_only_where_they_may_go(own_records: Library, hook: str) -> None:
    alerts = own_records.alerts()
    alerts.add(Subject(kind="speaker", words="Norway"), known=False)
    alerts.look()
    [entry] = alerts.entries()
    post(entry, f"{hook}/200", allow_private=True)
    [(delivery, body)] = Hook.got
    assert delivery == entry.id and json.loads(body) == json.loads(json.dumps(entry_json(entry)))
    with pytest.raises(UnreadableFile, match="private network"):
        post(entry, f"{hook}/200")
    for status in (302, 404, 500):
        with pytest.raises(UnreadableFile, match=f"status {status}"):
            post(entry, f"{hook}/{status}", allow_private=True)
    assert len(Hook.got) == 4, "no redirect is followed"
    with pytest.raises(UnreadableFile, match="cannot be fetched"):
        post(entry, "http://127.0.0.1:1/", allow_private=True)


def test_many_older_sentences_do_not_crowd_out_a_new_one(
    own_records: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "MAX_SENTENCES", 3)
    old = "\n\n".join(f"Norway: The herring quota of year {year} was kept." for year in range(2001, 2011))
    (tmp_path / "old.txt").write_text(f"Old notes\n\n{old}\n", encoding="utf-8")
    own_records.ingest([tmp_path / "old.txt"])
    alerts = own_records.alerts()
    alerts.add(Subject(kind="question", words="herring quota"))
    read_more(own_records, tmp_path)
    assert run(alerts) == ["The herring quota must never rise again."] and run(alerts) == []


@pytest.mark.parametrize("kind", ["question", "statements"])
def test_the_same_words_at_another_meeting_are_new(own_records: Library, tmp_path: Path, kind: AlertKind) -> None:
    for day in (4, 5):
        text = f"Minutes of the lamp board\n\n{day} May 2033\n\nNorway: The lamps are lit.\n\nFiji: We agree.\n"
        (tmp_path / f"{day}.txt").write_text(text, encoding="utf-8")
    own_records.ingest([tmp_path / "4.txt"])
    alerts = own_records.alerts()
    alerts.add(Subject(kind=kind, words="lamps lit"))
    own_records.ingest([tmp_path / "5.txt"])
    assert run(alerts) == ["The lamps are lit."]
