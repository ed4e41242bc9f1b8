"""What changed between two records, asked in the chat: the changed paragraphs, side by side."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

OLD = """The Board meets in the old mill on the first Monday of every month at noon.

Members send the clerk what they want to discuss at least three days before the meeting.

The ferry leaves from the northern pier at eight in the morning and at four in the afternoon.

Fees for 2031 are paid into the account of the harbour before the last day of March."""
NEW = """The Board meets in the new school on the first Monday of every month at noon.

The ferry leaves from the southern pier at eight in the morning and at six in the afternoon.

Fees for 2032 are paid into the account of the harbour before the last day of March.

Whoever keeps a dog on board tells the harbour master of it before casting off."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("changes")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        for year, text in (("2031", OLD), ("2032", NEW)):
            (folder / f"{year}.txt").write_text(text)
            library.ingest([folder / f"{year}.txt"], known={"symbol": f"HB/{year}/R.1", "date": year, "language": "en"})
        yield library


def test_what_changed_is_quoted_from_both_sides(library: Library) -> None:
    answer = library.ask("What changed between HB/2032/R.1 and HB/2031/R.1?")
    old, new = OLD.split("\n\n"), NEW.split("\n\n")
    assert [(each.document.symbol, each.quote) for each in answer.citations] == [
        ("HB/2031/R.1", old[0]), ("HB/2032/R.1", new[0]), ("HB/2031/R.1", old[1]), ("HB/2031/R.1", old[2]),
        ("HB/2032/R.1", new[1]), ("HB/2032/R.1", new[3]),
    ]  # fmt: skip
    assert set(answer.sides) == {"HB/2031/R.1", "HB/2032/R.1"}
    assert "3 changed, 1 new, 1 dropped" in answer.notes[0]


def test_only_what_changed_on_the_subject_is_quoted(library: Library) -> None:
    answer = library.ask("What are the differences between HB/2031/R.1 and HB/2032/R.1 on the ferry?")
    assert [each.quote for each in answer.citations] == [OLD.split("\n\n")[2], NEW.split("\n\n")[1]]


def test_a_question_about_one_record_is_no_comparison(library: Library) -> None:
    answer = library.ask("What changed for the ferry in HB/2032/R.1?")
    assert not any("onrecord compare" in note for note in answer.notes)
