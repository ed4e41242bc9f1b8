"""A library over the three small records, opened once; its fake embedder makes every run alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder
from .records import write_records


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("small")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.fixture
def own_records(tmp_path: Path) -> Iterator[Library]:
    """A library of this test only, with one small record."""
    text = "Notes of the council\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise."
    (tmp_path / "notes.txt").write_text(text, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "notes.txt"])
        yield library
