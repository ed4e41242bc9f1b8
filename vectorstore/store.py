"""A library on disk: the catalogue (the truth), the lexical index and the vectors, kept in step.

    folder/catalogue.sqlite   documents, canonical text, passages, states
    folder/lexical/           tantivy; rebuilt from the catalogue when missing or damaged
    folder/chroma/            vectors of passages, and of sentences
    folder/writer.lock        one writer at a time

Writing goes  catalogue (read) -> lexical (findable) -> vectors (embedded); each step can be repeated without harm, so
the next writer completes whatever a crash cut short. What the other stores still hold of removed documents is never
shown: every passage found is looked up in the catalogue. When a writer is done, nothing of them is left on disk either.
"""

import hashlib
import json
import secrets
import shutil
import sqlite3
import struct
import tempfile
import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .catalogue import Catalogue, PassageRow
from .disk import PRIVATE, refusal_of
from .embedder import Embedder, default_embedding, open_embedder
from .errors import (
    CatalogueDamaged,
    DiskRefuses,
    EmbeddingMismatch,
    LexicalDamaged,
    LibraryBusy,
    LibraryError,
    NotALibrary,
    VectorsDamaged,
)
from .lexical import Indexed, LexicalIndex
from .markup import plain
from .passage import Document, Filters, Hit, Listing, Passage, Selection
from .structure import Structure
from .vector_file import NAME as VECTOR_FILE
from .vectors import Vectors

if TYPE_CHECKING:
    import numpy as np

LOCK = "writer.lock"
_CATALOGUE = "catalogue.sqlite"
_LEXICAL = "lexical"
_CHROMA = "chroma"
_ORIGINALS = ("files", "uploads")  # where the page and the API put what is handed in
_EMBED_BATCH = 256
_LEXICAL_BATCH = 64
_DOCUMENTS_KEPT = 128
_REBUILD_WAIT_S = 60
# Chroma's own filters take 90 to 170 ms at 100,000 passages. A few passages are compared one by one instead, exactly.
# Of many, those among the nearest of all are taken, and those that the words found are compared one by one.
_FEW = 500
_NEAREST_OF_ALL = 600
_SENTENCES_DEEPER = 3
_SENTENCES_A_PASSAGE = 24
_MIN_SENTENCE_CHARS = 12
_WITHOUT_SENTENCES = ("heading", "table", "noise")

Progress = Callable[[int, int], None]
SentenceSpans = Callable[[str], Sequence[tuple[int, int]]]
T = TypeVar("T")


