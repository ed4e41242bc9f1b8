"""Overviews over four invented records and a fifth with many speakers: what is told, how long, and of what."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from onrecord.rag import Answer, Library, Turn, open_library
from onrecord.rag.answering.kinds.central import Sentences
from onrecord.rag.answering.kinds.matters import matters, outcomes_in, without_lead_ins
from onrecord.rag.answering.kinds.overview import Part
from onrecord.rag.query.kinds import length_asked
from onrecord.vectorstore.errors import InputError
from onrecord.vectorstore.passage import Document, Hit
from onrecord.vectorstore.structure import Item, Outcome

from .council import write_council
from .invariants import check

HEARING = """Hearing on the ferry to Lund

4 April 2035

PRESENT: Anna Berg, Chair; Carl Dahl, Lund; Eva Falk, Port Office; Gustav Holm, Ferry Company; Ida Jansson, Clerk

The Chair: Good evening. Thank you all for coming tonight.

Mr. Dahl: Thank you, Madam Chair. The ferry to Lund is the only way to the school for our children, and the ferry must \
sail in winter too. Without the winter ferry the children of Lund stay at home for eleven weeks.

The Chair: Thank you. Please go on.

Ms. Falk: The quay at Lund was built for small boats. A ferry of more than forty metres cannot lie at the quay when \
the wind is from the north, and no ferry should try.

Mr. Holm: The company loses money on the winter ferry. We would sail in winter if the county paid the fuel of the ferry.

The Chair: I close the hearing.
"""


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    records = write_council(tmp_path_factory.mktemp("overview") / "records")
    (records / "hearing.txt").write_text(HEARING, encoding="utf-8")
    with open_library(records.parent / "library") as library:
        library.ingest([records])
        yield library


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def test_every_overview_keeps_the_promises_of_an_answer(council: Library) -> None:
    for answer in (
        council.overview(), council.overview("hearing.txt", length="full"), council.overview(about="night ferries"),
        council.overview(speaker="Arvid"), council.overview(speaker="nobody at all"),
    ):  # fmt: skip
        check(answer, council)


def test_a_longer_overview_tells_more(council: Library) -> None:
    brief, usual, full = (council.overview("minutes.txt", length=length) for length in ("brief", "usual", "full"))
    assert len(brief.citations) < len(usual.citations) < len(full.citations)
    assert quotes(usual)[0] == quotes(brief)[0] == "Minutes of the Town Council of Osterwick"
    assert "The Council decided to repair the playground before the summer holidays." in quotes(usual)


def test_the_sides_of_a_hearing_are_told_each_by_what_is_at_issue(council: Library) -> None:
    answer = council.overview("hearing.txt")
    told = {sentence.text.partition(":")[0] for sentence in answer.sentences}
    assert {"Mr. Dahl", "Ms. Falk", "Mr. Holm"} <= told and "The Chair" not in told
    assert not any(word in quote for quote in quotes(answer) for word in ("Thank", "close the hearing", "Clerk"))
    assert answer.notes == ("Spoke: The Chair, Mr. Dahl, Ms. Falk, Mr. Holm.",)


def test_an_overview_of_a_subject_tells_of_every_record_on_it_under_its_title(council: Library) -> None:
    answer = council.overview(about="ferry in winter, night ferries")
    assert {"Hearing on the ferry to Lund", "Minutes of the Town Council of Osterwick"} <= set(quotes(answer))


def test_an_overview_of_a_speaker_is_of_their_words_alone(council: Library) -> None:
    answer = council.overview(speaker="Arvid", about="inspections")
    assert answer.citations and {citation.locator.speaker for citation in answer.citations} == {"Ms. Arvid"}


def test_the_library_is_told_of_record_by_record_the_latest_first(council: Library) -> None:
    answer = council.overview(length="brief")
    years = [citation.document.date or "" for citation in answer.citations]
    assert years == sorted(years, reverse=True) and len(set(years)) == 5
    assert council.overview(length="brief").question == "Overview: the library"


def test_nothing_to_tell_is_a_refusal_and_an_unknown_document_an_error(council: Library) -> None:
    refused = council.overview(speaker="nobody at all")
    assert refused.refusal and refused.refusal.code == "filtered_out" and not refused.citations
    with pytest.raises(InputError, match="No document"):
        council.overview("no such record")


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("Give me a short summary of the hearing.", "brief"),
        ("Summarise the minutes in detail.", "full"),
        ("Brief me on the ferries.", "usual"),
        ("En bref, de quoi parle ce compte rendu ?", "brief"),
        ("What is this about?", "usual"),
    ],
)
def test_a_question_says_how_long(question: str, length: str) -> None:
    assert length_asked(question) == length


def test_the_words_that_ask_for_a_length_choose_it(council: Library) -> None:
    history: list[Turn] = []
    brief = council.ask("A short summary of the Minutes of the Town Council of Osterwick", history=history)
    full = council.ask("A detailed summary of the Minutes of the Town Council of Osterwick", history=history)
    assert 1 < len(brief.citations) < len(full.citations)


def test_a_record_that_is_one_item_is_what_that_is_made_of() -> None:
    document = Document(
        id="d", source="d.txt", title="D", text="Whole\n\nOne\nfirst matter\n\nTwo\nsecond matter\n\nEmpty"
    )
    ends = [len(document.text), 24, 43, len(document.text)]
    starts = [0, 7, 25, 45]
    items = [
        Item(id=f"i{n}", start=start, end=end, kind="item", heading=str(n), parent=None if n == 0 else "i0")
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    assert [item.id for item in matters(document, items)] == ["i1", "i2"], "nothing stands under the last heading"
    assert matters(document, []) == []


def test_a_lead_in_is_no_outcome_and_the_figures_of_a_vote_are_no_note() -> None:
    said = ("The Council decided:", "Urges all States:1", "The motion was carried by 9:8.", "It was carried 9:8")
    outcomes = [
        Outcome(start=n, end=n + 1, item=None, kind="decision", text=text) for n, text in enumerate(said)
    ]  # fmt: skip
    assert [each.text for each in without_lead_ins(outcomes)] == list(said[2:])
    inside = Item(id="i", start=1, end=3, kind="item", heading="x")
    assert [each.start for each in outcomes_in(outcomes, inside)] == [1, 2]


def test_what_was_told_is_not_told_again_and_names_are_no_sentence(council: Library) -> None:
    document = council.document("hearing.txt")
    hits = [Hit(passage=each, document=document, score=0.0) for each in council.store.passages_of(document.id)]
    sentences = Sentences.of(council.store, hits)
    inside = sentences.within([(0, len(document.text))])
    assert not any("PRESENT" in each.text or "Carl Dahl" in each.text for each in sentences.sentences)
    told = [sentences.most_central(inside) for _ in inside]
    found = [each.text for each in told if each]
    assert len(set(found)) == len(found) > 3
    assert sentences.most_central(inside) is None
    fresh = Sentences.of(council.store, [replace(hit, score=1.0) for hit in hits])
    fresh.tell(inside)
    assert fresh.most_central(inside) is None


def test_the_points_of_a_statement_are_those_of_whoever_made_it(council: Library) -> None:
    answer = council.ask("Main points of Ms. Arvid's statement on beekeeping")
    assert answer.citations and {citation.locator.speaker for citation in answer.citations} == {"Ms. Arvid"}


def test_what_is_not_told_of_is_named(council: Library) -> None:
    answer = council.overview("minutes.txt", length="brief")
    told = next(note for note in answer.notes if note.startswith("Also dealt with: "))
    assert "Closure" in told and not any(heading in told for heading in map(str, quotes(answer)))
    assert not any(note.startswith("Also") for note in council.overview("minutes.txt", length="full").notes)


def test_the_main_decisions_are_outcomes(council: Library) -> None:
    answer = council.ask("What were the main decisions of the Town Council of Osterwick?")
    title, *decided = quotes(answer)
    assert title == "Minutes of the Town Council of Osterwick"
    assert decided and all(
        any(word in quote for word in ("carried", "defeated", "decided", "Action")) for quote in decided
    )


def test_a_part_that_is_named_in_small_letters_is_what_is_told_of(council: Library) -> None:
    answer = council.ask("Summarise what the hearing on the ferry to Lund says on the quay.")
    assert answer.citations and {citation.locator.speaker for citation in answer.citations} == {"Ms. Falk"}
    assert all("quay" in quote for quote in quotes(answer))


def test_a_record_is_not_meant_for_two_words_of_its_title_where_another_is_found(council: Library) -> None:
    answer = council.ask("Main points of the debate of the Town Council on the winter ferry to Lund?")
    assert {citation.document.title for citation in answer.citations} == {"Hearing on the ferry to Lund"}


BILLS = """House of Delegates

