"""What was accepted is kept: over deaths of the server, refused uploads, full disks and two uploads at once."""

import json
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from fastapi.testclient import TestClient

from onrecord.rag import Library, open_library
from onrecord.ui.http.api import build_api
from onrecord.ui.intake import Intake
from onrecord.ui.uploads import Uploads, names_of, orphans, what_is_amiss

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# One line of 60 MB takes the reader long in any case.
LONG_LINE = b"The light was out. " * (60_000_000 // 19)


def record(name: str, items: int = 40) -> bytes:
    parts = (f"{n}. The {name} ferry took note of item {n} of its list and sailed on." for n in range(1, items))
    return f"Minutes of the {name} ferry\n\n{chr(10).join(f'{part}{chr(10)}' for part in parts)}".encode()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        yield library


def put(uploads: Uploads, name: str, content: bytes) -> Path:
    with uploads.part() as part:
        part.write(content)
        return uploads.accept(part, name)


def read_all(library: Library) -> Intake:
    """Takes up what waits, as a server does when it starts, until nothing is left to do."""
    intake = Intake(library)
    intake.start()
    end = time.monotonic() + 60
    while intake._thread:
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return intake


def names(library: Library) -> list[str]:
    return sorted(Path(listing.source).name for listing in library.documents())


# --- the server dies -------------------------------------------------------------------------------------------------


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`onrecord serve` over a library, and its address."""
    command = [sys.executable, "-m", "onrecord.ui.cli.main", "serve", "--library", str(folder), "--port", free_port()]
    command[1:3] = ["-c", "from onrecord.ui.cli.main import main; main()"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        try:
            told = server.stderr.readline()
            yield server, re.findall(r"http://127\.0\.0\.1:\d+", told)[0]
        finally:
            server.kill()


def free_port() -> str:
    import socket

    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return str(asked.getsockname()[1])


def test_four_files_outlive_a_server_that_is_killed_at_once(tmp_path: Path) -> None:
    files = [f"{name}.txt" for name in ("north", "south", "east", "west")]
    with running(tmp_path / "library") as (server, address):
        for name in files:
            assert send(address, name, record(name, 10)) == 202
        server.kill()
    with running(tmp_path / "library") as (server, address):
        end = time.monotonic() + 60
        while (held := json.loads(read(f"{address}/healthz"))["documents"]) < len(files):
            assert time.monotonic() < end, f"{held} of {len(files)} files came back"
            time.sleep(0.1)
        assert send(address, "long.txt", LONG_LINE) == 202
        while not (workers := readers_of(server.pid)):
            assert time.monotonic() < end, "nobody reads the long file"
            time.sleep(0.05)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
        assert not any(is_alive(pid) for pid in workers)
    with open_library(tmp_path / "library") as library:
        assert names(library) == sorted(files)
        assert [Path(entry.source).name for entry in Uploads(library).waiting()] == ["long.txt"]


def send(address: str, name: str, content: bytes) -> int:
    with urlopen(Request(f"{address}/page/records/file?name={name}", content, method="PUT"), timeout=60) as reply:
        return reply.status


def read(address: str) -> bytes:
    with urlopen(address, timeout=60) as reply:
        return reply.read()


def readers_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [int(own) for own, parent, command in rows if int(parent) == pid and "ingest.worker" in command]


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


ACCEPTING = """
import sys
from onrecord.rag import open_library
from onrecord.ui.intake import Intake
from tests.durability.test_uploads_kept import record
from tests.fakes import HashEmbedder

library = open_library(sys.argv[1], embedder=HashEmbedder())
intake = Intake(library)
intake.start()
for number in range(8):
    with intake.uploads.part() as part:
        part.write(record(f"{number}", 60))
        intake.accept_file(part, f"{number}.txt")
    print(f"{number}.txt", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("after", "delay_s"), [(1, 0.0), (8, 0.3), (8, 2.0)])
def test_killed_at_any_point_nothing_accepted_is_lost_or_there_twice(
    tmp_path: Path, after: int, delay_s: float
) -> None:
    command = [sys.executable, "-c", ACCEPTING, str(tmp_path / "library")]
    accepted: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for _ in range(after):
            accepted.append(child.stdout.readline().strip())
        time.sleep(delay_s)
        child.kill()
        accepted += child.stdout.read().split()
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        intake = read_all(library)
        found = names(library)
        assert set(accepted) <= set(found) and len(found) == len(set(found)), (accepted, found)
        assert intake.uploads.waiting() == [] and intake.status().failures == ()
        assert orphans(library).entries == () and library.store.faults() == []


def test_what_failed_is_still_named_after_a_restart_until_it_comes_anew(library: Library) -> None:
    uploads = Uploads(library)
    broken = put(uploads, "minutes.txt", b"")
    read_all(library)
    [failure] = read_all(library).status().failures
    assert (failure.source, failure.error) == (str(broken), "the file is empty")
    assert any("minutes.txt: the file is empty" in says for says in what_is_amiss(library))
    put(uploads, "minutes.txt", record("late"))
    assert read_all(library).status().failures == ()
    assert names(library) == ["minutes.txt"] and not broken.exists()


def test_a_removal_that_was_accepted_is_done_after_a_restart(library: Library) -> None:
    uploads = Uploads(library)
    gone, stays = put(uploads, "gone.txt", record("gone")), put(uploads, "stays.txt", record("stays"))
    read_all(library)
    [key] = [listing.id for listing in library.documents() if listing.source == str(gone)]
    uploads.accept_removal(key, names_of(library, key))
    read_all(library)
    assert names(library) == ["stays.txt"] and not gone.parent.exists() and stays.exists()
    assert uploads.leaving() == []


def test_what_comes_again_after_its_removal_was_accepted_stays(library: Library) -> None:
    uploads = Uploads(library)
    put(uploads, "minutes.txt", record("once"))
    read_all(library)
    [listing] = library.documents()
    uploads.accept_removal(listing.id, names_of(library, listing.id))
    path = put(uploads, "minutes.txt", record("once"))
    read_all(library)
    assert names(library) == ["minutes.txt"] and path.read_bytes() == record("once")


# --- uploads that are refused ---------------------------------------------------------------------------------------


def test_a_refused_upload_leaves_the_good_one_of_its_name(library: Library) -> None:
    client = TestClient(build_api(library), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50000))

    def upload(content: bytes):
        return client.post("/api/documents", files=[("files", ("minutes.txt", content))])

    assert upload(record("good")).status_code == 201
    kept = library.store.folder / "uploads" / "minutes.txt"
    for bad in (b"", bytes(range(256)) * 40, b"%PDF-1.7 and then nothing"):
        assert upload(bad).status_code == 422
        assert kept.read_bytes() == record("good") and names(library) == ["minutes.txt"]
    assert upload(record("better")).json()["updated"] == 1
    assert kept.read_bytes() == record("better")
    found = orphans(library)
    assert (found.files, found.entries, Uploads(library).waiting()) == ((), (), [])


