"""A document as HTML: exact highlights, safe text, paragraphs as paragraphs."""

import re
from dataclasses import replace
from html import unescape

import pytest

from onrecord.ui.page.views.card import card_html
from onrecord.ui.page.views.pane import WHOLE_CHARS, Span, blocks, document_html, extent, marked
from onrecord.ui.page.words import words_in
from onrecord.vectorstore.passage import Document, Locator, Passage
from onrecord.vectorstore.structure import Item, Outcome, SpeakerTurn, Structure

pytestmark = pytest.mark.slow


def shown(text: str, quote: str, *passages: Passage) -> str:
    start = text.index(quote)
    document = Document(id="d", source="/x/y.md", title="T", text=text)
    return document_html(document, passages, start, start + len(quote))


def marks(html: str) -> list[str]:
    return [unescape(mark) for mark in re.findall("<mark>(.*?)</mark>", html)]


@pytest.mark.parametrize(
    ("text", "quote", "words"),
    [
        ("One. Two three. Four.", "Two three.", "Two three."),
        ("One **two three** four.", "**two three**", "two three"),
        ("One **two three** four.", "two", "two"),
        ("a < b & c > d", "b & c", "b & c"),
        ("Before [a link](http://x) after", "[a link](http://x)", "a link"),
        (
            "Line one\nline two\nline three of a paragraph that is long enough to be folded by the reader here",
            "line two",
            "line two",
        ),
    ],
)
def test_the_mark_holds_exactly_the_quote(text: str, quote: str, words: str) -> None:
    assert marks(shown(text, quote)) == [words]


def test_spaces_around_the_mark_are_kept() -> None:
    assert marked("one two three", Span(start=0, end=13), Span(start=4, end=7)) == "one <mark>two</mark> three"
    assert marked("one two three", Span(start=0, end=13), Span(start=3, end=8)) == "one <mark>two</mark> three"
    assert marked("one,two", Span(start=0, end=7), Span(start=4, end=7)) == "one,<mark>two</mark>"


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    assert marks(shown("One two.\n\nThree four.", "two.\n\nThree")) == ["two.", "Three"]


def test_markup_in_the_text_is_text() -> None:
    html = shown("A <script>alert(1)</script> and <img src=x onerror=y>.", "<script>alert(1)</script>")
    assert "<script" not in html and "<img" not in html
    assert marks(html) == ["<script>alert(1)</script>"]


def test_blank_lines_part_blocks() -> None:
    text = "# One\n\ntwo\ntwo\n \n\nthree"
    assert [text[b.start : b.end] for b in blocks(text, Span(start=0, end=len(text)))] == ["# One", "two\ntwo", "three"]


def test_headings_lists_and_tables_are_shown_as_such() -> None:
    text = "## Part\n\n- one\n- two\n\n| A | B |\n| --- | ---: |\n| x | 1 |\n|  | 2 |\n\nEnd."
    html = shown(text, "1")
    assert "<h4>Part</h4>" in html
    assert html.count('class="r-item"') == 2
    assert "<tr><th>A</th><th>B</th></tr><tr><td>x</td><td><mark>1</mark></td></tr><tr><td></td><td>2</td></tr>" in html


def test_pages_are_told_and_the_place_of_the_quote() -> None:
    text = "First page.\n\nSecond page."
    passages = [
        Passage(id="a", document_id="d", text=text[:11], start=0, end=11, locator=Locator(page="1")),
        Passage(
            id="b",
            document_id="d",
            text=text[13:],
            start=13,
            end=25,
            locator=Locator(page="2", speaker="Norway", paragraph="7", section="T > Debate", certainty=0.98),
        ),
    ]
    html = shown(text, "Second", *passages)
    assert re.findall("<span>(p. .)</span></p>", html) == ["p. 1", "p. 2"]
    assert 'href="page/speakers/Norway"' in html
    told = ("para. 7", "p. 2", "Debate", "read by machine")
    assert "".join(f"<span>{part}</span>" for part in told) in html


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (3, 1), (0, 10**9), (10**9, 10**9)])
def test_offsets_from_outside_are_cut_to_the_text(start: int, end: int) -> None:
    html = document_html(Document(id="d", source="y", title="T", text="One."), (), start, end)
    assert "One." in re.sub("<[^>]*>", "", html)


def test_a_long_document_is_shown_around_the_quote() -> None:
    text = "\n\n".join(f"Paragraph {n} says what it says." for n in range(30_000))
    assert len(text) > WHOLE_CHARS
    start = text.index("Paragraph 20000 ")
    quote = Span(start=start, end=start + 15)
    window = extent(text, quote)
    assert 0 < window.start < quote.start and quote.end < window.end < len(text)
    assert text[window.start : window.start + 10] == "Paragraph " and text[window.end - 1] == "."
    html = document_html(Document(id="d", source="y", title="T", text=text), (), quote.start, quote.end)
    assert marks(html) == ["Paragraph 20000"] and html.count("left out here") == 2


