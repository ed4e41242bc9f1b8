"""The vectors of passages and of their sentences, in Chroma: on disk or on a server, cosine distance, HNSW.

Chroma's persistent client does not notice what another process writes, and may fail on it; so the store tells this
file when to reopen, and a query that fails is tried once more on a fresh client.

A small collection is compared whole instead, exactly: HNSW's graph is built anew whenever the collection is opened, and
finds a little otherwise each time. Where both are small their vectors also lie in a file (vector_file.py), and to read
them Chroma is not even imported.

What is deleted is overwritten first, because HNSW only marks it, and `scrub` takes it off the disk too. On a server,
where nobody can vouch for that, ids and vectors are kept and no words.
"""

import shutil
import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from .disk import is_failure, refusal_of
from .errors import InputError, VectorsDamaged, VectorsUnreachable
from .passage import Passage
from .vector_file import NAME as VECTOR_FILE
from .vector_file import Matrix, read_vectors, write_vectors

if TYPE_CHECKING:
    import numpy as np

_Found = TypeVar("_Found")
_PASSAGES = "passages"
_SENTENCES = "sentences"
_BATCH = 2000
_WAITS_S = (0.05, 0.2, 1.0, 5.0, 15.0)
_EXACT_UP_TO = 5000
FILE = "chroma.sqlite3"
_HNSW = {"space": "cosine", "ef_search": 200}
_WRITTEN_OUT_EVERY = 1000  # Chroma's default: HNSW's files, and with them its queue, are brought up to date so often
_HEADER = struct.Struct("<i5q")  # of hnswlib: version, offset, room for elements, elements, bytes of each, ...
_LENGTH_BYTES = 4
_CHUNK_BYTES = 1 << 20
_DOCUMENTS_INDEX = "embedding_fulltext_search"


