"""Headings where no format marks them, and lines that only look like some."""

import pytest

from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.structure.paragraphs import structure

PROSE = "The keepers of the four islands met at noon and spoke about the oil until the boat had gone again."


def sections(text: str, *, wrapped: bool = False) -> list[str]:
    """The heading in force at each paragraph of prose."""
    reading = read_text(text, wrapped=wrapped)
    return [
        (unit.locator.section or "").split(" > ")[-1]
        for unit in structure(reading)
        if "keepers" in reading.text[unit.start : unit.end]
    ]


def headings(text: str, *, wrapped: bool = False) -> list[str]:
    reading = read_text(text, wrapped=wrapped)
    found = [unit for unit in structure(reading) if unit.kind == "heading"]
    return [" ".join(reading.text[unit.start : unit.end].split()) for unit in found]


def blocks(*lines: str) -> str:
    return "\n\n".join(lines)


def test_numbered_titles_with_unnumbered_text_below() -> None:
    text = blocks(
        "1\\. Apologies",
        PROSE,
        "2\\. State of the lamps and matters arising",
        PROSE,
        PROSE,
        "3\\. Any other matter",
        PROSE,
    )
    assert sections(text) == [
        "1. Apologies", "2. State of the lamps and matters arising", "2. State of the lamps and matters arising",
        "3. Any other matter",
    ]  # fmt: skip


def test_a_numbered_list_has_no_headings() -> None:
    assert headings(blocks("1. Lamps", "2. Oil", "3. Rope", "4. Boats", PROSE)) == []


def test_titles_in_capitals_that_run_into_their_paragraphs() -> None:
    text = blocks(
        f"1. APOLOGIES FOR ABSENCE {PROSE}",
        f"2. STATE OF THE LAMPS AT SKARN {PROSE}",
        PROSE,
        f"3. ANY OTHER MATTER {PROSE}",
    )
    assert sections(text) == [
        "1. APOLOGIES FOR ABSENCE", "2. STATE OF THE LAMPS AT SKARN", "2. STATE OF THE LAMPS AT SKARN",
        "3. ANY OTHER MATTER",
    ]  # fmt: skip


def test_a_line_between_two_numbered_paragraphs() -> None:
    text = blocks(f"1. {PROSE}", f"2. {PROSE}", "State of the lamps", f"3. {PROSE}", "Namely these", f"4. {PROSE}")
    assert sections(text) == ["", "", "State of the lamps", "Namely these"]
    broken = blocks(f"1. {PROSE}", f"2. {PROSE}", "They saw the following:", "Old Merrow", f"3. {PROSE}")
    assert headings(broken) == []


def test_lines_in_title_case_that_recur_between_prose() -> None:
    text = blocks(
        PROSE, "Questions From the Keeper", PROSE, PROSE, PROSE, *[PROSE] * 9, "Questions From the Pilot", PROSE
    )
    assert headings(text) == ["Questions From the Keeper", "Questions From the Pilot"]
    names = blocks(PROSE, "Mr John Lindholm", PROSE, PROSE, *[PROSE] * 9, "Dr Peter Skarn", PROSE)
    assert headings(names) == []


def test_titles_set_in_the_middle_of_wrapped_lines() -> None:
    prose = "\n".join(["  The keepers of the four islands met at noon and they spoke about the oil"] * 24)
    title = (
        "   STATEMENT OF ADA ORME, KEEPER OF THE LIGHTS OF THE FOUR ISLANDS,\n"
        "                             HARBOUR OF SKARN"
    )
    text = blocks(prose, " " * 26 + "Amendment No. 12", prose, title, prose)
    assert headings(text, wrapped=True) == ["Amendment No. 12", " ".join(title.split())]


@pytest.mark.parametrize(
    "line", ["NAYS--12", "NOT VOTING--2", "(THE BOARD ROSE)", "[THE CHAIR LEFT]", "MOTION PASSES 7-0", "Ayes 41"]
)
def test_totals_results_and_asides_are_none(line: str) -> None:
    assert headings(blocks("THE LAMPS OF SKARN", PROSE, line, PROSE)) == ["THE LAMPS OF SKARN"]


def test_the_date_of_the_day_is_none_but_days_that_divide_a_record_are() -> None:
    assert headings(blocks("THURSDAY, 3 MAY 2031", PROSE, "THE LAMPS", PROSE)) == ["THE LAMPS"]
    days = ["THURSDAY, 3 MAY 2031", "FRIDAY, 4 MAY 2031"]
    assert headings(blocks(days[0], PROSE, days[1], PROSE)) == days


def test_a_document_named_below_a_heading_belongs_to_it() -> None:
    text = blocks(
        "**Agenda item 7**", "**The lamps of the islands**", "(a) Lamps", "**Report of the Board (MIC/44/12)**", PROSE
    )
    assert sections(text) == ["The lamps of the islands"]


def test_a_heading_over_two_lines_is_one() -> None:
    assert headings(blocks("DELAYED REPAIR", "OF THE LAMPS OF SKARN", PROSE)) == [
        "DELAYED REPAIR OF THE LAMPS OF SKARN"
    ]
    bills = ["THE LAMPS BILL", "THE ROPES BILL"]
    assert headings(blocks(*bills, PROSE)) == bills


def test_the_topics_of_a_log() -> None:
    text = "\n\n".join(
        ["10:01:02 <ada> hello all of you", "10:02:03 <ada> Topic: Lamps", f"10:03:00 <ada> {PROSE}",
         "10:04:00 <bo> Topic: Oil and rope",
         f"10:05:00 <bo> {PROSE}"]
    )  # fmt: skip
    assert sections(text) == ["Lamps", "Oil and rope"]


def test_a_bold_sentence_is_none() -> None:
    assert headings(blocks("**The lamps**", PROSE, "**The budget was passed by all of them.**", PROSE)) == [
        "**The lamps**"
    ]


def test_a_number_alone_and_the_title_under_it_are_one_heading() -> None:
    text = blocks("QUESTION NO. 007", "OIL FOR THE LAMPS", "OF SKARN", PROSE, "QUESTION NO. 008", "ROPE", PROSE)
    assert sections(text) == [
        "QUESTION NO. 007 OIL FOR THE LAMPS OF SKARN", "QUESTION NO. 008 ROPE",
    ]  # fmt: skip


def test_where_all_is_in_capitals_they_make_no_heading() -> None:
    rows = [f"PAID TO KEEPER {number} FOR OIL 1{number}.50" for number in range(30)]
    assert headings(blocks(*rows)) == []
    assert headings(blocks("OIL FOR THE LAMPS", PROSE, *rows[:3])) == ["OIL FOR THE LAMPS", *rows[:3]]
