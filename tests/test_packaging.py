"""The wheel: complete, and at home beside a host program whose own packages have our folders' names."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FOLDERS = ("rag", "ingest", "vectorstore", "ui", "evals")
NEEDED = (*FOLDERS, "pyproject.toml", "README.md", "LICENSE")
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ONRECORD_"))}

MINUTES = """Minutes of the fishery council

Norway: The herring quota should fall by a third. The northern banks are empty.

Mexico: It should rise.
"""
HOST = """
import importlib.resources, json, sys
import ui, evals, rag
from ui import window
import onrecord.rag, onrecord.ui.cli.main, onrecord.evals.case
from onrecord.rag import open_library
from onrecord.rag.prompts import prompt

with open_library("library") as library:
    report = library.ingest(["minutes.txt"])
    answer = library.ask("What did Norway say about the herring quota?")
print(json.dumps({
    "own": [ui.NAME, window.TITLE, evals.NAME, rag.NAME],
    "onrecord": onrecord.rag.__file__,
    "cli": onrecord.ui.cli.main.__file__,
    "added": report.added,
    "text": answer.text,
    "prompt": prompt("answer_prompt"),
    "style": len(importlib.resources.files("onrecord.ui.page").joinpath("static", "page.css").read_text()),
}))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a wheel is made from, so that building leaves nothing behind in the tree."""
    source = tmp_path_factory.mktemp("packaging") / "source"
    source.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    (source / "tests").mkdir()
    (source / "tests" / "test_nothing.py").write_text("")
    shutil.copytree(ROOT / "sample", source / "sample")
    return source


@pytest.fixture(scope="module")
def wheel(source: Path) -> Path:
    built = source.parent / "dist"
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, source],
        capture_output=True, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = built.glob("onrecord-*-py3-none-any.whl")
    return wheel


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """The interpreter of an environment with the wheel; the dependencies are those of the running one."""
    folder = wheel.parent / "environment"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    python = Path(paths["scripts"]) / "python"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel],
        capture_output=True, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(paths["purelib"]) / "dependencies.pth").write_text("\n".join(dependencies))
    return python


def test_the_wheel_holds_every_file_of_the_five_folders_and_nothing_else(wheel: Path, source: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    tree = {
        f"onrecord/{file.relative_to(source).as_posix()}"
        for folder in FOLDERS
        for file in (source / folder).rglob("*")
        if file.is_file()
    }
    assert packed == tree
    assert {f"onrecord/{folder}/py.typed" for folder in FOLDERS} <= packed
    assert {
        "onrecord/rag/messages/messages_zh.json",
        "onrecord/rag/prompts/answer_prompt.md",
        "onrecord/ui/page/static/page.css",
        "onrecord/ui/page/static/page.js",
    } <= packed


def test_the_same_files_make_the_same_wheel_byte_for_byte(source: Path, tmp_path: Path) -> None:
    built: list[bytes] = []
    for number in range(2):
        copy = shutil.copytree(source, tmp_path / f"{number}", ignore=shutil.ignore_patterns("build", "*.egg-info"))
        for file in copy.rglob("*"):
            os.utime(file, (1e9 + number * 1e6, 1e9 + number * 1e6))
        done = subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", copy / "dist", copy],
            capture_output=True, text=True, env=ENVIRONMENT | {"SOURCE_DATE_EPOCH": "1767225600"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        [made] = (copy / "dist").glob("*.whl")
        built.append(made.read_bytes())
    assert built[0] == built[1]


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [facts] = [archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA")]
        [points] = [archive.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    assert "Name: onrecord\n" in facts and "Requires-Python: >=3.11\n" in facts
    assert "License-Expression: Apache-2.0\n" in facts and any("licenses/LICENSE" in name for name in names)
    assert "Provides-Extra: openai\n" in facts and "Requires-Dist: langchain>=1.4\n" in facts
    assert points == "[console_scripts]\nonrecord = onrecord.ui.cli.main:main\n"


def test_a_host_keeps_its_own_ui_evals_and_rag(python: Path, tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "evals").mkdir()
    (tmp_path / "ui" / "__init__.py").write_text("NAME = 'the host ui'\n")
    (tmp_path / "ui" / "window.py").write_text("TITLE = 'a window'\n")
    (tmp_path / "evals" / "__init__.py").write_text("NAME = 'the host evals'\n")
    (tmp_path / "rag.py").write_text("NAME = 'the host rag'\n")
    (tmp_path / "minutes.txt").write_text(MINUTES)
    (tmp_path / "main.py").write_text(HOST)
    done = subprocess.run([python, "main.py"], cwd=tmp_path, capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["own"] == ["the host ui", "a window", "the host evals", "the host rag"]
    environment = python.parents[1]
    assert Path(told["onrecord"]).is_relative_to(environment) and Path(told["cli"]).is_relative_to(environment)
    assert told["added"] == 1 and told["text"] == "Norway: “The herring quota should fall by a third.” [1]"
    assert "{passages}" in told["prompt"] and told["style"] > 0


def test_the_installed_command_runs(python: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [python.with_name("onrecord"), "--help"], cwd=tmp_path, capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.returncode == 0 and "ingest" in done.stdout
