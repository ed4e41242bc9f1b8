"""What goes in and comes out over HTTP, as pydantic models: they check requests and make the OpenAPI description.

Answers, citations and hits have the shapes of `onrecord.rag.schema`; a test holds both against each other.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ...rag.answer import Turn
from ...rag.query.question import MAX_QUESTION_CHARS
from ...vectorstore.passage import Filters

MAX_HISTORY = 50
MAX_HITS = 100
_Date = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$")]
_Part = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Question = Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION_CHARS)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersIn(_Asked):
    """What a search is confined to; parts of a name suffice, case does not matter, dates are inclusive."""

    document: _Part | None = None
    speaker: _Part | None = None
    symbol: _Part | None = None
    section: _Part | None = None
    since: _Date | None = None
    until: _Date | None = None

    def to_filters(self) -> Filters | None:
        """As the library takes them; None where nothing is confined."""
        return Filters(**self.model_dump()) or None


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


class DocumentOut(BaseModel):
    """A document as a citation names it. `source` is the path or address as ingested, `date` ISO 8601, maybe a year."""

    id: str
    title: str
    source: str
    symbol: str | None
    date: str | None


class ListedOut(DocumentOut):
    """A document of the library. `state` is read, findable (by words) or embedded (by meaning too)."""

    meeting: str | None
    body: str | None
    session: str | None
    agenda_item: str | None
    author: str | None
    publisher: str | None
    language: str | None
    url: str | None
    media_type: str
    pages: int
    characters: int
    passages: int
    state: Literal["read", "findable", "embedded"]


class DocumentsOut(BaseModel):
    """One page of the library's documents; `next` is the path of the following page, null on the last."""

    documents: list[ListedOut]
    total: int
    offset: int
    limit: int
    next: str | None


class LocatorOut(BaseModel):
    """How people cite a place, as printed in the document; null where it does not apply."""

    page: str | None
    paragraph: str | None
    speaker: str | None
    section: str | None


class HitOut(BaseModel):
    """A passage found; `start` and `end` are character offsets into the document's text."""

    passage_id: str
    document: DocumentOut
    text: str
    start: int
    end: int
    locator: LocatorOut
    score: float


class CitationOut(BaseModel):
    """An exact quote: `quote` is the document's text from `start` to `end`."""

    number: int
    document: DocumentOut
    quote: str
    start: int
    end: int
    locator: LocatorOut
    label: str


class SentenceOut(BaseModel):
    """A sentence of an answer, with the numbers of the citations that carry it."""

    text: str
    citations: list[int]
    supported: bool


class TimingOut(BaseModel):
    """Seconds."""

    retrieve: float
    answer: float
    total: float


class AnswerOut(BaseModel):
    """A cited answer, or a refusal: `answered` false, no citations, up to three `nearest` passages as not an answer."""

    question: str
    standalone_question: str
    answered: bool
    text: str
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    nearest: list[HitOut]
    mode: Literal["quotes", "model"]
    model: str | None
    seconds: TimingOut
    notes: list[str]
    usage: dict[str, Any] | None = None


class HitsOut(BaseModel):
    """Passages, best first."""

    query: str
    hits: list[HitOut]
    seconds: float


class PartOut(BaseModel):
    """A stretch of a document's text."""

    start: int
    end: int
    text: str


class TextOut(BaseModel):
    """A document's stored text, or parts of it."""

    document: DocumentOut
    parts: list[PartOut]


class FailureOut(BaseModel):
    """A document that could not be read, and why."""

    source: str
    error: str


class ReportOut(BaseModel):
    """What an ingest did; `documents` and `passages` count the whole library."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: list[FailureOut]
    skipped: list[str]
    duplicates: list[str]
    documents: int
    passages: int
    seconds: float


class QuotedInOut(BaseModel):
    """A conversation that quotes what was taken out."""

    id: str
    title: str


class RemovedOut(BaseModel):
    """The sources of what was taken out; the conversations that quote it, where there are any."""

    removed: list[str]
    quoted_in: list[QuotedInOut] = []
    redacted: bool = False


class HealthOut(BaseModel):
    """The server answers, and what its library holds."""

    status: Literal["ok"]
    documents: int
    passages: int


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
