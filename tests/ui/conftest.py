"""A browser for all tests that need one, and pages in it that may reach nothing but this machine."""

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from rapporteur.rag.library import open_library

from ..fakes import HashEmbedder
from .serving import serving, visit, write_records

CHROMIUM = os.environ.get("RAPPORTEUR_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: Playwright keeps an event loop running, which other modules cannot have about."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found; install it or set RAPPORTEUR_CHROMIUM to its path")
    quiet = ["no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"]
    arguments = [f"--{name}" for name in ("headless", "no-sandbox", "disable-gpu", "disable-quic", *quiet)]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served library of three records."""
    records = write_records(tmp_path_factory.mktemp("records"))
    with open_library(tmp_path_factory.mktemp("library"), embedder=HashEmbedder()) as library:
        assert not library.ingest([records]).failed
        with serving(library) as address:
            yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser; afterwards: no error in any of its pages, and no request went elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    asked: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: asked.append(socket.url)))
    yield context
    context.close()
    assert errors == []
    assert {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))} <= {"127.0.0.1"}


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    """The page, opened."""
    return visit(context.new_page(), address)
