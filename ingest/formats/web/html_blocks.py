"""Blocks of HTML that is all content: chapters of a book, the body of a mail. Every word is kept, once.

(Web pages carry menus and banners too: `read_html` finds their main content first.)
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..blocks import Kind, TextBuilder
from ..marked.elements import name_of
from ..table import labelled_rows
from .html_marks import BLOCKS, SILENT, is_hidden, is_struck, item_marks, rows_of, words_of

_LONGEST_LINE = 60
_LAYOUT = frozenset("table ul ol dl blockquote pre h1 h2 h3 h4 h5 h6".split())


def add_html(
    builder: TextBuilder,
    root: Any,
    *,
    page: str | None = None,
    marks_quotes: bool = False,
    left_out: Counter[str] | None = None,
) -> str | None:
    """Adds an lxml tree, of HTML or XHTML, block by block; gives the page it ends on.

    `marks_quotes` puts ">" before what a mail quotes, once for each depth. What nobody sees is counted in `left_out`.

    Headings, list items, data tables, notes and printed page breaks are told by the markup; a table that only
    lays things out is read through.
    """
    from lxml import etree

    walk = _Walk(builder, page, marks_quotes, Counter() if left_out is None else left_out)
    steps: Any = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in steps:
        if event == "start" and not walk.enter(element):
            steps.skip_subtree()
        elif event == "end":
            walk.leave(element)
        if event != "start" and element is not root:
            walk.say(element.tail)
    walk.flush()
    return walk.page


class _Walk:
    """Where the walk stands: the words since the last block ended, and what the next block is."""

    def __init__(self, builder: TextBuilder, page: str | None, marks_quotes: bool, left_out: Counter[str]) -> None:
        self._left_out = left_out
        self.builder = builder
        self._marks_quotes = marks_quotes
        self.page = page
        self._begun_on = page
        self._words: list[str] = []
        self._open: list[Any] = []
        self._marks: list[str] = []
        self._numbers: dict[Any, str] = {}

    def enter(self, element: Any) -> bool:
        """Begins an element; whether its inside is to be walked."""
        tag = name_of(element)
        if tag in SILENT:
            return False
        if is_hidden(element) or is_struck(element):
            if "".join(element.itertext()).strip():
                self._left_out["hidden text" if is_hidden(element) else "struck out text"] += 1
            return False
        role = _role(element)
        if "pagebreak" in role:
            self.page = element.get("title") or element.get("aria-label") or words_of(element) or self.page
            return False
        if "noteref" in role or (tag == "sup" and _links_within(element)):
            self.say(f"[{words_of(element).strip('[]()')}]")
            return False
        if tag == "br":
            self._words.append("\n")
        if tag not in BLOCKS:
            self.say(element.text)
            return True
        self.flush()
        if tag == "table" and (rows := data_rows(element)):
            for row in labelled_rows(rows):
                self.builder.add(row, "table", page=self.page)
            return False
        self._open.append(element)
        if tag == "ol":
            self._numbers |= dict(item_marks(element))
        if tag == "li":
            self._marks.append(self._numbers.pop(element, "• "))
        if tag == "pre":
            for chunk in re.split(r"\n\s*\n", "".join(element.itertext())):
                self.builder.add(" ".join(chunk.split()), page=self.page)
            return False
        self.say(element.text)
        return True

    def leave(self, element: Any) -> None:
        tag = name_of(element)
        if tag in BLOCKS:
            self.flush()
        if self._open and self._open[-1] is element:
            self._open.pop()
            if tag == "li":
                self._marks.pop()

    def say(self, words: str | None) -> None:
        if words:
            if not self._words:
                self._begun_on = self.page
            self._words.append(re.sub(r"\s+", " ", words))

    def flush(self) -> None:
        """Ends the block in hand; a double line break within it parts it."""
        said = "".join(self._words)
        self._words.clear()
        if not said.strip():
            return
        kind, level = self._kind()
        for chunk in re.split(r"\n\s*\n", said):
            text = lined(chunk.split("\n")) if kind == "paragraph" else " ".join(chunk.split())
            if text:
                if kind == "item" and self._marks and self._marks[-1]:
                    text, self._marks[-1] = self._marks[-1] + text, ""
                depth = sum(name_of(element) == "blockquote" for element in self._open) if self._marks_quotes else 0
                text = f"{'>' * depth} {text}" if depth else text
                self.builder.add(text, kind, level=level, page=self._begun_on or self.page, box=self._is_beside())

    def _kind(self) -> tuple[Kind, int]:
        tags = [name_of(element) for element in self._open]
        if heading := next((tag for tag in reversed(tags) if re.fullmatch("h[1-6]", tag)), None):
            return "heading", int(heading[1])
        if any("note" in _role(element) for element in self._open):
            return "footnote", 0
        return ("item" if "li" in tags else "paragraph"), 0

    def _is_beside(self) -> bool:
        """Whether the walk is in a side bar or a figure, which is no part of the sentence around it."""
        return any(name_of(element) in ("aside", "figure") for element in self._open)


def data_rows(table: Any) -> list[list[str]]:
    """The cells of a table that holds data; none for one that lays out a page (nested, or of one row or column)."""
    if table.get("role") == "presentation" or any(name_of(inside) in _LAYOUT for inside in table.iterdescendants()):
        return []
    rows = rows_of(table)
    return rows if len(rows) > 1 and max(map(len, rows)) > 1 and not _is_prose(rows) else []


def _is_prose(rows: list[list[str]]) -> bool:
    return any(len(cell) > 1500 for row in rows for cell in row)


def lined(lines: Iterable[str]) -> str:
    """Lines that breaks part, as lines where all are short, as those of a list of names; else as one stretch."""
    folded = [line for line in (" ".join(line.split()) for line in lines) if line]
    is_list = all(len(line) <= _LONGEST_LINE for line in folded)
    return ("\n" if is_list else " ").join(folded)


def _role(element: Any) -> str:
    """What the markup says an element is for: `role` and EPUB's `epub:type`."""
    types = [value for name, value in element.attrib.items() if name == "role" or name.endswith(("}type", "epub:type"))]
    return " ".join(types).lower()


def _links_within(element: Any) -> bool:
    return any((link.get("href") or "").startswith("#") for link in element.iter() if name_of(link) == "a")
