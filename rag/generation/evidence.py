"""What a model is shown of the records: passages, whole where they fit its prompt, else their best sentences."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Hit, shortened
from ...vectorstore.store import Store
from ..answering.candidates import Quotable
from ..answering.scoring import rank
from ..query.parse import Query
from .capacity import BYTES_A_TOKEN

MAX_TITLE_CHARS = 120
_CUT = " … "
_BRACKETED = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A passage a model is shown, and the words of it that it sees."""

    hit: Hit
    text: str


def evidence(store: Store, query: Query, hits: Sequence[Hit], *, most: int, budget_tokens: int) -> list[Shown]:
    """At most so many passages in so many tokens, at least one; the strongest last, where a model heeds it most."""
    hits = hits[:most]
    whole = [Shown(hit=hit, text=plain(hit.passage.text)) for hit in hits]
    budget_bytes = budget_tokens * BYTES_A_TOKEN
    if sum(map(_size, whole)) <= budget_bytes:
        return whole[::-1]
    return _best_sentences(rank(store, query, hits), most, budget_bytes)[::-1] or whole[:1]


def points_in(points: Sequence[Hit], budget_tokens: int) -> list[Shown]:
    """As many points of an overview as fit, from the first on, in their order."""
    shown: list[Shown] = []
    left = budget_tokens * BYTES_A_TOKEN
    for hit in points:
        point = Shown(hit=hit, text=plain(hit.passage.text))
        left -= _size(point)
        if left < 0:
            break
        shown.append(point)
    return shown


def _best_sentences(ranked: Sequence[Quotable], most: int, budget_bytes: float) -> list[Shown]:
    """The passages of the best sentences, each with those of its sentences that fit, in order."""
    kept: dict[str, list[Quotable]] = {}
    for quotable in ranked:
        sentences = kept.get(quotable.hit.passage.id, [])
        if any(other.covers(quotable) for other in sentences):
            continue
        grown = [other for other in sentences if not quotable.covers(other)]
        size = _size(_shown([*grown, quotable])) - (_size(_shown(sentences)) if sentences else 0)
        if (kept and size > budget_bytes) or (not sentences and len(kept) == most):
            continue
        budget_bytes -= size
        kept[quotable.hit.passage.id] = [*grown, quotable]
        if budget_bytes <= 0:
            break
    return [_shown(sentences) for sentences in kept.values()]


def _shown(sentences: Sequence[Quotable]) -> Shown:
    """A passage cut down to some of its sentences; marks say where something is left out."""
    ordered = sorted(sentences, key=lambda each: each.start)
    text = ordered[0].text
    for before, after in pairwise(ordered):
        text += (" " if before.adjoins(after) else _CUT) + after.text
    return Shown(hit=ordered[0].hit, text=plain(text))


def _size(shown: Shown) -> int:
    return len(passage_lines([(10, shown)]).encode())


def passage_lines(numbered: Iterable[tuple[int, Shown]]) -> str:
    """Passages as a prompt shows them: number, record and place, words."""
    return "\n\n".join(
        f"[{number}] ({inert(f'{shown.hit.passage.context}; {shown.hit.passage.locator}')})\n{inert(shown.text)}"
        for number, shown in numbered
    )


def record_line(document: Document) -> str:
    """A record as a prompt names it, before the sentences from it."""
    facts = (shortened(document.title, MAX_TITLE_CHARS), document.symbol, document.date)
    return f"From “{inert(', '.join(filter(None, facts)))}”:"


def inert(text: str) -> str:
    """Words of a record in one line, in which no number can be taken for one of a passage."""
    return _BRACKETED.sub(r"(note \1)", " ".join(text.split()))
