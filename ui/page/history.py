"""The conversations held over a library, in one SQLite file beside it, so that they outlive reloads and restarts.

A conversation belongs to who began it (`owner`: an account, or the random name of a browser in a cookie). Others may
read it by a link that the owner has made, which cannot be guessed, until it ends or is taken back; they go on in a
copy. Of a link's token only a hash is kept.
"""

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ...vectorstore.disk import connect
from ...vectorstore.passage import shortened
from .stored import cites, redacted

FILE = "conversations.sqlite"
OPEN, DONE, STOPPED, FAILED, BROKEN = "open", "done", "stopped", "failed", "broken"
_TITLE_CHARS = 80
_LISTED = 200
_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, updated TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS exchanges (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    place INTEGER NOT NULL, at TEXT NOT NULL, question TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL,
    settings TEXT NOT NULL, verdict TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS shares (
    token TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    ends TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS shares_of_conversation ON shares(conversation);
CREATE INDEX IF NOT EXISTS conversations_of_owner ON conversations(owner, updated);
CREATE INDEX IF NOT EXISTS exchanges_of_conversation ON exchanges(conversation, place);
"""
_CONVERSATION = "id, owner, title, updated"
_EXCHANGE = "id, conversation, at, question, state, body, settings, verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as a list shows it; `updated` is ISO 8601 in UTC."""

    id: str
    owner: str
    title: str
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and what became of it.

    `state` is "open" (being answered), "done", "stopped" (by the person), "failed" (`body` holds the "error") or
    "broken" (the server ended meanwhile). `settings` is how it was asked: model, passages, strictness, filters.
    """

    id: str
    conversation: str
    at: str
    question: str
    state: str
    body: dict[str, Any]
    settings: dict[str, Any]
    verdict: str = ""


class History:
    """Reads and writes the conversations. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = connect(path, synchronous="FULL")
        self._connection.row_factory = sqlite3.Row
        self._connection.create_function("casefold", 1, lambda text: (text or "").casefold(), deterministic=True)
        self._connection.executescript(_SCHEMA)
        with self._writing() as connection:  # whoever was answering these is gone
            connection.execute("UPDATE exchanges SET state = ? WHERE state = ?", (BROKEN, OPEN))

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    # --- writing -------------------------------------------------------------------------------------------------

    def begin(self, owner: str, question: str) -> str:
        """A new conversation, named by its first question; returns its id."""
        key = secrets.token_urlsafe(12)
        with self._writing() as connection:
            connection.execute("INSERT INTO conversations VALUES (?, ?, ?, ?)", (key, owner, _title(question), _now()))
        return key

    def copy(self, conversation: str, owner: str) -> str:
        """The same exchanges as a conversation of another owner; returns its id."""
        key = secrets.token_urlsafe(12)
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO conversations SELECT ?, ?, title, ? FROM conversations WHERE id = ?",
                (key, owner, _now(), conversation),
            )
            rows = connection.execute(
                "SELECT place, at, question, state, body, settings FROM exchanges WHERE conversation = ? AND "
                "state != ?", (conversation, OPEN),
            ).fetchall()  # fmt: skip
            for place, *rest in rows:
                connection.execute(
                    "INSERT INTO exchanges (id, conversation, place, at, question, state, body, settings) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (secrets.token_urlsafe(12), key, place, *rest),
                )  # fmt: skip
        return key

    def add(self, conversation: str, question: str, settings: Mapping[str, Any]) -> Exchange:
        """A question put at the end of a conversation, open."""
        key = secrets.token_urlsafe(12)
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO exchanges (id, conversation, place, at, question, state, body, settings) VALUES (?, ?, "
                "(SELECT ifnull(max(place), 0) + 1 FROM exchanges WHERE conversation = ?), ?, ?, ?, '{}', ?)",
                (key, conversation, conversation, _now(), question, OPEN, _json(settings)),
            )
            connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (_now(), conversation))
        return self.exchange(key)

    def finish(self, exchange: str, state: str, body: Mapping[str, Any]) -> None:
        """Notes what became of a question."""
        with self._writing() as connection:
            connection.execute("UPDATE exchanges SET state = ?, body = ? WHERE id = ?", (state, _json(body), exchange))

    def judge(self, exchange: str, verdict: str) -> None:
        """Notes "up", "down" or "" for an exchange."""
        with self._writing() as connection:
            connection.execute("UPDATE exchanges SET verdict = ? WHERE id = ?", (verdict, exchange))

    def drop_exchange(self, exchange: str) -> None:
        """Takes an exchange out, for another in its place."""
        with self._writing() as connection:
            connection.execute("DELETE FROM exchanges WHERE id = ?", (exchange,))

    def remove(self, conversation: str, owner: str) -> bool:
        """Takes a conversation of this owner out; whether there was one."""
        with self._writing() as connection:
            return bool(
                connection.execute(
                    "DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)
                ).rowcount
            )

    # --- links for others ----------------------------------------------------------------------------------------

    def share(self, conversation: str, owner: str, days: float) -> tuple[str, str] | None:
        """A token that opens a conversation of this owner to others for some days, and when it ends (ISO 8601, UTC).

        A token of another's that opens it is given back as it is. None where there is no such conversation.
        """
        found = self.opened(conversation, owner)
        if found is None:
            return None
        if found.owner != owner:
            return conversation, self._rows("SELECT ends FROM shares WHERE token = ?", (_hashed(conversation),))[0][0]
        token = secrets.token_urlsafe(18)
        ends = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds")
        with self._writing() as connection:
            connection.execute("DELETE FROM shares WHERE ends <= ?", (_now(),))
            connection.execute("INSERT INTO shares VALUES (?, ?, ?)", (_hashed(token), found.id, ends))
        return token, ends

    def unshare(self, conversation: str, owner: str) -> int:
        """Ends all links to a conversation of this owner; returns how many."""
        sql = "DELETE FROM shares WHERE conversation IN (SELECT id FROM conversations WHERE id = ? AND owner = ?)"
        with self._writing() as connection:
            return connection.execute(sql, (conversation, owner)).rowcount

    def opened(self, key: str, owner: str) -> Conversation | None:
        """What a key opens to somebody: a conversation of their own by its id, another's by a link's token."""
        own = self.conversation(key)
        if own is not None:
            return own if own.owner == owner else None
        sql = "SELECT conversation FROM shares WHERE token = ? AND ends > ?"
        rows = self._rows(sql, (_hashed(key), _now()))
        return self.conversation(rows[0][0]) if rows else None

    def may_read(self, conversation: str, owner: str) -> bool:
        """Whether somebody may read what is asked in a conversation: it is theirs, or a link to it holds."""
        own = self.conversation(conversation)
        shared = "SELECT 1 FROM shares WHERE conversation = ? AND ends > ? LIMIT 1"
        return own is not None and (own.owner == owner or bool(self._rows(shared, (conversation, _now()))))

    # --- reading -------------------------------------------------------------------------------------------------

    def conversation(self, key: str) -> Conversation | None:
        """A conversation by its id."""
        rows = self._rows(f"SELECT {_CONVERSATION} FROM conversations WHERE id = ?", (key,))
        return Conversation(**rows[0]) if rows else None

    def conversations(self, owner: str, query: str = "") -> list[Conversation]:
        """An owner's conversations, latest first; those whose questions or answers hold the words, where given."""
        sql = f"SELECT {_CONVERSATION} FROM conversations c WHERE owner = ?"
        words = query.casefold().split()
        for _ in words:
            sql += (
                " AND EXISTS (SELECT 1 FROM exchanges e WHERE e.conversation = c.id "
                "AND instr(casefold(e.question || ' ' || ifnull(json_extract(e.body, '$.text'), '')), ?))"
            )
        return [
            Conversation(**row) for row in self._rows(f"{sql} ORDER BY updated DESC LIMIT {_LISTED}", (owner, *words))
        ]

    def exchanges(self, conversation: str) -> list[Exchange]:
        """What was asked in a conversation, in order."""
        sql = f"SELECT {_EXCHANGE} FROM exchanges WHERE conversation = ? ORDER BY place"
        return [_exchange(row) for row in self._rows(sql, (conversation,))]

    def exchange(self, key: str) -> Exchange:
        """One exchange. Raises KeyError where there is none."""
        rows = self._rows(f"SELECT {_EXCHANGE} FROM exchanges WHERE id = ?", (key,))
        if not rows:
            raise KeyError(key)
        return _exchange(rows[0])

    def _rows(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection


def quoting(path: Path, document_ids: Collection[str]) -> list[Conversation]:
    """The conversations in a file that quote any of these documents, or offer passages of them; latest first."""
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        keys = {conversation for _, conversation, _ in _citing(connection, document_ids)}
        connection.row_factory = sqlite3.Row
        rows = connection.execute(f"SELECT {_CONVERSATION} FROM conversations ORDER BY updated DESC").fetchall()
    return [Conversation(**row) for row in rows if row["id"] in keys]


def redact(path: Path, document_ids: Collection[str]) -> None:
    """Takes what conversations have of these documents out of their file, and off the disk."""
    if not path.is_file():
        return
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        for exchange, _, body in _citing(connection, document_ids):
            changed = _json(redacted(body, document_ids))
            connection.execute("UPDATE exchanges SET body = ? WHERE id = ?", (changed, exchange))
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _citing(connection: sqlite3.Connection, document_ids: Collection[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """(exchange, its conversation, body) of those that have something of these documents."""
    found: dict[str, tuple[str, str, dict[str, Any]]] = {}
    for document_id in document_ids:
        sql = "SELECT id, conversation, body FROM exchanges WHERE instr(body, ?)"
        for key, conversation, body in connection.execute(sql, (document_id,)).fetchall():
            found[key] = (key, conversation, json.loads(body))
    return [one for one in found.values() if cites(one[2], document_ids)]


def _title(question: str) -> str:
    return shortened(" ".join(question.split()), _TITLE_CHARS)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _exchange(row: sqlite3.Row) -> Exchange:
    return Exchange(**{**dict(row), "body": json.loads(row["body"]), "settings": json.loads(row["settings"])})
