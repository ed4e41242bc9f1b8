"""What becomes of a record over the years: changed, renamed, kept twice, packed into archives, removed, broken."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest

from onrecord.ingest.ingest import IngestReport, ingest
from onrecord.ingest.parse import Limits
from onrecord.vectorstore.store import Store

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

LIGHT = "The light on Gannet Ledge was out for nine hours."
BUOY = "The buoy west of the Three Maids drifted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(HashEmbedder):
    """An embedder that remembers what it embedded."""

    seen: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.seen.extend(texts)
        return HashEmbedder.embed(self, texts)


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def store(tmp_path: Path, embedder: Counting) -> Iterator[Store]:
    made = Store(tmp_path / "library", embedder=embedder)
    yield made
    assert made.faults() == []
    made.close()


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    return folder


def write(file: Path, *paragraphs: str) -> Path:
    file.write_text("\n\n".join(paragraphs), encoding="utf-8")
    return file


def pack(file: Path, **members: str) -> Path:
    """A zip archive of text files."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    return file


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def texts(store: Store) -> dict[str, str]:
    """Text by name below the records' folder."""
    documents = [store.document(listing.id) for listing in store.listings()]
    return {document.source.split("records/")[1]: document.text for document in documents if document}


def ids(store: Store) -> dict[str, str]:
    return {listing.source.split("records/")[1]: listing.id for listing in store.listings()}


# --- changed and renamed -----------------------------------------------------------------------------------------


def test_of_a_changed_record_only_the_changed_passages_are_embedded_again(
    store: Store, records: Path, embedder: Counting
) -> None:
    paragraphs = [f"{number}. The light number {number} was out for {number} hours that night." for number in range(30)]
    record = write(records / "lights.txt", "# On lights", *paragraphs)
    ingest(store, [records])
    assert len(embedder.seen) > 25
    before = ids(store)
    embedder.seen.clear()
    paragraphs[17] = "17. The light number 17 was never out at all."
    write(record, "# On lights", *paragraphs)
    assert counts(ingest(store, [records])) == (0, 1, 0, 0)
    assert len(embedder.seen) == 1
    assert embedder.seen[0].endswith("never out at all.")
    assert ids(store) == before
    found = store.vectors.vectors_of([passage.id for passage in store.passages_of(before["lights.txt"])])
    assert len(found) == len(store.passages_of(before["lights.txt"]))


def test_a_renamed_record_keeps_its_id_and_its_vectors(store: Store, records: Path, embedder: Counting) -> None:
    write(records / "lights.txt", LIGHT)
    write(records / "buoys.txt", BUOY)
    ingest(store, [records])
    before = ids(store)
    embedder.seen.clear()
    (records / "2031").mkdir()
    (records / "lights.txt").rename(records / "2031" / "ledge.txt")
    assert counts(ingest(store, [records])) == (0, 1, 1, 0)
    assert ids(store) == {"2031/ledge.txt": before["lights.txt"], "buoys.txt": before["buoys.txt"]}
    assert embedder.seen == []
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 2, 0)


def test_a_new_record_under_the_name_of_one_that_was_renamed(store: Store, records: Path) -> None:
    write(records / "lights.txt", LIGHT)
    ingest(store, [records])
    (records / "lights.txt").rename(records / "old.txt")
    write(records / "lights.txt", BUOY)
    ingest(store, [records])
    assert texts(store) == {"lights.txt": BUOY, "old.txt": LIGHT}
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 2, 0)


def test_two_records_that_change_names(store: Store, records: Path) -> None:
    one, two = write(records / "one.txt", LIGHT), write(records / "two.txt", BUOY)
    ingest(store, [records])
    one.rename(records / "held.txt")
    two.rename(one)
    (records / "held.txt").rename(two)
    ingest(store, [records])
    assert texts(store) == {"one.txt": BUOY, "two.txt": LIGHT}
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 2, 0)


# --- the same twice ----------------------------------------------------------------------------------------------


@pytest.fixture
def twice(store: Store, records: Path) -> Path:
    write(records / "a.txt", LIGHT)
    write(records / "b.txt", LIGHT)
    report = ingest(store, [records])
    assert counts(report) == (1, 0, 1, 0)
    assert [Path(name).name for name in report.duplicates] == ["b.txt"]
    assert texts(store) == {"a.txt": LIGHT}
    assert len(store.catalogue.names()) == 2
    return records


