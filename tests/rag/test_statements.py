"""All that somebody says: whose names fit, in which order, with what stands over it."""

from collections.abc import Iterator

import pytest

from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder

FIRST = """# Meeting of the fishery council

4 May 2033

## 1. Herring

Norway: The herring quota should fall by a third.

Ms. Dahl (Norway): We have said so for years, and the herring has not come back.

Mexico: It should rise.

## 2. Cod

Norway: The cod is well.
"""
SECOND = FIRST.replace("4 May 2033", "7 June 2031").replace("The cod is well.", "The cod is gone.")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("statements")
    (folder / "a.md").write_text(FIRST, encoding="utf-8")
    (folder / "b.md").write_text(SECOND, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "a.md", folder / "b.md"])
        yield library


def test_all_statements_of_a_delegation_are_told_the_oldest_record_first(library: Library) -> None:
    found = library.statements("norway")
    assert (found.total, found.records, len(found.told)) == (6, 2, 6)
    assert [each.document.date for each in found.told] == ["2031-06-07"] * 3 + ["2033-05-04"] * 3
    assert "gone" in found.told[2].text and "well" in found.told[5].text, "in the order of each record"
    assert all(each.text == each.document.text[each.start : each.end] for each in found.told)
    assert [each.heading for each in found.told[:3]] == ["1. Herring", "1. Herring", "2. Cod"]


def test_a_name_fits_whole_and_without_what_stands_in_brackets(library: Library) -> None:
    assert library.statements("Nor").total == 0 == library.statements("()").total
    assert library.statements("Ms. Dahl").total == 2
    assert library.statements("Mexico (spoke in Spanish)").total == 2
    assert library.statements("N(o.*").total == 0


def test_statements_come_in_pages(library: Library) -> None:
    whole = library.statements("Norway").told
    paged = [each for offset in range(0, 8, 4) for each in library.statements("Norway", offset=offset, limit=4).told]
    assert paged == list(whole)
    assert library.statements("Norway", offset=99, limit=4).total == 6


def test_an_answer_says_how_many_statements_there_are_where_it_shows_fewer(library: Library) -> None:
    answer = library.ask("What did Norway say about herring?")
    assert answer.answered and len(answer.citations) < 6
    assert "6 statements of Ms. Dahl (Norway); Norway in 2 records." in answer.notes
    assert not any("statements of" in note for note in library.ask("Should the cod be fished?").notes)
