"""Small stand-ins for the heavy parts, for tests of everything around them."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class HashEmbedder:
    """An `Embedder` without a model: a bag of words by the hashing trick, alike on every machine and in every run.

    Texts that share words are near each other; case and punctuation do not matter. A token is a word.
    Source: Weinberger et al. 2009, Feature hashing for large scale multitask learning.
    """

    name: str = "hash"
    fingerprint: str = "hash@1"
    dimension: int = 64
    max_tokens: int = 256

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors, float32 (len(texts), dimension), of length 1."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in _words(text)[: self.max_tokens]:
                vector[zlib.crc32(word.encode()) % self.dimension] += 1
            if not vector.any():
                vector[0] = 1
            vector /= np.linalg.norm(vector)
        return vectors

    def embed_query(self, text: str) -> np.ndarray:
        """One vector, float32 (dimension,)."""
        return self.embed([text])[0]

    def count_tokens(self, text: str) -> int:
        """The number of words."""
        return len(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
