"""API keys: made once, shown once, kept only as a hash, revoked at once.

A key is "rpt_" + eight letters that name it + "_" + 256 random bits. So much chance cannot be guessed, and a plain
SHA-256 of it tells nobody what it was; slow hashes are for passwords that people think up. The keys lie in
`keys.json` in the library's folder, readable by its owner only. A server looks at the file again when it changes.
When each was last used stands beside it in `keys_used.json`, to the minute, where the disk takes that.
"""

import hashlib
import hmac
import json
import secrets
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ...vectorstore.errors import InputError, LibraryError
from ..access.caller import SCOPES, Caller, confined
from ..access.expiry import expiry_of, is_over, now
from ..access.kept import write_json

FILE = "keys.json"
USED = "keys_used.json"
_USE_NOTED_EVERY_S = 60
_PREFIX = "rpt_"
_ID_CHARS = 8
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is kept of a key. `sha256` is that of the whole key; times are ISO 8601 in UTC, `expires` None for never.

    `collections` are the only ones that it opens, None the whole library.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    sha256: str
    created: str
    revoked: str | None = None
    expires: str | None = None
    collections: tuple[str, ...] | None = None

    @property
    def caller(self) -> Caller:
        """Who shows it."""
        return Caller(id=f"key {self.id}", name=self.name, scopes=self.scopes, collections=self.collections)

    def may(self, scope: str) -> bool:
        """Whether it opens a scope; "admin" opens all."""
        return scope in self.scopes or "admin" in self.scopes


class Keys:
    """The keys of one library."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = now) -> None:
        self._file = folder / FILE
        self._used_file = folder / USED
        self._clock = clock
        self._noted: dict[str, datetime] = {}
        self._read_at: tuple[int, int, int] | None = None
        self._known: dict[str, Key] = {}

    def create(
        self,
        name: str,
        scopes: Iterable[str],
        *,
        expires: str | None = None,
        collections: Iterable[str] | None = None,
    ) -> tuple[Key, str]:
        """A new key: what is kept of it, and the key itself, which cannot be shown again.

        It `expires` after "90d" or with a day like 2031-05-01, see `expiry_of`; it opens some `collections` alone, or
        the whole library. Raises InputError.
        """
        asked = tuple(scope for scope in SCOPES if scope in set(scopes))
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise InputError(f"There is no scope {unknown[0]}. The scopes are {', '.join(SCOPES)}.")
        if not asked:
            raise InputError(f"A key needs a scope. The scopes are {', '.join(SCOPES)}.")
        seen = confined(asked, collections)
        at = self._clock()
        ends = expiry_of(expires, at) if expires is not None else None
        letters = string.ascii_lowercase + string.digits
        key_id = "".join(secrets.choice(letters) for _ in range(_ID_CHARS))
        told = f"{_PREFIX}{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        key = Key(
            id=key_id, name=name, scopes=asked, sha256=_hashed(told), created=_iso(at),
            expires=_iso(ends) if ends else None, collections=seen,
        )  # fmt: skip
        self._write([*self.all(), key])
        return key, told

    def all(self) -> list[Key]:
        """Every key ever made, oldest first. Raises LibraryError where their file is damaged or went missing."""
        self._refresh()
        return list(self._known.values())

    def revoke(self, name: str) -> list[Key]:
        """Ends the keys with this id or name, for good; returns them. Raises InputError where there is none."""
        keys = self.all()
        at = _iso(self._clock())
        ended = [replace(key, revoked=at) for key in keys if name in (key.id, key.name) and not key.revoked]
        if not ended:
            raise InputError(f"There is no key {name!r} to revoke. See: onrecord keys list")
        by_id = {key.id: key for key in ended}
        self._write([by_id.get(key.id, key) for key in keys])
        return ended

    @property
    def needed(self) -> bool:
        """Whether callers must show a key: as soon as one was made, even if all are revoked by now."""
        self._refresh()
        return bool(self._known)

    def find(self, told: str) -> Key | None:
        """The key that was shown, revoked or not; None where it is unknown."""
        key = self.get(told.removeprefix(_PREFIX)[:_ID_CHARS])
        return key if key and hmac.compare_digest(key.sha256, _hashed(told)) else None

    def get(self, key_id: str) -> Key | None:
        """The key with this id, revoked or not; None where there is none."""
        self._refresh()
        return self._known.get(key_id)

    def is_expired(self, key: Key) -> bool:
        """Whether a key's time is over."""
        return is_over(key.expires, self._clock())

    def note_use(self, key: Key) -> None:
        """Notes that a key was used, once a minute at most; of a disk that takes nothing, nothing is known."""
        at = self._clock()
        before = self._noted.get(key.id)
        if before is not None and (at - before).total_seconds() < _USE_NOTED_EVERY_S:
            return
        self._noted[key.id] = at
        with suppress(OSError):
            write_json(self._used_file, {**self.used(), key.id: _iso(at)})

    def used(self) -> Mapping[str, str]:
        """When each key was last used, by its id; ISO 8601 in UTC."""
        with suppress(OSError, ValueError):
            told = json.loads(self._used_file.read_text(encoding="utf-8"))
            if isinstance(told, dict):
                return {str(key): str(at) for key, at in told.items()}
        return {}

    def _refresh(self) -> None:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            if self._known:  # an open server must not follow from a file that went missing
                raise LibraryError(f"The API keys in {self._file} are gone. Put them back, or restart.") from None
            return
        if self._read_at == (stat.st_ino, stat.st_mtime_ns, stat.st_size):
            return
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self._known = {key["id"]: _key(key) for key in kept}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LibraryError(f"The API keys in {self._file} cannot be read ({error}). Correct the file.") from error
        self._read_at = (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def _write(self, keys: Sequence[Key]) -> None:
        write_json(self._file, [asdict(key) for key in keys])
        self._read_at = None


def key_json(key: Key, used: Mapping[str, str] | None = None) -> dict[str, object]:
    """A key as it is listed, with when it was last `used`; nothing of what opens it."""
    facts = {name: value for name, value in asdict(key).items() if name != "sha256"}
    return {**facts, "used": (used or {}).get(key.id)}


def _key(kept: Mapping[str, Any]) -> Key:
    seen = kept.get("collections")
    return Key(**{**kept, "scopes": tuple(kept["scopes"]), "collections": None if seen is None else tuple(seen)})


def _hashed(told: str) -> str:
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
