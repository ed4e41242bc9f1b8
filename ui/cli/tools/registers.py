"""`onrecord votes`, `sponsors`, `statements`, `decisions`, `acronyms`: what the records tell, a row each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....vectorstore.errors import InputError
from ..options import JsonOption, LibraryOption
from ..setting_up import opened_library, read_settings, tell

if TYPE_CHECKING:
    from ....rag.tools.registers import Kind, Row

WhoOption = Annotated[str | None, typer.Option("--who", help="Only rows of this state, member or speaker.")]
AboutOption = Annotated[str | None, typer.Option("--about", help="Only rows whose item or record has these words.")]
DocumentOption = Annotated[str | None, typer.Option("--document", help="Only of this record: id, symbol, title, file.")]
SinceOption = Annotated[str | None, typer.Option("--since", help="Only of records from this date on.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Only of records up to this date.")]
CsvOption = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the rows as CSV.")]
XlsxOption = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write the rows as a workbook.")]


def votes(
    who: WhoOption = None, about: AboutOption = None, document: DocumentOption = None, since: SinceOption = None,
    until: UntilOption = None, csv: CsvOption = None, xlsx: XlsxOption = None, library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List how each state or member voted, item by item, with the place that shows it."""
    _list("votes", who, about, document, since, until, csv, xlsx, library, as_json)


def sponsors(
    who: WhoOption = None, about: AboutOption = None, document: DocumentOption = None, since: SinceOption = None,
    until: UntilOption = None, csv: CsvOption = None, xlsx: XlsxOption = None, library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List who sponsored, moved or seconded what."""
    _list("sponsors", who, about, document, since, until, csv, xlsx, library, as_json)


def statements(
    who: WhoOption = None, about: AboutOption = None, document: DocumentOption = None, since: SinceOption = None,
    until: UntilOption = None, csv: CsvOption = None, xlsx: XlsxOption = None, library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List who spoke on what, with the first sentence of each statement."""
    _list("statements", who, about, document, since, until, csv, xlsx, library, as_json)


def decisions(
    who: WhoOption = None, about: AboutOption = None, document: DocumentOption = None, since: SinceOption = None,
    until: UntilOption = None, csv: CsvOption = None, xlsx: XlsxOption = None, library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List what was decided and who is to do what by when."""
    _list("decisions", who, about, document, since, until, csv, xlsx, library, as_json)


def acronyms(
    who: Annotated[str | None, typer.Option("--of", help="Only this acronym.")] = None, about: AboutOption = None,
    document: DocumentOption = None, since: SinceOption = None, until: UntilOption = None, csv: CsvOption = None,
    xlsx: XlsxOption = None, library: LibraryOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List what short forms stand for, and where each record says so first."""
    _list("acronyms", who, about, document, since, until, csv, xlsx, library, as_json)


def _list(
    kind: "Kind", who: str | None, about: str | None, document: str | None, since: str | None, until: str | None,
    csv: Path | None, xlsx: Path | None, library: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from ....rag.tools.registers import Wanted
    from ....rag.tools.rows import as_csv, page_of_rows, write_xlsx

    with opened_library(read_settings(library=library)) as lib:
        rows = lib.register(kind, Wanted(who=who, about=about, document=document, since=since, until=until))
    if csv:
        written_to(csv, as_csv(rows).encode("utf-8-sig"))  # with the mark that spreadsheets look for
    if xlsx:
        write_xlsx(rows, xlsx)
    value = page_of_rows(kind, rows, 0, len(rows)) if as_json else None
    tell(value, as_json, lambda: _print(rows, quiet=bool(csv or xlsx)))


def written_to(file: Path, content: bytes) -> None:
    """Writes a file. Raises InputError where it cannot be written."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror or error}). Choose another file.") from error


def _print(rows: "list[Row]", quiet: bool) -> None:
    """The rows under their records and items, then how many they are."""
    above: tuple[str, str] | None = None
    for row in () if quiet else rows:
        document = row.citation.document
        if above != (document.id, row.item):
            above = (document.id, row.item)
            print(f"\n{' · '.join(filter(None, (document.name, document.date, row.item)))}")
        counts = row.outcome
        votes = f"{counts.votes_for}-{counts.votes_against}" if counts and counts.votes_for is not None else ""
        told = [
            row.what,
            row.who,
            *([votes] if not row.who else []),
            f"due {counts.due}" if counts and counts.due else "",
        ]
        quote = " ".join(row.citation.quote.split())
        shown = "" if quote == row.who else f"  “{quote}”"
        print(f"  {'  '.join(filter(None, told))}{shown}")
    print(f"\n{len(rows):,} {'row' if len(rows) == 1 else 'rows'}.")
