"""A small file of JSON that several processes share: written whole or not at all, read again when it changes."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from ...vectorstore.errors import LibraryError


class Kept:
    """A file's value, as it is now."""

    def __init__(self, file: Path, what: str) -> None:
        """`what` is in it, as people are told."""
        self._file = file
        self._what = what
        self._read_at: tuple[int, int, int] | None = None
        self._value: Any = None

    def value(self) -> Any:
        """What stands in it; None where there is no file. Raises LibraryError where it is damaged or went missing."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            if self._value is not None:  # an open server must not follow from a file that went missing
                raise LibraryError(f"{self._what} in {self._file} are gone. Put them back, or restart.") from None
            return None
        if self._read_at != (stat.st_ino, stat.st_mtime_ns, stat.st_size):
            try:
                self._value = json.loads(self._file.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise self.damaged(error) from error
            self._read_at = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        return self._value

    @contextmanager
    def changing(self) -> Generator[None]:
        """Keeps other threads and processes from changing it meanwhile, so that no change undoes another."""
        with FileLock(self._file.with_suffix(".lock"), mode=0o600):
            yield

    def write(self, value: Any) -> None:
        """Puts a value in its place."""
        write_json(self._file, value)
        self._read_at = None

    def damaged(self, error: Exception) -> LibraryError:
        """What is said of a file that cannot be read."""
        return LibraryError(f"{self._what} in {self._file} cannot be read ({error}). Correct the file.")


def write_json(file: Path, value: Any) -> None:
    """All of it, readable by its owner only, in place of the file at once, so that nobody ever reads half of it."""
    half = file.with_suffix(".part")
    half.unlink(missing_ok=True)
    opened = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as part:
        json.dump(value, part, indent=1)
    half.replace(file)
