"""What `load.py` counts with, and the files that it sends: hostile ones, a word for each.

    python benchmarks/loading.py    how large each of them is
"""

import argparse
import asyncio
import io
import math
import os
import random
import statistics
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import httpx

WAYS = {"ask": 5, "stream": 2, "search": 2, "documents": 1}
"""What the users do, so many times in ten."""
BUSY = {409: "busy", 429: "busy (429)", 503: "busy (503)"}
UPLOAD_LIMIT_MB, AT_ONCE, A_MINUTE, CONNECTIONS = 2, 8, 240, 160


class Tally:
    """What came of all requests."""

    def __init__(self) -> None:
        self.came: dict[str, Counter[str]] = defaultdict(Counter)
        self.took_s: dict[str, list[float]] = defaultdict(list)
        self.of_user: Counter[str] = Counter()
        self.examples: list[str] = []
        self.highest_mb = 0.0

    def answered(self, what: str, user: str, took_s: float) -> None:
        self.came[what]["answered"] += 1
        self.took_s[what].append(took_s)
        self.of_user[user] += 1

    def error(self, what: str, says: str) -> None:
        self.came[what]["errors"] += 1
        self.examples.append(f"{what}: {says[:300]}")

    async def refusal(
        self, what: str, reply: httpx.Response, expected: tuple[int, ...] = (), *, waits: bool = True
    ) -> None:
        """Notes an answer that is none, and waits for as long as it asks to."""
        again = reply.headers.get("retry-after", "")
        if reply.status_code in BUSY and again.isdigit():
            self.came[what][BUSY[reply.status_code]] += 1
            await asyncio.sleep(int(again) * waits)
        elif reply.status_code in expected and "problem+json" in reply.headers.get("content-type", ""):
            self.came[what]["refused"] += 1
        else:
            self.error(what, f"status {reply.status_code}: {reply.text}")


def limits(patience_s: float) -> dict[str, str]:
    """The server's settings: its limits, so low that they are reached."""
    return {
        "ONRECORD_BODY_TIMEOUT_S": str(patience_s),
        "ONRECORD_UPLOAD_LIMIT_MB": str(UPLOAD_LIMIT_MB),
        "ONRECORD_AT_ONCE": str(AT_ONCE),
        "ONRECORD_REQUESTS_PER_MINUTE": str(A_MINUTE),
        "ONRECORD_CONNECTIONS": str(CONNECTIONS),
    }


def hostile(chance: random.Random) -> dict[str, bytes]:
    """Files by name that no server should take as they are."""
    noise = chance.randbytes(20_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", bytes(64 << 20))
    return {
        "broken.pdf": b"%PDF-1.7\n" + noise,
        "broken.docx": b"PK\x03\x04" + noise,
        "empty.txt": b"",
        "noise.bin": noise,
        "bomb.zip": packed.getvalue(),
        "deep.html": b"<div>" * 40_000 + b"x",
        "too-large.txt": b"x" * ((UPLOAD_LIMIT_MB << 20) + 1),
        "../../keys.json": b"[]",
        "not-multipart": b"",
        "no-boundary": noise,
        "not-allowed.txt": b"The key that comes with it may ask only.",
    }


def resident_mb(pid: int) -> float:
    """A process's resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def table(tally: Tally) -> str:
    """What came of what, as Markdown."""
    crowd = [took_s for way in WAYS for took_s in tally.took_s[way]]
    lines = ["| | came | p50, s | p95, s |", "|---|---|---|---|"]
    for what, came in {"all users": sum((tally.came[way] for way in WAYS), Counter()), **tally.came}.items():
        took_s = crowd if what == "all users" else tally.took_s[what]
        told = ", ".join(f"{count:,} {name}" for name, count in sorted(came.items()))
        half, most = (f"{value:.2f}" for value in centiles(took_s)) if took_s else ("", "")
        lines.append(f"| {what} | {told} | {half} | {most} |")
    return "\n".join(lines)


def centiles(took_s: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return statistics.median(took_s), sorted(took_s)[math.ceil(0.95 * len(took_s)) - 1]


def main() -> None:
    """Tells the size of each file."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, content in hostile(random.Random(1)).items():
        print(f"{name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
