"""Places cited in styles and found again: by command, over HTTP, for agents and on the page."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from mcp import Client

from onrecord.rag import Library, open_library
from onrecord.rag.schema import cited_json
from onrecord.ui.app import build_app
from onrecord.ui.cli.main import main
from onrecord.ui.http.mcp.server import build_server

from ..fakes import HashEmbedder
from .conftest import Calls
from .served import served

MINUTES = """Harbour Board

HB/2031/SR.4

Minutes of 12 March 2031

1. The Board opened the meeting.

2. The Board resolved to light the north quay.

3. The Board rose at noon.
"""
UN = "HB/2031/SR.4, para. 2."


@pytest.fixture(scope="module")
def minutes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("minutes")
    (folder / "minutes.txt").write_text(MINUTES)
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        assert not library.ingest([folder / "minutes.txt"]).failed
        yield library


@pytest.fixture
def told(minutes: Library) -> Any:
    citation = minutes.cite("HB/2031/SR.4", paragraph="2")
    return json.loads(json.dumps(cited_json(citation, "un", minutes.structure(citation.document))))


def test_over_http(minutes: Library, calls: Calls, told: Any) -> None:
    client = calls(minutes)
    asked = {"document": "HB/2031/SR.4", "paragraph": "2", "style": "un"}
    assert client.get("/api/cite", params=asked).json() == told and told["text"] == UN
    found = client.get("/api/resolve", params={"identifier": told["citation"]["identifier"]}).json()
    assert found["state"] == "found" and found["places"][0]["start"] == told["citation"]["start"]
    assert "HB/2031/SR.4" in client.get("/api/references", params={"as": "ris"}).text
    for wrong in ({**asked, "style": "harvard"}, {**asked, "style": "own.csl"}, {**asked, "paragraph": "9"}):
        assert client.get("/api/cite", params=wrong).status_code == 422
    assert client.get("/api/resolve", params={"identifier": "HB"}).status_code == 422


def test_for_agents(minutes: Library, told: Any) -> None:
    async def call() -> Any:
        async with Client(build_server(minutes)) as client:
            return await client.call_tool("cite", {"document": "HB/2031/SR.4", "paragraph": 2, "style": "un"})

    result = asyncio.run(call())
    assert dict(result.structured_content) == told
    assert result.content[0].text == f"{UN}\n{told['citation']['identifier']}"


def test_agents_find_a_citation_again(minutes: Library, told: Any) -> None:
    identifier = told["citation"]["identifier"]

    async def call(of: str) -> Any:
        async with Client(build_server(minutes)) as client:
            return await client.call_tool("resolve", {"identifier": of})

    found = asyncio.run(call(identifier))
    assert dict(found.structured_content)["state"] == "found"
    assert found.content[0].text.startswith("HB/2031/SR.4, para. 2: “2. The Board")
    lost = asyncio.run(call(identifier.replace("words=", "words=1")))
    assert dict(lost.structured_content)["state"] == "orphan" and "Orphan" in lost.content[0].text


def test_by_command(
    minutes: Library, told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = shutil.copytree(minutes.store.folder, tmp_path / "library")

    def run(*arguments: str) -> tuple[str, int]:
        monkeypatch.setattr("sys.argv", ["onrecord", *arguments, "--library", str(library)])
        with pytest.raises(SystemExit) as ended:
            main()
        return capsys.readouterr().out, int(ended.value.code or 0)

    cite = ("cite", "HB/2031/SR.4", "--paragraph", "2", "--style", "un")
    assert json.loads(run(*cite, "--json")[0]) == told
    assert run(*cite)[0] == f"{UN}\n{told['citation']['identifier']}\n"
    assert run("cite", "HB/2031/SR.4", "--as", "bibtex")[0].startswith("@techreport{")
    identifier = told["citation"]["identifier"]
    assert run("resolve", identifier) == (
        "HB/2031/SR.4, para. 2: “2. The Board resolved to light the north quay.”\n", 0,
    )  # fmt: skip
    assert run("resolve", identifier.replace("words=", "words=1"))[1] == 1
    asked = run("ask", "What did the Board resolve to light?", "--style", "oscola", "--quiet")[0]
    assert "(12 March 2031) HB/2031/SR.4, para 2." in asked


def test_on_the_page(minutes: Library) -> None:
    import httpx

    start = MINUTES.index("to light")
    with served(build_app(minutes)) as address:
        query: dict[str, Any] = {
            "document": minutes.documents()[0].id, "start": start, "end": start + len("to light"), "style": "un-text"
        }  # fmt: skip
        assert httpx.get(f"{address}/page/cite", params=query).text == "“to light” (HB/2031/SR.4, para. 2)"
        assert httpx.get(f"{address}/page/cite", params={**query, "version": "gone"}).status_code == 409
        assert httpx.get(f"{address}/page/cite", params={**query, "style": "own.csl"}).status_code == 422


def test_on_the_page_an_identifier_leads_to_its_place_or_to_none(minutes: Library, told: Any) -> None:
    client = TestClient(build_app(minutes), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))
    client.follow_redirects = False
    citation = told["citation"]
    led = client.get("/page/resolve", params={"identifier": citation["identifier"]})
    place = f"/?read={citation['document']['id']}&start={citation['start']}&end={citation['end']}&"
    assert led.status_code == 303 and led.headers["location"].startswith(place)
    lost = client.get("/page/resolve", params={"identifier": citation["identifier"].replace("words=", "words=1")})
    assert lost.status_code == 404 and "stand there no more" in lost.text
    assert client.get("/page/resolve", params={"identifier": "<script>"}).status_code == 422
