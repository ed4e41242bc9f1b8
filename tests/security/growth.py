"""Does the time of a piece of work grow with its input, or faster? Measured in processor time."""

import gc
import signal
import time
from collections.abc import Callable
from types import FrameType

MOST_GROWTH = 3.0
"""Twice the input may take this many times as long."""
LIMIT_S = 2.0
ENOUGH_S = 0.02
LONGEST = 100_000
ROUNDS, ROUNDS_WHERE_CLEAR, CLEAR_GROWTH = 16, 4, 3.6


class TooLong(Exception):
    """One piece of work took more than `LIMIT_S`."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


def limited(work: Callable[[], object]) -> None:
    """Runs the work, and ends it after `LIMIT_S` of processor time: expressions heed signals while they match."""
    signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_S)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def seconds(work: Callable[[str], object], text: str, times: int = 1) -> float:
    """The processor time of doing it once, out of so many."""
    before = time.process_time()
    for _ in range(times):
        limited(lambda: work(text))
    return (time.process_time() - before) / times


def grows_too_fast(work: Callable[[str], object], text: Callable[[int], str], start: int = 4_000) -> str:
    """Why the work is not linear in the length of its text; empty where it is, or is too quick to tell."""
    length = start
    try:
        while (once := min(seconds(work, text(length)) for _ in range(2))) < ENOUGH_S:
            if length == LONGEST:
                return ""
            length = min(LONGEST, length * (2 if once > ENOUGH_S / 4 else 4))
        times = max(1, round(3 * ENOUGH_S / once))
        once = twice = float("inf")
        for number in range(ROUNDS):  # whatever else the machine does can only add to a time, so the least ones count
            once = min(once, seconds(work, text(length), times))
            twice = min(twice, seconds(work, text(2 * length), times))
            if twice <= MOST_GROWTH * once:
                return ""
            if number + 1 >= ROUNDS_WHERE_CLEAR and twice > CLEAR_GROWTH * once:
                break
            gc.collect()
    except TooLong:
        return f"more than {LIMIT_S} s of processor time at {length:,} or {2 * length:,} characters"
    return f"{length:,} characters take {once:.3f} s, {2 * length:,} take {twice:.3f} s"
