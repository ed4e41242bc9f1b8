"""Who has signed in: an account, or a key entered once, becomes a session, which the browser keeps as a cookie.

The cookie holds 256 random bits, no key and no name. Sessions live in this process's memory, by a hash of their token:
after a restart people sign in again. One ends after twelve hours, by signing out, and with what it was begun with: a
key that is revoked or expires, an account that is removed or gets another password.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..access.accounts import Account, Accounts
from .keys import Key, Keys

COOKIE = "onrecord_session"
LASTS_S = 12 * 3600
_OF_ONE = 200
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that is signed in with a key or an account; `id` names it here and opens nothing."""

    id: str
    of: Key | Account
    ends: float


class Sessions:
    """The sessions of one application."""

    def __init__(
        self, keys: Keys, accounts: Accounts | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys = keys
        self._accounts = accounts
        self._clock = clock
        self._begun: dict[str, Session] = {}

    def begin(self, of: Key | Account) -> str:
        """A new session for a key or an account; returns the token that the browser is to keep."""
        self._forget_ended()
        others = [session.id for session in self._begun.values() if session.of.caller.id == of.caller.id]
        for oldest in others[: max(0, len(others) - _OF_ONE + 1)]:
            del self._begun[oldest]
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        session = Session(id=_hashed(token), of=of, ends=self._clock() + LASTS_S)
        self._begun[session.id] = session
        return token

    def find(self, token: str) -> Session | None:
        """The session a browser shows the token of, with what its key or account is now; None where it has ended."""
        session = self._begun.get(_hashed(token))
        if session is None:
            return None
        now = self._key(session.of) if isinstance(session.of, Key) else self._account(session.of)
        if now is None or session.ends <= self._clock():
            self.end(token)
            return None
        return replace(session, of=now)

    def _key(self, begun: Key) -> Key | None:
        key = self._keys.get(begun.id)
        opens = key is not None and key.sha256 == begun.sha256 and not key.revoked and not self._keys.is_expired(key)
        return key if opens else None

    def _account(self, begun: Account) -> Account | None:
        account = self._accounts.get(begun.name) if self._accounts else None
        same = account and (account.id, account.password) == (begun.id, begun.password)
        return account if same else None

    def end(self, token: str) -> None:
        """Signs out."""
        self._begun.pop(_hashed(token), None)

    def _forget_ended(self) -> None:
        now = self._clock()
        self._begun = {id_: session for id_, session in self._begun.items() if session.ends > now}


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
