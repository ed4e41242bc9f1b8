"""What something is about: a briefing of quotes, on a record, one of its items, what somebody said, or a subject.

what is asked about -> its parts (items, turns, stretches) -> of each its outcome or its most central sentence -> quoted

A sentence is central where its vector is near the mean of its part's and of the whole's (Radev et al. 2004,
Centroid-based summarization of multiple documents); what is said twice is quoted once (maximal marginal relevance).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...vectorstore.errors import ModelError
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Hit, Passage, shortened
from ...vectorstore.store import Store
from ...vectorstore.structure import Item, Outcome
from ..query.parse import Query
from .candidates import Quotable, quotables
from .quoted import Quoted
from .records_found import shares_of_records

if TYPE_CHECKING:
    import numpy as np

Length = Literal["brief", "usual", "full"]
PARTS: dict[Length, int] = {"brief": 3, "usual": 6, "full": 20}
MAX_PASSAGES = 800
MIN_WORDS, MAX_WORDS = 6, 70
ON_ITEM_SHARE = 0.6
SAID_BEFORE = 0.9
PART_WEIGHT, WHOLE_WEIGHT, ASKED_WEIGHT = 1.0, 0.5, 0.6
MAX_HEADING_CHARS = 110
MAX_QUOTE_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a record that deals with one thing: its heading, where it is, and what became of it."""

    heading: str
    start: int
    end: int
    outcome: Outcome | None = None


def overview(store: Store, query: Query, hits: Sequence[Hit], length: Length = "usual") -> Quoted | None:
    """A briefing on what the question is about; None where no one record is meant and nothing was found."""
    document = _document_meant(store, query, hits)
    if document is None:
        return None
    said_by = set(query.references.said_by)
    passages = [each for each in store.passages_of(document.id) if each.kind not in ("heading", "noise")]
    if said_by:
        passages = [each for each in passages if each.locator.speaker in said_by]
    structure = store.catalogue.structure(document.id)
    item = None if said_by else _item_meant(document, structure.items, hits)
    if item:
        passages = [each for each in passages if item.start <= each.start < item.end]
    if not passages:
        return None
    whole = item is None and not said_by
    parts = _parts(document, structure.items, structure.outcomes, PARTS[length]) if whole else []
    quoted = Quoted()
    if whole:
        _add_title(store, quoted, document)
    sentences = _Sentences.of(store, query, document, _sampled(passages))
    for part in parts or _stretches(passages, PARTS[length]):
        _add_part(store, quoted, document, part, sentences)
    if item:
        _add_outcome(store, quoted, document, item, structure.outcomes)
    return quoted if quoted.citations else None


def _document_meant(store: Store, query: Query, hits: Sequence[Hit]) -> Document | None:
    """The record that the question points at, else the one most of what was found is from."""
    shares = shares_of_records(hits)
    pointed = [key for key in query.references.documents if key in shares] or list(query.references.documents)
    best = max(pointed or shares, key=lambda key: shares[key], default=None)
    return store.document(best) if best else None


def _item_meant(document: Document, items: Sequence[Item], hits: Sequence[Hit]) -> Item | None:
    """The item of a record that most of what was found of it is in, if it is only a part of the record."""
    found = [hit for hit in hits[:10] if hit.document.id == document.id]
    total = sum(hit.score for hit in found)
    for item in sorted(items, key=lambda item: item.end - item.start):
        inside = sum(hit.score for hit in found if item.start <= hit.passage.start < item.end)
        if total and inside >= ON_ITEM_SHARE * total and item.end - item.start < len(document.text) / 2:
            return item
    return None


def _parts(document: Document, items: Sequence[Item], outcomes: Sequence[Outcome], limit: int) -> list[Part]:
    """The items of a record that it spends most words on or decides on, in its order; none where it has hardly any."""
    by_item: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.item:
            by_item.setdefault(outcome.item, outcome)
    tops = [item for item in items if item.parent is None]
    tops = tops if len(tops) > 2 else list(items)
    if len(tops) < 2:
        return []
    weight = {item.id: (item.end - item.start) * (2 if item.id in by_item else 1) for item in tops}
    chosen = sorted(sorted(tops, key=lambda item: -weight[item.id])[:limit], key=lambda item: item.start)
    return [
        Part(heading=_heading(item), start=item.start, end=item.end, outcome=by_item.get(item.id)) for item in chosen
    ]


def _heading(item: Item) -> str:
    return shortened(" ".join(plain(item.heading).split()), MAX_HEADING_CHARS)


def _stretches(passages: Sequence[Passage], count: int) -> Iterator[Part]:
    """As many stretches of about the same length, each under the heading of its first passage, if that changes."""
    total = sum(len(each.text) for each in passages)
    count = min(count, max(1, len(passages) // 2), 4)
    size, chars = total / count, 0
    stretch: list[Passage] = []
    for passage in passages:
        stretch.append(passage)
        chars += len(passage.text)
        if chars >= size:
            yield Part(heading="", start=stretch[0].start, end=stretch[-1].end)
            stretch, chars = [], 0
    if stretch:
        yield Part(heading="", start=stretch[0].start, end=stretch[-1].end)


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
        kept = store.sentence_vectors(list(dict.fromkeys(each.hit.passage.id for each in sentences)))
        try:
            asked = np.asarray(store.question_vector(query.text))
        except ModelError:
            asked = np.zeros(1, dtype=np.float32)
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
    what = ", ".join(filter(None, (document.symbol, document.body, document.date)))
    if start >= 0 and document.title:
        quoted.add(store, document, start, start + len(document.title), what)


def _add_part(store: Store, quoted: Quoted, document: Document, part: Part, sentences: _Sentences) -> None:
    """One quote on a part: its outcome where it has one, else its most central sentence."""
    outcome = part.outcome
    if outcome and outcome.end - outcome.start <= MAX_QUOTE_CHARS:
        quoted.add(store, document, outcome.start, outcome.end, part.heading)
        return
    if quotable := sentences.most_central(part.start, part.end):
        speaker = quotable.speaker or ""
        lead = ": ".join(filter(None, (part.heading, speaker if not part.heading else "")))
        quoted.add(store, document, quotable.start, quotable.end, lead)


def _add_outcome(
    store: Store, quoted: Quoted, document: Document, item: Item, outcomes: Sequence[Outcome]
) -> None:
    """What became of the item told of, at the end."""
    for outcome in outcomes:
        if outcome.item == item.id and outcome.end - outcome.start <= MAX_QUOTE_CHARS:
            quoted.add(store, document, outcome.start, outcome.end, "Outcome")
            return
