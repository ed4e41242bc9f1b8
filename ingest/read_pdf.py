"""Text PDFs, page by page, lines put back together into paragraphs (PDFium).

    lines of each page -> running heads and feet cut -> lines joined into paragraphs -> pages joined

PDFium gives characters in the order they were drawn: right for columns, except that heads, feet and footnotes may
come first. So lines are never sorted; what repeats at the edge of the pages is cut by its place and wording.
PDFium is not thread-safe, not even across documents: one lock serves the whole process.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from .blocks import Reading, TextBuilder
from .structure import begins_turn, is_open

PDFIUM = threading.Lock()
_EDGE = 0.11
_PAGE_NUMBER = re.compile(
    r"^(?:page\s*)?[-–—]?\s*(\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:/|of|de|sur)\s*\d{1,4})?$", re.I
)
_NUMBER_IN_FOOT = re.compile(r"(?:^|\s)(\d{1,4})\s*/\s*\d{1,4}(?:\s|$)")
_BEGINS_ITEM = re.compile(
    r"^(?:\d{1,3}\.\s|\d{1,3}(?:\.(?:\d{1,3}|[IVX]{1,4}))+\.?\s|\([a-z]{1,4}\)\s|[•·▪◦–—-]\s|[A-Z][.)]\s|[IVX]{1,5}\.\s)"
)
_NEVER_HEADING = re.compile(r"^(?:\([a-z]{1,4}\)|[•·▪◦–—-])\s")
_NOTE_MARK = re.compile(r"^(?P<mark>\d{1,3}|[a-z]|\*{1,3}|[†‡§¹²³⁴-⁹]+)\)?(?:\s|(?<=[*†‡§¹²³⁴-⁹]))\s*\S")
_NOTE_RULE = re.compile(r"^[_—–-]{4,}$")
_HYPHENS = ("\ufffe", "\x02", "\u00ad")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as printed; coordinates in points, from the bottom left corner of the page; `bottom` is its base line.

    `raised` says that it opens with smaller print, as a note's mark is set.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    raised: bool
    bold: bool
    italic: bool
    edge: bool


def read_pdf(data: bytes) -> Reading:
    """Blocks of a PDF; pages that are pictures of text are read by OCR where Tesseract is installed.

    Raises ValueError saying why it could not be read (password, damage, no text and no Tesseract).
    """
    with PDFIUM:
        pages = _lines_of_pages(data)
    recognised = _recognised(data, pages)
    if not any(pages):
        return _scan(recognised)
    furniture = _repeated(pages)
    labels = _page_labels(pages, furniture)
    body_size = median(line.size for page in pages for line in page)
    bodies = [[line for line in page if not _is_furniture(line, furniture, len(pages))] for page in pages]
    builder = TextBuilder()
    for number, (label, body) in enumerate(zip(labels, bodies if any(bodies) else pages, strict=True)):
        for paragraph in recognised.get(number, "").split("\n\n"):
            builder.add(paragraph, page=label)
        notes = _footnotes(body, body_size)
        _add_page(builder, [line for line in body if line not in notes], label, body_size)
        for note in _paragraphs(notes, _NOTE_MARK):
            builder.add(_joined(note), "footnote", page=label)
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="application/pdf", pages=len(pages))


# --- scans ------------------------------------------------------------------------------------------------------


def _recognised(data: bytes, pages: Sequence[Sequence[Line]]) -> dict[int, str]:
    """What OCR reads on the pages that have no text; where it cannot run, the pages with text must do."""
    pictures = [number for number, page in enumerate(pages) if not page]
    if not pictures:
        return {}
    from .ocr import ocr_pages

    try:
        return ocr_pages(data, pictures)
    except ValueError:
        if any(pages):
            return {}
        raise


def _scan(recognised: Mapping[int, str]) -> Reading:
    """A PDF all of whose pages are pictures."""
    builder = TextBuilder()
    for number, text in sorted(recognised.items()):
        for paragraph in text.split("\n\n"):
            builder.add(paragraph, page=str(number + 1))
    if not builder.blocks:
        raise ValueError("it is a scan, and nothing could be recognised on its pages")
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="application/pdf", pages=len(recognised))


# --- lines ------------------------------------------------------------------------------------------------------


def _lines_of_pages(data: bytes) -> list[list[Line]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(_why(str(error))) from error
    try:
        count = len(document)
        if count == 0:
            raise ValueError("the PDF has no pages")
        return [_lines_of_page(document, index) for index in range(count)]
    finally:
        document.close()


def _why(message: str) -> str:
    if "password" in message.lower():
        return "it is protected by a password; save a copy without one"
    if "format" in message.lower() or "success" in message.lower():
        return "it is not a PDF, or too damaged to open"
    return f"the PDF cannot be opened ({message})"


def _lines_of_page(document, index: int) -> list[Line]:  # pyright: ignore[reportMissingParameterType]
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
    lines = []
    for start, end in _runs(characters):
        first, last = _solid(characters, start, end)
        text = _text(characters[start:end])
        if first is None or last is None or _NOTE_RULE.match(text):
            continue
        left, _, _, top = text_page.get_charbox(first)
        _, _, right, high = text_page.get_charbox(last)
        bottom, top = _base_line(text_page, first), max(top, high)
        sizes = [round(pdfium.FPDFText_GetFontSize(text_page, position), 1) for position in (first, last)]
        lines.append(
            Line(
                text=text,
                page=index,
                left=left,
                right=right,
                bottom=bottom,
                top=top,
                size=max(sizes),
                raised=sizes[0] < sizes[1] * 0.85,
                bold=all(_is_bold(text_page, position) for position in (first, last)),
                italic=all(_is_italic(text_page, position) for position in (first, last)),
                edge=bottom < height * _EDGE or top > height * (1 - _EDGE),
            )
        )
    text_page.close()
    page.close()
    return _with_marks(lines)


def _with_marks(lines: Sequence[Line]) -> list[Line]:
    """Puts the raised mark of a note, where it was drawn by itself, before the line it stands at."""
    merged: list[Line] = []
    for line in lines:
        mark = merged[-1] if merged else line
        beside = mark.right - 2 <= line.left < mark.right + 20 and mark.bottom < line.top and line.bottom < mark.top
        if beside and mark.size < line.size * 0.85 and re.fullmatch(r"\d{1,3}|[a-z]|\*{1,3}", mark.text):
            merged[-1] = replace(line, text=f"{mark.text} {line.text}", left=mark.left, raised=True)
        else:
            merged.append(line)
    return merged


def _text(characters: Sequence[str]) -> str:
    """Characters as text; PDFium gives rare ones in two halves."""
    joined = "".join(characters).replace("\xa0", " ").strip()
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _base_line(text_page, position: int) -> float:  # pyright: ignore[reportMissingParameterType]
    import ctypes

    import pypdfium2.raw as pdfium

    across, up = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, position, across, up)
    return up.value


def _is_bold(text_page, position: int) -> bool:  # pyright: ignore[reportMissingParameterType]
    import pypdfium2.raw as pdfium

    return pdfium.FPDFText_GetFontWeight(text_page, position) >= 600 or b"Bold" in _font(text_page, position)


def _is_italic(text_page, position: int) -> bool:  # pyright: ignore[reportMissingParameterType]
    return any(word in _font(text_page, position) for word in (b"Italic", b"Oblique"))


def _font(text_page, position: int) -> bytes:  # pyright: ignore[reportMissingParameterType]
    """The name of a character's font, empty where there is none."""
    import ctypes

    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text_page, position, name, len(name), ctypes.c_int())
    return name.value


