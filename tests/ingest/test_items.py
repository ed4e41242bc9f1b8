"""Items and what became of them: motions, votes with counts and names, tasks with owner and date."""

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
        assert outcome.text in " ".join(reading.text[outcome.start : outcome.end].split())
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
