"""What goes in over HTTP, and what comes out beside the shapes of `rag/schema.py`; all of it is in the OpenAPI page."""

from typing import Annotated, Any, Literal, NotRequired, Self

from fastapi import Path
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from typing_extensions import TypedDict

from ...rag.answer import Turn
from ...rag.query.question import MAX_QUESTION_CHARS
from ...rag.schema import ListedOut
from ...rag.tools.alerts.alerts import MAX_WEBHOOK_CHARS
from ...rag.tools.alerts.found import MAX_WORDS_CHARS, AlertKind, Subject
from ...rag.tools.citations.styles import Style
from ...rag.tools.notebook.notebook import MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_QUOTE_CHARS, MAX_QUOTES
from ...rag.tools.positions.positions import MOST_TOPICS, MOST_WHO
from ...rag.tools.registers import Wanted
from ...vectorstore.passage import Filters

MAX_HISTORY = 50
MAX_HITS = 100
MAX_DRAFT_CHARS = 200_000
_Date = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$")]
_Part = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Question = Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION_CHARS)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersIn(_Asked):
    """What a search is confined to; parts of a name suffice, case does not matter, dates are inclusive.
    Several documents may be named."""

    document: _Part | list[_Part] | None = None
    speaker: _Part | None = None
    symbol: _Part | None = None
    section: _Part | None = None
    since: _Date | None = None
    until: _Date | None = None

    def to_filters(self) -> Filters | None:
        """As the library takes them; None where nothing is confined."""
        given = self.model_dump(include=set(FiltersIn.model_fields) - {"document"})
        document = tuple(self.document) if isinstance(self.document, list) else self.document
        return Filters(document=document, **given) or None


class RegisterIn(_Asked):
    """Which rows of a register; names and words are compared whole, dates are inclusive."""

    who: _Part | None = Field(None, description="a state by any of its names, a member, a speaker")
    about: _Part | None = Field(None, description="words of the item or the record")
    document: _Part | None = Field(None, description="a record, by id, symbol, title or file name")
    since: _Date | None = None
    until: _Date | None = None
    offset: int = Field(0, ge=0, le=10**9)
    limit: int = Field(200, ge=1, le=1000, description="rows per page")

    def wanted(self) -> Wanted:
        """It as the library takes it."""
        return Wanted(who=self.who, about=self.about, document=self.document, since=self.since, until=self.until)


class CiteIn(_Asked):
    """A place to cite: the words of a quote, a paragraph, a page, or two offsets; the whole document by default."""

    document: _Part = Field(description="a document, by id, symbol, file name or title")
    quote: str | None = Field(None, min_length=1, max_length=20_000, description="words that stand there")
    paragraph: _Part | None = Field(None, description="as printed")
    page: _Part | None = Field(None, description="as printed")
    start: int | None = Field(None, ge=0, le=10**9)
    end: int | None = Field(None, ge=0, le=10**9)
    style: Style = Field("plain", description="how it is set")

    def place(self) -> dict[str, Any]:
        """It as the library takes it."""
        return self.model_dump(include={"quote", "paragraph", "page", "start", "end"})


class PositionsIn(_Asked):
    """Which table of positions: its topics, and whose; without names, those who speak most on the topics."""

    about: list[_Part] = Field(min_length=1, max_length=MOST_TOPICS, description="the topics")
    who: list[_Part] = Field(default=[], max_length=MOST_WHO, description="states, members, speakers")
    document: _Part | None = Field(None, description="a record, by id, symbol, title or file name")
    since: _Date | None = None
    until: _Date | None = None

    def filters(self) -> Filters | None:
        """What it is confined to; None where it is not."""
        return Filters(document=self.document, since=self.since, until=self.until) or None


class PositionsSinceIn(PositionsIn):
    """The same, and an earlier table as it came from here: what that lacks is marked as new."""

    saved: dict[str, Any] | None = Field(None, description="a table of positions in JSON")


KeptKey = Annotated[str, Path(pattern=r"^[0-9a-f]{1,32}$", description="the id of a quote in the notebook")]


