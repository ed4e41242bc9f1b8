"""Weights and thresholds of retrieval and answers, tried on development data, with a check that a choice carries over.

    python benchmarks/tune.py --cases CASES.jsonl --library LIBRARY --set FOLDER... [--only NAME...] [--keep LIBRARIES]

Every constant stands at the head of the module that uses it; TRIED below names all that are tuned, with the values
worth trying. Each is tried by itself, the others as they are. On cases (as `rapporteur eval run` takes them) the score
is the mean of evidence recall, key facts, citation recall, citation precision and abstention F1, on sets (BEIR's form)
nDCG@10 over a sample of queries. Both are cut in two halves by the hash of the id: the value that is best on one half
is judged on the other. Where that does not beat the value in use, a better figure on the whole is luck, and the value
stays.
"""

import importlib
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import ir_measures
from ir_measures import nDCG
from sets import arguments, by_document, library_of, print_head, print_row, read_lines, read_qrels

from rapporteur.evals.cases import Case, read_cases
from rapporteur.evals.run import CaseResult, add_up, run_case
from rapporteur.rag import Library, open_library
from rapporteur.rag.query import read_question
from rapporteur.rag.retrieve import retrieve

TRIED: dict[str, tuple[float, ...]] = {
    "vectorstore.lexical.CONTEXT_WEIGHT": (0.2, 0.4, 0.8),
    "vectorstore.lexical.AROUND_WEIGHT": (0.0, 0.5, 1.0, 1.5, 2.0),
    "rag.retrieve.MEANING_WEIGHT": (0.7, 1.0, 1.3),
    "rag.retrieve.NEIGHBOUR_SHARE": (0.0, 0.15, 0.3, 0.5),
    "rag.retrieve.SPEAKER_WEIGHT": (0.15, 0.3, 0.6),
    "rag.retrieve.DOCUMENT_WEIGHT": (0.05, 0.15, 0.3),
    "rag.retrieve.HEADING_SHARE": (0.25, 0.5, 1.0),
    "rag.compose.PASSAGE_WEIGHT": (0.15, 0.3, 0.6),
    "rag.compose.MEANING_WEIGHT": (0.5, 1.0, 1.5),
    "rag.compose.KEEP_SHARE": (0.8, 0.86, 0.92),
    "rag.compose.KEEP_LISTED_SHARE": (0.5, 0.6, 0.7),
    "rag.refuse.MIN_LIKENESS": (0.36, 0.42, 0.48),
    "rag.refuse.MIN_TOPIC_SHARE": (0.25, 0.34, 0.45),
}
MAX_QUERIES = 300

Scores = Mapping[str, Any]
Measure = Callable[[], Scores]


def main() -> None:
    """A table for the cases and for each set."""
    parser = arguments(__doc__)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--set", type=Path, nargs="*", default=[], dest="sets")
    parser.add_argument("--only", nargs="*", default=list(TRIED), help="constants to try, by any part of their name")
    given = parser.parse_args()
    names = [name for name in TRIED if any(part in name for part in given.only)]
    if given.cases:
        cases = read_cases(given.cases)
        with open_library(given.library, create=False) as library:
            tune(f"{given.cases.name}, {len(cases)} cases", names, lambda: ask_all(library, cases), of_cases)
    names = [name for name in names if ".retrieve." in name or ".lexical." in name]
    for folder in given.sets:
        qrels = read_qrels(folder / "qrels.tsv")
        with library_of(folder, given.keep) as library:
            texts = {q["_id"]: q["text"] for q in read_lines(folder / "queries.jsonl") if q["_id"] in qrels}
            drawn = sorted(texts, key=lambda key: zlib.crc32(key.encode()))[:MAX_QUERIES]
            asked = {key: texts[key] for key in drawn}
            tune(
                f"{folder.name}, {len(asked)} queries", names,
                lambda: search_all(library, asked, qrels), of_queries,  # noqa: B023
            )  # fmt: skip


def tune(title: str, names: Sequence[str], measure: Measure, score: Callable[[Scores], float]) -> None:
    """Tries every value of every constant; a row for each."""
    now = measure()
    print(f"\n{title}; as it is: {score(now):.3f}\n")
    print_head("constant", "in use", "value: score", "chosen on one half, judged on the other", "in use, judged so")
    for name in names:
        module, constant = found(name)
        in_use = getattr(module, constant)
        tried = {in_use: now}
        for value in TRIED[name]:
            if value != in_use:
                with constant_set(module, constant, value):
                    tried[value] = measure()
        cells = ", ".join(f"{value:g}: {score(tried[value]):.3f}" for value in sorted(tried))
        chosen, kept = carried_over(tried, in_use, score)
        print_row(name, f"{in_use:g}", cells, f"{chosen:.3f}", f"{kept:.3f}")


def carried_over(tried: Mapping[float, Scores], in_use: float, score: Callable[[Scores], float]) -> tuple[float, float]:
    """The mean over both halves of the score of the value that was best on the other half; and of the value in use."""
    chosen, kept = [], []
    for half in (0, 1):
        best = max(tried, key=lambda value: (score(half_of(tried[value], 1 - half)), value == in_use))
        chosen.append(score(half_of(tried[best], half)))
        kept.append(score(half_of(tried[in_use], half)))
    return sum(chosen) / 2, sum(kept) / 2


def half_of(scores: Scores, half: int) -> dict[str, Any]:
    """Those of one half, decided by the hash of the id."""
    return {key: value for key, value in scores.items() if zlib.crc32(key.encode()) // 7 % 2 == half}


def found(name: str) -> tuple[ModuleType, str]:
    """The module of a constant, and its name there; a misspelt one ends the run at once."""
    path, constant = name.rsplit(".", 1)
    module = importlib.import_module(f"rapporteur.{path}")
    if not hasattr(module, constant):
        sys.exit(f"There is no constant {name} any more: correct TRIED in {__file__}.")
    return module, constant


@contextmanager
def constant_set(module: ModuleType, constant: str, value: float) -> Iterator[None]:
    """Another value for as long as it is tried."""
    in_use = getattr(module, constant)
    setattr(module, constant, value)
    try:
        yield
    finally:
        setattr(module, constant, in_use)


def ask_all(library: Library, cases: Sequence[Case]) -> dict[str, CaseResult]:
    """Every case asked, by its id."""
    return {case.id: run_case(library, case, limit=50) for case in cases}


def of_cases(results: Scores) -> float:
    """The mean of the measures that both retrieval and answers move; one without a case to look at is left out."""
    measures = add_up(list(results.values()))
    names = ("evidence_recall_4000", "key_facts", "cite_recall", "cite_precision", "abstain_f1")
    values = [value for name in names if (value := getattr(measures, name)) is not None]
    return sum(values) / len(values) if values else 0.0


def search_all(library: Library, asked: Mapping[str, str], qrels: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """nDCG@10 of every query, by its id."""
    run = {}
    for key, text in asked.items():
        hits = retrieve(library.store, read_question(library.store, text), limit=100)
        run[key] = by_document(library.store, {hit.passage.id: hit.score for hit in hits})
    judged = {key: qrels[key] for key in asked}
    return {result.query_id: result.value for result in ir_measures.iter_calc([nDCG @ 10], judged, run)}


def of_queries(values: Scores) -> float:
    """Their mean."""
    return sum(values.values()) / len(values) if values else 0.0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
