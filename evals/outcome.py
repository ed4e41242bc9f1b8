"""What one case gave, and every measure of it: the table from which runs, reports and comparisons take their names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..rag.answer import Answer
from ..vectorstore.passage import Hit
from .case import Case
from .measures import citations as measures
from .measures import gold_answers
from .measures.rankings import NAMES, ranking_measures
from .measures.ratio import Ratio, mean, pooled

# The measure's name holds the number: another budget is another measure.
BUDGET_CHARS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the library gave for one case; `answer` is None where it raised an error or only searched.

    `tokens` counts what a language model read and wrote: (in, out).
    """

    case: Case
    answer: Answer | None = None
    hits: tuple[Hit, ...] = field(default=(), repr=False)
    tokens: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure's name in JSON, how cases add up, which way is better, and what it says in plain words.

    `adds` is "pooled" (every quote or citation weighs the same) or "mean" (every case does); "run" marks those that
    have no value of a single case.
    """

    name: str
    adds: Literal["pooled", "mean", "run"]
    says: str
    of: Callable[[Outcome], Ratio | None] | None = None
    lower_is_better: bool = False
    unit: str = ""


def _answered(name: str) -> Callable[[Outcome], Ratio | None]:
    """A measure that compares case and answer, by its function's name."""
    function = getattr(gold_answers if hasattr(gold_answers, name) else measures, name)
    return lambda outcome: function(outcome.case, outcome.answer)


def _abstention(name: str) -> Callable[[Outcome], Ratio | None]:
    return lambda outcome: measures.abstention(outcome.case, outcome.answer)[name]


MEASURES: tuple[Measure, ...] = (
    Measure(
        name="evidence_recall_4000", adds="pooled", says="gold quotes among the first 4,000 characters retrieved",
        of=lambda outcome: measures.evidence_recall(outcome.case, outcome.hits, BUDGET_CHARS),
    ),
    Measure(name="key_facts", adds="mean", says="expected facts in the answer", of=_answered("key_facts")),
    Measure(name="cite_recall", adds="pooled", says="gold quotes that are cited", of=_answered("cite_recall")),
    Measure(name="cite_precision", adds="pooled", says="citations that overlap gold", of=_answered("cite_precision")),
    Measure(
        name="citations_per_answer", adds="mean", says="citations per answer", of=_answered("citations_per_answer"),
        unit="count",
    ),
    Measure(name="verbatim", adds="pooled", says="quotes found in the source file", of=_answered("verbatim")),
    Measure(name="locator", adds="pooled", says="right paragraph and speaker", of=_answered("locator")),
    Measure(name="attribution", adds="pooled", says="right speaker", of=_answered("attribution")),
    Measure(name="abstain_p", adds="pooled", says="refusals that were due", of=_abstention("abstain_p")),
    Measure(name="abstain_r", adds="pooled", says="unanswerable questions refused", of=_abstention("abstain_r")),
    Measure(name="abstain_f1", adds="pooled", says="harmonic mean of both", of=_abstention("abstain_f1")),
    Measure(
        name="refused_answerable", adds="mean", says="answerable questions refused", lower_is_better=True,
        of=_answered("refused_answerable"),
    ),
    Measure(name="recall_5", adds="mean", says="relevant results among the first 5"),
    Measure(name="recall_10", adds="mean", says="relevant results among the first 10"),
    Measure(name="mrr", adds="mean", says="1 / rank of the first relevant result"),
    Measure(name="ndcg_10", adds="mean", says="order of the first 10"),
    Measure(name="map", adds="mean", says="order of all found"),
    Measure(name="token_f1", adds="mean", says="words in common with the gold answer", of=_answered("token_f1")),
    Measure(name="exact_match", adds="mean", says="exactly the gold answer", of=_answered("exact_match")),
    Measure(
        name="gold_token_recall", adds="mean", says="words of the gold answer found", of=_answered("gold_token_recall")
    ),
    Measure(name="answer_found", adds="mean", says="gold answer is in the answer", of=_answered("answer_found")),
    Measure(
        name="answer_chars", adds="mean", says="length of an answer", of=_answered("answer_chars"), unit="characters",
        lower_is_better=True,
    ),
    Measure(name="aurc", adds="run", says="risk averaged over all coverages", lower_is_better=True),
    Measure(name="calibration_error", adds="run", says="gap between confidence and share right", lower_is_better=True),
    Measure(name="seconds_p50", adds="run", says="seconds, median", unit="seconds", lower_is_better=True),
    Measure(name="seconds_p95", adds="run", says="seconds, 95th percentile", unit="seconds", lower_is_better=True),
    Measure(
        name="tokens_in", adds="mean", says="tokens the model read", unit="tokens", lower_is_better=True,
        of=lambda outcome: None if outcome.tokens is None else Ratio(numerator=outcome.tokens[0], denominator=1),
    ),
    Measure(
        name="tokens_out", adds="mean", says="tokens the model wrote", unit="tokens", lower_is_better=True,
        of=lambda outcome: None if outcome.tokens is None else Ratio(numerator=outcome.tokens[1], denominator=1),
    ),
    Measure(name="cost", adds="run", says="price of all answers", unit="currency", lower_is_better=True),
    Measure(name="alce_recall", adds="pooled", says="sentences that their citations entail"),
    Measure(name="alce_precision", adds="pooled", says="citations that their sentence needs"),
    Measure(name="judge", adds="mean", says="correctness as judged by a language model"),
    Measure(name="judge_unscored", adds="mean", says="answers without a usable verdict", lower_is_better=True),
)  # fmt: skip
BY_NAME: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}
# What only a clock can tell; everything else is the same in every run.
TIMED = frozenset({"seconds_p50", "seconds_p95"})
_ABSTENTION = frozenset({"abstain_p", "abstain_r", "abstain_f1"})
_OF_SEARCH = frozenset({"evidence_recall_4000", *NAMES.values()})


def measure_outcome(outcome: Outcome, *, searched_only: bool = False) -> dict[str, Ratio | None]:
    """Every measure of one case by name, None where it does not look at such a case."""
    ranked = ranking_measures(outcome.case, outcome.hits)
    shares: dict[str, Ratio | None] = {}
    for measure in MEASURES:
        if measure.adds == "run":
            continue
        counts = not searched_only or measure.name in _OF_SEARCH
        shares[measure.name] = ranked.get(measure.name)
        if counts and measure.of is not None:
            shares[measure.name] = measure.of(outcome)
    return shares


def add_up(shares: Sequence[Mapping[str, Ratio | None]], names: Sequence[str] | None = None) -> dict[str, float | None]:
    """The measures of a set of cases by name; None where no case is one that a measure looks at.

    Refusals are not measured where no question of the set should be refused.
    """
    measured: dict[str, float | None] = {}
    none_due = not any(share.denominator for share in shares_of(shares, "abstain_r"))
    for name in names or SHARED:
        found = shares_of(shares, name)
        add = pooled if BY_NAME[name].adds == "pooled" else mean
        measured[name] = None if none_due and name in _ABSTENTION else add(found)
    return measured


def shares_of(shares: Sequence[Mapping[str, Ratio | None]], name: str) -> list[Ratio]:
    """What the cases give for one measure; those it does not look at are left out."""
    return [share for each in shares if (share := each.get(name)) is not None]


SHARED = tuple(measure.name for measure in MEASURES if measure.adds != "run")
