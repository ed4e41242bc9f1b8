"""The reader that comes with the program: what it judges, and what happens where there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from rapporteur.ingest.sentences import sentence_spans
from rapporteur.rag import Library, open_library
from rapporteur.rag.compose import choose
from rapporteur.rag.judge import open_judge
from rapporteur.rag.query import read_question
from rapporteur.rag.reader import Excerpt, Reader, Verdict, open_reader
from rapporteur.rag.retrieve import retrieve
from rapporteur.rag.service import Tally
from rapporteur.rag.settings import Settings
from rapporteur.rag.shapes import answer_json
from rapporteur.rag.verdicts import Reading, none_answers
from rapporteur.ui.doctor import examine
from rapporteur.vectorstore.errors import ModelError

from ..fakes import HashEmbedder
from .invariants import check
from .records import write_records

HARBOUR = (
    "The Harbour Board met in Osterwick from 10 to 12 March 2031, with 23 members present. It approved a dredging "
    "budget of 4.2 million crowns. The treasurer, Ilse Brandt, warned that the pilot fees had not risen since 2019."
)
GARDEN = "Tulips are planted in autumn. They flower in April. Mice like to eat the bulbs."


def excerpt(text: str, lead: str = "") -> Excerpt:
    return Excerpt(text=text, sentences=tuple(sentence_spans(text)), lead=lead)


@pytest.fixture(scope="module")
def reader() -> Reader:
    opened = open_reader("bundled")
    assert opened is not None
    return opened


@pytest.mark.parametrize(
    ("question", "number", "answer"),
    [
        ("How many members were present?", 0, "23"),
        ("How large is the dredging budget?", 1, "4.2 million"),
        ("Who warned about the pilot fees?", 2, "Ilse Brandt"),
    ],
)
def test_the_sentence_that_answers_is_likeliest(reader: Reader, question: str, number: int, answer: str) -> None:
    [verdict] = reader.judge(question, [excerpt(HARBOUR)])
    assert max(range(3), key=verdict.sentences.__getitem__) == number
    assert verdict.span is not None and answer in HARBOUR[slice(*verdict.span)]


def test_an_excerpt_that_answers_is_likelier_than_one_that_does_not(reader: Reader) -> None:
    verdicts = reader.judge("Who warned about the pilot fees?", [excerpt(GARDEN), excerpt(HARBOUR)])
    assert verdicts[0].answers < verdicts[1].answers
    assert max(verdicts[0].sentences) < max(verdicts[1].sentences)
    assert all(0 <= value <= 1 for one in verdicts for value in (one.answers, *one.sentences, *one.supports))


def test_what_is_judged_together_is_judged_alike(reader: Reader) -> None:
    """Neither the order nor the padding to the longest of a batch may change a verdict."""
    question = "How large is the dredging budget?"
    texts = [HARBOUR, GARDEN, f"{GARDEN} {HARBOUR}"] * 4
    together = reader.judge(question, [excerpt(text) for text in texts])
    for text, verdict in zip(texts, together, strict=True):
        [alone] = reader.judge(question, [excerpt(text)])
        # The scale of eight-bit numbers is set by the largest of a batch.
        assert verdict.answers == pytest.approx(alone.answers, abs=0.06)
        assert verdict.sentences == pytest.approx(alone.sentences, abs=0.06)


def test_the_lead_is_context_and_no_sentence(reader: Reader) -> None:
    [verdict] = reader.judge("Who warned about the pilot fees?", [excerpt(HARBOUR, lead="Harbour Board: Finances")])
    assert len(verdict.sentences) == 3
    assert verdict.span is not None and "Brandt" in HARBOUR[slice(*verdict.span)]


def test_sentences_beyond_what_it_can_take_in_count_as_no_answer(reader: Reader) -> None:
    long = " ".join([GARDEN] * 30 + [HARBOUR])
    [verdict] = reader.judge("Who warned about the pilot fees?", [excerpt(long)])
    assert len(verdict.sentences) == 93
    assert verdict.sentences[-1] == 0


def test_nothing_to_judge_gives_nothing(reader: Reader) -> None:
    assert reader.judge("Who?", []) == []


def test_it_says_what_it_is(reader: Reader) -> None:
    assert reader.name == "bundled"
    assert reader.about["weights"] == "int8" and reader.about["commit"] and reader.about["steps"] > 0


def test_none_is_no_reader() -> None:
    assert open_reader("none") is None


def test_a_file_that_is_missing_or_no_reader_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="--reader"):
        open_reader(tmp_path / "missing.onnx")
    wrong = tmp_path / "wrong.onnx"
    wrong.write_text("no model", encoding="utf-8")
    with pytest.raises(ModelError, match=r"wrong\.onnx holds no reader"):
        open_reader(wrong)


# --- in answers --------------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=HashEmbedder(), reader="bundled") as opened:
        opened.ingest([write_records(tmp_path / "records")])
        yield opened


def test_an_answer_says_which_reader_took_part(library: Library) -> None:
    answer = library.ask("Who warned about the pilot fees?")
    assert answer.reader == "bundled" and answer_json(answer)["reader"] == "bundled"
    assert any("Ilse Brandt" in citation.quote for citation in answer.citations)
    check(answer, library)
    library.reader = None
    without = library.ask("Who warned about the pilot fees?")
    assert without.reader is None and answer_json(without)["reader"] is None
    check(without, library)


def test_the_reader_moves_up_the_passage_that_answers(library: Library) -> None:
    question = "How long is the closed season that Norway can accept?"
    query = read_question(library.store, question)
    plain = {hit.passage.id: hit.score for hit in retrieve(library.store, query)}
    assert library.reader is not None
    reading = Reading(reader=library.reader, question=query.text)
    hits = retrieve(library.store, query, reading=reading)
    raised = {hit.passage.id: hit.score - plain[hit.passage.id] for hit in hits if hit.passage.id in reading.passages}
    most = max(raised, key=raised.__getitem__)
    assert "six weeks" in next(hit.passage.text for hit in hits if hit.passage.id == most)


def test_a_passage_is_read_once_for_a_question(library: Library) -> None:
    query = read_question(library.store, "How large is the dredging budget?")
    hits = retrieve(library.store, query)
    counted = CountingReader(judging=library.reader)
    reading = Reading(reader=cast(Reader, counted), question=query.text)
    reading.read(hits)
    reading.read(hits)
    assert counted.excerpts == len(hits) == len(reading.passages)


def test_what_no_passage_answers_is_refused_for_the_reader_alone(library: Library) -> None:
    """A question in the records' own words, to which they hold no answer."""
    query = read_question(library.store, "Why does the treasurer live in Osterwick?")
    chosen = choose(library.store, query, retrieve(library.store, query), [])
    assert chosen
    sure, unsure = ([replace(one, answers=chance) for one in chosen] for chance in (0.001, 0.5))
    assert none_answers(query, sure)
    assert not none_answers(query, unsure)
    assert not none_answers(query, chosen), "a sentence that was not read speaks for no refusal"
    assert not none_answers(replace(query, wants_list=True), sure)


