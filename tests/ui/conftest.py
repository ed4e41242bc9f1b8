"""A library over three small records, and a client that calls its API as a program on this machine does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rapporteur.rag import Library, open_library
from rapporteur.ui.api import ApiOptions, build_api

from ..fakes import HashEmbedder
from ..rag.records import write_records

Calls = Callable[..., TestClient]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("api")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.fixture
def calls() -> Calls:
    """Makes a client of a library's API; `address` is where it seems to call from."""

    def client(library: Library, options: ApiOptions | None = None, address: str = "127.0.0.1") -> TestClient:
        host = "127.0.0.1:7860" if address == "127.0.0.1" else "records.example"
        app = build_api(library, options)
        return TestClient(app, base_url=f"http://{host}", client=(address, 50000), raise_server_exceptions=False)

    return client


@pytest.fixture
def own_library(tmp_path: Path) -> Iterator[Library]:
    """A library of this test only, with one small record."""
    notes = "Notes of the council\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise."
    (tmp_path / "notes.txt").write_text(notes, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "notes.txt"])
        yield library
