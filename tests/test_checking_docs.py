"""The tutorial of docs/checking-a-draft.md, followed step by step."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TUTORIAL = (ROOT / "docs" / "checking-a-draft.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    for name in ("sample", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    command, told = str(Path(sys.executable).with_name("onrecord")), list[str]()
    for line in "".join(blocks("bash")).splitlines():
        words = shlex.split(line)
        assert words[0] == "onrecord"
        done = subprocess.run([command, *words[1:]], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == (1 if words[1] == "check" else 0), done.stderr
        told.append(" ".join(done.stdout.split()))
    for line in "".join(blocks("text")).splitlines():
        assert line in told[1], line
    assert {path.name for path in tmp_path.glob("checked.*")} == {"checked.docx", "checked.html"}
    [program] = blocks("python")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 4, done.stderr
