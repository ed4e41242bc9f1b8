"""No dependency that people install has a known vulnerability for which there is a later version; where advisories can
be had."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LOCK = Path(__file__).parents[2] / "requirements.lock"
AUDIT = (sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--require-hashes", "--timeout", "5")
LONGEST_S = 120


def test_no_locked_dependency_has_a_known_vulnerability() -> None:
    try:
        command = [*AUDIT, "--format", "json", "-r", str(LOCK)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        pytest.skip("advisories cannot be had here: the service of advisories does not answer")
    asked = [each for each in found if "skip_reason" not in each]
    if not asked:
        pytest.skip("advisories cannot be had here: the service of advisories knows no package")
    known = {each["name"]: each["vulns"] for each in asked if any(vuln["fix_versions"] for vuln in each["vulns"])}
    assert known == {}
