"""The HTTP API: questions, documents, OpenAI's and MCP's doors, health and metrics, described at /docs.

    the gate (who may, how much) -> a route -> the library -> JSON, or a problem

`build_api` gives an application of its own, to be served or to be mounted into another program's.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, File, Form, Query, Security, UploadFile
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Match, Route

from ...ingest.ingest import IngestReport
from ...ingest.overrides import checked
from ...ingest.parse import Limits
from ...rag.answer import Answer
from ...rag.events import SentenceReady
from ...rag.generation.rules import ModelRules
from ...rag.library import Library
from ...rag.messages import in_language
from ...rag.query.kinds import Length
from ...rag.query.question import MAX_QUESTION_CHARS
from ...rag.schema import (
    AnswerOut,
    HitsOut,
    ListedOut,
    PartOut,
    ReportOut,
    StatementsOut,
    StructureOut,
    TextOut,
    answer_json,
    citation_json,
    document_json,
    hits_json,
    listed_json,
    report_json,
    sentence_json,
    statement_json,
    structure_json,
)
from ...vectorstore.errors import OnRecordError
from ...vectorstore.passage import Document, Listing
from ..access.accounts import Accounts
from ..access.caller import caller_of
from ..access.oidc import Provider
from ..audit import Level, audit_of
from ..language import stated_language
from ..page.views.template import html
from ..removal import RemovedOut, remove_records, removed_json
from ..uploads import UPLOADS, Entry, Uploads, names_of, safe_name
from . import schema as shapes
from .gate import Gate, Rules
from .keys import Keys
from .mcp.server import McpDoor
from .metrics import Metrics
from .openai import routes as openai_routes
from .problems import Problem, as_problem, path_of, tell_problems
from .schema import problems
from .service import Served, Service
from .sessions import Sessions
from .sign_in import SignIn
from .sign_in import routes as sign_in_routes
from .streams import event_schema, event_stream, server_sent
from .tools.alerts import routes as alert_routes
from .tools.notebook import routes as notebook_routes
from .tools.texts import routes as tool_routes
from .tracing import Tracing

PAGE_OF_DOCUMENTS = 50
MAX_PAGE_OF_DOCUMENTS = 200
MAX_STATEMENTS = 500
MAX_NAME_CHARS = 500
_EVENTS = ("sentence", "answer", "problem")
_TEXT = {"type": "string"}
_MAX_UPLOADS = 100
_PIECE_BYTES = 1 << 20
_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ABOUT = """Ask a library of records a question; every sentence of the answer is an exact, cited quote.

Errors are problem details (RFC 9457). Every response has an `X-Request-ID`. If the server has API keys, send one as
`Authorization: Bearer KEY`: the scope *ask* may ask and read, *ingest* add documents, *remove* take
them out, *admin* do everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOptions:
    """How an API behaves; see `Rules` for whom and what it lets in, `Limits` for what reading one file may cost.

    `share_days` is how long a link to a conversation on the page opens it to others; `provider` signs people in.
    """

    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    tracing: Tracing = field(default_factory=Tracing)
    audit: Level = "off"
    models: ModelRules = field(default_factory=ModelRules)
    share_days: int = 30
    provider: Provider | None = None

    def within(self, library: Library) -> Library:
        """A library whose language model keeps to the rules."""
        return library.within(self.models.budget(library.store.folder))


# --- questions ---------------------------------------------------------------------------------------------------


_questions = APIRouter(prefix="/api", tags=["Questions"])


@_questions.post("/ask", response_model=AnswerOut, responses=problems(408, 413, 422, 502, 503))
def ask(asked: shapes.AskIn, service: Served, request: Request) -> AnswerOut:
    """One cited answer, or a refusal.

    A refusal's text is in the language of `Accept-Language` (en, fr or es); its `refusal` is for programs.
    """
    *_, answer = _events(asked, service, request)
    return answer_json(cast(Answer, answer))


