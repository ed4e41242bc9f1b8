"""Whether a library's files are sound: counts, checksums and pages, compared with the catalogue.

    python -m onrecord.vectorstore.examine FOLDER PART

What is damaged may end the process that opens it, so each part that native code reads is opened in a process of its own
(`faults_of`); this module is that process too, and prints a JSON list of faults.
"""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from .catalogue import Catalogue
from .disk import is_failure
from .errors import LibraryError
from .lexical import LexicalIndex
from .passage import Filters
from .vectors import FILE as CHROMA_FILE
from .vectors import Vectors

CATALOGUE, LEXICAL, CHROMA = "catalogue.sqlite", "lexical", "chroma"
_TIMEOUT_S = 600
_BATCH = 2000


def faults_of(folder: Path, part: str) -> list[str]:
    """What is wrong with a part of a library, "catalogue.sqlite", "lexical" or "chroma"; empty when it is sound."""
    command = [sys.executable, "-m", __name__, str(folder), part]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return [f"{part} cannot be read: opening it does not end"]
    try:
        if done.returncode == 0:
            return json.loads(done.stdout)
    except ValueError:
        pass
    how = signal.Signals(-done.returncode).name if done.returncode < 0 else f"status {done.returncode}"
    return [f"{part} is damaged: reading it ends the program ({how})"]


def sqlite_faults(path: Path) -> list[str]:
    """What SQLite finds wrong with a file; empty when it is sound."""
    if path.stat().st_size == 0:
        return [f"{path.name} is empty (0 bytes)"]
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        told = [str(error)]
    return [] if told == ["ok"] else [f"{path.name} is damaged ({told[0].strip().splitlines()[-1]})"]


def _examine(folder: Path, part: str) -> list[str]:
    catalogue = Catalogue(folder / CATALOGUE)
    try:
        examined = {CATALOGUE: _catalogue, LEXICAL: _lexical, CHROMA: _chroma}[part]
        return list(examined(catalogue, folder))
    except LibraryError as error:
        return [str(error)]
    except BaseException as error:
        if not is_failure(error):
            raise
        return [f"{part} is damaged ({type(error).__name__}: {error})"]
    finally:
        catalogue.close()


def _catalogue(catalogue: Catalogue, _: Path) -> Iterator[str]:
    yield from catalogue.faults()
    for listing in catalogue.listings():  # every value is read once
        document = catalogue.document(listing.id)
        rows = catalogue.passages_of(listing.id)
        if document is None or any(not 0 <= row.start < row.end <= len(document.text) for row in rows):
            yield f"passages of {listing.title} lie outside its text"


def _lexical(catalogue: Catalogue, folder: Path) -> Iterator[str]:
    if not (folder / LEXICAL / "meta.json").is_file():
        yield "the lexical index is missing"
        return
    index = LexicalIndex(folder / LEXICAL)
    held, found = index.size, index.search(dict.fromkeys(index.words("report meeting president session"), 1.0), 10)
    known = catalogue.passage_rows([key for key, _ in found])
    if any(key not in known for key, _ in found) and not catalogue.tombstones("document"):
        yield f"the lexical index finds passages that the catalogue does not know ({held} indexed)"


def _chroma(catalogue: Catalogue, folder: Path) -> Iterator[str]:
    if not (folder / CHROMA / CHROMA_FILE).is_file():
        if embedded := catalogue.count_passages(embedded=True):
            yield f"the vectors of {embedded} passages are missing"
        return
    if faults := sqlite_faults(folder / CHROMA / CHROMA_FILE):
        yield from faults
        return
    vectors = Vectors(folder / CHROMA)
    held = vectors.ids()
    if not catalogue.tombstones("passage") and (unknown := held - catalogue.ids_matching(Filters())):
        yield f"{len(unknown)} vectors are of passages that the catalogue does not know"
    altered = sum(_altered(catalogue, dict(batch)) for batch in vectors.texts(_BATCH))
    if altered:
        yield f"{altered} passages in Chroma have other words than the catalogue, or a vector that is none"
    vectors.check()
    vectors.close()


def _altered(catalogue: Catalogue, stored: dict[str, str]) -> int:
    """How many of some passages' words are not the catalogue's."""
    rows = catalogue.passage_rows(list(stored))
    texts = {
        key: document.text
        for key in {row.document_id for row in rows.values()}
        if (document := catalogue.document(key))
    }
    return sum(stored[key] != texts.get(row.document_id, "")[row.start : row.end] for key, row in rows.items())


if __name__ == "__main__":
    print(json.dumps(_examine(Path(sys.argv[1]), sys.argv[2])))
