"""Files parsed in worker processes, several at once, each within limits of time and memory.

A worker that overruns its time is killed, one that dies is replaced; the file is named, and the others go on.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Any, BinaryIO, cast

from ..vectorstore.errors import ReaderKilled, UnreadableFile
from ..vectorstore.language.detect import language_of
from ..vectorstore.passage import Locator
from ..vectorstore.structure import Structure, structure_of
from .child import read_frame, write_frame
from .confine import environment_without_secrets
from .split import Cutting, Piece
from .units import Metadata, Unit

_log = logging.getLogger(__name__)

# How far the others may get ahead of one file that takes long: more would only fill memory.
_AHEAD_FILES = 16
_AHEAD_BYTES = 64 << 20
_HEED_EVERY_S = 0.2
# One worker has read these before a second has started.
_FEW_FILES = 8
_FEW_BYTES = 64 << 10
# Texts that are cut where the model has to be loaded anyway, when there are only few: a worker would read the model's
# vocabulary for them alone.
_FEW_CHARS = 64_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost: seconds of wall time, megabytes of address space and of bytes on disk.

    `workers` is how many files are parsed at once, 0 for one for each processor. `ocr_languages` are those that scans
    are read in, as Tesseract names them.
    """

    timeout_s: float = 300.0
    memory_mb: int = 3072
    file_mb: int = 512
    workers: int = 0
    ocr_languages: str = "eng"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A document as parsed: canonical text, units and metadata; `sha256` is that of its own bytes.

    `notes` say what of it could not be read. `pieces` are None where its reader has left the text uncut.
    """

    source: str
    sha256: str
    text: str
    media_type: str
    pages: int
    facts: Metadata
    units: tuple[Unit, ...]
    notes: tuple[str, ...] = ()
    acronyms: Mapping[str, str] = field(default_factory=dict[str, str])
    structure: Structure = field(default_factory=Structure)
    pieces: tuple[Piece, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A file or web page to parse: its path or address, its bytes, and what is known of it beforehand.

    `fingerprint` tells later whether it has changed; None for what is to be read again in any case. `digest` is that
    of the bytes.
    """

    source: str
    data: bytes
    known: Mapping[str, str] = field(default_factory=dict[str, str])
    fingerprint: str | None = None
    digest: str = ""


def parse_all(
    jobs: Iterable[Job],
    limits: Limits,
    *,
    cutting: Callable[[], Cutting | None] = lambda: None,
    begin: Callable[[Job], None] | None = None,
    heed: Callable[[], None] | None = None,
) -> Iterator[tuple[Job, list[Parsed | UnreadableFile]]]:
    """Each job with what its file holds, in the order of the jobs; they are drawn some way ahead of the workers.

    `cutting` says how texts are cut into passages; it is asked when a worker is made. `begin` is told of a job right
    before its bytes are read, in another thread. `heed` is called several times a second while there is nothing but to
    wait; what it raises ends the workers and is passed on.
    """
    jobs = iter(jobs)
    first, are_all = _first(jobs)
    count = limits.workers or (1 if are_all else os.cpu_count()) or 1
    workers = _Workers(limits, cutting, begin, _FEW_CHARS if are_all else 0)
    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="parse") as threads:
        waiting: list[tuple[Job, Future[list[Parsed | UnreadableFile]]]] = []
        try:
            for job in chain(first, jobs):
                waiting.append((job, threads.submit(workers.parse, job)))
                while waiting and (waiting[0][1].done() or _is_enough(waiting, count)):
                    done, future = waiting.pop(0)
                    yield done, _awaited(future, heed)
            for job, future in waiting:
                yield job, _awaited(future, heed)
        finally:
            for _, future in waiting:
                future.cancel()
            workers.close()


def _first(jobs: Iterator[Job]) -> tuple[list[Job], bool]:
    """The first jobs, and whether they are all there are, few and small."""
    first: list[Job] = []
    for job in jobs:
        first.append(job)
        if len(first) > _FEW_FILES or sum(len(job.data) for job in first) > _FEW_BYTES:
            return first, False
    return first, True


def _awaited(future: Future[list[Parsed | UnreadableFile]], heed: Callable[[], None] | None):
    while heed and not wait([future], timeout=_HEED_EVERY_S).done:
        heed()
    return future.result()


def _is_enough(waiting: Sequence[tuple[Job, Any]], count: int) -> bool:
    """Whether the files handed out keep `count` workers busy and are as many as may wait."""
    return len(waiting) > count and (
        len(waiting) >= _AHEAD_FILES or sum(len(job.data) for job, _ in waiting) >= _AHEAD_BYTES
    )


