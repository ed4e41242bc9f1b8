"""Who speaks in a library and what its documents are called, ready to be recognised in a question.

Made once for each version of the library: looking a question's words up costs the same however large it is.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...ingest.language.peoples import states_of
from ...ingest.language.states import label_parts, names_of, state_of, states_in, states_named, states_of_label
from ...ingest.language.tables import word_list
from ...vectorstore.names import fold
from ...vectorstore.store import Store

_MAX_NAME_WORDS = 9
# The label "President, The" has a part that every question may hold.
_NO_NAMES = word_list("question_stopwords")
_MIN_TITLE_WORDS = 2
_MIN_TITLE_WEIGHT = 2.0
_MAX_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name in a text, and the speakers of the library who go by it."""

    start: int
    end: int
    speakers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """`speakers` by the folded names they go by, document ids by symbol and by title stem, acronyms both ways.

    A title stem weighs more the fewer titles have it. `long_forms` are by short form in lower case, `short_forms` by
    folded long form.
    """

    speakers: Mapping[str, frozenset[str]]
    symbols: Mapping[str, str]
    titles: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]
    long_forms: Mapping[str, frozenset[str]]
    short_forms: Mapping[str, frozenset[str]]

    def speakers_in(self, text: str) -> list[str]:
        """Speakers of the library whose name, or a telling part of it, stands in the text, or whose people do.

        A state within the name of another is not named: "Papua New Guinea" is not Guinea.
        """
        found: dict[str, None] = {}
        states = states_in(text)
        for first, last, name in _runs(fold(text)):
            whole = next((code for start, end, code in states if start <= first and last <= end), None)
            if whole and state_of(name) != whole and (state_of(name) or states_of(name)):
                continue
            for called in (name, *sorted(states_of(name))):
                found |= dict.fromkeys(sorted(self.speakers.get(called, ())))
        if not text.isascii():
            names = sorted(name for code in states_named(text) for name in names_of(code))
            found |= {speaker: None for name in names for speaker in sorted(self.speakers.get(name, ()))}
        return list(found)

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
            name = re.sub(r"(?:[’']s)?[.'’\"“”]*\Z", "", text[start:end])
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

    def documents_in(self, text: str, stems: Sequence[str]) -> list[str]:
        """Ids of the documents whose symbol stands in the text, or whose title the stems of the text tell apart.

        A title is told apart by two of its words at least, which few other titles have; words spent on one title
        do not tell another.
        """
        named = dict.fromkeys(self.symbols[run] for _, _, run in _runs(fold(text)) if run in self.symbols)
        left = [stem for stem in dict.fromkeys(stems) if stem in self.titles]
        while len(named) < _MAX_NAMED:
            held: dict[str, list[str]] = defaultdict(list)
            for stem in left:
                for key in self.titles[stem]:
                    held[key].append(stem)
            held = {key: found for key, found in held.items() if len(found) >= _MIN_TITLE_WORDS}
            if not held:
                break
            best = max(held, key=lambda key: (sum(self.weights[stem] for stem in held[key]), key))
            if sum(self.weights[stem] for stem in held[best]) < _MIN_TITLE_WEIGHT:
                break
            named[best] = None
            left = [stem for stem in left if stem not in held[best]]
        return list(named)


def directory_of(store: Store) -> Directory:
    """The directory of a library as it now stands."""
    return store.derived("directory", lambda: _make(store))


def _make(store: Store) -> Directory:
    speakers: dict[str, set[str]] = defaultdict(set)
    for speaker in store.catalogue.speakers():
        for name in _names_of(speaker):
            speakers[name].add(speaker)
    titles: dict[str, set[str]] = defaultdict(set)
    symbols: dict[str, str] = {}
    listings = store.listings()
    for listing in listings:
        for stem in store.lexical.words(listing.title):
            titles[stem].add(listing.id)
        if listing.symbol:
            symbols[fold(listing.symbol)] = listing.id
    long_forms: dict[str, set[str]] = defaultdict(set)
    short_forms: dict[str, set[str]] = defaultdict(set)
    for short, long in store.catalogue.acronyms():
        long_forms[short.casefold()].add(long)
        short_forms[fold(long)].add(short)
    return Directory(
        long_forms={short: frozenset(longs) for short, longs in long_forms.items()},
        short_forms={long: frozenset(shorts) for long, shorts in short_forms.items()},
        speakers={name: frozenset(found) for name, found in speakers.items()},
        symbols=symbols,
        titles={stem: frozenset(found) for stem, found in titles.items()},
        weights={stem: math.log(1 + len(listings) / len(found)) for stem, found in titles.items()},
    )


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
        and not state_of(part)
    ]
    yield from (name for code in states_of_label(speaker) for name in names_of(code))
    for name in (*parts, *titled, *people):
        if len(folded := fold(name)) > 2:
            yield folded


def _runs(folded: str) -> Iterator[tuple[int, int, str]]:
    """Every run of up to nine words of a folded text, with the places of its words; also without a genitive 's, and
    without an article of one letter ("l'")."""
    words = folded.split()
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + _MAX_NAME_WORDS) + 1):
            run = " ".join(words[first:last]).strip(".,;:?!\"'()“”«»")
            yield first, last, run
            if run.endswith("'s"):
                yield first, last, run[:-2]
            if run[:2] in ("l'", "d'"):
                yield first, last, run[2:]
