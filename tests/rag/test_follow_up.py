"""What a follow-up leaves unsaid, and what the conversation before it gives it."""

from collections.abc import Sequence

import numpy as np
import pytest

from onrecord.rag import Filters, Library, Turn, open_library
from onrecord.rag.query.directory import directory_of
from onrecord.rag.query.follow_up import Likenesses, asks_for_others, follows_up, refers_back, stand_alone

from ..fakes import HashEmbedder
from .records import write_records

BEFORE = Turn(
    question="What did Norway say about the herring quota?",
    answer="Norway: “The quota of the Northern Council should fall.” [1]",
)
HEARING = """Hearing on the harbour

5 June 2033

Peru: How does the Board mean to protect divers when the dredging begins?

Chile: Divers are warned by radio and by flags. No dredger works at night.

Ghana: Is there money for the small jetties?

Chile: We cannot promise any before the survey is done.
"""


@pytest.mark.parametrize(
    ("question", "follows"),
    [
        ("And Mexico?", True),
        ("What about Mexico?", True),
        ("Why?", True),
        ("Who else said so?", True),
        ("What did they say about it?", True),
        ("Which paragraph says that?", True),
        ("When was this decided?", True),
        ("What did the second one propose?", True),
        ("What did Norway say about the herring quota in the northern banks?", False),
        ("What is the dredging budget of the Harbour Board?", False),
        ("Is there a paragraph that mentions night pilotage?", False),
        ("Which were the three measures that the group agreed to?", False),
        ("Please summarise every reason that the delegations present in the room gave for lowering the quota", False),
    ],
)
def test_what_follows_up(question: str, follows: bool) -> None:
    assert follows_up(question) is follows


@pytest.mark.parametrize(
    ("question", "refers"),
    [
        ("In which paragraph?", True),
        ("And on what page?", True),
        ("Quote it in full.", True),
        ("Where does it say that?", True),
        ("Who said that?", True),
        ("Which paragraph is about fees?", False),
        ("What page is the budget on?", False),
        ("Who said that fees should rise?", True),
        ("What did Norway say?", False),
    ],
)
def test_what_refers_back(question: str, refers: bool) -> None:
    assert refers_back(question) is refers


def test_who_else_asks_for_others() -> None:
    assert asks_for_others("Who else said so?")
    assert asks_for_others("And the others?")
    assert not asks_for_others("Who said so?")


def test_without_history_a_question_only_has_its_white_space_folded() -> None:
    assert stand_alone("  And\n Mexico? ", ()) == "And Mexico?"


def test_where_nothing_better_is_known_the_question_before_is_carried_along() -> None:
    earlier = Turn(question="Who met in Osterwick?", answer="The Board. [1]")
    assert stand_alone("And Verrano?", [earlier, BEFORE]) == f"And Verrano? ({BEFORE.question})"
    assert stand_alone("When did they meet?", [BEFORE]) == f"When did they meet? ({BEFORE.question})"


def test_a_full_question_is_left_alone() -> None:
    question = "What does the report of the Harbour Board say about pilot fees?"
    assert stand_alone(question, [BEFORE]) == question


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        ("How did the quota change in 2031?", "And in 2032?", "How did the quota change in 2032?"),
        ("What was decided under Item 4?", "What about item 5?", "What was decided under item 5?"),
        ("How many boats has Norway?", "And Peru?", "How many boats has Peru?"),
        ("What was decided in March 2031?", "and in 2033?", "What was decided in 2033?"),
        ("What was decided on 4 March 2031?", "and on 5 June 2033?", "What was decided on 5 June 2033?"),
        ("Who spent more in 2031?", "and in May 2030?", "Who spent more in May 2030?"),
        ("Summarise the hearing on the harbour.", "in detail", "Summarise the hearing on the harbour, in detail"),
    ],
)
def test_a_thing_takes_the_place_of_another_of_its_kind(before: str, question: str, alone: str) -> None:
    assert stand_alone(question, [Turn(question=before, answer="")]) == alone


