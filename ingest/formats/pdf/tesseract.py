"""Pictures read by Tesseract where that program is installed (Apache-2.0, a program of its own).

`apt install tesseract-ocr`, and one package for each language besides English (`tesseract-ocr-fra`).
"""

import csv
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from statistics import mean
from typing import TYPE_CHECKING

from ...child import end_with_parent
from .layout import Box

if TYPE_CHECKING:
    from PIL.Image import Image

_TIMEOUT_S = 60
DPI = 300
"""Of the pictures of pages."""
# A line below is lettering guessed into a picture.
_LEAST_CERTAINTY = 0.4


def is_installed() -> bool:
    """Whether the program is there."""
    return shutil.which("tesseract") is not None


def missing(languages: str) -> list[str]:
    """Those of the languages ("eng+fra") for which it has no data: of several it leaves these out in silence."""
    return [name for name in languages.split("+") if name not in _installed()]


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=_TIMEOUT_S, check=False)
    return frozenset((done.stdout + done.stderr).decode(errors="replace").split())


def boxes_on(picture: "Image", languages: str) -> list[Box]:
    """The lines on a picture, in reading order; none where it takes too long.

    Raises ValueError saying why Tesseract failed.
    """
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", languages, "--psm", "3", "--dpi", str(DPI), "tsv"],
            input=_graymap(picture),
            capture_output=True,
            timeout=_TIMEOUT_S,
            preexec_fn=end_with_parent,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return []
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise ValueError(f"it is a scan, and Tesseract failed on it ({reason})")
    return _lines(done.stdout.decode(errors="replace"))


def _graymap(picture: "Image") -> bytes:
    """A portable graymap, which every Tesseract reads and no library has to write."""
    picture = picture.convert("L")
    return b"P5 %d %d 255\n" % picture.size + picture.tobytes()


def _lines(table: str) -> list[Box]:
    """The lines of Tesseract's table of words, without those it hardly believes in."""
    lines: dict[tuple[str, str, str], list[Box]] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row["text"] or "").strip()
        if row["level"] == "5" and word:
            left, top = float(row["left"]), float(row["top"])
            box = Box(
                text=word,
                left=left,
                top=top,
                right=left + float(row["width"]),
                bottom=top + float(row["height"]),
                certainty=float(row["conf"]) / 100,
            )
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(box)
    return [line for line in map(_line, lines.values()) if line.certainty >= _LEAST_CERTAINTY]


def _line(words: Sequence[Box]) -> Box:
    return Box(
        text=" ".join(word.text for word in words),
        left=min(word.left for word in words),
        top=min(word.top for word in words),
        right=max(word.right for word in words),
        bottom=max(word.bottom for word in words),
        certainty=mean(word.certainty for word in words),
    )
