"""Text PDFs, page by page, lines put back together into paragraphs (PDFium).

    lines of each page -> running heads and feet cut -> lines joined into paragraphs -> pages joined

PDFium gives characters in the order they were drawn: right for columns, except that heads, feet and footnotes may
come first. So lines are never sorted; what repeats at the edge of the pages is cut by its place and wording.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise, zip_longest
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from ....vectorstore.structure import Omission
from ...language.marks import ends
from ...language.states import is_broken_label
from ...language.tables import word_list
from ...structure.noise import garbled_share
from ...structure.paragraphs import is_open
from ...structure.speakers import begins_turn, is_label_of_two_lines
from ..blocks import Reading, TextBuilder, omissions
from ..table import Row, find_header, labelled_rows
from .line_numbers import without_line_numbers
from .lines import HYPHENS, PDFIUM, lines_of_pages
from .page_labels import page_labels, stated_labels
from .printed import Grid, Line
from .scans import garbled_scans, inked, named_pages
from .tables import Stretch, stretches

if TYPE_CHECKING:
    from .ocr import Scanned

_PAGE_NUMBER = re.compile(
    r"^(?:page\s*+)?[-–—]?\s*+(\d{1,4}|[ivxl]{1,6})\s*+[-–—]?(?:\s*+(?:/|of|de|sur)\s*+\d{1,4})?$", re.I
)
_PAGE_OF_PAGES = re.compile(
    r"^(?:[\w.-]{3,20}\s+(?:\([A-Z]\)\s+)?)?\d{1,4}\s*/\s*\d{1,4}(?:\s+[\w.-]{3,20}(?:\s+\([A-Z]\))?)?$"
)
_JOB_NUMBER = re.compile(r"^(?:\*\d{5,12}\*|\d\d-\d{5}(?:\s+\([A-Z]\))?(?:\s+\d{6})?)$")
_SYMBOL = re.compile(r"^[A-Z]{1,5}[./-][\w.()-]++(?:/[\w.()-]++)*$")
_BEGINS_ITEM = re.compile(
    r"^(?:\d{1,3}\.\s|\d{1,3}(?:\.(?:\d{1,3}|[IVX]{1,4}))+\.?\s|\([a-z]{1,4}\)\s|[•·▪◦–—-]\s|[A-Z][.)]\s|[IVX]{1,5}\.\s)"
)
_FEWEST_NAMING_WORDS = 3
# In sizes of the body: subheadings in bold are set somewhat smaller in some houses, captions and notes smaller yet.
_SMALLEST_BOLD = 0.8
_NEVER_HEADING = re.compile(r"^(?:\([a-z]{1,4}\)|[•·▪◦–—-])\s")
_HYPHENATED, _CLOSED = word_list("hyphenated"), word_list("closed_compounds")
_SHORTEST_SECOND = 4
_NOTE_MARK = re.compile(r"^(?P<mark>\d{1,3}|[a-z]|\*{1,3}|[†‡§¹²³⁴-⁹]+)\)?(?:\s|(?<=[*†‡§¹²³⁴-⁹]))\s*\S")


class _Sheet(NamedTuple):
    """A page's label, and how certain the machine was that read it off a picture, if one did."""

    label: str | None
    certainty: float | None


def read_pdf(data: bytes, languages: str = "eng") -> Reading:
    """Blocks of a PDF; pages that are pictures of text are read by OCR where there is any.

    `languages` are those they are in, as Tesseract names them. Raises ValueError saying why it could not be read
    (password, damage, no text and no OCR).
    """
    left_out: Counter[str] = Counter()
    with PDFIUM:
        pages = lines_of_pages(data, left_out)
        stated = stated_labels(data)
    pages, omitted = _without_watermarks(pages)
    scanned, unread = _recognised(data, pages, languages)
    pages = [scanned[number].lines if number in scanned else page for number, page in enumerate(pages)]
    if not any(pages):
        raise ValueError(f"it is a scan; {'; '.join(unread) or 'nothing could be recognised on its pages'}")
    certainties = {number: page.certainty for number, page in scanned.items()}
    reading = _reading(pages, stated, certainties)
    left = omissions(left_out, "on its pages")
    return replace(reading, notes=unread, omitted=(*omitted, *reading.omitted, *left))


