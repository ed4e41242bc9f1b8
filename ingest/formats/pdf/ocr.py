"""Text out of pictures: scanned pages and photographs, read by Tesseract where that program is installed.

    page -> grey picture at 300 dpi -> tesseract -> words with their certainty -> paragraphs

Tesseract is a program of its own (Apache-2.0), not a Python package: `apt install tesseract-ocr`, and one package for
each language besides English (`tesseract-ocr-fra`).
"""

import csv
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from io import BytesIO
from itertools import islice
from statistics import mean
from typing import Any

from ..blocks import Reading, TextBuilder
from .lines import PDFIUM

DPI = 300
LIMIT_PIXELS = 40_000_000
LIMIT_IMAGE_PIXELS = 170_000_000
SMALL_PIXELS = 1_500_000
TIMEOUT_S = 60
LIMIT_S = 200
# Mean certainties, of 100: a paragraph below is lettering guessed into a picture; a page below, an English reading of
# Russian (34 on a page of good print; poor scans in their own language have 85).
MIN_CERTAINTY = 40
MIN_PAGE_CERTAINTY = 55


def ocr_pages(data: bytes, pages: Sequence[int], *, languages: str = "eng") -> dict[int, str]:
    """The text on pages of a PDF that are pictures.

    Args:
        data: the PDF.
        pages: positions of the pages, from 0.
        languages: Tesseract's names, joined by "+": "eng+fra".

    Returns:
        the text by position, "" where nothing can be read; paragraphs parted by blank lines, each on one line. Pages
        that were not reached within LIMIT_S are missing.

    Raises:
        ValueError: Tesseract or a language is not installed, or the PDF cannot be opened.
    """
    _require_tesseract(languages)
    pictures = (_page_picture(data, page) for page in pages)
    return dict(zip(pages, _recognised(pictures, languages), strict=False))


def read_image(data: bytes, *, languages: str = "eng") -> Reading:
    """Blocks of a picture of text (PNG, JPEG, TIFF with its pages). Raises ValueError saying why there are none."""
    _require_tesseract(languages)
    builder = TextBuilder()
    media_type, frames, pictures = _frames(data)
    read = 0
    for read, text in enumerate(_recognised(pictures, languages), start=1):
        for paragraph in text.split("\n\n"):
            builder.add(paragraph, page=str(read))
    if not builder.blocks:
        raise ValueError(f"no text could be recognised in the picture (it was read as {languages})")
    if read < frames:
        builder.add(f"[Not read: the pages after the first {read}, of {frames}.]", "furniture")
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type=media_type, pages=frames)


def has_tesseract() -> bool:
    """Whether scans can be read here at all."""
    return shutil.which("tesseract") is not None


def _require_tesseract(languages: str) -> None:
    if not has_tesseract():
        raise ValueError("it is a scan or a picture, without text of its own: install tesseract-ocr and ingest again")
    # Of several languages Tesseract leaves out in silence what it has not got.
    if missing := [name for name in languages.split("+") if name not in _installed_languages()]:
        packages = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
        raise ValueError(
            f"it is a scan, and Tesseract lacks the language data for {'+'.join(missing)}: install {packages}"
        )


@lru_cache(maxsize=1)
def _installed_languages() -> frozenset[str]:
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=TIMEOUT_S, check=False)
    return frozenset((done.stdout + done.stderr).decode(errors="replace").split())


# --- pictures, as portable graymaps (what every Tesseract reads, and no library has to write) ------------------


def _page_picture(data: bytes, page: int) -> bytes:
    """A page of a PDF at 300 dpi, posters at less; empty where it will not load."""
    import pypdfium2

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"the PDF cannot be opened ({error})") from error
        try:
            sheet = document[page]
            width, height = sheet.get_size()
            scale = min(DPI / 72, (LIMIT_PIXELS / max(width * height, 1)) ** 0.5)
            bitmap = sheet.render(scale=scale, grayscale=True)
            return _graymap(bitmap.to_pil())
        except (pypdfium2.PdfiumError, ValueError, IndexError, MemoryError):
            return b""
        finally:
            document.close()


def _frames(data: bytes) -> tuple[str, int, Iterator[bytes]]:
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


def _upright(image: Any, frames: int) -> Iterator[bytes]:
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
        yield _graymap(frame)


def _graymap(image: Any) -> bytes:
    image = image.convert("L")
    return b"P5 %d %d 255\n" % image.size + image.tobytes()


# --- tesseract -------------------------------------------------------------------------------------------------


def _recognised(pictures: Iterator[bytes], languages: str) -> Iterator[str]:
    """The text on each picture in order, as many at once as there are processors; ends early after LIMIT_S."""
    began = time.monotonic()
    workers = min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(workers) as pool:
        while time.monotonic() - began < LIMIT_S and (batch := list(islice(pictures, workers))):
            yield from pool.map(partial(_text_on, languages=languages), batch)


def _text_on(picture: bytes, languages: str) -> str:
    """The paragraphs on a picture, parted by blank lines."""
    if not picture:
        return ""
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", languages, "--psm", "3", "--dpi", str(DPI), "tsv"],
            input=picture,
            capture_output=True,
            timeout=TIMEOUT_S,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return ""
    if done.returncode:
        raise ValueError(_why(done.stderr.decode(errors="replace"), languages))
    return "\n\n".join(_paragraphs(done.stdout.decode(errors="replace")))


def _why(message: str, languages: str) -> str:
    if "loading language" in message or "traineddata" in message:
        packages = " ".join(f"tesseract-ocr-{name}" for name in languages.split("+"))
        return f"it is a scan, and Tesseract lacks the language data for {languages}: install {packages}"
    return f"it is a scan, and Tesseract failed on it ({(message.strip().splitlines() or ['no reason given'])[-1]})"


def _paragraphs(table: str) -> Iterator[str]:
    """Paragraphs of Tesseract's table of words, without those it hardly believes in; hyphens at line ends joined."""
    lines: dict[tuple[str, str], dict[str, list[str]]] = {}
    certainties: dict[tuple[str, str], list[float]] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row["text"] or "").strip()
        if row["level"] == "5" and word:
            paragraph = row["block_num"], row["par_num"]
            lines.setdefault(paragraph, {}).setdefault(row["line_num"], []).append(word)
            certainties.setdefault(paragraph, []).append(float(row["conf"]))
    if not lines or mean(certainty for some in certainties.values() for certainty in some) < MIN_PAGE_CERTAINTY:
        return
    for paragraph, words in lines.items():
        text = ""
        for line in (" ".join(line) for line in words.values()):
            is_cut = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
            text = text[:-1] + line if is_cut else f"{text} {line}".strip()
        if mean(certainties[paragraph]) >= MIN_CERTAINTY and any(character.isalnum() for character in text):
            yield text
