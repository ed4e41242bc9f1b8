"""How faithfully records were read: what they consist of, against gold.

Texts are compared with case, white space, quotation marks, dashes, accents and line-end hyphens folded. A gold quote's
place is where it occurs in the canonical text; one that occurs nowhere is wrong for its measure, and `lost`.

    turns        the innermost turn over the place is that of the gold's speaker
    speakers     the gold's speakers that some turn has
    no_speaker   the labels of turns that are somebody
    headings     the heading in force at the place: the last level, words F1 of .8 or more
    paragraphs   the innermost paragraph over the place has the gold's number, and part where it has one
    pages        the innermost page over the place has the gold's label
    title, body  half of the gold's words or more, without rambling
    date, symbol equal
    outcomes     an outcome at the place has the gold's kind, item, counts, names, owner and due
    outcomes_found  any outcome at the place
    lost         the quotes that occur nowhere
    read         the documents that were read; one that was not is wrong in all else

Source: the grading of this project's gold for structure.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, product
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ...ingest.language.tables import word_list
from ...ingest.parse import Job, Limits, Parsed, parse_all
from ...rag.library import Library
from ...vectorstore.structure import Outcome, Structure
from ..gold_structure import (
    GoldHeading,
    GoldOutcome,
    GoldPage,
    GoldParagraph,
    GoldPlace,
    GoldStructure,
    GoldTurn,
)
from .citations import file_name

# The shares that the gold was made with: what counts as the same heading, title or list of names.
_SAME_HEADING, _SAME_TITLE, _SAME_NAMES, _SAME_ITEM = 0.8, 0.5, 0.95, 0.5
_ITEM_CHARS = 400

_MARKS = str.maketrans(
    dict.fromkeys("‘’", "'") | dict.fromkeys("“”«»", '"') | dict.fromkeys("–—\u2010\u2011\u2212", "-")
    | dict.fromkeys("\u00a0\u202f\u2009", " ") | dict.fromkeys("\u00ad\u200b\ufeff", "")
)  # fmt: skip
_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u00ad][^\S\n]*+\n\s*+(?=[a-z\u00e0-\u024f])")
_WORD = re.compile(r"[^\W_]+")
_AROUND_NUMBERS = re.compile(r"[.\s()\[\]§]")
_DECIDED = frozenset("vote decision resolution ruling adopted rejected granted conclusion warning election".split())
_AROUND_NAMES = word_list("around_names")
_BEFORE_OFFICES = word_list("before_offices")
_BETWEEN = word_list("words_between")
_THE = frozenset({"the"})


class _Facts(Protocol):
    """What is known of a document as a whole."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...
    @property
    def symbol(self) -> str | None: ...


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=_Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A document as it was read."""

    text: str
    facts: _Facts | None
    structure: Structure


_UNREAD = Read(text="", facts=None, structure=Structure())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing graded: what the gold has, and what was read in its place."""

    measure: str
    right: bool
    wanted: str = ""
    said: str = ""


def of_library(library: Library) -> dict[str, Read]:
    """The documents of a library by the names of their files."""
    found = filter(None, (library.store.document(listing.id) for listing in library.documents()))
    return {file_name(each): Read(text=each.text, facts=each, structure=library.structure(each)) for each in found}


def of_files(files: Iterable[Path], limits: Limits) -> dict[str, Read]:
    """The documents in files by their names, read in processes of their own; what cannot be read is left out."""
    jobs = (Job(source=str(file), data=file.read_bytes()) for file in files)
    found = chain.from_iterable(parsed for _, parsed in parse_all(jobs, limits))
    return {
        Path(each.source).name: Read(text=each.text, facts=each.facts, structure=each.structure)
        for each in found
        if isinstance(each, Parsed)
    }


def grade(gold: GoldStructure, read: Read | None) -> list[Mark]:
    """All marks of one document; None was not read, which is wrong in everything."""
    was_read = Mark(measure="read", right=read is not None, wanted=gold.doc)
    read = read or _UNREAD
    text = _Text(read.text)
    return [
        was_read,
        *_place_marks(gold, read.structure, text),
        *_speaker_marks(gold, read.structure),
        *_fact_marks(gold, read.facts),
        *_outcome_marks(gold, read.structure, text),
    ]


