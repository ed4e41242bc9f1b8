"""Places that a question names: a matter by its number; and what comes with an outcome or a sentence."""

from pathlib import Path

import pytest

from onrecord.rag import Filters, Library, open_library
from onrecord.rag.query.question import is_headed, numbered_headings, titles_in
from tests.fakes import HashEmbedder

MINUTES = """# Minutes of the lamp council

## Issue 7: wicks of lamps

The price of lamps in the harbour was discussed.

Action: Continue the discussion of the price of lamps in the harbour.

## Issue 30: glass

The glass was discussed.

Action: No consensus.

## Issue 9: oil of lamps

The price of lamps in the harbour was discussed again.

Action: Close the discussion of the price of lamps in the harbour.

## Motion to buy a second bell

The second bell would be bought by the council from the foundry. The council heard of the second bell in spring.

Motion: "Resolved, that the council buys a second bell from the foundry."

The second bell is louder than the bell that the council has. The foundry would approve of a second bell.

Motion is tabled for now.
"""


RULES = """Rules of the keepers of lamps

1. The council keeps forty lamps along the harbour and pays for their oil.

2. The council recalled the following of what the old book lays down on the keepers:

3. Every wick is trimmed at dusk and signed for with a pen.
"""


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("places asked")
    (folder / "minutes.md").write_text(MINUTES, encoding="utf-8")
    (folder / "rules.txt").write_text(RULES, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "minutes.md", folder / "rules.txt"])
        yield library


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What was decided on issue 30?", ("issue 30",)),
        ("What became of amendment no. 12?", ("amendment 12",)),
        ("What became of Question No.007?", ("question 7",)),
        ("What happened in May 2021?", ()),
        ("Who paid for 30 lamps?", ()),
        ("Was it more than 30?", ()),
    ],
)
def test_matters_called_by_a_number(question: str, names: tuple[str, ...]) -> None:
    assert numbered_headings(question) == names


def test_a_heading_holds_the_whole_number() -> None:
    assert is_headed("GitHub Issue #30", ("issue 30",)) and is_headed("Amendment No. 12", ("amendment 12",))
    assert is_headed("Question No.007 Oil", ("question 7",))
    assert not is_headed("Issue 3", ("issue 30",)) and not is_headed("Issue 300", ("issue 30",))
    assert not is_headed("30 lamps", ()) and not is_headed("", ("issue 30",))


def test_titles_say_nothing_of_a_subject() -> None:
    assert titles_in("What did Minister Lind say?") == "Minister" and not titles_in("What was said of lamps?")


def test_the_outcome_is_that_of_the_matter_with_the_number(council: Library) -> None:
    for number, said in ((30, "No consensus"), (7, "Continue"), (9, "Close")):
        answer = council.ask(f"What was the action on issue {number} about the price of lamps in the harbour?")
        assert said in answer.citations[0].quote, number


def test_a_motion_comes_with_what_became_of_it(council: Library) -> None:
    quotes = [citation.quote for citation in council.ask("Did the council approve the second bell?").citations]
    assert any("tabled" in quote for quote in quotes)


def test_a_sentence_that_announces_something_brings_it(council: Library) -> None:
    quotes = [citation.quote for citation in council.ask("What did the council recall of the old book?").citations]
    assert any(quote.endswith("keepers:") for quote in quotes) and any("trimmed at dusk" in quote for quote in quotes)


@pytest.mark.parametrize("subject", ["beekeeping", "a new casino", "school meals"])
def test_a_decision_on_another_subject_is_no_answer(council: Library, subject: str) -> None:
    answer = council.ask(f"What did the lamp council decide about {subject}?", filters=Filters(document="minutes.md"))
    assert not answer.answered
    assert not answer.citations


@pytest.mark.parametrize("question", ["How many beehives does the council have?", "Why was the casino refused?"])
def test_a_number_or_a_reason_is_no_answer_on_another_subject(council: Library, question: str) -> None:
    assert not council.ask(question, filters=Filters(document="minutes.md")).answered


def test_a_decision_on_the_subject_asked_for_is_one(council: Library) -> None:
    assert council.ask("What did the lamp council decide about the second bell?").answered
