"""What a sentence of a draft says of a vote: the counts, and on whose side it puts whom; nothing where it denies it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ....ingest.language.states import state_of, states_in
from ....ingest.language.tables import (
    any_by_role,
    any_of,
    sides,
    verbs_of_saying,
    word_list,
    words_by_role,
    words_in_order,
)
from ....vectorstore.names import fold
from ...query.directory import bare
from ...query.kinds import any_whole, words_of

Side = Literal["for", "against", "abstained"]
SIDES: tuple[Side, ...] = ("for", "against", "abstained")
_COUNTED = {word: number for number, word in enumerate(words_in_order("counted"))} | dict.fromkeys(word_list("none"), 0)
_NUMBER = rf"(?:(?!(?:1[89]|20)\d\d)\d{{1,4}}|{any_of(_COUNTED)})(?![\w/%]|[.,]\d)"
_SIDE_WORDS: dict[str, Side] = {word: side for word, side in sides().items() if "'" not in word}
_SIDE = any_of(_SIDE_WORDS)
# Ordinary words too: right behind a word of voting only they tell of a vote.
_WEAK = frozenset(
    "for no yes pour ja nein за contra contro voor tegen content contents favour favor opposed negative".split()
)
_ABSTAINED = frozenset(word for word, side in _SIDE_WORDS.items() if side == "abstained")
_COUNTABLE = frozenset(("opposed", "negative"))
_TALLY = re.compile(
    rf"(?<![\w/.,-])(?P<for>{_NUMBER})\s(?:(?P<votes>votes?|voix|votos|voti|stemmen|stimmen|голос\w{{0,4}}|صوتا?|أصوات)\s)?"
    rf"(?:to|against|contre|contra|contro|tegen|gegen|против|مقابل)\s(?P<against>{_NUMBER})",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"(?<![\w/.,-])(?P<for>\d{1,4})\s?[-–—:]\s?(?P<against>\d{1,4})(?:\s?[-–—:]\s?(?P<abstained>\d{1,4}))?(?![\w/%-]|[.,]\d)"
)
_FOR_AND_AGAINST = re.compile(
    rf"(?P<for>{_NUMBER})\s(?:for|yes|pour|ja)\W{{1,3}}(?:and\s)?(?={_NUMBER})", re.IGNORECASE
)
_NUMBER_SIDE = re.compile(
    rf"(?<![\w/.,-])(?P<number>{_NUMBER})(?P<between>(?:\s(?!{any_of(_COUNTED)}\b)[^\W\d_]{{1,20}}){{0,3}}?)\s(?P<side>{_SIDE})(?!\w)",
    re.IGNORECASE,
)
_LISTED = rf"{_NUMBER}(?:(?:,\s|\s(?:and|et|y|und)\s|,\sand\s){_NUMBER}){{0,9}}"
_SIDE_NUMBERS = re.compile(rf"(?<!\w)(?P<side>{_SIDE})\s?[:(–—]\s{{0,2}}(?P<numbers>{_LISTED})", re.IGNORECASE)
_SIDE_NUMBER = re.compile(rf"(?<!\w)(?P<side>{_SIDE})\s(?P<number>{_NUMBER})(?=\s?(?:[,;.)]|\Z|and\b))", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"(?<!\w)(?P<side>{_SIDE})(?:\s[^\W\d_]{{1,20}}){{0,4}}\s(?:from|de|von|с)\s(?P<first>{_NUMBER})"
    rf"(?:\s(?:(?:in|en|im)\s\d{{4}}|\([^()\n]{{1,40}}\)))?\s(?:to|à|a|auf|до)\s(?P<second>{_NUMBER})",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\s?(?:[,;.()]|\Z|(?:with|in|and)\b)")
_ONE_NUMBER = re.compile(_NUMBER, re.IGNORECASE)
_BETWEEN_NAMES = re.compile(
    r"[\s,&]{0,4}(?:(?:and|both|as well as|joined|together with|along with|alongside|with|plus|the|by"
    r"|representatives? of|et|y|e|und|и|و|和)\b[\s,&]{0,4}){0,5}\Z",
    re.IGNORECASE,
)
_AS_DID = re.compile(r"[\s,]{0,4}(?:and\s)?(?:as did|so did|as have|like|as does)\b[\s,]{0,4}\Z", re.IGNORECASE)
_EXCEPT = re.compile(r"(?<!\w)(?:unlike|except(?: for)?|other than|but not)\s(?:the\s)?\Z", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[;.!?\n|]")
_SPACED = re.compile(r"\S+")
_SHORTEST_NAME = 3
_LONGEST_WORD = 30
_LONGEST_CLAUSE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A state, by its code, or a member, by a last name, and where a text names it."""

    start: int
    end: int
    code: str | None
    last: str = ""

    def is_one_of(self, listed: Sequence[str]) -> str | None:
        """What a list calls it, if it is there."""
        for name in listed:
            code = state_of(name)
            if (self.code and code == self.code) or (not self.code and not code and last_name(name) == self.last):
                return name
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A side that a text puts a name on, told from `start` to `end`."""

    name: Name
    side: Side
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of votes at a place of a text, and the side it is told of."""

    start: int
    end: int
    side: Side

    def value(self, text: str) -> int:
        """The number."""
        number = text[self.start : self.end]
        return int(number) if number.isdecimal() else _COUNTED[number.casefold()]