def _runs(characters: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for position, character in enumerate(characters):
        if character in "\r\n":
            if position > start:
                yield start, position
            start = position + 1
    if len(characters) > start:
        yield start, len(characters)


def _solid(characters: Sequence[str], start: int, end: int) -> tuple[int | None, int | None]:
    """Positions of the first and last character that leaves ink."""
    solid = [
        position
        for position in range(start, end)
        if not characters[position].isspace() and characters[position] != "\0"
    ]
    return (solid[0], solid[-1]) if solid else (None, None)


# --- running heads and feet ---------------------------------------------------------------------------------------


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.split()).casefold())


def _repeated(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Shapes (digits made equal) of lines that stand at the edge of many pages."""
    counts = Counter(shape for page in pages for shape in {_shape(line) for line in page if line.edge})
    needed = max(2, min(len(pages) * 0.3, 12))
    return frozenset(shape for shape, count in counts.items() if count >= needed)


def _is_furniture(line: Line, repeated: frozenset[str], pages: int) -> bool:
    return line.edge and (_shape(line) in repeated or (pages > 1 and bool(_PAGE_NUMBER.match(line.text))))


def _page_labels(pages: Sequence[Sequence[Line]], furniture: frozenset[str]) -> list[str]:
    """The printed page numbers where most pages have one and they ascend, else 1, 2, 3 ..."""
    printed: list[str | None] = []
    for page in pages:
        edge = [line.text for line in page if line.edge]
        found = [match[1] for text in edge if (match := _PAGE_NUMBER.match(text) or _NUMBER_IN_FOOT.search(text))]
        printed.append(found[0] if found else None)
    offsets = Counter(int(label) - index for index, label in enumerate(printed) if label and label.isdigit())
    if offsets:
        offset, votes = offsets.most_common(1)[0]
        if votes >= max(2, len(pages) / 2):
            return [str(index + offset) if index + offset > 0 else str(index + 1) for index in range(len(pages))]
    return [str(index + 1) for index in range(len(pages))]


# --- paragraphs ----------------------------------------------------------------------------------------------------


def _footnotes(body: Sequence[Line], body_size: float) -> list[Line]:
    """Small print at the foot of the page, from the first line on that opens with the mark of a note."""
    low = [line for line in body if _is_low_print(line, body, body_size)]
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


def _add_page(builder: TextBuilder, lines: Sequence[Line], label: str, body_size: float) -> None:
    for position, paragraph in enumerate(_paragraphs(lines)):
        text = _joined(paragraph)
        level = _heading_level(paragraph, text, body_size)
        before = builder.blocks[-1] if builder.blocks else None
        if position == 0 and before and before.kind == "paragraph" and not level and _goes_on(builder.last, text):
            builder.extend(text)
        elif level:
            builder.add(text, "heading", level=level, page=label)
        else:
            builder.add(text, "item" if re.match(r"[•·▪◦]\s|[–—-]\s", text) else "paragraph", page=label)


def _goes_on(before: str, text: str) -> bool:
    return is_open(before) and (text[:1].islower() or before.endswith((",", "-")))


def _heading_level(paragraph: Sequence[Line], text: str, body_size: float) -> int:
    """1 and 2 for large lines, 3 for bold ones, 4 for lines in italics, 0 for body text."""
    size = max(line.size for line in paragraph)
    if len(text) > 250 or not any(character.isalpha() for character in text) or _NEVER_HEADING.match(text):
        return 0
    if size >= body_size * 1.35:
        return 1
    if size >= body_size * 1.12:
        return 2
    if text.endswith((".", ",", ";", ":")) or size < body_size * 0.95:
        return 0
    if all(line.bold for line in paragraph):
        return 3
    return 4 if len(text) < 120 and all(line.italic for line in paragraph) else 0


def _paragraphs(lines: Sequence[Line], begins_item: re.Pattern[str] = _BEGINS_ITEM) -> list[list[Line]]:
    if not lines:
        return []
    leading = _leading(lines)
    right = sorted(line.right for line in lines)[int(len(lines) * 0.9)]
    paragraphs = [[lines[0]]]
    for before, line in pairwise(lines):
        if _begins(before, line, paragraphs[-1], leading, right, begins_item):
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return paragraphs


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
    ended = before.text.endswith((".", "!", "?", ":", ";", "”", '"'))
    if abs(step) < 2 and line.left >= before.right - 2:
        return False  # the same printed line, drawn in two parts
    if abs(line.size - before.size) > 0.9 or (
        line.bold != before.bold and (ended or (len(paragraph) == 1 and before.bold))
    ):
        return True
    if begins_turn(line.text):
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
    return ended and (indented or before.right < right - 0.2 * (right - line.left))


def _joined(lines: Sequence[Line]) -> str:
    parts: list[str] = []
    for line in lines:
        text = " ".join(line.text.split())
        if parts and parts[-1].endswith(_HYPHENS):
            parts[-1] = parts[-1].rstrip("".join(_HYPHENS)) + text
        else:
            parts.append(text)
    joined = re.sub(r"(?<=\w)[\ufffe\x02\u00ad](?=\w)", "", " ".join(parts))
    return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe]", "", joined)
