"""The passages that may answer: by words (BM25), by meaning (vectors) and by what the question points at, fused.

Meaning is compared with whole passages and with their single sentences: a passage of many thoughts is near none.

Words and meaning are fused by the weighted sum of their scores, each made 0 to 1 within one search (a convex
combination: Bruch, Gai and Ingber 2023, An analysis of fusion functions for hybrid retrieval). Reciprocal rank was
tried beside it and did worse, see docs/quality.md. What the question points at moves passages further up.
"""

from collections.abc import Callable, Mapping, Sequence

from ..vectorstore.catalogue import PassageRow
from ..vectorstore.errors import ModelError
from ..vectorstore.passage import Filters, Hit, Locator
from ..vectorstore.store import Store
from .query import Query
from .question import Pointers
from .replies import first_in_turn
from .verdicts import READ_PASSAGES, Reading, passages_judged

DEPTH = 200
WORDS_WEIGHT = 1.0
MEANING_WEIGHT = 0.6
SENTENCE_WEIGHT = 0.5
SPEAKER_WEIGHT = 0.3
DOCUMENT_WEIGHT = 0.15
PARAGRAPH_WEIGHT = 4.0
HEADING_SHARE = 0.5
FALL_OFF = 30
PASSAGES_A_SIDE = 4
NEIGHBOUR_SHARE = 0.3

Scored = Sequence[tuple[str, float]]


def retrieve(
    store: Store, query: Query, *, filters: Filters | None = None, limit: int = 40, reading: Reading | None = None
) -> list[Hit]:
    """The `limit` best passages for a question, best first; of each side of a comparison, some are among the first.

    `filters` confine the search; what a reader makes of the best passages (`reading`) and what the question itself
    points at only move passages up. Scores compare within one search only.
    """
    store.refresh()
    allowed = store.ids_matching(filters) if filters else None
    pointed = query.pointed
    by_words, by_meaning, by_sentence = _searched(store, query, allowed)
    scores = fused((by_words, WORDS_WEIGHT), (by_meaning, MEANING_WEIGHT), (by_sentence, SENTENCE_WEIGHT))
    rows = store.catalogue.passage_rows(list(scores))
    scores = {
        key: score * (HEADING_SHARE if rows[key].kind == "heading" else 1)
        for key, score in scores.items()
        if key in rows
    }
    scores = _with_neighbours(scores, rows)
    if reading:
        best = _best_first(scores)[:READ_PASSAGES]
        judged = passages_judged(reading, store.hits([(key, scores[key]) for key in best]))
        scores |= {key: scores[key] + more for key, more in judged.items()}
    _raise(scores, rows, lambda row: row.locator.speaker in pointed.speakers, SPEAKER_WEIGHT)
    _raise(scores, rows, lambda row: row.document_id in pointed.documents, DOCUMENT_WEIGHT)
    _add(scores, _asked_paragraphs(store, pointed, _best_first(scores), allowed), PARAGRAPH_WEIGHT)
    best = _best_first(scores)
    hits = store.hits([(key, scores[key]) for key in best[: limit if not query.sides else DEPTH]])
    hits = _every_side_first(hits, query)
    return first_in_turn(store, query, hits)[:limit]


def _every_side_first(hits: Sequence[Hit], query: Query) -> list[Hit]:
    """Puts the best few passages of each side of a comparison before all others, still best first."""
    chosen = [hit for side in query.sides for hit in [hit for hit in hits if side.holds(hit)][:PASSAGES_A_SIDE]]
    first = sorted(dict.fromkeys(chosen), key=lambda hit: -hit.score)
    return [*first, *(hit for hit in hits if hit not in first)]


def fused(*searched: tuple[Scored, float]) -> dict[str, float]:
    """Weighted sum of scores by passage id, each search's scores first made 0 (its last) to 1 (its best)."""
    scores: dict[str, float] = {}
    for found, weight in searched:
        if not found:
            continue
        best, last = found[0][1], found[-1][1]
        for key, score in found:
            share = (score - last) / (best - last) if best > last else 1.0
            scores[key] = scores.get(key, 0.0) + weight * share
    return scores


def _searched(store: Store, query: Query, allowed: set[str] | None) -> tuple[Scored, Scored, Scored]:
    """Passages by words, by meaning and by that of their best sentence, those allowed; by words alone while no vectors
    can be had."""
    by_words = store.by_words(query.words, DEPTH, within=allowed)
    try:
        vector = store.embedder.embed_query(query.text)
    except ModelError:
        return by_words, [], []
    by_meaning = store.by_meaning(vector, DEPTH, within=allowed)
    return by_words, by_meaning, store.by_sentence(vector, DEPTH, within=allowed)


def _best_first(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda key: (-scores[key], key))


def _with_neighbours(scores: dict[str, float], rows: Mapping[str, PassageRow]) -> dict[str, float]:
    """Adds to each passage a share of the better one of its neighbours in the same paragraph or turn."""
    placed = {(rows[key].document_id, rows[key].order): key for key in scores}
    raised = dict(scores)
    for key in scores:
        row = rows[key]
        beside = [placed.get((row.document_id, row.order + step)) for step in (-1, 1)]
        near = [scores[other] for other in beside if other and _same_place(row.locator, rows[other].locator)]
        raised[key] += NEIGHBOUR_SHARE * max(near, default=0.0)
    return raised


def _same_place(one: Locator, other: Locator) -> bool:
    return (one.paragraph, one.speaker) == (other.paragraph, other.speaker) != (None, None)


def _raise(
    scores: dict[str, float], rows: dict[str, PassageRow], points_at: Callable[[PassageRow], bool], weight: float
) -> None:
    """Moves up the passages that the question points at, the better ones more."""
    _add(scores, [key for key in _best_first(scores) if points_at(rows[key])], weight)


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
    for rank, key in enumerate(ranking):
        scores[key] = scores.get(key, 0.0) + weight * FALL_OFF / (FALL_OFF + rank)
