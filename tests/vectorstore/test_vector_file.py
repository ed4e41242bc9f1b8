"""The file of a small library's vectors: it tells what Chroma tells, and whatever is in doubt is asked of Chroma."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from onrecord.vectorstore import vectors as module
from onrecord.vectorstore.passage import Passage
from onrecord.vectorstore.vector_file import NAME
from onrecord.vectorstore.vectors import Vectors

from .test_store import LIGHTS, passages

RECORDS: list[Passage] = passages(LIGHTS)
WIDTH = 8


def rows(count: int, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def filled(folder: Path, *, sentences: bool = True) -> Vectors:
    vectors = Vectors(folder)
    vectors.add(RECORDS, rows(2))
    if sentences:
        vectors.add_sentences([(RECORDS[0].id, 0), (RECORDS[0].id, 1), (RECORDS[1].id, 0)], rows(3, 1))
    vectors.settle()
    return vectors


def told(vectors: Vectors) -> list[object]:
    """All that is read of vectors."""
    question = rows(1, 2)[0]
    ids = [passage.id for passage in RECORDS]
    sentences = vectors.sentence_vectors([*ids, "unknown"])
    return [
        vectors.search(question, 5),
        vectors.search_sentences(question, 5),
        vectors.search_within(question, 5, [*ids, "unknown"]),
        {key: vector.tolist() for key, vector in vectors.vectors_of([*ids, "unknown"]).items()},
        {key: {number: vector.tolist() for number, vector in of.items()} for key, of in sentences.items()},
        (vectors.count(), vectors.count_sentences()),
    ]


@pytest.mark.parametrize("sentences", [True, False])
def test_it_tells_what_chroma_tells(tmp_path: Path, sentences: bool) -> None:
    filled(tmp_path, sentences=sentences).close()
    here = Vectors(tmp_path)
    of_file = told(here)
    assert here._client is None, "Chroma was asked"
    (tmp_path / NAME).unlink()
    chroma = Vectors(tmp_path)
    assert told(chroma) == of_file and chroma._client is not None


def test_reading_it_does_not_import_chroma(tmp_path: Path) -> None:
    filled(tmp_path).close()
    program = """
import sys
from pathlib import Path
import numpy as np
from onrecord.vectorstore.vectors import Vectors
print(len(Vectors(Path(sys.argv[1])).search(np.ones(8, np.float32), 5)), "chromadb" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]


CHANGES: dict[str, Callable[[Vectors], object]] = {
    "a passage added": lambda vectors: vectors.add(RECORDS[:1], rows(1, 3)),
    "a sentence added": lambda vectors: vectors.add_sentences([(RECORDS[1].id, 1)], rows(1, 3)),
    "a passage deleted": lambda vectors: vectors.delete([RECORDS[0].id]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_goes_before_anything_changes_and_comes_again_when_all_is_written(tmp_path: Path, change: str) -> None:
    vectors = filled(tmp_path)
    before = told(vectors)
    CHANGES[change](vectors)
    assert not (tmp_path / NAME).exists() and told(vectors) != before
    after = told(vectors)
    vectors.settle()
    assert (tmp_path / NAME).exists() and told(Vectors(tmp_path)) == after


DOUBTS: dict[str, Callable[[Path], object]] = {
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-8]),
    "empty": lambda file: file.write_bytes(b""),
    "not one": lambda file: file.write_bytes(b"{}" * 900),
    "older than what Chroma holds": lambda file: file.with_name("more.sqlite3").write_bytes(b"more"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_in_doubt_chroma_is_asked(tmp_path: Path, doubt: str) -> None:
    filled(tmp_path).close()
    before = told(Vectors(tmp_path))
    DOUBTS[doubt](tmp_path / NAME)
    vectors = Vectors(tmp_path)
    assert told(vectors) == before and vectors._client is not None


def test_a_large_library_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EXACT_UP_TO", 2)
    filled(tmp_path)
    assert not (tmp_path / NAME).exists()
