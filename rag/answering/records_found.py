"""Which records most of what was found is from."""

from collections import Counter
from collections.abc import Sequence

from ...vectorstore.passage import Hit

PASSAGES = 20


def shares_of_records(hits: Sequence[Hit]) -> "Counter[str]":
    """How much of the first passages is from each record, by its id (0 to 1); those further up weigh more."""
    shares: dict[str, float] = {}
    for rank, hit in enumerate(hits[:PASSAGES], start=1):
        shares[hit.document.id] = shares.get(hit.document.id, 0.0) + 1 / rank
    total = sum(shares.values())
    return Counter({key: share / total for key, share in shares.items()})  # type: ignore[arg-type]
