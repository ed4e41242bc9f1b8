"""Files and folders into a library: find them, skip what is unchanged, parse, split, store, index, embed.

    find_files -> changed -> parse_all (worker processes) -> store what each file holds -> findable -> embedded

One broken file never stops the others: it is named, with the reason, in the report. What is stored is findable by
words within seconds, while later files are still being read; an ingest that is killed goes on at the next one.
"""

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from ..vectorstore.disk import sync
from ..vectorstore.embedder.e5 import E5
from ..vectorstore.embedder.minilm import MiniLM
from ..vectorstore.errors import InputError, ReaderKilled, UnreadableFile
from ..vectorstore.passage import Document
from ..vectorstore.store import Store
from ..vectorstore.structure import Omission
from .attempts import LIMIT_ATTEMPTS, Attempts
from .fetch import fetch, is_address
from .formats.archives.members import MARK, holder_of
from .formats.sniff import SUFFIXES
from .overrides import SIDECAR, checked, from_sidecar, sidecar_of
from .parse import Job, Limits, Parsed, parse_all
from .split import Cutting, Piece, cut, passages_from

_HIDDEN = (".", "~$")
_FINDABLE_EVERY_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be read, and why, in one sentence."""

    source: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A file that was read but for a part, and which, in one sentence."""

    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did. `documents` and `passages` count the whole library afterwards.

    `skipped` names files in folders whose type is not read, `duplicates` files that hold what the library has
    under another name already (kept once, findable under both), `notes` files of which a part could not be read; those
    are read again at the next ingest, when what was missing may be there. `omitted` has by document what was left out
    of its text.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[Failure, ...]
    skipped: tuple[str, ...]
    duplicates: tuple[str, ...]
    documents: int
    passages: int
    seconds: float
    notes: tuple[Note, ...] = ()
    omitted: tuple[tuple[str, Omission], ...] = ()


class Watcher(Protocol):
    """Told how an ingest gets on."""

    def reading(self, done: int, total: int, source: str) -> None: ...
    def failed(self, failure: Failure) -> None: ...
    def embedding(self, done: int, total: int) -> None: ...


def ingest(
    store: Store,
    sources: Sequence[str | Path],
    *,
    prune: bool = False,
    known: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    allow_private: bool = False,
    watcher: Watcher | None = None,
    arrivals: Mapping[str, Path] | None = None,
    unasked: bool = False,
    heed: Callable[[], None] | None = None,
) -> IngestReport:
    """Reads files, folders and web pages into the library.

    Args:
        store: the library.
        sources: files, folders and web addresses; folders are read whole, hidden files left out.
        prune: takes out documents whose file is gone from the folders given.
        known: title, symbol, date, meeting or language, put over what the records say of themselves.
        limits: what one file may cost.
        allow_private: whether web addresses on this machine and in private networks may be fetched.
        watcher: told of progress.
        arrivals: where the bytes of files lie that came in under a name (an absolute path); a file is moved there, in
            place of what bore the name before, once something of it is stored.
        unasked: whether nobody named these files just now: then what is set aside stays so, see `Attempts`.
        heed: called several times a second while files are being read; what it raises ends the ingest.

    Raises:
        InputError: a path does not exist, or a folder holds nothing that can be read.
        LibraryBusy: another process is writing.
    """
    began = time.monotonic()
    arrivals = arrivals or {}
    addresses, paths, files, skipped = find_sources(sources, prune=prune or bool(arrivals))
    limits = limits or Limits()
    places = {**{str(file): file for file in files}, **arrivals}
    with store.writing(), Attempts(store.folder) as attempts:
        intake = _Intake(
            store=store, watcher=watcher, total=len(places) + len(addresses), names=store.catalogue.names(),
            attempts=attempts, arrivals=arrivals,
            again=frozenset() if unasked else frozenset([*addresses, *map(_absolute, paths), *arrivals]),
        )  # fmt: skip
        found_now = chain(_fetched(addresses, intake, limits, allow_private), _read(places, intake, limits))
        jobs = _changed(found_now, intake, checked(known or {}, "known"))
        for job, found in _parsed(jobs, intake, limits, heed):
            intake.take_in(job, found)
        if prune:
            intake.prune(paths, {str(file) for file in files})
        store.make_findable()
        if watcher:
            watcher.reading(intake.total, intake.total, "")
        store.embed(watcher.embedding if watcher else None)
    listings = store.listings()
    return IngestReport(
        added=intake.added,
        updated=intake.updated,
        unchanged=intake.unchanged,
        removed=intake.removed,
        failed=tuple(intake.failed),
        skipped=tuple(skipped),
        duplicates=tuple(intake.duplicates),
        documents=len(listings),
        passages=sum(listing.passages for listing in listings),
        seconds=round(time.monotonic() - began, 3),
        notes=tuple(intake.notes),
        omitted=tuple(intake.omitted),
    )


