"""A host project in an empty folder, with folders named as ours are: it installs the wheel and runs every example."""

import asyncio
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from nbclient import NotebookClient
from nbformat import read as read_notebook

from onrecord.rag import open_library
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.gate import Rules

from .rag.records import write_records
from .test_packaging import ENVIRONMENT, python, source, wheel  # noqa: F401
from .ui.conftest import CHROMIUM
from .ui.served import served

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
QUOTA = "What did Norway say about the herring quota?"
ANSWER = "Norway: “The herring quota for the northern banks should fall by a third.”"
LABEL = "Minutes of the fishery council, Norway"
TYPED = """
from onrecord.rag import Answer, Library, open_library
import ui, evals, rag


def texts(library: Library) -> list[str]:
    answer: Answer = library.ask("What?", history=[library.ask("Who?")])
    chain = library.as_runnable()
    again: Answer = chain.invoke({"question": "What?", "history": [answer]})
    documents = library.as_retriever(limit=3, speaker="Norway").invoke("herring")
    return [again.text, ui.NAME, evals.NAME, rag.NAME, *(document.page_content for document in documents)]


def labels(folder: str) -> list[str]:
    with open_library(folder) as library:
        return [citation.label for citation in library.ask("What?").citations]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A project of its own: its folder, and the interpreter of its environment."""

    folder: Path
    python: Path

    def run(self, *command: Any, **environment: str) -> str:
        """What a program of the host's prints; it must end well and say nothing on standard error."""
        done = subprocess.run(
            [self.python, *command], cwd=self.folder, env=ENVIRONMENT | environment, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def host(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:  # noqa: F811
    folder = tmp_path_factory.mktemp("host")
    for name in ("ui", "evals", "rag"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"NAME = 'the host {name}'\n")
    for example in EXAMPLES.iterdir():
        if example.suffix in (".py", ".html", ".ipynb"):
            (folder / example.name).write_bytes(example.read_bytes())
    (folder / "typed.py").write_text(TYPED)
    write_records(folder / "records")
    return Host(folder=folder, python=python)


@pytest.fixture(scope="module")
def asked(host: Host) -> str:
    """What the script prints; it makes the library that the other examples open."""
    return host.run("ask_script.py", "records", QUOTA)


@pytest.fixture(scope="module")
def address(host: Host, asked: str) -> Iterator[str]:
    """Where the host's own FastAPI application listens, and answers below /records."""
    command = [host.python, "-m", "uvicorn", "fastapi_app:app", "--port", "0", "--log-level", "info"]
    environment = ENVIRONMENT
    with subprocess.Popen(
        command, cwd=host.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr
        for line in running.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        else:
            raise AssertionError("the host's application did not start")
        threading.Thread(target=running.stderr.read, daemon=True).start()
        yield found[0]
        running.terminate()


def test_every_example_is_short() -> None:
    for example in EXAMPLES.iterdir():
        if example.suffix in (".py", ".html"):
            assert len(example.read_text().splitlines()) < 30, example.name
    notebook = read_notebook(EXAMPLES / "notebook.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(len(text.splitlines()) for text in code) < 30


def test_the_script(asked: str) -> None:
    assert asked == f"{ANSWER} [1]\n[1] {LABEL}: The herring quota for the northern banks should fall by a third.\n"


def test_the_flask_application(host: Host, asked: str) -> None:
    program = """
import json, sys
from flask_app import app
client = app.test_client()
replies = [client.get("/ask", query_string={"q": question}) for question in (sys.argv[1], "")]
print(json.dumps([[reply.status_code, reply.json] for reply in replies]))
"""
    (good, answer), (empty, refusal) = json.loads(host.run("-c", program, QUOTA))
    assert (good, answer["text"], answer["citations"][0]["label"]) == (200, f"{ANSWER} [1]", LABEL)
    assert (empty, refusal["answered"]) == (200, False) and "question is empty" in refusal["text"]


def test_the_fastapi_application_mounts_ours(address: str) -> None:
    with urlopen(f"{address}/titles", timeout=60) as reply:
        assert "Minutes of the fishery council" in json.load(reply)
    with urlopen(f"{address}/records/healthz", timeout=60) as reply:
        assert json.load(reply)["documents"] == 3


def test_the_openai_client(host: Host, address: str) -> None:
    told = host.run("openai_chat.py", f"{address}/records", QUOTA, "And the closed season?").splitlines()
    assert told[:2] == [f"{ANSWER} [1]", f"[1] {LABEL}"] and "closed season" in told[2]


def test_the_mcp_client(host: Host, address: str) -> None:
    told = host.run("mcp_client.py", f"{address}/records", QUOTA)
    assert told.startswith(
        "Tools: ask, search, overview, list_register, positions, list_documents, read_passage, compare, cite, resolve, "
        "check, list_notebook, keep_quote, change_quote, remove_quote, briefing, list_alerts, watch, unwatch, "
        "list_news\n"
    )
    assert f"[1] {LABEL}: “The herring" in told


def test_the_langgraph_agent(host: Host, asked: str) -> None:
    """The model is scripted: it calls the tool, then repeats what the tool said. The rest is the real thing."""
    with _scripted_model() as address:
        told = host.run(
            "langgraph_agent.py", QUOTA, MODEL="openai:scripted", OPENAI_BASE_URL=address, OPENAI_API_KEY="unused"
        )
    assert told.startswith(f"The records say: {ANSWER}") and told.endswith(f"Sources: {LABEL}\n")


class _scripted_model:
    """A chat model's service on a port of its own: a tool call first, then the tool's words."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            last = asked["messages"][-1]
            message: dict[str, Any] = {"role": "assistant", "content": f"The records say: {last['content']}"}
            if last["role"] == "user":
                [tool] = asked["tools"]
                call = {"name": tool["function"]["name"], "arguments": json.dumps({"question": last["content"]})}
                calls = [{"id": "1", "type": "function", "function": call}]
                message = {"role": "assistant", "content": None, "tool_calls": calls}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}
            body = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    def __enter__(self) -> str:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()


def test_the_notebook(host: Host, asked: str) -> None:
    notebook = read_notebook(host.folder / "notebook.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(host.folder)}})
    asyncio.run(client.async_execute(env=ENVIRONMENT))
    shown = [output.data["text/plain"] for cell in notebook.cells for output in cell.get("outputs", [])]
    assert shown[0] == "3" and "fall by a third" in shown[1] and LABEL in shown[2] and "closed season" in shown[3]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found; set ONRECORD_CHROMIUM to its path")
def test_the_web_page(host: Host, asked: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    class Site(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    site = ThreadingHTTPServer(("localhost", 0), partial(Site, directory=str(host.folder)))
    threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    origin = f"http://localhost:{site.server_address[1]}"
    allowed = ApiOptions(rules=Rules(cors_origins=(origin,)))
    with (
        open_library(host.folder / "library") as library,
        served(build_api(library, allowed)) as address,
        sync_playwright() as playwright,
    ):
        example = host.folder / "web_page.html"
        example.write_text(example.read_text().replace("http://127.0.0.1:7860", address))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{origin}/web_page.html")
        page.get_by_role("textbox").fill(QUOTA)
        page.keyboard.press("Enter")
        expect(page.locator("onrecord-ask .answer")).to_contain_text(ANSWER, timeout=30_000)
        browser.close()
    site.shutdown()


def test_the_types_are_strict_from_outside(host: Host) -> None:
    """pyright, strict, over the host's own files and every example, against the installed wheel."""
    strict = {"typeCheckingMode": "strict", "include": ["*.py"], "reportMissingModuleSource": False}
    (host.folder / "pyrightconfig.json").write_text(json.dumps(strict))
    command = [Path(sys.executable).with_name("pyright"), "--pythonpath", host.python, "--outputjson"]
    done = subprocess.run(command, cwd=host.folder, capture_output=True, text=True)
    found = json.loads(done.stdout)
    faults = [f"{Path(f['file']).name}: {f['message']}" for f in found["generalDiagnostics"]]
    # LangChain leaves the type of what `create_agent` makes partly unknown; the rest of that example is checked.
    theirs = re.compile(r'langgraph_agent\.py: Type of "(?:create_agent|agent)" is partially unknown')
    faults = [fault for fault in faults if not theirs.match(fault)]
    assert faults == [] and found["summary"]["filesAnalyzed"] >= 7
