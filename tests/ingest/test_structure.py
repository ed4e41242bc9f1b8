"""Paragraph numbers, headings, speakers: what people cite by."""

from dataclasses import replace
from itertools import pairwise

import pytest

from onrecord.ingest.formats.blocks import Reading, TextBuilder
from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.structure.paragraphs import speaker_label, structure
from onrecord.ingest.units import Unit

from ..security.growth import grows_too_fast


def units(text: str) -> list[tuple[Unit, str]]:
    reading = read_text(text)
    return [(unit, reading.text[unit.start : unit.end]) for unit in structure(reading)]


def numbers(*paragraphs: str) -> list[str | None]:
    return [unit.locator.paragraph for unit, _ in units("\n\n".join(paragraphs))]


def speakers(*paragraphs: str) -> list[str | None]:
    return [unit.locator.speaker for unit, _ in units("\n\n".join(paragraphs))]


def sections(*paragraphs: str) -> list[str | None]:
    return [unit.locator.section for unit, _ in units("\n\n".join(paragraphs))]


# --- paragraph numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (["1.", "2.", "3."], ["1", "2", "3"]),
        (["41.", "42.", "43."], ["41", "42", "43"]),
        (["1)", "2)", "3)"], ["1", "2", "3"]),
        (["1\\.", "2\\.", "3\\."], ["1", "2", "3"]),
        (["**1.**", "**2.**", "**3.**"], ["1", "2", "3"]),
        (["1.", "3.", "4."], ["1", "3", "4"]),
        (["11.", "12.", "12 bis.", "12 ter.", "13."], ["11", "12", "12 bis", "12 ter", "13"]),
        (["16.1", "16.2", "16.3"], ["16.1", "16.2", "16.3"]),
        (["16.8", "16.9", "17.1"], ["16.8", "16.9", "17.1"]),
        (["31.I.1", "31.I.2", "31.II.1", "31.II.2"], ["31.I.1", "31.I.2", "31.II.1", "31.II.2"]),
        (["1.", "2."], [None, None]),
        (["2016.", "3.", "12."], [None, None, None]),
        (["1", "2", "3"], [None, None, None]),
    ],
)
def test_numbers_count_in_runs_of_three(printed: list[str], expected: list[str | None]) -> None:
    assert numbers(*(f"{number} The Commission noted it." for number in printed)) == expected


def test_a_lone_number_is_no_paragraph() -> None:
    text = ["1. The Commission met.", "2. It noted the report.", "2016. The programme began.", "3. It rose."]
    assert numbers(*text) == ["1", "2", "2", "3"]


def test_lists_that_begin_again_keep_their_own_runs() -> None:
    agenda = ["1. Election of officers.", "2. Adoption of the agenda.", "3. Lights."]
    body = ["1. The session was opened.", "2. The Chair spoke.", "3. The agenda was adopted.", "4. It rose."]
    assert numbers(*agenda, *body) == ["1", "2", "3", "1", "2", "3", "4"]


def test_a_number_holds_for_the_parts_of_its_paragraph_until_a_heading() -> None:
    assert numbers(
        "1. The Commission decided:",
        "(a) To thank the keepers;",
        "(b) To pay them.",
        "2. It met again.",
        "Several members regretted that.",
        "3. It rose.",
        "(a) At noon.",
        "No paragraph of any kind.",
        "# Annex",
        "The list of lights.",
    ) == ["1", "1", "1", "2", "2", "3", "3", None, None, None]


def test_numbered_parts_belong_to_their_paragraph() -> None:
    assert numbers(
        "1. URGES members:",
        "(1) to light the lights;",
        "2. CALLS upon keepers:",
        "(1) to stay awake;",
        "3. REQUESTS the Secretary:",
        "(1) to report on lights;",
        "(2) to report on keepers.",
    ) == ["1", "1", "2", "2", "3", "3", "3"]


def test_an_order_in_capitals_opens_its_paragraph_and_is_no_heading() -> None:
    texts = ["1. DECIDES:", "(1) to light the lights;", "2. URGES keepers:", "(1) to stay awake;", "3. REQUESTS oil."]
    assert numbers(*texts) == ["1", "1", "2", "2", "3"]
    assert sections(*texts) == [None] * 5


