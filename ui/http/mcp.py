"""The Model Context Protocol's door: agents ask the records, search them, and read on around a quote.

The same server speaks streamable HTTP (`McpDoor`, at /mcp) and standard input and output (`serve_stdio`). Tools answer
twice: as text that says how to cite, and as the structured value that HTTP gives too. The SDK's low-level server is
used because its other one sets up the whole program's logging.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from time import perf_counter
from typing import Annotated, Any, cast

import anyio.to_thread
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from starlette.types import Receive, Scope, Send

from ...rag.answer import Answer, cited_as
from ...rag.library import Library
from ...rag.messages import in_language
from ...rag.pipeline import check_question
from ...rag.query.kinds import Length
from ...rag.query.question import MAX_QUESTION_CHARS
from ...rag.schema import (
    AnswerOut,
    CheckedOut,
    CitedOut,
    ComparisonOut,
    HitsOut,
    ResolvedOut,
    TextOut,
    answer_json,
    answer_text,
    checked_json,
    cited_json,
    comparison_json,
    comparison_text,
    document_json,
    hits_json,
    listed_json,
    resolved_json,
)
from ...rag.tools.citations.portable import MAX_IDENTIFIER_CHARS
from ...rag.tools.positions.positions import Cell
from ...rag.tools.positions.rows import PositionsOut, cell_text, positions_json
from ...rag.tools.registers import Kind
from ...rag.tools.rows import RegisterOut, page_of_rows
from ...vectorstore.errors import OnRecordError
from ...vectorstore.passage import Document
from ..access.caller import ANYBODY, Caller, caller_of, seen_by
from ..checking import as_markdown
from ..page.words import words_in
from . import schema as shapes
from .metrics import Metrics
from .tracing import Tracing

INSTRUCTIONS = """This server holds records: minutes, reports, statements. Use `ask` for questions; it answers with \
exact quotes and says so when the records do not answer. Cite each statement with the label that comes with its quote, \
for example (MIC/CL/2031/SR.4, para. 39), copy quotes word for word, and never attribute to the records what no quote \
supports. Use `search` to look further, `read_passage` to read the text around a quote before you rely on it, and \
`check` to hold what is written against the records."""
URI = "onrecord://documents/"
_PAGE = 100
_MAX_PASSAGE_CHARS = 20_000
_AROUND_CHARS = 600
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False, idempotent_hint=True)


class _Arguments(BaseModel):
    """Arguments as agents send them: a number where a text is meant, "" or null for what they leave out."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_left_out(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {name: told for name, told in given.items() if name not in optional or not _is_left_out(told)}


class AskArguments(_Arguments, shapes.FiltersIn):
    """What `ask` takes."""

    question: str = Field(min_length=1, description="one question that stands alone, in plain words")


class SearchArguments(_Arguments, shapes.FiltersIn):
    """What `search` takes."""

    query: str = Field(min_length=1, description="what to look for, in plain words")
    limit: int = Field(10, ge=1, le=shapes.MAX_HITS, description="how many passages at most")


class OverviewArguments(_Arguments):
    """What `overview` takes."""

    document: str | None = Field(None, description="a document's id, symbol or title; without one, the whole library")
    speaker: str | None = Field(None, max_length=500, description="only what this speaker says")
    about: str | None = Field(None, max_length=MAX_QUESTION_CHARS, description="only on this subject")
    length: Length = Field("usual", description="how long")


class ReadArguments(_Arguments):
    """What `read_passage` takes."""

    document: str = Field(description="a document's id (from a citation, a hit or list_documents), symbol or title")
    start: int | None = Field(None, ge=0, description="first character of a citation; reads the text around it too")
    end: int | None = Field(None, ge=0, description="character after its last")
    paragraph: str | None = Field(None, description="a paragraph's number as printed, instead of start and end")
    page: str | None = Field(None, description="a page as printed, instead of start and end")


class CompareArguments(_Arguments):
    """What `compare` takes."""

    a: str = Field(min_length=1, description="the older document: its id, symbol, file name or title")
    b: str = Field(min_length=1, description="the newer one, named likewise")


