"""The lines of a PDF as they are printed, in drawing order, with the cells that wide gaps part them into (PDFium).

PDFium is not thread-safe, not even across documents: one lock serves the whole process.
"""

import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from .annotations import files_within, with_annotations
from .printed import EDGE, Cell, Line
from .right_to_left import Printed, Word, has_right_to_left, is_right_to_left, lines_from_right
from .rulings import grids

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

PDFIUM = threading.Lock()
_NOTE_RULE = re.compile(r"^[_—–-]{4,}$")
# In widths of the letter size: between words of justified print up to 1, after a paragraph's number up to 1.7.
_CELL_GAP = 1.8
HYPHENS = ("\ufffe", "\x02", "\u00ad")
_MARK = re.compile(r"\(?[\w.]{1,8}[.)]|\d{1,3}(?:\.(?:\d{1,3}|[IVX]{1,4}))+|[•·▪◦–—-]")
_WIDEST_AFTER_MARK = 4.0
_SET_FORMS = re.compile("[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc]")  # ligatures; Hebrew and Arabic as set in words
LIMIT_PAGES = 20_000
# "Please wait. If this message is not eventually replaced ..." has some 90 words.
_FEWEST_WORDS_OF_XFA = 150
# About ten degrees: a sheet that lies askew on the scanner is turned by less.
_LEAST_SLANT = 0.17


def lines_of_pages(data: bytes, left_out: Counter[str]) -> list[list[Line]]:
    """The lines of each page, with those of filled forms; what is on them beside is counted in `left_out`.

    Call it under `PDFIUM`. Raises ValueError saying why the file cannot be opened.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(_why(str(error))) from error
    try:
        count = len(document)
        if count == 0:
            raise ValueError("the PDF has no pages")
        if count > LIMIT_PAGES:
            raise ValueError(f"the PDF claims to have {count:,} pages; split it into parts of up to {LIMIT_PAGES:,}")
        form = document.get_formtype()
        if form != pdfium.FORMTYPE_NONE:
            document.init_forms()
        pages = [_lines_of_page(document, index, left_out) for index in range(count)]
        if form == pdfium.FORMTYPE_XFA_FULL and sum(map(_words_of, pages)) < _FEWEST_WORDS_OF_XFA:
            raise ValueError("it is a form in XFA, which Adobe Reader alone shows; print it there to a PDF")
        left_out += files_within(document)
        return pages
    finally:
        document.close()


def _why(message: str) -> str:
    if "password" in message.lower():
        return "it is protected by a password; save a copy without one"
    if "format" in message.lower() or "success" in message.lower():
        return "it is not a PDF, or too damaged to open"
    return f"the PDF cannot be opened ({message})"


def _words_of(page: Sequence[Line]) -> int:
    return sum(len(line.text.split()) for line in page)


def _lines_of_page(document: "PdfDocument", index: int, left_out: Counter[str]) -> list[Line]:
    """The lines of one page in drawing order; a page that will not load has none."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        page = document[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return []
    height = page.get_height() or 1.0
    count = pdfium.FPDFText_CountChars(text_page)
    characters = [chr(pdfium.FPDFText_GetUnicode(text_page, position)) for position in range(max(count, 0))]
    ruled = grids(page)
    printed = list(_printed(text_page, characters))
    if is_right_to_left(characters):  # laid out as a page read from the left
        width = page.get_width()
        ruled, printed = [one.mirrored(width) for one in ruled], [one.mirrored(width) for one in printed]
    lines: list[Line] = []
    for text, words in printed:
        if not words or _NOTE_RULE.match(text):
            continue
        first, last = words[0].first, words[-1].last
        bottom = min(_base_line(text_page, position) for position in (first, last))
        top = max(text_page.get_charbox(position)[3] for position in (first, last))
        sizes = [_size(text_page, position) for position in (first, last)]
        walls = [wall for grid in ruled for wall in grid.walls((bottom + top) / 2)]
        lines.append(
            Line(
                text=text,
                page=index,
                left=words[0].left,
                right=words[-1].right,
                bottom=bottom,
                top=top,
                size=max(sizes),
                raised=sizes[0] < sizes[1] * 0.85,
                bold=all(_is_bold(text_page, position) for position in (first, _unmarked(characters, first, last))),
                italic=all(_is_italic(text_page, position) for position in (first, last)),
                edge=bottom < height * EDGE or top > height * (1 - EDGE),
                aslant=_is_aslant(text_page, first),
                cells=_cells(words, max(sizes), walls),
            )
        )
    lines = [replace(line, grid=next((grid for grid in ruled if grid.holds(line)), None)) for line in lines]
    lines = with_annotations(_with_marks(lines), document, page, index, left_out)
    text_page.close()
    page.close()
    return lines


def _printed(text_page: "PdfTextPage", characters: Sequence[str]) -> Iterator[Printed]:
    """What is printed on each line, in drawing order; where a line is written from the right, told from the places."""
    runs = list(_printed_runs(text_page, characters))
    whole = is_right_to_left(characters)
    for from_right, group in groupby(runs, lambda run: whole or _may_be_from_right(characters[slice(*run)])):
        part = list(group)
        if from_right and has_right_to_left(characters[part[0][0] : part[-1][1]]):
            size = median(_size(text_page, start) for start, _ in part)
            for text, words in lines_from_right(text_page, characters, part, size):
                yield Printed(_text(text), [replace(word, text=_text(word.text)) for word in words])
        else:
            yield from (_as_drawn(text_page, characters, start, end) for start, end in part)


