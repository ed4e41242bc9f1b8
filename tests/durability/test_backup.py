"""A library as one file: whole, while it is written to, killed at any moment, damaged, of a later version, hostile."""

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.ui.backup import back_up, restore, verify
from onrecord.ui.page.history import FILE, History
from onrecord.ui.uploads import Uploads
from onrecord.vectorstore.errors import InputError, NotALibrary
from onrecord.vectorstore.store import writer_lock

from ..fakes import HashEmbedder
from .test_uploads_kept import names, put, read_all, record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUESTION = "By how much should the herring quota fall?"
NORTH = b"Minutes of the council\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise."
KILLS = 6
PICTURES = 12_000_000
# Enough for a backup and a restore to take long enough to be killed amid them.


def opened(folder: Path) -> Library:
    return open_library(folder, create=False, embedder=HashEmbedder())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with an uploaded record, one that waits to be read, a conversation and a large upload that failed."""
    folder = tmp_path_factory.mktemp("backup") / "library"
    with open_library(folder, embedder=HashEmbedder()) as library:
        uploads = Uploads(library)
        put(uploads, "north.txt", NORTH)
        put(uploads, "pictures.bin", random.Random(1).randbytes(PICTURES))
        read_all(library)
        put(uploads, "south.txt", record("south"))
        history = History(folder / FILE)
        history.begin("somebody", QUESTION)
        history.close()
    return folder


@pytest.fixture
def file(library: Path, tmp_path: Path) -> Path:
    back_up(library, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_restored_elsewhere_is_the_same_library(library: Path, file: Path, tmp_path: Path) -> None:
    found = verify(file)
    assert found.faults == () and found.manifest and found.manifest.derived
    restore(file, tmp_path / "new")
    assert left_in(tmp_path) == ["backup.zip", "new"]
    with opened(library) as before, opened(tmp_path / "new") as after:
        assert after.store.faults() == [] and after.store.changed_files() == []
        [old], [new] = before.documents(), after.documents()
        assert new.id == old.id and Path(new.source).is_relative_to(tmp_path / "new" / "files")
        assert Path(new.source).read_bytes() == Path(old.source).read_bytes()
        answers = [each.ask(QUESTION) for each in (before, after)]
        assert answers[0].answered and answers[0].text == answers[1].text
        with closing(sqlite3.connect(tmp_path / "new" / FILE)) as connection:
            assert connection.execute("SELECT title FROM conversations").fetchall() == [(QUESTION,)]
        intake = read_all(after)  # what waited is read, what had failed is still named
        assert names(after) == ["north.txt", "south.txt"]
        assert [Path(failure.source).name for failure in intake.status().failures] == ["pictures.bin"]
        after.remove(["north.txt"])
        assert not Path(new.source).exists() and Path(old.source).exists()


def test_neither_a_backup_nor_what_is_restored_is_readable_by_others(file: Path, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        restore(file, tmp_path / "new")
        back_up(tmp_path / "new", tmp_path / "again.zip")
    finally:
        os.umask(before)
    for path in (tmp_path / "again.zip", tmp_path / "new", tmp_path / "new" / "catalogue.sqlite"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_backup_amid_somebody_elses_writing_leaves_out_what_can_be_made_anew(library: Path, tmp_path: Path) -> None:
    with writer_lock(library):
        manifest = back_up(library, tmp_path / "backup.zip", wait_s=0)
    assert not manifest.derived and not any(name.startswith(("chroma/", "lexical/")) for name in manifest.files)
    assert verify(tmp_path / "backup.zip").faults == ()
    restore(tmp_path / "backup.zip", tmp_path / "new")
    with opened(tmp_path / "new") as library_again:
        assert library_again.ask(QUESTION).answered
        with library_again.store.writing():
            assert library_again.store.embed() > 0
        assert library_again.store.faults() == []


WRITING = """
import sys, time
from pathlib import Path
from onrecord.rag import open_library
from onrecord.vectorstore.errors import LibraryBusy
from tests.durability.test_uploads_kept import record
from tests.fakes import HashEmbedder
folder = Path(sys.argv[1])
with open_library(folder / "library", embedder=HashEmbedder()) as library:
    for number in range(200):
        path = folder / f"{number}.txt"
        path.write_bytes(record(f"number{number}", 20))
        while True:
            try:
                library.ingest([path])
                break
            except LibraryBusy:  # a backup is being made, which takes a moment
                time.sleep(0.05)
        print(number, flush=True)