class ListArguments(_Arguments):
    """What `list_documents` takes."""

    containing: Annotated[str, Field(description="only documents with this in title, symbol or source")] = ""
    offset: int = Field(0, ge=0)
    limit: int = Field(_PAGE, ge=1, le=_PAGE)


class RegisterArguments(_Arguments, shapes.RegisterIn):
    """What `list_register` takes."""

    register_: Annotated[Kind, Field(alias="register", description="which register")]


class PositionsArguments(_Arguments, shapes.PositionsIn):
    """What `positions` takes."""


class CiteArguments(_Arguments, shapes.CiteIn):
    """What `cite` takes."""


class ResolveArguments(_Arguments):
    """What `resolve` takes."""

    identifier: str = Field(min_length=1, max_length=MAX_IDENTIFIER_CHARS, description="that of a citation")


class CheckArguments(_Arguments):
    """What `check` takes."""

    text: str = Field(
        min_length=1, max_length=shapes.MAX_DRAFT_CHARS, description="the draft, as text or Markdown, whole"
    )


def build_server(
    library: Library, *, answered: Callable[[Answer], None] | None = None, tracing: Tracing | None = None,
    caller: Caller = ANYBODY,
) -> Server[Any]:  # fmt: skip
    """The protocol's server over a library, as a caller may read it; `answered` is told every answer."""
    seen = _Seen(library=library, caller=caller)
    tools = _Tools(seen, answered or (lambda _: None), tracing or Tracing())
    resources = _Resources(seen)
    return Server(
        "onrecord",
        title="On Record",
        version=version("onrecord"),
        instructions=INSTRUCTIONS,
        on_list_tools=tools.list,
        on_call_tool=tools.call,
        on_list_resources=resources.list,
        on_list_resource_templates=resources.templates,
        on_read_resource=resources.read,
    )


def serve_stdio(library: Library) -> None:
    """Serves one client on standard input and output until it hangs up."""

    async def run() -> None:
        server = build_server(library)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(run())


class McpDoor:
    """Streamable HTTP as an ASGI endpoint. It keeps no sessions, so that any process can take any request.

    It starts when first called: an application mounted into another's is told of no beginning. Those who may read
    other collections have another server.
    """

    def __init__(self, library: Library, metrics: Metrics, tracing: Tracing) -> None:
        self._server = partial(build_server, library, answered=metrics.count_answer, tracing=tracing)
        self._doors: dict[tuple[str, ...] | None, _Door] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = caller_of(scope).collections
        if seen not in self._doors:
            self._doors[seen] = _Door(self._server(caller=Caller(collections=seen)))
        manager = await self._doors[seen].started()
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """Ends what was started."""
        for door in self._doors.values():
            await door.close()


