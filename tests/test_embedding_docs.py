"""What docs/integration.md and deploy/ promise: every setting, problem and route that they name exists."""

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from onrecord.rag import open_library
from onrecord.rag.settings import Settings
from onrecord.ui.http.api import build_api
from onrecord.ui.http.problems import KINDS

from .fakes import HashEmbedder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "integration.md"
TEXT = PAGE.read_text(encoding="utf-8")
DEPLOYMENT = sorted(file for file in (ROOT / "deploy").iterdir() if file.is_file())


def between(begin: str, end: str) -> str:
    return TEXT.split(f"<!-- {begin} -->\n")[1].split(f"<!-- {end} -->")[0]


def test_the_table_of_settings_is_that_of_the_program() -> None:
    spec = spec_from_file_location("configuration", ROOT / "docs" / "configuration.py")
    assert spec and spec.loader
    configuration = module_from_spec(spec)
    spec.loader.exec_module(configuration)
    table = configuration.settings_table()
    assert between("settings", "end of settings") == table, "write it anew: python docs/configuration.py"
    assert all(setting.description for setting in Settings.model_fields.values())
    assert table.count("\n") == len(Settings.model_fields) + 2


def test_the_table_of_problems_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (.+) \|$", between("problems", "end of problems"), re.MULTILINE)
    assert {kind: (int(status), says) for kind, status, says in rows} == dict(KINDS)


def test_every_route_of_the_page_exists(tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        client = TestClient(build_api(library), base_url="http://127.0.0.1", client=("127.0.0.1", 5))
        described = client.get("/openapi.json").json()["paths"]
        by_place = {re.sub(r"\{(?:document_id|key)\}", "{id}", path): methods for path, methods in described.items()}
        for method, path in re.findall(r"`(GET|POST|DELETE) (/[\w/{}.]+)", TEXT):
            assert method.lower() in by_place[path], (method, path)
        for path in ("/healthz", "/docs", "/openapi.json", "/widget.js"):
            assert client.get(path).status_code == 200


def test_the_python_of_the_page_runs(tmp_path: Path) -> None:
    (tmp_path / "sample").symlink_to(ROOT / "sample")
    [program] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "71 of the 96 ferries" in done.stdout, done.stderr


def test_every_link_of_the_page_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXT):
        assert (PAGE.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("file", [*DEPLOYMENT, PAGE], ids=lambda file: file.name)
def test_every_variable_named_is_a_setting(file: Path) -> None:
    for name in re.findall(r"ONRECORD_([A-Z][A-Z_]+)", file.read_text(encoding="utf-8")):
        assert name.lower() in Settings.model_fields, name


def test_the_compose_file_runs_ours_beside_a_chroma_server() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    ours, chroma = compose["services"]["onrecord"], compose["services"]["chroma"]
    assert ours["environment"]["ONRECORD_CHROMA_URL"] == "http://chroma:8000"
    assert (ROOT / "deploy" / ours["build"]["context"] / ours["build"]["dockerfile"]).exists()
    pinned = (ROOT / "constraints.txt").read_text()
    assert f"chromadb=={chroma['image'].rsplit(':', 1)[1]}" in pinned, "the server and the client are of one version"
    assert int(ours["stop_grace_period"].removesuffix("s")) > Settings().stop_timeout_s


def test_the_image_is_not_root_and_tells_its_health() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    assert "USER onrecord" in lines and any(line.startswith("HEALTHCHECK") for line in lines)
    assert 'ENTRYPOINT ["onrecord"]' in lines and 'CMD ["serve"]' in lines


def test_the_unit_waits_for_answers() -> None:
    unit = (ROOT / "deploy" / "onrecord.service").read_text()
    assert int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > Settings().stop_timeout_s
    assert "DynamicUser=yes" in unit and "ExecStart=/opt/onrecord/bin/onrecord serve" in unit