def grades_json(graded: Mapping[str, Sequence[Mark]]) -> dict[str, Any]:
    """Right ones and shares of each measure over all documents, and of each document what is wrong."""
    return {
        "measures": _shares(mark for marks in graded.values() for mark in marks),
        "documents": [
            {
                "doc": name,
                "measures": _shares(marks),
                "wrong": [
                    {"measure": mark.measure, "wanted": mark.wanted, "said": mark.said}
                    for mark in marks
                    if mark.right == (mark.measure == "lost")
                ],
            }
            for name, marks in graded.items()
        ],
    }


def _shares(marks: Iterable[Mark]) -> dict[str, dict[str, float]]:
    counts: dict[str, list[bool]] = {}
    for mark in marks:
        counts.setdefault(mark.measure, []).append(mark.right)
    return {
        name: {"right": sum(right), "of": len(right), "share": round(sum(right) / len(right), 3)}
        for name, right in sorted(counts.items())
    }


# --- what stands over a quote ------------------------------------------------------------------------------------


def _place_marks(gold: GoldStructure, structure: Structure, text: "_Text") -> Iterator[Mark]:
    """The marks of what stands over the gold's quotes, and whether the quotes are lost."""
    looked: list[tuple[str, GoldPlace, Callable[[int], tuple[bool, str]]]] = [
        *(("turns", each, partial(_turn, structure, each)) for each in gold.turns or ()),
        *(("headings", each, partial(_heading, structure, each)) for each in gold.headings or ()),
        *(("paragraphs", each, partial(_paragraph, structure, each)) for each in gold.paragraphs or ()),
        *(("pages", each, partial(_page, structure, each)) for each in gold.pages or ()),
    ]
    for measure, each, look in looked:
        if each.ocr:
            continue
        span = text.find(each.quote)
        right, said = look(span[0]) if span else (False, "not in the text")
        yield Mark(measure="lost", right=span is None, wanted=each.quote)
        yield Mark(measure=measure, right=right, wanted=each.quote, said=said)


def _turn(structure: Structure, gold: GoldTurn, place: int) -> tuple[bool, str]:
    turn = _over(structure.turns, place)
    if turn is None:
        return False, ""
    return _same_name(gold.speaker, turn.speaker) or _same_name(gold.speaker, turn.label), turn.speaker


def _heading(structure: Structure, gold: GoldHeading, place: int) -> tuple[bool, str]:
    begun = [heading for heading in structure.headings if heading.start <= place]
    said = max(enumerate(begun), key=lambda each: (each[1].start, each[0]))[1].text if begun else ""
    pairs = product(_last_levels(gold.heading), _last_levels(said))
    return any(_f1(ours, theirs) >= _SAME_HEADING for ours, theirs in pairs), said


def _paragraph(structure: Structure, gold: GoldParagraph, place: int) -> tuple[bool, str]:
    over = _over(structure.paragraphs, place)
    if over is None or gold.number is None:
        return over is None and gold.number is None, over.number if over else ""
    said = f"{over.number} {over.part or ''}".strip()
    if not gold.number or not (
        _number(over.number) == _number(gold.number) or _last_number(over.number) == _last_number(gold.number)
    ):
        return False, said
    return not gold.part or bool(set(_words(gold.part)) & set(_words(over.part or ""))), said


def _page(structure: Structure, gold: GoldPage, place: int) -> tuple[bool, str]:
    page = _over(structure.pages, place)
    return page is not None and _number(page.label) == _number(gold.page), page.label if page else ""


def _over(spans: Sequence[S], place: int) -> S | None:
    """The shortest span over a place."""
    over = (span for span in spans if span.start <= place < span.end)
    return min(over, key=lambda span: span.end - span.start, default=None)


def _last_levels(heading: str) -> tuple[str, ...]:
    """A heading's path, its last level, and that without what stands before a colon."""
    return heading, heading.split(" > ")[-1], heading.partition(": ")[2] or heading


# --- what is told of a document as a whole -----------------------------------------------------------------------


