"""A library as one file with checksums, made while it is served, and a library from such a file.

    manifest.json      format, program, schema, time, the library's folder, and size and SHA-256 of every file
    library/...        the files of the library's folder; databases as they stood at one moment

It is a ZIP file. What was accepted before a backup began is in it. The catalogue, the lexical index and the vectors are
taken together while nobody writes; where somebody goes on writing, index and vectors are left out, and made anew from
the catalogue when it is restored. Both ways work in a folder of their own beside the result, which appears all at once:
who is killed leaves nothing but that folder, and the next one clears it away.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..vectorstore.catalogue import OF_SCHEMA, SCHEMA_VERSION, Catalogue
from ..vectorstore.disk import PRIVATE, refusal_of, snapshot, sync
from ..vectorstore.errors import InputError, LibraryBusy, LibraryError, NotALibrary
from ..vectorstore.examine import CATALOGUE, CHROMA, LEXICAL, faults_of, sqlite_faults
from ..vectorstore.store import recorded, writer_lock
from . import uploads

FORMAT = 1
_MANIFEST = "manifest.json"
_INSIDE = "library/"
_WORK = ".onrecord-part"
_CHUNK_BYTES = 1 << 20
_MANIFEST_BYTES = 64 << 20
_PRIVATE_FILE = 0o600
_DATABASES = (".sqlite", ".sqlite3")
_PASSING = (".lock", "-wal", "-shm", "-journal", ".part")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What stands in a backup: `derived` tells whether index and vectors are in it, `folder` whence it was taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: int
    program: str
    schema_version: int
    made: str
    folder: str
    derived: bool
    files: dict[str, _File]

    @property
    def size(self) -> int:
        """Bytes of all the files."""
        return sum(each.bytes for each in self.files.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a backup holds, and what is wrong with it, in words; nothing where it is sound."""

    manifest: Manifest | None
    faults: tuple[str, ...]


# --- making one ------------------------------------------------------------------------------------------------------


