"""A part of a library as if it were the whole: some documents, and nothing found, counted or suggested of the others.

    collections (by folder or by hand) -> ids of documents -> catalogue, words and vectors of these alone

What a reader of some collections is given is a store of its own, so that nothing that reads one can forget to ask what
may be read. SQL runs on a connection on which every table is a view of the part's rows. The words have an index of
their own in memory, so that not even the weight of a word tells of other documents, and the vectors are compared by
themselves. A part is made anew with every version of the library; of its index only what has changed is.
"""

import json
import re
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NoReturn

from .catalogue import Catalogue
from .errors import LibraryError
from .lexical import Indexed, LexicalIndex
from .store import Store, indexed
from .vector_file import Matrix
from .vectors import Vectors

if TYPE_CHECKING:
    import sqlite3

    import numpy as np

    from .embedder import Embedder

_PARTS_OF_NAMES = re.compile(r"[/\\!]")  # of paths, addresses, and what lies in an archive
_BATCH = 500
_WHOLE = ("meta",)  # facts about the library: its embedder, its version


def part_of(whole: Store, collections: Iterable[str]) -> Store:
    """What a library's store holds of some collections, as a store; of collections that there are not, nothing."""
    whole.refresh()
    names = tuple(sorted(set(collections)))
    return whole.derived(f"part {json.dumps(names)}", lambda: _Part(whole, names))


def collected(catalogue: Catalogue, names: Collection[str]) -> frozenset[str]:
    """Ids of the documents in any of some collections: put there by hand, or with a name that lies in its folders."""
    chosen = [each for each in catalogue.collections() if each.name in names]
    patterns = [_split(folder) for each in chosen for folder in each.folders]
    by_hand = {document for each in chosen for document in each.documents}
    held = catalogue.names()
    by_folder = {key for name, key in held.items() if any(_lies_in(_split(name), pattern) for pattern in patterns)}
    return frozenset(by_folder | (by_hand & set(held.values())))


def _split(name: str) -> list[str]:
    return [part for part in _PARTS_OF_NAMES.split(name) if part]


