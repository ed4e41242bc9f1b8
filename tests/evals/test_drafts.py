"""Proposals of cases: each must be a case that the library's own text bears out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel

from onrecord.evals import cases, draft, run
from onrecord.evals.case import Case
from onrecord.evals.drafts.accept import accept, add_to, write_sheet
from onrecord.evals.drafts.propose import from_feedback
from onrecord.rag import Library, open_library
from onrecord.rag.schema import answer_json
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder
from ..rag.records import RECORDS, write_records

MORE = """# Terms of the harbour

The Standing Pilotage Committee (SPC) meets four times a year in the old customs house of Osterwick.

Night pilotage means the guiding of a ship between sunset and sunrise by a licensed pilot on board.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("drafts")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records", terms=MORE)])
        yield library


@pytest.mark.slow
def test_drafts_stand_in_the_records_and_differ(library: Library) -> None:
    drafts = draft(library, limit=20)
    texts = RECORDS | {"terms.txt": MORE}
    for case in drafts:
        [gold] = case.evidence
        assert gold.quote in texts[gold.doc], case
        assert all(fact.casefold() in gold.quote.casefold() for fact in case.key_facts), case
    asked = {case.question: case for case in drafts}
    assert len(asked) == len(drafts) and len({case.id for case in drafts}) == len(drafts)
    assert {"acronym", "definition", "number", "speaker"} <= {case.kind for case in drafts}
    assert asked["What does SPC stand for?"].key_facts == ("Standing Pilotage Committee",)
    assert "sunset and sunrise" in asked["What does “Night pilotage” mean?"].evidence[0].quote


def test_drafts_are_the_same_every_time_and_as_many_as_wanted(library: Library) -> None:
    assert draft(library, limit=4) == draft(library, limit=4) and len(draft(library, limit=4)) == 4


def test_drafts_can_be_run_as_they_are(library: Library) -> None:
    found = run(library, draft(library, limit=12))
    assert (found.measures["evidence_recall_4000"] or 0) > 0.9


def test_an_empty_library_has_nothing_to_draft_from(tmp_path: Path) -> None:
    with (
        open_library(tmp_path / "empty", embedder=HashEmbedder()) as library,
        pytest.raises(InputError, match="no documents yet"),
    ):
        draft(library)


@pytest.mark.slow
def test_what_a_model_makes_up_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Pilots\n\n1. " + MORE.split("\n\n")[1], encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "one.txt"])

        def drafted(*replies: object) -> list[Case]:
            texts = [reply if isinstance(reply, str) else json.dumps(reply) for reply in replies]
            return draft(library, limit=1, model=FakeListChatModel(responses=texts))

        good = {
            "question": "How often does the committee meet?", "quote": "meets four times a year",
            "key_facts": ["four times"],
        }  # fmt: skip
        [case] = drafted(good)
        assert (case.question, case.evidence[0].quote, case.key_facts) == (
            good["question"],
            good["quote"],
            ("four times",),
        )
        for wrong in (
            "no JSON", good | {"quote": "meets six times a year"}, good | {"key_facts": ["six"]},
            good | {"key_facts": []}, good | {"more": 1},
        ):  # fmt: skip
            assert drafted(wrong) == [], wrong


def test_readers_verdicts_become_cases(library: Library) -> None:
    question = "What did Norway say about the herring quota?"
    answer = library.ask(question)
    refused = replace(library.ask("What did Brazil say about whales?"), question="What of whales?")
    for body in (
        {"verdict": "down", "reason": "first thought", "question": question, "answer": answer_json(answer)},
        {"verdict": "up", "reason": "", "question": question, "answer": answer_json(answer), "settings": {}},
        {"verdict": "up", "reason": "quite so", "question": "What of whales?", "answer": answer_json(refused)},
        {"verdict": "down", "reason": "old figure", "question": "What is the budget?", "answer": answer_json(answer)},
    ):
        library.store.catalogue.add_feedback(body)
    right, whales, wrong = from_feedback(library)
    assert right.answerable and right.evidence[0].quote == answer.citations[0].quote
    assert right.evidence[0].locator.speaker == "Norway" and right.evidence[0].doc == "minutes.txt"
    assert not whales.answerable and whales.note == "found right: quite so"
    assert wrong.evidence == () and wrong.note.startswith("found wrong: old figure")
    assert run(library, [right]).measures["cite_recall"] == 1


def test_drafts_are_accepted_one_by_one(library: Library, tmp_path: Path) -> None:
    drafts = draft(library, limit=5)
    lines = iter(["y", "n", "perhaps", "e", "Who meets?", "the committee; four", "q"])
    shown: list[str] = []
    kept = list(accept(drafts, lambda _: next(lines), shown.append))
    assert [case.id for case in kept] == [drafts[0].id, drafts[2].id] and kept[0].note == ""
    assert (kept[1].question, kept[1].key_facts) == ("Who meets?", ("the committee", "four"))
    assert drafts[0].question in shown[0] and len(shown) == 4

    path = tmp_path / "cases.jsonl"
    assert add_to(path, kept) == 2 and add_to(path, kept[:1]) == 3
    assert [case.id for case in cases(path)] == [drafts[0].id, drafts[2].id, f"{drafts[0].id}-2"]


def test_nobody_answering_ends_the_asking(library: Library) -> None:
    def gone(_: str) -> str:
        raise EOFError

    assert list(accept(draft(library, limit=2), gone, lambda _: None)) == []


def test_drafts_are_accepted_in_a_spreadsheet(library: Library, tmp_path: Path) -> None:
    path, drafts = tmp_path / "drafts.csv", draft(library, limit=6)
    write_sheet(path, drafts)
    with pytest.raises(InputError, match="no cases in it"):
        cases(path)
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    path.write_text(lines[0] + "yes" + lines[1] + "".join(lines[2:]), encoding="utf-8")
    [case] = cases(path)
    assert (case.id, case.question) == (drafts[0].id, drafts[0].question)
    assert (
        case.evidence[0].quote == drafts[0].evidence[0].quote
        and case.evidence[0].locator == drafts[0].evidence[0].locator
    )
    with pytest.raises(InputError, match="is there already"):
        write_sheet(path, drafts)