def find_sources(
    sources: Sequence[str | Path], *, prune: bool = False
) -> tuple[list[str], list[str | Path], list[Path], list[str]]:
    """Web addresses, paths, the files to read below these, and those of other types.

    Raises InputError for a path that does not exist, and where there is nothing to read (nor, with `prune`, to remove).
    """
    addresses = [str(source) for source in sources if is_address(str(source))]
    paths = [source for source in sources if not is_address(str(source))]
    files, skipped = find_files(paths)
    if not files and not addresses and not prune:
        raise InputError(_nothing_to_read(sources, skipped))
    return addresses, paths, files, skipped


def find_files(sources: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    """The files to read, absolute and in order, and those in folders whose type is not read.

    A file named by itself is read whatever its name. Raises InputError for a path that does not exist.
    """
    files: dict[Path, None] = {}
    skipped: list[str] = []
    for source in sources:
        path = Path(_absolute(source))
        if path.is_dir():
            for file in _walk(path):
                if file.suffix.lower() in SUFFIXES:
                    files[file] = None
                elif not file.name.endswith(SIDECAR):
                    skipped.append(_printable(str(file)))
        elif path.is_file():
            files[path] = None
        else:
            raise InputError(f"There is no file or folder {source}.")
    return list(files), skipped


def _walk(folder: Path) -> Iterator[Path]:
    """Files below a folder, by name; hidden ones and links out of it left out. A library is no record."""
    root = folder.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(_HIDDEN) and not (Path(place, name) / "catalogue.sqlite").exists()
        )
        for name in sorted(names):
            file = Path(place, name)
            if not name.startswith(_HIDDEN) and file.is_file() and file.resolve().is_relative_to(root):
                yield file


def _nothing_to_read(sources: Sequence[str | Path], skipped: Sequence[str]) -> str:
    if not sources:
        return "Nothing to ingest: name a file or a folder."
    where = ", ".join(str(source) for source in sources)
    what = f"only files of other types ({Path(skipped[0]).name} ...)" if skipped else "no files"
    return f"{where} holds {what}. On Record reads {', '.join(sorted(SUFFIXES))}."


def _absolute(path: str | Path) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _read(places: Mapping[str, Path], intake: "_Intake", limits: Limits) -> Iterator[tuple[str, bytes, bytes]]:
    """(name, bytes, bytes of the sidecar) of the files that can be opened, each given with where it lies."""
    for name, file in places.items():
        if not _is_text(name):
            intake.fail(_printable(name), "its name is not valid text in this system's encoding; rename it")
            intake.step(_printable(name))
            continue
        try:
            if file.stat().st_size > limits.file_mb << 20:
                raise OSError(None, f"it is larger than {limits.file_mb} MB")
            yield name, file.read_bytes(), sidecar_of(file)
        except OSError as error:
            intake.fail(name, f"it cannot be opened ({error.strerror or error})")
            intake.step(name)


def _is_text(name: str) -> bool:
    """Whether a name can be stored; the bytes of some cannot, being in another encoding than the system's."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _fetched(
    addresses: Sequence[str], intake: "_Intake", limits: Limits, allow_private: bool
) -> Iterator[tuple[str, bytes, bytes]]:
    for address in addresses:
        try:
            yield address, fetch(address, limit_mb=limits.file_mb, allow_private=allow_private), b""
        except UnreadableFile as error:
            intake.fail(address, error.reason)
            intake.step(address)


def _changed(found: Iterable[tuple[str, bytes, bytes]], intake: "_Intake", known: Mapping[str, str]) -> Iterator[Job]:
    """What is not as it was when last read; the sidecar counts like the file itself, and so do values given.

    Values given once hold until the file changes: reading its folder again without them does not take them back.
    """
    for source, data, sidecar in found:
        fingerprint = digest = hashlib.sha256(data + sidecar).hexdigest()
        last = intake.store.catalogue.file_sha256(source) or ""
        if known:
            fingerprint += "+" + hashlib.sha256(repr(sorted(known.items())).encode()).hexdigest()
        if fingerprint == (last if known else last.partition("+")[0]) and intake.names_in(source):
            intake.keep(source)
            continue
        times = intake.attempts.times(source, digest)
        if times >= LIMIT_ATTEMPTS and source not in intake.again:
            intake.fail(source, set_aside_says(intake.attempts.reason(source)))
            intake.step(source)
            continue
        try:
            beside = from_sidecar(source, sidecar)
        except UnreadableFile as error:
            intake.fail(error.source, error.reason)
            beside, fingerprint = {}, None  # to be named again until it is mended
        job = Job(source=source, data=data, known={**beside, **known}, fingerprint=fingerprint, digest=digest)
        if times:
            intake.suspects.append(job)
        else:
            yield job


def set_aside_says(reason: str) -> str:
    """Why a file is not read again by itself, after what happened the last time, and what can be done."""
    return f"it is set aside, having failed twice ({reason}); to try again, change it or name it by itself"


def _parsed(
    jobs: Iterable[Job], intake: "_Intake", limits: Limits, heed: Callable[[], None] | None
) -> Iterator[tuple[Job, list[Parsed | UnreadableFile]]]:
    """Each job with what its file holds; files that failed before come last and alone, so that one is to blame."""

    def begin(job: Job) -> None:
        intake.attempts.begin(job.source, job.digest)

    cutting = partial(_cutting, intake.store)
    yield from parse_all(jobs, limits, cutting=cutting, begin=begin, heed=heed)
    for job in intake.suspects:
        yield from parse_all([job], limits, cutting=cutting, begin=begin, heed=heed)


def _cutting(store: Store) -> Cutting | None:
    """How the library's embedding model counts tokens, where that can be told to another process."""
    embedder = store.embedder
    if not isinstance(embedder, MiniLM | E5):
        return None
    return Cutting(counter=embedder.counter, limit_tokens=embedder.max_tokens)


