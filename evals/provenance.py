"""What made a run what it is: the code, the library, the cases, the versions of what it stands on."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ..rag.library import Library
from .case import Case, case_json

_FOLDERS = ("evals", "rag", "ingest", "vectorstore")
_STANDS_ON = ("onrecord", "chromadb", "tantivy", "onnxruntime", "tokenizers", "numpy", "ir-measures", "langchain")


def sha256_of(value: Any) -> str:
    """SHA-256 of a JSON-ready value, its keys in order."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_fingerprint(folders: Sequence[str] = _FOLDERS) -> str:
    """SHA-256 of the program's own files, so that an edit that is not committed counts too.

    The browser, the command line and the report's looks change no result and are left out.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(_source_files(folder)):
            digest.update(f"{folder}/{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _source_files(folder: str) -> Iterable[Path]:
    for file in Path(__file__).parents[1].joinpath(folder).rglob("*"):
        if file.suffix in {".py", ".md", ".json", ".onnx"} and "report" not in file.name:
            yield file


@cache
def commit() -> str | None:
    """The commit of the checkout the program runs from, "+" behind it where files differ; None without one."""
    try:
        head = _git("describe", "--always", "--abbrev=12", "--exclude=*")
        # Not `describe --dirty`, which writes into the checkout's .git.
        return head + "+" * bool(_git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*arguments: str) -> str:
    """What git says of the checkout the program runs from."""
    done = subprocess.run(
        ["git", "--no-optional-locks", *arguments],
        cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def library_facts(library: object) -> dict[str, Any] | None:
    """How many documents and passages a library holds, its embedding model, and a fingerprint of it all.

    The fingerprint tells by what the documents are made of and how they were cut, not by where they lie. None for
    what is not a library of ours.
    """
    if not isinstance(library, Library):
        return None
    listings = library.documents()
    held = sorted([Path(each.source).name, each.sha256, each.characters, each.passages] for each in listings)
    embedding = library.store.catalogue.fact("embedding_fingerprint") or library.store.embedding
    return {
        "documents": len(listings),
        "passages": sum(each.passages for each in listings),
        "embedding": library.store.embedding,
        "fingerprint": sha256_of([held, embedding]),
    }


def options_of(library: object) -> dict[str, Any]:
    """What a library, or a way of searching it, answers with: its kind, its plain fields, the names of its parts."""
    said: dict[str, Any] = {"kind": type(library).__name__}
    pipeline = getattr(library, "pipeline", None)
    for field, value in (_fields(library) | (_fields(pipeline) if pipeline else {})).items():
        plain = value if isinstance(value, str | int | float | None) else getattr(value, "name", None)
        if plain is None or isinstance(plain, str | int | float):
            said[field] = plain
    return said


def _fields(value: object) -> dict[str, Any]:
    names = getattr(value, "__slots__", None) or vars(value)
    return {name: getattr(value, name) for name in names if not name.startswith("_")}


def cases_fingerprint(cases: Sequence[Case]) -> str:
    """SHA-256 of the cases as they were asked."""
    return sha256_of([case_json(case) for case in cases])


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that results depend on."""
    return {"python": platform.python_version(), **{name: _version(name) for name in _STANDS_ON}}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
