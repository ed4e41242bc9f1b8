"""Citations that other programs can follow, and that outlive a re-reading: selectors, addresses, identifiers.

An identifier names a record, a place in it, and the words that stand there by a hash:

    onrecord:HB/2031/SR.4?para=39&words=14&hash=05e884898da28047&near=1f40fc92da241694

It is resolved to the place where just these words stand, or to none: never to words that are merely alike, nor to the
same words elsewhere. Selectors are those of the W3C's Web Annotation Data Model (2017); the part of an address that
names a text is that of the WICG's URL Fragment Text Directives.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode

from typing_extensions import TypedDict

from ....vectorstore.errors import InputError
from ....vectorstore.passage import Document, Listing
from ....vectorstore.store import Store
from ....vectorstore.structure import Structure
from ...answer import Citation
from ...answering.quoted import citation_at

SCHEME = "onrecord:"
MAX_IDENTIFIER_CHARS = 2_000
_CONTEXT_CHARS = 64
_AROUND = 8
# Eight words of any language, and then some; a word of this length has no place that outlives a re-reading.
_AROUND_CHARS = 1_000
# What a browser looks for is to stand in one block; of longer quotes the ends are named.
_LONGEST_WHOLE = 120
_END_WORDS = 4
_WORD = re.compile(r"\w+|[^\w\s]")
# A polynomial hash over words (Karp and Rabin, 1987), so that all places of a text are tried in linear time.
_PRIME = (1 << 61) - 1
_BASE = 1_000_003


class Selector(TypedDict, total=False):
    """A TextQuoteSelector, or a TextPositionSelector that counts the characters of the stored text."""

    type: str
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int


class Target(TypedDict):
    """What a citation points at, as the target of an annotation; `sha256` is that of the file it was read from."""

    source: str
    selector: list[Selector]
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What an identifier leads to: where its words stand, in more than one record where several bear its symbol."""

    identifier: str
    places: tuple[Citation, ...]

    @property
    def state(self) -> Literal["found", "orphan"]:
        """ "orphan" where the text has changed, or is not in the library."""
        return "found" if self.places else "orphan"


