"""`onrecord check`: a draft held against the records."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ....vectorstore.errors import InputError
from ..console import DONE, SOME_FAILED
from ..options import JsonOption, LibraryOption
from ..setting_up import opened_library, read_settings, tell


def check(
    draft: Annotated[
        Path, typer.Argument(help="The draft: Word, Markdown, HTML, text or any other format; - is text.")
    ],
    library: LibraryOption = None,
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the findings as Markdown.")] = False,
    docx: Annotated[
        Path | None, typer.Option("--docx", help="Write a Word document with a comment at each place.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with every claim marked.")] = None,
) -> None:
    """Hold a draft against the records: quotations, symbols, dates, figures, votes. Status 1 if anything is to mend."""
    from ....rag.schema import checked_json
    from ...checking import as_markdown
    from ...language import language_of_terminal
    from ...page.export.checked import as_docx, as_html
    from ...page.words import words_in
    from ..render import print_checked

    try:
        data = sys.stdin.buffer.read() if str(draft) == "-" else draft.read_bytes()
    except OSError as error:
        raise InputError(f"{draft} cannot be read: {error.strerror}.") from error
    words = words_in(language_of_terminal())
    with opened_library(read_settings(library=library)) as lib:
        checked = lib.check(data, name="draft.md" if str(draft) == "-" else str(draft))
    for path, written in ((docx, as_docx), (html, as_html)):
        if path is not None:
            path.write_bytes(written(checked, data, words))
    shown = (lambda: print(as_markdown(checked, words), end="")) if markdown else lambda: print_checked(checked, words)
    tell(checked_json(checked), as_json, shown)
    raise typer.Exit(SOME_FAILED if checked.faults else DONE)