def test_a_number_alone_on_its_line_is_that_of_what_follows() -> None:
    assert numbers(
        "1. Each keeper shall keep a log.",
        "2.",
        "(a) The log shall be shown on request.",
        "(b) It shall not leave the light.",
        "3. Logs are kept for ten years.",
    ) == ["1", "2", "2", "2", "3"]


def test_where_articles_count_anew_two_paragraphs_suffice() -> None:
    def article(number: int, paragraphs: int) -> list[str]:
        return [f"# Article {number}", *(f"{each}. The keeper keeps it." for each in range(1, paragraphs + 1))]

    law = [*article(1, 3), *article(2, 2), *article(3, 3)]
    assert numbers(*law) == [None, "1", "2", "3", None, "1", "2", None, "1", "2", "3"]
    assert numbers(*article(1, 2), *article(2, 3)) == [None, None, None, None, "1", "2", "3"]


def test_two_paragraphs_of_a_resolution_count() -> None:
    assert numbers("1. Decides to light the lights;", "2. Also requests a report.") == ["1", "2"]
    assert numbers("1. The lights are lit.", "2. Requests a report.") == [None, None]


def test_a_heading_numbered_among_paragraphs_is_one_of_them() -> None:
    builder = TextBuilder()
    for number in ("1", "2", "3", "4"):
        kind = "heading" if number == "3" else "paragraph"
        builder.add(f"{number}. On 4 May the Commission met the keepers of", kind)
    reading = Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="x")
    assert [(unit.kind, unit.locator.paragraph) for unit in structure(reading)] == [
        ("paragraph", number) for number in ("1", "2", "3", "4")
    ]


def test_what_the_room_did_ends_no_turn() -> None:
    turns = ["Norway: They shall be lit.", "## (Applause)", "They shall be kept.", "Mexico: We agree."]
    assert speakers("# The lights", *turns) == [None, "Norway", "Norway", "Norway", "Mexico"]
    assert sections("# The lights", *turns) == ["The lights"] * 5


def test_an_article_alone_on_its_line_is_a_heading() -> None:
    law = ["Article 7", "1. It is lit.", "2. It is kept.", "3. It is paid.", "Article 8 of the Convention says so."]
    assert sections(*law) == ["Article 7"] * 5
    assert numbers(*law)[:4] == [None, "1", "2", "3"]


def test_a_numbered_paragraph_goes_on_after_a_cut_at_the_end_of_a_record() -> None:
    builder = TextBuilder()
    for number, words in (("1", "It met."), ("2", "It spoke."), ("3", "It asks the Secretary for oil;")):
        builder.add(f"{number}. {words}")
    builder.add("and to be submitted to the next session;")
    builder.add("(4) to report on keepers.")
    reading = Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="x")
    assert [unit.locator.paragraph for unit in structure(reading)] == ["1", "2", "3", "3", "3"]


def test_numbered_headings_count_only_where_paragraphs_have_no_numbers() -> None:
    headings = ["## 1. Opening", "It was opened.", "## 2. Lights", "They were lit.", "## 3. Closing", "It was closed."]
    assert numbers(*headings) == ["1", "1", "2", "2", "3", "3"]
    assert sections(*headings)[-1] == "3. Closing"
    report = ["## 1. Opening", "7. One.", "8. Two.", "## 2. Lights", "9. Three.", "## 3. Closing", "10. Four."]
    assert numbers(*report) == [None, "7", "8", None, "9", None, "10"]


def test_numbers_kept_by_the_format() -> None:
    builder = TextBuilder()
    for number in ("1", "2", "3"):
        builder.add("The Commission noted it.", number=number)
    reading = Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="x")
    assert [unit.locator.paragraph for unit in structure(reading)] == ["1", "2", "3"]


LONG = "3. Members stressed the importance of lights along the whole coast and of increasing the coverage and"


def test_a_paragraph_cut_by_a_page_break_is_whole() -> None:
    found = units(f"1. One.\n\n2. Two.\n\n{LONG}\n\nquality of their lamps.\n\n4. Four.")
    assert [unit.locator.paragraph for unit, _ in found] == ["1", "2", "3", "4"]
    assert found[2][1] == f"{LONG}\n\nquality of their lamps."


def test_a_paragraph_cut_by_a_footnote_keeps_its_number_on_both_halves() -> None:
    note = "---\n\n\\* MIC/CL/2031/1."
    found = units(f"1. One.\n\n2. Two.\n\n{LONG}\n\n{note}\n\nquality of their lamps.\n\n4. Four.")
    assert [(unit.kind, unit.locator.paragraph) for unit, _ in found] == [
        ("paragraph", "1"),
        ("paragraph", "2"),
        ("paragraph", "3"),
        ("footnote", None),
        ("paragraph", "3"),
        ("paragraph", "4"),
    ]


