"""Why somebody voted as they did: their own words, with the sentence that gives the reason."""

from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.query.kinds import gives_reason, points_back_at_reason
from tests.fakes import HashEmbedder

DEBATE = """# Debate on lamps in the harbour

Mr. Adan (Norway): The harbour has forty lamps. We abstained in the vote, not because we dislike lamps. They are fine
lamps. The reason is that nobody had counted the oil.

Ms. Lind (Iceland): Oil is dear this year and the harbour is poor. With that in mind, Iceland abstained in the vote.

Ms. Costa (Portugal): Norway and Iceland abstained in the vote on the lamps.
"""


@pytest.fixture(scope="module")
def debate(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("reasons")
    (folder / "debate.md").write_text(DEBATE, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "debate.md"])
        yield library


def test_the_reason_comes_with_the_vote(debate: Library) -> None:
    answer = debate.ask("Why did Norway abstain in the vote?")
    assert {each.locator.speaker for each in answer.citations} == {"Mr. Adan (Norway)"}
    assert any("nobody had counted the oil" in each.quote for each in answer.citations)


def test_what_points_back_at_its_reason_brings_it(debate: Library) -> None:
    answer = debate.ask("Why did Iceland abstain in the vote?")
    assert any(each.quote.startswith("Oil is dear") and "abstained" in each.quote for each in answer.citations)


def test_words_that_give_a_reason() -> None:
    assert gives_reason("We abstained because the oil was not counted.")
    assert not gives_reason("We abstained, not because we dislike lamps.")
    assert points_back_at_reason("With that in mind, we abstained.")
    assert not points_back_at_reason("We abstained in the vote and therefore left.")
