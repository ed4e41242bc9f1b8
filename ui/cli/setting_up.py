"""What commands begin and end with: settings, the library they name, a result printed."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...vectorstore.errors import InputError, LibraryBusy
from .console import json_text

if TYPE_CHECKING:
    from ...rag import Library
    from ...rag.settings import Settings


def read_settings(**given: Any) -> "Settings":
    """Settings from the environment, with what the command line gives put over them."""
    from pydantic import ValidationError

    from ...rag.settings import Settings

    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(
            f"ONRECORD_{str(fault['loc'][0]).upper()}: {fault['msg']}" if fault["loc"] else fault["msg"]
            for fault in error.errors()
        ).replace("Value error, ", "")
        raise InputError(f"The settings cannot be used: {faults}.") from error


def library_folder(settings: "Settings") -> Path:
    """The library's folder: as set, else in the user's data folder, where one of the program's earlier name may lie."""
    if settings.library is not None:
        return settings.library.expanduser()
    from platformdirs import user_data_path

    own, earlier = (user_data_path(name) / "library" for name in ("onrecord", "rapporteur"))
    return earlier if (earlier / "catalogue.sqlite").is_file() and not own.exists() else own


def write_privately(folder: Path) -> None:
    """From here on this process writes files that no other user can read, but a group that may enter the folder."""
    if os.name != "posix":
        return
    group = folder.stat().st_mode & 0o070 if folder.is_dir() else 0
    os.umask(0o077 & ~group)


@contextmanager
def written(library: "Library", wait_s: float, *, quiet: bool = False) -> Iterator[None]:
    """Keeps other processes from writing to a library, and says so where one does and is waited for.

    Raises LibraryBusy where it goes on for `wait_s`.
    """
    with ExitStack() as held:
        try:
            held.enter_context(library.store.writing())
        except LibraryBusy:
            if not wait_s:
                raise
            if not quiet:
                says = f"onrecord: Another process is writing to {library.store.folder}. Waiting up to {wait_s:g} s."
                print(says, file=sys.stderr, flush=True)
            held.enter_context(library.store.writing(wait_s))
        yield


@contextmanager
def opened_library(settings: "Settings", *, create: bool = False, model_falls_back: bool = True) -> "Iterator[Library]":
    """The library that the settings name, open within the block; with `create`, what is written is private.

    Raises what `open_library` raises.
    """
    from ...rag import open_library
    from ...rag.generation.rules import check_allowed

    if create:
        write_privately(library_folder(settings))
    check_allowed(settings.model, settings.allowed_models)
    check_allowed(settings.judge, settings.allowed_models)
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    with open_library(
        library_folder(settings),
        create=create,
        model=settings.model,
        model_base_url=settings.model_base_url,
        model_api_key=key,
        model_timeout_s=settings.model_timeout_s,
        passages=settings.passages,
        strictness=settings.strictness,
        model_falls_back=model_falls_back,
        model_way=settings.model_way,
        model_tokens_per_answer=settings.model_tokens_per_answer,
        judge=settings.judge,
        prompts=settings.prompts,
        embedding=settings.embedding,
        cache_dir=settings.cache,
        chroma_url=settings.chroma_url,
        reranker=settings.reranker,
    ) as lib:
        yield lib


def note(settings: "Settings", did: str, **what: Any) -> None:
    """Notes in the library's log, where one is kept, what a command does. Raises what `Audit.note` raises."""
    from ..audit import Deed, account, audit_of

    if audit := audit_of(library_folder(settings), settings.audit):
        audit.note(Deed(did=did, what=what), who=account(), address="")


def tell(shape: Any, as_json: bool, to_people: Callable[[], None]) -> None:
    """Prints a result as JSON, or for people."""
    if as_json:
        print(json_text(shape))
    else:
        to_people()
