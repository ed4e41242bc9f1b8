"""What a browser shows of mark-up that only implies it: numbers of lists, cells over several rows, struck words."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...language.roman import roman
from ..marked.elements import name_of
from ..table import MergedCell, laid_out

BLOCKS = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul""".split()
)
SILENT = frozenset(
    "script style template head title noscript svg math object audio video select textarea rt rp".split()
)
_STYLE_TYPES = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
                "upper-roman": "I", "decimal": "1", "none": ""}  # fmt: skip
_STYLE = re.compile(r"list-style(?:-type)?\s?:\s?([a-z-]{1,20})", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration(?:-line)?\s?:[^;]{0,40}line-through", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s?:\s?none|visibility\s?:\s?hidden", re.IGNORECASE)
PRINTED_MARK = re.compile(r"\A(?:-?\d{1,6}|[a-z]{1,4}|[A-Z]{1,4}|[ivxlcdm]{1,12}|[IVXLCDM]{1,12})\. ")
# Roman numerals as HTML counts them, and what a list of a forged length would cost.
_HIGHEST_ROMAN = 3999
_HIGHEST = 999_999


def item_marks(list_: Any) -> Iterator[tuple[Any, str]]:
    """The items of an ordered list, each with the number printed before it: "5. ", "b. ", "IV. "."""
    items = [item for item in list_ if name_of(item) == "li"]
    is_reversed = "reversed" in list_.attrib
    number = _whole(list_.get("start"), len(items) if is_reversed else 1)
    of_list = _type(list_, "1")
    for item in items:
        number = _whole(item.get("value"), number)
        printed = _printed(number, _type(item, of_list))
        yield item, f"{printed}. " if printed else ""
        number += -1 if is_reversed else 1


def rows_of(table: Any) -> list[list[str]]:
    """The cells of a table in their columns, as `laid_out` has them."""
    return laid_out(
        [
            [
                MergedCell(
                    text=words_of(cell), columns=_whole(cell.get("colspan"), 1), rows=_whole(cell.get("rowspan"), 1)
                )
                for cell in row
                if name_of(cell) in ("td", "th")
            ]
            for row in table.iterdescendants()
            if name_of(row) == "tr"
        ]
    )


# A sign that no page has, around a number, behind what the page says again.
AGAIN = re.compile(r"\s?⍯\d{1,9}⍯")


def write_out(tree: Any) -> None:
    """Writes what mark-up implies into a page, for readers that know nothing of it.

    That are numbers of lists and cells that span others; what is printed again ("Motion agreed to.") gets a number, for
    readers that leave out what they have seen.
    """
    _number_repeated(tree)
    for list_ in tree.iter("ol"):
        for item, mark in item_marks(list_):
            first = item
            while not (first.text or "").strip() and len(first) and name_of(first[0]) in ("p", "div", "span", "b"):
                first = first[0]
            first.text = f"{mark}{(first.text or '').lstrip()}"
    for table in list(tree.iter("table")):
        if table.find(".//table") is None and table.xpath(".//*[@rowspan or @colspan]"):
            _spread(table)


def _number_repeated(tree: Any) -> None:
    seen: Counter[str] = Counter()
    for element in tree.iter("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6"):
        if any(name_of(inside) in BLOCKS for inside in element.iterdescendants()):
            continue
        if not (words := words_of(element)):
            continue
        seen[words] += 1
        if seen[words] > 1 and len(element):
            element[-1].tail = f"{element[-1].tail or ''}⍯{seen[words]}⍯"
        elif seen[words] > 1:
            element.text = f"{element.text}⍯{seen[words]}⍯"


def _spread(table: Any) -> None:
    rows = [row for row in table.iterdescendants() if name_of(row) == "tr"]
    for row, cells in zip(rows, rows_of(table), strict=True):
        tag = "th" if all(name_of(cell) == "th" for cell in row) else "td"
        row[:] = [row.makeelement(tag, {}) for _ in cells]
        for cell, text in zip(row, cells, strict=True):
            cell.text = text


def is_struck(element: Any) -> bool:
    """Whether an element's words are struck out or deleted."""
    return name_of(element) in ("del", "s", "strike") or bool(_STRUCK.search(element.get("style") or ""))


def is_hidden(element: Any) -> bool:
    """Whether an element is not to be seen."""
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style") or ""))


def words_of(element: Any) -> str:
    """The words inside an element in one line."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Any) -> Iterator[str]:
    """The words inside an element; where a block or a line ends, white space parts them."""
    tag = name_of(element)
    gap = " " if tag in BLOCKS or tag == "br" else ""
    yield gap
    if tag and tag not in SILENT and not is_hidden(element) and not is_struck(element):
        yield element.text or ""
        for inside in element:
            yield from _texts(inside)
            yield inside.tail or ""
    yield gap


def _type(element: Any, inherited: str) -> str:
    style = _STYLE.search(element.get("style") or "")
    stated = _STYLE_TYPES.get(style[1].lower(), "1") if style else element.get("type")
    return stated if stated in ("1", "a", "A", "i", "I", "") else inherited


def _printed(number: int, style: str) -> str:
    if not style:
        return ""
    if style == "1" or number < 1 or (style in "iI" and number > _HIGHEST_ROMAN):
        return str(number)
    printed = roman(number) if style in "iI" else _letters(number)
    return printed.upper() if style.isupper() else printed


def _letters(number: int) -> str:
    """a to z, then aa, ab ..."""
    printed = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        printed = chr(ord("a") + letter) + printed
    return printed


def _whole(written: str | None, otherwise: int) -> int:
    digits = (written or "").strip()
    is_whole = digits.removeprefix("-").isdecimal() and len(digits) < 10
    return max(-_HIGHEST, min(int(digits), _HIGHEST)) if is_whole else otherwise
