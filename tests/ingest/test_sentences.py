"""Where sentences begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.ingest.language.sentences import sentence_spans

from ..security.growth import grows_too_fast


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Lind spoke.", "He sat down."],
        ["Ms. Oduya-Lind, H.E. the Minister and Dr. Quist agreed.", "Nobody objected."],
        ["J. R. Orme kept the light.", "Then he left."],
        ["42. The Board met.", "It rose at noon."],
        ["12 bis. The Board met again.", "It rose."],
        ["3.2. The Board met.", "It rose."],
        ["No. 5 was lost.", "No. 6 was found."],
        ["See para. 4 and paras. 7 to 9 of vol. II.", "The rest is silent."],
        ["Asked whether he agreed, he said no.", "Then he left."],
        ["She admired his art.", "He admired hers."],
        ["They met at 3 p.m.", "They rose at 6 p.m.", "12 were lost."],
        ["By Ms. Lind: H.B. 3368.", "A bill to light the lights."],
        ["They came from the U.S. Embassy.", "They went home."],
        ["It cost 3.5 million.", "12 were lost."],
        ["“Is it over?” she asked.", "“Yes.”", "He left."],
        ["He said (as he had before) that it was.", "(Nobody had asked.)", "The rest is silent."],
        ["Wait... what?", "No…", "Yes!", "¿Qué?", "¡Ya!"],
        ["It was adopted.<sup>1</sup>", "It was published.[2]", "It was forgotten.³", "It was found."],
        ["See [E/CN.7/2018/1](#).", "**It was adopted.**", "*Nobody* objected."],
        ["Она сказала.", "Он ушёл."],
        ["She asked for: (a) a boat; (b) a lamp.", "(c) was dropped."],
    ],
)
def test_sentences_end_where_they_end(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected
    assert sentences("\n".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We ask for:\n• a boat\n• a lamp, lit\n\nThank you",
            ["We ask for:", "• a boat", "• a lamp, lit", "Thank you"],
        ),
        ("- one\n- two. Two more\n  – three", ["- one", "- two.", "Two more", "– three"]),
        ("1. Opening\n2. Closing\n(a) lunch", ["1. Opening", "2. Closing", "(a) lunch"]),
        ("| a | b |\n| c | d |", ["| a | b |", "| c | d |"]),
        ("A heading\n\nA paragraph", ["A heading", "A paragraph"]),
        ("the coverage and\n\nquality of lights. End.", ["the coverage and\n\nquality of lights.", "End."]),
        ("was adopted.\n\nthe next began", ["was adopted.", "the next began"]),
        ("hard-wrapped lines\nbelong together.", ["hard-wrapped lines\nbelong together."]),
        ("他走了。她也走了！", ["他走了。", "她也走了！"]),
        ("  \n ", []),
        ("", []),
    ],
)
def test_lines_and_paragraphs(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


ENDINGS = st.sampled_from(
    [". ", "\n", "\n\n", "• ", "- ", "Mr.", "...", "42. ", "“", "”", " ", "\t", "<sup>1</sup>", "A"]
)


@given(st.lists(ENDINGS | st.text(max_size=8), max_size=30).map("".join))
def test_only_white_space_is_left_out(text: str) -> None:
    spans = sentence_spans(text)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert not "".join(text[end:start] for end, start in zip(edges[::2], edges[1::2], strict=True)).strip()


@pytest.mark.slow
@pytest.mark.parametrize("text", ["e.g. ", ".", " ", "a\n"])
def test_the_time_of_strange_texts_grows_with_them_and_not_faster(text: str) -> None:
    assert not grows_too_fast(sentence_spans, lambda length: text * (length // len(text)) + "x")
