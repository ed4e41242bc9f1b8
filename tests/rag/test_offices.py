"""Speakers who are asked after by their office alone."""

import pytest

from onrecord.rag import open_library
from onrecord.rag.query.directory import directory_of
from tests.fakes import HashEmbedder

DEBATE = """# Debate on harbours

The Deputy Keeper, Lamps: No.

Minister of State at the Department of Harbours (Ms. Ana Ruiz): The harbour gets a second lamp in spring.

Minister of State at the Department of Roads (Mr. Omar Adan): The road to the harbour is closed.

Minister for Boats (Mr. Piet Vos): The boats are counted.
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("offices")
    (folder / "debate.md").write_text(DEBATE, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "debate.md"])
        yield lambda text: " ".join(directory_of(library.store).speakers_in(text))


def test_an_office_alone_is_everybody_who_holds_it(named) -> None:
    found = named("What did the Minister of State say about lamps?")
    assert "Ana Ruiz" in found and "Omar Adan" in found
    assert "Piet Vos" not in found


def test_an_office_with_what_it_is_over_is_whoever_holds_that(named) -> None:
    found = named("What did the Minister of State at the Department of Roads say?")
    assert "Omar Adan" in found
    assert "Ana Ruiz" not in found


def test_a_word_that_everybody_is_called_by_names_nobody(named) -> None:
    assert not named("What did the Minister say?")
