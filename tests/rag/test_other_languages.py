"""Questions in another language than the records: what of them is searched by words, and whom they point at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.answering.abstain import is_foreign
from onrecord.rag.query.parse import parse_query
from onrecord.rag.query.question import asks_for_words, proper_names
from onrecord.rag.retrieval.retrieve import retrieve

from ..fakes import HashEmbedder

RECORD = """Minutes of the harbour council

4 May 2032

Norway: The council has to decide before the winter whether the old ferries are to be sold, and who pays for it.

Portugal: We think that the Verrano company should pay for the ferries, because it promised so in 2029.

Norway: Nobody has seen the table of the costs so far, and nobody knows where it is kept.
"""


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("english")
    (folder / "minutes.txt").write_text(RECORD, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "minutes.txt"])
        yield library


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Qu'a dit la Norvège sur les bacs ?", "fr"),
        ("¿Qué dijo Noruega sobre los transbordadores?", "es"),
        ("Что сказали в Норвегии о паромах?", "ru"),
        ("ماذا قالت النرويج عن العبارات؟", "ar"),
        ("挪威对渡轮说了什么？", "zh"),
    ],
)
def test_a_state_is_found_by_its_name_in_the_language_asked_in(english: Library, question: str, language: str) -> None:
    query = parse_query(english.store, question)
    assert query.language == language
    assert query.references.speakers == ("Norway",)
    assert query.exact["norway"] == 1.0
    assert is_foreign(query, "en") and not is_foreign(query, None)


def test_only_names_and_numbers_of_a_foreign_question_are_searched_by_words(english: Library) -> None:
    query = parse_query(english.store, "Combien la société Verrano doit-elle payer depuis 2029 pour la table ?")
    assert {"verrano", "2029"} <= query.exact.keys()
    assert not {"table", "pour"} & query.exact.keys()
    [found] = english.store.hits(english.store.by_words({}, 9, exact=query.exact))
    assert "Verrano" in found.passage.text


def test_a_question_in_the_language_of_all_records_is_searched_by_stems_alone(english: Library) -> None:
    query = parse_query(english.store, "What did Norway say about the ferries in 2029?")
    assert query.language == "en"
    assert query.exact == {}


PLANS = """Minutes of the plan committee

4 May 2032

Norway: The final plan of the hotel is total.

Portugal: The general plan of the final hotel is local.

Mexico: The total hotel is a local plan, general and final.

Kenya: Brixhart looks after the dump.
"""


def test_a_name_that_few_passages_hold_weighs_as_much_as_words(tmp_path: Path) -> None:
    (tmp_path / "plans.txt").write_text(PLANS, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "plans.txt"])
        query = parse_query(library.store, "¿Quién para el hotel, plan total, general, final y local de Brixhart?")
        assert query.language == "es" and query.exact == {"brixhart": 1.0}
        ranked = [hit.passage.text for hit in retrieve(library.store, query)]
    assert any("Brixhart" in text for text in ranked[:2]), ranked


@pytest.mark.parametrize(
    ("question", "language", "names"),
    [
        ("Quand a commencé la réunion du conseil ?", "fr", []),
        ("¿A qué hora empezó la reunión?", "es", []),
        ("¿Qué se dijo de Reunión?", "es", ["Reunión"]),
        ("¿Qué dijo noruega?", "es", ["noruega"]),
    ],
)
def test_a_meeting_is_no_island(question: str, language: str, names: list[str]) -> None:
    assert proper_names(question, language) == names


@pytest.mark.parametrize(
    "question",
    [
        "Qu'a dit le Portugal sur la Norvège ?",
        "¿Qué dijo Portugal sobre Noruega?",
        "Что сказала Португалия о Норвегии?",
        "ماذا قالت البرتغال عن النرويج؟",
        "葡萄牙对挪威说了什么？",
        "关于挪威，葡萄牙说了什么？",
    ],
)
def test_whose_words_are_asked_for_stands_before_what_they_are_about(english: Library, question: str) -> None:
    said_by = parse_query(english.store, question).references.said_by
    assert "Portugal" in said_by
    assert question.startswith("关于") or said_by == ("Portugal",)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What did Norway say?", True),
        ("Que pense la Norvège des bacs ?", True),
        ("¿Qué opina Noruega?", True),
        ("挪威有什么意见？", True),
        ("Combien coûte le bac ?", False),
        ("Сколько стоит паром?", False),
    ],
)
def test_what_somebody_said_is_asked_for_in_any_language(question: str, asks: bool) -> None:
    assert asks_for_words(question) is asks
