"""A whole run over a scripted library: what is asked, what is recorded, what it adds up to, how it is shown."""

import json
from io import StringIO

import pytest
from rich.console import Console

from onrecord.evals.case import Case
from onrecord.evals.outcome import MEASURES
from onrecord.evals.reports.table import print_table
from onrecord.evals.runs import CaseResult, Run, added_up, to_json
from onrecord.evals.runs import run as run_cases
from onrecord.rag.answer import Turn

from .records import ScriptedLibrary, answer, case, citation, document, gold, hit, refusal

TEXT = "Norway: we will lift taxes on morphine.\nMexico: we have no such plan at this time."
RECORD = document(TEXT)
NORWAY, MEXICO = TEXT.split("\n")

CASES = [
    case(
        id="both",
        kind="compare",
        question="Who said what?",
        key_facts=["lift taxes", "no such plan"],
        evidence=[gold(NORWAY, locator={"speaker": "Norway"}), gold(MEXICO, locator={"speaker": "Mexico"})],
    ),
    case(
        id="one",
        question="And Norway?",
        history=[{"question": "Q", "answer": "A"}],
        key_facts=["taxes"],
        evidence=[gold(NORWAY, locator={"speaker": "Norway"})],
    ),
    case(id="broken", question="Mexico?", key_facts=["plan"], evidence=[gold(MEXICO)]),
    case(id="none", kind="unanswerable", question="And France?", answerable=False),
]
SCRIPT = {
    "Who said what?": answer(
        "They will lift taxes. [1]",
        citation(RECORD, NORWAY, speaker="Norway"),
        citation(RECORD, MEXICO, speaker="Norway"),
    ),
    "And Norway?": refusal(),
    "Mexico?": RuntimeError("no [memory]"),
    "And France?": refusal(),
}


@pytest.fixture
def library() -> ScriptedLibrary:
    return ScriptedLibrary(SCRIPT, hits=[hit(RECORD, 0, len(NORWAY))])


@pytest.fixture
def run(library: ScriptedLibrary) -> Run:
    return run_cases(library, CASES, settings={"model": None})


def test_every_case_is_asked_with_its_history_and_searched_with_its_stand_alone_question(
    library: ScriptedLibrary,
) -> None:
    seen: list[CaseResult] = []
    run_cases(library, CASES, limit=7, progress=seen.append)
    assert [question for question, _ in library.asked] == [each.question for each in CASES]
    assert library.asked[1][1] == [Turn(question="Q", answer="A")]
    assert library.searched == [("?", 7)] * 3
    assert [result.case.id for result in seen] == ["both", "one", "broken", "none"]


def test_the_measures_add_up(run: Run) -> None:
    measures = run.measures
    assert measures["evidence_recall_4000"] == 2 / 4  # Norway's words twice; the broken case found nothing
    assert measures["key_facts"] == pytest.approx((1 + 0 + 0) / 3)
    assert measures["cite_recall"] == 2 / 4
    assert measures["cite_precision"] == 2 / 2
    assert measures["citations_per_answer"] == 2.0
    assert measures["verbatim"] == 2 / 2
    assert measures["locator"] == 1 / 2
    assert (measures["abstain_p"], measures["abstain_r"]) == (1 / 3, 1.0)
    assert measures["abstain_f1"] == pytest.approx(0.5)
    assert measures["refused_answerable"] == pytest.approx(2 / 3)


def test_kinds_stand_in_order_and_have_no_number_where_nothing_is_looked_at(run: Run) -> None:
    assert list(run.by_kind) == ["compare", "fact", "unanswerable"]
    assert run.by_kind["compare"]["evidence_recall_4000"] == 0.5
    assert run.by_kind["fact"]["cite_precision"] == 0.0
    assert run.by_kind["unanswerable"]["abstain_r"] == 1.0
    assert run.by_kind["unanswerable"]["cite_recall"] is None


def test_seconds_are_those_of_the_cases() -> None:
    [record] = to_json(run_cases(ScriptedLibrary(SCRIPT), CASES[3:]))["cases"]
    measures = added_up([{**record, "seconds": seconds} for seconds in (0.3, 0.1, 0.2)])
    assert (measures["seconds_p50"], measures["seconds_p95"]) == (0.2, 0.3)


def test_an_error_in_the_search_is_the_case_s_result() -> None:
    class Unsearchable(ScriptedLibrary):
        def search(self, query: str, *, limit: int) -> list:
            raise ValueError(query)

    result = run_cases(Unsearchable(SCRIPT), CASES[:1]).results[0]
    assert (result.record["answered"], result.record["hits"], result.error) == (None, [], "ValueError: ?")


def test_an_interruption_is_not_taken_for_a_result() -> None:
    class Interrupted(ScriptedLibrary):
        def ask(self, question: str, *, history: list[Turn]):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_cases(Interrupted(SCRIPT), CASES)


def test_json_holds_the_run_under_the_agreed_names(run: Run) -> None:
    value = json.loads(json.dumps(to_json(run)))
    assert list(value) == [
        "measures",
        "intervals",
        "by_kind",
        "cases",
        "settings",
        "n",
        "made_by",
        "digest",
        "clock",
    ]
    assert list(value["measures"]) == [measure.name for measure in MEASURES]
    agreed = "evidence_recall_4000 key_facts cite_recall cite_precision verbatim locator abstain_p abstain_r abstain_f1"
    assert set(agreed.split()) < set(value["measures"])
    assert value["n"] == 4
    assert value["by_kind"]["fact"]["n"] == 2
    assert value["settings"] == {"limit": 50, "budget_chars": 4000, "search_only": False, "model": None}


def test_json_of_a_case_has_what_was_said_and_its_shares(run: Run) -> None:
    both, _, broken, none = to_json(run)["cases"]
    assert (both["id"], both["answered"], both["text"]) == ("both", True, "They will lift taxes. [1]")
    assert both["citations"][0]["quote"] == NORWAY
    assert both["citations"][0]["label"] == "Minutes, Norway"
    assert both["measures"]["key_facts"] == 1.0
    assert both["counts"]["locator"] == [1, 2]
    assert (broken["answered"], broken["error"], broken["citations"]) == (None, "RuntimeError: no [memory]", [])
    assert broken["counts"]["cite_recall"] == [0, 1]
    assert none["measures"]["cite_recall"] is None


def test_no_cases_make_a_run_without_numbers() -> None:
    run = run_cases(ScriptedLibrary({}), [])
    assert set(to_json(run)["measures"].values()) == {None}


def test_the_table_fits_80_columns_and_names_what_failed() -> None:
    kinds = ["unanswerable", "false_premise", "[b]odd", "a kind with a very long name"]
    cases: list[Case] = [case(id=kind, kind=kind, question="Mexico?", evidence=[gold(MEXICO)]) for kind in kinds]
    printed = StringIO()
    print_table(run_cases(ScriptedLibrary(SCRIPT), cases), Console(file=printed, width=80))
    lines = printed.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.split()[:2] == ["evidence_recall_4000", "0.000"] for line in lines)
    assert any(line.split() == ["abstain_p", "-"] for line in lines)
    assert any(line.startswith("[b]odd") for line in lines)
    assert "failed unanswerable: RuntimeError: no [memory]" in lines
