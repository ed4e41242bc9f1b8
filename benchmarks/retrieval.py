"""Retrieval on published test sets, under the published conditions: the document is the unit, its best passage counts.

    python benchmarks/retrieval.py FOLDER [FOLDER ...]

Each FOLDER holds a set in BEIR's form: corpus.jsonl.gz (_id, title, text), queries.jsonl (_id, text), qrels.tsv. Prints
nDCG@10, recall@10 and the reciprocal rank (ir-measures) for words alone, meaning alone, both fused in each of three
ways, and for `retrieve` as the product runs it.
"""

import csv
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import ir_measures
from ir_measures import RR, R, nDCG

from rapporteur.ingest.read_text import read_text
from rapporteur.ingest.split import split
from rapporteur.ingest.structure import structure
from rapporteur.rag import Document, Library
from rapporteur.rag.query import Query, read_question
from rapporteur.rag.retrieve import MEANING_WEIGHT, WORDS_WEIGHT, fused, retrieve
from rapporteur.vectorstore.store import Store

Ranking = Sequence[tuple[str, float]]
MEASURES = (nDCG @ 10, R @ 10, RR)
DEPTH = 200


def main() -> None:
    """Measures every folder named."""
    for name in sys.argv[1:]:
        folder = Path(name)
        queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
        qrels = read_qrels(folder / "qrels.tsv")
        with tempfile.TemporaryDirectory() as place, Library(Store(Path(place))) as library:
            fill(library, folder)
            asked = [(q["_id"], read_question(library.store, q["text"])) for q in queries if q["_id"] in qrels]
            report(folder.name, library, asked, qrels)


def fill(library: Library, folder: Path) -> None:
    """Puts a set's documents into a library, each title and text as one record."""
    store = library.store
    with store.writing(), gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            given = json.loads(line)
            text = "\n\n".join(part for part in (given.get("title"), given["text"]) if part)
            title = given.get("title") or ""
            passages = split(
                text, structure(read_text(text)), document_id=given["_id"], title=title,
                count_tokens=store.embedder.count_tokens, limit_tokens=store.embedder.max_tokens,
            )  # fmt: skip
            store.put(Document(id=given["_id"], source=given["_id"], title=title, text=text), passages)
        store.make_findable()
        store.embed()


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
    print(f"{name}: {len(qrels)} queries, {len(library.documents())} documents")
    for way, ranked in ways.items():
        run = {key: by_document(store, ranked(key, query)) for key, query in asked}
        scores = ir_measures.calc_aggregate(MEASURES, qrels, run)
        print(f"  {way:<16}" + "  ".join(f"{measure} {scores[measure]:.4f}" for measure in MEASURES), flush=True)


def by_document(store: Store, scores: Mapping[str, float]) -> dict[str, float]:
    """Documents by the score of their best passage."""
    best: dict[str, float] = {}
    for key, row in store.catalogue.passage_rows(list(scores)).items():
        best[row.document_id] = max(best.get(row.document_id, scores[key]), scores[key])
    return best


def reciprocal_rank(*rankings: Ranking, constant: int = 60) -> dict[str, float]:
    """Reciprocal rank fusion (Cormack et al. 2009), for comparison."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, (key, _) in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (constant + rank)
    return scores


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgements by query and document."""
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows)
        for query, document, score in rows:
            found.setdefault(query, {})[document] = int(score)
    return found


if __name__ == "__main__":
    main()