def _lies_in(name: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a name lies in a folder, part by part; a "*" stands for any letters of one part."""
    return 0 < len(pattern) <= len(name) and all(map(fnmatchcase, name, pattern))


class _Part(Store):
    """The store of a part. It reads only, and whoever opened the whole closes it."""

    def __init__(self, whole: Store, names: tuple[str, ...]) -> None:
        """Not the whole's: nothing is opened but a connection, which holds for the part alone."""
        seen = collected(whole.catalogue, names)
        self.folder, self.cache_dir, self.is_part = whole.folder, whole.cache_dir, True
        self._take_nothing_over()
        self._whole = whole
        self._seen = whole.version
        self.catalogue = _PartOfCatalogue(whole.catalogue, seen)
        self.vectors = _PartOfVectors(whole.vectors, self.catalogue)
        words = whole.words_of_parts.setdefault(names, Words())
        words.bring_up_to_date(self)
        self.lexical = words.index
        self.refresh()

    @property
    def embedder(self) -> "Embedder":
        """The whole's."""
        return self._whole.embedder

    @property
    def embedding(self) -> str:
        """The whole's."""
        return self._whole.embedding

    @property
    def is_writing(self) -> bool:
        """Whether something is being read into the whole."""
        return self._whole.is_writing

    def refresh(self) -> None:
        """Nothing: the next part is another store."""
        self.lexical.main_language = next(iter(self.languages), None)

    def close(self) -> None:
        """Nothing: the whole's stores are its own."""

    @contextmanager
    def writing(self, wait_s: float = 0) -> Generator[None]:
        """Raises LibraryError."""
        _refuse()
        yield


@dataclass(kw_only=True)
class Words:
    """The lexical index of a part, kept from one version of the library to the next; `held` tells what is in it."""

    index: LexicalIndex = field(default_factory=LexicalIndex)
    held: dict[str, str] = field(default_factory=dict[str, str])

    def bring_up_to_date(self, part: Store) -> None:
        """Indexes what has changed since, and forgets what is no more in the part."""
        findable = {each.id for each in part.listings() if each.state != "read"}
        now = {key: told for key, told in part.catalogue.checksums().items() if key in findable}
        gone: list[Indexed] = [(key, None, []) for key in self.held if key not in now]
        changed = indexed(part.catalogue, [key for key, told in now.items() if self.held.get(key) != told])
        if gone or self.held != now:
            self.index.replace((*gone, *changed))
        self.held = now


class _PartOfCatalogue(Catalogue):
    """A catalogue on whose connections every table is a view of the part's rows, and nothing can be written."""

    def __init__(self, whole: Catalogue, seen: Collection[str]) -> None:
        self._whole = whole
        self._ids = json.dumps(sorted(seen))
        super().__init__(whole.path)

    def _connect(self) -> "sqlite3.Connection":
        connection = super()._connect()
        confine(connection, self._ids)
        return connection

    @contextmanager
    def writing(self) -> "Generator[sqlite3.Connection]":
        """Raises LibraryError."""
        _refuse()
        yield self._connection()

    def add_feedback(self, body: dict[str, Any]) -> None:
        """What readers say is kept with the whole."""
        self._whole.add_feedback(body)


def confine(connection: "sqlite3.Connection", ids: str) -> None:
    """Puts a view before every table of a catalogue, with the rows of some documents (ids, as JSON) and no others.

    SQLite looks names up among a connection's own views first. A table that is not of documents shows nothing.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("CREATE TEMP TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("INSERT INTO temp.seen SELECT value FROM json_each(?)", (ids,))
    for (table,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        if table in _WHOLE or table.startswith("sqlite_"):
            continue
        columns = {row[1] for row in connection.execute(f'PRAGMA main.table_info("{table}")').fetchall()}
        key = "id" if table == "documents" else "document_id"
        rows = f"{key} IN (SELECT id FROM temp.seen)" if key in columns else "FALSE"
        connection.execute(f'CREATE TEMP VIEW "{table}" AS SELECT * FROM main."{table}" WHERE {rows}')
    connection.execute("PRAGMA query_only = ON")


class _PartOfVectors(Vectors):
    """The vectors of a part, compared by themselves: the nearest of the whole might all be others'."""

    def __init__(self, whole: Vectors, catalogue: Catalogue) -> None:
        self._whole = whole
        self._catalogue = catalogue
        self._kept: dict[str, Matrix] = {}

    @property
    def exist(self) -> bool:
        """Whether anything was ever stored."""
        return self._whole.exist

    @property
    def place(self) -> str:
        """Where the whole's lie."""
        return self._whole.place

    def search(self, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        """As of the whole."""
        return self._matrix_of("passages").nearest(vector, limit)

    def search_sentences(self, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        """As of the whole."""
        nearest: dict[str, float] = {}
        for key, near in self._matrix_of("sentences").nearest(vector, limit):
            nearest.setdefault(key.rpartition("#")[0], near)
        return list(nearest.items())

    def sentence_vectors(self, passage_ids: Sequence[str]) -> "dict[str, dict[int, np.ndarray]]":
        """As of the whole."""
        return self._whole.sentence_vectors(self._own(passage_ids))

    def vectors_of(self, ids: Sequence[str]) -> "dict[str, np.ndarray]":
        """As of the whole."""
        return self._whole.vectors_of(self._own(ids))

    def count(self) -> int:
        """How many passages of the part have a vector."""
        return len(self._matrix_of("passages").ids)

    def close(self) -> None:
        """Lets go of what is in memory."""
        self._kept = {}

    def _own(self, ids: Sequence[str]) -> list[str]:
        rows = self._catalogue.passage_rows(ids)
        return [key for key in ids if key in rows]

    def _matrix_of(self, kind: str) -> Matrix:
        if kind not in self._kept:
            self._kept[kind] = _matrix(dict(self._read_all(kind)))
        return self._kept[kind]

    def _read_all(self, kind: str) -> "Iterable[tuple[str, np.ndarray]]":
        ids = self._catalogue.embedded_ids()
        for batch in (ids[first : first + _BATCH] for first in range(0, len(ids), _BATCH)):
            if kind == "passages":
                yield from self._whole.vectors_of(batch).items()
                continue
            for passage, vectors in self._whole.sentence_vectors(batch).items():
                yield from ((f"{passage}#{number}", vector) for number, vector in vectors.items())


def _matrix(vectors: "Mapping[str, np.ndarray]") -> Matrix:
    import numpy as np

    ids = sorted(vectors)
    return Matrix(ids=ids, vectors=np.stack([vectors[key] for key in ids]) if ids else np.zeros((0, 0), np.float32))


def _refuse() -> NoReturn:
    raise LibraryError("This is a part of a library, to be read only. What changes it is done on the whole.")