class Store:
    """Reads and writes one library folder. Safe to share between threads; close it when done."""

    def __init__(
        self,
        folder: Path,
        *,
        create: bool = True,
        embedding: str | None = None,
        cache_dir: Path | None = None,
        embedder: Embedder | None = None,
        chroma_url: str | None = None,
        sentences: SentenceSpans | None = None,
    ) -> None:
        """Opens a library.

        Args:
            folder: the library's folder; made when missing and `create` is true.
            create: whether a missing library is made or refused.
            embedding: name or path of the embedding model; None for the one the library was made with.
            cache_dir: where the default model keeps its exported graph.
            embedder: an opened model, instead of `embedding`.
            chroma_url: a Chroma server that keeps the vectors, instead of the folder.
            sentences: the spans of a text's sentences; with it, sentences are embedded beside their passages, which
                takes about 1.7 times the time and three times the room, and finds more.

        Raises:
            NotALibrary: the folder holds something else, or nothing and `create` is false.
            EmbeddingMismatch: the library was made with another embedding model.
            CatalogueDamaged: its catalogue is lost or damaged.
            DiskRefuses: it is to be made where the disk is full or read-only.
        """
        _check_folder(folder, create)
        self.folder, self.is_part = folder, False
        self.catalogue = Catalogue(folder / _CATALOGUE)
        self.vectors = self._open_vectors(chroma_url)
        self.lexical, self._aside = _open_lexical(folder / _LEXICAL, self.catalogue)
        self.cache_dir = cache_dir
        self._embedder = embedder
        self._embedding = embedder.name if embedder else embedding
        self._embedder_lock = threading.Lock()
        self._sentences = sentences
        self._writer = threading.RLock()
        self._seen = self.catalogue.version
        self._checked: int | None = None
        self._take_nothing_over()
        self._check_embedding()

    def _take_nothing_over(self) -> None:
        """Begins with nothing kept in memory of what is read, as a whole or a part of a library (parts.py) does."""
        self._writing = 0
        self._embedded = (-1, 0)
        self._listed: tuple[int, list[Listing]] = (-1, [])
        self._unreadable: LibraryError | None = None
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._derived: dict[str, tuple[int, Any]] = {}
        self._deriving: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._asked: tuple[str, str, Any] = ("", "", None)
        self.words_of_parts: dict[tuple[str, ...], Any] = {}

    def _open_vectors(self, chroma_url: str | None) -> Vectors:
        """The vectors in the folder, or on a server in a collection that is this library's only."""
        if chroma_url is None:
            return Vectors(self.folder / _CHROMA)
        name = self.catalogue.fact("collection")
        if name is None:
            self.catalogue.keep_fact("collection", name := f"onrecord-{secrets.token_hex(8)}")
        return Vectors(self.folder / _CHROMA, server_url=chroma_url, collection=name)

    @property
    def _vectors_elsewhere(self) -> bool:
        """Whether the vectors were last made in another place than the one that is open now."""
        return (self.catalogue.fact("vectors_in") or "folder") != self.vectors.place

    def close(self) -> None:
        """Lets go of every file, and of what was kept in memory."""
        self._documents.clear()
        self._derived.clear()
        self.words_of_parts.clear()
        self.vectors.close()
        self.lexical.close()
        self.catalogue.close()

    # --- the embedding model -----------------------------------------------------------------------------------

    @property
    def embedder(self) -> Embedder:
        """The library's embedding model, loaded when first needed. Raises ModelError, EmbeddingMismatch."""
        with self._embedder_lock:
            if self._embedder is None:
                self._embedder = open_embedder(self.embedding, cache_dir=self.cache_dir)
            if self._checked != (version := self.version):
                made_with = self.catalogue.fact("embedding_fingerprint")
                if made_with and made_with != self._embedder.fingerprint:
                    raise self._other_embedding(self._embedder.fingerprint)
                self._checked = version
            return self._embedder

    def question_vector(self, question: str) -> "np.ndarray":
        """The vector of a question, which is searched with and compared with sentences too: made once."""
        embedder = self.embedder
        if self._asked[:2] != (question, embedder.fingerprint):
            self._asked = (question, embedder.fingerprint, embedder.embed_query(question))
        return self._asked[2]

    @property
    def embedding(self) -> str:
        """Name of the embedding model in use."""
        return self._embedding or self.catalogue.fact("embedding") or default_embedding()

    def _check_embedding(self) -> None:
        made_with = self.catalogue.fact("embedding")
        asked = (self._embedding or "").removeprefix("sentence-transformers/")
        if made_with and asked and asked != made_with.removeprefix("sentence-transformers/"):
            raise self._other_embedding(asked)

    def _other_embedding(self, asked: str) -> EmbeddingMismatch:
        return EmbeddingMismatch(
            f"The library {self.folder} was made with the embedding model {self.catalogue.fact('embedding')}, not "
            f"{asked}. Leave --embedding away to use it as it is, or embed it again with: "
            f"onrecord ingest --re-embed --embedding {asked} --library {self.folder}"
        )

    # --- writing -------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, wait_s: float = 0) -> Generator[None]:
        """Holds the library's writer lock and first finishes what a crash cut short; at the end, what was removed is
        taken off the disk. Raises LibraryBusy where another process writes and goes on for `wait_s`, DiskRefuses."""
        with self._writer:
            if self._writing:
                yield
                return
            with writer_lock(self.folder, wait_s):
                self.refresh()
                self._writing += 1
                known = self._known_files()
                self.catalogue.keep_fact("files", "")  # whoever is cut short leaves other files than were known
                try:
                    self.purge()
                    yield
                    self._scrub()
                    self._restore_vectors()
                finally:
                    with suppress(LibraryError, OSError, struct.error):  # what ended the writing is what is to be told
                        self._learn_files(known)
                    self._seen = self.catalogue.version  # first, lest a reader takes our own writing for another's
                    self._writing -= 1

    @property
    def is_writing(self) -> bool:
        """Whether this process is writing to the library just now."""
        return self._writing > 0

    def put(
        self,
        document: Document,
        passages: Sequence[Passage],
        acronyms: Mapping[str, str] | None = None,
        structure: Structure | None = None,
    ) -> None:
        """Stores a document, in place of the one with its id; findable after `make_findable`."""
        self.catalogue.put(document, passages, acronyms, structure)
        self._documents.pop(document.id, None)

    def remove(self, *document_ids: str, keep: Collection[str] = ()) -> None:
        """Removes documents from everywhere, with the originals that were put into the library's folder; but `keep`."""
        with self.writing():
            for document_id in document_ids:
                names = [name for name, holds in self.catalogue.names().items() if holds == document_id]
                self.catalogue.remove(document_id)
                self._documents.pop(document_id, None)
                self._discard_originals([name for name in names if name not in keep])
            self.purge()

    def _discard_originals(self, names: Sequence[str]) -> None:
        """Deletes the files that were handed in under these names, of an archive when nothing of it is left."""
        folder, left = self.folder.absolute(), self.catalogue.names()
        for name in names:
            path = Path(name)
            while not path.is_file() and "!" in str(path):
                path = Path(str(path).rpartition("!")[0])
            handed_in = any(path.is_relative_to(folder / place) for place in _ORIGINALS)
            if handed_in and path.is_file() and not any(one == str(path) or one.startswith(f"{path}!") for one in left):
                path.unlink()
                if path.parent.name not in _ORIGINALS and not any(path.parent.iterdir()):
                    path.parent.rmdir()

    def drop_name(self, name: str) -> bool:
        """Forgets a name that a document goes by; whether the document went with it, having no other."""
        removed = self.catalogue.drop_name(name)
        self._documents.clear()
        if removed:
            self.purge()
        return removed

    def purge(self) -> None:
        """Makes the other stores forget what the catalogue has forgotten."""
        if documents := self.catalogue.tombstones("document"):
            self.lexical.replace([(document_id, None, []) for document_id in documents])
            self.catalogue.forget_gone("document", documents)
        if passages := self.catalogue.tombstones("passage"):
            try:
                self.vectors.delete(passages)
            except VectorsDamaged:
                self._forget_vectors()
            self.catalogue.forget_gone("passage", passages)

    def _scrub(self) -> None:
        """Takes what was removed or replaced off the disk, where the stores only mark it as deleted."""
        if not (traces := self.catalogue.tombstones("trace")):
            return
        if self.lexical.has_traces:
            self.lexical.rebuild(_findable(self.catalogue))
        try:
            self.vectors.scrub()
        except VectorsDamaged:
            self._forget_vectors()
            self.embed()
        if self.catalogue.scrub():
            self.catalogue.forget_gone("trace", traces)

    def _restore_vectors(self) -> None:
        """Embeds again what Chroma has lost amid its own writing out."""
        if self.vectors.place != "folder" or not self.vectors.exist:
            return
        with suppress(VectorsDamaged):  # found out and mended by the next `embed`
            self.vectors.settle()
            if self.vectors.count() < self.catalogue.count_passages(embedded=True):
                self.embed()

    def _forget_vectors(self) -> None:
        """Has all vectors made anew by the next `embed`."""
        self.catalogue.forget_embeddings()
        self.vectors.delete_all()
        self._unreadable = None

    def make_findable(self) -> None:
        """Indexes the words of every document that is only read so far."""
        waiting = self.catalogue.ids_in_state("read")
        for first in range(0, len(waiting), _LEXICAL_BATCH):
            batch = waiting[first : first + _LEXICAL_BATCH]
            documents = [document for document_id in batch if (document := self.document(document_id))]
            self.lexical.replace([(each.id, each.language, self.passages_of(each.id)) for each in documents])
            self.catalogue.advance(batch, "findable")
        self.purge()

    def embed(self, progress: Progress | None = None) -> int:
        """Embeds every findable passage that has no vector yet; returns how many. `progress(done, total)`."""
        self._mend_vectors()
        total, done = self.catalogue.count_passages(embedded=False), 0
        if total == 0:
            self.catalogue.mark_embedded([])
            return 0
        embedder = self.embedder
        self.catalogue.keep_fact("embedding", embedder.name)
        self.catalogue.keep_fact("embedding_fingerprint", embedder.fingerprint)
        while rows := self.catalogue.unembedded(_EMBED_BATCH):
            passages = [passage for row in rows if (passage := self._with_text(row))]
            self.vectors.add(passages, embedder.embed([embedded_text(passage) for passage in passages]))
            self._embed_sentences(passages, embedder)
            self.catalogue.mark_embedded([row.id for row in rows])
            done += len(rows)
            if progress:
                progress(done, max(total, done))
        return done

    def _mend_vectors(self) -> None:
        """Notes which passages have to be embedded again: all, where the vectors cannot be read or lie elsewhere."""
        if self._vectors_elsewhere:
            self._forget_vectors()
            self.catalogue.keep_fact("vectors_in", self.vectors.place)
            return
        try:
            self.vectors.check()
            embedded = self.catalogue.count_passages(embedded=True)
            held = self.vectors.ids() if self.vectors.count() != embedded else None
        except VectorsDamaged:
            return self._forget_vectors()
        self._unreadable = None
        if self._lost_sentences():
            self._forget_vectors()
        elif held is not None:
            self.catalogue.forget_embeddings_but(held)
            self.vectors.delete(sorted(held - self.catalogue.ids_matching(Filters())))

    def _lost_sentences(self) -> int:
        """How many sentences have lost their vectors since the last writer was done."""
        counted = json.loads(self.catalogue.fact("files") or "{}").get("sentences", 0)
        return max(0, counted - self.vectors.count_sentences()) if self.vectors.place == "folder" else 0

    def _embed_sentences(self, passages: Sequence[Passage], embedder: Embedder) -> None:
        """Embeds the sentences of passages, where the library keeps their vectors."""
        if self._sentences is None:
            return
        texts: dict[tuple[str, int], str] = {}
        for passage in passages:
            if passage.kind in _WITHOUT_SENTENCES:
                continue
            for number, (start, end) in enumerate(self._sentences(passage.text)[:_SENTENCES_A_PASSAGE]):
                words = plain(passage.text[start:end])
                if len(words) >= _MIN_SENTENCE_CHARS:
                    texts[passage.id, number] = words
        if texts:
            self.vectors.add_sentences(list(texts), embedder.embed(list(texts.values())))

    def re_embed(self, embedder: Embedder) -> None:
        """Forgets all vectors and takes another model; `embed` makes the new ones."""
        self._forget_vectors()
        self.catalogue.keep_fact("embedding", embedder.name)
        self.catalogue.keep_fact("embedding_fingerprint", embedder.fingerprint)
        self._embedder, self._embedding = embedder, embedder.name

    # --- reading -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Notices what another process has written; call before a search."""
        version = self.catalogue.version
        if version != self._seen and not self._writing:
            self._seen = version
            self._documents.clear()
            self.lexical.refresh()
            self.vectors.close()
            self._unreadable = None
        self.lexical.main_language = next(iter(self.languages), None)

    @property
    def version(self) -> int:
        """Which version of the library is searched: the one `refresh` saw last, while writing here the newest."""
        return self.catalogue.version if self._writing else self._seen

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """What is worked out from all the library holds: made once for each version of it, forgotten on close."""
        with self._deriving[name]:
            version = self.version
            made_of, value = self._derived.get(name, (None, None))
            if made_of != version:
                value = make()
                self._derived[name] = (version, value)
            return cast(T, value)

    def listings(self) -> list[Listing]:
        """All documents, without their text; read once for each version of the catalogue, whoever writes it."""
        version = self.catalogue.version
        if self._listed[0] != version:
            self._listed = version, self.catalogue.listings()
        return list(self._listed[1])

    def document(self, document_id: str) -> Document | None:
        """A document with its text, or None."""
        document = self._documents.get(document_id)
        if document is None and (document := self.catalogue.document(document_id)):
            self._documents[document_id] = document
            while len(self._documents) > _DOCUMENTS_KEPT:
                self._documents.popitem(last=False)
        return document

    def structure(self, document_id: str) -> Structure:
        """What a document consists of."""
        kept = self.derived("structures", dict[str, Structure])
        structure = kept.get(document_id)
        if structure is None:
            if len(kept) >= _DOCUMENTS_KEPT:
                kept.clear()
            structure = kept[document_id] = self.catalogue.structure(document_id)
        return structure

    def passages_of(self, document_id: str) -> list[Passage]:
        """A document's passages in reading order."""
        rows = self.catalogue.passages_of(document_id)
        return [passage for row in rows if (passage := self._with_text(row))]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the library's documents, those of most passages first."""

        def counted() -> tuple[str, ...]:
            passages: Counter[str] = Counter()
            for listing in self.listings():
                passages[listing.language or ""] += listing.passages
            passages.pop("", None)
            return tuple(language for language, _ in passages.most_common())

        return self.derived("languages", counted)

    def by_words(
        self,
        words: Mapping[str, float],
        limit: int,
        *,
        exact: Mapping[str, float] | None = None,
        within: Selection | None = None,
    ) -> list[tuple[str, float]]:
        """(passage id, BM25 score), best first; `words` weigh the stems that `lexical.words` gives, 1 is usual, and
        `exact` words as they are written, folded."""
        return self.lexical.search(words, limit, exact=exact, within=within)

    def by_meaning(
        self, vector: "np.ndarray", limit: int, *, within: Selection | None = None, beside: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """(passage id, cosine similarity), nearest first; empty while nothing is embedded yet.

        Within a few passages, or within none, these are the nearest. Within many they are those among the nearest of
        the whole library and the nearest of the passages `beside`, which pass the filters already.
        """
        return self._while_readable(lambda: self._by_meaning(vector, limit, within, beside))

    def _while_readable(self, search: Callable[[], list[tuple[str, float]]]) -> list[tuple[str, float]]:
        """What a search among the vectors finds; nothing where there are none, or none that can be read."""
        fingerprint, place = self.catalogue.vectors_made() or (None, None)
        if fingerprint is None or place != self.vectors.place or self._unreadable:
            return []
        try:
            return search()
        except (VectorsDamaged, DiskRefuses) as error:
            self._unreadable = error
            return []

    def _by_meaning(
        self, vector: "np.ndarray", limit: int, within: Selection | None, beside: Sequence[str]
    ) -> list[tuple[str, float]]:
        if within is None:
            return self.vectors.search(vector, limit)
        if within.few is not None:
            return self.vectors.search_within(vector, limit, within.few)
        found = dict(self.vectors.search(vector, max(limit, _NEAREST_OF_ALL)))
        rows = self.catalogue.passage_rows(list(found))
        held = {key: found[key] for key, row in rows.items() if within.holds(row.document_id, row.locator)}
        held |= dict(self.vectors.search_within(vector, limit, [key for key in beside if key not in held]))
        return sorted(held.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def by_sentence(
        self, vector: "np.ndarray", limit: int, *, within: Selection | None = None
    ) -> list[tuple[str, float]]:
        """(passage id, cosine similarity of its nearest sentence), nearest first; empty where none are embedded.

        With filters these are the passages that pass them among those of the nearest sentences of the whole library.
        """
        return self._while_readable(lambda: self._by_sentence(vector, limit, within))

    def _by_sentence(self, vector: "np.ndarray", limit: int, within: Selection | None) -> list[tuple[str, float]]:
        found = self.vectors.search_sentences(vector, limit * _SENTENCES_DEEPER)
        if within is None:
            return found[:limit]
        rows = self.catalogue.passage_rows([key for key, _ in found])
        held = [hit for hit in found if (row := rows.get(hit[0])) and within.holds(row.document_id, row.locator)]
        return held[:limit]

    def meaning_fault(self) -> str | None:
        """Why records are not found by meaning as they should be, and what mends it; None where all is well."""
        repair = f"Rebuild them: onrecord doctor --repair --library {self.folder}"
        made = self.catalogue.vectors_made()
        if made is None:
            return None
        if made[1] != self.vectors.place:
            return "The library's vectors were made elsewhere, so it is searched by words alone until the next ingest."
        lost = 0
        try:
            lost = self._count_embedded() - self.vectors.count()
        except (VectorsDamaged, DiskRefuses) as error:
            self._unreadable = error
        if self._unreadable:
            mend = repair if isinstance(self._unreadable, VectorsDamaged) else ""
            return f"{self._unreadable} So the library is searched by words alone. {mend}".rstrip()
        if lost <= 0:
            return None
        return (
            f"The vectors of {lost} of {self._count_embedded()} passages are lost, so those are not found by their "
            f"meaning, only by their words. {repair}"
        )

    def meaning_yet_to_come(self) -> tuple[int, int] | None:
        """How many passages of how many are found by their words alone while vectors are being made; None where none
        are."""
        if not self.is_writing or not (waiting := self.catalogue.count_passages(embedded=False)):
            return None
        return waiting, self.catalogue.count_passages()

    def _count_embedded(self) -> int:
        """How many passages should have vectors, counted once a version."""
        version = self.catalogue.version
        if self._embedded[0] != version:
            self._embedded = version, self.catalogue.count_passages(embedded=True)
        return self._embedded[1]

    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, dict[int, "np.ndarray"]]:
        """The vectors of the sentences of passages, float32 (dimension,), by passage id and number from 0."""
        if self._unreadable:
            return {}
        try:
            return self.vectors.sentence_vectors(passage_ids)
        except (VectorsDamaged, DiskRefuses) as error:
            self._unreadable = error
            return {}

    def hits(self, scored: Sequence[tuple[str, float]]) -> list[Hit]:
        """Passages with their documents, in the order given; what the catalogue no longer knows is left out."""
        rows = self.catalogue.passage_rows([key for key, _ in scored])
        found: list[Hit] = []
        for key, score in scored:
            row = rows.get(key)
            document = self._document_of(row) if row else None
            if row and document:
                found.append(Hit(passage=row.with_text(document.text), document=document, score=score))
        return found

    def select(self, filters: Filters) -> Selection:
        """What passes the filters, for `by_words` and `by_meaning`."""
        return self.catalogue.select(filters, few=_FEW)

    def ids_matching(self, filters: Filters) -> set[str]:
        """Ids of the passages that pass the filters."""
        return self.catalogue.ids_matching(filters)

    def faults(self) -> list[str]:
        """What does not fit together: unfinished documents, passages without words or vectors. Empty when sound."""
        total = self.catalogue.count_passages()
        waiting = self.catalogue.ids_in_state("read")
        unembedded = self.catalogue.count_passages(embedded=False)
        vectors = self.vectors.count() if total else 0
        lost = self._lost_sentences()
        found = {
            "the vectors were made elsewhere": bool(total) and self._vectors_elsewhere,
            f"{len(waiting)} documents are not indexed yet": bool(waiting),
            f"the lexical index holds {self.lexical.size} of {total} passages": not waiting
            and self.lexical.size != total,
            f"{unembedded} passages are not embedded yet": bool(unembedded),
            f"there are {vectors} vectors for {total} passages": not unembedded and vectors != total,
            f"the vectors of {lost} sentences are lost": not self._vectors_elsewhere and lost > 0,
        }
        return [fault for fault, present in found.items() if present]

    # --- what the derived files were when the last writer was done ---------------------------------------------------

    def _known_files(self) -> dict[str, list[Any]]:
        return _known_files(self.catalogue)

    def _learn_files(self, known: Mapping[str, list[Any]]) -> None:
        """Notes the checksums of the derived files, reading only those that have changed, and what they hold."""
        self.vectors.settle()
        self.vectors.blank_unused()
        sentences = self.vectors.count_sentences() if self.vectors.place == "folder" else 0
        checksums: dict[str, list[Any]] = {}
        for path in derived_files(self.folder):
            name, stat = path.relative_to(self.folder).as_posix(), path.stat()
            before = known.get(name)
            unchanged = before is not None and before[:2] == [stat.st_size, stat.st_mtime_ns]
            checksums[name] = before if unchanged else [stat.st_size, stat.st_mtime_ns, checksum(path)]  # pyright: ignore
        self.catalogue.keep_fact("files", json.dumps({"checksums": checksums, "sentences": sentences}))

    def changed_files(self) -> list[str]:
        """Derived files that are not as the last writer left them; unknown while one was cut short."""
        return _changed(self.folder, self._known_files())

    def _with_text(self, row: PassageRow) -> Passage | None:
        document = self._document_of(row)
        return row.with_text(document.text) if document else None

    def _document_of(self, row: PassageRow) -> Document | None:
        """The document in the very version that a passage's offsets belong to; None while it is being replaced."""
        document = self.document(row.document_id)
        if document and document.sha256 != row.document_sha256:
            self._documents.pop(row.document_id, None)
            document = self.document(row.document_id)
        return document if document and document.sha256 == row.document_sha256 else None


def embedded_text(passage: Passage) -> str:
    """What the embedder sees of a passage: its context, then its words without markup."""
    words = plain(passage.text)
    return f"{passage.context}\n{words}" if passage.context else words


def derived_files(folder: Path) -> list[Path]:
    """The files of the lexical index, of vectors and of HNSW, which nobody changes but a writer."""
    found = [path for path in sorted((folder / _LEXICAL).glob("*")) if path.suffix != ".lock"]
    vectors = [folder / _CHROMA / VECTOR_FILE, *sorted((folder / _CHROMA).glob("*/*"))]
    return [path for path in [*found, *vectors] if path.is_file()]


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed_files(folder: Path) -> list[str]:
    """Derived files of a library that are not as its last writer left them, without opening any of them."""
    catalogue = Catalogue(folder / _CATALOGUE)
    try:
        return _changed(folder, _known_files(catalogue))
    finally:
        catalogue.close()


def recorded(catalogue: Path) -> tuple[int, dict[str, str]]:
    """A catalogue's schema, and the SHA-256 of the files of index and vectors as the last writer left them.

    Nothing is written and nothing brought up to date; no checksums stand there while a writer was cut short.
    """
    with closing(sqlite3.connect(f"{catalogue.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        facts = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('schema', 'files')").fetchall())
    checksums = json.loads(facts.get("files") or "{}").get("checksums", {})
    return int(facts["schema"]), {name: str(digest) for name, (_, _, digest) in checksums.items()}


def _known_files(catalogue: Catalogue) -> dict[str, list[Any]]:
    return json.loads(catalogue.fact("files") or "{}").get("checksums", {})


def _changed(folder: Path, known: Mapping[str, Sequence[Any]]) -> list[str]:
    return [
        name
        for name, (size, _, digest) in known.items()
        if not (path := folder / name).is_file() or path.stat().st_size != size or checksum(path) != digest
    ]


def forget_derived(folder: Path, *, lexical: bool = False, vectors: bool = False) -> None:
    """Deletes what can be made anew from the catalogue: opening the library makes the words anew, `embed` the vectors.

    Raises LibraryBusy.
    """
    with writer_lock(folder):
        for name in [name for name, chosen in ((_LEXICAL, lexical), (_CHROMA, vectors)) if chosen]:
            shutil.rmtree(folder / name, ignore_errors=True)


def _check_folder(folder: Path, create: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotALibrary(f"{folder} is a file, not a library folder. Choose another --library.")
    catalogue = folder / _CATALOGUE
    others = _beside_catalogue(folder)
    if catalogue.is_file() and (catalogue.stat().st_size or not others):
        return
    if others & {_LEXICAL, _CHROMA, *_ORIGINALS}:
        lost = "is empty (0 bytes)" if catalogue.is_file() else "is missing"
        raise CatalogueDamaged(
            f"The library {folder} has lost its catalogue: {catalogue.name} {lost}. Restore it from a backup, or "
            "ingest the records into a new folder."
        )
    if others:
        raise NotALibrary(
            f"{folder} holds other files and is not a library. Choose an empty or a new folder as --library."
        )
    if not create:
        raise NotALibrary(f"There is no library at {folder} yet. Create one: onrecord ingest PATH --library {folder}")
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)  # what lies in it is no other user's, either
    except OSError as error:
        raise refusal_of(_nearest(folder)) or NotALibrary(f"{folder} cannot be made ({error.strerror}).") from error


def _beside_catalogue(folder: Path) -> set[str]:
    """The names in a library's folder, without the catalogue's own files and the lock."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    return {name for name in names if not name.startswith(_CATALOGUE) and name != LOCK}


def _nearest(folder: Path) -> Path:
    """The folder itself or the first above it that exists."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())


@contextmanager
def writer_lock(folder: Path, timeout_s: float = 0) -> Generator[None]:
    """Keeps other processes from writing. Raises LibraryBusy where one does and goes on doing so."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise LibraryBusy(
            f"Another process is writing to {folder}. Asking goes on; try this again when it is done."
        ) from None
    except OSError as error:
        raise refusal_of(folder) or error from error
    try:
        yield
    finally:
        lock.release()


def _open_lexical(folder: Path, catalogue: Catalogue) -> tuple[LexicalIndex, "tempfile.TemporaryDirectory[str] | None"]:
    """Opens the lexical index; one that is missing, empty or damaged is made anew from the catalogue.

    Where the disk takes nothing it is opened in a copy, for tantivy wants to put its locks beside it; the copy's folder
    goes when it is let go.
    """
    index = _index_in(folder)
    if index is not None and (index.size or not _is_findable(catalogue)):
        return index, None
    if refusal_of(folder.parent):
        aside = tempfile.TemporaryDirectory(prefix="onrecord-", ignore_cleanup_errors=True)
        copy = Path(aside.name) / folder.name
        if folder.is_dir():
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.lock"))
        return _filled(_index_in(copy), copy, catalogue), aside
    with writer_lock(folder.parent, _REBUILD_WAIT_S):
        return _filled(index or _index_in(folder), folder, catalogue), None


def _filled(index: LexicalIndex | None, folder: Path, catalogue: Catalogue) -> LexicalIndex:
    if index is None:
        shutil.rmtree(folder, ignore_errors=True)
        index = LexicalIndex(folder)
    index.refresh()
    if not index.size:
        index.replace(_findable(catalogue))
        catalogue.keep_fact("files", "") if not refusal_of(folder.parent) else None
    return index


def _index_in(folder: Path) -> LexicalIndex | None:
    try:
        return LexicalIndex(folder)
    except (LexicalDamaged, OSError):
        return None


def _is_findable(catalogue: Catalogue) -> bool:
    return any(listing.state != "read" and listing.passages for listing in catalogue.listings())


def _findable(catalogue: Catalogue) -> Iterator[Indexed]:
    """The passages of every document that was indexed before."""
    return indexed(catalogue, [listing.id for listing in catalogue.listings() if listing.state != "read"])


def indexed(catalogue: Catalogue, ids: Sequence[str]) -> Iterator[Indexed]:
    """Documents as the lexical index takes them."""
    for key in ids:
        if document := catalogue.document(key):
            passages = [row.with_text(document.text) for row in catalogue.passages_of(document.id)]
            yield document.id, document.language, passages
