"""Verdicts of a scripted language model and of a scripted judge of entailment."""

from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel

from onrecord.evals import open_judge, run
from onrecord.evals.case import Case
from onrecord.evals.measures.entailment import alce
from onrecord.evals.measures.judge import agreement, read_labels
from onrecord.evals.measures.ratio import Ratio
from onrecord.rag import Answer, Library, Sentence
from onrecord.vectorstore.errors import InputError

from .records import ScriptedLibrary, answer, case, citation, document, refusal

GOOD, HALF, BAD = (f'{{"score": {score}, "reason": "because"}}' for score in (2, 1, 0))
CASES = [case(id=name, question=name) for name in ("a", "b", "c", "d")]
SCRIPT = {name: answer(f"it is {{{name}}}") for name in ("a", "b", "c")} | {"d": RuntimeError("broken")}


def judge(*replies: str):
    return open_judge(FakeListChatModel(responses=list(replies)))


@pytest.mark.slow
def test_verdicts_are_added_up_and_a_missing_answer_needs_none() -> None:
    found = run(ScriptedLibrary(SCRIPT), CASES, judge=judge(GOOD, HALF, BAD))
    assert found.measures["judge"] == 0.5 and found.measures["judge_unscored"] == 0
    assert found.results[1].record["verdict"] == {"score": 1, "reason": "because"}
    assert "verdict" not in found.results[3].record


@pytest.mark.parametrize(
    "rubbish",
    ["", "2", "The answer is right.", '{"score": 3, "reason": "x"}', '{"score": "2", "reason": "x"}', '{"score": 2}',
     '{"score": 2, "reason": "x", "more": 1}', f"Sure! {GOOD}", f"{GOOD}{GOOD}", '{"score": true, "reason": "x"}'],
)  # fmt: skip
def test_rubbish_is_asked_for_once_more_and_then_unscored(rubbish: str) -> None:
    found = run(ScriptedLibrary(SCRIPT), CASES[:2], judge=judge(rubbish, rubbish, rubbish, GOOD))
    assert [result.record["verdict"]["score"] for result in found.results] == [None, 2]
    assert found.results[0].record["verdict"]["reason"].startswith("no verdict in the reply")
    assert found.measures["judge"] == 1 and found.measures["judge_unscored"] == 0.5


def test_a_judge_that_does_not_answer_leaves_all_else_intact() -> None:
    class Silent(FakeListChatModel):
        def _call(self, *arguments, **more):
            raise ConnectionError("no route")

    found = run(ScriptedLibrary(SCRIPT), CASES[:1], judge=open_judge(Silent(responses=[""])))
    assert found.results[0].record["verdict"]["reason"] == "the judge does not answer: no route"
    assert found.measures["judge"] is None and found.measures["refused_answerable"] == 0


def test_agreement_with_people() -> None:
    found = run(ScriptedLibrary(SCRIPT), CASES[:3], judge=judge(GOOD, HALF, BAD))
    records = [result.record for result in found.results]
    # Two of three alike. By chance: people say 2, 0, 0 and the judge 2, 1, 0, so 1/9 + 2/9 = 1/3.
    people = agreement(records, {"a": 2, "b": 0, "c": 0, "unknown": 1})
    assert (people.n, people.alike, people.kappa) == (3, pytest.approx(2 / 3), pytest.approx(0.5))
    assert agreement(records[:1], {"a": 2}).kappa is None
    unscored = run(ScriptedLibrary(SCRIPT), CASES[:1], judge=judge("?"))
    assert agreement([result.record for result in unscored.results], {"a": 2}).unscored == 1


def test_labels_are_read_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("id,score\na,2\nb,0\n")
    assert read_labels(path) == {"a": 2, "b": 0}
    path.write_text("id,score\na,2\nb,good\n")
    with pytest.raises(InputError, match="line 3: score: 0, 1 or 2 is expected"):
        read_labels(path)
    path.write_text("case,verdict\n")
    with pytest.raises(InputError, match="id and score are expected"):
        read_labels(path)


# --- entailment ---

RECORD = document("Norway pays. Mexico waits. Gulls nest.")


def holds_all_words(premise: str, hypothesis: str) -> bool:
    """A judge that goes by words."""
    return set(hypothesis.lower().strip(".").split()) <= set(premise.lower().replace(".", "").split())


def said(*sentences: tuple[str, tuple[str, ...]]) -> Answer:
    citations, told = [], []
    for text, quotes in sentences:
        numbers = []
        for quote in quotes:
            citations.append(citation(RECORD, quote))
            numbers.append(len(citations))
        told.append(Sentence(text=text, citations=tuple(numbers)))
    numbered = [
        type(each)(
            number=number, document=each.document, quote=each.quote, start=each.start, end=each.end,
            locator=each.locator,
        )
        for number, each in enumerate(citations, start=1)
    ]  # fmt: skip
    return Answer(
        question="?", standalone_question="?", answered=True, text="?", sentences=tuple(told), citations=tuple(numbered)
    )


def test_alce_counts_sentences_entailed_and_citations_needed() -> None:
    given = said(
        ("Norway pays", ("Norway pays.", "Gulls nest.")),  # entailed; the gulls are not needed
        ("Norway waits", ("Norway pays.", "Mexico waits.")),  # both are needed
        ("Gulls pay", ("Gulls nest.",)),  # not entailed
        ("Nobody knows", ()),  # nothing cited
    )
    found = alce(case(), given, holds_all_words)
    assert found == {
        "alce_recall": Ratio(numerator=2, denominator=4),
        "alce_precision": Ratio(numerator=3, denominator=5),
    }


def test_alce_of_a_refusal_is_zero_and_of_an_unanswerable_question_nothing() -> None:
    refused = alce(case(), refusal(), holds_all_words)
    assert refused == {
        "alce_recall": Ratio(numerator=0, denominator=1),
        "alce_precision": Ratio(numerator=0, denominator=0),
    }
    assert set(alce(case(answerable=False), said(), holds_all_words).values()) == {None}


@pytest.mark.slow
def test_a_run_takes_a_judge_of_entailment(small_library: Library, small_cases: list[Case]) -> None:
    found = run(small_library, small_cases, entails=lambda premise, hypothesis: premise.strip(" “”") in hypothesis)
    assert found.measures["alce_recall"] == found.measures["alce_precision"] == 1
