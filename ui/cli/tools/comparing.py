"""`onrecord compare`: what changed between two texts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....vectorstore.errors import InputError
from ..options import JsonOption, LibraryOption
from ..setting_up import opened_library, read_settings, tell

if TYPE_CHECKING:
    from ....rag.tools.compare import Comparison


def compare(
    old: Annotated[str, typer.Argument(metavar="A", help="Id, file name, symbol or title of a document, or a file.")],
    new: Annotated[str | None, typer.Argument(metavar="[B]", help="The newer text, named likewise.")] = None,
    previous: Annotated[
        bool, typer.Option("--previous", help="Compare A with the document before it of the same title.")
    ] = False,
    since: Annotated[
        bool, typer.Option("--since", help="Tell since when each paragraph of A stands, in documents of its title.")
    ] = False,
    docx: Annotated[
        Path | None, typer.Option("--docx", metavar="OUT", help="Write a Word document with tracked changes.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="OUT", help="Write what changed as a page.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two texts paragraph by paragraph: what changed, moved, is new or was dropped."""
    from ....rag.schema import comparison_json, series_json
    from ..render import print_comparison, print_standing

    if sum((new is not None, previous, since)) != 1:
        raise InputError("Name a second text, or ask for --previous or --since.")
    settings = read_settings(library=library)
    if since:
        with opened_library(settings) as lib:
            document, standing = lib.document(old), lib.standing_since(old)
        return tell(series_json(document, standing), as_json, lambda: print_standing(standing))
    if new is not None and Path(old).is_file() and Path(new).is_file():
        found = _files_compared(Path(old), Path(new))
    else:
        with opened_library(settings) as lib:
            found = lib.compare(_named(old), _named(new)) if new else lib.compare(lib.previous(old).id, old)
    for file, written in ((docx, _docx), (html, _html)):
        if file:
            _write(file, written(found))
    tell(comparison_json(found), as_json, lambda: print_comparison(found))


def _named(text: str) -> str | Path:
    """A file that is there, else the name of a document of the library."""
    return Path(text) if Path(text).is_file() else text


def _files_compared(old: Path, new: Path) -> "Comparison":
    """Two files compared, for which no library is needed."""
    from ....ingest.loose import read_loose
    from ....rag.tools.compare import compare, text_of

    return compare(text_of(*read_loose(old)), text_of(*read_loose(new)))


def _docx(comparison: "Comparison") -> bytes:
    from ...page.export.tracked import as_docx

    return as_docx(comparison)


def _html(comparison: "Comparison") -> bytes:
    from ...language import language_of_terminal
    from ...page.views.comparison import comparison_file
    from ...page.words import words_in

    return comparison_file(comparison, words_in(language_of_terminal())).encode()


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror or error}). Choose another file.") from error
