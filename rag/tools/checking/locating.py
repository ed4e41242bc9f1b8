"""Where words stand in the records: every place that holds them exactly, else the place that comes nearest.

Candidates come from the lexical index, by the words as they are written; only those are read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from ....vectorstore.language.analysers import exact_forms
from ....vectorstore.markup import plain
from ....vectorstore.passage import Document, Passage, Selection
from ....vectorstore.store import Store
from .folding import QUOTES, Difference, alike_from_start, find_words, fold_words, folded, without_edges

MOST_PLACES = 200
_RAREST = 24
_NEAREST = 8
DEEPER = 32
_MOST_READ = 6
_MOST_BESIDE = 12
_SPARE_WORDS = 4
_NO_TEXT = ("footnote", "noise")
# A draft leaves out by three dots, in brackets or not, and adds words of its own in brackets.
_LEFT_OUT = re.compile(r"[\[(]?(?:…|\.\s?\.\s?\.(?:\s?\.)?)[\])]?|\[[^\[\]\n]{2,80}\]")
_CLAUSE_ENDS = (",", ";", ":", ".", ")", "-")
_EDGES = " .,;:…*_"
_MARKS = QUOTES.replace("'", "").replace("’", "")
FEWEST_OF_A_PART = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a quotation between what it leaves out: its words as written, and folded, bare at both ends."""

    written: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The folded words."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words stand: `document.text[start:end]`, in a passage or from it on."""

    document: Document
    passage: Passage
    start: int
    end: int

    @property
    def words(self) -> str:
        """The record's own words."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The record's words that come nearest to a draft's, and in what they differ.

    `agree` of the draft's words stand there, `in_a_row` at most without a break; `places` are two where a draft joins
    words of two places.
    """

    places: tuple[Place, ...]
    differences: tuple[Difference, ...]
    agree: int
    in_a_row: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """Passages of a document that follow each other, read as one text; notes and noise between them left out."""

    document: Document
    passages: tuple[Passage, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(filter(None, (folded(passage.text) for passage in self.passages)))

    @cached_property
    def words(self) -> list[str]:
        return self.text.split()

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(folded(passage.text).split()) for passage in self.passages))

    def place(self, first: int, last: int) -> Place:
        """The place from one of its words to another (exclusive), without the marks at both ends."""
        passage, start, _ = self._word(first)
        words = self.written(first, last)
        edges = _EDGES + _MARKS if sum(mark in _MARKS for mark in words) % 2 or _is_quoted(words) else _EDGES
        start += len(words) - len(words.lstrip(edges))
        return Place(document=self.document, passage=passage, start=start, end=start + len(words.strip(edges)))

    def written(self, first: int, last: int) -> str:
        """The text from one of its words to another (exclusive)."""
        return self.document.text[self._word(first)[1] : self._word(last - 1)[2]] if first < last else ""

    def _word(self, word: int) -> tuple[Passage, int, int]:
        number = next(number for number, end in enumerate(self._ends) if word < end)
        passage = self.passages[number]
        start, end = fold_words(passage.text).places[word - (self._ends[number - 1] if number else 0)]
        return passage, passage.start + start, passage.start + end


def _is_quoted(words: str) -> bool:
    """Whether a record has words within marks of its own, which are not part of them."""
    return words[:1] in _MARKS and words.rstrip(_EDGES)[-1:] in _MARKS and sum(mark in _MARKS for mark in words) == 2


def parts_of(quote: str) -> list[Part]:
    """The stretches of a quotation between what it leaves out."""
    return [part for piece in _LEFT_OUT.split(quote) if (part := _part(piece)).words]


def _part(piece: str) -> Part:
    """A stretch; marks at its ends go, for there a sentence may go on otherwise."""
    held = fold_words(piece)
    words, written = list(held.words), [piece[slice(*place)] for place in held.places]
    while words and not without_edges(words[0]):
        del words[0], written[0]
    while words and not without_edges(words[-1]):
        del words[-1], written[-1]
    if words:
        words = without_edges(" ".join(words)).split(" ")
    return Part(written=tuple(written), words=tuple(words))


