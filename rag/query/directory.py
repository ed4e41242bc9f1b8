"""Who speaks in a library and what its documents are called, ready to be recognised in a question.

Made once for each version of the library: looking a question's words up costs the same however large it is.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...ingest.language.dates import dates
from ...ingest.language.organs import names_of_organ, organs_named
from ...ingest.language.peoples import states_of
from ...ingest.language.states import label_parts, names_of, state_of, states_in, states_named, states_of_label
from ...ingest.language.tables import alternatives, word_list
from ...vectorstore.names import fold
from ...vectorstore.store import Store

_MAX_NAME_WORDS = 9
_MARKS = ".,;:?!\"'()“”«»؟،؛。，、；：？！《》「」（）"
# Where Latin letters or digits meet a script that puts no spaces between words: "第75/50号".
_MEETING = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3040-\u30ff\u3400-\u9fff])")
# The label "President, The" has a part that every question may hold.
_NO_NAMES = word_list("question_stopwords")
_MIN_TITLE_WORDS = 2
_MIN_TITLE_WEIGHT = 2.0
_MAX_NAMED = 4
# The last name after titles and initials: "HON. S. L. MARROW", "Hon. J. Okafor", "Senator A. O'Lind".
_INITIALS = re.compile(
    rf"(?:(?:{alternatives('titles')})\s){{1,3}}(?:[A-ZÀ-Þ]\.\s?){{1,5}}([A-ZÀ-Þ][\w'’-]{{2,30}})", re.IGNORECASE
)
_OFFICE = re.compile(alternatives("offices"), re.IGNORECASE)
_OVERS = [["of"], ["for"], ["at"], ["in"], ["on"]]
_OVER = re.compile(r",|\s(?:at|for|in|on|to)\s|\sof\s(?!State\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name in a text, and the speakers of the library who go by it."""

    start: int
    end: int
    speakers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """`speakers` by the folded names they go by, those of an office by what it is called alone, document ids by
    symbol, by its ends and by title stem, dates by id, acronyms both ways.

    A title stem weighs more the fewer titles have it. `long_forms` are by short form in lower case, `short_forms` by
    folded long form.
    """

    speakers: Mapping[str, frozenset[str]]
    offices: Mapping[str, frozenset[str]]
    symbols: Mapping[str, str]
    dates: Mapping[str, str]
    titles: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]
    long_forms: Mapping[str, frozenset[str]]
    short_forms: Mapping[str, frozenset[str]]

    def speakers_in(self, text: str) -> list[str]:
        """Speakers of the library whose name, or a telling part of it, stands in the text, or whose people do.

        A state within the name of another is not named: "Papua New Guinea" is not Guinea.
        """
        found: dict[str, None] = {}
        states, words = states_in(text), fold(text).split()
        for first, last, name in _runs(fold(text)):
            if name in self.offices and words[last : last + 1] not in _OVERS:
                found |= dict.fromkeys(sorted(self.offices[name]))
            whole = next((code for start, end, code in states if start <= first and last <= end), None)
            if whole and state_of(name) != whole and (state_of(name) or states_of(name)):
                continue
            for called in (name, *sorted(states_of(name))):
                found |= dict.fromkeys(sorted(self.speakers.get(called, ())))
        if not text.isascii():
            found |= self._called(name for code in states_named(text) for name in names_of(code))
        return list(found | self._called(name for code in organs_named(text) for name in names_of_organ(code)))

    def _called(self, names: Iterable[str]) -> dict[str, None]:
        """The speakers of some names, in order."""
        return {speaker: None for name in sorted(names) for speaker in sorted(self.speakers.get(name, ()))}

    def states_in(self, text: str) -> dict[tuple[int, int], frozenset[str]]:
        """All names of each state that a text names and that speaks in the library, maybe by another of them ("Ivory
        Coast"), folded, by where its name stands: first word and last (exclusive)."""
        named = {(first, last): names_of(code) for first, last, code in states_in(text)}
        return {place: names for place, names in named.items() if names & self.speakers.keys()}

    def find_speaker(self, text: str) -> tuple[int, int] | None:
        """Where in a text a speaker of the library is named first, the longest name that fits; None where none is."""
        first = next(self.speakers_named(text), None)
        return (first.start, first.end) if first else None

    def speakers_named(self, text: str) -> Iterator[Named]:
        """Where in a text speakers of the library are named, in its order, each by the longest name that fits."""
        words = list(re.finditer(r"[^\s?!,;:]+", text))
        first = 0
        while first < len(words):
            named = self._longest_from(text, words[first : first + _MAX_NAME_WORDS])
            if named:
                yield named[0]
            first += named[1] if named else 1

    def _longest_from(self, text: str, words: Sequence[re.Match[str]]) -> tuple[Named, int] | None:
        """The longest name of a speaker that begins with the first of some words, and how many of them it is."""
        for last in range(len(words), 0, -1):
            start, end = words[0].start(), words[last - 1].end()
            name = bare(text[start:end])
            folded = fold(name).strip(".'\"“”")
            called = [each for each in (folded, *sorted(states_of(folded))) if each in self.speakers]
            if called:
                speakers = frozenset[str]().union(*(self.speakers[each] for each in called))
                return Named(start=start, end=start + len(name), speakers=speakers), last
        return None

    def other_forms(self, text: str) -> list[str]:
        """What the records write for the acronyms in a text, and the acronyms of the phrases in it."""
        found: dict[str, None] = {}
        for word in re.findall(r"\w[\w&./-]*\w", text):
            if any(letter.isupper() for letter in word[1:]):
                found |= dict.fromkeys(sorted(self.long_forms.get(word.casefold(), ())))
        for _, _, run in _runs(fold(text)):
            found |= dict.fromkeys(sorted(self.short_forms.get(run, ())))
        return list(found)

    def documents_by_symbol(self, text: str) -> list[str]:
        """Ids of the documents whose symbol, or the end of it that no other has, stands in the text."""
        apart = _MEETING.sub(" ", fold(text))
        return list(dict.fromkeys(self.symbols[run] for _, _, run in _runs(apart) if run in self.symbols))

    def documents_in(self, text: str, stems: Sequence[str]) -> list[str]:
        """Ids of the documents whose symbol, or the end of it that no other has ("76/178"), stands in the text; where
        there are none, those whose title the stems of the text tell apart.

        A title is told apart by two of its words at least, which few other titles have; words spent on one title
        do not tell another. Of records with one title, those of a date or year in the text are meant, else all.
        """
        named = dict.fromkeys(self.documents_by_symbol(text))
        left = [] if named else [stem for stem in dict.fromkeys(stems) if stem in self.titles]
        while len(named) < _MAX_NAMED:
            held: dict[str, list[str]] = defaultdict(list)
            for stem in left:
                for key in self.titles[stem]:
                    held[key].append(stem)
            held = {key: found for key, found in held.items() if len(found) >= _MIN_TITLE_WORDS}
            if not held:
                break
            weights = {key: sum(self.weights[stem] for stem in found) for key, found in held.items()}
            most = max(weights.values())
            if most < _MIN_TITLE_WEIGHT:
                break
            best = [key for key, weight in sorted(weights.items()) if weight == most]
            named |= dict.fromkeys(self._of_its_date(text, best)[: _MAX_NAMED - len(named)])
            spent = {stem for key in best for stem in held[key]}
            left = [stem for stem in left if stem not in spent]
        return list(named)

    def _of_its_date(self, text: str, keys: Sequence[str]) -> Sequence[str]:
        """Those of some documents that have a date which stands in the text, else a year; all where none has."""
        if len(keys) < 2:
            return keys
        days = {(day.year, day.month, day.day) for day in dates(text)[0]}
        told = {key: tuple(map(int, self.dates[key].split("-"))) for key in keys if key in self.dates}
        years = set(map(int, re.findall(r"(?<![\w/.-])(?:1[5-9]|20)\d\d(?![\w/])", text)))
        of_day = [key for key, date in told.items() if date in days]
        return of_day or [key for key, date in told.items() if date[0] in years] or keys


