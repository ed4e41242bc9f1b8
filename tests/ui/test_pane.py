"""A document as HTML: exact highlights, safe text, paragraphs as paragraphs."""

import re
from html import unescape

import pytest

from onrecord.ui.page.views.pane import WHOLE_CHARS, Span, blocks, document_html, extent, marked
from onrecord.vectorstore.passage import Document, Locator, Passage

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
    told = ("Norway", "para. 7", "p. 2", "Debate", "read by machine")
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
