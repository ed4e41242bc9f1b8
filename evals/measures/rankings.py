"""What was found, as a ranking, measured by the reference tool of information retrieval (trec_eval, by ir-measures).

What is counted are the documents that a case grades in `relevant`, each at the rank of its best passage; without
grades the gold quotes are counted, each at the rank of the first passage that holds half of it or more.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ...vectorstore.passage import Hit
from ..case import Case
from .citations import file_name, half_held
from .ratio import Ratio

# Our name by the tool's: recall at 5 and 10 (Kent et al. 1955), mean reciprocal rank (Voorhees 1999), normalised
# discounted cumulative gain at 10 (Järvelin and Kekäläinen 2002), mean average precision (Harman 1992).
NAMES: Mapping[str, str] = {
    "R@5": "recall_5", "R@10": "recall_10", "RR": "mrr", "nDCG@10": "ndcg_10", "AP": "map",
}  # fmt: skip


def ranking_measures(case: Case, hits: Sequence[Hit]) -> dict[str, Ratio | None]:
    """recall_5, recall_10, mrr, ndcg_10 and map of one case; None where there is nothing to find.

    Looks at cases with graded documents, also unanswerable ones (the document is about the question and does not
    answer it), and at answerable cases with gold quotes. The mean is taken over cases.
    """
    grades = gold_grades(case)
    if not grades:
        return dict.fromkeys(NAMES.values())
    values = measure_ranking(grades, ranking(case, hits))
    return {name: Ratio(numerator=values[name], denominator=1) for name in NAMES.values()}


def gold_grades(case: Case) -> dict[str, int]:
    """What is to be found: graded documents, or the numbers of the gold quotes, each of grade 1."""
    if case.relevant:
        return {document: grade for document, grade in case.relevant.items() if grade > 0}
    if not case.answerable:
        return {}
    return {f"quote {number}": 1 for number in range(len(case.evidence))}


def ranking(case: Case, hits: Sequence[Hit]) -> list[str]:
    """What was found, best first, each once; a passage that holds two gold quotes gives two ranks."""
    if case.relevant:
        return list(dict.fromkeys(file_name(hit.document) for hit in hits))
    units: list[str] = []
    for hit in hits:
        held = [f"quote {number}" for number, gold in enumerate(case.evidence) if half_held(gold, [hit])]
        units += held or [f"passage {hit.passage.id}"]
    return list(dict.fromkeys(units))


def measure_ranking(grades: Mapping[str, int], ranked: Sequence[str]) -> dict[str, float]:
    """The measures of one ranking, best first, against graded units; an empty ranking is zero throughout."""
    run = {"q": {unit: float(len(ranked) - rank) for rank, unit in enumerate(ranked)}}
    found = dict.fromkeys(NAMES.values(), 0.0)
    if ranked:
        for metric in _evaluator_of({"q": dict(grades)}).iter_calc(run):
            found[NAMES[str(metric.measure)]] = metric.value
    return found


def _evaluator_of(qrels: Mapping[str, Mapping[str, int]]) -> Any:
    import ir_measures

    return ir_measures.evaluator(_measures(), qrels)  # pyright: ignore[reportUnknownMemberType]: names pandas


@cache
def _measures() -> list[Any]:
    import ir_measures

    return [ir_measures.parse_measure(name) for name in NAMES]
