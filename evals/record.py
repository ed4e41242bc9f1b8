"""One case's result as JSON: what was asked, expected and given, how it measures, what was missed and where."""

from collections.abc import Mapping
from typing import Any

from ..rag.answer import Citation
from ..rag.schema import citation_json, document_json, locator_json
from ..vectorstore.passage import Hit
from .case import Case
from .measures.citations import touched
from .measures.confidence import confidence, is_right
from .measures.ratio import Ratio
from .measures.stages import DocumentsByName, facts_stated, first_rank, judge, missed_evidence, stage_at_fault
from .outcome import Outcome

CONTEXT_CHARS = 280
HITS_KEPT = 10


def record_of(
    outcome: Outcome,
    shares: Mapping[str, Ratio | None],
    *,
    seconds: float,
    error: str | None,
    documents_by_name: DocumentsByName | None,
) -> dict[str, Any]:
    """One case; `measures` in shares, `counts` the same as [part, whole], from which sets can be added up again.

    `outcome` is right, partly, wrong or failed, `stage` the first at which something was lost (`stages.py`).
    `expected.evidence` says of each gold quote at which rank it was found and at which stage it was lost.
    """
    case, answer = outcome.case, outcome.answer
    missed = missed_evidence(outcome, documents_by_name)
    searched_only = answer is None and error is None
    return {
        "id": case.id,
        "kind": case.kind,
        "question": case.question,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in case.history],
        "standalone_question": answer.standalone_question if answer else None,
        "answerable": case.answerable,
        "answered": answer.answered if answer else None,
        "text": answer.text if answer else None,
        "citations": [_citation_json(case, citation) for citation in answer.citations] if answer else [],
        "notes": list(answer.notes) if answer else [],
        "error": error,
        "outcome": None if searched_only else judge(outcome, missed),
        "stage": None if searched_only else stage_at_fault(outcome, missed),
        "confidence": round(confidence(case, answer), 6),
        "right": is_right(case, answer),
        "expected": _expected(outcome, {each.number: each.stage for each in missed}, searched_only),
        "retrieved_chars": sum(len(hit.passage.text) for hit in outcome.hits),
        "hits": [_hit_json(hit) for hit in outcome.hits[:HITS_KEPT]],
        "tokens": list(outcome.tokens) if outcome.tokens else None,
        "measures": {name: round(share.value, 6) if share else None for name, share in shares.items()},
        "counts": {name: [share.numerator, share.denominator] if share else None for name, share in shares.items()},
        "seconds": round(seconds, 4),
    }


def shares_from(record: Mapping[str, Any]) -> dict[str, Ratio | None]:
    """The measures of a case out of its JSON."""
    return {
        name: Ratio(numerator=counts[0], denominator=counts[1]) if counts else None
        for name, counts in record["counts"].items()
    }


def _expected(outcome: Outcome, stages: Mapping[int, str], searched_only: bool) -> dict[str, Any]:
    case = outcome.case
    stated = facts_stated(case, outcome.answer)
    return {
        "key_facts": [{"fact": fact, "stated": said} for fact, said in zip(case.key_facts, stated, strict=True)],
        "answers": list(case.answers),
        "evidence": [
            {
                "doc": gold.doc,
                "quote": gold.quote,
                "locator": gold.locator.model_dump(),
                "rank": first_rank(gold, outcome.hits),
                "stage": None if searched_only else stages.get(number),
            }
            for number, gold in enumerate(case.evidence)
        ],
        "note": case.note,
    }


def _citation_json(case: Case, citation: Citation) -> dict[str, Any]:
    """A citation with what stands around it, and the numbers of the gold quotes it touches."""
    text, golds = citation.document.text, touched(case, citation)
    return {
        **citation_json(citation),
        "before": _cut_left(text[max(0, citation.start - CONTEXT_CHARS) : citation.start]),
        "after": _cut_right(text[citation.end : citation.end + CONTEXT_CHARS]),
        "touches": [number for number, gold in enumerate(case.evidence) if gold in golds],
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    """Where a passage found stands; its words are in the library."""
    return {
        "document": document_json(hit.document),
        "start": hit.passage.start,
        "end": hit.passage.end,
        "locator": locator_json(hit.passage.locator),
        "score": round(hit.score, 6),
    }


def _cut_left(text: str) -> str:
    """The end of a text, from the beginning of a word."""
    return text.partition(" ")[2] if len(text) == CONTEXT_CHARS else text


def _cut_right(text: str) -> str:
    return text.rpartition(" ")[0] if len(text) == CONTEXT_CHARS else text
