"""What `kill.py` looks at and works with: all that a library holds, its files, a server, a catalogue as of earlier.

    python benchmarks/killing.py LIBRARY [WORD ...]    what it holds, and which of its files hold a word
"""

import argparse
import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import numpy as np

from onrecord.ui.listening import listen
from onrecord.vectorstore.passage import Listing, Passage
from onrecord.vectorstore.store import Store

TOLERANCE = 1e-5
LIMIT_S = 60.0
_LATER_COLUMNS = {
    "passages": ("part", "time", "item", "certainty"),
    "documents": ("body", "session", "agenda_item", "author", "publisher", "url"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """All that a library holds, to be compared."""

    listings: list[Listing]
    names: dict[str, str]
    acronyms: list[tuple[str, str]]
    passages: dict[str, list[Passage]]
    vectors: dict[str, np.ndarray]
    embedding: str | None
    faults: list[str]


def holding(library: Path) -> Holding:
    """What a library holds."""
    with closing(Store(library, create=False)) as store:
        listings = store.listings()
        passages = {listing.id: store.passages_of(listing.id) for listing in listings}
        return Holding(
            listings=listings,
            names=store.catalogue.names(),
            acronyms=store.catalogue.acronyms(),
            passages=passages,
            vectors=store.vectors.vectors_of([passage.id for found in passages.values() for passage in found]),
            embedding=store.catalogue.fact("embedding"),
            faults=store.faults(),
        )


def compare(expected: Holding, found: Holding) -> list[str]:
    """What differs, in words; nothing where all is the same."""
    nearness = [
        float(np.abs(vector - found.vectors[key]).max())
        for key, vector in expected.vectors.items()
        if key in found.vectors
    ]
    told = {
        "other listings": expected.listings != found.listings,
        "other names": expected.names != found.names,
        "other acronyms": expected.acronyms != found.acronyms,
        "other passages": expected.passages != found.passages,
        f"embedded with {found.embedding}": expected.embedding != found.embedding,
        "vectors of other passages": expected.vectors.keys() != found.vectors.keys(),
        f"vectors differ by {max(nearness, default=0):.1e}": max(nearness, default=0) > TOLERANCE,
    }
    return [difference for difference, present in told.items() if present] + found.faults


def left_of(library: Path, *words: str) -> list[str]:
    """Files of a library that hold a word, in any case; that a name is in `attempts.sqlite` is no matter."""
    found: list[str] = []
    for path in sorted(path for path in library.rglob("*") if path.is_file()):
        data = path.read_bytes().lower()
        found += [f"{word} is left in {path.relative_to(library)}" for word in words if word.lower().encode() in data]
    return found


def state_of(folder: Path) -> set[tuple[str, int, int]]:
    """Every file below a folder with its size and the time of its last change."""
    found: set[tuple[str, int, int]] = set()
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with suppress(FileNotFoundError):
                stat = os.stat(path)
                found.add((path, stat.st_size, stat.st_mtime_ns))
    return found


def make_older(library: Path) -> None:
    """Makes a library's catalogue one of the first schema, as an early version would have left it."""
    with closing(sqlite3.connect(library / "catalogue.sqlite")) as connection:
        for table, columns in _LATER_COLUMNS.items():
            for column in columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        connection.execute("DELETE FROM checksums")
        connection.commit()


class Server:
    """`onrecord serve` over a library, as a context; killed at the end. `told` is what it says on standard error."""

    def __init__(self, library: Path, settings: Mapping[str, str] | None = None) -> None:
        with closing(listen("127.0.0.1", 0)) as asked:
            self.port = asked.getsockname()[1]
        command = [Path(sys.executable).with_name("onrecord"), "serve", "--library", library, "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, **(settings or {})}
        )
        self.pid = self._process.pid
        self.told: list[str] = []
        said = self._process.stderr
        assert said
        while told := said.readline():
            if re.search(r"http://127\.0\.0\.1:\d+", told):
                break
        else:
            raise RuntimeError(f"The server ended with status {self._process.wait()} before it served.")
        threading.Thread(target=lambda: self.told.extend(said), daemon=True).start()  # or it waits for a reader

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def put(self, path: Path) -> bool:
        """Puts a file in; whether it was acknowledged. Raises OSError, HTTPException where the server is no more."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)) as connection:
            connection.request("PUT", f"/page/records/file?name={quote(path.name)}", path.read_bytes())
            return connection.getresponse().status == 202

    def put_until_killed(self, paths: list[Path], after_s: float) -> set[str]:
        """Puts files in and kills the server so long after that began; the names that were acknowledged."""
        acknowledged: set[str] = set()

        def put_all() -> None:
            with suppress(OSError, http.client.HTTPException):
                for path in paths:
                    if self.put(path):
                        acknowledged.add(path.name)

        putting = threading.Thread(target=put_all)
        putting.start()
        time.sleep(after_s)
        self.kill()
        putting.join()
        return acknowledged

    def kill(self) -> None:
        """Kills it with all of its processes."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def main() -> None:
    """Tells what a library holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("words", nargs="*")
    given = parser.parse_args()
    held = holding(given.library)
    count = sum(len(passages) for passages in held.passages.values())
    print(f"{len(held.listings)} documents, {count} passages, {len(held.vectors)} vectors by {held.embedding}")
    for line in held.faults + left_of(given.library, *given.words):
        print(line)


if __name__ == "__main__":
    main()
