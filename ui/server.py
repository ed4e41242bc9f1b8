"""The web server behind the browser chat: the page, the documents it opens, and whether all is well."""

import contextlib
import errno
import logging
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..ingest.ingest import find_files
from ..ingest.parse import Limits
from ..rag.library import Library
from ..vectorstore.errors import InputError
from .intake import Intake, ReadingStatus
from .page import build_page, look
from .pane import document_html

_GONE = '<p class="r-error">This document is no longer in the library.</p>'
_CHANGED = (
    '<p class="r-error">This document has been replaced since the answer was given. '
    "Ask again to get quotes from the new one.</p>"
)
# The page may load, run and call only what this server sends: nothing in a record can make a browser reach elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
_CLOSE_TIMEOUT_S = 1


def serve(
    library: Library,
    *,
    host: str,
    port: int,
    open_browser: bool,
    ingest: Sequence[str | Path] = (),
    limits: Limits | None = None,
) -> None:
    """Serves the browser chat until it is interrupted.

    Args:
        library: what is asked; the caller closes it.
        host: address to listen on.
        port: port to listen on; 0 for a free one. The address is printed on standard error when it answers.
        open_browser: opens the address in the person's browser.
        ingest: files and folders read into the library meanwhile; the page shows how far that is.
        limits: what reading one of them may cost.

    Raises:
        InputError: the port is taken or the host unknown; a path to ingest does not exist.
    """
    if ingest:
        find_files(ingest)
    listener = _listen(host, port)
    intake = Intake(library, ingest, limits=limits)
    app = build_app(library, reading_status=intake.status)
    settings = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_CLOSE_TIMEOUT_S)
    address = f"http://{_shown_host(host)}:{listener.getsockname()[1]}"

    def announce() -> None:
        print(f"Rapporteur answers at {address}   (Ctrl-C ends it)", file=sys.stderr, flush=True)
        intake.start()
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with contextlib.suppress(KeyboardInterrupt), listener:
        try:
            _Server(settings, announce).run(sockets=[listener])
        finally:
            intake.stop()


def build_app(library: Library, *, reading_status: Callable[[], ReadingStatus] = ReadingStatus) -> FastAPI:
    """The application: the page at `/`, documents for its reading pane at `/reading/{id}`, and `/healthz`."""
    app = FastAPI(title="Rapporteur", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    def health() -> dict[str, str | int]:
        listings = library.documents()
        return {"status": "ok", "documents": len(listings), "passages": sum(listing.passages for listing in listings)}

    @app.get("/reading/{document_id}", response_class=HTMLResponse)
    def reading(document_id: str, start: int = 0, end: int = 0, version: str = "") -> HTMLResponse:
        document = library.store.document(document_id)
        if document is None:
            return HTMLResponse(_GONE, status_code=404)
        if not document.sha256.startswith(version):
            return HTMLResponse(_CHANGED, status_code=409)
        return HTMLResponse(document_html(document, library.store.passages_of(document_id), start, end))

    app.add_middleware(_ConfinePage)
    return gr.mount_gradio_app(app, build_page(library, reading_status), path="/", **look())


class _ConfinePage:
    """Sends the content security policy along with every page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_confined(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        await self._app(scope, receive, send_confined)


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, and ends without a word."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Every open page holds a connection that never ends; that it is cut now is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, taken before anything slow, so that a taken port is told at once."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        raise InputError(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return f"There is no address {host} to listen on. Try --host 127.0.0.1"
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 0
        return f"Port {port} is in use, perhaps by another Rapporteur. Choose another, for example: --port {other}"
    if code == errno.EACCES:
        return f"Port {port} may not be used by this account. Choose one above 1023, for example: --port 7860"
    return f"Cannot listen on {host}, port {port} ({error}). Choose another --host or --port."


def _shown_host(host: str) -> str:
    """The host as a browser on this machine takes it."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
