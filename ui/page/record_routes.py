"""What the page asks of the server about records: to read them, see their pages, put them in, take them out."""

import os
import re
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from ...ingest.fetch import is_address
from ...rag.answering.quoted import citation_at
from ...rag.library import Library
from ...rag.messages import in_language
from ...rag.query.kinds import Length
from ...rag.tools.citations.portable import MAX_IDENTIFIER_CHARS
from ...rag.tools.citations.styles import Style, cited_one
from ...vectorstore.errors import InputError, UnreadableFile
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document
from ..http.problems import Problem
from ..http.schema import MAX_DRAFT_CHARS
from .export.checked import as_view
from .libraries import AppState
from .page_image import Crowded, Sheet, Sheets
from .views.comparison import chooser_html, comparison_html, standing_html
from .views.conversation import sentences_html, source_name
from .views.notebook import resolve_html
from .views.pane import document_html, locator_at, sheet_html
from .views.records import details_html, filters_html, records_html, status_html
from .views.statements import PAGE, link_to, statements_html
from .views.template import html
from .views.welcome import example_questions, welcome_html
from .visitor import At, Spoken
from .words import Words

_NAME_BYTES = 200
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]' if os.name == "nt" else r"/")


class Address(BaseModel):
    """A web page or file to be fetched."""

    address: str = Field(max_length=2000)


class Pasted(BaseModel):
    """A draft as text or Markdown."""

    text: str = Field(min_length=1, max_length=MAX_DRAFT_CHARS)


# `/reading/{id}` is for the reading pane, the others for the library pane.
routes = APIRouter(include_in_schema=False)


@routes.get("/reading/{document_id}", response_class=HTMLResponse)
def reading(document_id: str, at: At, words: Spoken, start: int = 0, end: int = 0, version: str = "") -> HTMLResponse:
    """A document with a quote marked."""
    document = at.library.store.document(document_id)
    if fault := _fault(document, version, words):
        return fault
    assert document is not None
    store = at.library.store
    passages, structure = store.passages_of(document_id), store.structure(document_id)
    versions = at.library.versions(document, start)
    citation = citation_at(store, document, max(start, 0), max(end, start, 0))
    return HTMLResponse(document_html(document, passages, start, end, words, structure, versions, citation))


@routes.get("/page/cite")
def cite(
    document: str, at: At, words: Spoken, start: int = 0, end: int = 0, version: str = "", style: Style = "plain"
) -> Response:
    """A quote as it is copied, with its reference in a style."""
    found = at.library.store.document(document)
    if fault := _fault(found, version, words):
        return fault
    assert found is not None
    citation = citation_at(at.library.store, found, max(start, 0), max(end, 0))
    between = " " if style in ("plain", "un-text") else "\n"
    return PlainTextResponse(f"“{plain(citation.quote)}”{between}{cited_one(citation, style)}")


@routes.get("/page/resolve")
def resolve(request: Request, at: At, words: Spoken, identifier: str = "", library: str = "") -> Response:
    """Leads to where the words of a citation's identifier stand now; else the form for one, with what is wrong."""
    home, key = f"{request.scope.get('root_path', '')}/", at.key if library else ""

    def form(error: str, status: int) -> Response:
        page = resolve_html(identifier[:MAX_IDENTIFIER_CHARS], words(error) if error else "", home, key, words)
        return HTMLResponse(page, status_code=status)

    if not identifier.strip():
        return form("", 200)
    if len(identifier) > MAX_IDENTIFIER_CHARS:
        return form("resolve.unknown", 422)
    try:
        places = at.library.resolve(identifier.strip()).places
    except InputError:
        return form("resolve.unknown", 422)
    return RedirectResponse(link_to(places[0], home, key), status_code=303) if places else form("resolve.orphan", 404)


@routes.get("/page/sheet/{document_id}", response_class=HTMLResponse)
async def sheet(
    document_id: str,
    request: Request,
    at: At,
    words: Spoken,
    start: int = 0,
    end: int = 0,
    page: int | None = None,
    version: str = "",
) -> HTMLResponse:
    """A page of a PDF with a quote marked."""
    document = await run_in_threadpool(at.library.store.document, document_id)
    if fault := _fault(document, version, words):
        return fault
    assert document is not None
    drawn = await _draw(at, request.app.state.sheets, document, start, end, page)
    if drawn is None:
        return HTMLResponse(html("records", "fault", error=words("reading.no_page")), status_code=404)
    return HTMLResponse(sheet_html(document, drawn, start, end, words))


