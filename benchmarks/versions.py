"""Whether the same paragraph is found in the other languages of a record.

    python benchmarks/versions.py LIBRARY PARAGRAPHS.jsonl [--from en]

of a library into which all language versions were read. The rows of PARAGRAPHS.jsonl have `doc` (the file's name),
`lang`, `symbol`, `path` (the paragraph's number with those above it, equal in all languages) and `first` (its first
words). Of each paragraph whose path is one in both languages, the version that a citation of it carries is right where
it begins with that paragraph's first words. Prints precision, recall and F1 for each language.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from onrecord.rag import open_library
from onrecord.rag.answer import Citation
from onrecord.rag.tools.translations import version_in, versions_of
from onrecord.vectorstore.passage import Document
from onrecord.vectorstore.store import Store

Row = Mapping[str, str]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("paragraphs", type=Path)
    parser.add_argument("--from", dest="source", default="en")
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.paragraphs.read_text(encoding="utf-8").splitlines()]
    with open_library(asked.library) as library:
        counts = counted(library.store, rows, asked.source)
    for language, found in sorted(counts.items()):
        right, wrong, missed = found["right"], found["wrong"], found["missed"]
        precision, recall = right / max(1, right + wrong), right / max(1, right + wrong + missed)
        f1 = 2 * right / max(1, 2 * right + 2 * wrong + missed)
        pairs = right + wrong + missed
        print(f"{language}  pairs {pairs}  precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}")


def counted(store: Store, rows: list[Row], source: str) -> dict[str, Counter[str]]:
    """By language, how many versions are right, wrong and missed."""
    documents = {Path(each.source).name: each.id for each in store.listings()}
    of_path: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["path"]:
            of_path[row["symbol"], row["lang"], row["path"]].append(row)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (symbol, language, path), found in of_path.items():
        document = store.document(documents.get(found[0]["doc"], ""))
        if language != source or len(found) > 1 or document is None:
            continue
        for other in versions_of(store, document):
            pair = of_path.get((symbol, other.language or "", path), [])
            if len(pair) == 1:
                counts[other.language or ""][verdict(store, document, other, found[0], pair[0])] += 1
    return counts


def verdict(store: Store, document: Document, other: Document, row: Row, pair: Row) -> str:
    """Of one paragraph: "right", "wrong" or "missed"."""
    passages = store.passages_of(document.id)
    for passage in sorted(passages, key=lambda each: each.locator.paragraph != row["path"]):  # some begin alike
        if begins(passage.text, row):
            citation = Citation(
                number=1,
                document=document,
                quote=passage.text,
                start=passage.start,
                end=passage.end,
                locator=passage.locator,
            )
            place = version_in(store, citation, other).place
            return "missed" if place is None else "right" if begins(other.text[slice(*place)], pair) else "wrong"
    return "missed"


def begins(text: str, row: Row) -> bool:
    """Whether a paragraph begins with the first words of a row, after its number."""
    said, first = letters(text), letters(row["first"])
    return first in said[: len(first) + 20]


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(re.findall(r"\w+", text)).casefold()


if __name__ == "__main__":
    main()
