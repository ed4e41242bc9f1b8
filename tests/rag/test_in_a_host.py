"""The library inside another program: many threads, many libraries, and no trace left behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.rag import Answer, Library, Timing, open_library

from ..fakes import HashEmbedder
from .records import write_records

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
THREADS = 32
QUESTIONS = (
    "What did Norway say about the herring quota?",
    "What did Mexico say about the closed season?",
    "What did Brazil say about herring?",
    "How many collisions were reported in the outer channel?",
    "Who is the treasurer?",
    "What does paragraph 5 say?",
    "What did the working group agree to?",
    "What did Ms. Lind say?",
)


def told(answer: Answer) -> tuple[str, tuple[tuple[str, int, int, str], ...]]:
    """What an answer says and cites; that more is still being read is no part of what it says."""
    text = answer.text.replace(", but more are still being read.", ".")
    return text, tuple((c.quote, c.start, c.end, c.label) for c in answer.citations)


def unlike(number: int) -> str:
    """A record that shares no content word with the questions or the other records."""
    return f"Zymurgy bulletin\n\n{number}. Wort boiled for {number} minutes; yeast pitched at vat {number}.\n"


def test_many_threads_ask_while_another_ingests(tmp_path: Path) -> None:
    """No error, no cross-talk: every answer is the one that was given before anybody else was there."""
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(tmp_path / "records")])
        alone = [told(library.ask(question)) for question in QUESTIONS]
        new = tmp_path / "new"
        new.mkdir()
        asked = threading.Barrier(THREADS + 1)
        done = threading.Event()

        def ask(first: int) -> list[tuple[int, object]]:
            found: list[tuple[int, object]] = []
            asked.wait()
            while not done.is_set() or len(found) < 3:
                place = (first + len(found)) % len(QUESTIONS)
                found.append((place, told(library.ask(QUESTIONS[place]))))
            return found

        with ThreadPoolExecutor(THREADS) as threads:
            askers = [threads.submit(ask, first) for first in range(THREADS)]
            asked.wait()
            try:
                for number in range(3):
                    (new / f"bulletin-{number}.txt").write_text(unlike(number), encoding="utf-8")
                    assert library.ingest([new]).added == 1
            finally:
                done.set()
            given = [pair for asker in askers for pair in asker.result(timeout=120)]
        assert len(given) >= 3 * THREADS and len(library.documents()) == 6
        for place, answer in given:
            assert answer == alone[place], QUESTIONS[place]


def test_threads_that_are_gone_leave_no_file_open(library: Library) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not list open files")
    library.ask(QUESTIONS[0])
    before = open_files()
    for _ in range(40):
        thread = threading.Thread(target=library.ask, args=(QUESTIONS[0],))
        thread.start()
        thread.join()
    assert open_files() < before + 10


def test_several_libraries_in_one_process_know_nothing_of_each_other(tmp_path: Path) -> None:
    records = {"north": "Norway: The lanterns are red.", "south": "Mexico: The lanterns are green."}
    libraries: list[Library] = []
    for name, words in records.items():
        (tmp_path / f"{name}.txt").write_text(f"Notes of the {name}\n\n{words}\n\nChair: Noted.", encoding="utf-8")
        libraries.append(open_library(tmp_path / f"{name}-library", embedder=HashEmbedder()))
        libraries[-1].ingest([tmp_path / f"{name}.txt"])
    north, south = libraries
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda place: libraries[place % 2].ask("Which lanterns are there?"), range(16)))
    assert {citation.quote for answer in answers[::2] for citation in answer.citations} == {"The lanterns are red."}
    assert {citation.quote for answer in answers[1::2] for citation in answer.citations} == {"The lanterns are green."}
    north.close()
    assert told(south.ask("Which lanterns are there?")) == told(answers[1])
    south.close()


def test_two_handles_on_one_library_may_be_closed_apart(tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as first:
        first.ingest([write_records(tmp_path / "records")])
        with open_library(tmp_path / "library", embedder=HashEmbedder()) as second:
            assert told(second.ask(QUESTIONS[0])) == told(first.ask(QUESTIONS[0]))
        assert first.ask(QUESTIONS[0]).answered


PROGRAM = """
import logging, os, sys, threading
environment, handlers, level = dict(os.environ), list(logging.root.handlers), logging.root.level
import warnings
warnings.simplefilter("error", ResourceWarning)
from onrecord.rag import open_library
with open_library("library") as library:
    library.ingest(["notes.txt"])
    answer = library.ask("What did Norway say about the herring quota?")
    library.as_runnable(); library.as_retriever().invoke("herring"); library.as_tool()
assert answer.answered, answer.text
changed = set(os.environ.items()) ^ set(environment.items())
assert all("TELEMETRY" in name or "ANALYTICS" in name for name, _ in changed), changed
assert (logging.root.handlers, logging.root.level) == (handlers, level), logging.root.handlers
assert [t.name for t in threading.enumerate() if not t.daemon] == ["MainThread"], threading.enumerate()
if os.path.exists("/proc/self/fd"):
    paths = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    open_files = [os.readlink(path) for path in paths if os.path.exists(path)]
    assert not [name for name in open_files if "/library/" in name], open_files
"""


def run(program: str, folder: Path, arguments: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True)


def test_it_is_quiet_and_closes_what_it_opened(tmp_path: Path) -> None:
    """No word on any output, no logging set up, no variable set but to silence libraries, no file left open."""
    (tmp_path / "notes.txt").write_text("Notes\n\nNorway: The herring quota should fall by a third.\n\nMexico: No.")
    done = run(PROGRAM, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nobody_is_told_what_is_asked(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking reaches for no other machine; only this process may be connected to."""
    import socket

    reached: list[object] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        reached.append(address)
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    answer = library.ask(QUESTIONS[0])
    assert replace(answer, seconds=Timing()).answered and reached == []
