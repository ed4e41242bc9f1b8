"""Child processes with a limit, so that what never ends fails a test instead of stopping it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

LIMIT_CPU_S = 240
_HERE = Path(__file__).parent


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_CPU_S, LIMIT_CPU_S))


def output_of(script: str, given: str = "") -> str:
    """What a script of this folder writes."""
    done = subprocess.run(
        [sys.executable, str(_HERE / script)],
        input=given,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=_limit,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, f"{script} ended with {done.returncode}: {done.stderr[-3000:]}"
    return done.stdout
