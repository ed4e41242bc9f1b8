"""Alerts, in one SQLite file in the library's folder: what is watched, what of it is known, what is to be delivered.

    look: what the library holds now -> what is not known yet -> noted, in one transaction
    run:  look -> each that is noted and not delivered -> delivered -> marked

Whatever is noted is delivered, also after a crash; what a crash kept from being marked is delivered once more, under
the same id, by which a receiver knows it.
"""

import json
import sqlite3
import uuid
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from ....vectorstore.disk import connect, opened, writing
from ....vectorstore.errors import InputError, LibraryBusy, LibraryError, OnRecordError
from ....vectorstore.store import Store
from ...schema import citation_json
from .found import Everything, Found, Subject, as_facts, check_subject, found_of

FILE = "alerts.sqlite"
MAX_ALERTS = 500
MAX_WEBHOOK_CHARS = 2_000
FEED_ENTRIES = 200
REDACTED = "[removed]"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, webhook TEXT, added_at TEXT NOT NULL, looked_at INTEGER);
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    alert TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE, key TEXT NOT NULL, document TEXT NOT NULL,
    found_at TEXT NOT NULL, body TEXT, delivered_at TEXT, UNIQUE (alert, key));
CREATE TABLE IF NOT EXISTS asked (
    alert TEXT NOT NULL REFERENCES alerts(id) ON DELETE CASCADE, record TEXT NOT NULL, PRIMARY KEY (alert, record));
