"""What a process and its child share: frames between them, and the limits within which the child works.

A frame is 8 bytes of length, then that many bytes. Nothing here knows a file format, so that the parent loads none.
"""

import ctypes
import os
import signal
import struct
import sys
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")
_PR_SET_PDEATHSIG = 1
_LIBC: ctypes.CDLL | None = ctypes.CDLL(None) if sys.platform == "linux" else None


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Writes one frame."""
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def end_with_parent() -> None:
    """Has the system end this process when the one that started it is gone, even killed; Linux can.

    It may be called between fork and exec (`preexec_fn`), for programs that are not ours: it imports nothing.
    """
    if _LIBC is None:
        return
    parent = os.getppid()
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went in between
        os._exit(1)


def limit_memory(memory_mb: int) -> None:
    """Caps the address space, where the system can."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    limit = memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
