"""At which stage of the pipeline a case went wrong: the first one at which its evidence was lost.

not ingested right -> not retrieved -> not chosen or wrongly refused -> not attributed -> not said
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ...rag.answer import Answer
from ...vectorstore.passage import Document, Hit
from ..case import Case, Evidence
from ..outcome import BUDGET_CHARS, Outcome
from .citations import agrees, covers, half_held, states, touched
from .confidence import is_right
from .gold_answers import stated
from .quotes import locate

Stage = Literal[
    "ingestion_error", "not_retrieved", "wrongly_refused", "not_selected", "not_attributed", "not_said",
    "wrongly_answered", "failed",
]  # fmt: skip
STAGES: tuple[Stage, ...] = (
    "failed", "ingestion_error", "not_retrieved", "wrongly_refused", "not_selected", "not_attributed", "not_said",
    "wrongly_answered",
)  # fmt: skip
OutcomeName = Literal["right", "partly", "wrong", "failed"]

# The documents of a library that go by a file name; None where the library cannot be looked into.
DocumentsByName = Callable[[str], Sequence[Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A gold quote that did not make it into a rightly placed citation, and the stage at which it was lost."""

    number: int
    stage: Stage


def in_words(stage: str | None) -> str:
    """A stage as people read it."""
    return stage.replace("_", " ") if stage else "no stage at fault"


def judge(outcome: Outcome, missed: Sequence[Missed]) -> OutcomeName:
    """All in all: right (see `confidence.is_right`), partly (some fact or gold quote is there), wrong or failed."""
    case, answer = outcome.case, outcome.answer
    if answer is None:
        return "failed"
    if is_right(case, answer):
        return "right"
    if not (case.answerable and answer.answered):
        return "wrong"
    said = stated(answer).casefold()
    some_fact = any(states(said, fact) for fact in case.key_facts)
    return "partly" if some_fact or len(missed) < len(case.evidence) else "wrong"


def stage_at_fault(outcome: Outcome, missed: Sequence[Missed]) -> Stage | None:
    """The first stage at which something was lost; None where nothing was."""
    case, answer = outcome.case, outcome.answer
    if answer is None:
        return "failed"
    if not case.answerable:
        return "wrongly_answered" if answer.answered else None
    found: set[Stage] = {each.stage for each in missed}
    if not answer.answered and not missed:
        found.add("wrongly_refused")
    if not found and not is_right(case, answer):
        found.add("not_said")
    return min(found, key=STAGES.index, default=None)


def missed_evidence(outcome: Outcome, documents_by_name: DocumentsByName | None) -> list[Missed]:
    """The gold quotes of an answerable case that are not cited where they stand, in order."""
    if not outcome.case.answerable:
        return []
    return [
        Missed(number=number, stage=stage)
        for number, gold in enumerate(outcome.case.evidence)
        if (stage := _stage(gold, outcome, documents_by_name)) is not None
    ]


def _stage(gold: Evidence, outcome: Outcome, documents_by_name: DocumentsByName | None) -> Stage | None:
    answer = outcome.answer
    if answer is None:
        return "failed"
    citations = [citation for citation in answer.citations if covers(citation, gold)]
    if citations:
        matching = [citation for citation in citations if gold in touched(outcome.case, citation)] or citations
        return None if any(agrees(citation, gold) for citation in matching) else "not_attributed"
    if documents_by_name is not None and not _is_on(documents_by_name, gold):
        return "ingestion_error"
    if not half_held(gold, outcome.hits, BUDGET_CHARS):
        return "not_retrieved"
    return "not_selected" if answer.answered else "wrongly_refused"


def _is_on(documents_by_name: DocumentsByName, gold: Evidence) -> bool:
    """Whether the library holds the quote; text that was broken up in reading does not count."""
    return any(locate(document.text, gold.quote, gold.nth) for document in documents_by_name(gold.doc))


def first_rank(gold: Evidence, hits: Sequence[Hit]) -> int | None:
    """At which rank, from 1, a passage holds half of a gold quote; None where none does."""
    return next((rank for rank, hit in enumerate(hits, start=1) if half_held(gold, [hit])), None)


def facts_stated(case: Case, answer: Answer | None) -> list[bool]:
    """For each key fact, whether the answer states it."""
    said = stated(answer).casefold()
    return [states(said, fact) for fact in case.key_facts]
