"""OpenAI's door, opened with the real `openai` client and with LangChain's, neither of them changed."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import openai
import pytest
from langchain_openai import ChatOpenAI
from openai import OpenAI

from onrecord.rag import Library, open_library
from onrecord.rag.schema import citation_json
from onrecord.ui.http.api import build_api

from ..fakes import HashEmbedder
from ..rag.openai_server import OpenAIServer
from ..rag.records import write_records
from .served import served

QUOTA = "What did Norway say about the herring quota?"
MEXICO = "What did Mexico say?"
NOBODY = "What did Brazil say about herring?"


@pytest.fixture(scope="module")
def address(records: Library) -> Iterator[str]:
    with served(build_api(records)) as address:
        yield f"{address}/v1"


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=address, api_key="unused", max_retries=0) as client:
        yield client


def ask(client: OpenAI, *messages: str, **more):
    """Asks with messages of user and assistant in turn."""
    roles = ("user", "assistant")
    told = [{"role": roles[place % 2], "content": words} for place, words in enumerate(messages)]
    return client.chat.completions.create(model="onrecord", messages=told, **more)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_model_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["onrecord"]
    assert client.models.retrieve("onrecord").owned_by == "onrecord"


@pytest.mark.parametrize("question", [QUOTA, MEXICO, NOBODY])
def test_a_completion_is_the_answer_with_its_citations(client: OpenAI, records: Library, question: str) -> None:
    answer = records.ask(question)
    completion = ask(client, question)
    [choice] = completion.choices
    assert choice.message.content == answer.text and choice.finish_reason == "stop"
    assert choice.message.role == "assistant" and choice.message.tool_calls is None
    assert choice.message.model_extra["citations"] == [citation_json(citation) for citation in answer.citations]
    assert choice.message.model_extra["answered"] == answer.answered
    assert completion.usage and completion.usage.total_tokens == 0


@pytest.mark.parametrize("question", [QUOTA, MEXICO, NOBODY])
def test_a_stream_adds_up_to_the_answer(client: OpenAI, records: Library, question: str) -> None:
    answer = records.ask(question)
    chunks = list(ask(client, question, stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == answer.text
    *_, last, usage = chunks
    assert last.choices[0].finish_reason == "stop" and usage.choices == [] and usage.usage.total_tokens == 0
    assert last.choices[0].delta.model_extra["citations"] == [citation_json(citation) for citation in answer.citations]
    assert len({chunk.id for chunk in chunks}) == 1
    assert question != MEXICO or len(chunks) > 4


@pytest.mark.slow
def test_usage_is_what_the_language_model_says_it_spent(tmp_path: Path) -> None:
    with (
        OpenAIServer() as model,
        open_library(
            tmp_path / "library", embedder=HashEmbedder(),
            model="openai:scripted", model_base_url=model.base_url, model_api_key="x",
        ) as library,
    ):  # fmt: skip
        library.ingest([write_records(tmp_path / "records")])
        model.says("The herring quota for the northern banks should fall by a third [1].")
        with served(build_api(library)) as address, OpenAI(base_url=f"{address}/v1", api_key="x") as client:
            whole = ask(client, QUOTA).usage
            asked = sum(len(message["content"].split()) for one in model.requests for message in one["messages"])
            *_, last = ask(client, QUOTA, stream=True, stream_options={"include_usage": True})
    assert whole and whole.prompt_tokens == asked > 100 and whole.completion_tokens > 10
    assert whole.total_tokens == whole.prompt_tokens + whole.completion_tokens
    assert last.choices == [] and last.usage == whole


@pytest.mark.slow
def test_the_stream_helper_of_the_client_collects_it(client: OpenAI, records: Library) -> None:
    messages = [{"role": "user", "content": QUOTA}]
    with client.chat.completions.stream(model="onrecord", messages=messages) as stream:  # type: ignore[arg-type]
        assert stream.get_final_completion().choices[0].message.content == records.ask(QUOTA).text


def test_the_conversation_is_the_history(client: OpenAI, records: Library) -> None:
    first = records.ask(QUOTA)
    follow_up = ask(client, QUOTA, first.text, "And the closed season?").choices[0].message.content
    assert follow_up == records.ask("And the closed season?", history=[first]).text
    assert follow_up != ask(client, "And the closed season?").choices[0].message.content


def test_what_other_programs_send_along_does_no_harm(client: OpenAI, records: Library) -> None:
    parts = [{"type": "text", "text": QUOTA}]
    completion = client.chat.completions.create(
        model="onrecord", temperature=0.7, max_tokens=10, user="me", seed=1, top_p=0.5, stop=["x"],
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}],  # type: ignore[arg-type]
    )  # fmt: skip
    assert completion.choices[0].message.content == records.ask(QUOTA).text


def test_null_is_as_good_as_left_out(address: str, records: Library) -> None:
    asked = {"model": "onrecord", "messages": [{"role": "user", "content": QUOTA}]}
    for more in ({"stream": None, "stream_options": None, "n": None}, {"stream_options": {"include_usage": None}}):
        reply = httpx2.post(f"{address}/chat/completions", json=asked | more, timeout=30)
        assert reply.status_code == 200, reply.text
        assert reply.json()["choices"][0]["message"]["content"] == records.ask(QUOTA).text


def test_errors_are_the_clients_own(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="no model 'gpt-4'"):
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": QUOTA}])
    with pytest.raises(openai.UnprocessableEntityError, match="last message must be the user's"):
        ask(client, QUOTA, "So it is.")
    with pytest.raises(openai.UnprocessableEntityError, match="The question is empty"):
        ask(client, "?", stream=True)
    with pytest.raises(openai.UnprocessableEntityError, match="in text only"):
        image = [{"type": "image_url", "image_url": {"url": "data:,"}}]
        client.chat.completions.create(model="onrecord", messages=[{"role": "user", "content": image}])  # type: ignore[arg-type]
    with pytest.raises(openai.UnprocessableEntityError):
        ask(client, QUOTA, n=2)


def test_langchains_client_works_too(address: str, records: Library) -> None:
    model = ChatOpenAI(model="onrecord", base_url=address, api_key="unused", max_retries=0)  # type: ignore[arg-type]
    text = records.ask(MEXICO).text
    assert model.invoke(MEXICO).text == text
    assert "".join(chunk.text for chunk in model.stream(MEXICO)) == text