def read_image(data: bytes, languages: str = "eng") -> Reading:
    """Blocks of a picture of text (PNG, JPEG, TIFF with its pages). Raises ValueError saying why there are none."""
    from .ocr import picture_pages

    media_type, frames, scanned = picture_pages(data, languages=languages)
    if not any(page.lines for page in scanned):
        raise ValueError(f"no text could be recognised in the picture (it was read as {languages})")
    certainties = {number: page.certainty for number, page in enumerate(scanned)}
    reading = _reading([page.lines for page in scanned], [""] * len(scanned), certainties)
    late = list(range(len(scanned), frames))
    notes = _left_out(late, [], "reading them takes too long")
    return replace(reading, media_type=media_type, pages=frames, notes=notes)


def _reading(pages: Sequence[Sequence[Line]], stated: Sequence[str], certainties: Mapping[int, float]) -> Reading:
    """The text of pages of lines; `stated` are the labels that the file gives its pages."""
    pages, numbers = without_line_numbers(pages)
    pages = _with_hyphens(pages)
    furniture = _repeated(pages)
    labels = page_labels(pages, stated)
    body_size = _body_size(pages)
    bodies = [[line for line in page if not _is_furniture(line, furniture, pages)] for page in pages]
    edges = sum(map(len, pages)) - sum(map(len, bodies)) if any(bodies) else 0
    builder, columns = TextBuilder(), _Columns()
    last: Sequence[Line] = []
    for number, (label, body) in enumerate(zip(labels, bodies if any(bodies) else pages, strict=True)):
        sheet = _Sheet(label, certainties.get(number))
        notes = _footnotes(body, body_size)
        last = _add_page(builder, [line for line in body if line not in notes], sheet, body_size, last, columns)
        for note in _paragraphs(notes, _NOTE_MARK):
            builder.add(_joined(note), "footnote", page=sheet.label, certainty=sheet.certainty)
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/pdf",
        pages=len(pages),
        omitted=(*numbers, *omissions({"running heads and feet": edges}, "at the edges of the pages")),
    )


def _without_watermarks(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[Omission, ...]]:
    """The pages without what is set aslant across them."""
    count = sum(line.aslant for page in pages for line in page)
    omitted = (Omission(what="lines of watermarks", count=count, where="aslant across the pages"),) if count else ()
    return [[line for line in page if not line.aslant] for page in pages], omitted


# --- scans ------------------------------------------------------------------------------------------------------


def _recognised(
    data: bytes, pages: Sequence[Sequence[Line]], languages: str
) -> tuple[dict[int, "Scanned"], tuple[str, ...]]:
    """What OCR reads on the pages that have no text, or text that was read off them badly; and what it could not read.

    Where it cannot run, the pages with text must do.
    """
    pictures = inked(data, [number for number, page in enumerate(pages) if not page])
    garbled = garbled_scans(data, pages)
    if not pictures and not garbled:
        return {}, ()
    from .ocr import OTHER_SCRIPTS, ocr_pages

    try:
        read = ocr_pages(data, [*pictures, *garbled], languages=languages)
    except ValueError as error:
        if not any(pages):
            raise
        return {}, _left_out(pictures, garbled, str(error).rpartition(": ")[2])
    better = {number for number in garbled if number in read and _is_better(read[number].lines, pages[number])}
    illegible = [number for number in pictures if number in read and not read[number].lines]
    late = [number for number in pictures if number not in read]
    return {number: page for number, page in read.items() if page.lines and (number in pictures or number in better)}, (
        *_left_out(late, [], "reading them takes too long"),
        *_left_out(illegible, [], f"nothing legible is found there ({languages}); {OTHER_SCRIPTS}"),
    )


def _is_better(read: Sequence[Line], layer: Sequence[Line]) -> bool:
    return bool(read) and garbled_share(_words(read)) < garbled_share(_words(layer))


def _words(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines)


def _left_out(pictures: Sequence[int], garbled: Sequence[int], why: str) -> tuple[str, ...]:
    notes: list[str] = []
    if pictures:
        verb = "has" if len(pictures) == 1 else "have"
        notes.append(f"{named_pages(pictures)} {verb} no text and could not be read: {why}")
    if garbled:
        notes.append(f"the text of {named_pages(garbled)} was badly read off a scan: {why}")
    return tuple(notes)


# --- hyphens --------------------------------------------------------------------------------------------------------