@dataclass(slots=True, kw_only=True)
class _Intake:
    """An ingest under way: puts what was parsed into the library and counts."""

    store: Store
    watcher: Watcher | None
    total: int
    names: dict[str, str]
    attempts: Attempts
    arrivals: Mapping[str, Path]
    again: frozenset[str]
    suspects: list[Job] = field(default_factory=list[Job])
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    done: int = 0
    failed: list[Failure] = field(default_factory=list[Failure])
    duplicates: list[str] = field(default_factory=list[str])
    notes: list[Note] = field(default_factory=list[Note])
    omitted: list[tuple[str, Omission]] = field(default_factory=list[tuple[str, Omission]])
    findable_at: float = field(default_factory=time.monotonic)
    held: dict[str, set[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.held = _by_holder(self.names)

    def take_in(self, job: Job, found: Sequence[Parsed | UnreadableFile]) -> None:
        """Stores the documents of one file; those it no longer holds are removed, if all of it could be read."""
        source = job.source
        before, noted = len(self.failed), len(self.notes)
        present: set[str] = set()
        self.attempts.store(source)
        for parsed in found:
            present.add(parsed.source)
            try:
                if isinstance(parsed, UnreadableFile):
                    raise parsed
                self._store_document(parsed, job.known)
                self.notes += [Note(source=parsed.source, note=note) for note in parsed.notes]
                self.omitted += [(parsed.source, omission) for omission in parsed.structure.omitted]
            except UnreadableFile as error:
                self.fail(error.source, error.reason)
        unread = [failure.source for failure in self.failed[before:]]
        for name in self.names_in(source):
            if name not in present and not any(name.startswith(holder + MARK) for holder in unread):
                self._drop(name)
        if len(unread) < len(found):
            self._put_in_place(source)
        self.store.catalogue.keep_file(source, None if unread or len(self.notes) > noted else job.fingerprint)
        killed = next((each.reason for each in found if isinstance(each, ReaderKilled)), None)
        self.attempts.end(source, killed)
        self.step(source)

    def keep(self, source: str) -> None:
        """Counts a file that has not changed."""
        self.unchanged += len(self.names_in(source))
        self._put_in_place(source)
        self.step(source)

    def fail(self, source: str, reason: str) -> None:
        """Notes a file that cannot be read; what the library has of it from before stays."""
        self.failed.append(Failure(source=source, error=reason))
        if self.watcher:
            self.watcher.failed(self.failed[-1])

    def step(self, source: str) -> None:
        """One file more is done; now and then what was read becomes findable."""
        self.done += 1
        if self.watcher:
            self.watcher.reading(self.done, self.total, source)
        if time.monotonic() - self.findable_at > _FINDABLE_EVERY_S:
            self.store.make_findable()
            self.findable_at = time.monotonic()

    def prune(self, sources: Sequence[str | Path], present: set[str]) -> None:
        """Removes what came from files below the folders given that are no longer there."""
        folders = [Path(_absolute(source)) for source in sources]
        for name in list(self.names):
            file = holder_of(name)
            if (
                file not in present
                and not Path(file).exists()
                and any(Path(file).is_relative_to(folder) for folder in folders)
            ):
                self._drop(name)
                self.store.catalogue.keep_file(file, None)

    def names_in(self, source: str) -> list[str]:
        """Names of the documents that a file is known to hold: its own, and those of its members."""
        return sorted(self.held.get(source, ()))

    def _put_in_place(self, source: str) -> None:
        """Moves a file that came in under a name there, now that something of it is stored."""
        if source in self.arrivals:
            move(self.arrivals[source], Path(source))

    def _store_document(self, parsed: Parsed, overrides: Mapping[str, str]) -> None:
        """Adds or replaces a document; one whose bytes the library has gets another name, or what is new about it."""
        known = self.names.get(parsed.source)
        same = self.store.catalogue.document_with(parsed.sha256)
        if same is None:
            self._put(self._document_id(parsed), parsed, overrides)
            self.added, self.updated = self.added + (known is None), self.updated + (known is not None)
        elif same != known:
            self._name_again(parsed.source, same)
            if overrides:
                self._put(same, parsed, overrides)
        else:
            self._forget_gone(same, parsed.source)
            replaced = self._put(same, parsed, overrides)
            self.unchanged, self.updated = self.unchanged + (not replaced), self.updated + replaced

    def _put(self, document_id: str, parsed: Parsed, overrides: Mapping[str, str]) -> bool:
        """Stores a document and its passages; False where the library has it just so already."""
        facts = {**asdict(parsed.facts), **overrides}
        stored = self.store.catalogue.document(document_id)
        of_same_bytes = stored is not None and stored.sha256 == parsed.sha256
        source = stored.source if stored and of_same_bytes else parsed.source
        document = document_of(document_id, parsed, facts, source)
        passages = passages_from(parsed.text, self._pieces(parsed, document.title), document_id)
        if document == stored and self.store.catalogue.holds(document, passages, parsed.structure):
            return False
        if not passages:
            raise UnreadableFile(parsed.source, "it holds no text")
        self.store.put(document, passages, parsed.acronyms, parsed.structure)
        self._learn(parsed.source, document_id)
        return True

    def _pieces(self, parsed: Parsed, title: str) -> Iterable[Piece]:
        """The pieces its reader has cut the text into, or else, where the reader could not count the model's tokens,
        those cut here."""
        if parsed.pieces is not None:
            return parsed.pieces
        embedder = self.store.embedder
        return cut(parsed.text, parsed.units, title, embedder.count_tokens, embedder.max_tokens)

    def _name_again(self, source: str, document_id: str) -> None:
        """The library has these bytes: the file was renamed, or is there twice."""
        if source in self.names:
            self._drop(source)
        self.store.catalogue.add_name(source, document_id)
        self._learn(source, document_id)
        if self._forget_gone(document_id, source):
            self.updated += 1
        else:
            self.duplicates.append(source)
            self.unchanged += 1

    def _learn(self, name: str, document_id: str) -> None:
        self.names[name] = document_id
        for holder in _holders(name):
            self.held[holder].add(name)

    def _forget_gone(self, document_id: str, source: str) -> bool:
        """Drops a document's names whose files are gone, now that it has `source`; whether there were any."""
        gone = [
            name
            for name, document in self.names.items()
            if document == document_id and name != source and not self._exists(name)
        ]
        for name in gone:
            self._drop(name)
            self.store.catalogue.keep_file(name, None)
        return bool(gone)

    def _exists(self, name: str) -> bool:
        """Whether the file that a name leads to is there, or about to be; what is on the web is taken to be."""
        file = holder_of(name)
        return is_address(name) or file in self.arrivals or Path(file).exists()

    def _document_id(self, parsed: Parsed) -> str:
        """The id that a name keeps while its bytes change; a new one where it is new, or shared its document."""
        known = self.names.get(parsed.source)
        if known is not None and sum(document == known for document in self.names.values()) > 1:
            self._drop(parsed.source)
            known = None
        return known or self._new_id(parsed)

    def _new_id(self, parsed: Parsed) -> str:
        document_id = _hashed(parsed.source)
        return _hashed(parsed.source + parsed.sha256) if self.store.document(document_id) else document_id

    def _drop(self, name: str) -> None:
        del self.names[name]
        for holder in _holders(name):
            self.held[holder].discard(name)
        self.removed += self.store.drop_name(name)


def _by_holder(names: Iterable[str]) -> dict[str, set[str]]:
    """Names of documents by each file or archive they stand in, themselves included."""
    held: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for holder in _holders(name):
            held[holder].add(name)
    return held


def _holders(name: str) -> Iterator[str]:
    yield name
    for place, letter in enumerate(name):
        if letter == MARK:
            yield name[:place]


def move(file: Path, to: Path) -> None:
    """Moves a file, in place of what is there, so that after a loss of power it is in one place or the other."""
    to.parent.mkdir(exist_ok=True)
    os.replace(file, to)
    sync(to.parent)


def document_of(
    document_id: str, parsed: Parsed, facts: Mapping[str, Any] | None = None, source: str | None = None
) -> Document:
    """What was parsed as a document; `facts` and `source` are its own where nothing else is known of it."""
    return Document(
        id=document_id,
        source=source or parsed.source,
        text=parsed.text,
        media_type=parsed.media_type,
        sha256=parsed.sha256,
        pages=parsed.pages,
        **(asdict(parsed.facts) if facts is None else facts),
    )


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:12]
