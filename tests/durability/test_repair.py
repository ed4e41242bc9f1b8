"""A damaged library: the doctor names what is wrong, what can be made anew is, and asking by words goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.settings import Settings
from onrecord.ui.cli.doctor import _damage, _library  # pyright: ignore[reportPrivateUsage]
from onrecord.vectorstore.errors import CatalogueDamaged, DiskRefuses, LibraryError
from onrecord.vectorstore.examine import sqlite_faults
from onrecord.vectorstore.store import forget_derived

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

QUESTION = "By how much should the herring quota fall?"


def opened(folder: Path) -> Library:
    return open_library(folder, create=False, embedder=HashEmbedder())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "minutes.txt").write_text(
        "Minutes of the council\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise.",
        encoding="utf-8",
    )
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "minutes.txt"])
        assert library.store.faults() == [] and library.store.changed_files() == []
    return folder / "library"


@pytest.fixture
def damaged(sound: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "library"))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def chosen(folder: Path, pattern: str) -> Path:
    """The largest file that fits."""
    return max(folder.glob(pattern), key=lambda path: path.stat().st_size)


def says_of(folder: Path) -> str:
    """What the doctor finds; never that the library is sound."""
    finding = _library(Settings(), folder)
    assert not finding.ok and "Traceback" not in finding.says
    return finding.says


@pytest.mark.parametrize("damage", [emptied, halved])
@pytest.mark.parametrize("pattern", ["catalogue.sqlite", "lexical/*.term", "chroma/chroma.sqlite3", "chroma/*/*.bin"])
def test_the_doctor_names_a_file_that_was_cut(damaged: Path, pattern: str, damage: Callable[[Path], None]) -> None:
    damage(chosen(damaged, pattern))
    assert pattern.split("/")[0].split("*")[0] in says_of(damaged)


@pytest.mark.parametrize("pattern", ["lexical/*.term", "chroma/*/data_level0.bin"])
def test_the_doctor_finds_a_flipped_byte_by_checksum(damaged: Path, pattern: str) -> None:
    flipped(chosen(damaged, pattern))
    assert "doctor --repair" in says_of(damaged)


def test_the_doctor_finds_a_changed_letter_in_the_catalogue(damaged: Path) -> None:
    catalogue = damaged / "catalogue.sqlite"
    data = catalogue.read_bytes()
    assert b"by a third" in data
    catalogue.write_bytes(data.replace(b"by a third", b"by a tenth"))
    assert "is not what was read from its file" in says_of(damaged)


@pytest.mark.parametrize("lose", [Path.unlink, emptied])
def test_a_library_that_lost_its_catalogue_is_no_new_one(damaged: Path, lose: Callable[[Path], None]) -> None:
    lose(damaged / "catalogue.sqlite")
    for create in (True, False):
        with pytest.raises(CatalogueDamaged, match=r"lost its catalogue: catalogue\.sqlite is"):
            open_library(damaged, create=create, embedder=HashEmbedder())
    finding = _library(Settings(), damaged)
    assert not finding.ok and "lost its catalogue" in finding.says


def test_a_flipped_page_of_the_catalogue_is_named_where_it_is_read(damaged: Path) -> None:
    path = damaged / "catalogue.sqlite"
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(LibraryError, match=r"catalogue\.sqlite"), opened(damaged) as library:
        library.ask(QUESTION)
    assert sqlite_faults(path)


LOSSES: dict[str, Callable[[Path], object]] = {
    "the folder deleted": lambda folder: shutil.rmtree(folder / "chroma"),
    "the database cut": lambda folder: halved(folder / "chroma" / "chroma.sqlite3"),
    "the database emptied": lambda folder: emptied(folder / "chroma" / "chroma.sqlite3"),
    "the database something else": lambda folder: (folder / "chroma" / "chroma.sqlite3").write_bytes(b"no" * 9000),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_without_vectors_words_answer_and_the_next_ingest_makes_them_anew(damaged: Path, loss: str) -> None:
    with opened(damaged) as library:
        right = library.ask(QUESTION)
        assert right.answered and not any("vectors" in note for note in right.notes)
    LOSSES[loss](damaged)
    with opened(damaged) as library:
        answer = library.ask(QUESTION)
        assert answer.answered and "doctor --repair" in answer.notes[-1]
        refused = library.ask("Who invented the wheel?")
        assert not refused.answered and len(refused.notes) >= 2 and "doctor --repair" in refused.notes[-1]
        library.ingest([_more(damaged)])
        assert library.store.faults() == [] and library.store.meaning_fault() is None
        assert library.ask(QUESTION).citations[0].quote == right.citations[0].quote
        assert library.store.by_meaning(HashEmbedder().embed_query(QUESTION), 3)


def _more(folder: Path) -> Path:
    path = folder.parent / "more.txt"
    path.write_text("Minutes of another day\n\nNobody spoke.", encoding="utf-8")
    return path


def test_what_is_derived_is_made_anew_from_the_catalogue(damaged: Path) -> None:
    forget_derived(damaged, lexical=True, vectors=True)
    assert not (damaged / "lexical").exists() and not (damaged / "chroma").exists()
    assert "missing" in str(_damage(Settings(), damaged))
    with opened(damaged) as library:
        with library.store.writing():
            library.store.make_findable()
            library.store.embed()
        assert library.store.faults() == [] and library.ask(QUESTION).answered


@pytest.fixture
def small_disk(sound: Path, tmp_path: Path) -> Iterator[Path]:
    """The library on a small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk to fill")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", place], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    shutil.copytree(sound, place / "library")
    yield place / "library"
    subprocess.run(["umount", "-l", place], check=True)


def test_a_read_only_disk_is_named_and_asking_goes_on(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk.parent], check=True)
    with opened(small_disk) as library:
        assert library.ask(QUESTION).answered and library.search("herring") and len(library.documents()) == 1
        with pytest.raises(DiskRefuses, match="read-only"):
            library.remove(["minutes.txt"])


def test_a_full_disk_is_named_and_asking_goes_on(small_disk: Path) -> None:
    with pytest.raises(OSError), (small_disk.parent / "filler").open("wb") as filler:
        while True:
            filler.write(b"\0" * 65536)
            filler.flush()
    with opened(small_disk) as library:
        assert library.ask(QUESTION).answered
        with pytest.raises(DiskRefuses, match="is full"):
            library.remove(["minutes.txt"])
        assert len(library.documents()) == 1
