"""The same ten questions through every door: the same answers, the same citations.

Everything here is the real thing: the sample records, the default embedding model, the installed command, a served
port, and the clients that programs use, unchanged.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Client as HttpClient
from langchain_openai import ChatOpenAI
from mcp import Client as McpClient
from mcp import StdioServerParameters
from openai import OpenAI

from onrecord.rag import Answer, Library, open_library
from onrecord.rag.schema import answer_json, answer_text, citation_json
from onrecord.ui.app import build_app
from onrecord.ui.page.history import History

from .ui.served import served

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("onrecord")
QUESTIONS = (
    "How many ferries had a voyage recorder at the end of 2030?",
    "Who said the buoys report only every ten minutes in a gale?",
    "What did Ms. Corrigault say happens to an island when its keeper leaves?",
    "What breach does paragraph 30 of the annual report for 2030 record?",
    "MIC/CL/2031/SR.4, para. 39: may a member choose what its contribution is spent on?",
    "List all the parts of Marisande's proposal for a Shared Fisheries Channel.",
    "RWD?",
    "how meny ferys had a voyge recordr at the end of 2030",
    "What was the name of the master of the Corrie Belle?",
    "What did Brazil say about lighthouses?",
)
Told = tuple[str, list[dict[str, Any]]]
"""An answer's text and its citations."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("doors") / "library") as library:
        assert not library.ingest([ROOT / "sample"]).failed
        yield library


@pytest.fixture(scope="module")
def answers(library: Library) -> list[Answer]:
    return [library.ask(question) for question in QUESTIONS]


@pytest.fixture(scope="module")
def expected(answers: list[Answer]) -> list[Told]:
    """What the Python door says; the others are held to it."""
    assert {answer.answered for answer in answers} == {True, False}
    return [(answer.text, [citation_json(citation) for citation in answer.citations]) for answer in answers]


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(build_app(library)) as address:
        yield address


def of_shape(shape: dict[str, Any]) -> Told:
    return shape["text"], shape["citations"]


def test_the_runnable(library: Library, answers: list[Answer]) -> None:
    chain = library.as_runnable()
    for found in (chain.batch(list(QUESTIONS)), [list(chain.stream(question))[-1] for question in QUESTIONS]):
        assert [(a.text, a.citations) for a in found] == [(a.text, a.citations) for a in answers]

    async def every() -> list[Answer]:
        return await chain.abatch(list(QUESTIONS))

    assert [(a.text, a.citations) for a in asyncio.run(every())] == [(a.text, a.citations) for a in answers]


def test_the_tool(library: Library, answers: list[Answer]) -> None:
    tool = library.as_tool()
    assert [tool.invoke({"question": question}) for question in QUESTIONS] == [answer_text(a) for a in answers]


def test_the_command_line(library: Library, expected: list[Told], tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text("".join(json.dumps({"id": q, "question": q}) + "\n" for q in QUESTIONS), encoding="utf-8")
    command = [COMMAND, "ask", "--batch", batch, "--library", library.store.folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [of_shape(json.loads(line)) for line in done.stdout.splitlines()] == expected


def test_the_browser_chat(library: Library, address: str, expected: list[Told]) -> None:
    told: list[Told] = []
    worked_out = ("identifier", "target", "url")  # from the quote, when it is shown; never stored
    with HttpClient(base_url=address, timeout=60) as client:
        for question in QUESTIONS:
            asked = client.post("/page/ask", json={"question": question}).json()
            assert client.get(f"/page/answers/{asked['exchange']}").is_success
            history = History(library.store.folder / "conversations.sqlite")
            told.append(of_shape(history.exchange(asked["exchange"]).body))
            history.close()
    kept = [[{k: v for k, v in one.items() if k not in worked_out} for one in citations] for _, citations in expected]
    assert told == [(text, citations) for (text, _), citations in zip(expected, kept, strict=True)]


def test_http(address: str, expected: list[Told]) -> None:
    with HttpClient(base_url=address, timeout=60) as client:
        replies = [client.post("/api/ask", json={"question": question}) for question in QUESTIONS]
    assert [of_shape(reply.json()) for reply in replies] == expected


def test_http_streaming(address: str, expected: list[Told]) -> None:
    told = []
    with HttpClient(base_url=address, timeout=60) as client:
        for question in QUESTIONS:
            text = client.post("/api/ask/stream", json={"question": question}).text
            told.append(of_shape(json.loads(text.strip().rsplit("\ndata: ", 1)[1])))
    assert told == expected


def test_openais_client(address: str, expected: list[Told]) -> None:
    with OpenAI(base_url=f"{address}/v1", api_key="unused") as client:
        for question, (text, citations) in zip(QUESTIONS, expected, strict=True):
            messages: Any = [{"role": "user", "content": question}]
            message = client.chat.completions.create(model="onrecord", messages=messages).choices[0].message
            assert (message.content, (message.model_extra or {})["citations"]) == (text, citations)
            chunks = list(client.chat.completions.create(model="onrecord", messages=messages, stream=True))
            assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
            assert (chunks[-1].choices[0].delta.model_extra or {})["citations"] == citations


def test_langchains_openai_client(address: str, expected: list[Told]) -> None:
    model = ChatOpenAI(model="onrecord", base_url=f"{address}/v1", api_key="unused")  # type: ignore[arg-type]
    assert [message.text for message in model.batch(list(QUESTIONS))] == [text for text, _ in expected]


def test_agents_over_http(address: str, expected: list[Told]) -> None:
    assert asyncio.run(_told_to_an_agent(f"{address}/mcp")) == expected


def test_agents_over_standard_input_and_output(library: Library, expected: list[Told]) -> None:
    arguments = ["mcp", "--library", str(library.store.folder)]
    assert asyncio.run(_told_to_an_agent(StdioServerParameters(command=str(COMMAND), args=arguments))) == expected


async def _told_to_an_agent(server: Any) -> list[Told]:
    async with McpClient(server) as client:
        results = [await client.call_tool("ask", {"question": question}) for question in QUESTIONS]
    return [of_shape(dict(result.structured_content or {})) for result in results]


def test_the_shapes_hold_everything(answers: list[Answer]) -> None:
    """JSON loses nothing that programs cite by."""
    for answer in answers:
        shape = answer_json(answer)
        assert [c["quote"] for c in shape["citations"]] == [c.quote for c in answer.citations]
        assert [c["label"] for c in shape["citations"]] == [c.label for c in answer.citations]
