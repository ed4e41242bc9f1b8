"""Accounts of people: a name, a role, and a password of which only a slow hash is kept (argon2id, RFC 9106).

    reader        asks and reads
    contributor   also adds records
    curator       also removes them
    admin         everything, the server's metrics too

They lie in `accounts.json` in the library's folder, readable by its owner only; a server looks at the file again when
it changes, so that a new password, another role or a removed account hold at once. An unknown name takes as long to be
refused as a wrong password.
"""

import re
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ...vectorstore.errors import InputError
from .caller import Caller, confined
from .expiry import now
from .kept import Kept

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FILE = "accounts.json"
Role = Literal["reader", "contributor", "curator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_SCOPES: dict[Role, tuple[str, ...]] = {
    "reader": ("ask",), "contributor": ("ask", "ingest"), "curator": ("ask", "ingest", "remove"), "admin": ("admin",),
}  # fmt: skip
_NAME = re.compile(r"[\w.@+-]{1,64}")
MIN_PASSWORD_CHARS = 12  # OWASP ASVS 4.0.3, 2.1.1
MAX_PASSWORD_CHARS = 256
_ID_BYTES = 4
_AT_ONCE = 2  # a hash takes 64 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is kept of a person. `password` is its hash, "" where only others sign them in; `created` ISO 8601 in UTC.

    `collections` are the only ones that may be read, None the whole library. `id` tells it from a later account of its
    name, "" in one of an earlier version; `subject` is who it is to an OpenID Connect provider, "" where there is none.
    """

    name: str
    role: Role
    password: str
    created: str
    collections: tuple[str, ...] | None = None
    id: str = ""
    subject: str = ""

    @property
    def caller(self) -> Caller:
        """Who is signed in."""
        known = f"user {self.name} {self.id}".strip()  # a name never holds a space
        return Caller(id=known, scopes=_SCOPES[self.role], collections=self.collections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a provider has signed in. `subject` is theirs for good and nobody else's: the issuer and its id of them.

    `collections` are the only ones that they may read, None the whole library.
    """

    subject: str
    name: str
    role: Role
    collections: tuple[str, ...] | None


