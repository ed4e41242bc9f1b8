"""Pictures read by RapidOCR (Apache-2.0), which carries its models: Latin script, Chinese and Japanese.

It is the extra `ocr`. Of other scripts it reads figures and marks only, which `is_legible` notices.
"""

import os
import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .layout import Box

if TYPE_CHECKING:
    from PIL.Image import Image

LANGUAGES = frozenset(
    "afr aze bos cat ces chi_sim chi_tra cym dan deu eng epo est eus fil fin fra gla gle glg hrv hun ind isl ita jpn "
    "lat lav lit mlt msa nld nor oci pol por ron slk slv spa sqi swa swe tur uzb vie".split()
)
"""Those whose script its models know, as Tesseract names them."""
_LONGEST_SIDE = 2000
"""It makes larger pictures smaller itself."""
_UNSPACED = re.compile(r"\A(\d{1,3}[.)])(?=[^\W\d_])")
"""It sees no narrow space after a paragraph's number."""
_READING = threading.Lock()
# Letters in a piece of a line as long as the line is high, and certainty: on seven pages in English, French and Spanish
# (typed, scanned, of 1971 and 1991) 1.4 and more in nine of ten lines, .987 and more; on three in Russian and Arabic
# under 0.15 in a quarter of the lines, .83 to .94.
_FEWEST_LETTERS = 0.9
_MOST_ILLEGIBLE = 0.25
_LEAST_CERTAINTY = 0.9


def is_installed() -> bool:
    """Whether the package is there."""
    return find_spec("rapidocr") is not None


def boxes_on(picture: "Image") -> list[Box]:
    """The lines on a picture, from top to bottom."""
    import numpy as np

    picture = picture.convert("RGB")
    shrunk = max(1.0, max(picture.size) / _LONGEST_SIDE)
    if shrunk > 1.0:
        picture = picture.resize((max(1, round(picture.width / shrunk)), max(1, round(picture.height / shrunk))))
    with _READING:
        read = _engine()(np.asarray(picture)[:, :, ::-1])
    if read.boxes is None:
        return []
    return [
        _box(corners, text, score, shrunk)
        for corners, text, score in zip(read.boxes.tolist(), read.txts, read.scores, strict=True)
        if text.strip()
    ]


def is_legible(boxes: Sequence[Box]) -> bool:
    """Whether the letters fill their lines, as they do in a script that it knows."""
    inked = sum(box.width for box in boxes)
    thin = sum(box.width for box in boxes if _letters(box.text) * box.height < _FEWEST_LETTERS * box.width)
    certainty = sum(box.certainty * box.width for box in boxes)
    return bool(boxes) and thin <= _MOST_ILLEGIBLE * inked and certainty >= _LEAST_CERTAINTY * inked


def _letters(text: str) -> int:
    """How many letters there are, those of double width counted twice."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text if not character.isspace())


def _box(corners: Sequence[Sequence[float]], text: str, score: float, scale: float) -> Box:
    across, down = [corner[0] * scale for corner in corners], [corner[1] * scale for corner in corners]
    # Of a line that lies askew the corners lie apart; its height is that of its ends.
    height = ((down[3] - down[0]) + (down[2] - down[1])) / 2
    middle = sum(down) / len(down)
    return Box(
        text=_UNSPACED.sub(r"\1 ", " ".join(text.split())),
        left=min(across),
        right=max(across),
        top=middle - height / 2,
        bottom=middle + height / 2,
        certainty=float(score),
    )


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = max(1, min(os.cpu_count() or 1, 4))
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