def bare(name: str) -> str:
    """A name as it stands in a text, without the marks after it and a genitive 's."""
    name = name.rstrip(".-'’\"“”")
    return name[:-2] if name.endswith(("'s", "’s")) else name


def directory_of(store: Store) -> Directory:
    """The directory of a library as it now stands."""
    return store.derived("directory", lambda: _make(store))


def _make(store: Store) -> Directory:
    speakers: dict[str, set[str]] = defaultdict(set)
    offices: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, set[str]] = defaultdict(set)
    persons: dict[str, set[str]] = defaultdict(set)
    for person, label in store.catalogue.turn_names():
        labels[person].add(label)
        persons[label].add(person)
    for speaker in store.catalogue.speakers():
        one = {speaker}.union(*(labels[person] for person in persons[speaker]))  # "The Minister (Mr. Lind)", "Mr. Lind"
        for name in _names_of(speaker):
            speakers[name] |= one
        for office in filter(None, map(_office_of, label_parts(speaker))):
            offices[fold(office)] |= one
    titles: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, set[str]] = defaultdict(set)
    listings = store.listings()
    for listing in listings:
        whose = set(store.lexical.words(f"{listing.body or ''} {listing.publisher or ''}"))
        for stem in set(store.lexical.words(listing.title)) - whose:
            titles[stem].add(listing.id)
        for name in _ends_of(fold(listing.symbol or "")):
            ends[name].add(listing.id)
    long_forms: dict[str, set[str]] = defaultdict(set)
    short_forms: dict[str, set[str]] = defaultdict(set)
    for short, long in store.catalogue.acronyms():
        long_forms[short.casefold()].add(long)
        short_forms[fold(long)].add(short)
    return Directory(
        long_forms={short: frozenset(longs) for short, longs in long_forms.items()},
        short_forms={long: frozenset(shorts) for long, shorts in short_forms.items()},
        speakers={name: frozenset(found) for name, found in speakers.items()},
        offices={name: frozenset(found) for name, found in offices.items()},
        symbols={name: min(found) for name, found in ends.items() if len(found) == 1},
        dates={listing.id: listing.date for listing in listings if listing.date},
        titles={stem: frozenset(found) for stem, found in titles.items()},
        weights={stem: math.log(1 + len(listings) / len(found)) for stem, found in titles.items()},
    )


