"""A draft as it is checked: its sentences, its quotations, and which record each of its places speaks of."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

from ....ingest.formats.blocks import Block
from ....ingest.formats.plain.text import read_text
from ....ingest.formats.read import read
from ....ingest.formats.sniff import format_of
from ....ingest.language.sentences import sentence_spans
from ....ingest.language.tables import any_by_role
from ....ingest.parse import Job, Limits, Parsed, parse_all
from ....vectorstore.errors import UnreadableFile
from ....vectorstore.names import fold
from ....vectorstore.passage import Listing
from ....vectorstore.store import Store
from ...answer import Citation
from ...answering.quoted import citation_at
from ...query.directory import directory_of
from ...query.question import SYMBOL
from .folding import alike_from_start
from .quotations import quotations

Span = tuple[int, int]
_HIDDEN = "\x01"
_ENDS = ".!?。！？؟"
_YEAR = re.compile(r"(?<![\w/.,-])(?:1[89]|20)\d\d(?![\w/]|[.,]\d|-\d)")
# "75/300 B" and "75/300 A-B" are named by drafts so, and by files also "75/300B/E", with the letter of a language.
_PART = re.compile(r"\s?(?P<part>[A-Z](?:\s?[-–]\s?[A-Z])?)(?!\w)")
_LANGUAGE = re.compile(r"/[a-z]\Z")
_LANGUAGE_AND_PART = re.compile(r"(?<=\d) ?[a-z](?:-[a-z])?(?:/[a-z])?\Z|/[a-z]\Z")
_DIGITS = re.compile(r"\d+")
_FEWEST_TITLE_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where a draft names a record by its symbol; `document` is its id, None for one that is not in the library."""

    start: int
    end: int
    symbol: str
    document: str | None


