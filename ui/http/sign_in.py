"""The sign-in form: a key is entered once, and the browser keeps a session for it.

    a page without a session -> 303 /sign-in?next=... -> the form -> POST /sign-in -> a cookie, 303 to `next`

The form takes no request from other sites' pages: the gate refuses foreign origins before it.
"""

import re
from importlib.resources import files
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..page.views.template import html
from ..page.words import words_for
from .keys import Key, Keys
from .problems import Problem
from .rates import Rate
from .sessions import COOKIE, LASTS_S, Sessions

PATH = "/sign-in"
GUESSES_PER_MINUTE = 20
_FILES = {"sign_in.css": ("text/css", ("page.css", "sign_in.css")), "sign_in.js": ("text/javascript", ("sign_in.js",))}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A path of this server. Browsers take "//x" and "/\x" for another host, and drop controls before they look.
_LOCAL_PATH = re.compile(r"/(?:[^/\\\x00-\x20\x7f][^\\\x00-\x20\x7f]*)?")


def sign_in_address(root: str, then: str) -> str:
    """Where the form is, for someone who wants to go to `then`."""
    return f"{root}{PATH}?next={quote(then, safe='')}"


class SignIn:
    """What signing in works with, kept in `app.state.sign_in`."""

    def __init__(self, keys: Keys, sessions: Sessions) -> None:
        self.keys = keys
        self.sessions = sessions
        self.guesses = Rate(GUESSES_PER_MINUTE)


def _sign_in_of(request: Request) -> SignIn:
    return request.app.state.sign_in


Signing = Annotated[SignIn, Depends(_sign_in_of)]
# The form at `/sign-in`, what it is made of, and `/sign-out`.
routes = APIRouter(include_in_schema=False)


@routes.get(PATH)
def show(request: Request, state: Signing, next: str = "") -> Response:
    """The form."""
    then = _local(request, next)
    if not state.keys.needed or state.sessions.find(request.cookies.get(COOKIE, "")):
        return _onward(then)
    return _form(request, then)


@routes.post(PATH)
async def sign_in(request: Request, state: Signing) -> Response:
    """Begins a session with a key that may ask; the form again where the key does not, or too many were tried."""
    sent = await request.form()
    then = _local(request, str(sent.get("next", "")))
    words = words_for(request)
    if wait_s := state.guesses.take(request.client.host if request.client else ""):
        says = words("sign.too_many", seconds=wait_s)
        return _form(request, then, says, status=429, headers={"Retry-After": str(wait_s)})
    key = state.keys.find(str(sent.get("key", "")).strip())
    if fault := _fault(state.keys, key):
        return _form(request, then, words(fault), status=401)
    assert key is not None
    state.keys.note_use(key)
    state.sessions.end(request.cookies.get(COOKIE, ""))
    reply = _onward(then)
    reply.set_cookie(
        COOKIE, state.sessions.begin(key), max_age=LASTS_S, path=_root(request) or "/", httponly=True,
        samesite="strict", secure=_came_by_https(request),
    )  # fmt: skip
    return reply


@routes.post("/sign-out")
def sign_out(request: Request, state: Signing) -> Response:
    """Ends the session."""
    state.sessions.end(request.cookies.get(COOKIE, ""))
    reply = _onward(f"{_root(request)}{PATH}")
    reply.delete_cookie(COOKIE, path=_root(request) or "/", httponly=True, samesite="strict")
    reply.headers["Clear-Site-Data"] = '"cache"'
    return reply


@routes.get(PATH + "/{name}")
def asset(name: str) -> Response:
    """What the form loads."""
    if name not in _FILES:
        raise Problem("not-found", "The form is at /sign-in")
    kind, parts = _FILES[name]
    static = files("onrecord.ui.page") / "static"
    content = "\n".join((static / part).read_text(encoding="utf-8") for part in parts)
    return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})


def _fault(keys: Keys, key: Key | None) -> str:
    """What speaks against a key's beginning a session; nothing where it may."""
    if key is None:
        return "sign.unknown"
    if key.revoked:
        return "sign.revoked"
    if keys.is_expired(key):
        return "sign.expired"
    return "" if key.may("ask") else "sign.scope"


def _form(
    request: Request, then: str, says: str = "", *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    page = html("sign_in", "form", root=_root(request), path=PATH, then=then, says=says, words=words_for(request))
    safe = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(page, status_code=status, headers=safe | (headers or {}))


def _onward(then: str) -> Response:
    return RedirectResponse(then, status_code=303, headers={"Cache-Control": "no-store"})


def _local(request: Request, then: str) -> str:
    """Where to go on: a path of this server, its first page for anything else."""
    return then if _LOCAL_PATH.fullmatch(then) else f"{_root(request)}/"


def _root(request: Request) -> str:
    return request.scope.get("root_path", "")


def _came_by_https(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").startswith("https")