def test_a_long_document_without_paragraphs_is_cut_all_the_same() -> None:
    window = extent("x" * (WHOLE_CHARS * 3), Span(start=600_000, end=600_010))
    assert window.start < 600_000 < 600_010 < window.end and window.end - window.start < WHOLE_CHARS


# --- the card ----------------------------------------------------------------------------------------------------

COUNCIL = """Town council

1. Ferries

Ms. Moor: The <b>last</b> boat leaves too early.

Mr. Tan: It costs too much.

Ms. Moor: Forty workers need it.

The motion was carried by 9 votes to 8.

2. Benches

The council decided:

(a) to paint them.
"""


def card(structure: Structure, language: str = "en", unfolded: bool = True, **facts: str) -> str:
    document = Document(id="d", source="/x/y.md", title="T", text=COUNCIL, sha256="0" * 64, **facts)
    return card_html(document, structure, words_in(language), unfolded=unfolded)


def led_to(html: str) -> list[tuple[str, str]]:
    """What each button of a card says, and the words of the document that it leads to."""
    found = re.findall(r'data-start="(\d+)" data-end="(\d+)"[^>]*>(.*?)</button>', html)
    return [(unescape(words), COUNCIL[int(start) : int(end)]) for start, end, words in found]


def place_of(words: str, until: str = "") -> dict[str, int]:
    start = COUNCIL.index(words)
    return {"start": start, "end": COUNCIL.index(until, start) if until else start + len(words)}


def council() -> Structure:
    turns = [
        SpeakerTurn(speaker=name, label=f"{name}:", **place_of(f"{name}: {said}"))
        for name, said in (("Ms. Moor", "The <b>"), ("Mr. Tan", "It costs"), ("Ms. Moor", "Forty"))
    ]
    carried, decided = "The motion was carried by 9 votes to 8.", "The council decided:"
    return Structure(
        turns=tuple(turns),
        items=(
            Item(id="0", kind="item", heading="Town council", **place_of("Town council\n")),
            Item(id="1", kind="item", heading="1. Ferries", number="1", **place_of("1. Ferries", "2. Benches")),
            Item(id="2", kind="item", heading="Benches", number="2", **place_of("2. Benches", "to paint")),
        ),
        outcomes=(
            Outcome(item="1", kind="vote", text=carried, **place_of(carried)),
            Outcome(item="2", kind="decision", text=decided, **place_of(decided)),
        ),
    )


def test_the_card_leads_to_who_spoke_to_the_items_and_to_what_became_of_them() -> None:
    html = card(council(), body="Council <of> Osterwick", session="3rd session")
    assert led_to(html) == [
        ("Ms. Moor", "Ms. Moor:"),
        ("Mr. Tan", "Mr. Tan:"),
        ("1. Ferries", "1. Ferries"),
        ("The motion was carried by 9 votes to 8.", "The motion was carried by 9 votes to 8."),
        ("2 Benches", "2. Benches"),
    ], "each speaker once; no heading with nothing under it; no lead-in without what it leads to"
    assert "Council &lt;of&gt; Osterwick" in html and "3rd session" in html and html.startswith("<details")


def test_the_card_names_the_sponsors_of_a_resolution_and_of_no_more_than_one() -> None:
    ferries, benches = council().items[1:]
    put_forward = replace(ferries, sponsors=("Osk", "Lund"), additional_sponsors=tuple(f"State {n}" for n in range(30)))
    html = card(replace(council(), items=(put_forward, benches)))
    assert "<dt>Sponsors</dt><dd>(32) Osk, Lund, State 0, " in html and "State 21, and 8 more</dd>" in html
    of_two = replace(council(), items=(put_forward, replace(benches, sponsors=("Osk",))))
    assert "Sponsors" not in card(of_two) and "Sponsors" not in card(council())


def test_the_card_is_in_the_reader_s_language_and_folded_beside_a_quote() -> None:
    assert "Ont parlé" in card(council(), "fr") and " open>" in card(council())
    assert " open>" not in card(council(), unfolded=False)


def test_parts_of_the_only_item_are_shown_and_outcomes_without_items_by_themselves() -> None:
    whole = Item(id="9", kind="item", heading="Town council", start=0, end=len(COUNCIL))
    inside = replace(council(), items=(whole, *(replace(item, parent="9") for item in council().items[1:])))
    assert ("1. Ferries", "1. Ferries") in led_to(card(inside)) and "Town council" not in card(inside)
    assert led_to(card(replace(council(), items=(), turns=()))) == [("The motion was carried by 9 votes to 8.",) * 2]


def test_the_card_offers_an_overview_at_three_lengths_and_the_way_to_all_that_somebody_says() -> None:
    html = card(council())
    assert re.findall(r'data-length="(\w+)" data-of-document="d"', html) == ["brief", "usual", "full"]
    assert re.findall(r'href="(page/speakers/[^"]+)"', html) == ["page/speakers/Ms.%20Moor", "page/speakers/Mr.%20Tan"]
    assert "data-length" in card(Structure()), "also where nothing else is known"
