"""`onrecord collections ...`: named sets of documents, to which keys and accounts can be confined."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ....vectorstore.errors import InputError
from ..options import JsonOption, LibraryOption
from ..setting_up import note, opened_library, read_settings, tell

if TYPE_CHECKING:
    from ....rag import Library
    from ....vectorstore.catalogue import Collected

collections = typer.Typer(
    help="Name sets of documents, by folder or one by one; keys and accounts can be confined to them.",
    no_args_is_help=True,
)
_Name = Annotated[str, typer.Argument(help="What the collection is called.")]
_Documents = Annotated[
    list[str] | None, typer.Argument(metavar="DOCUMENT...", help="Documents, each by any of its names.")
]
_Folders = Annotated[
    list[str] | None,
    typer.Option("--folder", metavar="DIR", help="All that is or will be in it; * is any part; may be repeated."),
]
_MOST_NAME_CHARS = 80


@collections.command("add")
def collections_add(
    name: _Name,
    documents: _Documents = None,
    folder: _Folders = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put documents and folders into a collection; it is made where there is none of the name."""
    from ....vectorstore.catalogue import Collected

    _check_name(name)
    settings = read_settings(library=library)
    with opened_library(settings) as lib:
        old = _found(lib, name) or Collected(name=name, folders=(), documents=())
        given = [lib.document(document).id for document in documents or []]
        kept = Collected(
            name=name, folders=_joined(old.folders, _absolute(folder)), documents=_joined(old.documents, given)
        )
        lib.store.catalogue.put_collection(kept)
        shape = _json(lib, kept)
    note(settings, "change collection", name=name, folders=kept.folders, documents=kept.documents)
    tell(shape, as_json, lambda: _print([shape]))


@collections.command("remove")
def collections_remove(
    name: _Name,
    documents: _Documents = None,
    folder: _Folders = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents and folders out of a collection, or drop it whole; the documents stay in the library."""
    from ..render import printable

    settings = read_settings(library=library)
    with opened_library(settings) as lib:
        old = _found(lib, name)
        if old is None:
            raise InputError(f"There is no collection {name!r}. See: onrecord collections list")
        if not documents and not folder:
            lib.store.catalogue.drop_collection(name)
            note(settings, "remove collection", name=name)
            says = f"Removed the collection {printable(name)}. What is confined to it opens that much less."
            return tell({"removed": name}, as_json, lambda: print(says))
        kept = _without(lib, old, documents or [], _absolute(folder))
        lib.store.catalogue.put_collection(kept)
        shape = _json(lib, kept)
    note(settings, "change collection", name=name, folders=kept.folders, documents=kept.documents)
    tell(shape, as_json, lambda: _print([shape]))


@collections.command("list")
def collections_list(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the collections with their folders and how many documents are in each."""
    with opened_library(read_settings(library=library)) as lib:
        shapes = [_json(lib, each) for each in lib.store.catalogue.collections()]
    tell(shapes, as_json, lambda: _print(shapes))


def check_known(library: "Library", names: Iterable[str]) -> None:
    """Raises InputError for a collection that there is not."""
    known = {each.name for each in library.store.catalogue.collections()}
    if unknown := [name for name in names if name not in known]:
        raise InputError(f"There is no collection {unknown[0]!r}. Make it: onrecord collections add NAME --folder DIR")


def _found(library: "Library", name: str) -> "Collected | None":
    return next((each for each in library.store.catalogue.collections() if each.name == name), None)


def _without(
    library: "Library", old: "Collected", documents: Sequence[str], folders: Sequence[str]
) -> "Collected":
    """A collection without some of its documents and folders. Raises InputError for what is not in it."""
    from ....vectorstore.catalogue import Collected

    given = [library.document(document).id for document in documents]
    if wrong := [*(each for each in folders if each not in old.folders), *(set(given) - set(old.documents))]:
        raise InputError(f"{wrong[0]} was not put into {old.name!r} by itself. See: onrecord collections list --json")
    return Collected(
        name=old.name,
        folders=tuple(each for each in old.folders if each not in folders),
        documents=tuple(each for each in old.documents if each not in given),
    )


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable() or "," in name or len(name) > _MOST_NAME_CHARS:
        raise InputError(f"A collection's name has 1 to {_MOST_NAME_CHARS} letters, and no comma in it.")


def _absolute(folders: Sequence[str] | None) -> list[str]:
    """Folders as documents are named that lie in them; addresses stay as they are."""
    return [each if "://" in each else os.path.abspath(os.path.expanduser(each)) for each in folders or []]


def _joined(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*old, *new]))


def _json(library: "Library", kept: "Collected") -> dict[str, object]:
    from ....vectorstore.parts import collected

    held = len(collected(library.store.catalogue, [kept.name]))
    return {"name": kept.name, "folders": list(kept.folders), "by_hand": list(kept.documents), "documents": held}


def _print(shapes: Sequence[dict[str, object]]) -> None:
    from ..render import printable

    for shape in shapes:
        folders = shape["folders"] if isinstance(shape["folders"], list) else []
        told = ", ".join(map(printable, folders)) or "by hand"  # pyright: ignore[reportUnknownArgumentType]
        print(f"{printable(str(shape['name']))}  {shape['documents']} documents  {told}")
    if not shapes:
        print("There are no collections. Make one: onrecord collections add NAME --folder DIR")
