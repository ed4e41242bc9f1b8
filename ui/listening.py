"""A socket to serve on, or in plain words why there is none; loads nothing heavy, so that it is told at once."""

import errno
import socket
import sys

from ..vectorstore.errors import InputError


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises InputError where the port is taken or the host unknown."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        raise InputError(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return f"There is no address {host} to listen on. Try --host 127.0.0.1"
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 0
        return f"Port {port} is in use, perhaps by another On Record. Choose another, for example: --port {other}"
    if code == errno.EACCES:
        return f"Port {port} may not be used by this account. Choose one above 1023, for example: --port 7860"
    return f"Cannot listen on {host}, port {port} ({error}). Choose another --host or --port."
