"""Retrieval for the last turn of a conversation (MTRAG): what stand-alone rewriting is worth.

    python benchmarks/conversations.py FOLDER [--keep LIBRARIES]

Compares the last turn alone, the last turn after the turn before it, and the question as `parse_query` understands
it with the history at hand. R@5 and nDCG@5 over the queries with judgements, and over those with a history, each with a
95 per cent bootstrap interval; then in how many queries the rewriting found more, or less, than the last turn alone.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import R, nDCG
from sets import arguments, by_document, library_of, read_lines, read_qrels, scored, table

from onrecord.rag import Library, Turn
from onrecord.rag.query.parse import Query, parse_query
from onrecord.rag.retrieval.retrieve import retrieve

MEASURES = (R @ 5, nDCG @ 5)


def main() -> None:
    """Measures the three ways."""
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0, help="how many of the rewritings that found less to print")
    given = parser.parse_args()
    with library_of(given.folder, given.keep) as library:
        print(report(library, given.folder, given.show))


def report(library: Library, folder: Path, show: int = 0) -> str:
    """A row for each way, then what the rewriting changed."""
    qrels = read_qrels(folder / "qrels.tsv")
    queries = [query for query in read_lines(folder / "queries.jsonl") if query["_id"] in qrels]
    store = library.store
    ways: dict[str, Callable[[dict[str, Any]], Query]] = {
        "last turn": lambda query: parse_query(store, query["text"]),
        "last turn and the one before": lambda query: parse_query(
            store, " ".join([*(turn.question for turn in turns(query)[-1:]), query["text"]])
        ),
        "rewritten": lambda query: parse_query(store, query["text"], turns(query)),
    }
    later = {query["_id"] for query in queries if turns(query)}
    of_later = {key: judged for key, judged in qrels.items() if key in later}
    runs = {way: {query["_id"]: found(library, asked(query)) for query in queries} for way, asked in ways.items()}
    rows = [[way, *scored(qrels, run, MEASURES), *scored(of_later, run, MEASURES)] for way, run in runs.items()]
    head = [f"{len(queries)} questions", "R@5", "nDCG@5", f"R@5, {len(later)} with a history", "nDCG@5"]
    told = changed(qrels, runs["last turn"], runs["rewritten"], queries, ways["rewritten"], show)
    return f"{table(head, rows)}\n\n{told}"


def turns(query: Mapping[str, Any]) -> list[Turn]:
    """The conversation before the last turn, oldest first."""
    history = query["metadata"].get("history") or []
    pairs = zip(history[::2], history[1::2], strict=False)
    return [Turn(question=asked["text"], answer=answered["text"]) for asked, answered in pairs]


def found(library: Library, query: Query) -> dict[str, float]:
    """Documents by the score of their best passage."""
    hits = retrieve(library.store, query, limit=100)
    return by_document(library.store, {hit.passage.id: hit.score for hit in hits})


def changed(
    qrels: Mapping[str, Mapping[str, int]],
    before: Mapping[str, Mapping[str, float]],
    after: Mapping[str, Mapping[str, float]],
    queries: Sequence[dict[str, Any]],
    asked: Callable[[dict[str, Any]], Query],
    show: int,
) -> str:
    """How often the rewriting found more or less, and some of the queries where it found less."""
    scores = [
        {result.query_id: result.value for result in ir_measures.iter_calc([nDCG @ 5], qrels, run)}
        for run in (before, after)
    ]
    gained = {key: scores[1].get(key, 0.0) - scores[0].get(key, 0.0) for key in qrels}
    better, worse = (sum(sign * gain > 1e-9 for gain in gained.values()) for sign in (1, -1))
    lines = [
        f"nDCG@5 of the rewritten question is above that of the last turn in {better} questions, below in {worse}."
    ]
    poor = sorted(queries, key=lambda query: (gained[query["_id"]], scores[1].get(query["_id"], 0.0)))[:show]
    for query in poor:
        before_it = [turn.question for turn in turns(query)[-2:]]
        lines.append(f"{gained[query['_id']]:+.2f} {before_it} | {query['text']!r} -> {asked(query).text!r}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
