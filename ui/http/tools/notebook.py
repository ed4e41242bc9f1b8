"""The HTTP API's routes of the notebook: quotes that the caller's key keeps; without keys, those of the library."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from ....rag.library import Library
from ....rag.tools.citations.styles import Style
from ....rag.tools.notebook.briefing import KeptOut, NotebookOut, as_markdown, kept_json, notebook_json
from ....rag.tools.notebook.notebook import Kept, Notebook
from ....vectorstore.errors import InputError
from ...access.caller import caller_of
from .. import schema as shapes
from ..schema import problems
from ..service import Served

_Form = Literal["markdown", "docx"]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
routes = APIRouter(prefix="/api/notebook", tags=["Notebook"])


def _notebook_of(request: Request, service: Served) -> Notebook:
    return service.library.notebook(caller_of(request.scope).id)


def keep_place(library: Library, own: Notebook, asked: shapes.KeepIn) -> Kept:
    """Keeps a place of a record. Raises InputError where it is none."""
    if not asked.names_a_place:
        raise InputError("Say what to keep: a quote, a paragraph, a page, or start and end.")
    return own.keep(library.cite(asked.document, **asked.place()), asked.note)


def change_kept(own: Notebook, key: str, asked: shapes.KeptIn) -> Kept:
    """Changes what is asked of a quote. Raises InputError."""
    own.quote(key)
    if asked.note is not None:
        own.annotate(key, asked.note)
    if asked.checked_by is not None:
        own.check(key, asked.checked_by) if asked.checked_by else own.uncheck(key)
    if asked.place is not None:
        own.move(key, asked.place)
    return own.quote(key)


Own = Annotated[Notebook, Depends(_notebook_of)]


@routes.get("", response_model=NotebookOut, responses=problems(422, 503))
def list_notebook(service: Served, own: Own) -> NotebookOut:
    """The quotes kept, in their order."""
    return notebook_json(service.library.store, own.quotes())


@routes.post("", response_model=KeptOut, responses=problems(422, 503))
def keep(asked: shapes.KeepIn, service: Served, own: Own) -> KeptOut:
    """Keeps a quote; one that is kept already stays as it is."""
    return kept_json(service.library.store, keep_place(service.library, own, asked))


@routes.patch("/{key}", response_model=KeptOut, responses=problems(422, 503))
def change(key: shapes.KeptKey, asked: shapes.KeptIn, service: Served, own: Own) -> KeptOut:
    """Writes a line beside a quote, puts it at another place, notes who has compared it with the original."""
    return kept_json(service.library.store, change_kept(own, key, asked))


@routes.delete("/{key}", response_model=KeptOut, responses=problems(422, 503))
def remove(key: shapes.KeptKey, service: Served, own: Own) -> KeptOut:
    """Takes a quote out; what it was comes back."""
    return kept_json(service.library.store, own.remove(key))


@routes.get(
    "/briefing",
    response_class=Response,
    responses=problems(422, 503)
    | {
        200: {
            "description": "The briefing",
            "content": {
                "text/markdown": {"schema": {"type": "string"}},
                DOCX: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
def brief(
    service: Served,
    own: Own,
    form: Annotated[_Form, Query(alias="as", description="markdown or docx")] = "markdown",
    style: Style = "plain",
) -> Response:
    """The quotes as a briefing, each citation a footnote in a style; what is unchecked is marked."""
    store, quotes = service.library.store, own.quotes()
    if form == "markdown":
        return Response(as_markdown(store, quotes, style=style), media_type="text/markdown; charset=utf-8")
    from ...page.export.notebook import as_docx
    from ...page.words import words_in

    return Response(as_docx(store, quotes, words_in("en"), style), media_type=DOCX)
