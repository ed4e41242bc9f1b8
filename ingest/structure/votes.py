"""Votes as records print them: the counts in a sentence, and the lists of who was for, against, and abstained."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from ...vectorstore.markup import plain
from ..language.numbers import chinese_number
from ..language.states import state_of
from ..language.tables import any_by_role, any_of, sides, word_list, words_in_order
from ..units import Unit
from .people import TITLES

Side = Literal["for", "against", "abstained"]

_SIDES = sides()
_WEAK = frozenset(
    (
        "for against no yes yea content contents negative pour contre ja nein opposed favour favor voor tegen contra"
        " contro за против favorables 同意 不同意 موافق مؤيدة معارضة ممتنع"
    ).split()
)
"""Ordinary words too: alone they tell of no vote."""
_ANY_SIDE = any_of(_SIDES)
_FIRST_ARABIC, _FIRST_HAN = "\u0600", "\u3400"
_COUNTED = {word: number for number, word in enumerate(words_in_order("counted"))} | dict.fromkeys(word_list("none"), 0)
_ANY_NUMBER = rf"(?:\d{{1,4}}|{any_of(_COUNTED)})"
_COUNT = re.compile(rf"\d|(?<!\w)(?:{any_of(_COUNTED)})(?!\w)", re.IGNORECASE)
_NUMBER_SIDE = re.compile(
    rf"(?<![\w.,-])(?P<number>{_ANY_NUMBER})\s(?:(?:votes?|members?|voix|votos?|voti|stemmen|(?P<ballots>票|أصوات|صوتا?))\s)?(?:(?:were|was|are|voting|voted)\s)?"
    rf"(?P<side>{_ANY_SIDE})(?!\w)(?:\s?\((?P<names>[^()]{{3,2000}})\))?",
    re.IGNORECASE,
)
_SIDE_NUMBER = re.compile(
    rf"(?<!\w)(?P<side>{_ANY_SIDE})[»”\"]?\s?[:(–—-]{{0,3}}\s?(?P<number>{_ANY_NUMBER})(?![\w/%])", re.IGNORECASE
)
# "a favor, 9; en contra, 7": a comma where others have a colon; what follows the number is no thing that is counted.
_SIDE_COMMA_NUMBER = re.compile(
    rf"(?<!\w)(?P<side>{_ANY_SIDE})[»”\"]?,\s(?P<number>{_ANY_NUMBER})(?=\s?(?:[;.,]|\Z|\s[yeи]\s|\set\s))",
    re.IGNORECASE,
)
_TO = re.compile(
    rf"(?:(?<!\w)(?P<for>{_ANY_NUMBER})\s(?:votes?|voix|votos|voti|stemmen|голос\w{{0,4}}|صوتا?|أصوات)\s"
    rf"(?:to|contre|contra|contro|tegen|gegen|против|مقابل)\s|"
    rf"\bvotes?\sof\s(?P<of>\d{{1,4}})\s(?:votes\s)?to\s)(?P<against>{_ANY_NUMBER})\b"
    rf"(?:\s(?:أصوات|صوتا?))?(?:,?\s(?:(?:and|with|et|avec|y|con|e|com|en|при)\s)?"
    rf"(?:وامتناع\s)?(?P<abstained>{_ANY_NUMBER})(?=\s(?:abst|asten|onth|воздерж|عن)))?",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"\b(?:carrie[ds]|passe[ds]|approved|adopted|defeated|rejected|fail(?:ed|s)|vote[ds]?)\b[^.\d]{0,25}?"
    rf"[(\[]?(?:(?P<for>\d{{1,3}})\s?(?:[-–]|to)\s?(?P<against>\d{{1,3}})(?:\s?[-–]\s?(?P<abstained>\d{{1,3}}))?(?![\w/-])|"
    rf"(?<!\w)(?P<in_words>{any_of(_COUNTED)})\sto\s(?P<to>{any_of(_COUNTED)})(?=\W*\Z|[,;]))",
    re.IGNORECASE,
)
_ROLL = re.compile(r"(?<!\w)Y-(?P<for>\d{1,3})(?:[;,]?\sN-(?P<against>\d{1,3}))?(?!\w)")
# Heads of columns, then what stands in the columns: "Ayes Noes - 34 - 15".
_COLUMNS = re.compile(
    rf"(?<!\w)(?P<heads>(?:{_ANY_SIDE})(?:[\s:,/|–—-]{{1,3}}(?:{_ANY_SIDE})){{1,2}})[\s:,/|–—-]{{1,4}}"
    r"(?P<numbers>\d{1,4}(?:[\s:,/|–—-]{1,4}\d{1,4}){1,2})(?![\w/%])",
    re.IGNORECASE,
)
_SIDE = re.compile(rf"(?<!\w)(?:{_ANY_SIDE})(?!\w)", re.IGNORECASE)
_BEFORE_VOTES = {
    word: number
    for language in ("fr", "es", "ru", "ar")
    for number, forms in enumerate(words_in_order(f"counted_{language}"), start=1)
    for word in forms.split("/")
}
"""Numbers in words that are counts only before a word for votes: "un" may be an article."""
_IN_WORDS = re.compile(
    rf"(?<!\w)ب?(?P<word>{any_of(_BEFORE_VOTES)})"
    r"(?=\s(?:voix|abstentions?|votos?|abstenci(?:ón|ones)|голос|أصوات)(?!\w)|\sголос\w{1,4}(?!\w))|"
    rf"(?:(?<=voix contre )|(?<=votos contra ))(?P<after>{any_of(_BEFORE_VOTES)})(?!\w)|"
    r"(?<!\w)ب?(?:(?P<one>صوت\sواحد)|(?P<two>صوت(?:ين|ان)))(?!\w)|"
    r"(?P<han>[〇零一二两三四五六七八九十百]{1,7})(?=\s?票)",
    re.IGNORECASE,
)
_TASHKEEL = re.compile("[\u064b-\u0652]")
_HAN = re.compile(rf"\d+|票|{any_of(word for word in _SIDES if word > _FIRST_HAN)}")
_NAMES_BUT = 0.7
_ALL_BUT_SOME = 0.9
_LONGEST_NAME_WORDS = 9
_MOST_BETWEEN = 2
_LONGEST_LIST_CHARS = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts of a vote, None where not told, and the names by side; `start` and `end` where it is printed."""

    counts: dict[Side, int] = field(default_factory=dict[Side, int])
    names: dict[Side, tuple[str, ...]] = field(default_factory=dict[Side, tuple[str, ...]])
    start: int = 0
    end: int = 0

    def turned(self) -> "Tally":
        """For and against exchanged."""
        other: dict[Side, Side] = {"for": "against", "against": "for", "abstained": "abstained"}
        return replace(
            self,
            counts={other[side]: number for side, number in self.counts.items()},
            names={other[side]: names for side, names in self.names.items()},
        )