"""


def test_backups_made_while_records_are_read_hold_all_that_was_told_to_be_in(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            told = []
            for number in range(3):
                for _ in range(2):
                    told.append(f"{int(child.stdout.readline())}.txt")
                back_up(tmp_path / "library", tmp_path / f"{number}.zip", wait_s=0.2 * number)
                assert verify(tmp_path / f"{number}.zip").faults == ()
                restore(tmp_path / f"{number}.zip", tmp_path / f"restored{number}")
                with opened(tmp_path / f"restored{number}") as library, library.store.writing():
                    library.store.make_findable()
                    library.store.embed()
                    assert set(told) <= set(names(library)) and library.store.faults() == []
        finally:
            child.kill()


# --- killed at any moment --------------------------------------------------------------------------------------------

ACT = """
import sys, time
from pathlib import Path
from onrecord.ui.backup import back_up, restore
print("go", flush=True)
began = time.monotonic()
(back_up if sys.argv[1] == "back_up" else restore)(Path(sys.argv[2]), Path(sys.argv[3]))
print(time.monotonic() - began, flush=True)
"""


def act(*arguments: str | Path, after_s: float | None = None) -> float:
    """Runs a backup or a restore in a process of its own, killed so long after it began; how long it took."""
    command = [sys.executable, "-c", ACT, *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "go\n"
        if after_s is None:
            return float(child.stdout.readline())
        time.sleep(after_s)
        child.kill()
    return after_s


def test_a_killed_backup_is_there_whole_or_not_at_all(library: Path, tmp_path: Path) -> None:
    lasts_s = act("back_up", library, tmp_path / "undisturbed.zip")
    for number in range(KILLS):
        file = tmp_path / f"{number}.zip"
        act("back_up", library, file, after_s=lasts_s * (number + 0.5) / KILLS)
        assert not file.exists() or verify(file).faults == ()
    back_up(library, tmp_path / "last.zip")
    assert verify(tmp_path / "last.zip").faults == ()
    assert all(name.endswith(".zip") for name in left_in(tmp_path)), "what killed ones left is cleared away"
    with opened(library) as after:
        assert after.store.faults() == [] and after.ask(QUESTION).answered


def test_a_killed_restore_leaves_the_whole_library_or_none(file: Path, tmp_path: Path) -> None:
    lasts_s = act("restore", file, tmp_path / "undisturbed")
    for number in range(KILLS):
        folder = tmp_path / f"{number}"
        act("restore", file, folder, after_s=lasts_s * (number + 0.5) / KILLS)
        if not folder.exists():
            restore(file, folder)
        with opened(folder) as after:
            assert after.store.faults() == [] and after.store.changed_files() == []
            assert names(after) == ["north.txt"] and len(Uploads(after).waiting()) == 1
    assert not list(tmp_path.glob(".*"))


# --- what is no sound backup ----------------------------------------------------------------------------------------


def flipped(place: float) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[int(len(data) * place)] ^= 0x20
        path.write_bytes(data)

    return flip


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


@pytest.mark.parametrize(
    "damage", [flipped(0.01), flipped(0.3), flipped(0.7), cut], ids=["flipped 1%", "flipped 30%", "flipped 70%", "cut"]
)
def test_a_damaged_backup_is_told_and_nothing_is_restored(file: Path, tmp_path: Path, damage: Callable) -> None:
    damage(file)
    assert verify(file).faults
    with pytest.raises(NotALibrary, match="damaged"):
        restore(file, tmp_path / "new")
    assert left_in(tmp_path) == ["backup.zip"]


def rewritten(file: Path, **changed: object) -> Path:
    """A backup with another manifest, and every file that this one lists."""
    target = file.with_name("rewritten.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json")) | changed
        for name in manifest["files"]:
            known = f"library/{name}" in old.namelist()
            new.writestr(f"library/{name}", old.read(f"library/{name}") if known else b"")
        new.writestr("manifest.json", json.dumps(manifest))
    return target


@pytest.mark.parametrize("newer", [{"format": 2}, {"schema_version": 99}, {"format": 2, "made_by": "unknown to us"}])
def test_a_backup_of_a_later_version_is_refused_by_that_versions_name(file: Path, newer: dict[str, object]) -> None:
    later = rewritten(file, program="On Record 7.1", **newer)
    with pytest.raises(NotALibrary, match=r"made by On Record 7\.1 .*Install On Record 7\.1"):
        restore(later, file.with_name("new"))
    assert "On Record 7.1" in verify(later).faults[0]


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "files/../../escaped", "C:escaped", "..\\escaped"])
def test_no_file_of_a_backup_is_put_outside_the_library(file: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        files = json.loads(archive.read("manifest.json"))["files"]
    empty = {"bytes": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    with pytest.raises(NotALibrary, match="outside the library's folder"):
        restore(rewritten(file, files=files | {name: empty}), tmp_path / "new")
    assert not list(tmp_path.rglob("*escaped"))


def test_a_backup_replaces_nothing(library: Path, file: Path, tmp_path: Path) -> None:
    for place in (file, library / "inside.zip", tmp_path / "nowhere" / "backup.zip"):
        with pytest.raises(InputError):
            back_up(library, place)
    with pytest.raises(InputError, match="not empty"):
        restore(file, library)
    with pytest.raises(NotALibrary):
        back_up(tmp_path, tmp_path / "none.zip")


def test_a_full_disk_is_named_and_nothing_is_left(library: Path, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk to fill")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", place], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(OSError, match="No space"):
            back_up(library, place / "backup.zip")
        assert left_in(place) == []
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_the_commands_say_what_they_did(library: Path, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("onrecord")

    def run(*arguments: str | Path) -> tuple[int, str]:
        done = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    status, told = run("backup", tmp_path / "b.zip", "--library", library, "--json")
    assert status == 0 and json.loads(told)["derived"] is True
    assert run("verify", tmp_path / "b.zip")[0] == 0
    flipped(0.5)(tmp_path / "b.zip")
    status, told = run("verify", tmp_path / "b.zip", "--json")
    assert status == 1 and json.loads(told)["sound"] is False and json.loads(told)["faults"]
    status, told = run("restore", tmp_path / "b.zip", "--library", tmp_path / "new")
    assert status == 2 and "Nothing has been restored" in told
