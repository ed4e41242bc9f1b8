"""Connections to the files that a library writes."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from onrecord.vectorstore.disk import connect


def test_a_file_that_another_begins_to_write_is_waited_for(tmp_path: Path) -> None:
    """SQLite's own time-out does not cover it: turning the log on fails at once."""
    path = tmp_path / "new.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE lamps (name)")
        other.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(path, timeout=30)) as impatient, pytest.raises(sqlite3.OperationalError):
            impatient.execute("PRAGMA journal_mode = WAL")
        done = threading.Timer(0.3, other.commit)
        done.start()
        with closing(connect(path, synchronous="FULL")) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        done.join()


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        connect(tmp_path / "nowhere" / "a.sqlite", synchronous="FULL")
