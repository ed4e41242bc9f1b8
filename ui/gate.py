"""Who and what gets in: the gate before the HTTP API.

    request id -> origin -> key and scope -> rate -> body (size, time) -> the API -> log and metrics

It stands before everything else, so that what is refused costs nothing. Without any key made, everybody who reaches
the server may ask; changing the library is then open to this machine only. The browser chat is no part of the API and
goes past the gate.
"""

import asyncio
import ipaddress
import logging
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .keys import Key, Keys
from .metrics import Metrics
from .problems import Problem, as_problem, path_of, route_of
from .tracing import Tracing

LOG = logging.getLogger("rapporteur.http")
_OPEN = re.compile(r"/(?:healthz|docs(?:/.*)?|openapi\.json|widget\.js)")
_GATED = re.compile(r"/(?:api|v1|mcp)(?:/.*)?|/metrics")
_LONG_LIVED = ("GET", "/mcp")
_PAGE_ANSWERS = "/queue/data"
_UPLOAD = ("POST", "/api/documents")
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")
_CALLERS_KEPT = 10_000
_PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the gate holds requests to. `cors_origins` may call from pages of theirs; "*" is any page."""

    cors_origins: tuple[str, ...] = ()
    requests_per_minute: int = 600
    body_limit_bytes: int = 1024 * 1024
    upload_limit_bytes: int = 512 * 1024 * 1024
    body_timeout_s: float = 30.0


class Gate:
    """ASGI middleware; `metrics.answering` tells how many answers are being given."""

    def __init__(self, app: ASGIApp, *, rules: Rules, keys: Keys, metrics: Metrics, tracing: Tracing) -> None:
        self._app = app
        self._rules = rules
        self._keys = keys
        self._metrics = metrics
        self._tracing = tracing
        self._rate = Rate(rules.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_of(scope) if scope["type"] == "http" else ""
        if not _GATED.fullmatch(path) and not _OPEN.fullmatch(path):
            counted = path.endswith(_PAGE_ANSWERS)
            self._metrics.answering += counted
            try:
                return await self._app(scope, receive, send)
            finally:
                self._metrics.answering -= counted
        await self._through(_Passage(scope, path, send), receive)

    async def _through(self, request: "_Passage", receive: Receive) -> None:
        counted = (request.method, request.path) != _LONG_LIVED
        self._metrics.answering += counted
        try:
            with self._tracing.request(request.scope):
                try:
                    receive = await self._admit(request, receive)
                    await self._app(request.scope, receive, request.send)
                except Exception as error:
                    if request.status is not None:
                        raise
                    problem = as_problem(error)
                    if problem.kind == "internal":
                        LOG.error("%s failed", route_of(request.scope), exc_info=error)
                    tell = problem.response(request.path, request.id)
                    await tell(request.scope, receive, request.send)
        finally:
            self._metrics.answering -= counted
            self._note(request)

    async def _admit(self, request: "_Passage", receive: Receive) -> Receive:
        """Lets a request in, or raises the Problem that keeps it out; what it returns gives the body."""
        if _OPEN.fullmatch(request.path):
            return receive
        self._check_origin(request)
        key, refusal = self._identify(request)
        request.key = key
        wait_s = self._rate.take(f"key {key.id}" if key else f"address {request.address}")
        if wait_s:
            raise Problem(
                "too-many", f"There have been too many requests. Try again in {wait_s} s.",
                headers={"Retry-After": str(wait_s)},
            )  # fmt: skip
        if refusal:
            raise refusal
        if (request.method, request.path) == _UPLOAD:
            return self._measured(request, receive)
        if request.method in ("GET", "HEAD"):
            return receive
        return await self._read(request, receive)

    # --- who ---------------------------------------------------------------------------------------------------

    def _check_origin(self, request: "_Passage") -> None:
        """Keeps out what a page of another origin makes a browser send."""
        origin = request.headers.get("origin")
        allowed = self._rules.cors_origins
        if origin is None or origin in allowed or "*" in allowed:
            return
        if urlsplit(origin).netloc != request.headers.get("host"):
            raise Problem("foreign-origin", f"Pages of {origin} may not call. Allow them: RAPPORTEUR_CORS_ORIGINS")

    def _identify(self, request: "_Passage") -> tuple[Key | None, Problem | None]:
        """The key shown, and what speaks against letting it in."""
        scope = _scope_needed(request.method, request.path)
        if not self._keys.needed:
            if request.is_misnamed:
                return None, Problem(
                    "foreign-origin", "Call this server 127.0.0.1 or localhost; a proxy must send X-Forwarded-For."
                )
            if scope == "ask" or request.is_local:
                return None, None
            return None, Problem(
                "local-only", "Make an API key to do this from elsewhere: rapporteur keys create NAME --scope " + scope
            )
        kind, _, told = request.headers.get("authorization", "").partition(" ")
        ask_for_key = {"WWW-Authenticate": "Bearer"}
        if kind.lower() != "bearer" or not told.strip():
            return None, Problem("key-missing", "Send a key as: Authorization: Bearer KEY", headers=ask_for_key)
        key = self._keys.find(told.strip())
        if key is None:
            return None, Problem("key-unknown", "This server does not know the key.", headers=ask_for_key)
        if key.revoked:
            return None, Problem("key-revoked", "The key has been revoked. Ask for another.", headers=ask_for_key)
        if not key.may(scope):
            return key, Problem("key-scope", f"This needs a key with the scope {scope}.")
        return key, None

    # --- bodies ------------------------------------------------------------------------------------------------

    async def _read(self, request: "_Passage", receive: Receive) -> Receive:
        """The whole body, before anything works on it."""
        self._check_length(request, self._rules.body_limit_bytes)
        end = time.monotonic() + self._rules.body_timeout_s
        body, more = bytearray(), True
        while more:
            message = await self._next(receive, end - time.monotonic())
            if message["type"] != "http.request":
                raise Problem("malformed", "The body broke off.")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._rules.body_limit_bytes:
                raise _too_large(self._rules.body_limit_bytes)
        return _given_once(bytes(body), receive)

    def _measured(self, request: "_Passage", receive: Receive) -> Receive:
        """An upload piece by piece: each must come in time, all together not be too large."""
        limit = self._rules.upload_limit_bytes
        self._check_length(request, limit)
        read, more = 0, True

        async def receive_measured() -> Message:
            nonlocal read, more
            if not more:
                return await receive()
            message = await self._next(receive, self._rules.body_timeout_s)
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
        if not _OPEN.fullmatch(request.path):
            LOG.info("%s %s %s", request.method, route, status, extra={"facts": facts})


class _Passage:
    """One request on its way through the gate."""

    def __init__(self, scope: Scope, path: str, send: Send) -> None:
        self.scope = scope
        self.path = path
        self.method: str = scope["method"] if scope["method"].isalpha() else "OTHER"
        self.headers = Headers(scope=scope)
        self.began = time.perf_counter()
        self.key: Key | None = None
        self.status: int | None = None
        given = self.headers.get("x-request-id", "")
        self.id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["request_id"] = self.id
        self._send = send

    async def send(self, message: Message) -> None:
        """Sends on, with the request's id."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Request-ID"] = self.id
        await self._send(message)

    @property
    def address(self) -> str:
        """The caller's."""
        client = self.scope.get("client")
        return client[0] if client else "unknown"

    @property
    def is_local(self) -> bool:
        """Whether the caller sits at this machine, and no proxy stands between."""
        return _is_loopback(self.address) and not any(name in self.headers for name in _PROXY_HEADERS)

    @property
    def is_misnamed(self) -> bool:
        """Whether a caller at this machine calls it by another's name.

        So does a browser here, when a page of another site has its site's name lead to this machine to read what is
        for this machine only (DNS rebinding).
        """
        name = urlsplit(f"//{self.headers.get('host', '')}").hostname or ""
        return self.is_local and name != "localhost" and not _is_loopback(name)