def _side_of(word: str) -> Side:
    """The side that a word tells."""
    return _SIDE_WORDS[word.casefold()]


def tells_of_votes(text: str) -> bool:
    """Whether a sentence is about a vote or a decision at all."""
    return bool(_about_votes().search(text.casefold()))


def side_in(text: str) -> Side | None:
    """The one side of a vote that a cell of a table is headed by."""
    found: set[Side] = {_side_of(match["side"]) for match in _any_side().finditer(text)}
    return found.pop() if len(found) == 1 else None


def first_told(text: str) -> int | None:
    """Where a text first names a side or a count of a vote; None where it names none."""
    sides_named = (match.start() for match in _any_side().finditer(text) if match["side"].casefold() not in _WEAK)
    found = [*(count.start for count in counts_in(text)), *sides_named]
    return min(found, default=None)


def counts_in(text: str) -> list[Count]:
    """The numbers of votes that a sentence tells, in its order."""
    found: dict[int, Count] = {}
    for count in _counts(text):
        found.setdefault(count.start, count)
    return sorted(found.values(), key=lambda count: count.start)


def _counts(text: str) -> Iterator[Count]:
    is_vote = bool(_voted().search(text.casefold())) or any(
        match["side"] in _ABSTAINED for match in _any_side().finditer(text)
    )
    for pattern in (_TALLY, _SCORE):
        is_told = False
        for match in pattern.finditer(text):
            has_word = pattern is _TALLY and match["votes"]
            leads = _leads_to_tally().search(text, max(0, match.start() - 16), match.start())
            alone = (
                pattern is _TALLY
                and is_vote
                and _ALONE.match(text, match.end())
                and not text.endswith("from ", 0, match.start())
            )
            is_told = bool(is_told or has_word or leads or alone)
            if is_told:
                yield from (_counted(match, side, side) for side in SIDES if match.groupdict().get(side))
    for match in _FOR_AND_AGAINST.finditer(text):
        yield _counted(match, "for", "for")
    for match in _FROM_TO.finditer(text):
        yield from (_counted(match, place, _side_of(match["side"])) for place in ("first", "second"))
    for match in _NUMBER_SIDE.finditer(text):
        side = match["side"].casefold()
        if side not in _WEAK - _COUNTABLE or _voted().search(match["between"].casefold()):
            yield _counted(match, "number", _side_of(side))
    pairs = list(_SIDE_NUMBER.finditer(text))
    if len({_side_of(match["side"]) for match in pairs}) > 1:
        yield from (_counted(match, "number", _side_of(match["side"])) for match in pairs)
    for match in _SIDE_NUMBERS.finditer(text):
        for number in _ONE_NUMBER.finditer(text, *match.span("numbers")):
            yield _counted(number, 0, _side_of(match["side"]))


def _counted(match: re.Match[str], group: str | int, side: Side) -> Count:
    start, end = match.span(group)
    return Count(start=start, end=end, side=side)