@routes.get("/page/image/{document_id}")
async def image(
    document_id: str, request: Request, at: At, start: int = 0, end: int = 0, page: int | None = None
) -> Response:
    """A page of a PDF as a picture."""
    document = await run_in_threadpool(at.library.store.document, document_id)
    drawn = await _draw(at, request.app.state.sheets, document, start, end, page) if document else None
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn.png, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@routes.get("/page/overview/{document_id}", response_class=HTMLResponse)
def overview(document_id: str, at: At, words: Spoken, length: Length = "usual") -> HTMLResponse:
    """What a document is about, for its card."""
    if at.library.store.document(document_id) is None:
        return HTMLResponse(html("records", "fault", error=words("reading.gone")), status_code=404)
    answer = in_language(at.library.overview(document_id, length=length), words.language)
    told = sentences_html(answer.sentences, answer.citations, words)
    return HTMLResponse(html("card", "overview", sentences=told, notes=answer.notes if answer.answered else ()))


@routes.get("/page/speakers/{name:path}", response_class=HTMLResponse)
def speaker(name: str, request: Request, at: At, words: Spoken, library: str = "", offset: int = 0) -> HTMLResponse:
    """Everything somebody says."""
    name, offset = name[:_NAME_BYTES], max(offset, 0)
    found = at.library.statements(name, offset=offset, limit=PAGE)
    home = f"{request.scope.get('root_path', '')}/"
    page = statements_html(name, found, offset, home, at.key if library else "", words)
    return HTMLResponse(page, status_code=200 if found.total else 404)


@routes.get("/page/compare", response_class=HTMLResponse)
def compare(a: str, b: str, at: At, words: Spoken) -> HTMLResponse:
    """What changed between two records, each by any of its names; the one of the earlier date is the older."""
    try:
        one, other = at.library.document(a), at.library.document(b)
    except InputError as error:
        return HTMLResponse(html("records", "fault", error=str(error)), status_code=404)
    if one.date and other.date and one.date > other.date:
        one, other = other, one
    return HTMLResponse(comparison_html(at.library.compare(one.id, other.id), words))


@routes.get("/page/compare/{document_id}", response_class=HTMLResponse)
def choose(document_id: str, at: At, words: Spoken) -> HTMLResponse:
    """What a record can be compared with."""
    document = at.library.store.document(document_id)
    if fault := _fault(document, "", words):
        return fault
    assert document is not None
    versions = [version for version, _ in at.library.versions(document)]
    return HTMLResponse(chooser_html(document, at.library.series(document_id), versions, words))


@routes.get("/page/since/{document_id}", response_class=HTMLResponse)
def since(document_id: str, at: At, words: Spoken) -> HTMLResponse:
    """Since when each paragraph of a record stands."""
    document = at.library.store.document(document_id)
    if fault := _fault(document, "", words):
        return fault
    assert document is not None
    return HTMLResponse(standing_html(document, at.library.standing_since(document_id), words))


@routes.get("/page/status")
def status(at: At, words: Spoken) -> dict[str, Any]:
    """How far the reading of records is."""
    progress, listings = at.reading(), at.library.documents()
    waiting = [source_name(source) for source in progress.waiting]
    line = status_html(progress, len(listings), sum(listing.passages for listing in listings), words)
    return {"html": line, "running": progress.running, "documents": len(listings), "waiting": waiting}


@routes.get("/page/welcome", response_class=HTMLResponse)
def welcome(at: At, words: Spoken) -> str:
    """What stands before the first question."""
    listings = at.library.documents()
    findable = any(listing.state != "read" for listing in listings)
    offered = _questions(at.library, words) if findable and not at.reading().running else []
    return welcome_html(len(listings), offered, words)


@routes.get("/page/records", response_class=HTMLResponse)
def records(at: At, words: Spoken) -> str:
    """The library's records."""
    listings = at.library.documents()
    leaving = [listing.id for listing in listings if at.intake.is_leaving(listing.id)]
    return records_html(listings, at.reading(), leaving, words)


