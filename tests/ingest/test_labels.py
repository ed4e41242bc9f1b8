"""Labels of turns are learnt from the record: whatever style it has, and none where it has no turns."""

import pytest

from onrecord.ingest.formats.read import read
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.ingest.structure.people import is_entry
from onrecord.ingest.structure.speakers import is_label_of_two_lines


def turns(*paragraphs: str) -> list[tuple[str, str]]:
    """(speaker, first words) of the turns of a record of these paragraphs."""
    text = "\n\n".join(paragraphs)
    reading = read("record.txt", text.encode())
    found = outline(reading.text, structure(reading)).turns
    return [(turn.speaker, " ".join(reading.text[turn.start : turn.end].split())) for turn in found]


def speakers(*paragraphs: str) -> list[str]:
    return [speaker for speaker, _ in turns(*paragraphs)]


STYLES = {
    "a dash after a point": "{}.- The lights are out.",
    "a dash": "{} - The lights are out.",
    "a point": "{}. The lights are out.",
    "a colon": "{}: The lights are out.",
    "in bold": "**{}:** The lights are out.",
    "a list": "- {}: The lights are out.",
    "a time": "[00:12:31] {}: The lights are out.",
}
NAMES = ("Hon. A. Marrow", "Mr. Okafor", "Hon. A. Marrow", "Ms. Lind")


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_each_style_is_learnt(style: str) -> None:
    assert speakers("The Council met.", *(style.format(name) for name in NAMES)) == list(NAMES)


def test_a_record_of_one_speech_is_its_speakers() -> None:
    said = "Mr. MARROW. Madam President, I rise in support of the lamps."
    assert turns("Lamps", said, "They burn.") == [("Mr. MARROW", f"{said} They burn.")]
    assert turns("Lamps", "Mr. Marrow: lamps and oil, two barrels.", "They burn.") == []


@pytest.mark.parametrize("names", [("marrow", "okafor"), ("Ansel", "Brook"), ("Ирина", "Павел"), ("主席", "代表")])
def test_names_without_titles_speak_where_they_come_back(names: tuple[str, str]) -> None:
    said = [f"{names[number % 2]}: Are the lights out, number {number}?" for number in range(6)]
    assert speakers(*said) == [names[number % 2] for number in range(6)]


def test_turns_within_a_paragraph_are_parted() -> None:
    glued = (
        "HON. A. MARROW.- The lights are out. MR. SPEAKER.- Is there another word on it? HON. B. OKAFOR.- I thank the "
        "Chair. The lamps are old. MR. SPEAKER.- The debate is closed."
    )
    found = turns("The House resumed.", glued)
    assert [speaker for speaker, _ in found] == ["HON. A. MARROW", "MR. SPEAKER", "HON. B. OKAFOR", "MR. SPEAKER"]
    assert found[2][1].endswith("The lamps are old.")


def test_who_has_the_floor_again_and_again_is_known_in_mid_paragraph_too() -> None:
    found = turns(
        "JUSTICE MARROW: Why are the lamps out?",
        "MS. OKAFOR: They are old, Your Honour.",
        "JUSTICE MARROW: How old? Or -- MS. OKAFOR: Forty years. They told JUSTICE MARROW: no lamp lasts longer.",
        "MS. OKAFOR: I thank the Court.",
    )
    assert [speaker for speaker, _ in found]== [*["JUSTICE MARROW", "MS. OKAFOR"] * 2, "MS. OKAFOR"]
    assert found[2][1].endswith("Or --")


def test_a_name_with_a_hyphen_is_one_name() -> None:
    retold = [f"{number}. Ms. Oduya-Lind (Verrano) said that the lamps are old." for number in range(5)]
    assert set(speakers(*retold)) == {"Ms. Oduya-Lind"}


def test_an_office_is_held_by_whom_the_record_names() -> None:
    assert speakers(
        "The Chair (Ms. Lind): The meeting is open.",
        "Mr. Okafor: I thank the Chair.",
        "The Chair: The floor is yours.",
        "Mr. Okafor: It is late.",
    ) == ["Ms. Lind", "Mr. Okafor", "Ms. Lind", "Mr. Okafor"]
    assert speakers(
        "The committee met at noon, Hon. Ada Marrow [chair of the committee] presiding.",
        "The Chair. We come to order.",
        "Mr. Okafor. I thank the Chair.",
        "The Chair. Please go on.",
    ) == ["Hon. Ada Marrow", "Mr. Okafor", "Hon. Ada Marrow"]


