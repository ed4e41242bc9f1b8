"""Quotes kept while reading, in one SQLite file in the library's folder, beside the conversations.

A quote is kept with its record's facts, so that it can be cited when the record is gone; its identifier tells whether
its words still stand in the library. Each notebook has an owner: "" is the library's own, which the command line has.
"""

import json
import secrets
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ....vectorstore.disk import connect, opened, writing
from ....vectorstore.errors import InputError
from ....vectorstore.passage import Document, Locator
from ...answer import Citation
from ..citations.portable import address, identifier

FILE = "notebook.sqlite"
MAX_QUOTES = 2_000
MAX_NOTE_CHARS = 4_000
MAX_NAME_CHARS = 120
MAX_QUOTE_CHARS = 20_000
REDACTED = "[removed]"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, place INTEGER NOT NULL, identifier TEXT NOT NULL,
    document TEXT NOT NULL, citation TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', kept_at TEXT NOT NULL,
    checked_by TEXT, checked_at TEXT, UNIQUE (owner, identifier));
CREATE INDEX IF NOT EXISTS kept_of_owner ON kept(owner, place);
"""
_COLUMNS = "id, identifier, citation, note, kept_at, checked_by, checked_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A quote in a notebook. Its record has no text; `identifier` finds the words again, `url` opens them on the web.

    `note` is a line of the reader's; `checked_by` who compared the quote with the original, `checked_at` when: ISO 8601
    in UTC, None where nobody has.
    """

    id: str
    citation: Citation
    identifier: str
    url: str | None
    note: str
    kept_at: str
    checked_by: str | None = None
    checked_at: str | None = None


class Notebook:
    """The quotes that one owner keeps in a library. Safe to share between threads and processes."""

    def __init__(self, folder: Path, owner: str = "", seen: Collection[str] | None = None) -> None:
        """With `seen`, quotes of other documents (ids) are as if they were not there."""
        self._path = folder / FILE
        self._owner = owner
        self._seen = seen

    def quotes(self) -> list[Kept]:
        """The quotes in their order."""
        if not self._path.is_file():
            return []
        with opened(self._path, _SCHEMA) as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM kept WHERE owner = ? ORDER BY place", (self._owner,))
            kept = [_kept(row) for row in rows.fetchall()]
        return [each for each in kept if self._seen is None or each.citation.document.id in self._seen]

    def quote(self, key: str) -> Kept:
        """One of them. Raises InputError where there is none of this id."""
        found = next((each for each in self.quotes() if each.id == key), None)
        if found is None:
            raise InputError(f"There is no quote {key!r} in the notebook. See: onrecord notebook list")
        return found

    def keep(self, citation: Citation, note: str = "") -> Kept:
        """Puts a quote at the end; one that is there already stays where and as it is.

        Raises InputError for what is no quote, for one too long, and where the notebook is full.
        """
        if not citation.quote.strip() or len(citation.quote) > MAX_QUOTE_CHARS:
            raise InputError(f"A quote to keep has words, {MAX_QUOTE_CHARS:,} characters of them at most.")
        _check_note(note)
        named, key = identifier(citation), secrets.token_hex(4)
        with writing(self._path, _SCHEMA) as connection:
            count = connection.execute("SELECT count(*) FROM kept WHERE owner = ?", (self._owner,)).fetchone()[0]
            there = connection.execute(
                "SELECT id FROM kept WHERE owner = ? AND identifier = ?", (self._owner, named)
            ).fetchone()
            if there is None and count >= MAX_QUOTES:
                raise InputError(f"The notebook is full: it holds {MAX_QUOTES:,} quotes. Export it, and take some out.")
            if there is None:
                connection.execute(
                    "INSERT INTO kept (id, owner, place, identifier, document, citation, note, kept_at) VALUES "
                    "(?, ?, (SELECT ifnull(max(place), 0) + 1 FROM kept WHERE owner = ?), ?, ?, ?, ?, ?)",
                    (key, self._owner, self._owner, named, citation.document.id, _stored(citation), note, _now()),
                )
        return self.quote(key if there is None else there[0])

    def annotate(self, key: str, note: str) -> Kept:
        """Writes a line beside a quote, in place of the one there. Raises InputError."""
        _check_note(note)
        return self._changed(key, "note = ?", (note,))

    def check(self, key: str, by: str) -> Kept:
        """Notes who has compared a quote with the original, now. Raises InputError."""
        name = " ".join(by.split())
        if not name or len(name) > MAX_NAME_CHARS:
            raise InputError(f"Say who checked the quote, in {MAX_NAME_CHARS} characters at most.")
        return self._changed(key, "checked_by = ?, checked_at = ?", (name, _now()))

    def uncheck(self, key: str) -> Kept:
        """Takes that note back. Raises InputError."""
        return self._changed(key, "checked_by = NULL, checked_at = NULL", ())

    def move(self, key: str, place: int) -> None:
        """Puts a quote at a place, counted from 1; the others make room. Raises InputError."""
        order = [each.id for each in self.quotes() if each.id != self.quote(key).id]
        order.insert(min(max(place, 1) - 1, len(order)), key)
        with writing(self._path, _SCHEMA) as connection:
            for number, each in enumerate(order, start=1):
                connection.execute("UPDATE kept SET place = ? WHERE id = ? AND owner = ?", (number, each, self._owner))

    def remove(self, key: str) -> Kept:
        """Takes a quote out. Raises InputError where there is none of this id."""
        found = self.quote(key)
        with writing(self._path, _SCHEMA) as connection:
            connection.execute("DELETE FROM kept WHERE id = ? AND owner = ?", (found.id, self._owner))
        return found

    def _changed(self, key: str, change: str, values: tuple[str, ...]) -> Kept:
        found = self.quote(key)
        with writing(self._path, _SCHEMA) as connection:
            connection.execute(
                f"UPDATE kept SET {change} WHERE id = ? AND owner = ?", (*values, found.id, self._owner)
            )
        return self.quote(key)


