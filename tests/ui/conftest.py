"""A browser and pages that may reach nothing but this machine; a library, and a client that calls its API."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from onrecord.rag.library import Library, open_library
from onrecord.ui.http.api import ApiOptions, build_api

from ..fakes import HashEmbedder
from ..rag.records import write_records as write_small_records
from .serving import serving, visit, write_records

CHROMIUM = os.environ.get("ONRECORD_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: Playwright keeps an event loop running, which other modules cannot have about."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found; install it or set ONRECORD_CHROMIUM to its path")
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


Calls = Callable[..., TestClient]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("api")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_small_records(folder / "records")])
        yield library


@pytest.fixture
def calls() -> Calls:
    """Makes a client of a library's API; `address` is where it seems to call from."""

    def client(library: Library, options: ApiOptions | None = None, address: str = "127.0.0.1") -> TestClient:
        host = "127.0.0.1:7860" if address == "127.0.0.1" else "records.example"
        app = build_api(library, options)
        return TestClient(app, base_url=f"http://{host}", client=(address, 50000), raise_server_exceptions=False)

    return client


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed library with one small record, to be copied: reading one starts a process."""
    folder = tmp_path_factory.mktemp("notes")
    text = "Notes of the council\n\nNorway: The herring quota should fall by a third.\n\nMexico: It should rise."
    (folder / "notes.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "notes.txt"])
    return folder / "library"


@pytest.fixture
def own_library(notes: Path, tmp_path: Path) -> Iterator[Library]:
    """A library of this test only, with one small record."""
    with open_library(shutil.copytree(notes, tmp_path / "library"), embedder=HashEmbedder()) as library:
        yield library
