"""The numbers that places are cited by: sub-paragraphs with their whole path, and what a paragraph is a part of.

    places(text, units): of every unit the path ("7", "(h)", "(ii)") and the part ("draft resolution I")

A report has paragraphs of its own; those of a draft that it recommends, of an annex and of a text that it quotes are
numbered anew and never taken for its own. In doubt there is no sub-paragraph and no part.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...vectorstore.markup import plain
from ..language.roman import count_of
from ..language.tables import alternatives
from ..units import Unit
from .paragraphs import follows, resumes

# The letters of Arabic in the order in which they number.
ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_MARK = re.compile(rf"\s{{0,8}}(?:\*\*)?\(?(?P<mark>[a-z]{{1,2}}|[ivxl]{{1,6}}|\d{{1,2}}|[{ABJAD}])\u0640?\)(?:\*\*)?")
_MOST_MARKS = 3
_KINDS = alternatives("parts")
_NUMERAL = r"\s(?:no\.?\s)?(?P<{}>[IVXL]{{1,6}}|\d{{1,3}}|[A-Z])(?![\w’'.(/-])"
_NAMED = re.compile(
    rf"\W{{0,4}}(?:(?P<kind>{_KINDS})(?!\w)(?:{_NUMERAL.format('own')})?"
    rf"|(?P<other>{alternatives('parts_numbered')}){_NUMERAL.format('needed')})",
    re.IGNORECASE,
)
_FOLLOWING = r"(?:following|suivante?s?|siguientes?|seguintes?|seguenti?|folgende[nrs]?)"
_ANNOUNCED = re.compile(rf"\b(?:{_FOLLOWING}\s(?P<after>{_KINDS})|(?P<before>{_KINDS})\s{_FOLLOWING}\b)", re.IGNORECASE)
_FOLLOWS = re.compile(rf"(?=[fs]){_FOLLOWING}", re.IGNORECASE)
_ENUMERATED = re.compile(r"\W{0,4}(?P<mark>(?:[IVXLC]{1,8}|[A-Z])(?=[.)]{1,2}\s)|\d{1,3}(?=[.)]{0,2}\s))")
_HAS_NUMERAL = re.compile(r"\s(?:[IVXL]{1,6}|\d{1,3}|[A-Z])\Z")
_ANNOUNCING_CHARS = 400
_FEWEST_HEADINGS = 3
_MOST_ROWS = 4


class Place(NamedTuple):
    """A paragraph's number with those of the sub-paragraphs down to a place, and what it is a paragraph of."""

    path: tuple[str, ...]
    part: str | None

    def above(self, depth: int) -> "Place":
        """The place over this one whose path is no longer than `depth`."""
        return Place(self.path[:depth], self.part)


def places(text: str, units: Sequence[Unit]) -> list[Place]:
    """The place of each unit; its path is empty where nothing numbers it."""
    numbers = [unit.locator.paragraph for unit in units]
    if not any(numbers):
        numbers = _numbers_of_headings(text, units)
    return [Place(*place) for place in zip(_paths(text, units, numbers), _parts(text, units), strict=True)]


# --- sub-paragraphs ---------------------------------------------------------------------------------------------------


def _paths(text: str, units: Sequence[Unit], numbers: Sequence[str | None]) -> list[tuple[str, ...]]:
    marked = [_marks(text, unit) for unit in units]
    following = _following(marked)
    paths: list[tuple[str, ...]] = []
    stack: list[tuple[str, str]] = []
    above: str | None = None
    for unit, number, marks, after in zip(units, numbers, marked, following, strict=True):
        words = text[unit.start : unit.end]
        if unit.kind == "footnote" and number is None:  # what it stands amid goes on behind it
            paths.append(())
            continue
        if unit.kind == "heading" or number != above:
            stack, above = [], number
        if number and number.endswith(")"):  # the format states the whole path
            marks = []
        for place, mark in enumerate(marks):
            stack = _placed(stack, mark, marks[place + 1] if place + 1 < len(marks) else after)
        is_inside = bool(marks) or (unit.kind in ("paragraph", "item") and (resumes(words) or unit.kind == "item"))
        inner = tuple(f"({mark})" for _, mark in stack) if is_inside else ()
        paths.append(((number,) if number else ()) + inner)
    return _without_lonely(paths)