def test_the_same_record_under_two_names_is_kept_once(store: Store, twice: Path) -> None:
    assert counts(ingest(store, [twice], prune=True)) == (0, 0, 2, 0)


@pytest.mark.parametrize("name", ["a.txt", "b.txt"])
def test_one_of_two_changes(store: Store, twice: Path, name: str) -> None:
    write(twice / name, BUOY)
    ingest(store, [twice])
    assert texts(store) == {"a.txt": LIGHT, "b.txt": LIGHT, name: BUOY}
    assert counts(ingest(store, [twice], prune=True)) == (0, 0, 2, 0)
    write(twice / name, LIGHT)
    report = ingest(store, [twice])
    assert report.documents == 1
    assert len(store.catalogue.names()) == 2


@pytest.mark.parametrize("name", ["a.txt", "b.txt"])
def test_one_of_two_is_removed(store: Store, twice: Path, name: str) -> None:
    before = set(ids(store).values())
    (twice / name).unlink()
    assert counts(ingest(store, [twice], prune=True)) == (0, 0, 1, 0)
    assert texts(store) == {"ab".replace(name[0], "") + ".txt": LIGHT}
    assert set(ids(store).values()) == before
    assert len(store.catalogue.names()) == 1


# --- removed -----------------------------------------------------------------------------------------------------


def test_what_was_taken_out_by_hand_comes_back_when_it_is_read_again(store: Store, records: Path) -> None:
    write(records / "lights.txt", LIGHT)
    ingest(store, [records])
    with store.writing():
        store.remove(ids(store)["lights.txt"])
    assert store.listings() == []
    assert counts(ingest(store, [records])) == (1, 0, 0, 0)


def test_prune_minds_the_folders_given_only(store: Store, records: Path) -> None:
    for name in ("one", "two", "twofold"):
        (records / name).mkdir()
        write(records / name / "kept.txt", f"{LIGHT} {name}")
        write(records / name / "gone.txt", f"{BUOY} {name}")
    one, two, more = records / "one", records / "two", records / "twofold"
    assert counts(ingest(store, [one, two, more])) == (6, 0, 0, 0)
    for folder in (one, two, more):
        (folder / "gone.txt").unlink()
    assert counts(ingest(store, [two], prune=True)) == (0, 0, 1, 1)
    assert set(texts(store)) == {"one/gone.txt", "one/kept.txt", "two/kept.txt", "twofold/gone.txt", "twofold/kept.txt"}


def test_an_interrupted_removal_leaves_no_document_without_a_name(store: Store, records: Path) -> None:
    write(records / "lights.txt", LIGHT)
    ingest(store, [records])
    assert store.catalogue.drop_name(str(records / "lights.txt"))  # and no more: here the process dies
    assert store.listings() == []
    with store.writing():
        assert store.vectors.count() == store.lexical.size == 0


# --- archives and mails ------------------------------------------------------------------------------------------


def test_members_come_and_go_with_their_archive(store: Store, records: Path) -> None:
    session = pack(records / "session.zip", day1=LIGHT, day2=BUOY)
    assert counts(ingest(store, [records])) == (2, 0, 0, 0)
    assert texts(store) == {"session.zip!day1.txt": LIGHT, "session.zip!day2.txt": BUOY}
    assert counts(ingest(store, [records])) == (0, 0, 2, 0)
    before = ids(store)
    pack(session, day1=LIGHT, day3="A third day was held.")
    assert counts(ingest(store, [records])) == (1, 0, 1, 1)
    assert set(texts(store)) == {"session.zip!day1.txt", "session.zip!day3.txt"}
    assert ids(store)["session.zip!day1.txt"] == before["session.zip!day1.txt"]
    session.unlink()
    write(records / "other.txt", "Another record.")
    assert counts(ingest(store, [records], prune=True)) == (1, 0, 0, 2)


def test_an_archive_that_is_renamed_keeps_its_members(store: Store, records: Path, embedder: Counting) -> None:
    pack(records / "session.zip", day1=LIGHT, day2=BUOY)
    ingest(store, [records])
    before = ids(store)
    embedder.seen.clear()
    (records / "session.zip").rename(records / "fourth.zip")
    assert counts(ingest(store, [records])) == (0, 2, 0, 0)
    assert ids(store) == {name.replace("session", "fourth"): key for name, key in before.items()}
    assert embedder.seen == []


