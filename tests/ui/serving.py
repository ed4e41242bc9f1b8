"""A served library and the records in it, for tests that drive the page as a person does."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, expect

from onrecord.rag.library import Library
from onrecord.ui.app import build_app
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.intake import Intake

ITEM = "The board took note of item {n} of its agenda and moved on without a debate."
MINUTES = "\n\n".join(
    [
        "# Minutes of the harbour board",
        "HB/2031/4",
        *(f"{n}. {ITEM.format(n=n)}" for n in range(1, 40)),
        "40. The lighthouse at **Gannet Ledge** needs 17 new *mooring* rings before winter. It was agreed.",
        *(f"{n}. {ITEM.format(n=n)}" for n in range(41, 80)),
    ]
)
NOTES = """Notes of the fishery council

Norway: The herring quota for the northern banks should fall by a third. We have said so for years.

Iceland: Our trawlers cannot leave the northern banks before a replacement fleet is ready.
"""
HOSTILE = """Report on <b>dangerous</b> ferries

The <script>document.title = 'hacked'</script> ferry carries 12 <img src=x onerror="document.title='hacked'"> lanterns.
"""
HOSTILE_NAME = "ferries <img src=x onerror=document.title='hacked'>.txt"
QUOTE = "The lighthouse at Gannet Ledge needs 17 new mooring rings before winter."
LIGHTHOUSE = "What does the lighthouse at Gannet Ledge need before winter?"
HERRING = "What did Norway say about the herring quota?"
NOWHERE = "Which northern satellite photographed Jupiter?"


def write_records(folder: Path) -> Path:
    """Three small records, one of which wishes the page ill."""
    folder.mkdir(exist_ok=True)
    (folder / "minutes.md").write_text(MINUTES, encoding="utf-8")
    (folder / "notes.txt").write_text(NOTES, encoding="utf-8")
    (folder / HOSTILE_NAME).write_text(HOSTILE, encoding="utf-8")
    return folder


@contextmanager
def serving(
    library: Library, *, port: int = 0, also: Sequence[Library] = (), options: ApiOptions | None = None
) -> Iterator[str]:
    """The address of a server over a library, as long as it runs."""
    app = build_app(library, intake=Intake(library), also=also, options=options)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def visit(page: Page, address: str) -> Page:
    """Opens the page and waits until it can be used."""
    page.goto(address)
    expect(page.locator("body[data-ready]")).to_have_count(1)
    return page


def ask(page: Page, question: str) -> None:
    """Types a question, presses Enter and waits for the end of the answer."""
    finished = page.locator(".r-footer").count()
    page.locator("#r-box textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".r-footer")).to_have_count(finished + 1)


def is_on_screen(page: Page, selector: str) -> bool:
    """Whether the first such element can be seen whole, nothing before it."""
    return page.locator(selector).first.evaluate(
        """(node) => {
            const box = node.getClientRects()[0];
            const top = document.elementFromPoint(box.left + 4, box.top + 4);
            return box.top >= 0 && box.bottom <= innerHeight && node.contains(top);
        }"""
    )


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
