"""Reading files into the library behind the page, while people already ask."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from ..ingest.ingest import Failure
from ..ingest.parse import Limits
from ..rag.library import Library
from ..vectorstore.errors import RapporteurError
from .conversation import source_name

_log = logging.getLogger(__name__)

_STOP_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingStatus:
    """How far the reading has got. `source` is the file being read, `error` what stopped the whole of it."""

    running: bool = False
    read: int = 0
    total: int = 0
    source: str = ""
    embedded: int = 0
    to_embed: int = 0
    failures: tuple[Failure, ...] = ()
    error: str | None = None


class _Stopped(Exception):
    """The program ends: reading is broken off."""


class Intake:
    """Reads files and folders into a library in a thread of its own, and tells how far it is."""

    def __init__(self, library: Library, sources: Sequence[str | Path], *, limits: Limits | None = None) -> None:
        self._library = library
        self._sources = sources
        self._limits = limits
        self._status = ReadingStatus(running=bool(sources))
        self._stopping = False
        self._thread = threading.Thread(target=self._read, name="rapporteur-intake", daemon=True)

    def start(self) -> None:
        """Begins."""
        if self._sources:
            self._thread.start()

    def stop(self) -> None:
        """Ends at the next file or batch of passages; what is left half done, the next ingest finishes."""
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT_S)

    def status(self) -> ReadingStatus:
        """How far it is, now."""
        return self._status

    def _read(self) -> None:
        try:
            self._library.ingest(self._sources, limits=self._limits, watcher=self)
        except _Stopped:
            pass
        except RapporteurError as error:
            self._status = replace(self._status, error=str(error))
        except Exception:
            _log.exception("Reading the records failed")
            self._status = replace(
                self._status, error="Reading the records failed inside the program; its log says where."
            )
        finally:
            self._status = replace(self._status, running=False)

    # What `ingest` tells (a `Watcher`); one thread writes, the others see one whole value or the next.

    def reading(self, done: int, total: int, source: str) -> None:
        """A file is about to be read."""
        self._heed()
        self._status = replace(self._status, read=done, total=total, source=source)

    def failed(self, failure: Failure) -> None:
        """A file could not be read."""
        self._status = replace(self._status, failures=(*self._status.failures, failure))

    def embedding(self, done: int, total: int) -> None:
        """Passages have been embedded."""
        self._heed()
        self._status = replace(self._status, embedded=done, to_embed=total)

    def _heed(self) -> None:
        if self._stopping:
            raise _Stopped


def status_html(status: ReadingStatus, documents: int, passages: int) -> str:
    """One quiet line: what is being read, or what the library holds; what could not be read, by name and reason."""
    failures = "".join(
        f"<li><b>{escape(source_name(failure.source))}</b>: {escape(failure.error)}</li>" for failure in status.failures
    )
    count = len(status.failures)
    named = (
        f"<details><summary>{_counted(count, 'file')} could not be read</summary><ul>{failures}</ul></details>"
        if count
        else ""
    )
    error = f'<span class="r-stopped">{escape(status.error)}</span>' if status.error else ""
    return f'<span role="status">{escape(_line(status, documents, passages))}</span>{error}{named}'


def _line(status: ReadingStatus, documents: int, passages: int) -> str:
    if status.running and status.to_embed:
        return f"Learning passages by meaning: {status.embedded:,} of {status.to_embed:,}"
    if status.running and status.total and status.read < status.total:
        return f"Reading {status.read + 1} of {status.total} … {source_name(status.source)}"
    if status.running:
        return "Reading …"
    return f"{_counted(documents, 'document')} · {_counted(passages, 'passage')}" if documents else "No records yet"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
