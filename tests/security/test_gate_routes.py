"""Every route of the server is behind the one gate: no key, a foreign page or another name does not get past it."""

import logging
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from onrecord.rag.library import Library
from onrecord.ui.app import build_app
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys

from ..ui.served import served
from .conftest import ELSEWHERE, HERE, Calls, bearer, kind_of

pytestmark = pytest.mark.slow

NORWAY = "What did Norway say about the herring quota?"
PUT = "/page/records/file?name=more.txt"
# What may be had without a key. Whoever adds a route is asked here whether it really may be, too.
OPEN = {
    ("GET", "/healthz"), ("GET", "/widget.js"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/theme.css"),
    ("GET", "/assets/x"), ("GET", "/static/x"), ("GET", "/favicon.ico"),
    ("GET", "/sign-in/oidc"), ("GET", "/sign-in/oidc/callback"),
}  # fmt: skip
OPEN_FILES = ("/sign-in/sign_in.css", "/sign-in/sign_in.js", "/page/look/page.js", "/theme.css", "/widget.js")


def routes_of(routes: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route, those of included routers and mounted applications too."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        elif hasattr(route, "methods"):
            path = re.sub(r"\{[^}]*\}", "x", route.path)
            yield from ((method, path) for method in route.methods or () if method != "HEAD")
        else:
            inner = [part for part in (route.app, *vars(route.app).values()) if hasattr(part, "routes")]
            assert inner, f"what is mounted at {route.path!r} cannot be looked into"
            yield from routes_of(inner[0].routes)


@pytest.fixture
def routes(own_library: Library) -> list[tuple[str, str]]:
    found = sorted(set(routes_of(build_app(own_library).routes)))
    wanted = {("GET", "/"), ("POST", "/gradio_api/upload"), ("GET", "/config"), ("PUT", "/page/records/file")}
    assert wanted | OPEN <= set(found) and len(found) > 100
    return found


def answers(client: TestClient, routes: list[tuple[str, str]], **more: Any) -> dict[tuple[str, str], Any]:
    return {(method, path): client.request(method, path, **more) for method, path in routes}


# --- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [HERE, ELSEWHERE])
def test_without_key_or_session_nothing_is_open_but_what_is_listed(routes, calls: Calls, keys: Keys, address) -> None:
    keys.create("reader", ["ask"])
    client = calls(address)
    told = answers(client, routes)
    assert {place for place, response in told.items() if response.status_code != 401} - OPEN == set()
    refused = {kind_of(response) for place, response in told.items() if place not in OPEN}
    assert refused == {"key-missing"}
    # The wrong key on the form is refused too, with the form.
    assert {place for place in OPEN if told[place].status_code == 401} == {("POST", "/sign-in")}
    for path in OPEN_FILES:
        assert client.get(path).status_code == 200, path
    for path in ("/page/records/", "//page/records", "/static", "/assets/../page/records", "/page/look/../records"):
        assert client.get(path).status_code in (401, 404), path
    assert client.post("/assets/x").status_code == 401


def test_a_key_opens_the_page_and_its_routes(calls: Calls, keys: Keys, own_library: Library) -> None:
    asking = bearer(keys.create("reader", ["ask"])[1])
    client = calls(ELSEWHERE)
    [listing] = own_library.documents()
    for path in ("/", "/page/start", "/page/records", f"/reading/{listing.id}", "/docs", "/openapi.json"):
        assert client.get(path, headers=asking).status_code == 200, path
    wrong = bearer("rpt_abcdefgh_x")
    assert kind_of(client.get("/page/records", headers=wrong)) == "key-unknown"


def test_a_keys_scopes_hold_on_the_page_too(calls: Calls, keys: Keys, own_library: Library) -> None:
    ask, ingest, admin = (bearer(keys.create(scope, [scope])[1]) for scope in ("ask", "ingest", "admin"))
    client = calls(ELSEWHERE)
    [listing] = own_library.documents()
    add, remove = {"json": {"address": "no address"}}, f"/page/records/{listing.id}"
    assert kind_of(client.put(PUT, content=b"more", headers=ask)) == "key-scope"
    assert kind_of(client.post("/page/records/address", **add, headers=ask)) == "key-scope"
    assert kind_of(client.get("/page/records", headers=ingest)) == "key-scope"
    for headers in (ask, ingest):
        assert kind_of(client.delete(remove, headers=headers)) == "key-scope"
    assert client.put(PUT, content=b"more", headers=ingest).status_code == 202
    assert client.post("/page/records/address", **add, headers=ingest).status_code == 422
    assert client.delete(remove, headers=admin).status_code == 200


def test_without_keys_others_may_read_and_only_this_machine_change(calls: Calls, own_library: Library) -> None:
    here, elsewhere = calls(HERE), calls(ELSEWHERE)
    [listing] = own_library.documents()
    for client in (here, elsewhere):
        for path in ("/", "/page/start", "/page/records", f"/reading/{listing.id}"):
            assert client.get(path).status_code == 200, path
    assert kind_of(elsewhere.put(PUT, content=b"more")) == "local-only"
    assert kind_of(elsewhere.post("/page/records/address", json={"address": "no address"})) == "local-only"
    assert kind_of(elsewhere.delete(f"/page/records/{listing.id}")) == "local-only"
    assert kind_of(here.put(PUT, content=b"more", headers={"X-Forwarded-For": ELSEWHERE})) == "local-only"
    assert here.put(PUT, content=b"more").status_code == 202
    assert here.post("/page/records/address", json={"address": "no address"}).status_code == 422
    assert here.delete(f"/page/records/{listing.id}").status_code == 200


def test_of_gradio_there_is_the_frame_and_no_other_door(calls: Calls) -> None:
    client = calls(HERE)
    upload = {"files": {"files": ("a.html", b"<script>")}}
    assert kind_of(client.post("/gradio_api/upload", **upload)) == "not-found"
    for path in ("/config", "/gradio_api/info", "/gradio_api/file=/etc/passwd", "/gradio_api/queue/data"):
        assert kind_of(client.get(path)) == "not-found", path
    assert kind_of(client.post("/gradio_api/queue/join", json={})) == "not-found"
    assert "text/html" in client.get("/").headers["content-type"]


def test_web_sockets_are_refused(calls: Calls) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, calls(HERE).websocket_connect("/page/start"):
        pass
    assert refused.value.code == 1008


# --- other sites' pages ----------------------------------------------------------------------------------------------


def test_a_name_made_to_lead_here_opens_no_route(routes, calls: Calls) -> None:
    renamed = {"Host": "evil.example:7860", "Origin": "http://evil.example:7860"}
    told = answers(calls(HERE), routes, headers=renamed)
    assert {place for place, response in told.items() if response.status_code != 403} == set()
    assert kind_of(told["DELETE", "/page/records/x"]) == "foreign-origin"
    # ... nor by another way of writing this machine's address, nor with a made-up key where none is needed.
    assert kind_of(calls("::ffff:127.0.0.1").get("/page/records", headers=renamed)) == "foreign-origin"
    assert kind_of(calls(HERE).get("/page/records", headers=renamed | bearer("rpt_x"))) == "foreign-origin"
    assert kind_of(calls(HERE).get("/page/records", headers={"Host": "["})) == "foreign-origin"
    for name in ("localhost:7860", "127.0.0.1", "[::1]:7860"):
        assert calls(HERE).get("/page/records", headers={"Host": name}).status_code == 200, name


def test_a_page_of_another_origin_reaches_no_route_but_the_widget(routes, calls: Calls) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9999", "http://["):
        told = answers(calls(HERE), routes, headers={"Origin": origin})
        assert {place for place, response in told.items() if response.status_code != 403} == {("GET", "/widget.js")}


def test_browsers_that_tell_the_site_only_are_believed(calls: Calls) -> None:
    client = calls(HERE)
    for site in ("cross-site", "same-site"):
        told = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
        assert kind_of(client.put(PUT, content=b"x", headers=told)) == "foreign-origin"
        assert kind_of(client.post("/api/search", json={"query": "x"}, headers=told)) == "foreign-origin"
        assert kind_of(client.get("/page/records", headers=told | {"Sec-Fetch-Mode": "no-cors"})) == "foreign-origin"
        assert client.get("/", headers=told).status_code == 200, "a link may lead here"
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:7860"}
    assert client.put(PUT, content=b"x", headers=own).status_code == 202
    assert "frame-ancestors 'self'" in client.get("/").headers["content-security-policy"]


def test_pages_that_may_call_the_api_may_not_call_the_page(calls: Calls) -> None:
    client = calls(HERE, ApiOptions(rules=Rules(cors_origins=("https://host.example",))))
    theirs = {"Origin": "https://host.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/search", json={"query": "herring"}, headers=theirs).status_code == 200
    for method, path in (("GET", "/page/records"), ("DELETE", "/page/records/x"), ("PUT", PUT)):
        assert kind_of(client.request(method, path, headers=theirs)) == "foreign-origin"


# --- size, time, rate, log -------------------------------------------------------------------------------------------


def test_bodies_for_the_page_have_a_size(calls: Calls, own_library: Library) -> None:
    client = calls(HERE, ApiOptions(rules=Rules(body_limit_bytes=1000, upload_limit_bytes=2000)))
    assert kind_of(client.post("/page/ask", json={"question": "x" * 1000})) == "too-large"
    assert kind_of(client.post("/page/ask", content=(b"x" * 600 for _ in range(2)))) == "too-large"
    assert kind_of(client.put(PUT, content=b"x" * 2001)) == "too-large"
    assert kind_of(client.put(PUT, content=(b"x" * 600 for _ in range(4)))) == "too-large"
    assert kind_of(client.post("/sign-in", data={"key": "x" * 1000})) == "too-large"
    assert client.put(PUT, content=b"x" * 1999).status_code == 202
    left = [path for path in own_library.store.folder.rglob(".upload-*")]
    assert left == []


@pytest.mark.parametrize("head", [f"PUT {PUT}", "POST /page/ask", "POST /sign-in", "POST /gradio_api/upload"])
def test_a_body_for_the_page_is_not_waited_for(own_library: Library, head: str) -> None:
    app = build_app(own_library, options=ApiOptions(rules=Rules(body_timeout_s=0.2)))
    with served(app) as address, socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), 30) as line:
        lines = (f"{head} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Content-Length: 50", "", "{")
        line.sendall("\r\n".join(lines).encode())
        reply = line.makefile("rb").read().decode()
    assert reply.startswith("HTTP/1.1 408") and "urn:onrecord:problem:too-slow" in reply


