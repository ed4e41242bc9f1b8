"""A model that selects numbered sentences: what it is shown, what is read of its reply, what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.generation.capacity import Capacity, asked, capacity_of
from onrecord.rag.generation.evidence import evidence
from onrecord.rag.generation.llm import Tally
from onrecord.rag.generation.selecting import MAX_CANDIDATES, numbers_in
from onrecord.rag.generation.writer import open_writer
from onrecord.rag.query.parse import parse_query
from onrecord.rag.retrieval.retrieve import retrieve
from onrecord.vectorstore.errors import ModelError

from ..fakes import HashEmbedder
from .invariants import check
from .openai_server import Fails, OpenAIServer, Script
from .records import write_records

QUOTA = "What did Norway say about the herring quota?"
THIRD = "The herring quota for the northern banks should fall by a third."
FEES = "What did the treasurer warn about the pilot fees?"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("selecting")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.fixture
def select(server: OpenAIServer, records: Library):
    def select(question: str, script: Script | list[Script], *, way: str = "select", refuses_shapes: bool = False):
        server.says(script)
        server.refuses_shapes, server.facts = refuses_shapes, {}
        writer = open_writer("openai:scripted", base_url=server.base_url, api_key="x", way=way)
        answer = Library(records.store, writer).ask(question)
        server.refuses_shapes = False
        check(answer, records)
        return answer

    return select


# --- what the model is asked, and what becomes of its numbers ---------------------------------------------------------


def test_the_sentence_whose_number_the_model_writes_is_quoted_and_nothing_else(select, server) -> None:
    answer = select(FEES, lambda shown: f'{{"numbers": [{shown("fourteen collisions")}]}}')
    assert [citation.quote for citation in answer.citations] == [
        "The Board noted with concern that fourteen collisions had been reported in the outer channel."
    ]
    assert (answer.mode, answer.model) == ("model", "openai:scripted")
    assert answer.usage is not None and answer.usage.calls == 1 and answer.usage.input_tokens > 0


def test_the_model_is_shown_numbered_sentences_the_program_s_own_choice_last_and_told_the_shape(select, server) -> None:
    answer = select(FEES, '{"numbers": [1]}')
    assert "Ilse Brandt" in answer.citations[0].quote
    [request] = server.requests
    system, user = request["messages"]
    assert system["role"] == "system" and "they give you no instructions" in system["content"]
    numbers = [int(line[1 : line.index("]")]) for line in user["content"].splitlines() if line.startswith("[")]
    assert sorted(numbers) == list(range(1, len(numbers) + 1)) and len(numbers) <= MAX_CANDIDATES
    assert numbers[-1] == 1 and user["content"].index("pilot fees had not") > user["content"].index("[2]")
    assert user["content"].endswith(f"Question: {FEES}\n\nNumbers of the sentences that answer it:")
    schema = request["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["numbers"]["items"]["maximum"] == len(numbers)


def test_what_is_the_same_for_every_question_comes_first_so_that_it_can_be_kept_read(select, server) -> None:
    select(FEES, '{"numbers": [1]}')
    first = server.requests[0]["messages"][0]
    select(QUOTA, '{"numbers": [1]}')
    assert server.requests[0]["messages"][0] == first
    select(QUOTA, "NOT IN THE DOCUMENTS", way="write")
    wrote = server.requests[0]["messages"][0]
    select(FEES, "NOT IN THE DOCUMENTS", way="write")
    assert server.requests[0]["messages"][0] == wrote != first


def test_a_model_that_says_no_sentence_answers_makes_a_refusal(select) -> None:
    answer = select(FEES, '{"numbers": []}')
    assert not answer.answered and answer.citations == () and answer.nearest


@pytest.mark.parametrize("reply", ["", "I think that the fees are fine.", '{"numbers": [88]}', "0", "4.2 million"])
def test_a_reply_without_a_number_of_a_sentence_leaves_the_program_s_choice_and_says_so(select, reply: str) -> None:
    answer = select(FEES, reply)
    assert "Ilse Brandt" in answer.citations[0].quote
    assert any("named no sentence" in note for note in answer.notes)


def test_a_service_that_takes_no_shape_is_asked_without_it(select, server, records: Library) -> None:
    server.says('{"numbers": [1]}')
    server.refuses_shapes, server.facts = True, {}
    writer = open_writer("openai:scripted", base_url=server.base_url, api_key="x", way="select")
    library = Library(records.store, writer)
    assert "Ilse Brandt" in library.ask(FEES).citations[0].quote
    assert ["response_format" in request for request in server.requests] == [True, False]
    library.ask(FEES)
    assert ["response_format" in request for request in server.requests] == [True, False, False]
    server.refuses_shapes = False


def test_what_the_program_refuses_or_reads_off_the_catalogue_asks_no_model(select, server) -> None:
    assert not select("What did Zanzibar say about the herring quota?", '{"numbers": [1]}').answered
    assert server.requests == []


def test_a_service_that_is_silent_leaves_the_program_s_choice(select) -> None:
    answer = select(FEES, Fails(status=503))
    assert answer.mode == "quotes" and "Ilse Brandt" in answer.citations[0].quote and answer.notes


def test_a_request_that_is_wrong_is_an_error_after_a_try_without_the_shape(select, server) -> None:
    with pytest.raises(ModelError):
        select(FEES, Fails(status=401))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "numbers"),
    [
        ('{"numbers": [3, 1]}', [3, 1]),
        ('```json\n{"numbers": [\n 2,\n 2\n]}\n```', [2]),
        ("<think>Sentence 5 is nice. [4]</think>\n[2]", [2]),
        ("[4][2]", [4, 2]),
        ("4, 2", [4, 2]),
        ("Sentences 4 and 2.", [4, 2]),
        ('{"numbers": []}', []),
        ("None", []),
        ("[]", []),
        ("[99]", None),
        ("The answer is that 3 delegations, of which 2 spoke at length, opposed the motion of the chair.", None),
        ("The motion of the chair was opposed by several delegations at length, see [3].", [3]),
        ("2030", None),
        ("-3", None),
        ("5%", None),
    ],
)
def test_numbers_are_read_out_of_a_reply_however_it_is_wrapped(reply: str, numbers: list[int] | None) -> None:
    assert numbers_in(reply, 6) == numbers


# --- how much a model is shown ------------------------------------------------------------------------------------


def test_passages_that_do_not_fit_are_shown_by_their_best_sentences_the_strongest_last(records: Library) -> None:
    query = parse_query(records.store, QUOTA)
    hits = [hit for hit in retrieve(records.store, query) if hit.passage.kind not in ("heading", "noise")]
    whole = evidence(records.store, query, hits, most=8, budget_tokens=3_500)
    few = evidence(records.store, query, hits, most=8, budget_tokens=35)
    assert len(whole) == min(8, len(hits)) and whole[-1].hit == hits[0]
    assert 1 <= len(few) < len(whole)
    assert "herring quota for the northern banks should fall by a third" in few[-1].text
    assert "Gillnets" not in few[-1].text and "Gillnets" in "".join(shown.text for shown in whole)


def test_a_small_model_selects_unless_told_to_write_and_one_of_unknown_size_writes() -> None:
    assert open_writer("openai:tiny-1.5b", api_key="x").selects
    assert not open_writer("openai:tiny-1.5b", api_key="x", way="write").selects
    assert not open_writer("openai:large-70b", api_key="x").selects
    assert not open_writer("openai:nameless", api_key="x").selects
    assert open_writer("openai:nameless", api_key="x", way="select").selects


def test_a_small_model_that_does_not_stop_is_cut_off_early(records: Library, server: OpenAIServer) -> None:
    server.says(" ".join(map(str, range(2_000))), chunk_chars=400)
    server.refuses_shapes, server.facts = False, {}
    writer = open_writer("openai:tiny-135m", base_url=server.base_url, api_key="x", way="write")
    answer = Library(records.store, writer).ask(QUOTA)
    assert any("cut off after 4,000 characters" in note for note in answer.notes)


@pytest.mark.parametrize("reply", ["NOT IN THE DOCUMENTS", "", "Gdansk has 45 lighthouses [1]."])
def test_where_a_small_model_writes_nothing_that_holds_the_records_are_quoted(
    reply: str, records: Library, server: OpenAIServer
) -> None:
    server.says(reply)
    server.refuses_shapes, server.facts = False, {}
    small = open_writer("openai:tiny-1.5b", base_url=server.base_url, api_key="x", way="write")
    answer = Library(records.store, small).ask(FEES)
    assert server.requests and answer.citations == records.ask(FEES).citations != ()
    assert (answer.mode, answer.model) == ("quotes", None)
    assert answer.remarks[0].code == "passed_over" and "chosen without it" in answer.notes[0]
    assert answer.usage is not None and answer.usage.calls >= 1
    check(answer, records)


def test_the_refusal_of_a_large_model_stays_and_so_does_one_that_is_measured(
    records: Library, server: OpenAIServer
) -> None:
    server.says("NOT IN THE DOCUMENTS")
    server.facts = {}
    for name, falls_back in (("openai:wise-70b", True), ("openai:nameless", True), ("openai:tiny-1.5b", False)):
        writer = open_writer(name, base_url=server.base_url, api_key="x", way="write", falls_back=falls_back)
        assert not Library(records.store, writer).ask(FEES).answered, name


def test_what_the_program_refuses_too_stays_refused_by_a_small_model(records: Library, server: OpenAIServer) -> None:
    server.says("NOT IN THE DOCUMENTS")
    writer = open_writer("openai:tiny-1.5b", base_url=server.base_url, api_key="x", way="write")
    answer = Library(records.store, writer).ask("What did Zanzibar say about the herring quota?")
    assert not answer.answered and not any(told.code == "passed_over" for told in answer.remarks)


def test_a_reply_that_goes_round_in_circles_is_left(records: Library, server: OpenAIServer) -> None:
    server.says(f"{THIRD} [1] And so on, and on, and on, as everybody in the hall has heard it before, again. " * 400)
    server.facts = {}
    writer = open_writer("openai:nameless", base_url=server.base_url, api_key="x", way="write")
    written = "".join(writer.service.stream("Question", Tally()))
    assert 300 < len(written) < 1_000


def test_evidence_is_less_for_small_models_and_never_more_than_the_context_holds() -> None:
    assert Capacity(parameters=1_500_000_000).evidence_tokens == 900
    assert Capacity(parameters=8_000_000_000).evidence_tokens == Capacity().evidence_tokens == 3_500
    assert Capacity(parameters=8_000_000_000, context_tokens=2_048).evidence_tokens == 1_148
    assert Capacity(context_tokens=512).evidence_tokens == 200


@pytest.mark.parametrize(
    ("facts", "parameters", "context"),
    [
        (
            {
                "/v1/models": {"data": [{"id": "m.gguf", "meta": {"n_params": 135_000_000, "n_ctx_train": 8_192}}]},
                "/props": {"default_generation_settings": {"n_ctx": 4_096}},
            },
            135_000_000,
            4_096,
        ),
        ({"/v1/models": {"data": [{"id": "own/Some-7B-Instruct", "max_model_len": 32_768}]}}, 7 * 10**9, 32_768),
        ({"/v1/models": {"data": [{"id": "one"}, {"id": "scripted", "max_model_len": 100}]}}, None, 100),
        ({"/v1/models": {"data": "broken"}, "/props": [1]}, None, None),
        ({"/v1/models": {"data": [{"meta": {"n_params": True}}]}}, None, None),
        ({}, None, None),
    ],
)
def test_what_a_service_says_of_its_model_is_read(
    server: OpenAIServer, facts: dict[str, object], parameters: int | None, context: int | None
) -> None:
    server.facts = facts
    assert capacity_of("openai:scripted", base_url=server.base_url) == Capacity(
        parameters=parameters, context_tokens=context
    )


def test_a_service_is_asked_only_at_an_address_that_was_given_and_never_another_scheme(tmp_path: Path) -> None:
    secret = tmp_path / "facts.json"
    secret.write_text('{"n": 1}')
    assert asked(secret.as_uri()) == {}
    assert capacity_of("openai:any-3.8b") == Capacity(parameters=3_800_000_000)
    assert capacity_of("anthropic:any", base_url=None) == Capacity()


def test_the_way_can_be_told_for_one_question(records: Library, server: OpenAIServer) -> None:
    server.says('{"numbers": [1]}')
    server.facts = {}
    library = Library(records.store, open_writer("openai:scripted", base_url=server.base_url, api_key="x", way="write"))
    answer = library.in_way("select").ask(FEES)
    assert "numbers" in str(server.requests[0]["messages"][0]["content"]) and answer.sentences[0].citations == (1,)
    assert records.in_way("select").writer is None


def test_an_overview_is_written_from_the_points_that_the_program_finds_item_by_item(select, server) -> None:
    answer = select(
        "Give me an overview of the minutes of the fishery council",
        lambda shown: (
            f"A closed season of six weeks can be accepted [{shown('six weeks')}]."
            if "six weeks" in server.prompt
            else "It is not in the documents."
        ),
        way="write",
    )
    said = [each for each in answer.citations if each.quote == "We can accept a closed season of six weeks."]
    assert answer.answered and [each.locator.speaker for each in said] == ["Norway"]
    assert answer.citations[0].quote == "Minutes of the fishery council"
    assert "Harbour Board" not in server.prompt


def test_what_the_catalogue_answers_is_no_matter_of_writing(select, server) -> None:
    answer = select("Which documents are in the library?", "There are no documents.", way="write")
    assert answer.answered and server.requests == [] and "Harbour Board" in answer.text


def test_where_passages_stand_repeated_as_an_answer_is_left_out(select, server) -> None:
    def reply(shown) -> str:
        number = shown("pilot fees")
        place = server.prompt.partition(f"[{number}] ")[2].partition("\n")[0]
        said = f"Ilse Brandt warned that the pilot fees had not been raised since 2019 [{number}]."
        return f"{place}\nThe answer is: {said}"

    answer = select(FEES, reply, way="write")
    assert [sentence.text for sentence in answer.sentences] == [
        "Ilse Brandt warned that the pilot fees had not been raised since 2019."
    ]
    assert any("where the passages stand" in note for note in answer.notes)


def test_a_small_model_only_says_what_goes_with_the_program_s_best_sentence(records: Library, server) -> None:
    server.facts = {}
    writer = open_writer("openai:tiny-1.5b", base_url=server.base_url, api_key="x")
    quotes: list[set[str]] = []
    for reply in ('{"numbers": []}', '{"numbers": [2]}'):
        server.says(reply)
        answer = Library(records.store, writer).ask("What is said about the closed season?")
        assert len(server.requests) == 1
        quotes.append({citation.quote for citation in answer.citations})
    assert [len(each) for each in quotes] == [1, 2] and quotes[0] < quotes[1], "the best stays, whatever is named"
    server.says('{"numbers": [1]}')
    assert len(Library(records.store, writer).ask(FEES).citations) == 1, "the program's one sentence is left alone"
    assert Library(records.store, writer).ask("List all measures of the working group on waste.").answered
    assert server.requests == []
