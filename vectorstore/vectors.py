"""The vectors of passages and of their sentences, in Chroma: on disk or on a server, cosine distance, HNSW.

Chroma's persistent client does not notice what another process writes, and may fail on it; so the store tells this
file when to reopen, and a query that fails is tried once more on a fresh client.

A small collection is compared whole instead, exactly: HNSW's graph is built anew whenever the collection is opened, and
finds a little otherwise each time.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import InputError, VectorsUnreachable
from .passage import Passage

if TYPE_CHECKING:
    import numpy as np

_PASSAGES = "passages"
_SENTENCES = "sentences"
_BATCH = 2000
_EXACT_UP_TO = 5000


class Vectors:
    """Nearest passages by cosine similarity.

    With `exact` set, large collections are compared whole too: slower, and the same in every run.

    With `server_url` they lie on a Chroma server, in collections whose names begin with `collection`, and nothing is in
    the folder. A server that does not answer raises VectorsUnreachable.
    """

    exact = False

    def __init__(self, folder: Path, *, server_url: str | None = None, collection: str = "") -> None:
        if server_url is None:
            folder.mkdir(parents=True, exist_ok=True)
        elif urlsplit(server_url).scheme not in ("http", "https") or not urlsplit(server_url).hostname:
            raise InputError(f"{server_url!r} is no address of a Chroma server. Write one as http://127.0.0.1:8000")
        self._folder = folder
        self._server_url = server_url
        self._prefix = f"{collection}-" if collection else ""
        self._lock = threading.Lock()
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._matrices: dict[str, tuple[list[str], np.ndarray]] = {}
        self._sizes: dict[str, int] = {}

    def add(self, passages: Sequence[Passage], vectors: "np.ndarray") -> None:
        """Stores passages with their vectors, float32 (len(passages), dimension); known ids are replaced."""
        collection = self._open(_PASSAGES)
        self._forget()
        for first in range(0, len(passages), _BATCH):
            batch = passages[first : first + _BATCH]
            with self._reached():
                collection.upsert(
                    ids=[passage.id for passage in batch],
                    embeddings=vectors[first : first + _BATCH],
                    documents=[passage.text for passage in batch],
                    metadatas=[_facts(passage) for passage in batch],
                )

    def add_sentences(self, keys: Sequence[tuple[str, int]], vectors: "np.ndarray") -> None:
        """Stores sentences, each as (passage id, its number in the passage from 0), with their vectors."""
        collection = self._open(_SENTENCES)
        self._forget()
        for first in range(0, len(keys), _BATCH):
            batch = keys[first : first + _BATCH]
            with self._reached():
                collection.upsert(
                    ids=[f"{passage_id}#{number}" for passage_id, number in batch],
                    embeddings=vectors[first : first + _BATCH],
                    metadatas=[{"passage": passage_id} for passage_id, _ in batch],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Forgets passages and their sentences; unknown ids do not matter."""
        passages, sentences = self._open(_PASSAGES), self._open(_SENTENCES)
        self._forget()
        for first in range(0, len(ids), _BATCH):
            batch = list(ids[first : first + _BATCH])
            with self._reached():
                passages.delete(ids=batch)
                sentences.delete(where={"passage": {"$in": batch}})

    def delete_all(self) -> None:
        """Forgets everything."""
        for name in (_PASSAGES, _SENTENCES):
            self._open(name)
            with self._reached():
                self._client.delete_collection(f"{self._prefix}{name}")
        self.close()

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
        if not passage_ids:
            return {}
        collection = self._open(_SENTENCES)
        with self._reached():
            found = collection.get(where={"passage": {"$in": list(passage_ids)}}, include=["embeddings"])
        vectors: dict[str, dict[int, np.ndarray]] = {}
        for key, vector in zip(found["ids"], found["embeddings"], strict=True):
            passage_id, _, number = key.rpartition("#")
            vectors.setdefault(passage_id, {})[int(number)] = vector
        return vectors

    def search_within(self, vector: "np.ndarray", limit: int, ids: Collection[str]) -> list[tuple[str, float]]:
        """The same among a few passages only, each compared with the question."""
        stored = self.vectors_of(list(ids))
        scored = [(key, float(vector @ found)) for key, found in stored.items()]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def vectors_of(self, ids: Sequence[str]) -> dict[str, "np.ndarray"]:
        """Stored vectors by passage id, float32 (dimension,); ids without one are left out."""
        if not ids:
            return {}
        try:
            found = self._open(_PASSAGES).get(ids=list(ids), include=["embeddings"])
        except Exception:  # as in `search`
            self.close()
            collection = self._open(_PASSAGES)
            with self._reached():
                found = collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    @property
    def exist(self) -> bool:
        """Whether anything was ever stored here."""
        if self._server_url is not None:
            return self.count() > 0
        return (self._folder / "chroma.sqlite3").exists()

    @property
    def place(self) -> str:
        """Where the vectors lie: "folder" or "server"."""
        return "folder" if self._server_url is None else "server"

    def count(self) -> int:
        """How many passages have a vector."""
        collection = self._open(_PASSAGES)
        with self._reached():
            return collection.count()

    def close(self) -> None:
        """Lets go of the files; the next call opens them again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None
            self._collections = {}
            self._forget()

    def _forget(self) -> None:
        """Lets go of what is remembered of the collections, which change."""
        self._matrices, self._sizes = {}, {}

    def _search(self, name: str, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        try:
            return self._query(name, vector, limit)
        except Exception:  # Chroma's Rust layer raises InternalError while another process writes
            self.close()
            with self._reached():
                return self._query(name, vector, limit)

    def _query(self, name: str, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        collection = self._open(name)
        if name not in self._sizes:  # counting takes longer than searching in a large collection
            self._sizes[name] = collection.count()
        if self.exact or self._sizes[name] <= _EXACT_UP_TO:
            return self._compared(name, vector, limit)
        found = collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _compared(self, name: str, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        """The nearest by comparing all; of equals, the one whose id comes first."""
        matrix = self._matrices.get(name)
        if matrix is None:
            found = self._open(name).get(include=["embeddings"])
            order = sorted(range(len(found["ids"])), key=lambda place: found["ids"][place])
            matrix = [found["ids"][place] for place in order], found["embeddings"][order]
            self._matrices[name] = matrix
        ids, vectors = matrix
        if not ids:
            return []
        scores = vectors @ vector
        return [(ids[place], float(scores[place])) for place in (-scores).argsort(kind="stable")[:limit]]

    def _open(self, name: str) -> Any:
        with self._lock:
            with self._reached():
                if self._client is None:
                    self._client = self._connect()
                if name not in self._collections:
                    self._collections[name] = self._client.get_or_create_collection(
                        f"{self._prefix}{name}",
                        embedding_function=None,
                        configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
                    )
            return self._collections[name]

    def _connect(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        if self._server_url is None:
            return chromadb.PersistentClient(str(self._folder), settings=settings)
        url = urlsplit(self._server_url)
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        return chromadb.HttpClient(url.hostname or "", port, ssl=secure, settings=settings)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Tells what goes wrong on the way to a server; what goes wrong on disk is Chroma's own to tell."""
        if self._server_url is None:
            yield
            return
        try:
            yield
        except Exception as error:  # Chroma raises ValueError, httpx's errors and its own, by where it fails
            raise VectorsUnreachable(
                f"The Chroma server at {self._server_url} does not answer as it should ({type(error).__name__}). "
                "Start it, or correct RAPPORTEUR_CHROMA_URL."
            ) from error


def _facts(passage: Passage) -> dict[str, str]:
    """Metadata for people who open the collection with other tools; Rapporteur itself reads the catalogue."""
    locator = passage.locator
    facts = {
        "document_id": passage.document_id,
        "page": locator.page,
        "paragraph": locator.paragraph,
        "speaker": locator.speaker,
        "section": locator.section,
    }
    return {key: value for key, value in facts.items() if value}
