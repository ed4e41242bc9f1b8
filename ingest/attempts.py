"""Which files were begun and not finished: one that failed its reader or the program twice is set aside by name.

    attempts.sqlite   a row for each file being read, or that overran its limits: how often, and what happened

A row is written before a file's bytes are looked at and taken out when its documents are stored. A program that dies
meanwhile leaves it, and the next one knows. What was under way together with the culprit is read again one by one, so
that a second death names just one.
"""

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ..vectorstore.disk import connect
from ..vectorstore.errors import OnRecordError

FILE = "attempts.sqlite"
LIMIT_ATTEMPTS = 2
_DIED = "the program ended while it was being read"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    source TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, times INTEGER NOT NULL, reason TEXT NOT NULL)
"""
_BEGIN = """
INSERT INTO attempts VALUES (?, ?, 1, ?) ON CONFLICT (source) DO UPDATE SET
    times = CASE WHEN fingerprint = excluded.fingerprint THEN times + 1 ELSE 1 END,
    fingerprint = excluded.fingerprint, reason = excluded.reason
"""


class Attempts:
    """The attempts of one ingest, as a context; what is under way when it ends in an orderly way is no attempt."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        # A program's death is to be survived, not the system's.
        self._connection = connect(folder / FILE, synchronous="NORMAL")
        self._connection.execute(_SCHEMA)
        self._known = _rows(self._connection)
        self._under_way: set[str] = set()
        self._being_stored: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._being_stored and _is_the_files_fault(error):
            self._under_way.discard(self._being_stored)
            self._note(self._being_stored, f"the program failed on it ({type(error).__name__})")
        for source in list(self._under_way):
            self._undo(source)
        with self._lock:
            self._connection.close()

    def times(self, source: str, fingerprint: str) -> int:
        """How often a file, as it is now, was begun and not finished before this ingest."""
        row = self._known.get(source)
        return row[1] if row and row[0] == fingerprint else 0

    def reason(self, source: str) -> str:
        """What happened the last time."""
        return self._known[source][2]

    def begin(self, source: str, fingerprint: str) -> None:
        """A file is being read from now on."""
        self._under_way.add(source)
        self._execute(_BEGIN, (source, fingerprint, _DIED))

    def store(self, source: str) -> None:
        """What was read of a file is being stored."""
        self._being_stored = source

    def end(self, source: str, killed: str | None = None) -> None:
        """A file is done with; `killed` says why its reader had to be ended, where it had."""
        self._being_stored = None
        self._under_way.discard(source)
        if killed:
            self._note(source, killed)
        else:
            self._execute("DELETE FROM attempts WHERE source = ?", (source,))

    def _note(self, source: str, reason: str) -> None:
        self._execute("UPDATE attempts SET reason = ? WHERE source = ?", (reason, source))

    def _undo(self, source: str) -> None:
        self._execute("UPDATE attempts SET times = times - 1 WHERE source = ?", (source,))
        self._execute("DELETE FROM attempts WHERE source = ? AND times < 1", (source,))

    def _execute(self, statement: str, values: tuple[str, ...]) -> None:
        with self._lock:
            self._connection.execute(statement, values)


def set_aside(folder: Path) -> dict[str, str]:
    """The files of a library that are set aside, and what happened the last time they were read."""
    if not (folder / FILE).is_file():
        return {}
    connection = sqlite3.connect(folder / FILE, timeout=30)
    try:
        rows = _rows(connection)
    except sqlite3.DatabaseError:  # it was being made when the program died
        return {}
    finally:
        connection.close()
    return {source: reason for source, (_, times, reason) in rows.items() if times >= LIMIT_ATTEMPTS}


def try_again(folder: Path, source: str) -> None:
    """Forgets what happened with a file, so that it is read as if it were new."""
    if (folder / FILE).is_file():
        with Attempts(folder) as attempts:
            attempts.end(source)


def _rows(connection: sqlite3.Connection) -> Mapping[str, tuple[str, int, str]]:
    rows = connection.execute("SELECT source, fingerprint, times, reason FROM attempts")
    return {source: (fingerprint, times, reason) for source, fingerprint, times, reason in rows}


def _is_the_files_fault(error: BaseException) -> bool:
    """Whether an error while storing what a file holds comes from what it holds, as far as can be told."""
    return isinstance(error, Exception) and not isinstance(error, OSError | sqlite3.Error | OnRecordError)
