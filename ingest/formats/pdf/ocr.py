"""Text out of pictures: scanned pages and photographs, read by a machine.

    page -> picture -> Tesseract or RapidOCR -> boxes of words with their certainty -> lines of the page

RapidOCR reads the scripts it knows, Tesseract all else where it is installed with the languages asked for, and what has
so many pages that RapidOCR would not come to the end of them.
"""

import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from . import rapid, tesseract
from .layout import Box, lines_of
from .lines import PDFIUM
from .printed import Line

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT_PIXELS = 40_000_000
LIMIT_IMAGE_PIXELS = 170_000_000
SMALL_PIXELS = 1_500_000
LIMIT_S = 200
MOST_FOR_RAPID = 20
"""Pages: of old print in two columns RapidOCR read six of seven speakers right, Tesseract three; but it takes 6 to 25 s
of processor time a page, four times as long."""
OTHER_SCRIPTS = "Tesseract with its language data reads more scripts (--ocr-languages)"
# Mean certainties: a page that Tesseract reads with less is, say, Russian read as English (.34 on a page of good print;
# poor scans in their own language have .85).
LEAST_CERTAINTY = 0.55


class Scanned(NamedTuple):
    """The lines that a machine read on a page, and its mean certainty, 0 to 1."""

    lines: list[Line]
    certainty: float


_Engine = Callable[["Image"], list[Box]]


def ocr_pages(data: bytes, pages: Sequence[int], *, languages: str = "eng") -> dict[int, Scanned]:
    """What stands on pages of a PDF that are pictures.

    Args:
        data: the PDF.
        pages: positions of the pages, from 0.
        languages: Tesseract's names, joined by "+": "eng+fra".

    Returns:
        the lines by position, none where nothing can be read. Pages that were not reached within LIMIT_S are missing.

    Raises:
        ValueError: nothing is installed that reads the languages, or the PDF cannot be opened.
    """
    engines = _engines(languages, len(pages))
    pictures = ((page, _page_picture(data, page)) for page in pages)
    return dict(zip(pages, _recognised(pictures, engines), strict=False))


def picture_pages(data: bytes, *, languages: str = "eng") -> tuple[str, int, list[Scanned]]:
    """The media type of a picture of text (PNG, JPEG, TIFF with its pages), how many pages it has, and what was read.

    Raises ValueError saying why it cannot be read.
    """
    media_type, frames, pictures = _frames(data)
    engines = _engines(languages, frames)
    return media_type, frames, list(_recognised(enumerate(pictures), engines))


def _engines(languages: str, pages: int) -> list[_Engine]:
    """What can read so many pages in the languages here, best first."""
    missing = tesseract.missing(languages) if tesseract.is_installed() else []
    engines: list[_Engine] = []
    if rapid.is_installed() and rapid.LANGUAGES & set(languages.split("+")):
        engines.append(lambda picture: boxes if rapid.is_legible(boxes := rapid.boxes_on(picture)) else [])
    if tesseract.is_installed() and not missing:
        engines.append(lambda picture: _certain(tesseract.boxes_on(picture, languages)))
    if engines:
        return engines if pages <= MOST_FOR_RAPID else engines[::-1]
    if missing:  # of several languages Tesseract leaves out in silence what it has not got
        packages = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
        lacking = "+".join(missing)
        raise ValueError(f"it is a scan, and Tesseract lacks the language data for {lacking}: install {packages}")
    if rapid.is_installed():
        raise ValueError(f"it is a scan in {languages}: install tesseract-ocr with its language data and ingest again")
    raise ValueError(
        "it is a scan or a picture, without text of its own: install onrecord[ocr] or tesseract-ocr and ingest again"
    )


def _certain(boxes: list[Box]) -> list[Box]:
    return boxes if _certainty(boxes) >= LEAST_CERTAINTY else []


def _certainty(boxes: Sequence[Box]) -> float:
    return sum(box.certainty * len(box.text) for box in boxes) / max(sum(len(box.text) for box in boxes), 1)


def _recognised(pictures: Iterator[tuple[int, "Image | None"]], engines: Sequence[_Engine]) -> Iterator[Scanned]:
    """What stands on each picture in order, as many at once as there are processors; ends early after LIMIT_S."""
    began = time.monotonic()
    workers = min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(workers) as pool:
        while time.monotonic() - began < LIMIT_S and (batch := list(islice(pictures, workers))):
            yield from pool.map(partial(_read, engines=engines), batch)


def _read(numbered: tuple[int, "Image | None"], *, engines: Sequence[_Engine]) -> Scanned:
    page, picture = numbered
    if picture is None:
        return Scanned([], 0.0)
    for engine in engines:
        if boxes := [box for box in engine(picture) if any(map(str.isalnum, box.text))]:
            return Scanned(lines_of(boxes, page, *picture.size), round(_certainty(boxes), 3))
    return Scanned([], 0.0)


# --- pictures ----------------------------------------------------------------------------------------------------


def _page_picture(data: bytes, page: int) -> "Image | None":
    """A page of a PDF at 300 dpi, posters at less; None where it will not load."""
    import pypdfium2

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"the PDF cannot be opened ({error})") from error
        try:
            sheet = document[page]
            width, height = sheet.get_size()
            scale = min(tesseract.DPI / 72, (LIMIT_PIXELS / max(width * height, 1)) ** 0.5)
            return sheet.render(scale=scale, grayscale=True).to_pil().convert("L")
        except (pypdfium2.PdfiumError, ValueError, IndexError, MemoryError):
            return None
        finally:
            document.close()


def _frames(data: bytes) -> tuple[str, int, Iterator["Image"]]:
    """The media type of a picture file, how many pages it has, and these, upright."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
    except Image.DecompressionBombError as error:
        raise ValueError("the picture is too large to be read") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ValueError("the picture is damaged, or not a PNG, JPEG or TIFF") from error
    media_types = {"PNG": "image/png", "TIFF": "image/tiff"}
    frames = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    return media_types.get(image.format or "", "image/jpeg"), frames, _upright(image, frames)


def _upright(image: "Image", frames: int) -> Iterator["Image"]:
    from PIL import Image, ImageOps

    for number in range(frames):
        try:
            image.seek(number)
            if image.width * image.height > LIMIT_IMAGE_PIXELS:
                raise ValueError(f"the picture is too large ({image.width:,} by {image.height:,} points)")
            frame = ImageOps.exif_transpose(image)
            if "A" in frame.getbands() or "transparency" in frame.info:
                frame = frame.convert("RGBA")
                frame = Image.alpha_composite(Image.new("RGBA", frame.size, "white"), frame)
            frame = frame.convert("L")
        except (OSError, SyntaxError, EOFError, MemoryError) as error:
            raise ValueError("the picture is damaged or cut short") from error
        pixels = frame.width * frame.height
        scale = 2.0 if pixels < SMALL_PIXELS else min(1.0, (LIMIT_PIXELS / pixels) ** 0.5)
        if scale != 1.0:
            size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
            frame = frame.resize(size, Image.Resampling.LANCZOS)
        yield frame
