"""How far a figure can be trusted: intervals by the bootstrap, and whether two runs differ by more than chance.

All randomness comes from the seed given, so that the same cases give the same intervals everywhere. Cases are drawn and
swapped by their numbers, so that a case's part and whole, in one run or two, always stay together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ratio import Ratio

if TYPE_CHECKING:
    import numpy as np

SEED = 20310412
RESAMPLES = 2000
PERMUTATIONS = 10_000
# Numbers of cases held in memory at once.
_DRAWS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What B has over A: `by`, its 95 % interval, and the two-sided p-value of the permutation test."""

    by: float
    low: float
    high: float
    p: float


def interval(shares: Sequence[Ratio], *, pool: bool, seed: int = SEED) -> tuple[float, float] | None:
    """95 % confidence interval of a pooled share or a mean, by resampling the cases; None without cases.

    Cases are what varies between sets of questions, so whole cases are drawn, also where quotes are pooled.
    Source: the percentile bootstrap, Efron and Tibshirani 1993, An introduction to the bootstrap, chapter 13.
    """
    if not shares:
        return None
    columns = _columns([shares], pool)
    return _bounds(lambda numbers: _figures(columns[..., numbers])[0], len(shares), seed)


def difference(one: Sequence[Ratio], other: Sequence[Ratio], *, pool: bool, seed: int = SEED) -> Difference:
    """How much `other` is above `one`, case by case the same questions.

    The interval comes from the paired bootstrap; p from the paired permutation test: how often a difference at least
    as large arises when each case's two results change places at random.
    Source: Smucker, Allan and Carterette 2007, A comparison of statistical significance tests for information
    retrieval evaluation.
    """
    columns = _columns([one, other], pool)

    def gap(numbers: "np.ndarray") -> "np.ndarray":
        before, after = _figures(columns[..., numbers])
        return after - before

    cases = len(one)
    low, high = _bounds(gap, cases, seed)
    return Difference(by=float(gap(_numbers(cases))), low=low, high=high, p=_p_value(columns, seed))


def _columns(runs: Sequence[Sequence[Ratio]], pool: bool) -> "np.ndarray":
    """Parts and wholes, float64 (2, runs, cases); for a mean, each case's value out of 1."""
    import numpy as np

    return np.array(
        [
            [[share.numerator if pool else share.value for share in shares] for shares in runs],
            [[share.denominator if pool else 1.0 for share in shares] for shares in runs],
        ],
        dtype=np.float64,
    )


def _figures(columns: "np.ndarray") -> "np.ndarray":
    """Parts over wholes, each added up over the cases, which are the last axis."""
    import numpy as np

    parts, wholes = columns.sum(axis=-1)
    return np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0)


def _numbers(cases: int) -> "np.ndarray":
    import numpy as np

    return np.arange(cases)


def _bounds(figure: "Callable[[np.ndarray], np.ndarray]", cases: int, seed: int) -> tuple[float, float]:
    """The 95 % interval of a figure of cases, given by their numbers."""
    from scipy.stats import bootstrap

    if cases == 1:  # drawn again and again, it is always itself
        only = float(figure(_numbers(1)))
        return only, only

    def resampled(numbers: "np.ndarray", axis: int) -> "np.ndarray":
        return figure(numbers.astype(int))

    found = bootstrap(
        (_numbers(cases),),
        resampled,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(1, _DRAWS // cases),
        method="percentile",
        rng=seed,
    ).confidence_interval
    return float(found.low), float(found.high)


def _p_value(columns: "np.ndarray", seed: int) -> float:
    from scipy.stats import permutation_test

    columns = _without_the_same(columns)
    cases = columns.shape[-1]
    if cases == 1:  # none differs
        return 1.0
    in_a_row = columns.reshape(2, -1)  # the results of one run behind those of the other

    def gap(one: "np.ndarray", other: "np.ndarray", axis: int) -> "np.ndarray":
        return _figures(in_a_row[:, other.astype(int)]) - _figures(in_a_row[:, one.astype(int)])

    found = permutation_test(
        (_numbers(cases), _numbers(cases) + cases),
        gap,
        permutation_type="samples",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        batch=max(1, _DRAWS // cases),
        rng=seed,
    )
    return float(found.pvalue)


def _without_the_same(columns: "np.ndarray") -> "np.ndarray":
    """The cases that differ between the runs, and all others added up as one: to swap those changes nothing."""
    import numpy as np

    differ = (columns[:, 0] != columns[:, 1]).any(axis=0)
    same = columns[..., ~differ].sum(axis=-1, keepdims=True)
    return np.concatenate([columns[..., differ], same], axis=-1)
