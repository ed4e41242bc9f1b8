"""Alerts on the page: what is watched, what is new of it, on a page of its own that needs no script."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from ....rag.tools.alerts.found import MAX_WORDS_CHARS, AlertKind, Subject
from ....vectorstore.errors import InputError
from ..views.alerts import alerts_html
from ..views.statements import page_address
from ..visitor import At, Spoken
from .registers import Text

_Words = Annotated[str, Form(max_length=MAX_WORDS_CHARS)]
routes = APIRouter(prefix="/page/alerts", include_in_schema=False)


@routes.get("", response_class=HTMLResponse)
def show(request: Request, at: At, words: Spoken, library: str = "") -> HTMLResponse:
    """What is watched, and the latest news."""
    watched = at.library.alerts()
    watched.look()
    home = f"{request.scope.get('root_path', '')}/"
    return HTMLResponse(alerts_html(watched.all(), watched.entries(), home, at.key if library else "", words))


@routes.post("")
def watch(
    request: Request, at: At, kind: Annotated[AlertKind, Form()], text: _Words = "", who: _Words = "",
    library: Text = "",
) -> Response:  # fmt: skip
    """Watches something from now on."""
    try:
        at.library.alerts().add(Subject(kind=kind, words=text.strip() or None, who=who.strip() or None))
    except InputError as error:
        return PlainTextResponse(str(error), status_code=422)
    return _shown(request, at.key if library else "")


@routes.post("/{key}")
def unwatch(key: str, request: Request, at: At, library: Text = "") -> Response:
    """Watches it no more."""
    try:
        at.library.alerts().remove(key)
    except InputError as error:
        return PlainTextResponse(str(error), status_code=422)
    return _shown(request, at.key if library else "")


def _shown(request: Request, library: str) -> Response:
    home = f"{request.scope.get('root_path', '')}/page/alerts"
    return RedirectResponse(page_address(home, library=library), status_code=303)
