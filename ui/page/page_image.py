"""A page of a PDF as a picture, and where on it a quote stands, if that can be told for certain.

    python -m onrecord.ui.page.page_image < {"path", "quote", "hint", "page"}  ->  a frame of JSON, a frame of PNG

Pictures are made in a process of their own with limits of time and memory: a file that crashes the renderer harms
nothing else. A quote is looked for by its letters and digits alone; it is lit only where it occurs exactly once.
"""

import ctypes
import json
import subprocess
import sys
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from ...ingest.child import end_with_parent, limit_memory, read_frame, write_frame
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document

_TIMEOUT_S = 20.0
_MEMORY_MB = 2048
_SCALE = 2.0
_LONGEST_PIXELS = 2200
_SEARCHED_PAGES = 600
_OPENING_LETTERS = 60
_PICTURES_KEPT = 40
_DRAWN_AT_ONCE = 2
_WAITING = 64
_MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A stretch of a page, in hundredths of its width and height from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page: its place from 0, the number of pages, the boxes of the quote (none when unsure) and the picture."""

    page: int
    pages: int
    boxes: tuple[Box, ...]
    png: bytes


class Sheets:
    """Pages of PDFs as pictures; the latest ones are kept.

    They are drawn on a few threads of their own, so that many wanted at once wait for each other, and no answer for
    them.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Sheet] = OrderedDict()
        self._keeping = threading.Lock()
        self._few: CapacityLimiter | None = None

    async def sheet(
        self, document: Document, start: int, end: int, *, hint: Callable[[], str | None], page: int | None
    ) -> Sheet | None:
        """The page a quote stands on, or another one.

        Args:
            document: a PDF.
            start: offset of the quote in its text.
            end: offset behind it.
            hint: tells the page as the passage names it.
            page: the page wanted, from 0; None for the one of the quote.

        Returns None where the file is gone, has changed, or cannot be drawn. Raises Crowded.
        """
        if self._few is None:  # made within the loop that it belongs to
            self._few = CapacityLimiter(_DRAWN_AT_ONCE)
        if self._few.statistics().tasks_waiting >= _WAITING:
            raise Crowded
        return await run_sync(lambda: self._sheet(document, start, end, hint, page), limiter=self._few)

    def _sheet(
        self, document: Document, start: int, end: int, hint: Callable[[], str | None], page: int | None
    ) -> Sheet | None:
        key = (document.sha256, start, end, page)
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        path = original(document)
        sheet = path and _drawn(path, quote=plain(document.text[start:end]), hint=hint(), page=page)
        if sheet:
            with self._keeping:
                self._kept[key] = sheet
                while len(self._kept) > _PICTURES_KEPT:
                    self._kept.popitem(last=False)
        return sheet or None


class Crowded(Exception):
    """So many pictures are wanted already that another would have to wait too long."""


def may_have_pages(document: Document) -> bool:
    """Whether a document's pages can probably be shown as pictures."""
    return document.media_type == _MEDIA_TYPE and Path(document.source).is_file()


def original(document: Document) -> Path | None:
    """The PDF a document was read from, where it still is the same."""
    path = Path(document.source)
    if document.media_type != _MEDIA_TYPE or not path.is_file():
        return None
    try:
        return path if sha256(path.read_bytes()).hexdigest() == document.sha256 else None
    except OSError:
        return None


def _drawn(path: Path, *, quote: str, hint: str | None, page: int | None) -> Sheet | None:
    asked = json.dumps({"path": str(path), "quote": quote, "hint": hint, "page": page}).encode()
    command = [sys.executable, "-m", "onrecord.ui.page.page_image"]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    stream = BytesIO(done.stdout)
    facts, png = read_frame(stream), read_frame(stream)
    if facts is None or png is None:
        return None
    told = json.loads(facts)
    return Sheet(page=told["page"], pages=told["pages"], boxes=tuple(Box(**box) for box in told["boxes"]), png=png)


# --- in the process of its own ------------------------------------------------------------------------------------