@routes.get("/page/records/{document_id}", response_class=HTMLResponse)
def details(document_id: str, at: At, words: Spoken) -> str:
    """What is known of one record."""
    for listing in at.library.documents():
        if listing.id == document_id:
            return details_html(listing, at.library.store.passages_of(document_id), words)
    raise HTTPException(404)


@routes.delete("/page/records/{document_id}")
def remove(document_id: str, at: At, words: Spoken) -> Response:
    """Takes a record out."""
    try:
        at.intake.remove(document_id)
    except OSError as error:
        return PlainTextResponse(words("records.not_kept", reason=error.strerror), status_code=507)
    return JSONResponse({"removing": True})


@routes.post("/page/records/address")
def add_address(given: Address, at: At, words: Spoken) -> Response:
    """Takes a web address in."""
    address = given.address.strip()
    if not is_address(address):
        return PlainTextResponse(words("records.not_an_address"), status_code=422)
    try:
        at.intake.accept_address(address)
    except OSError as error:
        return PlainTextResponse(words("records.not_kept", reason=error.strerror), status_code=507)
    return Response(status_code=202)


@routes.put("/page/records/file")
async def add_file(request: Request, name: str, at: At, words: Spoken) -> Response:
    """Takes in a file as it arrives; it is read in the background. Status 507 where the disk has no room for it."""
    try:
        with at.intake.uploads.part() as part:
            async for piece in request.stream():
                await run_in_threadpool(part.write, piece)
            path = await run_in_threadpool(at.intake.accept_file, part, file_name(name))
    except OSError as error:
        return PlainTextResponse(words("records.not_kept", reason=error.strerror), status_code=507)
    return PlainTextResponse(path.name, status_code=202)


@routes.post("/page/check", response_class=HTMLResponse)
def check(given: Pasted, at: At, words: Spoken) -> str:
    """A draft held against the records, as it was pasted."""
    return as_view(at.library.check(given.text), words)


@routes.put("/page/check", response_class=HTMLResponse)
async def check_file(request: Request, name: str, at: At, words: Spoken) -> Response:
    """The same of a file; nothing of it is kept."""
    data = await request.body()
    try:
        checked = await run_in_threadpool(at.library.check, data, name=file_name(name))
    except UnreadableFile as error:
        return PlainTextResponse(str(error), status_code=422)
    return HTMLResponse(as_view(checked, words))


@routes.get("/page/filters", response_class=HTMLResponse)
def filters(request: Request, at: At, words: Spoken) -> str:
    """What a search can be confined to."""
    return filters_html(at.library, request.query_params, words)


def file_name(name: str) -> str:
    """A name from elsewhere as a file may bear it here: without folders, control characters and excess length."""
    base = _NOT_IN_NAMES.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])
    base = "".join(letter for letter in base if letter.isprintable()).strip(" .") or "record"
    stem, dot, suffix = base.rpartition(".")
    stem, suffix = (stem, dot + suffix) if stem and len(suffix) <= 10 else (base, "")
    while len((stem + suffix).encode("utf-8", "replace")) > _NAME_BYTES:
        stem = stem[:-1]
    return stem + suffix


def _fault(document: Document | None, version: str, words: Words) -> HTMLResponse | None:
    """What is said where a document cannot be opened as it was cited."""
    if document is None:
        return HTMLResponse(html("records", "fault", error=words("reading.gone")), status_code=404)
    if not document.sha256.startswith(version):
        return HTMLResponse(html("records", "fault", error=words("reading.changed")), status_code=409)
    return None


def _questions(library: Library, words: Words) -> list[str]:
    library.store.refresh()
    return library.store.derived(f"example questions {words.language}", lambda: example_questions(library, words))


async def _draw(
    at: AppState, sheets: Sheets, document: Document, start: int, end: int, page: int | None
) -> Sheet | None:
    def hint() -> str | None:
        return locator_at(at.library.store.passages_of(document.id), start).page

    try:
        return await sheets.sheet(document, start, end, hint=hint, page=page)
    except Crowded:
        says = "Too many pages are being drawn. Try again in a moment."
        raise Problem("too-many", says, headers={"Retry-After": "5"}) from None