def test_a_finished_paragraph_is_not_joined_with_the_next() -> None:
    assert len(units(f"{LONG} quality of lamps.\n\nit is said that lamps are good.")) == 2
    assert len(units("short line\n\nquality of lamps")) == 2


# --- headings --------------------------------------------------------------------------------------------------


def test_the_section_is_the_path_of_headings() -> None:
    assert sections(
        "# Report",
        "Opening words.",
        "## Lights",
        "About lights.",
        "### Old lights",
        "About old lights.",
        "## Buoys",
        "About buoys.",
    ) == [
        "Report",
        "Report",
        "Report > Lights",
        "Report > Lights",
        "Report > Lights > Old lights",
        "Report > Lights > Old lights",
        "Report > Buoys",
        "Report > Buoys",
    ]


def test_capitals_and_chapters_are_headings() -> None:
    assert sections(
        "CHAPTER 3. WHAT THE WATER IS DOING",
        "A chart says how deep the sea ought to be.",
        "THE NIGHT WATCH",
        "It is kept by two stations.",
        "Annex II",
        "The list.",
        "THE END.",
    ) == [
        "CHAPTER 3. WHAT THE WATER IS DOING",
        "CHAPTER 3. WHAT THE WATER IS DOING",
        "CHAPTER 3. WHAT THE WATER IS DOING > THE NIGHT WATCH",
        "CHAPTER 3. WHAT THE WATER IS DOING > THE NIGHT WATCH",
        "Annex II",
        "Annex II",
        "Annex II",
    ]


def test_themes_announced_with_a_colon_are_headings() -> None:
    assert sections("On the outcome of the round table on lights:", "It was good.")[1] == (
        "On the outcome of the round table on lights:"
    )


def test_furniture_rules_and_contents_are_left_out() -> None:
    kept = [
        text
        for _, text in units(
            "Home » News » Lights\n\n# Contents\n\nLights .................... 3\n\n"
            "Buoys . . . . . . . . 12\n\nWHO PAYS 13\n\n"
            "# Lights\n\nThey were lit.\n\n---\n\nPage 3 of 16\n\n<meta charset='utf-8'/>\n\n"
            "Total ............ 96\n\nLeave a Reply"
        )
    ]
    assert kept == ["# Contents", "# Lights", "They were lit.", "Total ............ 96"]


# --- speakers --------------------------------------------------------------------------------------------------

TURNS = [
    "Verrano: We were there.",
    "MICLA: So were we.",
    "Jun Halloran, Pilots' Union: I was not.",
    "Dagny Thrale – Skerry Watch: Nor was I.",
    "Ferry Passengers' League (Orla Benevant): Nobody asked us.",
    "Coast Radio Guild, France (Ruan Pellistrade)What is the answer?",
    "**The CHAIR:** There is none.",
    "**Mr. Solvane**: Thank you.",
    "Ms. Oduya-Lind: You are welcome.",
]


def test_every_shape_of_label_opens_a_turn() -> None:
    assert speakers(*TURNS) == [
        "Verrano",
        "MICLA",
        "Jun Halloran, Pilots' Union",
        "Dagny Thrale – Skerry Watch",
        "Ferry Passengers' League (Orla Benevant)",
        "Coast Radio Guild, France (Ruan Pellistrade)",
        "The CHAIR",
        "Mr. Solvane",
        "Ms. Oduya-Lind",
    ]


def test_a_turn_lasts_until_the_next_label_heading_or_omission() -> None:
    found = units(
        "\n\n".join(
            [
                "Norway: We were there.",
                "And we stayed.",
                "7",
                "Until noon.",
                "[…] Who was not?",
                "Mexico: We were not.",
                "## Item 6",
                "Nobody spoke.",
                "Norway: We did.",
            ]
        )
    )
    assert [(unit.locator.speaker, unit.turn) for unit, _ in found] == [
        ("Norway", 1),
        ("Norway", 1),
        ("Norway", 1),
        (None, 2),
        ("Mexico", 3),
        (None, 4),
        (None, 4),
        ("Norway", 5),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Note: the heating came on.",
        "Source: the annual report.",
        "Cover image: a light.",
        "PEOPLE AT THE CENTRE: a programme.",
        "3.5: Strengthen the watch.",
        "Option 2: {No text required}",
        "XII. Matters relating to the Fund: none.",
        "Plenary: Item 6.",
        "Contact: the secretariat.",
        "https://example.org",
        "the following: nothing",
        "He said this. And then: nothing.",
    ],
)
def test_no_speaker(line: str) -> None:
    prose = [f"The light of Skerry {number} was lit again." for number in range(30)]
    assert set(speakers(line, *prose, line, "And on.", line)) == {None}


