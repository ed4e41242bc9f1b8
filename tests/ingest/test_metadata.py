"""Title, symbol and date of a record."""

from dataclasses import replace

import pytest

from onrecord.ingest.formats.blocks import Reading, TextBuilder
from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.formats.web.html import read_html
from onrecord.ingest.structure.facts.metadata import metadata
from onrecord.ingest.structure.paragraphs import structure
from onrecord.ingest.units import Metadata
from onrecord.vectorstore.language.detect import language_of


def facts(text: str, source: str = "minutes.txt", title: str | None = None, date: str | None = None) -> Metadata:
    reading = replace(read_text(text), title=title, date=date)
    return metadata(source, reading, structure(reading))


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
        ("Vol. 280 No. 6", "Vol. 280 No. 6"),
        ("[No 37—2031] FIFTH SESSION", "No 37—2031"),
        ("Keepers | : No. 11-398", "No. 11-398"),
        ("STARRED QUESTION NO.*10", "STARRED QUESTION NO.*10"),
        ("Lamps No. 3 and No. 4 were lit", None),
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
        ("Port Ansel, 12 Sept. 2031", "2031-09-12"),
        ("10 to 14 March 2031", "2031-03-14"),
        ("A meeting of the keepers was held this 12th day of March, 2031 at 9", "2031-03-12"),
        (
            "At its meeting on 12 March 2031, the Council decided to burn no more lamps in the coming winter.",
            "2031-03-12",
        ),
        ("The meetings began on March 12, 2031, and the keepers of the lamps went on with them into summer.", None),
        ("Date of communication: 2 March 2031", None),
        ("Questions not replied to by the due date of 11 March 2031", None),
        ("[Notice given: 2 March 2031, and printed]", "2031-03-02"),
        ("Sitzung vom 12. März 2031", "2031-03-12"),
        ("Заседание 12 марта 2031 г.", "2031-03-12"),
        ("Accounts for the year ending 30th June 2031", None),
        ("Lot 2031-03", None),
        ("A. Minutes of Feb 5, 2031", None),
        ("Minutes of Feb 5, 2031", "2031-02-05"),
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


def test_a_day_is_preferred_to_a_span_of_days() -> None:
    assert facts("10 March–4 April 2031\n\nDistr.: General\n\n7 May 2031\n\nIt was opened.").date == "2031-05-07"
    assert facts("Report (10–14 March 2031)\n\n[7 May 2031]\n\nIt was opened.").date == "2031-05-07"


def test_far_down_only_a_bare_date_in_brackets_dates_a_record() -> None:
    below = "It was noted. " * 300
    assert facts(f"Lamps of the coast\n\n{below}\n\n[7 May 2031]").date == "2031-05-07"
    assert facts(f"Lamps of the coast\n\n{below}\n\n[Notice given: 7 May 2031]").date is None


@pytest.mark.parametrize(
    ("source", "date"),
    [
        ("lights_2031-03-12.txt", "2031-03-12"),
        ("Minutes 12 March 2031.txt", "2031-03-12"),
        ("IMG_2031-03-12.txt", None),
        ("lights_2031.txt", None),
    ],
)
def test_the_name_of_the_file_dates_it_where_nothing_else_does(source: str, date: str | None) -> None:
    assert facts("It was called to order.", source).date == date
    assert facts("Port Ansel, 7 May 2031\n\nIt was opened.", source).date == "2031-05-07"


def test_a_month_is_made_a_day_by_the_name_of_the_file() -> None:
    assert facts("# Lamp minutes, March 2031\n\nIt was opened.", "lamps_2031-03-12.md").date == "2031-03-12"


def test_the_date_of_front_matter_yields_to_the_meetings() -> None:
    front = "---\n\ntitle: Lamps\ndate: 2031-04-01\n\n---\n\n"
    reading = read_text(front + "It was opened.")
    assert metadata("a.md", reading, structure(reading)).date == "2031-04-01"
    reading = read_text(front + "Minutes of the meeting held on Friday 7th March 2031\n\nIt was opened.")
    assert metadata("a.md", reading, structure(reading)).date == "2031-03-07"


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
        (["# LIGHTS ASSEMBLY", "# OFFICIAL REPORT", "Tuesday, 11th March, 2031", "The House met at 9.", "# PRAYERS"],
         "LIGHTS ASSEMBLY, OFFICIAL REPORT, Tuesday, 11th March, 2031"),
        (["# Lights Committee", "# Report on the seventh session (10–14 March 2031)", "# Official Records, 2031"],
         "Lights Committee, Report on the seventh session (10–14 March 2031)"),
        (["Ok."], "minutes"),
    ],
)  # fmt: skip
def test_title(front: list[str], title: str) -> None:
    assert facts("\n\n".join(front)).title == title


def test_the_title_that_the_format_states_is_preferred() -> None:
    assert facts("# Annual report on lights", title="Report").title == "Report"


