"""Overviews that a language model writes part by part, over a real wire: what it says of each, what is quoted in its
stead, how far it is, what it may cost."""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.rag import Answer, Library, SentenceReady, open_library
from onrecord.rag.generation.budget import Budget

from ..fakes import HashEmbedder
from .council import write_council
from .invariants import check
from .openai_server import BreaksOff, OpenAIServer, Shown

ASKED = "What are the minutes of the Town Council about?"
FALSE = "The Council bought a submarine from Neptune for 77 crowns [1]."


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory, server: OpenAIServer) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("parts")
    with open_library(
        folder / "library", embedder=HashEmbedder(), model="openai:scripted", model_base_url=server.base_url,
        model_api_key="x",
    ) as library:  # fmt: skip
        library.ingest([write_council(folder / "records")])
        yield library


def first_passage(server: OpenAIServer) -> str:
    """The words of the first passage that the prompt shows."""
    found = re.search(r"^\[1\] [^\n]*\n(.*?)$", server.prompt, re.MULTILINE)
    assert found, server.prompt
    return found[1]


def copies(server: OpenAIServer) -> Callable[[Shown], str]:
    """A script by which the model says again what the first passage says."""
    return lambda _shown: f"{first_passage(server).rstrip('.')} [1]."


def test_each_part_is_asked_about_by_itself_and_told_with_its_citation(council: Library, server: OpenAIServer) -> None:
    server.says(copies(server))
    events = list(council.stream(ASKED))
    answer = events[-1]
    assert isinstance(answer, Answer) and answer.usage
    check(answer, council)
    assert answer.mode == "model" and answer.usage.calls == len(server.requests) >= 3
    assert all(sentence.supported and sentence.citations for sentence in answer.sentences)
    prompts = [str(request["messages"]) for request in server.requests]
    assert sum("night ferries on the northern route" in prompt for prompt in prompts) < len(prompts)
    ready = [event for event in events if isinstance(event, SentenceReady)]
    assert {event.progress.of for event in ready if event.progress} == {len(server.requests)}
    done = [event.progress.done for event in ready if event.progress]
    assert done == sorted(done) and done[0] == 0 and done[-1] == len(server.requests), "the title comes before any part"


def test_what_does_not_hold_is_told_in_the_records_own_words(council: Library, server: OpenAIServer) -> None:
    server.says(FALSE)
    answer = council.ask(ASKED)
    check(answer, council)
    assert "submarine" not in answer.text and answer.citations
    assert {each.quote for each in answer.citations} == {
        each.quote for each in Library(council.store).ask(ASKED).citations
    }
    told = next(each for each in answer.remarks if each.code == "parts_quoted")
    assert int(told.params["quoted"]) == int(told.params["of_all"]) == len(server.requests)


def test_parts_that_the_tokens_do_not_reach_are_quoted_and_this_is_said(council: Library, server: OpenAIServer) -> None:
    server.says(copies(server))
    whole = len(council.ask(ASKED).sentences)
    server.says(copies(server))
    assert council.writer
    answer = Library(council.store, replace(council.writer, tokens_per_answer=900)).ask(ASKED)
    check(answer, council)
    told = next(each for each in answer.remarks if each.code == "parts_left")
    written, of_all = int(told.params["written"]), int(told.params["of_all"])
    assert 1 <= written == len(server.requests) < of_all
    assert len(answer.sentences) >= whole - 1, "what is left is quoted, not left out"


def test_the_tokens_of_a_day_are_counted_part_by_part(
    council: Library, server: OpenAIServer, tmp_path: Path
) -> None:
    server.says(copies(server))
    budget = Budget(file=tmp_path / "tokens.sqlite", tokens_a_day=100)
    answer = council.within(budget).ask(ASKED)
    check(answer, council)
    assert len(server.requests) == 1 and budget.used() >= 100
    assert any(each.code == "parts_left" and each.params["written"] == "1" for each in answer.remarks)


def test_what_was_written_before_the_service_broke_off_stays(council: Library, server: OpenAIServer) -> None:
    server.says([copies(server), BreaksOff(after="The Co")])
    answer = council.ask(ASKED)
    check(answer, council)
    assert answer.answered and len(server.requests) == 2
    assert any(each.code == "broke_off" for each in answer.remarks)


def test_who_stops_listening_has_the_model_asked_no_more(council: Library, server: OpenAIServer) -> None:
    server.says(copies(server))
    events = council.stream(ASKED)
    assert isinstance(events, Generator)
    for event in events:
        if isinstance(event, SentenceReady) and event.progress and event.progress.done == 1:
            break
    events.close()
    assert len(server.requests) == 1
