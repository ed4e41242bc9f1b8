"""`onrecord keys ...`: API keys for programs that call a server."""

from typing import Annotated

import typer

from .options import JsonOption, LibraryOption
from .setting_up import note, opened_library, read_settings, tell

keys = typer.Typer(help="Create, list and revoke API keys for programs that call a server.", no_args_is_help=True)


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="ask, ingest, remove or admin; may be repeated.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="TIME", help="After 90d, 12h, 6w, or with a day: 2031-05-01.")
    ] = None,
    collections: Annotated[
        list[str] | None,
        typer.Option("--collection", help="Read this collection alone (onrecord collections); may be repeated."),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a key and print it once. Once a key exists, every request needs one."""
    from ..http.keys import Keys
    from .operations.collections import check_known

    settings = read_settings(library=library)
    with opened_library(settings, create=True) as lib:
        check_known(lib, collections or [])
        keys = Keys(lib.store.folder)
        key, told = keys.create(name, scopes or ["ask"], expires=expires, collections=collections or None)
    facts = {"id": key.id, "name": key.name, "scopes": key.scopes, "expires": key.expires}
    note(settings, "create key", **facts, collections=key.collections)
    shape = {**facts, "collections": key.collections, "key": told}
    tell(shape, as_json, lambda: print(told))


@keys.command("list")
def keys_list(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the keys with their scopes and collections, when each expires and when it was last used."""
    from ..http.keys import Keys, key_json
    from .render import print_keys

    with opened_library(read_settings(library=library)) as lib:
        kept = Keys(lib.store.folder)
        found, used = kept.all(), kept.used()
    tell([key_json(key, used) for key in found], as_json, lambda: print_keys(found, used))


@keys.command("revoke")
def keys_revoke(
    name: Annotated[str, typer.Argument(metavar="KEY", help="The key's id or name.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key for good; running servers apply it at once."""
    from ..http.keys import Keys, key_json

    settings = read_settings(library=library)
    with opened_library(settings) as lib:
        ended = Keys(lib.store.folder).revoke(name)
    note(settings, "revoke key", ids=[key.id for key in ended])
    says = [f"Revoked {key.name} ({key.id})." for key in ended]
    tell([key_json(key) for key in ended], as_json, lambda: print("\n".join(says)))
