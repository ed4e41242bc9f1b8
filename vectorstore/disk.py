"""What the disk and native code have to say when they fail, in words a person can act on."""

import errno
import os
import sqlite3
import tempfile
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from .errors import DiskRefuses

PRIVATE = 0o700
"""Mode of a library's folder."""
_PROBE = b"\0" * 65536
_FULL = (errno.ENOSPC, errno.EDQUOT)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_PATIENCE_S = 30.0
_PAUSE_S = 0.01


def connect(path: Path, synchronous: str) -> sqlite3.Connection:
    """A connection with a write-ahead log, which several threads may use in turn; transactions are begun by hand.

    Raises sqlite3.OperationalError where the file cannot be opened or written beside.
    """
    connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def opened(path: Path, schema: str) -> Generator[sqlite3.Connection]:
    """A connection to a small database beside the catalogue, on the disk at every commit; `schema` makes its tables.

    Raises DiskRefuses where the disk is full or may not be written to.
    """
    try:
        with closing(connect(path, synchronous="FULL")) as connection:
            connection.executescript(schema)
            yield connection
    except sqlite3.OperationalError as error:
        raise refusal_of(path.parent) or error from error


@contextmanager
def writing(path: Path, schema: str) -> Generator[sqlite3.Connection]:
    """As `opened`, within a transaction that is kept where nothing is raised."""
    with opened(path, schema) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turns the log on. SQLite's own time-out does not cover two who do so at once: one of them fails immediately."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_PAUSE_S)


def snapshot(source: Path, target: Path) -> None:
    """Copies a database as it stands at one moment, its write-ahead log included, while others read and write it.

    The copy is on the disk when this returns. Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_S)) as whole:
        with closing(sqlite3.connect(target)) as copy:
            whole.backup(copy)
    sync(target)


def sync(path: Path) -> None:
    """Has what was written to a file, or which names a folder holds, be on the disk when this returns."""
    if path.is_dir() and os.name != "posix":  # Windows opens no folder
        return
    opened = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def refusal_of(folder: Path) -> DiskRefuses | None:
    """Why nothing can be written to a folder; None where it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        if error.errno in _FULL:
            return DiskRefuses(f"The disk of {folder} is full. Make room and run the command again; asking goes on.")
        if error.errno in _READ_ONLY:
            return DiskRefuses(
                f"{folder} is read-only, or not this user's to write to. Asking goes on; to change the library, make "
                "the folder writable."
            )
    return None


def is_refusal(error: BaseException) -> bool:
    """Whether an error may come from a disk that takes no more."""
    if isinstance(error, OSError):
        return error.errno in (*_FULL, *_READ_ONLY)
    told = str(error).lower()
    words = ("full", "readonly", "read-only", "unable to open", "no space", "permission denied", "disk i/o")
    return isinstance(error, (sqlite3.Error, ValueError)) and any(word in told for word in words)


def is_failure(error: BaseException) -> bool:
    """Whether code broke down, a panic of a Rust library included, which is no `Exception`; not an interruption."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"