def votes_in(text: str, names: Sequence[Name], *, is_row: bool = False, is_vote: bool = False) -> Iterator[Vote]:
    """Each side of a vote that a sentence, or a row of a table, puts one of some names on: it stands behind the name,
    else before it. `is_vote` tells that a vote is spoken of around the sentence."""
    is_vote = is_vote or tells_a_vote(text)
    groups, spent, last = _groups(text, names), 0, list[_Told]()
    for place, group in enumerate(groups):
        after = groups[place + 1][0].start if place + 1 < len(groups) else len(text)
        stop = None if is_row else _CLAUSE_END.search(text, group[-1].end, after)
        until = stop.start() if stop else after
        behind = _told(text, group[-1].end, until, is_row, is_vote)
        before = (
            []
            if behind
            else _told(text, max(spent, _clause_start(text, group[0].start)), group[0].start, is_row, is_vote)
        )
        same = (
            last
            if not (behind or before)
            and _AS_DID.search(text, max(spent, group[0].start - _LONGEST_WORD), group[0].start)
            else []
        )
        for name in group:
            yield from _behind(text, name, behind, until, alone=len(group) == 1)
            for _, _, side in (before or same)[-1:]:
                yield Vote(name=name, side=side, start=name.start, end=name.end)
        spent = behind[-1][1] if behind else spent
        last = behind or before or last


_Told = tuple[int, int, Side]
"""A side of a vote, and where it is named."""


def _behind(text: str, name: Name, told: Sequence[_Told], until: int, *, alone: bool) -> Iterator[Vote]:
    """What the sides named behind a name say of it."""
    for number, (start, end, side) in enumerate(told):
        limit = told[number + 1][0] if number + 1 < len(told) else until
        year = _year_behind().match(text, end, limit)
        first = name.start if number == 0 else start
        last = (year.end() if year else end) if alone else name.end
        yield Vote(name=name, side=side, start=first, end=max(first + 1, last))


def _clause_start(text: str, place: int) -> int:
    """Where the clause begins that ends at a place."""
    return max(
        (match.end() for match in _CLAUSE_END.finditer(text, max(0, place - _LONGEST_CLAUSE), place)),
        default=max(0, place - _LONGEST_CLAUSE),
    )


def _told(text: str, start: int, end: int, is_row: bool, is_vote: bool) -> list[_Told]:
    """The sides of a vote named in a stretch, in its order; what is denied, or said by way of speaking, is not told."""
    if _denied().search(text, start, end):
        return []
    return [
        (*match.span("side"), _side_of(match["side"]))
        for match in _any_side().finditer(text, start, end)
        if is_row
        or match["voted"]
        or (is_vote and match["side"].casefold() not in _WEAK and not _is_speech(text, match))
    ]


def tells_a_vote(text: str) -> bool:
    """Whether a text speaks of a vote, not only of what is for or against something."""
    return any(
        match["voted"] or _side_of(match["side"]) == "abstained" or text[match.end() :][:2].strip() == ":"
        for match in _any_side().finditer(text)
    ) or bool(_voted().search(text.casefold()) or counts_in(text))


def _is_speech(text: str, side: re.Match[str]) -> bool:
    """Whether somebody speaks for or against something ("spoke against")."""
    before = text[max(0, side.start() - _LONGEST_WORD) : side.start()].split()
    return bool(before) and before[-1].casefold() in verbs_of_saying("record") | verbs_of_saying("question")


@lru_cache
def _leads_to_tally() -> re.Pattern[str]:
    """What stands right before the two numbers of a vote."""
    words = any_of({"by", "was", "were", "been", "of"} | words_of("decision") | words_of("vote"))
    return re.compile(rf"(?:(?<!\w){words}|[:|(])\s{{0,2}}\Z", re.IGNORECASE)


@lru_cache
def _year_behind() -> re.Pattern[str]:
    """A year that stands behind what it is told of."""
    before = any_by_role("drafts", "year_before")
    return re.compile(rf"[^;.!?\n,]{{0,30}}?(?<!\w)(?:(?:1[89]|20)\d\d|{before})(?!\w)", re.IGNORECASE)


@lru_cache
def _about_votes() -> re.Pattern[str]:
    return re.compile(any_whole(words_of("vote") | words_of("decision")))


@lru_cache
def _voted() -> re.Pattern[str]:
    return re.compile(any_whole({word for word in words_of("vote") if word not in sides()}))