def _with_hyphens(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Lines whose last hyphen belongs to the word ("twenty-|first") end with it; others keep the mark of a break."""
    words = {word for page in pages for word in _whole_words(page)}
    return [
        [
            _with_hyphen(line, following.text if following else "", words)
            for line, following in zip_longest(page, page[1:])
        ]
        for page in pages
    ]


def _whole_words(page: Sequence[Line]) -> Iterator[str]:
    """The words of a page but for the halves of those that a hyphen breaks at the end of a line."""
    broken = False
    for line in page:
        words = re.findall(r"\w[\w-]*", line.text.casefold())
        breaks = line.text.endswith(("-", *HYPHENS))
        yield from words[int(broken) : len(words) - int(breaks)]
        broken = breaks


def _with_hyphen(line: Line, following: str, words: Set[str]) -> Line:
    is_broken = line.text.endswith(HYPHENS) or (re.search(r"\w-$", line.text) and following[:1].islower())
    if not is_broken:
        return line
    if re.search(r"(?:\A|[\s-])[^\w\s]\Z", line.text):  # a dash, which parts no word
        return replace(line, text=line.text[:-1] + "-")
    hyphen = "-" if _is_compound(line.text[:-1], following, words) else HYPHENS[0]
    return replace(line, text=line.text[:-1] + hyphen)


def _is_compound(before: str, after: str, words: Set[str]) -> bool:
    """Whether a word broken at a hyphen has it in its middle, as the same record writes it elsewhere.

    Where it does not occur elsewhere, both parts are words of the record, or the second opens with a capital.
    """
    first, second = re.search(r"(?<!\w)\w[\w-]{0,80}$", before.casefold()), re.match(r"\w+", after)
    if not first or not second:
        return False
    one, two = first[0], second[0].casefold()
    if one in _HYPHENATED and f"{one}{two}" not in _CLOSED and len(two) >= _SHORTEST_SECOND:
        return f"{one}{two}" not in words
    if f"{one}-{two}" in words or second[0][0].isupper() != before[-1].isupper() or second[0][0].isdigit():
        return f"{one}{two}" not in words
    return f"{one}{two}" not in words and min(len(one), len(two)) > 2 and one in words and two in words


# --- running heads and feet ---------------------------------------------------------------------------------------


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.split()).casefold())


def _repeated(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Shapes (digits made equal) of lines that stand at the edge of many pages."""
    counts = Counter(shape for page in pages for shape in {_shape(line) for line in page if line.edge})
    needed = max(2, min(len(pages) * 0.3, 12))
    return frozenset(shape for shape, count in counts.items() if count >= needed)


def _is_furniture(line: Line, repeated: frozenset[str], pages: Sequence[Sequence[Line]]) -> bool:
    if not line.edge or line.grid:  # rows of a table are alike, at the edge too
        return False
    if _shape(line) in repeated and not (line.page == 0 and _is_named(line, pages)):
        return True
    if _JOB_NUMBER.match(line.text):
        return True
    if line.page and _SYMBOL.match(line.text) and any(line.text in first.text for first in pages[0]):
        return True
    return len(pages) > 1 and bool(_PAGE_NUMBER.match(line.text) or _PAGE_OF_PAGES.match(line.text))


def _is_named(line: Line, pages: Sequence[Sequence[Line]]) -> bool:
    """Whether a running head, on the first page, says in words what the record is; nothing else may say so."""
    words = [word for word in line.text.split() if sum(map(str.isalpha, word)) > 2]
    return len(words) >= _FEWEST_NAMING_WORDS and line.bottom > median(other.bottom for other in pages[0])


# --- paragraphs ----------------------------------------------------------------------------------------------------


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size that half of the letters do not exceed: tables have many lines of few letters."""
    return median(line.size for page in pages for line in page for _ in range(1 + len(line.text) // 8))


def _footnotes(body: Sequence[Line], body_size: float) -> list[Line]:
    """Small print at the foot of the page, from the first line on that opens with the mark of a note."""
    low = [line for line in body if not line.grid and _is_low_print(line, body, body_size)]
    first = next((index for index, line in enumerate(low) if _opens_note(line, body)), len(low))
    return low[first:]


def _opens_note(line: Line, body: Sequence[Line]) -> bool:
    """Whether a line opens with a mark that is set smaller, is no number, or hangs on a word of the page."""
    match = _NOTE_MARK.match(line.text)
    if not match:
        return False
    hangs = re.compile(rf"[^\W\d][.,;:)”\"]*{re.escape(match['mark'])}(?![\w/])")
    return line.raised or not match["mark"].isalnum() or any(hangs.search(other.text) for other in body)


def _is_low_print(line: Line, body: Sequence[Line], body_size: float) -> bool:
    if line.size > body_size * 0.92:
        return False
    lowest = min(other.bottom for other in body)
    return line.bottom < lowest + 160 and all(
        other.size <= body_size * 0.92 for other in body if other.bottom < line.bottom - 2 and other.left < line.right
    )


def _add_page(
    builder: TextBuilder,
    lines: Sequence[Line],
    sheet: _Sheet,
    body_size: float,
    last: Sequence[Line],
    columns: "_Columns",
) -> Sequence[Line]:
    """Adds the blocks of a page; `last` are the lines of the paragraph that ends the page before. Gives its own."""
    for stretch in stretches(lines):
        for row in columns.labelled(stretch, builder) if stretch.grid else stretch.rows:
            builder.add(_clean(row), "table", page=sheet.label, certainty=sheet.certainty)
        last = [] if stretch.rows or stretch.grid else _add_prose(builder, stretch.lines, sheet, body_size, last)
    return last


class _Columns:
    """What names the columns of the ruled table that was read last: on the next page it may go on without."""

    def __init__(self) -> None:
        self._grid: Grid | None = None
        self._heads: list[Row] = []

    def labelled(self, stretch: Stretch, builder: TextBuilder) -> list[str]:
        """The rows of a ruled table as text."""
        goes_on = self._grid and stretch.grid and self._grid.goes_on_with(stretch.grid)
        is_next = bool(builder.blocks) and builder.blocks[-1].kind == "table"
        self._grid = stretch.grid
        if goes_on and is_next and self._heads:
            return labelled_rows([*self._heads, *stretch.cells], header=len(self._heads))[len(self._heads) :]
        found = find_header(stretch.cells, is_sheet=False)
        self._heads = list(stretch.cells[slice(*found)]) if found else []
        return labelled_rows(stretch.cells)


def _add_prose(
    builder: TextBuilder, lines: Sequence[Line], sheet: _Sheet, body_size: float, last: Sequence[Line]
) -> Sequence[Line]:
    right = _right_edge(lines)
    paragraphs = _paragraphs(lines)
    joined = False
    for position, paragraph in enumerate(paragraphs):
        text = _joined(paragraph)
        level = _heading_level(paragraph, text, body_size)
        before = builder.blocks[-1] if builder.blocks else None
        is_first = position == 0 and before is not None and before.kind == "paragraph" and not level
        if is_first and (_goes_on(builder.last, text) or _runs_over(last, paragraph, right)):
            is_broken = bool(re.search(r"\w-\Z", builder.last)) and text[:1].islower()
            keeps_hyphen = is_broken and _is_compound(builder.last[:-1], text, frozenset())
            builder.extend(text, separator="" if is_broken else " ", drop=int(is_broken and not keeps_hyphen))
            joined = True
        elif level:
            builder.add(text, "heading", level=level, page=sheet.label, certainty=sheet.certainty)
        else:
            kind = "item" if re.match(r"[•·▪◦]\s|[–—-]\s", text) else "paragraph"
            builder.add(text, kind, page=sheet.label, certainty=sheet.certainty)
    return [*last, *paragraphs[0]] if joined and len(paragraphs) == 1 else paragraphs[-1]


def _runs_over(last: Sequence[Line], paragraph: Sequence[Line], right: float) -> bool:
    """Whether a paragraph that ends its page with a finished sentence and a full line goes on with `paragraph`.

    To be seen only where paragraphs open with a number or an indent, and `paragraph` does not.
    """
    if len(last) < 2 or last[0].page == paragraph[0].page or _BEGINS_ITEM.match(paragraph[0].text):
        return False
    left = min(line.left for line in last[1:])
    marked = re.match(r"\d", last[0].text) and _BEGINS_ITEM.match(last[0].text)
    return (
        bool(marked or last[0].left > left + 8)
        and last[-1].right > max(right, *(line.right for line in last)) - 12
        and abs(paragraph[0].left - left) < 3
        and abs(paragraph[0].size - last[-1].size) < 0.6
        and paragraph[0].bold == last[-1].bold
        and not begins_turn(paragraph[0].text)
    )


def _goes_on(before: str, text: str) -> bool:
    """Whether a text carries on the sentence that the page before breaks off."""
    return is_open(before) and (text[:1].islower() or (before.endswith((",", "-")) and not _BEGINS_ITEM.match(text)))


def _heading_level(paragraph: Sequence[Line], text: str, body_size: float) -> int:
    """1 and 2 for large lines, 3 for bold ones, 4 for lines in italics, 0 for body text."""
    size = max(line.size for line in paragraph)
    if len(text) > 250 or not any(character.isalpha() for character in text) or _NEVER_HEADING.match(text):
        return 0
    if size >= body_size * 1.35:
        return 1
    is_bold = all(line.bold for line in paragraph)
    if size >= body_size * 1.12 and (is_bold or not ends(text, ".,;:")):
        return 2
    if ends(text, ".,;:") or size < body_size * (_SMALLEST_BOLD if is_bold else 0.95):
        return 0
    if is_bold and size < body_size * 0.95:
        return 4 if len(paragraph) < 3 and not re.search(r"\b\w \w \w\b", text) else 0  # no row of a table
    if is_bold:
        return 3
    return 4 if len(text) < 120 and all(line.italic for line in paragraph) else 0


def _paragraphs(lines: Sequence[Line], begins_item: re.Pattern[str] = _BEGINS_ITEM) -> list[list[Line]]:
    if not lines:
        return []
    leading = _leading(lines)
    right = _right_edge(lines)
    paragraphs = [[lines[0]]]
    for before, line in pairwise(lines):
        if _begins(before, line, paragraphs[-1], leading, right, begins_item):
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return paragraphs


def _right_edge(lines: Sequence[Line]) -> float:
    """Where full lines end: nine of ten lines end there or before."""
    return sorted(line.right for line in lines)[int(len(lines) * 0.9)]


def _leading(lines: Sequence[Line]) -> float:
    """The distance between neighbouring lines of a paragraph, in points: a small one of those that occur."""
    steps = sorted(a.bottom - b.bottom for a, b in pairwise(lines) if 5 < a.bottom - b.bottom < 40)
    return steps[len(steps) // 4] if steps else 14.0


def _begins(
    before: Line,
    line: Line,
    paragraph: Sequence[Line],
    leading: float,
    right: float,
    begins_item: re.Pattern[str],
) -> bool:
    """Whether a line opens a new paragraph after `before`."""
    step = before.bottom - line.bottom
    ended = ends(before.text, '.!?:;”"')
    if abs(step) < 2 and line.left >= before.right - 2:
        return False  # the same printed line, drawn in two parts
    if before.is_field or line.is_field or abs(line.size - before.size) > 0.9:
        return True
    if is_broken_label(before.text, line.text):
        return False
    if len(paragraph) == 1 and is_label_of_two_lines(before.text, line.text):
        return False
    if line.bold != before.bold and (ended or (len(paragraph) == 1 and before.bold)):
        return True
    if begins_turn(line.text) or _ends_heading(paragraph, line, right):
        return True
    if begins_item.match(line.text) and (
        ended
        or step > leading * 1.15
        or line.left < before.left - 6
        or before.right < right - 40
        or (_NEVER_HEADING.match(line.text) and line.text[0] == paragraph[0].text[0])
    ):
        return True
    if step < -2 or step > leading * 4:
        return ended or not line.text[:1].islower()  # a new column
    if step > max(leading * 1.4, line.size * 1.5 if line.size == before.size > leading else 0):
        return True
    indented = line.left > min(other.left for other in paragraph) + 8 and len(paragraph) > 1
    breaks_off = before.text.endswith(("--", " –", " —"))  # a speaker whom another interrupts
    return (ended and (indented or before.right < right - 0.2 * (right - line.left))) or (breaks_off and indented)


def _ends_heading(paragraph: Sequence[Line], line: Line, right: float) -> bool:
    """Whether `line` begins the text below a heading that only its capitals or its weight set apart."""
    before = paragraph[-1]
    if not re.match(r"[\"“‘(•]?[A-ZÀ-Þ\d]", line.text) or before.text.endswith((",", ";", ":", "-", *HYPHENS)):
        return False
    if all(other.bold for other in paragraph) and not line.bold:
        return len(paragraph) < 4
    is_short = before.right < right - 0.15 * (right - before.left)
    return is_short and not _in_capitals(line) and all(_in_capitals(other) for other in paragraph)


def _in_capitals(line: Line) -> bool:
    letters = [character for character in line.text if character.isalpha()]
    return len(letters) > 7 and all(letter.isupper() for letter in letters)


def _joined(lines: Sequence[Line]) -> str:
    parts: list[str] = []
    for line in lines:
        text = " ".join(line.text.split())
        if parts and re.search(r"\w-$", parts[-1]):
            parts[-1] += text
        elif parts and parts[-1].endswith(HYPHENS):
            parts[-1] = parts[-1].rstrip("".join(HYPHENS)) + text
        else:
            parts.append(text)
    whole = " ".join(parts)
    return _clean(f"{whole[:-1]}-" if whole.endswith(HYPHENS) else whole)


def _clean(text: str) -> str:
    """Words whole again that a hyphen parted at the end of a line, without control characters."""
    joined = re.sub(r"(?<=\w)[\ufffe\x02\u00ad] ?(?=\w)", "", text)
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe]", "", joined)