def test_the_reader_can_judge_what_a_model_wrote(reader: Reader) -> None:
    judge = open_judge("reader")
    assert judge.name == "reader"
    assert judge.holds(HARBOUR, "The Harbour Board met in Osterwick in March 2031.", Tally())
    assert not judge.holds(GARDEN, "The Harbour Board met in Osterwick in March 2031.", Tally())
    with pytest.raises(ModelError, match="none"):
        open_judge("reader:none")


def test_doctor_says_which_reader_there_is(tmp_path: Path) -> None:
    def says(reader: str) -> tuple[bool, str]:
        settings = Settings(library=tmp_path / "none", reader=reader)
        [found] = [one for one in examine(settings, lambda _: tmp_path / "none") if one.what == "Reader"]
        return found.ok, found.says

    assert says("none")[0] and "--reader bundled" in says("none")[1]
    assert says("bundled")[0] and says("bundled")[1].startswith("bundled, version")
    assert not says(str(tmp_path / "missing.onnx"))[0]


@dataclass
class CountingReader:
    """Passes on to a reader and counts what it is given."""

    judging: Reader | None
    excerpts: int = 0

    def judge(self, question: str, excerpts: Sequence[Excerpt]) -> list[Verdict]:
        self.excerpts += len(excerpts)
        assert self.judging is not None
        return self.judging.judge(question, excerpts)
