"""Bodies: server-sent events (HTML standard, section 9.2), and one that was read before its time."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio.to_thread
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive

SIGN_OF_LIFE_S = 15.0


def server_sent(data: Any, *, event: str | None = None) -> str:
    """One event with JSON data."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def event_schema(*names: str) -> dict[str, Any]:
    """How OpenAPI describes one event of a stream, of these names; its data is JSON as a string."""
    data = {"type": "string", "contentMediaType": "application/json"}
    if not names:
        return {"type": "object", "properties": {"data": data}, "required": ["data"]}
    event = {"type": "string", "enum": list(names)}
    return {"type": "object", "properties": {"event": event, "data": data}, "required": ["event", "data"]}


def event_stream(events: Iterator[str]) -> StreamingResponse:
    """Events as a response that no cache keeps and no proxy holds back."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_sent_as_ready(events), media_type="text/event-stream", headers=headers)


async def _sent_as_ready(events: Iterator[str]) -> AsyncIterator[str]:
    """Events as a thread makes them; a comment now and then keeps proxies from hanging up meanwhile."""
    while True:
        waiting = asyncio.ensure_future(anyio.to_thread.run_sync(next, events, None))
        while not (await asyncio.wait({waiting}, timeout=SIGN_OF_LIFE_S))[0]:
            yield ": still at it\n\n"
        if (event := waiting.result()) is None:
            return
        yield event


def given_once(body: bytes, receive: Receive) -> Receive:
    """A receive that gives a body already read, and afterwards what still comes (that the client is gone)."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
