"""Items and what became of them: motions, votes with counts and names, tasks with owner and date."""

import pytest

from onrecord.ingest.formats.read import read
from onrecord.ingest.structure.items import with_items
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.structure import Item, Outcome


def items(*paragraphs: str) -> tuple[dict[str, Item], list[Outcome]]:
    """The items of a record of these paragraphs by their ids, and the outcomes."""
    reading = read("record.md", "\n\n".join(paragraphs).encode())
    units = structure(reading)
    found = with_items(outline(reading.text, units), reading.text, units)
    for outcome in found.outcomes:
        assert " ".join(outcome.text.split()) in " ".join(reading.text[outcome.start : outcome.end].split())
    return {item.id: item for item in found.items}, list(found.outcomes)


def headings_of(found: dict[str, Item], outcome: Outcome) -> list[str]:
    """The headings of an outcome's item and of those it is a part of, up to the top but for the record's own."""
    headings: list[str] = []
    item = found.get(outcome.item or "")
    while item:
        headings.append(item.heading)
        item = found.get(item.parent or "")
    return [heading for heading in headings if heading != "Minutes"]


def test_an_outcome_belongs_to_the_item_it_ends() -> None:
    found, outcomes = items(
        "# Minutes",
        "## Lamps of Old Merrow",
        "Ms. Lind said that the lamps are old.",
        "The motion to replace the lamps was adopted.",
        "## Oil for Skerry",
        "The pilots spoke of oil.",
        "The application was deferred until the next meeting.",
    )
    assert [(headings_of(found, outcome)[-1], outcome.kind) for outcome in outcomes] == [
        ("Lamps of Old Merrow", "decision"),
        ("Oil for Skerry", "deferred"),
    ]


def test_counts_of_votes_in_words_and_figures() -> None:
    _, outcomes = items(
        "## A levy",
        "The draft resolution was adopted by 155 votes to 1, with 3 abstentions.",
        "## A pier",
        "The motion was carried, 5-2.",
    )
    assert [(o.kind, o.votes_for, o.votes_against, o.abstained) for o in outcomes] == [
        ("vote", 155, 1, 3),
        ("vote", 5, 2, None),
    ]


def test_names_by_side() -> None:
    _, outcomes = items(
        "## A levy on lamps",
        "A recorded vote was taken.",
        "In favour: Norway, Egypt, Peru.",
        "Against: Fiji.",
        "Abstaining: Malta, Cyprus.",
        "The draft resolution was adopted by 3 votes to 1, with 2 abstentions.",
    )
    vote = next(outcome for outcome in outcomes if outcome.kind == "vote" and outcome.names_for)
    assert vote.names_for == ("Norway", "Egypt", "Peru")
    assert (vote.names_against, vote.names_abstained) == (("Fiji",), ("Malta", "Cyprus"))


def test_a_task_has_an_owner_and_a_date() -> None:
    _, outcomes = items("## Fog horns", "The horn is broken.", "ACTION: Ruiz to write to the maker by 3 May 2031")
    (task,) = outcomes
    assert (task.kind, task.owner, task.due) == ("action", "Ruiz", "3 May 2031")


def test_what_was_decided_long_ago_or_may_be_is_no_outcome() -> None:
    assert (
        items(
            "## History",
            "The first levy had been adopted in 1999 by another council.",
            "It would be rejected if nobody came.",
            "Was it adopted?",
        )[1]
        == []
    )


def test_a_note_below_a_numbered_matter_belongs_to_it() -> None:
    text = (
        "MINUTES OF THE BOARD\n\n1. The harbour asks for an outdoor patio.\n\nGranted.\n\n"
        "2. The mill asks for a later hour.\n\nDeferred to May 17, 2029.\n\n3. The inn asks for a sign.\n"
    )
    reading = read("record.txt", text.encode())
    units = structure(reading)
    structured = with_items(outline(reading.text, units), reading.text, units)
    headings = {item.id: item.heading for item in structured.items}
    assert [(headings[outcome.item or ""][:7], outcome.kind) for outcome in structured.outcomes] == [
        ("1. The ", "decision"), ("2. The ", "deferred"),
    ]  # fmt: skip


def test_lists_below_a_heading_of_outcomes() -> None:
    _, outcomes = items(
        "# Minutes", "## Lamps", "We looked at lamps.", "### Conclusion/Resolution", "* Stage 3", "## Oil", "* barrels"
    )
    assert [(outcome.kind, outcome.text) for outcome in outcomes] == [("decision", "* Stage 3")]


def test_counts_behind_names_and_notes_after_them() -> None:
    _, outcomes = items(
        "# Minutes", "YEAS: Brandt, Garza, Moe - 3", "NAYS: Roe - 1", "THE MOTION PASSED.", "Motion carried."
    )
    assert (outcomes[0].votes_for, outcomes[0].votes_against, outcomes[0].names_for) == (
        3,
        1,
        ("Brandt", "Garza", "Moe"),
    )


