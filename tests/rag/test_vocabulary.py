"""Misspelt words, with an embedding model that knows some words and spells the others out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, Turn, open_library
from onrecord.rag.query.parse import parse_query
from onrecord.rag.query.vocabulary import corrected, stems_held
from tests.fakes import HashEmbedder
from tests.rag.records import write_records

KNOWN = set(
    "what did mexico norway say about the fishery plastics publishing and was it closing sink nuts county lunch".split()
)
BRITISH = """Programme of the Harbour Board

4 May 2032

The board organised a programme on the decriminalisation of salvage. Fertiliser in the harbour centre was analysed. The
defence of the pier, the enrolment of labourers and a catalogue of anaesthetics were put off. The country pays for the
launch.
"""


class KnowsSomeWords(HashEmbedder):
    """Makes one token of a word it knows and two of any other, as sub-word models do."""

    def count_tokens(self, text: str) -> int:
        return sum(1 if word in KNOWN else 2 for word in text.lower().split())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("vocabulary")
    with open_library(folder / "library", embedder=KnowsSomeWords()) as library:
        library.ingest([write_records(folder / "records", board=BRITISH)])
        yield library


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what did mexco say: is it exemt", "what did mexico say: is it exempt"),
        ("Exemt", "Exempt"),
        ("gilnets", "gillnets"),
        ("harbuor", "harbour"),
        ("decrimnalisation", "decriminalisation"),
        ("decirmnalisation", "decriminalisation"),  # two letters of a very long word
        ("sink", "sink"),  # a word of its own, though one letter from "sank"
        ("nuts", "nuts"),
        ("county", "county"),  # spelt right, though the library has only "country"
        ("lunches", "lunches"),  # a form of a word spelt right, beside "launch"
        ("Norwat", "Norwat"),  # one letter for another makes another short word too often
        ("xarbour", "xarbour"),  # the first letter is hardly ever wrong
        ("NETTS", "NETTS"),  # capitals all through: an acronym, whatever stands near it
        ("zzyzx", "zzyzx"),
        ("", ""),
    ],
)
def test_a_misspelt_word_is_searched_for_as_the_library_writes_it(library: Library, typed: str, meant: str) -> None:
    assert corrected(library.store, typed) == meant
    assert parse_query(library.store, typed).text == meant


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("decriminalization", "decriminalisation"),
        ("organized", "organised"),
        ("fertilizer", "fertiliser"),
        ("analyzed", "analysed"),
        ("center", "centre"),
        ("Harbor", "Harbour"),
        ("laborers", "labourers"),
        ("program", "programme"),
        ("defense", "defence"),
        ("enrollment", "enrolment"),
        ("catalogs", "catalogues"),
        ("anesthetics", "anaesthetics"),
    ],
)
def test_american_spelling_finds_british_and_is_not_corrected(library: Library, american: str, british: str) -> None:
    assert corrected(library.store, american) == american
    assert (
        stems_held(library.store, american)
        == stems_held(library.store, british)
        == library.store.lexical.words(british)
    )


@pytest.mark.slow
def test_british_spelling_finds_american_and_is_not_corrected(tmp_path: Path) -> None:
    (tmp_path / "labor.txt").write_text("The Labor Center organized the defense of its programs.", encoding="utf-8")
    with open_library(tmp_path / "library", embedder=KnowsSomeWords()) as library:
        library.ingest([tmp_path / "labor.txt"])
        typed = "Labour Centre organised defence programmes"
        assert corrected(library.store, typed) == typed
        assert stems_held(library.store, typed) == library.store.lexical.words(
            "Labor Center organized defense programs"
        )


@pytest.mark.slow
def test_neither_english_is_taken_for_the_other_where_the_library_has_both(tmp_path: Path) -> None:
    (tmp_path / "both.txt").write_text("The timber is sold. Her voice has a timbre.", encoding="utf-8")
    with open_library(tmp_path / "library", embedder=KnowsSomeWords()) as library:
        library.ingest([tmp_path / "both.txt"])
        assert stems_held(library.store, "timber timbre the") == library.store.lexical.words("timber timbre")


def test_a_misspelt_question_is_answered_like_one_spelt_right(library: Library) -> None:
    right, typed = (library.ask(f"What did {name} say about the stock survey?") for name in ("Mexico", "Mexco"))
    assert right.answered and typed.citations == right.citations
    assert "Mexico" in typed.standalone_question


def test_a_follow_up_does_not_carry_a_slip_along(library: Library) -> None:
    asked = [Turn(question="What did Mexico say about the stock suvrey?", answer="")]
    assert "stock survey" in parse_query(library.store, "And Norway?", asked).text


def test_words_that_the_library_holds_are_never_looked_up(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    terms = library.store.lexical.terms
    monkeypatch.setattr(library.store.lexical, "terms", lambda letter: looked_up.append(letter) or terms(letter))
    library.ask("What did Mexico say about gillnets, organized labor and the northern banks?")
    assert looked_up == []
    for _ in range(2):
        library.ask("What did Mexcio say about gillnetz?")
    assert looked_up == ["m", "g"], "once each, however often they are asked"


@pytest.mark.slow
def test_words_read_later_are_known_and_closing_forgets_them(tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=KnowsSomeWords()) as library:
        library.ingest([write_records(tmp_path / "records")])
        assert corrected(library.store, "sturgeno") == "sturgeno"
        (tmp_path / "more.txt").write_text("The sturgeon has come back to the river.", encoding="utf-8")
        library.ingest([tmp_path / "more.txt"])
        assert corrected(library.store, "sturgeno") == "sturgeon"
        lexical = library.store.lexical
        kept = lexical.terms("s")
        assert lexical.terms("s") is kept, "kept as long as the index is the same"
    assert lexical.terms("s") is not kept
