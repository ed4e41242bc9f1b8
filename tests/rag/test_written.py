"""What models write, in all the shapes they write it in: the same two sentences are read out of every one."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.ingest.language.dates import dates
from onrecord.rag.generation.parse_reply import claims, finished_claims, visible
from onrecord.rag.verification.numbers import quantities, units

A = "Norway wants a lower quota"
B = "Mexico wants to wait"

SHAPES = {
    "plain": f"{A} [1]. {B} [2].",
    "after the stop": f"{A}. [1] {B}. [2]",
    "no last stop": f"{A} [1]. {B} [2]",
    "round": f"{A} (1). {B} (2).",
    "Chinese brackets": f"{A}【1】. {B}【2】.",
    "Chinese brackets with a source": f"{A}【1†passage】. {B}【2†source】.",
    "with a letter": f"{A} [E1]. {B} [E2].",
    "with a word": f"{A} [passage 1]. {B} (see passage 2).",
    "with a colon": f"{A} [source: 1]. {B} [ID: 2].",
    "notes": f"{A} [^1]. {B} [^2].",
    "doubled": f"{A} [[1]]. {B} [[2]].",
    "with a link": f"{A} [1](#p1). {B} [2](https://x.example).",
    "with a paragraph": f"{A} [1, para. 4]. {B} [2, p. 17].",
    "bullets": f"- {A} [1]\n- {B} [2]",
    "stars": f"* {A} [1]\n* {B} [2]",
    "numbered": f"1. {A} [1]\n2. {B} [2]",
    "numbered with brackets": f"1) {A} [1]\n2) {B} [2]",
    "mark first": f"[1] {A}.\n[2] {B}.",
    "mark first in one line": f"[1] {A}. [2] {B}.",
    "mark first in bullets": f"- [1] {A}\n- [2] {B}",
    "mark on a line of its own": f"{A}.\n[1]\n\n{B}.\n[2]",
    "bold": f"**{A}** [1]. *{B}* [2].",
    "heading": f"# Answer\n\n{A} [1].\n\n## Mexico\n\n{B} [2].",
    "lead-in": f"Here is what the passages say:\n\n- {A} [1]\n- {B} [2]",
    "label": f"Answer: {A} [1]. {B} [2].",
    "bold label": f"**Answer:** {A} [1]. {B} [2].",
    "sources": f"{A} [1]. {B} [2].\n\nSources:\n[1] Report, para. 3\n[2] Minutes",
    "bold sources": f"{A} [1]. {B} [2].\n\n**References**\n1. Report",
    "fenced": f"```\n{A} [1]. {B} [2].\n```",
    "fenced with a language": f"```markdown\n{A} [1].\n{B} [2].\n```",
    "JSON": json.dumps({"answer": f"{A} [1]. {B} [2]."}),
    "fenced JSON": f"```json\n{json.dumps({'response': f'{A} [1]. {B} [2].'})}\n```",
    "JSON of sentences": json.dumps(
        {"sentences": [{"text": f"{A}.", "citations": [1]}, {"text": f"{B}.", "citations": ["2"]}]}
    ),
    "JSON list": json.dumps([{"sentence": f"{A}.", "passage": 1}, {"sentence": f"{B}.", "passage": "[2]"}]),
    "JSON list of strings": json.dumps([f"{A} [1].", f"{B} [2]."]),
    "cut JSON": f'{{"answer": "{A} [1]. {B} [2].',
    "thought": f"<think>Perhaps [3]? Norway, then.\n\nYes.</think>\n\n{A} [1]. {B} [2].",
    "thought without a beginning": f"Norway first [3]. Then Mexico.</think>{A} [1]. {B} [2].",
    "thought in brackets": f"[THINK]Let me see [3].[/THINK]{A} [1]. {B} [2].",
    "channels": f"<|channel|>analysis<|message|>See [3].<|end|><|channel|>final<|message|>{A} [1]. {B} [2].",
    "table": f"| Who and what | Where |\n|---|---|\n| {A} | [1] |\n| {B} | [2] |",
    "Windows": f"{A} [1].\r\n{B} [2].\r\n",
}


def read(written: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text.rstrip(". :"), claim.cited) for claim in claims(visible(written))]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_as_the_same_two_sentences(shape: str) -> None:
    assert read(SHAPES[shape]) == [(A, (1,)), (B, (2,))]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "thought without a beginning"])
def test_what_is_read_early_stays_as_it_is(shape: str) -> None:
    """However far a reply has come, the sentences that count as finished are those of the whole reply."""
    written = SHAPES[shape]
    whole = [claim.text for claim in claims(visible(written))]
    for length in range(len(written)):
        early = [claim.text for claim in finished_claims(written[:length])]
        assert early == whole[: len(early)], written[:length]


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("It is so [1, 2].", (1, 2)),
        ("It is so [1][2].", (1, 2)),
        ("It is so [1; 2] (3).", (1, 2, 3)),
        ("It is so [1-3].", (1, 3, 2)),
        ("It is so [passages 1 and 2].", (1, 2)),
        ("It is so in 2031 (2031).", ()),
        ("It is so [1234].", ()),
    ],
)
def test_marks_of_several_passages(written: str, cited: tuple[int, ...]) -> None:
    [claim] = claims(written)
    assert set(claim.cited) == set(cited)


def test_a_sentence_with_marks_inside_has_parts() -> None:
    [claim] = claims(f"{A} [1], while {B} [2].")
    assert claim.text == f"{A}, while {B}." and claim.cited == (1, 2)
    assert [numbers for _, numbers in claim.parts] == [(1,), (2,)]


def test_yes_goes_with_the_sentence_it_answers_by() -> None:
    assert read(f"Yes. {A} [1].") == [(f"Yes: {A}", (1,))]


@given(st.text(alphabet="ab 12[](){}\"'`.,:|-#*<>/\\\n【】†^", max_size=80))
def test_any_reply_can_be_read(written: str) -> None:
    for claim in claims(visible(written)):
        assert any(character.isalnum() for character in claim.text)
    finished_claims(written)


# --- numbers and dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("two per cent, 2%, 2 percent", [("2", "percent")] * 3),
        ("300,000 crowns, 300 000 crowns, three hundred thousand crowns", [("300000", "crown")] * 3),
        ("4.2 million dollars, $4.2 million, US$ 4,200,000", [("4200000", "dollar")] * 3),
        ("between five and ten per cent", [("5", "percent"), ("10", "percent")]),
        ("six weeks, a six-week season", [("6", "week"), ("6", "week")]),
        ("one hundred and five members", [("105", None)]),
        ("two or three", [("2", None), ("3", None)]),
        ("one delegation in COP28", []),
        ("ninth session, 9th session", [("9", None)]),
    ],
)
def test_a_number_has_one_form(text: str, found: list[tuple[str, str | None]]) -> None:
    assert [(quantity.value, quantity.unit) for quantity in quantities(text)] == [
        (Decimal(value), unit) for value, unit in found
    ]


def test_units_that_stand_alone_are_told_from_those_of_a_number() -> None:
    assert units("Budget (in crowns) | 300 | 65 per cent | €12") == {"crown"}


@pytest.mark.parametrize(
    ("written", "held", "agrees"),
    [
        ("3 May", "3 May 2018", True),
        ("3 May 2018", "2018-05-03", True),
        ("May 3rd, 2018", "3 May 2018", True),
        ("May 2018", "3 May 2018", True),
        ("3 May 2018", "le 3 mai 2018", True),
        ("3 May 2018", "3 de junio de 2018", False),
        ("12 March 2031", "from 10 to 12 March 2031", True),
        ("11 March 2031", "from 10 to 12 March 2031", False),
        ("3 May 2018", "May 2018", False),
        ("3 June", "3 May", False),
        ("3 May 2019", "3 May 2018", False),
    ],
)
def test_a_date_agrees_with_one_that_says_as_much(written: str, held: str, agrees: bool) -> None:
    [day], _ = dates(written)
    assert any(day.agrees_with(other, set()) for other in dates(held)[0]) == agrees


@pytest.mark.parametrize(
    ("written", "year", "month", "day"),
    [
        ("二〇三一年九月十二日", 2031, 9, 12),
        ("二〇三一年十二月三十日", 2031, 12, 30),
        ("2031年9月12日", 2031, 9, 12),
        ("6 أيار/مايو 2031", 2031, 5, 6),
        ("٦ تشرين الثاني/نوفمبر ٢٠٣١", 2031, 11, 6),
        ("٠٦/٠٥/٢٠٣١", 2031, 5, 6),
        ("٢٠٣١-١٢-٠٦", 2031, 12, 6),
        ("1ro de junio", None, 6, 1),
        ("1º de junio de 2031", 2031, 6, 1),
        ("1er juin 2031", 2031, 6, 1),
    ],
)
def test_dates_in_other_figures_and_names(written: str, year: int | None, month: int, day: int) -> None:
    assert [(each.year, each.month, each.day) for each in dates(f"({written})")[0]] == [(year, month, day)]


def test_a_thirteenth_month_is_no_date() -> None:
    assert not dates("2031年13月3日")[0]


def test_a_year_may_be_the_documents() -> None:
    [day], _ = dates("3 May 2018")
    [held], _ = dates("3 May")
    assert day.agrees_with(held, {2018}) and not day.agrees_with(held, {2019})
