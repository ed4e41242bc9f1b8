"""Registers on the page: each as a page of its own, and as a file to save."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from ....rag.tools.registers import Kind, Row, Wanted
from ....rag.tools.rows import as_csv, page_of_rows, write_xlsx
from ....vectorstore.errors import InputError
from ..views.register import ordered, register_html
from ..visitor import At, Spoken

Text = Annotated[str, Query(max_length=500)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
routes = APIRouter(prefix="/page/registers", include_in_schema=False)


@routes.get("/{kind}.{form}")
def save(
    kind: Kind, form: str, at: At, who: Text = "", about: Text = "", document: Text = "", since: Text = "",
    until: Text = "", sort: Text = "date",
) -> Response:  # fmt: skip
    """All rows that are chosen, as a file."""
    wanted = _wanted(who, about, document, since, until)
    try:
        rows = ordered(at.library.register(kind, wanted), sort)
    except InputError as error:
        return Response(str(error), status_code=422, media_type="text/plain")
    content = {"csv": _csv, "xlsx": _xlsx}.get(form)
    if form == "json":
        told = json.dumps(page_of_rows(kind, rows, 0, len(rows)), ensure_ascii=False)
        return attached(told.encode(), "application/json", f"{kind}.json")
    if content is None:
        return Response(status_code=404)
    media = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    return attached(content(rows), media, f"{kind}.{form}")


@routes.get("/{kind}", response_class=HTMLResponse)
def show(
    kind: Kind, request: Request, at: At, words: Spoken, who: Text = "", about: Text = "", document: Text = "",
    since: Text = "", until: Text = "", sort: Text = "date", offset: int = 0, library: str = "",
) -> HTMLResponse:  # fmt: skip
    """A register, some rows at a time."""
    wanted, rows, error = _wanted(who, about, document, since, until), list[Row](), ""
    try:
        rows = ordered(at.library.register(kind, wanted), sort)
    except InputError as fault:
        error = str(fault)
    home = f"{request.scope.get('root_path', '')}/"
    key = at.key if library else ""
    page = register_html(kind, wanted, rows, sort, max(offset, 0), home, key, error, words)
    return HTMLResponse(page, status_code=422 if error else 200)


def _wanted(who: str, about: str, document: str, since: str, until: str) -> Wanted:
    given = {"who": who, "about": about, "document": document, "since": since, "until": until}
    return Wanted(**{name: value.strip() or None for name, value in given.items()})


def _csv(rows: list[Row]) -> bytes:
    return as_csv(rows).encode("utf-8-sig")


def _xlsx(rows: list[Row]) -> bytes:
    return written(lambda file: write_xlsx(rows, file))


def written(write: Callable[[Path], None]) -> bytes:
    """What is written into a file, which is then gone."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "table.xlsx"
        write(file)
        return file.read_bytes()


def attached(content: bytes, media: str, name: str) -> Response:
    """A file to be saved under a name."""
    return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
