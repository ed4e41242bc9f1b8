"""`onrecord notebook ...`: quotes kept while reading, checked by somebody, exported as a briefing."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....vectorstore.errors import InputError
from ..options import JsonOption, LibraryOption, StyleOption
from ..setting_up import opened_library, read_settings, tell
from .registers import written_to

if TYPE_CHECKING:
    from ....rag import Library
    from ....rag.tools.notebook.notebook import Kept

notebook = typer.Typer(help="Keep quotes, order and check them, export them as a briefing.", no_args_is_help=True)
QuoteArgument = Annotated[str, typer.Argument(metavar="QUOTE", help="The id of a quote, see: onrecord notebook list")]


@notebook.command("list")
def list_quotes(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the quotes in their order, each with its id and who checked it."""
    from ....rag.tools.notebook.briefing import notebook_json

    with opened_library(read_settings(library=library)) as lib:
        quotes = lib.notebook().quotes()
        tell(notebook_json(lib.store, quotes), as_json, lambda: _print(lib, quotes))


@notebook.command("keep")
def keep(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id, file name, symbol or title.")],
    quote: Annotated[str | None, typer.Option("--quote", help="Words that stand there.")] = None,
    paragraph: Annotated[str | None, typer.Option("--paragraph", help="A paragraph, as printed.")] = None,
    page: Annotated[str | None, typer.Option("--page", help="A page, as printed.")] = None,
    start: Annotated[int | None, typer.Option("--start", min=0, help="First character.")] = None,
    end: Annotated[int | None, typer.Option("--end", min=0, help="Character after the last.")] = None,
    note: Annotated[str, typer.Option("--note", help="A line beside it.")] = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a quote: words, a paragraph, a page, or what stands from one character to another."""
    if not any((quote, paragraph, page, end)):
        raise InputError("Say what to keep: --quote, --paragraph, --page, or --start and --end.")
    with opened_library(read_settings(library=library)) as lib:
        citation = lib.cite(document, quote=quote, start=start, end=end, paragraph=paragraph, page=page)
        _tell(lib, lib.notebook().keep(citation, note), as_json)


@notebook.command("note")
def annotate(
    quote: QuoteArgument,
    text: Annotated[str, typer.Argument(help="The line; empty takes it away.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a line beside a quote."""
    with opened_library(read_settings(library=library)) as lib:
        _tell(lib, lib.notebook().annotate(quote, text), as_json)


@notebook.command("move")
def move(
    quote: QuoteArgument,
    place: Annotated[int, typer.Argument(min=1, help="The place it is to have, counted from 1.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a quote at another place."""
    with opened_library(read_settings(library=library)) as lib:
        lib.notebook().move(quote, place)
        _tell(lib, lib.notebook().quote(quote), as_json)


@notebook.command("check")
def check(
    quote: QuoteArgument,
    by: Annotated[str | None, typer.Option("--by", help="Who compared it with the original. [your login]")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that a person has compared a quote with the original."""
    with opened_library(read_settings(library=library)) as lib:
        own = lib.notebook()
        _tell(lib, own.uncheck(quote) if undo else own.check(quote, by or getpass.getuser()), as_json)


@notebook.command("remove")
def remove(quote: QuoteArgument, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Take a quote out of the notebook."""
    with opened_library(read_settings(library=library)) as lib:
        _tell(lib, lib.notebook().remove(quote), as_json)


@notebook.command("export")
def export(
    docx: Annotated[Path | None, typer.Option("--docx", metavar="FILE", help="Write a Word document.")] = None,
    style: StyleOption = "plain",
    library: LibraryOption = None,
) -> None:
    """Print the notebook as a briefing in Markdown, or write it for Word; what is unchecked is marked."""
    from ....rag.tools.notebook.briefing import as_markdown
    from ...language import language_of_terminal
    from ...page.words import words_in

    words = words_in(language_of_terminal())
    with opened_library(read_settings(library=library)) as lib:
        quotes = lib.notebook().quotes()
        if docx is None:
            return print(as_markdown(lib.store, quotes, words.language, style), end="")
        from ...page.export.notebook import as_docx

        written_to(docx, as_docx(lib.store, quotes, words, style))


def _tell(lib: "Library", kept: "Kept", as_json: bool) -> None:
    from ....rag.tools.notebook.briefing import kept_json

    tell(kept_json(lib.store, kept), as_json, lambda: _print(lib, [kept]))


def _print(lib: "Library", quotes: "list[Kept]") -> None:
    from ....rag.answering.quoted import shown
    from ....rag.tools.notebook.briefing import check_told, state_of
    from ..render import printable

    for each in quotes:
        gone = "" if state_of(lib.store, each) == "found" else " · no longer stands in the records"
        print(printable(f"{each.id}  “{shown(each.citation.quote)}”"))
        print(printable(f"          {each.citation.label} · {check_told(each)}{gone}"))
        if each.note:
            print(printable(f"          {each.note}"))
    if not quotes:
        print("The notebook is empty.")
