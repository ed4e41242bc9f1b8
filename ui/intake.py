"""Reading records into a library behind the page, while people already ask; and taking records out meanwhile."""

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..ingest.ingest import Failure
from ..ingest.parse import Limits
from ..rag.library import Library
from ..vectorstore.errors import LibraryBusy, RapporteurError

_log = logging.getLogger(__name__)

FILES = "files"
_STOP_TIMEOUT_S = 20.0
_BUSY_WAIT_S = 2.0
_MAX_BUSY_WAITS = 30
_FAILURES_KEPT = 200
_INTERNAL = "Reading the records failed inside the program; its log says where."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingStatus:
    """How far the reading has got. `source` is the file being read, `error` what stopped the whole of it.

    `waiting` names what is still to be read.
    """

    running: bool = False
    read: int = 0
    total: int = 0
    source: str = ""
    embedded: int = 0
    to_embed: int = 0
    waiting: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    error: str | None = None


class _Stopped(Exception):
    """The program ends: reading is broken off."""


class _MoreCame(Exception):
    """Embedding is broken off, so that what came meanwhile is found by words at once; then it goes on with all."""


class Intake:
    """Reads files, folders and addresses into a library in a thread of its own, and tells how far it is."""

    def __init__(self, library: Library, sources: Sequence[str | Path] = (), *, limits: Limits | None = None) -> None:
        self._library = library
        self._limits = limits
        self._waiting: deque[str] = deque(map(str, sources))
        self._to_remove: list[str] = []
        self._status = ReadingStatus(running=bool(sources), waiting=tuple(self._waiting))
        self._lock = threading.RLock()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins, where something waits."""
        with self._lock:
            if (self._waiting or self._to_remove) and self._thread is None and not self._stopping:
                self._set(running=bool(self._waiting), error=None)
                self._thread = threading.Thread(target=self._run, name="rapporteur-intake", daemon=True)
                self._thread.start()

    def add(self, sources: Sequence[str | Path]) -> None:
        """Puts more to be read, after what waits already."""
        with self._lock:
            names = list(map(str, sources))
            self._waiting.extend(names)
            failures = tuple(failure for failure in self._status.failures if failure.source not in names)
            waiting = tuple(dict.fromkeys([*self._status.waiting, *names]))
            self._set(running=True, waiting=waiting, failures=failures)
        self.start()

    def remove(self, document_id: str) -> None:
        """Takes a document out; while others are being read, at the next pause, which is soon."""
        with self._lock:
            self._to_remove.append(document_id)
        self.start()

    def is_leaving(self, document_id: str) -> bool:
        """Whether a document is about to be taken out."""
        return document_id in self._to_remove

    def stop(self) -> None:
        """Ends at the next file or batch of passages; what is left half done, the next ingest finishes."""
        self._stopping = True
        thread = self._thread
        if thread and thread.is_alive():
            thread.join(_STOP_TIMEOUT_S)

    def status(self) -> ReadingStatus:
        """How far it is, now."""
        return self._status

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self._status = replace(self._status, **changes)

    def _run(self) -> None:
        while not self._stopping:
            with self._lock:
                batch = list(self._waiting)
                self._waiting.clear()
                if not batch and not self._to_remove:
                    self._thread = None
                    self._set(running=False, waiting=())
                    return
                self._set(waiting=tuple(batch), read=0, total=len(batch), source="", embedded=0, to_embed=0)
            self._read(batch)
        self._set(running=False)

    def _read(self, batch: Sequence[str]) -> None:
        busy = ""
        for _ in range(_MAX_BUSY_WAITS):
            try:
                self._take_out()
                if batch:
                    self._library.ingest(batch, limits=self._limits, watcher=self)
                self._take_out()
                return
            except (_Stopped, _MoreCame):
                return
            except LibraryBusy as error:
                busy = str(error)
                self._set(error=busy)
                time.sleep(_BUSY_WAIT_S)
                self._set(error=None)
            except RapporteurError as error:
                self._set(error=str(error))
                return self._finish()
            except Exception:
                _log.exception("Reading the records failed")
                self._set(error=_INTERNAL)
                return
        self._set(error=busy)

    def _finish(self) -> None:
        """Embeds what an earlier round broke off, where the last one could not begin."""
        store = self._library.store
        with suppress(RapporteurError, _Stopped, _MoreCame), store.writing():
            store.make_findable()
            store.embed(self.embedding)

    def _take_out(self) -> None:
        """Removes what is to be removed. The writer's lock is this thread's own, so it may be done amid an ingest."""
        while self._to_remove:
            document_id = self._to_remove[0]
            if document := self._library.store.document(document_id):
                self._library.remove([document_id])
                forget_file(self._library, document.source)
            self._to_remove.pop(0)

    # What `ingest` tells (a `Watcher`); one thread writes, the others see one whole value or the next.

    def reading(self, done: int, total: int, source: str) -> None:
        """A file has been read."""
        self._heed()
        with self._lock:
            left = self._waiting if done == total else [one for one in self._status.waiting if one != source]
            self._set(read=done, total=total, source=source, waiting=tuple(left))

    def failed(self, failure: Failure) -> None:
        """A file could not be read."""
        failures = (*self._status.failures, failure)[-_FAILURES_KEPT:]
        self._set(failures=failures)

    def embedding(self, done: int, total: int) -> None:
        """Passages have been embedded."""
        self._heed()
        self._set(embedded=done, to_embed=total)
        if self._waiting and done < total:
            raise _MoreCame

    def _heed(self) -> None:
        if self._stopping:
            raise _Stopped
        self._take_out()


def forget_file(library: Library, source: str) -> None:
    """Deletes a record's file, where it is one that was put in through the page."""
    kept = library.store.folder / FILES
    path = Path(source)
    if path.is_file() and path.parent.parent == kept:
        shutil.rmtree(path.parent, ignore_errors=True)
