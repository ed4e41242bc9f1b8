"""Files and folders into a library: what is added, skipped, replaced, pruned and named as broken."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from onrecord.ingest.ingest import Failure, IngestReport, find_files, ingest
from onrecord.vectorstore.errors import InputError, LibraryBusy
from onrecord.vectorstore.store import Store

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LIGHT = "The light on Gannet Ledge was out for nine hours.\n\nThe keeper of Old Merrow had seen it."
BUOY = "The buoy west of the Three Maids drifted.\n\nA pilot saw it at noon."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "library", embedder=HashEmbedder())
    yield made
    made.close()


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "lights.txt").write_text(LIGHT, encoding="utf-8")
    (folder / "buoys.md").write_text(BUOY, encoding="utf-8")
    return folder


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def names(store: Store) -> list[str]:
    return [Path(listing.source).name for listing in store.listings()]


def text_of(store: Store, name: str) -> str:
    (found,) = [listing.id for listing in store.listings() if Path(listing.source).name == name]
    document = store.document(found)
    assert document is not None
    return document.text


# --- what happens to files ---------------------------------------------------------------------------------------


def test_a_folder_is_read_whole(store: Store, records: Path) -> None:
    (records / "2031").mkdir()
    (records / "2031" / "plenary.txt").write_text("Norway: We were there.\n\nMexico: So were we.", encoding="utf-8")
    report = ingest(store, [records])
    assert counts(report) == (3, 0, 0, 0)
    assert (report.failed, report.skipped, report.documents) == ((), (), 3)
    assert names(store) == ["plenary.txt", "buoys.md", "lights.txt"]
    assert {listing.state for listing in store.listings()} == {"embedded"}
    assert report.passages == store.vectors.count() == store.lexical.size
    assert text_of(store, "lights.txt") == LIGHT
    assert set(store.catalogue.speakers()) == {"Norway", "Mexico"}
    assert store.faults() == []


def test_what_is_not_in_a_text_is_in_the_report_and_in_the_list(store: Store, records: Path) -> None:
    (records / "lamps.html").write_text(
        f"<html><body><h1>Lamps</h1><p>{LIGHT * 3} <del>It was lit.</del></p></body></html>", encoding="utf-8"
    )
    report = ingest(store, [records])
    [(source, omission)] = report.omitted
    assert (Path(source).name, omission.what, omission.count) == ("lamps.html", "struck out text", 1)
    listed = {Path(listing.source).name: listing.omitted for listing in store.listings()}
    assert listed == {"lamps.html": (omission,), "lights.txt": (), "buoys.md": ()}


def test_unchanged_files_are_skipped_and_changed_ones_replaced(store: Store, records: Path) -> None:
    ingest(store, [records])
    assert counts(ingest(store, [records])) == (0, 0, 2, 0)
    os.utime(records / "buoys.md", (1, 1))
    (records / "lights.txt").write_text("The light is lit.", encoding="utf-8")
    report = ingest(store, [records])
    assert counts(report) == (0, 1, 1, 0)
    assert text_of(store, "lights.txt") == "The light is lit."
    assert store.faults() == []


def test_files_named_twice_are_read_once(store: Store, records: Path) -> None:
    assert counts(ingest(store, [records, records / "lights.txt", str(records)])) == (2, 0, 0, 0)


def test_prune_takes_out_what_is_gone_from_the_folder(store: Store, records: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Another record, elsewhere.", encoding="utf-8")
    ingest(store, [records, other])
    (records / "lights.txt").unlink()
    other.unlink()
    assert counts(ingest(store, [records])) == (0, 0, 1, 0)
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 1, 1)
    assert names(store) == ["other.txt", "buoys.md"]
    assert store.faults() == []


def test_prune_of_a_folder_that_is_empty_now(store: Store, records: Path) -> None:
    ingest(store, [records])
    for file in records.iterdir():
        file.unlink()
    with pytest.raises(InputError, match="holds no files"):
        ingest(store, [records])
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 0, 2)
    assert store.listings() == []
    assert store.vectors.count() == store.lexical.size == 0


def test_prune_keeps_what_was_named_by_itself_and_is_still_there(store: Store, records: Path) -> None:
    (records / "notes.log").write_text("Notes of the plenary meeting.", encoding="utf-8")
    ingest(store, [records / "notes.log"])
    report = ingest(store, [records], prune=True)
    assert report.removed == 0
    assert "notes.log" in names(store)


def test_prune_keeps_the_old_text_of_a_file_that_broke(store: Store, records: Path) -> None:
    ingest(store, [records])
    (records / "lights.txt").write_bytes(b"")
    report = ingest(store, [records], prune=True)
    assert [Path(failure.source).name for failure in report.failed] == ["lights.txt"]
    assert text_of(store, "lights.txt") == LIGHT


# --- broken files ------------------------------------------------------------------------------------------------


def test_broken_files_are_named_and_the_others_go_on(store: Store, records: Path) -> None:
    (records / "a-broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (records / "b-broken.docx").write_bytes(b"PK\x03\x04 no archive")
    (records / "c-empty.txt").write_bytes(b"")
    (records / "d-binary.txt").write_bytes(bytes(range(256)) * 40)
    report = ingest(store, [records])
    assert counts(report) == (2, 0, 0, 0)
    assert names(store) == ["buoys.md", "lights.txt"]
    assert [Path(failure.source).name for failure in report.failed] == [
        "a-broken.pdf",
        "b-broken.docx",
        "c-empty.txt",
        "d-binary.txt",
    ]
    for failure in report.failed:
        assert failure.error
        assert "\n" not in failure.error
        assert str(records) not in failure.error
    assert "empty" in report.failed[2].error
    assert store.faults() == []


def test_a_broken_file_is_tried_again(store: Store, records: Path) -> None:
    (records / "broken.txt").write_bytes(b"")
    ingest(store, [records])
    assert len(ingest(store, [records]).failed) == 1
    (records / "broken.txt").write_text("It is whole now.", encoding="utf-8")
    assert counts(ingest(store, [records])) == (1, 0, 2, 0)


def test_a_file_that_vanishes_is_named(store: Store, records: Path) -> None:
    class Vanishing(Silent):
        def reading(self, done: int, total: int, source: str) -> None:
            (records / "lights.txt").unlink(missing_ok=True)

    (records / "a.txt").write_text("The first record.", encoding="utf-8")
    for number in range(30):
        (records / f"b{number:02}.txt").write_text(f"Record number {number}.", encoding="utf-8")
    report = ingest(store, [records], watcher=Vanishing())
    assert [Path(failure.source).name for failure in report.failed] == ["lights.txt"]
    assert "cannot be opened" in report.failed[0].error
    assert report.added == 32


def test_zero_bytes_and_halves_of_characters_do_no_harm(store: Store, records: Path) -> None:
    (records / "zeros.txt").write_bytes(b"The light\x00 was out for nine hours and more, the report said.")
    (records / "halves.txt").write_bytes(b"\xff\xfe" + "Light \ud83d out.".encode("utf-16-le", "surrogatepass"))
    assert ingest(store, [records]).failed == ()
    assert text_of(store, "zeros.txt") == "The light was out for nine hours and more, the report said."
    assert text_of(store, "halves.txt") == "Light \ufffd out."


# --- which files -------------------------------------------------------------------------------------------------


def test_hidden_and_unknown_files_are_left_out(store: Store, records: Path) -> None:
    for name in (".hidden.txt", "~$open.docx", "picture.xyz"):
        (records / name).write_text("Not to be read.", encoding="utf-8")
    (records / ".git").mkdir()
    (records / ".git" / "inner.txt").write_text("Not to be read.", encoding="utf-8")
    report = ingest(store, [records])
    assert counts(report) == (2, 0, 0, 0)
    assert [Path(source).name for source in report.skipped] == ["picture.xyz"]


def test_a_file_named_by_itself_is_read_whatever_its_name(store: Store, records: Path) -> None:
    (records / "notes.xyz").write_text("Notes of the plenary meeting.", encoding="utf-8")
    assert counts(ingest(store, [records / "notes.xyz"])) == (1, 0, 0, 0)


def test_a_library_below_the_folder_is_no_record(records: Path) -> None:
    store = Store(records / "library", embedder=HashEmbedder())
    (records / "library" / "notes.txt").write_text("Not to be read.", encoding="utf-8")
    assert counts(ingest(store, [records])) == (2, 0, 0, 0)
    store.close()


def test_links_out_of_the_folder_are_left_out(store: Store, records: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Not to be read.", encoding="utf-8")
    (records / "link.txt").symlink_to(secret)
    (records / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (records / "loop").symlink_to(records)
    (records / "again.txt").symlink_to(records / "lights.txt")
    files, skipped = find_files([records])
    assert [file.name for file in files] == ["again.txt", "buoys.md", "lights.txt"]
    assert skipped == []


@pytest.mark.parametrize(
    "name", ["two\nlines.txt", "\u202efdp.txt", "tab\there.txt", "quote'\".txt", "ümläut 文書.txt", "-rf.txt"]
)
def test_strange_names(store: Store, records: Path, name: str) -> None:
    (records / name).write_text("A record with a strange name.", encoding="utf-8")
    assert counts(ingest(store, [records])) == (3, 0, 0, 0)
    assert name in names(store)
    assert counts(ingest(store, [records])) == (0, 0, 3, 0)
    (records / name).unlink()
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 2, 1)


def test_a_name_that_is_no_text_is_named_as_broken(store: Store, records: Path) -> None:
    file = os.fsencode(records) + b"/caf\xe9.txt"
    with open(file, "wb") as opened:
        opened.write(b"A record with a name in Latin-1.")
    report = ingest(store, [records])
    assert report.added == 2
    assert [failure.source.rsplit("/", 1)[1] for failure in report.failed] == ["caf\\xe9.txt"]
    report.failed[0].source.encode()


def test_nothing_to_read_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "picture.xyz").touch()
    with pytest.raises(InputError, match=r"empty holds no files.*\.docx.*\.pdf"):
        ingest(store, [tmp_path / "empty"])
    with pytest.raises(InputError, match=r"others holds only files of other types \(picture\.xyz"):
        ingest(store, [tmp_path / "others"])
    with pytest.raises(InputError, match=r"no file or folder .*nowhere"):
        ingest(store, [tmp_path / "nowhere"])
    with pytest.raises(InputError, match="name a file or a folder"):
        ingest(store, [])


# --- progress and locks ------------------------------------------------------------------------------------------


@dataclass
class Silent:
    told: list[tuple[str, int, int]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def reading(self, done: int, total: int, source: str) -> None:
        self.told.append(("reading", done, total))

    def failed(self, failure: Failure) -> None:
        self.failures.append(failure)

    def embedding(self, done: int, total: int) -> None:
        self.told.append(("embedding", done, total))


def test_progress_is_told(store: Store, records: Path) -> None:
    (records / "broken.txt").write_bytes(b"")
    watcher = Silent()
    report = ingest(store, [records], watcher=watcher)
    reading = [done for what, done, _ in watcher.told if what == "reading"]
    assert reading == sorted(reading)
    assert reading[-1] == 3
    assert watcher.told[-1] == ("embedding", report.passages, report.passages)
    assert watcher.failures == list(report.failed)


def test_an_interrupted_ingest_is_finished_by_the_next(store: Store, records: Path) -> None:
    class Interrupting(Silent):
        def embedding(self, done: int, total: int) -> None:
            raise KeyboardInterrupt

    for number in range(3):
        words = "\n\n".join(f"{part}. Light {part} of {number} was out. " * 12 for part in range(1, 120))
        (records / f"long{number}.txt").write_text(words, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        ingest(store, [records], watcher=Interrupting())
    assert "findable" in {listing.state for listing in store.listings()}
    report = ingest(store, [records])
    assert counts(report) == (0, 0, 5, 0)
    assert {listing.state for listing in store.listings()} == {"embedded"}
    assert store.faults() == []


INGEST = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.fakes import HashEmbedder
from onrecord.ingest.ingest import ingest
from onrecord.vectorstore.store import Store

class Telling:
    def reading(self, done, total, source): print("read", flush=True)
    def failed(self, failure): pass
    def embedding(self, done, total): print("embedded", flush=True)

ingest(Store(Path(sys.argv[1]), embedder=HashEmbedder()), [sys.argv[2]], watcher=Telling())
"""


