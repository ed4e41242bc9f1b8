"""What a reader's structure makes of a record: its units, in order, and what is known of it as a whole.

Nothing here says how they are found, so that who only takes them over loads none of it.
"""

from dataclasses import dataclass

from ..vectorstore.passage import Locator
from .formats.blocks import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stretch of the canonical text with one locator.

    `turn` counts speaker turns, so that two never merge.
    """

    start: int
    end: int
    kind: Kind
    locator: Locator
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known of a record as a whole; `title` falls back to the file's name.

    `agenda_item` is its number as printed ("7 (a)"), `language` an ISO 639-1 code, `url` where the record was fetched
    or says that it stands.
    """

    title: str
    symbol: str | None
    date: str | None
    body: str | None = None
    session: str | None = None
    agenda_item: str | None = None
    author: str | None = None
    publisher: str | None = None
    language: str | None = None
    url: str | None = None
