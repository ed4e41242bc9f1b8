"""Two users, each confined to a collection: no route, tool or page tells one of the other's records.

Whoever adds a route or a tool has it asked here too: what stands on no list fails (every_route.py).
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onrecord.rag import Library, open_library
from onrecord.rag.tools.alerts.found import Subject
from onrecord.rag.tools.citations.portable import identifier
from onrecord.ui.app import build_app
from onrecord.ui.http.keys import Keys
from onrecord.vectorstore.catalogue import Collected
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder
from ..vectorstore.test_parts import BOARD, SECRET, write
from .conftest import ELSEWHERE, bearer, kind_of
from .every_route import AGENTS, DRAFT, PROBE, REFUSED, ROUTES, TOOLS

pytestmark = pytest.mark.slow

OF_OTHERS = ("zirconium", "vellamo", "portugal", "zeb", "cabinet", "cab/2031", "crowns", "7 votes")
NAMED = "The zirconium mine at Vellamo shall be sold"
MCP = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


def routes_of(routes: Any) -> Iterator[str]:
    """ "GET /path" of every route of our own; what Gradio brings along is behind `_FrameOnly`."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        elif hasattr(route, "methods") and "rest:path" not in route.path:
            yield from (f"{method} {route.path}" for method in route.methods or () if method != "HEAD")


class Served:
    """A library of two collections, and for each a client who may read it alone."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.app = build_app(library)
        keys = Keys(library.store.folder)
        self.board, self.cabinet, self.all = (
            self.client(bearer(keys.create(name, ["ask"], collections=names)[1]))
            for name, names in (("board", ["board"]), ("cabinet", ["cabinet"]), ("all", None))
        )
        by_name = {Path(each.source).name: each.id for each in library.documents()}
        self.values = {
            "SECRET": by_name["cabinet.txt"], "OWN": by_name["notes.txt"],
            "PLACE": identifier(library.cite(by_name["cabinet.txt"], quote=NAMED)),
        }  # fmt: skip
        library.alerts().add(Subject(kind="question", words=PROBE), known=False)
        library.alerts().look()
        kept = self.all.post("/api/notebook", json={"document": self.values["SECRET"], "start": 0, "end": 30})
        told = self.all.post("/page/ask", json={"question": PROBE}).json()
        answer = self.all.get(f"/page/answers/{told['exchange']}").text
        assert "Vellamo" in answer and kept.status_code == 200
        link = self.all.post(f"/page/conversations/{told['conversation']}/links").json()["conversation"]
        self.values |= {"KEPT": kept.json()["id"], "SAID": told["exchange"], "TALK": link}

    def client(self, headers: Mapping[str, str]) -> TestClient:
        return TestClient(
            self.app, "http://records.example", headers=dict(headers), client=(ELSEWHERE, 5), follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip

    def filled(self, asked: Any) -> Any:
        """What is asked, with the ids of this library."""
        if isinstance(asked, dict):
            return {name: self.filled(value) for name, value in asked.items()}
        return self.values.get(asked, asked) if isinstance(asked, str) else asked

    def call(self, client: TestClient, route: str, asked: Mapping[str, Any]) -> Any:
        method, path = route.split(" ", 1)
        more = self.filled(dict(asked))
        for name, value in more.pop("path", {}).items():
            path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
        return client.request(method, path, **more)

    def tool(self, client: TestClient, name: str) -> str:
        asked = {"name": name, "arguments": self.filled(TOOLS[name])}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
        reply = client.post("/mcp", json=body, headers=MCP)
        assert reply.status_code == 200, reply.text
        return reply.text

    def agent(self, client: TestClient, method: str, **params: Any) -> str:
        return client.post(
            "/mcp", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers=MCP
        ).text


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("two")
    write(folder / "records" / "board", BOARD)
    write(folder / "records" / "cabinet", SECRET)
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "records"])
        for name in ("board", "cabinet"):
            places = (str(folder / "records" / name),)
            library.store.catalogue.put_collection(Collected(name=name, folders=places, documents=()))
        yield Served(library)


def of_others(text: str) -> list[str]:
    """Words of the other's records in a reply; what was asked is said again by many."""
    told = text.replace("\\u201c", "“").replace("\\u201d", "”").casefold()
    for asked in (PROBE, DRAFT, "the mine at vellamo shall be sold", "cab/2031/7", "portugal", "onrecord:cabinet.txt"):
        told = told.replace(asked.casefold(), "")
    return [word for word in OF_OTHERS if word in told]


def test_every_route_and_tool_is_asked(served: Served) -> None:
    assert set(routes_of(served.app.routes)) == {*ROUTES, *AGENTS}
    tools = json.loads(served.agent(served.board, "tools/list"))["result"]["tools"]
    assert {tool["name"] for tool in tools} == TOOLS.keys()


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_tells_of_the_others_records(served: Served, route: str) -> None:
    reply = served.call(served.board, route, ROUTES[route])
    assert reply.status_code < 500, reply.text
    assert of_others(reply.text) == []
    if route in REFUSED:
        assert kind_of(reply) == "key-scope"
    if route == "POST /page/ask":  # the conversation of a link goes on in a copy, which is read as the link's is
        told = reply.json()
        assert of_others(served.board.get(f"/page/answers/{told['exchange']}").text) == []
        opened = served.board.get("/page/start", params={"conversation": told["conversation"]}).json()
        assert of_others(opened["html"]) == [] and PROBE in opened["html"]