4 April 2035

## Bills

Ms. Falk moved for leave to introduce Bill D-31, an Act on winter ferries. The bill would have the county pay the fuel \
of the ferry between November and March.

Mr. Holm moved for leave to introduce Bill D-32, an Act on the schools. The bill would open the schools of the islands \
at nine instead of eight.

Mr. Dahl moved for leave to introduce Bill D-33, an Act on quays. The bill would have every quay measured once in ten \
years.

## Petitions

Ms. Berg presented a petition on the price of bread.

Ms. Jansson presented a petition on the lighthouse keeper's house, which is to be sold.

Mr. Lund presented a petition on rabbits, which eat the grass of the dunes.
"""


def test_what_a_bill_is_about_is_told_of_that_bill_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bills")
    (folder / "bills.md").write_text(BILLS, encoding="utf-8")
    with open_library(folder / "library") as library:
        library.ingest([folder / "bills.md"])
        said = " ".join(quotes(library.ask("What is Bill D-31 about?")))
    assert "fuel of the ferry" in said
    assert not any(word in said for word in ("D-32", "D-33", "bread", "rabbits")), said


def test_an_outcome_of_a_part_without_a_heading_is_headed_by_its_item_alone() -> None:
    told = Outcome(item="i", kind="decision", text="Ayes 7.", start=0, end=7)
    assert Part(heading="", spans=[], outcomes=[told]).lead_of(told, {"i": "The committee on lamps"}, "en") == (
        "The committee on lamps"
    )
