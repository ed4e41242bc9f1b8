"""What a record consists of: turns, numbered paragraphs, headings, pages, items, and what became of each item.

All offsets are character offsets into `Document.text`, half open. Every part is as the record prints it. In the
catalogue each kind of part has a table of its own, so that votes and decisions can be asked for by SQL.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, cast

ItemKind = Literal["item", "motion", "article", "application", "bill", "question", "case", "resolution"]
OutcomeKind = Literal["vote", "decision", "resolution", "ruling", "recommendation", "action", "withdrawn", "deferred"]
Rows = Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]
"""Runs a query with its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerTurn:
    """What one speaker says in one go. `speaker` is whom one would cite, `label` as printed, `time` a time code."""

    start: int
    end: int
    speaker: str
    label: str
    time: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedParagraph:
    """A numbered paragraph with all that belongs to it; `part` is what it is a paragraph of ("draft resolution I")."""

    start: int
    end: int
    number: str
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading's path, joined by " > ", and all that stands under it; `level` counts from 1."""

    start: int
    end: int
    text: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, by its printed label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A matter that a record deals with: its heading and number as printed, and who brought it."""

    id: str
    start: int
    end: int
    kind: ItemKind
    heading: str
    number: str | None = None
    parent: str | None = None
    movers: tuple[str, ...] = ()
    seconders: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()
    additional_sponsors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an item, and of a vote the counts and the names by side; None where not told.

    `text` is the sentence that says so, as in the record; from `start` to `end` are also the lists of its vote.
    """

    start: int
    end: int
    item: str | None
    kind: OutcomeKind
    text: str
    votes_for: int | None = None
    votes_against: int | None = None
    abstained: int | None = None
    names_for: tuple[str, ...] = ()
    names_against: tuple[str, ...] = ()
    names_abstained: tuple[str, ...] = ()
    owner: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """What of a file is not in the canonical text: what, how often, and where."""

    what: str
    count: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """All parts of a record, each kind in order of its place."""

    turns: tuple[SpeakerTurn, ...] = ()
    paragraphs: tuple[NumberedParagraph, ...] = ()
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    items: tuple[Item, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    omitted: tuple[Omission, ...] = ()

    @property
    def told_once(self) -> tuple[Outcome, ...]:
        """The outcomes; of several that have the same names of a vote only the one in which they are listed, not the
        sentence at a record's head that says it was adopted."""
        longest: dict[Sequence[tuple[str, ...]], Outcome] = {}
        for each in self.outcomes:
            names = (each.names_for, each.names_against, each.names_abstained)
            told = longest.setdefault(names, each)
            if each.end - each.start > told.end - told.start:
                longest[names] = each
        of_no_names = ((), (), ())
        return tuple(
            each
            for each in self.outcomes
            if (names := (each.names_for, each.names_against, each.names_abstained)) == of_no_names
            or longest[names] is each
        )


_OF_DOCUMENT = """document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, place INTEGER NOT NULL"""
TABLES = f"""
CREATE TABLE IF NOT EXISTS turns ({_OF_DOCUMENT}, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    speaker TEXT NOT NULL, label TEXT NOT NULL, time TEXT, item TEXT, PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paragraphs ({_OF_DOCUMENT}, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    number TEXT NOT NULL, part TEXT, PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS headings ({_OF_DOCUMENT}, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    text TEXT NOT NULL, level INTEGER NOT NULL, PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages ({_OF_DOCUMENT}, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    label TEXT NOT NULL, PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items ({_OF_DOCUMENT}, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    id TEXT NOT NULL, kind TEXT NOT NULL, heading TEXT NOT NULL, number TEXT, parent TEXT,
    PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes ({_OF_DOCUMENT}, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    item TEXT, kind TEXT NOT NULL, text TEXT NOT NULL, votes_for INTEGER, votes_against INTEGER, abstained INTEGER,
    owner TEXT, due TEXT, PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS omitted ({_OF_DOCUMENT}, what TEXT NOT NULL, count INTEGER NOT NULL, "where" TEXT NOT NULL,
    PRIMARY KEY (document_id, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record_names ({_OF_DOCUMENT}, part TEXT NOT NULL, role TEXT NOT NULL,
    number INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (document_id, part, place, role, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS turns_by_speaker ON turns(speaker);
CREATE INDEX IF NOT EXISTS outcomes_by_kind ON outcomes(kind);
CREATE INDEX IF NOT EXISTS record_names_by_name ON record_names(name);
"""
"""`place` counts the parts of a kind. The names of movers, sponsors and voters stand in `record_names`: `part` is items
or outcomes, `role` the field they fill."""

_KINDS: dict[str, type[Any]] = {
    "turns": SpeakerTurn, "paragraphs": NumberedParagraph, "headings": Heading, "pages": Page, "items": Item,
    "outcomes": Outcome, "omitted": Omission,
}  # fmt: skip
_NAMES = {
    "items": ("movers", "seconders", "sponsors", "additional_sponsors"),
    "outcomes": ("names_for", "names_against", "names_abstained"),
}


def structure_of(told: Mapping[str, Sequence[Mapping[str, Any]]]) -> Structure:
    """A structure out of what `dataclasses.asdict` made of it, lists in place of tuples."""
    return Structure(
        **{
            table: tuple(
                kind(
                    **{
                        name: tuple(cast(list[Any], value)) if isinstance(value, list) else value
                        for name, value in part.items()
                    }
                )
                for part in told[table]
            )
            for table, kind in _KINDS.items()
        }
    )


def put_structure(connection: sqlite3.Connection, document_id: str, structure: Structure) -> None:
    """Writes the parts of a document in place of those there are."""
    connection.execute("DELETE FROM record_names WHERE document_id = ?", (document_id,))
    for table in _KINDS:
        connection.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))
        names, parts = _columns(table), getattr(structure, table)
        marks = ", ".join("?" * (len(names) + 2))
        connection.executemany(
            f"INSERT INTO {table} (document_id, place, {', '.join(map(_column, names))}) VALUES ({marks})",
            [(document_id, place, *(getattr(part, name) for name in names)) for place, part in enumerate(parts)],
        )
        connection.executemany(
            "INSERT INTO record_names (document_id, place, part, role, number, name) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (document_id, place, table, role, number, name)
                for place, part in enumerate(parts)
                for role in _NAMES.get(table, ())
                for number, name in enumerate(getattr(part, role))
            ],
        )


def read_structure(rows: Rows, document_id: str) -> Structure:
    """The parts of a document as they were put."""
    named: dict[tuple[str, int], dict[str, tuple[str, ...]]] = {}
    sql = "SELECT part, place, role, name FROM record_names WHERE document_id = ? ORDER BY part, place, role, number"
    for table, place, role, name in rows(sql, (document_id,)):
        roles = named.setdefault((table, place), {})
        roles[role] = (*roles.get(role, ()), name)
    return Structure(
        **{
            table: tuple(
                kind(**dict(zip(_columns(table), row[1:], strict=True)), **named.get((table, row[0]), {}))
                for row in rows(
                    f"SELECT place, {', '.join(map(_column, _columns(table)))} FROM {table} "
                    "WHERE document_id = ? ORDER BY place",
                    (document_id,),
                )
            )
            for table, kind in _KINDS.items()
        }
    )


def _columns(table: str) -> list[str]:
    """The fields of a kind of part that are columns of its table."""
    return [each.name for each in fields(_KINDS[table]) if each.name not in _NAMES.get(table, ())]


def _column(name: str) -> str:
    """SQL has words of its own for some of them."""
    return {"end": "stop", "where": '"where"'}.get(name, name)
