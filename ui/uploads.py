"""What was accepted over the page and the API, kept until it is done, so that nothing that was accepted is lost.

    uploads.sqlite    what waits or has failed, in the order in which it came
    files/HASH/NAME   a file put in through the page
    uploads/NAME      one put in through the API, once it has been read; until then files/RANDOM/NAME

A file's bytes and the entry that names it are on the disk before anybody is told that it was accepted. An entry goes
when the documents of its file can be found; one whose file cannot be read stays, with the reason.
"""

import json
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, Any

from ..ingest.attempts import set_aside
from ..ingest.formats.archives.members import MARK, holder_of
from ..ingest.ingest import Failure, move, set_aside_says
from ..rag.library import Library
from ..vectorstore.disk import connect, sync
from ..vectorstore.errors import LibraryError

FILES, UPLOADS = "files", "uploads"
FILE = "uploads.sqlite"
PART = ".upload-"
_HASH_CHARS = 32
_LEFT_BEHIND_S = 3600
_GONE = "its file is gone from the library's folder; put it in again"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accepted (
    id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, place TEXT NOT NULL, known TEXT NOT NULL,
    failed TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS leaving (
    document_id TEXT PRIMARY KEY, files TEXT NOT NULL, after INTEGER NOT NULL);
"""
_ENTRY = "id, source, place, known, failed"
_NAME_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something accepted to be read.

    `source` is the address, or the file's path as the library is to know it; `place` is where its bytes lie, empty for
    an address; `known` what was said of it; `failed` why it cannot be read, empty while it waits.
    """

    id: int
    source: str
    place: str
    known: Mapping[str, str]
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A document accepted to be taken out, and those of its files that are kept here."""

    document_id: str
    files: tuple[str, ...]


class Part:
    """A file that is coming in, not yet accepted."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = sha256()

    @property
    def path(self) -> Path:
        return Path(self._file.name)

    def write(self, piece: bytes) -> None:
        """Takes the next piece. Raises OSError."""
        self._digest.update(piece)
        self._file.write(piece)

    def finish(self) -> str:
        """Sees to it that all of it is on the disk; returns its hash."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._digest.hexdigest()


class Uploads:
    """The queue of one library's folder. Safe to share between threads and processes."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.folder = Path(os.path.abspath(library.store.folder))  # as documents name their files

    # --- accepting -----------------------------------------------------------------------------------------------

    @contextmanager
    def part(self) -> Iterator[Part]:
        """A file to write what comes in to; unless it is accepted before the end of the block, it is gone then."""
        folder = self.folder / FILES
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            sync(self.folder)
        with NamedTemporaryFile(dir=folder, prefix=PART, delete=False) as file:
            try:
                yield Part(file)
            finally:
                with suppress(FileNotFoundError):
                    Path(file.name).unlink()

    def accept(self, part: Part, name: str) -> Path:
        """Accepts a file that goes by its content: one of the same name and content is the same file."""
        digest = part.finish()
        path = self.folder / FILES / digest[:_HASH_CHARS] / name
        self._accept(part, str(path), path, {})
        return path

    def accept_as(self, part: Part, path: Path, known: Mapping[str, str]) -> Entry:
        """Accepts a file that is to take the place of what bears its path, once it has been read."""
        part.finish()
        place = self.folder / FILES / secrets.token_hex(_HASH_CHARS // 2) / path.name
        number = self._accept(part, str(path), place, known)
        return Entry(id=number, source=str(path), place=str(place), known=known, failed="")

    def accept_address(self, address: str) -> None:
        """Accepts the address of a web page or file."""
        with self._writing() as connection:
            _enter(connection, address, "", {})

    def accept_removal(self, document_id: str, names: Sequence[str]) -> Leaving:
        """Accepts that a document, which goes by these names, be taken out."""
        own = tuple(name for name in names if self.holds(name))
        with self._writing() as connection:
            (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM accepted").fetchone()
            connection.execute("INSERT OR REPLACE INTO leaving VALUES (?, ?, ?)", (document_id, json.dumps(own), last))
        return Leaving(document_id=document_id, files=own)

    def _accept(self, part: Part, source: str, place: Path, known: Mapping[str, str]) -> int:
        with self._writing() as connection:  # a removal that is done meanwhile sees the file with its entry, or neither
            place.parent.mkdir(exist_ok=True)
            sync(place.parent.parent)
            move(part.path, place)
            self._forget_failed(connection, place)
            return _enter(connection, source, str(place), known)

    def _forget_failed(self, connection: sqlite3.Connection, place: Path) -> None:
        """Lets go of the failed entries of a file name, as it comes anew, and of bytes that nothing else needs."""
        rows = connection.execute("SELECT id, place FROM accepted WHERE failed != '' AND place != ''").fetchall()
        old = [(number, lies) for number, lies in rows if Path(lies).name == place.name]
        if old:
            connection.executemany("DELETE FROM accepted WHERE id = ?", [(number,) for number, _ in old])
            needed = {str(place), *map(holder_of, self._library.store.catalogue.names())}
            for lies in {lies for _, lies in old} - needed:
                self._discard(lies)

    # --- what there is -------------------------------------------------------------------------------------------

    def waiting(self) -> list[Entry]:
        """What is to be read, first come first."""
        return self._entries("WHERE failed = ''")

    def places_waiting(self) -> set[str]:
        """The files that are to be read."""
        return {entry.place for entry in self.waiting() if entry.place}

    def failed(self) -> list[Entry]:
        """What could not be read."""
        return self._entries("WHERE failed != ''")

    def leaving(self) -> list[Leaving]:
        """Documents that are to be taken out."""
        rows = self._rows("SELECT document_id, files FROM leaving ORDER BY rowid")
        return [Leaving(document_id=document, files=tuple(json.loads(files))) for document, files in rows]

    def holds(self, name: str) -> bool:
        """Whether a path is that of a file put in through the page or the API."""
        path = Path(name)
        return path.parent.parent == self.folder / FILES or path.parent == self.folder / UPLOADS

    # --- done with -----------------------------------------------------------------------------------------------

    def settle(self, entries: Sequence[Entry], failures: Sequence[Failure]) -> None:
        """Lets go of what can be found now, and notes why the others could not be read."""
        if not entries:
            return
        found = _findable(self._library)
        why = {failure.source: failure.error for failure in failures}
        _sync(self.folder / "catalogue.sqlite")  # an entry must not go before its documents are there to stay
        with self._writing() as connection:
            for entry in entries:
                of_a_member = next((why[name] for name in why if name.startswith(entry.source + MARK)), "")
                if entry.source in why or (of_a_member and entry.source not in found):
                    reason = why.get(entry.source, of_a_member)
                    connection.execute("UPDATE accepted SET failed = ? WHERE id = ?", (reason, entry.id))
                elif entry.source in found:
                    connection.execute("DELETE FROM accepted WHERE id = ?", (entry.id,))

    def withdraw(self, entry: Entry) -> None:
        """Lets go of an entry whose sender was told that it was not taken, and of its bytes."""
        with self._writing() as connection:
            connection.execute("DELETE FROM accepted WHERE id = ?", (entry.id,))
            self._discard(entry.place)

    def note_missing(self) -> None:
        """Notes the entries whose file is gone as failed; one that was just moved to its path is read there."""
        for entry in self.waiting():
            if entry.place and not Path(entry.place).is_file():
                with self._writing() as connection:
                    if Path(entry.source).is_file():
                        connection.execute("UPDATE accepted SET place = source WHERE id = ?", (entry.id,))
                    else:
                        connection.execute("UPDATE accepted SET failed = ? WHERE id = ?", (_GONE, entry.id))

    def take_out(self, leaving: Leaving) -> None:
        """Takes a document out, with its files that are kept here. Raises LibraryBusy."""
        if self._library.store.document(leaving.document_id):
            self._library.remove([leaving.document_id], keep=self.places_waiting())
        self._removed(leaving)

    def _removed(self, leaving: Leaving) -> None:
        """A document has been taken out: so are its files, and what was to be read of them before."""
        with self._writing() as connection:
            row = connection.execute(
                "SELECT after FROM leaving WHERE document_id = ?", (leaving.document_id,)
            ).fetchone()
            after = row[0] if row else 0
            for name in leaving.files:
                connection.execute("DELETE FROM accepted WHERE source = ? AND id <= ?", (name, after))
                came_again = connection.execute("SELECT 1 FROM accepted WHERE place = ?", (name,)).fetchone()
                if not came_again:
                    self._discard(name)
            connection.execute("DELETE FROM leaving WHERE document_id = ?", (leaving.document_id,))

    def keep(self, leaving: Leaving) -> None:
        """A document could not be taken out, and who asked was told so."""
        with self._writing() as connection:
            connection.execute("DELETE FROM leaving WHERE document_id = ?", (leaving.document_id,))

    def clear_parts(self) -> None:
        """Deletes what broke off while it came in, when the program died."""
        for part in (self.folder / FILES).glob(f"{PART}*"):
            if _is_left_behind(part):
                part.unlink(missing_ok=True)

    def _discard(self, name: str) -> None:
        """Deletes a file that is kept here, and its folder when that is empty then."""
        path = Path(name)
        if not name or not self.holds(name):
            return
        path.unlink(missing_ok=True)
        if path.parent != self.folder / UPLOADS:
            with suppress(OSError):
                path.parent.rmdir()

    # --- the file ------------------------------------------------------------------------------------------------

    def _entries(self, which: str) -> list[Entry]:
        rows = self._rows(f"SELECT {_ENTRY} FROM accepted {which} ORDER BY id")
        return [
            Entry(id=number, source=source, place=place, known=json.loads(known), failed=failed)
            for number, source, place, known, failed in rows
        ]

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        if not (self.folder / FILE).is_file():
            return []
        try:
            with closing(self._open()) as connection:
                return connection.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            raise LibraryError(f"The list of uploads cannot be read ({self.folder / FILE}: {error}).") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends. Raises OSError where it cannot be written."""
        try:
            with closing(self._open()) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except sqlite3.Error as error:
            raise OSError(None, f"{FILE}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        connection = connect(self.folder / FILE, synchronous="FULL")
        connection.executescript(_SCHEMA)
        return connection


def names_of(library: Library, document_id: str) -> list[str]:
    """The files and addresses that a document is known by."""
    return [name for name, document in library.store.catalogue.names().items() if document == document_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """What does not fit together of what was put in: files that nothing refers to, entries whose file is gone."""

    files: tuple[Path, ...]
    entries: tuple[str, ...]


def orphans(library: Library) -> Orphans:
    """The files put in that no document and no entry refers to, and the names of entries without their file."""
    uploads = Uploads(library)
    entries = [*uploads.waiting(), *uploads.failed()]
    wanted = {entry.place for entry in entries} | {name for leaving in uploads.leaving() for name in leaving.files}
    names = library.store.catalogue.names()
    wanted |= {*names, *map(holder_of, names)}
    kept = [*(uploads.folder / FILES).glob("*/*"), *(uploads.folder / UPLOADS).glob("*")]
    parts = [part for part in (uploads.folder / FILES).glob(f"{PART}*") if _is_left_behind(part)]
    return Orphans(
        files=tuple(sorted(path for path in [*kept, *parts] if str(path) not in wanted)),
        entries=tuple(Path(entry.source).name for entry in entries if entry.place and not Path(entry.place).is_file()),
    )


def what_is_amiss(library: Library) -> list[str]:
    """What a person should look at: files set aside, uploads that could not be read, files that nothing refers to."""
    folder, found = library.store.folder, orphans(library)
    aside = set_aside(folder)
    of_uploads = {entry.source: entry.failed for entry in Uploads(library).failed()}
    return [
        *(f"{source}: {set_aside_says(reason)}" for source, reason in aside.items() if source not in of_uploads),
        *(f"{source}: {reason}" for source, reason in of_uploads.items()),
        *(f"{file}: nothing refers to this file; delete it, or ingest it by name" for file in found.files),
        *(f"{name}: it was uploaded, but its file is gone; upload it again" for name in found.entries),
    ]


def move_files(library: Path, old: str, new: str) -> None:
    """Has what waits in a library's folder, which lay at `old` when that was written, be known as lying at `new`."""
    if not (library / FILE).is_file():
        return

    def moved(name: str) -> str:
        return new + name.removeprefix(old) if name.startswith(f"{old}/") else name

    with closing(connect(library / FILE, synchronous="FULL")) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.create_function("moved", 1, moved, deterministic=True)
        connection.execute("UPDATE accepted SET source = moved(source), place = moved(place)")
        for document, files in connection.execute("SELECT document_id, files FROM leaving").fetchall():
            names = json.dumps([moved(name) for name in json.loads(files)])
            connection.execute("UPDATE leaving SET files = ? WHERE document_id = ?", (names, document))


def _enter(connection: sqlite3.Connection, source: str, place: str, known: Mapping[str, str]) -> int:
    """Puts an entry at the end; an earlier one of the same source and place is done with by it."""
    connection.execute("DELETE FROM accepted WHERE source = ? AND place = ?", (source, place))
    row = connection.execute(
        "INSERT INTO accepted (source, place, known) VALUES (?, ?, ?) RETURNING id",
        (source, place, json.dumps(dict(known), ensure_ascii=False)),
    ).fetchone()
    return row[0]


def _findable(library: Library) -> set[str]:
    """The files and addresses of which a document can be found."""
    states = {listing.id: listing.state for listing in library.documents()}
    names = library.store.catalogue.names()
    found = [name for name, document in names.items() if states.get(document, "read") != "read"]
    return {*found, *map(holder_of, found)}


def _sync(database: Path) -> None:
    """Has what was committed to a database written to the disk."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _is_left_behind(part: Path) -> bool:
    """Whether nothing has been written to a file that was coming in for so long that nobody will go on."""
    with suppress(FileNotFoundError):
        return time.time() - part.stat().st_mtime > _LEFT_BEHIND_S
    return False


def safe_name(name: str) -> str:
    """A client's file name without folders, controls and leading dots; its ending stays."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = re.sub(r"[^\w .,()&+=@#-]", "_", last).strip(" .") or "document"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_NAME_CHARS]}.{ending[:16]}" if dot else plain[:_NAME_CHARS]