def _may_be_from_right(characters: Sequence[str]) -> bool:
    return has_right_to_left(characters) or not any(map(str.isalpha, characters))


def _as_drawn(text_page: "PdfTextPage", characters: Sequence[str], start: int, end: int) -> Printed:
    """A line whose characters come in the order of reading."""
    words: list[Word] = []
    for first, last in _words(characters, start, end):
        left, right = text_page.get_charbox(first)[0], text_page.get_charbox(last)[2]
        words.append(Word(text=_text(characters[first : last + 1]), first=first, last=last, left=left, right=right))
    return Printed(text=_text(characters[start:end]), words=words)


def _cells(words: Sequence[Word], size: float, walls: Sequence[float]) -> tuple[Cell, ...]:
    """The parts of a line between walls and wide gaps; the mark of an item is part of it, however far it stands off."""
    cells: list[Cell] = []
    for word in words:
        gap = word.left - cells[-1].right if cells else 0.0
        limit = _CELL_GAP * size
        if len(cells) == 1 and _MARK.fullmatch(cells[0].text) and not word.text[:1].isdigit():
            limit = _WIDEST_AFTER_MARK * size
        if cells and gap <= limit and not any(cells[-1].right - 1 <= wall <= word.left + 1 for wall in walls):
            left, right = min(cells[-1].left, word.left), max(cells[-1].right, word.right)
            cells[-1] = Cell(text=f"{cells[-1].text} {word.text}", left=left, right=right)
        else:
            cells.append(Cell(text=word.text, left=word.left, right=word.right))
    return tuple(cells)


def _words(characters: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Positions of the first and last character of each word."""
    first = None
    for position in range(start, end):
        if characters[position].isspace() or characters[position] == "\0":
            if first is not None:
                yield first, position - 1
            first = None
        elif first is None:
            first = position
    if first is not None:
        yield first, end - 1


def _with_marks(lines: Sequence[Line]) -> list[Line]:
    """Puts the raised mark of a note, where it was drawn by itself, before the line it stands at."""
    merged: list[Line] = []
    for line in lines:
        mark = merged[-1] if merged else line
        beside = mark.right - 2 <= line.left < mark.right + 20 and mark.bottom < line.top and line.bottom < mark.top
        if beside and mark.size < line.size * 0.85 and re.fullmatch(r"\d{1,3}|[a-z]|\*{1,3}", mark.text):
            cells = (replace(line.cells[0], text=f"{mark.text} {line.cells[0].text}"), *line.cells[1:])
            merged[-1] = replace(line, text=f"{mark.text} {line.text}", left=mark.left, raised=True, cells=cells)
        else:
            merged.append(line)
    return merged


def _text(characters: Sequence[str]) -> str:
    """Characters as text, letters as one types them, not in the forms they are set in; rare ones come in two halves."""
    joined = "".join(characters).replace("\xa0", " ").strip()
    joined = _SET_FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), joined)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _base_line(text_page: "PdfTextPage", position: int) -> float:
    import ctypes

    import pypdfium2.raw as pdfium

    across, up = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, position, across, up)
    return up.value


def _size(text_page: "PdfTextPage", position: int) -> float:
    """The size of a character as printed: some makers set all type in size 1 and stretch it."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    stretch = 1.0
    if pdfium.FPDFText_GetMatrix(text_page, position, matrix):
        stretch = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
    return round(pdfium.FPDFText_GetFontSize(text_page, position) * stretch, 1)


def _is_aslant(text_page: "PdfTextPage", position: int) -> bool:
    import pypdfium2.raw as pdfium

    turned = pdfium.FPDFText_GetCharAngle(text_page, position) % (math.pi / 2)
    return _LEAST_SLANT < turned < math.pi / 2 - _LEAST_SLANT


def _is_bold(text_page: "PdfTextPage", position: int) -> bool:
    import pypdfium2.raw as pdfium

    return pdfium.FPDFText_GetFontWeight(text_page, position) >= 600 or b"Bold" in _font(text_page, position)


def _is_italic(text_page: "PdfTextPage", position: int) -> bool:
    return any(word in _font(text_page, position) for word in (b"Italic", b"Oblique"))


def _font(text_page: "PdfTextPage", position: int) -> bytes:
    """The name of a character's font, empty where there is none."""
    import ctypes

    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text_page, position, name, len(name), ctypes.c_int())
    return name.value


def _printed_runs(text_page: "PdfTextPage", characters: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Runs of characters that stand on one line: PDFium goes on with the next one after a hyphen."""
    for start, end in _runs(characters):
        for position in range(start, end - 1):
            if characters[position] in HYPHENS and _is_lower(text_page, position - 1, position + 1, start):
                yield start, position + 1
                start = position + 1
        yield start, end


def _is_lower(text_page: "PdfTextPage", before: int, after: int, start: int) -> bool:
    return before >= start and _base_line(text_page, before) - _base_line(text_page, after) > 2


def _runs(characters: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for position, character in enumerate(characters):
        if character in "\r\n":
            if position > start:
                yield start, position
            start = position + 1
    if len(characters) > start:
        yield start, len(characters)


def _unmarked(characters: Sequence[str], first: int, last: int) -> int:
    """The last character before the marks of notes that hang on a line: "Review*"."""
    while last > first and (characters[last] in "*†‡" or characters[last].isspace()):
        last -= 1
    return last
