"""What a question itself says, by hand: paragraph numbers, its topic, what it expects, whether it wants a reply."""

from pathlib import Path

import pytest

from onrecord.rag import Document, Hit, Library, Locator, Passage, open_library
from onrecord.rag.answering.candidates import Quotable
from onrecord.rag.query.directory import directory_of
from onrecord.rag.query.expectation import expectation
from onrecord.rag.query.parse import parse_query
from onrecord.rag.query.question import (
    SYMBOL,
    References,
    asks_for_asker,
    asks_for_questions,
    asks_for_reply,
    content_words,
    exact_words,
    paragraph_numbers,
    pointers,
    proper_names,
    topic,
    without_places,
)
from onrecord.vectorstore.catalogue import Catalogue

from ..fakes import HashEmbedder


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What does paragraph 42 say?", ("42",)),
        ("Paragraph 42?", ("42",)),
        ("paras 32 and 33", ("32", "33")),
        ("paras. 32, 33 and 40", ("32", "33", "40")),
        ("para. 7 & 9", ("7", "9")),
        ("§ 85", ("85",)),
        ("§§85–87", ("85", "86", "87")),
        ("¶7", ("7",)),
        ("paragraphs 4 to 7", ("4", "5", "6", "7")),
        ("paragraphs 4 through 5, and 9", ("4", "5")),
        ("paragraph 16.2", ("16.2",)),
        ("paragraph 12 bis", ("12 bis",)),
        ("paragraph 12 and paragraph 14", ("12", "14")),
        ("paragraph 12 and para 12", ("12",)),
        ("paragraphs 9 to 3", ("9", "3")),
        ("paragraphs 1 to 900000", ("1", "900000")),
        ("In 2031, 42 states met.", ()),
        ("the parapet 4 metres high", ()),
        ("paragraph four", ()),
        ("", ()),
    ],
)
def test_paragraph_numbers(question: str, numbers: tuple[str, ...]) -> None:
    assert paragraph_numbers(question) == numbers


NORWAY = References(speakers=("Norway",), said_by=("Norway",))


@pytest.mark.parametrize(
    ("question", "pointed", "about"),
    [
        ("What did Norway say about pain relief?", NORWAY, "pain relief"),
        ("What has Norway said concerning the closed season?", NORWAY, "the closed season"),
        ("What did Norway propose on gillnets?", NORWAY, "gillnets"),
        ("What did Norway report?", NORWAY, ""),
        ("Did Norway mention dredging?", NORWAY, "dredging"),
        ("What does the report say about fees?", References(), "fees"),
        ("Did anybody mention dredging?", References(), ""),
        ("Where is Norway?", References(speakers=("Norway",)), ""),
    ],
)
def test_topic(question: str, pointed: References, about: str) -> None:
    assert topic(question, pointed).rstrip("?") == about


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many collisions were reported?", "number"),
        ("How much did the survey cost?", "money"),
        ("What is the cost of the survey?", "money"),
        ("How much money was spent on nets?", "money"),
        ("What share of the catch do they land?", "share"),
        ("Which percentage was met?", "share"),
        ("How long is the closed season?", "duration"),
        ("Within what time must it be done?", "duration"),
        ("Who is the treasurer?", "person"),
        ("What is the name of the treasurer?", "person"),
        ("When did they meet?", "date"),
        ("In which year were fees raised?", "date"),
        ("Which delegations spoke?", "state"),
        ("Which countries opposed it?", "state"),
        ("What does UNODC stand for?", "expansion"),
        ("what is a TEU?", None),
        ("TEU?", "expansion"),
        ("What's TEU in the harbour report?", "expansion"),
        ("TEU in these reports, what does it stand for in full?", "expansion"),
        ("Full name of the office HB?", "expansion"),
        ("What is the full name of the TEU director?", "person"),
        ("What sum did the Board set aside?", "money"),
        ("What monthly travel allowance do pilots get?", "money"),
        ("On what date did they meet?", "date"),
        ("Which coastal states opposed it?", "state"),
        ("What did Norway say about the herring quota?", None),
        ("Herring", None),
        ("Why?", None),
    ],
)
def test_what_kind_of_answer_a_question_expects(question: str, kind: str | None) -> None:
    expected = expectation(question)
    assert (expected.kind if expected else None) == kind


