"""Every command prints on any console: what its encoding lacks is shown as an escape, and JSON stays JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.rag.library import open_library

pytestmark = pytest.mark.slow

COMMAND = Path(sys.executable).with_name("onrecord")
# Letters of no Western code page, a sign beyond 16 bits and quotation marks.
RECORD = "Rada miasta\n\nŁódź 東京 😀 → The council of Łódź bought “eleven” trams for the 東京 line in 2031.\n"
QUESTION = "How many trams did the council buy?"
CASE = {"id": "łódź", "question": QUESTION, "answerable": True, "key_facts": ["eleven"], "kind": "東京"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `library/`, the record in it and `cases.jsonl`."""
    place = tmp_path_factory.mktemp("console")
    (place / "łódź.txt").write_text(RECORD, encoding="utf-8")
    (place / "cases.jsonl").write_text(json.dumps(CASE), encoding="utf-8")
    with open_library(place / "library") as library:
        assert not library.ingest([place / "łódź.txt"]).failed
    return place


def printed(place: Path, encoding: str, *arguments: str, stdin: str = "") -> bytes:
    """Standard output of a command that ended well, as bytes."""
    done = subprocess.run(
        [COMMAND, *arguments, "--library", "library"],
        input=stdin.encode(), capture_output=True, cwd=place, timeout=120,
        env=os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "100"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_answer_is_printed_with_escapes_for_what_the_console_lacks(place: Path, encoding: str) -> None:
    told = printed(place, encoding, "ask", QUESTION).decode(encoding)
    assert "eleven" in told and "Łódź".encode(encoding, "backslashreplace").decode(encoding) in told


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_json_of_an_answer_is_json_on_any_console(place: Path, encoding: str) -> None:
    told = printed(place, encoding, "ask", QUESTION, "--json").decode(encoding)
    assert told.isascii()
    [citation] = json.loads(told)["citations"]
    assert "Łódź bought “eleven” trams for the 東京 line" in citation["quote"]


def test_json_is_readable_where_the_console_is_utf_8(place: Path) -> None:
    assert "Łódź bought “eleven”".encode() in printed(place, "utf-8", "search", "trams", "--json").replace(rb"\"", b'"')


@pytest.mark.parametrize("line", ["search trams", "documents", "show łódź", "eval run cases.jsonl"])
def test_other_commands_print_too(place: Path, line: str) -> None:
    assert rb"\u" in printed(place, "ascii", *line.split())


@pytest.mark.parametrize("line", ["search trams --json", "eval run cases.jsonl --json -"])
def test_other_commands_print_json_too(place: Path, line: str) -> None:
    told = printed(place, "cp1252", *line.split()).decode("ascii")
    assert "łódź" in json.dumps(json.loads(told), ensure_ascii=False)


def test_a_conversation_prints_too(place: Path) -> None:
    assert rb"\u0141" in printed(place, "ascii", "chat", stdin=f"{QUESTION}\n\n")


def test_a_batch_prints_a_name_that_is_no_text(place: Path) -> None:
    (place / "asked.jsonl").write_text(json.dumps({"id": "\udcff", "question": QUESTION}), encoding="ascii")
    told = printed(place, "utf-8", "ask", "--batch", "asked.jsonl")
    assert json.loads(told)["id"] == "\udcff"
