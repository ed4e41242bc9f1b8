"""Whatever is imported is installed along, by the strictest reading of what the packages ask for.

Older pips (23.2 is Python 3.11's own) take `html_clean` and `html-clean` for two extras and install neither, so
extras are compared here letter by letter.
"""

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FOLDERS = ("rag", "ingest", "vectorstore", "ui", "evals")
READS_A_PAGE = """
import json, sys
from pathlib import Path
from onrecord.ingest.formats.read import read
assert "<" not in read("press-page.html", Path("sample/press-page.html").read_bytes()).text
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def installed_along(asked: Iterable[str]) -> set[str]:
    """Names of the distributions that come with these requirements."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in asked]
    while waiting:
        requirement, within = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": within}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in found:
                found.add((name, extra))
                waiting += [(Requirement(line), extra) for line in lines_of(name) if not extra or names(line, extra)]
    return {name for name, _ in found}


def names(line: str, extra: str) -> bool:
    """Whether a line of metadata spells the extra just so."""
    return f'extra == "{extra}"' in line.replace("'", '"')


def lines_of(distribution: str) -> list[str]:
    """What an installed distribution requires; nothing for one that this system does without."""
    try:
        return requires(distribution) or []
    except PackageNotFoundError:
        return []


def declared() -> list[str]:
    """What a user can ask for: the dependencies and the extras, those for developing apart."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    extras = project["optional-dependencies"]
    return project["dependencies"] + [line for extra in extras if extra != "dev" for line in extras[extra]]


def missing(modules: Iterable[str], asked: Iterable[str]) -> set[str]:
    """Modules of installed distributions none of which comes with the requirements."""
    along, homes = installed_along(asked), packages_distributions()
    return {
        module
        for module in modules
        if module in homes and module != "onrecord" and not along & set(map(canonicalize_name, homes[module]))
    }


def imported() -> set[str]:
    """Top-level modules that our code imports, wherever it does."""
    found = set()
    for file in (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(str(node.module).split(".")[0])
    return found - set(sys.stdlib_module_names)


def test_every_module_that_our_code_imports_is_installed_along() -> None:
    modules = imported()
    assert {"lxml", "trafilatura", "typer"} <= modules
    assert missing(modules, declared()) == set()


def test_every_module_that_our_code_imports_is_declared_and_not_only_installed_along() -> None:
    homes = packages_distributions()
    direct = {canonicalize_name(Requirement(line).name) for line in declared()}
    found = {
        module: set(map(canonicalize_name, homes[module])) for module in (imported() - {"onrecord"}) & homes.keys()
    }
    assert {"fastapi", "safetensors"} <= found.keys()
    assert {module for module, home in found.items() if not home & direct} == set()


def test_every_module_that_reading_a_web_page_loads_is_installed_along() -> None:
    done = subprocess.run([sys.executable, "-c", READS_A_PAGE], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = {name for name in json.loads(done.stdout) if not name.startswith(("_distutils_hack", "__editable__"))}
    assert {"trafilatura", "justext", "lxml_html_clean"} <= modules
    assert missing(modules, declared()) == set()
