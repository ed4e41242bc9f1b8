"""All that had one result: which motions were carried, what was put off; over invented minutes."""

from collections.abc import Iterator

import pytest

from onrecord.rag import Filters, Library, open_library
from onrecord.rag.answering.kinds.results import result_of
from onrecord.rag.query.kinds import result_asked, results_told
from onrecord.vectorstore.structure import Outcome, OutcomeKind

from .council import write_council
from .invariants import check

HARBOUR = """Minutes of the Harbour Board of Selby

3 March 2033

1. Crane on the east quay

It was moved by Mr. Lund, seconded by Ms. Paz, that a second crane be bought for the east quay.

The motion was defeated by 5 votes to 2.

2. Dredging bill

It was moved by Ms. Paz, seconded by Mr. Orr, that the dredging bill be read a second time.

The motion was carried by 6 votes to 1.

3. Mooring fees

The report on mooring fees was postponed until the next meeting.

4. Signal mast

The application for a signal mast was withdrawn.

5. Closure

The meeting was adjourned at 9 p.m.
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("results")
    records = write_council(folder / "records")
    (records / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    with open_library(folder / "library") as library:
        library.ingest([records])
        yield library


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which bills were voted down?", "rejected"),
        ("Which of the motions were not agreed to?", "rejected"),
        ("List the motions that were carried", "carried"),
        ("How many amendments were rejected?", "rejected"),
        ("What was postponed?", "deferred"),
        ("Quels amendements ont été rejetés ?", "rejected"),
        ("哪些修正案被否决?", "rejected"),
        ("Какие поправки были отклонены?", "rejected"),
        ("Which States rejected the amendments to the bill?", None),
        ("Was the motion on night ferries carried?", None),
        ("Which motions were carried or defeated?", None),
        ("What did the Board say about the crane?", None),
    ],
)
def test_a_question_asks_for_all_with_one_result(question: str, asked: str | None) -> None:
    assert result_asked(question) == asked


def test_what_was_not_agreed_to_is_not_agreed_to() -> None:
    assert results_told("Motion not agreed to.") == ["rejected"]
    assert results_told("The amendment was rejected; the bill was agreed to.") == ["rejected", "carried"]


@pytest.mark.parametrize(
    ("kind", "text", "votes", "result"),
    [
        ("vote", "Ayes 58, Noes 64", (58, 64), "rejected"),
        ("vote", "Ayes 69, Noes 53", (69, 53), "carried"),
        ("vote", "The motion was lost, two thirds not having voted for it.", (60, 40), "rejected"),
        ("decision", "The Board took note of the report.", (None, None), None),
        ("deferred", "The debate was adjourned.", (None, None), "deferred"),
        ("deferred", "The meeting adjourned at 2:05 p.m.", (None, None), None),
        ("action", "Ruiz to see that it is approved by May.", (None, None), None),
    ],
)
def test_an_outcome_has_a_result(
    kind: OutcomeKind, text: str, votes: tuple[int | None, int | None], result: str | None
) -> None:
    of_vote, against = votes
    outcome = Outcome(
        start=0, end=len(text), item=None, kind=kind, text=text, votes_for=of_vote, votes_against=against
    )  # fmt: skip
    assert result_of(outcome) == result


def test_all_of_every_record_after_their_items(two: Library) -> None:
    answer = two.ask("Which motions were defeated?")
    check(answer, two)
    assert [citation.document.name for citation in answer.citations] == [
        "Minutes of the Town Council of Osterwick",
        "Minutes of the Harbour Board of Selby",
    ]
    assert "customs house" in answer.text and "second crane" in answer.text
    assert "2 outcomes in 2 records: all that were found with this result." in answer.notes


def test_of_the_record_that_is_named_or_let_through(two: Library) -> None:
    named = two.ask("Which motions of the Harbour Board were carried?")
    assert [citation.quote for citation in named.citations] == ["The motion was carried by 6 votes to 1."]
    asked = two.ask("Which motions were carried?", filters=Filters(document="harbour"))
    assert [citation.quote for citation in asked.citations] == [citation.quote for citation in named.citations]


def test_of_one_kind_of_matter_and_what_was_put_off(two: Library) -> None:
    bills = two.ask("Which bills were adopted?")
    assert [citation.document.name for citation in bills.citations] == ["Minutes of the Harbour Board of Selby"]
    put_off = two.ask("What was postponed?")
    assert [citation.quote for citation in put_off.citations] == [
        "The report on mooring fees was postponed until the next meeting."
    ]
    assert "signal mast" in two.ask("What was withdrawn?").text


def test_without_any_the_question_is_answered_as_any_other(two: Library) -> None:
    answer = two.ask("Which petitions were rejected?")
    assert not any("with this result" in note for note in answer.notes)
