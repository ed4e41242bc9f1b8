"""Answers while vectors are still being made: found by words, and told to be so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder
from .records import write_records

QUESTION = "What did Norway say about the herring quota?"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(tmp_path / "records")])
        yield library


def test_what_words_find_first_answers_while_vectors_are_being_made(library: Library) -> None:
    assert not any("semantic search" in note for note in library.ask(QUESTION).notes)
    with library.store.writing():
        library.store.catalogue.forget_embeddings()
        words = dict.fromkeys(library.store.lexical.words(QUESTION), 1.0)
        [(best, _)] = library.store.by_words(words, 1)
        answer = library.ask(QUESTION)
        [first] = library.search(QUESTION, limit=1)
        waiting = library.store.catalogue.count_passages()
        told = f"{waiting} of {waiting} passages are being indexed for semantic search; until then, words find them."
        assert answer.answered and told in answer.notes
        assert first.passage.id == best and answer.citations[0].quote in first.passage.text
        library.store.embed()
        assert told not in library.ask(QUESTION).notes
