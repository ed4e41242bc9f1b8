"""The parts behind the page without a browser: its words, the history, the models on offer, names of files."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from jinja2 import UndefinedError

from onrecord.rag.generation.llm import host_of
from onrecord.rag.generation.rules import ModelRules
from onrecord.rag.library import Library, open_library
from onrecord.rag.messages import LANGUAGES, plural_form
from onrecord.ui.app import build_app
from onrecord.ui.page.history import BROKEN, DONE, FILE, History
from onrecord.ui.page.models import Models
from onrecord.ui.page.record_routes import file_name
from onrecord.ui.page.views.template import html, together
from onrecord.ui.page.words import words_for, words_in
from onrecord.vectorstore.errors import ModelError

from ..fakes import HashEmbedder
from .serving import HERRING, LIGHTHOUSE, write_records

pytestmark = pytest.mark.slow

PAGE = files("onrecord.ui.page")
NAMED = re.compile(r'data-(?:say|label|hint)="([\w.]+)"|\bsay\("([\w.]+)"')


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("parts")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_values(language: str) -> None:
    english, other = words_in("en").messages, words_in(language).messages
    counted = {key.removesuffix(".other") for key in english if key.endswith(".other") and f"{key[:-6]}.one" in english}
    forms = {plural_form(language, count) for count in range(1000)} | {"other"}
    usual = english.keys() - {f"{key}.{form}" for key in counted for form in ("one", "other")}
    needed = {f"{key}.{form}" for key in counted for form in forms}
    assert len(counted) > 10 and usual | needed == set(other)
    for key in usual | {f"{key}.other" for key in counted}:
        assert set(re.findall(r"\{(\w+)\}", other[key])) == set(re.findall(r"\{(\w+)\}", english[key])), key
    if language != "en":
        assert sum(other[key] == english[key] for key in usual) < len(usual) / 10, "mostly untranslated"


def test_every_word_that_the_page_names_exists() -> None:
    english = words_in("en").messages
    named = set()
    scripts = [f"static/{file.name}" for file in (PAGE / "static").iterdir() if file.name.endswith(".js")]
    for name in ("templates/dialogs.html", "app.py", *scripts):
        named |= {one or other for one, other in NAMED.findall(PAGE.joinpath(name).read_text(encoding="utf-8"))}
    assert len(named) > 60 and named - set(english) == set()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de, es;q=0.5, en;q=0.2", "es"),
        ("de", "en"),
        ("en;q=0.1,fr;q=0.9", "fr"),
        ("*;q=x", "en"),
        (None, "en"),
    ],
)
def test_the_language_is_the_one_liked_best(accepted: str | None, language: str) -> None:
    headers = [] if accepted is None else [(b"accept-language", accepted.encode())]
    assert words_for(Request({"type": "http", "headers": headers})).language == language


# --- history ---------------------------------------------------------------------------------------------------------


def test_what_was_open_when_the_server_ended_is_broken(tmp_path: Path) -> None:
    history = History(tmp_path / FILE)
    exchange = history.add(history.begin("me", "One?"), "One?", {})
    done = history.add(exchange.conversation, "Two?", {})
    history.finish(done.id, DONE, {"text": "Yes."})
    history.close()
    again = History(tmp_path / FILE)
    assert [one.state for one in again.exchanges(exchange.conversation)] == [BROKEN, DONE]
    again.close()


def test_a_search_finds_all_words_in_question_or_answer(tmp_path: Path) -> None:
    history = History(tmp_path / FILE)
    for owner, question, text in (
        ("me", "Who ÉCRIT?", "Norway did."),
        ("me", "When?", "In May."),
        ("you", "Norway?", ""),
    ):
        exchange = history.add(history.begin(owner, question), question, {})
        history.finish(exchange.id, DONE, {"text": text})
    assert [one.title for one in history.conversations("me", "norway écrit")] == ["Who ÉCRIT?"]
    assert history.conversations("me", "norway may") == []
    assert len(history.conversations("me")) == 2
    assert not history.remove(history.conversations("you")[0].id, "me"), "only one's own"
    history.close()


# --- models ----------------------------------------------------------------------------------------------------------


class Services(BaseHTTPRequestHandler):
    """Answers as Ollama and llama.cpp do when asked for their models."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        told = {
            "/api/tags": b'{"models": [{"name": "llama3.2:latest"}]}',
            "/v1/models": b'{"data": [{"id": "qwen2.5"}, {"id": ""}, 7]}',
        }
        body = told[self.path]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def services() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Services)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    Services.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_models_on_this_machine_are_looked_for_when_asked_and_others_refused(library: Library, services: str) -> None:
    models = Models(library, local={"ollama": services, "llama.cpp": services, "vllm": "http://127.0.0.1:9"})
    assert not [offer for offer in models.offered("me") if offer.kind == "local"]
    assert Services.asked == [] and models.found is None
    with pytest.raises(ModelError, match="cannot be used here"):
        models.writer("me", "llama.cpp:qwen2.5")
    models.look()
    found = [offer for offer in models.offered("me") if offer.kind == "local"]
    assert [offer.name for offer in found] == ["ollama:llama3.2:latest", "llama.cpp:qwen2.5"]
    assert all(offer.host is None for offer in found)
    writer = models.writer("me", "llama.cpp:qwen2.5")
    assert writer and writer.name == "llama.cpp:qwen2.5" and writer.service.host is None
    nothing = Models(library, local={"ollama": "http://127.0.0.1:9"})
    nothing.look()
    assert nothing.found == ()


