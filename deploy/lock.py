"""Writes requirements.lock and requirements-dev.lock: every dependency at one version, each file by its SHA-256.

    python deploy/lock.py [PACKAGE ...]      the packages named may move to newer versions, the others stay

They hold for every system and Python that On Record runs on. torch is not in them, and so neither is what its CUDA
builds bring along: which build is right depends on the machine, so `constraints.txt` holds its version and no hash.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = {
    "requirements.lock": ("ocr", "openai", "anthropic", "ollama", "otel", "oidc"),
    "requirements-dev.lock": ("dev", "ocr"),
}
_LEFT_OUT = re.compile(r"torch|triton|(?:nvidia|cuda)-[\w-]+")


def main() -> None:
    """Resolves and writes both."""
    for name, extras in EXTRAS.items():
        newer = [option for package in sys.argv[1:] for option in ("--upgrade-package", package)]
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml"),
            *("--universal", "--python-version", "3.11"),
            *(option for extra in extras for option in ("--extra", extra)),
            *("--constraint", "constraints.txt", "--override", "deploy/overrides.txt"),
            *("--generate-hashes", "--no-header", "--no-annotate", "--quiet"),
            *("--output-file", name, *newer),
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        lock = ROOT / name
        lock.write_text(f"# Written by deploy/lock.py; see there.\n{without_builds(lock.read_text())}")


def without_builds(lock: str) -> str:
    """A lock without torch and what belongs to its builds."""
    entries = re.findall(r"^[^\s#].*\n(?:\s+.*\n)*", lock, re.MULTILINE)
    return "".join(entry for entry in entries if not _LEFT_OUT.fullmatch(entry.partition("==")[0]))


if __name__ == "__main__":
    main()