def test_a_long_office_is_spoken_for_by_the_person_in_its_brackets() -> None:
    assert speakers(
        "Senator Lind: When will the lamps be mended?",
        "Minister of State at the Department of Lamps, Lights, Buoys and the Open Sea (Deputy Ada Marrow): In spring.",
        "Senator Lind: I thank the Minister of State.",
        "Minister for Harbours (Deputy Karl Okafor): The harbour is another matter.",
        "Deputy Ada Marrow: It is.",
    ) == ["Senator Lind", "Deputy Ada Marrow", "Senator Lind", "Deputy Karl Okafor", "Deputy Ada Marrow"]


@pytest.mark.parametrize(
    "lines",
    [
        ["Present: 12", "Absent: 3", "Present: 11", "Absent: 4", "Present: 9", "Absent: 6"],
        ["Date: 3 May", "Venue: Old Merrow", "Date: 4 May", "Venue: Skerry", "Date: 5 May", "Venue: Old Merrow"],
        ["In favour: Norrin, Vale.", "Against: Ithren, Oskerry.", "Abstaining: Brannoch, Pellory, Verrano."],
        ["To: the Board", "From: the pilots", "To: the pilots", "From: the Board", "To: all", "From: the Board"],
    ],
)
def test_entries_of_forms_and_lists_of_votes_are_no_speakers(lines: list[str]) -> None:
    assert turns("# The lights", *lines) == []


def test_states_whose_words_a_report_retells_one_after_another() -> None:
    assert speakers(
        "5. The dialogue was opened.",
        "6. Norway welcomed the new lamps.",
        "7. The Republic of Korea commended the keepers.",
        "8. Egypt, on behalf of the Group of Five, asked for a date.",
        "9. Peru had closely followed the works.",
        "10. The session rose at noon.",
    ) == ["Norway", "The Republic of Korea", "Egypt", "Peru"]


def test_a_state_named_once_or_twice_retells_nothing() -> None:
    assert speakers("1. Norway welcomed the new lamps.", "2. Egypt has a lamp.", "3. Peru has two.") == []


def test_nobody_s_words_go_to_another_where_styles_are_mixed() -> None:
    glued = (
        "Norway: We agree. marta: Do you? pavel: Why not? Egypt: We do not. marta: Did you? pavel: Did we? Norway: We "
        "said so. Egypt: We did not. Norway: All is said. Egypt: Is it so? Norway: It is so."
    )
    found = speakers("Norway: The lamps are out.", glued, "Egypt: We mend them.")
    within = ["Norway", "marta", "pavel", "Egypt", "marta", "pavel", "Norway", "Egypt", "Norway", "Egypt", "Norway"]
    assert found == ["Norway", *within, "Egypt"]


@pytest.mark.parametrize("label", ["Staff Present", "OFFICERS IN ATTENDANCE", "Seconder"])
def test_headings_of_lists_are_nobody(label: str) -> None:
    assert is_entry(label)


def test_a_question_is_whose_it_is_put_by() -> None:
    found = turns(
        "QUESTIONS FOR WRITTEN REPLY",
        "144. Mr D B Okafor (LP-North) to ask the Minister of Lamps and Coastal Roads:",
        "Whether the lamps are lit; if not, why not?",
        "152. Ms A Lind (GP-South) to ask the Minister of Oil:",
        "(1) When was oil bought; (2) whether it was dear?",
        "153. Dr J Marrow (LP) asked the President of the Guild:",
        "How many wicks are left?",
    )
    assert [speaker for speaker, _ in found] == ["Mr D B Okafor", "Ms A Lind", "Dr J Marrow"]
    assert found[1][1].endswith("whether it was dear?")


def delegations(*sections: tuple[str, str]) -> list[str]:
    return speakers("# Advance questions", *(line for name, said in sections for line in (f"## {name}", said)))


