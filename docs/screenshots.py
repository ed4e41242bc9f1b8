"""Makes the pictures of the browser chat in this folder: `.venv/bin/python docs/screenshots.py`.

Starts the server on the sample records, asks a question, opens a citation, and photographs the page, light and dark.
RAPPORTEUR_CHROMIUM names the browser where it is not on the path.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from rapporteur.rag.library import open_library
from rapporteur.ui.server import build_app

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "sample"
QUESTION = "What did Verrano say about the automation of lights?"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Writes chat-light.png and chat-dark.png."""
    chromium = os.environ.get("RAPPORTEUR_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if chromium is None:
        sys.exit("No Chromium found. Install it, or set RAPPORTEUR_CHROMIUM to its path.")
    with served_sample() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport=SIZE, color_scheme=scheme)
            page.goto(address)
            page.locator(".r-welcome").wait_for()
            page.locator("#r-box textarea").fill(QUESTION)
            page.keyboard.press("Enter")
            page.locator(".r-footer").wait_for()
            page.locator(".r-chip").first.click()
            page.locator("#r-pane mark").first.wait_for()
            page.wait_for_timeout(300)  # fonts and the scroll settle
            page.screenshot(path=HERE / f"chat-{scheme}.png")
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
