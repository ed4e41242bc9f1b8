"""Questions on the words, or the vote, of somebody who says nothing in the records."""

from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.query.directory import _names_of  # pyright: ignore[reportPrivateUsage]
from onrecord.rag.query.question import whose_words
from tests.fakes import HashEmbedder

MINUTES = """Minutes of the Harbour Board of Osk, 4 May 2021

1. Dredging of the north basin
Ms. Quill moved that the north basin be dredged in autumn. Mr. Rusk said that the silt had reached two metres.
The motion was carried by 5 votes to 2.
Ayes: Quill, Thorne, Umbra, Vale, Yarrow
Noes: Rusk, Sable

2. Herring nets
The Chair had received notice of a matter on the herring nets from Ms. Orlop, who had sent apologies.
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("whose words")
    (folder / "board.txt").write_text(MINUTES, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "board.txt"])
        yield library


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Senator Ada Marrow say about lamps?", ["Ada Marrow"]),
        ("What reasons did Mr. Okafor give?", ["Okafor"]),
        ("What did the petitioners from Osk ask for?", []),
        ("What did Norway say about lamps?", []),
        ("What did Quill and Rusk decide?", []),
    ],
)
def test_whose_words_a_question_asks_for(question: str, names: list[str]) -> None:
    assert whose_words(question) == names


def test_who_is_only_named_has_said_nothing(board: Library) -> None:
    answer = board.ask("What did Ms. Orlop say about the herring nets?")
    assert not answer.answered
    assert any("Orlop" in hit.passage.text for hit in answer.nearest), "offered, but as no answer"


def test_what_the_record_tells_of_somebody_is_an_answer(board: Library) -> None:
    answer = board.ask("What did Ms. Quill propose about the north basin?")
    assert answer.answered and "Ms. Quill moved" in answer.text


def test_the_vote_of_who_is_on_no_list_is_not_told(board: Library) -> None:
    assert not board.ask("How did Orlop vote on the dredging of the north basin?").answered
    rusk = board.ask("How did Rusk vote on the dredging of the north basin?")
    assert rusk.answered and any("Rusk" in citation.quote for citation in rusk.citations)


@pytest.mark.parametrize(
    ("label", "called"),
    [
        ("HON. S. L. ORLOP", {"hon. s. l. orlop", "orlop"}),
        ("Senator A. B. O’Lind", {"senator a. b. o'lind", "o'lind"}),
        ("The Assistant Minister", {"the assistant minister", "assistant minister"}),
    ],
)
def test_what_a_speaker_is_called_by(label: str, called: set[str]) -> None:
    assert set(_names_of(label)) == called
