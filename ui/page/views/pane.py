"""A document as HTML, with one quote in it highlighted.

    document -> extent (the whole text, or a window around the quote) -> blocks -> HTML, each piece escaped

The stored text keeps its Markdown marks and the quote's offsets count them. So every slice is first split where the
quote begins and ends, and only then are the marks taken out and the characters escaped: the highlight stays exact.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from ....rag.answer import Citation
from ....rag.tools.align import Paragraph
from ....vectorstore.markup import plain
from ....vectorstore.passage import Document, Locator, Passage
from ....vectorstore.structure import Structure
from ..page_image import Sheet, may_have_pages
from ..words import Words
from .card import card_html
from .conversation import ENGLISH, copy_html, source_name
from .template import html, together

WHOLE_CHARS = 400_000
_WINDOW_CHARS = 100_000
_SHORT_LINE_CHARS = 60
_BLANK = re.compile(r"\n[ \t]*\n\s*")
_HASHES = re.compile(r"(#{1,6})\s")
_BULLET = re.compile(r"(?:(?<![^\S\n])[^\S\n]++)?(?:[-*+•‣◦▪–—]|\\?\(?[0-9a-z]{1,3}[.)])\s+")
_DASHES = re.compile(r"(?:(?<![^\S\n])(?<![|:+])(?:[^\S\n]|[|:+])+)?-[\s|:+-]*")
_CELL = re.compile(r"(?:\\\||[^|])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


def document_html(
    document: Document,
    passages: Sequence[Passage],
    start: int,
    end: int,
    words: Words = ENGLISH,
    structure: Structure | None = None,
    versions: Sequence[tuple[Document, Paragraph | None]] = (),
    citation: Citation | None = None,
) -> Markup:
    """A document with `text[start:end]` highlighted, under its title, symbol, date, file and the place of the quote.

    Args:
        document: with its canonical text.
        passages: its passages in reading order; they tell headings, tables, pages and where the quote stands.
        start: offset of the quote's first character; cut to the text.
        end: offset behind its last character.
        words: the language of what stands around the text.
        structure: what the card at the head of the text is made of, which is unfolded where there is no quote.
        versions: the document in other languages, each with the paragraph that says what the quote's says.
        citation: how the quote is cited where it is copied and kept; without one it can be neither.
    """
    start = min(max(start, 0), len(document.text))
    quote = Span(start=start, end=min(max(end, start), len(document.text)))
    shown = extent(document.text, quote)
    return html(
        "reading",
        "document",
        head=_head(document, passages, quote, words, versions, citation),
        card=card_html(document, structure, words, unfolded=start >= end) if structure else "",
        blocks=together(_blocks_html(document.text, passages, shown, quote)),
        before=shown.start > 0,
        after=shown.end < len(document.text),
        language=document.language,
        words=words,
    )


def extent(text: str, quote: Span) -> Span:
    """What is shown of a text: all of it, or of a long one whole paragraphs around the quote."""
    if len(text) <= WHOLE_CHARS:
        return Span(start=0, end=len(text))
    first, last = max(quote.start - _WINDOW_CHARS, 0), min(quote.end + _WINDOW_CHARS, len(text))
    opening = text.find("\n\n", first, quote.start) if first else -1
    closing = text.rfind("\n\n", quote.end, last) if last < len(text) else -1
    return Span(start=opening + 2 if opening >= 0 else first, end=closing if closing >= 0 else last)


def blocks(text: str, shown: Span) -> Iterator[Span]:
    """The paragraphs, headings, lists and tables of a text, as blank lines part them."""
    position = shown.start
    for blank in _BLANK.finditer(text, shown.start, shown.end):
        if text[position : blank.start()].strip():
            yield Span(start=position, end=blank.start())
        position = blank.end()
    if text[position : shown.end].strip():
        yield Span(start=position, end=shown.end)


def marked(text: str, piece: Span, quote: Span) -> Markup:
    """A piece of a text as safe HTML, what the quote covers of it in <mark>."""
    first = min(max(quote.start, piece.start), piece.end)
    last = min(max(quote.end, first), piece.end)
    if first == last:
        return escape(_shown(text[piece.start : piece.end]))
    words = text[first:last]
    inner = plain(words)
    return together(
        [
            _shown(text[piece.start : first]),
            " " if words[:1].isspace() else "",
            html("reading", "mark", text=inner) if inner else "",
            " " if words[-1:].isspace() else "",
            _shown(text[last : piece.end]),
        ]
    )


def _shown(raw: str) -> str:
    """Raw text without its Markdown marks; white space at the ends stays as one space."""
    words = plain(raw)
    if not words:
        return " " if raw else ""
    return f"{' ' if raw[:1].isspace() else ''}{words}{' ' if raw[-1:].isspace() else ''}"


def sheet_html(document: Document, sheet: Sheet, start: int, end: int, words: Words = ENGLISH) -> Markup:
    """A page of a PDF as a picture, the quote marked on it; under it the way to its neighbours."""
    return html("reading", "sheet", document=document, sheet=sheet, start=start, end=end, words=words)


def _head(
    document: Document,
    passages: Sequence[Passage],
    quote: Span,
    words: Words,
    versions: Sequence[tuple[Document, Paragraph | None]],
    citation: Citation | None,
) -> Markup:
    locator = citation.locator if citation else locator_at(passages, quote.start)
    return html(
        "reading",
        "head",
        document=document,
        quote=quote,
        copy=copy_html(citation, words) if citation and citation.quote else "",
        has_pages=may_have_pages(document),
        facts=[document.symbol, document.date, source_name(document.source)],
        speaker=locator.speaker,
        place=_place(locator, document.title, words),
        versions=versions,
        words=words,
    )


def locator_at(passages: Sequence[Passage], position: int) -> Locator:
    """How people cite the place at an offset: the locator of the passage around it, an empty one between passages."""
    for passage in passages:
        if passage.start <= position < passage.end:
            return passage.locator
    return Locator()


def _place(locator: Locator, title: str, words: Words) -> list[str | None]:
    """How people cite a place, part by part, after whose words stand there."""
    headings = locator.section.removeprefix(title).removeprefix(" > ") if locator.section else ""
    return [*locator.printed_in(words.places), headings.replace(" > ", " › "), locator.reading_in(words.places)]


def _blocks_html(text: str, passages: Sequence[Passage], shown: Span, quote: Span) -> Iterator[Markup]:
    """Each block as HTML, a quiet line wherever a new page begins."""
    starts = {passage.start: passage for passage in passages}
    page = None
    for block in blocks(text, shown):
        passage = starts.get(block.start)
        if passage and passage.locator.page and passage.locator.page != page:
            page = passage.locator.page
            yield html("reading", "page", number=page)
        yield _block_html(text, block, quote, kind=passage.kind if passage else "")


def _block_html(text: str, block: Span, quote: Span, *, kind: str) -> Markup:
    words = text[block.start : block.end]
    lines = list(_lines(text, block))
    if hashes := _HASHES.match(words):
        return _heading(text, block, quote, depth=len(hashes[1]))
    if kind == "heading":
        return _heading(text, block, quote, depth=3)
    if words.lstrip().startswith("|") or (kind == "table" and "|" in words):
        return _table(text, lines, quote)
    if len(lines) > 1 and all(_BULLET.match(text, line.start, line.end) for line in lines):
        return together(html("reading", "item", text=marked(text, line, quote)) for line in lines)
    if len(lines) > 1 and all(line.end - line.start < _SHORT_LINE_CHARS for line in lines):
        return html("reading", "lines", lines=[marked(text, line, quote) for line in lines])
    part = "item" if _BULLET.match(words) and not words[:1].isdigit() else "paragraph"
    return html("reading", part, text=marked(text, block, quote))


def _heading(text: str, block: Span, quote: Span, *, depth: int) -> Markup:
    level = min(max(depth, 1) + 2, 6)
    return html("reading", "heading", level=level, text=marked(text, block, quote))


def _table(text: str, lines: Sequence[Span], quote: Span) -> Markup:
    headed = len(lines) > 1 and _DASHES.fullmatch(text, lines[1].start, lines[1].end)
    rows = [
        [Markup(marked(text, cell, quote).strip()) for cell in _cells(text, line)]
        for line in lines
        if not _DASHES.fullmatch(text, line.start, line.end)
    ]
    return html("reading", "table", rows=rows, headed=bool(headed))


def _lines(text: str, block: Span) -> Iterator[Span]:
    position = block.start
    for line in text[block.start : block.end].splitlines(keepends=True):
        if line.strip():
            yield Span(start=position, end=position + len(line.rstrip()))
        position += len(line)


def _cells(text: str, line: Span) -> Iterator[Span]:
    """The cells of a table's row: what stands between its bars."""
    for cell in _CELL.finditer(text, line.start, line.end):
        if cell[0].strip() or 0 < cell.start() - line.start < cell.end() - line.start < line.end - line.start:
            yield Span(start=cell.start(), end=cell.end())
