"""Misspelt words, with an embedding model that knows some words and spells the others out."""

from collections.abc import Iterator

import pytest

from rapporteur.rag import Library, open_library
from rapporteur.rag.query import read_question
from rapporteur.rag.spelling import repaired_words, respelt
from tests.fakes import HashEmbedder
from tests.rag.records import write_records

KNOWN = set("what did mexico norway say about the fishery plastics publishing and was it closing sink nuts".split())


class KnowsSomeWords(HashEmbedder):
    """Makes one token of a word it knows and two of any other, as sub-word models do."""

    def count_tokens(self, text: str) -> int:
        return sum(1 if word in KNOWN else 2 for word in text.lower().split())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("spelling")
    with open_library(folder / "library", embedder=KnowsSomeWords()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what did mexco say: is it exemt", "what did mexico say: is it exempt"),
        ("Exemt", "Exempt"),
        ("gilnets", "gillnets"),
        ("sink", "sink"),  # a word of its own, though one letter from "sank"
        ("nuts", "nuts"),
        ("NETTS", "NETTS"),  # capitals all through: an acronym, whatever stands near it
        ("zzyzx", "zzyzx"),
        ("", ""),
    ],
)
def test_a_misspelt_word_is_searched_for_as_the_library_writes_it(library: Library, typed: str, meant: str) -> None:
    assert respelt(library.store, typed) == meant
    assert read_question(library.store, typed).text == meant


def test_a_word_spelt_right_is_no_slip_of_another(library: Library) -> None:
    assert repaired_words(library.store, "nuts") == ["nut"]
    assert repaired_words(library.store, "harbuor") == ["harbour"]


def test_another_form_of_a_word_finds_what_the_library_has(library: Library) -> None:
    assert repaired_words(library.store, "plastics") == repaired_words(library.store, "plastic")


def test_a_misspelt_question_is_answered_like_one_spelt_right(library: Library) -> None:
    right, typed = (library.ask(f"What did {name} say about the stock survey?") for name in ("Mexico", "Mexco"))
    assert right.answered and typed.citations == right.citations
    assert "Mexico" in typed.standalone_question
