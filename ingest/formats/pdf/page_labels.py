"""The labels of a PDF's pages: as printed in their heads and feet, else as the file states them, else counted.

Printed numbers are believed where they rise with the pages. Front matter in Roman figures, a part that begins anew
at 1 and an annex with numbers of its own are stretches, each of which rises by itself.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...language.roman import count_of, roman
from .printed import Line

_ALONE = re.compile(
    r"\A(?:[Pp](?:age|\.)?\s{0,3})?[-–—]?\s{0,3}(?P<number>\d{1,4}|[ivxl]{1,7}|[IVXL]{1,7})\s{0,3}[-–—]?(?:\s{0,3}(?:/|of|de|sur)\s{0,3}\d{1,4})?\Z"
)
_OF_PAGES = re.compile(r"(?:\A|\s)(?P<number>\d{1,4})\s{0,3}/\s{0,3}\d{1,4}(?=\s|\Z)")
_FIRST = re.compile(r"\A(?P<number>\d{1,4}|[ivxl]{1,7})(?=\s)")
_LAST = re.compile(r"(?<=\s)(?P<number>\d{1,4}|[ivxl]{1,7})\Z")
_STATED = re.compile(r"(?:[A-Za-z]{0,3}[-.]?\d{1,4}|[ivxlcIVXLC]{1,9})\Z")
_MOST_STATED = 5000
_PRINTED_SHARE = 1 / 3
_LONGEST_LINE = 160


class _Stretch(NamedTuple):
    """Pages from `first` to `last` whose number less their place in the file is `offset`."""

    style: str
    offset: int
    first: int
    last: int
    seen: int


def page_labels(pages: Sequence[Sequence[Line]], stated: Sequence[str]) -> list[str | None]:
    """The label of each page; None for a cover or a plate that neither the print nor the file numbers.

    Args:
        pages: the lines of each page.
        stated: what the file says of each page, "" where it says nothing.
    """
    stretches = list(_apart(_rising(pages)))
    if sum(stretch.seen for stretch in stretches) < max(2, len(pages) * _PRINTED_SHARE):
        return list(stated) if any(stated) else [str(index + 1) for index in range(len(pages))]
    labels: list[str | None] = [None] * len(pages)
    for stretch, (first, last) in zip(stretches, _spread(stretches, len(pages)), strict=True):
        for index in range(first, last + 1):
            labels[index] = _written(stretch.style, index + stretch.offset)
    printed = {label for label in labels if label}
    return [label or (own if own and own not in printed else None) for label, own in zip(labels, stated, strict=True)]


def stated_labels(data: bytes) -> list[str]:
    """What the file's /PageLabels say of each page, "" for all where they are none or no numbers; under `PDFIUM`."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        count = len(document)
        # Each look-up may walk the whole list of labels.
        found = [document.get_page_label(index) for index in range(count)] if count <= _MOST_STATED else [""] * count
    finally:
        document.close()
    return found if all(not label or _STATED.match(label) for label in found) else [""] * count


def _rising(pages: Sequence[Sequence[Line]]) -> Iterator[_Stretch]:
    """The stretches of two pages and more in whose heads and feet a number rises with the pages."""
    rests = Counter(rest for page in pages for rest in {rest for _, _, rest, _ in _candidates(page)})
    places: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index, page in enumerate(pages):
        found = {
            (style, value - index)
            for style, value, rest, is_outermost in _candidates(page)
            if not rest or rests[rest] > 1 or is_outermost
        }
        for key in found:
            places[key].append(index)
    for (style, offset), found in places.items():
        run = [found[0]]
        for index in [*found[1:], len(pages) * 3]:
            if index - run[-1] > 3:
                if len(run) > 1:
                    yield _Stretch(style, offset, run[0], run[-1], len(run))
                run = []
            run.append(index)


def _apart(stretches: Iterator[_Stretch]) -> list[_Stretch]:
    """The longest stretches that do not overlap, in the order of the pages."""
    kept: list[_Stretch] = []
    taken: set[int] = set()
    for stretch in sorted(stretches, key=lambda one: (-one.seen, one.first)):
        if taken.isdisjoint(range(stretch.first, stretch.last + 1)):
            taken.update(range(stretch.first, stretch.last + 1))
            kept.append(stretch)
    return sorted(kept, key=lambda one: one.first)


def _spread(stretches: Sequence[_Stretch], pages: int) -> Iterator[tuple[int, int]]:
    """First and last page of each stretch with those around that print no number: back to its 1, then on."""
    end = 0
    for stretch, following in zip(stretches, [*stretches[1:], None], strict=True):
        first = max(end, 1 - stretch.offset)
        end = max(stretch.last + 1, 1 - following.offset) if following else pages
        yield first, end - 1


def _candidates(page: Sequence[Line]) -> Iterator[tuple[str, int, str, bool]]:
    """Style, value, rest of the line and whether it is the outermost, of what may be the page's number."""
    edge = [line for line in page if line.edge and len(line.text) <= _LONGEST_LINE]
    lowest, highest = min((line.bottom for line in page), default=0), max((line.bottom for line in page), default=0)
    for line in edge:
        text = " ".join(line.text.split())
        is_outermost = line.bottom - lowest < 2 or highest - line.bottom < 2
        for pattern in (_ALONE, _OF_PAGES, _FIRST, _LAST):
            for match in pattern.finditer(text):
                style, value = _value(match["number"])
                if value:
                    rest = "" if pattern in (_ALONE, _OF_PAGES) else f"{text[: match.start()]}{text[match.end() :]}"
                    yield style, value, re.sub(r"\d+", "#", rest).strip().casefold(), is_outermost


def _value(number: str) -> tuple[str, int]:
    if number.isdigit():
        return "arabic", int(number)
    return "roman" if number.islower() else "Roman", count_of(number)


def _written(style: str, value: int) -> str:
    if style == "arabic":
        return str(value)
    return roman(value).upper() if style == "Roman" else roman(value)