def _ends_of(symbol: str) -> Iterator[str]:
    """A symbol, and its ends from each slash on that have another slash and a digit: of "A/RES/76/178", "76/178"."""
    while symbol:
        yield symbol
        symbol = symbol.partition("/")[2]
        if "/" not in symbol or not re.search(r"\d", symbol):
            return


def _names_of(speaker: str) -> Iterator[str]:
    """What a speaker may be called by: the whole label, its organisation, country or person, a last name; a state by
    any of its names."""
    parts = [part for part in label_parts(speaker) if fold(part) not in _NO_NAMES]
    titled = [match[1] for part in parts if (match := re.match(r"(?:Mr|Ms|Mrs|Dr|The|H\.E)\.?\s+(.+)", part))]
    people = [
        part.split()[-1]
        for part in parts
        if 2 <= len(part.split()) <= 3
        and part[0].isupper()
        and part[-1:].islower()
        and "," not in part
        and not (state_of(part) or _OFFICE.fullmatch(part.split()[-1]))
    ]
    people += [name[1] for part in parts if (name := _INITIALS.fullmatch(part)) and not state_of(name[1])]
    yield from (name for code in states_of_label(speaker) for name in names_of(code))
    for name in (*parts, *titled, *people):
        if len(folded := fold(name)) > 2:
            yield folded


def _office_of(part: str) -> str | None:
    """An office of several words without what it is over: "Minister of State at the Department of Finance" goes by
    "Minister of State"; None of "Minister for Lands", for everybody's minister is one."""
    head = _OVER.split(part)[0].strip(" ,").removeprefix("The ")
    words = head.split()
    is_part = 1 < len(words) <= 4 and "(" not in head and len(head) < len(part) - len("The ")
    return head if is_part and any(_OFFICE.fullmatch(word) for word in words) else None


def _runs(folded: str) -> Iterator[tuple[int, int, str]]:
    """Every run of up to nine words of a folded text, with the places of its words; also without a genitive 's, and
    without an article of one letter ("l'")."""
    words = folded.split()
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + _MAX_NAME_WORDS) + 1):
            run = " ".join(words[first:last]).strip(_MARKS)
            yield first, last, run
            if run.endswith("'s"):
                yield first, last, run[:-2]
            if run[:2] in ("l'", "d'"):
                yield first, last, run[2:]
