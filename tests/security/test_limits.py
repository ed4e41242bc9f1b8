"""What one caller, or one kind of work, may take of a server, so that others are answered."""

import asyncio
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from anyio.to_thread import run_sync
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onrecord.rag.library import Library
from onrecord.ui.http.gate import Gate, Rules
from onrecord.ui.http.keys import Keys
from onrecord.ui.http.metrics import Metrics
from onrecord.ui.http.sessions import Sessions
from onrecord.ui.http.tracing import Tracing
from onrecord.ui.page import page_image
from onrecord.ui.page.page_image import Crowded, Sheet, Sheets
from onrecord.vectorstore.passage import Document

from .conftest import ELSEWHERE, HERE, kind_of

pytestmark = pytest.mark.slow


async def test_one_caller_cannot_have_everything_done_at_once(own_library: Library) -> None:
    """Of three at once two are answered; who sits at this machine, and who asks after that, is not held up."""
    go_on, begun = asyncio.Event(), 0

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal begun
        begun += 1
        await go_on.wait()
        await Response("done")(scope, receive, send)

    keys = Keys(own_library.store.folder)
    more = {"keys": keys, "sessions": Sessions(keys), "metrics": Metrics(own_library), "tracing": Tracing()}
    gate = Gate(slow, rules=Rules(at_once=2), **more)

    def client(address: str, host: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(gate, client=(address, 1)), base_url=f"http://{host}")

    async with client(ELSEWHERE, "records.example") as far, client(HERE, "127.0.0.1") as near:
        asked = [asyncio.ensure_future(far.post("/api/ask", json={})) for _ in range(2)]
        asked += [asyncio.ensure_future(near.post("/api/ask", json={})) for _ in range(3)]
        while begun < 5:
            await asyncio.sleep(0.01)
        refused = await far.post("/api/ask", json={})
        assert kind_of(refused) == "too-many" and refused.headers["retry-after"] == "1"
        go_on.set()
        assert {reply.status_code for reply in await asyncio.gather(*asked)} == {200}
        assert (await far.post("/api/ask", json={})).status_code == 200


async def test_pictures_wait_for_each_other_and_no_answer_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document(
        id="d", source=__file__, title="", symbol=None, date=None, meeting=None, language="en",
        media_type="application/pdf", sha256=sha256(Path(__file__).read_bytes()).hexdigest(), text="x" * 999, pages=1,
    )  # fmt: skip
    drawing = threading.Semaphore(0)
    at_once: list[int] = []

    def draw(*_: object, **__: object) -> Sheet:
        at_once.append(1)
        assert drawing.acquire(timeout=60)
        return Sheet(page=0, pages=1, boxes=(), png=b"")

    monkeypatch.setattr(page_image, "_drawn", draw)
    sheets = Sheets()
    asked = [sheets.sheet(document, start, start + 1, hint=lambda: None, page=0) for start in range(66)]
    wanted = [asyncio.ensure_future(one) for one in asked]
    while len(at_once) < 2:
        await asyncio.sleep(0.01)
    with pytest.raises(Crowded):  # two are drawn, 64 wait
        await sheets.sheet(document, 500, 501, hint=lambda: None, page=0)
    threads = [run_sync(time.sleep, 0.01) for _ in range(40)]  # as many as there are for answers
    await asyncio.wait_for(asyncio.gather(*threads), 30)
    assert len(at_once) == 2
    drawing.release(66)
    assert all(await asyncio.gather(*wanted))


PARENT = """
import subprocess, sys
from onrecord.ingest.child import end_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=end_with_parent)
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_programs_that_readers_call_end_with_who_called_them() -> None:
    """Tesseract and the like, when the server and its workers are killed at once."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 30
    status = Path(f"/proc/{child}/status")
    while status.exists() and "State:\tZ" not in status.read_text():
        assert time.monotonic() < end, "it goes on without its parent"
        time.sleep(0.02)
