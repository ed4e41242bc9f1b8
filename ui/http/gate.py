"""Who and what gets in: the one gate before every route, the API's and the page's.

    request id -> host, origin -> key or session, scope -> rate -> body (size, time) -> the route -> log and metrics

It stands before everything else, so that what is refused costs nothing. Open to everybody are `_OPEN`: health, the
widget, static files, the sign-in form. Without any key made, everybody who reaches the server may ask; changing the
library is then open to this machine only. Once there is one, or an account, everything needs it: programs send a key,
and in a browser people sign in, which becomes a session (sign_in.py). Who calls is found out here once, for all.
"""

import asyncio
import logging
import re
import time
import uuid
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...rag.generation.budget import ASKER
from ..access.accounts import Accounts
from ..access.caller import ANYBODY, NOBODY, PASSERBY, Caller, caller_of
from ..access.proxies import NO_PROXIES, Ambiguous, Proxies, is_loopback
from ..audit import Audit, deed_of
from ..headers import always_sent
from .keys import Key, Keys
from .metrics import Metrics
from .problems import KINDS, Problem, as_problem, path_of, route_of
from .rates import Rate
from .sessions import COOKIE, Session, Sessions
from .sign_in import sign_in_address, unknown_page
from .streams import given_once
from .tracing import Tracing

