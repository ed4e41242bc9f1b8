"""MCP's door, opened with the official client, over streamable HTTP and over standard input and output."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from onrecord.rag import Library, Timing
from onrecord.rag.schema import answer_json
from onrecord.rag.tools.alerts.found import Subject
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys

from .conftest import Calls
from .served import served

pytestmark = pytest.mark.slow

QUOTA = "What did Norway say about the herring quota?"
NOBODY = "What did Brazil say about herring?"
CHANGING = {"keep_quote", "change_quote", "remove_quote", "watch", "unwatch"}
TAKING_AWAY = {"remove_quote", "unwatch"}
Use = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def address(records: Library) -> Iterator[str]:
    with served(build_api(records)) as address:
        yield f"{address}/mcp"


def over(server: Any, use: Use, **options: Any) -> Any:
    """What `use` makes of a client connected to a server."""

    async def run() -> Any:
        async with Client(server, **options) as client:
            return await use(client)

    return asyncio.run(run())


def call(address: str, tool: str, **arguments: Any) -> Any:
    return over(address, lambda client: client.call_tool(tool, arguments))


def test_a_draft_is_checked(address: str) -> None:
    told = call(address, "check", text="They wrote “a gull that eats from every plate grows no feathers”.")
    assert told.structured_content["counts"] == {"not found": 1}
    assert "Not found in these records" in told.content[0].text


def test_the_tools_say_how_to_cite(address: str) -> None:
    async def look(client: Client) -> Any:
        return client.instructions, (await client.list_tools()).tools

    instructions, tools = over(address, look)
    assert {tool.name for tool in tools} == {
        "ask", "search", "overview", "read_passage", "list_documents", "compare", "check", "list_register", "positions",
        "cite", "resolve", "list_notebook", "keep_quote", "change_quote", "remove_quote", "briefing", "list_alerts",
        "watch", "unwatch", "list_news",
    }  # fmt: skip
    assert "label" in instructions and "word for word" in instructions
    for tool in tools:
        assert len(tool.description) > 60 and tool.annotations.read_only_hint == (tool.name not in CHANGING)
        assert tool.annotations.destructive_hint in ({True} if tool.name in TAKING_AWAY else {False, None})
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False


def test_ask_answers_as_the_library_does(address: str, records: Library) -> None:
    answer = records.ask(QUOTA)
    result = call(address, "ask", question=QUOTA)
    shape = dict(result.structured_content)
    assert not result.is_error and shape.pop("seconds")["total"] > 0
    assert shape == {k: v for k, v in answer_json(replace(answer, seconds=Timing())).items() if k != "seconds"}
    [text] = result.content
    assert text.text == (
        f"{answer.text}\n\n[1] Minutes of the fishery council, Norway: "
        "“The herring quota for the northern banks should fall by a third.”"
    )
    refusal = call(address, "ask", question=NOBODY)
    assert not refusal.is_error and refusal.structured_content["answered"] is False


def test_filters_are_arguments(address: str) -> None:
    result = call(address, "ask", question="What about the herring quota?", speaker="Mexico")
    speakers = {citation["locator"]["speaker"] for citation in result.structured_content["citations"]}
    assert speakers == {"Mexico"}


def test_an_overview_is_that_of_the_library(address: str, records: Library) -> None:
    result = call(address, "overview", document="HB/2031/9", length="brief", speaker="")
    told = records.overview("HB/2031/9", length="brief")
    assert told.answered and result.structured_content["text"] == told.text
    assert result.content[0].text.startswith(told.text)


def test_the_notebook_is_the_one_that_the_api_has(own_library: Library) -> None:
    place = {"document": "notes.txt", "quote": "The herring quota should fall by a third."}
    with served(build_api(own_library)) as address:

        def told(tool: str, **arguments: Any) -> Any:
            result = call(f"{address}/mcp", tool, **arguments)
            assert not result.is_error, result.content
            return result.structured_content

        def over_http() -> Any:
            return httpx2.get(f"{address}/api/notebook").json()

        kept = told("keep_quote", **place, note="First.")
        other = told("keep_quote", document="notes.txt", quote="It should rise.")
        assert over_http() == told("list_notebook") == {"quotes": [kept, other]}
        changed = told("change_quote", id=other["id"], place=1, checked_by="Ana", note="")
        assert (changed["checked_by"], changed["note"]) == ("Ana", "")
        assert [each["id"] for each in over_http()["quotes"]] == [other["id"], kept["id"]]
        assert told("briefing", style="un") == {"text": httpx2.get(f"{address}/api/notebook/briefing?style=un").text}
        assert told("remove_quote", id=kept["id"])["id"] == kept["id"]
        assert len(over_http()["quotes"]) == 1
        wrong = call(f"{address}/mcp", "keep_quote", document="notes.txt")
        assert wrong.is_error and "Say what to keep" in wrong.content[0].text


def test_alerts_are_those_that_the_api_has(own_library: Library, tmp_path: Path) -> None:
    with served(build_api(own_library)) as address:
        watched = call(f"{address}/mcp", "watch", kind="statements", words="herring").structured_content
        assert httpx2.get(f"{address}/api/alerts").json() == {"alerts": [watched]}
        assert call(f"{address}/mcp", "list_news").structured_content == {"news": []}
        more = "Second notes\n\nNorway: The herring must rest.\n\nMexico: Not yet.\n"
        (tmp_path / "more.txt").write_text(more, encoding="utf-8")
        assert not own_library.ingest([tmp_path / "more.txt"]).failed
        news = call(f"{address}/mcp", "list_news", alert=watched["id"])
        assert news.structured_content == httpx2.get(f"{address}/api/alerts/news").json()
        [new] = news.structured_content["news"]
        assert f"{new['label']}: “{new['quote']}”" in news.content[0].text and "must rest" in new["quote"]
        assert call(f"{address}/mcp", "watch", words="x", webhook="http://elsewhere.example").is_error
        assert call(f"{address}/mcp", "unwatch", id=watched["id"]).structured_content == watched
        assert call(f"{address}/mcp", "list_alerts").structured_content == {"alerts": []}


@pytest.mark.parametrize(
    ("scopes", "far", "origin", "refused"),
    [
        (None, False, None, set[str]()),
        (None, True, None, {"keep_quote", "list_notebook", "watch", "unwatch"}),
        (None, False, "https://pages.example", {"remove_quote", "unwatch"}),
        (["ask"], True, None, {"watch", "unwatch"}),
        (["ingest"], True, None, {"unwatch"}),
        (["admin"], True, None, set[str]()),
        (["admin"], True, "https://pages.example", {"remove_quote", "unwatch"}),
    ],
)
def test_a_tool_does_only_what_its_caller_may(
    own_library: Library, calls: Calls, scopes: list[str] | None, far: bool, origin: str | None, refused: set[str]
) -> None:
    headers = {"Accept": "application/json, text/event-stream", **({"Origin": origin} if origin else {})}
    if scopes:
        _, key = Keys(own_library.store.folder).create("agent", [*scopes, "ask"])
        headers["Authorization"] = f"Bearer {key}"
    options = ApiOptions(rules=Rules(cors_origins=("https://pages.example",)))
    own = own_library.notebook(f"key {Keys(own_library.store.folder).all()[0].id}" if scopes else "")
    place = {"document": "notes.txt", "quote": "It should rise."}
    kept = own.keep(own_library.cite(place["document"], quote=place["quote"]))
    alert = own_library.alerts().add(Subject(kind="speaker", words="Norway"))
    told = {
        "keep_quote": place, "list_notebook": {}, "watch": {"words": "herring"}, "remove_quote": {"id": kept.id},
        "unwatch": {"id": alert.id},
    }  # fmt: skip
    failed = set[str]()
    with calls(own_library, options, "203.0.113.9" if far else "127.0.0.1") as client:
        for name, arguments in told.items():
            asked = {"name": name, "arguments": arguments}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
            result = client.post("/mcp", json=message, headers=headers).json()["result"]
            failed |= {name} if result["isError"] else set()
    assert failed - {"remove_quote"} == refused - {"remove_quote"}
    assert ("remove_quote" in failed) == ("remove_quote" in refused or "keep_quote" in refused)
    assert [each.id for each in own.quotes()] == ([kept.id] if "remove_quote" in failed else [])


def test_search_gives_passages_with_how_to_cite_them(address: str, records: Library) -> None:
    result = call(address, "search", query="dredging budget", limit=2)
    hits = result.structured_content["hits"]
    assert [hit["passage_id"] for hit in hits] == [hit.passage.id for hit in records.search("dredging budget", limit=2)]
    assert result.content[0].text.startswith("HB/2031/9, para. 2 (document ")


def test_an_agent_can_read_on_around_a_citation(address: str, records: Library) -> None:
    [citation] = call(address, "ask", question=QUOTA).structured_content["citations"]
    read = call(
        address, "read_passage", document=citation["document"]["id"], start=citation["start"], end=citation["end"]
    )
    [part] = read.structured_content["parts"]
    text = records.document(citation["document"]["id"]).text
    assert part["text"] == text[part["start"] : part["end"]] and citation["quote"] in part["text"]
    assert part["start"] < citation["start"] and part["end"] > citation["end"]
    paragraph = call(address, "read_passage", document="HB/2031/9", paragraph="3").content[0].text
    assert "The treasurer, Ilse Brandt" in paragraph and "4." not in paragraph
    whole = call(address, "read_passage", document="HB/2031/9").structured_content["parts"]
    assert whole[0]["text"] == records.document("HB/2031/9").text


def test_documents_are_listed_and_are_resources(address: str, records: Library) -> None:
    async def look(client: Client) -> Any:
        listed = await client.call_tool("list_documents", {"containing": "harbour"})
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        contents = [(await client.read_resource(resource.uri)).contents[0].text for resource in resources]
        return listed, resources, templates, contents

    listed, resources, templates, contents = over(address, look)
    [document] = listed.structured_content["documents"]
    assert document["symbol"] == "HB/2031/9" and document["id"] in listed.content[0].text
    assert [str(r.uri).rsplit("/", 1)[1] for r in resources] == [listing.id for listing in records.documents()]
    assert contents == [records.document(listing.id).text for listing in records.documents()]
    assert re.fullmatch(r"onrecord://documents/\{id\}", templates[0].uri_template)


@pytest.mark.parametrize(
    ("tool", "plain", "as_sent"),
    [
        ("ask", {"question": QUOTA}, {"question": QUOTA, "speaker": "", "since": " ", "document": None}),
        ("search", {"query": QUOTA, "since": "2031"}, {"query": QUOTA, "since": 2031, "until": "", "limit": None}),
        ("read_passage", {"document": "HB/2031/9", "paragraph": "3"}, {"document": "HB/2031/9", "paragraph": 3}),
        ("read_passage", {"document": "HB/2031/9"}, {"document": "HB/2031/9", "page": "", "start": "", "end": None}),
        ("list_documents", {}, {"containing": None, "offset": "", "limit": ""}),
    ],
)
def test_arguments_are_taken_as_agents_send_them(address: str, tool: str, plain: dict, as_sent: dict) -> None:
    wanted, given = call(address, tool, **plain), call(address, tool, **as_sent)
    assert not given.is_error, given.content
    assert {**given.structured_content, "seconds": 0} == {**wanted.structured_content, "seconds": 0}


def test_a_page_may_be_a_number(address: str) -> None:
    refused = call(address, "read_passage", document="HB/2031/9", page=77)
    assert refused.is_error and "has no page 77" in refused.content[0].text


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {"question": "?!"}, "The question is empty"),
        ("ask", {}, "question: Field required"),
        ("ask", {"question": ""}, "question: String should have at least 1 character"),
        ("ask", {"question": "x", "colour": ""}, "colour: Extra inputs"),
        ("read_passage", {"document": "HB/2031/9", "page": True}, "page: Input should be a valid string"),
        ("ask", {"question": "x", "colour": "blue"}, "colour: Extra inputs"),
        ("ask", {"question": "x", "since": "May"}, "since"),
        ("search", {"query": "x", "limit": 0}, "limit"),
        ("overview", {"length": "endless"}, "length"),
        ("overview", {"document": "nothing"}, "No document in the library is called 'nothing'"),
        ("read_passage", {"document": "nothing"}, "No document in the library is called 'nothing'"),
        ("read_passage", {"document": "HB/2031/9", "paragraph": "77"}, "has no paragraph 77"),
    ],
)
def test_what_is_wrong_is_told_to_the_agent(address: str, tool: str, arguments: dict, says: str) -> None:
    result = call(address, tool, **arguments)
    assert result.is_error and says in result.content[0].text and "Traceback" not in result.content[0].text


def test_unknown_tools_and_resources_are_protocol_errors(address: str) -> None:
    async def refused(client: Client) -> list[str]:
        said = []
        for asking in (
            client.call_tool("write", {}),
            client.read_resource("onrecord://documents/nothing"),
            client.list_resources(cursor="nonsense"),
        ):
            with pytest.raises(MCPError) as caught:
                await asking
            said.append(str(caught.value))
        return said

    tool, resource, cursor = over(address, refused)
    assert "no tool 'write'" in tool and "no document" in resource and "cursor" in cursor


def test_clients_of_the_older_handshake_work_as_well(address: str, records: Library) -> None:
    result = over(address, lambda client: client.call_tool("ask", {"question": QUOTA}), mode="legacy")
    assert result.structured_content["text"] == records.ask(QUOTA).text


def test_keys_hold_for_agents_too(own_library: Library) -> None:
    _, told = Keys(own_library.store.folder).create("agent", ["ask"])

    async def ask(address: str, headers: dict[str, str]) -> Any:
        async with httpx2.AsyncClient(headers=headers) as http:
            async with Client(streamable_http_client(address, http_client=http)) as client:
                return await client.call_tool("list_documents", {})

    with served(build_api(own_library)) as address:
        with pytest.raises(BaseException) as refused:
            asyncio.run(ask(f"{address}/mcp", {}))
        assert refused.value is not None
        result = asyncio.run(ask(f"{address}/mcp", {"Authorization": f"Bearer {told}"}))
    assert result.structured_content["total"] == 1