@pytest.mark.parametrize("line", ["read", "read 20", "embedded"])
def test_killed_in_the_middle(store: Store, records: Path, tmp_path: Path, line: str) -> None:
    for number in range(40):
        words = "\n\n".join(f"{part}. Light {part} of {number} was out. " * 9 for part in range(1, 15))
        (records / f"long{number:02}.txt").write_text(words, encoding="utf-8")
    command = [sys.executable, "-c", INGEST, str(tmp_path / "killed"), str(records), str(ROOT)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    wanted, _, times = line.partition(" ")
    for _ in range(int(times or 1)):
        while (said := process.stdout.readline().strip()) != wanted:
            assert said
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    killed = Store(tmp_path / "killed", embedder=HashEmbedder())
    assert len(killed.listings()) < 42 or {listing.state for listing in killed.listings()} != {"embedded"}
    ingest(killed, [records])
    ingest(store, [records])
    assert killed.listings() == store.listings()
    for listing in store.listings():
        assert killed.passages_of(listing.id) == store.passages_of(listing.id)
    assert killed.vectors.count() == store.vectors.count() == killed.lexical.size
    assert killed.faults() == store.faults() == []
    killed.close()


def test_two_ingests_at_once(store: Store, records: Path) -> None:
    other = Store(store.folder, embedder=HashEmbedder())
    with store.writing(), pytest.raises(LibraryBusy):
        ingest(other, [records])
    assert counts(ingest(other, [records])) == (2, 0, 0, 0)
    other.close()


# --- the records that come with the project ----------------------------------------------------------------------

SHARED = ROOT.parent / "shared" / "data" / "badfiles"


def test_the_sample_records(store: Store) -> None:
    report = ingest(store, [ROOT / "sample"])
    assert report.failed == ()
    facts = {Path(listing.source).name: (listing.symbol, listing.date) for listing in store.listings()}
    assert facts == {
        "annual-report.md": ("MIC/CL/2031/2", "2031-02-14"),
        "brochure.pdf": (None, "2031-06"),
        "plenary-notes.txt": (None, "2031-03-13"),
        "press-page.html": (None, "2031-03-18"),
        "summary-record.docx": ("MIC/CL/2031/SR.4", "2031-03-12"),
    }
    assert {"Ms. Oduya-Lind (Verrano)", "The Chair", "Jun Halloran – Harbour Pilots' Union"} <= set(
        store.catalogue.speakers()
    )
    for listing in store.listings():
        document = store.document(listing.id)
        assert document is not None
        for passage in store.passages_of(listing.id):
            assert passage.text == document.text[passage.start : passage.end]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of broken files lies outside the repository")
def test_broken_files_from_many_makers(store: Store) -> None:
    report = ingest(store, [SHARED])
    assert report.added > 20
    assert all(failure.error and "\n" not in failure.error for failure in report.failed)
    assert any("password" in failure.error for failure in report.failed)
    assert store.faults() == []