def _marks(text: str, unit: Unit) -> list[str]:
    """The marks that a unit opens with: "(3) (a) ..." has two; after a number none, which is the paragraph's own."""
    if unit.kind not in ("paragraph", "item"):
        return []
    found: list[str] = []
    end = unit.start
    while len(found) < _MOST_MARKS and (match := _MARK.match(text, end, min(unit.end, end + 24))):
        found.append(match["mark"])
        end = match.end()
    return found if text[end : end + 1] in (" ", "\t", "\xa0", "\n", ":") else []


def _following(marked: Sequence[Sequence[str]]) -> list[str | None]:
    """For each unit the first mark of the next one that has any."""
    found: list[str | None] = []
    after: str | None = None
    for marks in reversed(marked):
        found.append(after)
        after = marks[0] if marks else after
    return found[::-1]


def _placed(stack: Sequence[tuple[str, str]], mark: str, after: str | None) -> list[tuple[str, str]]:
    """The marks in force after one that goes on with a row or begins one within; none where it does neither."""
    for depth in range(len(stack) - 1, -1, -1):
        style, before = stack[depth]
        if style in _styles(mark) and _count(style, mark) == _count(style, before) + 1:
            opens_inner = style == "letter" and mark == "i" and after == "ii"
            return [*stack[:depth], (style, mark)] if not opens_inner else [*stack, ("roman", mark)]
    first = next((style for style in _styles(mark) if _count(style, mark) == 1), None)
    return [*stack, (first, mark)] if first and len(stack) < _MOST_MARKS else []


def _styles(mark: str) -> list[str]:
    if mark.isdigit():
        return ["figure"]
    if mark in ABJAD:
        return ["abjad"]
    return [style for style in ("letter", "roman") if _count(style, mark)]


def _count(style: str, mark: str) -> int:
    if style == "figure":
        return int(mark) if mark.isdigit() else 0
    if style == "roman":
        return count_of(mark)
    if style == "abjad":
        return ABJAD.find(mark) + 1
    is_letter = mark.isalpha() and len(set(mark)) == 1
    return ord(mark[0]) - ord("a") + 1 + 26 * (len(mark) - 1) if is_letter else 0


