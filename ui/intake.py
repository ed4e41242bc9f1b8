"""Reading records into a library behind the page, while people already ask; and taking records out meanwhile."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..ingest.attempts import try_again
from ..ingest.ingest import Failure
from ..ingest.parse import Limits
from ..rag.library import Library
from ..vectorstore.errors import LibraryBusy, OnRecordError
from .uploads import Entry, Leaving, Part, Uploads, names_of

_log = logging.getLogger(__name__)

_STOP_TIMEOUT_S = 8.0
_BUSY_WAIT_S = 2.0
_HEED_EVERY_S = 0.2
_TOLD_AFTER_S = 2.0  # before, one file tells too little of the others
_TRIES = 3  # a file that the program fails on is set aside at the third
_FAILURES_KEPT = 200
_INTERNAL = "Reading the records failed inside the program; its log says where."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingStatus:
    """How far the reading has got. `source` is the file being read, `error` what stopped the whole of it.

    `waiting` names what is still to be read; `left_s` is the seconds that reading, or else embedding, takes yet at the
    pace so far, None where there is none to tell by.
    """

    running: bool = False
    read: int = 0
    total: int = 0
    source: str = ""
    embedded: int = 0
    to_embed: int = 0
    left_s: float | None = None
    waiting: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    error: str | None = None


class _Pace:
    """How fast something gets done, from the first time on that it is looked at."""

    def __init__(self) -> None:
        self._done = self._total = 0
        self._began = 0.0

    def left_s(self, done: int, total: int) -> float | None:
        """The seconds until all is done; None where it has just begun. Less done, or of more, is a new beginning."""
        now = time.monotonic()
        if total != self._total or done < self._done:
            self._done, self._total, self._began = done, total, now
        took = now - self._began
        if done == self._done or took < _TOLD_AFTER_S:
            return None
        return took / (done - self._done) * (total - done)


class _Stopped(Exception):
    """The program ends: reading is broken off."""


class _MoreCame(Exception):
    """Embedding is broken off, so that what came meanwhile is found by words at once; then it goes on with all."""


class Intake:
    """Reads files, folders and addresses into a library in a thread of its own, and tells how far it is.

    What came over the page stands in `uploads` until it is done, and is taken up again after a restart.
    """

    def __init__(self, library: Library, sources: Sequence[str | Path] = (), *, limits: Limits | None = None) -> None:
        self._library = library
        self._limits = limits
        self.uploads = Uploads(library)
        self._named = list(map(str, sources))
        self._came: list[str] = []
        self._to_remove: list[Leaving] = []
        self._failures: list[Failure] = []
        self._failures_now: list[Failure] = []
        self._status = ReadingStatus(running=bool(sources), waiting=tuple(self._named))
        self._reading_pace, self._embedding_pace = _Pace(), _Pace()
        self._lock = threading.RLock()
        self._started = self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins, where something waits, also from before the program was last ended; once."""
        with self._lock:
            started, self._started = self._started, True
        if started:
            return
        try:
            self.uploads.clear_parts()
            self._to_remove = self.uploads.leaving()
            self.uploads.settle(self.uploads.failed(), ())
            self._show_failures()
            self._came = [entry.source for entry in self.uploads.waiting()]
        except (OnRecordError, OSError) as error:
            _log.error("What waits to be read cannot be looked up: %s", error)
            self._set(error=str(error))
        self._go_on()

    def accept_file(self, part: Part, name: str) -> Path:
        """Takes a file that has come in, to be read after what waits already. Raises OSError."""
        path = self.uploads.accept(part, name)
        try_again(self._library.store.folder, str(path))
        self._add(str(path))
        return path

    def accept_address(self, address: str) -> None:
        """Takes an address, to be fetched and read after what waits already. Raises OSError."""
        self.uploads.accept_address(address)
        try_again(self._library.store.folder, address)
        self._add(address)

    def remove(self, document_id: str) -> None:
        """Takes a document out; while others are being read, at the next pause, which is soon. Raises OSError."""
        leaving = self.uploads.accept_removal(document_id, names_of(self._library, document_id))
        with self._lock:
            self._to_remove.append(leaving)
        self._go_on()

    def is_leaving(self, document_id: str) -> bool:
        """Whether a document is about to be taken out."""
        return any(leaving.document_id == document_id for leaving in self._to_remove)

    def stop(self) -> None:
        """Ends at once, or after a batch of passages; what is left half done is taken up again at the next start."""
        self._stopping = True
        thread = self._thread
        if thread and thread.is_alive():
            thread.join(_STOP_TIMEOUT_S)

    def status(self) -> ReadingStatus:
        """How far it is, now."""
        return self._status

    def _add(self, source: str) -> None:
        with self._lock:
            self._came.append(source)
            self._set(running=True, waiting=tuple(dict.fromkeys([*self._status.waiting, source])))
            self._show_failures()
        self._go_on()

    def _go_on(self) -> None:
        with self._lock:
            waits = bool(self._named or self._came)
            if (waits or self._to_remove) and self._thread is None and not self._stopping:
                self._set(running=waits, error=None)
                self._thread = threading.Thread(target=self._run, name="onrecord-intake", daemon=True)
                self._thread.start()

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self._status = replace(self._status, **changes)

    def _show_failures(self) -> None:
        of_uploads = [Failure(source=entry.source, error=entry.failed) for entry in self.uploads.failed()]
        self._set(failures=(*self._failures, *of_uploads, *self._failures_now)[-_FAILURES_KEPT:])

    def _run(self) -> None:
        try:
            while not self._stopping:
                with self._lock:
                    named, self._named = self._named, []
                    came, self._came = self._came, []
                    if not (named or came or self._to_remove):
                        self._thread = None
                        self._set(running=False, waiting=())
                        return
                self._while_busy(self._take_out)
                if named:
                    self._read(named, ())
                    self._failures += self._failures_now
                if came:
                    self._read_uploads()
                self._failures_now = []
                self._show_failures()
        except _Stopped:
            pass
        except (OnRecordError, OSError) as error:
            self._set(error=str(error))
        except Exception:
            _log.exception("Reading the records failed")
            self._set(error=_INTERNAL)
        with self._lock:
            self._thread = None
            self._set(running=False)

    def _read_uploads(self) -> None:
        """Reads all that waits, together what the same is known of."""
        self.uploads.note_missing()
        entries = self.uploads.waiting()
        for known in list({repr(entry.known): entry.known for entry in entries}.values()):
            batch = [entry for entry in entries if entry.known == known]
            self._read((), batch)
            self.uploads.settle(batch, self._failures_now)

    def _read(self, named: Sequence[str], entries: Sequence[Entry]) -> None:
        """Reads one batch, to its end or until more has come."""
        sources = [*named, *(entry.source for entry in entries)]
        for left in reversed(range(_TRIES)):
            self._failures_now = []
            self._set(waiting=tuple(sources), read=0, total=len(sources), source="", embedded=0, to_embed=0)
            self._set(left_s=None)
            try:
                return self._while_busy(lambda: self._ingest(named, entries))
            except _Stopped:
                raise
            except _MoreCame:
                return
            except OnRecordError as error:
                self._set(error=str(error))
                return self._finish()
            except Exception:
                _log.exception("Reading the records failed")
                if not left:
                    self._set(error=_INTERNAL)

    def _ingest(self, named: Sequence[str], entries: Sequence[Entry]) -> None:
        moved = {entry.source: Path(entry.place) for entry in entries if entry.place not in ("", entry.source)}
        sources = [*named, *(entry.source for entry in entries if entry.source not in moved)]
        known = entries[0].known if entries else None
        self._library.ingest(
            sources, arrivals=moved, known=known, limits=self._limits, watcher=self, unasked=True, heed=self._heed
        )

    def _while_busy(self, act: Callable[[], None]) -> None:
        """Does something as soon as no other process writes to the library."""
        while True:
            try:
                return act()
            except LibraryBusy as error:
                self._set(error=str(error))
                end = time.monotonic() + _BUSY_WAIT_S
                while time.monotonic() < end and not self._stopping:
                    time.sleep(_HEED_EVERY_S)
                if self._stopping:
                    raise _Stopped from error
                self._set(error=None)

    def _finish(self) -> None:
        """Embeds what an earlier round broke off, where the last one could not begin."""
        store = self._library.store
        with suppress(OnRecordError, _MoreCame), store.writing():
            store.make_findable()
            store.embed(self.embedding)

    def _take_out(self) -> None:
        """Removes what is to be removed. The writer's lock is this thread's own, so it may be done amid an ingest."""
        while self._to_remove:
            self.uploads.take_out(self._to_remove[0])
            self._to_remove.pop(0)

    # What `ingest` tells (a `Watcher`); one thread writes, the others see one whole value or the next.

    def reading(self, done: int, total: int, source: str) -> None:
        """A file has been read."""
        self._heed()
        left_s = self._reading_pace.left_s(done, total)
        with self._lock:
            left = self._came if done == total else [one for one in self._status.waiting if one != source]
            self._set(read=done, total=total, source=source, waiting=tuple(left), left_s=left_s)

    def failed(self, failure: Failure) -> None:
        """A file could not be read."""
        self._failures_now.append(failure)
        self._show_failures()

    def embedding(self, done: int, total: int) -> None:
        """Passages have been embedded."""
        self._heed()
        self._set(embedded=done, to_embed=total, left_s=self._embedding_pace.left_s(done, total))
        if self._came and done < total:
            raise _MoreCame

    def _heed(self) -> None:
        if self._stopping:
            raise _Stopped
        self._take_out()
