"""The passages that may answer: by words (BM25), by meaning (vectors) and by what the question points at, fused.

Meaning is compared with whole passages and with their single sentences: a passage of many thoughts is near none.

Words and meaning are fused by the weighted sum of their scores, each made 0 to 1 within one search (a convex
combination: Bruch, Gai and Ingber 2023, An analysis of fusion functions for hybrid retrieval). Reciprocal rank was
tried beside it and did worse, see docs/quality.md. What the question points at moves passages further up.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ...vectorstore.catalogue import PassageRow
from ...vectorstore.errors import ModelError
from ...vectorstore.passage import Filters, Hit, Locator, Selection
from ...vectorstore.store import Store, embedded_text
from ..calibration import likeness
from ..query.parse import Query
from ..query.question import References, is_headed
from ..query.vocabulary import is_held
from .repetition import tells_apart
from .replies import first_in_turn
from .rerank import Reranker

DEPTH = 200
WORDS_WEIGHT = 1.0
NAMES_WEIGHT = 0.2
# Where a question in another language names what so few passages do, its names tell as much as words.
FEW_NAMING = 5
MEANING_WEIGHT = 1.2
SENTENCE_SHARE = 0.95
SPEAKER_WEIGHT = 0.3
DOCUMENT_WEIGHT = 0.15
HEADING_WEIGHT = 0.3
PARAGRAPH_WEIGHT = 4.0
KIND_SHARES = {"heading": 0.5, "noise": 0.25}
FALL_OFF = 30
PASSAGES_A_SIDE = 4
NEIGHBOUR_SHARE = 0.3
RERANKED = 40
EXTENDED = 10
SPARE = 10
SHARE_OF_SPEAKERS = 3
SAME_SHARE = 0.9
MIN_SAME_WORDS = 8

Scored = Sequence[tuple[str, float]]


def retrieve(
    store: Store,
    query: Query,
    *,
    filters: Filters | None = None,
    limit: int = 40,
    reranker: Reranker | None = None,
) -> list[Hit]:
    """The `limit` best passages for a question, best first; of each side of a comparison, some are among the first.

    The rest of a paragraph or a turn comes along with its best piece; of near duplicates only the best is kept.

    `filters` confine the search; what the question itself points at only moves passages up. A `reranker` puts the
    best candidates in its own order before. Scores compare within one search only. Raises ModelError where the
    reranker cannot be loaded.
    """
    allowed = store.select(filters) if filters else None
    pointed = query.references
    by_words, by_meaning = _searched(store, query, allowed)
    by_its_words = is_held(store, query.language) or 0 < len(by_words) <= FEW_NAMING
    words_weight = WORDS_WEIGHT if by_its_words else NAMES_WEIGHT
    scores = fused((by_words, words_weight), (by_meaning, MEANING_WEIGHT))
    scores |= {key: 0.0 for key in _of_missing_sides(store, query, scores, allowed)}
    rows = store.catalogue.passage_rows(list(scores))
    scores = {key: score * KIND_SHARES.get(rows[key].kind, 1.0) for key, score in scores.items() if key in rows}
    rows |= _beside(store, [rows[key] for key in _best_first(scores)[:EXTENDED]])
    scores = _with_neighbours({key: 0.0 for key in rows} | scores, rows)
    if reranker is not None:
        scores |= _judged(store, reranker, query, scores)
    _raise(scores, rows, lambda row: row.locator.speaker in pointed.speakers, SPEAKER_WEIGHT)
    _raise(scores, rows, lambda row: row.document_id in pointed.documents, DOCUMENT_WEIGHT)
    _raise(scores, rows, lambda row: is_headed(row.locator.section or "", query.numbered), HEADING_WEIGHT)
    _add(scores, _asked_paragraphs(store, pointed, _best_first(scores), allowed), PARAGRAPH_WEIGHT)
    best = _best_first(scores)
    hits = store.hits([(key, scores[key]) for key in best[: limit + SPARE if not query.compared else DEPTH]])
    hits = _every_side_first(hits, query) if query.compared else _without_repeats(hits, limit)
    more = [] if query.compared else _more_said(store, query, allowed, hits, limit // SHARE_OF_SPEAKERS)
    hits = [*hits[: limit - len(more)], *more]
    return first_in_turn(store, query, hits, allowed)[:limit]


def _more_said(store: Store, query: Query, allowed: Selection | None, found: Sequence[Hit], limit: int) -> list[Hit]:
    """What else those said whose words are asked for, found among their own passages alone; the `limit` best."""
    speakers = frozenset(query.references.said_by)
    if allowed and allowed.speakers is not None:
        speakers &= allowed.speakers
    if not speakers:
        return []
    within = replace(allowed, speakers=speakers, few=None) if allowed else Selection(speakers=speakers)
    by_words, by_meaning = _searched(store, query, within)
    held = {hit.passage.id for hit in found}
    best = _best_first(fused((by_words, WORDS_WEIGHT), (by_meaning, MEANING_WEIGHT)))
    return store.hits([(key, 0.0) for key in best if key not in held][:limit])


def _every_side_first(hits: Sequence[Hit], query: Query) -> list[Hit]:
    """Puts the best few passages of each side of a comparison before all others, still best first."""
    chosen = [hit for side in query.compared for hit in [hit for hit in hits if side.holds(hit)][:PASSAGES_A_SIDE]]
    first = sorted(dict.fromkeys(chosen), key=lambda hit: -hit.score)
    return [*first, *(hit for hit in hits if hit not in first)]


def _of_missing_sides(store: Store, query: Query, scores: Mapping[str, float], allowed: Selection | None) -> list[str]:
    """Passages by words of those sides of a comparison that the search of all found too little of."""
    if not query.compared:
        return []
    rows = store.catalogue.passage_rows(list(scores))
    found: list[str] = []
    for side in query.compared:
        within = Selection(
            documents=frozenset([side.document]) if side.document else None, speakers=side.speakers or None
        )
        held = sum(within.holds(row.document_id, row.locator) for row in rows.values())
        if held < PASSAGES_A_SIDE:
            found += [key for key, _ in store.by_words(query.words, 2 * PASSAGES_A_SIDE, within=within)]
    if allowed is None:
        return [key for key in found if key not in scores]
    more = store.catalogue.passage_rows([key for key in found if key not in scores])
    return [key for key, row in more.items() if allowed.holds(row.document_id, row.locator)]


def _without_repeats(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The best hits, of near duplicates by one speaker only the best: records are often ingested in two versions."""
    kept: list[tuple[Hit, frozenset[str]]] = []
    for hit in hits:
        if len(kept) == limit:
            break
        words = frozenset(re.findall(r"\w+", hit.passage.text.casefold()))
        if not any(_repeats(hit, words, *other) for other in kept):
            kept.append((hit, words))
    return [hit for hit, _ in kept]


