"""The whole server as a service runs it: told to end, it finishes answers; it logs JSON; it sends traces."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from onrecord.rag import Library
from onrecord.rag.settings import Settings
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.serving import options_from
from onrecord.ui.http.tracing import Tracing

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUOTA = "What did Norway say about the herring quota?"
PROGRAM = """
import sys
from langchain_core.language_models import FakeListChatModel
from onrecord.rag import open_library
from onrecord.rag.settings import Settings
from onrecord.ui.app import serve
from onrecord.ui.http.serving import options_from
from tests.fakes import HashEmbedder

model = FakeListChatModel(responses=["Norway said that the herring quota should fall by a third [1]."], sleep=0.02)
settings = Settings(log_format="json", page=False)
with options_from(settings) as options:
    with open_library(sys.argv[1], embedder=HashEmbedder(), model=model) as library:
        library.ingest([sys.argv[2]])
        serve(library, host="127.0.0.1", port=0, open_browser=False, options=options, page=False)
print("closed")
"""


def test_told_to_end_it_finishes_the_answer_and_closes(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Notes\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise.")
    command = [sys.executable, "-c", PROGRAM, tmp_path / "library", notes]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        address = re.findall(r"http://127\.0\.0\.1:\d+", running.stderr.readline())[0]
        body = json.dumps({"question": QUOTA}).encode()
        asked = Request(f"{address}/api/ask", body, {"Content-Type": "application/json", "X-Request-ID": "last"})
        replies: list[dict[str, Any]] = []

        def ask() -> None:
            with urlopen(asked, timeout=60) as reply:
                replies.append(json.load(reply))

        asking = threading.Thread(target=ask)
        asking.start()
        while b"onrecord_requests_in_flight 2.0" not in _read(f"{address}/metrics"):
            assert asking.is_alive(), "the answer came before the server was told to end"
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        output, log = running.communicate(timeout=60)
        asking.join(timeout=60)
    assert replies and replies[0]["answered"] and replies[0]["mode"] == "model"
    assert (running.returncode, output) == (0, "closed\n")
    lines = [json.loads(line) for line in log.splitlines()]
    [last] = [line for line in lines if line.get("request_id") == "last"]
    assert (last["route"], last["status"], last["level"]) == ("/api/ask", 200, "info")
    assert "herring" not in log and "Traceback" not in log


def _read(address: str) -> bytes:
    with urlopen(address, timeout=60) as reply:
        return reply.read()


def test_a_request_is_a_trace_with_a_span_for_each_stage(records: Library, calls) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    client = calls(records, ApiOptions(tracing=Tracing(provider.get_tracer("test"))))
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client.post("/api/ask", json={"question": QUOTA}, headers={"traceparent": caller})
    client.post("/api/ask", json={"question": "?"})
    *stages, request, refused = kept.get_finished_spans()
    assert [span.name for span in stages] == ["onrecord.read_question", "onrecord.retrieve", "onrecord.compose"]
    assert request.name == "POST /api/ask" and refused.name == "POST /api/ask"
    assert {span.parent.span_id for span in stages if span.parent} == {request.context.span_id}
    assert f"{request.context.trace_id:032x}" == caller.split("-")[1]
    assert "herring" not in "".join(span.to_json() for span in kept.get_finished_spans())


def test_traces_go_where_opentelemetry_is_told(records: Library, calls, monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[str] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    collector = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    with options_from(Settings(tracing=True)) as options:
        calls(records, options).post("/api/ask", json={"question": QUOTA})
    collector.shutdown()
    assert paths == ["/v1/traces"]


def test_settings_become_the_rules_of_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CORS_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("ONRECORD_BODY_LIMIT_KB", "2")
    with options_from(Settings()) as options:
        assert options.rules.cors_origins == ("https://a.example", "https://b.example")
        assert options.rules.body_limit_bytes == 2048 and options.rules.requests_per_minute == 600
        assert options.limits.file_mb == 512
