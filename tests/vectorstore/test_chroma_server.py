"""A library whose vectors lie on a Chroma server: a real one, started for these tests."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from onrecord.rag import Answer, Library, open_library
from onrecord.vectorstore.errors import InputError, VectorsUnreachable

from ..fakes import HashEmbedder
from ..rag.records import write_records

pytestmark = pytest.mark.slow

QUOTA = "What did Norway say about the herring quota?"
QUESTIONS = (QUOTA, "What did Mexico say about the closed season?", "How many collisions were reported?")


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [Path(sys.executable).with_name("chroma"), "run", "--host", "127.0.0.1", "--port", port]
    folder = tmp_path_factory.mktemp("chroma")
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*command, "--path", folder], stdout=quiet, stderr=quiet) as running:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urlopen(f"{address}/api/v2/heartbeat", timeout=5).close()
                break
            except OSError:
                assert running.poll() is None, "the Chroma server did not start"
                time.sleep(0.1)
        yield address
        running.terminate()


def opened(folder: Path, chroma_url: str | None) -> Library:
    return open_library(folder, embedder=HashEmbedder(), chroma_url=chroma_url)


def told(answer: Answer) -> tuple[str, tuple[str, ...]]:
    return answer.text, tuple(citation.quote for citation in answer.citations)


def test_answers_are_those_of_a_library_in_a_folder(tmp_path: Path, chroma: str) -> None:
    records = write_records(tmp_path / "records")
    with opened(tmp_path / "near", None) as near, opened(tmp_path / "far", chroma) as far:
        assert near.ingest([records]).added == far.ingest([records]).added == 3
        for question in QUESTIONS:
            assert told(far.ask(question)) == told(near.ask(question))
        assert far.store.faults() == [] and far.store.vectors.count() == near.store.vectors.count() > 0
        assert not (tmp_path / "far" / "chroma").exists()
        meaning = [near.store.by_meaning(HashEmbedder().embed_query(q), 5) for q in QUESTIONS]
        there = [far.store.by_meaning(HashEmbedder().embed_query(q), 5) for q in QUESTIONS]
        for one, other in zip(meaning, there, strict=True):
            assert [round(score, 4) for _, score in one] == [round(score, 4) for _, score in other] != []


def test_libraries_on_one_server_know_nothing_of_each_other(tmp_path: Path, chroma: str) -> None:
    records = write_records(tmp_path / "records")
    with opened(tmp_path / "one", chroma) as one, opened(tmp_path / "two", chroma) as two:
        one.ingest([records])
        two.ingest([records / "minutes.txt"])
        held = two.store.vectors.count()
        one.remove(["HB/2031/9", "minutes.txt", "measures.md"])
        assert one.store.vectors.count() == 0 and two.store.vectors.count() == held > 0
        assert two.ask(QUOTA).answered
    with opened(tmp_path / "two", chroma) as again:
        assert again.store.faults() == [] and again.ask(QUOTA).answered


def test_after_a_change_of_place_the_next_ingest_makes_the_vectors_anew(tmp_path: Path, chroma: str) -> None:
    records = write_records(tmp_path / "records")
    with opened(tmp_path / "library", None) as library:
        library.ingest([records])
        best = library.ask(QUOTA).citations[0].quote
    for place in (chroma, None):
        with opened(tmp_path / "library", place) as library:
            assert "made elsewhere" in library.store.faults()[0]
            assert library.ask(QUOTA).citations[0].quote in best  # by words alone
            assert library.ingest([records]).unchanged == 3
            assert library.store.faults() == []
            assert library.store.by_meaning(HashEmbedder().embed_query(QUOTA), 3)


def test_a_server_that_does_not_answer_is_named(tmp_path: Path, chroma: str) -> None:
    records = write_records(tmp_path / "records")
    with opened(tmp_path / "library", chroma) as library:
        library.ingest([records])
    gone = "http://127.0.0.1:1"
    with opened(tmp_path / "library", gone) as library:
        with pytest.raises(VectorsUnreachable, match=r"127\.0\.0\.1:1 does not answer.*ONRECORD_CHROMA_URL"):
            library.ask(QUOTA)
        assert len(library.documents()) == 3
    with pytest.raises(InputError, match="not the address of a Chroma server"):
        opened(tmp_path / "library", "chroma:8000")
