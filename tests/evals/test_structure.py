"""How records were read, graded against invented gold."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onrecord.evals.gold_structure import GoldStructure, is_gold, read_gold
from onrecord.evals.measures.structure import Mark, Read, grade, grades_json, of_files
from onrecord.ingest.parse import Limits
from onrecord.ingest.units import Metadata
from onrecord.ui.cli.main import app
from onrecord.vectorstore.errors import InputError
from onrecord.vectorstore.structure import (
    Heading,
    Item,
    NumberedParagraph,
    Outcome,
    Page,
    SpeakerTurn,
    Structure,
)

TEXT = (
    "Harbour dues\nMs. LIND: The dues stay low.\n7. The “café” well-\nknown to all closes.\n"
    "The motion was carried by 4 votes to 1."
)


def read() -> Read:
    return Read(
        text=TEXT,
        facts=Metadata(title="Minutes of the harbour board", symbol="HB/2031/9", date="2031-03-04", body="Harbour"),
        structure=Structure(
            turns=(SpeakerTurn(start=13, end=42, speaker="Ana Lind", label="Ms. LIND"),),
            paragraphs=(NumberedParagraph(start=42, end=91, number="A 7", part="draft resolution I"),),
            headings=(Heading(start=0, end=len(TEXT), text="Board > 1: Harbour dues", level=2),),
            pages=(Page(start=0, end=len(TEXT), label="iii"),),
            items=(Item(id="i1", start=0, end=len(TEXT), kind="item", heading="Harbour dues"),),
            outcomes=(
                Outcome(
                    start=91, end=len(TEXT), item="i1", kind="vote", text="The motion was carried by 4 votes to 1.",
                    votes_for=4, votes_against=1, names_for=("Ana Lind", "B. Roe"),
                ),
            ),
        ),
    )  # fmt: skip


def marks(read: Read | None = None, **gold: object) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for mark in grade(GoldStructure.model_validate({"doc": "a.txt", **gold}), read):
        found.setdefault(mark.measure, []).append(mark.right)
    return found


@pytest.mark.parametrize(
    ("measure", "gold", "right"),
    [
        ("turns", {"quote": "the dues  stay low", "speaker": "Lind"}, True),
        ("turns", {"quote": "the dues stay low", "speaker": "Roe"}, False),
        ("headings", {"quote": "dues stay low", "heading": "Harbour dues"}, True),
        ("headings", {"quote": "dues stay low", "heading": "Budget"}, False),
        ("paragraphs", {"quote": 'the "cafe" wellknown', "number": 7, "part": "Resolution I"}, True),
        ("paragraphs", {"quote": "known to all", "number": "7", "part": "annex"}, False),
        ("paragraphs", {"quote": "dues stay low", "number": None}, True),
        ("pages", {"quote": "dues stay low", "page": "III"}, True),
        ("pages", {"quote": "dues stay low", "page": 3}, False),
    ],
)
def test_what_stands_over_a_quote(measure: str, gold: dict[str, object], right: bool) -> None:
    found = marks(read(), **{measure: [gold]})
    assert found[measure] == [right]
    assert found["lost"] == [False]


def test_a_lost_quote_is_wrong_for_its_measure() -> None:
    found = marks(read(), turns=[{"quote": "it stands nowhere", "speaker": "Lind"}])
    assert (found["turns"], found["lost"]) == ([False], [True])


def test_what_is_told_of_the_whole() -> None:
    found = marks(
        read(), title="Harbour board, minutes", body="Fisheries council", date="2031-03-03", date_also=["2031-03-04"],
        symbol="HB 2031 9", speakers=["Lind", "Roe"], not_speakers=["MS. LIND:"],
    )  # fmt: skip
    assert (found["title"], found["body"], found["date"], found["symbol"]) == ([True], [False], [True], [True])
    assert (found["speakers"], found["no_speaker"]) == ([True, False], [False])


@pytest.mark.parametrize(
    ("gold", "found", "right"),
    [
        ({}, True, True),
        ({"kind": "action"}, True, False),
        ({"item": "The budget of the museum"}, True, False),
        ({"for": 5}, True, False),
        ({"names_for": ["Lind", "Roe"]}, True, True),
        ({"names_for": ["Lind"]}, True, False),
        ({"owner": "Ms. Lind"}, True, False),
        ({"quote": "Ms. LIND"}, False, False),
        ({"quote": "carried", "nth": 2}, False, False),
        ({"quote": None}, True, True),
    ],
)
def test_outcomes(gold: dict[str, object], found: bool, right: bool) -> None:
    wanted = {"quote": "carried by 4 votes", "kind": "decision", "item": "Harbour dues", "for": 4, "against": 1}
    given = marks(read(), outcomes=[wanted | gold])
    assert (given["outcomes_found"], given["outcomes"]) == ([found], [right])
    assert "outcomes" not in marks(read(), outcomes=[wanted | {"optional": True}])


def test_what_was_not_read_is_wrong_in_everything() -> None:
    found = marks(None, title="Minutes", pages=[{"quote": "dues", "page": "1"}])
    assert found == {"read": [False], "lost": [True], "pages": [False], "title": [False]}


def test_shares_and_wrong_ones() -> None:
    told = grades_json({"a": [Mark(measure="title", right=True), Mark(measure="lost", right=False)],
                        "b": [Mark(measure="title", right=False, wanted="Minutes", said="x")]})  # fmt: skip
    assert told["measures"]["title"] == {"right": 1, "of": 2, "share": 0.5}
    assert [document["wrong"] for document in told["documents"]] == [
        [],
        [{"measure": "title", "wanted": "Minutes", "said": "x"}],
    ]


@pytest.mark.slow
def test_files_are_read_and_graded(tmp_path: Path) -> None:
    record, gold = tmp_path / "dues.md", tmp_path / "gold.jsonl"
    record.write_text("# Harbour dues\n\nThe dues stay low.\n", encoding="utf-8")
    line = {"doc": "dues.md", "title": "Harbour dues", "headings": [{"quote": "stay low", "heading": "Harbour dues"}]}
    gold.write_text(json.dumps({**line, "a field of its own": 1}), encoding="utf-8")
    assert is_gold(gold)
    [wanted] = read_gold(gold)
    marks = grade(wanted, of_files([record], Limits())["dues.md"])
    assert all(mark.right != (mark.measure == "lost") for mark in marks)
    printed = CliRunner().invoke(app, ["eval", "structure", str(gold), str(record)])
    assert printed.exit_code == 0, printed.output
    assert "dues.md  headings 1/1  lost 0/1  read 1/1  title 1/1" in printed.output
    assert "title           1.000  1 of 1" in printed.output


def test_a_fault_in_the_gold_is_named(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"doc": "a", "turns": [{"quote": "b"}]}', encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1: turns\.0\.speaker: field required"):
        read_gold(gold)
