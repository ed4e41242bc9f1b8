"""What the reader makes of the passages found: its verdicts in their order, in the choice of sentences, in refusing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..ingest.sentences import sentence_spans
from ..vectorstore.passage import Hit
from .reader import Excerpt, Reader

if TYPE_CHECKING:
    from .compose import Quotable
    from .query import Query

READ_PASSAGES = 8
READ_MORE = 3
PIECE_CHARS = 800
LEAD_CHARS = 160
PASSAGE_WEIGHT = 0.6
SENTENCE_WEIGHT = 0.15
MIN_ANSWERS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader made of the passages it has read for one question; each is read once.

    `passages` holds by passage id how likely the passage answers, `sentences` by passage id and the sentence's number
    in its passage how likely that one does (0 to 1).
    """

    reader: Reader
    question: str
    passages: dict[str, float] = field(default_factory=dict[str, float])
    sentences: dict[tuple[str, int], float] = field(default_factory=dict[tuple[str, int], float])

    def read(self, hits: Iterable[Hit]) -> None:
        """Reads the passages that it has not read yet."""
        pieces = [piece for hit in hits if hit.passage.id not in self.passages for piece in _pieces(hit)]
        verdicts = self.reader.judge(self.question, [excerpt for _, _, excerpt in pieces])
        for (key, first, _), verdict in zip(pieces, verdicts, strict=True):
            self.passages[key] = max(self.passages.get(key, 0.0), verdict.answers)
            self.sentences.update({(key, first + number): chance for number, chance in enumerate(verdict.sentences)})


def passages_judged(reading: Reading, hits: Sequence[Hit]) -> dict[str, float]:
    """By passage id, what the reader's verdict adds to the scores of the best passages."""
    reading.read(hits[:READ_PASSAGES])
    return {hit.passage.id: PASSAGE_WEIGHT * reading.passages.get(hit.passage.id, 0.0) for hit in hits[:READ_PASSAGES]}


def sentences_judged(reading: Reading, ranked: "Sequence[Quotable]") -> "list[Quotable]":
    """The sentences with the reader's verdicts in their scores, best first.

    What the reader has not read keeps its score and has no verdict; the passages of the best few sentences it reads
    now.
    """
    first = {quotable.hit.passage.id: quotable.hit for quotable in ranked[:READ_MORE]}
    reading.read(first.values())
    mixed = []
    for quotable in ranked:
        chance = reading.sentences.get((quotable.hit.passage.id, -1 if quotable.number is None else quotable.number))
        if chance is not None:
            quotable = replace(quotable, score=quotable.score + SENTENCE_WEIGHT * chance, answers=chance)
        mixed.append(quotable)
    return sorted(mixed, key=lambda quotable: -quotable.score)


def none_answers(query: "Query", chosen: "Sequence[Quotable]") -> bool:
    """Whether the reader read all the sentences chosen and is all but sure that none answers.

    Of questions that point at a paragraph, ask for a list or lean on others it has seen too few to be heard.
    """
    if query.pointed.paragraphs or query.wants_list or query.compares or query.follows:
        return False
    return all(quotable.answers is not None and quotable.answers < MIN_ANSWERS for quotable in chosen)


def _pieces(hit: Hit) -> Iterator[tuple[str, int, Excerpt]]:
    """A passage in pieces that the reader can take in at once: passage id, number of the first sentence, the piece."""
    spans = sentence_spans(hit.passage.text)
    lead = " ".join(hit.passage.context.split())[-LEAD_CHARS:]
    first = 0
    while first < len(spans):
        start, last = spans[first][0], first + 1
        while last < len(spans) and spans[last][1] - start <= PIECE_CHARS:
            last += 1
        sentences = tuple((one - start, other - start) for one, other in spans[first:last])
        yield (
            hit.passage.id,
            first,
            Excerpt(text=hit.passage.text[start : spans[last - 1][1]], sentences=sentences, lead=lead),
        )
        first = last