def places_of(store: Store, parts: Sequence[Part], *, within: frozenset[str] | None = None) -> list[Place]:
    """The places that hold some words exactly, each in one passage; `within` some documents."""
    hits = store.hits([(key, 0.0) for key in store.lexical.holding(_telling(store, parts), MOST_PLACES, within=within)])
    return places_in([Run(document=hit.document, passages=(hit.passage,)) for hit in hits], parts)


def places_in(runs: Sequence[Run], parts: Sequence[Part]) -> list[Place]:
    """The places in some runs of passages that hold words exactly."""
    found = (place for run in runs if (place := _stands(run, parts)))
    return list({(place.document.id, place.start): place for place in found}.values())


def runs_near(
    store: Store, parts: Sequence[Part], *, within: frozenset[str] | None = None, depth: int = _NEAREST
) -> list[Run]:
    """Passages that hold the first or the last half of some words, or the most of their telling ones: those
    with the most of all words, and beside each as much of its document as the words may run over; nothing beside them
    where they are looked for `depth` deep."""
    words = _exact(parts)
    half = (len(words) + 1) // 2
    keys: dict[str, None] = {}
    for held in (words[:half], words[half:]):
        keys |= dict.fromkeys(store.lexical.holding(held[:_RAREST], depth, within=within))
    chosen = Selection(documents=within) if within is not None else None
    telling = dict.fromkeys(_telling(store, parts), 1.0)
    keys |= dict.fromkeys(key for key, _ in store.by_words({}, depth, exact=telling, within=chosen))
    wanted, length = set(_words(parts)), sum(len(part.text) for part in parts)
    hits = store.hits([(key, 0.0) for key in keys])
    hits.sort(key=lambda hit: len(wanted.intersection(folded(hit.passage.text).split())), reverse=True)
    if depth > _NEAREST:
        return [Run(document=hit.document, passages=(hit.passage,)) for hit in hits]
    return [_widened(store, hit.document, hit.passage, length) for hit in hits[:_MOST_READ]]


def nearest(parts: Sequence[Part], runs: Sequence[Run]) -> Near | None:
    """What of some passages comes nearest to some words; of several that come as near, the first."""
    aligned = (found for run in runs if (found := _aligned(run, parts)))
    best = max(aligned, key=lambda found: found.worth, default=None)
    return _told(best, parts) if best else None


def joined(parts: Sequence[Part], runs: Sequence[Run]) -> Near | None:
    """The two places whose words a draft joins as if they were one; None where that is not what it does."""
    words = _words(parts)
    lengths = range(FEWEST_OF_A_PART, len(words))
    heads = max(((_held(run, words, head=True), run) for run in runs), key=lambda one: one[0], default=None)
    tails = max(((_held(run, words, head=False), run) for run in runs), key=lambda one: one[0], default=None)
    if not heads or not tails or heads[0] not in lengths or tails[0] not in lengths or heads[0] + tails[0] < len(words):
        return None
    places = (_at(heads[1], " ".join(words[: heads[0]])), _at(tails[1], " ".join(words[-tails[0] :])))
    return Near(places=places, differences=(), agree=len(words), in_a_row=max(heads[0], tails[0]))


def _held(run: Run, words: Sequence[str], *, head: bool) -> int:
    """How many of some words, from the head or the tail on, a run holds exactly."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        wanted = " ".join(words[:middle] if head else words[-middle:])
        low, high = (middle, high) if find_words(run.text, without_edges(wanted)) else (low, middle - 1)
    return low


def _at(run: Run, words: str) -> Place:
    start, end = find_words(run.text, without_edges(words)) or (0, 1)
    return run.place(*_counted(run.text, start, end))


def _counted(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of a folded text by its words instead of its letters."""
    return text.count(" ", 0, start), text.count(" ", 0, end - 1) + 1


