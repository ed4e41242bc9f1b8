"""Ways of searching to set beside each other: words alone, meaning alone, the two fused by weight.

Each searches a library's own passages, without the hints and neighbours that the product adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...rag.library import Library
from ...rag.query.parse import parse_query
from ...rag.retrieval.retrieve import fused
from ...vectorstore.passage import Hit

DEPTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Searches by words and by meaning, their scores added up by weight; a weight of 0 leaves that search out."""

    library: Library
    words: float = 1.0
    meaning: float = 1.0

    def search(self, query: str, /, *, limit: int) -> Sequence[Hit]:
        """Passages, best first."""
        by_words, by_meaning = _searched(self.library, query, max(DEPTH, limit), self.words > 0, self.meaning > 0)
        return _best(self.library, fused((by_words, self.words), (by_meaning, self.meaning)), limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciprocalRank:
    """Searches by words and by meaning, fused by their ranks alone (Cormack, Clarke and Büttcher 2009)."""

    library: Library
    constant: int = 60

    def search(self, query: str, /, *, limit: int) -> Sequence[Hit]:
        """Passages, best first."""
        scores: dict[str, float] = {}
        for found in _searched(self.library, query, max(DEPTH, limit)):
            for rank, (key, _) in enumerate(found, start=1):
                scores[key] = scores.get(key, 0.0) + 1 / (self.constant + rank)
        return _best(self.library, scores, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWords:
    """BM25 over the words as they stand, nothing read into the question: what published baselines do."""

    library: Library

    def search(self, query: str, /, *, limit: int) -> Sequence[Hit]:
        """Passages, best first."""
        store = self.library.store
        store.refresh()
        words: dict[str, float] = {}
        for word in store.lexical.words(query):
            words[word] = words.get(word, 0.0) + 1.0
        return store.hits(store.by_words(words, limit))


Scored = Sequence[tuple[str, float]]


def _searched(
    library: Library, query: str, depth: int, words: bool = True, meaning: bool = True
) -> tuple[Scored, Scored]:
    """The best passages by words and by meaning; nothing where not asked for."""
    store = library.store
    store.refresh()
    read = parse_query(store, query)
    by_words = store.by_words(read.words, depth) if words else []
    by_meaning = store.by_meaning(store.embedder.embed_query(read.text), depth) if meaning else []
    return by_words, by_meaning


def _best(library: Library, scores: Mapping[str, float], limit: int) -> Sequence[Hit]:
    return library.store.hits(sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit])
