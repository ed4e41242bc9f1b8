"""What something is about: a briefing of quotes, on a record, one of its items, what somebody said, or a subject.

what is asked about -> its parts (items, turns, stretches) -> of each its outcome or its most central sentence -> quoted

A sentence is central where its vector is near the mean of its part's and of the whole's (Radev et al. 2004,
Centroid-based summarization of multiple documents); what is said twice is quoted once (maximal marginal relevance).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from ...vectorstore.errors import ModelError
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Hit, Passage
from ...vectorstore.store import Store
from ...vectorstore.structure import Item, Outcome
from ..query.parse import Query
from .candidates import Quotable, heading_of, quotables
from .quoted import Quoted, told_of
from .records_found import record_meant

if TYPE_CHECKING:
    import numpy as np

# Chosen by eye; eight or ten parts told no more of the key facts of the gold questions.
PARTS = 6
STRETCHES = 4
MAX_PASSAGES = 800
MIN_WORDS, MAX_WORDS = 6, 70
ON_ITEM_SHARE = 0.6
SAID_BEFORE = 0.9
PART_WEIGHT, WHOLE_WEIGHT, ASKED_WEIGHT = 1.0, 0.5, 0.6
MAX_QUOTE_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a record that deals with one thing: its heading, where it is, and what became of it."""

    heading: str
    start: int
    end: int
    outcome: Outcome | None = None


