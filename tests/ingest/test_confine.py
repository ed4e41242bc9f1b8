"""A process that reads files can neither reach a library, nor write, nor open a socket; and it can still read files."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.ingest import parse
from onrecord.ingest.confine import environment_without_secrets
from onrecord.ingest.parse import Job, Limits, parse_all
from onrecord.rag import open_library

pytestmark = pytest.mark.slow

TRIES = """
import ctypes, json, os, socket, subprocess, sys
from onrecord.ingest.confine import confine

lacking = confine()
folder, server = sys.argv[1], int(sys.argv[2])

def failure(act):
    try:
        act()
    except OSError as error:
        return error.errno
    return 0

def connects(family, address):
    with socket.socket(family) as one:
        one.connect(address)

def child(code):
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    return (done.stderr.strip().splitlines() or ["nothing"])[-1].split(":")[0]

print(json.dumps({
    "lacking": lacking,
    "read": failure(lambda: open(f"{folder}/catalogue.sqlite").close()),
    "list": failure(lambda: os.listdir(folder)),
    "write": failure(lambda: open(f"{folder}/new", "w").close()),
    "write elsewhere": failure(lambda: open("/tmp/onrecord-new", "w").close()),
    "remove": failure(lambda: os.unlink(f"{folder}/catalogue.sqlite")),
    "connect": failure(lambda: connects(socket.AF_INET, ("127.0.0.1", server))),
    "datagram": failure(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()),
    "local socket": failure(lambda: connects(socket.AF_UNIX, f"{folder}/socket")),
    "memory of another": failure(lambda: open(f"/proc/{os.getppid()}/mem", "rb").close()),
    "a child that reads": child(f"open({folder + '/catalogue.sqlite'!r})"),
    "a child that connects": child("import socket; socket.socket()"),
    "a child that writes to nowhere": child("open('/dev/null', 'w')"),
    "packages": failure(lambda: __import__("lxml.etree")),
}))
"""


@pytest.fixture
def tried(tmp_path: Path) -> dict[str, object]:
    """What becomes of what a confined process tries."""
    (tmp_path / "catalogue.sqlite").write_text("what nobody may read", encoding="utf-8")
    command = [sys.executable, "-c", TRIES, str(tmp_path), "9"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    if told.pop("lacking"):
        pytest.skip("this system has no Landlock or no seccomp")
    return told


def test_neither_the_library_nor_the_network_nor_other_processes_can_be_reached(
    tried: dict[str, object], tmp_path: Path
) -> None:
    assert tried == {
        **dict.fromkeys(["read", "list", "write", "write elsewhere", "remove"], 13),
        **dict.fromkeys(["connect", "datagram", "local socket", "memory of another"], 13),
        "a child that reads": "PermissionError", "a child that connects": "PermissionError",
        "a child that writes to nowhere": "nothing", "packages": 0,
    }  # fmt: skip
    assert (tmp_path / "catalogue.sqlite").exists()


def test_a_reader_is_confined_and_knows_no_secrets(tried: dict[str, object]) -> None:
    """The worker itself, as it is run: looked at from outside while it waits for the next file."""
    worker = parse._Worker(Limits(), None)
    try:
        [found] = worker.parse(Job(source="minutes.txt", data=b"Minutes\n\n1. The Board rose at noon."))
        assert isinstance(found, parse.Parsed)
        lines = Path(f"/proc/{worker._process.pid}/status").read_text().splitlines()
        told = dict(line.split(":\t", 1) for line in lines)
        assert (told["NoNewPrivs"], told["Seccomp"]) == ("1", "2")
    finally:
        worker.kill()
    kept = environment_without_secrets({"PATH": "/bin", "OPENAI_API_KEY": "x", "ONRECORD_MODEL": "y", "My_Token": "z"})
    assert kept == {"PATH": "/bin"}


def test_that_something_is_lacking_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    parse._tell_lacking.cache_clear()
    with caplog.at_level(logging.WARNING):
        for names in ((), ("Landlock",), ("Landlock",)):
            parse._tell_lacking(names)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["Files are read without Landlock"]
    parse._tell_lacking.cache_clear()


def test_files_are_read_as_before(caplog: pytest.LogCaptureFixture, tried: dict[str, object]) -> None:
    parse._tell_lacking.cache_clear()
    sample = sorted((Path(__file__).parents[2] / "sample").iterdir())
    jobs = [Job(source=str(path), data=path.read_bytes()) for path in sample]
    with caplog.at_level(logging.WARNING):
        found = [document for _, documents in parse_all(jobs, Limits(workers=1)) for document in documents]
    assert len(found) == len(sample) and all(isinstance(document, parse.Parsed) for document in found)
    assert not [record for record in caplog.records if "read without" in record.getMessage()]


def test_texts_are_cut_with_the_default_models_vocabulary(tried: dict[str, object], tmp_path: Path) -> None:
    with open_library(tmp_path / "library") as library:
        report = library.ingest([Path(__file__).parents[2] / "sample"])
    assert report.added == 5 and not report.failed
