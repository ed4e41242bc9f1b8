"""A library is its owner's alone: its folder, and what commands write."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import open_library
from onrecord.rag.settings import Settings
from onrecord.ui.cli.doctor import _library  # pyright: ignore[reportPrivateUsage]
from onrecord.ui.cli.setting_up import write_privately

from ..fakes import HashEmbedder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX has modes of files")


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_library_is_in_a_folder_that_nobody_else_can_enter(tmp_path: Path) -> None:
    with open_library(tmp_path / "deep" / "library", embedder=HashEmbedder()):
        assert mode(tmp_path / "deep" / "library") == 0o700
        assert mode(tmp_path / "deep") == 0o755, "what it lies in is not ours to close"


@pytest.mark.parametrize(
    ("folder", "file"), [(None, 0o600), (0o700, 0o600), (0o750, 0o640), (0o770, 0o660), (0o755, 0o640), (0o777, 0o660)]
)
def test_commands_write_what_others_cannot_read_and_a_group_only_where_it_may(
    tmp_path: Path, folder: int | None, file: int
) -> None:
    library = tmp_path / "library"
    if folder is not None:
        library.mkdir()
        library.chmod(folder)
    write_privately(library)
    library.mkdir(exist_ok=True)
    (library / "written").touch()
    assert mode(library / "written") == file


@pytest.mark.slow
def test_the_doctor_tells_of_a_library_that_others_can_read(tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()):
        pass
    assert "other users" not in _library(Settings(), tmp_path / "library").says
    (tmp_path / "library").chmod(0o755)
    found = _library(Settings(), tmp_path / "library")
    assert found.ok and "chmod -R o-rwx" in found.says
