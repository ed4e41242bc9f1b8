"""Web pages and files that the user names by address, fetched within limits.

Only addresses given by the user are fetched, never links found in documents. The host is looked up once, and the
connection goes to the very address that was checked, so that a name cannot lead into a private network.
"""

import socket
import ssl
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from ..vectorstore.errors import UnreadableFile
from .networks import is_public

if TYPE_CHECKING:
    import httpcore

MAX_REDIRECTS = 5
_RESERVED = "!#$%&'()*+,/:;=?@[]~"  # have a meaning of their own in an address, or are encoded already
_PATIENCE = 4  # the whole may take so many times as long as one wait
_AGENT = "onrecord/0.1 (reads one page at its user's request)"
_SENDER = "onrecord/0.1 (tells what is new at its user's request)"


def is_address(source: str) -> bool:
    """Whether a source is a web address rather than a path."""
    return source.lower().startswith(("http://", "https://"))


def fetch(address: str, *, timeout_s: float = 30.0, limit_mb: int = 64, allow_private: bool = False) -> bytes:
    """The bytes behind a web address; redirects are followed, each checked like the first.

    Args:
        address: http or https.
        timeout_s: for the connection, and again for each wait.
        limit_mb: how much is taken at most.
        allow_private: whether loopback and private networks may be reached.

    Raises:
        UnreadableFile: why there is nothing to read.
    """
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    began = time.monotonic()
    with _told(address), _guarded(address, allow_private) as pool:
        place = in_ascii(address)
        for _ in range(MAX_REDIRECTS + 1):
            headers = [("User-Agent", _AGENT), ("Accept-Encoding", "identity"), ("Host", _host(place))]
            with pool.stream("GET", place, headers=headers, extensions={"timeout": timeouts}) as response:
                if response.status in (301, 302, 303, 307, 308):
                    place = in_ascii(urljoin(place, _header(response.headers, b"location")))
                    if not is_address(place):
                        raise UnreadableFile(address, f"it redirects to {place}, which is not a web address")
                    continue
                if response.status != 200:
                    raise UnreadableFile(address, f"the server answers with status {response.status}")
                return _taken(address, response.iter_stream(), limit_mb, began + _PATIENCE * timeout_s)
    raise UnreadableFile(address, f"it redirects more than {MAX_REDIRECTS} times")


def send(
    address: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float = 10.0, allow_private: bool = False
) -> None:
    """Posts to a web address that the user named; what it answers is not read, and no redirect is followed.

    Args:
        address: http or https.
        body: what is sent.
        headers: those beside the ones that every request has.
        timeout_s: for the connection, and again for each wait.
        allow_private: whether loopback and private networks may be reached.

    Raises:
        UnreadableFile: why it was not taken: no status from 200 to 299 came back.
    """
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    with _told(address), _guarded(address, allow_private) as pool:
        if not is_address(address):
            raise ValueError("it is neither http nor https")
        place = in_ascii(address)
        own = {"User-Agent": _SENDER, "Host": _host(place), "Content-Length": str(len(body))}
        told = [(name, value) for name, value in {**own, **headers}.items()]
        with pool.stream("POST", place, headers=told, content=body, extensions={"timeout": timeouts}) as response:
            if not 200 <= response.status < 300:
                raise UnreadableFile(address, f"the server answers with status {response.status}")


@contextmanager
def _guarded(address: str, allow_private: bool) -> "Generator[httpcore.ConnectionPool]":
    """Connections that lead to the very address that was checked."""
    import httpcore

    class Checked(httpcore.SyncBackend):
        """Connects to public addresses only."""

        def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> "httpcore.NetworkStream":
            return super().connect_tcp(_public(address, host, port, allow_private), port, *args, **options)

    with httpcore.ConnectionPool(network_backend=Checked(), ssl_context=ssl.create_default_context()) as pool:
        yield pool


@contextmanager
def _told(address: str) -> Generator[None]:
    """What goes wrong on the way, as an UnreadableFile."""
    import httpcore

    try:
        yield
    except (
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise UnreadableFile(address, f"it cannot be fetched ({type(error).__name__}: {error})") from error
    except (ValueError, UnicodeError) as error:
        raise UnreadableFile(address, f"it is not a web address that can be fetched ({error})") from error


def _public(address: str, host: str, port: int, allow_private: bool) -> str:
    """The numeric address of a host, checked to be a public one."""
    try:
        found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise UnreadableFile(address, f"there is no host {host} ({error.strerror or error})") from error
    for numeric in found:
        if not allow_private and not is_public(str(numeric)):
            raise UnreadableFile(
                address, f"{host} is on this machine or in a private network; allow that with --allow-private"
            )
    return str(found[0])


def _taken(address: str, chunks: Iterable[bytes], limit_mb: int, until: float) -> bytes:
    taken = bytearray()
    for chunk in chunks:
        taken += chunk
        if time.monotonic() > until:
            raise UnreadableFile(address, "the server sends it too slowly")
        if len(taken) > limit_mb << 20:
            raise UnreadableFile(address, f"it is larger than {limit_mb} MB")
    return bytes(taken)


def in_ascii(address: str) -> str:
    """An address as it travels: the host's name in Punycode, what else is no ASCII percent-encoded as UTF-8 (RFC 3987).

    Raises ValueError where the host's name is none.
    """
    if address.isascii() and " " not in address:
        return address
    parts = urlsplit(address)
    name = (parts.hostname or "").encode("idna").decode("ascii")
    user, at, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port is not None else ""
    netloc = f"{quote(user, safe=_RESERVED)}{at}{name}{port}"
    path, query = (quote(part, safe=_RESERVED) for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _host(place: str) -> str:
    parts = urlsplit(place)
    if not parts.hostname:
        raise ValueError("it names no host")
    return parts.netloc.rpartition("@")[2]


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("utf-8", "replace") for key, value in headers if key.lower() == name), "")
