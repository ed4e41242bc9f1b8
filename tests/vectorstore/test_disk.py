"""Connections to the files that a library writes."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onrecord.vectorstore.disk import connect


def test_many_who_open_a_new_file_at_once_all_get_a_log(tmp_path: Path) -> None:
    ready = threading.Barrier(12)

    def open_together(path: Path) -> str:
        ready.wait()
        connection = connect(path, synchronous="FULL")
        mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.close()
        return mode

    with ThreadPoolExecutor(12) as pool:
        for n in range(20):
            path = tmp_path / f"{n}.sqlite"
            assert list(pool.map(open_together, [path] * 12)) == ["wal"] * 12


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        connect(tmp_path / "nowhere" / "a.sqlite", synchronous="FULL")
