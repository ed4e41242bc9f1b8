"""API keys: what opens, what does not, what is kept of them, and that nothing tells them again."""

import json
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.rag import Library
from onrecord.ui.http.keys import FILE, Keys
from onrecord.vectorstore.errors import InputError, LibraryError

from .test_api import assert_problem

pytestmark = pytest.mark.slow

ASK = {"question": "What of the herring quota?"}
ELSEWHERE = "203.0.113.9"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def keys(own_library: Library) -> Keys:
    return Keys(own_library.store.folder)


def test_a_key_is_shown_once_and_kept_as_a_hash(keys: Keys, own_library: Library) -> None:
    key, told = keys.create("widget", ["ask"])
    file = own_library.store.folder / FILE
    kept = file.read_text()
    assert told not in kept and told.split("_", 2)[2] not in kept and key.sha256 in kept
    assert told.startswith(f"rpt_{key.id}_") and len(told) > 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys.find(told) == key == Keys(own_library.store.folder).find(told)
    assert keys.find(told[:-1]) is None and keys.find(f"{told}x") is None and keys.find("") is None
    assert keys.create("other", ["ask"])[1] != told


def test_scopes_and_names_are_checked(keys: Keys) -> None:
    for scopes in ([], ["write"], ["ask", "write"]):
        with pytest.raises(InputError, match="scope"):
            keys.create("x", scopes)
    with pytest.raises(InputError, match="keys list"):
        keys.revoke("nobody")


def test_without_a_key_everybody_may_ask_and_this_machine_change(own_library: Library, calls) -> None:
    here, elsewhere = calls(own_library), calls(own_library, address=ELSEWHERE)
    assert here.post("/api/ask", json=ASK).status_code == elsewhere.post("/api/ask", json=ASK).status_code == 200
    upload = {"files": [("files", ("more.txt", b"Iceland: The lanterns are lit at dusk."))]}
    assert here.post("/api/documents", **upload).status_code == 201
    assert_problem(elsewhere.post("/api/documents", **upload), "local-only")
    assert_problem(elsewhere.delete("/api/documents/x"), "local-only")
    assert_problem(elsewhere.get("/metrics"), "local-only")
    assert_problem(here.post("/api/documents", **upload, headers={"X-Real-IP": ELSEWHERE}), "local-only")
    assert here.post("/api/ask", json=ASK, headers={"Host": "records.example", "Via": "1.1 proxy"}).status_code == 200


def test_a_page_whose_name_was_made_to_lead_here_reads_nothing(own_library: Library, keys: Keys, calls) -> None:
    here = calls(own_library)
    renamed = {"Host": "evil.example:7860", "Origin": "http://evil.example:7860"}
    assert_problem(here.post("/api/ask", json=ASK, headers=renamed), "foreign-origin")
    assert_problem(here.get("/api/documents", headers={"Host": "evil.example"}), "foreign-origin")
    assert here.post("/api/ask", json=ASK, headers={"Host": "localhost:7860"}).status_code == 200
    _, told = keys.create("program", ["ask"])
    assert here.post("/api/ask", json=ASK, headers=renamed | bearer(told)).status_code == 200


def test_once_there_is_a_key_it_is_needed(own_library: Library, keys: Keys, calls) -> None:
    client = calls(own_library)
    _, told = keys.create("program", ["ask"])
    missing = client.post("/api/ask", json=ASK)
    assert_problem(missing, "key-missing")
    assert missing.headers["www-authenticate"] == "Bearer"
    for wrong in ("Basic abc", "Bearer", "Bearer ", f"Token {told}"):
        assert_problem(client.post("/api/ask", json=ASK, headers={"Authorization": wrong}), "key-missing")
    assert_problem(client.post("/api/ask", json=ASK, headers=bearer(told[:-3] + "xyz")), "key-unknown")
    assert_problem(client.post("/api/ask", json=ASK, headers=bearer("sk-abc")), "key-unknown")
    assert client.post("/api/ask", json=ASK, headers=bearer(told)).status_code == 200
    for path in ("/v1/models", "/api/documents", "/mcp", "/metrics", "/openapi.json", "/docs"):
        assert_problem(client.get(path), "key-missing")
    assert client.get("/healthz").status_code == 200 == client.get("/widget.js").status_code
    assert client.get("/favicon.ico").status_code == 204


