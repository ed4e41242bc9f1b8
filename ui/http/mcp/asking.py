"""Tools that ask the records: a question, a search, a briefing, a register, a table of positions."""

from collections.abc import Callable
from time import perf_counter
from typing import Annotated, cast

from pydantic import Field

from ....rag.answer import Answer, cited_as
from ....rag.library import Library
from ....rag.messages import in_language
from ....rag.pipeline import check_question
from ....rag.query.kinds import Length
from ....rag.query.question import MAX_QUESTION_CHARS
from ....rag.schema import AnswerOut, HitsOut, answer_json, answer_text, hits_json
from ....rag.tools.positions.positions import Cell
from ....rag.tools.positions.rows import PositionsOut, cell_text, positions_json
from ....rag.tools.registers import Kind
from ....rag.tools.rows import RegisterOut, page_of_rows
from ...access.caller import Caller
from .. import schema as shapes
from ..tracing import Tracing
from .tool import Arguments, Given, Room, Tool, reading


class AskArguments(Arguments, shapes.FiltersIn):
    """What `ask` takes."""

    question: str = Field(min_length=1, description="one question that stands alone, in plain words")


class SearchArguments(Arguments, shapes.FiltersIn):
    """What `search` takes."""

    query: str = Field(min_length=1, description="what to look for, in plain words")
    limit: int = Field(10, ge=1, le=shapes.MAX_HITS, description="how many passages at most")


class OverviewArguments(Arguments):
    """What `overview` takes."""

    document: str | None = Field(None, description="a document's id, symbol or title; without one, the whole library")
    speaker: str | None = Field(None, max_length=500, description="only what this speaker says")
    about: str | None = Field(None, max_length=MAX_QUESTION_CHARS, description="only on this subject")
    length: Length = Field("usual", description="how long")


class RegisterArguments(Arguments, shapes.RegisterIn):
    """What `list_register` takes."""

    register_: Annotated[Kind, Field(alias="register", description="which register")]


class PositionsArguments(Arguments, shapes.PositionsIn):
    """What `positions` takes."""


class Asking(Room):
    """Questions to the records; `answered` is told every answer."""

    def __init__(
        self, library: Library, caller: Caller, answered: Callable[[Answer], None], tracing: Tracing
    ) -> None:
        super().__init__(library, caller)
        self._answered = answered
        self._tracing = tracing

    def all(self) -> tuple[Tool, ...]:
        """The tools."""
        return (
            reading(
                "ask", "Ask the records", AskArguments, AnswerOut, self._ask,
                "Answers a question from the records with exact quotes, or says that they do not answer. The "
                "numbers in the text lead to the citations below it; cite each by its label and copy its quote "
                "word for word. Where `answered` is false, say that the records do not answer: the `nearest` "
                "passages are not an answer.",
            ),
            reading(
                "search", "Search the records", SearchArguments, HitsOut, self._search,
                "Finds passages by words and meaning, best first. A passage is not yet an answer: read it, and "
                "cite it by the label in front of it.",
            ),
            reading(
                "overview", "What the records are about", OverviewArguments, AnswerOut, self._overview,
                "A briefing in exact quotes on a document, a subject, what somebody says, or the whole library: what "
                "it is, what became of its items, what tells most of each part. Cite each quote by its label.",
            ),
            reading(
                "list_register", "List votes, statements, decisions and the like", RegisterArguments, RegisterOut,
                self._register,
                "Lists how states or members voted, who sponsored or moved what, who spoke, what was decided and who "
                "is to do it, the documents, or where acronyms are explained, a row each with its citation. Whole, as "
                "far as the records tell it.",
            ),
            reading(
                "positions", "Who says what on which topic", PositionsArguments, PositionsOut, self._positions,
                "A table of topics by delegations or speakers: the fewest quotes that state each position, the "
                "record's own verb before them. An empty cell means that nothing was found in these records, not that "
                "the speaker has no position. Cite each quote by its label.",
            ),
        )  # fmt: skip

    def _ask(self, asked: AskArguments) -> Given:
        check_question(asked.question)
        filters, observer = asked.to_filters(), self._tracing.observer()
        *_, last = self._library.stream(asked.question, filters=filters, observer=observer)
        answer = in_language(cast(Answer, last))
        self._answered(answer)
        return answer_text(answer), answer_json(answer)

    def _search(self, asked: SearchArguments) -> Given:
        began = perf_counter()
        hits = self._library.search(asked.query, limit=asked.limit, filters=asked.to_filters())
        lines = [
            f"{cited_as(hit.document, hit.passage.locator)} (document {hit.document.id}, characters "
            f"{hit.passage.start}-{hit.passage.end}):\n{hit.passage.text}"
            for hit in hits
        ]
        return "\n\n".join(lines) or "No passage was found.", hits_json(asked.query, hits, perf_counter() - began)

    def _overview(self, asked: OverviewArguments) -> Given:
        answer = self._library.overview(asked.document, speaker=asked.speaker, about=asked.about, length=asked.length)
        return answer_text(answer), answer_json(answer)

    def _register(self, asked: RegisterArguments) -> Given:
        rows = self._library.register(asked.register_, asked.wanted())
        shown = rows[asked.offset : asked.offset + asked.limit]
        lines = [
            f"{row.citation.label}: {' · '.join(filter(None, (row.item, row.what, row.who)))}: “{row.citation.quote}”"
            for row in shown
        ]
        lines.append(f"{len(shown)} of {len(rows)} rows.")
        return "\n".join(lines), page_of_rows(asked.register_, rows, asked.offset, asked.limit)

    def _positions(self, asked: PositionsArguments) -> Given:
        table = self._library.positions(asked.about, asked.who, filters=asked.filters())
        told = [f"{cell.topic} · {cell.who}:\n{cell_text(cell)}" for cell in table.cells]
        return "\n\n".join(told) or cell_text(Cell(topic="", who="")), positions_json(table)
