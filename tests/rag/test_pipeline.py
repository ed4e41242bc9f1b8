"""The pipeline: a question is parsed once, and each stage is seen."""

import sys
from collections import Counter
from typing import Any

import pytest

from onrecord.rag import Answer, Library
from onrecord.rag.pipeline import StageEnd
from onrecord.rag.query import question as wording
from onrecord.vectorstore.catalogue import Catalogue

PARSING = (
    wording.content_words, wording.pointers, wording.proper_names, wording.subject, wording.topic,
    wording.asks_for_reply, wording.asks_for_asker,
)  # fmt: skip
QUESTIONS = (
    "What did Norway say about the herring quota?",
    "Which delegations spoke about the closed season?",
    "How many tonnes of herring did Norway land?",
    "What did Atlantis say about the herring quota?",
    "What does paragraph 2 say?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_nobody_parses_a_question_again(library: Library, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stages: list[str] = []

    def observer(name: str, _given: Any) -> StageEnd:
        stages.append(name)
        if name == "retrieve":
            for module in [module for key, module in sys.modules.items() if key.startswith("onrecord.rag.")]:
                for parse in PARSING:
                    if getattr(module, parse.__name__, None) is parse:
                        monkeypatch.setattr(module, parse.__name__, _parses_again)
        return lambda _result: None

    *_, answer = library.stream(question, observer=observer)
    assert isinstance(answer, Answer)
    assert stages == ["parse_query", "retrieve", "select"]


def _parses_again(*_: Any) -> Any:
    raise AssertionError("the question is parsed again")


def test_a_question_reads_the_catalogue_a_few_times(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[tuple[str, ...]] = Counter()
    rows = Catalogue._rows  # pyright: ignore[reportPrivateUsage]

    def counted(catalogue: Catalogue, sql: str, values: Any = ()) -> Any:
        reads[(sql, *map(str, values))] += 1
        return rows(catalogue, sql, values)

    monkeypatch.setattr(Catalogue, "_rows", counted)
    library.ask(QUESTIONS[0])
    reads.clear()
    library.ask(QUESTIONS[0])
    assert reads.total() <= 16
    versions = sum(count for (_, *values), count in reads.items() if values == ["version"])
    assert versions == 2, "before the search, and for what of the vectors is lost"