def target(citation: Citation) -> Target:
    """The selectors of a citation: its words with those around them, and its place in the text."""
    text, start, end = citation.document.text, citation.start, citation.end
    prefix, suffix = text[max(start - _CONTEXT_CHARS, 0) : start], text[end : end + _CONTEXT_CHARS]
    return {
        "source": _web_address(citation.document) or f"{SCHEME}{quote(_name(citation.document))}",
        "selector": [
            {"type": "TextQuoteSelector", "exact": citation.quote, "prefix": prefix, "suffix": suffix},
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
        "sha256": citation.document.sha256,
    }


def address(citation: Citation, structure: Structure | None = None) -> str | None:
    """Where a browser opens the place: the words of a web page, the page of a PDF, else the record itself.

    None for what is not on the web. A PDF's page is told where its pages were counted (`structure`).
    """
    document = citation.document
    base = _web_address(document)
    if base is None or "#" in base:
        return base
    if document.media_type == "application/pdf":
        pages = structure.pages if structure else ()
        number = bisect_right(pages, citation.start, key=lambda page: page.start)
        return f"{base}#page={number}" if number and len(pages) == document.pages else base
    return f"{base}#:~:text={_text_directive(citation.quote)}"


def identifier(citation: Citation) -> str:
    """What names the place and its words, whatever else of the record changes."""
    locator, document = citation.locator, citation.document
    words, (around, span) = _WORD.findall(citation.quote), _with_those_around(citation)
    nth, total = _counted(document.text, *span)
    told = {
        **({"part": locator.part} if locator.part else {}),
        **({"para": locator.paragraph} if locator.paragraph else {}),
        "words": str(len(words)),
        "hash": _digest(words),
        "near": _digest(around),
        **({"nth": str(nth), "of": str(total)} if total > 1 else {}),
    }
    return f"{SCHEME}{quote(_name(document))}?{urlencode(told, quote_via=quote)}"


def resolve(store: Store, named: str) -> Resolved:
    """Where the words of an identifier stand now. Raises InputError for what is none."""
    name, told = _parsed(named)
    places = [
        citation_at(store, document, *span)
        for listing in store.listings()
        if _name(listing).casefold() == name.casefold() and (document := store.document(listing.id))
        if (span := _place_in(document, store.structure(document.id), told))
    ]
    return Resolved(identifier=named, places=tuple(places))


def _parsed(named: str) -> tuple[str, dict[str, str]]:
    """The name of the record, and what the identifier says of the place."""
    name, _, query = named.strip().removeprefix(SCHEME).partition("?")
    told = {key: values[0] for key, values in parse_qs(query[:MAX_IDENTIFIER_CHARS]).items()}
    is_whole = re.fullmatch(r"[1-9]\d{0,6}", told.get("words", "")) and {"hash", "near"} <= told.keys()
    if not named.strip().startswith(SCHEME) or not name or not is_whole or len(named) > MAX_IDENTIFIER_CHARS:
        raise InputError(f"{named[:120]!r} is no identifier of a citation. See: onrecord cite")
    return unquote(name), told


def _place_in(document: Document, structure: Structure, told: dict[str, str]) -> tuple[int, int] | None:
    """The one place of a record where the words stand as the identifier says.

    In the paragraph named it suffices that they stand there once; elsewhere, and where they stand there more than once,
    the words around them tell.
    """
    text, count, place = document.text, int(told["words"]), (told.get("para"), told.get("part"))
    paragraphs = [each for each in structure.paragraphs if (each.number, each.part) == place]
    if told.get("para"):
        found = [
            span for each in paragraphs for span in _standing(_words(text, each.start, each.end), count, told["hash"])
        ]
        if len(found) < 2:
            return found[0] if found else None
    whole = [_Word("", 0, 0)] * _AROUND
    found = list(_standing([*whole, *_words(text, 0, len(text)), *whole], count + 2 * _AROUND, told["near"], _AROUND))
    nth, total = (int(told[key]) if re.fullmatch(r"\d{1,6}", told.get(key, "")) else 1 for key in ("nth", "of"))
    return found[nth - 1] if len(found) == total and 1 <= nth <= total else None


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def _words(text: str, start: int, end: int) -> list[_Word]:
    return [_Word(found[0], *found.span()) for found in _WORD.finditer(text, start, end)]


def _standing(words: Sequence[_Word], count: int, digest: str, around: int = 0) -> Iterator[tuple[int, int]]:
    """Where so many words have this digest; those `around` at either end count, but are not of the place."""
    codes = [_code(word.text) for word in words]
    leading = pow(_BASE, count - 1, _PRIME)
    rolled = _rolled(codes[:count])
    for first in range(len(codes) - count + 1):
        if first:
            rolled = ((rolled - codes[first - 1] * leading) * _BASE + codes[first + count - 1]) % _PRIME
        if f"{rolled:016x}" == digest:
            yield words[first + around].start, words[first + count - 1 - around].end


def _with_those_around(citation: Citation) -> tuple[list[str], tuple[int, int]]:
    """Words with the eight before and after them in their document, "" where it begins or ends before; and where."""
    text, none = citation.document.text, [_Word("", 0, 0)] * _AROUND
    before = _words(text, max(citation.start - _AROUND_CHARS, 0), citation.start)[-_AROUND:]
    after = _words(text, citation.end, min(citation.end + _AROUND_CHARS, len(text)))[:_AROUND]
    around = [*[*none, *before][-_AROUND:], *_words(text, citation.start, citation.end), *[*after, *none][:_AROUND]]
    start, end = before[0].start if before else citation.start, after[-1].end if after else citation.end
    return [word.text for word in around], (start, end)


def _counted(text: str, start: int, end: int) -> tuple[int, int]:
    """The how manyeth of how many times what stands between two places stands in a text."""
    said = text[start:end]
    return text.count(said, 0, end) if said else 1, text.count(said) if said else 1


def _digest(words: Sequence[str]) -> str:
    return f"{_rolled([_code(word) for word in words]):016x}"


def _rolled(codes: Sequence[int]) -> int:
    rolled = 0
    for code in codes:
        rolled = (rolled * _BASE + code) % _PRIME
    return rolled


def _code(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(errors="surrogatepass"), digest_size=7).digest())


def _name(document: Document | Listing) -> str:
    """What an identifier calls a record: its symbol, else the name of its file."""
    return document.symbol or re.split(r"[/\\]", document.source.rstrip("/\\"))[-1]


def _web_address(document: Document) -> str | None:
    return next(
        (each for each in (document.url, document.source) if (each or "").startswith(("http://", "https://"))), None
    )


def _text_directive(words: str) -> str:
    """The words, or the first and the last of them: a browser looks for no text over the end of a paragraph."""
    said = words.split()
    if len(words) <= _LONGEST_WHOLE and "\n" not in words:
        return _percent(" ".join(said))
    first, last = (line.split() for line in (words.lstrip().split("\n")[0], words.rstrip().split("\n")[-1]))
    return f"{_percent(' '.join(first[:_END_WORDS]))},{_percent(' '.join(last[-_END_WORDS:]))}"


def _percent(text: str) -> str:
    """Text in which nothing is syntax of a directive: its minus signs, commas and ampersands too."""
    return quote(text, safe="").replace("-", "%2D")
