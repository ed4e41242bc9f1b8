"""What an operator sets for language models: tokens for each user, models allowed, prompts of one's own, prices."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from onrecord.rag import Library, open_library
from onrecord.rag.answer import Usage
from onrecord.rag.generation import budget as budgets
from onrecord.rag.generation.budget import ASKER, Budget
from onrecord.rag.generation.llm import Tally
from onrecord.rag.generation.rules import ModelRules, check_allowed, is_allowed, price_of
from onrecord.rag.prompts import PACKAGED, prompt, prompts_in
from onrecord.rag.settings import Settings
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder
from .invariants import check
from .openai_server import OpenAIServer
from .records import write_records

QUESTION = "What did Norway report about herring?"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def library(server: OpenAIServer, tmp_path: Path) -> Iterator[Library]:
    with open_library(
        tmp_path / "library", embedder=HashEmbedder(), model="openai:scripted", model_base_url=server.base_url,
        model_api_key="x", model_way="select",
    ) as library:  # fmt: skip
        library.ingest([write_records(tmp_path / "records")])
        yield library


# --- budgets ---------------------------------------------------------------------------------------------------------


def test_a_user_whose_tokens_are_used_up_is_given_quotes_and_told_so(library: Library, server: OpenAIServer) -> None:
    server.says('{"numbers": [1]}')
    limited = library.within(Budget(file=library.store.folder / budgets.FILE, tokens_a_day=100))
    first = limited.ask(QUESTION)
    assert first.mode == "model" and first.usage and first.usage.input_tokens > 100
    asked = len(server.requests)
    second = limited.ask(QUESTION)
    check(second, library)
    assert second.mode == "quotes" and second.usage is None and len(server.requests) == asked
    assert second.remarks[-1].code == "tokens_used_up"
    assert "used up" in second.notes[-1]
    token = ASKER.set("key another")
    try:
        assert limited.ask(QUESTION).mode == "model", "each user has tokens of their own"
    finally:
        ASKER.reset(token)


def test_what_is_used_outlives_a_restart_and_is_forgotten_the_next_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / budgets.FILE
    Budget(file=file, tokens_a_day=10).count(7)
    again = Budget(file=file, tokens_a_day=10)
    assert again.used() == 7 and not again.is_used_up()
    again.count(3)
    assert again.is_used_up()
    monkeypatch.setattr(budgets, "_today", lambda: "2999-01-01")
    assert again.used() == 0
    again.count(1)
    monkeypatch.undo()
    assert again.used() == 0, "days past are forgotten"


def test_every_key_has_tokens_of_its_own_over_http(library: Library, server: OpenAIServer) -> None:
    server.says('{"numbers": [1]}')
    app = build_api(library, ApiOptions(models=ModelRules(tokens_per_day=100)))
    for address in ("127.0.0.1", "10.0.0.9"):
        with TestClient(app, client=(address, 5), base_url="http://127.0.0.1") as client:
            answers = [client.post("/api/ask", json={"question": QUESTION}).json() for _ in range(2)]
        assert [answer["mode"] for answer in answers] == ["model", "quotes"], "the second has not used the first's"


def test_a_service_that_counts_no_tokens_is_charged_by_the_letter(library: Library, server: OpenAIServer) -> None:
    assert library.writer is not None
    budget = Budget(file=library.store.folder / budgets.FILE, tokens_a_day=10**6)
    service = library.writer.within(budget).service
    reply = " ".join(map(str, range(100)))
    server.says(reply)
    assert "".join(service.stream("x" * 400, tally=_Uncounted())) == reply
    assert budget.used() == (400 + len(reply)) // budgets.CHARS_A_TOKEN


class _Uncounted(Tally):
    """Adds nothing, as where a service tells nothing."""

    def add(self, usage: object) -> None:
        pass


# --- which models, at which price ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "allowed", "may"),
    [
        ("openai:gpt-4.1-mini", "", True),
        ("openai:gpt-4.1-mini", "ollama:*, openai:gpt-4.1-mini", True),
        ("openai:gpt-4.1", "ollama:*, openai:gpt-4.1-mini", False),
        ("ollama:llama3.2", "ollama:*", True),
        ("none", "ollama:*", True),
        ("nli:some/model", "ollama:*", True),
    ],
)
def test_only_models_allowed_may_answer(model: str, allowed: str, may: bool) -> None:
    assert is_allowed(model, allowed) is may
    if not may:
        with pytest.raises(InputError, match="ONRECORD_ALLOWED_MODELS"):
            check_allowed(model, allowed)


def test_a_price_is_of_a_million_tokens_read_and_written() -> None:
    rules = ModelRules(price=price_of("0.5,1.5"))
    assert rules.cost(Usage(calls=1, input_tokens=2_000_000, output_tokens=1_000_000)) == 2.5
    assert rules.cost(Usage(calls=1)) is None and ModelRules().cost(Usage(calls=1, input_tokens=9)) is None
    assert price_of(" ") is None
    with pytest.raises(InputError, match="two numbers"):
        price_of("0.5")


# --- prompts ---------------------------------------------------------------------------------------------------------


def test_a_prompt_of_ones_own_is_what_the_model_is_asked_with(
    library: Library, server: OpenAIServer, tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    own = "Wähle die Sätze.\r\n\r\n---\r\n{sentences}\r\n\r\nFrage: {question}\r\n"
    (folder / "select_prompt.md").write_bytes(own.encode())
    server.says('{"numbers": [1]}')
    with open_library(
        library.store.folder, embedder=HashEmbedder(), model="openai:scripted", model_base_url=server.base_url,
        model_api_key="x", model_way="select", prompts=folder,
    ) as again:  # fmt: skip
        check(again.ask(QUESTION), again)
    system, asked = (message["content"] for message in server.requests[-1]["messages"])
    assert system == "Wähle die Sätze." and asked.startswith("From ") and asked.endswith(f"Frage: {QUESTION}")
    assert prompts_in(folder).text("answer_prompt") == prompt("answer_prompt"), "the others stay as they are"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("select_promt.md", "x", "no prompt has this name"),
        ("select_prompt.md", "Choose.\n---\n{question}", "{sentences} is missing"),
        ("select_prompt.md", "Choose. {sentences} {question}", "three dashes"),
        ("rewrite_prompt.md", "Rewrite {question}", "{conversation} is missing"),
        ("judge_prompt.md", "x" * 20_001 + "{passage}{sentence}", "at most 20000"),
        ("judge_prompt.md", b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_can_be_no_prompt_is_refused_by_name(tmp_path: Path, name: str, text: str | bytes, says: str) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=says):
        prompts_in(tmp_path)


def test_a_folder_without_prompts_is_refused(tmp_path: Path) -> None:
    assert prompts_in(None) is PACKAGED
    with pytest.raises(InputError, match="no prompt in"):
        prompts_in(tmp_path / "missing")


def test_the_settings_refuse_a_negative_number_of_tokens() -> None:
    assert Settings(tokens_per_day=0).tokens_per_day == 0
    with pytest.raises(ValidationError):
        Settings(tokens_per_day=-1)
