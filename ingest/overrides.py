"""What people know better of a record than the record says: a sidecar file, or values given with the command.

`minutes.pdf.meta.json` beside `minutes.pdf` holds any of `FIELDS`, as strings.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from ..vectorstore.errors import InputError, UnreadableFile

FIELDS = (
    "title", "symbol", "date", "meeting", "body", "session", "agenda_item", "author", "publisher", "language", "url",
)  # fmt: skip
SIDECAR = ".meta.json"


def checked(values: Mapping[str, str], where: str) -> dict[str, str]:
    """The values, if they can be used. Raises InputError naming `where` they come from."""
    for key, value in values.items():
        if key not in FIELDS:
            raise InputError(f"{where}: there is no field {key!r}; use {', '.join(FIELDS)}.")
        if not isinstance(value, str) or not value.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InputError(f"{where}: {key} must be a text that is not empty.")
        if key == "date" and not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", value, re.ASCII):
            raise InputError(f"{where}: write the date as 2031, 2031-03 or 2031-03-12.")
    return dict(values)


def from_pairs(pairs: list[str]) -> dict[str, str]:
    """`key=value` arguments. Raises InputError."""
    values: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"--set {pair}: write key=value, for example --set symbol=A/RES/S-30/1.")
        values[key.strip()] = value.strip()
    return checked(values, "--set")


def sidecar_of(file: Path) -> bytes:
    """The bytes of a file's sidecar, empty where it has none."""
    try:
        return Path(f"{file}{SIDECAR}").read_bytes()
    except OSError:
        return b""


def from_sidecar(source: str, data: bytes) -> dict[str, str]:
    """What a sidecar says. Raises UnreadableFile naming it."""
    if not data.strip():
        return {}
    name = f"{source}{SIDECAR}"
    try:
        values: dict[str, str] | list[object] = json.loads(data)
        if not isinstance(values, dict):
            raise InputError(f"{name}: it must hold one JSON object.")
        return checked(values, name)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(name, f"it is not valid JSON ({error})") from error
    except InputError as error:
        raise UnreadableFile(name, str(error).removeprefix(f"{name}: ").rstrip(".")) from error
