"""The vectors of a small library in one file beside Chroma's own, read in a moment and without importing Chroma.

It holds what Chroma held when the last writer was done, and is good as long as Chroma's files are as large as then.
"""

import json
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NAME = "vectors.safetensors"
_SIZES = "sizes"


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Vectors, float32 (len(ids), dimension), by their ids, which are in order."""

    ids: list[str]
    vectors: "np.ndarray"

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each id stands."""
        return {key: place for place, key in enumerate(self.ids)}

    def beginning(self, start: str) -> "Iterator[tuple[str, np.ndarray]]":
        """Those whose id begins so."""
        for place in range(bisect_left(self.ids, start), len(self.ids)):
            if not self.ids[place].startswith(start):
                return
            yield self.ids[place], self.vectors[place]

    def nearest(self, vector: "np.ndarray", limit: int) -> list[tuple[str, float]]:
        """(id, dot product) of the nearest, by comparing all; of equals, the one whose id comes first."""
        if not self.ids:
            return []
        scores = self.vectors @ vector
        return [(self.ids[place], float(scores[place])) for place in (-scores).argsort(kind="stable")[:limit]]


def write_vectors(folder: Path, matrices: Mapping[str, Matrix]) -> None:
    """Writes the file into the folder of Chroma's files, which are not to change any more."""
    from safetensors.numpy import save_file

    told = {name: json.dumps(matrix.ids) for name, matrix in matrices.items()}
    unfinished = folder / f"{NAME}.part"
    save_file(
        {name: matrix.vectors for name, matrix in matrices.items()},
        unfinished,
        metadata={**told, _SIZES: json.dumps(_sizes(folder))},
    )
    os.replace(unfinished, folder / NAME)


def read_vectors(folder: Path) -> dict[str, Matrix]:
    """What it holds; nothing where it is missing or damaged, or where Chroma's files have changed since."""
    if not (folder / NAME).is_file():
        return {}
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / NAME, framework="numpy") as file:
            told = file.metadata()
            if json.loads(told.pop(_SIZES)) != _sizes(folder):
                return {}
            return {name: Matrix(ids=json.loads(ids), vectors=file.get_tensor(name)) for name, ids in told.items()}
    except (SafetensorError, OSError, ValueError, KeyError):
        return {}


def _sizes(folder: Path) -> dict[str, int]:
    files = [*folder.glob("*.sqlite3"), *folder.glob("*/*")]
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
