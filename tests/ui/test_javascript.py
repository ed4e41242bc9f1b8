"""The page's scripts: ESLint, the types in their comments, their own tests. And the styles, which force nothing.

Wants Node, and once the registry that npm installs from. Where one is missing the tests are skipped with the reason;
where CI=true is set, they fail.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "ui", ROOT / "evals")
OLDEST_NODE = (18, 18)
UNREACHABLE = re.compile(r"code (?:E(?:NOTFOUND|AI_AGAIN|CONN\w+|TIMEDOUT|(?:NET|HOST)UNREACH|[45]\d\d)|ERR_SOCKET\w+)")
Npm = Callable[..., subprocess.CompletedProcess[str]]


def missing(what: str) -> NoReturn:
    reason = f"JavaScript is not checked: {what}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def has_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2])) >= OLDEST_NODE


def run_npm(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["npm", *words], cwd=ROOT, capture_output=True, text=True)


def is_installed() -> bool:
    """Whether what npm put there is what the lock file names."""
    lock, kept = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    return kept.exists() and kept.stat().st_mtime >= lock.stat().st_mtime


@pytest.fixture(scope="module")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Npm:
    """Runs npm where everything it needs is installed."""
    if not has_node():
        missing("Node {}.{} or newer is not installed".format(*OLDEST_NODE))
    with FileLock(tmp_path_factory.getbasetemp().parent / "npm.lock"):
        if not is_installed():
            done = run_npm("ci", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
            if UNREACHABLE.search(done.stderr):
                missing("npm cannot reach its registry")
            assert done.returncode == 0, done.stderr
    return run_npm


@pytest.mark.parametrize("script", ["lint", "types", "test"])
def test_the_scripts_pass(npm: Npm, script: str) -> None:
    done = npm("run", "--silent", script)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_of_every_script_are_checked(npm: Npm) -> None:
    listed = npm("exec", "--", "tsc", "--listFilesOnly").stdout.splitlines()
    checked = {Path(name) for name in listed if "node_modules" not in name}
    assert checked == {file for folder in FOLDERS for file in folder.rglob("*.js")}


def test_the_lock_file_holds_checksums_and_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    for name, package in installed.items():
        assert "integrity" in package and "resolved" not in package, name


def test_no_style_is_forced() -> None:
    styled = [file for folder in FOLDERS for kind in ("css", "html", "js") for file in folder.rglob(f"*.{kind}")]
    assert len(styled) > 10
    for file in styled:
        assert not re.search(r"!\s*important", file.read_text(encoding="utf-8")), file.name
