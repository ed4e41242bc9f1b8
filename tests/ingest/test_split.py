"""Passages: every word once, verbatim, within what the embedder takes."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.ingest.formats.blocks import Reading, TextBuilder
from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.split import split
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.passage import Passage
from onrecord.vectorstore.store import embedded_text

from ..fakes import HashEmbedder
from ..security.growth import grows_too_fast


def passages(reading: Reading, *, title: str = "Minutes", limit_tokens: int = 256) -> list[Passage]:
    return split(
        reading.text,
        structure(reading),
        document_id="d1",
        title=title,
        count_tokens=HashEmbedder().count_tokens,
        limit_tokens=limit_tokens,
    )


def of_text(text: str, **options: int) -> list[Passage]:
    return passages(read_text(text), **options)


WORDS = st.sampled_from(
    ["The", "light", "was", "out.", "Mr.", "Norway:", "No?", "(a)", "42.", "**bold**", "[x](#)", "lamp,", "æ", "x" * 90]
)
LINES = st.lists(WORDS, min_size=1, max_size=120).map(" ".join)
KINDS = st.sampled_from(["paragraph", "heading", "item", "table", "footnote", "rule", "furniture"])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    builder = TextBuilder()
    for kind, line in draw(st.lists(st.tuples(KINDS, LINES), min_size=1, max_size=12)):
        builder.add(line, kind, level=draw(st.integers(0, 3)))
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="text/plain")


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(readings(), st.sampled_from(["Minutes", "A very long title of " * 12]), st.sampled_from([24, 64, 256]))
def test_every_word_once_and_verbatim(reading: Reading, title: str, limit_tokens: int) -> None:
    embedder = HashEmbedder()
    found = passages(reading, title=title, limit_tokens=limit_tokens)
    covered = [False] * len(reading.text)
    for passage in found:
        assert passage.text == reading.text[passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert embedder.count_tokens(embedded_text(passage)) <= limit_tokens
        assert not any(covered[passage.start : passage.end])
        covered[passage.start : passage.end] = [True] * (passage.end - passage.start)
    assert [passage.order for passage in found] == list(range(len(found)))
    assert [passage.start for passage in found] == sorted(passage.start for passage in found)
    assert len({passage.id for passage in found}) == len(found)
    for unit in structure(reading):
        gaps = [reading.text[place] for place in range(unit.start, unit.end) if not covered[place]]
        assert not "".join(gaps).strip()


def test_a_piece_that_ends_before_a_blank_line_ends_with_its_word() -> None:
    builder = TextBuilder()
    for line in ("The", "The", "The " * 11 + "x" * 90, "light"):
        builder.add(line)
    reading = Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="text/plain")
    for limit_tokens in range(16, 40):
        found = passages(reading, limit_tokens=limit_tokens)
        assert all(passage.text == passage.text.strip() for passage in found)
        assert "".join("".join(passage.text for passage in found).split()) == "".join(reading.text.split())


def test_long_paragraphs_are_cut_at_sentences_into_even_pieces() -> None:
    sentence = "The light on Gannet Ledge was out for nine hours and more."  # 12 words
    found = of_text(" ".join([sentence] * 30), limit_tokens=256)
    assert [passage.text.count("out") for passage in found] == [15, 15]
    assert all(passage.text.endswith("more.") for passage in found)


def test_a_sentence_longer_than_the_limit_is_cut_between_words() -> None:
    found = of_text("word " * 1000, limit_tokens=100)
    assert len(found) == 11
    assert sum(passage.text.count("word") for passage in found) == 1000
    assert all(passage.text.startswith("word") and passage.text.endswith("word") for passage in found)


def test_a_word_longer_than_the_limit_is_cut_within() -> None:
    text = "x" * 20_000
    found = split(
        text,
        structure(read_text(text)),
        document_id="d1",
        title="",
        count_tokens=lambda words: len(words) // 4,
        limit_tokens=100,
    )
    assert "".join(passage.text for passage in found) == text
    assert all(len(passage.text) // 4 <= 100 for passage in found)


def test_list_items_stay_with_their_lead_in() -> None:
    found = of_text("Norway: We ask for:\n\n• a boat\n\n• a lamp\n\nMexico: No.")
    assert [passage.text for passage in found] == ["Norway: We ask for:\n\n• a boat\n\n• a lamp", "Mexico: No."]
    assert [(passage.kind, passage.locator.speaker) for passage in found] == [
        ("item", "Norway"),
        ("paragraph", "Mexico"),
    ]


def test_turns_and_numbered_paragraphs_never_merge() -> None:
    assert len(of_text("Norway: Yes.\n\nMexico: No.\n\nNorway: Yes.\n\nNorway: And yes.")) == 4
    assert [passage.locator.paragraph for passage in of_text("1. One.\n\n2. Two.\n\n(a) Half.\n\n3. Three.")] == [
        "1",
        "2",
        "2",
        "3",
    ]


def test_short_neighbours_are_joined_and_long_ones_are_not() -> None:
    long = "The light on Gannet Ledge was out for nine hours, and nobody came to see to it until noon. " * 3
    assert len(of_text("Short.\n\nAlso short.\n\nShort again.")) == 1
    assert len(of_text(f"{long}\n\n{long}")) == 2


def test_footnotes_and_headings_stand_apart() -> None:
    found = of_text("# Lights\n\nText.[^1]\n\n[^1]: One.\n\n[^2]: Two.")
    assert [passage.kind for passage in found] == ["heading", "paragraph", "footnote", "footnote"]


def test_the_context_is_searched_and_never_quoted() -> None:
    (_, passage) = of_text("# Lights\n\nNorway: Out.\n\nNorway: Lit.")[:2]
    assert passage.context == "Minutes | Lights | Norway"
    assert embedded_text(passage) == "Minutes | Lights | Norway\nNorway: Out."
    assert passage.text == "Norway: Out."


PARAGRAPH = "The light on Gannet Ledge was out for nine hours, and nobody came to see to it until noon or later. "


def test_ids_stay_when_the_text_changes_elsewhere() -> None:
    body = [f"{number}. {PARAGRAPH * 3}" for number in range(1, 9)]
    before = of_text("\n\n".join(body))
    body[2] += "Words were added."
    body.insert(0, "A new opening.")
    after = of_text("\n\n".join(body))
    old = {passage.id for passage in before}
    assert [passage.locator.paragraph for passage in after if passage.id not in old] == [None, "3"]


def test_the_same_words_twice_have_two_ids() -> None:
    found = of_text("\n\n".join([PARAGRAPH * 3] * 3))
    assert len({passage.id for passage in found}) == 3


def test_ids_differ_between_documents() -> None:
    text = "It was lit."
    units = structure(read_text(text))
    ids = {
        split(text, units, document_id=key, title="", count_tokens=HashEmbedder().count_tokens, limit_tokens=99)[0].id
        for key in ("d1", "d2")
    }
    assert len(ids) == 2


@pytest.mark.slow
@pytest.mark.parametrize("text", ["word ", "a.b", "Norway: Yes.\n\n"])
def test_the_time_grows_with_the_text_and_not_faster(text: str) -> None:
    assert of_text(text * 20_000)
    assert not grows_too_fast(of_text, lambda length: text * (length // len(text)))


def test_only_what_may_be_too_long_is_counted() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return HashEmbedder().count_tokens(text)

    reading = read_text("The lamp was out.\n\n" + "The keeper lit the lamp again. " * 80)
    split(reading.text, structure(reading), document_id="d1", title="Minutes", count_tokens=count, limit_tokens=256)
    assert "The lamp was out." not in counted
    assert any(text.count("keeper") == 80 for text in counted)


def test_letters_that_stand_for_many_are_counted_as_what_they_stand_for() -> None:
    reading = read_text("\ufdfa " * 9)  # of 18 letters each, 3 bytes
    found = split(
        reading.text,
        structure(reading),
        document_id="d1",
        title="",
        count_tokens=lambda text: len(unicodedata.normalize("NFKC", text)),
        limit_tokens=80,
    )
    assert len(found) > 1