def test_what_the_operator_does_not_allow_is_neither_offered_nor_used(library: Library, services: str) -> None:
    rules = ModelRules(allowed="llama.cpp:*, anthropic:claude-x")
    models = Models(library, rules=rules, local={"ollama": services, "llama.cpp": services})
    models.look()
    assert models.found == ("llama.cpp:qwen2.5",)
    assert "openai" not in {offer.kind for offer in models.offered("me")}
    models.keep_key("me", "openai", "sk-mine")
    for name in ("openai:gpt-4.1-mini", "ollama:llama3.2:latest"):
        with pytest.raises(ModelError, match="may not be used here"):
            models.writer("me", name)


@pytest.mark.parametrize(
    ("model", "base_url", "host"),
    [
        ("ollama:llama3.2", None, None),
        ("ollama:llama3.2", "http://gpu.example:11434", "gpu.example"),
        ("openai:x", "http://localhost:8080/v1", None),
        ("openai:x", "http://[::1]:8080/v1", None),
        ("openai:x", "https://127.0.0.1.example/v1", "127.0.0.1.example"),
        ("openai:x", None, "openai"),
        ("FakeChatModel", None, "its provider"),
    ],
)
def test_where_a_question_goes_is_told_by_the_address(model: str, base_url: str | None, host: str | None) -> None:
    assert host_of(model, base_url) == host


def test_a_key_serves_only_whoever_gave_it(library: Library) -> None:
    models = Models(library)
    models.keep_key("me", "openai", "sk-mine")
    writer = models.writer("me", "openai:gpt-4.1-mini")
    assert writer and writer.name == "openai:gpt-4.1-mini"
    with pytest.raises(ModelError):
        models.writer("you", "openai:gpt-4.1-mini")
    models.keep_key("me", "openai", "")
    with pytest.raises(ModelError):
        models.writer("me", "openai:gpt-4.1-mini")
    with pytest.raises(ModelError, match="no provider nobody"):
        models.keep_key("me", "nobody", "sk")


# --- routes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("minutes.pdf", "minutes.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\records\\day 1.docx", "day 1.docx"),
        ("a\x00b\n.txt", "ab.txt"),
        ("..", "record"),
        ("", "record"),
        (".hidden.md", "hidden.md"),
        ("ü" * 400 + ".txt", "ü" * 98 + ".txt"),
    ],
)
def test_a_file_is_kept_under_a_harmless_name(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_only_the_owner_may_stop_judge_and_remove(library: Library) -> None:
    app = build_app(library)
    with TestClient(app) as mine, TestClient(app) as theirs:
        mine.get("/page/start")
        theirs.get("/page/start")
        asked = mine.post("/page/ask", json={"question": HERRING}).json()
        mine.get(f"/page/answers/{asked['exchange']}")
        judged = {"verdict": "down", "reason": ""}
        assert theirs.post(f"/page/answers/{asked['exchange']}/feedback", json=judged).status_code == 403
        assert theirs.post(f"/page/answers/{asked['exchange']}/stop").status_code == 403
        assert theirs.delete(f"/page/conversations/{asked['conversation']}").json() == {"removed": False}
        assert HERRING not in theirs.get("/page/conversations").text
        assert mine.post("/page/answers/nothing/stop").status_code == 404
        assert theirs.get("/page/start", params={"conversation": asked["conversation"]}).json()["missing"]


def test_what_is_out_of_bounds_is_refused(library: Library) -> None:
    with TestClient(build_app(library), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        for body in (
            {"question": LIGHTHOUSE, "passages": 500},
            {"question": LIGHTHOUSE, "strictness": "wild"},
            {"question": LIGHTHOUSE, "filters": {"since": "yesterday"}},
            {"question": LIGHTHOUSE, "model_base_url": "http://127.0.0.1:1"},
        ):
            assert client.post("/page/ask", json=body).status_code == 422, body
        assert client.get("/page/look/words_en.json").status_code == 404
        assert client.get("/page/look/page.js").headers["content-type"].startswith("text/javascript")
        assert client.post("/page/records/address", json={"address": "file:///etc/passwd"}).status_code == 422


def test_what_enters_a_template_is_escaped_once_and_nothing_is_left_out() -> None:
    fault = html("records", "fault", error="<b>'x'</b>")
    assert fault == '<p class="r-error">&lt;b&gt;&#39;x&#39;&lt;/b&gt;</p>'
    assert together([fault, "<i>"]) == f"{fault}&lt;i&gt;"
    with pytest.raises(UndefinedError):
        html("welcome", "welcome", questions=None)
