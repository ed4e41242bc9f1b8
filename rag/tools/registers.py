"""Registers: the votes, sponsors, statements, decisions and acronyms of a library's records, and these, a row each.

A row is what the library has stored of a record's items, outcomes and turns, with the place that shows it. Nothing is
searched for by likeness: a register is whole, or as whole as the records were read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...ingest.language.sentences import sentence_spans
from ...ingest.language.states import state_of
from ...ingest.structure.facts.acronyms import definitions
from ...vectorstore.errors import InputError
from ...vectorstore.names import fold
from ...vectorstore.passage import Document, Filters
from ...vectorstore.store import Store
from ...vectorstore.structure import Item, Outcome, Structure
from ..answer import Citation
from ..answering.decisions import lists_of
from ..answering.listed import place_of_one
from ..answering.quoted import citation_at, head_of

Kind = Literal["votes", "sponsors", "statements", "decisions", "documents", "acronyms"]
KINDS: tuple[Kind, ...] = ("votes", "sponsors", "statements", "decisions", "documents", "acronyms")
ROLES = {
    "sponsor": "sponsors",
    "additional sponsor": "additional_sponsors",
    "mover": "movers",
    "seconder": "seconders",
}

# What may stand between a speaker's label and the words: separators, marks of emphasis and of lists.
_BEFORE_WORDS = " \t\n:：.-–—*_>)"
_LABEL_AT_CHARS = 40
_MARK_OF_LOG = re.compile(r"[\W\d]{0,40}?<[^<>\n]{1,60}>\s?")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows: of whom (a state by any of its names), about what, of which record, from when until when.

    `who` and `about` are compared word by word; dates are ISO 8601, a year or month for the whole of it.
    """

    who: str | None = None
    about: str | None = None
    document: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def filters(self) -> Filters:
        """What of it tells records apart."""
        return Filters(document=self.document, since=self.since, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a register, with its citation.

    `what` is the side of a vote (for, against, abstained; "" where no names are told), the role of a sponsor, or the
    kind of an outcome; `who` the name as the record has it: of a decision who is to act, of a document who issued it,
    of an acronym the short form, whose long form is the `item`. `outcome` is the vote or the decision itself.
    """

    citation: Citation
    item: str
    what: str
    who: str | None = None
    outcome: Outcome | None = None


def register(store: Store, kind: Kind, wanted: Wanted | None = None) -> list[Row]:
    """The rows of a register, by date and place. Raises InputError for a kind or a date that is none."""
    if kind not in KINDS:
        raise InputError(f"There is no register of {kind!r}. There are: {', '.join(KINDS)}")
    wanted = wanted or Wanted()
    if wrong := next((each for each in (wanted.since, wanted.until) if each and not _DATE.fullmatch(each)), None):
        raise InputError(f"{wrong!r} is no date. Write 2031, 2031-03 or 2031-03-12.")
    within = store.select(wanted.filters).documents if any((wanted.document, wanted.since, wanted.until)) else None
    listings = [each for each in store.listings() if within is None or each.id in within]
    told: list[Row] = []
    for listing in sorted(listings, key=lambda each: (each.date or "", each.symbol or "", each.source)):
        document = store.document(listing.id)
        if document:
            told += _of_record(store, document, kind, wanted)
    return told


def _of_record(store: Store, document: Document, kind: Kind, wanted: Wanted) -> Iterator[Row]:
    record = _Record(store=store, document=document, structure=store.structure(document.id), who=wanted.who)
    rows: Mapping[Kind, Callable[[_Record], Iterator[Row]]] = {
        "votes": _votes, "sponsors": _sponsors, "statements": _statements, "decisions": _decisions,
        "documents": _documents, "acronyms": _acronyms,
    }  # fmt: skip
    about = set(store.lexical.words(wanted.about or ""))
    for row in rows[kind](record):
        if about <= set(store.lexical.words(f"{row.item} {document.title} {row.citation.quote}")):
            yield row


@lru_cache(maxsize=4096)
def is_of(wanted: str, name: str) -> bool:
    """Whether a name is the one wanted: the same state by any name, or one that holds all of its words."""
    code = state_of(wanted)
    if code is not None and state_of(name) is not None:
        return code == state_of(name)
    return set(fold(wanted).split()) <= set(fold(name).replace(",", " ").replace("(", " ").replace(")", " ").split())


@dataclass(slots=True, kw_only=True)
class _Record:
    """A record with its parts, and what cites them."""

    store: Store
    document: Document
    structure: Structure
    who: str | None

    def wants(self, name: str | None) -> bool:
        """Whether the rows asked for are of this name."""
        return self.who is None or (name is not None and is_of(self.who, name))

    def heading(self, item_id: str | None) -> str:
        """What an item is called; the record's title where there is none."""
        item = next((each for each in self.structure.items if each.id == item_id), None)
        return item.heading if item else self.document.title

    def cited(self, start: int, end: int) -> Citation:
        """A place of it."""
        return citation_at(self.store, self.document, start, end)


def _votes(record: _Record) -> Iterator[Row]:
    """A row for each name on each side of a vote; one for a vote without names, or what was adopted without one."""
    for outcome in record.structure.told_once:
        item = record.heading(outcome.item)
        lists = lists_of(outcome)
        if not any(lists.values()):
            if record.who is None and (outcome.kind == "vote" or outcome.votes_for is not None):
                yield Row(citation=record.cited(outcome.start, outcome.end), item=item, what="", outcome=outcome)
            continue
        for side, names in lists.items():
            for name in filter(record.wants, names):
                place = place_of_one(record.document.text, outcome.start, outcome.end, name, names)
                place = place or (outcome.start, outcome.end)
                yield Row(citation=record.cited(*place), item=item, what=side, who=name, outcome=outcome)


def _sponsors(record: _Record) -> Iterator[Row]:
    for item in record.structure.items:
        for role, attribute in ROLES.items():
            names: Sequence[str] = getattr(item, attribute)
            for name in filter(record.wants, names):
                place = place_of_one(record.document.text, item.start, item.end, name, names)
                yield Row(citation=record.cited(*(place or _head(item))), item=item.heading, what=role, who=name)


def _head(item: Item) -> tuple[int, int]:
    return item.start, min(item.end, item.start + len(item.heading))


def _statements(record: _Record) -> Iterator[Row]:
    """A row for each turn in which something is said, with its first sentence."""
    for turn in (turn for turn in record.structure.turns if record.wants(turn.speaker)):
        text = record.document.text[turn.start : turn.end]
        spoken = text[_end_of_label(text, turn.label) :].lstrip(_BEFORE_WORDS)
        start = turn.end - len(spoken)
        sentences = (span for span in sentence_spans(spoken) if any(map(str.isalpha, spoken[slice(*span)])))
        if not (first := next(sentences, None)):
            continue
        citation = record.cited(start + first[0], start + first[1])
        yield Row(citation=citation, item=record.heading(turn.item), what="statement", who=turn.speaker)


def _end_of_label(text: str, label: str) -> int:
    """Where a turn's label ends; marks, numbers, times and a writer's mark may stand before it. 0 or behind these where
    the turn begins without; all of the text where a log tells of somebody: "<lind> lind has joined".
    """
    mark = _MARK_OF_LOG.match(text)
    first = mark.end() if mark else 0
    start = text.find(label, first, first + len(label) + _LABEL_AT_CHARS)
    if not label or start < 0 or any(map(str.isalpha, text[first:start])):
        return first
    end = start + len(label)
    return len(text) if mark and start == first and text[end : end + 1] == " " else end


def _decisions(record: _Record) -> Iterator[Row]:
    for outcome in (outcome for outcome in record.structure.outcomes if record.wants(outcome.owner)):
        start = record.document.text.find(outcome.text, outcome.start, outcome.end)
        place = (start, start + len(outcome.text)) if start >= 0 else (outcome.start, outcome.end)
        item = record.heading(outcome.item)
        yield Row(citation=record.cited(*place), item=item, what=outcome.kind, who=outcome.owner, outcome=outcome)


def _documents(record: _Record) -> Iterator[Row]:
    """The record itself, by its title."""
    document = record.document
    issued = document.body or document.author
    if record.wants(issued):
        citation = head_of(record.store, document)
        yield Row(citation=citation, item=document.title, what="document", who=issued)


def _acronyms(record: _Record) -> Iterator[Row]:
    """A row for each short form, where the record says first what it stands for."""
    for each in definitions(record.document.text):
        if record.wants(each.short):
            yield Row(citation=record.cited(each.start, each.end), item=each.long, what="acronym", who=each.short)
