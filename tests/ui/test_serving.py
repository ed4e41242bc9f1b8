"""The whole server as a service runs it: told to end, it finishes answers; it logs JSON; it sends traces."""

import json
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from onrecord.ingest.parse import Limits
from onrecord.rag import Library, open_library
from onrecord.rag.settings import Settings
from onrecord.ui.app import build_app
from onrecord.ui.cli.main import main
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.serving import options_from
from onrecord.ui.http.tracing import Tracing

from ..fakes import HashEmbedder

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
settings = Settings(log_format="json")
with options_from(settings) as options:
    with open_library(sys.argv[1], embedder=HashEmbedder(), model=model) as library:
        library.ingest([sys.argv[2]])
        serve(library, host="127.0.0.1", port=0, open_browser=False, options=options)
print("closed")
"""


def test_told_to_end_it_finishes_the_answers_and_closes(tmp_path: Path) -> None:
    """One is asked for over the API, one on the page."""
    notes = tmp_path / "notes.txt"
    notes.write_text("Notes\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise.")
    command = [sys.executable, "-c", PROGRAM, tmp_path / "library", notes]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        address = re.findall(r"http://127\.0\.0\.1:\d+", running.stderr.readline())[0]
        question = json.dumps({"question": QUOTA}).encode()

        def request(path: str, data: bytes | None, request_id: str) -> Request:
            return Request(address + path, data, {"Content-Type": "application/json", "X-Request-ID": request_id})

        reply = urlopen(request("/page/ask", question, "begin"))
        begun = json.load(reply)
        asked = [request("/api/ask", question, "api"), request(f"/page/answers/{begun['exchange']}", None, "page")]
        asked[1].add_header("Cookie", reply.headers["Set-Cookie"].partition(";")[0])
        with ThreadPoolExecutor() as threads:
            replies = [threads.submit(_reply, each) for each in asked]
            while b"onrecord_requests_in_flight 3.0" not in _reply(f"{address}/metrics"):
                assert not any(reply.done() for reply in replies), "an answer came before the server was told to end"
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            output, log = running.communicate(timeout=60)
    assert (running.returncode, output) == (0, "closed\n")
    assert "herring" not in log and "Traceback" not in log
    by_id = {line["request_id"]: line for line in map(json.loads, log.splitlines()) if "request_id" in line}
    assert all((by_id[key]["status"], by_id[key]["level"]) == (200, "info") for key in ("api", "page"))
    assert by_id["api"]["route"] == "/api/ask"
    answer = json.loads(replies[0].result())
    assert answer["answered"] and answer["mode"] == "model"
    done = json.loads(replies[1].result().splitlines()[-1])
    assert done["type"] == "done" and 'data-state="done"' in done["html"]


def _reply(request: str | Request) -> bytes:
    with urlopen(request, timeout=60) as reply:
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
    assert [span.name for span in stages] == ["onrecord.parse_query", "onrecord.retrieve", "onrecord.select"]
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


LIMITED = Settings(read_timeout_s=70, read_memory_mb=1500, read_file_mb=3, read_workers=1, ocr_languages="eng+fra")


@pytest.mark.parametrize("way", ["command", "page", "api", "also"])
def test_every_way_in_reads_within_the_limits_that_are_set(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Limits | None] = []
    ingest = Library.ingest

    def watched(self: Library, *args: Any, limits: Limits | None = None, **more: Any) -> Any:
        used.append(limits)
        return ingest(self, *args, limits=limits, **more)

    monkeypatch.setattr(Library, "ingest", watched)
    record = tmp_path / "notes.txt"
    record.write_text("Notes\n\nNorway: The herring quota should fall by a third.")
    if way == "command":
        for name in ("read_timeout_s", "read_memory_mb", "read_file_mb", "read_workers", "ocr_languages"):
            monkeypatch.setenv(f"ONRECORD_{name.upper()}", str(getattr(LIMITED, name)))
        monkeypatch.setattr(sys, "argv", ["onrecord", "ingest", str(record), "--library", str(tmp_path / "first")])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
    else:
        with (
            options_from(LIMITED) as options,
            open_library(tmp_path / "first", embedder=HashEmbedder()) as library,
            open_library(tmp_path / "second", embedder=HashEmbedder()) as second,
        ):
            app = build_app(library, also=[second], options=options)
            with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
                if way == "api":
                    reply = client.post("/api/documents", files=[("files", ("notes.txt", record.read_bytes()))])
                else:
                    named = {"name": "notes.txt", "library": "second" if way == "also" else "first"}
                    reply = client.put("/page/records/file", params=named, content=record.read_bytes())
                assert reply.is_success, reply.text
                read_into = second if way == "also" else library
                end = time.monotonic() + 60
                while not read_into.documents() and time.monotonic() < end:
                    time.sleep(0.02)
                assert read_into.documents()
    expected = Limits(timeout_s=70, memory_mb=1500, file_mb=3, workers=1, ocr_languages="eng+fra")
    assert used == [expected]


def test_the_page_takes_no_more_than_the_upload_limit(own_library: Library) -> None:
    with options_from(Settings(upload_limit_mb=1)) as options:
        with TestClient(build_app(own_library, options=options), client=("127.0.0.1", 5)) as client:
            client.base_url = "http://127.0.0.1"
            for size, status in ((1 << 20, 202), ((1 << 20) + 1, 413)):
                reply = client.put("/page/records/file", params={"name": "a.txt"}, content=b"a" * size)
                assert reply.status_code == status, reply.text


_ARENAS = """
import ctypes, pathlib, sys, threading
from onrecord.ui.app import _share_arenas
_share_arenas()
together = threading.Barrier(12)
def allocate():
    together.wait()
    held = [bytearray(10_000) for _ in range(1_000)]
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(pathlib.Path(sys.argv[1]).read_text().count("<heap nr="))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_their_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ARENAS, str(tmp_path / "arenas.xml")]
    kept = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    assert int(subprocess.run(command, capture_output=True, check=True, env=kept).stdout) <= 2