@_questions.post(
    "/ask/stream",
    response_class=StreamingResponse,
    responses=problems(408, 413, 422, 502, 503)
    | {200: {"description": "Events", "content": {"text/event-stream": {"schema": event_schema(*_EVENTS)}}}},
)
def ask_stream(asked: shapes.AskIn, service: Served, request: Request) -> StreamingResponse:
    """The same as server-sent events.

    One `sentence` event for each sentence as it is ready: `{"sentence": ..., "citations": [...]}`, with its new
    citations, and `"progress": {"done": 3, "of": 12}` where a language model writes an overview part by part. An
    `answer` event with the whole answer ends the stream; if something fails after the first sentence, a `problem`
    event does.
    """
    events = _events(asked, service, request)
    first = next(events)  # what is wrong with the question is told before the stream begins
    return event_stream(_as_sent(first, events, request))


@_questions.post("/search", response_model=HitsOut, responses=problems(408, 413, 422, 503))
def search(asked: shapes.SearchIn, service: Served) -> HitsOut:
    """Passages that may answer the query, best first, without an answer."""
    began = perf_counter()
    hits = service.library.search(asked.query, limit=asked.limit, filters=asked.filters.to_filters())
    return hits_json(asked.query, hits, perf_counter() - began)


@_questions.get("/overview", response_model=AnswerOut, responses=problems(404, 422, 503))
def overview(
    service: Served,
    request: Request,
    document: Annotated[str | None, Query(description="a document's id; without one, the whole library")] = None,
    speaker: Annotated[str | None, Query(max_length=500, description="only what this speaker says")] = None,
    about: Annotated[str | None, Query(max_length=MAX_QUESTION_CHARS, description="only on this subject")] = None,
    length: Length = "usual",
) -> AnswerOut:
    """What the library, a document, a subject or a speaker's words are about: quotes, in the shape of an answer."""
    if document:
        _listing(service.library, document)
    answer = service.library.overview(document, speaker=speaker, about=about, length=length)
    return answer_json(in_language(answer, stated_language(request)))


@_questions.get("/speakers/{name:path}", response_model=StatementsOut, responses=problems(404, 422, 503))
def speaker(
    name: str,
    service: Served,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_STATEMENTS, description="statements per page")] = PAGE_OF_DOCUMENTS,
) -> StatementsOut:
    """Everything a delegation or person says, in order, the oldest record first, page by page."""
    found = service.library.statements(name[:MAX_NAME_CHARS], offset=offset, limit=limit)
    if not found.total:
        raise Problem("not-found", f"Nobody called {name[:80]!r} speaks in these records.")
    following = offset + limit
    address = f"/api/speakers/{quote(name)}?offset={following}&limit={limit}"
    return {
        "speakers": list(found.speakers),
        "total": found.total,
        "records": found.records,
        "statements": [statement_json(each) for each in found.told],
        "offset": offset,
        "next": address if following < found.total else None,
    }


def _events(asked: shapes.AskIn, service: Service, request: Request) -> Iterator[SentenceReady | Answer]:
    filters, language = asked.filters.to_filters(), stated_language(request)
    return service.events(asked.question, asked.turns, filters, way=asked.way, language=language)


def _as_sent(first: SentenceReady | Answer, rest: Iterator[Any], request: Request) -> Iterator[str]:
    """The events of an answer as server-sent events."""
    event: Any = first
    try:
        while not isinstance(event, Answer):
            yield server_sent(answer_sentence(event), event="sentence")
            event = next(rest)
        yield server_sent(answer_json(event), event="answer")
    except Exception as error:
        problem = as_problem(error)
        yield server_sent(problem.as_json(path_of(request.scope), request.scope.get("request_id")), event="problem")


def answer_sentence(event: SentenceReady) -> dict[str, Any]:
    """A sentence that is ready, in the shape of the stream's `sentence` events."""
    progress = {"progress": asdict(event.progress)} if event.progress else {}
    return {
        "sentence": sentence_json(event.sentence),
        "citations": [citation_json(citation) for citation in event.citations],
        **progress,
    }


