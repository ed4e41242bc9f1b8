"""`make torture` in small: each is killed once; test_backup.py and test_uploads_kept.py kill the others."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KINDS = ("reingest", "remove", "reembed", "migrate")


def test_killed_amid_and_finished_a_library_is_as_if_undisturbed(tmp_path: Path) -> None:
    tally = tmp_path / "tally.jsonl"
    command = [
        *(sys.executable, ROOT / "benchmarks" / "kill.py", ROOT / "sample" / "plenary-notes.txt"),
        *("--kills", str(len(KINDS)), "--only", *KINDS, "--tally", tally),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    line = re.compile(r"^(\w+) +(\d+) kills, +\d+ amid; +(\d+) finished and compared, (\d+) differ$", re.MULTILINE)
    counted = line.findall(done.stdout)
    assert counted == [(kind, "1", "1", "0") for kind in KINDS]
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 0 and len(tally.read_text().splitlines()) == len(KINDS), "what is done is not done again"