class _Door:
    """One server of the protocol, as long as its loop runs."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None], asyncio.Event] | None = None
        self._manager: StreamableHTTPSessionManager | None = None

    async def close(self) -> None:
        """Ends it."""
        if self._running is not None and self._running[0] is asyncio.get_running_loop():
            _, task, stop = self._running
            self._running = None
            stop.set()
            await task

    async def started(self) -> StreamableHTTPSessionManager:
        """What takes requests, started where it has not been."""
        loop = asyncio.get_running_loop()
        if self._running is None or self._running[0] is not loop or self._manager is None:
            manager = StreamableHTTPSessionManager(self._server, stateless=True, json_response=True)
            ready, stop = asyncio.Event(), asyncio.Event()

            async def run() -> None:
                async with manager.run():
                    ready.set()
                    await stop.wait()

            self._manager, self._running = manager, (loop, asyncio.create_task(run()), stop)
            self._ready = ready
        await self._ready.wait()
        return self._manager


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A library and who asks it."""

    library: Library
    caller: Caller

    def now(self) -> Library:
        """What the caller may read, as it is now."""
        return seen_by(self.library, self.caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tool:
    """A tool as agents are told of it, the arguments it takes, and what turns them into a text and a value."""

    told: Tool
    takes: type[BaseModel]
    does: Callable[[Any], tuple[str, Mapping[str, Any]]]


class _Tools:
    """The tools. Each turns its arguments into a text and a structured value."""

    def __init__(self, seen: _Seen, answered: Callable[[Answer], None], tracing: Tracing) -> None:
        self._seen = seen
        self._answered = answered
        self._tracing = tracing
        tools = (
            _tool(
                "ask", "Ask the records", AskArguments, AnswerOut, self._ask,
                "Answers a question from the records with exact quotes, or says that they do not answer. The "
                "numbers in the text lead to the citations below it; cite each by its label and copy its quote "
                "word for word. Where `answered` is false, say that the records do not answer: the `nearest` "
                "passages are not an answer.",
            ),
            _tool(
                "search", "Search the records", SearchArguments, HitsOut, self._search,
                "Finds passages by words and meaning, best first. A passage is not yet an answer: read it, and "
                "cite it by the label in front of it.",
            ),
            _tool(
                "overview", "What the records are about", OverviewArguments, AnswerOut, self._overview,
                "A briefing in exact quotes on a document, a subject, what somebody says, or the whole library: what "
                "it is, what became of its items, what tells most of each part. Cite each quote by its label.",
            ),
            _tool(
                "check", "Check a draft", CheckArguments, CheckedOut, self._check,
                "Holds a draft against the records: every quotation, document symbol, date, figure and vote gets a "
                "verdict (exact, differs, misattributed, not found, unchecked) with what the record says and where. "
                "Mend what differs from the record's own words; never change the record's words to fit the draft.",
            ),
            _tool(
                "read_passage", "Read on around a quote", ReadArguments, TextOut, self._read,
                "Reads a part of a document: a paragraph or a page by its printed number, or the text around a "
                "citation's start and end. Use it to check a quote's context before relying on it.",
            ),
            _tool(
                "compare", "Compare two records", CompareArguments, ComparisonOut, self._compare,
                "Compares two documents paragraph by paragraph: what is the same, changed, moved, new or dropped. In "
                "the text, words that came stand in {+ +} and words that went in [- -]; quote without these marks.",
            ),
            _tool(
                "cite", "Cite a place in a style", CiteArguments, CitedOut, self._cite,
                "Gives the citation of a quote, a paragraph or a page in a style (UN, OSCOLA, Bluebook, Chicago, APA), "
                "with an identifier that finds the place again. Use it as it is, and add nothing to it.",
            ),
            _tool(
                "resolve", "Find a citation again", ResolveArguments, ResolvedOut, self._resolve,
                "Tells where the words of a citation's identifier stand now: found, or an orphan, never words alike.",
            ),
            _tool(
                "list_documents", "List the records", ListArguments, shapes.DocumentsOut, self._list,
                "Lists the documents of the library with id, title, symbol and date.",
            ),
            _tool(
                "list_register", "List votes, statements, decisions and the like", RegisterArguments, RegisterOut,
                self._register,
                "Lists how states or members voted, who sponsored or moved what, who spoke, what was decided and who "
                "is to do it, the documents, or where acronyms are explained, a row each with its citation. Whole, as "
                "far as the records tell it.",
            ),
            _tool(
                "positions", "Who says what on which topic", PositionsArguments, PositionsOut, self._positions,
                "A table of topics by delegations or speakers: the fewest quotes that state each position, the "
                "record's own verb before them. An empty cell means that nothing was found in these records, not that "
                "the speaker has no position. Cite each quote by its label.",
            ),
        )  # fmt: skip
        self._known = {tool.told.name: tool for tool in tools}

    async def list(self, _ctx: Any, _params: PaginatedRequestParams | None) -> ListToolsResult:
        """The tools there are."""
        return ListToolsResult(tools=[tool.told for tool in self._known.values()])

    async def call(self, _ctx: Any, params: CallToolRequestParams) -> CallToolResult:
        """Calls a tool; what is wrong with the arguments is told to the agent as the result."""
        if params.name not in self._known:
            raise MCPError(code=INVALID_PARAMS, message=f"There is no tool {params.name!r}.")
        tool = self._known[params.name]
        try:
            arguments = tool.takes.model_validate(params.arguments or {})
            text, value = await anyio.to_thread.run_sync(tool.does, arguments)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors()[:3])
            return _failed(f"The arguments cannot be used: {faults}.")
        except OnRecordError as error:
            return _failed(str(error))
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=dict(value))

    def _ask(self, asked: AskArguments) -> tuple[str, Mapping[str, Any]]:
        check_question(asked.question)
        filters, observer = asked.to_filters(), self._tracing.observer()
        *_, last = self._seen.now().stream(asked.question, filters=filters, observer=observer)
        answer = in_language(cast(Answer, last))
        self._answered(answer)
        return answer_text(answer), answer_json(answer)

    def _search(self, asked: SearchArguments) -> tuple[str, Mapping[str, Any]]:
        began = perf_counter()
        hits = self._seen.now().search(asked.query, limit=asked.limit, filters=asked.to_filters())
        lines = [
            f"{cited_as(hit.document, hit.passage.locator)} (document {hit.document.id}, characters "
            f"{hit.passage.start}-{hit.passage.end}):\n{hit.passage.text}"
            for hit in hits
        ]
        return "\n\n".join(lines) or "No passage was found.", hits_json(asked.query, hits, perf_counter() - began)

    def _overview(self, asked: OverviewArguments) -> tuple[str, Mapping[str, Any]]:
        library = self._seen.now()
        answer = library.overview(asked.document, speaker=asked.speaker, about=asked.about, length=asked.length)
        return answer_text(answer), answer_json(answer)

    def _read(self, asked: ReadArguments) -> tuple[str, Mapping[str, Any]]:
        document = self._seen.now().document(asked.document)
        if asked.paragraph or asked.page or asked.start is None:
            spans = self._seen.now().spans(document, end=asked.end, paragraph=asked.paragraph, page=asked.page)
        else:
            end = asked.end if asked.end is not None else asked.start
            spans = [(max(0, asked.start - _AROUND_CHARS), min(len(document.text), end + _AROUND_CHARS))]
        parts = [
            {"start": start, "end": stop, "text": document.text[start:stop]}
            for start, stop in ((start, min(stop, start + _MAX_PASSAGE_CHARS)) for start, stop in spans)
        ]
        text = "\n\n".join(f"{document.name}, characters {p['start']}-{p['end']}:\n{p['text']}" for p in parts)
        return text, {"document": document_json(document), "parts": parts}

    def _compare(self, asked: CompareArguments) -> tuple[str, Mapping[str, Any]]:
        found = self._seen.now().compare(asked.a, asked.b)
        return comparison_text(found), comparison_json(found)

    def _check(self, asked: CheckArguments) -> tuple[str, Mapping[str, Any]]:
        checked = self._seen.now().check(asked.text)
        return as_markdown(checked, words_in("en")), checked_json(checked)

    def _cite(self, asked: CiteArguments) -> tuple[str, Mapping[str, Any]]:
        citation = self._seen.now().cite(asked.document, **asked.place())
        told = cited_json(citation, asked.style, self._seen.now().structure(citation.document))
        return f"{told['text']}\n{told['citation']['identifier']}", told

    def _resolve(self, asked: ResolveArguments) -> tuple[str, Mapping[str, Any]]:
        found = self._seen.now().resolve(asked.identifier)
        lines = [f"{place.label}: “{place.quote}”" for place in found.places]
        return "\n".join(lines) or "Orphan: these words stand there no more.", resolved_json(found)

    def _list(self, asked: ListArguments) -> tuple[str, Mapping[str, Any]]:
        wanted = asked.containing.casefold()
        fitting = [
            listing
            for listing in self._seen.now().documents()
            if wanted in f"{listing.title}\n{listing.symbol or ''}\n{listing.source}".casefold()
        ]
        shown = fitting[asked.offset : asked.offset + asked.limit]
        lines = [
            f"{listing.id}: {', '.join(part for part in (listing.symbol, listing.title, listing.date) if part)}"
            for listing in shown
        ]
        more = len(fitting) - asked.offset - len(shown)
        if more > 0:
            lines.append(f"... and {more} more: offset {asked.offset + len(shown)}")
        value = {
            "documents": [listed_json(listing) for listing in shown], "total": len(fitting), "offset": asked.offset,
            "limit": asked.limit, "next": None,
        }  # fmt: skip
        return "\n".join(lines) or "There are no such documents.", value

    def _register(self, asked: RegisterArguments) -> tuple[str, Mapping[str, Any]]:
        rows = self._seen.now().register(asked.register_, asked.wanted())
        shown = rows[asked.offset : asked.offset + asked.limit]
        lines = [
            f"{row.citation.label}: {' · '.join(filter(None, (row.item, row.what, row.who)))}: “{row.citation.quote}”"
            for row in shown
        ]
        lines.append(f"{len(shown)} of {len(rows)} rows.")
        return "\n".join(lines), page_of_rows(asked.register_, rows, asked.offset, asked.limit)

    def _positions(self, asked: PositionsArguments) -> tuple[str, Mapping[str, Any]]:
        table = self._seen.now().positions(asked.about, asked.who, filters=asked.filters())
        told = [f"{cell.topic} · {cell.who}:\n{cell_text(cell)}" for cell in table.cells]
        return "\n\n".join(told) or cell_text(Cell(topic="", who="")), positions_json(table)


