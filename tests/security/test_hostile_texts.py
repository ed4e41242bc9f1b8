"""Questions, replies, names and records made to stop the program: time grows with length, length has limits."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel
from starlette.testclient import TestClient

from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.structure.facts.metadata import metadata
from onrecord.ingest.structure.paragraphs import structure
from onrecord.rag import Library, Turn, open_library
from onrecord.rag.generation.llm import MAX_WRITTEN_CHARS, Service, Tally
from onrecord.rag.generation.parse_reply import claims, finished_claims, visible, without_links
from onrecord.rag.library import MAX_TURN_CHARS
from onrecord.rag.query.question import MAX_QUESTION_CHARS
from onrecord.ui.http.api import build_api
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder
from ..rag.records import write_records
from .children import output_of

pytestmark = pytest.mark.slow

QUOTA = "What did Norway say about the herring quota?"
TOO_LONG = QUOTA + " And then?" * (MAX_QUESTION_CHARS // 10)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("hostile")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.fixture(scope="module")
def client(library: Library) -> TestClient:
    return TestClient(build_api(library), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50000))


# --- time --------------------------------------------------------------------------------------------------------


def test_the_time_of_all_work_on_texts_grows_with_their_length_and_no_faster() -> None:
    done = [json.loads(line) for line in output_of("measure_functions.py").splitlines()]
    assert len(done) > 10
    slow = [f"{each['work']}: {each['fault']}" for each in done if each["fault"]]
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize("piece", ["<", "<a", "](", "](a)", "<b><", "www.", "a://"])
def test_addresses_within_addresses_are_taken_out_in_a_few_goes(piece: str) -> None:
    began = time.process_time()
    left = without_links(f"Norway {piece * 20_000}{'>)' * 20_000} agreed.")
    assert time.process_time() - began < 5
    assert left.startswith("Norway") and "<a" not in left and "://" not in left and "www." not in left


# --- questions ---------------------------------------------------------------------------------------------------


def test_a_question_of_the_longest_length_is_asked(library: Library) -> None:
    question = QUOTA + " " * (MAX_QUESTION_CHARS - len(QUOTA))
    assert library.ask(question).answered
    assert library.search(question)


def test_one_that_is_longer_is_asked_nowhere_and_the_limit_is_said(library: Library, client: TestClient) -> None:
    assert "at most 4,000" in library.ask(TOO_LONG).notes[0]
    with pytest.raises(InputError, match="at most 4,000"):
        library.search(TOO_LONG)
    with pytest.raises(InputError, match="at most 4,000"):
        library.as_retriever().invoke(TOO_LONG)
    messages = [{"role": "user", "content": TOO_LONG}]
    for path, body in (
        ("/api/ask", {"question": TOO_LONG}),
        ("/api/ask/stream", {"question": TOO_LONG}),
        ("/api/search", {"query": TOO_LONG}),
        ("/v1/chat/completions", {"model": "onrecord", "messages": messages}),
    ):
        refused = client.post(path, json=body)
        assert 400 <= refused.status_code < 500, f"{path}: {refused.status_code} {refused.text}"
        assert "4000" in refused.text.replace(",", ""), path


def test_of_a_long_conversation_only_what_a_question_can_refer_to_is_read(library: Library) -> None:
    turns = [Turn(question="[" * 1_000_000, answer="A_1" * 1_000_000)] * 50
    began = time.process_time()
    answer = library.ask("And Mexico?", history=[*turns, Turn(question=QUOTA, answer="A third.")])
    assert time.process_time() - began < 10
    assert "Mexico" in answer.text
    assert library.ask("And Mexico?", history=[Turn(question=QUOTA, answer="." * 20 * MAX_TURN_CHARS)]).answered


# --- replies -----------------------------------------------------------------------------------------------------


MANY_WORDS = [f"word{number}. " for number in range(20_000)]


@pytest.mark.parametrize("pieces", [MANY_WORDS, ["".join(MANY_WORDS)]], ids=["many pieces", "one piece"])
def test_no_more_of_a_reply_is_taken_than_the_limit(pieces: list[str]) -> None:
    class Model:
        def stream(self, _prompt: str) -> Iterator[object]:
            for piece in pieces:
                yield type("Chunk", (), {"text": piece, "usage_metadata": None})()

    written = "".join(Service(name="endless", model=Model()).stream("?", Tally()))  # type: ignore[arg-type]
    assert len(written) == MAX_WRITTEN_CHARS


@pytest.mark.parametrize("reply", ["1. " * 30_000, "(1, p. 1-1, p. 1" * 6_000, ".[[ passage" * 9_000])
def test_an_endless_reply_is_stopped_in_time_and_that_is_said(tmp_path: Path, reply: str) -> None:
    model = FakeListChatModel(responses=[reply])
    with open_library(tmp_path / "library", embedder=HashEmbedder(), model=model) as library:
        library.ingest([write_records(tmp_path / "records")])
        began = time.process_time()
        answer = library.ask(QUOTA)
        assert time.process_time() - began < 60
        assert any("did not stop" in note for note in answer.notes), answer.notes


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Norway asked for less. It wants a third [1", "Norway asked for less."),
        ("Norway asked for less [1]. It is [see (a) and <b", "Norway asked for less."),
        ("Norway asked for less. 1, 2", ""),
    ],
)
def test_what_is_only_begun_at_the_end_of_a_reply_is_left_for_later(written: str, kept: str) -> None:
    assert [claim.text for claim in finished_claims(written)][:1] == ([kept] if kept else [])


@pytest.mark.parametrize("opening", ['{"a":', '[{"a":', '{"answer":['])
@pytest.mark.parametrize("depth", [200, 900, 10_000])
def test_a_reply_in_json_nested_without_end_is_read_as_broken_json(opening: str, depth: int) -> None:
    reply = opening * depth + '{"answer": "Norway asked for less [1]."}'
    assert claims(visible(reply))[-1].text == "Norway asked for less."
    closing = "".join({"{": "}", "[": "]"}[each] for each in reversed(opening) if each in "{[")
    assert isinstance(claims(visible(reply + closing * depth)), list)


# --- names -------------------------------------------------------------------------------------------------------


def test_a_name_too_long_for_a_symbol_is_none(tmp_path: Path) -> None:
    reading = read_text("Nothing is said here.")
    units = structure(reading)
    assert metadata("A_RES_1_2.txt", reading, units).symbol == "A/RES/1/2"
    assert metadata(f"A{'_1' * 100_000}!.txt", reading, units).symbol is None
    assert metadata(f"A{'_1' * 100_000}.txt", reading, units).symbol is None
