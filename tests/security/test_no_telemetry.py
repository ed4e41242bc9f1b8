"""Nothing asks another machine and nothing is kept outside our own folders, as the system calls themselves tell.

Every command runs under `strace`, the first of them with an empty cache, so that the embedding model is exported too.
The environment is a bare one: ONNX Runtime holds its tongue by itself where a variable says that this is a test run.
"""

import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("onrecord")
QUESTION = "What was said about the lights?"
SENDING = "connect,bind,sendto,sendmsg,sendmmsg"
CREATING = (
    "open,openat,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink,symlinkat".split(",")
)
# A sender that waits before it sends is given time to.
IDLE_S = 6
HOST = """
import sys, time
from onrecord.rag import open_library
with open_library(sys.argv[1]) as library:
    assert library.ask(sys.argv[2]).text
    time.sleep(3)
"""
# Does what must not be done, without a packet sent, and tidies up.
TELLTALE = """
import os, pathlib, socket, tempfile
for family, address in (socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"), (socket.AF_INET, "127.0.0.1"):
    with socket.socket(family, socket.SOCK_DGRAM) as endpoint:
        endpoint.connect_ex((address, 53))
pathlib.Path.home().joinpath(".device-id").write_text("me")
os.chdir(pathlib.Path.home())
os.rename(".device-id", ".events")
os.remove(".events")
with tempfile.TemporaryFile():
    pass
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the commands run: a home of their own, and the folders that are ours to write into."""

    root: Path

    @property
    def library(self) -> Path:
        return self.root / "library"

    @property
    def ours(self) -> list[Path]:
        return [self.library, self.root / "home" / ".cache" / "onrecord", self.root / "tmp"]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
        here = {"HOME": str(self.root / "home"), "TMPDIR": str(self.root / "tmp")}
        return kept | here | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An empty home, an empty cache, one record and a library made of it, watched."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-qq", "-o", os.devnull, "true"], check=False).returncode:
        pytest.skip("no strace that may trace; install it to have the system calls watched")
    place = Place(tmp_path_factory.mktemp("watched").resolve())
    for folder in ("home/.cache", "tmp", "records"):
        (place.root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "sample" / "plenary-notes.txt", place.root / "records")
    case = {"id": "1", "kind": "fact", "question": QUESTION, "answerable": False}
    (place.root / "cases.jsonl").write_text(json.dumps(case))
    assert watched(place, [COMMAND, "ingest", place.root / "records", "--library", place.library]) == []
    assert list(place.ours[1].glob("*.onnx")), "the embedding model was not exported under watch"
    return place


def watched(
    place: Place, command: list[str | Path], *, stdin: str = "", meanwhile: Callable[[], None] | None = None
) -> list[str]:
    """System calls of a command and its children that reach out or write elsewhere; it must end well.

    Args:
        place: where it runs.
        command: what runs.
        stdin: what it is told.
        meanwhile: what is done while it runs, after which it is interrupted; by default it ends by itself.
    """
    log = place.root / f"trace-{len(list(place.root.glob('trace-*')))}"
    log.mkdir()
    traced = ["strace", "-ff", "-qq", "-y", "-o", log / "of", "-e", f"trace={','.join([SENDING, *CREATING])}"]
    if "--seccomp-bpf" in subprocess.run(["strace", "--help"], capture_output=True, text=True, check=True).stdout:
        traced.insert(1, "--seccomp-bpf")  # spares all other system calls the detour
    with subprocess.Popen(
        [*traced, *command], cwd=place.root, env=place.environment, start_new_session=True, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as running:  # fmt: skip
        try:
            if meanwhile is not None:
                meanwhile()
                os.killpg(running.pid, signal.SIGINT)  # strace itself takes no notice
            told, _ = running.communicate(stdin, timeout=600)
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    assert running.returncode == 0, told
    lines = [line for file in sorted(log.iterdir()) for line in file.read_text(errors="replace").splitlines()]
    assert any("O_RDONLY" in line for line in lines), "strace saw nothing"
    return [line for line in lines if reaches_out(line) or writes_elsewhere(line, place)]


def reaches_out(line: str) -> bool:
    """An address that is not this machine's, or the file that says who knows names."""
    addresses = re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', line)
    return '"/etc/resolv.conf"' in line or not all(ipaddress.ip_address(v4 or v6).is_loopback for v4, v6 in addresses)


def writes_elsewhere(line: str, place: Place) -> bool:
    """Something is made outside our folders; what is there already is not."""
    call = line.split("(")[0]
    if call not in CREATING or (call.startswith("open") and "O_CREAT" not in line) or "EEXIST" in line:
        return False
    folder, name = re.findall(r'(?:<([^<>"]*)>, )?"([^"]*)"', line)[-1]
    made = Path(folder or place.root, name)
    # Shared semaphores look like files, and Gradio writes a seed beside its own code when it first runs.
    spared = str(made).startswith(("/dev/", "/proc/")) or made.parts[-2:] == ("gradio", "hash_seed.txt")
    return not spared and not any(made.is_relative_to(folder) for folder in place.ours)


@pytest.fixture(autouse=True)
def nothing_left_behind(place: Place) -> Iterator[None]:
    """Whatever runs: the home holds our cache only, and the folder for temporary files is as empty as before."""
    yield
    assert [path.name for path in (place.root / "home").iterdir()] == [".cache"]
    assert [path.name for path in (place.root / "home" / ".cache").iterdir()] == ["onrecord"]
    assert list((place.root / "tmp").iterdir()) == []


def test_the_watch_sees_who_reaches_out_and_who_writes_elsewhere(place: Place) -> None:
    seen = "\n".join(watched(place, [sys.executable, "-c", TELLTALE]))
    assert '"192.0.2.1"' in seen and '"2001:db8::1"' in seen and "127.0.0.1" not in seen
    assert "/home/.device-id" in seen and '".events"' in seen and f"{place.root}/tmp/" not in seen


def test_a_question_stays_here(place: Place) -> None:
    assert watched(place, [COMMAND, "ask", QUESTION, "--library", place.library]) == []


def test_a_conversation_stays_here(place: Place) -> None:
    assert watched(place, [COMMAND, "chat", "--library", place.library], stdin=f"{QUESTION}\n\n") == []


def test_an_evaluation_stays_here(place: Place) -> None:
    assert watched(place, [COMMAND, "eval", "run", "cases.jsonl", "--library", place.library, "-q"]) == []


def test_a_host_program_stays_here(place: Place) -> None:
    assert watched(place, [sys.executable, "-c", HOST, place.library, QUESTION]) == []


def test_a_server_stays_here_also_when_idle(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"

    def visit() -> None:
        wait_for(f"{address}/healthz")
        with urllib.request.urlopen(address, timeout=120) as page:
            assert b"On Record" in page.read()
        question = urllib.request.Request(
            f"{address}/api/ask", json.dumps({"question": QUESTION}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(question, timeout=120) as answer:
            assert json.load(answer)["text"]
        time.sleep(IDLE_S)

    assert watched(place, [COMMAND, "serve", "--library", place.library, "--port", str(port)], meanwhile=visit) == []


def wait_for(address: str) -> None:
    """Returns as soon as something answers there."""
    until = time.monotonic() + 300
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < until, f"nothing answers at {address}"
            time.sleep(0.2)
