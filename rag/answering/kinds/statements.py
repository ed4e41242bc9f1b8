"""Everything that a delegation or a person says in the records, in order: record by record, item by item."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ....vectorstore.names import fold
from ....vectorstore.passage import Document, Locator, shortened
from ....vectorstore.store import Store
from ....vectorstore.structure import SpeakerTurn
from ..candidates import MAX_HEADING_CHARS, heading_of

_ASIDES = re.compile(r"\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a speaker says in one go: `text` is the document's from `start` to `end`, `heading` that of its item,
    else the one that it stands under."""

    document: Document
    speaker: str
    start: int
    end: int
    locator: Locator
    heading: str | None = None

    @property
    def text(self) -> str:
        """The words as stored, the speaker's label at their head."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Statements of those whose name fits, `speakers`; `total` counts them all, those of `records` records."""

    speakers: tuple[str, ...]
    total: int
    records: int
    told: tuple[Statement, ...]


def statements_of(store: Store, name: str, offset: int = 0, limit: int | None = None) -> Statements:
    """What somebody says, the oldest record first; all of it, or `limit` statements from the one at `offset`.

    A name fits where it stands, whole, in a speaker's: "Norway" also in "Ms. Dahl (Norway)".
    """
    turns = _turns(store, name)
    dates = {each.id: each.date or "" for each in store.listings()}
    turns.sort(key=lambda turn: (dates.get(turn[0], ""), turn[0], turn[1].start))
    last = None if limit is None else offset + limit
    return Statements(
        speakers=tuple(dict.fromkeys(turn.speaker for _, turn in turns)),
        total=len(turns),
        records=len({key for key, _ in turns}),
        told=tuple(_told(store, turns[offset:last])),
    )


def count_statements(store: Store, names: Collection[str]) -> tuple[int, int]:
    """How many statements are by speakers of these names, and in how many records."""
    turns = {(key, turn.start) for name in names for key, turn in _turns(store, name)}
    return len(turns), len({key for key, _ in turns})


def _turns(store: Store, name: str) -> list[tuple[str, SpeakerTurn]]:
    """The turns of those whose name fits, with the ids of their documents."""
    known = store.derived("turn names", lambda: [(fold(f"{s} {t}"), s, t) for s, t in store.catalogue.turn_names()])
    wholes = [fold(name), fold(_ASIDES.sub("", name))]
    for whole in filter(None, wholes):
        fitting = re.compile(rf"(?<![\w-]){re.escape(whole)}(?![\w-])")
        found = {(speaker, label) for folded, speaker, label in known if fitting.search(folded)}
        if found:
            turns = store.catalogue.turns_by({speaker for speaker, _ in found}, {label for _, label in found})
            return [(key, turn) for key, turn in turns if (turn.speaker, turn.label) in found]
    return []


def _told(store: Store, turns: Sequence[tuple[str, SpeakerTurn]]) -> Iterator[Statement]:
    """Turns as statements, each document read once."""
    for key, of_document in groupby(turns, key=lambda turn: turn[0]):
        document = store.document(key)
        if document is None:
            continue
        passages = store.passages_of(key)
        starts = [each.start for each in passages]
        headings = {item.id: heading_of(item) for item in store.structure(key).items}
        for _, turn in of_document:
            place = bisect_right(starts, turn.start) - 1
            locator = passages[place].locator if place >= 0 else Locator()
            yield Statement(
                document=document, speaker=turn.speaker, start=turn.start, end=turn.end, locator=locator,
                heading=headings.get(turn.item or "") or _section(document, locator),
            )  # fmt: skip


def _section(document: Document, locator: Locator) -> str | None:
    """The heading that a place stands under, where it is not the document's title."""
    heading = locator.section.rsplit(" > ", 1)[-1] if locator.section else ""
    return shortened(heading, MAX_HEADING_CHARS) if heading and heading != document.title else None
