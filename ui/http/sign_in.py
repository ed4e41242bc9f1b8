"""The sign-in form: a name and a password, or a key, are entered once, and the browser keeps a session for them.

    a page without a session -> 303 /sign-in?next=... -> the form -> POST /sign-in -> a cookie, 303 to `next`
    ... -> GET /sign-in/oidc -> 303 to the provider -> GET /sign-in/oidc/callback -> a cookie, and on to `next`
    a session of an account with a password -> GET /account -> POST /account -> another password, another cookie

The form takes no request from other sites' pages: the gate refuses foreign origins before it.
"""

import logging
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ...vectorstore.errors import InputError
from ..access.accounts import MAX_PASSWORD_CHARS, Account, Accounts
from ..access.oidc import CALLBACK, PENDING_S, NotSignedIn, Provider
from ..page.views.template import html
from ..page.words import words_for
from .keys import Key, Keys
from .problems import Problem
from .rates import Rate
from .sessions import COOKIE, LASTS_S, Sessions

LOG = logging.getLogger("onrecord.http")
PATH = "/sign-in"
_ACCOUNT = "/account"
_OIDC = "/sign-in/oidc"
_BEGUN_COOKIE = "onrecord_oidc"  # while a provider signs somebody in
_LEFT_COOKIE = "onrecord_left"  # who has signed out here is to be asked by the provider, too
GUESSES_PER_MINUTE = 20  # from one address
GUESSES_PER_NAME = 10  # a minute, from wherever they come
_MAX_CHARS = 256
_FILES = {"sign_in.css": ("text/css", ("page.css", "sign_in.css")), "sign_in.js": ("text/javascript", ("sign_in.js",))}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SAFE = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
# A path of this server. Browsers take "//x" and "/\x" for another host, and drop controls before they look.
_LOCAL_PATH = re.compile(r"/(?:[^/\\\x00-\x20\x7f][^\\\x00-\x20\x7f]*)?")


def sign_in_address(root: str, then: str) -> str:
    """Where the form is, for someone who wants to go to `then`."""
    return f"{root}{PATH}?next={quote(then, safe='')}"


class SignIn:
    """What signing in works with, kept in `app.state.sign_in`."""

    def __init__(
        self, keys: Keys, accounts: Accounts, sessions: Sessions, provider: Provider | None = None
    ) -> None:
        self.provider = provider
        self.keys = keys
        self.accounts = accounts
        self.sessions = sessions
        self.guesses = Rate(GUESSES_PER_MINUTE)
        self.guesses_of_name = Rate(GUESSES_PER_NAME)

    @property
    def needed(self) -> bool:
        """Whether anybody has to sign in."""
        return self.keys.needed or self.accounts.needed

    def own_account(self, request: Request) -> Account | None:
        """The account of who is signed in here with a password; None for anybody else."""
        session = self.sessions.find(request.cookies.get(COOKIE, "")) if request.scope.get("signed_in") else None
        account = session.of if session and isinstance(session.of, Account) else None
        return account if account and account.password else None

    def wait_of(self, request: Request, name: str) -> int:
        """Counts a guess of an address and of a name, if any; after how many seconds the next may come, 0 for now."""
        wait_s = self.guesses.take(request.client.host if request.client else "")
        return wait_s or (self.guesses_of_name.take(name.casefold()) if name else 0)

    def opened(self, sent: Mapping[str, str]) -> tuple[Key | Account | None, str]:
        """What a form opens, or the key of the words that say why it opens nothing."""
        if not sent.get("name"):
            key = self.keys.find(sent.get("key", "").strip())
            return key, _fault(self.keys, key)
        account = self.accounts.find(sent["name"].strip(), sent.get("password", ""))
        return account, "" if account else "sign.wrong"


def _sign_in_of(request: Request) -> SignIn:
    return request.app.state.sign_in


Signing = Annotated[SignIn, Depends(_sign_in_of)]
# The form at `/sign-in`, what it is made of, and `/sign-out`.
routes = APIRouter(include_in_schema=False)


@routes.get(PATH)
def show(request: Request, state: Signing, next: str = "") -> Response:
    """The form."""
    then = _local(request, next)
    if not state.needed or state.sessions.find(request.cookies.get(COOKIE, "")):
        return _onward(then)
    return _form(request, then)


