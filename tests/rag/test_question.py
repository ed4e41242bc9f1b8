"""What a question itself says, by hand: paragraph numbers, what it follows up, its topic, what it expects."""

import pytest

from rapporteur.rag import Library, Turn
from rapporteur.rag.expect import expectation
from rapporteur.rag.question import Pointers, follows_up, paragraph_numbers, pointers, stand_alone, telling_words, topic

BEFORE = Turn(
    question="What did Norway say about the herring quota?",
    answer="Norway: “The quota of the Northern Council should fall.” [1]",
)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What does paragraph 42 say?", ("42",)),
        ("Paragraph 42?", ("42",)),
        ("paras 32 and 33", ("32", "33")),
        ("paras. 32, 33 and 40", ("32", "33", "40")),
        ("para. 7 & 9", ("7", "9")),
        ("§ 85", ("85",)),
        ("§§85–87", ("85", "86", "87")),
        ("¶7", ("7",)),
        ("paragraphs 4 to 7", ("4", "5", "6", "7")),
        ("paragraphs 4 through 5, and 9", ("4", "5")),
        ("paragraph 16.2", ("16.2",)),
        ("paragraph 12 bis", ("12 bis",)),
        ("paragraph 12 and paragraph 14", ("12", "14")),
        ("paragraph 12 and para 12", ("12",)),
        ("paragraphs 9 to 3", ("9", "3")),
        ("paragraphs 1 to 900000", ("1", "900000")),
        ("In 2031, 42 states met.", ()),
        ("the parapet 4 metres high", ()),
        ("paragraph four", ()),
        ("", ()),
    ],
)
def test_paragraph_numbers(question: str, numbers: tuple[str, ...]) -> None:
    assert paragraph_numbers(question) == numbers


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
        ("What did Norway say about the herring quota in the northern banks?", False),
        ("What is the dredging budget of the Harbour Board?", False),
        ("Please summarise every reason that was given for it by the delegations present in the room", False),
    ],
)
def test_what_follows_up(question: str, follows: bool) -> None:
    assert follows_up(question) is follows


def test_without_history_a_question_only_has_its_white_space_folded() -> None:
    assert stand_alone("  And\n Mexico? ", ()) == "And Mexico?"


def test_a_follow_up_carries_only_the_question_before_it() -> None:
    earlier = Turn(question="Who met in Osterwick?", answer="The Board. [1]")
    assert stand_alone("And Mexico?", [earlier, BEFORE]) == f"And Mexico? ({BEFORE.question})"


def test_a_pronoun_leans_on_the_question_before() -> None:
    assert stand_alone("When did they meet?", [BEFORE]) == f"When did they meet? ({BEFORE.question})"


def test_a_full_question_is_left_alone() -> None:
    question = "What does the report of the Harbour Board say about pilot fees?"
    assert stand_alone(question, [BEFORE]) == question


NORWAY = Pointers(speakers=("Norway",), said_by=("Norway",))


@pytest.mark.parametrize(
    ("question", "pointed", "about"),
    [
        ("What did Norway say about pain relief?", NORWAY, "pain relief"),
        ("What has Norway said concerning the closed season?", NORWAY, "the closed season"),
        ("What did Norway propose on gillnets?", NORWAY, "gillnets"),
        ("What did Norway report?", NORWAY, ""),
        ("Did Norway mention dredging?", NORWAY, "dredging"),
        ("What does the report say about fees?", Pointers(), "fees"),
        ("Did anybody mention dredging?", Pointers(), ""),
        ("Where is Norway?", Pointers(speakers=("Norway",)), ""),
    ],
)
def test_topic(question: str, pointed: Pointers, about: str) -> None:
    assert topic(question, pointed).rstrip("?") == about


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many collisions were reported?", "a number"),
        ("How much did the survey cost?", "an amount of money"),
        ("What is the cost of the survey?", "an amount of money"),
        ("How much money was spent on nets?", "an amount of money"),
        ("What share of the catch do they land?", "a share"),
        ("Which percentage was met?", "a share"),
        ("How long is the closed season?", "a length of time"),
        ("Within what time must it be done?", "a length of time"),
        ("Who is the treasurer?", "a person's name"),
        ("What is the name of the treasurer?", "a person's name"),
        ("When did they meet?", "a date"),
        ("In which year were fees raised?", "a date"),
        ("Which delegations spoke?", "a state by name"),
        ("Which countries opposed it?", "a state by name"),
        ("What does UNODC stand for?", "what UNODC stands for"),
        ("what is a TEU?", None),
        ("TEU?", "what TEU stands for"),
        ("What did Norway say about the herring quota?", None),
        ("Herring", None),
        ("Why?", None),
    ],
)
def test_what_kind_of_answer_a_question_expects(question: str, kind: str | None) -> None:
    expected = expectation(question)
    assert (expected.kind if expected else None) == kind


def test_telling_words_are_stems_without_the_words_of_asking(library: Library) -> None:
    assert telling_words(library.store, "What did they say about the herring quotas?") == ["herring", "quota"]
    assert telling_words(library.store, "Herring, herring and HERRING!") == ["herring"]
    assert telling_words(library.store, "") == []


def test_pointers_name_only_what_the_library_holds(library: Library) -> None:
    by_source = {listing.source.rsplit("/", 1)[-1]: listing.id for listing in library.documents()}
    said = pointers("What did Norway and Brazil say about paragraphs 2 and 77 of hb/2031/9?", library.store)
    assert said.speakers == said.said_by == ("Norway",)
    assert said.paragraphs == ("2", "77")
    assert said.documents == (by_source["HB_2031_9.txt"],)
    assert pointers("Is Norway's fleet large?", library.store).speakers == ("Norway",)
    assert pointers("Is Norway's fleet large?", library.store).said_by == ()
    assert pointers("What did Lind of Verrano say?", library.store).said_by == ("Ms. Lind (Verrano)",)
    assert pointers("Norwegians everywhere", library.store) == Pointers()


def test_a_titled_speaker_is_asked_for_too(library: Library) -> None:
    assert pointers("What did Ms. Lind say?", library.store).said_by == ("Ms. Lind (Verrano)",)
