"""The catalogue: documents, their canonical text and passages, in one SQLite file. It is the truth of a library.

A document's state says how far it has come:  read -> findable -> embedded. What is deleted is overwritten on disk.
"""

import hashlib
import json
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any
from weakref import WeakSet

from .disk import connect, is_refusal, refusal_of, snapshot, sync
from .errors import CatalogueDamaged, DiskRefuses, NotALibrary
from .language.translated import TABLES as TRANSLATED
from .language.translated import likest, put_skeleton
from .names import fold
from .passage import Document, Filters, Listing, Locator, Passage, Selection
from .structure import TABLES, Omission, SpeakerTurn, Structure, put_structure, read_structure

_CLOSE_WAIT_S = 10.0
OF_SCHEMA = ".schema-"
"""Stands in the name of the copy of a catalogue that is made before it is brought up to a later schema."""
SCHEMA_VERSION = 4
# What more documents bear is a name of their kind, and no symbol.
_MOST_OF_SYMBOL = 30
_MEMBER = "!"  # a file in an archive goes by the archive's name, this mark and its own
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL, symbol TEXT, date TEXT, meeting TEXT,
    body TEXT, session TEXT, agenda_item TEXT, author TEXT, publisher TEXT, url TEXT,
    language TEXT, media_type TEXT NOT NULL, sha256 TEXT NOT NULL, pages INTEGER NOT NULL, text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('read', 'findable', 'embedded')), added TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    place INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, kind TEXT NOT NULL, context TEXT NOT NULL,
    page TEXT, paragraph TEXT, speaker TEXT, section TEXT, embedded INTEGER NOT NULL DEFAULT 0,
    part TEXT, time TEXT, item TEXT, certainty REAL);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages(document_id, place);
