"""Published question sets on disk: reading them, filling a library with them, and figures with confidence intervals.

A set is a folder with corpus.jsonl.gz (_id, title, text) and, as it has them, queries.jsonl (_id, text), qrels.tsv,
qa.jsonl (_id, question, answers, answerable, gold_ids, spans, history).
"""

import argparse
import csv
import gzip
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np

from onrecord.evals.corpora import fill
from onrecord.evals.readers import documents
from onrecord.rag import Library, open_library
from onrecord.vectorstore.store import Store

RESAMPLES = 2000


def arguments(described: str | None) -> argparse.ArgumentParser:
    """What every script takes: where finished libraries are kept, so that the next run need not embed again."""
    parser = argparse.ArgumentParser(description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder of libraries, used again where they are there")
    return parser


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON values of a file of lines, zipped or not."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        for line in lines:
            yield json.loads(line)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgements by query and document."""
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows)
        for query, document, score in rows:
            found.setdefault(query, {})[document] = int(score)
    return found


@contextmanager
def library_of(folder: Path, keep: Path | None) -> Iterator[Library]:
    """A library of a set's documents as the product makes it, made where it is not kept already; searched exactly."""
    with tempfile.TemporaryDirectory() as place:
        with open_library(keep / folder.name if keep else Path(place)) as library:
            if not library.documents():
                fill(library, documents(f"beir:{folder}"))
            library.store.vectors.exact = True
            yield library


def with_title(given: Mapping[str, Any]) -> str:
    """A document's text as it is stored: its title, where it has one, stands before it."""
    return "\n\n".join(part for part in (given.get("title"), given["text"]) if part)


def by_document(store: Store, scores: Mapping[str, float]) -> dict[str, float]:
    """Documents by the score of their best passage."""
    best: dict[str, float] = {}
    for key, row in store.catalogue.passage_rows(list(scores)).items():
        best[row.document_id] = max(best.get(row.document_id, scores[key]), scores[key])
    return best


def interval(values: Sequence[float], seed: int = 1) -> str:
    """A mean with its 95 per cent bootstrap interval over questions: ".812 (.790-.833)"."""
    given = np.asarray(values, dtype=float)
    draws = np.random.default_rng(seed).integers(0, len(given), (RESAMPLES, len(given)))
    low, high = np.percentile(given[draws].mean(axis=1), [2.5, 97.5])
    return f"{given.mean():.3f} ({low:.3f} to {high:.3f})"


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


def print_row(*cells: object) -> None:
    """A row of a Markdown table, as soon as it is known."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def print_head(*cells: str) -> None:
    """The head of such a table."""
    print_row(*cells)
    print("|" + "---|" * len(cells), flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