def test_a_thing_takes_the_place_of_what_it_is_most_like() -> None:
    alike = {"women": (0.9, 0.43, 0.0), "children": (1.0, 0.0, 0.0)}

    def likenesses(text: str, others: Sequence[str]) -> np.ndarray:
        vectors = np.array([alike.get(each, (0.0, 0.0, 1.0)) for each in (text, *others)])
        return vectors[1:] @ vectors[0]

    before = Turn(question="Are there lessons for children on boats?", answer="Yes. [1]")
    assert stand_alone("And for women?", [before], None, likenesses) == "Are there lessons for women on boats?"
    assert stand_alone("And for fish?", [before], None, lambda text, others: np.zeros(len(others))) == (
        f"And for fish? ({before.question})"
    )


def like(**near: float) -> Likenesses:
    """Likenesses of whatever is asked with these words, in any order, nothing else being like it."""

    def likenesses(_: str, others: Sequence[str]) -> np.ndarray:
        return np.array([near.get(each.replace(" ", "_"), 0.0) for each in others])

    return likenesses


@pytest.mark.parametrize(
    ("before", "question", "near", "alone"),
    [
        ("What was said about the herring quota?", "And cod?", {"herring_quota": 0.35}, "What was said about the cod?"),
        ("How many boats had a voyage recorder?", "What about buoys?", {"recorder": 0.6}, None),
        ("How many boats had a voyage recorder?", "What about buoys?", {"voyage_recorder": 0.4}, None),
        ("What was paid to the Light Fund?", "What about Sabelle?", {"Light_Fund": 0.44}, None),
        ("How did Labour vote?", "And the Greens?", {"Labour": 0.4}, "How did Greens vote?"),
        ("What happened on the rights of the child?", "And on ageing?", {"rights_of_the_child": 0.4},
         "What happened on the ageing?"),
    ],
)  # fmt: skip
def test_a_thing_takes_the_place_of_a_whole_thing_or_of_none(
    before: str, question: str, near: dict[str, float], alone: str | None
) -> None:
    told = stand_alone(question, [Turn(question=before, answer="")], None, like(**near))
    assert told == (alone or f"{question} ({before})")


def test_what_is_carried_along_does_not_grow() -> None:
    asked = ["How did the Board vote on pilot fees?", "who abstained?", "why?", "what about Chile?", "and who was it?"]
    turns = [Turn(question=each, answer="") for each in asked]
    assert stand_alone("why?", turns[:2]) == f"why? (who abstained? {asked[0]})"
    assert stand_alone("what about Chile?", turns[:3]) == f"what about Chile? ({asked[0]})", "no bare why"
    assert stand_alone("and Peru?", turns[:4]) == f"and Peru? ({asked[0]})", "beside Chile"
    assert len(stand_alone("when?", [*turns, *turns, *turns])) < 120


@pytest.mark.parametrize(
    ("question", "follows"),
    [
        ("capital of France?", False),
        ("herring quota Norway", False),
        ("who voted against?", True),
        ("Was the motion adopted or rejected?", True),
        ("How did the Board vote on the pilot fees?", False),
        ("What questions were asked that day?", True),
        ("main outcomes please", True),
    ],
)
def test_what_names_no_subject_leans_on_the_conversation(question: str, follows: bool) -> None:
    assert follows_up(question) is follows


def test_he_and_she_are_whom_the_question_or_its_answer_named() -> None:
    who = Turn(question="Who is the treasurer?", answer="Para. 3: “The treasurer, Ilse Brandt, warned.” [1]")
    assert stand_alone("What did she warn of in that paragraph?", [who]).startswith("What did Ilse Brandt warn of")
    assert stand_alone("Who is she?", [who]) == "Who is Ilse Brandt?"


def test_the_second_one_is_the_second_of_those_listed() -> None:
    named = Turn(question="Which delegations spoke?", answer="Norway, Mexico and Verrano.")
    assert stand_alone("What did the second one propose?", [named]) == "What did Mexico propose?"
    assert stand_alone("What did the last one propose?", [named]) == "What did Verrano propose?"
    cited = Turn(question="Who spoke?", answer="Norway: “Yes.” [1] Mexico: “No.” [2]")
    assert stand_alone("What did the second one propose?", [cited]) == "What did Mexico propose?"


