"""How long a person waits for the page: `.venv/bin/python benchmarks/page.py [VISITS]`.

Starts a server on the sample records, warm, and visits it with a fresh browser each time. Prints the median and the
worst of two times, in seconds: from going to the address until the question box can be used, and from Enter until
the first sentence of an answer without a language model stands on the page. ONRECORD_CHROMIUM names the browser.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from onrecord.rag.library import open_library

SAMPLE = Path(__file__).parents[1] / "sample"
QUESTIONS = (
    "What did Verrano say about the automation of lights?",
    "How many ferries had a voyage recorder at the end of 2030?",
    "Who said the buoys report only every ten minutes in a gale?",
)


def visit(browser: Browser, address: str, question: str) -> tuple[float, float]:
    """(seconds until the page can be used, seconds from Enter to the first sentence), in a browser without a cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("body[data-ready] #r-box textarea").wait_for()
    usable = time.perf_counter() - began
    page.locator("#r-box textarea").fill(question)
    began = time.perf_counter()
    page.keyboard.press("Enter")
    page.locator(".r-sentence").first.wait_for()
    answered = time.perf_counter() - began
    context.close()
    return usable, answered


def main() -> None:
    """Prints the two times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("visits", type=int, nargs="?", default=10)
    visits = parser.parse_args().visits
    from onrecord.ui.app import build_app  # takes seconds to load, which --help need not

    chromium = os.environ.get("ONRECORD_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, open_library(folder) as library, sync_playwright() as playwright:
        library.ingest([SAMPLE])
        server = uvicorn.Server(
            uvicorn.Config(build_app(library), port=0, log_level="error", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        visit(browser, address, QUESTIONS[0])  # warms the server
        times = [visit(browser, address, QUESTIONS[number % len(QUESTIONS)]) for number in range(visits)]
        browser.close()
        server.should_exit = True
        thread.join()
    for name, seconds in zip(("usable in", "first sentence in"), zip(*times, strict=True), strict=True):
        print(f"{name:<18} {statistics.median(seconds):.2f} s median, {max(seconds):.2f} s worst of {visits}")


if __name__ == "__main__":
    main()
