"""Risk against coverage, reliability, intervals and significance, on numbers worked out by hand."""

from dataclasses import dataclass

import pytest

from onrecord.evals.measures.confidence import (
    Judged,
    aurc,
    calibration_error,
    confidence,
    is_right,
    reliability,
    risk_coverage,
)
from onrecord.evals.measures.ratio import Ratio
from onrecord.evals.measures.significance import difference, interval
from onrecord.rag.answer import Answer

from .records import answer, case, citation, document, gold, refusal


def judged(*pairs: tuple[float, bool]) -> list[Judged]:
    return [Judged(confidence=confidence, right=right) for confidence, right in pairs]


def test_risk_grows_with_coverage_where_the_unsure_are_wrong() -> None:
    four = judged((0.9, True), (0.2, False), (0.6, True), (0.5, False))
    assert risk_coverage(four) == [(0.25, 0), (0.5, 0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]
    assert aurc(four) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert (aurc(judged((0.9, False), (0.1, True))) or 0) > (aurc(judged((0.9, True), (0.1, False))) or 1)
    assert aurc([]) is None and calibration_error([]) is None


def test_equally_sure_answers_come_in_together() -> None:
    assert risk_coverage(judged((0.5, False), (0.5, True))) == [(1.0, 0.5)]


def test_reliability_sets_confidence_beside_the_share_right() -> None:
    given = judged((0.92, True), (0.98, False), (0.15, False), (1.0, True))
    low, high = reliability(given)
    assert (low.count, low.confidence, low.right) == (1, 0.15, 0.0)
    assert (high.count, high.right) == (3, pytest.approx(2 / 3))
    wanted = (0.15 + 3 * abs((0.92 + 0.98 + 1.0) / 3 - 2 / 3)) / 4
    assert calibration_error(given) == pytest.approx(wanted)


def test_what_counts_as_right() -> None:
    record = document("alpha bravo charlie delta")
    facts = case(key_facts=["alpha", "bravo"])
    assert is_right(facts, answer("bravo alpha")) and not is_right(facts, answer("alpha"))
    assert not is_right(facts, refusal()) and not is_right(facts, None)
    assert is_right(case(answerable=False), refusal()) and not is_right(case(answerable=False), answer("x"))
    assert is_right(case(answers=["charlie"]), answer("it is charlie")) and not is_right(
        case(answers=["x"]), answer("y")
    )
    proof = case(evidence=[gold("alpha bravo charlie delta")])
    assert is_right(proof, answer("?", citation(record, record.text))) and not is_right(proof, answer("?"))


def test_an_answer_s_own_confidence_is_taken_at_its_word() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Sure(Answer):
        confidence: float

    sure = Sure(question="?", standalone_question="?", answered=True, text="x", confidence=0.75)
    assert confidence(case(), sure) == 0.75
    assert confidence(case(), refusal()) == confidence(case(), None) == 0.0


def shares(*pairs: tuple[float, float]) -> list[Ratio]:
    return [Ratio(numerator=part, denominator=whole) for part, whole in pairs]


@pytest.mark.slow
def test_an_interval_holds_the_figure_and_is_the_same_every_time() -> None:
    given = shares(*[(number % 2, 1) for number in range(100)])
    low, high = interval(given, pool=False) or (0, 0)
    assert 0.38 < low < 0.43 and 0.57 < high < 0.62, "about 1.96 standard errors of .05 either way"
    assert interval(given, pool=False) == (low, high) != interval(given, pool=False, seed=1)
    assert interval(shares((1, 1)) * 5, pool=True) == (1.0, 1.0)
    assert interval([], pool=True) is None


def test_pooled_intervals_resample_whole_cases() -> None:
    # One case with nine quotes, all found, and one with one, not found: 0, .9 or 1 come up, nothing between.
    low, high = interval(shares((9, 9), (0, 1)), pool=True) or (0, 0)
    assert (low, high) == (0.0, 1.0)


def test_a_difference_between_runs_is_tested_case_by_case() -> None:
    before = shares(*[(0, 1)] * 12, *[(1, 1)] * 8)
    better = shares(*[(1, 1)] * 12, *[(1, 1)] * 8)
    found = difference(before, better, pool=False)
    assert found.by == pytest.approx(0.6) and found.low > 0.3 and found.p < 0.005
    same = difference(before, before, pool=False)
    assert (same.by, same.low, same.high, same.p) == (0, 0, 0, 1)
    # One case better and one worse: as likely as not.
    assert difference(shares((0, 1), (1, 1)), shares((1, 1), (0, 1)), pool=True).p == 1


def test_a_permutation_test_of_few_cases_counts_them_all() -> None:
    # Four cases that all got better: of the 16 ways to swap, two are as extreme, so p is 1/8.
    found = difference(shares(*[(0, 1)] * 4), shares(*[(1, 1)] * 4), pool=False)
    assert found.p == pytest.approx(1 / 8, abs=0.01)


def test_a_single_case_has_an_interval_of_no_width_and_proves_nothing() -> None:
    assert interval(shares((1, 4)), pool=True) == (0.25, 0.25)
    found = difference(shares((0, 1)), shares((1, 1)), pool=True)
    assert (found.by, found.low, found.high, found.p) == (1, 1, 1, 1)


def test_cases_that_came_out_the_same_weigh_in_the_difference_and_not_in_p() -> None:
    before, after = shares(*[(0, 2)] * 4), shares(*[(2, 2)] * 4)
    alone, among = (difference(before + same, after + same, pool=True) for same in ([], shares((1, 2)) * 12))
    assert (alone.by, among.by) == (1, 0.25)
    assert alone.p == among.p == pytest.approx(1 / 8)