# --- documents ---------------------------------------------------------------------------------------------------


_documents = APIRouter(prefix="/api/documents", tags=["Documents"])


@_documents.get("", response_model=shapes.DocumentsOut, responses=problems(422, 503))
def list_documents(
    service: Served,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_OF_DOCUMENTS, description="documents per page")] = PAGE_OF_DOCUMENTS,
) -> shapes.DocumentsOut:
    """The documents in the library, page by page, sorted by source."""
    listings = service.library.documents()
    following = offset + limit
    return {
        "documents": [listed_json(listing) for listing in listings[offset:following]],
        "total": len(listings),
        "offset": offset,
        "limit": limit,
        "next": f"/api/documents?offset={following}&limit={limit}" if following < len(listings) else None,
    }


@_documents.post("", response_model=ReportOut, status_code=201, responses=problems(408, 409, 413, 422, 503, 507))
async def add_documents(
    service: Served,
    files: Annotated[list[UploadFile], File(description="the documents, in any format that can be read")] = [],  # noqa: B006
    urls: Annotated[list[str], Form(description="web addresses to fetch, instead of files or with them")] = [],  # noqa: B006
    title: Annotated[str, Form(description="for documents that do not say it well themselves")] = "",
    symbol: Annotated[str, Form()] = "",
    date: Annotated[str, Form(description="2031, 2031-03 or 2031-03-12")] = "",
    meeting: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
) -> ReportOut:
    """Adds documents to the library; a file with the name of an earlier upload replaces it.

    The response is sent when they can be asked about. What could not be read is listed in `failed`.
    """
    given = {"title": title, "symbol": symbol, "date": date, "meeting": meeting, "language": language}
    known = checked({name: value for name, value in given.items() if value}, "known")
    named = [file for file in files if file.filename]
    if not named and not urls:
        raise Problem("invalid", "Send at least one file or address.")
    if len(named) + len(urls) > _MAX_UPLOADS:
        raise Problem("invalid", f"At most {_MAX_UPLOADS} documents can be sent at once.")
    if wrong := next((url for url in urls if not re.fullmatch(r"https?://\S+", url)), None):
        raise Problem("invalid", f"{wrong[:200]!r} is not a web address.")
    report = await run_in_threadpool(put_in, service.library, named, urls, known, service.limits)
    if report.failed and not report.added + report.updated + report.unchanged:
        failed = [{"source": failure.source, "error": failure.error} for failure in report.failed]
        raise Problem("unreadable", failed[0]["error"], failed=failed)
    return report_json(report)


@_documents.get("/{document_id}", response_model=ListedOut, responses=problems(404, 422, 503))
def show_document(document_id: str, service: Served) -> ListedOut:
    """One document, without its text."""
    return listed_json(_listing(service.library, document_id))


@_documents.get("/{document_id}/text", response_model=TextOut, responses=problems(404, 422, 503))
def read_text(
    document_id: str,
    service: Served,
    start: Annotated[int | None, Query(ge=0, description="first character")] = None,
    end: Annotated[int | None, Query(ge=0, description="character after the last")] = None,
    paragraph: Annotated[str | None, Query(description="only this paragraph, as printed")] = None,
    page: Annotated[str | None, Query(description="only this page, as printed")] = None,
) -> TextOut:
    """A document's stored text, or a part of it: what every quote is a slice of."""
    document = _document(service.library, document_id)
    return text_json(service.library, document, start=start, end=end, paragraph=paragraph, page=page)


@_documents.get("/{document_id}/structure", response_model=StructureOut, responses=problems(404, 422, 503))
def read_structure(document_id: str, service: Served) -> StructureOut:
    """What a document consists of: turns, paragraphs, headings, pages, items and what became of them."""
    document = _document(service.library, document_id)
    return structure_json(document, service.library.structure(document))