@pytest.mark.parametrize(
    "address", ["Mr. Chairman:", "Madam President:", "Sr. Presidente:", "Dear Mr. Secretary-General:"]
)
def test_an_address_is_no_speaker(address: str) -> None:
    statement = ["# Ithren", address, "We thank the keepers.", "We were there.", address, "We rest our case."]
    assert set(speakers(*statement)) == {None}


def test_an_office_that_speaks_is_a_speaker() -> None:
    assert speakers("Mr. Speaker: Order!", "Mr. Solvane: I object.", "Mr. Speaker:", "Order!")[-1] == "Mr. Speaker"


def test_officers_in_a_list_are_no_speakers() -> None:
    officers = [
        "Chair: Ana Ruiz (Verrano)",
        "Vice-Chairs: Bo Lindqvist-Hall (Ithren), Cy Dunmore (Oskerry) and Di Marrick (Brannoch)",
        "Rapporteur:",
        "Ed Sorrel (Pellory)",
    ]
    assert set(speakers(*officers, "The session was opened.")) == {None}
    assert speakers("Chair: The meeting is open.", "Norway: We thank the Chair.")[0] == "Chair"


def test_labels_that_recur_speak_only_in_a_record_of_turns() -> None:
    prose = [f"The light of Skerry {number} was lit again." for number in range(40)]
    report = ["Performance measure: more lights.", *prose, "Performance measure: more buoys."]
    assert set(speakers(*report)) == {None}
    dialogue = ["MICLA: Who is there?", "Pilots: We are.", "MICLA: Good.", "Pilots: Bad.", "Guild: Whatever."]
    assert speakers(*dialogue) == ["MICLA", "Pilots", "MICLA", "Pilots", "Guild"]


def test_organisations_that_take_turns_are_speakers() -> None:
    assert speakers(
        "# An exchange on the harbour",
        "Written by the clerk.",
        "Sea Watch: How does the Board find divers?",
        "The Board: Divers are hired in May.",
        "They are paid by the day.",
        "Anglers Union: Is there a list of them?",
        "The Board: We cannot publish it.",
    ) == [None, None, "Sea Watch", "The Board", "The Board", "Anglers Union", "The Board"]


@pytest.mark.parametrize(
    "lines",
    [
        ["Name: Ana Ruiz", "Position: Keeper", "Old Merrow: 31 lamps", "Position: Pilot", "Sea Watch: none"],
        ["Buoy: A float that marks a channel.", "Fairway: What we keep clear.", "Lead: A weight.", "Spar: A pole."],
        ["Fog Horn: It is blown by hand.", "Radio Log: Kept at night.", "Fog Horn: It was mended.", "Skiff: It leaks."],
        ["Finding: We saw no light.", "Response: We agree.", "Finding: You have no oil.", "Keeper: We agree."],
        ["Old Merrow:", "Skerry Point:", "Old Merrow:", "Port Ansel:", "We keep them all."],
        ["Old Merrow: 3 lamps", "Skerry: 4 lamps", "Old Merrow: 5 lamps", "Port Ansel: 1 lamp", "We counted them."],
        ["Sea Watch: How is it?", "The Board: We are well.", "The Board: We cannot say."],
    ],
)
def test_fields_terms_and_headings_take_no_turns(lines: list[str]) -> None:
    assert set(speakers("# On lights", *lines)) == {None}


def test_turns_lost_in_prose_are_no_dialogue() -> None:
    prose = [f"The light of Skerry {number} was lit again." for number in range(12)]
    lines = ["Sea Watch: How is it?", "The Board: We are well.", "Anglers Union: Are you?", "The Board: We are."]
    assert set(speakers(lines[0], *prose, *lines[1:])) == {None}


