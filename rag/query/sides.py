"""What a question sets side by side: speakers, records, years, or other things by their names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...vectorstore.names import fold
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from . import kinds
from .directory import Directory, Named, bare, directory_of
from .mentions import COMMON_PARTS
from .question import QUESTION_STOPWORDS, References

MOST_SIDES = 4
COMPARES = re.compile(
    r"\b(?:compare[ds]?|comparison|differ\w*|versus|vs|each|both|agree\w*|contrast\w*|same|between|unlike|"
    r"whereas|and what)\b",
    re.IGNORECASE,
)
CLEARLY_COMPARES = re.compile(
    r"\b(?:compare[ds]?|comparison|differ\w*|versus|vs|contrast\w*|unlike|whereas)\b", re.IGNORECASE
)
"""What says of any question that it compares; "agree", "both" or "and what" do where it names what it compares."""
CHANGES = re.compile(
    r"\b(?:chang\w*|evolv\w*|evolution|shift\w*|develop(?:ed|ment)?|grow\w*|grew|r[io]se|fell|fall|over time|trend)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<![\w/.-])(?:19|20)\d\d(?![\w/])")
_NAME = re.compile(r"[A-ZÀ-Þ][\w.’'-]{0,60}(?: [A-ZÀ-Þ0-9][\w.’'-]{0,60}){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the things a question compares, by the name it has there: what some speakers say, what a record says, a
    year, or, where it is none of these, whatever is said where its name stands."""

    name: str
    speakers: frozenset[str] = frozenset()
    document: str | None = None
    year: str | None = None

    @property
    def is_by_name(self) -> bool:
        """Whether it is known by its name alone."""
        return not (self.speakers or self.document or self.year)

    def holds(self, hit: Hit) -> bool:
        """Whether a passage belongs to this side; to a year belong the records of that year and what names it."""
        if self.speakers:
            return hit.passage.locator.speaker in self.speakers
        if self.document is not None:
            return hit.document.id == self.document
        place = f"{hit.document.title} {hit.passage.locator.section or ''} {hit.passage.text}"
        if self.year is not None:
            return bool(re.search(rf"(?<!\d){self.year}(?!\d)", f"{hit.document.date or ''} {place}"))
        return self.is_named_in(place)

    def opens(self, hit: Hit) -> bool:
        """Whether a passage begins with, or stands under, a line of nothing but names, this one's among them: who
        speaks in it."""
        lines = (hit.passage.text.lstrip().partition("\n")[0], (hit.passage.locator.section or "").rpartition(" > ")[2])
        return any(self.is_named_in(line) and _is_of_names(line) for line in lines)

    def is_named_in(self, text: str) -> bool:
        """Whether the name of this side stands in a text, whole."""
        return bool(re.search(rf"(?<!\w){re.escape(fold(self.name))}(?!\w)", fold(text)))


def _is_of_names(line: str) -> bool:
    """Whether a line has nothing but names, after a number."""
    return all(word[:1].isupper() for word in re.sub(r"\A[\W\d_]+", "", line).split())


def sides_of(store: Store, question: str, pointed: References) -> tuple[Side, ...]:
    """The sides that a question compares, in its order, at least two; else none."""
    compares = bool(COMPARES.search(question))
    years = sorted(set(YEAR.findall(question)))
    if len(years) > 1 and (compares or CHANGES.search(question)):
        return tuple(Side(name=year, year=year) for year in years[:MOST_SIDES])
    found = _speakers(directory_of(store), question, pointed, compares=compares)
    if len(found) < 2 and compares:
        found = [_record(store, key) for key in pointed.documents]
    if len(found) < 2 and compares and not pointed.speakers:
        found = _named(store, question)
    return tuple(found[:MOST_SIDES]) if len(found) > 1 else ()


def _speakers(directory: Directory, question: str, pointed: References, *, compares: bool) -> list[Side]:
    """The speakers that a question compares: those it names, where it says that it compares; else those it names side
    by side ("Ruiz and Ono on fees"), unless it asks for what others say of them, or how they voted."""
    named = [each for each in directory.speakers_named(question) if _is_written_as_a_name(question, each)]
    if not compares:
        named = max(_side_by_side(question, named), key=len)
        asks_for_others = bool(set(pointed.said_by) - {one for each in named for one in each.speakers})
        if asks_for_others or kinds.wants_decision(question):
            return []
    sides: list[Side] = []
    for each in named:
        if not any(side.speakers & each.speakers for side in sides):
            sides.append(Side(name=question[each.start : each.end], speakers=each.speakers))
    return sides


def _is_written_as_a_name(question: str, named: Named) -> bool:
    """Whether a name has a capital where it stands; all may be names in a question that has none."""
    return question == question.casefold() or any(letter.isupper() for letter in question[named.start : named.end])


def _side_by_side(question: str, named: Sequence[Named]) -> Iterator[list[Named]]:
    """Runs of names with nothing but "and" or the like between one and the next."""
    run: list[Named] = []
    for each in named:
        if run and not _beside().fullmatch(question, run[-1].end, each.start):
            yield run
            run = []
        run.append(each)
    yield run


@lru_cache
def _beside() -> re.Pattern[str]:
    words = kinds.any_whole(kinds.words_of("beside"))
    joined = rf"(?:[’']s)?+\s{{0,3}}(?:,\s?|&|,?\s{{0,3}}(?i:{words}))\s{{0,3}}"
    return re.compile(rf"{joined}(?:[Tt]he\s)?+(?:[A-ZÀ-Þ]\w{{1,14}}\.?\s)?+")


def _record(store: Store, key: str) -> Side:
    listing = next(each for each in store.listings() if each.id == key)
    return Side(name=listing.symbol or listing.title, document=key)


def _named(store: Store, question: str) -> list[Side]:
    """Things of any kind named side by side, all of which the library writes of."""
    places = [_trimmed(question, *match.span()) for match in _NAME.finditer(question)]
    named = [Named(start=start, end=end, speakers=frozenset()) for start, end in places if start < end]
    run = max(_side_by_side(question, named), key=len)
    names = list(dict.fromkeys(question[each.start : each.end] for each in run))
    known = all(all(store.lexical.document_frequency(stem) for stem in store.lexical.words(name)) for name in names)
    telling = all(set(fold(name).split()) - COMMON_PARTS for name in names)
    return [Side(name=name) for name in names] if known and telling else []


def _trimmed(question: str, start: int, end: int) -> tuple[int, int]:
    """A name without the words before it that questions are asked with ("Did Ruiz"), and without what ends it."""
    while (space := question.find(" ", start, end)) > 0 and question[start:space].casefold() in QUESTION_STOPWORDS:
        start = space + 1
    name = bare(question[start:end])
    return start, start + (len(name) if name.casefold() not in QUESTION_STOPWORDS else 0)