def counts_in(sentence: str) -> Tally | None:
    """The counts that a sentence tells, with the names it gives in brackets after them."""
    if not (_COUNT.search(sentence) or _IN_WORDS.search(sentence)):
        return None
    sentence = _in_figures(sentence)
    for pattern in (_TO, _ROLL, _SCORE):
        if match := pattern.search(sentence):
            return Tally(counts=_counts(match))
    if columns := _in_columns(sentence):
        return columns
    told = [_by_sides(sentence, pattern) for pattern in (_NUMBER_SIDE, _SIDE_NUMBER)]
    if (listed := _by_sides(sentence, _SIDE_COMMA_NUMBER)) and len(listed.counts) > 1:
        told.append(listed)
    return max(filter(None, told), key=lambda tally: len(tally.counts), default=None)


def _in_figures(sentence: str) -> str:
    """A sentence with its votes in figures, Chinese words set apart, and Arabic without the signs that few write."""
    sentence = _IN_WORDS.sub(_in_figure, sentence)
    if max(sentence) < _FIRST_ARABIC:
        return sentence
    sentence = _TASHKEEL.sub("", sentence)
    return " ".join(_HAN.sub(r" \g<0> ", sentence).split()) if max(sentence) > _FIRST_HAN else sentence


def _in_figure(match: re.Match[str]) -> str:
    if match["han"]:
        number = chinese_number(match["han"])
        return match[0] if number is None else str(number)
    if word := match["word"] or match["after"]:
        return str(_BEFORE_VOTES[word.casefold()])
    return "1 صوت" if match["one"] else "2 صوت"