@pytest.mark.parametrize(
    ("question", "sentence", "met"),
    [
        ("What sum was cut?", "It was cut to Kshs19 billion.", True),
        ("What sum was cut?", "It was cut to Rs 2,500,000.", True),
        ("What sum was cut?", "It was cut by 40 shillings.", True),
        ("What sum was paid?", "TO THE KEEPER 1,112.00", True),
        ("What sum was paid?", "At 10.30 on 12.05, 99.25% of it", False),
        ("What sum was cut?", "It was cut in 2031 by 14 million people.", False),
        ("What sum was cut?", "На ремонт причала выделено 860 миллионов рублей.", True),
        ("What sum was cut?", "На ремонт причала ушло 12 млн руб.", True),
        ("What sum was cut?", "Жители Европы ждали 14 дней у Франкфурта.", False),
        ("What sum was cut?", "维修码头需要4500万元。", True),
        ("What sum was cut?", "渡船造价三百万美元。", True),
        ("What sum was cut?", "码头于2031年元旦开放。", False),
        ("What sum was cut?", "خُصص للمرفأ ٧٥٠ ألف دينار.", True),
        ("What sum was cut?", "عبر المرفأ ٧٥٠ ألف راكب.", False),
        ("What sum was cut?", "Le quai a coûté trois cents francs.", True),
        ("What sum was cut?", "Quarante familles ont perdu leur barque.", False),
        ("What sum was cut?", "El muelle costó mil dólares.", True),
        ("How many families came?", "Quarante-sept familles sont venues.", True),
        ("How many families came?", "Les 47 familles sont venues.", True),
        ("How many families came?", "Les familles sont venues.", False),
        ("How many families came?", "Vinieron doce familias.", True),
        ("How many families came?", "Пришли двадцать семей.", True),
        ("How many families came?", "Семьи пришли.", False),
        ("How many families came?", "حضرت الاجتماع عشرون عائلة.", True),
        ("How many families came?", "حضرت العائلات.", False),
        ("How many families came?", "来了十二户居民。", True),
        ("How many families came?", "居民都来了。", False),
        ("How many families came?", "They came miles at once to seize the tiers.", False),
        ("How long did it last?", "Of 3 lamps an old one was lit.", False),
        ("What share was spent?", "Ушло семь процентов.", True),
        ("What share was spent?", "أُنفق ٣٥ بالمئة.", True),
        ("What share was spent?", "用去了百分之七。", True),
        ("How long did it last?", "Il dura trois semaines.", True),
        ("How long did it last?", "Длилось 5 часов.", True),
        ("How long did it last?", "Это было 12 мая 2031 года.", False),
        ("How long did it last?", "استمر ستين يوماً.", True),
        ("How long did it last?", "质保期为五年。", True),
        ("How long did it last?", "会议在二〇三一年举行。", False),
        ("On what date did they meet?", "Заседание прошло 4 мая.", True),
        ("On what date did they meet?", "会议于9月12日举行。", True),
        ("On what date did they meet?", "اجتمعوا في ٦ أيار/مايو ٢٠٣١.", True),
        ("On what date did they meet?", "Заседание прошло 4 раза.", False),
        ("When did they meet?", "会议于2031年召开。", True),
        ("When did they meet?", "اجتمعوا سنة ٢٠٣١.", True),
        ("When did they meet?", "会议已经召开。", False),
        ("On what date did they meet?", "They met on 4 May.", True),
        ("On what date did they meet?", "Ils se sont réunis un mardi.", True),
        ("On what date did they meet?", "They met since the last session.", False),
        ("What does FX stand for?", "Use the key “FX” (flexibility).", True),
        ("What does FX stand for?", "| FX | flexibility |", True),
        ("What does FX stand for?", "FX was used twice.", False),
    ],
)
def test_what_holds_the_kind_of_answer_asked_for(library: Library, question: str, sentence: str, met: bool) -> None:
    document = Document(id="d", source="d.txt", title="D", text=sentence)
    passage = Passage(id="p", document_id="d", text=sentence, start=0, end=len(sentence), locator=Locator())
    hit = Hit(passage=passage, document=document, score=1.0)
    expected = expectation(question)
    assert expected is not None
    assert expected.met_by(Quotable(hit=hit, start=0, end=len(sentence), words=frozenset())) == met


def test_languages_are_no_names(library: Library) -> None:
    assert proper_names("What is its name in English?") == []
    assert proper_names("What did the English say?") == ["English"]


def test_telling_words_are_stems_without_the_words_of_asking(library: Library) -> None:
    assert content_words(library.store, "What did they say about the herring quotas?") == ["herring", "quota"]
    assert content_words(library.store, "Herring, herring and HERRING!") == ["herring"]
    assert content_words(library.store, "") == []


def test_pointers_name_only_what_the_library_holds(library: Library) -> None:
    by_source = {listing.source.rsplit("/", 1)[-1]: listing.id for listing in library.documents()}
    said = pointers("What did Norway and Brazil say about paragraphs 2 and 77 of hb/2031/9?", library.store)
    assert said.speakers == said.said_by == ("Norway",)
    assert said.paragraphs == ("2", "77")
    assert said.documents == (by_source["HB_2031_9.txt"],)
    assert pointers("Is Norway's fleet large?", library.store).speakers == ("Norway",)
    assert pointers("Is Norway's fleet large?", library.store).said_by == ()
    assert pointers("What did Lind of Verrano say?", library.store).said_by == ("Ms. Lind (Verrano)",)
    assert pointers("Nor ways nor means", library.store) == References()