def test_a_question_put_is_that_of_the_matter_open() -> None:
    found, outcomes = items(
        "# Minutes",
        "Amendment No. 5",
        "Ms. Lind spoke of lamps.",
        "The question is on agreeing to the amendment.",
        "The amendment was agreed to.",
    )
    assert headings_of(found, outcomes[0])[0] == "Amendment No. 5"


def test_sponsors_by_lists_and_sentences() -> None:
    found, _ = items(
        "# Minutes",
        "## Draft on lamps",
        "Sponsors: Chile and Norway",
        "Additional sponsors: Fiji",
        "3. Subsequently, Kenya and Peru joined in sponsoring the draft resolution.",
    )
    item = next(item for item in found.values() if item.sponsors)
    assert (item.sponsors, item.additional_sponsors) == (("Chile", "Norway"), ("Fiji", "Kenya", "Peru"))


def test_a_name_ends_where_the_next_label_begins() -> None:
    found, _ = items(
        "# Minutes",
        "## Motion on lamps",
        "**Motion:** Resolved, that lamps be lit.\n**Sponsor:** Kevin Lind\n**Second:** Ada Marrow",
        "## Second World Assembly on Lamps",
        "The Second World Assembly on Lamps was remembered.",
    )
    lamps, assembly = (next(each for each in found.values() if word in each.heading) for word in ("Motion", "World"))
    assert (lamps.sponsors, lamps.seconders) == (("Kevin Lind",), ("Ada Marrow",))
    assert not assembly.seconders


def test_counts_repeated_without_end_are_not_one_vote() -> None:
    _, outcomes = items("# Minutes", "The count was 5 in favour, 3 against. " * 50)
    assert len(outcomes) == 3


def test_an_amendment_stands_within_its_motion() -> None:
    found, outcomes = items(
        "## Oil",
        "Moved by Ms. Moe, seconded by Mr. Garza, that two tanks be bought.",
        "Amendment moved by Mr. Roe that one tank be bought.",
        "The amendment was defeated.",
        "The motion was then put and carried.",
    )
    assert [headings_of(found, outcome)[0][:9] for outcome in outcomes] == ["Amendment", "Moved by "]
    assert [headings_of(found, outcome)[-1] for outcome in outcomes] == ["Oil", "Oil"]


def test_a_step_is_no_matter() -> None:
    found, outcomes = items("# Minutes", "## Lamps", "We spoke of lamps.", "## Vote", "The motion was adopted.")
    assert [headings_of(found, outcome) for outcome in outcomes] == [["Lamps"]]


def test_items_called_by_the_chair() -> None:
    found, outcomes = items(
        "**Chair:** The next item is the lamp levy.",
        "**Roe:** I move the lamp levy.",
        "**Chair:** The motion is carried.",
    )
    assert headings_of(found, outcomes[0])[-1] == "The next item is the lamp levy."


def test_one_vote_told_twice() -> None:
    _, outcomes = items(
        "## Lamps",
        "Yeas",
        "Brandt, Garza, Moe.",
        "Nays",
        "Roe, Stone.",
        "The clerk counted Yeas 3, Nays 3.",
        "The motion to buy lamps is defeated.",
        "## Oil",
        "The motion passed with 2 in favor (Brandt and Moe) and 1 against (Roe).",
        "The chair declared the motion passed.",
    )
    assert [(o.text, o.votes_for, o.votes_against, o.names_against) for o in outcomes] == [
        ("The motion to buy lamps is defeated.", 3, 3, ("Roe", "Stone")),
        ("The chair declared the motion passed.", 2, 1, ("Roe",)),
    ]


def test_what_was_agreed_to_stands_below() -> None:
    reading = read("record.md", b"## Lamps\n\nMotion (by Ms. Lind) agreed to -\n\nThat lamps be bought.\n")
    units = structure(reading)
    (outcome,) = with_items(outline(reading.text, units), reading.text, units).outcomes
    assert reading.text[outcome.start : outcome.end].endswith("That lamps be bought.")


def test_an_outcome_in_capitals_is_neither_a_heading_nor_a_voter() -> None:
    text = "MERROW COUNCIL\n\nOIL\n\nMoved by Roe that oil be bought.\n\nCARRIED\n\nFor: 12, Abstentions: 2\n\nLOST\n"
    reading = read("record.txt", text.encode())
    units = structure(reading)
    structured = with_items(outline(reading.text, units), reading.text, units)
    assert "CARRIED" not in {heading.text for heading in structured.headings}
    assert [(outcome.votes_for, outcome.names_abstained) for outcome in structured.outcomes] == [(None, ()), (12, ())]


