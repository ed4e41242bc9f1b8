"""A library over three small records, opened once, and cases about them; its fake embedder makes every run alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.evals.case import Case
from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder
from ..rag.records import write_records
from .records import case

THIRD = "The herring quota for the northern banks should fall by a third."
SURVEY = "The survey costs 300,000 crowns and takes eight months."
BUDGET = "The Board approved a dredging budget of 4.2 million crowns for the year 2032."


@pytest.fixture(scope="session")
def small_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("small")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


@pytest.fixture(scope="session")
def without_minutes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The same library with one record missing."""
    folder: Path = tmp_path_factory.mktemp("missing")
    records = write_records(folder / "records")
    (records / "minutes.txt").unlink()
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([records])
        yield library


@pytest.fixture(scope="session")
def small_cases() -> list[Case]:
    def gold(doc: str, quote: str, **place: object) -> dict[str, object]:
        return {"doc": doc, "quote": quote, "locator": place}

    return [
        case(
            id="quota",
            kind="speaker",
            question="What did Norway say about the herring quota?",
            key_facts=["third"],
            evidence=[gold("minutes.txt", THIRD, speaker="Norway")],
        ),
        case(
            id="survey",
            kind="number",
            question="How much does the stock survey cost?",
            key_facts=["300,000"],
            answers=["300,000 crowns"],
            evidence=[gold("minutes.txt", SURVEY, speaker="Mexico")],
        ),
        case(
            id="budget",
            kind="number",
            question="What dredging budget did the Board approve for 2032?",
            key_facts=["4.2 million"],
            evidence=[gold("HB_2031_9.txt", BUDGET, paragraph="2")],
        ),
        case(id="brazil", kind="unanswerable", question="What did Brazil say about herring?", answerable=False),
    ]
