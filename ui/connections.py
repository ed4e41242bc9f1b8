"""Connections that cannot shut others out: limits to how many there are, and to how long each keeps the server waiting.

A client that sends its request drop by drop, or takes its answer so, is let go; one address may hold half of all
connections at most, but this machine, where a proxy may stand, as many as there are.
"""

import asyncio
import os
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from .access.proxies import PEER, Proxies, is_loopback

_SAYS = b"The server is all taken. Try again in a moment.\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_SAYS), _SAYS)
)


def guarded(*, connections: int, patience_s: float) -> type[H11Protocol]:
    """uvicorn's protocol for HTTP within limits.

    Args:
        connections: how many there may be at once; 0 for any number.
        patience_s: how long the head of a request may take, and how long a client may take nothing of its answer.
    """

    class Guarded(H11Protocol):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._head_due: asyncio.TimerHandle | None = None
            self._answer_due: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if connections and self._is_too_many():
                transport.write(_FULL)
                return transport.close()
            self._await_head()

        def data_received(self, data: bytes) -> None:
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
