"""Where a gold quote stands in a document, and how much of it another text holds.

Gold quotes come from raw files, which may hold Markdown; the stored text may have lost it, or broken its lines
elsewhere. So quotes are compared by their words: runs of word characters, case folded, markup left out.
"""

import re
from collections.abc import Iterator
from itertools import islice

GRAM_WORDS = 4

_WORD = re.compile(r"\w+")
# What Markdown hides from a reader and yet holds word characters: link targets, tags, underscores of emphasis.
_HIDDEN = re.compile(r"\]\([^()\s]*\)|</?[A-Za-z]+>|(?<!\w)_+|_+(?!\w)")


def words(text: str) -> list[str]:
    """The words of a text in order, case folded, without markup."""
    return [word.casefold() for word in _WORD.findall(_blanked(text))]


def folded(text: str) -> str:
    """The text with every run of white space made one space, and none at its ends."""
    return " ".join(text.split())


def coverage(quote: str, text: str) -> float:
    """The share, 0 to 1, of the quote's distinct word 4-grams that occur in the text.

    A quote of fewer than four words counts as one gram of all its words; one without a word is covered by nothing.
    Source: n-gram recall as in ROUGE-N (Lin 2004, aclanthology.org/W04-1013), on sets rather than counts.
    """
    quoted = words(quote)
    if not quoted:
        return 0.0
    size = min(GRAM_WORDS, len(quoted))
    wanted = _grams(quoted, size)
    return len(wanted & _grams(words(text), size)) / len(wanted)


def locate(text: str, quote: str, nth: int = 1) -> tuple[int, int] | None:
    """Where the nth occurrence (from 1) of the quote stands: `(start, end)`, half open, or None.

    White space at the quote's ends does not count. Looked for as it is, then with white space folded, then as a
    sequence of words whatever stands between them.
    """
    for reading, pattern in _attempts(text, quote):
        match = next(islice(re.finditer(pattern, reading), nth - 1, None), None)
        if match:
            return match.span()
    return None


def _attempts(text: str, quote: str) -> Iterator[tuple[str, str]]:
    """Readings of the text with the pattern to look for in each, strictest first; all keep the text's offsets."""
    quoted = _WORD.findall(_blanked(quote))
    if not quoted:
        return
    yield text, re.escape(quote.strip())
    yield text, r"\s+".join(re.escape(part) for part in quote.split())
    yield _blanked(text), r"(?i)(?<!\w)" + r"\W+".join(quoted) + r"(?!\w)"


def _blanked(text: str) -> str:
    """The text with hidden markup overwritten by spaces, so that offsets stay."""
    return _HIDDEN.sub(lambda match: " " * len(match.group()), text)


def _grams(sequence: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(sequence[at : at + size]) for at in range(len(sequence) - size + 1)}
