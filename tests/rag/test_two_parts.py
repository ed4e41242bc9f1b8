"""Questions that ask two things at once are answered in two parts."""

from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.query.two_parts import two_parts
from tests.fakes import HashEmbedder

MINUTES = """Minutes of the Harbour Board of Osk, 4 May 2021

1. Dredging of the north basin
Ms. Quill moved that the north basin be dredged in autumn. Mr. Rusk said that the silt had reached two metres.
The motion was carried by 5 votes to 2.

2. Lighting of the quay
Mr. Sable: The lamps on the quay are forty years old. They fail in every storm.
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("two parts")
    (folder / "board.txt").write_text(MINUTES, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "board.txt"])
        yield library


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What became of the dredging, and who moved it?", ("What became of the dredging?", "Who moved it?")),
        ("Qu’a dit la Norvège du quota et pourquoi ?", ("Qu’a dit la Norvège du quota?", "Pourquoi ?")),
        ("Who won the chair in May and with how many votes?", ("Who won the chair in May?", "With how many votes?")),
        ("Who abstained, and why?", ("Who abstained?", "Why?")),
        ("Which parties opposed and which supported it?", None),
        ("What did Norway and Chile say about the quota?", None),
        ("What was asked, and who asked it, and when was it answered?", None),
    ],
)
def test_where_a_question_is_parted(question: str, parts: tuple[str, str] | None) -> None:
    assert two_parts(question) == parts


def test_each_part_is_answered_and_the_citations_are_numbered_through(board: Library) -> None:
    answer = board.ask("How was the dredging of the north basin voted on, and how old are the lamps on the quay?")
    quotes = [citation.quote for citation in answer.citations]
    assert any("5 votes to 2" in quote for quote in quotes) and any("forty years" in quote for quote in quotes)
    assert [citation.number for citation in answer.citations] == list(range(1, len(quotes) + 1))
    assert len({(citation.start, citation.end) for citation in answer.citations}) == len(quotes)
    assert all(answer.text.count(f"[{number}]") == 1 for number in range(1, len(quotes) + 1))


def test_a_part_without_an_answer_is_remarked(board: Library) -> None:
    answer = board.ask("How old are the lamps on the quay, and what did the Duke of Zembla say about whales?")
    assert answer.answered and all("Zembla" not in citation.quote for citation in answer.citations)
    assert [each.params["part"] for each in answer.remarks if each.code == "nothing_to_part"] == [
        "What did the Duke of Zembla say about whales?"
    ]


def test_where_neither_part_is_answered_the_whole_is_refused(board: Library) -> None:
    answer = board.ask("How many whales does the Duke of Zembla own, and why did the Shah of Blefuscu sell them?")
    assert not answer.answered and not answer.citations
