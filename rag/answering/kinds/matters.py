"""What a record deals with, in its order, and what became of each matter."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from ....vectorstore.markup import plain
from ....vectorstore.passage import Document
from ....vectorstore.structure import Item, Outcome

LINE_CHARS = 300
_LEAD_IN = re.compile(r"(?:[^\W\d]:\d{0,3}|:)\s*\Z")
MAX_DEPTH = 4  # a record within a collection, its parts, their items


def matters(document: Document, items: Sequence[Item]) -> list[Item]:
    """The items that are part of no other; in place of one that is most of the record, those that it is made of.

    Items with nothing under their heading are none.
    """
    held = [item for item in items if document.text[line_end(document, item) : item.end].strip()]
    found = [item for item in held if item.parent is None]
    for _ in range(MAX_DEPTH):
        whole = next((item for item in found if item.end - item.start > len(document.text) / 2), None)
        within = [item for item in held if whole and item.parent == whole.id]
        if len(within) < 2:
            break
        found = sorted([*(item for item in found if item is not whole), *within], key=lambda item: item.start)
    return found


def line_end(document: Document, item: Item) -> int:
    """Where the first line of an item ends, or so much of it as is shown."""
    stop = min(item.end, item.start + LINE_CHARS)
    line = document.text.find("\n", item.start, stop)
    return line if line > item.start else stop


def without_lead_ins(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes that say what was decided; "The Council decided:" does not, nor with the number of a note at its
    end."""
    return [each for each in outcomes if not _LEAD_IN.search(plain(each.text)[-10:])]


def outcomes_in(outcomes: Sequence[Outcome], item: Item) -> Sequence[Outcome]:
    """What became of an item and of what it is made of, in order."""
    first, last = (bisect_left(outcomes, place, key=lambda each: each.start) for place in (item.start, item.end))
    return outcomes[first:last]


def told_at(document: Document, outcome: Outcome) -> tuple[int, int]:
    """Where the sentence that tells an outcome stands, without the lists of its vote."""
    start = max(outcome.start, document.text.find(outcome.text, outcome.start, outcome.end))
    return start, start + len(outcome.text)
