"""Faults planted in a library that answers well: each must show in the right measure, at the right stage."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from onrecord.evals import assert_at_least, run
from onrecord.evals.case import Case
from onrecord.evals.runs import Run
from onrecord.rag import Answer, Citation, Hit, Library, Locator, Turn


class Faulty:
    """A library's answers and passages, spoilt; `library` lets the harness look for the proof."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        return self.library.ask(question, history=history)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return self.library.search(query, limit=limit)


def refused(answer: Answer) -> Answer:
    return replace(answer, answered=False, text="The documents do not answer.", sentences=(), citations=())


class FindsNothing(Faulty):
    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        return refused(super().ask(question, history=history))

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return []


class AlwaysRefuses(Faulty):
    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        return refused(super().ask(question, history=history))


class CopiesEverything(Faulty):
    """Cites every passage it can find, and refuses nothing."""

    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        hits = self.library.search(question, limit=1000)
        citations = tuple(
            Citation(
                number=number, document=hit.document, quote=hit.passage.text, start=hit.passage.start,
                end=hit.passage.end, locator=hit.passage.locator,
            )
            for number, hit in enumerate(hits, start=1)
        )  # fmt: skip
        said = " ".join(citation.quote for citation in citations)
        return replace(super().ask(question, history=history), answered=True, text=said, citations=citations)


class Misattributes(Faulty):
    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        answer = super().ask(question, history=history)
        wrong = [replace(each, locator=Locator(speaker="Atlantis", paragraph="99")) for each in answer.citations]
        return replace(answer, citations=tuple(wrong))


def stages(of: Run) -> dict[str, Any]:
    return {result.case.id: result.record["stage"] for result in of.results}


@pytest.fixture(scope="module")
def sound(small_library: Library, small_cases: list[Case]) -> Run:
    return run(small_library, small_cases)


def test_the_sound_library_has_none_of_the_faults(sound: Run) -> None:
    assert_at_least(
        sound, evidence_recall_4000=1, key_facts=1, cite_recall=1, verbatim=1, locator=1, attribution=1, abstain_f1=1,
        answer_found=1, refused_answerable=0,
    )  # fmt: skip
    assert set(stages(sound).values()) == {None}
    assert {result.record["outcome"] for result in sound.results} == {"right"}


def test_a_missing_document_was_not_ingested_right(without_minutes: Library, small_cases: list[Case]) -> None:
    found = run(without_minutes, small_cases)
    assert found.measures["evidence_recall_4000"] == pytest.approx(1 / 3)
    assert stages(found) == {
        "quota": "ingestion_error", "survey": "ingestion_error", "budget": None, "brazil": None,
    }  # fmt: skip


def test_a_retriever_that_finds_nothing(sound: Run, small_library: Library, small_cases: list[Case]) -> None:
    found = run(FindsNothing(small_library), small_cases)
    assert found.measures["evidence_recall_4000"] == found.measures["ndcg_10"] == found.measures["mrr"] == 0
    assert set(stages(found).values()) == {"not_retrieved", None} and stages(found)["brazil"] is None


def test_an_answerer_that_always_refuses(small_library: Library, small_cases: list[Case]) -> None:
    found = run(AlwaysRefuses(small_library), small_cases)
    assert found.measures["evidence_recall_4000"] == 1, "what was found is not to blame"
    assert found.measures["refused_answerable"] == 1 and found.measures["abstain_r"] == 1
    assert found.measures["abstain_p"] == 1 / 4
    assert found.measures["key_facts"] == found.measures["cite_recall"] == found.measures["answer_found"] == 0
    assert stages(found) == dict.fromkeys(("quota", "survey", "budget"), "wrongly_refused") | {"brazil": None}


def test_an_answerer_that_copies_everything(sound: Run, small_library: Library, small_cases: list[Case]) -> None:
    found = run(CopiesEverything(small_library), small_cases)
    assert found.measures["cite_recall"] == found.measures["key_facts"] == 1, "everything is in there"
    measures, before = found.measures, sound.measures
    assert (measures["cite_precision"] or 0) < 0.3 < (before["cite_precision"] or 0)
    assert (measures["citations_per_answer"] or 0) > 5 * (before["citations_per_answer"] or 9)
    assert (measures["answer_chars"] or 0) > 3 * (before["answer_chars"] or 9999)
    assert measures["abstain_r"] == 0 and stages(found)["brazil"] == "wrongly_answered"


def test_one_that_misattributes_speakers(sound: Run, small_library: Library, small_cases: list[Case]) -> None:
    found = run(Misattributes(small_library), small_cases)
    assert found.measures["attribution"] == found.measures["locator"] == 0
    for unharmed in ("cite_recall", "cite_precision", "key_facts", "verbatim", "evidence_recall_4000"):
        assert found.measures[unharmed] == sound.measures[unharmed], unharmed
    assert stages(found) == dict.fromkeys(("quota", "survey", "budget"), "not_attributed") | {"brazil": None}


def test_what_falls_short_is_named_with_the_cases_at_fault(small_library: Library, small_cases: list[Case]) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_at_least(run(AlwaysRefuses(small_library), small_cases), key_facts=0.6, refused_answerable=0.1)
    said = str(raised.value)
    assert "key_facts: 0.000, at least 0.6 wanted" in said and "refused_answerable: 1.000, at most 0.1" in said
    assert "quota: wrong, wrongly refused" in said and "brazil" not in said
