"""`make setup`: torch without CUDA on an ordinary machine, and what is done where that cannot be had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Stands for uv: notes how it was called, and finds PyTorch's index only where it may.
UV = """#!/bin/sh
echo "$*" >> "{calls}"
case "$*" in *--torch-backend*) [ -n "$PYTORCH_REACHABLE" ];; esac
"""

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def set_up(folder: Path, **environment: str) -> tuple[list[str], str]:
    """How uv was called by a set-up in which only uv would do anything, and what was printed."""
    calls, commands = folder / "calls", folder / "bin"
    commands.mkdir()
    for name, program in {"uv": UV.format(calls=calls), "pip": "#!/bin/sh\n"}.items():
        (commands / name).write_text(program)
        (commands / name).chmod(0o755)
    known = {name: value for name, value in os.environ.items() if name not in ("PIP_FIND_LINKS", "UV_TORCH_BACKEND")}
    done = subprocess.run(
        ["make", "setup", f"VENV={folder}", f"BIN={commands}", "PYTHON=true"],
        cwd=ROOT, env=known | environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return calls.read_text().splitlines(), done.stdout


def test_torch_comes_without_cuda(tmp_path: Path) -> None:
    (trial, install), _ = set_up(tmp_path, PYTORCH_REACHABLE="yes")
    assert "--dry-run --no-deps --torch-backend cpu torch" in trial
    assert "--torch-backend cpu --editable .[dev,ocr]" in install and "--dry-run" not in install


def test_where_pytorchs_index_cannot_be_reached_the_configured_one_is_used_and_said_so(tmp_path: Path) -> None:
    (_, install), printed = set_up(tmp_path)
    assert "--editable .[dev,ocr]" in install and "--torch-backend" not in install
    assert "torch comes from the configured index" in printed


def test_a_wheel_that_lies_ready_is_used(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "two" / "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl").touch()
    [install], _ = set_up(tmp_path, PIP_FIND_LINKS=f"{tmp_path / 'one'} {tmp_path / 'two'}")
    assert f"--find-links {tmp_path / 'one'} --find-links {tmp_path / 'two'}" in install
    assert "--torch-backend" not in install


def test_a_folder_of_other_wheels_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "torchvision-1.whl").touch()
    calls, _ = set_up(tmp_path, PIP_FIND_LINKS=str(tmp_path), PYTORCH_REACHABLE="yes")
    assert all("--torch-backend cpu" in call for call in calls)


def test_a_build_that_the_user_chose_is_left_to_uv(tmp_path: Path) -> None:
    [install], _ = set_up(tmp_path, UV_TORCH_BACKEND="cu128")
    assert "--torch-backend" not in install
