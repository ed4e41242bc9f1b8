"""The log of who did what: complete before anybody is told, and nothing changed, taken out or put in unnoticed."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from onrecord.rag.library import Library
from onrecord.ui.audit import Audit, Deed, deed_of
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys
from onrecord.ui.page import chat_routes
from onrecord.ui.page.tools import alerts, notebook, positions, registers

from .conftest import ELSEWHERE, Calls, bearer

QUESTION = "What did Norway say about the herring quota?"
ON, WITHOUT = ApiOptions(audit="on"), ApiOptions(audit="without-questions")


WRITING = """
import sys
from pathlib import Path
from tests.security.test_audit import noted
noted(Path(sys.argv[1]), 20)
"""


def noted(folder: Path, count: int = 5) -> Audit:
    audit = Audit(folder)
    for number in range(count):
        audit.note(Deed(did="ask", what={"question": f"Question {number}?"}), who="key a", address="192.0.2.1")
    return audit


def lines(audit: Audit) -> list[bytes]:
    return (audit.folder / "audit.jsonl").read_bytes().splitlines(keepends=True)


def test_entries_follow_each_other(tmp_path: Path) -> None:
    audit = noted(tmp_path)
    assert [entry["n"] for entry in audit.entries()] == [1, 2, 3, 4, 5]
    found = audit.verify()
    assert (found.entries, found.fault) == (5, None) and found.last == list(audit.entries())[-1]["hash"]
    assert Audit(tmp_path / "nowhere").verify().entries == 0
    if os.name == "posix":
        assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


def changed(kept: list[bytes]) -> list[bytes]:
    return [*kept[:2], kept[2].replace(b"Question 2?", b"Question 7?"), *kept[3:]]


def rehashed(kept: list[bytes]) -> list[bytes]:
    """A line that is sound in itself, as one who knows the method writes it."""
    from onrecord.ui.audit import _hash_of, _line  # pyright: ignore[reportPrivateUsage]

    entry = json.loads(changed(kept)[2])
    entry.pop("hash")
    return [*kept[:2], _line({**entry, "hash": _hash_of(entry)}), *kept[3:]]


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (changed, "entry 3 (line 3) is not as it was written"),
        (rehashed, "before entry 4 (line 4) something was taken out or put in"),
        (lambda kept: [*kept[:2], *kept[3:]], "before entry 4 (line 3) something was taken out"),
        (lambda kept: kept[1:], "the first entries are missing"),
        (lambda kept: [kept[0], kept[2], kept[1], *kept[3:]], "before entry 3 (line 2)"),
        (lambda kept: [*kept[:3], kept[2], *kept[3:]], "before entry 3 (line 4)"),
        (lambda kept: [*kept, b'{"n": 6}\n'], "line 6 is no entry"),
        (lambda kept: [*kept[:2], b"\xff\xfe\n", *kept[2:]], "line 3 is no entry"),
    ],
)
def test_tampering_is_told(tmp_path: Path, tamper: Callable[[list[bytes]], list[bytes]], says: str) -> None:
    audit = noted(tmp_path)
    (tmp_path / "audit.jsonl").write_bytes(b"".join(tamper(lines(audit))))
    assert says in (audit.verify().fault or "")


def test_that_the_end_is_missing_shows_by_a_hash_noted_elsewhere(tmp_path: Path) -> None:
    audit = noted(tmp_path)
    last = audit.verify().last
    (tmp_path / "audit.jsonl").write_bytes(b"".join(lines(audit)[:3]))
    assert audit.verify().fault is None
    command = [Path(sys.executable).with_name("onrecord"), "audit", "--verify", "--library", tmp_path]
    command += ["--contains", last]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "is missing" in done.stdout


def test_an_entry_that_a_crash_cut_short_gives_way_to_the_next(tmp_path: Path) -> None:
    audit = noted(tmp_path, 2)
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"n":3,"at":"20')
    audit.note(Deed(did="read", what={}), who="key b", address="")
    assert [entry["did"] for entry in audit.entries()] == ["ask", "ask", "read"] and audit.verify().fault is None


def test_many_threads_and_processes_write_one_chain(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITING, str(tmp_path)]
    processes = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(2)]
    threads = [threading.Thread(target=noted, args=(tmp_path, 20)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0]
    assert (Audit(tmp_path).verify().entries, Audit(tmp_path).verify().fault) == (120, None)


def test_what_is_old_can_be_forgotten_and_that_it_was_is_noted(tmp_path: Path) -> None:
    audit = noted(tmp_path, 4)
    assert audit.forget_before("2001-01-01", who="account a") == 0
    assert audit.forget_before("2999-01-01", who="account a") == 3
    left = list(audit.entries())
    assert [(entry["n"], entry["did"]) for entry in left] == [(4, "ask"), (5, "forget")]
    assert left[1]["what"]["entries"] == 3 and audit.verify().fault is None
    audit.note(Deed(did="read", what={}), who="key b", address="")
    assert audit.verify().fault is None
    assert audit.forget_before("2999-01-01", who="account a") == 2
    assert audit.verify().fault is None


# --- what is noted ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_server_notes_who_did_what_from_where(calls: Calls, own_library: Library, keys: Keys) -> None:
    key, told = keys.create("reader", ["ask"])
    _, admin = keys.create("curator", ["admin"])
    client = calls(ELSEWHERE, ON)
    [listing] = own_library.documents()
    assert client.post("/api/ask", json={"question": QUESTION}, headers=bearer(told)).status_code == 200
    client.get(f"/api/documents/{listing.id}/text", headers=bearer(told))
    client.get("/page/registers/votes.csv", headers=bearer(told))
    client.post("/v1/chat/completions", json={"model": "onrecord", "messages": [{"role": "user", "content": QUESTION}]},
                headers=bearer(told))  # fmt: skip
    client.get("/healthz")
    client.post("/api/ask", json={"question": QUESTION}, headers=bearer("rpt_unknown"))
    client.delete(f"/api/documents/{listing.id}", headers=bearer(told))
    client.delete(f"/api/documents/{listing.id}", headers=bearer(admin))
    audit = Audit(own_library.store.folder)
    found = [(entry["did"], entry["who"], entry["status"]) for entry in audit.entries()]
    reader = f"key {key.id} reader"
    assert found[:6] == [
        ("ask", reader, 200), ("read", reader, 200), ("export", reader, 200), ("ask", reader, 200),
        ("ask", "anybody", 401), ("remove", reader, 403),
    ]  # fmt: skip
    assert found[6][0] == "remove" and found[6][1].endswith("curator") and found[6][2] == 200
    first = next(audit.entries())
    assert first["what"]["question"] == QUESTION and first["from"] == ELSEWHERE
    assert audit.verify().fault is None
    text = (audit.folder / "audit.jsonl").read_text()
    assert told not in text and admin not in text


@pytest.mark.slow
def test_questions_can_be_left_out(calls: Calls, own_library: Library) -> None:
    client = calls(options=WITHOUT)
    client.post("/api/ask", json={"question": QUESTION})
    client.get("/api/overview", params={"about": "herring"})
    text = (own_library.store.folder / "audit.jsonl").read_text()
    assert [json.loads(line)["did"] for line in text.splitlines()] == ["ask", "read"]
    assert "Norway" not in text and "herring" not in text


@pytest.mark.slow
def test_nothing_is_noted_unless_that_is_set_nor_what_is_turned_away_for_its_number(calls: Calls, own_library) -> None:
    calls().post("/api/ask", json={"question": QUESTION})
    assert not (own_library.store.folder / "audit.jsonl").exists()
    client = calls(ELSEWHERE, ApiOptions(audit="on", rules=Rules(requests_per_minute=1)))
    assert [client.get("/api/documents").status_code for _ in range(3)] == [200, 429, 429]
    assert len(list(Audit(own_library.store.folder).entries())) == 1


@pytest.mark.slow
def test_where_nothing_can_be_noted_nothing_is_answered(calls: Calls, own_library: Library) -> None:
    (own_library.store.folder / "audit.jsonl").mkdir()
    response = calls(options=ON).post("/api/ask", json={"question": QUESTION})
    assert response.status_code in (500, 503) and "fall by a third" not in response.text


@pytest.mark.slow
def test_commands_are_noted_under_the_account_that_runs_them(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("onrecord")
    place = {"ONRECORD_AUDIT": "on", "ONRECORD_LIBRARY": str(tmp_path / "library")}

    def run(*arguments: str) -> str:
        done = subprocess.run([command, *arguments], capture_output=True, text=True, env=os.environ | place)
        assert done.returncode == 0, done.stderr
        return done.stdout

    told = run("keys", "create", "website").strip()
    run("keys", "revoke", "website")
    run("backup", str(tmp_path / "backup.zip"))
    entries = json.loads(run("audit", "--json"))
    assert [entry["did"] for entry in entries] == ["create key", "revoke key", "back up"]
    assert all(entry["who"].startswith("account ") for entry in entries) and told not in json.dumps(entries)
    assert "create key" in run("audit", "--did", "create key") and "3 entries" in run("audit", "--verify")


@pytest.mark.parametrize(
    ("method", "path", "did"),
    [
        ("POST", "/page/ask", "ask"), ("PUT", "/page/check", "ask"), ("PUT", "/page/records/file", "add"),
        ("POST", "/api/documents", "add"), ("DELETE", "/page/records/x", "remove"), ("POST", "/sign-in", "sign in"),
        ("GET", "/page/conversations/x/export.docx", "export"), ("GET", "/page/registers/votes.xlsx", "export"),
        ("GET", "/reading/x", "read"), ("GET", "/page/sheet/x", "read"), ("GET", "/api/speakers/a/b", "read"),
        ("GET", "/page/positions", "read"), ("GET", "/page/notebook", "read"), ("GET", "/page/alerts", "read"),
        ("GET", "/page/resolve", "read"), ("POST", "/api/positions", "read"),
        ("POST", "/page/positions", "read"), ("GET", "/api/notebook", "read"),
        ("POST", "/page/notebook", "add"), ("POST", "/api/notebook", "add"), ("POST", "/page/alerts", "add"),
        ("POST", "/api/alerts", "add"), ("POST", "/page/notebook/x", "change"), ("PATCH", "/api/notebook/x", "change"),
        ("POST", "/page/alerts/x", "remove"), ("DELETE", "/api/notebook/x", "remove"),
        ("DELETE", "/api/alerts/x", "remove"), ("GET", "/api/notebook/briefing", "export"),
        ("GET", "/page/status", None), ("GET", "/", None), ("GET", "/healthz", None), ("GET", "/metrics", None),
    ],
)  # fmt: skip
def test_which_requests_are_noted_as_what(method: str, path: str, did: str | None) -> None:
    deed = deed_of(method, path, "", None)
    assert (deed.did if deed else None) == did


def test_every_route_of_a_download_is_noted_as_an_export() -> None:
    """Also of those that are yet to be written, as long as their address ends in a form."""
    all_routes = [
        route for module in (chat_routes, registers, notebook, positions, alerts) for route in module.routes.routes
    ]
    downloads = [route.path for route in all_routes if isinstance(route, APIRoute) and "{form}" in route.path]
    assert len(downloads) >= 4
    for path in downloads:
        for form in ("csv", "xlsx", "json", "docx", "md"):
            deed = deed_of("GET", path.format(key="x", kind="votes", form=form), "", None)
            assert deed and deed.did == "export", path


@pytest.mark.slow
def test_downloads_and_what_is_kept_leave_a_line(calls: Calls, own_library: Library) -> None:
    client = calls(options=ON)
    [listing] = own_library.documents()
    client.post("/page/notebook", params={"document": listing.id, "start": 0, "end": 40})
    client.post("/page/alerts", data={"kind": "question", "text": "herring quota"})
    done = ["add", "add"]
    for form in ("docx", "csv", "xlsx", "json"):
        assert client.get(f"/page/positions.{form}", params={"about": "herring"}).status_code == 200
    for form in ("docx", "md", "json"):
        assert client.get(f"/page/notebook/briefing.{form}").status_code == 200
    assert client.get("/api/notebook/briefing").status_code == 200
    done += ["export"] * 8
    for path in ("positions", "notebook", "alerts"):
        assert client.get(f"/page/{path}").status_code == 200
    done += ["read"] * 3
    audit = Audit(own_library.store.folder)
    assert [entry["did"] for entry in audit.entries()] == done and audit.verify().fault is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--contains", "0" * 64], "--contains is for --verify"),
        (["--verify"], "There is no folder"),
        ([], "There is no folder"),
    ],
)
def test_what_the_command_cannot_tell_it_refuses(tmp_path: Path, given: list[str], says: str) -> None:
    command = [Path(sys.executable).with_name("onrecord"), "audit", *given, "--library", tmp_path / "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and says in done.stderr and not done.stdout
    assert not (tmp_path / "nowhere").exists()


def test_calls_of_agents_are_noted_by_their_tool_and_no_other_talk_is() -> None:
    def call(**said: object) -> Deed | None:
        return deed_of("POST", "/mcp", "", json.dumps({"jsonrpc": "2.0", "id": 1, **said}).encode())

    asked = call(method="tools/call", params={"name": "ask", "arguments": {"question": QUESTION}})
    assert asked == Deed(did="ask", what={"path": "/mcp", "tool": "ask", "question": QUESTION})
    assert call(method="initialize", params={}) is None and deed_of("POST", "/mcp", "", b"[" * 9999) is None
    read = call(method="tools/call", params={"name": "read_passage", "arguments": "x"})
    assert read and read.did == "read"