def test_no_tool_tells_of_the_others_records(served: Served) -> None:
    for name in TOOLS:
        assert of_others(served.tool(served.board, name)) == [], name
    resources = served.agent(served.board, "resources/list")
    assert of_others(resources) == [] and "HB/2031/4" in resources
    secret = served.agent(served.board, "resources/read", uri=f"onrecord://documents/{served.values['SECRET']}")
    assert of_others(secret) == [] and "error" in json.loads(secret)


def test_what_is_kept_from_one_is_told_the_other(served: Served) -> None:
    """So that the test above asks for what there is."""
    telling = {
        route for route in ROUTES
        if route not in REFUSED and of_others(served.call(served.cabinet, route, ROUTES[route]).text)
    }  # fmt: skip
    wanted = {
        "POST /api/ask", "POST /api/ask/stream", "POST /api/search", "GET /api/speakers/{name:path}", "GET /api/cite",
        "GET /api/resolve", "GET /api/references", "POST /api/positions", "GET /api/registers/{kind}",
        "POST /api/check",
        "GET /api/documents", "GET /api/documents/{document_id}", "GET /api/documents/{document_id}/text",
        "GET /api/documents/{document_id}/structure", "POST /v1/chat/completions", "GET /page/answers/{key}",
        "GET /page/answers/{key}/everything", "GET /page/conversations/{key}/export.{form}",
        "GET /reading/{document_id}", "GET /page/cite", "GET /page/overview/{document_id}", "GET /page/records",
        "GET /page/speakers/{name:path}", "GET /page/compare/{document_id}", "GET /page/since/{document_id}",
        "POST /page/check", "GET /page/registers/{kind}", "GET /page/registers/{kind}.{form}", "GET /page/positions",
        "GET /page/positions.{form}", "GET /api/since", "POST /api/notebook", "GET /page/filters",
    }  # fmt: skip
    assert wanted - telling == set()
    tools = {name for name in TOOLS if of_others(served.tool(served.cabinet, name))}
    quiet = {"compare", "change_quote", "remove_quote", "list_alerts", "list_news", "watch", "unwatch"}
    assert TOOLS.keys() - tools <= quiet, "compare needs both documents, the others what was kept or found before"


def test_counts_are_those_of_ones_own(served: Served) -> None:
    for client, count in ((served.board, 2), (served.cabinet, 2), (served.all, 4)):
        assert client.get("/api/documents").json()["total"] == count
        assert client.get("/page/status").json()["documents"] == count
    assert served.client({}).get("/healthz").json() == {"status": "ok"}, "how much there is concerns who may read it"


def test_who_may_read_a_part_may_change_nothing(served: Served) -> None:
    keys = Keys(served.library.store.folder)
    for scopes in (["admin"], ["ask", "ingest"]):
        with pytest.raises(InputError, match="neither add nor remove"):
            keys.create("x", scopes, collections=["board"])


def test_what_is_taken_out_of_a_collection_is_gone_at_once(served: Served) -> None:
    catalogue = served.library.store.catalogue
    [board] = [each for each in catalogue.collections() if each.name == "board"]
    catalogue.put_collection(Collected(name="board", folders=(), documents=(served.values["OWN"],)))
    try:
        assert served.board.get("/api/documents").json()["total"] == 1
        told = served.board.post("/api/search", json={"query": "lighthouse mooring rings"}).json()["hits"]
        assert {hit["document"]["id"] for hit in told} <= {served.values["OWN"]}
        catalogue.drop_collection("board")
        assert served.board.get("/api/documents").json()["total"] == 0
    finally:
        catalogue.put_collection(board)
    assert served.board.get("/api/documents").json()["total"] == 2


def test_the_commands_make_collections_and_confine_keys(served: Served, tmp_path: Path) -> None:
    folder = served.library.store.folder

    def run(*words: str, ok: bool = True) -> Any:
        command = [Path(sys.executable).with_name("onrecord"), *words, "--library", folder]
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode == 0) == ok, done.stderr
        return done.stdout if ok else done.stderr

    made = json.loads(run("collections", "add", "hand", "notes.txt", "--folder", str(tmp_path), "--json"))
    assert (made["documents"], made["folders"]) == (1, [str(tmp_path)])
    assert "hand  1 documents" in run("collections", "list")
    told = run("keys", "create", "hand", "--collection", "hand").strip()
    client = served.client(bearer(told))
    assert client.get("/api/documents").json()["total"] == 1
    assert "There is no collection 'nothing'" in run("keys", "create", "x", "--collection", "nothing", ok=False)
    run("collections", "remove", "hand", "notes.txt")
    assert client.get("/api/documents").json()["total"] == 0
    run("collections", "remove", "hand")
    assert "There is no collection" in run("collections", "remove", "hand", ok=False)
