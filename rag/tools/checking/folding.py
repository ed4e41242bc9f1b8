"""Words as quotations are compared: the shapes of marks, white space, case and mark-up made equal, and what was made so
told.

Punctuation is part of a word and counts, but at both ends of a quotation.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Fold = Literal["white space", "quotation marks", "dashes", "case", "mark-up", "letter forms"]
QUOTES = "\"'“”„‟«»‹›‘’‚‛`´′″＂＇「」『』〝〞〟"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_SHAPES = str.maketrans(dict.fromkeys(QUOTES, "'") | dict.fromkeys(_DASHES, "-"))
# What a reader does not read: emphasis, brackets of an editor, marks of notes after a word, hyphens that may be.
_SILENT = re.compile(
    r"</?(?:sup|sub|b|i|em|strong|u|br|span|a)\b[^<>\s]{0,80}>|(?<=\S)\[\^?\d{1,3}\]|\]\([^()\s]{1,500}\)"
    r"|(?<=[«‹])\s|\s(?=[»›])|[\xa0\u202f](?=[;:!?%])"
    r"|[*_\[\]\\¹²³⁰⁴-⁹\xad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"
)
# A character of a script without spaces is a word by itself.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_EDGES = " .,;:!?-'()…。，；：！？、"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text's words as they are compared, and where each stands in it, half open."""

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` to `last` (exclusive) stand in the text."""
        return self.places[first][0], self.places[last - 1][1]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The words of a text as they are compared, parted by single spaces."""
    return " ".join(_WORD.findall(_letters(_silenced(text).translate(_SHAPES))))


@lru_cache(maxsize=256)
def fold_words(text: str) -> Folded:
    """The words of a text with their places; what folding leaves nothing of is no word."""
    kept = [(word, match.span()) for match in _WORD.finditer(_blanked(text)) for word in folded(match[0]).split()]
    return Folded(words=tuple(word for word, _ in kept), places=tuple(place for _, place in kept))


def find_words(text: str, wanted: str, start: int = 0) -> tuple[int, int] | None:
    """Where words, folded and without marks at their ends, first stand whole in a folded text from a place on."""
    place = text.find(wanted, start) if wanted else -1
    while place >= 0:
        end = place + len(wanted)
        if _is_edge(text, place, wanted[0], -1) and _is_edge(text, end, wanted[-1], 0):
            return place, end
        place = text.find(wanted, place + 1)
    return None


def without_edges(words: str) -> str:
    """Folded words without the marks at both ends, where a sentence may go on otherwise."""
    return words.strip(_EDGES)


def alike_from_start(one: str, other: str) -> int:
    """How many characters two texts have in common from the first on."""
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def folds(quote: str, record: str) -> tuple[Fold, ...]:
    """What has to be made equal for a quotation to be the record's words."""
    return tuple(kind for kind in _FOLDS if _without(kind, quote) != _without(kind, record))


def _is_edge(text: str, place: int, letter: str, side: int) -> bool:
    """Whether no word goes on across a place; words written without spaces may begin and end anywhere."""
    beside = text[place + side : place + side + 1] if place + side >= 0 else ""
    return not (beside.isalnum() and letter.isalnum()) or "\u0e00" <= letter <= "\u0eff"  # Thai and Lao part no words


def _silenced(text: str) -> str:
    return _SILENT.sub("", text)


def _blanked(text: str) -> str:
    """A text of the same length in which what is silent parts no words."""
    return _SILENT.sub(lambda match: "*" * len(match[0]), text)


def _letters(text: str) -> str:
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _spaces(text: str) -> str:
    return " ".join(text.split())


_FOLDS: dict[Fold, Callable[[str], str]] = {
    "mark-up": _silenced,
    "quotation marks": lambda text: text.translate({ord(mark): "'" for mark in QUOTES}),
    "dashes": lambda text: text.translate({ord(dash): "-" for dash in _DASHES}),
    "letter forms": lambda text: unicodedata.normalize("NFKC", text),
    "case": str.casefold,
    "white space": _spaces,
}


def _without(left_out: Fold, text: str) -> str:
    """A text with all but one of its folds made."""
    for kind, fold in _FOLDS.items():
        text = fold(text) if kind != left_out else text
    return text.strip(_EDGES + QUOTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Words of a record that a draft has not, or has others for; either may be empty."""

    record: str
    draft: str
