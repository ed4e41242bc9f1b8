"""Who did what, from where: a log that is only ever added to, in which nothing can be changed without being noticed.

    audit.jsonl    a line of JSON for each thing done, in the library's folder

Each entry holds the SHA-256 of the one before it ("before") and its own ("hash"), so that whoever changes, inserts or
takes out a line would have to write all later ones anew. That the last lines are missing shows only to those who have
noted a later hash elsewhere: `onrecord audit --verify` prints the last one, and looks for one that it is given. An
entry is on the disk before the answer goes out; where none can be written, nothing is answered.
"""

import getpass
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import parse_qsl

from ..vectorstore.disk import refusal_of
from ..vectorstore.errors import InputError, LibraryError

FILE = "audit.jsonl"
Level = Literal["off", "on", "without-questions"]
_LOCK = "audit.lock"
_FIRST = "0" * 64
_TAIL_BYTES = 1 << 17
_TEXT_CHARS = 2000
_FORGOT = "forget"
# What is noted of a request, by its method and path; the first that fits.
_DEEDS = (
    ("sign in", re.compile(r"POST /sign-in|GET /sign-in/oidc/callback")),
    ("sign out", re.compile(r"POST /sign-out")),
    ("change password", re.compile(r"POST /account")),
    ("ask", re.compile(r"POST /(?:api/(?:ask|ask/stream|search|check)|v1/chat/completions|page/(?:ask|check))")),
    ("ask", re.compile(r"PUT /page/check")),
    ("add", re.compile(r"POST /(?:api/documents|page/records/address|(?:api|page)/(?:notebook|alerts))")),
    ("add", re.compile(r"PUT /page/records/file")),
    ("remove", re.compile(r"DELETE /(?:api/(?:documents|notebook|alerts)|page/records|page/conversations)/.+")),
    ("remove", re.compile(r"POST /page/alerts/.+")),
    ("share", re.compile(r"POST /page/conversations/[^/]+/links")),
    ("change", re.compile(r"(?:PATCH /api|POST /page)/notebook/.+")),
    ("export", re.compile(r"GET /page/(?:conversations/[^/]+/export|registers/[^/.]+|positions)\..+")),
    ("export", re.compile(r"GET /(?:page/notebook/briefing\..+|api/(?:notebook/briefing|references))")),
    ("read", re.compile(r"GET /page/(?:image|sheet|records|overview|speakers|compare|since|registers|answers)/.+")),
    ("read", re.compile(r"GET /(?:page/(?:compare|cite|resolve|positions|notebook|alerts)|reading/.+|api/.+)")),
    ("read", re.compile(r"POST /(?:api|page)/positions")),
    ("change settings", re.compile(r"POST /page/key")),
)
_TOOLS = {
    "ask": "ask", "search": "ask", "check": "ask", "keep_quote": "add", "watch": "add", "change_quote": "change",
    "remove_quote": "remove", "unwatch": "remove", "briefing": "export",
}  # fmt: skip
_QUESTIONS = ("question", "query", "q", "about", "quote", "draft", "text", "words", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something done: "ask", "read", "add", "remove", "share", "export", "sign in" ..., and with what."""

    did: str
    what: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a log: its entries, the hash of the last, and the first thing that is wrong, if anything is."""

    entries: int
    last: str
    fault: str | None


class Audit:
    """The log of one library. Safe to share between threads and processes."""

    def __init__(self, folder: Path, *, questions: bool = True) -> None:
        """`questions` tells whether what was asked is noted, or only that something was."""
        self.folder = folder
        self.questions = questions
        self._file = folder / FILE
        self._one_at_a_time = threading.Lock()

    # --- writing ---------------------------------------------------------------------------------------------------

    def note(self, deed: Deed, *, who: str, address: str, status: int | None = None) -> None:
        """Adds an entry; it is on the disk when this returns. Raises DiskRefuses, LibraryError."""
        what = {name: _short(value) for name, value in deed.what.items() if self.questions or name not in _QUESTIONS}
        facts = {"did": deed.did, "who": who, "from": address, "status": status, "what": what}
        with self._locked():
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "rb+") as file:
                self._add(file, facts)

    def _add(self, file: IO[bytes], facts: Mapping[str, Any]) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
        whole, _, torn = tail.rpartition(b"\n")
        if torn:  # its writer died before anybody was told
            file.truncate(size - len(torn))
            file.seek(0, os.SEEK_END)
        number, before = 0, _FIRST
        if whole:
            last = _parsed(whole.rpartition(b"\n")[2])
            if last is None:
                raise LibraryError(f"The last entry of {self._file} cannot be read. See: onrecord audit --verify")
            number, before = last["n"], last["hash"]
        entry = {"n": number + 1, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts, "before": before}
        file.write(_line({**entry, "hash": _hash_of(entry)}))
        file.flush()
        os.fsync(file.fileno())

    def forget_before(self, date: str, *, who: str) -> int:
        """Takes out the entries from before a date (ISO 8601), and notes that; returns how many. Raises InputError."""
        try:
            datetime.fromisoformat(date)
        except ValueError:
            raise InputError(f"{date!r} is not a date. Write it like 2031-05-03.") from None
        with self._locked():
            lines = self._file.read_bytes().splitlines(keepends=True) if self._file.exists() else []
            entries = [_parsed(line) for line in lines]
            older = (place for place, entry in enumerate(entries) if entry is None or entry["at"] >= date)
            gone = min(next(older, len(lines)), len(lines) - 1)  # the last stays, for the chain to go on from
            last = entries[gone - 1] if gone > 0 else None
            if last is None:
                return 0
            unfinished = self._file.with_suffix(".part")
            with unfinished.open("wb+") as file:
                os.chmod(unfinished, 0o600)
                file.writelines(lines[gone:])
                what = {"before": date, "entries": gone, "last": last["hash"]}
                self._add(file, {"did": _FORGOT, "who": who, "from": "", "status": None, "what": what})
            os.replace(unfinished, self._file)
        return gone

    # --- reading ---------------------------------------------------------------------------------------------------

    def entries(self) -> Iterator[dict[str, Any]]:
        """What is noted, oldest first; lines that cannot be read are left out, `verify` tells of them."""
        with suppress(FileNotFoundError), self._file.open("rb") as file:
            for line in file:
                if (entry := _parsed(line)) is not None:
                    yield entry

    def verify(self) -> Verdict:
        """Reads all of it and follows the chain."""
        number, before, fault = 0, "", None
        forgotten: set[str] = set()
        begins = _FIRST
        with suppress(FileNotFoundError), self._file.open("rb") as file:
            for place, line in enumerate(file, start=1):
                entry = _parsed(line)
                if entry is None or not line.endswith(b"\n"):
                    fault = fault or f"line {place} is no entry"
                    continue
                told, own = entry.pop("hash"), _hash_of({key: entry[key] for key in entry if key != "hash"})
                if told != own:
                    fault = fault or f"entry {entry['n']} (line {place}) is not as it was written"
                elif place == 1:
                    begins = entry["before"]
                elif entry["before"] != before or entry["n"] != number + 1:
                    fault = fault or f"before entry {entry['n']} (line {place}) something was taken out or put in"
                if entry["did"] == _FORGOT:
                    forgotten.add(str(entry["what"].get("last")))
                number, before = entry["n"], told
        if begins != _FIRST and begins not in forgotten:
            fault = fault or "the first entries are missing, and nobody noted that they were to be forgotten"
        return Verdict(entries=sum(1 for _ in self.entries()), last=before, fault=fault)

    # --- the file ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock

        with self._one_at_a_time:
            try:
                with FileLock(self.folder / _LOCK, thread_local=False):
                    yield
            except OSError as error:
                raise refusal_of(self.folder) or LibraryError(f"{self._file} cannot be written ({error}).") from error