def _in_columns(sentence: str) -> Tally | None:
    """Counts that stand below their sides: as many numbers as sides, in their order."""
    if not (match := _COLUMNS.search(sentence)):
        return None
    heads, numbers = _SIDE.findall(match["heads"]), re.findall(r"\d+", match["numbers"])
    counts: dict[Side, int] = {
        _SIDES[head.casefold()]: int(number) for head, number in zip(heads, numbers, strict=False)
    }
    is_strong = any(head.casefold() not in _WEAK for head in heads)
    return Tally(counts=counts) if is_strong and len(counts) == len(heads) == len(numbers) else None


def _by_sides(sentence: str, pattern: re.Pattern[str]) -> Tally | None:
    """Counts that stand each beside its side: "5 in favour", "Ayes 5"."""
    found = list(pattern.finditer(sentence))
    said: dict[Side, int] = {}
    for match in reversed(found):
        said[_SIDES[match["side"].casefold()]] = _number(match["number"])
    is_strong = any(
        match["side"].casefold() not in _WEAK or (pattern is _NUMBER_SIDE and match["ballots"]) for match in found
    )
    if not said or set(said) == {"abstained"} or not any(said.values()) or not (is_strong or len(said) > 1):
        return None
    named: dict[Side, tuple[str, ...]] = {
        _SIDES[match["side"].casefold()]: names_in(match["names"])
        for match in found
        if pattern is _NUMBER_SIDE and match["names"]
    }
    return Tally(counts=said, names=named)


def _counts(match: re.Match[str]) -> dict[Side, int]:
    """What the groups of a match say; some sides have two groups."""
    said = match.groupdict()
    told: dict[Side, str | None] = {
        "for": said.get("for") or said.get("of") or said.get("in_words"),
        "against": said.get("against") or said.get("to"),
        "abstained": said.get("abstained"),
    }
    return {side: _number(number) for side, number in told.items() if number}


def _number(written: str) -> int:
    return int(written) if written.isdigit() else _COUNTED[written.casefold()]


# --- lists of names by side --------------------------------------------------------------------------------------

_HEAD = re.compile(
    rf"(?:\A\W{{0,4}}|(?<=[\s.;,)])(?<!\bthe\s))(?P<side>{_ANY_SIDE})(?:\s(?:this|the)\s\w{{1,20}}|\svotes)?"
    r"(?:\s\[[^\[\]]{3,40}\])?(?:\s?\((?P<count>\d{1,4})\)(?=:)|)(?:(?:\s?[:–—-]{1,2}\**|\s(?=\d))\s{0,3}\(?(?P<number>\d{1,4})?\)?(?=\W|\Z)|\W{0,4}\Z)",
    re.IGNORECASE,
)
_ROLL_LINE = re.compile(r"\A[-*•\s]{0,4}(?P<name>[^\n:–—]{3,60}?)\s?[:–—-]{1,2}\s(?P<side>[^\W\d]{2,10})\W{0,3}\Z")


