"""A measure of one case: a part of a whole, in counts, so that cases can be added up again in any grouping."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """`numerator` out of `denominator`."""

    numerator: float
    denominator: float

    @property
    def value(self) -> float:
        """0 to 1; a share of nothing is 0, since a case looked at that gave nothing counts as zero."""
        return self.numerator / self.denominator if self.denominator else 0.0


def pooled(shares: Sequence[Ratio | None]) -> float | None:
    """All parts over all wholes: every quote or citation weighs the same. None where no case was looked at."""
    counted = [share for share in shares if share is not None]
    if not counted:
        return None
    return Ratio(
        numerator=sum(share.numerator for share in counted), denominator=sum(share.denominator for share in counted)
    ).value


def mean(shares: Sequence[Ratio | None]) -> float | None:
    """The mean of the shares: every case weighs the same. None where no case was looked at."""
    values = [share.value for share in shares if share is not None]
    return sum(values) / len(values) if values else None
