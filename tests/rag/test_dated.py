"""Of what day a record is, from its own line; other questions with a date are none of these."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Filters, Library, open_library

from ..fakes import HashEmbedder

RECORD = """HB/2031/9

17 March 2031

Report on the lamps of the north quay

1. The lamps were lit on 4 May 2030, and the oil was paid for by Norway until 3 March 2031.

2. The keepers ask for more oil, which they will need before the winter has begun.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("dated")
    (folder / "lamps.txt").write_text(RECORD)
    (folder / "other.txt").write_text("HB/2031/10\n\n18 March 2031\n\nReport on rope\n\n1. The rope is old.\n")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([*folder.glob("*.txt")])
        yield library


@pytest.mark.parametrize(
    "question",
    [
        "When was HB/2031/9 issued?",
        "What is the date of document HB/2031/9?",
        "On what date was the report HB/2031/9 published?",
        "Quand le document HB/2031/9 a-t-il été publié ?",
        "¿Cuál es la fecha del documento HB/2031/9?",
        "Когда был издан документ HB/2031/9?",
    ],
)
def test_the_line_with_its_date_is_quoted(library: Library, question: str) -> None:
    [citation] = library.ask(question).citations
    assert "17 March 2031" in citation.quote and len(citation.quote) < 40


IN_CHINESE = (
    "HB/2031/11\n\n2031年3月19日\n\n2031年3月19日委员会决议\n\n"
    "1. 决定将北码头的灯延长使用三年，并请委员会主席在明年春天之前就此提出报告。\n"
)
IN_FRENCH = "HB/2031/12\n\nRésolution du 20 mars 2031\n\n1. Décide que les bacs restent à quai.\n"


@pytest.mark.parametrize(
    ("text", "question", "wanted"),
    [
        (IN_CHINESE, "HB/2031/11号决议是什么时候通过的？", "2031年3月19日"),
        (IN_FRENCH, "Quand la résolution HB/2031/12 a-t-elle été adoptée ?", "20 mars 2031"),
    ],
)
def test_the_line_that_names_a_resolution_with_its_date_tells_when_it_was_adopted(
    tmp_path: Path, text: str, question: str, wanted: str
) -> None:
    (tmp_path / "record.txt").write_text(text, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "record.txt"])
        [citation] = library.ask(question).citations
    assert wanted in citation.quote


def test_other_dates_are_no_dates_of_the_record(library: Library) -> None:
    for question in ("When were the lamps of HB/2031/9 lit?", "Until what date did HB/2031/9 say Norway paid for oil?"):
        assert all("17 March" not in citation.quote for citation in library.ask(question).citations)


def test_a_record_that_is_filtered_out_is_not_quoted(library: Library) -> None:
    answer = library.ask("When was HB/2031/9 issued?", filters=Filters(document="other.txt"))
    assert all(citation.document.source.endswith("other.txt") for citation in answer.citations)
