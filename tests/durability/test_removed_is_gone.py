"""What is removed, replaced or pruned stands nowhere in the library's folder: no text, title, name, word or vector."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from onrecord.rag import Library, open_library
from onrecord.ui.page.answering import stored_answer
from onrecord.ui.page.history import DONE, FILE, History
from onrecord.ui.removal import remove_records

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

SECRET = "The informant Zanzibarquartz met the harbour master at midnight."
TITLE = "Vermilionledger of the harbour"
OTHERS = "The Board rose at noon.\n\nThe herring quota for the northern banks should fall by a third."


def write(folder: Path, copies: int = 1) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "ochrewindow.txt").write_text(f"{TITLE}\n\n{SECRET}\n\nThe tide was low.", encoding="utf-8")
    for number in range(copies):
        (folder / f"other{number}.txt").write_text(
            f"Minutes {number}\n\n{OTHERS} It is day {number}.", encoding="utf-8"
        )
    return folder


def left_of(folder: Path, *words: str) -> list[str]:
    """Files of a library that hold any of the words, in any case, as UTF-8 or UTF-16."""
    found = []
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes().lower() if path.is_file() else b""
        name = str(path.relative_to(folder)).lower()
        for word in words:
            spelt = word.lower()
            if any(spelt.encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be")) or spelt in name:
                found.append(f"{path.relative_to(folder)}: {word}")
    return found


def vectors_of(library: Library, name: str) -> list[bytes]:
    """The vectors of a document's passages and sentences, as bytes."""
    ids = [passage.id for passage in library.store.passages_of(library.document(name).id)]
    of_sentences = [vector for held in library.store.sentence_vectors(ids).values() for vector in held.values()]
    vectors = [*library.store.vectors.vectors_of(ids).values(), *of_sentences]
    return [np.asarray(vector, np.float32).tobytes() for vector in vectors]


def holding(folder: Path, marks: list[bytes]) -> set[str]:
    """Names of the files that hold any of these bytes."""
    return {path.name for path in folder.rglob("*") if path.is_file() and any(m in path.read_bytes() for m in marks)}


MARKS = ("Zanzibarquartz", "Vermilionledger", "ochrewindow")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([write(tmp_path / "records", copies=3)])
        assert len(left_of(library.store.folder, *MARKS)) >= 3
        yield library


def assert_gone(library: Library) -> None:
    folder = library.store.folder
    assert left_of(folder, *MARKS) == []
    assert library.store.lexical.document_frequency(library.store.lexical.words("zanzibarquartz")[0]) == 0
    assert not library.store.lexical.has_traces
    assert library.store.faults() == [] and library.store.changed_files() == []
    assert library.ask("Which quota should fall by a third?").answered


def test_a_removed_document_is_nowhere_in_the_folder(library: Library) -> None:
    vectors = vectors_of(library, "ochrewindow.txt")
    assert "data_level0.bin" in holding(library.store.folder, vectors)
    library.remove(["ochrewindow.txt"])
    assert_gone(library)
    assert holding(library.store.folder, vectors) == set()


def test_the_text_before_an_update_is_gone(library: Library, tmp_path: Path) -> None:
    (tmp_path / "records" / "ochrewindow.txt").write_text("Log\n\nNothing was seen at midnight.", encoding="utf-8")
    assert library.ingest([tmp_path / "records"]).updated == 1
    assert left_of(library.store.folder, *MARKS[:2]) == []
    assert library.store.faults() == []


def test_what_is_pruned_is_gone(library: Library, tmp_path: Path) -> None:
    (tmp_path / "records" / "ochrewindow.txt").unlink()
    assert library.ingest([tmp_path / "records"], prune=True).removed == 1
    assert_gone(library)


def test_the_last_document_is_gone_too(library: Library) -> None:
    library.remove([listing.id for listing in library.documents()])
    assert left_of(library.store.folder, *MARKS, "herring", "minutes") == []
    assert library.store.vectors.count() == library.store.lexical.size == 0


def test_words_written_out_to_the_graph_are_gone(tmp_path: Path) -> None:
    """More vectors than Chroma keeps in its queue, so that they stand in HNSW's own files."""
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        folder = write(tmp_path / "records")
        turns = "\n\n".join(f"{number}. The pilot {number * 7919} asked for harbour dues." for number in range(1100))
        (folder / "long.txt").write_text(f"Dues\n\n{turns}", encoding="utf-8")
        library.ingest([folder])
        vectors = vectors_of(library, "long.txt")
        assert "data_level0.bin" in holding(library.store.folder, vectors)
        library.remove(["long.txt"])
        assert left_of(library.store.folder, "harbour dues") == []
        assert holding(library.store.folder, vectors) == set()
        kept = [passage.id for one in library.documents() for passage in library.store.passages_of(one.id)]
        assert library.store.vectors.ids() == set(kept)
        library.remove(["ochrewindow.txt"])
        assert_gone(library)


@pytest.mark.parametrize("place", ["files/0123456789ab", "uploads"])
def test_originals_that_were_handed_in_go_with_their_document(tmp_path: Path, place: str) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        (tmp_path / "library" / place).mkdir(parents=True)
        handed_in = shutil.copy(write(tmp_path / "records") / "ochrewindow.txt", tmp_path / "library" / place)
        library.ingest([handed_in, tmp_path / "records" / "other0.txt"])
        library.remove(["ochrewindow.txt"])
        assert_gone(library)
        assert (tmp_path / "records" / "ochrewindow.txt").exists()


def test_a_removal_cut_short_is_completed_by_the_next_writer(library: Library) -> None:
    library.store.catalogue.remove(library.document("ochrewindow.txt").id)  # and then the power fails
    assert left_of(library.store.folder, *MARKS)
    with library.store.writing():
        pass
    assert_gone(library)


def conversation_about(library: Library, question: str) -> str:
    history = History(library.store.folder / FILE)
    key = history.begin("visitor", question)
    answer = library.ask(question)
    assert answer.answered
    exchange = history.add(key, question, {})
    history.finish(exchange.id, DONE, stored_answer(answer))
    library.store.catalogue.add_feedback({"verdict": "up", "question": question, "answer": stored_answer(answer)})
    history.close()
    return key


def test_conversations_that_quote_it_are_named_and_can_be_redacted(library: Library) -> None:
    question = "Whom did the informant meet at midnight?"
    key = conversation_about(library, question)
    other = conversation_about(library, "Which quota should fall by a third?")
    removed = remove_records(library, ["ochrewindow.txt"])
    assert [(one.id, one.title) for one in removed.quoted_in] == [(key, question)] and not removed.redacted
    assert {line.split(":")[0] for line in left_of(library.store.folder, *MARKS)} == {FILE, "catalogue.sqlite"}

    library.ingest([library.store.folder.parent / "records"])
    removed = remove_records(library, ["ochrewindow.txt"], redact=True)
    assert [one.id for one in removed.quoted_in] == [key] and removed.redacted
    assert_gone(library)
    history = History(library.store.folder / FILE)
    [redacted], [kept] = history.exchanges(key), history.exchanges(other)
    assert "[removed]" in redacted.body["text"] and redacted.body["citations"][0]["quote"] == "[removed]"
    assert redacted.question == question and "[removed]" not in json.dumps(kept.body)
    history.close()
