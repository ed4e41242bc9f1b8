"""Texts of about the same length are embedded together, so that little is wasted on padding."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# What few texts leave behind between two steps stays in a processor's cache. Of 2 texts and 256 tokens, 4 and 512,
# 8 and 256, 8 and 1024, 16 and 512 at a time, 400 sentences took e5 3.02, 2.73, 2.61, 2.82, 2.74 s of processor time
# and 60 paragraphs 1.75, 1.80, 1.76, 2.29, 1.85 s (medians of three rounds, one thread a batch).
MAX_TEXTS = 8
MAX_TOKENS = 256

# Batches side by side, each on one processor: cut up among two, a batch takes 1.3 to 1.5 times their time. One of 512
# tokens needs some 150 MB.
MAX_THREADS = 8


def in_batches(
    tokens: Sequence[Sequence[int]], dimension: int, run: "Callable[[np.ndarray, np.ndarray], np.ndarray]"
) -> "np.ndarray":
    """Vectors, float32 (len(tokens), dimension), in the order given; `run` makes those of ids and their mask.

    Batches run in threads, as many at a time as there are processors; what `run` raises is raised here.
    """
    import numpy as np

    vectors = np.empty((len(tokens), dimension), dtype=np.float32)

    def embed(places: list[int]) -> None:
        vectors[places] = run(*_padded([tokens[place] for place in places]))

    batches = list(_alike([len(each) for each in tokens]))
    threads = min(len(batches), os.cpu_count() or 1, MAX_THREADS)
    if threads <= 1:
        for places in batches:
            embed(places)
    else:
        with ThreadPoolExecutor(threads, "embedding") as pool:
            # The longest first, so that no thread is left alone with them.
            list(pool.map(embed, reversed(batches)))
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