class Accounts:
    """The accounts of one library. Safe to share between threads."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = now, required: bool = False) -> None:
        """With `required`, who calls must be known although there is no account yet: a provider will sign people in."""
        self._required = required
        self._kept = Kept(folder / FILE, "The accounts")
        self._clock = clock
        self._turns = threading.Semaphore(_AT_ONCE)

    @property
    def needed(self) -> bool:
        """Whether there ever was an account: then who calls must be known, even if all are removed by now."""
        return self._required or self._kept.value() is not None

    @property
    def with_passwords(self) -> bool:
        """Whether anybody can sign in with a password here."""
        return any(account.password for account in self.all())

    def all(self) -> list[Account]:
        """Every account, by name. Raises LibraryError where their file is damaged or went missing."""
        kept = self._kept.value() or []
        try:
            return sorted(map(_account, kept), key=lambda account: account.name)
        except (TypeError, KeyError, ValueError, InputError) as error:
            raise self._kept.damaged(error) from error

    def get(self, name: str) -> Account | None:
        """The account of a name, in any case; None where there is none."""
        return next((account for account in self.all() if account.name.casefold() == name.casefold()), None)

    def named(self, told: str) -> Account | None:
        """The account that a proxy names: letter for letter, since to it `Anna` and `anna` may be two people."""
        return next((account for account in self.all() if account.name == told), None)

    def add(self, name: str, role: str, password: str | None, *, collections: Iterable[str] | None = None) -> Account:
        """A new account; without a password only a proxy can sign in with it.

        Raises InputError for a name that is taken or none, and for a weak password.
        """
        with self._kept.changing():
            return self._add(name, role, "" if password is None else _hashed(password, name), collections)

    def signed_in(self, person: Person) -> Account:
        """The account of somebody whom a provider has signed in, with the role and the collections that they have now.

        It is made where there is none. Raises InputError where its name is another's, or none that an account can have.
        """
        with self._kept.changing():
            kept = next((account for account in self.all() if account.subject == person.subject), None)
            if kept is None:
                return self._add(person.name, person.role, "", person.collections, person.subject)
            now = replace(kept, role=person.role, collections=confined(_SCOPES[person.role], person.collections))
            if now != kept:
                self._write([now if each.subject == person.subject else each for each in self.all()])
            return now

    def _add(
        self, name: str, role: str, password: str, collections: Iterable[str] | None, subject: str = ""
    ) -> Account:
        if not _NAME.fullmatch(name):
            raise InputError(f"{name[:64]!r} is no name: 1 to 64 letters, digits and . _ @ + - in any order.")
        if self.get(name):
            raise InputError(f"There is an account {name!r} already. See: onrecord users list")
        scopes = _SCOPES[checked_role(role)]
        account = Account(
            name=name, role=checked_role(role), password=password,
            created=self._clock().isoformat(timespec="seconds"), collections=confined(scopes, collections),
            id=secrets.token_hex(_ID_BYTES), subject=subject,
        )  # fmt: skip
        self._write([*self.all(), account])
        return account

    def change(
        self,
        name: str,
        *,
        role: str | None = None,
        password: str | None = None,
        collections: Iterable[str] | None = None,
        whole: bool = False,
        no_password: bool = False,
    ) -> Account:
        """An account with another role, password, or none, or collections, or with the `whole` library.

        Raises InputError.
        """
        with self._kept.changing():
            account = self._found(name)
            if no_password:
                account = replace(account, password="")
            elif password is not None:
                account = replace(account, password=_hashed(password, account.name))
            kept = checked_role(role) if role else account.role
            seen = None if whole else account.collections if collections is None else tuple(collections)
            account = replace(account, role=kept, collections=confined(_SCOPES[kept], seen))
            self._write([account if each.name == account.name else each for each in self.all()])
            return account

    def remove(self, name: str) -> Account:
        """Takes an account out; who is signed in with it is out at once. Raises InputError where there is none."""
        with self._kept.changing():
            account = self._found(name)
            self._write([each for each in self.all() if each.name != account.name])
            return account

    def find(self, name: str, password: str) -> Account | None:
        """The account that a name and a password open; None for any other. Takes a tenth of a second or so."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        account = self.get(name)
        kept = account.password if account else ""
        with self._turns:
            try:
                _hasher().verify(kept or _nobodys(), password[:MAX_PASSWORD_CHARS])
            except (Argon2Error, InvalidHashError):
                return None
        return account if kept else None

    def _found(self, name: str) -> Account:
        account = self.get(name)
        if account is None:
            raise InputError(f"There is no account {name!r}. See: onrecord users list")
        return account

    def _write(self, accounts: Sequence[Account]) -> None:
        self._kept.write([asdict(account) for account in accounts])


def account_json(account: Account) -> dict[str, object]:
    """An account as it is listed; of its password only whether there is one."""
    listed = {name: value for name, value in asdict(account).items() if name != "password"}
    return {**listed, "has_password": bool(account.password)}


def checked_role(told: str) -> Role:
    """A role. Raises InputError for any other word."""
    if told not in ROLES:
        raise InputError(f"There is no role {told[:40]!r}. The roles are {', '.join(ROLES)}.")
    return told


def _hashed(password: str, name: str) -> str:
    """What is kept of a password. Raises InputError for a weak one."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise InputError(f"A password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters.")
    if name.casefold() in password.casefold() or len(set(password)) < MIN_PASSWORD_CHARS // 2:
        raise InputError("A password must not hold the name, nor a few characters again and again. Choose another.")
    return _hasher().hash(password)


def _account(kept: dict[str, Any]) -> Account:
    seen = kept.get("collections")
    return Account(**{**kept, "role": checked_role(kept["role"]), "collections": None if seen is None else tuple(seen)})


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("of nobody, so that an unknown name takes as long")