# What stands below the names, but is none: "CARRIED", "The Chair declared the motion lost."
_RESULT = re.compile(rf"(?<![\w-])(?:{any_by_role('deciding', 'participle')})(?![\w-])", re.IGNORECASE)
_COUNTED_BEHIND = re.compile(r"(?<=\w)\s?[-–—:(]{1,2}\s?(\d{1,3})\)?\.?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    side: Side
    is_strong: bool
    number: int | None
    names: tuple[str, ...]
    start: int
    end: int
    unit: int


def ballots(text: str, units: Sequence[Unit]) -> list[Tally]:
    """The lists of names by side, in order: under "Ayes", "In favour:", "Yeas--98", or as a roll call."""
    found = [*_listed(text, units), *_called(text, units), *_called_within(text, units)]
    return sorted(found, key=lambda tally: tally.start)


def _listed(text: str, units: Sequence[Unit]) -> Iterator[Tally]:
    gathered: list[_Mark] = []
    between = 0
    for unit in units:
        words = text[unit.start : unit.end]
        heads = [match for match in _HEAD.finditer(words) if match["side"][0].isupper()]
        if heads and (heads[0].start() == 0 or len(heads) > 1 or gathered):
            before = words[: heads[0].start()]
            if gathered and before.strip() and _goes_on(gathered[-1], before):
                gathered[-1] = replace(gathered[-1], names=gathered[-1].names + names_in(before))
            for mark in _marks(words, heads, unit.start):
                if any(mark.side == other.side for other in gathered):
                    yield from _tally(gathered)
                    gathered = []
                gathered.append(mark)
            between = 0
        elif gathered and not between and unit.kind != "heading" and _goes_on(gathered[-1], words):
            gathered[-1] = replace(gathered[-1], names=gathered[-1].names + names_in(words), end=unit.end)
        elif gathered:
            between += 1
            if between > _MOST_BETWEEN:
                yield from _tally(gathered)
                gathered = []
    yield from _tally(gathered)


def _marks(words: str, heads: Sequence[re.Match[str]], at: int) -> Iterator[_Mark]:
    for head, following in pairwise([*heads, None]):
        if head is None:
            continue
        listed = words[head.end() : following.start() if following else len(words)][:_LONGEST_LIST_CHARS]
        stops = (stop.end() for stop in _STOP.finditer(listed) if not _MISPRINT.match(listed, stop.start()))
        listed = listed[: next(stops, None)]
        counted = _COUNTED_BEHIND.search(listed.rstrip())
        names = names_in(listed[: counted.start()] if counted else listed) if listed.strip() else ()
        side = head["side"].casefold()
        yield _Mark(
            side=_SIDES[side],
            is_strong=side not in _WEAK,
            number=int(number) if (number := head["number"] or head["count"] or (counted and counted[1])) else None,
            names=names,
            start=at + head.start(),
            end=at + head.end() + len(listed),
            unit=at,
        )


def _goes_on(mark: _Mark, words: str) -> bool:
    """Whether a paragraph is more of the names under a mark: names and nothing else, not more than were counted."""
    if ":" in words or (mark.number is not None and len(mark.names) >= mark.number):
        return False
    if _RESULT.search(words):
        return False
    if _FAMILY_FIRST.match(" ".join(plain(words).split())):
        return True
    names = names_in(words)
    return bool(names) and len(" ".join(names).split()) >= len(plain(words).split()) * _NAMES_BUT


def _tally(marks: Sequence[_Mark]) -> Iterator[Tally]:
    """A list of names or numbers under sides is a vote where two are there, or one that is plainly a side."""
    sides = {mark.side for mark in marks}
    told = [mark for mark in marks if mark.names or mark.number is not None]
    is_inline = not any(mark.names for mark in marks) and marks[0].unit == marks[-1].unit if marks else True
    if (
        not told
        or is_inline
        or not any(mark.is_strong for mark in marks)
        or (len(sides) < 2 and told[0].number is None)
    ):
        return
    counts: dict[Side, int] = {}
    for mark in marks:
        if mark.number is not None or not any(";" in name or name[-1:].isdigit() for name in mark.names):
            counts[mark.side] = len(mark.names) if mark.number is None else mark.number
    yield Tally(
        counts=counts,
        names={mark.side: mark.names for mark in marks if mark.names},
        start=marks[0].start,
        end=marks[-1].end,
    )


def _called(text: str, units: Sequence[Unit]) -> Iterator[Tally]:
    """Runs of three lines or more "- Name: YES"."""
    run: list[tuple[str, Side, Unit]] = []
    for unit in [*units, None]:
        match = _ROLL_LINE.match(text[unit.start : unit.end][:90]) if unit and unit.end - unit.start < 90 else None
        side = _SIDES.get(match["side"].casefold()) if match else None
        if unit and match and side:
            run.append((plain(match["name"]), side, unit))
            continue
        if len(run) > 2:
            named: dict[Side, tuple[str, ...]] = {}
            for name, of, _ in run:
                named[of] = (*named.get(of, ()), name)
            counts: dict[Side, int] = {"for": 0, "against": 0}
            counts.update({of: len(names) for of, names in named.items()})
            yield Tally(counts=counts, names=named, start=run[0][2].start, end=run[-1][2].end)
        run = []


_CALLED_WITHIN = re.compile(
    r"(?<![\w’'.-])(?P<name>[A-ZÀ-Þ][\w’'-]{0,30}+\.?(?:\s[A-ZÀ-Þ][\w’'-]{0,30}+\.?){0,3}?)"
    rf"(?:\s?[-–—:,]\s?|\s\(?)(?:(?:voted|votes)\s)?(?P<side>(?i:{_ANY_SIDE}))(?=\)?(?:[,;.]|\s(?:and|y|et|und)\s|\s*\Z))"
)
_ANSWER = re.compile(rf"(?<!\w)(?:{_ANY_SIDE})(?=\)?(?:[,;.]|\s|\Z))", re.IGNORECASE)
_FEWEST_CALLED = 3
_CALLED_SHARE = 0.7


def _called_within(text: str, units: Sequence[Unit]) -> Iterator[Tally]:
    """Roll calls in a sentence: "Lind yes, Roe no, Okafor yes"; names and answers, and next to nothing between them.

    Who calls may answer last, in a paragraph of their own.
    """
    for unit, below in pairwise([*units, None]):
        if not unit or unit.kind not in ("paragraph", "item") or _answers(text, unit) < _FEWEST_CALLED:
            continue
        found = list(_CALLED_WITHIN.finditer(text, unit.start, unit.end))
        if len(found) < _FEWEST_CALLED:
            continue
        start, end = found[0].start(), found[-1].end()
        if sum(match.end() - match.start() for match in found) < _CALLED_SHARE * (end - start):
            continue
        if below and (last := _CALLED_WITHIN.match(text, below.start, below.end)):
            found, end = [*found, last], last.end()
        named: dict[Side, tuple[str, ...]] = {}
        for match in found:
            side = _SIDES[match["side"].casefold()]
            named[side] = (*named.get(side, ()), match["name"])
        counts: dict[Side, int] = {"for": 0, "against": 0}
        counts.update({side: len(names) for side, names in named.items()})
        yield Tally(counts=counts, names=named, start=start, end=end)


def _answers(text: str, unit: Unit) -> int:
    """How many words of a paragraph may be answers to a call."""
    return sum(1 for _ in zip(range(_FEWEST_CALLED), _ANSWER.finditer(text, unit.start, unit.end), strict=False))


# --- names -------------------------------------------------------------------------------------------------------

_AND = re.compile(rf",?\s(?:{'|'.join(word_list('and'))}|&)\s", re.IGNORECASE)
_LEADING_AND = re.compile(rf"\A\s(?:{'|'.join(word_list('and'))})\s")
_AND_TITLED = re.compile(rf",?\s(?:{'|'.join(word_list('and'))}|&)\s(?=(?:Messrs|Mses|Mmes|MM)\b)")
_ASIDE = re.compile(r"\A(?:\d\s)?|\s\d\Z")
_TITLE = re.compile(rf"\A(?:(?:Messrs|Mses|Mmes|MM|{TITLES})s?\b\.?,?\s)+", re.IGNORECASE)
_RANK = re.compile(rf"\A(?:(?:rh|{TITLES})\b\.?\s)+", re.IGNORECASE)
_NAME_CHARS = 60
_FAMILY_FIRST = re.compile(
    rf"\A[^\s,;:]{{2,30}}(?:\s[^\s,;:]{{2,30}})?,\s(?:(?:{TITLES})\b\.?\s?(?:[^\s,;:]{{1,30}}\s?){{0,3}}|(?:[A-Z]\.\s?){{1,4}})\Z",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,80}[)\]]?")
