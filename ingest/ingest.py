"""Files and folders into a library: find them, skip what is unchanged, read, split, store, index, embed.

One broken file never stops the others: it is named, with the reason, in the report.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..vectorstore.errors import InputError, UnreadableFile
from ..vectorstore.passage import Document
from ..vectorstore.store import Store
from .metadata import metadata
from .read import SUFFIXES, read
from .split import split
from .structure import structure

_HIDDEN = (".", "~$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be read, and why, in one sentence."""

    source: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did. `documents` and `passages` count the whole library afterwards; `skipped` names files in
    folders whose type is not read."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: tuple[Failure, ...]
    skipped: tuple[str, ...]
    documents: int
    passages: int
    seconds: float


class Watcher(Protocol):
    """Told how an ingest gets on."""

    def reading(self, done: int, total: int, source: str) -> None: ...
    def failed(self, failure: Failure) -> None: ...
    def embedding(self, done: int, total: int) -> None: ...


def ingest(
    store: Store, sources: Sequence[str | Path], *, prune: bool = False, watcher: Watcher | None = None
) -> IngestReport:
    """Reads files and folders into the library.

    Args:
        store: the library.
        sources: files and folders; folders are read whole, hidden files left out.
        prune: takes out documents whose file is gone from the folders given.
        watcher: told of progress.

    Raises:
        InputError: a path does not exist, or a folder holds nothing that can be read.
        LibraryBusy: another process is writing.
    """
    began = time.monotonic()
    files, skipped = find_files(sources)
    if not files and not prune:
        raise InputError(_nothing_to_read(sources, skipped))
    with store.writing():
        known = {listing.source: listing for listing in store.listings()}
        counts = {"added": 0, "updated": 0, "unchanged": 0}
        failed: list[Failure] = []
        for position, file in enumerate(files):
            source = str(file)
            if watcher:
                watcher.reading(position, len(files), source)
            try:
                data = _bytes_of(file)
                sha256 = hashlib.sha256(data).hexdigest()
                if source in known and known[source].sha256 == sha256:
                    counts["unchanged"] += 1
                    continue
                _store_document(store, source, data, sha256)
                counts["updated" if source in known else "added"] += 1
            except UnreadableFile as error:
                failed.append(Failure(source=source, error=error.reason))
                if watcher:
                    watcher.failed(failed[-1])
        if watcher:
            watcher.reading(len(files), len(files), "")
        removed = _prune(store, sources, {str(file) for file in files}) if prune else 0
        store.make_findable()
        store.embed(watcher.embedding if watcher else None)
    listings = store.listings()
    return IngestReport(
        **counts,
        removed=removed,
        failed=tuple(failed),
        skipped=tuple(skipped),
        documents=len(listings),
        passages=sum(listing.passages for listing in listings),
        seconds=round(time.monotonic() - began, 3),
    )


def find_files(sources: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    """The files to read, absolute and in order, and those in folders whose type is not read.

    A file named by itself is read whatever its name. Raises InputError for a path that does not exist.
    """
    files: dict[Path, None] = {}
    skipped: list[str] = []
    for source in sources:
        path = Path(os.path.abspath(os.path.expanduser(source)))
        if path.is_dir():
            for file in _walk(path):
                if file.suffix.lower() in SUFFIXES:
                    files[file] = None
                else:
                    skipped.append(str(file))
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
    return f"{where} holds {what}. Rapporteur reads {', '.join(sorted(SUFFIXES))}."


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFile(str(file), f"it cannot be opened ({error.strerror or error})") from error


def _store_document(store: Store, source: str, data: bytes, sha256: str) -> None:
    reading = read(source, data)
    units = structure(reading)
    facts = metadata(source, reading.text, units, title=reading.title, date=reading.date)
    document_id = hashlib.sha256(source.encode(errors="surrogateescape")).hexdigest()[:12]
    passages = split(
        reading.text,
        units,
        document_id=document_id,
        title=facts.title,
        count_tokens=store.embedder.count_tokens,
        limit_tokens=store.embedder.max_tokens,
    )
    if not passages:
        raise UnreadableFile(source, "it holds no text")
    document = Document(
        id=document_id,
        source=source,
        title=facts.title,
        text=reading.text,
        symbol=facts.symbol,
        date=facts.date,
        language=reading.language,
        media_type=reading.media_type,
        sha256=sha256,
        pages=reading.pages,
    )
    store.put(document, passages)


def _prune(store: Store, sources: Sequence[str | Path], present: set[str]) -> int:
    """Removes documents that lie below the folders given and are no longer there."""
    folders = [Path(os.path.abspath(os.path.expanduser(source))) for source in sources]
    gone = [
        listing.id
        for listing in store.listings()
        if listing.source not in present and any(Path(listing.source).is_relative_to(folder) for folder in folders)
    ]
    for document_id in gone:
        store.remove(document_id)
    return len(gone)
