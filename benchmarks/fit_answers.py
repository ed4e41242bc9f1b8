"""Fits the weights by which sentences and outcomes are chosen (`rag/answering/weights.json`) on gold questions.

    python benchmarks/fit_answers.py CASES:LIBRARY... [--write] [--folds 8] [--penalty 0.02]

CASES is a file of gold questions, LIBRARY the library of their records. For each question `scoring.described` gives
what may answer and its features; what holds half of a gold quote, or half of which a gold quote holds, is right. The
weights make the right ones likelier than the others of the same question (a conditional logit with an L2 penalty of
`--penalty` on standardised features). Printed are the shares of questions whose first sentence is right, one of the
first three, one of the first eight: cross-validated, a record never in both parts, beside those of the weights there
are.
`--write` puts weights fitted on everything into the file, under the name of the library's embedding model.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from onrecord.evals import cases
from onrecord.evals.case import Case
from onrecord.evals.measures.citations import file_name
from onrecord.evals.measures.quotes import locate
from onrecord.rag import Library, open_library
from onrecord.rag.answering.candidates import Quotable
from onrecord.rag.answering.scoring import FEATURES, described, weights_of
from onrecord.rag.query.parse import parse_query
from onrecord.rag.retrieval.retrieve import retrieve

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "rag" / "answering" / "weights.json"
HALF = 0.5
FIRST = (1, 3, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: the features of what may answer it (found, features), and which of these are right."""

    kind: str
    record: str
    features: np.ndarray
    right: np.ndarray


def read(library: Library, asked: Sequence[Case]) -> list[Question]:
    """The answerable questions with gold quotes, as far as anything was found for them."""
    listed = {file_name(listing): listing.id for listing in library.store.listings()}
    questions: list[Question] = []
    for case in asked:
        if not case.answerable or not case.evidence:
            continue
        query = parse_query(library.store, case.question, case.history)
        found, features = described(library.store, query, retrieve(library.store, query))
        places = (_place(library, listed.get(each.doc), each.quote, each.nth) for each in case.evidence)
        gold = [place for place in places if place]
        right = np.array([any(_holds(each, *place) for place in gold) for each in found])
        if found:
            questions.append(Question(kind=case.kind, record=case.evidence[0].doc, features=features, right=right))
    return questions


def _place(library: Library, document_id: str | None, quote: str, nth: int) -> tuple[str, int, int] | None:
    document = library.store.document(document_id) if document_id else None
    place = locate(document.text, quote, nth) if document else None
    return (document.id, *place) if document and place else None


def _holds(found: Quotable, document_id: str, start: int, end: int) -> bool:
    """Whether half of the shorter of a quote and a gold quote stands in the other."""
    shared = min(found.end, end) - max(found.start, start)
    return found.hit.document.id == document_id and shared >= HALF * min(found.end - found.start, end - start)


def fit(questions: Sequence[Question], penalty: float) -> np.ndarray:
    """The weights, for features as they are (number of features,)."""
    able = [each for each in questions if each.right.any()]
    spread = np.vstack([each.features for each in questions]).std(axis=0) + 1e-9

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for each in able:
            features = each.features / spread
            scores = features @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            right = shares * each.right
            total -= np.log(right.sum() + 1e-12)
            slope -= features.T @ (right / (right.sum() + 1e-12) - shares)
        return total / len(able) + penalty * weights @ weights, slope / len(able) + 2 * penalty * weights

    return minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x / spread


def crossed(questions: Sequence[Question], penalty: float, folds: int) -> list[np.ndarray]:
    """Each question's scores by weights fitted without its record."""
    records = sorted({each.record for each in questions})
    np.random.default_rng(0).shuffle(records)
    part = {record: place % folds for place, record in enumerate(records)}
    weights = [fit([each for each in questions if part[each.record] != fold], penalty) for fold in range(folds)]
    return [each.features @ weights[part[each.record]] for each in questions]


def shares(questions: Sequence[Question], scores: Sequence[np.ndarray]) -> str:
    """The share of questions with something right among the first ones, for all and by kind."""
    rows: dict[str, list[list[bool]]] = {"all": []}
    for each, score in zip(questions, scores, strict=True):
        order = np.argsort(-score)
        row = [bool(each.right[order[:first]].any()) for first in FIRST]
        rows.setdefault(each.kind, []).append(row)
        rows["all"].append(row)
    return "\n".join(f"  {kind:14}{len(own):4}  {np.mean(own, axis=0).round(3)}" for kind, own in sorted(rows.items()))


def main() -> None:
    """Prints the figures and the weights, and keeps these with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="CASES:LIBRARY")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--penalty", type=float, default=0.02)
    given = parser.parse_args()
    questions: list[Question] = []
    embedding = ""
    for each in given.sets:
        source, _, folder = each.partition(":")
        with open_library(folder, create=False) as library:
            questions += read(library, cases(source))
            embedding = library.store.embedding
    able = sum(bool(each.right.any()) for each in questions)
    print(f"{len(questions)} questions, {able} with something right, {embedding}")
    kept = weights_of(embedding)
    print("weights there are", shares(questions, [each.features @ kept for each in questions]), sep="\n")
    print("cross-validated", shares(questions, crossed(questions, given.penalty, given.folds)), sep="\n")
    fitted = fit(questions, given.penalty)
    for name, weight in sorted(zip(FEATURES, fitted, strict=True), key=lambda pair: -abs(pair[1])):
        print(f"  {name:20} {weight:8.3f}")
    if given.write:
        sets = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        sets[embedding] = {name: round(float(weight), 4) for name, weight in zip(FEATURES, fitted, strict=True)}
        WEIGHTS.write_text(json.dumps(sets, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