_STOP = re.compile(r"(?<![A-Z])(?<!Messrs)(?<!Mses)(?<!Mmes)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!Prof)(?<!Hon)\.\s")


# A full stop printed for a comma: names go on on both sides of it.
_MISPRINT = re.compile(
    r"(?<=[a-zß-ÿ])(?<!Messrs)(?<!Mses)(?<!Mmes)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)\.\s(?=[A-ZÀ-Þ][\w’'-]{1,30}+,\s[A-ZÀ-Þ][\w’'-]{1,30}+(?:,|\sand)\s)"
)


def names_in(listed: str) -> tuple[str, ...]:
    """The names of a list, titles of address left out; nothing of a text that is no list of names."""
    lines = listed.strip().split("\n")
    if len(lines) > 1 and all(
        line.rstrip(" .,")[-1:] and line.count(",") < 2 and len(line) < _NAME_CHARS for line in lines
    ):
        listed = ";".join(line.rstrip(" .,") for line in lines)
    listed = " ".join(plain(listed).split())
    listed = _MISPRINT.sub(", ", listed)
    if stop := _STOP.search(listed):
        listed = listed[: stop.start()]
    if _FAMILY_FIRST.match(listed):
        return (_in_order(listed.strip(" .,*")),)
    listed = _AND_TITLED.sub(", ", listed.strip(" .,;:*"))
    if not listed or listed.casefold().removesuffix(" listed") in word_list("none"):
        return ()
    parts = listed.split(";") if ";" in listed else _parted(listed)
    names = [_in_order(_TITLE.sub("", part.strip(" .,*")).strip()) for part in parts]
    names = [name for name in names if name]
    if sum(map(_is_name, names)) < len(names) * _ALL_BUT_SOME:
        return ()
    return tuple(names)


