"""So many requests a minute from each caller."""

import time
from collections import OrderedDict

_CALLERS_KEPT = 10_000


class Rate:
    """So many requests a minute from each caller, and no more at once (a token bucket)."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, now: float | None = None) -> int:
        """Counts a request; returns after how many seconds the caller may try again, 0 when it may go on."""
        if not self._per_minute:
            return 0
        now = time.monotonic() if now is None else now
        left, since = self._callers.pop(caller, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * self._per_minute / 60)
        allowed = left >= 1
        self._callers[caller] = (left - allowed, now)
        while len(self._callers) > _CALLERS_KEPT:
            self._callers.popitem(last=False)
        return 0 if allowed else max(1, round((1 - left) * 60 / self._per_minute))