def test_a_key_opens_its_scopes_only(own_library: Library, keys: Keys, calls) -> None:
    client = calls(own_library, address=ELSEWHERE)
    ask, ingest, admin = (bearer(keys.create(scope, [scope])[1]) for scope in ("ask", "ingest", "admin"))
    upload = {"files": [("files", ("more.txt", b"Iceland: The lanterns are lit at dusk."))]}
    assert_problem(client.post("/api/documents", **upload, headers=ask), "key-scope")
    assert_problem(client.post("/api/ask", json=ASK, headers=ingest), "key-scope")
    assert client.post("/api/documents", **upload, headers=ingest).status_code == 201
    [document] = [d for d in client.get("/api/documents", headers=ask).json()["documents"] if "more" in d["source"]]
    for headers in (ask, ingest):
        assert_problem(client.delete(f"/api/documents/{document['id']}", headers=headers), "key-scope")
        assert_problem(client.get("/metrics", headers=headers), "key-scope")
    assert client.post("/api/ask", json=ASK, headers=admin).status_code == 200
    assert client.get("/metrics", headers=admin).status_code == 200
    assert client.delete(f"/api/documents/{document['id']}", headers=admin).status_code == 200


def test_a_revoked_key_is_closed_at_once_and_for_good(own_library: Library, keys: Keys, calls) -> None:
    client = calls(own_library)
    key, told = keys.create("program", ["ask"])
    assert client.post("/api/ask", json=ASK, headers=bearer(told)).status_code == 200
    assert [ended.id for ended in Keys(own_library.store.folder).revoke("program")] == [key.id]
    assert_problem(client.post("/api/ask", json=ASK, headers=bearer(told)), "key-revoked")
    assert_problem(client.post("/api/ask", json=ASK), "key-missing")
    with pytest.raises(InputError):
        keys.revoke("program")


def test_a_damaged_key_file_opens_nothing(own_library: Library, keys: Keys, calls) -> None:
    _, told = keys.create("program", ["ask"])
    (own_library.store.folder / FILE).write_text("[{]")
    assert_problem(calls(own_library).post("/api/ask", json=ASK, headers=bearer(told)), "library")
    with pytest.raises(LibraryError, match="cannot be read"):
        Keys(own_library.store.folder).all()


def test_a_key_file_that_goes_missing_opens_nothing(own_library: Library, keys: Keys, calls) -> None:
    keys.create("program", ["ask"])
    client = calls(own_library)
    assert_problem(client.post("/api/ask", json=ASK), "key-missing")
    (own_library.store.folder / FILE).unlink()
    assert_problem(client.post("/api/ask", json=ASK), "library")


def test_openais_clients_are_told_in_openais_shape_too(own_library: Library, keys: Keys, calls) -> None:
    keys.create("program", ["ask"])
    problem = assert_problem(calls(own_library).get("/v1/models"), "key-missing")
    assert problem["error"]["message"] == problem["detail"] and problem["error"]["code"] == "key-missing"


def test_no_key_and_no_question_is_logged(own_library: Library, keys: Keys, calls, caplog) -> None:
    key, told = keys.create("program", ["ask"])
    client = calls(own_library)
    with caplog.at_level(logging.DEBUG):
        client.post("/api/ask", json=ASK, headers=bearer(told))
        client.post("/api/ask", json=ASK, headers=bearer("rpt_wrong"))
        client.post("/api/ask", content=b'{"question": "herring', headers=bearer(told))
    ours = [record for record in caplog.records if record.name.startswith("onrecord")]
    logged = "".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert [record.__dict__["facts"]["key"] for record in ours] == [key.id, None, key.id]
    for secret in (told, told.split("_", 2)[2], "rpt_wrong", "herring"):
        assert secret not in logged


def test_the_command_makes_lists_and_revokes(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        command = [Path(sys.executable).with_name("onrecord"), "keys", *words, "--library", tmp_path / "library"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    told = run("create", "widget", "--scope", "ask", "--scope", "ingest").strip()
    [listed] = json.loads(run("list", "--json"))
    assert (listed["name"], listed["scopes"], listed["revoked"]) == ("widget", ["ask", "ingest"], None)
    assert "key" not in listed and "sha256" not in listed
    assert "Revoked widget" in run("revoke", listed["id"])
    found = Keys(tmp_path / "library").find(told)
    assert found is not None and found.revoked