class Vectors:
    """Nearest passages by cosine similarity.

    With `exact` set, large collections are compared whole too: slower, and the same in every run.

    With `server_url` they lie on a Chroma server, in collections whose names begin with `collection`, and nothing is in
    the folder. A server that does not answer raises VectorsUnreachable; files that cannot be read, VectorsDamaged.
    """

    exact = False

    def __init__(self, folder: Path, *, server_url: str | None = None, collection: str = "") -> None:
        if server_url is not None and (
            urlsplit(server_url).scheme not in ("http", "https") or not urlsplit(server_url).hostname
        ):
            raise InputError(
                f"{server_url!r} is not the address of a Chroma server. Write it like http://127.0.0.1:8000"
            )
        self._folder = folder
        self._server_url = server_url
        self._prefix = f"{collection}-" if collection else ""
        self._lock = threading.Lock()
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._matrices: dict[str, Matrix] | None = None
        self._sizes: dict[str, int] = {}

    def add(self, passages: Sequence[Passage], vectors: "np.ndarray") -> None:
        """Stores passages with their vectors, float32 (len(passages), dimension); known ids are replaced."""
        collection = self._open(_PASSAGES)
        self._outdate()
        here = self._server_url is None
        for first in range(0, len(passages), _BATCH):
            batch = passages[first : first + _BATCH]
            facts = [_facts(passage) if here else {"document_id": passage.document_id} for passage in batch]
            put = partial(
                collection.upsert,
                ids=[passage.id for passage in batch],
                embeddings=vectors[first : first + _BATCH],
                documents=[passage.text for passage in batch] if here else None,
                metadatas=facts,
            )
            with self._reached():
                patiently(put)

    def add_sentences(self, keys: Sequence[tuple[str, int]], vectors: "np.ndarray") -> None:
        """Stores sentences, each as (passage id, its number in the passage from 0), with their vectors."""
        collection = self._open(_SENTENCES)
        self._outdate()
        for first in range(0, len(keys), _BATCH):
            batch = keys[first : first + _BATCH]
            put = partial(
                collection.upsert,
                ids=[f"{passage_id}#{number}" for passage_id, number in batch],
                embeddings=vectors[first : first + _BATCH],
                metadatas=[{"passage": passage_id} for passage_id, _ in batch],
            )
            with self._reached():
                patiently(put)

    def delete(self, ids: Sequence[str]) -> None:
        """Forgets passages and their sentences; unknown ids do not matter."""
        if not ids or not self.exist:
            return
        passages, sentences = self._open(_PASSAGES), self._open(_SENTENCES)
        self._outdate()
        for batch in _batches(ids):
            with self._reached():
                patiently(partial(self._take_out, passages, ids=batch))
                patiently(partial(self._take_out, sentences, where={"passage": {"$in": batch}}))

    def _take_out(self, collection: Any, **among: Any) -> None:
        """Deletes what is there of some; its vectors are made random first, since HNSW keeps those of deleted ids."""
        import numpy as np

        for batch in _batches(collection.get(**among, include=[])["ids"]):
            if self._server_url is None:
                dimension = len(collection.get(ids=batch[:1], include=["embeddings"])["embeddings"][0])
                noise = np.random.default_rng(0).normal(size=(len(batch), dimension)).astype(np.float32)
                collection.update(ids=batch, embeddings=noise)
            collection.delete(ids=batch)

    def delete_all(self) -> None:
        """Forgets everything, also what cannot be read."""
        if self._server_url is None:
            self.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        for name in (_PASSAGES, _SENTENCES):
            self._open(name)
            with self._reached():
                self._client.delete_collection(f"{self._prefix}{name}")
        self.close()

    def scrub(self) -> None:
        """Takes what was deleted off the disk: out of HNSW's files, Chroma's queue, its word index and free pages."""
        if self._server_url is not None or not self.exist:
            return
        with self._reached():
            for name in (_PASSAGES, _SENTENCES):
                patiently(partial(self._write_out, name))
            self.close()
            with closing(sqlite3.connect(self._folder / FILE, timeout=30, isolation_level=None)) as connection:
                connection.execute(f"INSERT INTO {_DOCUMENTS_INDEX}({_DOCUMENTS_INDEX}) VALUES ('optimize')")
                connection.execute("VACUUM")
                used = {row[0] for row in connection.execute("SELECT id FROM segments")}
        self._tidy(used)

    def settle(self) -> None:
        """Has graphs written out that never were: until then Chroma writes their files anew whenever it opens them.

        Then what small collections hold is written to the file beside them.
        """
        if self._server_url is not None or not self.exist:
            return
        with self._reached():
            if any(_HEADER.unpack(path.read_bytes()[: _HEADER.size])[3] == 0 for path in self._headers()):
                for name in (_PASSAGES, _SENTENCES):
                    patiently(partial(self._write_out, name))
            self.close()  # whereupon the last of it is written
            with closing(sqlite3.connect(self._folder / FILE, timeout=30)) as connection:
                used = {row[0] for row in connection.execute("SELECT id FROM segments")}
            self._tidy(used)
            if not (self._folder / VECTOR_FILE).exists():
                self._write_file()

    def _write_file(self) -> None:
        names = (_PASSAGES, _SENTENCES)
        if all(self._open(name).count() <= _EXACT_UP_TO for name in names):
            matrices = {name: self._matrix(name) for name in names}
            self.close()
            write_vectors(self._folder, matrices)

    def _tidy(self, used: set[str]) -> None:
        """Deletes the files that Chroma leaves of a deleted collection."""
        for place in self._folder.iterdir():
            if place.is_dir() and place.name not in used:
                shutil.rmtree(place, ignore_errors=True)

    def _headers(self) -> list[Path]:
        return [path for path in self._folder.glob("*/header.bin") if path.stat().st_size >= _HEADER.size]

    def blank_unused(self) -> None:
        """Blanks the room that HNSW's files keep for more: hnswlib writes whatever stood in memory there, words too."""
        if self._server_url is not None:
            return
        for header in self._headers():
            data, lengths = header.with_name("data_level0.bin"), header.with_name("length.bin")
            _, _, room, count, element_bytes, *_ = _HEADER.unpack(header.read_bytes()[: _HEADER.size])
            for path, each in ((data, element_bytes), (lengths, _LENGTH_BYTES)):
                if path.is_file() and path.stat().st_size == room * each:
                    _blank(path, count * each)

    def _write_out(self, name: str) -> None:
        """Has Chroma write HNSW's files and purge its queue now; a changed threshold counts once reopened."""
        self._open(name).modify(configuration={"hnsw": {"sync_threshold": 2}})
        self.close()
        collection = self._open(name)
        kept = collection.get(limit=1, include=["embeddings"])
        if not kept["ids"]:
            self._client.delete_collection(collection.name)
            self.close()
            return
        for _ in range(2):
            collection.update(ids=kept["ids"], embeddings=kept["embeddings"])
        collection.modify(configuration={"hnsw": {"sync_threshold": _WRITTEN_OUT_EVERY}})

    def search(self, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        """(passage id, cosine similarity) of the nearest, nearest first. `vector` is float32 (dimension,)."""
        return self._search(_PASSAGES, vector, limit)

    def search_sentences(self, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        """(passage id, cosine similarity of its nearest sentence) by the `limit` nearest sentences, nearest first."""
        nearest: dict[str, float] = {}
        for key, near in self._search(_SENTENCES, vector, limit):
            nearest.setdefault(key.rpartition("#")[0], near)
        return list(nearest.items())

    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, dict[int, "np.ndarray"]]:
        """The vectors of the sentences of some passages, by passage id and number; those without any are left out."""
        if not passage_ids or not self.exist:
            return {}
        vectors: dict[str, dict[int, np.ndarray]] = {}
        for key, vector in self._read(lambda: self._sentences_of(passage_ids)):
            passage_id, _, number = key.rpartition("#")
            vectors.setdefault(passage_id, {})[int(number)] = vector
        return vectors

    def _sentences_of(self, passage_ids: Sequence[str]) -> "list[tuple[str, np.ndarray]]":
        if held := self._held.get(_SENTENCES):
            return [found for passage_id in passage_ids for found in held.beginning(f"{passage_id}#")]
        among = {"passage": {"$in": list(passage_ids)}}
        found = self._open(_SENTENCES).get(where=among, include=["embeddings"])
        return list(zip(found["ids"], found["embeddings"], strict=True))

    def search_within(self, vector: "np.ndarray", limit: int, ids: Collection[str]) -> list[tuple[str, float]]:
        """The same among a few passages only, each compared with the question."""
        stored = self.vectors_of(list(ids))
        scored = [(key, float(vector @ found)) for key, found in stored.items()]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def vectors_of(self, ids: Sequence[str]) -> dict[str, "np.ndarray"]:
        """Stored vectors by passage id, float32 (dimension,); ids without one are left out."""
        if not ids or not self.exist:
            return {}
        return self._read(lambda: self._passages_of(ids))

    def _passages_of(self, ids: Sequence[str]) -> "dict[str, np.ndarray]":
        if held := self._held.get(_PASSAGES):
            return {key: held.vectors[held.places[key]] for key in ids if key in held.places}
        found = self._open(_PASSAGES).get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    @property
    def exist(self) -> bool:
        """Whether anything was ever stored here."""
        return self._server_url is not None or (self._folder / FILE).exists()

    @property
    def place(self) -> str:
        """Where the vectors lie: "folder" or "server"."""
        return "folder" if self._server_url is None else "server"

    def count(self) -> int:
        """How many passages have a vector."""
        return self._size(_PASSAGES)

    def count_sentences(self) -> int:
        """How many sentences have one."""
        return self._size(_SENTENCES)

    def check(self) -> None:
        """Reads a vector of each kind, so that what cannot be read shows: VectorsDamaged."""
        for name in (_PASSAGES, _SENTENCES) if self.exist else ():
            self._read(lambda name=name: self._open(name).get(limit=1, include=["embeddings"]))

    def texts(self, batch: int) -> Iterator[list[tuple[str, str]]]:
        """(passage id, its words) of all passages, some at a time; of one whose vector is no number, no words."""
        import numpy as np

        for start in range(0, self.count(), batch):
            asked = {"limit": batch, "offset": start, "include": ["documents", "embeddings"]}
            found = self._read(lambda asked=asked: self._open(_PASSAGES).get(**asked))
            lengths = np.linalg.norm(found["embeddings"], axis=1)
            whole = [bool(0.9 < length < 1.1) for length in lengths]
            yield [
                (key, (text or "") if fine else "")
                for key, text, fine in zip(found["ids"], found["documents"], whole, strict=True)
            ]

    def ids(self) -> set[str]:
        """The passages that have a vector."""
        return set(self._read(lambda: self._open(_PASSAGES).get(include=[]))["ids"]) if self.exist else set()

    def _size(self, name: str) -> int:
        if not self.exist:
            return 0
        if name not in self._sizes:  # counting takes longer than searching in a large collection
            self._sizes[name] = self._read(lambda: self._counted(name))
        return self._sizes[name]

    def _counted(self, name: str) -> int:
        held = self._held.get(name)
        return self._open(name).count() if held is None else len(held.ids)

    def close(self) -> None:
        """Lets go of the files; the next call opens them again."""
        with self._lock:
            if self._client is not None:
                with suppress(Exception):  # what is damaged may not close either
                    self._client.close()
            self._client = None
            self._collections = {}
            self._forget()

    def _forget(self) -> None:
        """Lets go of what is remembered of the collections, which change."""
        self._matrices, self._sizes = None, {}

    def _outdate(self) -> None:
        """The same, as they are about to change: the file beside them goes."""
        (self._folder / VECTOR_FILE).unlink(missing_ok=True)
        self._forget()

    @property
    def _held(self) -> dict[str, Matrix]:
        """What is in memory of whole collections, at first what the file beside them holds."""
        if self._matrices is None:
            self._matrices = read_vectors(self._folder) if self._server_url is None else {}
        return self._matrices

    def _read(self, read: Callable[[], _Found]) -> _Found:
        """What is read; tried again afresh, since Chroma's Rust layer may fail while another process writes."""
        try:
            return read()
        except BaseException as error:
            if not is_failure(error):
                raise
        self.close()
        with self._reached():
            return read()

    def _search(self, name: str, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        return self._read(lambda: self._query(name, vector, limit)) if self.exist else []

    def _query(self, name: str, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        if name not in self._sizes:
            self._sizes[name] = self._counted(name)
        if self.exact or self._sizes[name] <= _EXACT_UP_TO:
            return self._matrix(name).nearest(vector, limit)
        found = self._open(name).query(query_embeddings=[vector], n_results=limit, include=["distances"])
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _matrix(self, name: str) -> Matrix:
        held = self._held
        if name not in held:
            found = self._open(name).get(include=["embeddings"])
            order = sorted(range(len(found["ids"])), key=lambda place: found["ids"][place])
            held[name] = Matrix(ids=[found["ids"][place] for place in order], vectors=found["embeddings"][order])
        return held[name]

    def _open(self, name: str) -> Any:
        with self._lock:
            with self._reached():
                if self._client is None:
                    self._client = self._connect()
                if name not in self._collections:
                    self._collections[name] = self._client.get_or_create_collection(
                        f"{self._prefix}{name}",
                        embedding_function=None,
                        configuration={"hnsw": _HNSW},
                    )
            return self._collections[name]

    def _connect(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        if self._server_url is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                return chromadb.PersistentClient(str(self._folder), settings=settings)
            except BaseException:  # Chroma keeps the half-made system and would hand it out from now on
                _half_made_systems().pop(str(self._folder), None)
                raise
        url = urlsplit(self._server_url)
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        return chromadb.HttpClient(url.hostname or "", port, ssl=secure, settings=settings)

    @contextmanager
    def _reached(self) -> Generator[None]:
        """Tells what goes wrong on the way to a server, or on disk."""
        try:
            yield
        except (VectorsDamaged, VectorsUnreachable):
            raise
        except BaseException as error:  # Chroma raises ValueError, httpx's errors and its own, by where it fails
            if not is_failure(error):
                raise
            if self._server_url is None:
                raise refusal_of(self._folder.parent) or VectorsDamaged(
                    f"The vectors in {self._folder} cannot be read ({type(error).__name__})."
                ) from error
            raise VectorsUnreachable(
                f"The Chroma server at {self._server_url} does not answer as it should ({type(error).__name__}). "
                "Start it, or correct ONRECORD_CHROMA_URL."
            ) from error


def patiently(work: Callable[[], None]) -> None:
    """Does the work, again where Chroma is still busy writing out what it was told before."""
    for wait_s in _WAITS_S:
        try:
            return work()
        except Exception as error:
            if "database is locked" not in str(error):
                raise
            time.sleep(wait_s)
    return work()


def _half_made_systems() -> dict[str, Any]:
    from chromadb.api.shared_system_client import SharedSystemClient

    return SharedSystemClient._identifier_to_system  # pyright: ignore[reportPrivateUsage]


def _blank(path: Path, start: int) -> None:
    """Makes a file's bytes from `start` on zero."""
    with path.open("r+b") as file:
        file.seek(start)
        while chunk := file.read(_CHUNK_BYTES):
            if chunk.strip(b"\0"):
                file.seek(-len(chunk), 1)
                file.write(bytes(len(chunk)))


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    for first in range(0, len(ids), _BATCH):
        yield list(ids[first : first + _BATCH])


def _facts(passage: Passage) -> dict[str, str]:
    """Metadata for people who open the collection with other tools; On Record itself reads the catalogue."""
    locator = passage.locator
    facts = {
        "document_id": passage.document_id,
        "page": locator.page,
        "paragraph": locator.paragraph,
        "speaker": locator.speaker,
        "section": locator.section,
    }
    return {key: value for key, value in facts.items() if value}
