"""The HTTP API, called as a program calls it: shapes, streams, pages, uploads, and a problem for whatever is wrong."""

import base64
import io
import json
import logging
import socket
import time
from dataclasses import fields, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from onrecord.ingest.ingest import Failure, IngestReport, Note
from onrecord.rag import Answer, Filters, Library, Timing, Turn, open_library
from onrecord.rag.schema import AnswerOut, ReportOut, answer_json, hit_json, report_json
from onrecord.ui.app import build_app
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.gate import Rate, Rules
from onrecord.ui.http.problems import KINDS, MEDIA_TYPE
from onrecord.ui.http.serving import JsonLines
from onrecord.ui.uploads import safe_name

from ..fakes import HashEmbedder
from .served import served

QUOTA = "What did Norway say about the herring quota?"
NOBODY = "What did Brazil say about herring?"
SEASON = {
    "question": "And the closed season?",
    "history": [{"question": QUOTA, "answer": "It should fall."}],
    "filters": {"speaker": "Mexico"},
}


@pytest.fixture
def client(records: Library, calls) -> TestClient:
    return calls(records)


def untimed(shape: dict) -> dict:
    return {key: value for key, value in shape.items() if key != "seconds"}


def as_shape(answer: Answer) -> dict:
    return untimed(json.loads(json.dumps(answer_json(replace(answer, seconds=Timing())))))