def test_a_delegation_over_its_questions_asks_them() -> None:
    asked = [(name, "How many lamps are lit, and why?") for name in ("NORWAY", "INDIA", "PERU", "CHILE")]
    assert delegations(*asked) == ["NORWAY", "INDIA", "PERU", "CHILE"]
    assert delegations(*((name, "The lamps were lit in spring.") for name, _ in asked)) == []
    assert (
        delegations(*asked[:2], *((name, said) for name, (_, said) in zip(("Oil", "Wicks"), asked, strict=False))) == []
    )


QUESTION = (
    "# HOUSE OF LAMPS",
    "# OIL FOR LAMPS",
    "*10. MS. A. LIND:",
    "Will the Minister of LAMPS be pleased to state:",
)
ANSWER = ("# ANSWER", "MINISTER OF LAMPS", "(DR. B. OKAFOR)", "(a) to (c): A statement is laid on the table.")


def test_a_written_answer_is_its_givers() -> None:
    found = turns(*QUESTION, "(a) whether oil is dear?", *ANSWER, "# STATEMENT IN REPLY TO QUESTION 10", "Yes, Madam.")
    assert [speaker for speaker, _ in found][:2] == ["MS. A. LIND", "DR. B. OKAFOR"]
    assert found[0][1].endswith("whether oil is dear?")
    assert found[-1][0] == "DR. B. OKAFOR" and found[-1][1].endswith("Yes, Madam.")
    assert speakers(*QUESTION) == []
    assert speakers("# ANSWER", "The lamps were lit (Dr. Okafor).") == []


@pytest.mark.parametrize(
    "text", ["- Ana Ruiz-, Chair of the Board\n\n- Bo Lind-, Clerk of it\n\nMs. Ruiz said so.", "United¨Kingdom"]
)
def test_names_that_end_in_a_mark_are_read(text: str) -> None:
    assert speakers(*text.split("\n\n")) == []


def test_the_last_words_of_who_spoke_before_are_not_the_next_ones_name() -> None:
    found = speakers(
        "Lind: We vote on the lamps. Who is for it?",
        "Roe: I thank the pilots for their help with this. Aye. Okafor: It is a good plan. So -- Lind: Order, please.",
        "Okafor: I am not done yet.",
        "Roe: You are. Aye. Lind: The lamps are bought.",
    )
    assert found == ["Lind", "Roe", "Okafor", "Lind", "Okafor", "Roe", "Lind"]


def test_what_is_addressed_after_a_dash_is_no_part_of_the_name() -> None:
    found = speakers(
        "HON. A. B. LIND.- Mr: Speaker, I move that the Bill be read.",
        "HON. C. MARROW.- Mr: Speaker, I beg to second the motion.",
        "MR. SPEAKER.- I open the floor.",
        "HON. A. B. LIND.- It is a good Bill, and we need it.",
    )
    assert found == ["HON. A. B. LIND", "HON. C. MARROW", "MR. SPEAKER", "HON. A. B. LIND"]


def test_lists_and_cover_pages_are_nobodys_words() -> None:
    found = speakers(
        "Council of Lamps Distr.: General",
        "President: Mr. Lind. . . . . . . . . . . . . . . . . . . (Verrano)",
        "Members: Skerry . . . . . . . . . . . . . . . . . . . . . Ms. Roe",
        "Observers: Ana Lind, Bo Roe, Chi Okafor, Dora Marrow",
        "The President: I open the meeting, and I thank you all.",
        "Ms. Roe: I thank the President.",
        "The President: I give the floor to Mr. Okafor.",
        "Accelerated Ways of Action (LAMPS) Pathway, and the road to it.",
    )
    assert found == ["The President", "Ms. Roe", "The President"]


@pytest.mark.parametrize(
    ("above", "below", "is_label"),
    [
        ("The Assistant Minister for Lamps and", "Vision 2040 (Mr. Lind): I agree.", True),
        ("Minister of Oil", "The Minister of Oil (Mr. Lind): I agree.", False),
        ("OIL AND ROPE", "Mr. Lind: I agree.", False),
        ("The Assistant Minister said that", "the oil was late (Mr. Lind saw it): two weeks.", False),
    ],
)
def test_the_label_of_an_office_may_go_over_two_lines(above: str, below: str, is_label: bool) -> None:
    assert is_label_of_two_lines(above, below) == is_label


