"""Registers by command, over HTTP and for agents: the same rows."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from onrecord.rag import Library, open_library
from onrecord.rag.tools.registers import Wanted
from onrecord.rag.tools.rows import page_of_rows
from onrecord.ui.cli.main import main
from onrecord.ui.http.mcp.server import build_server

from ..fakes import HashEmbedder
from .conftest import Calls

MINUTES = """## Tide tables of the Harbour Board (HB)

That the tide tables be printed was put to a vote on 3 May 2031 and adopted.

In favour: Guinea, Türkiye
Against: Norway
"""


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("voted")
    (folder / "minutes.md").write_text(MINUTES)
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        assert not library.ingest([folder / "minutes.md"]).failed
        yield library


@pytest.fixture
def turkey(voted: Library) -> Any:
    rows = voted.register("votes", Wanted(who="Turkey"))
    assert len(rows) == 1
    return json.loads(json.dumps(page_of_rows("votes", rows, 0, 9)))


def test_over_http(voted: Library, calls: Calls, turkey: Any) -> None:
    client = calls(voted)
    assert client.get("/api/registers/votes", params={"who": "Turkey"}).json() == turkey
    page = client.get("/api/registers/votes", params={"offset": 1, "limit": 1}).json()
    assert page["total"] == 3 and [row["who"] for row in page["rows"]] == ["Türkiye"]
    assert client.get("/api/registers/ballots").status_code == 422
    assert client.get("/api/registers/votes", params={"since": "May"}).status_code == 422


def test_for_agents(voted: Library, turkey: Any) -> None:
    async def call() -> Any:
        async with Client(build_server(voted)) as client:
            return await client.call_tool("list_register", {"register": "votes", "who": "Turkey"})

    result = asyncio.run(call())
    assert dict(result.structured_content) == turkey
    assert "for · Türkiye: “Türkiye”" in result.content[0].text and "1 of 1 rows." in result.content[0].text


def test_by_command(
    voted: Library, turkey: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = shutil.copytree(voted.store.folder, tmp_path / "library")

    def run(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["onrecord", *arguments, "--library", str(library)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None)
        return capsys.readouterr().out

    assert json.loads(run("votes", "--who", "Turkey", "--json")) == turkey
    told = run("votes", "--who", "Turkey")
    assert "  for  Türkiye\n" in told and told.endswith("\n1 row.\n")
    assert run("votes", "--csv", str(tmp_path / "v.csv"), "--xlsx", str(tmp_path / "v.xlsx")) == "\n3 rows.\n"
    assert (tmp_path / "v.csv").read_text(encoding="utf-8-sig").count("\n") == 4
    assert (tmp_path / "v.xlsx").stat().st_size > 1000
    assert "vote  2-1" in run("decisions")


def test_documents_and_acronyms(voted: Library) -> None:
    [record] = voted.register("documents")
    assert record.item == voted.documents()[0].title and record.citation.quote in voted.document("minutes.md").text
    [acronym] = voted.register("acronyms")
    assert (acronym.who, acronym.item, acronym.citation.quote) == ("HB", "Harbour Board", "Harbour Board (HB)")
    assert not voted.register("acronyms", Wanted(who="HBX"))
