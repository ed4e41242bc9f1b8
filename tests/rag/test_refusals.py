"""Refusals as values: each reason has its code and params, and each code a text in every language."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

import onrecord.rag
from onrecord.rag import Answer, Citation, Filters, Library, NotAskable, Refusal, in_language, message, open_library
from onrecord.rag.answer import remark
from onrecord.rag.messages import LANGUAGES, advice, catalogue, places, plural_form
from onrecord.rag.pipeline import check_question
from onrecord.rag.query.expectation import expectation
from onrecord.rag.schema import answer_json

from ..fakes import HashEmbedder
from .invariants import check
from .records import write_records
from .refused import COURTESIES, NOT_ASKABLE, QUESTIONS

SAID_IN_CODE = re.compile(r'Refusal\(\s*"(\w+)"')
REMARKED_IN_CODE = re.compile(r'(?:\bremark|\blabel)\((?:query\.language, |language, |subject\.language, )?"([\w.]+)"')
COUNTED = re.compile(r"\.(?:zero|one|two|few|many|other)\Z")
BRACES = re.compile(r"\{(\w*)\}")
PARAMS = {
    "no_paragraph": {"paragraph": "900"},
    "unknown_name": {"name": "Brazil"},
    "unrelated_name": {"name": "Verrano"},
    "other_unit": {"unit": "tonnes", "near": "Measures of the working group on waste"},
    "no_share": {"near": "Minutes of the fishery council, Mexico"},
    "no_duration": {"near": "HB/2031/9, para. 5"},
    "no_person": {"near": "Minutes of the fishery council, Norway"},
    "no_number": {"near": "Minutes of the fishery council, Mexico"},
    "no_date": {"near": "Minutes of the fishery council, Mexico"},
    "no_state": {"near": "Measures of the working group on waste"},
    "no_expansion": {"abbreviation": "HB"},
    "too_long": {"characters": "4001", "limit": "4000"},
}
ADDED = {"reading", "nearest"}
OTHERS = {"filtered_out", "empty_library", "unfounded"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("empty"), embedder=HashEmbedder()) as library:
        yield library


# --- the catalogues --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_text_with_the_same_params_in_every_language(language: str) -> None:
    english, texts = catalogue("en"), catalogue(language)
    assert {COUNTED.sub("", code) for code in texts} == {COUNTED.sub("", code) for code in english}
    for code, text in texts.items():
        assert text.strip() == text != "", code
        if not COUNTED.search(code):
            assert set(BRACES.findall(text)) == set(BRACES.findall(english[code])), code
        if language not in ("en", "fr"):
            assert text != english.get(code), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_has_every_form_that_its_language_has_of_a_number(language: str) -> None:
    forms = {plural_form(language, count) for count in range(1000)}
    counting = {COUNTED.sub("", code) for code in catalogue(language) if COUNTED.search(code)}
    assert counting
    for code in counting:
        told = {form: catalogue(language).get(f"{code}.{form}", "") for form in forms | {"other"}}
        assert all(told.values()), code
        assert "{count}" in told["other"], code


def test_numbers_agree_with_what_they_count() -> None:
    told = remark("statements_of", statements=2, whose="Peru", in_records=21)
    assert message(told) == "2 statements of Peru in 21 records."
    assert message(told, "ru") == "2 выступления в 21 документе: Peru."
    assert message(told, "ar") == "كلمتان في 21 وثيقة: Peru."
    assert message(remark("tied", tied_votes=5, shown=1), "ru").startswith("5 голосований")
    assert message(remark("by_words", waiting=1234, of_passages=2345), "zh").startswith("2,345段中有1,234段")


def test_every_code_of_a_remark_has_a_text_and_every_text_is_given() -> None:
    sources = [source.read_text(encoding="utf-8") for source in Path(next(iter(onrecord.rag.__path__))).rglob("*.py")]
    assert {code for text in sources for code in REMARKED_IN_CODE.findall(text)} <= set(catalogue("en"))
    code = "\n".join(sources)
    for each in catalogue("en"):
        named = COUNTED.sub("", each).split(".")[0]
        assert re.search(rf"""["']{named}|{named}=""", code) or named.startswith(("all_", "first_", "of_", "no_")), each