CREATE INDEX IF NOT EXISTS passages_by_paragraph ON passages(paragraph);
CREATE INDEX IF NOT EXISTS passages_by_speaker ON passages(speaker);
CREATE TABLE IF NOT EXISTS names (
    source TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS names_of_document ON names(document_id);
CREATE TABLE IF NOT EXISTS files (source TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS acronyms (
    short TEXT NOT NULL, long TEXT NOT NULL, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS acronyms_of_document ON acronyms(document_id);
CREATE TABLE IF NOT EXISTS gone (kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS checksums (
    document_id TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS collections (name TEXT PRIMARY KEY, folders TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS collected (
    collection TEXT NOT NULL REFERENCES collections(name) ON DELETE CASCADE,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, PRIMARY KEY (collection, document_id));
CREATE TABLE IF NOT EXISTS feedback (id INTEGER PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL);
{TABLES}{TRANSLATED}"""
_FACTS = ("symbol", "date", "meeting", "body", "session", "agenda_item", "author", "publisher", "url", "language")
_COLUMNS = ("id", "source", "title", "text", *_FACTS, "media_type", "sha256", "pages")
_DOCUMENT = ", ".join(_COLUMNS)
_LISTED = tuple(column for column in _COLUMNS if column != "text")
_PLACE = tuple(each.name for each in fields(Locator))
_PASSAGE = f"""p.id, p.document_id, p.start, p.stop, p.kind, p.context, p.place,
    {", ".join(f"p.{name}" for name in _PLACE)},
    (SELECT sha256 FROM documents WHERE id = p.document_id)"""
# Each value is looked up from the one before it in the index: DISTINCT would read every passage.
_SPEAKERS = """WITH RECURSIVE found(speaker) AS (
    SELECT min(speaker) FROM passages UNION ALL
    SELECT (SELECT min(p.speaker) FROM passages p WHERE p.speaker > found.speaker) FROM found
    WHERE found.speaker IS NOT NULL)
SELECT speaker FROM found WHERE speaker IS NOT NULL"""
_MAKE = f"""BEGIN IMMEDIATE; {_SCHEMA}
INSERT OR IGNORE INTO meta VALUES ('schema', '{SCHEMA_VERSION}'), ('program', '{{program}}'); COMMIT;"""
# What makes each older catalogue one of the next version. Files are forgotten where nothing was said about them by
# hand, so that the next ingest reads them again and finds what the older version did not look for.
_MIGRATIONS = {
    "1": (
        *(
            f"ALTER TABLE documents ADD COLUMN {name} TEXT"
            for name in ("body", "session", "agenda_item", "author", "publisher", "url")
        ),
        "DELETE FROM files WHERE instr(sha256, '+') = 0",
    ),
    "2": ("DELETE FROM files WHERE instr(sha256, '+') = 0", "DELETE FROM checksums"),
    "3": (
        *(f"ALTER TABLE passages ADD COLUMN {column}" for column in ("part TEXT", "time TEXT", "item TEXT")),
        "ALTER TABLE passages ADD COLUMN certainty REAL",
        "DELETE FROM files WHERE instr(sha256, '+') = 0",
        "DELETE FROM checksums",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A named set of documents: all that lie in some folders, and those put there by hand (ids)."""

    name: str
    folders: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """A passage as the catalogue keeps it: offsets without the words, which stand in the document's text.

    `document_sha256` says which version of the document the offsets belong to.
    """

    id: str
    document_id: str
    start: int
    end: int
    kind: str
    context: str
    order: int
    locator: Locator
    document_sha256: str

    def with_text(self, text: str) -> Passage:
        """The passage, its words cut from the document's canonical text."""
        return Passage(
            id=self.id,
            document_id=self.document_id,
            text=text[self.start : self.end],
            start=self.start,
            end=self.end,
            locator=self.locator,
            kind=self.kind,
            context=self.context,
            order=self.order,
        )


def _versions(
    documents: Sequence[Mapping[str, Any]], alike: Iterable[tuple[str, str, float]]
) -> dict[str, tuple[str, ...]]:
    """For each document those in other languages that bear its symbol, or are alike where not both bear one, by
    language."""
    of_symbol: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for facts in documents:
        if facts["symbol"] and facts["language"]:
            of_symbol[facts["symbol"]].append((facts["language"], facts["id"]))
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for group in of_symbol.values():
        if len(group) <= _MOST_OF_SYMBOL:
            for language, key in group:
                found[key] |= {(spoken, other) for spoken, other in group if spoken != language}
    language_of = {facts["id"]: facts["language"] or "" for facts in documents}
    for key, other in likest(documents, alike):
        found[key].add((language_of[other], other))
    return {key: tuple(other for _, other in sorted(group)) for key, group in found.items()}


class _OfThread:
    """A thread's connection, closed when the thread is gone: a host may ask from thousands of short-lived ones.

    It is used under its lock, since SQLite crashes where a connection is closed amid a statement of another thread.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.lock = threading.RLock()

    def close(self) -> None:
        """Closes it as soon as its thread is not amid a statement; one that goes on for long keeps it to its end."""
        if self.lock.acquire(timeout=_CLOSE_WAIT_S):
            try:
                self.connection.close()
            finally:
                self.lock.release()

    def __del__(self) -> None:
        self.connection.close()


class Catalogue:
    """Reads and writes the catalogue file; one connection a thread, write-ahead logging, so readers never wait."""

    def __init__(self, path: Path) -> None:
        """Opens the catalogue, making it when missing. Raises NotALibrary for a file that is something else."""
        self.path = self._path = path
        self._local = threading.local()
        self._connections: WeakSet[_OfThread] = WeakSet()
        self._opening = threading.Lock()
        try:
            self._refuse_newer()  # before anything is written to it
            if not self._is_made():
                self._make()
        except (sqlite3.DatabaseError, CatalogueDamaged) as error:
            raise NotALibrary(
                f"{path} is not an On Record catalogue, or is damaged ({error.__cause__ or error}). Choose another "
                "--library, or restore the file from a backup."
            ) from error
        if self.fact("schema") in _MIGRATIONS:
            self._migrate()

    def _refuse_newer(self) -> None:
        """Raises NotALibrary where a later version than this one wrote the catalogue."""
        if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"):
            return
        schema = self.fact("schema")
        if schema is not None and not (schema.isdigit() and int(schema) <= SCHEMA_VERSION):
            program = self.fact("program") or "a later version of On Record"
            raise NotALibrary(
                f"{self._path} was written by {program} (schema {schema}); this is {_program()}, which reads up to "
                f"schema {SCHEMA_VERSION}. Install {program} or a later one; nothing has been changed."
            )

    def _make(self) -> None:
        """Makes the tables that are missing; an older catalogue on a disk that takes nothing is read without them."""
        try:
            self._connection().executescript(_MAKE.format(program=_program()))
        except sqlite3.OperationalError as error:
            refusal = refusal_of(self._path.parent)
            if refusal is None:
                raise
            if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'passages'"):
                raise refusal from error

    def _migrate(self) -> None:
        """Brings a catalogue of an older version up to this one, all of it or nothing; first it is copied."""
        self._copy_before_migration()
        with self.writing() as connection:
            while (schema := self.fact("schema") or "") in _MIGRATIONS:
                for statement in _MIGRATIONS[schema]:
                    connection.execute(statement)
                connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(int(schema) + 1),))
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('program', ?)", (_program(),))

    def _copy_before_migration(self) -> None:
        """Puts a copy beside the catalogue, named by its schema, for whoever goes back to the older version.

        It stays until records are removed or replaced: then nothing of them may be left (`scrub`).
        """
        copy = self._path.with_name(f"{self._path.name}{OF_SCHEMA}{self.fact('schema')}")
        unfinished = copy.with_name(f"{copy.name}.part")
        with self._told():
            try:
                unfinished.unlink(missing_ok=True)
                snapshot(self._path, unfinished)
                unfinished.replace(copy)
                sync(copy.parent)
            except OSError as error:
                raise refusal_of(self._path.parent) or error from error

    def _is_made(self) -> bool:
        """Whether all tables are there; then opening writes nothing, and need not wait for a writer."""
        tables = {row[0] for row in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return tables >= set(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", _SCHEMA))

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._opening:
            for held in list(self._connections):
                held.close()
            self._connections.clear()
            self._local = threading.local()

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """One transaction: all of it or nothing. Raises DiskRefuses where the disk is full or read-only."""
        with self._told():
            held = self._held()
            with held.lock, held.connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection

    def _connection(self) -> sqlite3.Connection:
        return self._held().connection

    def _held(self) -> _OfThread:
        held: _OfThread | None = getattr(self._local, "held", None)
        if held is None:
            held = _OfThread(self._connect())
            with self._opening:
                self._local.held = held
                self._connections.add(held)
        return held

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = connect(self._path, synchronous="FULL")
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
        except sqlite3.OperationalError as error:
            refusal = refusal_of(self._path.parent)
            if refusal is None or not self._path.is_file():
                raise
            return self._connect_to_read(refusal, error)
        return connection

    def _connect_to_read(self, refusal: DiskRefuses, error: Exception) -> sqlite3.Connection:
        """A connection where SQLite can put no file beside the catalogue, as its write-ahead log wants."""
        log = self._path.with_name(f"{self._path.name}-wal")
        if log.is_file() and log.stat().st_size:
            raise DiskRefuses(
                f"{refusal} What was written last still stands in {log.name}: open the library once where it can be "
                "written to, to read it."
            ) from error
        address = f"{self._path.absolute().as_uri()}?immutable=1"
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            held = self._held()
            with held.lock:
                return held.connection.execute(sql, values).fetchall()

    @contextmanager
    def _told(self) -> Generator[None]:
        """Tells what SQLite has against the file or the disk."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)) or code in (
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            ):
                raise
            if is_refusal(error) and (refusal := refusal_of(self._path.parent)):
                raise refusal from error
            raise CatalogueDamaged(
                f"The catalogue {self._path} is damaged ({error}). Restore it from a backup, or ingest the records "
                f"into a new library. What is wrong with it: onrecord doctor --library {self._path.parent}"
            ) from error

    # --- its soundness ---------------------------------------------------------------------------------------

    def scrub(self) -> bool:
        """Takes what was deleted off the disk, free pages and the log included; False where a reader is in the way."""
        with self._told():
            connection = self._connection()
            connection.execute("VACUUM")
            for copy in self._path.parent.glob(f"{self._path.name}{OF_SCHEMA}*"):
                copy.unlink()
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def faults(self) -> list[str]:
        """What is damaged: pages of the file, or a document that is not as it was stored. Empty when sound."""
        told = [row[0] for row in self._rows("PRAGMA integrity_check(5)")]
        if told != ["ok"]:
            return [f"{self._path.name} is damaged ({told[0].strip().splitlines()[-1]})"]
        changed = [
            key
            for key, stored in self._rows("SELECT document_id, sha256 FROM checksums")
            if (document := self.document(key))
            and stored != _checksum(document, self.passages_of(key), self.structure(key))
        ]
        return [f"the text of document {key} is not what was read from its file" for key in changed]

    # --- facts about the library ---------------------------------------------------------------------------

    def fact(self, key: str) -> str | None:
        """A fact kept about the library, such as its embedding model."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def keep_fact(self, key: str, value: str) -> None:
        """Keeps a fact, replacing what was kept under the key."""
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def drop_fact(self, key: str) -> None:
        """Forgets a fact."""
        with self.writing() as connection:
            connection.execute("DELETE FROM meta WHERE key = ?", (key,))

    def move_files(self, old: str, new: str) -> None:
        """Has the files that were kept in one folder be known by their names in another, where they lie now."""
        prefix = f"{old.rstrip('/')}/"
        with self.writing() as connection:
            for table in ("documents", "names", "files"):
                connection.execute(
                    f"UPDATE {table} SET source = ? || substr(source, ?) WHERE substr(source, 1, ?) = ?",
                    (f"{new.rstrip('/')}/", len(prefix) + 1, len(prefix), prefix),
                )
            _count_version(connection)

    @property
    def version(self) -> int:
        """Counts the changes that searchers must notice."""
        return int(self.fact("version") or 0)

    # --- writing -------------------------------------------------------------------------------------------

    def put(
        self,
        document: Document,
        passages: Sequence[Passage],
        acronyms: Mapping[str, str] | None = None,
        structure: Structure | None = None,
    ) -> None:
        """Stores a document in state "read", in place of what had its id; passages that stay keep their vectors."""
        structure = structure or Structure()
        with self.writing() as connection:
            old = {
                row[0] for row in connection.execute("SELECT id FROM passages WHERE document_id = ?", (document.id,))
            }
            done = {
                row[0]
                for row in connection.execute(
                    "SELECT id FROM passages WHERE document_id = ? AND embedded", (document.id,)
                )
            }
            _bury(connection, old - {passage.id for passage in passages})
            if old:
                _leave_trace(connection, document.id)
            connection.execute("DELETE FROM passages WHERE document_id = ?", (document.id,))
            connection.execute(
                f"INSERT INTO documents ({_DOCUMENT}, state, added) VALUES ({'?,' * len(_COLUMNS)}'read', ?) "
                "ON CONFLICT (id) DO UPDATE SET state = 'read', "
                + ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:]),
                (
                    *(getattr(document, column) for column in _COLUMNS),
                    datetime.now(UTC).isoformat(timespec="seconds"),
                ),
            )
            connection.executemany(
                "INSERT INTO passages (id, document_id, place, start, stop, kind, context, embedded, "
                f"{', '.join(_PLACE)}) VALUES ({', '.join('?' * (8 + len(_PLACE)))})",
                [
                    (p.id, document.id, p.order, p.start, p.end, p.kind, p.context, p.id in done, *_place(p.locator))
                    for p in passages
                ],
            )
            connection.executemany("DELETE FROM gone WHERE kind = 'passage' AND id = ?", [(p.id,) for p in passages])
            connection.execute("DELETE FROM gone WHERE kind = 'document' AND id = ?", (document.id,))
            connection.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (document.source, document.id))
            connection.execute(
                "INSERT OR REPLACE INTO checksums VALUES (?, ?)",
                (document.id, _checksum(document, passages, structure)),
            )
            put_structure(connection, document.id, structure)
            put_skeleton(connection, document)
            connection.execute("DELETE FROM acronyms WHERE document_id = ?", (document.id,))
            connection.executemany(
                "INSERT INTO acronyms VALUES (?, ?, ?)",
                [(short, long, document.id) for short, long in (acronyms or {}).items()],
            )
            _count_version(connection)

    def remove(self, document_id: str) -> None:
        """Takes a document out and notes what the other stores still have to forget."""
        with self.writing() as connection:
            _remove(connection, document_id)
            _count_version(connection)

    def names(self) -> dict[str, str]:
        """Document id by every name (path or address) a document goes by."""
        return dict(self._rows("SELECT source, document_id FROM names"))

    def add_name(self, source: str, document_id: str) -> None:
        """Notes that a document goes by another name too."""
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (source, document_id))

    def drop_name(self, source: str) -> bool:
        """Forgets a name; a document keeps the first of its other names as its source, and is removed without any.

        Tells whether it was removed.
        """
        with self.writing() as connection:
            row = connection.execute("SELECT document_id FROM names WHERE source = ?", (source,)).fetchone()
            if row is None:
                return False
            connection.execute("DELETE FROM names WHERE source = ?", (source,))
            other = connection.execute(
                "SELECT source FROM names WHERE document_id = ? ORDER BY source LIMIT 1", row
            ).fetchone()
            if other is None:
                _remove(connection, row[0])
            else:
                connection.execute(
                    "UPDATE documents SET source = ? WHERE id = ? AND source = ?", (other[0], row[0], source)
                )
            _count_version(connection)
            return other is None

    def collections(self) -> list[Collected]:
        """The named sets of documents, by name."""
        by_hand: dict[str, list[str]] = defaultdict(list)
        for name, document_id in self._rows("SELECT collection, document_id FROM collected ORDER BY document_id"):
            by_hand[name].append(document_id)
        return [
            Collected(name=name, folders=tuple(json.loads(folders)), documents=tuple(by_hand[name]))
            for name, folders in self._rows("SELECT name, folders FROM collections ORDER BY name")
        ]

    def put_collection(self, collection: Collected) -> None:
        """Keeps a named set of documents, in place of the one of its name."""
        with self.writing() as connection:
            connection.execute("DELETE FROM collections WHERE name = ?", (collection.name,))
            folders = json.dumps(collection.folders, ensure_ascii=False)
            connection.execute("INSERT INTO collections VALUES (?, ?)", (collection.name, folders))
            rows = [(collection.name, document_id) for document_id in dict.fromkeys(collection.documents)]
            connection.executemany("INSERT INTO collected VALUES (?, ?)", rows)
            _count_version(connection)

    def drop_collection(self, name: str) -> bool:
        """Forgets a named set, not its documents; whether there was one."""
        with self.writing() as connection:
            dropped = connection.execute("DELETE FROM collections WHERE name = ?", (name,)).rowcount
            _count_version(connection)
            return bool(dropped)

    def document_with(self, sha256: str) -> str | None:
        """Id of the document made from bytes with this hash."""
        rows = self._rows("SELECT id FROM documents WHERE sha256 = ? ORDER BY added LIMIT 1", (sha256,))
        return rows[0][0] if rows else None

    def file_sha256(self, source: str) -> str | None:
        """Hash of a file as it was when last read whole and without fault."""
        rows = self._rows("SELECT sha256 FROM files WHERE source = ?", (source,))
        return rows[0][0] if rows else None

    def keep_file(self, source: str, sha256: str | None) -> None:
        """Notes a file as read; None forgets it, so that it is read again."""
        with self.writing() as connection:
            connection.execute("DELETE FROM files WHERE source = ?", (source,))
            if sha256 is not None:
                connection.execute("INSERT INTO files VALUES (?, ?)", (source, sha256))

    def files(self) -> list[str]:
        """Every file that was read."""
        return [row[0] for row in self._rows("SELECT source FROM files")]

    def acronyms(self) -> list[tuple[str, str]]:
        """(short form, long form) pairs that the records introduce, each once."""
        return self._rows("SELECT DISTINCT short, long FROM acronyms ORDER BY short, long")  # pyright: ignore[reportReturnType]

    def advance(self, document_ids: Iterable[str], state: str) -> None:
        """Moves documents on to `state`."""
        with self.writing() as connection:
            connection.executemany("UPDATE documents SET state = ? WHERE id = ?", [(state, i) for i in document_ids])
            _count_version(connection)

    def mark_embedded(self, passage_ids: Sequence[str]) -> None:
        """Notes that these passages have their vectors, and which documents are thereby complete."""
        with self.writing() as connection:
            connection.executemany("UPDATE passages SET embedded = 1 WHERE id = ?", [(i,) for i in passage_ids])
            connection.execute(
                "UPDATE documents SET state = 'embedded' WHERE state = 'findable' AND NOT EXISTS "
                "(SELECT 1 FROM passages WHERE document_id = documents.id AND NOT embedded)"
            )
            _count_version(connection)

    def forget_embeddings_but(self, kept: set[str]) -> int:
        """Has those passages embedded again that count as embedded and are not among `kept`; returns how many."""
        rows = self._rows("SELECT id FROM passages WHERE embedded")
        lost = [row for row in rows if row[0] not in kept]
        with self.writing() as connection:
            connection.executemany("UPDATE passages SET embedded = 0 WHERE id = ?", lost)
            connection.execute(
                "UPDATE documents SET state = 'findable' WHERE state = 'embedded' AND EXISTS "
                "(SELECT 1 FROM passages WHERE document_id = documents.id AND NOT embedded)"
            )
            _count_version(connection)
        return len(lost)

    def forget_embeddings(self) -> None:
        """Sends every document back to "findable": the vectors are to be made anew."""
        with self.writing() as connection:
            connection.execute("UPDATE passages SET embedded = 0")
            connection.execute("UPDATE documents SET state = 'findable' WHERE state = 'embedded'")
            _count_version(connection)

    def tombstones(self, kind: str) -> list[str]:
        """Ids of passages or documents that the other stores still have to forget; "trace": of documents whose words
        may still stand in freed parts of the files."""
        return [row[0] for row in self._rows("SELECT id FROM gone WHERE kind = ?", (kind,))]

    def forget_gone(self, kind: str, ids: Sequence[str]) -> None:
        """Notes that they have."""
        with self.writing() as connection:
            connection.executemany("DELETE FROM gone WHERE kind = ? AND id = ?", [(kind, i) for i in ids])

    def add_feedback(self, body: dict[str, Any]) -> None:
        """Keeps what a reader said of an answer."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO feedback (at, body) VALUES (?, ?)",
                (datetime.now(UTC).isoformat(timespec="seconds"), json.dumps(body, ensure_ascii=False)),
            )

    def change_feedback(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Puts what `change` makes of each thing that a reader said in its place."""
        with self.writing() as connection:
            for key, body in connection.execute("SELECT id, body FROM feedback").fetchall():
                if (changed := change(json.loads(body))) != json.loads(body):
                    text = json.dumps(changed, ensure_ascii=False)
                    connection.execute("UPDATE feedback SET body = ? WHERE id = ?", (text, key))

    def feedback(self) -> list[dict[str, Any]]:
        """What readers said of answers, oldest first; each with when they did, in `at`."""
        rows = self._rows("SELECT at, body FROM feedback ORDER BY id")
        return [{**json.loads(body), "at": at} for at, body in rows]

    # --- reading -------------------------------------------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        """A document with its text, or None."""
        rows = self._rows(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (document_id,))
        return _document(rows[0]) if rows else None

    def structure(self, document_id: str) -> Structure:
        """What a document consists of; nothing where the catalogue has no such document."""
        return read_structure(self._rows, document_id)

    def holds(self, document: Document, passages: Sequence[Passage], structure: Structure) -> bool:
        """Whether the catalogue has a document just so, cut and divided alike."""
        rows = self._rows("SELECT sha256 FROM checksums WHERE document_id = ?", (document.id,))
        return bool(rows) and rows[0][0] == _checksum(document, passages, structure)

    def listings(self) -> list[Listing]:
        """All documents without their text, by source."""
        rows = self._rows(
            f"SELECT state, length(text), (SELECT count(*) FROM passages WHERE document_id = documents.id), "
            f"{', '.join(_LISTED)} FROM documents ORDER BY source"
        )
        omitted: dict[str, list[Omission]] = defaultdict(list)
        for key, what, count, where in self._rows(
            'SELECT document_id, what, count, "where" FROM omitted ORDER BY document_id, place'
        ):
            omitted[key].append(Omission(what=what, count=count, where=where))
        found = [(row[:3], dict(zip(_LISTED, row[3:], strict=True))) for row in rows]
        # A catalogue of an earlier version on a disk that takes nothing has no such table.
        told = self._rows("SELECT 1 FROM sqlite_master WHERE name = 'translations'")
        alike = self._rows("SELECT document_id, other, likeness FROM translations") if told else []
        versions = _versions([facts for _, facts in found], alike)
        return [
            Listing(
                state=state, characters=characters, passages=passages, omitted=tuple(omitted[facts["id"]]),
                versions=versions.get(facts["id"], ()), **facts,
            )
            for (state, characters, passages), facts in found
        ]  # fmt: skip

    def checksums(self) -> dict[str, str]:
        """The checksum of each document, its facts, parts and cuts, by its id."""
        return dict(self._rows("SELECT document_id, sha256 FROM checksums"))

    def embedded_ids(self) -> list[str]:
        """Ids of the passages that have vectors, in order."""
        return [row[0] for row in self._rows("SELECT id FROM passages WHERE embedded ORDER BY id")]

    def ids_in_state(self, state: str) -> list[str]:
        """Ids of the documents in a state, oldest first."""
        return [
            row[0] for row in self._rows("SELECT id FROM documents WHERE state = ? ORDER BY added, source", (state,))
        ]

    def passage_rows(self, ids: Sequence[str]) -> dict[str, PassageRow]:
        """Passages by id; ids the catalogue does not know are left out."""
        found: dict[str, PassageRow] = {}
        for first in range(0, len(ids), 500):
            batch = ids[first : first + 500]
            marks = ",".join("?" * len(batch))
            for row in self._rows(f"SELECT {_PASSAGE} FROM passages p WHERE p.id IN ({marks})", batch):
                found[row[0]] = _passage_row(row)
        return found

    def passages_of(self, document_id: str) -> list[PassageRow]:
        """A document's passages in reading order."""
        return [
            _passage_row(row)
            for row in self._rows(
                f"SELECT {_PASSAGE} FROM passages p WHERE p.document_id = ? ORDER BY p.place", (document_id,)
            )
        ]

    def passage_at(self, document_id: str, offset: int) -> PassageRow | None:
        """The passage that a place in a document's text is in, or that ends last before it."""
        rows = self._rows(
            f"SELECT {_PASSAGE} FROM passages p WHERE p.document_id = ? AND p.start <= ? ORDER BY p.start DESC LIMIT 1",
            (document_id, offset),
        )
        return _passage_row(rows[0]) if rows else None

    def passages_at(self, places: Sequence[tuple[str, int]]) -> list[PassageRow]:
        """Passages by document id and order; places that do not exist are left out."""
        if not places:
            return []
        # A join in this order looks each place up in the index; `IN (VALUES ...)` reads them all.
        wanted = f"WITH wanted(document_id, place) AS (VALUES {','.join(['(?, ?)'] * len(places))})"
        values = [value for place in places for value in place]
        sql = f"{wanted} SELECT {_PASSAGE} FROM wanted CROSS JOIN passages p USING (document_id, place)"
        return [_passage_row(row) for row in self._rows(sql, values)]

    def unembedded(self, limit: int) -> list[PassageRow]:
        """Up to `limit` passages that are findable and still lack a vector."""
        return [
            _passage_row(row)
            for row in self._rows(
                f"SELECT {_PASSAGE} FROM passages p JOIN documents d ON d.id = p.document_id "
                "WHERE NOT p.embedded AND d.state = 'findable' ORDER BY d.added, d.source, p.place LIMIT ?",
                (limit,),
            )
        ]

    def count_passages(self, *, embedded: bool | None = None) -> int:
        """How many passages there are, or how many have (or lack) a vector."""
        where = "" if embedded is None else f" WHERE embedded = {int(embedded)}"
        return self._rows(f"SELECT count(*) FROM passages{where}")[0][0]

    def speakers(self) -> list[str]:
        """Every speaker named in the library, as printed."""
        return [row[0] for row in self._rows(_SPEAKERS)]

    def turn_names(self) -> list[tuple[str, str]]:
        """Whom each turn is by, as one would cite them and as printed; each pair once."""
        return [(row[0], row[1]) for row in self._rows("SELECT DISTINCT speaker, label FROM turns")]

    def turns_by(self, speakers: Collection[str], labels: Collection[str]) -> list[tuple[str, SpeakerTurn]]:
        """The turns that bear one of these names, with the ids of their documents; those of a document in its order."""
        sql = (
            "SELECT document_id, start, stop, speaker, label, time, item FROM turns WHERE speaker IN "
            "(SELECT value FROM json_each(?)) AND label IN (SELECT value FROM json_each(?)) ORDER BY document_id, place"
        )
        rows = self._rows(sql, (json.dumps(list(speakers)), json.dumps(list(labels))))
        names = ("start", "end", "speaker", "label", "time", "item")
        return [(row[0], SpeakerTurn(**dict(zip(names, row[1:], strict=True)))) for row in rows]

    def sections(self, limit: int) -> list[str]:
        """The last headings that passages stand under, each once, the most used first."""
        rows = self._rows(
            "SELECT section FROM passages WHERE section IS NOT NULL GROUP BY section ORDER BY count(*) DESC LIMIT ?",
            (limit,),
        )
        return list(dict.fromkeys(row[0].rsplit(" > ", 1)[-1] for row in rows))

    def paragraphs(self, numbers: Sequence[str], document_ids: Sequence[str] | None = None) -> list[PassageRow]:
        """Passages of the paragraphs with these printed numbers, in reading order."""
        sql = f"SELECT {_PASSAGE} FROM passages p WHERE p.paragraph IN ({','.join('?' * len(numbers))})"
        values = list(numbers)
        if document_ids is not None:
            sql += f" AND p.document_id IN ({','.join('?' * len(document_ids))})"
            values += document_ids
        return [_passage_row(row) for row in self._rows(sql + " ORDER BY p.document_id, p.place", values)]

    def paragraph_at(self, document_id: str, start: int, end: int) -> str | None:
        """The number of the innermost paragraph or sub-paragraph that holds a place of a document."""
        rows = self._rows(
            "SELECT number FROM paragraphs WHERE document_id = ? AND start <= ? AND stop >= ? "
            "ORDER BY stop - start LIMIT 1",
            (document_id, start, end),
        )
        return rows[0][0] if rows else None

    def names_in(self, role: str) -> list[str]:
        """The names that items or outcomes have in a role ("names_against", "sponsors"), each once."""
        return [row[0] for row in self._rows("SELECT DISTINCT name FROM record_names WHERE role = ?", (role,))]

    def documents_with(self, role: str, names: Sequence[str]) -> list[str]:
        """Ids of the documents in which one of some names has a role."""
        marks = ",".join("?" * len(names))
        sql = f"SELECT DISTINCT document_id FROM record_names WHERE role = ? AND name IN ({marks})"
        return [row[0] for row in self._rows(sql, (role, *names))]

    @property
    def has_vectors(self) -> bool:
        """Whether any passage is embedded."""
        return self.vectors_made() is not None

    def vectors_made(self) -> tuple[str | None, str] | None:
        """With which embedder vectors were made (its fingerprint) and where they are kept; None where no passage is
        embedded."""
        held, *facts = self._rows(
            "SELECT '', EXISTS (SELECT 1 FROM passages WHERE embedded)"
            " UNION ALL SELECT key, value FROM meta WHERE key IN ('embedding_fingerprint', 'vectors_in')"
        )
        if not held[1]:
            return None
        made = dict(facts)
        return made.get("embedding_fingerprint"), made.get("vectors_in") or "folder"

    def select(self, filters: Filters, *, few: int) -> Selection:
        """What passes the filters; with the passages' ids where they are `few` or fewer.

        Names are compared once each, not once a passage, so that it takes no longer in a large library.
        """
        documents = speakers = sections = None
        parts = [
            *([self._documents_named(filters.document)] if filters.document else []),
            *([self._named(filters.symbol, ("symbol",))] if filters.symbol else []),
            *([self._dated(filters)] if filters.since or filters.until else []),
        ]
        if parts:
            documents = parts[0].intersection(*parts[1:])
        if filters.speaker:
            wanted = fold(_casefold(filters.speaker))
            speakers = frozenset(speaker for speaker in self.speakers() if wanted in fold(speaker))
        if filters.section:
            wanted = _casefold(filters.section)
            rows = self._rows("SELECT DISTINCT section FROM passages WHERE section IS NOT NULL")
            sections = frozenset(row[0] for row in rows if wanted in row[0].casefold())
        selection = Selection(documents=documents, speakers=speakers, sections=sections)
        ids = self._ids_in(selection, few + 1)
        return replace(selection, few=frozenset(ids) if len(ids) <= few else None)

    def ids_matching(self, filters: Filters) -> set[str]:
        """Ids of the passages that pass the filters."""
        return set(self._ids_in(self.select(filters, few=0), -1))

    def _documents_named(self, names: str | Sequence[str]) -> frozenset[str]:
        """Ids of the documents of a name, or of several."""
        several = [names] if isinstance(names, str) else names
        columns = ("id", "title", "source", "symbol")
        return frozenset[str]().union(*(self._named(name, columns) for name in several))

    def _named(self, name: str, columns: Sequence[str]) -> frozenset[str]:
        """Ids of the documents, or their files, of just this name, in any case; if none, of those with it in a name."""
        wanted = _casefold(name)
        rows = self._rows(f"SELECT id, {', '.join(columns)} FROM documents")
        names = {row[0]: [_casefold(each) for each in row[1:] if each] for row in rows}
        whole = (key for key, held in names.items() if any(wanted in (n, n.rpartition("/")[2]) for n in held))
        return frozenset(whole) or frozenset(key for key, held in names.items() if any(wanted in n for n in held))

    def _dated(self, filters: Filters) -> frozenset[str]:
        """Ids of the documents of a time; a date known to the month is in each day of it."""
        since, until = filters.since or "", filters.until or ""
        rows = self._rows("SELECT id, date FROM documents WHERE date IS NOT NULL")
        return frozenset(
            key for key, date in rows if date >= since[: len(date)] and (not until or date[: len(until)] <= until)
        )

    def _ids_in(self, selection: Selection, limit: int) -> list[str]:
        """Ids of the passages selected, at most `limit`; -1 for all."""
        parts = {"document_id": selection.documents, "speaker": selection.speakers, "section": selection.sections}
        asked = {column: json.dumps(list(names)) for column, names in parts.items() if names is not None}
        where = " AND ".join(f"{column} IN (SELECT value FROM json_each(?))" for column in asked) or "TRUE"
        sql = f"SELECT id FROM passages WHERE {where} LIMIT ?"
        return [row[0] for row in self._rows(sql, [*asked.values(), limit])]


def _casefold(text: str | None) -> str:
    """Text as it is compared; a half of a character (lone surrogate), which SQLite cannot take, a question mark."""
    return (text or "").encode("utf-8", "replace").decode("utf-8").casefold()


def _remove(connection: sqlite3.Connection, document_id: str) -> None:
    rows = connection.execute("SELECT id FROM passages WHERE document_id = ?", (document_id,)).fetchall()
    names = connection.execute("SELECT source FROM names WHERE document_id = ?", (document_id,)).fetchall()
    _bury(connection, {row[0] for row in rows})
    _leave_trace(connection, document_id)
    connection.execute("INSERT OR IGNORE INTO gone VALUES ('document', ?)", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
    for (name,) in names:
        _forget_file(connection, name)


def _forget_file(connection: sqlite3.Connection, name: str) -> None:
    """Forgets the file that a document was read from, and the archives around it, where nothing is left of them."""
    parts = name.split(_MEMBER)
    for count in range(1, len(parts) + 1):
        file = _MEMBER.join(parts[:count])
        connection.execute(
            "DELETE FROM files WHERE source = ? AND NOT EXISTS (SELECT 1 FROM names WHERE source = ? OR "
            "substr(source, 1, ?) = ?)",
            (file, file, len(file) + 1, file + _MEMBER),
        )


def _leave_trace(connection: sqlite3.Connection, document_id: str) -> None:
    connection.execute("INSERT OR IGNORE INTO gone VALUES ('trace', ?)", (document_id,))


def _program() -> str:
    """This program and its version, as a later or an earlier one is to name it."""
    return f"On Record {installed_version('onrecord')}"


def _checksum(document: Document, passages: "Sequence[Passage] | Sequence[PassageRow]", structure: Structure) -> str:
    """SHA-256 of a document's text, its facts, parts and where its passages are cut; its name may change unnoticed."""
    facts = [getattr(document, column) for column in _COLUMNS if column != "source"]
    cuts = [[p.id, p.start, p.end, p.kind, p.context, p.order, *_place(p.locator)] for p in passages]
    return hashlib.sha256(json.dumps([facts, cuts, asdict(structure)]).encode()).hexdigest()


def _place(locator: Locator) -> list[str | float | None]:
    return [getattr(locator, name) for name in _PLACE]


def _bury(connection: sqlite3.Connection, passage_ids: Iterable[str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO gone VALUES ('passage', ?)", [(i,) for i in passage_ids])


def _count_version(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO meta VALUES ('version', '1') ON CONFLICT(key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )


def _document(row: tuple[Any, ...]) -> Document:
    return Document(**dict(zip(_COLUMNS, row, strict=True)))


def _passage_row(row: tuple[Any, ...]) -> PassageRow:
    return PassageRow(
        id=row[0],
        document_id=row[1],
        start=row[2],
        end=row[3],
        kind=row[4],
        context=row[5],
        order=row[6],
        locator=Locator(**dict(zip(_PLACE, row[7:-1], strict=True))),
        document_sha256=row[-1],
    )