def back_up(folder: Path, file: Path, *, wait_s: float = 60.0) -> Manifest:
    """Writes a library into a file, readable by its owner only; it is on the disk when this returns.

    Args:
        folder: the library's.
        file: where it goes; nothing may be there yet, nor may it be in the library's folder.
        wait_s: how long to wait for who is writing, before index and vectors are left out.

    Raises:
        InputError: there is something at `file`, or it is no place for it.
        NotALibrary: there is no library in the folder.
        DiskRefuses: the disk of `file` is full or read-only.
    """
    folder, file = folder.expanduser().absolute(), file.expanduser().absolute()
    if not (folder / CATALOGUE).is_file():
        raise NotALibrary(f"There is no library at {folder}.")
    _check_target(folder, file)
    with _told_of_disk(file.parent), _workplace(file) as work:
        unfinished = work / file.name
        with zipfile.ZipFile(unfinished, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            os.chmod(unfinished, _PRIVATE_FILE)
            taken = _Taking(folder, work, archive)
            manifest = taken.everything(wait_s)
            archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
        sync(unfinished)
        unfinished.rename(file)
        sync(file.parent)
    return manifest


class _Taking:
    """Files on their way from a library's folder into an archive."""

    def __init__(self, folder: Path, work: Path, archive: zipfile.ZipFile) -> None:
        self._folder = folder
        self._work = work
        self._archive = archive
        self._files: dict[str, _File] = {}
        self._schema = SCHEMA_VERSION

    def everything(self, wait_s: float) -> Manifest:
        """Takes all there is.

        What waits to be read goes first: it is done with only once its documents are in the catalogue, so that what is
        in neither copy cannot be.
        """
        self._take(uploads.FILE)
        with ExitStack() as quiet:
            try:
                quiet.enter_context(writer_lock(self._folder, wait_s))
                derived = True
            except LibraryBusy:
                derived = False
            known = self._take_catalogue()
            if derived:
                derived = self._take_derived(known)
        for path in sorted(self._folder.rglob("*")):
            name = path.relative_to(self._folder).as_posix()
            if name not in self._files and name.split("/")[0] not in (LEXICAL, CHROMA) and not _passes(path, name):
                self._take(name)
        return Manifest(
            format=FORMAT, program=f"On Record {version('onrecord')}", schema_version=self._schema,
            made=datetime.now(UTC).isoformat(timespec="seconds"), folder=str(self._folder), derived=derived,
            files=self._files,
        )  # fmt: skip

    def _take_catalogue(self) -> Mapping[str, str]:
        """Takes the catalogue; what it says the SHA-256 of index and vectors are, nothing while that is unknown."""
        copy = self._work / CATALOGUE
        snapshot(self._folder / CATALOGUE, copy)
        self._schema, known = recorded(copy)
        self._put(CATALOGUE, copy)
        copy.unlink()
        return known

    def _take_derived(self, known: Mapping[str, str]) -> bool:
        """Takes index and vectors; whether they are what the catalogue says they are."""
        for place in (LEXICAL, CHROMA):
            for path in sorted((self._folder / place).rglob("*")):
                name = path.relative_to(self._folder).as_posix()
                if not _passes(path, name):
                    self._take(name)
        return bool(known) and all(
            name in self._files and self._files[name].sha256 == digest for name, digest in known.items()
        )

    def _take(self, name: str) -> None:
        """Takes a file; one that is gone meanwhile, as what was uploaded and removed, is not there to be taken."""
        path = self._folder / name
        if not path.is_file() or path.is_symlink():
            return
        if _is_database(path, name) and not sqlite_faults(path):
            copy = self._work / "database"
            snapshot(path, copy)
            self._put(name, copy)
            return copy.unlink()
        with suppress(FileNotFoundError):
            self._put(name, path)

    def _put(self, name: str, path: Path) -> None:
        with path.open("rb") as source, self._archive.open(_INSIDE + name, "w", force_zip64=True) as target:
            self._files[name] = _copied(source, target)


def _passes(path: Path, name: str) -> bool:
    """Whether a path in a library is no file to be kept: a lock, a log of SQLite's, something unfinished, a folder."""
    if path.is_symlink() or not path.is_file() or path.name.startswith(uploads.PART):
        return True
    return not _is_handed_in(name) and (path.name.endswith(_PASSING) or OF_SCHEMA in path.name)


def _is_handed_in(name: str) -> bool:
    """Whether a file was put in by somebody, who may have called it anything."""
    return name.split("/")[0] in (uploads.FILES, uploads.UPLOADS)


def _is_database(path: Path, name: str) -> bool:
    return path.suffix in _DATABASES and not _is_handed_in(name)


def _check_target(folder: Path, file: Path) -> None:
    if file.exists():
        raise InputError(f"{file} is there already, and a backup never replaces anything. Choose another name.")
    if not file.parent.is_dir():
        raise InputError(f"There is no folder {file.parent} to put the backup into.")
    if file.is_relative_to(folder):
        raise InputError(f"{file} lies in the library itself. Choose a place outside it, best on another disk.")


# --- looking at one --------------------------------------------------------------------------------------------------


def verify(file: Path) -> Verified:
    """Reads all of a backup and compares it with its checksums, then examines the catalogue in it.

    Raises InputError where there is no such file.
    """
    file = file.expanduser()
    try:
        with _archive(file) as archive:
            manifest = _manifest(file, archive)
            with tempfile.TemporaryDirectory(prefix="onrecord-") as place:
                faults = [
                    fault
                    for name in manifest.files
                    if (fault := _fault_of(archive, manifest, name, Path(place) if name == CATALOGUE else None))
                ]
                if not faults:
                    faults = faults_of(Path(place), CATALOGUE)
    except LibraryError as error:
        return Verified(manifest=None, faults=(str(error),))
    return Verified(manifest=manifest, faults=tuple(faults))


def _fault_of(archive: zipfile.ZipFile, manifest: Manifest, name: str, place: Path | None) -> str | None:
    """What is wrong with a file in a backup; it is also written to a folder, where one is given."""
    try:
        with ExitStack() as opened:
            source = opened.enter_context(archive.open(_INSIDE + name))
            target = opened.enter_context((place / name).open("wb")) if place else None
            found = _copied(source, target, limit_bytes=manifest.files[name].bytes)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        return f"{name} cannot be read ({error or type(error).__name__})"
    except Exception as error:  # zlib.error is no OSError
        return f"{name} cannot be read ({type(error).__name__}: {error})"
    return None if found == manifest.files[name] else f"{name} is not what was put in"


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    if not file.is_file():
        raise InputError(f"There is no file {file}.")
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError) as error:
        raise NotALibrary(f"{file} is no backup, or is damaged ({error}).") from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    """What a backup says of itself. Raises NotALibrary where that is nothing, or more than can be restored."""
    try:
        info = archive.getinfo(_MANIFEST)
        if info.file_size > _MANIFEST_BYTES:
            raise ValueError("its list of files is too long")
        told = json.loads(archive.read(info))
        if isinstance(told, dict):
            _refuse_newer(file, told)
        manifest = Manifest.model_validate_json(json.dumps(told))
        inside = [name.removeprefix(_INSIDE) for name in archive.namelist() if name != _MANIFEST]
        if sorted(inside) != sorted(manifest.files) or CATALOGUE not in manifest.files:
            raise ValueError("it does not hold the files that it lists")
        if not all(map(_stays_inside, manifest.files)):
            raise ValueError("a file in it would be put outside the library's folder")
    except (KeyError, ValueError, ValidationError, zipfile.BadZipFile, EOFError, RuntimeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NotALibrary(f"{file} is no backup of a library, or is damaged ({first}).") from error
    return manifest


def _refuse_newer(file: Path, told: Mapping[str, Any]) -> None:
    newer = [
        f"{what} {told[what]}, this version reads up to {known}"
        for what, known in (("format", FORMAT), ("schema_version", SCHEMA_VERSION))
        if isinstance(told.get(what), int) and told[what] > known
    ]
    if newer:
        program = str(told.get("program") or "a later version of On Record")[:80]
        raise NotALibrary(f"{file} was made by {program} ({newer[0]}). Install {program} or a later one.")


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not any(part in ("..", "/", ".") or "\\" in part or ":" in part[:2] for part in parts)


# --- a library from one -----------------------------------------------------------------------------------------------


def restore(file: Path, folder: Path, *, progress: Callable[[int, int], None] | None = None) -> Manifest:
    """Makes a library's folder from a backup; every file is compared with its checksum, and on the disk at the end.

    Args:
        file: the backup.
        folder: where the library is to be; missing or empty.
        progress: called with the bytes done and the bytes there are.

    Raises:
        InputError: there is no such file, or something is in the folder.
        NotALibrary: the file is no backup, is damaged, or was made by a later version.
        DiskRefuses: the disk is full or read-only.
    """
    file, folder = file.expanduser(), folder.expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty, and a backup never replaces anything. Choose a new folder.")
    with _archive(file) as archive:
        manifest = _manifest(file, archive)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _told_of_disk(folder.parent), _workplace(folder) as work:
            library = work / "library"
            library.mkdir(mode=PRIVATE)
            _unpack(file, archive, manifest, library, progress)
            _settle(library, manifest, folder)
            if folder.exists():
                folder.rmdir()
            library.rename(folder)
            sync(folder.parent)
    return manifest


def _unpack(
    file: Path, archive: zipfile.ZipFile, manifest: Manifest, library: Path, progress: Callable[[int, int], None] | None
) -> None:
    done = 0
    for name, known in manifest.files.items():
        if not manifest.derived and name.split("/")[0] in (LEXICAL, CHROMA):
            continue
        path = library / name
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        if fault := _fault_of(archive, manifest, name, library):
            raise NotALibrary(f"{file} is damaged: {fault}. Nothing has been restored; take another backup.")
        path.chmod(_PRIVATE_FILE)
        sync(path)
        done += known.bytes
        if progress:
            progress(done, manifest.size)


def _settle(library: Path, manifest: Manifest, folder: Path) -> None:
    """Has the library be at home in its folder: names of files that lie in it, and what is to be made anew."""
    with closing(Catalogue(library / CATALOGUE)) as catalogue:
        if str(folder) != manifest.folder:
            catalogue.move_files(manifest.folder, str(folder))
        if catalogue.fact("vectors_in") == "server":  # which another library, or nobody, has them on now
            catalogue.keep_fact("vectors_in", "folder")
            catalogue.drop_fact("collection")
            catalogue.forget_embeddings()
        elif not manifest.derived or not any(name.startswith(f"{CHROMA}/") for name in manifest.files):
            catalogue.forget_embeddings()
        if not manifest.derived:
            catalogue.keep_fact("files", "")
    if str(folder) != manifest.folder:
        uploads.move_files(library, manifest.folder, str(folder))
    for path in (*library.rglob("*"), library):
        if path.is_dir() or path.parent == library:
            sync(path)


# --- what both need ---------------------------------------------------------------------------------------------------


@contextmanager
def _workplace(result: Path) -> Iterator[Path]:
    """A folder beside a result to work in, gone at the end; those that a killed one left are cleared away."""
    for left in [*result.parent.glob(f".*{_WORK}")]:
        with suppress(LibraryBusy, OSError), writer_lock(left):
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{result.name}.", suffix=_WORK, dir=result.parent))
    with writer_lock(work):
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _told_of_disk(folder: Path) -> Iterator[None]:
    """Tells a full or read-only disk as one."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, sqlite3.Error):
            raise refusal_of(folder) or LibraryError(f"A database of the library cannot be read ({error}).") from error
        raise refusal_of(folder) or error from error


def _copied(source: IO[bytes], target: IO[bytes] | None, *, limit_bytes: int | None = None) -> _File:
    """Copies; the size and SHA-256 of what was copied. Raises ValueError where it is more than `limit_bytes`."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_CHUNK_BYTES):
        size += len(piece)
        if limit_bytes is not None and size > limit_bytes:
            raise ValueError("it is longer than it should be")
        digest.update(piece)
        if target:
            target.write(piece)
    return _File(bytes=size, sha256=digest.hexdigest())


def summary(manifest: Manifest, file: Path) -> dict[str, Any]:
    """A backup as JSON."""
    return {
        "file": str(file), "made": manifest.made, "program": manifest.program, "files": len(manifest.files),
        "bytes": manifest.size, "derived": manifest.derived,
    }  # fmt: skip