def test_the_codes_of_the_catalogues_are_those_that_are_given() -> None:
    """Every code that stands in the program or that a kind of answer makes, and no other."""
    sources = Path(next(iter(onrecord.rag.__path__))).rglob("*.py")
    given = {code for source in sources for code in SAID_IN_CODE.findall(source.read_text(encoding="utf-8"))}
    kinds = {f"no_{expected.kind}" for question in QUESTIONS.values() if (expected := expectation(question))}
    texts = list(catalogue("en"))
    of_refusals = texts[: texts.index("records_of")]
    written = {code for code in of_refusals if "." not in code}
    assert given | kinds | ADDED | set(COURTESIES) == written
    assert {*QUESTIONS, *NOT_ASKABLE, *COURTESIES, *OTHERS, *ADDED} == written, "each is met by a test"
    assert {code.removesuffix(".advice") for code in set(of_refusals) - written} == set(NOT_ASKABLE)


def test_what_a_question_names_is_no_pattern() -> None:
    assert "{0} does not occur" in message(Refusal("unknown_name", {"name": "{0}"}))


def test_numbers_are_written_as_the_language_writes_them() -> None:
    refusal = Refusal("too_long", {"characters": "12345", "limit": "4000"})
    assert "12,345" in advice(refusal) and "12.345" in advice(refusal, "es") and "12\u202f345" in advice(refusal, "fr")
    assert "1234" in message(Refusal("no_paragraph", {"paragraph": "1234"}), "fr")


# --- each reason -----------------------------------------------------------------------------------------------------


def in_words_of(language: str, place: str) -> str:
    """A document and its paragraph as another language names them."""
    document, comma, number = place.partition(", para. ")
    words = places(language)
    where = words["paragraph"].format(number)
    return f"{document}{words['and']}{where}" if comma else place.replace(", ", words["and"])


def assert_refused(answer: Answer, code: str, params: dict[str, str]) -> None:
    assert answer.refusal == Refusal(code, params)
    status = "nearest" if "near" in params else "refused"
    assert (answer.status, answer.answered) == (status, False)
    assert answer.text == message(answer.refusal, "en") and answer.sentences[0].text == answer.text
    shape = json.loads(json.dumps(answer_json(answer)))
    assert shape["status"] == status and shape["refusal"] == {"code": code, "params": params}
    for language in LANGUAGES[1:]:
        told = in_language(answer, language)
        named = params | {name: in_words_of(language, params[name]) for name in params.keys() & {"near"}}
        assert told.text == told.sentences[0].text == message(Refusal(code, named), language) != answer.text
        assert all(value in told.text for name, value in named.items() if name not in ("also", "characters", "limit"))
        assert told.refusal == answer.refusal, "params are the same in every language"
        assert answer.text not in told.notes and len(told.notes) == len(answer.notes)


@pytest.mark.parametrize(("code", "question"), [*QUESTIONS.items(), *NOT_ASKABLE.items(), *COURTESIES.items()])
def test_a_refusal_is_a_code_and_what_it_names(library: Library, code: str, question: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    assert_refused(answer, code, PARAMS.get(code, {}))


def test_what_is_on_the_subject_is_told_as_nearest(library: Library) -> None:
    answer = library.ask(QUESTIONS["no_duration"])
    assert answer.text.endswith("they do not give a length of time for it. Nearest: HB/2031/9, para. 5.")
    assert answer.nearest[0].passage.locator.paragraph == "5" and not answer.citations
    assert in_language(answer, "es").text.endswith("Lo más cercano: HB/2031/9, párr. 5.")
    assert library.ask(QUESTIONS["no_money"]).status == "refused", "nothing is on the subject"


@pytest.mark.parametrize(("code", "question"), NOT_ASKABLE.items())
def test_a_question_that_cannot_be_asked_says_why(code: str, question: str) -> None:
    with pytest.raises(NotAskable) as raised:
        check_question(question)
    assert raised.value.refusal.code == code and str(raised.value) == advice(raised.value.refusal)


def test_nothing_passes_the_filters(library: Library) -> None:
    assert_refused(library.ask("What about herring?", filters=Filters(speaker="Nobody")), "filtered_out", {})


def test_the_library_is_empty(empty: Library) -> None:
    assert_refused(empty.ask("What about herring?"), "empty_library", {})


def test_more_are_still_being_read(empty: Library, library: Library) -> None:
    with empty.store.writing():
        answer = empty.ask("What about herring?")
    assert_refused(answer, "empty_library", {"also": "reading"})
    assert answer.text.endswith("the library has none yet, but more are still being read.")
    with library.store.writing():
        answer = library.ask(QUESTIONS["unknown_name"])
    assert_refused(answer, "unknown_name", {"name": "Brazil", "also": "reading"})
    assert in_language(answer, "fr").text.endswith("n’y figure pas, mais d’autres sont encore en cours de lecture.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reply", "code"), [("Not in the documents.", "not_answered"), ("Herrings fly to the moon [1].", "unfounded")]
)
def test_what_a_model_wrote_and_no_passage_carries_is_refused(tmp_path: Path, reply: str, code: str) -> None:
    model: Any = FakeListChatModel(responses=[reply])
    with open_library(tmp_path / "library", embedder=HashEmbedder(), model=model) as library:
        library.ingest([write_records(tmp_path / "records")])
        assert_refused(library.ask("What did Norway say about the herring quota?"), code, {})


