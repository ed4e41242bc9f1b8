"""Title, symbol and date of a record."""

import pytest

from rapporteur.ingest.metadata import Metadata, metadata
from rapporteur.ingest.read_text import read_text
from rapporteur.ingest.structure import structure


def facts(text: str, source: str = "minutes.txt", title: str | None = None, date: str | None = None) -> Metadata:
    reading = read_text(text)
    return metadata(source, reading.text, structure(reading), title=title, date=date)


# --- symbol ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        ("MIC/CL/2031/SR.4", "MIC/CL/2031/SR.4"),
        ("**E/CN.7/2018/CRP.1**", "E/CN.7/2018/CRP.1"),
        ("United Nations A/80/604/Add.1", "A/80/604/Add.1"),
        ("United Nations S/RES/2769 (2025)", "S/RES/2769 (2025)"),
        ("A/81/6 (Sect. 31)/Part A*", "A/81/6 (Sect. 31)"),
        ("A/79/797-S/2025/109", "A/79/797-S/2025/109"),
        ("MIC/CL/2031/SR.4 Distr.: General 20 March 2031", "MIC/CL/2031/SR.4"),
        ("Meridian Islands Conference | MIC/CL/2031/SR.4 Distr.: General", "MIC/CL/2031/SR.4"),
        ("| | Meridian Islands Conference | MIC/CL/2031/SR.4 |", "MIC/CL/2031/SR.4"),
        ("Document: MIC/CL/2031/2", "MIC/CL/2031/2"),
        ("WHA66.10", "WHA66.10"),
        ("Draft decision MIC/CL/2031/L.3", None),
        ("Agenda item 5: Lights (MIC/CL/2031/2 and MIC/CL/2031/5)", None),
        ("The Commission had before it document MIC/CL/2031/2.", None),
        ("\\* MIC/CL/2031/1.", None),
        ("and/or", None),
        ("2031/32", None),
    ],
)
def test_a_symbol_stands_by_itself(line: str, symbol: str | None) -> None:
    assert facts(f"{line}\n\nSummary record of the meeting\n\nThe meeting was called to order.").symbol == symbol


def test_a_footnote_gives_no_symbol() -> None:
    assert (
        facts("Summary record of the meeting\n\n---\n\n\\* [MIC/CL/2031/1](#)\n\nIt was called to order.").symbol
        is None
    )


@pytest.mark.parametrize(
    ("source", "symbol"),
    [
        ("records/A_80_604_Add.1.en.pdf", "A/80/604/Add.1"),
        ("S_RES_2769 (2025).en.pdf", "S/RES/2769 (2025)"),
        ("E_CN.6_2025_NGO_125.docx", "E/CN.6/2025/NGO/125"),
        ("WHA66.12.pdf", "WHA66.12"),
        ("IMG_2031_0312.txt", None),
        ("minutes_2031_03.txt", None),
        ("A_to_Z.txt", None),
        ("000_8eeb4c2d.txt", None),
    ],
)
def test_a_symbol_in_the_name_of_the_file(source: str, symbol: str | None) -> None:
    assert facts("It was called to order.", source).symbol == symbol


# --- date ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("12 March 2031", "2031-03-12"),
        ("Wednesday, 3rd June, 1992.", "1992-06-03"),
        ("March 12, 2031", "2031-03-12"),
        ("Date: 2031-03-12", "2031-03-12"),
        ("Port Ansel, June 2031", "2031-06"),
        ("Séance du 1er février 2031", "2031-02-01"),
        ("12 de marzo de 2031", "2031-03-12"),
        ("Report on the seventh session (10–14 March 2031)", "2031-03-14"),
        ("© Commission on Coastal Lights, June 2031. All rights reserved.", "2031-06"),
        ("Budget for the period from 1 July 2031 to 30 June 2032", None),
        ("All recorders are to be fitted by 30 September 2031", None),
        (
            "The keepers leave 22 lights by the end of the plan, and the desk at Skarn Head opens on 1 October 2031.",
            None,
        ),
        ("• the desk opens on 1 October 2031", None),
    ],
)
def test_a_date_stands_in_a_short_line(line: str, date: str | None) -> None:
    assert facts(f"Coastal lights and their keepers\n\n{line}\n\nThe meeting was called to order.").date == date


def test_the_meeting_before_the_printing_and_the_format() -> None:
    text = (
        "Distr.: General 20 March 2031\n\nHeld at Port Ansel on Wednesday, 12 March 2031, at 3 p.m.\n\nIt was opened."
    )
    assert facts(text).date == "2031-03-12"
    assert facts(text, date="2031-03-21").date == "2031-03-12"
    assert facts("Port Ansel, 18 March 2031\n\nIt was opened.", date="2031-03-21").date == "2031-03-21"


def test_a_date_far_down_is_not_the_records_own() -> None:
    assert facts("A title of some length\n\n" + "It was noted. " * 300 + "\n\n12 March 2031").date is None


# --- title -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "title"),
    [
        (["# Annual report on lights", "Text."], "Annual report on lights"),
        (["# Lights", "## The report for the year 2030", "Text."], "The report for the year 2030"),
        (["## United Nations A/80/604", "## Distr.: General", "## The budget of the lights", "Text."],
         "The budget of the lights"),
        (["12 March 2031", "Notes of the plenary meeting", "Text."], "Notes of the plenary meeting"),
        (["26-03369 (E) 240426", "## 3. Closing of the meeting", "Minutes of the lights"], "Minutes of the lights"),
        (["# Resolution 27 (2031)", "## Adopted by the Commission on Lights at its 9th meeting", "The Commission,"],
         "Resolution 27 (2031)"),
        (["# Safety of lights and keepers", "# Protection of the coasts of the Islands in peace and in war",
          "# Letter dated 12 March 2031 from the Chair", "I write to inform you."],
         "Letter dated 12 March 2031 from the Chair"),
        (["# Commission on Coastal Lights", "Seventh session", "# The burning of the lights", "Text."],
         "The burning of the lights"),
        (["# LIGHTS COUNCIL", "The Council met at 9 a.m.", "# [Mr. Hall in the chair]", "# QUESTIONS ON NIGHT WATCHES"],
         "LIGHTS COUNCIL"),
        (["Ok."], "minutes"),
    ],
)  # fmt: skip
def test_title(front: list[str], title: str) -> None:
    assert facts("\n\n".join(front)).title == title


def test_the_title_that_the_format_states_is_preferred() -> None:
    assert facts("# Annual report on lights", title="Report").title == "Report"
