"""The table of positions on the page: chosen by a form, saved as a file."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from ....rag.tools.citations.styles import STYLES
from ....rag.tools.positions.positions import PositionTable
from ....rag.tools.positions.positions import since as marked
from ....rag.tools.positions.rows import MAX_SAVED_BYTES, as_csv, positions_json, told_before, write_xlsx
from ....rag.tools.registers import Wanted
from ....vectorstore.errors import InputError
from ..export.docx import DOCX
from ..export.positions import as_docx
from ..libraries import AppState
from ..views.positions import lines, positions_html
from ..visitor import At, Spoken
from .registers import XLSX, Text, attached, written

_Told = Annotated[str, Form(max_length=5_000)]
_Lines = Annotated[str, Query(max_length=5_000)]
routes = APIRouter(prefix="/page", include_in_schema=False)


@routes.get("/positions.{form}")
def save(
    form: str, at: At, words: Spoken, about: _Lines = "", who: _Lines = "", document: Text = "", since: Text = "",
    until: Text = "", style: Text = STYLES[0],
) -> Response:  # fmt: skip
    """The table as a file."""
    try:
        table = _table(at, about, who, document, since, until)
        if form == "docx" and style in STYLES:
            return attached(as_docx(table, words, style), DOCX, "positions.docx")
    except InputError as error:
        return Response(str(error), status_code=422, media_type="text/plain")
    if form == "json":
        return attached(
            json.dumps(positions_json(table), ensure_ascii=False).encode(), "application/json", "positions.json"
        )
    if form == "csv":
        return attached(as_csv(table, words.language).encode("utf-8-sig"), "text/csv; charset=utf-8", "positions.csv")
    if form == "xlsx":
        content = written(lambda file: write_xlsx(table, file, words.language))
        return attached(content, XLSX, "positions.xlsx")
    return Response(status_code=404)


@routes.get("/positions", response_class=HTMLResponse)
def show(
    request: Request, at: At, words: Spoken, about: _Lines = "", who: _Lines = "", document: Text = "",
    since: Text = "", until: Text = "", library: str = "",
) -> HTMLResponse:  # fmt: skip
    """The form, and the table where topics are given."""
    table, error = None, ""
    try:
        table = _table(at, about, who, document, since, until) if lines(about) else None
    except InputError as fault:
        error = str(fault)
    home = f"{request.scope.get('root_path', '')}/"
    asked = {"about": about, "who": who, "document": document, "since": since, "until": until}
    page = positions_html(table, asked, home, at.key if library else "", error, words)
    return HTMLResponse(page, status_code=422 if error else 200)


@routes.post("/positions", response_class=HTMLResponse)
def compare(
    request: Request, at: At, words: Spoken, saved: UploadFile, about: _Told = "", who: _Told = "",
    document: _Told = "", since: _Told = "", until: _Told = "", library: _Told = "",
) -> HTMLResponse:  # fmt: skip
    """The table again, what an earlier one lacks marked as new; `saved` is that one, as it was saved in JSON."""
    table, error = None, ""
    try:
        table = _table(at, about, who, document, since, until)
        table = marked(table, told_before(_json(saved)))
    except InputError as fault:
        error = str(fault)
    home = f"{request.scope.get('root_path', '')}/"
    asked = {"about": about, "who": who, "document": document, "since": since, "until": until}
    page = positions_html(table, asked, home, at.key if library else "", error, words)
    return HTMLResponse(page, status_code=422 if error else 200)


def _json(saved: UploadFile) -> Any:
    try:
        return json.loads(saved.file.read(MAX_SAVED_BYTES))
    except (ValueError, RecursionError):
        return None


def _table(at: AppState, about: str, who: str, document: str, since: str, until: str) -> PositionTable:
    """The table that the form asks for. Raises InputError."""
    given = {"document": document, "since": since, "until": until}
    wanted = Wanted(**{name: value.strip() or None for name, value in given.items()})
    return at.library.positions(lines(about), lines(who), filters=wanted.filters or None)
