"""Versions of one document in several languages, and which of their paragraphs say the same.

A translation keeps the order, the numbers, the figures and about the length of paragraphs. Two texts are aligned by
these alone, as sentences are by Gale and Church (1993), "A program for aligning sentences in bilingual corpora".
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from ...vectorstore.language.analysers import exact_forms
from .align import Paragraph

# What speaks for a pair of paragraphs, and against leaving one without a counterpart. A pair that nothing speaks for
# but its place is a little better than none on both sides.
_ALONE = -0.6
_KIND, _HEADING, _NUMBER, _FIGURES, _LENGTH = 1.0, 0.4, 2.0, 2.0, 0.8
# No translation has many times the paragraphs. So many of them on either side of the straight way are looked at: all
# would take as many steps as the product of both lengths.
_BAND = 60
_MOST_TIMES = 3
_MOST_PARAGRAPHS = 5000


class _Trace:
    """What of a paragraph a translation keeps."""

    def __init__(self, paragraph: Paragraph) -> None:
        self.is_note = paragraph.kind == "footnote"
        self.is_heading = paragraph.kind == "heading"
        words = exact_forms(paragraph.words)
        self.figures = Counter(word for word in words if any(letter.isdigit() for letter in word))
        label = exact_forms(paragraph.label)
        self.number = label[0] if label and label[0].isdigit() else ""
        self.labelled = bool(label)
        self.length = len(paragraph.words)


def counterpart(paragraphs: Sequence[Paragraph], others: Sequence[Paragraph], start: int) -> Paragraph | None:
    """The paragraph of a translation that says what the one at an offset says; None where none does."""
    for one, other in align_versions(paragraphs, others):
        if paragraphs[one].start <= start < paragraphs[one].end:
            return others[other]
    return None


def align_versions(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[tuple[int, int]]:
    """Which paragraphs of a text and its translation say the same, as pairs of their places, in order."""
    fewest, most = sorted((len(old), len(new)))
    if not fewest or most > min(_MOST_TIMES * fewest, _MOST_PARAGRAPHS):
        return []
    left, right = list(map(_Trace, old)), list(map(_Trace, new))
    ratio = sum(each.length for each in right) / max(1, sum(each.length for each in left))
    return [(one, other) for one, other in _path(left, right, ratio) if _worth(left[one], right[other], ratio) > _ALONE]


def _path(left: Sequence[_Trace], right: Sequence[_Trace], ratio: float) -> list[tuple[int, int]]:
    """The pairs of the best way through both texts (Needleman and Wunsch), near the straight one."""
    width = len(right)
    scores = [{place: place * _ALONE for place in range(min(width, _BAND) + 1)}]
    moves: list[dict[int, str]] = [dict.fromkeys(scores[0], "right")]
    for row, one in enumerate(left, start=1):
        middle = row * width // len(left)
        above, line, move = scores[-1], dict[int, float](), dict[int, str]()
        for place in range(max(0, middle - _BAND), min(width, middle + _BAND) + 1):
            ways = [
                (above[place - 1] + _worth(one, right[place - 1], ratio), "pair") if place - 1 in above else None,
                (above[place] + _ALONE, "left") if place in above else None,
                (line[place - 1] + _ALONE, "right") if place - 1 in line else None,
            ]
            line[place], move[place] = max(filter(None, ways))
        scores.append(line)
        moves.append(move)
    return list(_walked_back(moves, width))[::-1]


def _walked_back(moves: Sequence[dict[int, str]], place: int) -> Iterator[tuple[int, int]]:
    row = len(moves) - 1
    while row or place:
        move = moves[row][place]
        if move == "pair":
            yield row - 1, place - 1
        row -= move != "right"
        place -= move != "left"


def _worth(one: _Trace, other: _Trace, ratio: float) -> float:
    """What speaks for two paragraphs to say the same, and against it below 0."""
    worth = _KIND if one.is_note == other.is_note else -_KIND
    if one.is_heading != other.is_heading:
        worth -= _HEADING
    if one.number or other.number:
        worth += _NUMBER if one.number == other.number else -_NUMBER
    elif one.labelled != other.labelled:
        worth -= _NUMBER / 2
    total = one.figures.total() + other.figures.total()
    if total:
        worth += _FIGURES * (2 * (one.figures & other.figures).total() / total - 0.5)
    return worth - _LENGTH * abs(math.log((other.length + 20) / (one.length * ratio + 20)))
