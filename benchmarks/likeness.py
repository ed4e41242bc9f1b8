"""The curve that takes an embedding model's cosines to those of all-MiniLM-L6-v2, for `rag/calibration`.

    python benchmarks/likeness.py MODEL --cases CASES.jsonl LIBRARY [--cases CASES.jsonl LIBRARY ...] > MODEL.json
    python benchmarks/likeness.py MODEL --versions en=FOLDER ar=FOLDER ... --onto MODEL.json > MODEL.json

Of each library are taken the questions of its cases with a sample of its sentences and the passages that the cases
quote, each pair compared by both models; the n-th highest cosine of one then stands for the n-th highest of the other.
"alike" compares sentences with sentences instead. Only the words of the libraries are read, whatever they are embedded
with.

With --versions, of a set in BEIR's form that is there in several languages, each pair of a question and a sentence is
compared in each language, and the n-th highest cosine in a language stands for the n-th highest in English: curves of
their own for pairs in one language, put into the file of --onto. The articles with an even number are left out.
"""

import argparse
import gzip
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.ingest.language.sentences import sentence_spans
from onrecord.rag import Library, open_library
from onrecord.vectorstore.embedder import MINILM, Embedder, open_embedder
from onrecord.vectorstore.markup import plain

SAMPLE = 1500
MAX_CHARS = 600
QUESTIONS = 200
SEED = 7
# Shares of pairs at which the curves are held against each other, closer together where thresholds lie.
SHARES = [
    *(0.0, 1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3),
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 0.99, 1.0),
]


def sentences_of(library: Library) -> list[str]:
    """A sample of the sentences of a library, without mark-up."""
    found = [
        plain(passage.text[start:end])[:MAX_CHARS]
        for listing in library.documents()
        for passage in library.store.passages_of(listing.id)
        for start, end in sentence_spans(passage.text)
    ]
    told = sorted({text for text in found if len(text) >= 12})
    return random.Random(SEED).sample(told, min(SAMPLE, len(told)))


def compared(model: Embedder, sets: list[tuple[list[str], list[str]]]) -> tuple[np.ndarray, np.ndarray]:
    """The cosines of all questions with their sentences, and of half the sentences with the other half."""
    asked: list[np.ndarray] = []
    alike: list[np.ndarray] = []
    for questions, sentences in sets:
        told = model.embed(sentences)
        asked.append(told @ np.stack([model.embed_query(question) for question in questions]).T)
        alike.append(told[::2] @ told[1::2].T)
    return tuple(np.sort(np.concatenate([each.ravel() for each in of])) for of in (asked, alike))  # pyright: ignore


def curve(cosines: np.ndarray, wanted: np.ndarray) -> dict[str, list[float]]:
    """Knots, lowest first, between the ends that every cosine has."""
    places = [round((1 - share) * (len(cosines) - 1)) for share in reversed(SHARES)]
    knots = sorted({round(float(cosines[place]), 4): round(float(wanted[place]), 4) for place in places}.items())
    xs, ys = zip((-1.0, -1.0), *((x, y) for x, y in knots if -1 < x < 1), (1.0, 1.0), strict=True)
    return {"cosine": list(xs), "likeness": list(ys)}


def in_languages(model: Embedder, folders: dict[str, Path], known: dict[str, Any]) -> dict[str, Any]:
    """The curves of languages, from the versions of one set."""
    sets: dict[str, tuple[list[str], list[str]]] = {}
    told = {
        code: list(map(json.loads, (folder / "qa.jsonl").open(encoding="utf-8"))) for code, folder in folders.items()
    }
    shared = set.intersection(*({each["_id"] for each in rows} for rows in told.values()))
    drawn = random.Random(SEED).sample(sorted(shared), len(shared))
    for code, folder in folders.items():
        with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
            texts = {row["_id"]: row["text"] for row in map(json.loads, file)}
        rows = {row["_id"]: row for row in told[code]}
        of_odd = [rows[key] for key in drawn if is_odd(rows[key]["gold_ids"][0])][:QUESTIONS]
        sentences = [text[a:b] for key, text in texts.items() if is_odd(key) for a, b in sentence_spans(text)]
        sets[code] = [row["question"] for row in of_odd], sentences
    asked, alike = zip(*(compared(model, [each]) for each in sets.values()), strict=True)
    found: dict[str, Any] = {}
    english = list(sets).index("en")
    for code, *of_pairs in zip(sets, asked, alike, strict=True):
        found[code] = {}
        for pair, mine, theirs in zip(("asked", "alike"), of_pairs, (asked[english], alike[english]), strict=True):
            likeness = np.interp(theirs, known[pair]["cosine"], known[pair]["likeness"])
            # as many of them as there are in this language, whose texts fall into other sentences
            places = np.linspace(0, len(likeness) - 1, len(mine))
            found[code][pair] = curve(mine, np.interp(places, np.arange(len(likeness)), likeness))
    return {code: curves for code, curves in found.items() if code != "en"}


def is_odd(key: str) -> bool:
    """Whether a paragraph is of an article with an odd number ("7#2")."""
    return int(key.partition("#")[0]) % 2 == 1


def main() -> None:
    """Writes the file to standard output."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("model")
    arguments.add_argument("--cases", nargs=2, type=Path, action="append", default=[], metavar=("CASES", "LIBRARY"))
    arguments.add_argument("--versions", nargs="*", default=[], metavar="CODE=FOLDER")
    arguments.add_argument("--onto", type=Path, help="the file that has the curve of English")
    asked = arguments.parse_args()
    if asked.versions:
        known = json.loads(asked.onto.read_text(encoding="utf-8"))
        folders = {code: Path(folder) for code, _, folder in (each.partition("=") for each in asked.versions)}
        json.dump(known | {"languages": in_languages(open_embedder(asked.model), folders, known)}, sys.stdout, indent=1)
        print()
        return
    sets: list[tuple[list[str], list[str]]] = []
    for cases, folder in asked.cases:
        lines = [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines()]
        quotes = [each["quote"][:MAX_CHARS] for line in lines for each in line.get("evidence", []) if each.get("quote")]
        with open_library(folder, create=False) as library:
            sets.append(([line["question"] for line in lines], [*sentences_of(library), *quotes]))
    (cosines, others), (wanted, alike) = (compared(open_embedder(name), sets) for name in (asked.model, MINILM))
    json.dump({"asked": curve(cosines, wanted), "alike": curve(others, alike)}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
