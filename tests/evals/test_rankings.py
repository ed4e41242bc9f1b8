"""Measures of ranking against the reference tool, and on numbers worked out by hand."""

import math

import pytest
import pytrec_eval

from onrecord.evals.measures.rankings import gold_grades, measure_ranking, ranking, ranking_measures

from .records import case, document, gold, hit

QRELS = {
    "one": {"a": 2, "b": 1, "z": 1},
    "two": {"c": 1},
    "none found": {"d": 1, "e": 3},
    "late": {f"r{number}": 1 for number in range(4)},
}
RANKINGS = {
    "one": ["b", "x", "a", "y"],
    "two": ["x", "y", "w", "v", "u", "t", "c"],
    "none found": ["x", "y"],
    "late": ["r0", *[f"n{number}" for number in range(10)], "r1", "r2", "r3"],
}
REFERENCE = {
    "recall_5": "recall_5",
    "recall_10": "recall_10",
    "mrr": "recip_rank",
    "ndcg_10": "ndcg_cut_10",
    "map": "map",
}


def test_every_measure_equals_trec_eval_on_a_run_made_by_hand() -> None:
    scores = {
        query: {unit: 1 / rank for rank, unit in enumerate(ranked, start=1)} for query, ranked in RANKINGS.items()
    }
    wanted = pytrec_eval.RelevanceEvaluator(QRELS, {"recall", "recip_rank", "ndcg_cut", "map"}).evaluate(scores)
    for query, grades in QRELS.items():
        found = measure_ranking(grades, RANKINGS[query])
        assert found == {name: pytest.approx(wanted[query][theirs]) for name, theirs in REFERENCE.items()}, query


def test_numbers_worked_out_by_hand() -> None:
    found = measure_ranking(QRELS["two"], RANKINGS["two"])
    assert (found["recall_5"], found["recall_10"]) == (0, 1)
    assert found["mrr"] == found["map"] == pytest.approx(1 / 7)
    assert found["ndcg_10"] == pytest.approx(1 / math.log2(8))
    assert set(measure_ranking({"a": 1}, []).values()) == {0.0}


def test_documents_stand_at_the_rank_of_their_best_passage() -> None:
    one, two = document("alpha bravo charlie", "x/one.txt"), document("delta echo foxtrot", "x/two.txt")
    asked = case(relevant={"two.txt": 1, "three.txt": 0})
    hits = [hit(one, 0, 5), hit(one, 6, 11), hit(two, 0, 5)]
    assert ranking(asked, hits) == ["one.txt", "two.txt"] and gold_grades(asked) == {"two.txt": 1}
    shares = ranking_measures(asked, hits)
    assert shares["mrr"] and shares["mrr"].value == 0.5


def test_without_grades_gold_quotes_are_what_is_found() -> None:
    record = document("alpha bravo charlie delta. echo foxtrot golf hotel. india juliett kilo lima.")
    asked = case(evidence=[gold("alpha bravo charlie delta"), gold("india juliett kilo lima")])
    hits = [hit(record, 27, 50), hit(record, 52, 76), hit(record, 0, 8)]
    shares = ranking_measures(asked, hits)
    assert shares["mrr"] and shares["mrr"].value == 0.5
    assert shares["recall_10"] and shares["recall_10"].value == 0.5
    assert set(ranking_measures(case(), hits).values()) == {None}
    assert set(ranking_measures(case(answerable=False, evidence=[gold("alpha")]), hits).values()) == {None}
