"""Puts On Record and all it needs into a folder, for a machine that has no network.

    python deploy/bundle.py [FOLDER]      dist/bundle by default; it must be new

The wheels are those of requirements.lock, each compared with its SHA-256 there, for the system and Python this runs on;
torch is a build without CUDA. `requirements.txt` in the folder holds the SHA-256 of every wheel as it lies there, and
README.md how to install and upgrade.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
BESIDE = {"deploy/offline.md": "README.md", "deploy/onrecord.service": "onrecord.service", "LICENSE": "LICENSE"}
_WHEEL = re.compile(r"([A-Za-z0-9_.]+)-([A-Za-z0-9_.!+]+)-(?:\d[^-]*-)?[^-]+-[^-]+-[^-]+\.whl")


def main() -> None:
    """Makes the folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist" / "bundle")
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    wheel(wheels, "--require-hashes", "--requirement", str(ROOT / "requirements.lock"))
    wheel(wheels, *torch_index(), "--constraint", str(ROOT / "constraints.txt"), "torch")
    built = [sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(built, check=True, stdout=subprocess.DEVNULL)
    describe(folder)
    size = sum(path.stat().st_size for path in wheels.iterdir())
    print(f"{folder}: {len(list(wheels.iterdir()))} wheels, {size / 1e6:.0f} MB")


def wheel(folder: Path, *what: str) -> None:
    """Fetches wheels into a folder, or makes them where there are only sources."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), *what]
    subprocess.run(command, check=True)


def torch_index() -> list[str]:
    """Where torch comes from: a wheel that lies ready, or PyTorch's own index of builds without CUDA."""
    places = map(Path, os.environ.get("PIP_FIND_LINKS", "").split())
    return [] if any(next(place.glob("torch-*.whl"), None) for place in places) else ["--index-url", TORCH_INDEX]


def describe(folder: Path) -> None:
    """Puts beside the wheels what pip needs to install just these, what they are for, and the guide."""
    lines = [requirement(path) for path in sorted((folder / "wheels").glob("*.whl"))]
    (folder / "requirements.txt").write_text("".join(lines), encoding="utf-8")
    facts = {"python": f"{sys.version_info.major}.{sys.version_info.minor}", "system": platform.platform(terse=True)}
    facts |= {"machine": platform.machine(), "wheels": len(lines)}
    (folder / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    for source, name in BESIDE.items():
        shutil.copy(ROOT / source, folder / name)


def requirement(path: Path) -> str:
    """The line by which pip installs a wheel and no other. Raises ValueError for a name that is no wheel's."""
    named = _WHEEL.fullmatch(path.name)
    if named is None:
        raise ValueError(f"{path.name} is not the name of a wheel")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{named[1].replace('_', '-')}=={named[2]} --hash=sha256:{digest}\n"


if __name__ == "__main__":
    main()