@pytest.mark.parametrize("question", ["What did the Norwegians say?", "What did the Norwegian delegation say?"])
def test_a_people_stands_for_its_state(library: Library, question: str) -> None:
    assert pointers(question, library.store) == NORWAY


def test_a_titled_speaker_is_asked_for_too(library: Library) -> None:
    assert pointers("What did Ms. Lind say?", library.store).said_by == ("Ms. Lind (Verrano)",)


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("How did Norway reply?", True),
        ("What did Norway answer Mexico on gillnets?", True),
        ("What was Norway's response?", True),
        ("And what did Norway say to that?", True),
        ("Which measures respond to overfishing?", False),
        ("What is the answer to overfishing?", False),
        ("What did Norway say about gillnets?", False),
    ],
)
def test_whether_a_reply_is_asked_for(question: str, wants: bool) -> None:
    assert asks_for_reply(question) is wants


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("Who asked that?", True),
        ("Which delegation asked it?", True),
        ("What was the question?", True),
        ("Who asked about gillnets?", False),
        ("What did Norway ask?", False),
    ],
)
def test_whether_the_one_who_asked_is_asked_for(question: str, wants: bool) -> None:
    assert asks_for_asker(question) is wants


def test_what_stands_in_brackets_of_a_question_is_part_of_it(library: Library) -> None:
    query = parse_query(library.store, "In the harbour (the outer one), how many collisions were reported?")
    assert query.expected is not None and query.expected.kind == "number"
    assert parse_query(library.store, "At its session (in May), list all measures.").wants_list


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who is responsible for the upkeep of the lamps?", None),
        ("Who was in charge of the survey?", None),
        ("Who is still allowed to fish?", None),
        ("Who is the operator of the lamps?", None),
        ("Who is the chair?", "person"),
        ("Who was elected chair?", "person"),
        ("Who was president in 2031?", "person"),
        ("Who is Norway's minister?", "person"),
    ],
)
def test_who_may_be_a_body_or_only_a_person(question: str, kind: str | None) -> None:
    expected = expectation(question)
    assert (expected.kind if expected else None) == kind


def test_an_article_after_a_label_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Catalogue, "speakers", lambda _: ["PRESIDENT, The", "Ruiz, Ana"])
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        directory = directory_of(library.store)
    assert directory.speakers_in("What did the petitioners ask for?") == []
    assert directory.speakers_in("What did the President say?") == ["PRESIDENT, The"]
    assert directory.speakers_in("What did Ruiz say?") == ["Ruiz, Ana"]


def test_nouns_with_capitals_are_no_names_in_german() -> None:
    question = "Was sagte die UNESCO zu den Gebühren der Fähre in Norwegen?"
    assert {"UNESCO"} == {name for name in proper_names(question, "de") if name[0] in "GFU"}
    assert "Gebühren" in proper_names(question)


def test_names_and_numbers_are_searched_as_written() -> None:
    assert exact_words("What did Verrano pay in 2024?", "en") == ["verrano", "2024"]
    assert exact_words("Сколько заплатила Verrano в 2024 году?", "ru") == ["verrano", "2024"]
    assert exact_words("为什么提到“.health”域名？", "zh") == ["health"]
    assert exact_words("why not?", "en") == []


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("What did Norway ask about the quota?", True),
        ("What is the Secretary-General asked to do?", False),
        ("Which questions were put to the board?", True),
    ],
)
def test_who_is_asked_to_do_something_is_asked_no_question(question: str, wants: bool) -> None:
    assert asks_for_questions(question) is wants


@pytest.mark.parametrize(
    ("question", "symbols"),
    [
        ("第75/63号决议的表决结果如何？", ["75/63"]),
        ("A/RES/77/41号决议第5段", ["A/RES/77/41"]),
        ("What does A/C.2/79/L.21/Rev.1 say?", ["A/C.2/79/L.21/Rev.1"]),
        ("Что в документе TD/B/43/6?", ["TD/B/43/6"]),
    ],
)
def test_a_symbol_ends_where_chinese_begins(question: str, symbols: list[str]) -> None:
    assert [match[0] for match in SYMBOL.finditer(question)] == symbols


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Que disent les paragraphes 5 à 7 ?", ("5", "6", "7")),
        ("¿Qué dice el párrafo 12 bis?", ("12 bis",)),
        ("párrs. 5 y 6", ("5", "6")),
        ("Что говорится в пунктах 5–7 резолюции?", ("5", "6", "7")),
        ("ماذا تقول الفقرات ٥ إلى ٧ من القرار؟", ("5", "6", "7")),
        ("第77/132号决议第5段说什么？", ("5",)),
        ("第5至7段", ("5", "6", "7")),
        ("Was steht in Absatz 3?", ("3",)),
    ],
)
def test_paragraphs_are_named_in_each_language(question: str, numbers: tuple[str, ...]) -> None:
    assert paragraph_numbers(question) == numbers
    assert not content_words_of(question) & set(numbers)


def content_words_of(question: str) -> set[str]:
    return set(without_places(question).split())