class KeepIn(_Asked):
    """A place to keep: the words of a quote, a paragraph, a page, or two offsets; and a line beside it."""

    document: _Part = Field(description="a document, by id, symbol, file name or title")
    quote: str | None = Field(None, min_length=1, max_length=MAX_QUOTE_CHARS, description="words that stand there")
    paragraph: _Part | None = Field(None, description="as printed")
    page: _Part | None = Field(None, description="as printed")
    start: int | None = Field(None, ge=0, le=10**9)
    end: int | None = Field(None, ge=0, le=10**9)
    note: str = Field("", max_length=MAX_NOTE_CHARS)

    @property
    def names_a_place(self) -> bool:
        """Whether it says what to keep, and not only of which document."""
        return any(each is not None for each in (self.quote, self.paragraph, self.page, self.end))

    def place(self) -> dict[str, Any]:
        """It as the library takes it."""
        return self.model_dump(include={"quote", "paragraph", "page", "start", "end"})


class KeptIn(_Asked):
    """What is to change of a quote in the notebook; what is left out stays."""

    note: str | None = Field(None, max_length=MAX_NOTE_CHARS)
    place: int | None = Field(None, ge=1, le=MAX_QUOTES, description="counted from 1")
    checked_by: str | None = Field(
        None, max_length=MAX_NAME_CHARS, description="who compared it with the original; empty takes that back"
    )


class AlertIn(_Asked):
    """What to watch: a question or a speaker by `words`, or a register, of which `words` and `who` choose the rows."""

    kind: AlertKind = "question"
    words: str | None = Field(None, min_length=1, max_length=MAX_WORDS_CHARS)
    who: str | None = Field(None, min_length=1, max_length=MAX_WORDS_CHARS)
    webhook: str | None = Field(None, max_length=MAX_WEBHOOK_CHARS, description="where what is new is posted")

    def subject(self) -> Subject:
        """It as the library takes it."""
        return Subject(kind=self.kind, words=self.words, who=self.who)


class TurnIn(_Asked):
    """An earlier exchange, which the question may refer to."""

    question: str = Field(max_length=MAX_QUESTION_CHARS)
    answer: str = Field("", max_length=100_000)


class AskIn(_Asked):
    """A question, the conversation before it (oldest first), and what the search is confined to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "What did Norway say about the herring quota?"},
                {
                    "question": "And Mexico?",
                    "history": [{"question": "What did Norway say about the quota?", "answer": "It should fall."}],
                    "filters": {"since": "2031"},
                },
            ]
        }
    )
    question: _Question
    history: list[TurnIn] = Field(default=[], max_length=MAX_HISTORY)
    filters: FiltersIn = FiltersIn()
    way: Literal["auto", "select", "write"] | None = Field(
        None, description="how the server's language model answers; by default as the server is set"
    )

    @property
    def turns(self) -> list[Turn]:
        """The history as the library takes it."""
        return [Turn(question=turn.question, answer=turn.answer) for turn in self.history]


class SearchIn(_Asked):
    """What to search for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "herring quota", "limit": 5}]})
    query: _Question
    limit: int = Field(10, ge=1, le=MAX_HITS)
    filters: FiltersIn = FiltersIn()


class CheckIn(_Asked):
    """A draft to hold against the records: its text or Markdown, or a file of any format that is read, in base64."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "As the Chair said, “We come to the lamps on the north quay.”"}]}
    )
    text: str = Field("", max_length=MAX_DRAFT_CHARS)
    file: Base64Bytes = b""
    name: str = Field("draft.md", max_length=200, description="what the file is called")

    @model_validator(mode="after")
    def _is_one_draft(self) -> Self:
        if bool(self.text) == bool(self.file):
            raise ValueError("send either a text or a file")
        return self


class DocumentsOut(TypedDict):
    """One page of the library's documents; `next` is the path of the following page, null on the last."""

    documents: list[ListedOut]
    total: int
    offset: int
    limit: int
    next: str | None


class HealthOut(TypedDict):
    """The server answers, and what its library holds, where everybody may know that."""

    status: Literal["ok"]
    documents: NotRequired[int]
    passages: NotRequired[int]


class FaultOut(BaseModel):
    """One thing wrong with a request: where, and what."""

    at: str
    says: str


class ProblemOut(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None
    errors: list[FaultOut] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer with, for its OpenAPI description; those every route has come with it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    every = {400, 401, 403, 429, 500, *statuses}
    return {status: {"description": "Problem", "content": content} for status in sorted(every)}
