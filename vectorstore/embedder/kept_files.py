"""Files that a model needs: checked against their SHA-256, or made once and kept in the cache.

A file is hashed again only when its size or its time of change is another than when it was hashed last, which the cache
remembers; what is made is sealed with its SHA-256.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..errors import ModelError

_REMEMBERED = "hashed.json"


def user_cache() -> Path:
    """Where files are kept that are made once for this user."""
    from platformdirs import user_cache_path

    return user_cache_path("onrecord")


def made_once(file: Path, make: Callable[[Path], None], model: str) -> Path:
    """A file in the cache, made if it is not there or not whole. `make` writes it to the path it is given.

    Raises ModelError where the cache cannot be written, naming the model that needs it.
    """
    try:
        if _is_whole(file):
            return file
        from filelock import FileLock

        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock"):
            # Another process may have written it while this one waited.
            if not _is_whole(file):
                _write(file, make)
    except OSError as error:
        raise ModelError(
            f"The embedding model {model} could not be saved in the cache folder {file.parent}: {error}. "
            "Make room there or make it writable, or choose another cache folder."
        ) from error
    return file


def check(file: Path, digest: str, model: str, remedy: str, cache_dir: Path) -> None:
    """Raises ModelError where a model's file is missing or does not have its SHA-256."""
    if not file.is_file():
        raise ModelError(f"The embedding model {model} is incomplete: {file} is missing. {remedy}")
    if remembered_sha256(file, cache_dir) != digest:
        raise ModelError(
            f"The embedding model {model} is not the one published: {file} does not have the expected SHA-256. {remedy}"
        )


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def remembered_sha256(file: Path, cache_dir: Path) -> str:
    """The same, hashed only if the file has changed since `cache_dir` was told of it."""
    known = _remembered(cache_dir)
    stat, name = file.stat(), str(file.absolute())
    state = [stat.st_size, stat.st_mtime_ns]
    if known.get(name, [])[:-1] == state:
        return str(known[name][-1])
    known[name] = [*state, sha256_of(file)]
    with suppress(OSError):  # a cache that cannot be written remembers nothing: the file is hashed again next time
        cache_dir.mkdir(parents=True, exist_ok=True)
        _replace(cache_dir / _REMEMBERED, json.dumps({key: known[key] for key in known if Path(key).exists()}))
    return str(known[name][-1])


def _remembered(cache_dir: Path) -> dict[str, list[int | str]]:
    try:
        known: dict[str, list[int | str]] = json.loads((cache_dir / _REMEMBERED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known


def _is_whole(file: Path) -> bool:
    seal = _seal(file)
    return file.is_file() and seal.is_file() and seal.read_text(encoding="ascii", errors="replace") == _sealed(file)


def _seal(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def _sealed(file: Path) -> str:
    # The format of sha256sum, so that `sha256sum -c` can check it too.
    return f"{remembered_sha256(file, file.parent)}  {file.name}\n"


def _write(file: Path, make: Callable[[Path], None]) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    try:
        make(unfinished)
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
    _replace(_seal(file), _sealed(file))


def _replace(file: Path, text: str) -> None:
    """Writes a small file so that whoever reads it meanwhile sees the old one or the new one."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, file)
