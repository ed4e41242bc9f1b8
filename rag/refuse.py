"""When the documents do not answer: the refusal, and what speaks for one."""

from collections.abc import Sequence

from ..vectorstore.passage import Hit
from ..vectorstore.store import Store
from .compose import Quotable
from .question import Pointers

NEAREST = 3
MIN_COVERAGE = 0.5
REFUSAL = "The documents do not answer this question."


def reason_to_refuse(store: Store, question: str, pointed: Pointers, chosen: Sequence[Quotable]) -> str | None:
    """Why the sentences chosen are no answer, in one sentence, or None when they may be one."""
    if not chosen:
        return REFUSAL
    if pointed.paragraphs and not any(q.hit.passage.locator.paragraph in pointed.paragraphs for q in chosen):
        return f"The documents have no paragraph {pointed.paragraphs[0]} that answers this question."
    if max(quotable.coverage for quotable in chosen) < MIN_COVERAGE:
        return REFUSAL
    return None


def nearest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Passages to offer beside a refusal, as not an answer."""
    return tuple(hit for hit in hits if hit.passage.kind != "heading")[:NEAREST]
