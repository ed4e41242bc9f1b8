"""A library over the three small records, opened once; its fake embedder makes every run alike."""

from collections.abc import Iterator

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
