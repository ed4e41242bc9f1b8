"""Sentences of a model that cites no passage: one must hold them in one place, and be a record's, not the prompt's."""

from collections.abc import Iterator

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.verification.ground import claims, ground

from ..fakes import HashEmbedder
from .openai_server import OpenAIServer

RECORD = """Minutes of the Board

1. The Board met in the customs house. The ferry fares were read out by the clerk. Some members asked for new lamps on \
the quay. Rain had damaged the roof of the net store. The pilots want an office.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("nowhere")
    (folder / "minutes.txt").write_text(RECORD, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "minutes.txt"])
        yield library


@pytest.mark.parametrize(
    ("written", "supported"),
    [
        ("Rain had damaged the roof of the net store.", True),
        ("The clerk read out the ferry fares, and some members asked for new lamps.", True),
        ("The clerk asked for a new roof on the customs house.", False),
        ("The passage is about rain that had damaged the roof of the net store.", False),
    ],
)
def test_what_cites_nothing_must_stand_in_one_place(library: Library, written: str, supported: bool) -> None:
    [claim] = claims(written)
    grounded = ground(library.store, claim, library.search("the roof of the net store"))
    assert bool(grounded.evidence) is supported, grounded.problems


def test_the_line_that_tells_where_a_passage_stands_is_no_sentence(library: Library) -> None:
    with OpenAIServer() as server:
        server.says("(Minutes of the Board | Item; Chair, Chair, Chair) [1].")
        with open_library(
            library.store.folder, embedder=HashEmbedder(), model="openai:scripted", model_base_url=server.base_url,
            model_api_key="x", model_way="write",
        ) as again:  # fmt: skip
            answer = again.ask("What had rain damaged?")
    assert not answer.answered and not any("Chair" in sentence.text for sentence in answer.sentences)


def test_nor_is_it_one_where_a_model_writes_again(library: Library) -> None:
    with OpenAIServer() as server:
        place = "1. (Minutes of the Board | Rain; the net store) [1]."
        server.says(["The clerk sold a roof in May for 40 crowns [1].", place])
        with open_library(
            library.store.folder, embedder=HashEmbedder(), model="openai:scripted", model_base_url=server.base_url,
            model_api_key="x", model_way="write",
        ) as again:  # fmt: skip
            answer = again.ask("What had rain damaged?")
        assert len(server.requests) == 2
    assert not any("|" in sentence.text for sentence in answer.sentences) and not answer.answered
