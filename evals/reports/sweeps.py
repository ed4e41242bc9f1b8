"""A grid of settings tried one by one: what each gives in quality, and costs in seconds and bytes.

Retrieval is swept, since that is what these settings change: how much words and meaning weigh, how many passages are
taken, which embedding model. Another model needs its vectors, so the library is copied and embedded anew for it.
"""

import inspect
import itertools
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...rag.library import Library, open_library
from ...vectorstore.errors import InputError
from ..case import Case
from ..runs import Run, run
from .ways import Weighted

Grid = Mapping[str, Sequence[Any]]
ANSWERED = (
    "key_facts",
    "cite_recall",
    "cite_precision",
    "abstain_f1",
    "refused_answerable",
    "answer_chars",
    "seconds_p50",
)
SHOWN = ("evidence_recall_4000", "recall_10", "mrr", "ndcg_10", "map")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One setting of the grid and what it gave; `characters` is how much a reader or model gets to see a question."""

    setting: Mapping[str, Any]
    run: Run
    characters: float
    megabytes: float

    def row(self) -> dict[str, Any]:
        """The setting and its figures, in one flat value."""
        figures = {name: self.run.measures[name] for name in SHOWN}
        return {
            **self.setting,
            **{name: value for name, value in figures.items() if value is not None},
            "seconds_p50": self.run.measures["seconds_p50"],
            "characters": round(self.characters),
            "megabytes": round(self.megabytes, 2),
        }


def sweep(
    folder: Path,
    cases: Sequence[Case],
    *,
    words: Sequence[float] = (1.0,),
    meaning: Sequence[float] = (0.0, 0.5, 1.0, 2.0),
    limits: Sequence[int] = (10,),
    embeddings: Sequence[str | None] = (None,),
    progress: Callable[[Point], None] | None = None,
    **options: Any,
) -> list[Point]:
    """Tries every setting of a grid on a library's own passages; nothing in the library changes.

    Args:
        folder: the library.
        cases: with evidence or graded documents.
        words: weights of the search by words.
        meaning: weights of the search by meaning.
        limits: numbers of passages taken.
        embeddings: embedding models by name or path; None for the library's own.
        progress: called with each point as it is ready.
        options: more for `open_library`.
    """
    points: list[Point] = []
    for embedding in embeddings:
        with _embedded_with(folder, embedding, options) as library:
            for by_words, by_meaning, limit in itertools.product(words, meaning, limits):
                if not (by_words or by_meaning):
                    continue
                points.append(_point(library, cases, by_words, by_meaning, limit))
                if progress is not None:
                    progress(points[-1])
    return points


def _point(library: Library, cases: Sequence[Case], words: float, meaning: float, limit: int) -> Point:
    setting = {"embedding": library.store.embedding, "words": words, "meaning": meaning, "k": limit}
    found = run(
        Weighted(library=library, words=words, meaning=meaning), cases, limit=limit, search_only=True, settings=setting
    )
    seen = [result.record["retrieved_chars"] for result in found.results]
    # What a way of searching needs on disk: the vectors only where meaning counts, the words only where they do.
    stores = [name for name, weight in (("lexical", words), ("chroma", meaning)) if weight]
    size = sum(_bytes(library.store.folder / name) for name in stores) / 1e6
    return Point(setting=setting, run=found, characters=sum(seen) / len(seen), megabytes=size)


@contextmanager
def _embedded_with(folder: Path, embedding: str | None, options: Mapping[str, Any]) -> Generator[Library]:
    """The library, or a copy of it that is embedded with another model."""
    with open_library(folder, create=False, **options) as library:
        if embedding is None or embedding == library.store.embedding:
            yield library
            return
    with tempfile.TemporaryDirectory(prefix="onrecord-sweep-") as place:
        copy = Path(place) / "library"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("writer.lock"))
        with open_library(copy, create=False, **options) as library:
            library.re_embed(embedding)
            yield library


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def sweep_options(
    folder: Path,
    cases: Sequence[Case],
    grid: Mapping[str, Sequence[Any]],
    *,
    progress: Callable[[Run], None] | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """Asks every case with every combination of a library's options (those of `open_library`); a row each.

    Use it for what changes answers rather than retrieval: the model, and whatever else a library can be opened with.

    Raises:
        InputError: there is no such option, or not with such a value.
    """
    known = inspect.signature(open_library).parameters
    if unknown := next((name for name in grid if name not in known), None):
        raise InputError(f"A library has no option {unknown!r}; it has {', '.join(known)}")
    rows: list[dict[str, Any]] = []
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, map(_as_given, values), strict=True))
        with open_library(folder, create=False, **{**options, **setting}) as library:
            found = run(library, cases, settings=setting)
        figures = {name: found.measures[name] for name in ANSWERED}
        rows.append({**setting, **{name: value for name, value in figures.items() if value is not None}})
        if progress is not None:
            progress(found)
    return rows


def _as_given(value: Any) -> Any:
    """A text from the command line as the number it may be."""
    return int(value) if isinstance(value, str) and value.isdigit() else value