def overview(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """A briefing on what the question is about; None where no one record is meant and nothing was found."""
    document = record_meant(store, query, hits)
    if document is None:
        return None
    said_by = set(query.references.said_by)
    passages = [each for each in store.passages_of(document.id) if each.kind not in ("heading", "noise")]
    if said_by:
        passages = [each for each in passages if each.locator.speaker in said_by]
    structure = store.structure(document.id)
    item = None if said_by else _item_meant(document, structure.items, hits)
    if item:
        passages = [each for each in passages if item.start <= each.start < item.end]
    if not passages:
        return None
    whole = item is None and not said_by
    parts = _parts(document, structure.items, structure.outcomes) if whole else []
    quoted = Quoted()
    if whole:
        _add_title(store, quoted, document)
    sentences = _Sentences.of(store, query, document, _sampled(passages))
    points = len(passages) if said_by else max(1, len(passages) // 2)
    for part in parts or _stretches(passages, min(STRETCHES, points)):
        _add_part(store, quoted, document, part, sentences)
    if item and (outcome := _outcome_in(item, structure.outcomes)):
        _add_outcome(store, quoted, document, outcome, "Outcome")
    return quoted if quoted.citations else None


def _item_meant(document: Document, items: Sequence[Item], hits: Sequence[Hit]) -> Item | None:
    """The item of a record that most of what was found of it is in, if it is only a part of the record."""
    found = [hit for hit in hits[:10] if hit.document.id == document.id]
    total = sum(hit.score for hit in found)
    for item in sorted(items, key=lambda item: item.end - item.start):
        inside = sum(hit.score for hit in found if item.start <= hit.passage.start < item.end)
        if total and inside >= ON_ITEM_SHARE * total and item.end - item.start < len(document.text) / 2:
            return item
    return None


def _parts(document: Document, items: Sequence[Item], outcomes: Sequence[Outcome]) -> list[Part]:
    """The items of a record that it spends most words on or decides on, in its order; none where it has hardly any."""
    tops = [item for item in items if item.parent is None]
    tops = tops if len(tops) > 2 else list(items)
    if len(tops) < 2:
        return []
    by_item: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.item and len(outcome.text) <= MAX_QUOTE_CHARS:
            by_item.setdefault(outcome.item, outcome)
    weight = {item.id: (item.end - item.start) * (2 if item.id in by_item else 1) for item in tops}
    chosen = sorted(sorted(tops, key=lambda item: -weight[item.id])[:PARTS], key=lambda item: item.start)
    return [
        Part(heading=heading_of(item), start=item.start, end=item.end, outcome=by_item.get(item.id)) for item in chosen
    ]


def _outcome_in(item: Item, outcomes: Sequence[Outcome]) -> Outcome | None:
    """What became of an item: its own outcome, else that of a motion under it; one short enough to be quoted."""
    first, last = (bisect_left(outcomes, place, key=lambda each: each.start) for place in (item.start, item.end))
    inside = [each for each in outcomes[first:last] if len(each.text) <= MAX_QUOTE_CHARS]
    return next((each for each in inside if each.item == item.id), inside[-1] if inside else None)


def _stretches(passages: Sequence[Passage], count: int) -> Iterator[Part]:
    """As many stretches of about the same length, at most; a passage belongs to the one its middle is in."""
    lengths = [len(each.text) for each in passages]
    ends = list(accumulate(lengths))
    size = ends[-1] / count
    middles = [end - length / 2 for end, length in zip(ends, lengths, strict=True)]
    for _, stretch in groupby(zip(middles, passages, strict=True), key=lambda each: each[0] // size):
        inside = [passage for _, passage in stretch]
        yield Part(heading="", start=inside[0].start, end=inside[-1].end)


def _sampled(passages: Sequence[Passage]) -> Sequence[Passage]:
    """All passages, or of very many an even sample."""
    step = -(-len(passages) // MAX_PASSAGES)
    return passages[::step]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentences:
    """The sentences of what is told of, with their vectors, zeros for one without; `said` are those of the quoted."""

    sentences: list[Quotable]
    vectors: "np.ndarray"
    centre: "np.ndarray"
    asked: "np.ndarray"
    said: "list[np.ndarray]"

    @classmethod
    def of(cls, store: Store, query: Query, document: Document, passages: Sequence[Passage]) -> "_Sentences":
        import numpy as np

        hits = [Hit(passage=passage, document=document, score=0.0) for passage in passages]
        sentences = [each for each in quotables(store, hits) if MIN_WORDS <= len(each.text.split()) <= MAX_WORDS]
        sentences = [each for each in sentences if not plain(each.text).rstrip("”\"'*_ ").endswith(("?", ":", "？"))]
        sentences = [each for each in sentences if plain(each.text) not in document.title]
        kept = store.sentence_vectors(list(dict.fromkeys(each.hit.passage.id for each in sentences)))
        vector = next((vector for numbered in kept.values() for vector in numbered.values()), np.zeros(1))
        try:
            asked = np.asarray(store.question_vector(query.text))
        except ModelError:
            asked = np.zeros_like(vector)
        nothing = np.zeros_like(asked)
        rows = [kept.get(each.hit.passage.id, {}).get(each.number or 0, nothing) for each in sentences]
        vectors = np.asarray(rows).reshape(len(rows), len(asked))
        return cls(sentences=sentences, vectors=vectors, centre=_centre(vectors), asked=asked, said=[])

    def most_central(self, start: int, end: int) -> Quotable | None:
        """The most central sentence of a stretch that says nothing said before; None where it has none."""
        inside = [place for place, each in enumerate(self.sentences) if start <= each.start < end]
        if not inside:
            return None
        vectors = self.vectors[inside]
        scores = (
            PART_WEIGHT * vectors @ _centre(vectors)
            + WHOLE_WEIGHT * vectors @ self.centre
            + ASKED_WEIGHT * vectors @ self.asked
        )
        for place in sorted(range(len(inside)), key=lambda place: -scores[place]):
            if not any(float(vectors[place] @ other) > SAID_BEFORE for other in self.said):
                self.said.append(vectors[place])
                return self.sentences[inside[place]]
        return None


def _centre(vectors: "np.ndarray") -> "np.ndarray":
    """The mean direction of vectors."""
    import numpy as np

    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1])
    length = float(np.linalg.norm(mean))
    return mean / length if length else mean


def _add_title(store: Store, quoted: Quoted, document: Document) -> None:
    """What the record is: its title as it stands in it, after who met or issued it and when."""
    start = document.text.find(document.title)
    if start >= 0 and document.title:
        quoted.add(store, document, start, start + len(document.title), told_of(document, document.title))


def _add_part(store: Store, quoted: Quoted, document: Document, part: Part, sentences: _Sentences) -> None:
    """One quote on a part: its outcome where it has one, else its most central sentence."""
    if part.outcome:
        _add_outcome(store, quoted, document, part.outcome, part.heading)
    elif quotable := sentences.most_central(part.start, part.end):
        quoted.add(store, document, quotable.start, quotable.end, part.heading or quotable.speaker or "")


def _add_outcome(store: Store, quoted: Quoted, document: Document, outcome: Outcome, lead: str) -> None:
    """The sentence that tells an outcome, without the lists of its vote."""
    start = max(outcome.start, document.text.find(outcome.text, outcome.start, outcome.end))
    quoted.add(store, document, start, start + len(outcome.text), lead)