def _without_lonely(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The paths, without rows of marks under no number that never get to their second."""
    kept = list(paths)
    start = 0
    for place in range(len(paths) + 1):
        if place < len(paths) and paths[place] and paths[place][0].startswith("("):
            continue
        if len({path[0] for path in paths[start:place]}) < 2:
            kept[start:place] = [()] * (place - start)
        start = place + 1
    return kept


# --- parts ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Row:
    """A row of paragraph numbers: the last of them and what they are the paragraphs of.

    A draft's paragraphs end with semicolons, the last of all with a full stop, which closes it.
    """

    last: str
    part: str | None
    has_semicolons: bool = False
    is_closed: bool = False


def _parts(text: str, units: Sequence[Unit]) -> list[str | None]:
    """What each unit's paragraph is a part of, None for the record's own."""
    latest = {unit.locator.paragraph: place for place, unit in enumerate(units)}
    rows: list[_Row] = []
    announced: str | None = None
    parts: list[str | None] = []
    for place, unit in enumerate(units):
        number = unit.locator.paragraph
        if unit.kind == "heading":
            announced = _named(text[unit.start : unit.end]) or announced
        if number and (not rows or number != rows[-1].last):
            rows = _continued(rows, number) or _begun(rows, number, announced, latest, place)
            announced = None
        if number and unit.kind in ("paragraph", "item"):
            rows[-1].has_semicolons |= text[unit.end - 1] == ";"
            rows[-1].is_closed = rows[-1].has_semicolons and text[unit.end - 1] == "."
        parts.append((rows[-1].part if rows else None) if number else announced)
        if unit.kind != "heading":
            announced = _announced(text, unit) or announced
    return parts


def _named(heading: str) -> str | None:
    """ "draft resolution I" for a heading that opens so."""
    match = _NAMED.match(plain(heading[:_ANNOUNCING_CHARS]))
    if not match:
        return None
    kind, numeral = match["kind"] or match["other"], match["own"] or match["needed"]
    return " ".join([*kind.casefold().split(), *([numeral] if numeral else [])])


def _announced(text: str, unit: Unit) -> str | None:
    """The kind of text that a paragraph says is to follow: "... the adoption of the following draft decision:"."""
    start = max(unit.start, unit.end - _ANNOUNCING_CHARS)
    match = _ANNOUNCED.search(text, start, unit.end) if _FOLLOWS.search(text, start, unit.end) else None
    return " ".join((match["after"] or match["before"]).casefold().split()) if match else None


def _continued(rows: Sequence[_Row], number: str) -> list[_Row]:
    """The rows that stay open where one of them goes on with a number; none where none does."""
    going_on = [depth for depth, row in enumerate(rows) if follows(row.last, number)]
    if not going_on:
        return []
    depth = going_on[-2] if len(going_on) > 1 and rows[going_on[-1]].is_closed else going_on[-1]
    rows[depth].last = number
    return list(rows[: depth + 1])


def _begun(
    rows: Sequence[_Row], number: str, announced: str | None, latest: Mapping[str | None, int], place: int
) -> list[_Row]:
    """The open rows with one that begins with a number: of a part, of a text that a paragraph quotes, or a gap."""
    if not rows:
        return [_Row(last=number, part=announced if announced and _HAS_NUMERAL.search(announced) else None)]
    last = rows[-1].last
    if number.rpartition(".")[2] == "1":
        return [*rows[-_MOST_ROWS:], _Row(last=number, part=announced)]
    if last.isdigit() and latest.get(str(int(last) + 1), -1) > place:
        return [*rows[-_MOST_ROWS:], _Row(last=number, part=f"quoted in paragraph {last}")]
    return [*rows[:-1], _Row(last=number, part=rows[-1].part)]


# --- headings that bear numbers ---------------------------------------------------------------------------------------


def _numbers_of_headings(text: str, units: Sequence[Unit]) -> list[str | None]:
    """For a record without numbered paragraphs the numbers of its headings, "III.A", over all that stands below."""
    marks = [_mark_of_heading(text, unit) for unit in units]
    depths = [(unit.locator.section or "").count(" > ") for unit in units]
    outer = min((depth for depth, mark in zip(depths, marks, strict=True) if mark), default=0)
    styles = [style for style in ("figure", "roman", "letter") if _counted(style, marks, depths, outer)]
    if not styles:
        return [None] * len(units)
    numbers: list[str | None] = []
    path: list[str | None] = []
    for unit, mark, depth in zip(units, marks, depths, strict=True):
        if unit.kind == "heading":
            path = [*path[: max(depth - outer, 0)], mark] if depth >= outer else []
        numbers.append(_joined(path))
    return numbers


def _mark_of_heading(text: str, unit: Unit) -> str | None:
    match = _ENUMERATED.match(text, unit.start, unit.end) if unit.kind == "heading" else None
    return match["mark"] if match else None


def _counted(style: str, marks: Sequence[str | None], depths: Sequence[int], outer: int) -> bool:
    """Whether the outermost headings count 1, 2, 3 in a style."""
    wanted = 1
    for mark, depth in zip(marks, depths, strict=True):
        if mark and depth == outer and _count(style, mark.lower()) == wanted:
            wanted += 1
    return wanted > _FEWEST_HEADINGS


def _joined(path: Sequence[str | None]) -> str | None:
    """The number of the innermost heading that has one, with those above it."""
    marks = list(path)
    while marks and not marks[-1]:
        marks.pop()
    return ".".join(mark for mark in marks if mark) or None if all(marks) else None
