"""Rows of tables: passages of their own, and what they tell of items, tasks, votes and speakers."""

import pytest

from onrecord.ingest.formats.read import read
from onrecord.ingest.formats.rows import role_of
from onrecord.ingest.split import cut
from onrecord.ingest.structure.items import with_items
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.structure import Structure

DECISIONS = """# Harbour board

| No | Item | Decision | Votes | Action | Owner | Due |
|----|:----:|----------|-------|--------|-------|-----|
| 1 | New lamps for the pier | Approved | 5-2 | Order lamps | Ana Lind | 3 June |
| 2 | Skerry oil | Deferred to July | | - | | |
| 3 | Fees | Rejected | | | | |
| 4 | Nets | - | | | | |
"""


def told(record: str, name: str = "record.md") -> tuple[str, Structure]:
    reading = read(name, record.encode())
    units = structure(reading)
    return reading.text, with_items(outline(reading.text, units), reading.text, units)


def test_a_table_of_decisions_gives_items_and_outcomes() -> None:
    _, found = told(DECISIONS)
    headings = {item.id: (item.heading, item.number) for item in found.items}
    assert [(headings[o.item or ""], o.kind, o.votes_for, o.votes_against, o.owner, o.due) for o in found.outcomes] == [
        (("New lamps for the pier", "1"), "vote", 5, 2, None, None),
        (("New lamps for the pier", "1"), "action", None, None, "Ana Lind", "3 June"),
        (("Skerry oil", "2"), "deferred", None, None, None, None),
        (("Fees", "3"), "decision", None, None, None, None),
    ]


def test_columns_of_other_formats_are_told_by_the_names_before_their_values() -> None:
    _, found = told(
        "Punto,A favor,En contra,Resultado\nFaros,5,2,Aprobado\nAceite,1,6,Rechazado\nRedes,3,3,\n", "actas.csv"
    )
    headings = {item.id: item.heading for item in found.items}
    assert [(headings[o.item or ""], o.kind, o.votes_for, o.votes_against) for o in found.outcomes] == [
        ("Faros", "vote", 5, 2),
        ("Aceite", "vote", 1, 6),
        ("Redes", "vote", 3, 3),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| Member | Vote |\n|---|---|\n| Lind | Yes |\n| Roe | No |\n| Okafor | Yes |\n| Ito | Abstain |\n",
        "| Name | Ayes | Noes | Abstained |\n|---|---|---|---|\n| Lind | x | | |\n| Roe | | x | |\n"
        "| Okafor | ✓ | | |\n| Ito | | | x |\n",
    ],
)
def test_a_roll_call_in_a_table_gives_the_names_by_side_and_no_speakers(table: str) -> None:
    _, found = told(f"# Lamps\n\nThe vote on the motion was:\n\n{table}\nThe motion was carried.\n")
    assert not found.turns
    assert [(o.text, o.votes_for, o.votes_against, o.abstained) for o in found.outcomes] == [
        ("The motion was carried.", 2, 1, 1)
    ]
    assert found.outcomes[0].names_for == ("Lind", "Okafor")
    assert found.outcomes[0].names_abstained == ("Ito",)


@pytest.mark.parametrize(
    "table",
    [
        "| Name | Present |\n|---|---|\n| Lind | Yes |\n| Roe | No |\n| Okafor | Yes |\n",
        "| Lamp | Keeper | Lit |\n|---|---|---|\n| Merrow | Lind | Yes |\n| Skerry | Roe | No |\n| Hall | Ito | No |",
        "| Action | Reason |\n|---|---|\n| Order lamps | They are old |\n",
    ],
)
def test_other_tables_tell_of_no_outcome(table: str) -> None:
    _, found = told(f"# Lamps\n\n{table}")
    assert not found.outcomes


def test_a_column_of_speakers_gives_turns_and_the_text_below_is_nobodys() -> None:
    text, found = told(
        "# Lamps\n\n| Speaker | Time | Statement |\n|---|---|---|\n| Ms. Lind | 10:05 | The lamps are old and dark. |\n"
        "| Ms. Lind | 10:15 | They were never cleaned. |\n| Mr. Roe | | New ones cost too much. |\n\nAll closed.\n"
    )
    assert [(turn.speaker, text[turn.start : turn.end].rpartition(" | ")[2]) for turn in found.turns] == [
        ("Ms. Lind", "The lamps are old and dark. |"),
        ("Ms. Lind", "They were never cleaned. |"),
        ("Mr. Roe", "New ones cost too much. |"),
    ]


def test_a_row_is_a_passage_and_has_the_names_of_its_columns_beside_it() -> None:
    reading = read("record.md", DECISIONS.encode())
    pieces = list(cut(reading.text, structure(reading), "Harbour board", lambda words: len(words.split()), 100))
    rows = [piece for piece in pieces if piece.kind == "table"]
    assert [reading.text[piece.start : piece.end].split(" | ")[1] for piece in rows] == [
        *("Item", "New lamps for the pier", "Skerry oil", "Fees", "Nets"),
    ]
    assert all("No | Item | Decision | Votes | Action | Owner | Due" in piece.context for piece in rows[1:])


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Action owner(s)", "owner"),
        ("**Owner / Lead**", "owner"),
        ("Motion 2", "item"),
        ("Échéance :", "due"),
        ("Remarks on the harbour", None),
        ("", None),
    ],
)
def test_what_a_column_is_for_is_told_by_its_name(name: str, role: str | None) -> None:
    assert role_of(name) == role
