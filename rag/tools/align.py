"""Two texts laid side by side, paragraph by paragraph: which belong together, by their words, order and numbers.

paragraphs_of(document) -> align(old, new): equal ones first, then the most alike, each at most once
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise, zip_longest
from typing import Protocol

from ...ingest.formats.plain.text import read_text
from ...vectorstore.language.analysers import TOKEN
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Locator

# What people call the same paragraph, changed, shares half of its words and neighbouring words; paragraphs that only
# sound alike share a third. Between the two it counts whether they stand at the same place.
ALIKE = 0.45
ALIKE_IN_PLACE = 0.35
_IN_PLACE = 0.1
_SAME_NUMBER = 0.05
_SAME_HEADING = 0.05
# Words that so many paragraphs share say nothing of which of them belong together.
_COMMON = 40
_RIVALS = 8
_LABEL = re.compile(
    r"(?:[(（]?(?:\d{1,4}(?:\.\d{1,3}){0,4}|[^\W\d_]|[ivxlcIVXLC]{1,6})(?:[.)）]|\.\))(?:\s++|(?<=[)）]))"
    r"|\d{1,4}\s?[-–—]\s++|[-*+•–]\s++){1,3}+"
)
_LINE = re.compile(r"[^\n]++")
_BLANK = re.compile(r"\n[^\S\n]*+\n\s*+")
_OF_LINES = ("item", "table")
_READ_BY_LINES = ("text/plain", "text/markdown")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph as it stands in a text, `text[start:end]`, from `said` on without the label that it bears."""

    start: int
    said: int
    end: int
    text: str = field(repr=False)
    kind: str
    locator: Locator

    @property
    def label(self) -> str:
        """The label printed before its words: "2.", "(a)"; empty where it bears none."""
        return self.text[: self.said - self.start].strip()

    @property
    def number(self) -> str | None:
        """By what people cite it: "2", "2 (a)"; None where it has no number."""
        inner = self.label.strip("-*+•–. ")
        numbers = [self.locator.paragraph or "", *([inner] if inner.strip("()（）") != self.locator.paragraph else [])]
        return " ".join(filter(None, numbers)) or None

    @cached_property
    def words(self) -> str:
        """What it says, without its label and without mark-up."""
        return plain(self.text[self.said - self.start :])

    @cached_property
    def traits(self) -> Counter[object]:
        """How often each word and each pair of neighbouring words stands in it, capitals and marks aside."""
        words = [word for word in TOKEN.findall(self.words.casefold()) if word[0].isalnum()]
        return Counter([*words, *pairwise(words)])


class Stretch(Protocol):
    """Some of a text, of one kind and at one place: a stored passage, or a unit of a file just read."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def locator(self) -> Locator: ...


def paragraphs_of(document: Document, stretches: Sequence[Stretch]) -> list[Paragraph]:
    """The paragraphs of a document, in order: what blank lines part, items of a list, rows of a table."""
    edges = _edges(document)
    return [
        paragraph
        for start, stretch in _runs(document.text, stretches)
        for paragraph in _parted(document.text, start, stretch, edges)
    ]


def _edges(document: Document) -> list[int]:
    """Where paragraphs begin: as the reader of plain texts has it, which knows broken lines; else after blank lines."""
    if document.media_type in _READ_BY_LINES:
        return [block.start for block in read_text(document.text).blocks]
    return [match.end() for match in _BLANK.finditer(document.text)]


def _runs(text: str, stretches: Sequence[Stretch]) -> Iterator[tuple[int, Stretch]]:
    """Where each run of stretches with only white space between them begins, and its last: what is long, or short, is
    kept in passages that are no paragraphs."""
    start = None
    for stretch, following in zip_longest(stretches, stretches[1:]):
        start = stretch.start if start is None else start
        if following is None or not _goes_on(text, stretch, following):
            yield start, stretch
            start = None


def _goes_on(text: str, stretch: Stretch, following: Stretch) -> bool:
    same = (stretch.kind, stretch.locator) == (following.kind, following.locator)
    return same and not text[stretch.end : following.start].strip()


def _parted(text: str, start: int, last: Stretch, edges: Sequence[int]) -> Iterator[Paragraph]:
    """The paragraphs from a place to the end of a stretch."""
    inner = edges[bisect_right(edges, start) : bisect_left(edges, last.end)]
    lines = (match.start() for match in _LINE.finditer(text, start, last.end)) if last.kind in _OF_LINES else ()
    opening = [line for line in lines if last.kind == "table" or _LABEL.match(text, line, last.end)]
    for left, right in pairwise(sorted({start, *inner, *opening, last.end})):
        words = text[left:right].strip()
        if words:
            left = text.index(words[0], left)
            label = _LABEL.match(words)
            said = left + (label.end() if label and label.end() < len(words) else 0)
            yield Paragraph(
                start=left, said=said, end=left + len(words), text=words, kind=last.kind, locator=last.locator
            )


def align(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[tuple[int, int]]:
    """Which paragraphs of two texts belong together, as pairs of their places, in order of the old one.

    Each stands in at most one pair; those in none were dropped or are new. Notes go only with notes.
    """
    pairs: list[tuple[int, int]] = []
    for notes in (False, True):
        left = [place for place, each in enumerate(old) if (each.kind == "footnote") is notes]
        right = [place for place, each in enumerate(new) if (each.kind == "footnote") is notes]
        found = _aligned([old[place] for place in left], [new[place] for place in right])
        pairs += [(left[one], right[other]) for one, other in found.items()]
    return sorted(pairs)


def in_order(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The most of the pairs that keep their order; the others were moved."""
    ends: list[int] = []
    lasts: list[tuple[int, int]] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for pair in sorted(pairs):
        place = bisect_left(ends, pair[1])
        before[pair] = lasts[place - 1] if place else None
        ends[place : place + 1] = [pair[1]]
        lasts[place : place + 1] = [pair]
    kept: set[tuple[int, int]] = set()
    last = lasts[-1] if lasts else None
    while last:
        kept.add(last)
        last = before[last]
    return kept


