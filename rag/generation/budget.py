"""How many tokens language models may read and write for each user in a day, where an operator sets a limit.

What is used is kept beside the library, by user and day (UTC), so that a restart gives nobody more; days past are
forgotten. A user is whom the server takes a request to come from: the holder of a key, else an address.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ...vectorstore.disk import opened, writing

ASKER: ContextVar[str] = ContextVar("asker", default="")
"""Whose request is being answered; the server says so, each request has its own."""
# Forty parts, as many as the longest overview has, by a model that is shown some 500 tokens of each.
TOKENS_PER_ANSWER = 40_000
FILE = "tokens.sqlite"
# A service that counts nothing is taken to read a token every four characters, as most do of English.
CHARS_A_TOKEN = 4
_SCHEMA = "CREATE TABLE IF NOT EXISTS used (user TEXT, day TEXT, tokens INTEGER, PRIMARY KEY (user, day))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """So many tokens for each user in a day; `file` keeps what is used of them."""

    file: Path
    tokens_a_day: int

    def used(self) -> int:
        """Tokens that `ASKER` has used today."""
        if not self.file.exists():
            return 0
        with opened(self.file, _SCHEMA) as connection:
            row = connection.execute("SELECT tokens FROM used WHERE user = ? AND day = ?", (ASKER.get(), _today()))
            return next(iter(row), (0,))[0]

    def is_used_up(self) -> bool:
        """Whether nothing is left today. An answer that was begun is finished, so that a little more may be used."""
        return self.used() >= self.tokens_a_day

    def count(self, tokens: int) -> None:
        """Adds what was used. Raises DiskRefuses."""
        today = _today()
        with writing(self.file, _SCHEMA) as connection:
            connection.execute("DELETE FROM used WHERE day < ?", (today,))
            connection.execute(
                "INSERT INTO used VALUES (?, ?, ?) ON CONFLICT (user, day) DO UPDATE SET tokens = tokens + ?",
                (ASKER.get(), today, tokens, tokens),
            )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
