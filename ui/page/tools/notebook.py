"""The notebook on the page: quotes that a browser keeps, on a page of its own that needs no script, and as files."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from ....rag.answering.quoted import citation_at
from ....rag.tools.citations.styles import STYLES
from ....rag.tools.notebook.briefing import as_markdown, notebook_json
from ....rag.tools.notebook.notebook import MAX_NAME_CHARS, MAX_NOTE_CHARS, Notebook
from ....vectorstore.errors import InputError
from ..export.docx import DOCX
from ..export.notebook import as_docx
from ..views.notebook import notebook_html
from ..views.statements import page_address
from ..visitor import At, Owner, Spoken
from .registers import Text, attached

_Change = Literal["note", "up", "down", "check", "uncheck", "remove"]
routes = APIRouter(prefix="/page/notebook", include_in_schema=False)


@routes.post("", response_model=None)
def keep(
    document: Text, at: At, words: Spoken, owner: Owner, response: Response, start: int = 0, end: int = 0,
    version: Text = "",
) -> Response | dict[str, str]:  # fmt: skip
    """Keeps a quote."""
    found = at.library.store.document(document)
    if found is None or not found.sha256.startswith(version):
        return PlainTextResponse(words("reading.changed" if found else "reading.gone"), status_code=409)
    citation = citation_at(at.library.store, found, max(start, 0), max(end, 0))
    return {"kept": at.library.notebook(owner).keep(citation).id}


@routes.get("", response_class=HTMLResponse)
def show(request: Request, at: At, words: Spoken, owner: Owner, library: str = "", style: Text = "") -> HTMLResponse:
    """The quotes, with what can be done with each."""
    home = f"{request.scope.get('root_path', '')}/"
    key, chosen = at.key if library else "", style if style in STYLES else STYLES[0]
    page = notebook_html(at.library.store, at.library.notebook(owner).quotes(), home, key, chosen, words)
    return HTMLResponse(page)


@routes.get("/briefing.{form}")
def save(form: str, at: At, words: Spoken, owner: Owner, style: Text = STYLES[0]) -> Response:
    """The notebook as a file."""
    store, quotes = at.library.store, at.library.notebook(owner).quotes()
    if style not in STYLES:
        return Response(status_code=404)
    if form == "docx":
        return attached(as_docx(store, quotes, words, style), DOCX, "notebook.docx")
    if form == "md":
        told = as_markdown(store, quotes, words.language, style)
        return attached(told.encode(), "text/markdown; charset=utf-8", "notebook.md")
    if form == "json":
        told = json.dumps(notebook_json(store, quotes), ensure_ascii=False)
        return attached(told.encode(), "application/json", "notebook.json")
    return Response(status_code=404)


@routes.post("/{key}")
def change(
    key: str, request: Request, at: At, owner: Owner, do: Annotated[_Change, Form()],
    text: Annotated[str, Form(max_length=MAX_NOTE_CHARS)] = "",
    by: Annotated[str, Form(max_length=MAX_NAME_CHARS)] = "", library: str = "",
) -> Response:  # fmt: skip
    """Does with a quote what a button says, and shows the notebook again."""
    try:
        _do(at.library.notebook(owner), key, do, text.replace("\r\n", "\n"), by)
    except InputError as error:
        return PlainTextResponse(str(error), status_code=422)
    home = f"{request.scope.get('root_path', '')}/page/notebook"
    return RedirectResponse(page_address(home, library=at.key if library else "") + f"#q-{key}", status_code=303)


def _do(own: Notebook, key: str, do: _Change, text: str, by: str) -> None:
    """Raises InputError where there is no such quote, or a name is wanting."""
    place = 1 + [each.id for each in own.quotes()].index(own.quote(key).id)
    match do:
        case "note":
            own.annotate(key, text)
        case "up" | "down":
            own.move(key, place + (1 if do == "down" else -1))
        case "check":
            own.check(key, by)
        case "uncheck":
            own.uncheck(key)
        case "remove":
            own.remove(key)
