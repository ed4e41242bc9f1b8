"""Retrieval on published test sets, under the published conditions: the document is the unit, its best passage counts.

    python benchmarks/retrieval.py FOLDER [FOLDER ...] [--keep LIBRARIES]

Each FOLDER holds a set in BEIR's form: corpus.jsonl.gz (_id, title, text), queries.jsonl (_id, text), qrels.tsv. Prints
nDCG@10, recall@10 and the reciprocal rank (ir-measures), with 95 per cent bootstrap intervals over queries, for words
alone, meaning alone, both fused in each of two ways, and for `retrieve` as the product runs it.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import ir_measures
from ir_measures import RR, R, nDCG
from sets import arguments, by_document, interval, library_of, print_head, print_row, read_lines, read_qrels

from rapporteur.rag import Library
from rapporteur.rag.query import Query, read_question
from rapporteur.rag.retrieve import DEPTH, MEANING_WEIGHT, WORDS_WEIGHT, fused, retrieve

Ranking = Sequence[tuple[str, float]]
MEASURES = (nDCG @ 10, R @ 10, RR)


def main() -> None:
    """Measures every folder named."""
    parser = arguments(__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    given = parser.parse_args()
    for folder in given.folders:
        qrels = read_qrels(folder / "qrels.tsv")
        with library_of(folder, given.keep) as library:
            texts = {query["_id"]: query["text"] for query in read_lines(folder / "queries.jsonl")}
            asked = [(key, read_question(library.store, texts[key])) for key in qrels]
            report(folder.name, library, asked, qrels)


def report(
    name: str, library: Library, asked: Sequence[tuple[str, Query]], qrels: Mapping[str, Mapping[str, int]]
) -> None:
    """Prints a row for each way of retrieving."""
    store = library.store
    found = {
        key: (
            store.by_words(query.words, DEPTH),
            store.by_meaning(store.embedder.embed_query(query.text), DEPTH),
        )
        for key, query in asked
    }
    ways: dict[str, Callable[[str, Query], Mapping[str, float]]] = {
        "words": lambda key, _: dict(found[key][0]),
        "meaning": lambda key, _: dict(found[key][1]),
        "reciprocal rank": lambda key, _: reciprocal_rank(*found[key]),
        "min-max sum": lambda key, _: fused((found[key][0], WORDS_WEIGHT), (found[key][1], MEANING_WEIGHT)),
        "retrieve": lambda _, query: {hit.passage.id: hit.score for hit in retrieve(store, query, limit=100)},
    }
    print(f"\n{name}: {len(qrels)} queries, {len(library.documents())} documents\n")
    print_head("", *map(str, MEASURES))
    for way, ranked in ways.items():
        run = {key: by_document(store, ranked(key, query)) for key, query in asked}
        print_row(way, *scored(qrels, run, MEASURES))


def scored(
    qrels: Mapping[str, Mapping[str, int]],
    run: Mapping[str, Mapping[str, float]],
    measures: Sequence[ir_measures.Measure],
) -> list[str]:
    """Each measure's mean over all queries, with its interval; a query that finds nothing counts as zero."""
    values: dict[str, dict[str, float]] = {str(measure): dict.fromkeys(qrels, 0.0) for measure in measures}
    for result in ir_measures.iter_calc(measures, qrels, run):
        values[str(result.measure)][result.query_id] = result.value
    return [interval(list(by_query.values())) for by_query in values.values()]


def reciprocal_rank(*rankings: Ranking, constant: int = 60) -> dict[str, float]:
    """Reciprocal rank fusion (Cormack et al. 2009), for comparison."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, (key, _) in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (constant + rank)
    return scores


if __name__ == "__main__":
    main()
