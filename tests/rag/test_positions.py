"""Tables of positions: whose words stand in a cell, which of them, and what is new since an earlier table."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from onrecord.rag import Filters, Library, open_library
from onrecord.rag.tools.positions.positions import MOST_TOPICS, since
from onrecord.rag.tools.positions.rows import as_csv, cell_text, positions_json, read_saved, told_before, write_xlsx
from onrecord.rag.tools.positions.stance import is_firm, own_verb
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder

FIRST = """# Meeting of the fishery council

4 May 2033

## 1. The herring quota

The Chair: We come to the herring quota. Who wishes to speak on the herring quota?

Norway: The herring quota was discussed last year. Norway supports a smaller herring quota for the northern banks.

Mexico: We cannot accept a smaller herring quota before the survey is published.

Ms. Lind (Papua New Guinea): My delegation welcomes the herring quota.

## 2. Lamps

Norway: The lamps on the quay were bought in 2031.

Guinea: We propose that the lamps on the quay be lit until noon.

Fiji: The keeper wrote to us: “It was a poor year. We reject the lamps on the quay altogether.”
"""
SECOND = """# Second meeting of the fishery council

4 May 2034

## 1. The herring quota

Ms. Dahl (Norway): We oppose any herring quota now, for the herring has gone.

Iceland: The trawlers cannot leave the northern banks.
"""
HERRING, LAMPS = "the herring quota", "lamps on the quay"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("positions")
    (folder / "a.md").write_text(FIRST, encoding="utf-8")
    (folder / "b.md").write_text(SECOND, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def library(folder: Path) -> Iterator[Library]:
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "a.md", folder / "b.md"])
        yield library


def test_a_cell_holds_the_words_of_its_speaker_only_with_their_own_verb(library: Library) -> None:
    table = library.positions([HERRING, LAMPS], ["Norway", "Mexico", "Guinea"])
    norway = table.cell(HERRING, "Norway").positions
    assert {(each.verb, each.citation.document.date) for each in norway} == {
        ("supports", "2033-05-04"),
        ("oppose", "2034-05-04"),
    }
    [mexico] = table.cell(HERRING, "Mexico").positions
    assert mexico.verb == "cannot accept" and mexico.citation.locator.speaker == "Mexico"
    assert not table.cell(HERRING, "Guinea").positions, "Papua New Guinea is another"
    assert [each.verb for each in table.cell(LAMPS, "Guinea").positions] == ["propose"]
    assert not table.cell(LAMPS, "Mexico").positions
    for cell in table.cells:
        for each in cell.positions:
            at = each.citation
            assert at.quote == at.document.text[at.start : at.end]
            assert each.verb is None or each.verb in at.quote


def test_who_speaks_on_the_topics_is_found_with_a_state_as_one_voice_and_without_the_chair(library: Library) -> None:
    table = library.positions([HERRING])
    assert set(table.who) == {"Norway", "Mexico", "Papua New Guinea"} and table.left_out == 0
    assert [each.verb for each in table.cell(HERRING, "Papua New Guinea").positions] == ["welcomes"]
    assert library.positions(["the price of saffron"]).who == ()


def test_words_that_are_read_out_are_nobodys_position(library: Library) -> None:
    assert all("reject" not in each.citation.quote for each in library.positions([LAMPS], ["Fiji"]).cells[0].positions)


def test_a_table_is_confined_to_records_and_dates(library: Library) -> None:
    later = library.positions([HERRING], ["Norway", "Mexico"], filters=Filters(since="2034"))
    assert [len(cell.positions) for cell in later.cells] == [1, 0]


def test_what_an_earlier_table_lacks_is_new(folder: Path, tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "a.md"])
        saved = tmp_path / "saved.json"
        saved.write_text(json.dumps(positions_json(library.positions([HERRING], ["Norway"]))), encoding="utf-8")
        library.ingest([folder / "b.md"])
        table = since(library.positions([HERRING], ["Norway"]), read_saved(saved))
    assert {each.verb: each.is_new for each in table.cells[0].positions} == {"supports": False, "oppose": True}
    told = cell_text(table.cells[0])
    assert "new: [oppose] “We oppose" in told and "new: [supports]" not in told
    assert {each["new"] for each in positions_json(table)["cells"][0]["quotes"]} == {False, True}


@pytest.mark.parametrize("saved", [None, [], {"cells": 5}, {"cells": [{"quotes": [{}]}]}, "table"])
def test_what_is_no_table_is_refused(saved: object) -> None:
    with pytest.raises(InputError, match="no table of positions"):
        told_before(saved)


def test_a_saved_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_saved(tmp_path / "none.json")
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="no JSON"):
        read_saved(tmp_path / "a.json")


def test_topics_and_names_are_words_and_as_many_as_a_table_holds(library: Library) -> None:
    for wrong in ([], [" "], ["?"], [f"topic {number}" for number in range(MOST_TOPICS + 1)], ["a" * 100_000]):
        with pytest.raises(InputError):
            library.positions(wrong)
    with pytest.raises(InputError, match="no name"):
        library.positions([HERRING], ["-"])


def test_tables_for_spreadsheets_have_every_quote_and_every_empty_cell(library: Library, tmp_path: Path) -> None:
    table = library.positions([HERRING], ["Mexico", "Fiji"])
    mexico, fiji = csv.DictReader(io.StringIO(as_csv(table)))
    assert mexico["verb"] == "cannot accept" and mexico["quote"] == table.cells[0].positions[0].citation.quote
    assert fiji["quote"] == "nothing found in these records" and not fiji["citation"]
    assert "rien trouvé" in as_csv(table, "fr")
    write_xlsx(table, tmp_path / "table.xlsx")
    with ZipFile(tmp_path / "table.xlsx") as book:
        assert "cannot accept" in book.read("xl/sharedStrings.xml").decode()
        assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= {*book.namelist()}
    with pytest.raises(InputError, match="cannot be written"):
        write_xlsx(table, tmp_path / "nowhere" / "table.xlsx")


@pytest.mark.parametrize(
    "sentence, name, verb",
    [
        ("My delegation, like many others here, strongly supports the text.", "", "strongly supports"),
        ("I don’t support it.", "", "don’t support"),
        ("Norway could not accept the draft.", "Norway", "could not accept"),
        ("He regretted that his amendment had been lost.", "", "regretted"),
        ("The member opposite supports it.", "", None),
        ("The quota, I hope, will fall.", "", None),
        ("La France n'appuie pas cette proposition.", "La France", "n'appuie pas"),
        ("No apoyamos el texto.", "", "No apoyamos"),
        ("Мы решительно не поддерживаем это.", "", "решительно не поддерживаем"),
        ("我们坚决反对这一决议。", "", "坚决反对"),
        ("لا نؤيد هذا القرار", "", "لا نؤيد"),
    ],
)
def test_the_verb_is_the_records_own(sentence: str, name: str, verb: str | None) -> None:
    assert own_verb(sentence, [name]) == verb


def test_of_who_speaks_for_themselves_he_is_another() -> None:
    assert own_verb("He opposes the bill.", around="I thank the member.") is None
    assert own_verb("He opposed the bill.", around="The delegate asked for the floor.") == "opposed"
    assert is_firm("cannot accept") and not is_firm("still think") and not is_firm(None)


def test_the_verb_is_found_under_each_name_of_a_state(tmp_path: Path) -> None:
    report = "# Report\n\n4 May 2033\n\n" + "\n\n".join(
        f"{number}. {state} supported the tax on lamps." if number % 2 else f"{number}. {state} opposed the oil levy."
        for number, state in enumerate(("Russian Federation", "Mexico", "Norway", "Peru", "Chile", "Fiji"), start=1)
    )
    (tmp_path / "report.md").write_text(report.replace("1. Russian", "1. The Russian"), encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "report.md"])
        table = library.positions(["tax on lamps"], ["Russia"])
    assert [each.verb for each in table.cells[0].positions] == ["supported"]


def test_what_was_decided_is_nobodys_position(tmp_path: Path) -> None:
    minutes = (
        "# Council of Osterwick\n\n4 May 2033\n\n## Night ferries\n\n"
        "Mr. Bastos: I oppose the Night Ferries Bill. It is too dear.\n\n"
        "Ms. Arvid: The last boat leaves before the evening shift ends.\n\nQuestion put and agreed to.\n\n"
        "Resolved: That the Night Ferries Bill do now pass.\n"
    )
    (tmp_path / "minutes.md").write_text(minutes, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "minutes.md"])
        record = library.document("minutes.md")
        resolved = record.text.index("Resolved")
        assert any(turn.start <= resolved < turn.end for turn in library.structure(record).turns), "it ends her turn"
        table = library.positions(["the Night Ferries Bill"], ["Ms. Arvid", "Mr. Bastos"])
    assert [[each.verb for each in cell.positions] for cell in table.cells] == [[], ["oppose"]]