# --- answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_has_no_refusal_and_stays_as_it_is(library: Library) -> None:
    answer = library.ask("What did Norway say about the herring quota?")
    assert answer.answered and answer.refusal is None and answer.status == "answered"
    assert answer_json(answer)["refusal"] is None and in_language(answer, "fr").text == answer.text


def test_notes_are_told_in_the_language_asked_for(library: Library) -> None:
    answer = library.ask("List all who speak of the herring quota")
    assert answer.remarks and message(answer.remarks[0]) == answer.notes[0]
    for language in LANGUAGES[1:]:
        told = in_language(answer, language)
        assert told.notes == tuple(message(each, language) for each in answer.remarks) != answer.notes
        assert told.sentences == answer.sentences
    assert in_language(answer, "de").notes == answer.notes


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Qu’a dit le Brésil sur les quotas de hareng ?", "Les documents ne répondent pas"),
        ("¿Qué dijo el Brasil sobre las cuotas de arenque?", "Los documentos no responden"),
        ("Что сказала Бразилия о квотах на сельдь?", "В документах нет ответа"),
        ("谢谢！", "不客气"),
        ("ماذا قالت البرازيل عن حصص الرنجة؟", "لا تجيب الوثائق"),
        ("Спасибо!", "Пожалуйста"),
        ("What did Brazil say about the herring quota?", "The documents do not answer"),
        ("Was sagte Brasilien zur Heringsquote?", "The documents do not answer"),
    ],
)
def test_without_a_language_asked_for_it_is_that_of_the_question(library: Library, question: str, told: str) -> None:
    answer = in_language(library.ask(question))
    assert not answer.answered and answer.text.startswith(told)
    assert in_language(answer, "en").refusal == answer.refusal


def test_a_refusal_whose_code_is_no_longer_known_keeps_its_text(library: Library) -> None:
    answer = Answer(
        question="Why?", standalone_question="Why?", answered=False, text="For a reason.", refusal=Refusal("of_old")
    )
    assert in_language(answer, "fr").text == "For a reason."


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "HB/2031/9, para. 5"),
        ("fr", "HB/2031/9, par. 5"),
        ("es", "HB/2031/9, párr. 5"),
        ("ru", "HB/2031/9, п. 5"),
        ("ar", "HB/2031/9، الفقرة 5"),
        ("zh", "HB/2031/9，第5段"),
        ("de", "HB/2031/9, para. 5"),
    ],
)
def test_places_are_told_in_the_language_of_the_answer(library: Library, language: str, label: str) -> None:
    near = library.ask(QUESTIONS["no_duration"]).nearest[0]
    document, passage = near.document, near.passage
    citation = Citation(
        number=1, document=document, quote=passage.text, start=passage.start, end=passage.end, locator=passage.locator
    )
    answer = Answer(question="What?", standalone_question="What?", answered=True, text="", citations=(citation,))
    assert citation.label == "HB/2031/9, para. 5"
    assert [each.label for each in in_language(answer, language).citations] == [label]
    assert [each.label for each in in_language(replace(answer, language=language)).citations] == [label]