@_documents.delete(
    "/{document_id}",
    response_model=RemovedOut,
    responses=problems(404, 409, 422, 503),
)
def remove_document(
    document_id: str,
    service: Served,
    redact: Annotated[bool, Query(description="also remove its quotes from conversations")] = False,
) -> RemovedOut:
    """Removes a document from the library without a trace; names the conversations that quote it."""
    library = service.library
    listing = _listing(library, document_id)
    uploads = Uploads(library)
    leaving = uploads.accept_removal(listing.id, names_of(library, listing.id))
    try:
        removed = remove_records(library, [listing.id], redact=redact, keep=uploads.places_waiting())
        uploads.take_out(leaving)
    except OnRecordError:
        uploads.keep(leaving)
        raise
    return removed_json(removed)


def _document(library: Library, document_id: str) -> Document:
    document = library.store.document(document_id)
    if document is None:
        raise _no_document(document_id)
    return document


def _listing(library: Library, document_id: str) -> Listing:
    found = next((listing for listing in library.documents() if listing.id == document_id), None)
    if found is None:
        raise _no_document(document_id)
    return found


def text_json(library: Library, document: Document, **where: Any) -> TextOut:
    """A document's text, or the parts of it that `where` names (see `Library.spans`)."""
    spans = library.spans(document, **where)
    parts: list[PartOut] = [{"start": start, "end": end, "text": document.text[start:end]} for start, end in spans]
    return {"document": document_json(document), "parts": parts}


def _no_document(document_id: str) -> Problem:
    return Problem(
        "not-found", f"There is no document {document_id[:80]!r}. The documents are listed at /api/documents"
    )


def put_in(
    library: Library, files: Sequence[UploadFile], urls: Sequence[str], known: Mapping[str, str], limits: Limits
) -> IngestReport:
    """Reads what was uploaded; what cannot be read leaves what bore its name before as it was.

    Should the program die meanwhile, the server takes it up again at its next start.
    """
    uploads = Uploads(library)
    entries: list[Entry] = []
    try:
        for file in files:
            path = uploads.folder / UPLOADS / safe_name(file.filename or "")
            with uploads.part() as part:
                while piece := file.file.read(_PIECE_BYTES):
                    part.write(piece)
                entries.append(uploads.accept_as(part, path, known))
        arrivals = {entry.source: Path(entry.place) for entry in entries}
        return library.ingest(urls, arrivals=arrivals, known=known, limits=limits)
    except OSError as error:
        raise Problem(
            "not-kept", f"{error.strerror or error}. Make room on the server's disk and send it again."
        ) from error
    finally:
        for entry in entries:
            uploads.withdraw(entry)


# --- the server itself -------------------------------------------------------------------------------------------


_server = APIRouter(tags=["Server"])


@_server.get("/healthz", response_model=shapes.HealthOut, responses=problems(503))
def health(service: Served, request: Request) -> shapes.HealthOut:
    """Whether the server answers, and, as long as it needs no keys, how much its library holds."""
    if caller_of(request.scope).collections is not None:
        return {"status": "ok"}
    listings = service.library.documents()
    return {"status": "ok", "documents": len(listings), "passages": sum(listing.passages for listing in listings)}


@_server.get(
    "/metrics",
    response_class=Response,
    responses=problems() | {200: {"description": "Metrics", "content": {"text/plain": {"schema": _TEXT}}}},
)
def tell_metrics(service: Served) -> Response:
    """The server's metrics for Prometheus; needs the scope admin once keys exist."""
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4")


@_server.get("/widget.js", include_in_schema=False)
def widget() -> Response:
    """The script that puts a question box on any web page."""
    script = files("onrecord.ui.page").joinpath("static", "widget.js").read_bytes()
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "max-age=300"}
    return Response(script, media_type="text/javascript", headers=headers)


@_server.get("/favicon.ico", include_in_schema=False)
def icon() -> Response:
    """Nothing: browsers ask for an icon where a page names none, as for a file that is opened."""
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})