class _Resources:
    """Every document of the library, to be read whole."""

    def __init__(self, seen: _Seen) -> None:
        self._seen = seen

    async def list(self, _ctx: Any, params: PaginatedRequestParams | None) -> ListResourcesResult:
        """Documents, a hundred at a time; the cursor is the number of those already told."""
        cursor = params.cursor if params and params.cursor else "0"
        if not cursor.isdigit():
            raise MCPError(code=INVALID_PARAMS, message="This cursor was not issued by this server.")
        first = int(cursor)
        listings = await anyio.to_thread.run_sync(lambda: self._seen.now().documents())
        told = [
            Resource(
                uri=f"{URI}{listing.id}", name=listing.symbol or listing.title, title=listing.title,
                description=", ".join(part for part in (listing.symbol, listing.date, listing.source) if part),
                mime_type="text/plain", size=None,
            )
            for listing in listings[first : first + _PAGE]
        ]  # fmt: skip
        following = first + _PAGE
        return ListResourcesResult(resources=told, next_cursor=str(following) if following < len(listings) else None)

    async def templates(self, _ctx: Any, _params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        """The one kind of address there is."""
        template = ResourceTemplate(
            uri_template=URI + "{id}", name="document", title="A record's whole text", mime_type="text/plain",
            description="The stored text; a citation's start and end count its characters.",
        )  # fmt: skip
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read(self, _ctx: Any, params: ReadResourceRequestParams) -> ReadResourceResult:
        """A document's stored text."""
        uri = str(params.uri)
        document: Document | None = None
        if uri.startswith(URI):
            document = await anyio.to_thread.run_sync(lambda: self._seen.now().store.document(uri.removeprefix(URI)))
        if document is None:
            raise MCPError(code=INVALID_PARAMS, message=f"There is no document {uri[:120]}.", data={"uri": uri})
        text = TextResourceContents(uri=params.uri, text=document.text, mime_type="text/plain")
        return ReadResourceResult(contents=[text])


def _tool(
    name: str, title: str, takes: type[BaseModel], gives: type,
    does: Callable[[Any], tuple[str, Mapping[str, Any]]], says: str,
) -> _Tool:  # fmt: skip
    told = Tool(
        name=name, title=title, description=says, annotations=_READS,
        input_schema=takes.model_json_schema(), output_schema=TypeAdapter(gives).json_schema(),
    )  # fmt: skip
    return _Tool(told=told, takes=takes, does=does)


def _is_left_out(told: Any) -> bool:
    return told is None or (isinstance(told, str) and not told.strip())


def _failed(says: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=says)], is_error=True)