def test_names_with_the_family_first_a_line_each() -> None:
    _, outcomes = items("## Lamps", "AYES", "Brandt, Mr. P.", "Garza, A.", "NOES", "Roe, Ms. R.", "Question agreed to.")
    assert (outcomes[0].names_for, outcomes[0].names_against) == (("P Brandt", "A Garza"), ("R Roe",))


def test_a_short_outcome_points_back_to_the_sentence_before() -> None:
    found, outcomes = items(
        "## Pilots",
        "The pilots of Skerry told of the fog and of the ships they had seen. " * 8
        + "The clerk reported on purchases of oil in the quarter. "
        + "By unanimous vote, the Board ratified these purchases. "
        + "The pilots went home.",
        "They came back.",
    )
    assert headings_of(found, outcomes[0]) == ["The clerk reported on purchases of oil in the quarter.", "Pilots"]


@pytest.mark.parametrize(
    ("called", "names"),
    [
        ("Lind yes, Roe no, Okafor yes.", (("Lind", "Okafor"), ("Roe",))),
        ("Roll call: Ana Lind, aye; Roe, nay; Okafor - aye; Ito: aye.", (("Ana Lind", "Okafor", "Ito"), ("Roe",))),
    ],
)
def test_a_roll_call_within_a_sentence(called: str, names: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    _, outcomes = items("## Lamps", f"Moved by Ms. Lind to buy lamps. {called} The motion was carried.")
    assert [(o.names_for, o.names_against, o.votes_for) for o in outcomes] == [(*names, len(names[0]))]


def test_talk_with_yes_and_no_in_it_is_no_roll_call() -> None:
    _, outcomes = items(
        "## Lamps", "Does Lind agree? Yes, she does. No, says Roe. Okafor said yes, and Ito had no view, Moe said no."
    )
    assert not outcomes


def test_a_stop_misprinted_for_a_comma_ends_no_list_and_what_follows_is_no_name() -> None:
    _, outcomes = items(
        "## Oil",
        "Votes for this action: Messrs. Lind, Roe. Moe, Okafor, and Parry and Mses. Ito and Uwe. Vote against this "
        "action: Mr. Broad.",
        "Chair Lind declared the motion PASSED.",
    )
    assert outcomes[0].names_for == ("Lind", "Roe", "Moe", "Okafor", "Parry", "Ito", "Uwe")
    assert outcomes[0].names_against == ("Broad",)


def test_what_stands_behind_a_label_of_any_style_is_read_from_its_beginning() -> None:
    said = (("ana", "what about the lamps, they are dark"), ("roe", "I think we should buy some new ones"))
    log = [*said, ("ana", "resolution: we agree to buy them before winter"), ("roe", "ok then, next is oil"), *said]
    lines = "\n".join(f"11:{minute:02}:10 <{name}> {words}" for minute, (name, words) in enumerate(log))
    reading = read("log.txt", lines.encode())
    units = structure(reading)
    outcomes = with_items(outline(reading.text, units), reading.text, units).outcomes
    assert [(o.kind, o.text) for o in outcomes] == [("resolution", "resolution: we agree to buy them before winter")]


DOCKET = (
    "COMMUNICATIONS   8 Request of Ana Lind to address the board regarding lamps  (Communication)  PLACED ON FILE  "
    "9 Request of Ben Roe on oil  (Communication)  PLACED ON FILE  10 Appoint Ito to the pilots' board  (Report)  "
    "(Y-5) CONFIRMED *11 Accept a grant of $94,710 for lamps  (Ordinance)  (Y-5) 184349  12 Amend the contract with "
    "Okafor  (Ordinance)  REFERRED TO COMMISSIONER OF WORKS  13 Buy nets for the pier  (Ordinance)"
)


def test_an_agenda_printed_as_one_paragraph_is_cut_at_its_numbers() -> None:
    found, outcomes = items("The clerk of the harbour board took these minutes in the old hall.", DOCKET)
    assert [(found[o.item or ""].number, o.kind, o.votes_for) for o in outcomes] == [
        ("8", "decision", None),
        ("9", "decision", None),
        ("10", "vote", 5),
        ("11", "vote", 5),
        ("12", "deferred", None),
    ]


def test_numbers_in_a_text_are_no_list() -> None:
    prose = (
        "In 8 Lamps were lit.  9 Keepers came.  11 Pilots left.  12 Boats sank.  14 Nets were lost.  16 Crews rested."
    )
    reading = read("record.md", f"# Lamps\n\n{prose}".encode())
    assert [unit.locator.paragraph for unit in structure(reading)] == [None, None]


def test_the_vote_that_metadata_tell_is_that_of_the_line_at_the_head_of_the_resolution() -> None:
    found, outcomes = items(
        "# R/7",
        "Resolution adopted by the Harbour Board on 3 May 2031",
        "## 7. Lamps of Merrow",
        "The Harbour Board,",
        "Recalling its resolution on oil,",
        "## From the file's metadata: Lamps of Merrow",
        "Adopted recorded vote.",
        "In favour (3): Lind; Roe; Moe",
        "Against (1): Ito",
    )
    assert outcomes[0].text.startswith("Resolution adopted") and outcomes[0].kind == "vote"
    assert (outcomes[0].votes_for, outcomes[0].votes_against, outcomes[0].names_against) == (3, 1, ("Ito",))
    assert found[outcomes[0].item or ""].heading == "7. Lamps of Merrow"


def test_counts_that_metadata_tell_in_a_line_are_its_outcome_whatever_stands_before() -> None:
    _, outcomes = items(
        "## Lamps",
        "Article 1, before point 1 | 3 | RCV | 306, 303, 18 [from the file's metadata: adopted, 306 in favour, "
        "303 against, 18 abstaining]",
    )
    assert [(o.kind, o.votes_for, o.votes_against, o.abstained) for o in outcomes] == [("vote", 306, 303, 18)]


def test_a_row_that_states_its_own_outcome_is_the_matter_of_no_other() -> None:
    found, outcomes = items(
        "## Lamps",
        "§ 24 | original text | sep [from the file's metadata: adopted]",
        "After § 24 | 8 | Ms. Lind [from the file's metadata: rejected]",
    )
    assert [headings_of(found, outcome)[0] for outcome in outcomes] == [
        "§ 24 | original text | sep [from the file's metadata: adopted]",
        "Lamps",
    ]


def test_what_is_told_in_mid_speech_brings_no_matter() -> None:
    found, outcomes = items(
        "# Minutes",
        "## Lamps",
        "Ms. Lind: I move that the lamps be bought.",
        "Mr. Roe: I thank Ms. Lind for her words on the lamps of the harbour.",
        "My neighbours who moved here last year have none, and the harbour is entitled to some.",
        "Ms. Lind: I thank all who spoke.",
        "Motion agreed to.",
    )
    assert [headings_of(found, outcome)[0] for outcome in outcomes] == ["Ms. Lind: I move that the lamps be bought."]


def test_an_item_called_by_its_number_alone_is_that_of_the_agenda() -> None:
    found, outcomes = items(
        "# Minutes",
        "1. Buy lamps for the harbour.",
        "2. Lease the old mast.",
        "3. Pay for the oil.",
        "4. Thank the pilots.",
        "Ms. Lind: We begin. Item 2.",
        "Mr. Roe: The mast is old. It should go to whoever wants it.",
        "Ms. Lind: I declare the motion carried.",
        "Mr. Roe: Thank you.",
    )
    assert [headings_of(found, outcome)[0] for outcome in outcomes] == ["2. Lease the old mast."]


def test_what_is_proposed_is_recommended() -> None:
    _, outcomes = items(
        "## A draft",
        "The following draft decision is proposed for consideration by the Harbour Meeting:",
        "The Meeting decides to buy lamps.",
        "## Oil",
        "The Meeting decides to buy oil.",
    )
    assert [(outcome.kind, outcome.owner) for outcome in outcomes] == [
        ("recommendation", "the Harbour Meeting"),
        ("recommendation", "the Harbour Meeting"),
        ("decision", None),
    ]


def test_who_calls_the_roll_may_answer_last() -> None:
    _, outcomes = items(
        "## Lamps", "Moved by Ms. Lind to buy lamps.", "Roe: Aye. Okafor: Aye. Ito: No.", "Lind: Aye. The lamps it is."
    )
    assert [(outcome.names_for, outcome.names_against) for outcome in outcomes] == [
        (("Roe", "Okafor", "Lind"), ("Ito",))
    ]


def test_a_labelled_task_is_not_whose_words_stand_before_it() -> None:
    _, outcomes = items(
        "## Lamps", "Ana: The lamps are old.", "Ben: They are.", "Ana: So they are.", "Action: Ask for a price."
    )
    assert [(outcome.kind, outcome.owner) for outcome in outcomes] == [("action", None)]


def test_a_page_of_chinese_lies_between_a_vote_and_the_next_decision() -> None:
    said = "灯塔的灯已经使用了四十年，维修费用每年都在增加，渔民也多次反映夜间看不清航道，希望委员会尽快安排更换。"
    vote, decision = "表决结果：赞成12票，反对3票，弃权1票。", "会议决定：由港务局于8月15日前提交更换方案。"
    _, outcomes = items("# 港口委员会会议记录", vote, said, said, said, said, decision)
    assert [outcome.text for outcome in outcomes] == [vote, decision]
    assert all(outcome.end - outcome.start <= len(decision) + 2 for outcome in outcomes)
