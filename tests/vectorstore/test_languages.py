"""One analyser a language, and which language a text, a passage or a question is in."""

import shutil
from pathlib import Path

import pytest

from onrecord.vectorstore.language import detect
from onrecord.vectorstore.language.analysers import (
    count_words,
    exact_forms,
    language_of_passage,
    split_words,
    words,
)
from onrecord.vectorstore.language.detect import language_of_question, tag_language
from onrecord.vectorstore.lexical import LexicalIndex
from onrecord.vectorstore.passage import Document, Locator, Passage
from onrecord.vectorstore.store import Store


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "ferries", "ferry"),
        ("fr", "réunions", "réunion"),
        ("es", "decisiones", "decisión"),
        ("de", "Häuser", "Haus"),
        ("ru", "решения", "решение"),
        ("ru", "пошёл", "пошел"),
        ("ar", "القرارات", "قرار"),
        ("ar", "كَتَبَ", "كتب"),
        ("ar", "إلى", "الى"),
        ("ar", "٢٠٢٥", "2025"),
        ("tr", "KARARI", "kararı"),
        ("tr", "İSTANBUL", "istanbul"),
        ("en", "İstanbul", "ISTANBUL"),
        ("no", "fergene", "fergen"),
        ("zh", "ＡＢＣ", "abc"),
        (None, "Норвегии", "Норвегия"),
    ],
)
def test_forms_of_a_word_are_one(language: str | None, one: str, other: str) -> None:
    assert words(one, language) == words(other, language) != []


def test_each_language_has_its_own_stop_words() -> None:
    assert words("the ferry", "en") == ["ferri"]
    assert words("die Fähre", "de") == ["fahr"]
    assert words("the die", "de") == ["the"]
    assert words("le bac", "fr") == ["bac"]


def test_what_is_written_without_spaces_is_searched_by_pairs() -> None:
    assert words("渡轮费 WTO", "zh") == ["渡轮", "轮费", "wto"]
    assert words("港", "zh") == ["港"]
    assert words("フェリー", "ja") == ["フェ", "ェリ", "リー"]
    assert words("เรือ", "th")[0] == "เร"


def test_words_in_another_script_are_stemmed_whatever_the_language() -> None:
    assert words("the Норвегии ferries", "en") == ["норвег", "ferri"]


def test_exact_forms_keep_all_words_without_stemming() -> None:
    assert exact_forms("The Ferries of Genève") == ["the", "ferries", "of", "geneve"]


def test_split_words_keep_their_vowel_signs() -> None:
    assert split_words("كَتَبَ: co-op") == ["كَتَبَ", "co", "op"]


PROSE = {
    "en": "The council of the harbour has decided that all of the ferries will be sold before the end of the year.",
    "fr": "Le conseil du port a décidé que tous les bacs seront vendus avant la fin de cette année et le quai reste.",
    "ru": "Совет порта решил, что все паромы будут проданы до конца этого года и что причал будет открыт для всех.",
}


def test_prose_in_another_language_than_its_document_is_taken_for_that() -> None:
    assert language_of_passage(PROSE["fr"], "en") == "fr"
    assert language_of_passage(PROSE["ru"], "en") == "ru"
    assert language_of_passage(PROSE["en"], "zh") == "en"
    assert language_of_passage(PROSE["fr"], None) == "fr"


def test_a_list_of_names_stays_with_its_document() -> None:
    names = "Verrano, Costella, Montebruno, Palermasca, Sanlucero, Veracosta, Torremana, Bellaria, Rovinga, " * 2
    assert language_of_passage(names, "en") == "en"
    assert language_of_passage("Vote: 12", "fr") == "fr"