class Draft:
    """A draft, read against the records of a library."""

    def __init__(self, store: Store, text: str, blocks: Sequence[Block]) -> None:
        self.store = store
        self.text = text
        self.blocks = [block for block in blocks if block.kind not in ("furniture", "rule")]
        self.quotations = list(quotations(text, self.blocks))
        self.taken_for: dict[str, str] = {}
        self.quoted: dict[int, frozenset[str]] = {}
        self._directory = directory_of(store)

    def cite(self, document_id: str, start: int, end: int) -> Citation:
        """A place in a record as a citation."""
        document = self.store.document(document_id)
        if document is None:
            raise LookupError(document_id)
        return citation_at(self.store, document, start, end)

    @cached_property
    def bare(self) -> str:
        """The text with the words of quotations hidden, letter for letter: nothing in them is the draft's own claim."""
        parts, at = list[str](), 0
        for start, end in self.quotations:
            parts += [self.text[at:start], _HIDDEN * (end - start)]
            at = end
        return "".join([*parts, self.text[at:]])

    @cached_property
    def sentences(self) -> list[Span]:
        """Where its sentences begin and end; what is quoted within ends none, what it ends with may."""
        bare = list(self.bare)
        for _, end in self.quotations:
            bare[end - 1] = self.text[end - 1] if self.text[end - 1] in _ENDS else bare[end - 1]
        told = "".join(bare)
        spans: list[Span] = []
        for block in self.blocks:
            spans += [
                (block.start + start, block.start + end)
                for start, end in sentence_spans(told[block.start : block.end].replace("\n", " "))
            ]
        return spans

    def sentence_at(self, place: int) -> Span:
        """The sentence that a place is in."""
        return _span_at(self.sentences, place)

    def block_at(self, place: int) -> Span:
        """The block that a place is in."""
        return _span_at(self._block_spans, place)

    @cached_property
    def _block_spans(self) -> list[Span]:
        return [(block.start, block.end) for block in self.blocks]

    @cached_property
    def mentions(self) -> list[Mention]:
        """The records it names by symbol, in its order."""
        return list(self._mentions())

    def _mentions(self) -> Iterator[Mention]:
        for match in SYMBOL.finditer(self.bare):
            part = _PART.match(self.bare, match.end())
            whole = part and self._documents.get(fold(match[0] + part["part"]))
            end = part.end() if whole and part else match.end()
            document = whole or self._documents.get(fold(match[0]))
            if document or _shape(fold(match[0])) in self._shapes:
                yield Mention(start=match.start(), end=end, symbol=self.bare[match.start() : end], document=document)

    @cached_property
    def _documents(self) -> dict[str, str]:
        """Document ids by symbol and its ends; also without the letter of a language and that of a part."""

        def known() -> dict[str, str]:
            shorter: dict[str, set[str]] = {}
            for symbol, document in self._directory.symbols.items():
                for name in (_LANGUAGE.sub("", symbol), _LANGUAGE_AND_PART.sub("", symbol)):
                    shorter.setdefault(name.replace(" ", ""), set()).add(document)
            return {name: min(found) for name, found in shorter.items() if len(found) == 1} | dict(
                self._directory.symbols
            )

        return self.store.derived("documents by symbol", known)

    @cached_property
    def _shapes(self) -> frozenset[str]:
        return self.store.derived("symbol shapes", lambda: frozenset(map(_shape, self._directory.symbols)))

    @cached_property
    def listings(self) -> dict[str, Listing]:
        """What the library holds, by id."""
        return self.store.derived("listings by id", lambda: {each.id: each for each in self.store.listings()})

    # --- which record a place speaks of -----------------------------------------------------------------------------

    def document_of(self, mention: Mention) -> str | None:
        """The record that a mention names, or that an unknown symbol is taken for."""
        return mention.document or self.taken_for.get(fold(mention.symbol))

    def alike(self, symbol: str, document: str) -> int:
        """How many characters the end of a record's symbol has in common with another symbol, from the first on."""
        own = fold(self.listings[document].symbol or "")
        ends = [own[place:] for place in range(len(own)) if not place or own[place - 1] == "/"]
        return max((alike_from_start(symbol, end) for end in ends), default=0)

    def named_in(self, start: int, end: int) -> list[Mention]:
        """The records named in a stretch."""
        first = bisect_left(self._mention_starts, start)
        return self.mentions[first : bisect_left(self._mention_starts, end, first)]

    @cached_property
    def _mention_starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]

    def speaks_of(self, place: int) -> list[Mention]:
        """The mentions that tell which record a place speaks of: those of its sentence, else the nearest before it in
        its block, else after it there, else the nearest before, else the first of all. A mention that comes after
        speaks of no place before it where it stands beside a quotation of its own."""
        sentence, block = self.sentence_at(place), self.block_at(place)
        if named := self.named_in(*sentence):
            return named
        if named := self._of_column(place):
            return named
        if before := self.named_in(block[0], sentence[0]):
            return self._of_one_sentence(before[-1])
        after = [each for each in self.named_in(sentence[1], block[1]) if not self._stands_by_quotation(each)]
        if after:
            return self._of_one_sentence(after[0])
        if before := self.named_in(0, block[0]):
            return self._of_one_sentence(before[-1])
        first = next((each for each in self.mentions if not self._stands_by_quotation(each)), None)
        return self._of_one_sentence(first) if first else []

    def _stands_by_quotation(self, mention: Mention) -> bool:
        start, end = self.sentence_at(mention.start)
        return any(start <= first < end for first, _ in self.quotations)

    def _of_one_sentence(self, mention: Mention) -> list[Mention]:
        return self.named_in(*self.sentence_at(mention.start))

    def _of_column(self, place: int) -> list[Mention]:
        """In a table, the records named in the column of a place."""
        rows = self._table_at(place)
        column = next((self._column(row, place) for row in rows if row[0] <= place < row[1]), 0)
        return [each for row in rows for each in self.named_in(*row) if self._column(row, each.start) == column]

    def is_row(self, place: int) -> bool:
        """Whether a place is in a row of a table."""
        return bool(self._table_at(place))

    def column_heads(self, place: int) -> str:
        """What stands in the column of a place above it, cell by cell."""
        rows = self._table_at(place)
        column = next((self._column(row, place) for row in rows if row[0] <= place < row[1]), 0)
        above = [self.bare[slice(*row)].split("|") for row in rows if row[1] <= place]
        return "|".join(cells[column] for cells in above if column < len(cells))

    def _column(self, row: Span, place: int) -> int:
        return self.bare.count("|", row[0], place)

    def _table_at(self, place: int) -> list[Span]:
        """The rows of the table that a place is in."""
        at = bisect_right(self._table_starts, place) - 1
        table = self._tables[at] if at >= 0 else []
        return table if table and place < table[-1][1] else []

    @cached_property
    def _tables(self) -> list[list[Span]]:
        runs = groupby(self.blocks, key=lambda block: block.kind == "table")
        return [[(block.start, block.end) for block in run] for is_table, run in runs if is_table]

    @cached_property
    def _table_starts(self) -> list[int]:
        return [table[0][0] for table in self._tables]

    def quoted_in(self, place: int) -> list[str]:
        """The records that hold what is quoted in the sentence of a place, else in its block, else in all the draft."""
        for start, end in (self.sentence_at(place), self.block_at(place), (0, len(self.text))):
            counts = Counter(key for at, held in self.quoted.items() if start <= at < end for key in held)
            if counts:
                return sorted(key for key, count in counts.items() if count == max(counts.values()))
        return []

    def is_explicit(self, place: int) -> bool:
        """Whether the sentence of a place names a record itself."""
        return bool(self.named_in(*self.sentence_at(place)))

    def of_year(self, document: str, year: str) -> str | None:
        """The record of another year in the series of one: of the same title; itself where it is of that year."""
        listing = self.listings[document]
        if (listing.date or "").startswith(year):
            return document
        series = [
            key for key in self._by_title.get(fold(listing.title), ()) if (self.listings[key].date or "")[:4] == year
        ]
        return series[0] if len(series) == 1 else None

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        def titles() -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            for key, listing in self.listings.items():
                found.setdefault(fold(listing.title), []).append(key)
            return found

        return self.store.derived("documents by title", titles)

    def year_in(self, start: int, end: int, document: str | None) -> str | None:
        """The one year that a stretch names, in figures or as the year before that of a record."""
        years = set(_YEAR.findall(self.bare[start:end]))
        if len(years) == 1:
            return years.pop()
        date = (self.listings[document].date or "")[:4] if document else ""
        before = date.isdigit() and not years and _year_before().search(self.bare[start:end].casefold())
        return str(int(date) - 1) if before else None