def _speaker_marks(gold: GoldStructure, structure: Structure) -> Iterator[Mark]:
    labels = {turn.label or turn.speaker for turn in structure.turns} - {""}
    everyone = labels | {turn.speaker for turn in structure.turns}
    for speaker in gold.speakers or ():
        yield Mark(measure="speakers", right=any(_same_name(speaker, each) for each in everyone), wanted=speaker)
    known = [*(gold.speakers or ()), *(turn.speaker for turn in gold.turns or ())]
    nobody = {_folded(label)[0].strip().rstrip(".:") for label in gold.not_speakers or ()}
    for label in sorted(labels):
        unknown = gold.speakers_complete and not any(_same_name(label, each) for each in known)
        right = _folded(label)[0].strip().rstrip(".:") not in nobody and not unknown
        yield Mark(measure="no_speaker", right=right, said=label)


def _fact_marks(gold: GoldStructure, facts: _Facts | None) -> Iterator[Mark]:
    for measure, wanted, said in (
        ("title", gold.title, facts.title if facts else ""),
        ("body", gold.body, (facts.body if facts else None) or ""),
    ):
        if wanted:
            yield Mark(measure=measure, right=_tells(wanted, said), wanted=wanted, said=said)
    if gold.date:
        date = facts.date if facts else None
        yield Mark(
            measure="date", right=date in (gold.date, *(gold.date_also or ())), wanted=gold.date, said=date or ""
        )
    if gold.symbol:
        symbol = (facts.symbol if facts else None) or ""
        right = "".join(_words(gold.symbol, ())) == "".join(_words(symbol, ()))
        yield Mark(measure="symbol", right=right, wanted=gold.symbol, said=symbol)


# --- outcomes ----------------------------------------------------------------------------------------------------


def _outcome_marks(gold: GoldStructure, structure: Structure, text: "_Text") -> Iterator[Mark]:
    """What a fair reader may leave out is not graded. Of several outcomes at a place one that is right will do."""
    for wanted in gold.outcomes or ():
        if wanted.optional:
            continue
        span = text.find(wanted.quote, wanted.nth) if wanted.quote else None
        there = [each for each in structure.outcomes if _is_there(wanted, each, span)]
        faults = [_fault(wanted, each, structure, text) for each in there]
        said = next((fault for fault in reversed(faults) if fault), "none there")
        told = wanted.quote or wanted.item or wanted.kind
        yield Mark(measure="outcomes_found", right=bool(there), wanted=told)
        yield Mark(measure="outcomes", right="" in faults, wanted=told, said=said)


def _is_there(wanted: GoldOutcome, outcome: Outcome, span: tuple[int, int] | None) -> bool:
    if not wanted.quote:
        return wanted.votes_for is not None and _same_counts(wanted, outcome)
    return span is not None and outcome.start < span[1] and outcome.end > span[0]


def _fault(wanted: GoldOutcome, outcome: Outcome, structure: Structure, text: "_Text") -> str:
    """What of an outcome is not the gold's, "" where all of it is."""
    if not _is_of_item(wanted.item or "", outcome, structure, text):
        return "item"
    if _kind_class(wanted.kind) != _kind_class(outcome.kind):
        return f"kind {outcome.kind}"
    if not _same_counts(wanted, outcome):
        return f"counts {outcome.votes_for}, {outcome.votes_against}, {outcome.abstained}"
    sides = (
        (wanted.names_for, outcome.names_for),
        (wanted.names_against, outcome.names_against),
        (wanted.names_abstained, outcome.names_abstained),
    )
    if not all(_same_names(ours, theirs) for ours, theirs in sides if ours):
        return "names"
    if wanted.owner and not _same_name(wanted.owner, outcome.owner or ""):
        return f"owner {outcome.owner}"
    if wanted.due and not set(_words(wanted.due)) & set(_words(outcome.due or "")):
        return f"due {outcome.due}"
    return ""


def _is_of_item(wanted: str, outcome: Outcome, structure: Structure, text: "_Text") -> bool:
    """Whether half of the item's words stand in its headings, at its beginning or in what the outcome says."""
    matter = set(_words(wanted))
    items = {item.id: item for item in structure.items}
    told = [outcome.text or text.whole[outcome.start : outcome.end]]
    item = items.pop(outcome.item or "", None)
    if item:
        told.append(text.whole[item.start : item.start + _ITEM_CHARS])
    while item:
        told.append(item.heading)
        item = items.pop(item.parent or "", None)
    return len(matter & set(_words(" ".join(told)))) >= _SAME_ITEM * len(matter)


