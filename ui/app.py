"""The web server behind the browser chat: the page, the documents it opens, and whether all is well."""

import asyncio
import contextlib
import ctypes
import logging
import os
import re
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ..ingest.ingest import find_files
from ..rag.library import Library
from .connections import BehindProxies, guarded
from .headers import ConfineFrame, ConfinePages
from .http.api import ApiOptions, build_api, unknown_stay_with
from .http.metrics import Metrics
from .http.problems import Problem, path_of
from .intake import Intake, ReadingStatus
from .listening import listen
from .page import chat_routes, record_routes
from .page.app import build_page, look, look_routes
from .page.libraries import LibraryRegistry
from .page.page_image import Sheets
from .page.tools import alerts, notebook, positions, registers

_FRAME = re.compile(r"/(?:theme\.css|(?:assets|static)/.+)?")
_CLOSE_TIMEOUT_S = 1
_M_ARENA_MAX = -8  # as in glibc's malloc.h
_ARENAS = 2


def serve(
    library: Library,
    *,
    host: str,
    port: int,
    open_browser: bool,
    ingest: Sequence[str | Path] = (),
    also: Sequence[Library] = (),
    options: ApiOptions | None = None,
    page: bool = True,
    stop_timeout_s: float = 30.0,
    follow: Callable[[Callable[[], ReadingStatus]], None] | None = None,
) -> None:
    """Serves the browser chat and the API until it is interrupted or told to end; answers being given are finished.

    Args:
        library: what is asked; the caller closes it.
        host: address to listen on.
        port: port to listen on; 0 for a free one. The address is printed on standard error when it answers.
        open_browser: opens the address in the person's browser.
        ingest: files and folders read into the library meanwhile; the page shows how far that is.
        also: more libraries to switch to on the page; the caller closes them.
        options: how the server behaves, page and API alike; its `limits` also hold for what is read into `also`.
        page: whether there is the browser chat beside the API.
        stop_timeout_s: how long answers being given are waited for at the end.
        follow: called in a thread of its own with what tells how far the reading is.

    Raises:
        InputError: the port is taken or the host unknown; a path to ingest does not exist.
    """
    if ingest:
        find_files(ingest)
    _share_arenas()
    listener = listen(host, port)
    options = options or ApiOptions()
    intake = Intake(library, ingest, limits=options.limits)
    app = build_app(library, intake=intake, also=also, options=options, page=page)
    settings = uvicorn.Config(
        BehindProxies(app, options.rules.proxies), proxy_headers=False,
        log_level="warning", timeout_graceful_shutdown=_CLOSE_TIMEOUT_S,
        http=guarded(connections=options.rules.connections, patience_s=options.rules.body_timeout_s),
        loop="asyncio",  # others take the wakeup descriptor of `end_for_sure` for themselves
    )  # fmt: skip
    address = f"http://{_shown_host(host)}:{listener.getsockname()[1]}"

    def announce() -> None:
        print(f"On Record answers at {address}   (Ctrl-C to stop)", file=sys.stderr, flush=True)
        intake.start()
        if follow:
            threading.Thread(target=follow, args=(intake.status,), daemon=True).start()
        threading.Thread(target=_warm, args=(library,), daemon=True).start()
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with contextlib.suppress(KeyboardInterrupt), _interrupted_when_told_to_end(), listener:
        try:
            _Server(settings, announce, app.state.service.metrics, stop_timeout_s).run(sockets=[listener])
        finally:
            intake.stop()


def build_app(
    library: Library,
    *,
    intake: Intake | None = None,
    also: Sequence[Library] = (),
    options: ApiOptions | None = None,
    page: bool = True,
) -> FastAPI:
    """The application: the API, the page at `/`, and what the page asks of the server at `/page` and `/reading`."""
    options = options or ApiOptions()
    app = build_api(library, options)
    if not page:
        return app
    unknown_stay_with(app)
    served = [options.within(each) for each in (library, *also)]
    libraries = LibraryRegistry(served, intake, limits=options.limits, rules=options.models)
    ended = threading.Event()
    api_lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[None]:
        async with api_lifespan(served):
            for each in libraries:
                each.intake.start()
            yield
            ended.set()
            libraries.stop()

    app.router.lifespan_context = lifespan
    app.state.libraries = libraries
    app.state.sheets = Sheets()
    app.state.ended = ended
    app.state.share_days = options.share_days
    of_tools = (registers.routes, positions.routes, notebook.routes, alerts.routes)
    for routes in (look_routes, chat_routes.routes, record_routes.routes, *of_tools):
        app.include_router(routes)
    app.add_middleware(ConfinePages)
    gr.mount_gradio_app(app, build_page(), path="/", **look())
    mounted = cast(Mount, app.router.routes[-1])
    mounted.app = _FrameOnly(mounted.app)
    return app


def _share_arenas() -> None:
    """Has glibc's threads share two arenas of memory, unless MALLOC_ARENA_MAX says otherwise.

    With one for each thread, as is its way, what was freed in one is not used by another, and a loaded server held
    some 100 MB more (docs/reliability.md). Other systems have no such arenas.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def _warm(library: Library) -> None:
    """Loads the embedding model before the first question; what is wrong with it, the question will tell."""
    with contextlib.suppress(Exception):
        _ = library.store.embedder


class _FrameOnly:
    """The frame that Gradio gives the page, and no other door of Gradio's: the page uses no upload, queue or proxy."""

    def __init__(self, gradio: ASGIApp) -> None:
        self._gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not _FRAME.fullmatch(path_of(scope)):
            raise Problem("not-found", "The page is at /, the API is described at /docs")
        await ConfineFrame(self._gradio)(scope, receive, send)


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, and ends without a word."""

    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], metrics: Metrics, stop_timeout_s: float
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._metrics = metrics
        self._stop_timeout_s = stop_timeout_s

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Every open page holds a connection that never ends; that it is cut now is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        for server in self.servers:
            server.close()
        end = time.monotonic() + self._stop_timeout_s
        while self._metrics.answering and time.monotonic() < end and not self.force_exit:
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


@contextlib.contextmanager
def _interrupted_when_told_to_end() -> Iterator[None]:
    """Makes SIGTERM, by which services and containers are ended, the same as Ctrl-C, so that all is closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _shown_host(host: str) -> str:
    """The host as a browser on this machine takes it."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