def deed_of(method: str, path: str, query: str, body: bytes | None) -> Deed | None:
    """What a request does, as it is noted; None where that is nothing to be noted."""
    if (method, path) == ("POST", "/mcp"):
        return _deed_of_agent(body)
    did = next((did for did, pattern in _DEEDS if pattern.fullmatch(f"{method} {path}")), None)
    if did is None:
        return None
    if did == "sign in":  # what a provider sends along is for nobody's eyes
        return Deed(did=did, what={"path": path})
    what: dict[str, Any] = {"path": path, **dict(parse_qsl(query))}
    if did == "ask" and (question := _question_in(body)):
        what["question"] = question
    return Deed(did=did, what=what)


def _deed_of_agent(body: bytes | None) -> Deed | None:
    called = _json(body)
    asked = called.get("params")
    if called.get("method") != "tools/call" or not isinstance(asked, dict):
        return None
    tool, arguments = str(asked.get("name")), asked.get("arguments")
    more = {str(name): value for name, value in arguments.items()} if isinstance(arguments, dict) else {}
    return Deed(did=_TOOLS.get(tool, "read"), what={"path": "/mcp", "tool": tool, **more})


def _question_in(body: bytes | None) -> str:
    """The question in a body of JSON: the API's, the page's or OpenAI's."""
    told = _json(body)
    messages = told.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    question = told.get("question") or told.get("query") or (last.get("content") if isinstance(last, dict) else None)
    return question if isinstance(question, str) else ""


def audit_of(folder: Path, level: Level) -> Audit | None:
    """The log of a library, as it is set; None where nothing is to be noted."""
    return None if level == "off" else Audit(folder, questions=level == "on")


def account() -> str:
    """The account that a command runs under, as it is noted."""
    try:
        return f"account {getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return "account unknown"


def _json(body: bytes | None) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        told = json.loads(body or b"")
        if isinstance(told, dict):
            return told
    return {}


def _short(value: Any) -> Any:
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, default=str)
    return text[:_TEXT_CHARS].encode("utf-8", "backslashreplace").decode()


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _hash_of(entry: Mapping[str, Any]) -> str:
    return sha256(_line(entry)).hexdigest()


def _parsed(line: bytes) -> dict[str, Any] | None:
    """An entry with all that each has; None for anything else."""
    with suppress(ValueError, RecursionError):
        entry = json.loads(line)
        kinds = {"n": int, "at": str, "did": str, "who": str, "what": dict, "before": str, "hash": str}
        if isinstance(entry, dict) and all(isinstance(entry.get(name), kind) for name, kind in kinds.items()):
            return entry
    return None
