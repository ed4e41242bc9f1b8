"""Questions of a conversation stay in the records that its last answer was drawn from."""

from pathlib import Path

import pytest

from onrecord.rag import Filters, Library, Turn, open_library
from onrecord.rag.query.kinds import courtesy
from onrecord.rag.retrieval.thread import thread

HARBOUR = """Minutes of the Harbour Board of Osk, 4 May 2021

1. Apologies
Apologies were received from Ms. Thorne and Mr. Vale.

2. Dredging of the north basin
Ms. Quill moved that the north basin be dredged in autumn. Mr. Rusk said that the silt had reached two metres.
The motion was carried by 5 votes to 2.
Ayes: Quill, Thorne, Umbra, Vale, Yarrow
Noes: Rusk, Sable

3. Lighting of the quay
Mr. Sable: The lamps on the quay are forty years old. They fail in every storm.
"""
LIBRARY_BOARD = """Minutes of the Library Board of Tarn, 9 June 2021

1. Apologies
Apologies were received from Mr. Umber.

2. Opening hours
Ms. Voss said that the reading room should open on Sundays, because the students ask for it.
The playground beside the reading room will be fenced.
The motion was lost by 2 votes to 3.
Ayes: Voss, Umber
Noes: Wren, Xenos, Zahn
"""


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("boards")
    (folder / "records").mkdir()
    (folder / "records" / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "records" / "library.txt").write_text(LIBRARY_BOARD, encoding="utf-8")
    with open_library(folder / "library") as library:
        library.ingest([folder / "records"])
        yield library


def asked(boards: Library, *questions: str, filters: Filters | None = None):
    """The answer to the last of some questions, each asked after the ones before it."""
    history = []
    for question in questions:
        history.append(boards.ask(question, history=history, filters=filters))
    return history[-1]


def sources(answer) -> set[str]:
    return {Path(citation.document.source).name for citation in answer.citations}


DREDGING = "What was decided about dredging the north basin?"


def test_a_thread_is_told_by_the_quotes_of_the_last_answer(boards: Library) -> None:
    first = boards.ask(DREDGING)
    found = thread(boards.store, [Turn(question=DREDGING, answer=first.text)])
    assert found and {hit.document.name for hit in found.hits} == {"Minutes of the Harbour Board of Osk, 4 May 2021"}
    assert all(found.has_said(citation.quote) for citation in first.citations)
    assert not found.has_said("The playground beside the reading room will be fenced.")


def test_a_thread_is_told_by_an_answer_that_quotes_nothing(boards: Library) -> None:
    told = Turn(question="Why open on Sundays?", answer="Because students ask for the reading room on Sundays.")
    found = thread(boards.store, [told])
    assert found and found.names == ("Minutes of the Library Board of Tarn, 9 June 2021",)


def test_there_is_no_thread_where_nothing_was_answered(boards: Library) -> None:
    refused = boards.ask("What did Patagonia say about penguins?")
    assert not refused.answered
    assert thread(boards.store, [Turn(question=refused.question, answer=refused.text)]) is None
    assert thread(boards.store, []) is None


def test_a_question_without_a_name_is_asked_of_the_record_last_quoted(boards: Library) -> None:
    answer = asked(boards, DREDGING, "Who sent apologies?")
    assert "Ms. Thorne and Mr. Vale" in answer.text and sources(answer) == {"harbour.txt"}
    assert any("Harbour Board of Osk" in note for note in answer.notes)
    assert answer.standalone_question == "Who sent apologies?"


@pytest.mark.parametrize("question", ["Who voted against?", "and who was against?"])
def test_a_bare_question_of_a_vote_is_of_the_vote_last_quoted(boards: Library, question: str) -> None:
    answer = asked(boards, DREDGING, question)
    assert sources(answer) == {"harbour.txt"} and "Rusk" in answer.text and "Wren" not in answer.text


def test_what_the_record_does_not_hold_is_told_to_be_from_elsewhere(boards: Library) -> None:
    answer = asked(boards, DREDGING, "What about the playground?")
    assert sources(answer) in (set(), {"library.txt"})
    assert not answer.answered or any("Nothing on this was found in" in note for note in answer.notes)


def test_what_they_did_is_not_looked_for_among_others(boards: Library) -> None:
    answer = asked(boards, DREDGING, "What did they decide about a casino?")
    assert not answer.answered and not answer.citations


def test_who_was_against_is_not_answered_with_what_somebody_said(boards: Library) -> None:
    first = boards.ask("What did Ms. Voss say about the reading room?")
    answer = boards.ask("Who was against?", history=[first])
    assert [c.quote for c in answer.citations] != [c.quote for c in first.citations]


def test_records_chosen_by_hand_are_kept_to(boards: Library) -> None:
    first = boards.ask(DREDGING)
    answer = boards.ask("Who sent apologies?", history=[first], filters=Filters(document="library.txt"))
    assert sources(answer) == {"library.txt"}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Hi there, what can you do?", "help"),
        ("Thanks, that's all.", "thanks"),
        ("Thank you, goodbye!", "thanks"),
        ("Merci, au revoir", "thanks"),
        ("Good afternoon! I'm new here, how does this work?", "help"),
        ("Hello, which records do you have?", None),
        ("Thanks, who abstained?", None),
        ("Thanks. What did Norway say?", None),
    ],
)
def test_courtesies_may_be_joined(said: str, kind: str | None) -> None:
    assert courtesy(said) == kind


MARINA = """Hearing on the marina at Lund

3 March 2024

ANNA TEMPLE: As was stated, I am Anna Temple, president of the sailing club. The marina is forty years old.

PER HOLM: Flood walls are needed along the quay.

ANNA TEMPLE: Flood walls would cost the club its only slipway, and nobody has asked the harbour master about it.
"""


def test_a_speaker_who_gives_their_own_name_is_not_quoted_for_it(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "marina.txt").write_text(MARINA, encoding="utf-8")
    with open_library(tmp_path / "library") as library:
        library.ingest([tmp_path / "records"])
        answer = library.ask("What did Anna Temple say about flood walls?")
    assert "Flood walls would cost" in answer.citations[0].quote
    assert not any("As was stated" in citation.quote for citation in answer.citations)
