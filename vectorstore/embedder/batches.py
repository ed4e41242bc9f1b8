"""Texts of about the same length are embedded together, so that little is wasted on padding."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# What few texts leave behind between two steps stays in a processor's cache. Of 16 texts and 2048 tokens, 8 and 512, 4
# and 512, 1 at a time, 40 paragraphs took e5 2.62, 2.14, 1.99, 1.90 s of processor time, their 90 sentences 1.88, 1.72,
# 1.63, 1.87 s (medians of four rounds, two cores).
MAX_TEXTS = 4
MAX_TOKENS = 512


def in_batches(
    tokens: Sequence[Sequence[int]], dimension: int, run: "Callable[[np.ndarray, np.ndarray], np.ndarray]"
) -> "np.ndarray":
    """Vectors, float32 (len(tokens), dimension), in the order given; `run` makes those of ids and their mask."""
    import numpy as np

    vectors = np.empty((len(tokens), dimension), dtype=np.float32)
    for places in _alike([len(each) for each in tokens]):
        vectors[places] = run(*_padded([tokens[place] for place in places]))
    return vectors


def _alike(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of the texts of each batch."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batch and (len(batch) == MAX_TEXTS or (len(batch) + 1) * lengths[place] > MAX_TOKENS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _padded(tokens: Sequence[Sequence[int]]) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for place, known in enumerate(tokens):
        ids[place, : len(known)] = known
        mask[place, : len(known)] = 1
    return ids, mask


def cut(ids: list[int], limit_tokens: int) -> list[int]:
    """The tokens of a text that a model takes at once, the special one at its end among them."""
    return ids if len(ids) <= limit_tokens else [*ids[: limit_tokens - 1], ids[-1]]
