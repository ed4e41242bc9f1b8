"""Two runs of the same cases, side by side: what changed, whether it is more than chance, and in which cases."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ...vectorstore.errors import InputError
from ..measures.ratio import Ratio
from ..measures.significance import SEED, Difference, difference
from ..outcome import BY_NAME, MEASURES, add_up
from ..record import shares_from

# Counts and lengths describe an answer; they make no case better or worse.
_NEUTRAL = frozenset({"citations_per_answer", "answer_chars", "tokens_in", "tokens_out", "abstain_p", "abstain_f1"})
_ORDER = {"failed": 0, "wrong": 1, "partly": 2, "right": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure in two runs; `difference` is None where a run has no value."""

    name: str
    before: float | None
    after: float | None
    difference: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """A case that came out otherwise: its outcomes, and how far each measure of it moved."""

    id: str
    kind: str
    question: str
    before: str | None
    after: str | None
    moved: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What run B has over run A on the cases they share; `only_a` and `only_b` are the ids of the others."""

    n: int
    changes: tuple[Change, ...]
    better: tuple[CaseChange, ...]
    worse: tuple[CaseChange, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


def compare(a: Mapping[str, Any], b: Mapping[str, Any], *, seed: int = SEED) -> Comparison:
    """Compares two runs in JSON (`to_json`, or read from files), case by case the same questions.

    Raises:
        InputError: they have no case in common, or a case of one id asks different questions.
    """
    before, after = ({record["id"]: record for record in run["cases"]} for run in (a, b))
    shared = [key for key in before if key in after]
    if not shared:
        raise InputError("The two runs have no case in common, so there is nothing to compare.")
    for key in shared:
        if before[key]["question"] != after[key]["question"]:
            raise InputError(f"Case {key!r} asks different questions in the two runs; they cannot be compared.")
    moved = [_case_change(before[key], after[key]) for key in shared]
    return Comparison(
        n=len(shared),
        changes=tuple(_changes([before[key] for key in shared], [after[key] for key in shared], seed)),
        better=tuple(change for change in moved if change is not None and _direction(change) > 0),
        worse=tuple(change for change in moved if change is not None and _direction(change) < 0),
        only_a=tuple(key for key in before if key not in after),
        only_b=tuple(key for key in after if key not in before),
    )


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as a JSON-ready value; `measures` by name with before, after, by, low, high and p."""
    return {
        "n": comparison.n,
        "measures": {
            change.name: {
                "before": change.before,
                "after": change.after,
                **_rounded(change.difference),
            }
            for change in comparison.changes
        },
        "better": [asdict(change) for change in comparison.better],
        "worse": [asdict(change) for change in comparison.worse],
        "only_a": list(comparison.only_a),
        "only_b": list(comparison.only_b),
    }  # fmt: skip


def _rounded(found: Difference | None) -> dict[str, float]:
    return {} if found is None else {key: round(value, 6) for key, value in asdict(found).items()}


def _changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], seed: int) -> list[Change]:
    shares = [[shares_from(record) for record in records] for records in (before, after)]
    figures = [add_up(each) for each in shares]
    changes: list[Change] = []
    for measure in MEASURES:
        if measure.adds == "run" or figures[0].get(measure.name) is figures[1].get(measure.name) is None:
            continue
        values = [each.get(measure.name) for each in figures]
        pairs = _paired(*([each.get(measure.name) for each in side] for side in shares))
        tested = difference(*zip(*pairs, strict=True), pool=measure.adds == "pooled", seed=seed) if pairs else None
        changes.append(
            Change(
                name=measure.name, before=values[0], after=values[1], difference=tested if None not in values else None
            )
        )
    return changes


def _paired(before: Sequence[Ratio | None], after: Sequence[Ratio | None]) -> list[tuple[Ratio, Ratio]]:
    """The cases that the measure looks at in a run; where only one has a value, the other gave nothing."""
    nothing = Ratio(numerator=0, denominator=0)
    return [(one or nothing, other or nothing) for one, other in zip(before, after, strict=True) if one or other]


def _case_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> CaseChange | None:
    """What moved in a case; None where nothing did."""
    moved: dict[str, float] = {}
    for name, value in after["measures"].items():
        earlier = before["measures"].get(name)
        if value is not None and earlier is not None and value != earlier and name not in _NEUTRAL:
            moved[name] = round((value - earlier) * (-1 if BY_NAME[name].lower_is_better else 1), 6)
    if not moved and before["outcome"] == after["outcome"]:
        return None
    return CaseChange(
        id=after["id"], kind=after["kind"], question=after["question"], before=before["outcome"],
        after=after["outcome"], moved=moved,
    )  # fmt: skip


def _direction(change: CaseChange) -> float:
    """Above 0 for better: by the outcome, else by the sum of what moved."""
    ranks = [_ORDER.get(outcome or "", 0) for outcome in (change.before, change.after)]
    return ranks[1] - ranks[0] or sum(change.moved.values())