def test_a_name_of_a_file_is_no_title_where_the_text_has_one() -> None:
    assert facts("# Annual report on lights", title="L8413").title == "Annual report on lights"
    assert facts("Ok.", title="L8413").title == "L8413"


# --- who issued it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "body", "session", "item"),
    [
        (["Lights Council", "Commission on Coastal Lights", "Sixty-first session", "Item 7 (a) of the agenda"],
         "Commission on Coastal Lights", "Sixty-first session", "7 (a)"),
        (["# **Commission on Lights****Third session**"], "Commission on Lights", "Third session", None),
        (["Lights Committee Distr.: General", "2031 session", "Agenda items 62, 67 and 135"],
         "Lights Committee", "2031 session", "62, 67 and 135"),
        (["Executive Board of the Island Fund", "First regular session 2031"],
         "Executive Board of the Island Fund", "First regular session 2031", None),
        (["Comité des phares", "Deuxième session", "Point 3 de l’ordre du jour"],
         "Comité des phares", "Deuxième session", "3"),
        (["# Plenary: Item 6. Outcome of the night watch"], None, None, "6"),
        (["The Twelfth Assembly of Keepers,", "Having considered the report,"], "Assembly of Keepers", None, None),
        (["Committee Meetings", "Report of the Committee on Lights", "The Committee met in its usual session."],
         None, None, None),
        (["Keepers met after the session", "See item 7 of the plan"], None, None, None),
    ],
)  # fmt: skip
def test_body_session_and_agenda_item(
    front: list[str], body: str | None, session: str | None, item: str | None
) -> None:
    found = facts("\n\n".join([*front, "The meeting was called to order."]))
    assert (found.body, found.session, found.agenda_item) == (body, session, item)


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Report of the Secretary-General on the keepers", "Secretary-General"),
        ("Report of the Committee on Coastal Lights", "Committee on Coastal Lights"),
        ("Note by the Secretariat", "Secretariat"),
        ("Letter dated 12 March 2031 from the Harbour Master addressed to the Chair", "Harbour Master"),
        ("Statement submitted by Friends of the Lamp, a non-governmental organization", "Friends of the Lamp"),
        ("Verrano: draft resolution", "Verrano"),
        ("Prepared by Mara Lind and Ivo Senn", "Mara Lind and Ivo Senn"),
        ("By Mara Lind", "Mara Lind"),
        ("Report on the keepers", None),
        ("By sea and by land they came", None),
        ("Having considered the report of the Secretariat;", None),
        ("COMMUNICATION FROM THE CHAIR", None),
    ],
)
def test_author(line: str, author: str | None) -> None:
    assert facts(f"# Lights of the coast and their burning\n\n{line}\n\nIt was called to order.").author == author


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("© Commission on Coastal Lights, June 2031. All rights reserved.", "Commission on Coastal Lights"),
        ("Copyright (c) 2031 Lamp House Press", "Lamp House Press"),
        ("United Nations A/80/604", "United Nations"),
        ("(c) Promote the burning of lights", None),
        ("The copyright of the lamp was discussed.", None),
    ],
)
def test_publisher(line: str, publisher: str | None) -> None:
    assert facts(f"{line}\n\n# Lights of the coast\n\nIt was called to order.").publisher == publisher


def test_the_typist_of_an_institutions_record_is_not_its_author() -> None:
    letter, minutes = read_text("Dear Ivo, the lamp burns."), read_text("Lights Committee\n\nThe lamp burns.")
    assert metadata("a.docx", replace(letter, author="Mara Lind"), structure(letter)).author == "Mara Lind"
    assert metadata("a.docx", replace(letter, author="DPU-User 7"), structure(letter)).author is None
    assert metadata("a.docx", replace(minutes, author="Mara Lind"), structure(minutes)).author is None


def test_the_front_matter_of_markdown_is_read_and_is_not_text() -> None:
    text = (
        '---\ntitle: "Lights of the\n  coast"\nauthor: Mara Lind\nsource: https://lights.example/7\n'
        "tags: [a, b]\n---\n\n# Burning\n\nThe lamp burns.\n"
    )
    reading = read_text(text)
    found = metadata("a.md", reading, structure(reading))
    assert (found.title, found.author, found.url) == ("Lights of the coast", "Mara Lind", "https://lights.example/7")
    assert [unit.kind for unit in structure(reading)] == ["heading", "paragraph"]
    assert [unit.kind for unit in structure(read_text("---\n\nText.\n\n---\n\nMore."))] == ["paragraph", "paragraph"]


# --- where it stands and its language ------------------------------------------------------------------------------


PAGE = """<html lang="en-GB"><head><title>Keepers of the coast | Lamp House</title>
<link rel="canonical" href="https://lights.example/keepers"><meta property="og:site_name" content="Lamp House">
<meta name="author" content="Mara Lind"></head><body><article><h1>Keepers of the coast</h1>
<p>The lamp at Skarn Head burns through the whole of the night, and its keepers are paid by the week.</p>
<p>A second lamp was lit at Port Ansel in the spring, as the harbour master had asked for it in 2029.</p>
</article></body></html>"""


