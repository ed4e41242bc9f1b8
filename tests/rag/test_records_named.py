"""Questions on a record that they name by its symbol, in six languages: no other record answers them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder

VOTED = """A/RES/81/41

Resolution adopted by the General Assembly on 7 December 2026

Harbour lights

The General Assembly,

Recalling that ferries carry the fishers of small islands home,

1. Calls upon all States to light their piers;

2. Decides to meet the costs of UNDOF's two boats, 12,500 dollars, until the ferries run again.

At the 47th meeting, the Committee took up draft resolution A/C.2/81/L.9.

The draft resolution was adopted by a recorded vote of 4 to 1, with 2 abstentions. The voting was as follows:

In favour: Brazil, China, Japan, Norway.
Against: India.
Abstaining: Ghana, Peru.
"""
OTHER = """A/RES/80/17

Resolution adopted by the General Assembly on 9 December 2025

Resolutions and calls

The General Assembly,

1. Calls for the adoption of resolutions when resolutions are called for, and calls upon all to call them adopted;

2. Recalls that resolution 79/3, adopted on 1 May 2024, calls for what the resolution before it called for.
"""
MINUTES = """Minutes of the harbour council

9 December 2026

Norway: Resolution 81/41 came too late for the winter, and the piers of the north stay dark.

Portugal: The council should thank the keepers.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("named")
    (folder / "voted.txt").write_text(VOTED, encoding="utf-8")
    (folder / "other.txt").write_text(OTHER, encoding="utf-8")
    (folder / "minutes.txt").write_text(MINUTES, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "voted.txt", folder / "other.txt", folder / "minutes.txt"])
        yield library


@pytest.mark.parametrize(
    "question",
    [
        "When was resolution 81/41 adopted?",
        "Quand la résolution 81/41 a-t-elle été adoptée ?",
        "¿Cuándo se aprobó la resolución 81/41?",
        "Когда была принята резолюция 81/41?",
        "متى اعتمد القرار 81/41؟",
        "第81/41号决议何时通过？",
    ],
)
def test_when_it_was_adopted(library: Library, question: str) -> None:
    assert [citation.quote for citation in library.ask(question).citations] == [
        "Resolution adopted by the General Assembly on 7 December 2026"
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Who abstained in the vote on resolution 81/41?",
        "Qui s’est abstenu lors du vote sur la résolution 81/41 ?",
        "¿Quiénes se abstuvieron en la votación de la resolución 81/41?",
        "Кто воздержался при голосовании по резолюции 81/41?",
        "من امتنع عن التصويت على القرار 81/41؟",
        "谁对第81/41号决议投了弃权票？",
    ],
)
def test_who_abstained(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert {citation.document.symbol for citation in answer.citations} == {"A/RES/81/41"}
    told = " ".join(citation.quote for citation in answer.citations)
    assert "Ghana" in told and "Peru" in told and "India" not in told.rpartition("Abstaining")[2]


def test_how_a_state_voted_is_told_in_chinese(library: Library) -> None:
    assert "India" in library.ask("印度对第81/41号决议投了什么票？").text


def test_what_it_calls_for_is_told_by_no_other(library: Library) -> None:
    answer = library.ask("What does resolution 81/41 call for?")
    assert {citation.document.symbol for citation in answer.citations} == {"A/RES/81/41"}


def test_what_somebody_says_of_it_is_looked_for_everywhere(library: Library) -> None:
    answer = library.ask("What did Norway say about resolution 81/41?")
    assert "too late for the winter" in answer.text


def test_an_organ_is_found_by_its_name_in_another_language(library: Library) -> None:
    answer = library.ask("Quel montant la résolution 81/41 prévoit-elle pour la FNUOD ?")
    assert "does not occur" not in answer.text and "12,500 dollars" in answer.text


def test_what_a_record_is_of_is_named_at_its_head_alone(tmp_path: Path) -> None:
    head = "Minutes of the May meeting\n\n4 May 2031\n\nThe directors of the TBOX met at noon in the hall of Osk.\n\n"
    said = "\n\n".join(
        f"{number}. Director Roe moved the transfers of the TBOX budget for line {number}; the chair put it to a vote."
        for number in range(1, 7)
    )
    said += "\n\n7. The chair honored two retirees, Weir and Oduya, for the thirty years that they had driven buses.\n"
    (tmp_path / "minutes.txt").write_text(head + said, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "minutes.txt"])
        assert "Oduya" in library.ask("Which retirees of the TBOX were honored?").text
