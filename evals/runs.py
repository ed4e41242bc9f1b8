"""A run: every case asked and searched, measured one by one, added up over all and by kind.

cases -> asked (or taken from the cache) -> records -> measures with intervals -> Run
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

from ..rag.answer import Answer, Turn
from ..rag.library import Library
from ..vectorstore.errors import InputError
from ..vectorstore.passage import Document, Hit
from .case import Case, case_json
from .kept import Cache
from .measures.citations import file_name, percentile
from .measures.confidence import Judged, aurc, calibration_error
from .measures.entailment import Entails, alce
from .measures.judge import Judge, judged_shares
from .measures.ratio import Ratio
from .measures.significance import SEED, interval
from .measures.stages import DocumentsByName
from .outcome import BY_NAME, MEASURES, TIMED, Outcome, add_up, measure_outcome, shares_of
from .provenance import (
    cases_fingerprint,
    code_fingerprint,
    commit,
    library_facts,
    options_of,
    sha256_of,
    versions,
)
from .record import record_of, shares_from

Progress = Callable[["CaseResult"], None]


class Searchable(Protocol):
    """What finds passages, best first."""

    def search(self, query: str, /, *, limit: int) -> Sequence[Hit]: ...


class Askable(Searchable, Protocol):
    """What can be judged: anything that answers questions and finds passages."""

    def ask(self, question: str, /, *, history: list[Turn]) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one case gave, as JSON, and how it measures; a share is None where its measure does not look at such a case.

    `error` says why where the library raised one. `cached` tells whether it was asked in an earlier run.
    """

    case: Case
    record: Mapping[str, Any] = field(repr=False)
    shares: Mapping[str, Ratio | None] = field(repr=False)
    cached: bool = False

    @property
    def error(self) -> str | None:
        """What the library raised instead of answering."""
        return self.record["error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished run: `results` in the order of the cases, kinds in the order they first occur.

    `measures` are named as in JSON and None where no case is one the measure looks at; `intervals` are the 95 %
    confidence intervals of those that have one. `made_by` says what made the run what it is, `clock` what only a
    clock can tell; two runs of the same cases, settings, library and code differ in nothing else, and have one
    `digest`.
    """

    results: tuple[CaseResult, ...]
    measures: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float] | None]
    by_kind: Mapping[str, Mapping[str, float | None]]
    settings: Mapping[str, Any]
    made_by: Mapping[str, Any]
    clock: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the run without its times."""
        return sha256_of(to_json(self, times=False))


def run(
    library: Askable | Searchable,
    cases: Sequence[Case],
    *,
    limit: int = 50,
    jobs: int = 1,
    search_only: bool = False,
    cache: Path | None = None,
    settings: Mapping[str, Any] | None = None,
    judge: Judge | None = None,
    entails: Entails | None = None,
    prices: tuple[float, float] | None = None,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Run:
    """Asks every case and searches with its stand-alone question, then measures.

    An error in one case is recorded there, counts as zero, and the rest goes on.

    Args:
        library: what is judged.
        cases: in the order in which they are asked.
        limit: passages to search for; enough of them to fill the budget of `evidence_recall_4000`.
        jobs: how many cases are asked at a time; changes no result but the seconds.
        search_only: only search, with the question as it stands; nothing is answered.
        cache: folder of results already had; cases found there are not asked again. Used with our own libraries only,
            whose fingerprint tells whether anything changed.
        settings: what else made this run what it is (model, embedding), JSON-ready, recorded as given.
        judge: a language model that judges the answers.
        entails: tells whether a text entails another, for ALCE's measures of citation.
        prices: of a million tokens read, and of a million written; for `cost`.
        seed: of the resampling behind the intervals.
        progress: called with each result as it is ready, in the order of the cases.

    Raises:
        InputError: the library is empty.
    """
    began, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    held = getattr(library, "library", library)
    facts = library_facts(held)
    if facts is not None and not facts["documents"]:
        raise InputError(
            "The library holds no documents yet, so nothing can be measured. Add some: onrecord ingest PATH"
        )
    recorded = {"limit": limit, "budget_chars": 4000, "search_only": search_only, **(settings or {})}
    asker = _Asker(
        library=library, limit=limit, search_only=search_only, judge=judge, entails=entails,
        documents_by_name=_documents_by_name(held), cache=Cache(cache) if cache and facts else None,
        stamp={"settings": _without(recorded, "cases"), "library": facts, "options": options_of(library),
               # A kept answer names documents by id and source: it is another library's where these are others.
               "documents": _names_in(held), "code": code_fingerprint(),
               "judge": judge.name if judge else None, "entails": getattr(entails, "name", str(entails))},
    )  # fmt: skip
    with _exact_search(held):
        results = _asked(asker, cases, jobs, progress)
    records = [result.record for result in results]
    made_by = {
        "code": code_fingerprint(), "commit": commit(), "library": facts, "options": options_of(library),
        "cases": cases_fingerprint(cases),
        "versions": versions(), "seed": seed, "judge": judge.name if judge else None,
    }  # fmt: skip
    return Run(
        results=tuple(results),
        measures=added_up(records, prices=prices),
        intervals=intervals_of(results, seed=seed),
        by_kind={
            kind: added_up([record for record in records if record["kind"] == kind], prices=prices)
            for kind in dict.fromkeys(case.kind for case in cases)
        },
        settings=recorded,
        made_by=made_by,
        clock={
            "started": started, "seconds": round(time.perf_counter() - began, 3), "jobs": jobs,
            "cached": sum(result.cached for result in results),
            "cache_fault": asker.cache.fault if asker.cache else None,
        },
    )  # fmt: skip


@contextmanager
def _exact_search(library: object) -> Generator[None]:
    """Has a library compare all vectors, since an approximate search finds a little otherwise each time."""
    vectors = library.store.vectors if isinstance(library, Library) else None
    before = vectors.exact if vectors else False
    if vectors:
        vectors.exact = True
    try:
        yield
    finally:
        if vectors:
            vectors.exact = before


def _asked(asker: "_Asker", cases: Sequence[Case], jobs: int, progress: Progress | None) -> list[CaseResult]:
    """Results in the order of the cases, however many are asked at a time."""
    results: list[CaseResult] = []
    for result in _results(asker, cases, jobs):
        results.append(result)
        if progress is not None:
            progress(result)
    return results


def _results(asker: "_Asker", cases: Sequence[Case], jobs: int) -> Iterator[CaseResult]:
    if jobs == 1:
        yield from map(asker.result, cases)
        return
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        yield from pool.map(asker.result, cases)
    finally:
        # After an interruption what is under way still ends, and what waits is dropped.
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Asks one case after the other, or takes from the cache what was asked before."""

    library: Askable | Searchable
    limit: int
    search_only: bool
    judge: Judge | None
    entails: Entails | None
    documents_by_name: DocumentsByName | None
    cache: Cache | None
    stamp: Mapping[str, Any]

    def result(self, case: Case) -> CaseResult:
        """One case's result; never raises what the library raises."""
        if self.cache is None:
            return self._fresh(case)
        key = sha256_of({"case": case_json(case), **self.stamp})
        if record := self.cache.get(key):
            return CaseResult(case=case, record=record, shares=shares_from(record), cached=True)
        result = self._fresh(case)
        if result.error is None:
            self.cache.put(key, result.record)
        return result

    def _fresh(self, case: Case) -> CaseResult:
        answer, hits, tokens, error = None, (), None, None
        started = time.perf_counter()
        seconds = None
        # Whatever goes wrong in one case is that case's result: a long run must not be lost to it.
        try:
            if self.search_only:
                hits = self.library.search(case.question, limit=self.limit)
            else:
                answer = cast(Askable, self.library).ask(case.question, history=list(case.history))
                seconds = time.perf_counter() - started
                tokens = _tokens(answer)
                hits = self.library.search(answer.standalone_question, limit=self.limit)
        except Exception as raised:
            answer, hits, error = None, (), f"{type(raised).__name__}: {raised}"
        seconds = time.perf_counter() - started if seconds is None or error else seconds
        outcome = Outcome(case=case, answer=answer, hits=tuple(hits), tokens=tokens)
        return self._measured(outcome, seconds, error)

    def _measured(self, outcome: Outcome, seconds: float, error: str | None) -> CaseResult:
        shares = measure_outcome(outcome, searched_only=self.search_only and error is None)
        verdict = self.judge.verdict(outcome.case, outcome.answer) if self.judge else None
        if verdict is not None:
            shares |= judged_shares(verdict)
        if self.entails is not None:
            shares |= alce(outcome.case, outcome.answer, self.entails)
        record = record_of(outcome, shares, seconds=seconds, error=error, documents_by_name=self.documents_by_name)
        if verdict is not None:
            record["verdict"] = {"score": verdict.score, "reason": verdict.reason}
        return CaseResult(case=outcome.case, record=record, shares=shares)


def _tokens(answer: Answer) -> tuple[int, int] | None:
    """What a model's service counted as read and written; None without a model, or where it does not count."""
    usage = getattr(answer, "usage", None)
    return (usage.input_tokens, usage.output_tokens) if usage and usage.input_tokens else None


def added_up(
    records: Sequence[Mapping[str, Any]], *, prices: tuple[float, float] | None = None
) -> dict[str, float | None]:
    """The measures of a set of records by name, in the order of `MEASURES`."""
    shared = add_up([shares_from(record) for record in records])
    judged = [
        Judged(confidence=record["confidence"], right=record["right"]) for record in records if record["answered"]
    ]
    seconds = [record["seconds"] for record in records]
    of_run = {
        "aurc": aurc(judged), "calibration_error": calibration_error(judged),
        "seconds_p50": percentile(seconds, 50), "seconds_p95": percentile(seconds, 95),
        "cost": _cost(records, prices),
    }  # fmt: skip
    return {measure.name: of_run.get(measure.name, shared.get(measure.name)) for measure in MEASURES}


def intervals_of(results: Sequence[CaseResult], *, seed: int = SEED) -> dict[str, tuple[float, float] | None]:
    """The 95 % confidence interval of every measure that cases add up to; None where it looks at none."""
    shares = [result.shares for result in results]
    measured = add_up(shares)
    found: dict[str, tuple[float, float] | None] = {}
    for name, value in measured.items():
        bounds = interval(shares_of(shares, name), pool=BY_NAME[name].adds == "pooled", seed=seed)
        found[name] = (round(bounds[0], 6), round(bounds[1], 6)) if bounds and value is not None else None
    return found


def _cost(records: Sequence[Mapping[str, Any]], prices: tuple[float, float] | None) -> float | None:
    counts = [record["tokens"] for record in records if record["tokens"]]
    if prices is None or not counts:
        return None
    return sum(read * prices[0] + written * prices[1] for read, written in counts) / 1e6


def to_json(run: Run, *, times: bool = True) -> dict[str, Any]:
    """The run as a JSON-ready value: `measures`, `by_kind`, `cases`, `settings`, `n` (how many cases) and more.

    Without `times` it holds nothing that a clock told, so that the same run gives the same value.
    """
    value = {
        "measures": _timed(_rounded(run.measures), times),
        "intervals": {name: list(bounds) if bounds else None for name, bounds in run.intervals.items()},
        "by_kind": {
            kind: {"n": sum(result.case.kind == kind for result in run.results), **_timed(_rounded(measures), times)}
            for kind, measures in run.by_kind.items()
        },
        "cases": [
            dict(result.record) if times else _without(result.record, "seconds") for result in run.results
        ],
        "settings": dict(run.settings),
        "n": len(run.results),
        "made_by": dict(run.made_by),
    }  # fmt: skip
    return {**value, "digest": sha256_of(to_json(run, times=False)), "clock": dict(run.clock)} if times else value


def _timed(measures: Mapping[str, float | None], times: bool) -> dict[str, float | None]:
    return {name: value for name, value in measures.items() if times or name not in TIMED}


def _rounded(measures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 6) for name, value in measures.items()}


def _without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in names}


def _names_in(library: object) -> list[list[str]]:
    """The ids and sources of a library's documents; nothing for what is not a library of ours."""
    return sorted([each.id, each.source] for each in library.documents()) if isinstance(library, Library) else []


def _documents_by_name(library: object) -> DocumentsByName | None:
    """Finds a library's documents by file name; None for what is not a library of ours."""
    if not isinstance(library, Library):
        return None
    ids: dict[str, list[str]] = {}
    for listing in library.documents():
        ids.setdefault(file_name(listing), []).append(listing.id)
    return partial(_documents_called, library, ids)


def _documents_called(library: Library, ids: Mapping[str, Sequence[str]], name: str) -> list[Document]:
    found = [library.store.document(document_id) for document_id in ids.get(name, ())]
    return [document for document in found if document is not None]