def _words(parts: Sequence[Part]) -> list[str]:
    return [word for part in parts for word in part.words]


def _exact(parts: Sequence[Part]) -> list[str]:
    return exact_forms(plain(" ".join(part.text for part in parts)))


def _telling(store: Store, parts: Sequence[Part]) -> list[str]:
    """The words to look passages up by: the rarest of a long text, else all."""
    words = list(dict.fromkeys(_exact(parts)))
    return words if len(words) <= _RAREST else sorted(words, key=store.lexical.rarity)[:_RAREST]


def _widened(store: Store, document: Document, passage: Passage, length: int) -> Run:
    """A passage with as many on both sides as words of this length may run over."""
    beside = min(_MOST_BESIDE, 1 + length // max(1, len(passage.text)))
    orders = range(max(0, passage.order - beside), passage.order + beside + 1)
    rows = store.catalogue.passages_at([(document.id, order) for order in orders])
    passages = (row.with_text(document.text) for row in rows if row.document_sha256 == document.sha256)
    kept = sorted((each for each in passages if each.kind not in _NO_TEXT), key=lambda each: each.order)
    return Run(document=document, passages=tuple(kept) or (passage,))


def _stands(run: Run, parts: Sequence[Part]) -> Place | None:
    """Where a run holds all parts in their order."""
    spans = list[tuple[int, int]]()
    for part in parts:
        found = find_words(run.text, part.text, spans[-1][1] if spans else 0)
        if found is None:
            return None
        spans.append(found)
    return run.place(*_counted(run.text, spans[0][0], spans[-1][1])) if spans else None


Block = tuple[int, int, int]
"""Words that agree: where they begin in the draft, where in the record, how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aligned:
    """Words of a draft beside those of a run, by the blocks that agree."""

    run: Run
    blocks: tuple[Block, ...]

    @property
    def agree(self) -> int:
        return sum(length for _, _, length in self.blocks)

    @property
    def worth(self) -> int:
        """The words that agree, without those of the record that lie between them."""
        first, last = self.blocks[0], self.blocks[-1]
        return 2 * self.agree - (last[1] + last[2] - first[1] - self.agree)


def _aligned(run: Run, parts: Sequence[Part]) -> _Aligned | None:
    """The stretch of a run that comes nearest to some words; None where none of them stands there."""
    from rapidfuzz import fuzz

    words = _words(parts)
    signs = {word: chr(0xE000 + number) for number, word in enumerate(dict.fromkeys(words))}
    at_ends = {end: signs[end] for part in parts for end in (part.words[0], part.words[-1])}
    mine = "".join(map(signs.__getitem__, words))
    theirs = "".join(signs.get(word) or _at_end(word, at_ends) for word in run.words)
    aligned = fuzz.partial_ratio_alignment(mine, theirs) if theirs.strip("\0") else None
    if aligned is None:
        return None
    spare = _SPARE_WORDS + len(words) // 3
    wide = max(0, aligned.dest_start - spare), min(len(theirs), aligned.dest_end + spare)
    spans = (aligned.dest_start, aligned.dest_end), wide
    found = [_Aligned(run=run, blocks=blocks) for span in spans if (blocks := _agreeing(mine, theirs, *span))]
    return max(found, key=lambda each: each.worth, default=None)


def _agreeing(mine: str, theirs: str, first: int, last: int) -> tuple[Block, ...]:
    """The blocks of words that agree within a stretch of the record."""
    blocks = [(start, there + first, length) for start, there, length in _blocks(mine, theirs[first:last])]
    return tuple(_in_a_row(blocks, mine, theirs)) if blocks else ()


def _at_end(word: str, at_ends: Mapping[str, str]) -> str:
    """The sign of a word that a draft has at an end, without the marks that a record has beside it."""
    return "\0" if word.isalnum() else at_ends.get(without_edges(word), "\0")


def _blocks(mine: str, theirs: str) -> list[Block]:
    from rapidfuzz.distance import LCSseq

    return [
        (op.src_start, op.dest_start, op.src_end - op.src_start)
        for op in LCSseq.opcodes(mine, theirs)
        if op.tag == "equal"
    ]


def _in_a_row(blocks: list[Block], mine: str, theirs: str) -> list[Block]:
    """Without stray words at the ends that agree by chance, far off from the others."""
    while len(blocks) > 1 and _skipped(blocks[0], blocks[1]) > blocks[0][2] + 1:
        blocks = blocks[1:]
    while len(blocks) > 1 and _skipped(blocks[-2], blocks[-1]) > blocks[-1][2] + 1:
        blocks = blocks[:-1]
    start, there, length = blocks[0]
    more = alike_from_start(mine[:start][::-1], theirs[:there][::-1])
    blocks[0] = (start - more, there - more, length + more)
    start, there, length = blocks[-1]
    more = alike_from_start(mine[start + length :], theirs[there + length :])
    blocks[-1] = (start, there, length + more)
    return blocks


def _skipped(one: Block, other: Block) -> int:
    """How many more words of the record than of the draft lie between two blocks."""
    return (other[1] - one[1] - one[2]) - (other[0] - one[0] - one[2])


def _told(aligned: _Aligned, parts: Sequence[Part]) -> Near:
    """The record's words from the first block to the last, and in what a draft's differ from them."""
    run, blocks = aligned.run, aligned.blocks
    written = [word for part in parts for word in part.written]
    gaps = set(accumulate(len(part.words) for part in parts))
    first = blocks[0][1] - _beside(run.words, blocks[0][1], written[: blocks[0][0]], -1)
    last_mine, last = blocks[-1][0] + blocks[-1][2], blocks[-1][1] + blocks[-1][2]
    last_of_all = last + _beside(run.words, last, written[last_mine:], 1)
    added = _added(_words(parts), blocks)
    first -= _moved(added, run.words[max(0, first - len(added)) : first])
    last_of_all += _moved(added, run.words[last_of_all : last_of_all + len(added)])
    found, draft_at, record_at = list[Difference](), 0, first
    for start, there, length in (*blocks, (len(written), last_of_all, 0)):
        mine = " ".join(written[draft_at:start])
        if mine or (there > record_at and not (start in gaps and start == draft_at)):
            found.append(_difference(run.written(record_at, there), mine))
        draft_at, record_at = start + length, there + length
    return Near(
        places=(run.place(first, last_of_all),),
        differences=tuple(found),
        agree=aligned.agree,
        in_a_row=max(length for _, _, length in blocks),
    )


def _difference(record: str, draft: str) -> Difference:
    """Words that differ; a mark that both end with is none of it."""
    while record and draft and record[-1] == draft[-1] and record[-1] in _CLAUSE_ENDS:
        record, draft = record[:-1], draft[:-1]
    return Difference(record=record, draft=draft)


def _added(words: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """The words of a draft that lie between blocks."""
    held = {place for start, _, length in blocks for place in range(start, start + length)}
    between = range(blocks[0][0], blocks[-1][0] + blocks[-1][2])
    return [words[place] for place in between if place not in held]


def _moved(added: Sequence[str], beside: Sequence[str]) -> int:
    """How many words right beside a stretch of a record belong to it, for a draft has just these at another place."""
    return len(beside) if added and sorted(added) == sorted(map(without_edges, beside)) else 0


def _beside(record: Sequence[str], place: int, missing: Sequence[str], side: int) -> int:
    """How many of the record's words before or after a place stand for the draft's that are missing there: as many,
    but none where the clause begins or ends at the place, unless theirs ends there too."""
    mark = record[place - 1] if place else ","
    if not missing or (mark.endswith(_CLAUSE_ENDS) and not (side < 0 and place and missing[-1][-1] == mark[-1])):
        return 0
    return min(len(missing), place if side < 0 else len(record) - place)