def _kind_class(kind: str) -> str:
    """A vote, a decision, a resolution and a ruling are one; records call them what they like."""
    return "decision" if kind in _DECIDED else kind


def _same_counts(gold: GoldOutcome, outcome: Outcome) -> bool:
    counts = (
        (gold.votes_for, outcome.votes_for),
        (gold.against, outcome.votes_against),
        (gold.abstained, outcome.abstained),
    )
    return all(wanted is None or wanted == said for wanted, said in counts)


def _same_names(gold: Iterable[str], said: Iterable[str]) -> bool:
    """Whether two lists hold the same names, one of a pair perhaps fuller than the other: Jaccard of .95 or more."""
    ours, theirs = ({frozenset(_words(name, _THE)) for name in names} for names in (gold, said))
    hits = sum(any(name <= other or other <= name for other in theirs) for name in ours)
    return hits >= _SAME_NAMES * (len(ours) + max(0, len(theirs) - hits))


# --- texts compared ----------------------------------------------------------------------------------------------


def _same_name(gold: str, said: str) -> bool:
    """Whether one of two names holds all words of the other; those of offices alone are compared whole."""
    ours, theirs = set(_words(gold, _AROUND_NAMES)), set(_words(said, _AROUND_NAMES))
    if not ours or not theirs:
        ours, theirs = set(_words(gold, _BEFORE_OFFICES)), set(_words(said, _BEFORE_OFFICES))
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def _tells(gold: str, said: str) -> bool:
    """Whether half of the gold's words are said, in not much more than so many words."""
    wanted, told = _words(gold), _words(said)
    known = set(wanted) & set(told)
    return bool(wanted) and len(known) >= _SAME_TITLE * len(set(wanted)) and len(told) <= 3 * len(wanted) + 8


def _f1(gold: str, said: str) -> float:
    """The harmonic mean of precision and recall of words."""
    ours, theirs = Counter(_words(gold, ())), Counter(_words(said, ()))
    both = (ours & theirs).total()
    return 2 * both / (ours.total() + theirs.total()) if both else 0.0


def _number(printed: str | int | None) -> str:
    """A number without its dots, brackets and blanks."""
    return _AROUND_NUMBERS.sub("", _fold("" if printed is None else str(printed)))


def _last_number(path: str | int | None) -> str:
    return _number((str(path or "").split() or [""])[-1])


def _words(text: str, without: Container[str] = _BETWEEN) -> list[str]:
    return [word for word in _WORD.findall(_fold(text)) if word not in without]


def _fold(text: str) -> str:
    return _folded(text)[0].strip()


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and the place of each of its characters in the text as it is."""
    kept: list[str] = []
    places: list[int] = []
    hyphens = (range(*match.span()) for match in _LINE_END_HYPHEN.finditer(text))
    left_out = set(chain.from_iterable(hyphens))
    for place, character in enumerate(text):
        if place in left_out:
            continue
        for one in unicodedata.normalize("NFKD", character.translate(_MARKS)).casefold():
            if unicodedata.combining(one) or (one.isspace() and kept[-1:] in ([], [" "])):
                continue
            kept.append(" " if one.isspace() else one)
            places.append(place)
    return "".join(kept), places


class _Text:
    """A canonical text in which quotes are found whatever their blanks, dashes, marks and accents."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self._folded, self._places = _folded(whole)

    def find(self, quote: str, nth: int = 1) -> tuple[int, int] | None:
        """Where a quote stands for the nth time, hyphens and blanks left out where it does not stand with them."""
        wanted = _fold(quote)
        span = _nth(self._folded, wanted, nth, self._places)
        if span:
            return span
        tight, places = self._tight
        return _nth(tight, wanted.replace(" ", "").replace("-", ""), nth, places)

    @cached_property
    def _tight(self) -> tuple[str, list[int]]:
        kept = [
            (character, place)
            for character, place in zip(self._folded, self._places, strict=True)
            if character not in " -"
        ]
        return "".join(character for character, _ in kept), [place for _, place in kept]


def _nth(text: str, part: str, nth: int, places: Sequence[int]) -> tuple[int, int] | None:
    at = -1
    for _ in range(nth if part else 0):
        at = text.find(part, at + 1)
        if at < 0:
            break
    return None if at < 0 else (places[at], places[at + len(part) - 1] + 1)
