"""What is installed, which models can be reached, whether the library is sound."""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ..vectorstore.errors import RapporteurError

if TYPE_CHECKING:
    from ..rag.settings import Settings

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
    return [
        Finding(what="Rapporteur", ok=True, says=f"{version('rapporteur')}, Python {sys.version.split()[0]}"),
        Finding(what="Packages", ok=True, says=packages),
        _embedding(settings),
        _reader(settings),
        Finding(what="Language models", ok=True, says=_models(settings, providers)),
        _library(settings, folder_of(settings)),
        *_kept(settings, folder_of(settings)),
    ]


def _embedding(settings: "Settings") -> Finding:
    from ..vectorstore.embedder import open_embedder

    try:
        embedder = open_embedder(settings.embedding, cache_dir=settings.cache)
        size = len(embedder.embed_query("ready"))
    except RapporteurError as error:
        return Finding(what="Embedding model", ok=False, says=str(error))
    return Finding(what="Embedding model", ok=True, says=f"{embedder.name}, {size} dimensions")


def _reader(settings: "Settings") -> Finding:
    from ..rag.reader import has_bundled, open_reader

    try:
        reader = open_reader(settings.reader)
    except RapporteurError as error:
        return Finding(what="Reader", ok=False, says=str(error))
    if reader is None:
        there = "one comes with the program: --reader bundled" if has_bundled() else "none comes with this installation"
        return Finding(what="Reader", ok=True, says=f"none set; {there}")
    about = f"version {reader.about.get('version')}, trained at {reader.about.get('commit')}"
    return Finding(what="Reader", ok=True, says=f"{reader.name}, {about}")


def _models(settings: "Settings", providers: Sequence[str]) -> str:
    chosen = "none set, answers are quotes only" if settings.model == "none" else f"{settings.model} set"
    return f"{chosen}; providers installed: {', '.join(providers) or 'none'}"


def _library(settings: "Settings", folder: Path) -> Finding:
    from ..rag import open_library

    try:
        with open_library(folder, create=False, embedding=settings.embedding, cache_dir=settings.cache) as library:
            faults = library.store.faults()
            listings = library.documents()
    except RapporteurError as error:
        missing = not (folder / "catalogue.sqlite").exists() and not folder.is_file()
        return Finding(what="Library", ok=missing, says=str(error))
    if faults:
        return Finding(what="Library", ok=False, says=f"{folder}: {'; '.join(faults)}. The next ingest repairs it.")
    passages = sum(listing.passages for listing in listings)
    return Finding(what="Library", ok=True, says=f"{folder}: {len(listings)} documents, {passages} passages, sound")


def _kept(settings: "Settings", folder: Path) -> list[Finding]:
    from ..rag import open_library
    from .uploads import what_is_amiss

    if not (folder / "catalogue.sqlite").is_file():
        return []
    try:
        with open_library(folder, create=False, embedding=settings.embedding, cache_dir=settings.cache) as library:
            return [Finding(what="Uploads and files", ok=False, says=says) for says in what_is_amiss(library)]
    except RapporteurError:  # said of the library above
        return []


def print_findings(findings: Sequence[Finding]) -> None:
    """A line each."""
    for finding in findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.what}: {finding.says}")