def _in_order(name: str) -> str:
    """A name as one says it: "Lind, Ms. Ana" is "Ana Lind"."""
    family, comma, given = name.partition(", ")
    return f"{_RANK.sub('', given)} {family}" if comma and given[:1].isalpha() and "," not in given else name


def _parted(listed: str) -> list[str]:
    """Parted at commas that are not in brackets; the last also at "and", but not within the name of a state."""
    parts, depth, start = list[str](), 0, 0
    for place, letter in enumerate(listed):
        depth += (letter == "(") - (letter == ")" and depth > 0)
        if letter == "," and not depth:
            parts.append(listed[start:place])
            start = place + 1
    *parts, last = [_LEADING_AND.sub("", part) for part in (*parts, listed[start:])]
    return [*parts, *_last_two(last)] if parts or _AND.search(last) else [last]


def _last_two(last: str) -> list[str]:
    if state_of(last.strip(" .")):
        return [last]
    cuts = [(last[: match.start()], last[match.end() :]) for match in _AND.finditer(last)]
    both = [cut for cut in cuts if all(state_of(name.strip(" .")) for name in cut)]
    return list(both[0] if both else cuts[-1]) if cuts else [last]


def _is_name(name: str) -> bool:
    bare = _BRACKETS.sub("", name).removeprefix("the former ").removeprefix("the ")
    words = re.findall(r"[^\W\d_][\w’'.-]*", bare)
    if len(words) > 1 and words[-1].islower():
        return False
    capitals = sum(word[0].isupper() or not word[0].islower() for word in words)
    return bool(words) and len(words) <= _LONGEST_NAME_WORDS and words[0][0:1].isupper() and capitals >= len(words) / 2