LOG = logging.getLogger("onrecord.http")
_OPEN = re.compile(
    r"/(?:healthz|widget\.js|favicon\.ico|sign-in(?:/sign_in\.(?:css|js)|/oidc(?:/callback)?)?|page/look/\w+\.js|theme\.css|(?:assets|static)/.+)"
)
_SIGN_IN = ("POST", "/sign-in")
_WIDGET = "/widget.js"
_API = re.compile(r"/(?:api|v1|mcp)(?:/.*)?|/(?:metrics|healthz|openapi\.json|widget\.js)")
_LIBRARY = ("/api/documents", "/api/alerts", "/page/records", "/page/alerts")
_OWN = "/api/notebook"
_LONG_LIVED = ("GET", "/mcp")
_UPLOADS = (("POST", "/api/documents"), ("PUT", "/page/records/file"))
_OPEN_PER_REQUEST = 10  # a page is made of many files, which cost little
_SLOWEST_BYTES_A_SECOND = 1024  # of an upload; a telephone line of 1990 manages that
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")
_PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the gate holds requests to. Pages of `cors_origins` may call the API; "*" is any page.

    `connections` is kept by the server itself (connections.py); `at_once` is how much one caller may have done at once.
    `proxies` may tell who calls: serve that with connections.BehindProxies, or with uvicorn's `proxy_headers=False`.
    """

    cors_origins: tuple[str, ...] = ()
    requests_per_minute: int = 600
    body_limit_bytes: int = 1024 * 1024
    upload_limit_bytes: int = 512 * 1024 * 1024
    body_timeout_s: float = 30.0
    connections: int = 512
    at_once: int = 32
    proxies: Proxies = NO_PROXIES


class Gate:
    """ASGI middleware; `metrics.answering` tells how many answers are being given."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        rules: Rules,
        keys: Keys,
        sessions: Sessions,
        metrics: Metrics,
        tracing: Tracing,
        audit: Audit | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        self._app = app
        self._rules = rules
        self._keys = keys
        self._sessions = sessions
        self._accounts = accounts
        self._metrics = metrics
        self._tracing = tracing
        self._audit = audit
        self._rate = Rate(rules.requests_per_minute)
        self._at_work: Counter[str] = Counter()
        self._open_rate = Rate(rules.requests_per_minute * _OPEN_PER_REQUEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            return await self._through(_Passage(scope, path_of(scope), send, self._audit), receive)
        if scope["type"] == "websocket":  # there is none
            return await send({"type": "websocket.close", "code": 1008})
        await self._app(scope, receive, send)

    async def _through(self, request: "_Passage", receive: Receive) -> None:
        counted = (request.method, request.path) != _LONG_LIVED
        self._metrics.answering += counted
        try:
            with self._tracing.request(request.scope):
                try:
                    receive = await self._admit(request, receive)
                    with self._one_of_few(request):
                        await self._app(request.scope, receive, request.send)
                except Exception as error:
                    if request.status is not None:
                        raise
                    problem = as_problem(error)
                    if problem.kind == "internal":
                        LOG.error("%s failed", route_of(request.scope), exc_info=error)
                    tell = _told(problem, request)
                    await tell(request.scope, receive, request.send)
        finally:
            self._metrics.answering -= counted
            self._note(request)

    async def _admit(self, request: "_Passage", receive: Receive) -> Receive:
        """Lets a request in, or raises the Problem that keeps it out; what it returns gives the body."""
        self._check_origin(request)
        refusal = self._identify(request)
        ASKER.set(request.known.id if request.known else f"address {request.address}")
        self._check_rate(request)
        if refusal:
            raise refusal
        if (request.method, request.path) in _UPLOADS:
            return self._measured(request, receive)
        if request.method in ("GET", "HEAD"):
            return receive
        return await self._read(request, receive)

    # --- who ---------------------------------------------------------------------------------------------------

    def _check_origin(self, request: "_Passage") -> None:
        """Keeps out what a page of another origin makes a browser send."""
        if request.path == _WIDGET or request.is_from_here:
            return
        origin, allowed = request.headers.get("origin"), self._rules.cors_origins
        if origin is None and request.only_looks:
            return
        if request.is_api and origin is not None and (origin in allowed or "*" in allowed):
            if request.method == "DELETE":
                raise Problem("foreign-origin", "Pages of other sites may never delete anything.")
            return
        if request.is_api:
            says = f"Pages of {origin or 'other sites'} may not call. Allow them: ONRECORD_CORS_ORIGINS"
            raise Problem("foreign-origin", says)
        raise Problem("foreign-origin", "Pages of other sites may not call this. Open it by its own address.")

    @property
    def _asks_who(self) -> bool:
        """Whether callers must be known: as soon as there is a key or an account."""
        return self._keys.needed or (self._accounts is not None and self._accounts.needed)

    def _identify(self, request: "_Passage") -> Problem | None:
        """Finds who calls, by a key or a session; returns what speaks against letting the request in."""
        request.scope["is_from_here"] = request.is_from_here
        told = self._name_told(request)
        keyed = not request.is_open and (self._asks_who or told is not None)
        bearer = request.headers.get("authorization") if keyed else None
        # A page that was led here under another name has no key to show; a proxy's program may have.
        if request.is_misnamed and bearer is None:
            return Problem(
                "foreign-origin", "Address this server as 127.0.0.1 or localhost; a proxy must send X-Forwarded-For."
            )
        if request.is_open:
            request.scope["caller"] = NOBODY if self._asks_who else ANYBODY
            return None
        scope = _scope_needed(request.method, request.path)
        if not keyed:
            request.scope["caller"] = ANYBODY if request.is_local else PASSERBY
            request.is_at_home = request.is_local and not request.is_api
            if request.is_local or (scope == "ask" and not request.path.startswith(_OWN)):
                return None
            return Problem(
                "local-only", "To do this from elsewhere, create an API key: onrecord keys create NAME --scope " + scope
            )
        if told is not None:
            refusal = self._find_named(request, told)
        else:
            refusal = self._find_session(request) if bearer is None else self._find_key(request, bearer)
        if refusal is None and request.known and not request.known.may(scope):
            return Problem("key-scope", f"This needs a key or a role with the scope {scope}.")
        if refusal is None and request.key:
            self._keys.note_use(request.key)
        return refusal

    def _name_told(self, request: "_Passage") -> str | None:
        """The name that a proxy tells; none to pages of other origins, which must show a key as with a session."""
        try:
            told = self._rules.proxies.take_name(request.scope)
        except Ambiguous:
            raise Problem("malformed", f"{self._rules.proxies.header} must come once, with one name.") from None
        request.is_proxied = told is not None
        return told if request.is_from_here or request.is_link else None

    def _find_named(self, request: "_Passage", told: str) -> Problem | None:
        account = self._accounts.named(told) if self._accounts else None
        if account is None:
            says = "The proxy has signed you in under a name that has no account here. Ask for one: onrecord users add"
            return Problem("user-unknown", says)
        request.scope["caller"] = account.caller
        return None

    def _find_key(self, request: "_Passage", bearer: str) -> Problem | None:
        kind, _, told = bearer.partition(" ")
        if kind.lower() != "bearer" or not told.strip():
            return _keyless("key-missing", "Send a key as: Authorization: Bearer KEY")
        key = self._keys.find(told.strip())
        if key is None:
            return _keyless("key-unknown", "This server does not know the key.")
        if key.revoked:
            return _keyless("key-revoked", "The key has been revoked. Ask for another.")
        if self._keys.is_expired(key):
            return _keyless("key-expired", f"The key expired on {(key.expires or '')[:10]}. Ask for another.")
        request.key, request.scope["caller"] = key, key.caller
        return None

    def _find_session(self, request: "_Passage") -> Problem | None:
        """Pages of other origins, even where they may call, must show a key: a session is for our own pages."""
        session = self._sessions.find(request.cookie) if request.is_from_here and request.cookie else None
        if session is None:
            return _keyless("key-missing", "Send a key as: Authorization: Bearer KEY")
        request.key, request.session = session.of if isinstance(session.of, Key) else None, session
        request.scope["caller"] = session.of.caller
        request.scope["signed_in"] = True
        return None

    def _check_rate(self, request: "_Passage") -> None:
        # Somebody alone at this machine may drop a thousand files at once; what is open to all costs little.
        if request.is_at_home or (request.is_open and request.is_local and not request.is_api):
            return
        rate = self._open_rate if request.is_open and (request.method, request.path) != _SIGN_IN else self._rate
        if wait_s := rate.take(request.caller):
            raise Problem(
                "too-many", f"There have been too many requests. Try again in {wait_s} s.",
                headers={"Retry-After": str(wait_s)},
            )  # fmt: skip

    @contextmanager
    def _one_of_few(self, request: "_Passage") -> Generator[None]:
        """Keeps one caller from having so much done at once that others wait; whoever sits at this machine may."""
        limit, caller = self._rules.at_once, request.caller
        if not limit or request.only_reads or request.is_open or request.is_local:
            yield
            return
        if self._at_work[caller] >= limit:
            says = f"{limit} requests are being answered already. Send the next when one is done."
            raise Problem("too-many", says, headers={"Retry-After": "1"})
        self._at_work[caller] += 1
        try:
            yield
        finally:
            self._at_work[caller] -= 1
            if not self._at_work[caller]:
                del self._at_work[caller]

    # --- bodies ------------------------------------------------------------------------------------------------

    async def _read(self, request: "_Passage", receive: Receive) -> Receive:
        """The whole body, before anything works on it."""
        self._check_length(request, self._rules.body_limit_bytes)
        end = time.monotonic() + self._rules.body_timeout_s
        body, more = bytearray(), True
        while more:
            message = await self._next(receive, end - time.monotonic())
            if message["type"] != "http.request":
                raise Problem("malformed", "The body was cut short.")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._rules.body_limit_bytes:
                raise _too_large(self._rules.body_limit_bytes)
        request.body = bytes(body)
        return given_once(request.body, receive)

    def _measured(self, request: "_Passage", receive: Receive) -> Receive:
        """An upload piece by piece: each must come in time and all at a pace, together they must not be too large."""
        limit, patience_s = self._rules.upload_limit_bytes, self._rules.body_timeout_s
        self._check_length(request, limit)
        read, more, began = 0, True, time.monotonic()

        async def receive_measured() -> Message:
            nonlocal read, more
            if not more:
                return await receive()
            due_s = began + patience_s + read / _SLOWEST_BYTES_A_SECOND - time.monotonic()
            message = await self._next(receive, min(patience_s, due_s))
            more = message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
            return message

        return receive_measured

    def _check_length(self, request: "_Passage", limit: int) -> None:
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > limit:
            raise _too_large(limit)

    async def _next(self, receive: Receive, timeout_s: float) -> Message:
        try:
            return await asyncio.wait_for(receive(), max(timeout_s, 0))
        except TimeoutError:
            says = f"The body did not come within {self._rules.body_timeout_s:g} s."
            raise Problem("too-slow", says, headers={"Connection": "close"}) from None

    # --- afterwards --------------------------------------------------------------------------------------------

    def _note(self, request: "_Passage") -> None:
        """One line and one count. Neither questions, nor names, nor keys stand in them."""
        seconds = time.perf_counter() - request.began
        route, status = route_of(request.scope), request.status or 499
        self._metrics.count_request(request.method, route, status, seconds)
        facts = {
            "request_id": request.id, "method": request.method, "route": route, "status": status,
            "seconds": round(seconds, 4), "key": request.key.id if request.key else None,
        }  # fmt: skip
        if not request.is_open or status >= 400 or request.method == "POST":
            LOG.info("%s %s %s", request.method, route, status, extra={"facts": facts})


class _Passage:
    """One request on its way through the gate."""

    def __init__(self, scope: Scope, path: str, send: Send, audit: Audit | None = None) -> None:
        self.scope = scope
        self.body: bytes | None = None
        self._audit = audit
        self.path = path
        self.method: str = scope["method"] if scope["method"].isalpha() else "OTHER"
        self.headers = Headers(scope=scope)
        self.began = time.perf_counter()
        self.key: Key | None = None
        self.session: Session | None = None
        self.is_at_home = self.is_proxied = False
        self.status: int | None = None
        self.is_api = bool(_API.fullmatch(path))
        self.is_open = bool(_OPEN.fullmatch(path)) and (self.only_reads or (self.method, path) == _SIGN_IN)
        given = self.headers.get("x-request-id", "")
        self.id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["request_id"] = self.id
        self._send = send

    async def send(self, message: Message) -> None:
        """Sends on, with the request's id and what browsers are to be told."""
        if message["type"] == "http.response.start":
            await self._note_deed(message["status"])
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.id
            for name, value in always_sent(api=self.is_api and self.path != _WIDGET).items():
                headers.setdefault(name, value)
        await self._send(message)

    async def _note_deed(self, status: int) -> None:
        """Has what is done noted before anybody is told of it; what is turned away for its number alone is not."""
        audit, self._audit = self._audit, None  # once, also where it fails and that is told
        if audit is None or status == KINDS["too-many"][0]:
            return
        query = self.scope.get("query_string", b"").decode("latin-1")
        if deed := deed_of(self.method, self.path, query, self.body):
            await run_in_threadpool(audit.note, deed, who=self.who, address=self.address, status=status)

    @property
    def who(self) -> str:
        """Who calls, as it is noted: a key by its id and name, an account by its name, or the place."""
        if known := self.known:
            return f"{known.id} {known.name}".strip()
        return "this machine" if self.is_local else "anybody"

    @property
    def known(self) -> Caller | None:
        """Who calls, where that is known."""
        caller = caller_of(self.scope)
        return caller if caller.id else None

    @property
    def only_reads(self) -> bool:
        """Whether nothing is to be changed."""
        return self.method in ("GET", "HEAD")

    @property
    def only_looks(self) -> bool:
        """Whether a link leads here, or a page asks for what other pages may ask for."""
        return self.only_reads and (self.is_api or self.headers.get("sec-fetch-mode") in (None, "navigate"))

    @property
    def is_link(self) -> bool:
        """Whether somebody follows a link, from wherever: the page that holds it sees nothing of the answer."""
        told = [self.headers.get(f"sec-fetch-{name}") for name in ("mode", "dest")]
        return self.only_reads and told == ["navigate", "document"] and "origin" not in self.headers

    @property
    def is_visit(self) -> bool:
        """Whether a person opens something of the page's in a browser, rather than a program calling."""
        accepts = "text/html" in self.headers.get("accept", "")
        return accepts and not self.is_api and self.headers.get("sec-fetch-mode") in (None, "navigate")

    @property
    def is_from_here(self) -> bool:
        """Whether no page of another origin sends this, as far as the browser tells; programs tell nothing."""
        origin = self.headers.get("origin")
        same = origin is None or origin.partition("://")[2] == self.headers.get("host")
        return same and self.headers.get("sec-fetch-site") in (None, "same-origin", "none")

    @property
    def cookie(self) -> str:
        """The token of a session; empty where none is shown."""
        return HTTPConnection(self.scope).cookies.get(COOKIE, "")

    @property
    def caller(self) -> str:
        """Whose requests are counted together."""
        if self.session and self.key:
            return f"session {self.session.id}"
        return self.known.id if self.known else f"address {self.address}"

    @property
    def address(self) -> str:
        """The caller's."""
        client = self.scope.get("client")
        return client[0] if client else "unknown"

    @property
    def is_local(self) -> bool:
        """Whether the caller sits at this machine, and no proxy stands between."""
        proxied = self.is_proxied or any(name in self.headers for name in _PROXY_HEADERS)
        return is_loopback(self.address) and not proxied

    @property
    def is_misnamed(self) -> bool:
        """Whether a caller at this machine calls it by another's name.

        So does a browser here, when a page of another site has its site's name lead to this machine to read what is
        for this machine only (DNS rebinding).
        """
        name = _host_name(self.headers.get("host", ""))
        return self.is_local and name != "localhost" and not is_loopback(name)


def _scope_needed(method: str, path: str) -> str:
    """Which scope a request needs."""
    if path.startswith(_OWN):
        return "ask"
    if path == "/metrics":
        return "admin"
    if method == "DELETE" and path.startswith(("/api/", *_LIBRARY)):
        return "remove"
    return "ask" if method in ("GET", "HEAD") or not path.startswith(_LIBRARY) else "ingest"


def _host_name(host: str) -> str:
    """The name in a Host header; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _keyless(kind: str, says: str) -> Problem:
    return Problem(kind, says, headers={"WWW-Authenticate": "Bearer"})


def _told(problem: Problem, request: "_Passage") -> ASGIApp:
    """How a problem is told: who opens a page without a session gets to the sign-in form, and whom a
    proxy names without an account sees a page."""
    if problem.kind == "user-unknown" and request.is_visit:
        return unknown_page(Request(request.scope), problem.status_code)
    if problem.status_code != 401 or not request.is_visit:
        return problem.response(request.path, request.id)
    root = request.scope.get("root_path", "")
    query = request.scope.get("query_string", b"").decode("latin-1")
    then = f"{root}{request.path}{'?' * bool(query)}{query}" if request.only_reads else f"{root}/"
    return RedirectResponse(sign_in_address(root, then), status_code=303, headers={"Cache-Control": "no-store"})


def _too_large(limit_bytes: int) -> Problem:
    return Problem("too-large", f"At most {limit_bytes:,} bytes can be sent at once.", headers={"Connection": "close"})


def facts_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """What the gate says of a request in a log record; nothing for other records."""
    return getattr(record, "facts", {})
