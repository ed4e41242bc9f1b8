"""Arabic, Hebrew and their kin in PDFs: letters in the order one reads them in, told from where they are printed.

In what order a PDF holds the letters of such a line differs by the program that made it: as they are read, as they are
drawn from the left, ligatures the other way round, vowel marks by themselves. Where they stand does not.

runs of characters -> bands, one a printed line -> marks at their letters -> words by gaps -> the order of reading

Source of the order within a line: Unicode Standard Annex 9, read backwards.
"""

import ctypes
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_LETTER = re.compile("[\u0590-\u05ff\u0620-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LAM, _ALEFS = "\u0644", frozenset("\u0627\u0622\u0623\u0625\u0671")
# In sizes of the letters. Letters that do not join stand up to .2 apart.
_WORD_GAP, _WIDE_GAP = 0.12, 0.25
_SAME_BASE = 0.25
_SAME_BAND = 4.0
# What goes from left to right within a word: its numbers and Latin letters, with what stands between them.
_FROM_LEFT = re.compile(r"[^\W_](?:.*[^\W_%])?%?", re.DOTALL)
_OPENING, _CLOSING = "([{«‹", ")]}»›"
_TO_OPEN, _TO_CLOSE = str.maketrans(_CLOSING, _OPENING), str.maketrans(_OPENING, _CLOSING)
_AFTER = _OPENING + _CLOSING + ".,:;!?،؛؟"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A letter, or a ligature of several, where it is printed; lengths in points, `base` is its base line."""

    text: str
    position: int
    left: float
    right: float
    base: float

    @property
    def centre(self) -> float:
        """Halfway between its sides."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as it is read, where it is printed, and the position of its first and of its last character."""

    text: str
    first: int
    last: int
    left: float
    right: float

    def mirrored(self, width: float) -> "Word":
        """It on a page of some width seen in a mirror."""
        return replace(self, left=width - self.right, right=width - self.left)


class Printed(NamedTuple):
    """A printed line: its text, and its words in the order of reading."""

    text: str
    words: list[Word]

    def mirrored(self, width: float) -> "Printed":
        """It on a page of some width seen in a mirror, its words from the left on."""
        return Printed(self.text, [word.mirrored(width) for word in self.words])


@dataclass(slots=True, kw_only=True)
class _Band:
    """The glyphs of one printed line, with the centres of its spaces."""

    base: float
    size: float
    glyphs: list[Glyph] = field(default_factory=list[Glyph])
    spaces: list[float] = field(default_factory=list[float])
    left: float = 0.0
    right: float = 0.0

    def takes(self, glyphs: Sequence[Glyph]) -> bool:
        """Whether glyphs go on with it."""
        near = _SAME_BAND * self.size
        left, right = min(glyph.left for glyph in glyphs), max(glyph.right for glyph in glyphs)
        level = abs(glyphs[0].base - self.base) <= _SAME_BASE * self.size
        return level and left <= self.right + near and right >= self.left - near

    def add(self, glyphs: Sequence[Glyph], spaces: Sequence[float]) -> None:
        """Puts them into it."""
        sides = [self.left, self.right] if self.glyphs else []
        self.left = min(sides[:1] + [glyph.left for glyph in glyphs])
        self.right = max(sides[1:] + [glyph.right for glyph in glyphs])
        self.glyphs += glyphs
        self.spaces += spaces


def has_right_to_left(characters: Sequence[str]) -> bool:
    """Whether any character is of a script written from the right."""
    return _LETTER.search("".join(characters)) is not None


def is_right_to_left(characters: Sequence[str]) -> bool:
    """Whether most letters are."""
    letters = [character for character in characters if character.isalpha()]
    return 2 * len(_LETTER.findall("".join(letters))) > len(letters)


def lines_from_right(
    text_page: "PdfTextPage", characters: Sequence[str], runs: Sequence[tuple[int, int]], size: float
) -> Iterator[Printed]:
    """Printed lines in drawing order, their words in the order of reading; `size` is that of the letters, in points."""
    bands: list[_Band] = []
    loose: list[tuple[int, Glyph]] = []
    turned = _ligatures_are_turned(text_page, characters, runs)
    for start, end in runs:
        glyphs, spaces = _glyphs(text_page, characters, start, end, turned)
        marks = [glyph for glyph in glyphs if _is_mark(glyph.text)]
        letters = [glyph for glyph in glyphs if not _is_mark(glyph.text)]
        if letters and not (bands and bands[-1].takes(letters)):
            bands.append(_Band(base=letters[0].base, size=size))
        if letters:
            bands[-1].add(letters, spaces)
        loose += [(max(len(bands) - 1, 0), mark) for mark in marks]
    for band in bands:
        band.glyphs.sort(key=lambda glyph: glyph.centre)
        band.spaces.sort()
    for number, mark in loose:
        _put(mark, [band for band in bands[max(number - 1, 0) : number + 2] if band.glyphs])
    for band in bands:
        letters = "".join(glyph.text for glyph in band.glyphs)
        words = [_word(glyphs, has_right_to_left(letters)) for glyphs in _words(band)]
        words = _in_order(words, is_right_to_left(letters))
        yield Printed(" ".join(word.text for word in words), words)


def _glyphs(
    text_page: "PdfTextPage", characters: Sequence[str], start: int, end: int, turned: bool
) -> tuple[list[Glyph], list[float]]:
    """What leaves ink in a run: characters of one origin are one glyph; and the centres of its spaces."""
    import pypdfium2.raw as pdfium

    letters: dict[tuple[float, float], list[Glyph]] = defaultdict(list)
    spaces: dict[tuple[float, float], float] = {}
    for position in range(start, end):
        left, _, right, _ = text_page.get_charbox(position)
        across, base = _origin(text_page, position)
        place = round(across, 2), round(base, 2)
        if characters[position].isspace():
            if pdfium.FPDFText_IsGenerated(text_page, position) != 1:
                spaces[place] = (left + right) / 2
        elif characters[position] >= " ":
            letter = Glyph(text=characters[position], position=position, left=left, right=right, base=base)
            letters[place].append(letter)
    # Skia gives spaces the place of a letter of the word beside.
    apart = [centre for place, centre in spaces.items() if place not in letters]
    return [_joined(group, turned) for group in letters.values()], apart


def _origin(text_page: "PdfTextPage", position: int) -> tuple[float, float]:
    import pypdfium2.raw as pdfium

    across, up = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, position, across, up)
    return across.value, up.value


