"""Results kept: files written whole or not at all, and a cache of cases already asked.

The cache is also how a run is resumed: what was asked before an interruption is not asked again. A result is kept
under the SHA-256 of all it depends on (case, settings, library, code), so that it can never be taken for another.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..vectorstore.errors import InputError


def write_whole(text: str, path: Path) -> None:
    """Puts a text into a file, all of it or none: what was there stays until the new is safely written.

    Raises:
        InputError: it cannot be written (a full disk, no permission); the earlier file is untouched.
    """
    try:
        _write(text, path)
    except OSError as error:
        kept = "; the earlier file is as it was" if path.exists() else ""
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}{kept}. Make room or name another place, and run the "
            "command again: cases already asked are not asked again"
        ) from error


def _write(text: str, path: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_run(path: Path) -> dict[str, Any]:
    """A run's JSON as `eval run --json` wrote it. Raises InputError for anything else."""
    try:
        value: dict[str, Any] | list[Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise InputError(f"{path}: not a run ({error}); make one with: onrecord eval run CASES --json OUT") from error
    if not isinstance(value, dict) or not {"measures", "cases", "settings"} <= value.keys():
        raise InputError(f"{path}: not a run; make one with: onrecord eval run CASES --json OUT")
    if not all("stage" in case for case in value["cases"]):
        raise InputError(f"{path}: a run of another version; make it again with: onrecord eval run CASES --json OUT")
    return value


class Cache:
    """Results of cases by key, a small JSON file each, in a folder.

    What cannot be kept is let go: `fault` then says why, and the run goes on without.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fault: str | None = None

    def get(self, key: str) -> dict[str, Any] | None:
        """What is kept under a key; None where there is nothing, or what is there is damaged."""
        try:
            value: dict[str, Any] | list[Any] = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Keeps a result."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(json.dumps(value, ensure_ascii=False), path)
        except OSError as error:
            self.fault = f"results cannot be kept in {self._folder} ({error.strerror or error})"

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
