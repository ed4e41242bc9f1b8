"""A run: every case asked and searched, measured one by one, added up over all and by kind."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ..rag.answer import Answer, Turn
from ..rag.shapes import citation_json
from ..vectorstore.passage import Hit
from .cases import Case
from .measures import (
    Share,
    abstention,
    citations_per_answer,
    cite_precision,
    cite_recall,
    evidence_recall,
    key_facts,
    locator,
    mean,
    percentile,
    pooled,
    refused_answerable,
    verbatim,
)

# The measure's name holds the number: another budget is another measure.
BUDGET_CHARS = 4000


class Askable(Protocol):
    """What can be judged: anything that answers questions and finds passages, best first."""

    def ask(self, question: str, /, *, history: list[Turn]) -> Answer: ...

    def search(self, query: str, /, *, limit: int) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one case gave and how it measures; a share is None where its measure does not look at such a case.

    `answer` is None and `error` says why where the library raised one. `seconds` is the wall time of `ask` (of all
    until the error, where there was one).
    """

    case: Case
    answer: Answer | None
    hits: tuple[Hit, ...] = field(default=(), repr=False)
    error: str | None = None
    seconds: float
    evidence_recall_4000: Share | None
    key_facts: Share | None
    cite_recall: Share | None
    cite_precision: Share | None
    verbatim: Share | None
    locator: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """A set of cases in numbers, named as in the harness's JSON; None where no case is one the measure looks at.

    All but `citations_per_answer` (a count) and the two of seconds are 0 to 1. What each means: `measures.py`.
    """

    evidence_recall_4000: float | None
    key_facts: float | None
    cite_recall: float | None
    cite_precision: float | None
    citations_per_answer: float | None
    verbatim: float | None
    locator: float | None
    abstain_p: float | None
    abstain_r: float | None
    abstain_f1: float | None
    refused_answerable: float | None
    seconds_p50: float | None
    seconds_p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished run: `results` in the order of the cases, kinds in the order they first occur."""

    results: tuple[CaseResult, ...]
    measures: Measures
    by_kind: Mapping[str, Measures]
    settings: Mapping[str, Any]


def run_cases(
    library: Askable,
    cases: Sequence[Case],
    *,
    limit: int = 50,
    progress: Callable[[CaseResult], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Run:
    """Asks every case and searches with its stand-alone question, then measures.

    An error in one case is recorded there, counts as zero, and the rest goes on.

    Args:
        library: what is judged.
        cases: in the order in which they are asked.
        limit: passages to search for; enough of them to fill the budget of `evidence_recall_4000`.
        progress: called with each result as it is ready.
        settings: what else made this run what it is (model, embedding), JSON-ready, recorded as given.
    """
    results: list[CaseResult] = []
    for case in cases:
        results.append(run_case(library, case, limit=limit))
        if progress is not None:
            progress(results[-1])
    return Run(
        results=tuple(results),
        measures=add_up(results),
        by_kind={kind: add_up(_of_kind(results, kind)) for kind in dict.fromkeys(case.kind for case in cases)},
        settings={"limit": limit, "budget_chars": BUDGET_CHARS, **(settings or {})},
    )


def run_case(library: Askable, case: Case, *, limit: int) -> CaseResult:
    """Asks one case, searches, and measures; never raises what the library raises."""
    started = time.perf_counter()
    try:
        answer = library.ask(case.question, history=list(case.history))
        seconds = time.perf_counter() - started
        hits = library.search(answer.standalone_question, limit=limit)
    # Whatever goes wrong in one case is that case's result: a long run must not be lost to it.
    except Exception as error:
        return measure_case(case, None, error=_in_words(error), seconds=time.perf_counter() - started)
    return measure_case(case, answer, hits, seconds=seconds)


def measure_case(
    case: Case, answer: Answer | None, hits: Sequence[Hit] = (), *, seconds: float, error: str | None = None
) -> CaseResult:
    """One case's result from what the library gave."""
    return CaseResult(
        case=case,
        answer=answer,
        hits=tuple(hits),
        error=error,
        seconds=seconds,
        evidence_recall_4000=evidence_recall(case, hits, BUDGET_CHARS),
        key_facts=key_facts(case, answer),
        cite_recall=cite_recall(case, answer),
        cite_precision=cite_precision(case, answer),
        verbatim=verbatim(case, answer),
        locator=locator(case, answer),
    )


def add_up(results: Sequence[CaseResult]) -> Measures:
    """The measures of a set of results: key facts as a mean over cases, other shares pooled over what they count."""
    outcomes = [(result.case, result.answer) for result in results]
    refusing = abstention(outcomes)
    seconds = [result.seconds for result in results]
    return Measures(
        evidence_recall_4000=pooled([result.evidence_recall_4000 for result in results]),
        key_facts=mean([result.key_facts for result in results]),
        cite_recall=pooled([result.cite_recall for result in results]),
        cite_precision=pooled([result.cite_precision for result in results]),
        citations_per_answer=citations_per_answer([result.answer for result in results]),
        verbatim=pooled([result.verbatim for result in results]),
        locator=pooled([result.locator for result in results]),
        abstain_p=refusing.precision,
        abstain_r=refusing.recall,
        abstain_f1=refusing.f1,
        refused_answerable=refused_answerable(outcomes),
        seconds_p50=percentile(seconds, 50),
        seconds_p95=percentile(seconds, 95),
    )


def to_json(run: Run) -> dict[str, Any]:
    """The run as a JSON-ready value: `measures`, `by_kind`, `cases`, `settings`, `n` (how many cases)."""
    return {
        "measures": asdict(run.measures),
        "by_kind": {
            kind: {"n": len(_of_kind(run.results, kind)), **asdict(measures)} for kind, measures in run.by_kind.items()
        },
        "cases": [_case_json(result) for result in run.results],
        "settings": dict(run.settings),
        "n": len(run.results),
    }


def _case_json(result: CaseResult) -> dict[str, Any]:
    """One case; `measures` in shares, `counts` the same as `[part, whole]`, from which sets can be added up again."""
    answer = result.answer
    shares = _shares(result)
    return {
        "id": result.case.id,
        "kind": result.case.kind,
        "question": result.case.question,
        "standalone_question": answer.standalone_question if answer else None,
        "answerable": result.case.answerable,
        "answered": answer.answered if answer else None,
        "text": answer.text if answer else None,
        "citations": [citation_json(citation) for citation in answer.citations] if answer else [],
        "error": result.error,
        "seconds": result.seconds,
        "measures": {name: share.value if share else None for name, share in shares.items()},
        "counts": {name: [share.part, share.whole] if share else None for name, share in shares.items()},
    }


def _shares(result: CaseResult) -> dict[str, Share | None]:
    return {
        "evidence_recall_4000": result.evidence_recall_4000,
        "key_facts": result.key_facts,
        "cite_recall": result.cite_recall,
        "cite_precision": result.cite_precision,
        "verbatim": result.verbatim,
        "locator": result.locator,
    }


def _of_kind(results: Sequence[CaseResult], kind: str) -> list[CaseResult]:
    return [result for result in results if result.case.kind == kind]


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
