"""What was made or set up when the program was called Rapporteur still works, for this version."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onrecord.rag import Library, open_library
from onrecord.ui.app import build_app

from .fakes import HashEmbedder
from .rag.records import write_records

pytestmark = pytest.mark.slow

COMMAND = Path(sys.executable).with_name("onrecord")
NAME = "n" * 24


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with a home of its own."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("ONRECORD_", "XDG_"))}
    return {**bare, "HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "data")}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = open_library(tmp_path / "library", embedder=HashEmbedder())
    library.ingest([write_records(tmp_path / "records")])
    return library


def documents(home: dict[str, str], *arguments: str) -> tuple[int, str]:
    """How many documents the command lists, and what it says beside."""
    done = subprocess.run([COMMAND, "documents", "--json", *arguments], env=home, capture_output=True, text=True)
    return len(json.loads(done.stdout or "[]")), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="data folders are set by XDG_DATA_HOME on Linux only")
def test_a_library_in_the_earlier_default_folder_is_opened(tmp_path: Path, home: dict[str, str]) -> None:
    earlier = tmp_path / "data" / "rapporteur" / "library"
    with open_library(earlier, embedder=HashEmbedder()) as library:
        library.ingest([write_records(tmp_path / "records")])
        held = len(library.documents())
    assert documents(home) == (held, "")
    own = tmp_path / "data" / "onrecord" / "library"
    assert not own.exists()
    open_library(own, embedder=HashEmbedder()).close()
    assert documents(home)[0] == 0


def test_earlier_settings_are_read_with_one_warning(tmp_path: Path, home: dict[str, str], library: Library) -> None:
    held = len(library.documents())
    library.close()
    named = {"RAPPORTEUR_LIBRARY": str(tmp_path / "library"), "RAPPORTEUR_PORT": "7000", "RAPPORTEUR_NONSENSE": "1"}
    found, said = documents(home | named)
    assert found == held
    assert said == (
        "Settings have been renamed, and the old names work in this version only: RAPPORTEUR_LIBRARY is now "
        "ONRECORD_LIBRARY, RAPPORTEUR_PORT is now ONRECORD_PORT.\n"
    )


def test_a_setting_by_its_own_name_goes_first(tmp_path: Path, home: dict[str, str], library: Library) -> None:
    held = len(library.documents())
    library.close()
    both = {"ONRECORD_LIBRARY": str(tmp_path / "library"), "RAPPORTEUR_LIBRARY": str(tmp_path / "none")}
    assert documents(home | both)[0] == held


def test_the_earlier_model_and_cookie_are_accepted(library: Library) -> None:
    with library, TestClient(build_app(library), base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        asked = {"model": "rapporteur", "messages": [{"role": "user", "content": "What did Norway say?"}]}
        assert client.post("/v1/chat/completions", json=asked).status_code == 200
        assert client.post("/v1/chat/completions", json={**asked, "model": "another"}).status_code == 404
        client.cookies.set("rapporteur_reader", NAME)
        started = client.get("/page/start")
        assert started.status_code == 200 and started.cookies["onrecord_reader"] == NAME
