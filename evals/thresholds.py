"""What a run must reach: for CI on the command line (`--fail-under`), and for tests in Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..vectorstore.errors import InputError
from .measures.stages import in_words
from .outcome import BY_NAME
from .runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A measure that did not reach its threshold; `value` is None where no case was one it looks at.

    For measures that are better low (`lower_is_better`), the threshold is the most that is allowed.
    """

    name: str
    value: float | None
    threshold: float
    lower_is_better: bool

    def __str__(self) -> str:
        allowed = "at most" if self.lower_is_better else "at least"
        value = "not measured" if self.value is None else f"{self.value:.3f}"
        return f"{self.name}: {value}, {allowed} {self.threshold:g} wanted"


def read_thresholds(given: Iterable[str]) -> dict[str, float]:
    """Thresholds from "measure=value" texts. Raises InputError."""
    found: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in BY_NAME:
            raise InputError(f"--fail-under {text}: there is no measure {name!r}; known are {', '.join(BY_NAME)}")
        try:
            found[name] = float(value)
        except ValueError as error:
            raise InputError(f"--fail-under {text}: write measure=number, for example key_facts=0.6") from error
    return found


def shortfalls(measures: Mapping[str, float | None], thresholds: Mapping[str, float]) -> list[Shortfall]:
    """The measures that do not reach their threshold, in the order given."""
    return [
        Shortfall(name=name, value=measures.get(name), threshold=threshold, lower_is_better=_is_low(name))
        for name, threshold in thresholds.items()
        if not _reaches(measures.get(name), threshold, _is_low(name))
    ]


def assert_at_least(run: Run, **thresholds: float) -> None:
    """Fails a test unless a run reaches every threshold; names what fell short and the cases that went wrong.

    Args:
        run: what was measured.
        thresholds: by measure name; of measures that are better low, the most that is allowed.
    """
    unknown = thresholds.keys() - BY_NAME.keys()
    if unknown:
        raise InputError(f"there is no measure {min(unknown)!r}; known are {', '.join(BY_NAME)}")
    if short := shortfalls(run.measures, thresholds):
        raise AssertionError("\n".join([*map(str, short), *_gone_wrong([result.record for result in run.results])]))


def _gone_wrong(records: Sequence[Mapping[str, Any]]) -> list[str]:
    wrong = [record for record in records if record["outcome"] in ("wrong", "partly", "failed")]
    return [f"  {record['id']}: {record['outcome']}, {in_words(record['stage'])}" for record in wrong]


def _is_low(name: str) -> bool:
    return BY_NAME[name].lower_is_better


def _reaches(value: float | None, threshold: float, lower_is_better: bool) -> bool:
    if value is None:
        return False
    return value <= threshold if lower_is_better else value >= threshold