def kept_of(folder: Path, document_ids: Collection[str]) -> int:
    """How many quotes of some documents are kept in a library's notebooks."""
    return sum(len(ids) for ids in _of(folder / FILE, document_ids).values())


def redact(folder: Path, document_ids: Collection[str]) -> None:
    """Takes the words of some documents out of every notebook, and off the disk; the readers' own lines stay."""
    path = folder / FILE
    found = _of(path, document_ids)
    if not any(found.values()):
        return
    with closing(connect(path, synchronous="FULL")) as connection:
        for ids in found.values():
            for key in ids:
                told = json.loads(connection.execute("SELECT citation FROM kept WHERE id = ?", (key,)).fetchone()[0])
                document = {"id": told["document"]["id"], "title": REDACTED, "source": REDACTED}
                emptied = {**told, "document": document, "quote": REDACTED, "locator": {}, "url": None}
                connection.execute(
                    "UPDATE kept SET citation = ?, identifier = ? WHERE id = ?",
                    (json.dumps(emptied), f"{REDACTED} {key}", key),
                )
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _of(path: Path, document_ids: Collection[str]) -> dict[str, list[str]]:
    """The ids of the quotes kept of each document."""
    if not path.is_file():
        return {}
    sql = "SELECT id FROM kept WHERE document = ? AND identifier NOT LIKE ?"
    with closing(connect(path, synchronous="FULL")) as connection:
        connection.executescript(_SCHEMA)
        return {
            each: [row[0] for row in connection.execute(sql, (each, f"{REDACTED}%"))] for each in document_ids
        }  # fmt: skip


def _check_note(note: str) -> None:
    if len(note) > MAX_NOTE_CHARS:
        raise InputError(f"A line beside a quote has {MAX_NOTE_CHARS:,} characters at most.")


def _stored(citation: Citation) -> str:
    """A citation as JSON, its document without the text."""
    document = {name: value for name, value in asdict(citation.document).items() if name != "text" and value}
    locator = {name: value for name, value in asdict(citation.locator).items() if value is not None}
    told: Mapping[str, Any] = {
        "document": document, "quote": citation.quote, "start": citation.start, "end": citation.end,
        "locator": locator, "url": address(citation),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def _kept(row: tuple[Any, ...]) -> Kept:
    key, named, stored, note, kept_at, checked_by, checked_at = row
    told = json.loads(stored)
    citation = Citation(
        number=1,
        document=Document(text="", **told["document"]),
        quote=told["quote"],
        start=told["start"],
        end=told["end"],
        locator=Locator(**told["locator"]),
    )
    return Kept(
        id=key, citation=citation, identifier=named, url=told["url"], note=note, kept_at=kept_at,
        checked_by=checked_by, checked_at=checked_at,
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