@lru_cache
def _any_side() -> re.Pattern[str]:
    voted = any_of({word for word in words_of("vote") if word not in sides()})
    return re.compile(rf"(?<!\w)(?P<voted>{voted}\s)?(?P<side>{_SIDE})(?!\w)", re.IGNORECASE)


@lru_cache
def _denied() -> re.Pattern[str]:
    """A word of denying right before a word of voting or a side."""
    no = any_of({"not", "n't", "n’t", "never", "nicht", "jamais", "nunca", "не"})
    return re.compile(rf"{no}\s(?:[^\W\d_]{{1,12}}\s)?(?:{any_of(words_of('vote'))})(?!\w)", re.IGNORECASE)


def _groups(text: str, names: Sequence[Name]) -> list[list[Name]]:
    """Names that are listed together."""
    groups: list[list[Name]] = []
    for name in names:
        if _EXCEPT.search(text, max(0, name.start - 16), name.start):
            continue
        if groups and _BETWEEN_NAMES.match(text, groups[-1][-1].end, name.start):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


# --- names ------------------------------------------------------------------------------------------------------------


def names_in(text: str, members: Sequence[str]) -> list[Name]:
    """The states that a sentence names, and those of some members, by their last names."""
    found, folded = list(states_named(text)), fold(text)
    for last in members if len(folded) == len(text) else ():
        for match in re.finditer(rf"(?<!\w){re.escape(last)}(?!\w)", folded):
            if text[match.start()].isupper() and not any(each.start <= match.start() < each.end for each in found):
                found.append(Name(start=match.start(), end=match.end(), code=None, last=last))
    return sorted(found, key=lambda name: name.start)


def states_named(text: str) -> Iterator[Name]:
    """The states that a text names, in its order."""
    places = list(_SPACED.finditer(text))
    if len(places) != len(fold(text).split()):  # folding parts words at a few rare signs
        return
    for first, last, code in states_in(text):
        start, end = places[first].start(), places[last - 1].end()
        start += len(text[start:end]) - len(text[start:end].lstrip("(\"“'«*_|"))
        name = bare(text[start:end].rstrip(",;:!?)*_|"))
        if any(character.isupper() for character in name) or not name.isascii():
            yield Name(start=start, end=start + len(name), code=code)


def telling_last_names(listed: Sequence[str]) -> list[str]:
    """The last names, each of one member only, of those who are listed in votes."""
    lasts = [last_name(name) for name in dict.fromkeys(listed) if not state_of(name)]
    return sorted(last for last in set(lasts) if len(last) >= _SHORTEST_NAME and lasts.count(last) == 1)


def last_name(name: str) -> str:
    """The last word of a name, folded."""
    words = re.findall(r"\w+", fold(name))
    return words[-1] if words else ""


# --- sponsors ---------------------------------------------------------------------------------------------------------


def sponsors_in(text: str) -> list[Name]:
    """The states that a sentence says brought a record in: before the word for it, behind it, or listed as sponsors."""
    found: dict[int, Name] = {}
    groups = _groups(text, list(states_named(text)))
    for place, group in enumerate(groups):
        before = groups[place - 1][-1].end if place else 0
        after = groups[place + 1][0].start if place + 1 < len(groups) else len(text)
        by = any(
            _BETWEEN_NAMES.match(text, match.end(), group[0].start)
            for match in _sponsoring("by").finditer(text, before, group[0].start)
        )
        did = _sponsoring("did").match(text, group[-1].end, after)
        among = [
            match
            for match in _sponsoring("are").finditer(text, before, group[0].start)
            if not _CLAUSE_END.search(text, match.end(), group[0].start)
        ]
        if by or did or among:
            found |= {name.start: name for name in group}
    return list(found.values())


@lru_cache
def _sponsoring(kind: str) -> re.Pattern[str]:
    """What is said of those who bring something in: "submitted by", "sponsored", "the sponsors are"."""
    words = any_of(word for word, each in words_by_role("drafts", "sponsoring").items() if each == kind)
    if kind == "did":
        return re.compile(rf"(?:,?\s(?:which|who|that))?(?:\s[^\W\d_]{{1,12}}){{0,3}}?\s{words}(?!\w)", re.IGNORECASE)
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