@pytest.mark.parametrize(
    ("question", "held", "language"),
    [
        ("Qu'a dit la Norvège ?", ["en"], "fr"),
        ("¿Quién votó en contra?", ["en"], "es"),
        ("Что сказала Норвегия?", ["en"], "ru"),
        ("ماذا قالت النرويج؟", ["en"], "ar"),
        ("挪威说了什么？", ["en"], "zh"),
        ("What did Norway say?", ["fr"], "en"),
        ("Wer stimmte gegen den Antrag?", ["en"], "de"),
        ("Did Verrano approve it?", ["en"], "en"),
        ("12?", [], None),
    ],
)
def test_the_language_of_a_question_is_told_though_it_is_short(
    question: str, held: list[str], language: str | None
) -> None:
    assert language_of_question(question, held) == language


def test_norwegian_has_one_code() -> None:
    assert tag_language("nb-NO") == tag_language("nn") == tag_language("no") == "no"


def put(store: Store, name: str, text: str, language: str | None) -> None:
    document = Document(id=name, source=name, title="", text=text, language=language, sha256=name)
    passage = Passage(id=f"{name}:0", document_id=name, text=text, start=0, end=len(text), locator=Locator())
    store.put(document, [passage])


@pytest.fixture
def mixed(tmp_path: Path) -> Store:
    store = Store(tmp_path / "mixed")
    with store.writing():
        put(store, "en", PROSE["en"], "en")
        put(store, "fr", PROSE["fr"], "fr")
        put(store, "fr in en", PROSE["fr"].replace("quai", "phare"), "en")
        put(store, "zh", "港务委员会决定出售所有渡轮。", "zh")
        store.make_findable()
    return store


def found(store: Store, text: str, language: str) -> set[str]:
    stems = dict.fromkeys(store.lexical.words(text, language), 1.0)
    return {key.removesuffix(":0") for key, _ in store.by_words(stems, 10)}


def test_a_passage_is_found_by_other_forms_of_its_words_in_its_own_language(mixed: Store) -> None:
    assert found(mixed, "vendre les bacs", "fr") == {"fr", "fr in en"}
    assert found(mixed, "harbours", "en") == {"en"}
    assert found(mixed, "渡轮", "zh") == {"zh"}
    assert mixed.languages[0] == "en"


def test_exact_forms_find_beside_the_stems(mixed: Store) -> None:
    assert [key for key, _ in mixed.by_words({}, 10, exact={"ferries": 1.0})] == ["en:0"]
    assert mixed.by_words({}, 10, exact={"ferry": 1.0}) == []


def test_an_index_of_an_earlier_version_is_made_anew_when_the_library_is_opened(mixed: Store, tmp_path: Path) -> None:
    import tantivy

    mixed.close()
    shutil.rmtree(mixed.folder / "lexical")
    (mixed.folder / "lexical").mkdir()
    schema = tantivy.SchemaBuilder().add_text_field("id", stored=True).add_text_field("text")
    writer = tantivy.Index(schema.build(), path=str(mixed.folder / "lexical")).writer()
    writer.add_document(tantivy.Document(id="en:0", text="ferri"))
    writer.commit()
    writer.wait_merging_threads()
    store = Store(mixed.folder)
    assert store.lexical.size == 4
    assert found(store, "un bac", "fr") == {"fr", "fr in en"}
    assert LexicalIndex(mixed.folder / "lexical").size == 4


def test_the_model_of_languages_is_the_same_unpacked(tmp_path: Path) -> None:
    """From the package, as unpacked for the first time, as read again, and where nothing can be kept."""
    questions = ("Who spoke?", "Qui a parlé des quotas ?", "谁发言了？", "Кто выступал?", "", "E/CN.7/2018/CRP.1")
    (tmp_path / "no folder").write_text("")
    expected = [detect.open_identifier(tmp_path / "no folder").rank(question) for question in questions]
    for _ in range(2):
        identifier = detect.open_identifier(tmp_path / "cache")
        assert [identifier.rank(question) for question in questions] == expected
    assert list((tmp_path / "cache").glob("languages-*.npy"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("The ferry, it is late.", 5),
        ("Le bac – en retard", 5),
        ("委员会批准了预算。", 4),
        ("大会请 UNDP 在2032年报告", 6),
    ],
)
def test_two_letters_are_a_word_where_no_spaces_are_written(text: str, count: int) -> None:
    assert count_words(text) == count
