"""The values everything else speaks in: what is stored, how it is cited, what is found.

All offsets are character offsets into `Document.text`, half open: `text[start:end]`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .structure import Omission

PLACES: Mapping[str, str] = {"paragraph": "para. {}", "page": "p. {}", "by_machine": "read by machine", "and": ", "}
"""The words that tell where a passage stands, in English."""
_NAME_CHARS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """How people cite a place in a record; every part is as printed there, or None where it does not apply.

    `section` is the heading path, joined by " > ", `part` what the paragraph is one of ("draft resolution I"), `time`
    a time code, `item` the id of the record's item. `certainty` is how sure the machine was that read the page off a
    picture, 0 to 1; None for text that needed no reading.
    """

    page: str | None = None
    paragraph: str | None = None
    speaker: str | None = None
    section: str | None = None
    part: str | None = None
    time: str | None = None
    item: str | None = None
    certainty: float | None = None

    @property
    def printed(self) -> list[str]:
        """Where it stands, part by part, as it is printed there: "draft resolution I", "para. 3", "p. 12"."""
        return self.printed_in(PLACES)

    def printed_in(self, words: Mapping[str, str]) -> list[str]:
        """The same in the words of another language, by the keys of `PLACES`."""
        parts = [
            self.part,
            words["paragraph"].format(self.paragraph) if self.paragraph else None,
            words["page"].format(self.page) if self.page else None,
            self.time,
        ]
        return [part for part in parts if part]

    @property
    def reading(self) -> str | None:
        """What people must know of how it was read, if anything."""
        return self.reading_in(PLACES)

    def reading_in(self, words: Mapping[str, str]) -> str | None:
        """The same in the words of another language."""
        return None if self.certainty is None else words["by_machine"]

    def __str__(self) -> str:
        """The shortest form people use: "para. 42", "Norway, p. 3"; the last heading where there is nothing better."""
        return self.told_in(PLACES)

    def told_in(self, words: Mapping[str, str]) -> str:
        """The same in the words of another language."""
        parts = [self.speaker, *self.printed_in(words)]
        if not any(parts) and self.section:
            parts = [shortened(self.section.rsplit(" > ", 1)[-1], _NAME_CHARS)]
        return words["and"].join(part for part in [*parts, self.reading_in(words)] if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One record. `text` is the canonical text: every quote is a slice of it.

    `source` is the path or address as ingested, `date` is ISO 8601 (possibly only a year or a month), `language` an
    ISO 639-1 code, `sha256` that of the file's bytes, `pages` the number of pages (0 where the format has none).
    `body` is who met or issued the record, `agenda_item` a number as printed ("7 (a)"), `url` where it is published.
    """

    id: str
    source: str
    title: str
    text: str = field(repr=False)
    symbol: str | None = None
    date: str | None = None
    meeting: str | None = None
    body: str | None = None
    session: str | None = None
    agenda_item: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    media_type: str = "text/plain"
    sha256: str = ""
    pages: int = 0

    @property
    def name(self) -> str:
        """What people call it in a citation: its symbol, else its title, shortened."""
        return self.symbol or shortened(self.title, _NAME_CHARS)


def shortened(line: str, limit_chars: int) -> str:
    """A line cut at a word, with an ellipsis, where it is longer than the limit."""
    return line if len(line) <= limit_chars else line[:limit_chars].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What people cite by: a numbered paragraph, a speaker's turn, a list, a table, a footnote.

    `text == document.text[start:end]` always. Only the embedder and the lexical index see `context`
    (title, section, speaker); a quote never does. `order` counts the passages of a document from 0 in
    reading order. Pieces of one long paragraph share their locator and follow each other.
    """

    id: str
    document_id: str
    text: str
    start: int
    end: int
    locator: Locator
    kind: str = "paragraph"
    context: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found, with its document and a score: higher is better, comparable within one search only."""

    passage: Passage
    document: Document
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A document as a table of contents shows it: everything but its text.

    `state` is "read", "findable" (by words) or "embedded" (by meaning too); `characters` the length of the text.
    `omitted` is what of the file is not in the text, `versions` are the ids of the same document in other languages.
    """

    id: str
    source: str
    title: str
    symbol: str | None
    date: str | None
    media_type: str
    sha256: str
    pages: int
    state: str
    characters: int
    passages: int
    meeting: str | None = None
    body: str | None = None
    session: str | None = None
    agenda_item: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    omitted: tuple[Omission, ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a search is confined to. Parts of a name suffice, case does not matter; dates are ISO 8601, inclusive.

    A document or symbol that bears just this name goes before those of whose names it is only a part. Of several
    documents named, each passes.
    """

    document: str | tuple[str, ...] | None = None
    speaker: str | None = None
    symbol: str | None = None
    section: str | None = None
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return any((self.document, self.speaker, self.symbol, self.section, self.since, self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What filters let through, in the library's own names; a part is None where nothing is asked of it.

    `few` holds the ids of the passages where they are few enough to be looked at one by one, else it is None.
    """

    documents: frozenset[str] | None = None
    speakers: frozenset[str] | None = None
    sections: frozenset[str] | None = None
    few: frozenset[str] | None = None

    def holds(self, document_id: str, locator: Locator) -> bool:
        """Whether a passage of this document at this place passes."""
        return (
            (self.documents is None or document_id in self.documents)
            and (self.speakers is None or locator.speaker in self.speakers)
            and (self.sections is None or locator.section in self.sections)
        )