def test_others_have_a_rate_on_the_page_and_whoever_is_alone_here_has_none(calls: Calls) -> None:
    few = ApiOptions(rules=Rules(requests_per_minute=3))
    elsewhere, here = calls(ELSEWHERE, few), calls(HERE, few)
    assert [elsewhere.get("/page/records").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [elsewhere.get("/theme.css").status_code for _ in range(31)][-2:] == [200, 429]
    assert {here.get(path).status_code for path in ("/page/records", "/theme.css") for _ in range(40)} == {200}


def test_a_line_is_logged_for_the_page_without_questions_or_names(calls: Calls, own_library: Library, caplog) -> None:
    [listing] = own_library.documents()
    client = calls(HERE)
    with caplog.at_level(logging.INFO, logger="onrecord.http"):
        exchange = client.post("/page/ask", json={"question": NORWAY}).json()["exchange"]
        client.get(f"/page/answers/{exchange}")
        client.get(f"/reading/{listing.id}", params={"start": 1})
        client.put("/page/records/file?name=secret.txt", content=b"x")
        client.delete(f"/page/records/{listing.id}")
        client.get("/page/nothing/secret")
        client.get("/page/records", headers={"Host": "secret.example"})
        client.get("/")
        client.get("/theme.css")
    lines = [record.getMessage() for record in caplog.records if record.name == "onrecord.http"]
    assert lines == [
        "POST /page/ask 200", "GET /page/answers/{key} 200", "GET /reading/{document_id} 200",
        "PUT /page/records/file 202", "DELETE /page/records/{document_id} 200", "GET other 404", "GET other 403",
        "GET / 200",
    ]  # fmt: skip
    told = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if "http" in record.name)
    assert not [word for word in ("herring", "Norway", "secret", listing.id, exchange) if word in told]
