"""Connections that cannot shut others out: limits to how many there are, and to how long each keeps the server waiting.

A client that sends its request drop by drop, or takes its answer so, is let go; one address may hold half of all
connections at most, but this machine, where a proxy may stand, as many as there are. Who is refused while still
sending can read why.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from .access.proxies import PEER, Proxies, is_loopback

_SAYS = b"The server is all taken. Try again in a moment.\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_SAYS), _SAYS)
)
_TURNED_AWAY_S = 2.0
"""How long whoever is one too many may take to send what nobody will read, and to read that."""


def guarded(*, connections: int, patience_s: float) -> type[H11Protocol]:
    """uvicorn's protocol for HTTP within limits.

    Args:
        connections: how many there may be at once; 0 for any number.
        patience_s: how long the head of a request may take, and how long a client may take nothing of its answer.
    """

    turned_away: set[H11Protocol] = set()

    class Guarded(H11Protocol):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._head_due: asyncio.TimerHandle | None = None
            self._answer_due: asyncio.TimerHandle | None = None
            self._out: _Outlet

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self._out = _Outlet(transport, self.loop, patience_s, self._is_amid)
            super().connection_made(self._out)  # type: ignore[arg-type]
            if connections and self._is_too_many():
                return self._turn_away()
            self._await_head()

        def _turn_away(self) -> None:
            self.connections.discard(self)
            self._out.write(_FULL)
            if len(turned_away) < connections:
                turned_away.add(self)
                return self._out.linger(min(patience_s, _TURNED_AWAY_S))
            self._out.close()

        def _is_amid(self) -> bool:
            """Whether the client may still be sending."""
            return self.conn.their_state in (h11.SEND_BODY, h11.ERROR)

        def data_received(self, data: bytes) -> None:
            if self._out.lingers:
                return
            super().data_received(data)
            self._await_head()

        def _await_head(self) -> None:
            """The clock runs from the first moment until the head of a request is whole."""
            if self.cycle is not None and not self.cycle.response_complete:
                self._head_due = _called_off(self._head_due)
            elif self._head_due is None:
                self._head_due = self.loop.call_later(patience_s, self.transport.abort)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            # Between requests uvicorn's own, shorter patience holds.
            self._head_due = _called_off(self._head_due)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._answer_due = _called_off(self._answer_due)
            self._answer_due = self.loop.call_later(patience_s, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._answer_due = _called_off(self._answer_due)

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_due = _called_off(self._head_due)
            self._out.lost()
            turned_away.discard(self)
            super().connection_lost(exc)
            self._answer_due = _called_off(self._answer_due)

        def _is_too_many(self) -> bool:
            if len(self.connections) > connections:
                return True
            host = self.client[0] if self.client else ""
            if is_loopback(host):
                return False
            clients = [getattr(each, "client", None) for each in self.connections]
            return sum(1 for client in clients if client and client[0] == host) > max(1, connections // 2)

    return Guarded


class _Outlet:
    """A transport that, when it is closed while the client is still sending, first lets it read what it was told.

    What comes in after a connection has been closed makes the system reset it, and the client may lose an answer
    that it has already been sent (RFC 9112, 9.6). So this end stops sending, and drops what comes until the other
    end is done, for `patience_s` seconds at most.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, patience_s: float, amid: Callable[[], bool]
    ) -> None:
        self._transport, self._loop = transport, loop
        self._patience_s, self._amid = patience_s, amid
        self._end_due: asyncio.TimerHandle | None = None
        self.lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        return self.lingers or self._transport.is_closing()

    def close(self) -> None:
        if self.lingers or self._transport.is_closing() or not self._amid() or not self._transport.can_write_eof():
            return self._transport.close()
        self.linger(self._patience_s)

    def linger(self, at_most_s: float) -> None:
        """Tells the client that there is nothing more, and waits until it says the same."""
        self.lingers = True
        try:
            self._transport.write_eof()
        except OSError:  # the client has gone meanwhile
            return self._transport.abort()
        self._transport.resume_reading()
        self._end_due = self._loop.call_later(at_most_s, self._transport.abort)

    def lost(self) -> None:
        self._end_due = _called_off(self._end_due)


class BehindProxies:
    """An ASGI application that learns callers' addresses from proxies, as uvicorn's own does, and who told them.

    Where no proxy is named, those of uvicorn's FORWARDED_ALLOW_IPS are believed, this machine without it.
    """

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        named = [str(network) for network in proxies.networks]
        trusted = named or os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
        self._app: Any = ProxyHeadersMiddleware(app, trusted)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PEER] = scope.get("client")
        await self._app(scope, receive, send)


def _called_off(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