def test_names_at_the_end_of_a_sentence_take_no_floor() -> None:
    led = "{}. It was led by A. B. Marrow and Ole Okafor (Peru) and Ana Lind (Norway). At its end they agreed to it."
    assert speakers(*(led.format(number) for number in range(1, 9))) == []
    said = ("Aye. (Laughter) Mr. Lind. No.", "Mr. Okafor. Aye.", "Mr. Lind. No. Mr. Okafor. Aye.")
    assert speakers("The Council met.", *said)[-4:] == ["Mr. Lind", "Mr. Okafor", "Mr. Lind", "Mr. Okafor"]


def test_who_puts_a_written_question_is_known_where_they_speak_elsewhere() -> None:
    asked = "Mr. Okafor asked the Minister of Lamps:- (a) whether the oil has come."
    assert turns("Mr. Marrow: Next question.", asked, "Mr. Marrow: The oil has come.", "Mr. Okafor: Late.")[1] == (
        "Mr. Okafor", asked,
    )  # fmt: skip
    assert set(speakers("Mr. Marrow: Next question.", asked, "Mr. Marrow: The oil has come.")) == {"Mr. Marrow"}


def test_a_log_gives_every_line_to_its_writer_and_more_of_whom_they_take_down_to_nobody_else() -> None:
    lines = "\n".join(
        [
            "08:00:23 <okafor> Running late, sorry.",
            "08:30:12 <okafor> I am here now.",
            "08:34:11 <lind> marrow: we send our notes on the draft today.",
            "08:34:15 <lind> ... and the rest tomorrow.",
            "08:36:26 <lind> ito: are there any more?",
            "08:37:00 <okafor> I have some on the lamps.",
            "08:38:16 <lind> marrow: are you sure of that?",
            "08:38:39 <lind> ito: yes, I am sure of it.",
            "08:39:30 <okafor> So am I, for once.",
        ]
    )
    assert speakers(lines) == ["okafor", "okafor", "marrow", "ito", "okafor", "marrow", "ito", "okafor"]


def test_who_interrupts_speaks() -> None:
    found = turns(
        "Lind: We may change that in the contract --   Roe: Is there a point person?   Lind: There is one, I hope.",
        "Roe: Who is it? Do you know?",
        "Lind: I do not know it yet.",
        "Roe: Thank you.",
    )
    assert [speaker for speaker, _ in found] == ["Lind", "Roe", "Lind", "Roe", "Lind", "Roe"]


def test_a_name_with_what_its_bearer_is_speaks_once_too() -> None:
    found = speakers(
        "Lind: Welcome. Roe: I see. Lind: Please.   Ana Marrow, Purchasing Manager, Bureau of Lamps:  Good morning.",
        "Lind: Thank you. Roe: I have a question. Lind: Please go on. Roe: Is there more? Lind: There is.",
    )
    assert "Ana Marrow, Purchasing Manager, Bureau of Lamps" in found


def test_what_a_clerk_reads_is_nobodys() -> None:
    found = turns(
        "Mr. MARROW. I call up my amendment.",
        "The PRESIDING OFFICER. The clerk will report.",
        "The legislative clerk read as follows:",
        "The Senator proposes an amendment on lamps.",
        "Mr. MARROW. I call up the next one.",
        "The legislative clerk read as follows:",
        "The Senator proposes an amendment on oil.",
    )
    assert [speaker for speaker, _ in found] == ["Mr. MARROW", "The PRESIDING OFFICER", "Mr. MARROW"]
    assert not any("Senator" in words for _, words in found)


def test_the_end_of_a_sentence_is_no_state_that_speaks() -> None:
    found = speakers("Mr. MARROW. We cannot neglect", "Haiti. I hope we will help.", "Ms. LIND. I agree with that.")
    assert "Haiti" not in found


def test_a_chair_who_resumes_retells_nothing() -> None:
    assert not speakers("The Speaker resumed the Chair, and the Chairperson reported progress on the Lamps Bill.")