def test_a_member_that_is_also_a_file_is_kept_once(store: Store, records: Path) -> None:
    pack(records / "session.zip", day1=LIGHT, day2=BUOY)
    write(records / "day1.txt", LIGHT)
    assert ingest(store, [records]).documents == 2
    (records / "session.zip").unlink()
    ingest(store, [records], prune=True)
    assert texts(store) == {"day1.txt": LIGHT}


def test_an_attachment_goes_with_its_mail(store: Store, records: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "a@b.example", "c@d.example", "Lights", "<1@b>"
    mail.set_content("The report is attached.")
    (records / "lights.eml").write_bytes(mail.as_bytes())
    assert counts(ingest(store, [records])) == (1, 0, 0, 0)
    mail.add_attachment(LIGHT.encode(), maintype="text", subtype="plain", filename="report.txt")
    (records / "lights.eml").write_bytes(mail.as_bytes())
    assert counts(ingest(store, [records])) == (1, 1, 0, 0)
    assert texts(store)["lights.eml!report.txt"].strip() == LIGHT
    (records / "lights.eml").unlink()
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 0, 2)


@pytest.mark.parametrize("name", ["hear! hear!.txt", "old.zip!lights.txt", "!.txt"])
def test_a_file_whose_own_name_holds_the_mark(store: Store, records: Path, name: str) -> None:
    write(records / name, LIGHT)
    write(records / "hear", BUOY)
    assert counts(ingest(store, [records], prune=True)) == (1, 0, 0, 0)
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 1, 0)
    (records / name).unlink()
    assert counts(ingest(store, [records], prune=True)) == (0, 0, 0, 1)


# --- broken ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 and then nothing", b"%PDF-1.7 and then nothing"])
def test_a_file_that_broke_keeps_what_the_library_has_of_it(store: Store, records: Path, broken: bytes) -> None:
    session, minutes = pack(records / "session.zip", day1=LIGHT), write(records / "minutes.txt", BUOY)
    ingest(store, [records])
    session.write_bytes(broken)
    minutes.write_bytes(broken)
    for _ in range(2):
        report = ingest(store, [records], prune=True)
        assert [Path(failure.source).name for failure in report.failed] == ["minutes.txt", "session.zip"]
        assert texts(store) == {"minutes.txt": BUOY, "session.zip!day1.txt": LIGHT}


def test_a_file_grown_too_large_keeps_what_the_library_has_of_it(store: Store, records: Path) -> None:
    record = write(records / "lights.txt", LIGHT)
    write(records / "buoys.txt", BUOY)
    ingest(store, [records])
    with record.open("ab") as opened:
        opened.truncate((1 << 20) + 1)
    report = ingest(store, [records], limits=Limits(file_mb=1), prune=True)
    assert [failure.error for failure in report.failed] == ["it cannot be opened (it is larger than 1 MB)"]
    assert texts(store) == {"buoys.txt": BUOY, "lights.txt": LIGHT}


# --- watched -----------------------------------------------------------------------------------------------------


def test_a_watched_folder_is_read_again_as_it_changes(records: Path, tmp_path: Path) -> None:
    write(records / "lights.txt", LIGHT)
    program = [str(Path(sys.executable).with_name("onrecord")), "ingest", str(records), "--watch", "--json"]
    library = tmp_path / "watching"
    process = subprocess.Popen(
        [*program, "--library", str(library)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stderr

    def told() -> tuple[int, int, int, int]:
        assert process.stdout
        report = json.loads(process.stdout.readline())
        return report["added"], report["updated"], report["unchanged"], report["removed"]

    assert told() == (1, 0, 0, 0)
    assert "Ctrl-C to stop" in process.stderr.readline()
    time.sleep(0.5)  # it says so right before it begins to watch
    write(records / "buoys.txt", BUOY)
    assert told() == (1, 0, 1, 0)
    write(records / "lights.txt", LIGHT, BUOY)
    assert told() == (0, 1, 1, 0)
    (records / "lights.txt").unlink()
    assert told() == (0, 0, 1, 1)
    os.kill(process.pid, signal.SIGINT)
    rest, said = process.communicate(timeout=20)
    assert rest == ""
    assert process.returncode in (0, 130)  # 130 where it was still at the last report
    assert "Traceback" not in said
