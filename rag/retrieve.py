"""The passages that may answer: by words (BM25), by meaning (vectors) and by what the question points at, fused.

Every signal is a ranking, and all are fused by weighted reciprocal rank (Cormack et al. 2009, Reciprocal rank
fusion outperforms Condorcet and individual rank learning methods): no score of one kind is ever compared with
one of another.
"""

from collections.abc import Sequence

from ..vectorstore.errors import ModelError
from ..vectorstore.passage import Filters, Hit
from ..vectorstore.store import Store
from .question import Pointers, pointers, telling_words

DEPTH = 200
RANK_CONSTANT = 30
WORDS_WEIGHT = 1.0
MEANING_WEIGHT = 1.0
SPEAKER_WEIGHT = 0.6
DOCUMENT_WEIGHT = 0.5
PARAGRAPH_WEIGHT = 4.0
HEADING_PENALTY = 0.5


def retrieve(store: Store, question: str, *, filters: Filters | None = None, limit: int = 40) -> list[Hit]:
    """The `limit` best passages for a question that stands alone, best first.

    `filters` confine the search; what the question itself points at only moves passages up. Scores are fused ranks.
    """
    store.refresh()
    allowed = store.ids_matching(filters) if filters else None
    pointed = pointers(question, store)
    by_words, by_meaning = _rankings(store, question, allowed)
    scores: dict[str, float] = {}
    _add(scores, by_words, WORDS_WEIGHT)
    _add(scores, by_meaning, MEANING_WEIGHT)
    candidates = store.catalogue.passage_rows(list(scores))
    ranked = sorted(scores, key=lambda key: -scores[key])
    for weight, matches in (
        (SPEAKER_WEIGHT, lambda row: row.locator.speaker in pointed.speakers),
        (DOCUMENT_WEIGHT, lambda row: row.document_id in pointed.documents),
    ):
        _add(scores, [key for key in ranked if key in candidates and matches(candidates[key])], weight)
    _add(scores, _asked_paragraphs(store, pointed, ranked, allowed), PARAGRAPH_WEIGHT)
    for key, row in candidates.items():
        if row.kind == "heading":
            scores[key] *= HEADING_PENALTY
    best = sorted(scores, key=lambda key: -scores[key])[:limit]
    return store.hits([(key, scores[key]) for key in best])


def _rankings(store: Store, question: str, allowed: set[str] | None) -> tuple[list[str], list[str]]:
    """Passage ids by words and by meaning; by words alone while no vectors can be had."""
    depth = DEPTH if allowed is None else max(DEPTH, min(store.lexical.size, 20 * DEPTH))
    by_words = [key for key, _ in store.by_words(telling_words(store, question), depth)]
    try:
        by_meaning = [key for key, _ in store.by_meaning(store.embedder.embed_query(question), depth)]
    except ModelError:
        by_meaning = []
    if allowed is None:
        return by_words, by_meaning
    return ([key for key in by_words if key in allowed][:DEPTH], [key for key in by_meaning if key in allowed][:DEPTH])


def _asked_paragraphs(store: Store, pointed: Pointers, ranked: Sequence[str], allowed: set[str] | None) -> list[str]:
    """Passages of the paragraphs the question names, those in the better documents first."""
    if not pointed.paragraphs:
        return []
    rows = store.catalogue.paragraphs(pointed.paragraphs, pointed.documents or None)
    place = {key: position for position, key in enumerate(ranked)}
    first: dict[str, int] = {}
    for row in rows:
        first[row.document_id] = min(first.get(row.document_id, len(place)), place.get(row.id, len(place)))
    rows.sort(key=lambda row: (first[row.document_id], place.get(row.id, len(place)), row.order))
    return [row.id for row in rows if allowed is None or row.id in allowed]


def _add(scores: dict[str, float], ranking: Sequence[str], weight: float) -> None:
    for rank, key in enumerate(ranking, start=1):
        scores[key] = scores.get(key, 0.0) + weight / (RANK_CONSTANT + rank)
