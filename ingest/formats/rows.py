"""Rows of tables read back out of their text: values under the names of their columns, and what these are for.

    neighbours of kind "table" -> rows of cells by the names of their columns -> roles of columns

`table.py` writes such rows, Markdown has them as it draws them. The names of columns are data (`columns.tsv`); a table
whose columns do not say what they are tells nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol

from ...vectorstore.markup import plain
from ..language.tables import words_by_role

words_of_columns = partial(words_by_role, "columns")
"""The words of a role in `columns.tsv`, each with the kind of outcome that it tells."""
_ROLES = ("speaker", "said", "item", "number", "decision", "action", "owner", "due", "member", "vote")
_ROLE = {word: role for role in reversed(_ROLES) for word in words_of_columns(role)}
_EMPTY = words_of_columns("empty")
_BAR = re.compile(r"(?<!\\)\|")
_PARTS = re.compile(r"\s?/\s?|\s(?:and|or|et|y|und|e|en|и)\s|\s?&\s?")
_ASIDE = re.compile(r"\s?\([^()]{0,40}\)")
_COUNTED = re.compile(r"(?<=\w)\s[\d.]{1,6}[a-z]?\Z")
_LONGEST_NAME_CHARS = 120
_FEWEST_SAID_WORDS = 3


class Span(Protocol):
    """A block or a unit."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: its values by the names of their columns, a value without a name under its place ("#1")."""

    start: int
    end: int
    cells: dict[str, str]

    def value(self, role: str) -> str:
        """What stands in the first column of a role, empty where there is none or nothing worth telling."""
        found = next((value for name, value in self.cells.items() if role_of(name) == role), "")
        return "" if found.casefold() in _EMPTY else found


@lru_cache(maxsize=1024)
def role_of(name: str) -> str | None:
    """What a column is for, by its name: "Action owner(s)", "Owner / Lead", "Owner 2" are owners."""
    name = _COUNTED.sub("", _ASIDE.sub("", plain(name)).strip(" .:*").casefold())
    return next((_ROLE[part] for part in (name, *_PARTS.split(name)) if part in _ROLE), None)


def tables(text: str, spans: Sequence[Span]) -> list[list[Row]]:
    """The rows below the names of their columns, table by table; those of tables without names are left out."""
    found: list[list[Row]] = []
    for stretch in _stretches(text, spans):
        lines = [(span.start, span.end, _cut(text[span.start : span.end])) for span in stretch]
        rows = _under_bars(lines) if text.startswith("|", stretch[0].start) else _labelled(lines)
        found += [rows] if rows else []
    return found


def _stretches(text: str, spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Neighbours of kind "table", over page breaks; a blank line ends what is drawn with bars."""
    stretch: list[Span] = []
    for span in spans:
        if span.kind == "furniture":
            continue
        is_drawn = bool(stretch) and text.startswith("|", stretch[-1].start)
        if stretch and (span.kind != "table" or (is_drawn and "\n\n" in text[stretch[-1].end : span.start])):
            yield stretch
            stretch = []
        if span.kind == "table":
            stretch.append(span)
    if stretch:
        yield stretch


def _cut(words: str) -> list[str]:
    """The cells of a line, as they stand between its bars."""
    if words.startswith("|"):
        return [cell.strip() for cell in _BAR.split(words.strip().removesuffix("|"))[1:]]
    return words.split(" | ")


def _under_bars(lines: Sequence[tuple[int, int, list[str]]]) -> list[Row]:
    """The rows of a table in Markdown, the first of which names the columns."""
    names = [name or f"#{place}" for place, name in enumerate(lines[0][2])]
    return [
        Row(start=start, end=end, cells={name: plain(value) for name, value in zip(names, cells, strict=False)})
        for start, end, cells in lines[1:]
    ]


def _labelled(lines: Sequence[tuple[int, int, list[str]]]) -> list[Row]:
    """Rows whose values have the names of their columns before them, each name in two rows or in the row of names."""
    counts: dict[str, int] = {}
    for _, _, cells in lines:
        for name in {cell.partition(": ")[0] for cell in cells if ": " in cell[: _LONGEST_NAME_CHARS + 2]}:
            counts[name] = counts.get(name, 0) + 1
    headed = {cell.rstrip(" :") for _, _, cells in lines if len(cells) > 1 for cell in cells}
    known = {name for name, count in counts.items() if count > 1 or name in headed}
    rows: list[Row] = []
    for start, end, cells in lines:
        named = {
            name if name in known else f"#{place}": value if name in known else cell
            for place, cell in enumerate(cells)
            for name, _, value in (cell.partition(": "),)
        }
        if known & named.keys():
            rows.append(Row(start=start, end=end, cells=named))
    return rows


def speakers_by_row(text: str, spans: Sequence[Span]) -> dict[int, str]:
    """Who speaks in a row, by where it begins: where one column names speakers and another has what they said."""
    return {
        row.start: row.value("speaker")
        for rows in tables(text, spans)
        for row in rows
        if row.value("speaker") and len(row.value("said").split()) >= _FEWEST_SAID_WORDS
    }


def names_above(text: str, spans: Sequence[Span]) -> dict[int, str]:
    """The names of the columns of each row that has them only in the first row of its table, by where it begins."""
    return {
        row.start: " | ".join(name for name in row.cells if not name.startswith("#"))
        for rows in tables(text, spans)
        for row in rows
        if text.startswith("|", row.start)
    }