def main() -> None:
    """Draws the page asked for on standard input."""
    end_with_parent()
    limit_memory(_MEMORY_MB)
    asked = json.load(sys.stdin)
    import pypdfium2

    document = pypdfium2.PdfDocument(asked["path"])
    index, places = asked["page"], None
    if index is None:
        index, places = find(document, asked["quote"], asked["hint"])
    else:
        index = min(max(index, 0), len(document) - 1)
        places = _occurrences(document, index, letters(asked["quote"]))
        places = places[0] if len(places) == 1 else None
    page = document[index]
    width, height = page.get_size()
    picture = page.render(scale=min(_SCALE, _LONGEST_PIXELS / max(width, height))).to_pil()
    boxes = _boxes(page, *places) if places else []
    png = BytesIO()
    picture.convert("RGB").save(png, "PNG", optimize=False)
    write_frame(sys.stdout.buffer, json.dumps({"page": index, "pages": len(document), "boxes": boxes}).encode())
    write_frame(sys.stdout.buffer, png.getvalue())


def find(document: Any, quote: str, hint: str | None) -> tuple[int, tuple[int, int] | None]:
    """The page of a quote, and its first character and count of characters there; None where that is not certain."""
    count = len(document)
    named = int(hint) - 1 if hint and hint.isdigit() else 0
    guess = min(max(named, 0), count - 1)
    wanted = letters(quote)
    if not wanted:
        return guess, None
    for looked_for, certain in ((wanted, True), (wanted[:_OPENING_LETTERS], False)):
        found = [
            (index, place)
            for index in range(min(count, _SEARCHED_PAGES))
            for place in _occurrences(document, index, looked_for)
        ]
        on_page = [one for one in found if one[0] == guess]
        if len(found) == 1:
            return found[0][0], found[0][1] if certain else None
        if found:  # more than once: the page that the passage names, or the first
            return guess if on_page else found[0][0], None
    return guess, None


def letters(text: str) -> str:
    """The letters and digits of a text, without case; ligatures and wide forms as plain ones."""
    return "".join(_plain_letters(text))


def _plain_letters(character: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", character).casefold() if one.isalnum())


def _occurrences(document: Any, index: int, wanted: str) -> list[tuple[int, int]]:
    """(first character, count) of each place on a page where these letters stand one after the other."""
    import pypdfium2.raw as pdfium

    page = document[index].get_textpage()
    shown: list[str] = []
    at: list[int] = []
    for position in range(page.count_chars()):
        for letter in _plain_letters(chr(pdfium.FPDFText_GetUnicode(page, position))):
            shown.append(letter)
            at.append(position)
    text, found, begin = "".join(shown), [], 0
    while wanted and (begin := text.find(wanted, begin)) >= 0:
        first, last = at[begin], at[begin + len(wanted) - 1]
        found.append((first, last - first + 1))
        begin += len(wanted)
    return found


def _boxes(page: Any, first: int, count: int) -> list[dict[str, float]]:
    """The lines of a stretch of characters as boxes, in hundredths of the page."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    boxes = []
    across = 10_000
    for number in range(text.count_rects(first, count)):
        left, bottom, right, top = text.get_rect(number)
        corners = []
        for x, y in ((left, top), (right, bottom)):
            across_x, across_y = ctypes.c_int(), ctypes.c_int()
            pdfium.FPDF_PageToDevice(page, 0, 0, across, across, 0, x, y, across_x, across_y)
            corners.append((across_x.value / 100, across_y.value / 100))
        (x1, y1), (x2, y2) = corners
        boxes.append({"left": min(x1, x2), "top": min(y1, y2), "width": abs(x2 - x1), "height": abs(y2 - y1)})
    return _lines(boxes)


def _lines(boxes: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """Boxes that stand side by side on one line, made one."""
    lines: list[dict[str, float]] = []
    for box in boxes:
        last = lines[-1] if lines else None
        if (
            last
            and abs(last["top"] - box["top"]) < 0.6 * max(last["height"], box["height"])
            and box["left"] >= last["left"]
        ):
            right = max(last["left"] + last["width"], box["left"] + box["width"])
            bottom = max(last["top"] + last["height"], box["top"] + box["height"])
            last["top"] = min(last["top"], box["top"])
            last["width"], last["height"] = right - last["left"], bottom - last["top"]
        else:
            lines.append(dict(box))
    return [{name: round(value, 2) for name, value in line.items()} for line in lines]


if __name__ == "__main__":
    main()