@pytest.mark.parametrize(
    ("line", "label", "words"),
    [
        ("Mr. ISSA. Mr. Chairman, I rise.", "Mr. ISSA", "Mr. Chairman, I rise."),
        ("Mr. McCONNELL. I yield.", "Mr. McCONNELL", "I yield."),
        ("Mr. NELSON of New Valley. I object.", "Mr. NELSON of New Valley", "I object."),
        ("The SPEAKER pro tempore (Mr. Poe). The clerk will read.", "The SPEAKER pro tempore (Mr. Poe)", "The clerk"),
        ("The PRESIDING OFFICER. Without objection.", "The PRESIDING OFFICER", "Without objection."),
        ("<Newspeech>Mr. Mungo: Sir, I beg to reply.", "Mr. Mungo", "Sir, I beg to reply."),
        ("Speaker 2: I disagree.", "Speaker 2", "I disagree."),
    ],
)
def test_labels_of_verbatim_records(line: str, label: str, words: str) -> None:
    found = speaker_label(line)
    assert found is not None
    assert found[0] == label
    assert line[found[1] :].startswith(words)


def test_speakers_of_a_summary_record() -> None:
    assert speakers(
        "1. The Chair recalled that the debate had begun.",
        "2. Mr. Racewell (Brannoch), introducing the draft, said that there were 31 lights.",
        "3. The proposal was not a matter of taste.",
        "4. Ms. Oduya-Lind (Verrano) supported it.",
        "5. She therefore proposed two amendments.",
        "6. Mr. Orme was asked to leave.",
        "7. The President of the Board was informed of it.",
        "8. Several delegations said that they regretted it.",
    ) == [
        "The Chair",
        "Mr. Racewell (Brannoch)",
        None,
        "Ms. Oduya-Lind (Verrano)",
        "Ms. Oduya-Lind (Verrano)",
        None,
        None,
        None,
    ]


def test_a_panel_retold_in_prose() -> None:
    found = speakers(
        "# A panel on lights",
        "The panel consisted of:",
        "- Ana Ruiz, Chair of the Guild",
        "- Bo Lindqvist-Hall, keeper of Old Merrow",
        "- Cy Dunmore, moderator",
        "Ana Ruiz reviewed the year.",
        "It had been a bad one.",
        "Bo Lindqvist-Hall shared what he had seen at Old Merrow.",
        "Ms. Ruiz then replied to him.",
        "Mr. Hall said nothing more.",
        "# Closing",
        "The lights went out.",
    )
    assert found[:5] == [None] * 5
    assert found[5:] == [
        "Ana Ruiz",
        "Ana Ruiz",
        "Bo Lindqvist-Hall",
        "Ana Ruiz",
        "Bo Lindqvist-Hall",
        None,
        "Bo Lindqvist-Hall",
    ]


def test_headings_and_footnotes_have_no_speaker() -> None:
    found = units("Norway: Yes.\n\nMexico: No.\n\n---\n\n¹ A note.")
    assert [(unit.kind, unit.locator.speaker) for unit, _ in found][-1] == ("footnote", None)


# --- all of it, once -------------------------------------------------------------------------------------------


def test_units_ascend_and_hold_all_but_furniture() -> None:
    text = "\n\n".join(["# Title", *TURNS, LONG, "quality.", "- item", "| a | b |\n| c | d |", "End."])
    found = units(text)
    assert all(a.end <= b.start for (a, _), (b, _) in pairwise(found))
    assert "".join(text.split()) == "".join("".join(part.split()) for _, part in found)


def test_pages_go_with_their_blocks() -> None:
    reading = read_text("One.\n\nTwo.")
    blocks = tuple(replace(block, page=page) for block, page in zip(reading.blocks, ("3", "4"), strict=True))
    assert [unit.locator.page for unit in structure(replace(reading, blocks=blocks))] == ["3", "4"]