def test_an_api_upload_that_the_server_died_in_is_finished_at_the_next_start(library: Library) -> None:
    uploads = Uploads(library)
    path = library.store.folder / "uploads" / "minutes.txt"
    with uploads.part() as part:
        part.write(record("good"))
        uploads.accept_as(part, path, {"title": "A title given"})
    read_all(library)
    [listing] = library.documents()
    assert (listing.source, listing.title) == (str(path), "A title given")
    assert path.read_bytes() == record("good") and orphans(library).files == ()


def test_an_upload_that_breaks_off_or_finds_the_disk_full_leaves_nothing(library: Library) -> None:
    uploads = Uploads(library)
    good = put(uploads, "minutes.txt", record("good"))
    read_all(library)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.raises(ConnectionError), uploads.part() as part:
        part.write(record("good")[:100])
        raise ConnectionError
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))  # as a full disk: no more can be written
    try:
        with pytest.raises(OSError), uploads.part() as part:
            part.write(bytes(2 << 20))
            uploads.accept(part, "minutes.txt")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert good.read_bytes() == record("good") and uploads.waiting() == []
    assert [path for path in (library.store.folder / "files").rglob("*") if path.is_file()] == [good]


def test_the_same_file_twice_at_once_is_there_once(library: Library) -> None:
    uploads = Uploads(library)
    threads = [threading.Thread(target=put, args=(uploads, "minutes.txt", record("same"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(uploads.waiting()) == 1
    read_all(library)
    assert names(library) == ["minutes.txt"] and orphans(library).files == ()


def test_orphans_are_found(library: Library) -> None:
    uploads = Uploads(library)
    lost = put(uploads, "lost.txt", record("lost"))
    lost.unlink()
    (library.store.folder / "files" / "ab12").mkdir()
    stray = library.store.folder / "files" / "ab12" / "stray.txt"
    stray.write_text("nobody knows of this", encoding="utf-8")
    found = orphans(library)
    assert (found.files, found.entries) == ((stray,), ("lost.txt",))
    says = " ".join(what_is_amiss(library))
    assert "stray.txt" in says and "lost.txt" in says
