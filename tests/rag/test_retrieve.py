"""What retrieval brings along, merges and spreads, on small records made for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Filters, Library, open_library

from ..fakes import HashEmbedder

SPEECH = "The jetty must be rebuilt before winter, because the piles are rotten and the cranes stand idle."
FILLER = "\n\n".join(f"Skarn: Matter {number} of jetties was left for a later day." for number in range(240))
LAST = "Whatever it costs, lanterns come first for us. Gulls nest beneath every plank that nobody mends. So be it now."


def minutes(title: str, speaker: str) -> str:
    return f"""{title}

4 May 2032

{speaker}: {SPEECH}

Tollan: We doubt it.

{speaker}: We insist on it.

Tollan: So be it.
"""


RECORDS = {
    "first.txt": minutes("Minutes of the spring council", "Merrow"),
    "second.txt": minutes("Corrected minutes", "Merrow"),
    "third.txt": minutes("Minutes of the autumn council", "Hallow"),
    "debate.txt": f"Debate on jetties\n\n{FILLER}\n\nCantle: {LAST}\n\nSkarn: We heard it.\n\nCantle: We know.\n",
}


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("council")
    for name, text in RECORDS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder(max_tokens=30)) as library:
        library.ingest([folder / name for name in RECORDS])
        yield library


def said(library: Library, question: str, **filters: str) -> list[tuple[str | None, str]]:
    hits = library.search(question, filters=Filters(**filters) if filters else None)
    return [(hit.passage.locator.speaker, hit.passage.text) for hit in hits]


@pytest.mark.slow
def test_what_one_speaker_says_in_two_versions_of_a_record_is_shown_once(council: Library) -> None:
    assert said(council, "Why must the jetty be rebuilt before winter?").count(("Merrow", f"Merrow: {SPEECH}")) == 1


def test_what_another_speaker_says_in_the_same_words_is_shown_too(council: Library) -> None:
    found = said(council, "Why must the jetty be rebuilt before winter?")
    assert ("Hallow", f"Hallow: {SPEECH}") in found


def test_the_rest_of_a_turn_comes_along_with_its_best_piece(council: Library) -> None:
    pieces = [text for speaker, text in said(council, "What about lanterns?") if speaker == "Cantle"]
    assert " ".join(pieces[:2]) == f"Cantle: {LAST}"


def test_a_side_of_a_comparison_that_few_words_find_is_among_the_first(council: Library) -> None:
    found = said(council, "How do Skarn and Cantle differ on matters of jetties left for a later day?")
    assert "Cantle" in [speaker for speaker, _ in found[:8]]


def test_a_missing_side_outside_the_filters_stays_outside(council: Library) -> None:
    found = said(council, "How do Skarn and Cantle differ on matters of jetties left for a later day?", speaker="Skarn")
    assert {speaker for speaker, _ in found} == {"Skarn"}
