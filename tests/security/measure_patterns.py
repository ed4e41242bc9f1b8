"""Run in a child process: patterns come in as JSON, and go out with the text that each takes too long for, if any."""

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from growth import TooLong, grows_too_fast, limited
from pattern_inputs import inputs

SMALL, BIG = 500, 2_000
LOOKS, TOO_QUICK_S = 8, 1e-4
SUSPECT = 6.0
"""From small to big a linear pattern takes four times as long, a quadratic one sixteen; so many are looked into."""


def walked(source: str | bytes, flags: int) -> Callable[[str], object]:
    """The whole text searched for every match, as `sub`, `findall`, `finditer` and `split` do; `search` and `match` are
    its beginning."""
    pattern: re.Pattern[Any] = re.compile(source, flags)
    if isinstance(source, bytes):
        return lambda text: sum(1 for _ in pattern.finditer(text.encode("utf-8")))
    return lambda text: sum(1 for _ in pattern.finditer(text))


def matched(source: str | bytes, flags: int) -> Callable[[str], object]:
    pattern: re.Pattern[Any] = re.compile(source, flags)
    return lambda text: pattern.fullmatch(text.encode("utf-8") if isinstance(source, bytes) else text)


def suspect(work: Callable[[str], object], text: Callable[[int], str]) -> bool:
    """A quick look, at sizes where it costs next to nothing, and again where the machine may have been busy."""
    short, long = float("inf"), float("inf")
    try:
        for _ in range(LOOKS):
            short, long = min(short, _elapsed(work, text(SMALL))), min(long, _elapsed(work, text(BIG)))
            if long < TOO_QUICK_S or long < SUSPECT * short:
                return False
    except TooLong:
        pass
    return True


def _elapsed(work: Callable[[str], object], text: str) -> float:
    before = time.perf_counter()
    limited(lambda: work(text))
    return time.perf_counter() - before


def fault(source: str | bytes, flags: int, *, whole: bool) -> str:
    """The first text that a pattern takes too long for, and how long; empty where there is none."""
    works = [walked(source, flags), *([matched(source, flags)] if whole else [])]
    for text in inputs(source, flags):
        for work in works:
            if suspect(work, text) and (why := grows_too_fast(work, text, BIG)):
                return f"{text.__doc__}: {why}"
    return ""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    for entry in json.load(sys.stdin):
        source = entry["pattern"].encode("latin-1") if entry["bytes"] else entry["pattern"]
        print(json.dumps({**entry, "fault": fault(source, entry["flags"], whole=entry["whole"])}), flush=True)


if __name__ == "__main__":
    main()