@routes.post(PATH)
async def sign_in(request: Request, state: Signing) -> Response:
    """Begins a session with an account or a key that may ask, and ends the one before; the form again where that opens
    nothing, or too many were tried."""
    sent = {name: str(value)[:_MAX_CHARS] for name, value in (await request.form()).items()}
    then = _local(request, sent.get("next", ""))
    words = words_for(request)
    if wait_s := state.wait_of(request, sent.get("name", "").strip()):
        says = words("sign.too_many", seconds=wait_s)
        return _form(request, then, says, status=429, headers={"Retry-After": str(wait_s)})
    opened, fault = await run_in_threadpool(state.opened, sent)
    if opened is None or fault:
        return _form(request, then, words(fault), status=401)
    if isinstance(opened, Key):
        state.keys.note_use(opened)
    reply = _onward(then)
    _begin_session(request, reply, opened)
    return reply


@routes.get(_OIDC)
def begin_at_provider(request: Request, state: Signing, next: str = "") -> Response:
    """Sends somebody to the provider. What comes back has to fit a cookie that crosses sites only when they return."""
    then = _local(request, next)
    if state.provider is None:
        raise Problem("not-found", "No provider signs people in here.")
    try:
        _take_guess(state, request)
        anew = _LEFT_COOKIE in request.cookies
        address, browser = state.provider.begin(then, anew=anew)
    except NotSignedIn as why:
        return _not_signed_in(request, state.provider, then, why)
    reply = _onward(address)
    reply.set_cookie(
        _BEGUN_COOKIE, browser, max_age=int(PENDING_S), path=f"{_root(request)}{_OIDC}", httponly=True,
        samesite="lax", secure=_came_by_https(request),
    )  # fmt: skip
    return reply


@routes.get(CALLBACK)
def end_at_provider(request: Request, state: Signing) -> Response:
    """Begins a session for whom the provider has signed in; the form, with the reason, where it has not."""
    if state.provider is None:
        raise Problem("not-found", "No provider signs people in here.")
    sent = dict(request.query_params)
    try:
        _take_guess(state, request)
        if len(sent) != len(request.query_params.multi_items()):
            raise NotSignedIn("failed", "something comes twice")
        person, then = state.provider.finish(sent, request.cookies.get(_BEGUN_COOKIE, ""))
        try:
            account = state.accounts.signed_in(person)
        except InputError as error:
            raise NotSignedIn("taken", str(error)) from error
    except NotSignedIn as why:
        reply = _not_signed_in(request, state.provider, f"{_root(request)}/", why)
    else:
        # The session's cookie is sent only with what this site's own pages ask for, so one of ours leads on.
        words = words_for(request)
        page = html("sign_in", "onward", root=_root(request), path=PATH, then=then, words=words)
        reply = HTMLResponse(page, headers=_SAFE)
        _begin_session(request, reply, account)
        reply.delete_cookie(_LEFT_COOKIE, path=_root(request) or "/", httponly=True, samesite="lax")
    reply.delete_cookie(_BEGUN_COOKIE, path=f"{_root(request)}{_OIDC}", httponly=True, samesite="lax")
    return reply


def _begin_session(request: Request, reply: Response, opened: Key | Account) -> None:
    """A new session for who has signed in, in place of the browser's earlier one."""
    state: SignIn = request.app.state.sign_in
    request.scope["caller"] = opened.caller  # so that it is noted who signed in
    state.sessions.end(request.cookies.get(COOKIE, ""))
    reply.set_cookie(
        COOKIE, state.sessions.begin(opened), max_age=LASTS_S, path=_root(request) or "/", httponly=True,
        samesite="strict", secure=_came_by_https(request),
    )  # fmt: skip


def _take_guess(state: SignIn, request: Request) -> None:
    if wait_s := state.guesses.take(request.client.host if request.client else ""):
        raise NotSignedIn("too_many", str(wait_s))


def _not_signed_in(request: Request, provider: Provider, then: str, why: NotSignedIn) -> Response:
    """The form, with why the provider has signed nobody in; the particulars are for the log, without any name."""
    words = words_for(request)
    if why.reason == "too_many":
        says = words("sign.too_many", seconds=str(why))
        return _form(request, then, says, status=429, headers={"Retry-After": str(why)})
    LOG.warning("Signing in at the provider came to nothing: %s (%s)", why.reason, why)
    status = {"unreachable": 502, "nobody": 403, "taken": 403}.get(why.reason, 401)
    return _form(request, then, words(f"sign.oidc_{why.reason}", name=provider.name), status=status)