CREATE INDEX IF NOT EXISTS entries_to_deliver ON entries(alert, delivered_at);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that is watched; `webhook` is where what is new is posted, `added_at` ISO 8601 in UTC."""

    id: str
    subject: Subject
    webhook: str | None
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something new: `id` is that of its delivery, `body` what is delivered, as JSON."""

    id: str
    alert: str
    found_at: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a run: what was delivered, and what was not, with the reason; that is tried again by the next."""

    delivered: tuple[Entry, ...]
    failed: tuple[tuple[Entry, str], ...] = ()


Deliver = Callable[[Alert, Entry], None]
"""Hands an entry on; an OnRecordError says that it was not taken."""


class Alerts:
    """The alerts of a library. Safe to share between threads and processes."""

    def __init__(self, store: Store, everything: Everything) -> None:
        self._store = store
        self._everything = everything
        self._path = store.folder / FILE

    def all(self) -> list[Alert]:
        """The alerts, the oldest first; who sees a part of a library has none, for they tell what others ask."""
        if self._store.is_part or not self._path.is_file():
            return []
        with opened(self._path, _SCHEMA) as connection:
            sql = "SELECT id, subject, webhook, added_at FROM alerts ORDER BY added_at, rowid"
            return [_alert(row) for row in connection.execute(sql).fetchall()]

    def alert(self, key: str) -> Alert:
        """One of them. Raises InputError where there is none of this id."""
        found = next((each for each in self.all() if each.id == key), None)
        if found is None:
            raise InputError(f"There is no alert {key!r}. See: onrecord alerts list")
        return found

    def add(self, subject: Subject, *, webhook: str | None = None, known: bool = True) -> Alert:
        """Watches something from now on; unless it is taken for `known`, what is there already is new to it.

        Raises InputError for a subject that says nothing, an address that is none, and where there are too many.
        """
        if self._store.is_part:
            raise LibraryError("This is a part of a library, to be read only. Watch the whole.")
        check_subject(subject)
        if webhook is not None and (
            not webhook.lower().startswith(("http://", "https://")) or len(webhook) > MAX_WEBHOOK_CHARS
        ):
            raise InputError(f"{webhook[:80]!r} is no web address that something can be posted to.")
        if len(self.all()) >= MAX_ALERTS:
            raise InputError(f"There are {MAX_ALERTS} alerts already. Remove some.")
        self._store.refresh()
        asked = self._records() if known else {}
        there = found_of(self._store, subject, self._everything) if known else []
        alert = Alert(id=uuid.uuid4().hex[:8], subject=subject, webhook=webhook, added_at=_now())
        with writing(self._path, _SCHEMA) as connection:
            connection.execute(
                "INSERT INTO alerts VALUES (?, ?, ?, ?, NULL)",
                (alert.id, json.dumps(as_facts(subject)), webhook, alert.added_at),
            )
            for each in there:
                connection.execute(
                    "INSERT OR IGNORE INTO entries (id, alert, key, document, found_at, delivered_at) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (_id(), alert.id, each.key, each.citation.document.id, alert.added_at, alert.added_at),
                )
            _note_asked(connection, alert, asked)
        return alert

    def remove(self, key: str) -> Alert:
        """Watches it no more. Raises InputError where there is none of this id."""
        found = self.alert(key)
        with writing(self._path, _SCHEMA) as connection:
            connection.execute("DELETE FROM alerts WHERE id = ?", (key,))
        return found

    def look(self, keys: Sequence[str] = ()) -> None:
        """Notes what is new of some alerts, or of all; nothing where the library is as it was when last looked at."""
        self._store.refresh()
        version = self._store.version
        for alert in self._chosen(keys):
            with opened(self._path, _SCHEMA) as connection:
                sql = "SELECT looked_at FROM alerts WHERE id = ?"
                looked = (connection.execute(sql, (alert.id,)).fetchone() or (None,))[0]
            if looked == version:
                continue
            records = self._unasked(alert)
            now = [(each, _body(alert, each)) for each in self._unknown(alert, records)]
            with writing(self._path, _SCHEMA) as connection:
                for each, body in now:
                    connection.execute(
                        "INSERT OR IGNORE INTO entries (id, alert, key, document, found_at, body) "
                        "SELECT ?, id, ?, ?, ?, ? FROM alerts WHERE id = ?",
                        (_id(), each.key, each.citation.document.id, _now(), json.dumps(body), alert.id),
                    )
                _note_asked(connection, alert, records)
                connection.execute("UPDATE alerts SET looked_at = ? WHERE id = ?", (version, alert.id))

    def run(self, deliver: Deliver, keys: Sequence[str] = ()) -> Run:
        """Looks, and delivers what is new of some alerts, or of all, in the order it was found.

        Of an alert one entry of which is not taken, the later ones wait too. Raises LibraryBusy while another run is
        under way, InputError for an alert that there is not.
        """
        delivered: list[Entry] = []
        failed: list[tuple[Entry, str]] = []
        with self._alone():
            self.look(keys)
            for alert in self._chosen(keys):
                for entry in self._waiting(alert):
                    try:
                        deliver(alert, entry)
                    except OnRecordError as error:
                        failed.append((entry, str(error)))
                        break
                    with writing(self._path, _SCHEMA) as connection:
                        connection.execute("UPDATE entries SET delivered_at = ? WHERE id = ?", (_now(), entry.id))
                    delivered.append(entry)
        return Run(delivered=tuple(delivered), failed=tuple(failed))

    def entries(self, key: str | None = None, limit: int = FEED_ENTRIES) -> list[Entry]:
        """What was found new, the latest first, delivered or not. Raises InputError for an alert that there is not."""
        if not self._chosen([key] if key else []):
            return []
        sql = "SELECT id, alert, found_at, body FROM entries WHERE body IS NOT NULL AND ? IN (alert, '') "
        with opened(self._path, _SCHEMA) as connection:
            rows = connection.execute(f"{sql} ORDER BY number DESC LIMIT ?", (key or "", limit)).fetchall()
        return [_entry(row) for row in rows]

    def _chosen(self, keys: Sequence[str]) -> list[Alert]:
        return [self.alert(key) for key in dict.fromkeys(keys)] if keys else self.all()

    def _records(self) -> dict[str, str]:
        """The ids of the records that can be searched, by what tells each as it now reads."""
        return {f"{each.id} {each.sha256}": each.id for each in self._store.listings() if each.state != "read"}

    def _unasked(self, alert: Alert) -> dict[str, str]:
        """Those of the records of which an alert has not been asked yet."""
        with opened(self._path, _SCHEMA) as connection:
            rows = connection.execute("SELECT record FROM asked WHERE alert = ?", (alert.id,)).fetchall()
        asked = {row[0] for row in rows}
        return {name: key for name, key in self._records().items() if name not in asked}

    def _unknown(self, alert: Alert, records: Mapping[str, str]) -> list[Found]:
        """What an alert has not found yet; a question is asked of the records that are new to it, so that many older
        sentences never crowd out a new one."""
        with opened(self._path, _SCHEMA) as connection:
            rows = connection.execute("SELECT key FROM entries WHERE alert = ?", (alert.id,)).fetchall()
        known = {row[0] for row in rows}
        within = records.values() if alert.subject.kind == "question" else None
        found = found_of(self._store, alert.subject, self._everything, within)
        return [each for each in found if each.key not in known]

    def _waiting(self, alert: Alert) -> list[Entry]:
        sql = "SELECT id, alert, found_at, body FROM entries WHERE alert = ? AND delivered_at IS NULL ORDER BY number"
        with opened(self._path, _SCHEMA) as connection:
            return [_entry(row) for row in connection.execute(sql, (alert.id,)).fetchall()]

    @contextmanager
    def _alone(self) -> Generator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._path.with_suffix(".lock"), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise LibraryBusy("Another run of the alerts is under way. Try again when it is done.") from None
        try:
            yield
        finally:
            lock.release()


def redact(folder: Path, document_ids: Collection[str]) -> None:
    """Takes the words of some documents out of what alerts found, and off the disk."""
    path = folder / FILE
    if not path.is_file():
        return
    with closing(connect(path, synchronous="FULL")) as connection:
        connection.executescript(_SCHEMA)
        for document_id in document_ids:  # the key stays, a hash: what is known is not new again
            connection.execute(
                "UPDATE entries SET body = NULL, delivered_at = ifnull(delivered_at, ?) WHERE document = ?",
                (_now(), document_id),
            )
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _body(alert: Alert, found: Found) -> dict[str, Any]:
    told = cast(dict[str, Any], citation_json(found.citation))
    kept = ("document", "quote", "start", "end", "locator", "label", "identifier", "url")
    return {"title": alert.subject.title, "who": found.who, "what": found.what, **{name: told[name] for name in kept}}


def _note_asked(connection: sqlite3.Connection, alert: Alert, records: Mapping[str, str]) -> None:
    sql = "INSERT OR IGNORE INTO asked SELECT id, ? FROM alerts WHERE id = ?"
    connection.executemany(sql, [(name, alert.id) for name in records])


def _alert(row: tuple[Any, ...]) -> Alert:
    key, subject, webhook, added_at = row
    return Alert(id=key, subject=Subject(**json.loads(subject)), webhook=webhook, added_at=added_at)


def _entry(row: tuple[Any, ...]) -> Entry:
    key, alert, found_at, body = row
    return Entry(id=key, alert=alert, found_at=found_at, body=json.loads(body))


def _id() -> str:
    return str(uuid.uuid4())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