def test_a_saved_page_says_where_it_stands_and_whose_it_is() -> None:
    reading = read_html(PAGE.encode())
    found = metadata("keepers.html", reading, structure(reading))
    assert (found.url, found.publisher, found.author, found.language, found.title) == (
        "https://lights.example/keepers", "Lamp House", "Mara Lind", "en", "Keepers of the coast",
    )  # fmt: skip


def test_a_fetched_text_stands_at_its_address() -> None:
    assert facts("It was called to order.", "https://lights.example/7.txt").url == "https://lights.example/7.txt"
    assert facts("It was called to order.").url is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The keepers of the lights were asked to burn them in the night and to keep the harbour free of ice. ", "en"),
        ("Les gardiens des phares ont été priés de les allumer dans la nuit et de garder le port libre. ", "fr"),
        ("Los guardianes de los faros fueron llamados a encenderlos en la noche y a mantener el puerto. ", "es"),
        ("Die Wärter der Leuchtfeuer wurden gebeten, sie in der Nacht zu entzünden und den Hafen von Eis zu befreien. ",
         "de"),
        ("Смотрители маяков были призваны зажигать их на ночь и не оставлять гавань для льда, как это и было. ", "ru"),
        ("طلب من حراس المنارات أن يشعلوها في الليل وأن يحافظوا على الميناء خاليا من الجليد ", "ar"),
        ("灯塔的看守人被要求在夜间点亮灯塔，并保持港口没有冰。", "zh"),
        ("Skarn Head 410 455 Port Ansel 12 14 Verrano 9 ", None),
    ],
)  # fmt: skip
def test_the_language_of_a_text_and_of_a_sentence(text: str, language: str | None) -> None:
    assert language_of(text * 5) == language
    assert language_of(text * 2) == language


def test_a_few_words_show_no_language() -> None:
    assert language_of("The lamp of the night.") is None


# --- titles of records that have no title page -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source", "stated", "title"),
    [
        ("PROCEEDINGS OF THE BOARD\n\nThe Board met at noon.\n", "a.txt", "Word Document", "PROCEEDINGS OF THE BOARD"),
        ("Transcript of Module 2 on 3 May 2031\n\n(10.00)\n\nQUESTIONS FROM THE KEEPER OF SKARN\n", "a.txt", None,
         "Transcript of Module 2 on 3 May 2031"),
        ("# Lights meeting 2031-05-03\n\n## Who was there, and who was not\n\n- Ada\n", "a.md", None,
         "Lights meeting 2031-05-03"),
        ("9th meeting\n\n**Agenda**\n\nThe lamps of Skarn\n\nThe meeting was called to order at 3 p.m.\n", "a.txt",
         None, "9th meeting: The lamps of Skarn"),
        ("10:00:01 <ada> hello there\n\n10:00:03 <ada> Meeting: Board of Lights\n", "log.txt", None, "Board of Lights"),
        ("Noon.", "a.txt", "Handbook_2031", "Handbook_2031"),
        ("LAMPS AND\n\n[Hearing, 12]\n\nLAMPS AND THE STATE OF THE OIL\n", "a.txt", "LAMPS AND",
         "LAMPS AND THE STATE OF THE OIL"),
        ("Minutes of the Board of Lights of May 3, 2031 " + "The Board met at noon and spoke of the oil. " * 9, "a.txt",
         None, "Minutes of the Board of Lights of May 3, 2031"),
        ("CITY OF SKARN, ISLANDS OFFICIAL MINUTES A REGULAR MEETING WAS HELD. " + "They spoke of oil. " * 12, "a.txt",
         None, "CITY OF SKARN, ISLANDS OFFICIAL MINUTES"),
    ],
)  # fmt: skip
def test_titles_where_no_page_has_them(text: str, source: str, stated: str | None, title: str) -> None:
    assert facts(text, source, stated).title == title


def test_the_parties_of_a_case_are_its_title() -> None:
    builder = TextBuilder()
    builder.add("IN THE COURT OF THE ISLANDS", "heading", level=1)
    for row in ("DEPARTMENT OF LAMPS, | :", "Petitioner | : No. 3-17", "v. | :", "SKARN, ET AL. | :"):
        builder.add(row, "table")
    builder.add("The case came on for argument.")
    reading = Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="application/pdf")
    found = metadata("case.pdf", reading, structure(reading)).title
    assert found == "DEPARTMENT OF LAMPS, Petitioner v. SKARN, ET AL."


def test_captions_go_by_the_name_of_their_file() -> None:
    from onrecord.ingest.formats.read import read

    captions = "WEBVTT\n\n" + "\n\n".join(
        f"00:00:0{number}.000 --> 00:00:0{number}.900\n<v Ada>Can you hear me, {number}?" for number in range(1, 9)
    )
    reading = read("board_of_lights_7.vtt", captions.encode())
    assert metadata("board_of_lights_7.vtt", reading, structure(reading)).title == "board_of_lights_7"
