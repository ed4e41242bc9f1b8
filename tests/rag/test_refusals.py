"""Refusals as values: each reason has its code and params, and each code a text in every language."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

import onrecord.rag
from onrecord.rag import Answer, Filters, Library, NotAskable, Refusal, in_language, message, open_library
from onrecord.rag.messages import LANGUAGES, advice, catalogue
from onrecord.rag.pipeline import check_question
from onrecord.rag.query.expectation import expectation
from onrecord.rag.schema import answer_json

from ..fakes import HashEmbedder
from .invariants import check
from .records import write_records
from .refused import COURTESIES, NOT_ASKABLE, QUESTIONS

SAID_IN_CODE = re.compile(r'Refusal\(\s*"(\w+)"')
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
    assert set(texts) == set(english)
    for code, text in texts.items():
        assert text.strip() == text != "", code
        assert sorted(BRACES.findall(text)) == sorted(BRACES.findall(english[code])), code
        if language != "en":
            assert text != english[code], code


def test_the_codes_of_the_catalogues_are_those_that_are_given() -> None:
    """Every code that stands in the program or that a kind of answer makes, and no other."""
    sources = Path(next(iter(onrecord.rag.__path__))).rglob("*.py")
    given = {code for source in sources for code in SAID_IN_CODE.findall(source.read_text(encoding="utf-8"))}
    kinds = {f"no_{expected.kind}" for question in QUESTIONS.values() if (expected := expectation(question))}
    written = {code for code in catalogue("en") if "." not in code}
    assert given | kinds | ADDED | set(COURTESIES) == written
    assert {*QUESTIONS, *NOT_ASKABLE, *COURTESIES, *OTHERS, *ADDED} == written, "each is met by a test"
    assert {code.removesuffix(".advice") for code in set(catalogue("en")) - written} == set(NOT_ASKABLE)


def test_what_a_question_names_is_no_pattern() -> None:
    assert "{0} does not occur" in message(Refusal("unknown_name", {"name": "{0}"}))


def test_numbers_are_written_as_the_language_writes_them() -> None:
    refusal = Refusal("too_long", {"characters": "12345", "limit": "4000"})
    assert "12,345" in advice(refusal) and "12.345" in advice(refusal, "es") and "12\u202f345" in advice(refusal, "fr")
    assert "1234" in message(Refusal("no_paragraph", {"paragraph": "1234"}), "fr")


# --- each reason -----------------------------------------------------------------------------------------------------


def assert_refused(answer: Answer, code: str, params: dict[str, str]) -> None:
    assert answer.refusal == Refusal(code, params)
    status = "nearest" if "near" in params else "refused"
    assert (answer.status, answer.answered) == (status, False)
    assert answer.text == message(answer.refusal, "en") and answer.sentences[0].text == answer.text
    shape = json.loads(json.dumps(answer_json(answer)))
    assert shape["status"] == status and shape["refusal"] == {"code": code, "params": params}
    for language in ("fr", "es"):
        told = in_language(answer, language)
        assert told.text == told.sentences[0].text == message(answer.refusal, language) != answer.text
        assert all(value in told.text for name, value in params.items() if name not in ("also", "characters", "limit"))
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
    assert in_language(answer, "es").text.endswith("Lo más cercano: HB/2031/9, para. 5.")
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
    assert answer_json(answer)["refusal"] is None and in_language(answer, "fr") is answer


def test_a_refusal_whose_code_is_no_longer_known_keeps_its_text(library: Library) -> None:
    answer = Answer(
        question="Why?", standalone_question="Why?", answered=False, text="For a reason.", refusal=Refusal("of_old")
    )
    assert in_language(answer, "fr").text == "For a reason."