class _Workers:
    """One worker process for each thread that parses."""

    def __init__(
        self,
        limits: Limits,
        cutting: Callable[[], Cutting | None],
        begin: Callable[[Job], None] | None,
        from_chars: int,
    ) -> None:
        self._limits = limits
        self._from_chars = from_chars
        self._cutting = cutting
        self._begin = begin
        self._local = threading.local()
        self._all: list[_Worker] = []
        self._closed = False
        self._lock = threading.Lock()

    def parse(self, job: Job) -> list[Parsed | UnreadableFile]:
        worker = getattr(self._local, "worker", None)
        if worker is None or not worker.alive:
            cutting = self._cutting()
            if cutting:
                cutting = replace(cutting, from_chars=self._from_chars)
            with self._lock:
                if self._closed:
                    return []
                worker = self._local.worker = _Worker(self._limits, cutting)
                self._all.append(worker)
        if self._begin:
            self._begin(job)
        return worker.parse(job)

    def close(self) -> None:
        with self._lock:
            self._closed = True
        for worker in self._all:
            worker.kill()


class _Worker:
    """A worker process and the pipes to it."""

    def __init__(self, limits: Limits, cutting: Cutting | None) -> None:
        self._limits = limits
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "onrecord.ingest.worker"),
                *(str(limits.memory_mb), str(limits.timeout_s), limits.ocr_languages),
                *(_told(cutting) if cutting else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment_without_secrets(os.environ),
            start_new_session=True,  # a group of its own: what it has called ends with it
        )
        self._questions = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def parse(self, job: Job) -> list[Parsed | UnreadableFile]:
        """The documents of a file; a fault of the worker is a fault of the file."""
        source = job.source
        overdue = threading.Event()
        clock = threading.Timer(self._limits.timeout_s, lambda: (overdue.set(), self.kill()))
        clock.daemon = True
        clock.start()
        found: list[Parsed | UnreadableFile] = []
        try:
            title = job.known.get("title", "").encode("utf-8", "replace").replace(b"\0", b"")
            write_frame(self._questions, os.fsencode(source) + b"\0" + title)
            write_frame(self._questions, job.data)
            while "done" not in (answer := self._answer()):
                found.append(_taken_in(answer))
            _tell_lacking(tuple(map(str, answer.get("lacking", ()))))
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            self.kill()
            found.append(ReaderKilled(source, self._cause(overdue.is_set())))
        finally:
            clock.cancel()
        return found

    def _cause(self, overdue: bool) -> str:
        if overdue:
            return f"reading it took longer than {self._limits.timeout_s:g} s"
        return f"its reader crashed or needed more than {self._limits.memory_mb:,} MB of memory"

    def _answer(self) -> dict[str, Any]:
        body = read_frame(self._answers)
        if body is None:
            raise EOFError
        return json.loads(body)

    def kill(self) -> None:
        """Ends the process, and those it has called, at once; closes the pipes."""
        if os.name == "posix" and self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with suppress(OSError):  # what was still to be written is lost on purpose
                pipe.close()


@cache
def _tell_lacking(names: tuple[str, ...]) -> None:
    """Says once what the system has not to confine readers with."""
    if names:
        _log.warning("Files are read without %s: this system does not have it, or refuses it.", " and ".join(names))


def _told(cutting: Cutting) -> list[str]:
    counter = cutting.counter
    return [str(cutting.limit_tokens), str(counter.file), counter.prefix, str(cutting.from_chars)]


def _taken_in(answer: dict[str, Any]) -> Parsed | UnreadableFile:
    if "error" in answer:
        return UnreadableFile(str(answer["source"]), str(answer["error"]))
    return Parsed(
        source=answer["source"],
        sha256=answer["sha256"],
        text=answer["text"],
        media_type=answer["media_type"],
        pages=answer["pages"],
        facts=Metadata(**answer["facts"] | {"language": answer["facts"]["language"] or language_of(answer["text"])}),
        units=tuple(Unit(**unit | {"locator": Locator(**unit["locator"])}) for unit in answer["units"]),
        notes=tuple(answer["notes"]),
        acronyms=answer["acronyms"],
        structure=structure_of(answer["structure"]),
        pieces=None if answer["pieces"] is None else tuple(map(_piece, answer["pieces"])),
    )


def _piece(told: dict[str, Any]) -> Piece:
    return Piece(locator=Locator(**told.pop("locator")), **told)
