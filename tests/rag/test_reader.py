"""The reader that comes with the program: what it judges, and what happens where there is none."""

from pathlib import Path

import pytest

from rapporteur.ingest.sentences import sentence_spans
from rapporteur.rag.reader import Excerpt, Reader, open_reader
from rapporteur.vectorstore.errors import ModelError

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
