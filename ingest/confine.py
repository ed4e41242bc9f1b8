"""What a process that reads hostile files gives up before it does: the network, and files that are not the system's.

Landlock (Linux 5.13 and later) leaves it the programs, libraries and fonts of the system and of Python to read, and
nothing to write; seccomp refuses sockets. Programs that it calls inherit both. Where the system has one of them not,
the process goes on without, and says so.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts"),
    *("/etc/localtime", "/etc/mime.types", "/etc/passwd", "/etc/nsswitch.conf"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
_WRITABLE = ("/dev/null",)
_SECRETS = ("KEY", "TOKEN", "SECRET", "PASSWORD")
_OURS = ("ONRECORD_", "RAPPORTEUR_")

# linux/landlock.h
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ALL_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_ALL_NETWORK = 0b11  # binding and connecting, by TCP
_ALL_SCOPES = 0b11  # abstract sockets and signals to processes outside

# linux/seccomp.h, linux/filter.h: the machine's number in a call, and its number of `socket`
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_IO_URING_SETUP, _X32 = 425, 0x40000000
_LOAD, _IS, _IS_FROM, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 22, 38, 2


def confine(more: Iterable[str | Path] = ()) -> list[str]:
    """Confines this process, which must have one thread, for good; `more` may be read too.

    Returns what the system has not, or refuses: of "Landlock" and "seccomp".
    """
    if sys.platform != "linux":
        return ["Landlock", "seccomp"]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or len(os.listdir("/proc/self/task")) > 1:
        return ["Landlock", "seccomp"]
    done = {"Landlock": _without_files(libc, more), "seccomp": _without_sockets(libc)}
    return [name for name, is_done in done.items() if not is_done]


def environment_without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what keys, passwords and our own settings stand in."""
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(_OURS) and not any(word in name.upper() for word in _SECRETS)
    }


def _python() -> list[str]:
    """Where this Python, its packages and ours are, and where programs are looked for."""
    ours = Path(__file__).resolve().parents[1]
    packages = [str(ours / name) for name in ("rag", "ingest", "vectorstore")]
    here = os.path.realpath(os.curdir)
    paths = [path for path in sys.path if path and os.path.realpath(path) != here]
    programs = os.environ.get("PATH", "").split(os.pathsep)
    trained = [os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ]
    return [sys.prefix, sys.base_prefix, *packages, *paths, *programs, *trained]


def _without_files(libc: ctypes.CDLL, more: Iterable[str | Path]) -> bool:
    """Whether Landlock now keeps this process from all files but the system's."""
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    files = _ALL_FILES[min(version, max(_ALL_FILES))]
    handled = [files, *([_ALL_NETWORK] if version >= 4 else []), *([_ALL_SCOPES] if version >= 6 else [])]
    told = struct.pack(f"={len(handled)}Q", *handled)
    ruleset = libc.syscall(_CREATE_RULESET, told, ctypes.c_size_t(len(told)), 0)
    if ruleset < 0:
        return False
    try:
        for path in (*_SYSTEM, *_python(), *more):
            _allow(libc, ruleset, path, _READ)
        for path in _WRITABLE:
            _allow(libc, ruleset, path, (_READ | _WRITE_FILE | _TRUNCATE) & files)
        return libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str | Path, access: int) -> None:
    """Allows something to be done with a file, or with all below a folder; what is not there needs no rule."""
    with suppress(OSError, ValueError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                access &= ~_READ_DIR
            libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", access, place), 0)
        finally:
            os.close(place)


def _without_sockets(libc: ctypes.CDLL) -> bool:
    """Whether seccomp now refuses sockets of every kind, and io_uring, which could make some."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 1 << 32:
        return False
    number, socket = machine
    refuse = _FAIL | errno.EACCES
    program = [
        (_LOAD, 0, 0, 4),  # the machine
        (_IS, 0, 5, number),
        (_LOAD, 0, 0, 0),  # the call
        (_IS_FROM, 3, 0, _X32),
        (_IS, 2, 0, socket),
        (_IS, 1, 0, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, refuse),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    told = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    return libc.prctl(_PR_SET_SECCOMP, _FILTER, told, 0, 0) == 0
