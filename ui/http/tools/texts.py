"""The HTTP API's routes of tools: texts compared, drafts checked, places cited, registers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from ....rag.schema import (
    CheckedOut,
    CitedOut,
    ComparisonOut,
    ResolvedOut,
    SeriesOut,
    checked_json,
    cited_json,
    comparison_json,
    resolved_json,
    series_json,
)
from ....rag.tools.citations.portable import MAX_IDENTIFIER_CHARS
from ....rag.tools.citations.references import FORMS, Form, references
from ....rag.tools.positions.positions import since as since_saved
from ....rag.tools.positions.rows import PositionsOut, positions_json, told_before
from ....rag.tools.registers import Kind
from ....rag.tools.rows import RegisterOut, page_of_rows
from ...uploads import safe_name
from .. import schema as shapes
from ..schema import problems
from ..service import Served

_Identifier = Annotated[str, Query(min_length=1, max_length=MAX_IDENTIFIER_CHARS, description="that of a citation")]
_tools = APIRouter(prefix="/api", tags=["Tools"])


@_tools.get("/compare", response_model=ComparisonOut, responses=problems(422, 503))
def compare(
    service: Served,
    a: Annotated[str, Query(min_length=1, description="the older text: id, symbol, file name or title")],
    b: Annotated[str, Query(min_length=1, description="the newer one, named likewise")],
) -> ComparisonOut:
    """What became of the paragraphs of a text: the same, changed word by word, moved, new or dropped."""
    return comparison_json(service.library.compare(a, b))


@_tools.get("/since", response_model=SeriesOut, responses=problems(422, 503))
def since(
    service: Served, document: Annotated[str, Query(min_length=1, description="id, symbol, file name or title")]
) -> SeriesOut:
    """Since when each paragraph of a document stands as it does in the documents of its title."""
    library = service.library
    return series_json(library.document(document), library.standing_since(document))


@_tools.post("/check", response_model=CheckedOut, responses=problems(408, 413, 422, 503))
def check(asked: shapes.CheckIn, service: Served) -> CheckedOut:
    """A draft held against the records: each quotation, symbol, date, figure and vote with a verdict and its places.

    Nothing of it is kept.
    """
    if asked.text:
        return checked_json(service.library.check(asked.text))
    return checked_json(service.library.check(asked.file, name=safe_name(asked.name), limits=service.limits))


@_tools.get("/cite", response_model=CitedOut, responses=problems(422, 503))
def cite(service: Served, asked: Annotated[shapes.CiteIn, Query()]) -> CitedOut:
    """A place of a document in a style, with what finds it again: an identifier, selectors, an address."""
    citation = service.library.cite(asked.document, **asked.place())
    return cited_json(citation, asked.style, service.library.structure(citation.document))


@_tools.get("/resolve", response_model=ResolvedOut, responses=problems(422, 503))
def resolve(service: Served, identifier: _Identifier) -> ResolvedOut:
    """Where the words of a citation stand now: found, or an orphan; never words that are merely alike."""
    return resolved_json(service.library.resolve(identifier))


@_tools.get(
    "/references",
    response_class=Response,
    responses=problems(422, 503)
    | {
        200: {
            "description": "References",
            "content": {
                kind: {"schema": {"type": "array" if form == "csl-json" else "string"}} for form, kind in FORMS.items()
            },
        }
    },
)
def list_references(
    service: Served,
    form: Annotated[Form, Query(alias="as", description="csl-json, ris or bibtex")] = "csl-json",
    document: Annotated[str | None, Query(min_length=1, description="one document; without one, all")] = None,
) -> Response:
    """Documents as references for Zotero and its like."""
    library = service.library
    named = [library.document(document)] if document else library.documents()
    return Response(references(named, form), media_type=FORMS[form])


@_tools.post("/positions", response_model=PositionsOut, responses=problems(422, 503))
def positions(asked: shapes.PositionsSinceIn, service: Served) -> PositionsOut:
    """A table of positions: topics by speakers, each cell the fewest quotes, or none where nothing was found."""
    table = service.library.positions(asked.about, asked.who, filters=asked.filters())
    return positions_json(since_saved(table, told_before(asked.saved)) if asked.saved is not None else table)


_registers = APIRouter(prefix="/api/registers", tags=["Registers"])


@_registers.get("/{kind}", response_model=RegisterOut, responses=problems(422, 503))
def list_register(
    service: Served,
    kind: Kind,
    wanted: Annotated[shapes.RegisterIn, Query()],
) -> RegisterOut:
    """Votes, sponsors, statements, decisions, documents or acronyms, a row each, with the place that shows it."""
    rows = service.library.register(kind, wanted.wanted())
    return page_of_rows(kind, rows, wanted.offset, wanted.limit)


routes = (_tools, _registers)
