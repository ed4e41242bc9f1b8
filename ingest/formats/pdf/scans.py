"""Pages of a PDF that are pictures: which they are, and whether the text that someone laid under them can be used."""

from collections.abc import Sequence

from ...structure.noise import garbled_share
from .lines import PDFIUM
from .printed import Line

# Of the words of a whole document: good print has under 0.006, layers that read badly 0.009 and more.
_GARBLED_SHARE = 0.008
_PICTURE_SHARE = 0.6


def inked(data: bytes, pages: Sequence[int]) -> list[int]:
    """Those of the pages on which there is anything at all: a blank page is no scan."""
    covered = _covered(data, pages)
    return [page for page in pages if covered.get(page) is not None]


def garbled_scans(data: bytes, pages: Sequence[Sequence[Line]]) -> list[int]:
    """Positions of the pages whose text was read off a picture so badly that it should be read again.

    Only text over a picture of the whole page is suspected: what is set as type was never read by a machine.
    """
    texts = [" ".join(line.text for line in page) for page in pages]
    if garbled_share(" ".join(texts)) < _GARBLED_SHARE:
        return []
    written = [number for number, text in enumerate(texts) if text]
    covered = _covered(data, written)
    return [number for number in written if (covered.get(number) or 0.0) >= _PICTURE_SHARE]


def named_pages(pages: Sequence[int]) -> str:
    """Positions as people name them: "page 3", "pages 1, 3-5"."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    names = [f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else str(run[0] + 1) for run in runs]
    return ("page " if len(pages) == 1 else "pages ") + ", ".join(names)


def _covered(data: bytes, pages: Sequence[int]) -> dict[int, float | None]:
    """The share of each page that its largest picture covers; None for a page with nothing on it."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    found: dict[int, float | None] = {}
    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        try:
            for number in pages:
                try:
                    page = document[number]
                    width, height = page.get_size()
                    things = list(page.get_objects(max_depth=3))
                    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
                    boxes = [image.get_bounds() for image in images]
                except pypdfium2.PdfiumError:
                    found[number] = None
                    continue
                areas = [max(right - left, 0) * max(top - bottom, 0) for left, bottom, right, top in boxes]
                found[number] = max(areas, default=0.0) / max(width * height, 1.0) if things else None
        finally:
            document.close()
    return found