@routes.post("/sign-out")
def sign_out(request: Request, state: Signing) -> Response:
    """Ends the session."""
    state.sessions.end(request.cookies.get(COOKIE, ""))
    reply = _onward(f"{_root(request)}{PATH}")
    reply.delete_cookie(COOKIE, path=_root(request) or "/", httponly=True, samesite="strict")
    reply.headers["Clear-Site-Data"] = '"cache"'
    if state.provider:
        reply.set_cookie(
            _LEFT_COOKIE, "1", path=_root(request) or "/", httponly=True, samesite="lax",
            secure=_came_by_https(request),
        )  # fmt: skip
    return reply


@routes.get(_ACCOUNT)
def show_account(request: Request, state: Signing) -> Response:
    """The form for another password of one's own."""
    return _password(request, _own(request, state).name)


@routes.post(_ACCOUNT)
async def change_password(request: Request, state: Signing) -> Response:
    """Gives the account of who is signed in another password, and ends its other sessions; guesses of the one that it
    has are counted with those of who signs in."""
    account = _own(request, state)
    # One character more than a password may have, so that none is cut to fit.
    sent = {name: str(value)[: MAX_PASSWORD_CHARS + 1] for name, value in (await request.form()).items()}
    words = words_for(request)
    if wait_s := state.wait_of(request, account.name):
        says = words("sign.too_many", seconds=wait_s)
        return _password(request, account.name, says, status=429, headers={"Retry-After": str(wait_s)})
    known = await run_in_threadpool(state.accounts.find, account.name, sent.get("now", ""))
    if known is None or known.id != account.id:
        return _password(request, account.name, words("account.wrong"), status=401)
    if sent.get("new", "") != sent.get("again", ""):
        return _password(request, account.name, words("account.differ"), status=422)
    try:
        changed = await run_in_threadpool(state.accounts.change, account.name, password=sent.get("new", ""))
    except InputError:
        return _password(request, account.name, words("account.weak"), status=422)
    reply = _password(request, account.name, done=True)
    _begin_session(request, reply, changed)
    return reply


def _own(request: Request, state: SignIn) -> Account:
    account = state.own_account(request)
    if account is None:
        raise Problem("not-found", "Only who has signed in with a name and a password has one to change.")
    return account


def _password(
    request: Request, name: str, says: str = "", *, done: bool = False, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    page = html(
        "sign_in", "password", root=_root(request), path=PATH, name=name, says=says, done=done,
        words=words_for(request),
    )  # fmt: skip
    return HTMLResponse(page, status_code=status, headers=_SAFE | (headers or {}))


@routes.get(PATH + "/{name}")
def asset(name: str) -> Response:
    """What the form loads."""
    if name not in _FILES:
        raise Problem("not-found", "The form is at /sign-in")
    kind, parts = _FILES[name]
    static = files("onrecord.ui.page") / "static"
    content = "\n".join((static / part).read_text(encoding="utf-8") for part in parts)
    return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})


def unknown_page(request: Request, status: int) -> Response:
    """What somebody sees whom a proxy has signed in under a name that has no account."""
    page = html("sign_in", "unknown", root=_root(request), path=PATH, words=words_for(request))
    return HTMLResponse(page, status_code=status, headers=_SAFE)


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
    state: SignIn = request.app.state.sign_in
    page = html(
        "sign_in", "form", root=_root(request), path=PATH, then=then, says=says, words=words_for(request),
        named=state.accounts.with_passwords if state.provider else state.accounts.needed, keyed=state.keys.needed,
        provider=state.provider.name if state.provider else "", oidc=_OIDC,
    )  # fmt: skip
    return HTMLResponse(page, status_code=status, headers=_SAFE | (headers or {}))


def _onward(then: str) -> Response:
    return RedirectResponse(then, status_code=303, headers={"Cache-Control": "no-store"})


def _local(request: Request, then: str) -> str:
    """Where to go on: a path of this server, its first page for anything else."""
    return then if _LOCAL_PATH.fullmatch(then) else f"{_root(request)}/"


def _root(request: Request) -> str:
    return request.scope.get("root_path", "")


def _came_by_https(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").startswith("https")
