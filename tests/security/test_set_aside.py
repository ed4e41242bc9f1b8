"""Files that fail their reader or the program are set aside by name; a server that is told to end does end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onrecord.ingest.attempts import set_aside
from onrecord.ingest.ingest import ingest
from onrecord.ingest.parse import Limits
from onrecord.vectorstore.store import Store

from ..durability.test_uploads_kept import is_alive, readers_of
from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LONG_LINE = b"The light was out. " * (60_000_000 // 19)
HASTY = Limits(timeout_s=0.5, workers=1)


def test_a_file_whose_reader_was_ended_twice_is_set_aside_until_it_is_named_or_changes(tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir()
    long = records / "long.txt"
    long.write_bytes(LONG_LINE)
    store = Store(tmp_path / "library", embedder=HashEmbedder())

    def errors(source: Path, limits: Limits = HASTY) -> list[str]:
        return [failure.error for failure in ingest(store, [source], limits=limits).failed]

    assert errors(records) == errors(records) == ["reading it took longer than 0.5 s"]
    assert set_aside(store.folder) == {str(long): "reading it took longer than 0.5 s"}
    [aside] = errors(records)
    assert "set aside" in aside and "name it" in aside and "longer than 0.5 s" in aside
    assert errors(long) == ["reading it took longer than 0.5 s"]
    long.write_text("The light is lit again, the keeper says.", encoding="utf-8")
    assert errors(records, Limits()) == [] and set_aside(store.folder) == {}
    store.close()


INGEST = """
import os, sys
from dataclasses import dataclass
from pathlib import Path
from onrecord.ingest.ingest import ingest
from onrecord.ingest.parse import Limits
from onrecord.vectorstore.store import Store
from tests.fakes import HashEmbedder

class Dying(HashEmbedder):
    def count_tokens(self, text):
        if "poison" in text:
            os._exit(66)
        return HashEmbedder.count_tokens(self, text)

report = ingest(Store(Path(sys.argv[1]), embedder=Dying()), [sys.argv[2]], limits=Limits(workers=2))
print(report.added, *(f"{failure.source}: {failure.error}" for failure in report.failed), sep="\\n")
"""


def test_a_file_that_ended_the_program_twice_is_set_aside_and_no_other_with_it(tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir()
    for name in ("a", "b", "c", "d"):
        (records / f"{name}.txt").write_text(f"The record {name} says little.", encoding="utf-8")
    (records / "b-poison.txt").write_text("This is poison. " * 40, encoding="utf-8")  # so long that it is counted
    command = [sys.executable, "-c", INGEST, str(tmp_path / "library"), str(records)]
    for _ in range(2):
        assert subprocess.run(command, cwd=ROOT, timeout=60).returncode == 66
    done = subprocess.run(command, cwd=ROOT, timeout=60, capture_output=True, text=True)
    failed = done.stdout.splitlines()[1:]
    assert len(failed) == 1 and "b-poison.txt: it is set aside" in failed[0], done
    assert "the program ended while it was being read" in failed[0]
    store = Store(tmp_path / "library", embedder=HashEmbedder())
    assert [Path(listing.source).stem for listing in store.listings()] == ["a", "b", "c", "d"]
    store.close()


HANGING = """
import re, signal, sys, threading, time
from onrecord.ui.ending import end_for_sure

end_for_sure(1.0)
signal.signal(signal.SIGTERM, lambda *_: None)  # a server ends in its own time
print("ready", flush=True)
if sys.argv[1] == "runaway":
    threading.Thread(target=re.match, args=(r"(?:a+)+$", "a" * 60 + "b")).start()
while sys.argv[1] == "waiting":
    time.sleep(1)
"""


def test_told_to_end_a_program_ends_though_a_pattern_holds_the_interpreter() -> None:
    for way in ("runaway", "waiting"):
        with subprocess.Popen(
            [sys.executable, "-c", HANGING, way], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            assert child.stdout and child.stderr
            child.stdout.readline()
            time.sleep(0.5)  # the pattern has begun by then
            child.send_signal(signal.SIGTERM)
            try:
                assert child.wait(timeout=20) == -signal.SIGKILL
            finally:
                child.kill()
            assert b"did not end within 1 s" in child.stderr.read()


READING = """
import sys
from pathlib import Path
from onrecord.ingest.ingest import ingest
from onrecord.vectorstore.store import Store
from tests.fakes import HashEmbedder

ingest(Store(Path(sys.argv[1]), embedder=HashEmbedder()), [sys.argv[2]])
"""


def test_readers_end_with_a_program_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_bytes(LONG_LINE)
    command = [sys.executable, "-c", READING, str(tmp_path / "library"), str(tmp_path / "long.txt")]
    with subprocess.Popen(command, cwd=ROOT) as child:
        end = time.monotonic() + 60
        while not (workers := readers_of(child.pid)):
            assert time.monotonic() < end and child.poll() is None, "nobody reads the file"
            time.sleep(0.05)
        time.sleep(1)  # it is at work then
        os.kill(child.pid, signal.SIGKILL)
    end = time.monotonic() + 5
    while any(is_alive(pid) for pid in workers):
        assert time.monotonic() < end, "the reader goes on"
        time.sleep(0.05)
