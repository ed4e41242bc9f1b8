"""The examples of measuring, run; and that nothing in the template of docs/quality.md leads nowhere."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.evals import cases

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_measuring_from_python_takes_under_ten_lines(tmp_path: Path) -> None:
    program = ROOT / "examples" / "evaluate.py"
    lines = [line for line in program.read_text(encoding="utf-8").splitlines() if line and '"""' not in line]
    assert len(lines) < 10 and "from onrecord.evals import" in lines[0]
    for name in ("sample", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    done = subprocess.run([sys.executable, program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert ast.literal_eval(done.stdout)["verbatim"] == 1


def test_the_sample_spreadsheet_is_one_of_cases() -> None:
    asked = cases(ROOT / "examples" / "sample_cases.csv")
    assert [case.answerable for case in asked] == [True, True, False] and asked[0].key_facts == ("18,400",)


def test_the_workflow_names_commands_and_options_there_are() -> None:
    text = (ROOT / "examples" / "evaluate-records.yml").read_text(encoding="utf-8")
    help_of_run = subprocess.run(
        [Path(sys.executable).with_name("onrecord"), "eval", "run", "--help"],
        capture_output=True, text=True, env={"COLUMNS": "200", "PATH": "", "TERM": "dumb"},
    ).stdout  # fmt: skip
    for option in set(re.findall(r"--[a-z-]+", text)):
        assert option in help_of_run, option
    for name in re.findall(r"--fail-under (\w+)=", text):
        from onrecord.evals.outcome import BY_NAME

        assert name in BY_NAME


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_every_place_for_figures_in_the_quality_document_has_a_section(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "quality.py", "--help"], capture_output=True, text=True
    )
    template = (ROOT / "docs" / "quality.template.md").read_text(encoding="utf-8")
    places = set(re.findall(r"<!-- figures: (\w+) -->", template))
    assert made.returncode == 0 and places
    for place in places:
        assert place in made.stdout, place


@pytest.mark.parametrize("script", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_every_benchmark_starts(script: Path) -> None:
    made = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_every_constant_that_is_tuned_is_there_and_among_the_values_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    tried: dict[str, tuple[float, ...]] = importlib.import_module("tune").TRIED
    for name, values in tried.items():
        module, _, constant = name.rpartition(".")
        assert getattr(importlib.import_module(f"onrecord.{module}"), constant) in values, name
