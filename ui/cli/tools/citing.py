"""`onrecord cite`, `resolve`: a place of a record in one's style, and where a citation's words stand now."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from ..console import DONE, SOME_FAILED
from ..options import JsonOption, LibraryOption, StyleOption
from ..setting_up import opened_library, read_settings, tell

if TYPE_CHECKING:
    from ....rag.tools.citations.references import Form


def cite(
    document: Annotated[str, typer.Argument(help="Id, file name, symbol or title of a document.")],
    quote: Annotated[str | None, typer.Option("--quote", help="Words that stand there, letter for letter.")] = None,
    paragraph: Annotated[str | None, typer.Option("--paragraph", help="A paragraph's number, as printed.")] = None,
    page: Annotated[str | None, typer.Option("--page", help="A page, as printed.")] = None,
    style: StyleOption = "plain",
    form: Annotated[
        str | None, typer.Option("--as", help="The document as a reference instead: csl-json, ris or bibtex.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cite a document, a paragraph, a page or a quote in a style; with an identifier that finds the place again."""
    from ....rag.schema import cited_json
    from ....rag.tools.citations.references import references

    with opened_library(read_settings(library=library)) as lib:
        if form:
            print(references([lib.document(document)], cast("Form", form)), end="")
            return
        citation = lib.cite(document, quote=quote, paragraph=paragraph, page=page)
        told = cited_json(citation, style, lib.structure(citation.document))
    lines = (told["text"], told["citation"]["identifier"], told["citation"]["url"])
    tell(told, as_json, lambda: print("\n".join(filter(None, lines))))


def resolve(
    identifier: Annotated[str, typer.Argument(help="The identifier of a citation.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the words of a citation again. Status 1 if they stand nowhere: nothing alike is taken for them."""
    from ....rag.schema import resolved_json

    with opened_library(read_settings(library=library)) as lib:
        found = lib.resolve(identifier)
    lines = [f"{place.label}: “{place.quote}”" for place in found.places]
    tell(resolved_json(found), as_json, lambda: print("\n".join(lines) or "Orphan: these words stand there no more."))
    raise typer.Exit(DONE if found.places else SOME_FAILED)