class Rate:
    """So many requests a minute from each caller, and no more at once (a token bucket)."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, now: float | None = None) -> int:
        """Counts a request; returns after how many seconds the caller may try again, 0 when it may go on."""
        if not self._per_minute:
            return 0
        now = time.monotonic() if now is None else now
        left, since = self._callers.pop(caller, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * self._per_minute / 60)
        allowed = left >= 1
        self._callers[caller] = (left - allowed, now)
        while len(self._callers) > _CALLERS_KEPT:
            self._callers.popitem(last=False)
        return 0 if allowed else max(1, round((1 - left) * 60 / self._per_minute))


def _scope_needed(method: str, path: str) -> str:
    """Which scope a request needs."""
    if path == "/metrics" or (method == "DELETE" and path.startswith("/api/")):
        return "admin"
    return "ingest" if (method, path) == _UPLOAD else "ask"


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _too_large(limit_bytes: int) -> Problem:
    return Problem("too-large", f"At most {limit_bytes:,} bytes can be sent at once.", headers={"Connection": "close"})


def _given_once(body: bytes, receive: Receive) -> Receive:
    """A receive that gives a body already read, and afterwards what still comes (that the client is gone)."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def facts_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """What the gate says of a request in a log record; nothing for other records."""
    return getattr(record, "facts", {})