def read_draft(store: Store, source: str, data: bytes, limits: Limits) -> Draft:
    """A draft out of a file's bytes; what is no plain text is read in a process of its own, within limits.

    Raises UnreadableFile.
    """
    if format_of(source, data) == "text":
        reading = read(source, data)
    else:
        [(_, found)] = parse_all([Job(source=source, data=data)], limits)
        reading = read_text(_text_of(source, found), wrapped=False)
    return Draft(store, reading.text, reading.blocks)


def _text_of(source: str, found: Sequence[Parsed | UnreadableFile]) -> str:
    """The text of a file that holds one document; of several, the first."""
    for each in found:
        if isinstance(each, UnreadableFile):
            raise each
        return each.text
    raise UnreadableFile(source, "it holds no text")


def _span_at(spans: Sequence[Span], place: int) -> Span:
    """The one of some ascending spans that a place is in; an empty one where it is in none."""
    at = bisect_right(spans, (place, len(spans) and spans[-1][1])) - 1
    return spans[at] if at >= 0 and spans[at][0] <= place < spans[at][1] else (place, place)


def _shape(symbol: str) -> str:
    """What symbols of one kind have in common: all but the figures, and of those but the last how long they are."""
    head, slash, last = symbol.rpartition("/")
    return _DIGITS.sub(lambda digits: "#" * len(digits[0]), head) + slash + _DIGITS.sub("#", last)


@lru_cache
def _year_before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_by_role('drafts', 'year_before')}(?!\w)")
