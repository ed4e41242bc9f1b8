"""The names of bodies in the text of a record."""

import pytest

from onrecord.ingest.structure.facts.bodies import bodies_in, body_of_record, most_named


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Port Ansel Town Council heard the Committee on Coastal Lights.",
         ["Port Ansel Town Council", "Committee on Coastal Lights"]),
        ("BEFORE THE COMMITTEE ON LIGHTS AND LAMPS", ["COMMITTEE ON LIGHTS AND LAMPS"]),
        ("A MEETING OF THE COUNCIL OF THE CITY OF ANSEL, ISLANDS WAS HELD", ["COUNCIL OF THE CITY OF ANSEL"]),
        ("Le Conseil d'administration et le Comité des phares", ["Conseil d'administration", "Comité des phares"]),
        ("The committee of keepers met.", []),
    ],
)  # fmt: skip
def test_names_are_written_with_capitals_and_end_with_them(text: str, names: list[str]) -> None:
    assert [body.name for body in bodies_in(text)] == names


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Minutes of the Lamp Trust Committee Meeting of 3 May 2031", "Lamp Trust Committee"),
        ("Lamp Trust Committee (LTC) Monthly Meeting", "Lamp Trust Committee"),
        ("PROCEEDINGS OF THE ISLAND ASSEMBLY", "ISLAND ASSEMBLY"),
        ("IN THE SUPREME COURT OF THE ISLANDS", "SUPREME COURT OF THE ISLANDS"),
        ("The Twelfth Lights Assembly, having considered the report", "Lights Assembly"),
        ("this session of the Port Ansel Town Council is called to order", "Port Ansel Town Council"),
        ("The Port Ansel Town Council thanked the keepers.", None),
        ("Report of the Finance Committee", None),
    ],
)
def test_a_line_names_the_body_whose_record_it_heads(line: str, name: str | None) -> None:
    assert (body_of_record([line]) or (0, None))[1] == name


def test_the_body_that_a_text_names_far_more_often_than_others() -> None:
    named = "The Lamp Assembly agreed. " * 3
    assert most_named(named + "The Oil Committee did not.") == "Lamp Assembly"
    assert most_named(named + "The Oil Committee did not. " * 3) is None
    assert most_named(named + "The Council noted it. " * 9) is None
    assert most_named("In this Parliament we sit. " * 4 + "The Parliament of the Islands rose.") == (
        "Parliament of the Islands"
    )
