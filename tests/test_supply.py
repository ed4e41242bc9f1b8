"""What is installed is what was looked at: locked with hashes, under licences that fit, bundled as it lies there."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from email.message import Message
from hashlib import sha256
from importlib.metadata import Distribution
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(
    r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)(?: ; [^\\\n]+?)? *((?:\\\n +--hash=sha256:[0-9a-f]{64} *)+)$", re.MULTILINE
)
NOT_LOCKED = {"torch"}
GPL = "GNU General Public License v3 (GPLv3)"


def program(name: str) -> ModuleType:
    """A program of deploy/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"deploy_{name}", ROOT / "deploy" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCK, LICENCES, BUNDLE = program("lock"), program("licences"), program("bundle")
LOCKS: dict[str, tuple[str, ...]] = LOCK.EXTRAS


def locked(name: str) -> dict[str, list[Version]]:
    """The versions of each package in a lock: several where systems or Pythons differ."""
    versions: dict[str, list[Version]] = {}
    for package, version, _ in ENTRY.findall((ROOT / name).read_text(encoding="utf-8")):
        versions.setdefault(canonicalize_name(package), []).append(Version(version))
    return versions


def asked(extras: tuple[str, ...]) -> list[Requirement]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_all_that_is_asked_for_in_versions_that_fit(name: str) -> None:
    """Whoever changes pyproject.toml or constraints.txt runs `make lock`."""
    versions = locked(name)
    for requirement in asked(LOCKS[name]):
        found = versions.get(canonicalize_name(requirement.name), [])
        assert found and all(requirement.specifier.contains(each, prereleases=True) for each in found), requirement
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        held, _, version = line.partition("==")
        if version and held not in NOT_LOCKED:
            assert set(versions.get(canonicalize_name(held), [])) <= {Version(version)}, line


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_of_a_lock_has_hashes_and_torch_is_left_to_the_machine(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    begun = re.findall(r"^([\w.-]+)", lock, re.MULTILINE)
    assert begun == [package for package, *_ in ENTRY.findall(lock)] and len(begun) > 150
    assert not [package for package in begun if re.match(r"torch$|triton|nvidia-|cuda-", package)]
    assert not re.search(r"^\s*(?:-i|--(?:extra-)?index-url|--find-links)", lock, re.MULTILINE)


def test_what_belongs_to_builds_of_torch_is_left_out() -> None:
    entry = "{}==1.0 \\\n    --hash=sha256:{}\n"
    names = ("tokenizers", "torch", "nvidia-nccl-cu13", "triton", "cuda-bindings", "torchmetrics")
    lock = "# head\n" + "".join(entry.format(name, "0" * 64) for name in names)
    assert re.findall(r"^[\w-]+", LOCK.without_builds(lock), re.MULTILINE) == ["tokenizers", "torchmetrics"]


def test_setting_up_installs_by_the_lock() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    for given, wanted in (([], True), (["LOCK="], False)):
        command = ["make", "--dry-run", "--always-make", "setup", *given]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert ("--requirements requirements-dev.lock" in done.stdout) is wanted


@pytest.mark.parametrize(
    "licence",
    [
        "MIT", "Apache-2.0", "Apache-2.0 AND MIT", "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "LGPL-3.0-or-later",
        "GNU Lesser General Public License v3 (LGPLv3)", "(GPL-2.0-only OR Artistic-2.0)", "3-Clause BSD License",
    ],
)  # fmt: skip
def test_licences_that_fit(licence: str) -> None:
    assert LICENCES.fits(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "", "AGPL-3.0-only", "GPL-3.0-or-later", "GPLv3", "MIT AND GPL-2.0-only", "GPL-2.0-only OR AGPL-3.0-only",
        "GNU General Public License v3 (GPLv3)", "GNU Affero General Public License v3", "SSPL-1.0",
    ],
)  # fmt: skip
def test_licences_that_do_not_fit(licence: str) -> None:
    assert not LICENCES.fits(licence)


class Package(Distribution):
    def __init__(self, **facts: str | list[str]) -> None:
        self.facts = Message()
        for name, values in facts.items():
            for value in [values] if isinstance(values, str) else values:
                self.facts[name.replace("_", "-")] = value

    @property
    def metadata(self) -> Message:  # type: ignore[override]
        return self.facts

    @property
    def files(self) -> None:  # type: ignore[override]
        return None

    def read_text(self, filename: str) -> None:
        return None

    def locate_file(self, path: object) -> Path:  # type: ignore[override]
        return Path("nowhere")


@pytest.mark.parametrize(
    ("facts", "licence"),
    [
        ({"License_Expression": "MIT", "License": "GPL"}, "MIT"),
        ({"Classifier": ["Topic :: Text", "License :: OSI Approved :: BSD License"]}, "BSD License"),
        ({"Classifier": ["License :: OSI Approved", f"License :: OSI Approved :: {GPL}"]}, GPL),
        ({"License": "GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3 ..."}, "AGPL-3.0"),
        ({"License": "Copyright\nPermission is hereby granted, free of charge, to any"}, "MIT"),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_a_package_is_under(facts: dict[str, str | list[str]], licence: str) -> None:
    assert LICENCES.licence_of(Package(**facts)) == licence


def test_a_bundle_installs_the_very_wheels_in_it(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    names = ("py3langid-0.4.1-py3-none-any.whl", "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl",
             "ruamel.yaml-0.18-1-py3-none-any.whl")  # fmt: skip
    for name in names:
        (wheels / name).write_bytes(name.encode())
    BUNDLE.describe(tmp_path)
    lines = (tmp_path / "requirements.txt").read_text().splitlines()
    pinned = ("py3langid==0.4.1", "ruamel.yaml==0.18", "torch==2.13.0+cpu")
    assert lines == [
        f"{named} --hash=sha256:{sha256(name.encode()).hexdigest()}"
        for named, name in zip(pinned, sorted(names), strict=True)
    ]
    told = json.loads((tmp_path / "bundle.json").read_text())
    assert told["python"] == f"{sys.version_info.major}.{sys.version_info.minor}" and told["wheels"] == 3
    guide = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "--no-index --find-links wheels --require-hashes --requirement requirements.txt" in guide
    with pytest.raises(ValueError, match="not the name of a wheel"):
        BUNDLE.requirement(Path("sources.tar.gz"))