def _repeats(hit: Hit, words: frozenset[str], other: Hit, others: frozenset[str]) -> bool:
    """Whether two passages are the same but for a word or so (Jaccard similarity of their words) that does not tell.

    So that few words are never taken for many, short passages repeat none.
    """
    if hit.passage.locator.speaker != other.passage.locator.speaker or len(words) < MIN_SAME_WORDS:
        return False
    if min(len(words), len(others)) < SAME_SHARE * max(len(words), len(others)):
        return False
    alike = len(words & others) >= SAME_SHARE * len(words | others)
    return alike and not tells_apart(hit.passage.text, other.passage.text)


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


def _searched(store: Store, query: Query, allowed: Selection | None) -> tuple[Scored, Scored]:
    """Passages by words and by meaning, those allowed; by words alone while no vectors can be had."""
    words: Mapping[str, float] = query.words if is_held(store, query.language) else {}
    by_words = store.by_words(words, DEPTH, exact=query.exact, within=allowed)
    try:
        vector = store.question_vector(query.text)
    except ModelError:
        return by_words, []
    by_meaning = store.by_meaning(vector, DEPTH, within=allowed, beside=[key for key, _ in by_words])
    by_sentence = store.by_sentence(vector, DEPTH, within=allowed)
    return by_words, nearer(_by_likeness(store, by_meaning), _by_likeness(store, by_sentence))


def _by_likeness(store: Store, found: Scored) -> Scored:
    """Passages with the likeness that their cosines stand for."""
    import numpy as np

    near = likeness(store.embedding, np.array([cosine for _, cosine in found]))
    return list(zip((key for key, _ in found), near.tolist(), strict=True))


def nearer(by_passage: Scored, by_sentence: Scored) -> list[tuple[str, float]]:
    """Passages by the likeness of the whole or of their nearest sentence, whichever is more; a little less for the
    sentence, which knows nothing of what is around it."""
    found = dict(by_passage)
    for key, near in by_sentence:
        found[key] = max(found.get(key, -1.0), SENTENCE_SHARE * near)
    return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))


def _judged(store: Store, reranker: Reranker, query: Query, scores: dict[str, float]) -> dict[str, float]:
    """The best candidates by a reranker's judgement, made 0 to 1 and put above what was not judged."""
    best = _best_first(scores)
    hits = store.hits([(key, scores[key]) for key in best[:RERANKED]])
    judged = reranker.judge(query.text, [embedded_text(hit.passage) for hit in hits])
    ranked = sorted(zip((hit.passage.id for hit in hits), judged, strict=True), key=lambda one: -one[1])
    floor = max((scores[key] for key in best[RERANKED:]), default=0.0)
    return {key: floor + score for key, score in fused((ranked, 1.0)).items()}


def _best_first(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda key: (-scores[key], key))


def _beside(store: Store, rows: Sequence[PassageRow]) -> dict[str, PassageRow]:
    """The passages before and after in the same paragraph or turn, whether or not they were found."""
    wanted = {(row.document_id, row.order + step): row for row in rows for step in (-1, 1)}
    return {
        row.id: row
        for row in store.catalogue.passages_at(list(wanted))
        if _same_place(row.locator, wanted[row.document_id, row.order].locator)
    }


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


def _asked_paragraphs(store: Store, pointed: References, ranked: Sequence[str], allowed: Selection | None) -> list[str]:
    """Passages of the paragraphs the question names, those in the better documents first."""
    if not pointed.paragraphs:
        return []
    rows = store.catalogue.paragraphs(pointed.paragraphs, pointed.documents or None)
    place = {key: position for position, key in enumerate(ranked)}
    first: dict[str, int] = {}
    for row in rows:
        first[row.document_id] = min(first.get(row.document_id, len(place)), place.get(row.id, len(place)))
    rows.sort(key=lambda row: (first[row.document_id], place.get(row.id, len(place)), row.order))
    return [row.id for row in rows if allowed is None or allowed.holds(row.document_id, row.locator)]


def _add(scores: dict[str, float], ranking: Sequence[str], weight: float) -> None:
    for rank, key in enumerate(ranking):
        scores[key] = scores.get(key, 0.0) + weight * FALL_OFF / (FALL_OFF + rank)
