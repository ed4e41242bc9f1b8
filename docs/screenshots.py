"""Makes the pictures of the browser chat: `make screenshots`.

Starts the server on the sample records and photographs the main states of the page, light and dark, on a laptop and a
phone, into `docs/screens/` (not kept in the repository); the pictures that the README shows go into this folder.
ONRECORD_CHROMIUM names the browser where it is not on the path.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from onrecord.rag.library import open_library
from onrecord.ui.app import build_app

HERE = Path(__file__).parent
SCREENS = HERE / "screens"
SAMPLE = HERE.parent / "sample"
LIGHTS = "What did Verrano say about the automation of lights?"
WATER = "Who said the buoys report only every ten minutes in a gale?"
COAST = "How many kilometres of coast do the nine members share?"
NOWHERE = "What did the delegation of Atlantis say?"
SIZES = {"laptop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
IN_README = {"answer-laptop-light": "chat-light", "printed-laptop-dark": "chat-page"}


def welcome(page: Page) -> None:
    """Before the first question."""
    page.locator(".r-example").first.wait_for()


def answer(page: Page) -> None:
    """An answer, and the document at the first citation."""
    ask(page, LIGHTS)
    page.locator(".r-chip").first.click()
    page.locator("#r-pane mark").first.wait_for()


def printed(page: Page) -> None:
    """The page of a PDF with the quote marked."""
    ask(page, COAST)
    page.locator(".r-chip").first.click()
    page.locator("[data-view=sheet]").click()
    page.wait_for_function("document.querySelector('.r-sheet img')?.naturalWidth > 100")


def refusal(page: Page) -> None:
    """A refusal with the nearest passages."""
    ask(page, NOWHERE)


def hover(page: Page) -> None:
    """The quote behind a citation."""
    ask(page, LIGHTS)
    page.locator(".r-chip").last.hover()
    page.locator("#r-hover").wait_for()


def records(page: Page) -> None:
    """The library pane."""
    page.locator("#r-show-records").click()
    page.locator(".r-records summary").last.click()
    page.locator(".r-details dl").first.wait_for()


def settings(page: Page) -> None:
    """The settings."""
    page.locator("#r-show-settings").click()
    page.locator("#r-settings fieldset").first.wait_for()


def history(page: Page) -> None:
    """Earlier conversations."""
    for question in (LIGHTS, WATER, NOWHERE):
        ask(page, question)
        page.locator("#r-new").click()
    page.locator("#r-show-history").click()
    page.locator(".r-past").first.wait_for()


STATES: tuple[Callable[[Page], None], ...] = (
    welcome,
    answer,
    printed,
    refusal,
    hover,
    records,
    settings,
    history,
)


def ask(page: Page, question: str) -> None:
    """Asks and waits for the whole answer."""
    page.locator("#r-box textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("article[data-state=done]", has_text=question).wait_for()


def main() -> None:
    """Writes every state in both schemes and sizes."""
    chromium = os.environ.get("ONRECORD_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if chromium is None:
        sys.exit("No Chromium found. Install it, or set ONRECORD_CHROMIUM to its path.")
    SCREENS.mkdir(exist_ok=True)
    with served_sample() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        for scheme in ("light", "dark"):
            for size, viewport in SIZES.items():
                for state in STATES:
                    page = browser.new_page(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
                    page.goto(address)
                    page.locator("body[data-ready]").wait_for()
                    state(page)
                    page.wait_for_timeout(300)  # fonts and the scroll settle
                    name = f"{state.__name__}-{size}-{scheme}"
                    page.screenshot(path=SCREENS / f"{name}.png")
                    if name in IN_README:
                        shutil.copy(SCREENS / f"{name}.png", HERE / f"{IN_README[name]}.png")
                    page.close()
        browser.close()


@contextmanager
def served_sample() -> Iterator[str]:
    """The address of a server that holds the sample records."""
    with tempfile.TemporaryDirectory() as folder, open_library(folder) as library:
        library.ingest([SAMPLE])
        server = uvicorn.Server(
            uvicorn.Config(build_app(library), port=0, log_level="error", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