# OpenAPI, and a page to read it on; the page's scripts come from a package here, not from elsewhere.
_description = APIRouter(include_in_schema=False)
_DOCS_SCRIPT = """SwaggerUIBundle({url: "openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null});\n"""


@_description.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """The OpenAPI description."""
    app: FastAPI = request.app
    described = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
    problem = shapes.ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    described["components"]["schemas"] |= problem.pop("$defs") | {"ProblemOut": problem}
    if prefix := request.scope.get("root_path"):
        described["servers"] = [{"url": prefix}]
    return JSONResponse(described)


@_description.get("/docs")
def docs() -> HTMLResponse:
    """The description for people."""
    return HTMLResponse(html("docs", "page"), headers={"Content-Security-Policy": _DOCS_POLICY})


@_description.get("/docs/{name}")
def asset(name: str) -> Response:
    """What the description's page loads."""
    if name == "start.js":
        return Response(_DOCS_SCRIPT, media_type="text/javascript")
    if name not in _ASSETS:
        raise Problem("not-found", "The page is at /docs")
    content = files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "max-age=86400"})


# --- the application ------------------------------------------------------------------------------------------------


def build_api(library: Library, options: ApiOptions | None = None) -> FastAPI:
    """The API over one library, as an ASGI application; `app.mount("/records", build_api(library))` puts it in yours.

    Args:
        library: what is asked; the caller closes it.
        options: limits and the like.
    """
    options = options or ApiOptions()
    library = options.within(library)
    metrics = Metrics(library)
    mcp = McpDoor(library, metrics, options.tracing)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await mcp.close()

    app = FastAPI(
        title="On Record", version=version("onrecord"), description=_ABOUT, lifespan=lifespan,
        docs_url=None, redoc_url=None, openapi_url=None,
    )  # fmt: skip
    tell_problems(app)
    bearer = HTTPBearer(auto_error=False, description="An API key: onrecord keys create NAME --scope ask")
    keyed = [Security(bearer)]
    for routes in (_questions, *tool_routes, notebook_routes, alert_routes, _documents, openai_routes):
        app.include_router(routes, dependencies=keyed)
    for routes in (_server, _description, sign_in_routes):
        app.include_router(routes)
    app.router.routes.append(Route("/mcp", mcp, methods=["GET", "POST", "DELETE"], include_in_schema=False))
    app.state.service = Service(library=library, limits=options.limits, metrics=metrics, tracing=options.tracing)
    keys = Keys(library.store.folder)
    accounts = Accounts(library.store.folder, required=options.provider is not None)
    sessions = Sessions(keys, accounts)
    app.state.sign_in = SignIn(keys, accounts, sessions, options.provider)
    app.add_middleware(
        Gate, rules=options.rules, keys=keys, sessions=sessions, metrics=metrics, tracing=options.tracing,
        audit=audit_of(library.store.folder, options.audit), accounts=accounts,
    )  # fmt: skip
    if options.rules.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.rules.cors_origins,
            allow_methods=["GET", "POST"],  # never what deletes
            allow_headers=["Authorization", "Content-Type", "X-Request-ID", "Mcp-Session-Id", "Mcp-Protocol-Version"],
            expose_headers=["X-Request-ID", "Retry-After", "Mcp-Session-Id"],
            max_age=600,
        )
    return app


def unknown_stay_with(app: FastAPI) -> None:
    """Keeps paths below /api and /v1 that no route takes from what is mounted at "/" later: they are problems."""
    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    known = list(app.router.routes)

    def refuse(request: Request) -> Response:
        fitting = [
            method
            for method in methods
            if any(route.matches({**request.scope, "method": method})[0] == Match.FULL for route in known)
        ]
        if fitting:
            raise Problem("method", "This path accepts other methods.", headers={"Allow": ", ".join(fitting)})
        raise Problem("not-found", "The paths are listed at /docs")

    for prefix in ("api", "v1", "docs", "mcp"):
        app.router.routes.append(Route(f"/{prefix}{{rest:path}}", refuse, methods=methods, include_in_schema=False))
