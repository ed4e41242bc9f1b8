"""`onrecord positions`: who says what on which topic, in quotes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import JsonOption, LibraryOption, StyleOption
from ..setting_up import opened_library, read_settings, tell
from .registers import CsvOption, DocumentOption, SinceOption, UntilOption, XlsxOption, written_to

if TYPE_CHECKING:
    from ....rag.tools.positions.positions import PositionTable

TopicsOption = Annotated[list[str], typer.Option("--about", help="A topic; may be given several times.")]
NamesOption = Annotated[
    list[str] | None,
    typer.Option("--who", help="A state, member or speaker; may be given several times. [who speaks most on them]"),
]
DocxOption = Annotated[Path | None, typer.Option("--docx", metavar="FILE", help="Write the table as a Word document.")]
SavedOption = Annotated[
    Path | None,
    typer.Option("--new-since", metavar="FILE", help="Mark the quotes that an earlier table (--json) lacks."),
]


def positions(
    about: TopicsOption, who: NamesOption = None, document: DocumentOption = None, since: SinceOption = None,
    until: UntilOption = None, saved: SavedOption = None, csv: CsvOption = None, xlsx: XlsxOption = None,
    docx: DocxOption = None, style: StyleOption = "plain", library: LibraryOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Tell who says what on each topic, in the fewest quotes; an empty cell says that nothing was found."""
    from ....rag.tools.positions.positions import since as since_saved
    from ....rag.tools.positions.rows import as_csv, positions_json, read_saved, write_xlsx
    from ....rag.tools.registers import Wanted
    from ...language import language_of_terminal
    from ...page.words import words_in

    known = read_saved(saved) if saved else None
    words = words_in(language_of_terminal())
    wanted = Wanted(document=document, since=since, until=until)
    with opened_library(read_settings(library=library)) as lib:
        table = lib.positions(about, who or (), filters=wanted.filters or None)
        table = table if known is None else since_saved(table, known)
        value = positions_json(table) if as_json else None
    if csv:
        written_to(csv, as_csv(table, words.language).encode("utf-8-sig"))  # with the mark that spreadsheets look for
    if xlsx:
        write_xlsx(table, xlsx, words.language)
    if docx:
        from ...page.export.positions import as_docx

        written_to(docx, as_docx(table, words, style))
    quiet = any((csv, xlsx, docx))
    tell(value, as_json, lambda: _print(table, words.language, quiet=quiet))


def _print(table: "PositionTable", language: str, quiet: bool) -> None:
    """The cells, topic by topic."""
    from ....rag.tools.positions.rows import cell_text

    for topic in () if quiet else table.topics:
        print(f"\n{topic}")
        for who in table.who:
            told = cell_text(table.cell(topic, who), language).replace("\n", "\n    ")
            print(f"  {who}\n    {told}")
    if table.left_out:
        print(f"\n{table.left_out:,} more spoke on these topics. Name them with --who.")
    if not table.who and not quiet:
        print("\nNobody was found who spoke on these topics.")