def _aligned(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> dict[int, int]:
    """Pairs of paragraphs that are alike, the equal ones first."""
    pairs = _equal([each.words for each in old], [each.words for each in new])
    taken = set(pairs.values())
    around = _Around(pairs, len(new))
    rated = sorted(_rated(old, new, pairs, taken, around), reverse=True)
    for _, one, other in rated:
        if one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return pairs


def _equal(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Pairs of equal texts: those that stand once in both, what follows and precedes them, the rest one by one."""
    where_old, where_new = _places(old), _places(new)
    pairs = {
        places[0]: where_new[text][0]
        for text, places in where_old.items()
        if len(places) == 1 and len(where_new.get(text, ())) == 1
    }
    taken = set(pairs.values())
    for step, edge in ((1, (-1, -1)), (-1, (len(old), len(new)))):
        for one, other in [edge, *sorted(pairs.items())]:
            one, other = one + step, other + step
            while _both_free(one, other, old, new, pairs, taken):
                pairs[one] = other
                taken.add(other)
                one, other = one + step, other + step
    for text, places in where_old.items():
        free = [place for place in where_new.get(text, ()) if place not in taken]
        pairs |= zip([place for place in places if place not in pairs], free, strict=False)
    return pairs


def _both_free(
    one: int, other: int, old: Sequence[str], new: Sequence[str], pairs: dict[int, int], taken: set[int]
) -> bool:
    """Whether two texts are there, equal and not yet paired."""
    if not (0 <= one < len(old) and 0 <= other < len(new)):
        return False
    return one not in pairs and other not in taken and old[one] == new[other]


def _places(texts: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        places[text].append(place)
    return places


class _Around:
    """Between which places of the new text a paragraph of the old one would stand, had nothing moved."""

    def __init__(self, pairs: dict[int, int], length: int) -> None:
        kept = sorted(in_order(pairs.items()))
        self._old = [one for one, _ in kept]
        self._new = [-1, *(other for _, other in kept), length]

    def holds(self, one: int, other: int) -> bool:
        """Whether two paragraphs stand at the same place."""
        place = bisect_left(self._old, one)
        return self._new[place] < other < self._new[place + 1]


def _rated(
    old: Sequence[Paragraph], new: Sequence[Paragraph], pairs: dict[int, int], taken: set[int], around: _Around
) -> Iterator[tuple[float, int, int]]:
    """How much each free paragraph is like those of the other text that share the most telling words with it."""
    holders: dict[object, list[int]] = defaultdict(list)
    for other in range(len(new)):
        if other not in taken:
            for trait in new[other].traits:
                holders[trait].append(other)
    for one in range(len(old)):
        if one in pairs:
            continue
        telling = (holders[trait] for trait in old[one].traits if 0 < len(holders.get(trait, ())) <= _COMMON)
        shared = Counter(chain.from_iterable(telling))
        for other, _ in shared.most_common(_RIVALS):
            alike = likeness(old[one], new[other])
            in_place = around.holds(one, other)
            if alike >= (ALIKE_IN_PLACE if in_place else ALIKE):
                yield alike + _evidence(old[one], new[other], in_place), one, other


def likeness(old: Paragraph, new: Paragraph) -> float:
    """How many of their words and pairs of neighbouring words two paragraphs share, 0 to 1 (Dice's coefficient)."""
    total = old.traits.total() + new.traits.total()
    return 2 * (old.traits & new.traits).total() / total if total else 0.0


def _evidence(old: Paragraph, new: Paragraph, in_place: bool) -> float:
    """What speaks for two paragraphs besides their words; it decides between rivals only."""
    same_number = bool(old.number) and old.number == new.number
    same_heading = old.locator.section == new.locator.section
    return _IN_PLACE * in_place + _SAME_NUMBER * same_number + _SAME_HEADING * same_heading
