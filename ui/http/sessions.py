"""Who has signed in: a key entered once on the sign-in form becomes a session, which the browser keeps as a cookie.

The cookie holds 256 random bits and no key. Sessions live in this process's memory, by a hash of their token: after a
restart people sign in again. One ends after twelve hours, by signing out, and with its key: revoked or expired.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from .keys import Key, Keys

COOKIE = "onrecord_session"
LASTS_S = 12 * 3600
_OF_ONE_KEY = 200
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that is signed in; `id` names it here and opens nothing."""

    id: str
    key: Key
    ends: float


class Sessions:
    """The sessions of one application."""

    def __init__(self, keys: Keys, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._clock = clock
        self._begun: dict[str, Session] = {}

    def begin(self, key: Key) -> str:
        """A new session for a key; returns the token that the browser is to keep."""
        self._forget_ended()
        of_key = [session.id for session in self._begun.values() if session.key.id == key.id]
        for oldest in of_key[: max(0, len(of_key) - _OF_ONE_KEY + 1)]:
            del self._begun[oldest]
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        session = Session(id=_hashed(token), key=key, ends=self._clock() + LASTS_S)
        self._begun[session.id] = session
        return token

    def find(self, token: str) -> Session | None:
        """The session a browser shows the token of; None where it has ended or its key no longer opens anything."""
        session = self._begun.get(_hashed(token))
        if session is None:
            return None
        key = self._keys.get(session.key.id)
        opens = key is not None and key.sha256 == session.key.sha256 and not key.revoked
        if session.ends <= self._clock() or key is None or not opens or self._keys.is_expired(key):
            self.end(token)
            return None
        return session

    def end(self, token: str) -> None:
        """Signs out."""
        self._begun.pop(_hashed(token), None)

    def _forget_ended(self) -> None:
        now = self._clock()
        self._begun = {id_: session for id_, session in self._begun.items() if session.ends > now}


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
