"""`onrecord users ...`: accounts of people, who sign in on the page with a name and a password."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ....vectorstore.errors import InputError
from ..options import JsonOption, LibraryOption
from ..setting_up import note, opened_library, read_settings, tell
from .collections import check_known

if TYPE_CHECKING:
    from ...access.accounts import Account

users = typer.Typer(help="Create, list, change and remove accounts of people.", no_args_is_help=True)
_Name = Annotated[str, typer.Argument(help="The account's name.")]
_Role = Annotated[str | None, typer.Option("--role", help="reader, contributor, curator or admin.")]
_Collections = Annotated[
    list[str] | None,
    typer.Option("--collection", help="Read this collection alone (onrecord collections); may be repeated."),
]
_FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, a line, instead of asking.")
]
_NoPassword = Annotated[
    bool, typer.Option("--no-password", help="No password: only a proxy signs in (ONRECORD_PROXY_USER_HEADER).")
]


@users.command("add")
def users_add(
    name: _Name,
    role: _Role = None,
    collections: _Collections = None,
    password_stdin: _FromInput = False,
    no_password: _NoPassword = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create an account. Once one exists, everybody has to sign in or send a key."""
    from ...access.accounts import Accounts, account_json, checked_role

    settings = read_settings(library=library)
    checked_role(role or "reader")
    _check_one_of(password_stdin, no_password)
    with opened_library(settings, create=True) as lib:
        check_known(lib, collections or [])
        password = None if no_password else _password(password_stdin)
        accounts = Accounts(lib.store.folder)
        account = accounts.add(name, role or "reader", password, collections=collections or None)
    note(settings, "create account", name=account.name, role=account.role, collections=account.collections)
    tell(account_json(account), as_json, lambda: print(_line(account)))


@users.command("list")
def users_list(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the accounts with their roles and collections."""
    from ...access.accounts import Accounts, account_json

    with opened_library(read_settings(library=library)) as lib:
        found = Accounts(lib.store.folder).all()
    says = "\n".join(map(_line, found)) or "There are no accounts. Create one: onrecord users add NAME"
    tell([account_json(account) for account in found], as_json, lambda: print(says))


@users.command("change")
def users_change(
    name: _Name,
    role: _Role = None,
    collections: _Collections = None,
    whole_library: Annotated[bool, typer.Option("--whole-library", help="Read all of it.")] = False,
    password: Annotated[bool, typer.Option("--password", help="Ask for another password.")] = False,
    password_stdin: _FromInput = False,
    no_password: _NoPassword = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an account another role, password or collections; running servers apply it at once."""
    from ...access.accounts import Accounts, account_json

    settings = read_settings(library=library)
    if not (role or collections or whole_library or password or password_stdin or no_password):
        raise InputError("Say what is to change: --role, --collection, --whole-library, --password or --no-password.")
    _check_one_of(password or password_stdin, no_password)
    with opened_library(settings) as lib:
        check_known(lib, collections or [])
        told = _password(password_stdin) if password or password_stdin else None
        accounts = Accounts(lib.store.folder)
        account = accounts.change(
            name, role=role, password=told, collections=collections or None, whole=whole_library,
            no_password=no_password,
        )  # fmt: skip
    changed = {"role": account.role, "collections": account.collections, "password": told is not None or no_password}
    note(settings, "change account", name=account.name, **changed)
    tell(account_json(account), as_json, lambda: print(_line(account)))


@users.command("remove")
def users_remove(name: _Name, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Remove an account; whoever is signed in with it is out at once."""
    from ...access.accounts import Accounts, account_json
    from ..render import printable

    settings = read_settings(library=library)
    with opened_library(settings) as lib:
        account = Accounts(lib.store.folder).remove(name)
    note(settings, "remove account", name=account.name)
    tell(account_json(account), as_json, lambda: print(f"Removed {printable(account.name)}."))


def _check_one_of(password: bool, no_password: bool) -> None:
    if password and no_password:
        raise InputError("Either a password or --no-password, not both.")


def _password(from_input: bool) -> str:
    """A password from standard input, or asked for twice on the terminal. Raises InputError."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputError("There is no terminal to ask for a password. Pass it on standard input: --password-stdin")
    from getpass import getpass

    told = getpass("Password: ")
    if getpass("Again: ") != told:
        raise InputError("The two are not the same. Try again.")
    return told


def _line(account: "Account") -> str:
    from ..render import printable

    seen = f" of {printable(', '.join(account.collections))}" if account.collections is not None else ""
    issuer = account.subject.partition(" ")[0]
    proxied = f", signed in by {printable(issuer)}" if issuer else "" if account.password else ", by a proxy only"
    return f"{printable(account.name)}  {account.role}{seen}  since {account.created}{proxied}"
