"""Two texts compared: which paragraphs are the same, changed word by word, moved, new or dropped.

text_of(document, passages) -> compare(old, new) -> Comparison
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ...vectorstore.language.analysers import TOKEN
from ...vectorstore.passage import Document
from .align import Paragraph, Stretch, align, in_order, paragraphs_of
from .versions import align_versions

Way = Literal["same", "changed", "new", "dropped"]
How = Literal["kept", "dropped", "added"]
# Word by word, a paragraph takes as many steps as the product of both lengths; what is longer is compared at its ends.
_MOST_WORDS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document, and its paragraphs in order."""

    document: Document
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Some words of a paragraph, and whether the change kept, dropped or added them."""

    how: How
    text: str

    @property
    def parted(self) -> tuple[str, str]:
        """The white space before them, and the words."""
        words = self.text.lstrip()
        return self.text[: len(self.text) - len(words)], words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A paragraph as it stood and as it stands. `old` is None for a new one, `new` for one that was dropped.

    `wording` is its words, without the label and without mark-up: those of both sides in reading order.
    """

    way: Way
    old: Paragraph | None
    new: Paragraph | None
    moved: bool
    wording: tuple[Wording, ...]

    @property
    def renumbered(self) -> bool:
        """Whether it bears another number than before."""
        return self.old is not None and self.new is not None and self.old.number != self.new.number

    @property
    def is_change(self) -> bool:
        """Whether anything but its number is other than before."""
        return self.way != "same" or self.moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of the paragraphs of a text, in the order of the new one; dropped ones where they stood."""

    old: Document
    new: Document
    rows: tuple[Row, ...]

    @property
    def changes(self) -> list[Row]:
        """What is not as it was."""
        return [row for row in self.rows if row.is_change]

    @property
    def counts(self) -> dict[str, int]:
        """How many paragraphs are the same, changed, new and dropped, and how many were moved or renumbered."""
        ways: tuple[Way, ...] = ("same", "changed", "new", "dropped")
        return {
            **{way: sum(row.way == way for row in self.rows) for way in ways},
            "moved": sum(row.moved for row in self.rows),
            "renumbered": sum(row.renumbered for row in self.rows),
        }


def text_of(document: Document, stretches: Sequence[Stretch]) -> Text:
    """A document as it is compared; `stretches` are its passages, or the units of a file just read."""
    return Text(document=document, paragraphs=tuple(paragraphs_of(document, stretches)))


def compare(old: Text, new: Text) -> Comparison:
    """What became of the paragraphs of a text; of texts in two languages, which paragraphs say the same."""
    before, after = old.paragraphs, new.paragraphs
    translated = bool(old.document.language and new.document.language) and (
        old.document.language != new.document.language
    )
    pairs = align_versions(before, after) if translated else align(before, after)
    kept = in_order(pairs)
    origin = {new_place: old_place for old_place, new_place in pairs}
    rows: list[Row] = []
    for old_place, new_place in _in_reading_order(len(before), len(after), origin, kept):
        one = None if old_place is None else before[old_place]
        other = None if new_place is None else after[new_place]
        moved = one is not None and other is not None and (old_place, new_place) not in kept
        rows.append(_row(one, other, moved=moved, translated=translated))
    return Comparison(old=old.document, new=new.document, rows=tuple(rows))


def _row(old: Paragraph | None, new: Paragraph | None, *, moved: bool, translated: bool) -> Row:
    was, now = old.words if old else "", new.words if new else ""
    if old is None or new is None:
        way = "new" if old is None else "dropped"
    else:
        way = "same" if translated or was == now else "changed"
    wording = [Wording(how="kept", text=now)] if way == "same" else _wording(was, now)
    return Row(way=way, old=old, new=new, moved=moved, wording=tuple(wording))


def _in_reading_order(
    before: int, after: int, origin: dict[int, int], kept: set[tuple[int, int]]
) -> Iterator[tuple[int | None, int | None]]:
    """Places of each paragraph in the old and the new text; those dropped come before what followed them."""
    stays = set(origin.values())
    at = 0
    for place in range(after):
        old_place = origin.get(place)
        if old_place is not None and (old_place, place) in kept:
            yield from ((gone, None) for gone in range(at, old_place) if gone not in stays)
            at = old_place + 1
        yield old_place, place
    yield from ((gone, None) for gone in range(at, before) if gone not in stays)


def _wording(old: str, new: str) -> Iterator[Wording]:
    """The words of a row, with what became of them."""
    was, now = _Words(old), _Words(new)
    at_old = at_new = 0
    for from_old, from_new, length in _kept(was.tokens, now.tokens):
        parts: tuple[tuple[How, str], ...] = (
            ("dropped", was.between(at_old, from_old)),
            ("added", now.between(at_new, from_new)),
            ("kept", now.between(from_new, from_new + length)),
        )
        yield from (Wording(how=how, text=text) for how, text in parts if text)
        at_old, at_new = from_old + length, from_new + length


class _Words:
    """The words of a text and the marks between them, each with the white space before it."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        self._text = text
        self._edges = [0, *(match.end() for match in TOKEN.finditer(text))]

    def between(self, first: int, last: int) -> str:
        """The words from one place up to another."""
        return self._text[self._edges[first] : self._edges[last]]


def _kept(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of words that two paragraphs share, in order: where each begins in both, and its length; an empty one ends
    them."""
    from rapidfuzz.distance import Indel

    if max(len(old), len(new)) > _MOST_WORDS:
        start = _shared(old, new)
        end = _shared(old[start:][::-1], new[start:][::-1])
        yield from ((0, 0, start), (len(old) - end, len(new) - end, end), (len(old), len(new), 0))
        return
    for block in Indel.opcodes(old, new).as_matching_blocks():
        yield block.a, block.b, block.size


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words two texts share from their beginnings on."""
    return next(
        (place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )
