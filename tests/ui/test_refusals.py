"""A refusal is told in the reader's language: on the page, by the API, on the command line."""

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onrecord.rag import Answer, Library, Refusal, in_language, message, open_library
from onrecord.rag.messages import advice
from onrecord.ui.app import build_app
from onrecord.ui.language import language_of_terminal
from onrecord.ui.page.answering import AskOptions
from onrecord.ui.page.history import DONE, FILE, Exchange, History
from onrecord.ui.page.stored import answer_of, stored_answer
from onrecord.ui.page.views.conversation import exchange_html
from onrecord.ui.page.words import words_in

from ..fakes import HashEmbedder
from ..rag.records import write_records
from ..rag.refused import NOT_ASKABLE, QUESTIONS
from .test_cli import command

FRENCH = {"Accept-Language": "fr-CA, fr;q=0.9, en;q=0.5"}
TOO_LONG = "La question compte 4\u202f001 caractères"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Library]]:
    """The page and the API over three small records."""
    folder = tmp_path_factory.mktemp("refusals")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        with TestClient(build_app(library), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
            yield client, library


def french(library: Library, question: str) -> tuple[Answer, str]:
    """The answer of the library, and its refusal in French, which is not what it is in English."""
    answer = library.ask(question)
    assert answer.refusal is not None
    text = in_language(answer, "fr").text
    assert text != answer.text
    return answer, text


def flat(text: str) -> str:
    """Text with plain spaces only."""
    return " ".join(text.split())


def events(text: str) -> list[dict]:
    """The values of server-sent events."""
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_page_shows_it(client: tuple[TestClient, Library], question: str) -> None:
    page, library = client
    answer, text = french(library, question)
    asked = page.post("/page/ask", json={"question": question}, headers=FRENCH).json()
    *_, done = page.get(f"/page/answers/{asked['exchange']}", headers=FRENCH).text.splitlines()
    shown = unescape(json.loads(done)["html"])
    assert f"<p>{text}</p>" in shown and answer.text not in shown
    again = unescape(page.get("/page/start", params={"conversation": asked["conversation"]}).json()["html"])
    assert f"<p>{answer.text}</p>" in again and text not in again, "kept for every language"
    for form in ("md", "html"):
        written = page.get(f"/page/conversations/{asked['conversation']}/export.{form}", headers=FRENCH).text
        assert flat(text) in flat(unescape(written)).replace("\\", "") and answer.text not in unescape(written)


@pytest.mark.parametrize("question", NOT_ASKABLE.values(), ids=NOT_ASKABLE)
def test_the_page_says_why_a_question_cannot_be_asked(client: tuple[TestClient, Library], question: str) -> None:
    page, library = client
    refusal = library.ask(question).refusal
    assert refusal is not None
    failed = page.post("/page/ask", json={"question": question}, headers=FRENCH)
    assert failed.status_code == 409 and advice(refusal, "fr") in failed.json()["detail"]


def test_an_answer_stored_before_there_were_codes_keeps_its_text(tmp_path: Path) -> None:
    answer = Answer(
        question="Why?", standalone_question="Why?", answered=False, text="The documents do not answer this question."
    )
    body = {name: value for name, value in stored_answer(answer).items() if name not in ("status", "refusal")}
    assert answer_of(body) == answer
    exchange = kept(tmp_path, body)
    assert f"<p>{answer.text}</p>" in exchange_html(exchange, words_in("fr"))


def test_a_stored_refusal_comes_back_whole(tmp_path: Path) -> None:
    refusal = Refusal("unknown_name", {"name": "<Brazil>", "also": "reading"})
    answer = Answer(question="Why?", standalone_question="Why?", answered=False, text=message(refusal), refusal=refusal)
    exchange = kept(tmp_path, stored_answer(answer))
    assert answer_of(exchange.body) == answer
    assert "&lt;Brazil&gt; no aparece en ellos, pero" in exchange_html(exchange, words_in("es"))


def kept(folder: Path, body: dict) -> Exchange:
    """An exchange as the history gives it back."""
    history = History(folder / FILE)
    exchange = history.add(history.begin("me", "Why?"), "Why?", AskOptions().json())
    history.finish(exchange.id, DONE, body)
    found = history.exchange(exchange.id)
    history.close()
    return found


# --- the API ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_api_tells_it(client: tuple[TestClient, Library], question: str) -> None:
    api, library = client
    answer, text = french(library, question)
    assert answer.refusal is not None
    told = api.post("/api/ask", json={"question": question}, headers=FRENCH).json()
    assert told["text"] == told["sentences"][0]["text"] == told["notes"][0] == text
    assert told["status"] == answer.status == ("nearest" if "near" in answer.refusal.params else "refused")
    assert told["refusal"] == {"code": answer.refusal.code, "params": dict(answer.refusal.params)}
    assert api.post("/api/ask", json={"question": question}).json()["text"] == answer.text, "English unless asked for"


def test_streams_and_chat_completions_tell_it(client: tuple[TestClient, Library]) -> None:
    api, library = client
    question = QUESTIONS["unknown_name"]
    _, text = french(library, question)
    [answer] = events(api.post("/api/ask/stream", json={"question": question}, headers=FRENCH).text)
    assert answer["text"] == text
    asked = {"model": "onrecord", "messages": [{"role": "user", "content": question}]}
    reply = api.post("/v1/chat/completions", json=asked, headers=FRENCH).json()
    assert reply["choices"][0]["message"]["content"] == text
    chunks = events(api.post("/v1/chat/completions", json={**asked, "stream": True}, headers=FRENCH).text)
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == text


@pytest.mark.parametrize("question", NOT_ASKABLE.values(), ids=NOT_ASKABLE)
def test_the_api_says_why_a_question_cannot_be_asked(client: tuple[TestClient, Library], question: str) -> None:
    api, library = client
    refusal = library.ask(question).refusal
    assert refusal is not None
    asked = {"model": "onrecord", "messages": [{"role": "user", "content": question}]}
    problem = api.post("/v1/chat/completions", json=asked, headers=FRENCH)
    assert problem.status_code == 422 and problem.json()["detail"] == advice(refusal, "fr")


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of the three small records, made by the installed command."""
    place = tmp_path_factory.mktemp("cli")
    made = command("ingest", write_records(place / "records"), "--library", place / "library")
    assert made.status == 0, made.err
    return place


@pytest.mark.slow
def test_the_command_line_tells_each_in_the_language_of_the_locale(place: Path) -> None:
    asked = {**QUESTIONS, **NOT_ASKABLE}
    lines = [json.dumps({"id": code, "question": question}) for code, question in asked.items()]
    (place / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    batch = ("ask", "--batch", place / "questions.jsonl", "--library", place / "library")
    told = {line["id"]: line for line in command(*batch, LC_ALL="fr_FR.UTF-8").lines}
    for code in QUESTIONS:
        answer = told[code]
        assert answer["refusal"]["code"] == code, answer
        params = {name: value.replace(", para. ", ", par. ") for name, value in answer["refusal"]["params"].items()}
        assert answer["text"] == message(Refusal(code, params), "fr")
    assert told["empty_question"]["error"].startswith("La question est vide.")
    assert told["too_long"]["error"].startswith(TOO_LONG)


@pytest.mark.slow
def test_one_question_and_a_conversation_are_answered_in_the_language_of_the_locale(place: Path) -> None:
    library = ("--library", place / "library")
    question = QUESTIONS["unknown_name"]
    expected = message(Refusal("unknown_name", {"name": "Brazil"}), "fr")
    told = command("ask", question, *library, LC_ALL="fr_FR.UTF-8")
    assert flat(told.out).startswith(flat(expected)) and "question\u00a0: Brazil" in told.out
    chat = command("chat", *library, stdin=f"{question}\n???\n\n".encode(), LC_ALL="", LC_MESSAGES="fr", LANG="en_GB")
    assert flat(expected) in flat(chat.out) and "La question est vide." in chat.err
    assert command("ask", "???", *library, LC_ALL="es_MX").err.startswith("onrecord: La pregunta está vacía.")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "es.UTF-8"}, "es"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "es_ES"}, "es"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "es_ES", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "fr@euro", "LC_ALL": ""}, "fr"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_language_of_a_terminal(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language_of_terminal() == language


def test_another_language_leaves_what_is_quoted(client: tuple[TestClient, Library]) -> None:
    _, library = client
    answer = library.ask(QUESTIONS["unknown_name"])
    assert in_language(answer, "fr").nearest == answer.nearest != ()
