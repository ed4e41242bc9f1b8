"""What the reader makes of the sentences an answer may quote: its verdicts in their scores and in refusing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .reader import Excerpt, Reader

if TYPE_CHECKING:
    from .compose import Quotable
    from .query import Query

READ_CHARS = 5000
PIECE_CHARS = 800
LEAD_CHARS = 160
READER_WEIGHT = 0.2
MIN_ANSWERS = 0.03


def judged(reader: Reader, question: str, ranked: "Sequence[Quotable]") -> "list[Quotable]":
    """The sentences with the reader's verdicts in their scores, best first.

    It reads the passages of the best sentences, `READ_CHARS` characters of them; what it did not read keeps its score
    and has no verdict.
    """
    pieces = list(_pieces(ranked))
    verdicts = reader.judge(question, [_excerpt(piece) for piece in pieces])
    seen = {
        (quotable.hit.passage.id, quotable.start): replace(
            quotable, score=quotable.score + READER_WEIGHT * chance, answers=chance
        )
        for piece, verdict in zip(pieces, verdicts, strict=True)
        for quotable, chance in zip(piece, verdict.sentences, strict=True)
    }
    mixed = [seen.get((quotable.hit.passage.id, quotable.start), quotable) for quotable in ranked]
    return sorted(mixed, key=lambda quotable: -quotable.score)


def none_answers(query: "Query", chosen: "Sequence[Quotable]") -> bool:
    """Whether the reader read all the sentences chosen and is all but sure that none answers.

    Of questions that point at a paragraph, ask for a list or lean on others it has seen too few to be heard.
    """
    if query.pointed.paragraphs or query.wants_list or query.compares or query.follows:
        return False
    return all(quotable.answers is not None and quotable.answers < MIN_ANSWERS for quotable in chosen)


def _pieces(ranked: "Sequence[Quotable]") -> "Iterator[list[Quotable]]":
    """Sentences in a row, as many as the reader can take in at once; of the best passages first."""
    passages: dict[str, list[Quotable]] = {}
    for quotable in ranked:
        passages.setdefault(quotable.hit.passage.id, []).append(quotable)
    read_chars = 0
    for sentences in passages.values():
        piece: list[Quotable] = []
        for quotable in sorted(sentences, key=lambda quotable: quotable.start):
            if piece and quotable.end - piece[0].start > PIECE_CHARS:
                yield piece
                piece = []
            piece.append(quotable)
        yield piece
        read_chars += sum(quotable.end - quotable.start for quotable in sentences)
        if read_chars >= READ_CHARS:
            return


def _excerpt(piece: "Sequence[Quotable]") -> Excerpt:
    start, end = piece[0].start, piece[-1].end
    hit = piece[0].hit
    return Excerpt(
        text=hit.document.text[start:end],
        sentences=tuple((quotable.start - start, quotable.end - start) for quotable in piece),
        lead=" ".join(hit.passage.context.split())[-LEAD_CHARS:],
    )