@pytest.mark.slow
def test_the_time_of_long_records_grows_with_them_and_not_faster() -> None:
    lower = "a paragraph that begins in lower case and stops in the very middle of what it meant to say and"

    def record(length: int) -> str:
        names = [f"- Ana{number} Ruiz{number}, keeper" for number in range(length // 800)]
        prose = [
            f"Ms. Ruiz{number} said that the light of Skerry was out.\n\n{lower}" for number in range(length // 160)
        ]
        return "\n\n".join([*names, *prose])

    assert not grows_too_fast(lambda text: structure(read_text(text)), record)


def speakers_in(text: str) -> list[str | None]:
    return [unit.locator.speaker for unit in structure(read_text(text))]


def test_a_name_below_a_quotation_is_its_speaker_and_nobody_elses() -> None:
    after = "The lamps were lit in May."
    assert speakers_in(f"“We keep the lamps.”\n\n— Mara Lind, Harbour Master\n\n{after}") == [
        "Mara Lind, Harbour Master", None, None,
    ]  # fmt: skip
    assert speakers_in(f"“We keep\n\n…\n\nthe lamps.”\n\nSecretary-General Ivo Senn\n\n{after}") == [
        *["Secretary-General Ivo Senn"] * 3, None, None,
    ]  # fmt: skip


def test_a_line_below_is_no_name_without_a_quotation_that_ends_there() -> None:
    for text in (
        "The lamps were lit in May.\n\n— Mara Lind, Harbour Master",
        "“We keep the lamps.”\n\n(resolution 7)",
        "“We keep the lamps” was said.\n\nPresident Ivo Senn",
        "“We keep the lamps.”\n\nPresident Ivo Senn opened the meeting.",
    ):
        assert speakers_in(text) == [None, None]


OPEN = "2. Members stressed the importance of lights along the whole coast and of increasing the coverage and"


def located(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(words.split("\n")[0][:12], unit.locator.paragraph, unit.locator.speaker) for unit, words in units(text)]


def test_a_box_is_kept_out_of_the_sentence_it_interrupts() -> None:
    box = "Box 3: The lamps of Merrow\n\nMerrow has four lamps.\n\n- One is out.\n\nNobody knows why."
    assert located(f"1. One.\n\n{OPEN}\n\n{box}\n\nquality of their lamps.\n\n3. Three.\n\n4. Four.") == [
        ("1. One.", "1", None),
        ("2. Members s", "2", None),
        ("Box 3: The l", None, None),
        ("Merrow has f", None, None),
        ("- One is out", None, None),
        ("Nobody knows", None, None),
        ("quality of t", "2", None),
        ("3. Three.", "3", None),
        ("4. Four.", "4", None),
    ]


def test_a_box_in_a_turn_is_nobodys_and_does_not_end_it() -> None:
    found = located(
        f"Norway: {OPEN[3:]}\n\n## Figure 1. Lamps\n\nMexico: 3\n\nquality of lamps.\n\nWe rest.\n\nMexico: No."
    )
    assert [speaker for _, _, speaker in found] == ["Norway", None, None, "Norway", "Norway", "Mexico"]


def test_a_title_of_a_box_takes_nothing_aside_where_no_sentence_goes_on() -> None:
    rest = "Box 3: Lamps\n\nMerrow has four lamps."
    assert [number for _, number, _ in located(f"1. One.\n\n{OPEN}\n\n{rest}\n\n3. Three.\n\n4. Four.")] == [
        "1", "2", "2", "2", "3", "4",
    ]  # fmt: skip
    whole = f"1. One.\n\n{OPEN} quality.\n\n{rest}\n\nquality of lamps.\n\n3. Three."
    assert [number for _, number, _ in located(whole)] == ["1", "2", "2", "2", "2", "3"]


def test_what_a_page_puts_between_halves_leaves_them_one_paragraph() -> None:
    between = "---\n\n¹ A note.\n\n7\n\n[[page 8]]"
    found = units(f"1. One.\n\n{OPEN}\n\n{between}\n\nquality of their lamps.\n\n3. Three.")
    halves = [(unit.locator.paragraph, words[-7:]) for unit, words in found if unit.kind == "paragraph"]
    assert halves == [("1", "1. One."), ("2", "age and"), ("2", " lamps."), ("3", " Three.")]


def test_a_number_that_a_machine_may_have_missed_is_nobody_else_s() -> None:
    """Of a scan whose "3." was not read, the third paragraph is not taken for more of the second."""
    lines = ["1. Welcomes the report of the lamp;", "2. Thanks the keepers of it;", "Decides to light it at dusk;",
             "4. Calls for oil;", "5. Decides to come back to it."]  # fmt: skip
    for certainty, third in ((0.98, None), (None, "2")):
        builder = TextBuilder()
        for line in lines:
            builder.add(line, certainty=certainty)
        reading = Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="application/pdf")
        assert [unit.locator.paragraph for unit in structure(reading)] == ["1", "2", third, "4", "5"]
