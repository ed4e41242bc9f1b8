"""Which documents are versions of one another in several languages, by what translations keep.

A translation keeps the figures of a text, dates and numbers of paragraphs among them, and their order. Each document's
are kept when it is stored and compared with those of documents in other languages. Of pairs of documents that bear
different symbols nothing is told: those are different documents.
"""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..passage import Document

TABLES = """
CREATE TABLE IF NOT EXISTS skeletons (
    document_id TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    language TEXT NOT NULL, figures INTEGER NOT NULL, lines TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS skeletons_by_figures ON skeletons(figures);
CREATE TABLE IF NOT EXISTS translations (
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    likeness REAL NOT NULL, PRIMARY KEY (document_id, other));
CREATE INDEX IF NOT EXISTS translations_of_other ON translations(other);
"""
# Groups of digits one by one: Arabic may print the last of a number first. Not those of a month, which other languages
# than Chinese and Japanese write as a word.
_FIGURE = re.compile(r"\d++(?!\s?[月월])")
_LINE = re.compile(r"[^\n]++")
# Of 250 pairs of versions in six languages the least have .94 of their figures and .90 of their lines in common. The
# likest of other documents of one series have .94 and .40, or .90 and .88: each year's repeats the year's before it.
_FIGURES_IN_COMMON = 0.925
_LINES_IN_COMMON = 0.84
_FIGURES_MORE = 2
"""So many more may stand in a line of one language: what another writes in words."""
_FEWEST_FIGURES = 12
_FEWEST_LINES = 5
_MOST_LINES = 5000
_BAND = 40
"""So many lines on either side of the straight way are looked at."""

Rows = Sequence[Mapping[str, Any]]


def skeleton(text: str) -> list[list[str]]:
    """The figures of each line that has any, as plain digits, sorted: languages order them otherwise."""
    lines = (sorted(map(_plain, _FIGURE.findall(line))) for line in _LINE.findall(text))
    return [line for line in lines if line]


def _plain(figure: str) -> str:
    return "".join(str(int(each)) for each in figure if each.isdecimal())


def likeness(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> float:
    """How alike two skeletons are, 0 to 1; 0 for those too unlike to be of versions of one document, or too short."""
    left, right = (Counter(figure for line in lines for figure in line) for lines in (one, other))
    if min(left.total(), right.total()) < _FEWEST_FIGURES or not _FEWEST_LINES <= min(len(one), len(other)):
        return 0.0
    figures = 2 * (left & right).total() / (left.total() + right.total())
    if figures < _FIGURES_IN_COMMON or max(len(one), len(other)) > _MOST_LINES:
        return 0.0
    lines = 2 * _in_common(list(map(Counter, one)), list(map(Counter, other))) / (len(one) + len(other))
    return figures * lines if lines >= _LINES_IN_COMMON else 0.0


def _in_common(one: "Sequence[Counter[str]]", other: "Sequence[Counter[str]]") -> int:
    """How many lines say the same, in order: their longest common subsequence, near the straight way."""
    above: dict[int, int] = {}
    for row, line in enumerate(one):
        middle = row * len(other) // len(one)
        here: dict[int, int] = {}
        for place in range(max(0, middle - _BAND), min(len(other), middle + _BAND + 1)):
            best = max(above.get(place, 0), here.get(place - 1, above.get(place - 1, 0)))
            if _same(line, other[place]):
                best = max(best, above.get(place - 1, 0) + 1)
            here[place] = best
        above = here
    return max(above.values(), default=0)


def _same(one: "Counter[str]", other: "Counter[str]") -> bool:
    fewer, more = sorted((one.total(), other.total()))
    return more <= fewer + _FIGURES_MORE and (one & other).total() == fewer


def put_skeleton(connection: sqlite3.Connection, document: Document) -> None:
    """Keeps a stored document's skeleton, and which documents in other languages it is like."""
    connection.execute("DELETE FROM skeletons WHERE document_id = ?", (document.id,))
    connection.execute("DELETE FROM translations WHERE ? IN (document_id, other)", (document.id,))
    lines = skeleton(document.text)
    total = sum(map(len, lines))
    if not document.language or total < _FEWEST_FIGURES:
        return
    # No more of either's figures can be in common than the other has.
    most = 2 / _FIGURES_IN_COMMON - 1
    near = connection.execute(
        "SELECT document_id, lines FROM skeletons WHERE figures BETWEEN ? AND ? AND language <> ?",
        (int(total / most), int(total * most) + 1, document.language),
    )
    alike = [(document.id, key, like) for key, told in near if (like := likeness(lines, json.loads(told)))]
    connection.executemany("INSERT INTO translations VALUES (?, ?, ?)", alike)
    connection.execute(
        "INSERT INTO skeletons VALUES (?, ?, ?, ?)", (document.id, document.language, total, json.dumps(lines))
    )


def likest(documents: Rows, pairs: Iterable[tuple[str, str, float]]) -> list[tuple[str, str]]:
    """Those of the pairs in which each is the other's likest in its language, and symbols do not part them."""
    known = {facts["id"]: facts for facts in documents}
    best: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for pair in pairs:
        like = pair[2]
        if any(key not in known for key in pair[:2]):
            continue
        one, other = (known[key] for key in pair[:2])
        if one["symbol"] and other["symbol"]:  # theirs tell
            continue
        for here, there in ((one, other), (other, one)):
            found = best[here["id"]].get(there["language"], (0.0, ""))
            best[here["id"]][there["language"]] = max(found, (like, there["id"]))
    return [
        (key, other)
        for key, by_language in best.items()
        for _, other in by_language.values()
        if best[other].get(known[key]["language"], (0.0, ""))[1] == key
    ]