def events(text: str) -> list[tuple[str, dict]]:
    """(name, data) of server-sent events."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_answer_is_that_of_the_library(client: TestClient, records: Library) -> None:
    reply = client.post("/api/ask", json={"question": QUOTA})
    assert reply.status_code == 200 and untimed(reply.json()) == as_shape(records.ask(QUOTA))
    assert reply.json()["citations"][0]["label"] == "Minutes of the fishery council, Norway"


def test_a_refusal_is_an_answer(client: TestClient, records: Library) -> None:
    reply = client.post("/api/ask", json={"question": NOBODY})
    assert reply.status_code == 200 and not reply.json()["answered"]
    assert untimed(reply.json()) == as_shape(records.ask(NOBODY))


def test_history_and_filters_come_along(client: TestClient, records: Library) -> None:
    answer = client.post("/api/ask", json=SEASON).json()
    assert answer["standalone_question"] == f"And the closed season? ({QUOTA})"
    turn = Turn(question=QUOTA, answer="It should fall.")
    expected = records.ask("And the closed season?", history=[turn], filters=Filters(speaker="Mexico"))
    assert untimed(answer) == as_shape(expected)
    confined = client.post("/api/ask", json={"question": "herring quota", "filters": {"speaker": "Mexico"}}).json()
    assert {citation["locator"]["speaker"] for citation in confined["citations"]} == {"Mexico"}


def test_a_stream_gives_sentences_and_then_the_answer(client: TestClient, records: Library) -> None:
    reply = client.post("/api/ask/stream", json={"question": "What did Mexico say?"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    *sentences, (last, answer) = events(reply.text)
    assert last == "answer" and untimed(answer) == as_shape(records.ask("What did Mexico say?"))
    assert len(sentences) >= 2 and all(name == "sentence" for name, _ in sentences)
    assert [data["sentence"] for _, data in sentences] == answer["sentences"]
    assert [citation for _, data in sentences for citation in data["citations"]] == answer["citations"]


def test_an_overview_is_an_answer_of_quotes(client: TestClient, records: Library) -> None:
    [document] = [each for each in records.documents() if each.symbol == "HB/2031/9"]
    told = client.get("/api/overview", params={"document": document.id, "length": "full"}).json()
    assert told["text"] == records.overview(document.id, length="full").text and told["citations"]
    assert {citation["document"]["id"] for citation in told["citations"]} == {document.id}
    spoken = client.get("/api/overview", params={"speaker": "Mexico"}).json()
    assert {citation["locator"]["speaker"] for citation in spoken["citations"]} == {"Mexico"}
    refused = client.get("/api/overview", params={"speaker": "nobody"}, headers={"Accept-Language": "fr"}).json()
    assert not refused["answered"] and refused["text"].startswith("Les documents")
    assert client.get("/api/overview", params={"document": "nothing"}).status_code == 404
    assert client.get("/api/overview", params={"length": "endless"}).status_code == 422


def test_all_that_somebody_says_comes_page_by_page(client: TestClient, records: Library) -> None:
    told = client.get("/api/speakers/Norway", params={"limit": 1}).json()
    [said] = told["statements"]
    text = records.document(said["document"]["id"]).text
    assert said["text"] == text[said["start"] : said["end"]] and said["speaker"] == "Norway"
    following, seen = told["next"], 1
    while following:
        page = client.get(following).json()
        seen, following = seen + len(page["statements"]), page["next"]
    assert seen == told["total"] == records.statements("Norway").total > 0
    assert_problem(client.get("/api/speakers/Nobody%2Fat%20all"), "not-found", path="/api/speakers/Nobody/at all")


def test_several_documents_are_asked_at_once(client: TestClient, records: Library) -> None:
    keys = [each.id for each in records.documents()]
    for chosen in (keys[:2], keys[:1]):
        found = client.post(
            "/api/search", json={"query": "quota budget season", "filters": {"document": chosen}, "limit": 50}
        ).json()["hits"]
        assert {hit["document"]["id"] for hit in found} == set(chosen)


def test_a_search_gives_passages_only(client: TestClient, records: Library) -> None:
    found = client.post("/api/search", json={"query": "herring quota", "limit": 2, "filters": {"speaker": "norway"}})
    assert [hit["text"][:7] for hit in found.json()["hits"]] == ["Norway:", "Norway:"]
    everywhere = client.post("/api/search", json={"query": "herring quota"}).json()["hits"]
    assert everywhere == json.loads(json.dumps([hit_json(hit) for hit in records.search("herring quota")]))


@pytest.mark.parametrize("question", [QUOTA, NOBODY])
def test_an_answer_has_the_shape_that_describes_it(records: Library, question: str) -> None:
    answer = answer_json(records.ask(question))
    assert TypeAdapter(AnswerOut).validate_python(answer, strict=True, extra="forbid") == answer


def test_a_report_has_the_shape_that_describes_it(records: Library, tmp_path: Path) -> None:
    report = IngestReport(
        added=1, updated=0, unchanged=0, removed=0, failed=(Failure(source="a.pdf", error="broken"),), skipped=("b.x",),
        duplicates=(), documents=1, passages=2, seconds=0.5, notes=(Note(source="c.pdf", note="page 2 is a scan"),),
    )  # fmt: skip
    shape = report_json(report)
    assert TypeAdapter(ReportOut).validate_python(shape, strict=True, extra="forbid") == shape
    assert shape["notes"] == [{"source": "c.pdf", "note": "page 2 is a scan"}]
    assert shape.keys() == {field.name for field in fields(IngestReport)}


# --- documents -------------------------------------------------------------------------------------------------------


def test_documents_come_page_by_page(client: TestClient, records: Library) -> None:
    path, seen = "/api/documents?limit=2", []
    while path:
        page = client.get(path).json()
        assert page["total"] == 3 and len(page["documents"]) <= 2
        seen += [document["id"] for document in page["documents"]]
        path = page["next"]
    assert seen == [listing.id for listing in records.documents()]
    assert client.get("/api/documents?offset=9").json()["documents"] == []


def test_every_quote_is_a_slice_of_the_text(client: TestClient) -> None:
    for citation in client.post("/api/ask", json={"question": "What did Mexico say?"}).json()["citations"]:
        place = f"/api/documents/{citation['document']['id']}/text"
        reply = client.get(place, params={"start": citation["start"], "end": citation["end"]})
        assert [part["text"] for part in reply.json()["parts"]] == [citation["quote"]]


def test_a_paragraph_can_be_read_by_its_number(client: TestClient, records: Library) -> None:
    report = records.document("HB/2031/9")
    reply = client.get(f"/api/documents/{report.id}/text", params={"paragraph": "3"}).json()
    assert [part["text"][:2] for part in reply["parts"]] == ["3."]
    assert client.get(f"/api/documents/{report.id}").json()["symbol"] == "HB/2031/9"


@pytest.mark.slow
def test_documents_are_uploaded_replaced_and_removed(own_library: Library, calls) -> None:
    client = calls(own_library)

    def upload(words: str) -> dict:
        minutes = f"Minutes of the May session\n\nIceland: {words}\n\nNorway: We agree."
        file = ("files", ("../../bad/Minutes of May.txt", minutes.encode()))
        reply = client.post("/api/documents", files=[file], data={"date": "2032-05-04"})
        assert reply.status_code == 201, reply.text
        return reply.json()

    assert upload("The trawlers stay in port until the lanterns are lit.")["added"] == 1
    assert upload("The trawlers sail in April, lanterns or no lanterns.")["updated"] == 1
    answer = client.post("/api/ask", json={"question": "What did Iceland say about the trawlers?"}).json()
    [citation] = answer["citations"]
    assert "sail in April" in citation["quote"] and citation["document"]["date"] == "2032-05-04"
    kept = own_library.store.folder / "uploads"
    assert [file.name for file in kept.iterdir()] == ["Minutes of May.txt"]
    removed = client.delete(f"/api/documents/{citation['document']['id']}")
    assert removed.json() == {"removed": [str(kept / "Minutes of May.txt")]} and not list(kept.iterdir())
    assert [Path(listing.source).name for listing in own_library.documents()] == ["notes.txt"]


@pytest.mark.slow
def test_a_broken_upload_is_named_and_not_kept(own_library: Library, calls) -> None:
    client = calls(own_library)
    good = ("files", ("good.txt", b"Iceland: The lanterns are lit at dusk."))
    bad = ("files", ("bad.pdf", b"no pdf"))
    assert_problem(client.post("/api/documents", files=[bad]), "unreadable")
    report = client.post("/api/documents", files=[good, bad]).json()
    assert report["added"] == 1 and [Path(failure["source"]).name for failure in report["failed"]] == ["bad.pdf"]
    assert [file.name for file in (own_library.store.folder / "uploads").iterdir()] == ["good.txt"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("minutes.pdf", "minutes.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\notes.txt", "notes.txt"),
        ("..", "document"),
        (".hidden", "hidden"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("Über die Fähre.docx", "Über die Fähre.docx"),
        ("x" * 400 + ".pdf", "x" * 120 + ".pdf"),
        ("", "document"),
    ],
)
def test_an_uploads_name_can_only_be_a_file_in_its_folder(given: str, kept: str) -> None:
    assert safe_name(given) == kept


# --- problems --------------------------------------------------------------------------------------------------------


def assert_problem(reply, kind: str, *, path: str | None = None) -> dict:
    """A problem of a kind, whole and with the right status; returns it."""
    assert reply.headers["content-type"] == MEDIA_TYPE, reply.text
    problem = reply.json()
    assert problem["type"] == f"urn:onrecord:problem:{kind}" and reply.status_code == problem["status"]
    assert (problem["status"], problem["title"]) == KINDS[kind] and problem["detail"]
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert path is None or problem["instance"] == path
    assert "Traceback" not in reply.text
    return problem


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("POST", "/api/ask", {}, "invalid"),
        ("POST", "/api/ask", {"question": ""}, "invalid"),
        ("POST", "/api/ask", {"question": " ?! "}, "invalid"),
        ("POST", "/api/ask/stream", {"question": " ?! "}, "invalid"),
        ("POST", "/api/ask", {"question": "x" * 20_001}, "invalid"),
        ("POST", "/api/ask", {"question": "x", "colour": "blue"}, "invalid"),
        ("POST", "/api/ask", {"question": "x", "filters": {"since": "May"}}, "invalid"),
        ("POST", "/api/search", {"query": "..."}, "invalid"),
        ("POST", "/api/search", {"query": "x", "limit": 0}, "invalid"),
        ("GET", "/api/documents?limit=1000", None, "invalid"),
        ("GET", "/api/documents/nothing", None, "not-found"),
        ("GET", "/api/documents/nothing/text", None, "not-found"),
        ("DELETE", "/api/documents/nothing", None, "not-found"),
        ("POST", "/api/documents", None, "invalid"),
        ("GET", "/api/nothing", None, "not-found"),
        ("GET", "/api/ask", None, "method"),
        ("PUT", "/api/ask", {"question": "x"}, "method"),
    ],
)
def test_each_wrong_request_gets_its_problem(client: TestClient, method: str, path: str, body, kind: str) -> None:
    assert_problem(client.request(method, path, json=body), kind, path=path.split("?")[0])


def test_what_is_no_json_is_malformed(client: TestClient) -> None:
    as_json = {"Content-Type": "application/json"}
    assert_problem(client.post("/api/ask", content=b'{"question": ', headers=as_json), "malformed")
    assert_problem(client.post("/api/ask", content=b'{"question": "\xff"}', headers=as_json), "malformed")
    assert_problem(client.post("/api/ask", content=b'{"question": "\\ud800"}', headers=as_json), "invalid")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert_problem(client.post("/api/documents", content=b"no parts", headers=broken), "malformed")


def test_beside_the_page_unknown_paths_and_methods_are_problems_too(records: Library) -> None:
    client = TestClient(build_app(records), base_url="http://127.0.0.1", client=("127.0.0.1", 5))
    assert_problem(client.get("/api/nothing"), "not-found")
    assert_problem(client.post("/v1/nothing"), "not-found")
    refused = client.get("/api/ask")
    assert_problem(refused, "method")
    assert refused.headers["allow"] == "POST"
    assert client.get("/").headers["content-type"].startswith("text/html")


def test_an_error_inside_says_nothing_of_the_inside(tmp_path: Path, calls, caplog) -> None:
    library = open_library(tmp_path / "library", embedder=HashEmbedder())
    client = calls(library)
    library.store.catalogue.close()
    (tmp_path / "library" / "catalogue.sqlite").unlink()
    with caplog.at_level(logging.ERROR):
        problem = assert_problem(client.post("/api/ask", json={"question": "What of the secret herring?"}), "internal")
    assert "sqlite" not in json.dumps(problem)
    assert "secret herring" not in "".join(record.getMessage() for record in caplog.records)


def test_a_request_keeps_the_id_it_came_with(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert_problem(client.get("/api/nothing", headers={"X-Request-ID": "abc-2"}), "not-found")
    made = client.get("/healthz", headers={"X-Request-ID": "two words\t"}).headers["x-request-id"]
    assert made != client.get("/healthz").headers["x-request-id"] and made.isalnum()


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_refused(records: Library, calls) -> None:
    client = calls(records, ApiOptions(rules=Rules(body_limit_bytes=1000, upload_limit_bytes=1000)))
    long = {"question": "x" * 1000}
    assert_problem(client.post("/api/ask", json=long), "too-large")
    in_pieces = (piece for piece in [b'{"question": "', b"x" * 1000, b'"}'])
    as_json = {"Content-Type": "application/json"}
    assert_problem(client.post("/api/ask", content=in_pieces, headers=as_json), "too-large")
    assert_problem(client.post("/api/documents", files=[("files", ("a.txt", b"x" * 2000))]), "too-large")
    pieces = (piece for piece in [b"--x\r\n", b'Content-Disposition: form-data; name="urls"\r\n\r\n', b"y" * 2000])
    as_form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert_problem(client.post("/api/documents", content=pieces, headers=as_form), "too-large")
    assert client.post("/api/ask", json={"question": QUOTA}).status_code == 200


@pytest.mark.parametrize("path", ["/api/ask", "/api/documents", "/v1/chat/completions", "/mcp"])
def test_a_body_that_does_not_come_is_not_waited_for(records: Library, path: str) -> None:
    app = build_api(records, ApiOptions(rules=Rules(body_timeout_s=0.2)))
    with served(app) as address, socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), 30) as line:
        kind = "multipart/form-data; boundary=x" if path == "/api/documents" else "application/json"
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 50\r\n\r\n"
        line.sendall(head.encode() + b"--x\r\n")
        reply = line.makefile("rb").read().decode()
    assert reply.startswith("HTTP/1.1 408") and "urn:onrecord:problem:too-slow" in reply


def test_too_many_requests_are_told_when_to_come_again(records: Library, calls) -> None:
    client = calls(records, ApiOptions(rules=Rules(requests_per_minute=3)))
    assert [client.get("/v1/models").status_code for _ in range(3)] == [200, 200, 200]
    refused = client.get("/v1/models")
    assert_problem(refused, "too-many")
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert client.get("/healthz").status_code == 200


def test_a_rate_is_a_bucket_for_each_caller() -> None:
    rate = Rate(60)
    assert [rate.take("a", now=0.0) for _ in range(61)] == [0] * 60 + [1]
    assert rate.take("b", now=0.0) == 0
    assert [rate.take("a", now=2.0) for _ in range(3)] == [0, 0, 1]
    assert [Rate(0).take("a") for _ in range(1000)] == [0] * 1000


# --- pages of other origins ------------------------------------------------------------------------------------------


def test_pages_of_other_origins_are_kept_out_unless_allowed(records: Library, calls) -> None:
    asked = {"json": {"question": QUOTA}, "headers": {"Origin": "https://host.example"}}
    closed = calls(records).post("/api/ask", **asked)
    assert_problem(closed, "foreign-origin")
    assert "access-control-allow-origin" not in closed.headers
    client = calls(records, ApiOptions(rules=Rules(cors_origins=("https://host.example",))))
    opened = client.post("/api/ask", **asked)
    assert opened.status_code == 200 and opened.headers["access-control-allow-origin"] == "https://host.example"
    preflight = {
        "Origin": "https://host.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }  # fmt: skip
    assert client.options("/api/ask", headers=preflight).status_code == 200
    assert client.options("/api/ask", headers=preflight | {"Origin": "https://evil.example"}).status_code == 400
    assert_problem(client.post("/api/ask", json={"question": "x"}, headers={"Origin": "null"}), "foreign-origin")
    same = calls(records).post("/api/ask", json={"question": QUOTA}, headers={"Origin": "http://127.0.0.1:7860"})
    assert same.status_code == 200


# --- the server itself -----------------------------------------------------------------------------------------------


def test_metrics_count_what_was_asked_and_name_nobody(records: Library, calls) -> None:
    client = calls(records)
    for question in (QUOTA, NOBODY):
        client.post("/api/ask", json={"question": question})
    client.get(f"/api/documents/{records.documents()[0].id}")
    text = client.get("/metrics").text
    assert 'onrecord_requests_total{method="POST",route="/api/ask",status="200"} 2.0' in text
    assert 'onrecord_answers_total{answered="false",mode="quotes"} 1.0' in text
    assert 'route="/api/documents/{document_id}"' in text and "onrecord_documents 3.0" in text
    assert "onrecord_request_seconds_bucket" in text
    assert "Norway" not in text and records.documents()[0].id not in text


def test_a_log_line_is_json_without_questions_or_names(records: Library, calls, caplog) -> None:
    stream = io.StringIO()
    lines = logging.StreamHandler(stream)
    lines.setFormatter(JsonLines())
    log = logging.getLogger("onrecord.http")
    log.addHandler(lines)
    try:
        with caplog.at_level(logging.INFO, logger="onrecord.http"):
            client = calls(records)
            client.post("/api/ask", json={"question": QUOTA}, headers={"X-Request-ID": "r1"})
            client.get("/api/documents/secret-name?paragraph=hidden")
    finally:
        log.removeHandler(lines)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first | {"time": "", "seconds": 0} == {
        "time": "", "level": "info", "logger": "onrecord.http", "message": "POST /api/ask 200", "request_id": "r1",
        "method": "POST", "route": "/api/ask", "status": 200, "seconds": 0, "key": None,
    }  # fmt: skip
    assert second["status"] == 404 and second["route"] == "/api/documents/{document_id}"
    for told in ("herring", "Norway", "secret", "hidden", "127.0.0.1"):
        assert told not in stream.getvalue()


def test_the_api_can_be_mounted_in_another_application(records: Library) -> None:
    host = FastAPI()
    host.mount("/records", build_api(records))
    client = TestClient(host, base_url="http://127.0.0.1", client=("127.0.0.1", 5))
    assert client.post("/records/api/ask", json={"question": QUOTA}).json()["answered"]
    assert_problem(client.get("/records/api/documents/nothing"), "not-found", path="/api/documents/nothing")
    assert client.get("/records/openapi.json").json()["servers"] == [{"url": "/records"}]
    assert client.post("/api/ask", json={"question": QUOTA}).status_code == 404


def test_the_description_names_every_door_with_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    paths = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert paths == {
        ("POST", "/api/ask"), ("POST", "/api/ask/stream"), ("POST", "/api/search"), ("POST", "/api/check"),
        ("GET", "/api/documents"),
        ("POST", "/api/documents"), ("GET", "/api/documents/{document_id}"), ("DELETE", "/api/documents/{document_id}"),
        ("GET", "/api/documents/{document_id}/text"), ("POST", "/v1/chat/completions"), ("GET", "/v1/models"),
        ("GET", "/v1/models/{model}"), ("GET", "/healthz"), ("GET", "/metrics"),
        ("GET", "/api/documents/{document_id}/structure"), ("GET", "/api/overview"),
        ("GET", "/api/speakers/{name}"), ("GET", "/api/compare"), ("GET", "/api/since"),
        ("GET", "/api/registers/{kind}"), ("GET", "/api/cite"), ("GET", "/api/resolve"), ("GET", "/api/references"),
        ("POST", "/api/positions"), ("GET", "/api/notebook"), ("POST", "/api/notebook"),
        ("PATCH", "/api/notebook/{key}"), ("DELETE", "/api/notebook/{key}"), ("GET", "/api/notebook/briefing"),
        ("GET", "/api/alerts"), ("POST", "/api/alerts"), ("DELETE", "/api/alerts/{key}"),
        ("GET", "/api/alerts/news"), ("GET", "/api/alerts/feed"),
    }  # fmt: skip
    assert described["components"]["schemas"]["AskIn"]["examples"][0]["question"]
    assert described["paths"]["/api/ask"]["post"]["security"]
    assert "application/problem+json" in described["paths"]["/api/ask"]["post"]["responses"]["422"]["content"]


def test_the_docs_page_confines_itself_to_this_server(client: TestClient) -> None:
    page = client.get("/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert f"docs/{asset}" in page.text and client.get(f"/docs/{asset}").status_code == 200
    assert_problem(client.get("/docs/redoc.standalone.js"), "not-found")


def test_answers_come_while_another_waits(records: Library) -> None:
    """A client that reads its stream slowly holds nobody up."""
    with (
        served(build_api(records)) as address,
        socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), 30) as line,
    ):
        body = json.dumps({"question": "What did Mexico say?"}).encode()
        head = "POST /api/ask/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        time.sleep(0.05)
        other = TestClient(build_api(records), base_url="http://127.0.0.1", client=("127.0.0.1", 5))
        assert other.post("/api/ask", json={"question": QUOTA}).json()["answered"]
        assert line.recv(12) == b"HTTP/1.1 200"


def test_a_draft_is_checked_as_text_and_as_a_file(client: TestClient) -> None:
    quote = client.post("/api/ask", json={"question": QUOTA}).json()["citations"][0]["quote"]
    words = " ".join(quote.split()[:6])
    told = client.post("/api/check", json={"text": f"We read “{words}”, and “a gull grows no feathers here”."}).json()
    assert [each["verdict"] for each in told["findings"]] == ["exact", "not found"] and told["faults"] == 1
    page = f"<html><body><p>We read “{words}”.</p></body></html>".encode()
    sent = client.post("/api/check", json={"file": base64.b64encode(page).decode(), "name": "draft.html"}).json()
    assert [each["verdict"] for each in sent["findings"]] == ["exact"] and sent["source"] == "draft.html"
    assert client.post("/api/check", json={"text": ""}).status_code == 422
    assert client.post("/api/check", json={"text": "x" * 200_001}).status_code == 422
    held = base64.b64encode(b"PK\x03\x04 nothing").decode()
    assert client.post("/api/check", json={"text": "x", "file": held}).status_code == 422
    broken = client.post("/api/check", json={"file": held, "name": "draft.docx"})
    assert broken.status_code == 422 and broken.headers["content-type"] == MEDIA_TYPE