def test_a_follow_up_to_a_follow_up_goes_back_to_the_first(library: Library) -> None:
    turns = [BEFORE, Turn(question="And Mexico?", answer="Mexico: “No.” [1]")]
    alone = stand_alone("Why?", turns, directory_of(library.store))
    assert alone == "Why? (What did Mexico say about the herring quota?)"


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("hearing")
    library = open_library(folder / "library", embedder=HashEmbedder())
    library.ingest([write_records(folder / "records", hearing=HEARING)])
    return library


@pytest.mark.slow
def test_a_reply_is_the_turn_after_the_question_though_it_repeats_none_of_its_words(hearing: Library) -> None:
    answer = hearing.ask("What did Chile answer Peru?")
    assert [citation.locator.speaker for citation in answer.citations] == ["Chile"]
    assert "Divers are warned by radio" in answer.citations[0].quote
    before = Turn(question="What did Ghana ask about jetties?", answer="Ghana: “Is there money?” [1]")
    assert "We cannot promise any" in hearing.ask("And what did they answer to that?", history=[before]).text


def test_who_asked_is_the_turn_before_the_reply(hearing: Library) -> None:
    before = Turn(
        question="What did Chile say about flags?",
        answer="Chile: “Divers are warned by radio and by flags.” [1]",
    )
    answer = hearing.ask("Who asked that?", history=[before])
    assert [citation.locator.speaker for citation in answer.citations] == ["Peru"]


def test_the_place_of_an_answer_is_told_by_giving_it_again(library: Library) -> None:
    before = Turn(question="Who warned about pilot fees?", answer="Para. 3: “The treasurer, Ilse Brandt, warned.” [1]")
    answer = library.ask("In which paragraph?", history=[before])
    assert answer.citations[0].locator.paragraph == "3"


def test_who_else_leaves_out_whom_we_have_heard(library: Library) -> None:
    before = Turn(question="What did Norway say about the closed season?", answer="Norway: “We can accept.” [1]")
    answer = library.ask("Who else spoke about the closed season?", history=[before])
    assert "Mexico" in {citation.locator.speaker for citation in answer.citations}
    assert "Norway" not in {citation.locator.speaker for citation in answer.citations}


def test_where_nobody_replied_a_question_for_a_reply_is_refused_like_any_other(hearing: Library) -> None:
    answer = hearing.ask("How did the astronomers respond to the comet?")
    assert not answer.answered and not answer.citations


def test_a_reply_passes_the_filters_or_is_not_quoted(hearing: Library) -> None:
    answer = hearing.ask("What did Chile answer Peru?", filters=Filters(speaker="Peru"))
    assert {citation.locator.speaker for citation in answer.citations} <= {"Peru"}


@pytest.mark.parametrize(
    ("question", "follows"),
    [
        ("Which ministers attended?", False),
        ("Did Norway object?", False),
        ("What is ACHQ?", False),
        ("What is overfishing?", False),
        ("Who attended?", True),
        ("What was decided?", True),
        ("How many?", True),
        ("Which ones?", True),
        ("Why did they?", True),
        ("In 2032?", True),
    ],
)
def test_a_short_question_that_stands_alone_is_not_rewritten(question: str, follows: bool) -> None:
    alone = stand_alone(question, [BEFORE])
    assert (alone != question) is follows
    assert ("Norway" in alone) is (follows or "Norway" in question)


@pytest.mark.parametrize(
    ("question", "whom"),
    [("And how many voted for him?", "Mr Pell"), ("How old is she?", "Mrs Frey"), ("And his?", "Mr Pell’s")],
)
def test_a_pronoun_stands_for_somebody_with_the_title_that_fits(question: str, whom: str) -> None:
    before = Turn(question="How many votes?", answer="Chair: “Mrs Frey has 145 votes and Mr Pell has 80.” [1]")
    assert whom in stand_alone(question, [before])
