"""Clients that hold connections, send drop by drop or take nothing are let go, and others are answered meanwhile."""

import contextlib
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from onrecord.ui.connections import guarded

from ..ui.served import served

PATIENCE_S = 0.4
DEADLINE_S = 20
CONNECTIONS = 6


def large(_: Request) -> StreamingResponse:
    return StreamingResponse(b"x" * 1_000_000 for _ in range(200))


def refuse(_: Request) -> Response:
    return PlainTextResponse("That is too much.", 413, headers={"Connection": "close"})


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    routes = [Route("/", lambda _: PlainTextResponse("here")), Route("/large", large)]
    app = Starlette(routes=[*routes, Route("/refuse", refuse, methods=["POST"])])
    with served(app, http=guarded(connections=CONNECTIONS, patience_s=PATIENCE_S), timeout_keep_alive=1) as address:
        yield address


def connected(address: str) -> socket.socket:
    place = urlsplit(address)
    client = socket.create_connection((place.hostname or "", place.port or 0), timeout=DEADLINE_S)
    return client


def is_let_go(client: socket.socket) -> bool:
    """Whether the server ends the connection without a word; to wait for ever is an error."""
    with contextlib.suppress(ConnectionError):
        return client.recv(100) == b""
    return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n"])
def test_who_does_not_finish_the_head_of_a_request_is_let_go(address: str, sent: bytes) -> None:
    with connected(address) as client:
        client.sendall(sent)
        assert is_let_go(client)


def test_who_sends_drop_by_drop_is_let_go_all_the_same(address: str) -> None:
    with connected(address) as client, contextlib.suppress(ConnectionError):
        began = time.monotonic()
        for drop in b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 1000:
            client.sendall(bytes([drop]))
            time.sleep(PATIENCE_S / 10)
            assert time.monotonic() - began < DEADLINE_S, "it may go on for ever"


def test_nor_does_a_second_request_get_more_time(address: str) -> None:
    with connected(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET / HTTP/1.1\r\nHost:")
        while piece := client.recv(1000):  # the rest of the first answer
            assert b"HTTP/1.1 200" not in piece


def test_who_takes_nothing_of_an_answer_is_let_go(address: str) -> None:
    with connected(address) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(PATIENCE_S * 4)
        taken = 0
        with contextlib.suppress(ConnectionError):
            while piece := client.recv(1 << 20):
                taken += len(piece)
        assert taken < 200_000_000


def test_who_keeps_taking_gets_all_of_it(address: str) -> None:
    with urlopen(f"{address}/large", timeout=DEADLINE_S) as reply:
        assert len(reply.read()) == 200_000_000


def test_many_that_say_nothing_do_not_shut_others_out(address: str) -> None:
    silent = [connected(address) for _ in range(CONNECTIONS * 3)]
    try:
        told = [client.recv(200) for client in silent[CONNECTIONS:]]
        assert all(one.startswith(b"HTTP/1.1 503") and b"Retry-After: 5" in one for one in told)
        end = time.monotonic() + DEADLINE_S
        while True:
            try:
                with urlopen(address, timeout=DEADLINE_S) as reply:
                    assert reply.read() == b"here"
                    return
            except OSError:
                assert time.monotonic() < end, "nobody else gets in"
    finally:
        for client in silent:
            client.close()


def test_who_is_refused_while_still_sending_can_read_why(address: str) -> None:
    with connected(address) as client:
        client.sendall(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(10):  # the answer comes before the second piece
            client.sendall(b"x" * 100_000)
            time.sleep(PATIENCE_S / 20)
        assert all_of(client).startswith(b"HTTP/1.1 413")


def test_who_goes_on_sending_after_a_refusal_is_let_go(address: str) -> None:
    with connected(address) as client, contextlib.suppress(ConnectionError):
        client.sendall(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        began = time.monotonic()
        while True:
            client.sendall(b"x")
            time.sleep(PATIENCE_S / 10)
            assert time.monotonic() - began < DEADLINE_S, "it may go on for ever"


def test_who_is_one_too_many_can_read_that_after_sending(address: str) -> None:
    with contextlib.ExitStack() as silent:
        for _ in range(CONNECTIONS):
            silent.enter_context(connected(address))
        with connected(address) as client:
            time.sleep(PATIENCE_S / 8)
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            time.sleep(PATIENCE_S / 8)
            client.sendall(b"\r\n")
            assert all_of(client).startswith(b"HTTP/1.1 503")


def all_of(client: socket.socket) -> bytes:
    """What the server says, to its end."""
    return b"".join(iter(lambda: client.recv(1 << 16), b""))


class Taken:
    """A transport as one of uvicorn's."""

    def __init__(self, host: str, gone: bool = False) -> None:
        self.host, self.written, self.closed, self.gone = host, b"", False, gone

    def get_extra_info(self, name: str) -> object:
        return (self.host, 1) if name in ("peername", "sockname") else None

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def write_eof(self) -> None:
        if self.gone:
            raise OSError("Transport endpoint is not connected")
        self.close()

    def resume_reading(self) -> None:
        pass

    abort = close


async def test_one_address_holds_half_of_the_connections_at_most() -> None:
    from uvicorn import Config
    from uvicorn.server import ServerState

    config, state = Config(lambda *_: None, log_level="critical"), ServerState()
    protocol = guarded(connections=4, patience_s=60)

    def connect(host: str, gone: bool = False) -> bool:
        transport = Taken(host, gone)
        made = protocol(config=config, server_state=state, app_state={})
        made.connection_made(transport)  # type: ignore[arg-type]
        if transport.closed:
            made.connection_lost(OSError())
        return not transport.closed

    assert [connect("203.0.113.9") for _ in range(3)] == [True, True, False]
    assert connect("198.51.100.7")
    assert [connect("127.0.0.1") for _ in range(2)] == [True, False]
    assert not connect("127.0.0.1", gone=True)