def _joined(letters: Sequence[Glyph], turned: bool) -> Glyph:
    """One glyph of the letters that it stands for: PDFium gives each a part of its box, or the whole of it."""
    if len(letters) == 1:
        return letters[0]
    if letters[0].left == letters[-1].left:
        ordered = letters[::-1] if turned else letters
    else:
        from_right = has_right_to_left(letters[0].text)
        ordered = sorted(letters, key=lambda letter: letter.centre, reverse=from_right)
    left, right = min(letter.left for letter in letters), max(letter.right for letter in letters)
    text = "".join(text for text, _ in groupby(letter.text for letter in ordered))  # bold made by printing twice
    return replace(letters[0], text=text, left=left, right=right)


def _ligatures_are_turned(text_page: "PdfTextPage", characters: Sequence[str], runs: Sequence[tuple[int, int]]) -> bool:
    """Whether ligatures come last letter first: lam and alef, set in one, stand in no other order."""
    turned = 0
    for start, end in runs:
        for position in range(start, end - 1):
            pair = characters[position], characters[position + 1]
            if (pair[0] == _LAM and pair[1] in _ALEFS) or (pair[1] == _LAM and pair[0] in _ALEFS):
                left, _, right, _ = text_page.get_charbox(position)
                if (left, right) == text_page.get_charbox(position + 1)[0:3:2]:
                    turned += 1 if pair[1] == _LAM else -1
    return turned > 0


def _is_mark(text: str) -> bool:
    return all(unicodedata.category(character) == "Mn" for character in text)


def _put(mark: Glyph, bands: Sequence[_Band]) -> None:
    """Puts a vowel mark at the letter above or below which it is printed."""
    if not bands:
        return
    band = min(
        bands, key=lambda band: abs(mark.base - band.base) + max(band.left - mark.centre, mark.centre - band.right, 0)
    )
    place = bisect_left(band.glyphs, mark.centre, key=lambda glyph: glyph.centre)
    around = range(max(place - 1, 0), min(place + 1, len(band.glyphs)))
    nearest = min(around, key=lambda index: abs(band.glyphs[index].centre - mark.centre))
    letter = band.glyphs[nearest]
    band.glyphs[nearest] = replace(letter, text=letter.text + mark.text)


def _words(band: _Band) -> Iterator[list[Glyph]]:
    """The glyphs of each word, from the left of the line on; where spaces stand is told wrong by some programs."""
    word = band.glyphs[:1]
    for one, other in pairwise(band.glyphs):
        gap = (other.left - one.right) / band.size
        between = bisect_right(band.spaces, other.centre) > bisect_left(band.spaces, one.centre)
        brackets = one.text in _OPENING + _CLOSING or other.text in _OPENING + _CLOSING
        if gap >= (_WORD_GAP if between and not brackets else _WIDE_GAP):
            yield word
            word = []
        word.append(other)
    yield word


def _word(glyphs: Sequence[Glyph], from_right: bool) -> Word:
    """A word as it is read, on a line with letters from the right or on another."""
    left, right = glyphs[0].left, glyphs[-1].right
    first, last = glyphs[0].position, glyphs[-1].position
    text = "".join(glyph.text for glyph in glyphs)
    if from_right:
        parts = [(turned, list(part)) for turned, part in groupby(glyphs, lambda glyph: has_right_to_left(glyph.text))]
        text = _bracketed("".join(_read(part, turned) for turned, part in reversed(parts)))
        if parts[-1][0]:
            first, last = last, first
    return Word(text=text, first=first, last=last, left=left, right=right)


def _read(glyphs: Sequence[Glyph], turned: bool) -> str:
    """A part of a word as it is read: letters from the right, or a number or Latin letters with signs around."""
    if turned:
        return "".join(glyph.text for glyph in reversed(glyphs))
    printed = "".join(glyph.text for glyph in glyphs)
    number = _FROM_LEFT.search(printed)
    if number is None:
        return printed[::-1]
    return printed[number.end() :][::-1] + number[0] + printed[: number.start()][::-1]


def _bracketed(word: str) -> str:
    """A word whose brackets open before it and close after it: some programs store them as they look."""
    inner = word.lstrip(_OPENING + _CLOSING)
    core = inner.rstrip(_AFTER)
    if not core:
        return word
    before, after = word[: len(word) - len(inner)], inner[len(core) :]
    return before.translate(_TO_OPEN) + core + after.translate(_TO_CLOSE)


def _in_order(words: Sequence[Word], from_right: bool) -> list[Word]:
    """The words of a line in the order of reading, those in Latin letters or those from the right turned round."""
    ordered: list[Word] = []
    groups = groupby(reversed(words) if from_right else words, lambda word: _is_from_right(word.text, from_right))
    for turned, group in groups:
        ordered += group if turned == from_right else reversed(list(group))
    return ordered


def _is_from_right(text: str, otherwise: bool) -> bool:
    """Whether a word belongs to those read from the right; numbers and signs go with the line."""
    return has_right_to_left(text) or (otherwise and not any(map(str.isalpha, text)))
