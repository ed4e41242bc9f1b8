"""Alerts on the page: what is watched, what is new of it, on a page of its own that needs no script."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from ....rag.tools.alerts.alerts import MAX_ALERTS
from ....rag.tools.alerts.found import MAX_WORDS_CHARS, AlertKind, Subject, check_subject
from ....vectorstore.errors import InputError
from ..libraries import AppState
from ..views.alerts import alerts_html
from ..views.statements import page_address
from ..visitor import At, Spoken
from ..words import Words
from .registers import Text

_Words = Annotated[str, Form(max_length=MAX_WORDS_CHARS)]
routes = APIRouter(prefix="/page/alerts", include_in_schema=False)


@routes.get("", response_class=HTMLResponse)
def show(request: Request, at: At, words: Spoken, library: str = "") -> HTMLResponse:
    """What is watched, and the latest news."""
    return _page(request, at, words, library)


@routes.post("")
def watch(
    request: Request, at: At, words: Spoken, kind: Annotated[AlertKind, Form()], text: _Words = "", who: _Words = "",
    library: Text = "",
) -> Response:  # fmt: skip
    """Watches something from now on."""
    subject = Subject(kind=kind, words=text.strip() or None, who=who.strip() or None)
    try:
        check_subject(subject)
    except InputError:
        return _page(request, at, words, library, words("alerts.needs"))
    try:
        at.library.alerts().add(subject)
    except InputError:
        return _page(request, at, words, library, words("alerts.full", count=words.number(MAX_ALERTS)))
    return _shown(request, at.key if library else "")


@routes.post("/{key}")
def unwatch(key: str, request: Request, at: At, words: Spoken, library: Text = "") -> Response:
    """Watches it no more."""
    try:
        at.library.alerts().remove(key)
    except InputError:
        return _page(request, at, words, library, words("alerts.gone"))
    return _shown(request, at.key if library else "")


def _page(request: Request, at: AppState, words: Words, library: str, error: str = "") -> HTMLResponse:
    """The page as it stands now, with what went wrong."""
    watched = at.library.alerts()
    watched.look()
    home, key = f"{request.scope.get('root_path', '')}/", at.key if library else ""
    page = alerts_html(watched.all(), watched.entries(), home, key, words, error)
    return HTMLResponse(page, status_code=422 if error else 200)


def _shown(request: Request, library: str) -> Response:
    home = f"{request.scope.get('root_path', '')}/page/alerts"
    return RedirectResponse(page_address(home, library=library), status_code=303)
