"""How far a figure can be trusted: intervals by the bootstrap, and whether two runs differ by more than chance.

All randomness comes from the seed given, so that the same cases give the same intervals everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .share import Share

if TYPE_CHECKING:
    import numpy as np

SEED = 20310412
RESAMPLES = 2000
PERMUTATIONS = 10_000
# Draws held in memory at once.
_DRAWS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What B has over A: `by`, its 95 % interval, and the two-sided p-value of the permutation test."""

    by: float
    low: float
    high: float
    p: float


def interval(shares: Sequence[Share], *, pool: bool, seed: int = SEED) -> tuple[float, float] | None:
    """95 % confidence interval of a pooled share or a mean, by resampling the cases; None without cases.

    Cases are what varies between sets of questions, so whole cases are drawn, also where quotes are pooled.
    Source: the percentile bootstrap, Efron and Tibshirani 1993, An introduction to the bootstrap, chapter 13.
    """
    if not shares:
        return None
    low, high = _percentiles(_resampled(_columns([shares], pool), seed)[0])
    return low, high


def difference(one: Sequence[Share], other: Sequence[Share], *, pool: bool, seed: int = SEED) -> Difference:
    """How much `other` is above `one`, case by case the same questions.

    The interval comes from the paired bootstrap; p from the paired permutation test: how often a difference at least
    as large arises when each case's two results change places at random.
    Source: Smucker, Allan and Carterette 2007, A comparison of statistical significance tests for information
    retrieval evaluation.
    """
    columns = _columns([one, other], pool)
    before, after = (_ratio(*columns[:, side].sum(axis=-1)) for side in (0, 1))
    draws = _resampled(columns, seed)
    low, high = _percentiles(draws[1] - draws[0])
    observed = float(after - before)
    return Difference(by=observed, low=low, high=high, p=_p_value(columns, observed, seed))


def _columns(runs: Sequence[Sequence[Share]], pool: bool) -> "np.ndarray":
    """Parts and wholes, float64 (2, runs, cases); for a mean, each case's value out of 1."""
    import numpy as np

    return np.array(
        [
            [[share.part if pool else share.value for share in shares] for shares in runs],
            [[share.whole if pool else 1.0 for share in shares] for shares in runs],
        ],
        dtype=np.float64,
    )


def _resampled(columns: "np.ndarray", seed: int) -> "np.ndarray":
    """The figure of each run in each resample, float64 (runs, RESAMPLES)."""
    import numpy as np

    draw, cases = np.random.default_rng(seed), columns.shape[-1]
    batch = max(1, _DRAWS // cases)
    figures = []
    for first in range(0, RESAMPLES, batch):
        chosen = draw.integers(0, cases, size=(min(batch, RESAMPLES - first), cases))
        counts = np.stack([np.bincount(row, minlength=cases) for row in chosen]).astype(np.float64)
        figures.append(_ratio(columns[0] @ counts.T, columns[1] @ counts.T))
    return np.concatenate(figures, axis=-1)


def _p_value(columns: "np.ndarray", observed: float, seed: int) -> float:
    import numpy as np

    draw, cases = np.random.default_rng(seed), columns.shape[-1]
    batch = max(1, _DRAWS // cases)
    sums, gaps = columns.sum(axis=1), columns[:, 1] - columns[:, 0]
    as_large = 0
    for first in range(0, PERMUTATIONS, batch):
        swaps = draw.integers(0, 2, size=(min(batch, PERMUTATIONS - first), cases)) * 2.0 - 1
        moved = np.einsum("sc,bc->sb", gaps, swaps)
        halves = sums.sum(axis=-1)[:, None]
        after, before = (halves + moved) / 2, (halves - moved) / 2
        found = _ratio(after[0], after[1]) - _ratio(before[0], before[1])
        as_large += int((np.abs(found) >= abs(observed) - 1e-12).sum())
    return (as_large + 1) / (PERMUTATIONS + 1)


def _ratio(parts: "np.ndarray", wholes: "np.ndarray") -> "np.ndarray":
    import numpy as np

    parts, wholes = np.asarray(parts, dtype=np.float64), np.asarray(wholes, dtype=np.float64)
    return np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0)


def _percentiles(figures: "np.ndarray") -> tuple[float, float]:
    import numpy as np

    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)
