"""How a record that a question names was voted on, over two invented resolutions with one title and a third."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Answer, Filters, Library, open_library
from onrecord.rag.query.directory import directory_of

from ..fakes import HashEmbedder
from .invariants import check

RESOLUTION = """A/RES/81/{number}

Resolution adopted by the General Assembly on {day} December {year}

{title}

The General Assembly,

Recalling that ferries carry the fishers of small islands home,

1. Calls upon all States to light their piers;

2. Requests the Secretary-General to report on night ferries.

At the {meeting}th meeting, the Committee took up draft resolution A/C.2/81/L.{number}.

{how}
"""
VOTE = """The draft resolution was adopted by a recorded vote of 4 to 2, with 1 abstention. The voting was as follows:

In favour: {favour}.
Against: {against}.
Abstaining: {abstaining}.
"""
FERRIES = "Night ferries between small islands"
RECORDS = {
    "one": RESOLUTION.format(
        number=71, day=3, year=2031, title=FERRIES, meeting=40,
        how=VOTE.format(favour="Chad, Chile, India, Norway", against="Mexico, Peru", abstaining="Nepal"),
    ),
    "two": RESOLUTION.format(
        number=93, day=5, year=2032, title=FERRIES, meeting=41,
        how=VOTE.format(favour="Chad, Chile, Mexico, Norway", against="Peru, Samoa", abstaining="India"),
    ),
    "three": RESOLUTION.format(
        number=95, day=5, year=2032, title="Lighting of the piers of small harbours", meeting=44,
        how="Adopted without a vote.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("votes")
    for name, text in RECORDS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([*folder.glob("*.txt")])
        yield library


def asked(library: Library, question: str) -> Answer:
    answer = library.ask(question)
    check(answer, library)
    return answer


def sources(library: Library, question: str) -> list[str]:
    stems = library.store.lexical.words(question)
    named = directory_of(library.store).documents_in(question, stems)
    return sorted(Path(listing.source).stem for listing in library.documents() if listing.id in named)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Who voted against resolution 81/71?", ["one"]),
        ("how did india vote on A/RES/81/93", ["two"]),
        ("What does resolution 81/95 ask for?", ["three"]),
        ("Who abstained on resolution 81/99?", []),
        ("How many abstained on the 2032 resolution on night ferries between small islands?", ["two"]),
        ("Who opposed the night ferries between small islands on 3 December 2031?", ["one"]),
        ("How did Peru vote on night ferries between small islands?", ["one", "two"]),
    ],
)
def test_a_record_is_named_by_the_end_of_its_symbol_or_by_its_title_and_year(
    library: Library, question: str, named: list[str]
) -> None:
    assert sources(library, question) == named


@pytest.mark.parametrize(
    ("question", "list_of"),
    [
        ("Who voted against resolution 81/71?", "Against (2): “Mexico, Peru”"),
        ("Which states abstained on A/RES/81/93?", "Abstained (1): “India”"),
        ("How did India vote on 81/71?", "In favour (with 3 others): “India”"),
        ("How did Norway vote on resolution 81/93?", "In favour (with 3 others): “Norway”"),
    ],
)
def test_the_outcome_comes_first_and_then_the_names_asked_for(library: Library, question: str, list_of: str) -> None:
    answer = asked(library, question)
    assert "by a recorded vote of 4 to 2, with 1 abstention" in answer.citations[0].quote
    assert answer.sentences[0].text.startswith(f"{FERRIES}: “") and list_of in answer.sentences[1].text


def test_a_vote_that_was_otherwise_is_said_to_be(library: Library) -> None:
    answer = asked(library, "Why did Norway vote against resolution 81/71?")
    assert "In favour, not against (with 3 others): “Norway”" in answer.text


def test_why_somebody_voted_so_is_not_told_by_the_vote(library: Library) -> None:
    assert "Against (with" not in library.ask("Why did Peru vote against resolution 81/71?").text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How did Kenya vote on resolution 81/71?", f"{FERRIES} (Kenya is not listed on any side): “"),
        ("Who voted against resolution 81/95?", "small harbours (without a vote): “"),
        ("Who voted against resolution 81/71 when it was adopted in 2019?", f"{FERRIES} (2031-12-03): “"),
    ],
)
def test_what_does_not_agree_with_the_question_is_told(library: Library, question: str, told: str) -> None:
    assert told in asked(library, question).sentences[0].text


def test_the_votes_of_several_years_have_their_dates(library: Library) -> None:
    text = asked(library, "In which years did Mexico vote against the night ferries between small islands?").text
    one, two = text.index("(2031-12-03)"), text.index("(2032-12-05)")
    assert one < text.index("Against (with 1 other): “Mexico”") < two < text.index("In favour, not against (with 3")


def test_a_symbol_that_nobody_has_is_answered_by_no_other_record(library: Library) -> None:
    answer = asked(library, "Who abstained on resolution 81/99?")
    assert answer.refusal and (answer.refusal.code, answer.refusal.params["name"]) == ("unrelated_name", "81/99")


def test_a_vote_that_the_filters_leave_out_is_not_told(library: Library) -> None:
    other = next(listing.id for listing in library.documents() if listing.source.endswith("three.txt"))
    answer = library.ask("Who voted against resolution 81/71?", filters=Filters(document=other))
    assert all(citation.document.id == other for citation in answer.citations)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How was resolution 81/71 adopted?", f"{FERRIES} (put to a recorded vote)"),
        ("Did A/RES/81/95 go to a vote?", "(without a vote)"),
        ("Why was resolution 81/93 adopted without a vote?", f"{FERRIES} (put to a recorded vote)"),
        ("Why was resolution 81/93 adopted in 2029?", f"{FERRIES} (2032-12-05)"),
    ],
)
def test_how_something_was_adopted_is_told_by_its_vote(library: Library, question: str, told: str) -> None:
    assert told in asked(library, question).sentences[0].text


def test_why_the_first_of_two_voted_as_it_did_not_is_answered_by_the_vote(library: Library) -> None:
    text = asked(library, "Why did Mexico join Peru in voting against resolution 81/93?").text
    assert "In favour, not against (with 3 others): “Mexico”" in text
    text = asked(library, "What were Mexico's reasons for supporting resolution 81/71?").text
    assert "Against, not in favour (with 1 other): “Mexico”" in text


def test_one_who_did_not_move_is_said_to_have_stayed(library: Library) -> None:
    question = "How did {}'s vote on night ferries between small islands change from 2031 to 2032?"
    assert asked(library, question.format("Norway")).text.count("the same side each time") == 1
    assert "the same side" not in asked(library, question.format("Mexico")).text


def test_all_votes_of_somebody_are_listed(library: Library) -> None:
    answer = asked(library, "Which resolutions did Peru vote against?")
    assert [citation.quote for citation in answer.citations] == ["Peru", "Peru"]
    assert "A/RES/81/71" in answer.sentences[0].text and "A/RES/81/93" in answer.sentences[1].text
    assert answer.notes == ("All 2 votes told in the records with Peru on this side.",)
    answer = asked(library, "List every resolution of 2032 on which Peru voted no.")
    assert ["A/RES/81/93" in sentence.text for sentence in answer.sentences] == [True]


def test_the_records_of_a_day_are_listed(library: Library) -> None:
    answer = asked(library, "Which resolutions were adopted on 5 December 2032?")
    assert {Path(citation.document.source).stem for citation in answer.citations} == {"two", "three"}
    assert answer.notes == ("2 of the 3 records.",)


def test_who_put_something_forward_is_told_by_the_symbol_of_the_record_or_of_the_draft(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(
        '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><doc><preface><p>A/RES/81/44</p></preface>'
        "<mainBody><p>Decides to light the piers of small harbours at dusk.</p><p>Draft resolution, "
        "A/C.2/81/L.7, sponsors: Chad, Chile and Norway.</p><p>Adopted without vote.</p></mainBody></doc></akomaNtoso>"
    )
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        assert not library.ingest([tmp_path / "r.xml"]).failed
        for question in ("Who submitted draft resolution A/C.2/81/L.7?", "Which states sponsored A/RES/81/44?"):
            answer = asked(library, question)
            assert answer.sentences[0].text.endswith("Sponsors (3): “Chad, Chile and Norway”")
        assert "Sponsors (" not in asked(library, "What light is to be submitted to the test in A/RES/81/44?").text


def test_a_record_by_whose_symbol_another_subject_is_asked_for(library: Library) -> None:
    answer = asked(library, "What does resolution 81/95 say about night ferries between islands?")
    assert "Lighting of the piers of small harbours" in answer.text and FERRIES in answer.text
    assert any("does not speak of this" in note for note in answer.notes)
    answer = asked(library, "What does resolution 81/71 say about the lighting of piers?")
    assert not any("does not speak of this" in note for note in answer.notes)


@pytest.mark.parametrize(
    "question",
    [
        "Which records support Norway's proposal?",
        "What was decided on the piers in the minutes of 5 December 2032?",
    ],
)
def test_what_only_sounds_like_a_list_of_votes_or_records_is_answered_by_sentences(
    library: Library, question: str
) -> None:
    answer = asked(library, question)
    assert not any("votes told" in note or "of the 3 records" in note for note in answer.notes)
    assert "In favour (" not in answer.text
