"""Weights and thresholds of retrieval and answers, tried on development data, with a check that a choice carries over.

    python benchmarks/tune.py --cases CASES.jsonl LIBRARY ... --set FOLDER ... [--only NAME ...] [--keep LIBRARIES]

Every constant stands at the head of the module that uses it; TRIED below names all that are tuned, with the values
worth trying. Each is tried by itself, the others as they are. On cases (as `onrecord eval run` takes them; `--cases`
may be given again for others, of which each counts the same) the score is the mean of evidence recall, key facts,
citation recall, citation precision and abstention F1, on sets (BEIR's form) nDCG@10 over a sample of queries. Both are
cut in two halves by the hash of the id: the value that is best on one half is judged on the other. Where that does not
beat the value in use, a better figure on the whole is luck, and the value stays.
"""

import importlib
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import ir_measures
from ir_measures import nDCG
from sets import arguments, by_document, library_of, print_head, print_row, read_lines, read_qrels

from onrecord.evals import cases, run
from onrecord.evals.case import Case
from onrecord.evals.measures.ratio import Ratio
from onrecord.evals.outcome import add_up
from onrecord.rag import Library, open_library
from onrecord.rag.query.parse import parse_query
from onrecord.rag.retrieval.retrieve import retrieve

TRIED: dict[str, tuple[float, ...]] = {
    "vectorstore.lexical.CONTEXT_WEIGHT": (0.2, 0.4, 0.8),
    "vectorstore.lexical.AROUND_WEIGHT": (0.0, 1.0, 1.5, 2.0),
    "rag.retrieval.retrieve.MEANING_WEIGHT": (0.8, 1.2, 1.6),
    "rag.retrieval.retrieve.SENTENCE_SHARE": (0.0, 0.9, 0.95, 1.0),
    "rag.retrieval.retrieve.NEIGHBOUR_SHARE": (0.0, 0.3, 0.5),
    "rag.retrieval.retrieve.SPEAKER_WEIGHT": (0.15, 0.3, 0.6),
    "rag.retrieval.retrieve.DOCUMENT_WEIGHT": (0.05, 0.15, 0.3),
    "rag.answering.select.KEEP_SHARE": (0.05, 0.2, 0.4),
    "rag.answering.select.KEEP_LISTED_SHARE": (0.05, 0.1, 0.25),
    "rag.answering.select.KEEP_ENUMERATED_SHARE": (0.25, 0.5, 0.8),
    "rag.answering.abstain.MIN_NEARNESS": (0.34, 0.4, 0.46),
    "rag.answering.abstain.COVERAGE_WEIGHT": (0.15, 0.3, 0.45),
    "rag.answering.abstain.MIN_TOPIC_SHARE": (0.2, 0.3, 0.4),
}
MAX_QUERIES = 300
MEASURES = ("evidence_recall_4000", "key_facts", "cite_recall", "cite_precision", "abstain_f1")

Scores = Mapping[str, Any]
Measure = Callable[[], Scores]
Shares = Mapping[str, Ratio | None]


def main() -> None:
    """A table for the cases and for each set."""
    parser = arguments(__doc__)
    parser.add_argument("--cases", nargs=2, action="append", default=[], metavar=("CASES", "LIBRARY"))
    parser.add_argument("--set", type=Path, nargs="*", default=[], dest="sets")
    parser.add_argument("--only", nargs="*", default=list(TRIED), help="constants to try, by any part of their name")
    given = parser.parse_args()
    names = [name for name in TRIED if any(part in name for part in given.only)]
    if given.cases:
        with ExitStack() as opened:
            asked = [
                (Path(file).stem, opened.enter_context(open_library(library, create=False)), cases(file))
                for file, library in given.cases
            ]
            title = ", ".join(f"{name} ({len(of_set)})" for name, _, of_set in asked)
            tune(title, names, lambda: ask_all(asked), of_cases)
    names = [name for name in names if ".retrieve." in name or ".lexical." in name]
    for folder in given.sets:
        qrels = read_qrels(folder / "qrels.tsv")
        with library_of(folder, given.keep) as library:
            texts = {q["_id"]: q["text"] for q in read_lines(folder / "queries.jsonl") if q["_id"] in qrels}
            drawn = sorted(texts, key=lambda key: zlib.crc32(key.encode()))[:MAX_QUERIES]
            searched = {key: texts[key] for key in drawn}
            tune(
                f"{folder.name} ({len(searched)})", names,
                lambda: search_all(library, searched, qrels), of_queries,  # noqa: B023
            )  # fmt: skip


def tune(title: str, names: Sequence[str], measure: Measure, score: Callable[[Scores], float]) -> None:
    """Tries every value of every constant; a row for each."""
    now = measure()
    print(f"\n{title}; as it is: {score(now):.3f}\n")
    head = [
        "constant",
        "value: score, that in use in brackets",
        "best on one half, judged on the other",
        "in use, so judged",
    ]
    print_head(*head)
    for name in names:
        module, constant = found(name)
        in_use = getattr(module, constant)
        tried = {in_use: now}
        for value in TRIED[name]:
            if value != in_use:
                with constant_set(module, constant, value):
                    tried[value] = measure()
        shown = {value: f"[{value:g}]" if value == in_use else f"{value:g}" for value in sorted(tried)}
        cells = ", ".join(f"{text}: {score(tried[value]):.3f}" for value, text in shown.items())
        chosen, kept = carried_over(tried, in_use, score)
        print_row(f"`{name}`", cells, f"{chosen:.3f}", f"{kept:.3f}")


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
    module = importlib.import_module(f"onrecord.{path}")
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


def ask_all(asked: Sequence[tuple[str, Library, Sequence[Case]]]) -> dict[str, Shares]:
    """What every case gave, by the name of its file and its id."""
    return {
        f"{name}:{result.case.id}": result.shares
        for name, library, of_set in asked
        for result in run(library, of_set).results
    }


def of_cases(results: Scores) -> float:
    """The mean of the measures that retrieval and answers move, those that look at any case, over all files."""
    by_file: dict[str, list[Shares]] = {}
    for key, shares in results.items():
        by_file.setdefault(key.partition(":")[0], []).append(shares)
    means = [[value for value in add_up(shares, MEASURES).values() if value is not None] for shares in by_file.values()]
    return sum(sum(values) / (len(values) or 1) for values in means) / (len(means) or 1)


def search_all(library: Library, asked: Mapping[str, str], qrels: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """nDCG@10 of every query, by its id."""
    run = {}
    for key, text in asked.items():
        hits = retrieve(library.store, parse_query(library.store, text), limit=100)
        run[key] = by_document(library.store, {hit.passage.id: hit.score for hit in hits})
    judged = {key: qrels[key] for key in asked}
    return {result.query_id: result.value for result in ir_measures.iter_calc([nDCG @ 10], judged, run)}


def of_queries(values: Scores) -> float:
    """Their mean."""
    return sum(values.values()) / len(values) if values else 0.0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
