"""The matters that a record deals with, and what became of each.

with_items(structure, text, units) = items under headings and where something is brought -> what sentences say of
them -> votes put together out of counts, lists of names and the sentence that closes them -> turns know their item
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby

from ...vectorstore.language.analysers import extent
from ...vectorstore.markup import plain
from ...vectorstore.structure import Item, ItemKind, Outcome, OutcomeKind, Structure
from ..formats.marked.marked_votes import TAKEN
from ..language.sentences import sentence_spans
from ..language.states import states_of_label
from ..units import Unit
from .deciding import Deciding, deciding, is_labelled
from .people import is_entry
from .speakers import speaker_label
from .tabled import Tabled, tabled
from .tasks import any_in, words_of
from .votes import Tally, ballots, counts_in, names_in

_ITEM_KINDS = words_of("item_kind")
_KIND = re.compile(rf"(?<![\w-])(?:{any_in('item_kind')})(?![\w-])", re.IGNORECASE)
_BRINGING = re.compile(rf"(?<![\w-])(?:{any_in('bringing')})(?![\w-])", re.IGNORECASE)
_PUTTING = re.compile(rf"(?<![\w-])(?:{any_in('putting')})(?![\w-])", re.IGNORECASE)
_MOVING = re.compile(rf"(?<![\w-])(?:{any_in('moving')})(?![\w-])", re.IGNORECASE)
_CALLED = re.compile(
    r"(?:\b(?:[Ii]tem|[Nn]umber)\s)?(?<![\w.])(?P<number>\d{1,2}[A-Z]|(?<=tem\s)\d{1,3}[A-Za-z]?|(?<=umber\s)\d{1,3}[A-Za-z]?)"
    r",?\s(?:is|are)\s(?:an?\s|the\s)?[a-z]"
    rf"|(?i:(?:\w{{1,10}},?\s){{0,3}}?(?:{any_in('calling')})\s)(?:(?i:(?:agenda\s)?(?:item|number)\s)(?P<called>\d{{1,3}}[A-Za-z]?))?"
)
_CALLS = re.compile(rf"\d[\dA-Za-z]{{0,3}},?\s(?:is|are)\s|(?i:{any_in('calling')})\s")
_CALLED_ALONE = re.compile(r"(?:agenda\s)?item\s(?:number\s)?(?P<number>\d{1,4}[a-z]?)\W{0,3}", re.IGNORECASE)
_REJECTING = re.compile(rf"(?<![\w-])(?:{any_in('rejecting')})(?![\w-])", re.IGNORECASE)
_NUMBER = re.compile(
    r"\A\W{0,6}(?:(?:agenda\s)?item|no\.?|article|clause|bill|motion|case|question)?\s{0,3}#?"
    r"(?P<number>\d{1,4}[a-z]?(?:[.-]\d{1,4}){0,3}|[IVXLC]{1,6}|[A-Z](?=[.)]))(?=[.):\s]|\Z)",
    re.IGNORECASE,
)
_KIND_AND_NUMBER = re.compile(
    rf"\A(?:{any_in('item_kind')}|(?:agenda\s)?item)\s(?:no\.?\s|#)?(?:[A-Z]-?)?\d[\w./-]{{0,15}}(?:\s?[:–—(-]|\Z)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"\b(?:follows|following|suivants?|suit|siguientes?|sigue)\b[^:]{0,40}:\Z", re.IGNORECASE)
_BULLETS = frozenset("-*•–·")
_LONGEST_TITLE_WORDS = 16
_LONGEST_PUTTING_WORDS = 10
_HEADING_CHARS = 160
_RECOMMENDED = re.compile(r"\brecommend|\brecommand|\brecomenda", re.IGNORECASE)
_FEWEST_RECOMMENDED = 5
_BY_STATE = re.compile(r"\((?P<state>[^()]{3,80}(?:\([^()]{2,60}\))?)\)\W{0,2}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A sentence that says what became of something; or the row of a table, whose vote stands in it."""

    start: int
    end: int
    told: Deciding
    speaker: str | None = None
    is_row: bool = False


def with_items(structure: Structure, text: str, units: Sequence[Unit]) -> Structure:
    """The structure with its items and outcomes; of each turn the item under which it begins."""
    told = [unit for unit in units if unit.kind not in ("furniture", "rule", "noise", "footnote")]
    in_tables = tabled(text, told)
    listed = ballots(text, [unit for unit in told if unit.start not in in_tables.rows])
    votes = sorted([*listed, *in_tables.votes], key=lambda vote: vote.start)
    said = list(_sayings(text, told, votes, in_tables))
    items = _items(text, told, said, votes, in_tables)
    outcomes = _with_stated(list(_outcomes(text, said, votes, items)), items)
    return replace(
        structure,
        items=tuple(items),
        outcomes=tuple(outcomes),
        turns=tuple(replace(turn, item=_item_at(items, turn.start)) for turn in structure.turns),
    )


# --- what sentences say ------------------------------------------------------------------------------------------


def _sayings(text: str, units: Sequence[Unit], votes: Sequence[Tally], in_tables: Tabled) -> Iterator[_Said]:
    recommended = _recommended(text, units)
    ends = [vote.end for vote in votes]
    turn = addressee = heads = proposed = None
    spoken = False
    for unit in units:
        words = text[unit.start : unit.end]
        speaker = unit.locator.speaker
        opens = unit.turn != turn
        if opens:
            turn, spoken = unit.turn, _is_spoken(speaker, words)
        if unit.start in in_tables.rows:
            row = in_tables.told.get(unit.start)
            for one in row.told if row else ():
                yield _Said(start=unit.start, end=unit.end, told=one, is_row=True)
            continue
        if unit.start in recommended:
            yield _Said(start=unit.start, end=unit.end, told=_recommendation(addressee))
            continue
        heads = _heading_kind(unit, words, heads)
        proposed = None if unit.kind == "heading" else proposed
        if heads and unit.kind != "heading" and len(words.split()) <= _LONGEST_LISTED_WORDS:
            yield _Said(start=unit.start, end=unit.end, told=deciding(words, is_spoken=False) or Deciding(kind=heads))
            continue
        if disposed := _disposed(unit, words):
            yield disposed
            continue
        first = _end_of_label(words, speaker) if spoken and opens and speaker else 0
        for start, end in sentence_spans(words[first:]):
            start, end = unit.start + first + start, unit.start + first + end
            place = bisect_right(ends, start)
            if place < len(votes) and votes[place].start <= start:
                continue
            is_said = (spoken or unit.locator.time is not None) and not _is_note(text[start:end])
            found = deciding(text[start:end], is_spoken=is_said) if end - start > 2 else None
            if found and (unit.kind != "heading" or found.kind != "action"):
                if found.owner and _RECOMMENDED.search(text[start:end]):
                    addressee = found.owner
                if proposed and not spoken:
                    found = replace(found, kind="recommendation", owner=proposed.owner, is_closing=False)
                elif found.kind == "recommendation" and text[start:end].endswith(":"):
                    proposed = found
                yield _Said(start=start, end=end, told=found, speaker=speaker if spoken else None)


# What a docket prints in capitals behind an item: "(Report) PLACED ON FILE".
_DISPOSED = re.compile(r"[)\].]\s{1,3}(?P<said>[A-ZÀ-Þ]{4,30}(?:\s{1,4}[A-ZÀ-Þ]{2,30}){0,12})(?![\w’'])")


def _disposed(unit: Unit, words: str) -> _Said | None:
    """What became of a numbered item that is not all in capitals, by words in capitals behind it."""
    match = _DISPOSED.search(words) if unit.locator.paragraph and not unit.locator.speaker else None
    told = deciding(" ".join(match["said"].split()).capitalize(), is_spoken=False) if match else None
    if not match or not told or told.kind == "action":
        return None
    tally = counts_in(words[: match.start()])
    kind = "vote" if tally and told.kind == "decision" else told.kind
    end = unit.start + match.end()
    return _Said(start=unit.start, end=end, told=replace(told, kind=kind, tally=told.tally or tally))


_BEHIND_NAME = re.compile(r"[)\]>*_]{0,4}\s?[.:>–—-]{0,2}[*_]{0,3}(?:\s+|\Z)")
_LABEL_CHARS = 120


def _end_of_label(words: str, speaker: str) -> int:
    """Where what is said begins, behind the label of a turn; 0 where the name stands in no label."""
    label = speaker_label(words)
    if label and label[0] == speaker:
        return label[1]
    place = words.find(speaker, 0, _LABEL_CHARS)
    behind = _BEHIND_NAME.match(words, place + len(speaker)) if place >= 0 else None
    return behind.end() if behind and behind[0].strip() else 0


def _is_note(sentence: str) -> bool:
    """Whether a sentence in brackets is the record's own note between what is said."""
    return sentence.startswith(("(", "[")) and sentence.rstrip(" .").endswith((")", "]"))


def _is_spoken(speaker: str | None, words: str) -> bool:
    """Whether a turn gives somebody's own words; reports that retell go on in lower case: "Ms. Lind said"."""
    if not speaker or is_entry(speaker):
        return False
    rest = plain(words)
    place = rest.find(speaker)
    return place < 0 or not re.match(r"\A\s?(?:\([^()]{0,90}\)\s?)?[a-z,]", rest[place + len(speaker) :])


_OUTCOME_HEADINGS = words_of("outcome_heading")
_STEPS = _OUTCOME_HEADINGS.keys() | words_of("step").keys()
_MOVED = re.compile(rf"(?<![\w-])(?:moved|moves|{any_in('mover', 'seconder')})(?![\w-])", re.IGNORECASE)
_AMENDING = re.compile(rf"(?<![\w-])(?:{any_in('amending')})(?![\w-])", re.IGNORECASE)
_LONGEST_LISTED_WORDS = 60


def _heading_kind(unit: Unit, words: str, heads: OutcomeKind | None) -> OutcomeKind | None:
    """What a list tells right under a heading of outcomes ("Conclusion", "Action items"); any paragraph ends it."""
    if unit.kind == "heading":
        return _OUTCOME_HEADINGS.get(plain(words).strip(" :.").casefold())  # type: ignore[return-value]
    return heads if unit.kind == "item" or words.lstrip()[:1] in _BULLETS else None


def _recommendation(addressee: str | None) -> Deciding:
    return Deciding(kind="recommendation", owner=addressee, is_closing=False)


def _recommended(text: str, units: Sequence[Unit]) -> frozenset[int]:
    """Where the recommendations begin that states made, a numbered paragraph each with the state behind it."""
    found = [
        unit.start
        for unit in units
        if unit.kind in ("paragraph", "item")
        and _RECOMMENDED.search(unit.locator.section or "")
        and (match := _BY_STATE.search(text[max(unit.start, unit.end - 200) : unit.end]))
        and states_of_label(match["state"])
    ]
    return frozenset(found if len(found) >= _FEWEST_RECOMMENDED else ())


# --- items ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Matter:
    start: int
    heading: str
    depth: int
    number: str | None = None
    end: int = 0


def _items(
    text: str, units: Sequence[Unit], said: Sequence[_Said], votes: Sequence[Tally], in_tables: Tabled
) -> list[Item]:
    prose = [unit for unit in units if unit.start not in in_tables.rows]
    matters = [*_matters(text, prose, said, votes), *_rows(units, in_tables)]
    matters = sorted([*matters, *_told_before(text, units, said, matters)], key=lambda matter: matter.start)
    if not matters:
        return []
    last = units[-1].end
    _end(matters, last)
    items: list[Item] = []
    open_: list[tuple[int, str]] = []
    for place, matter in enumerate(matters):
        open_ = [(depth, name) for depth, name in open_ if depth < matter.depth]
        following = matters[place + 1].start if place + 1 < len(matters) else last
        items.append(
            Item(
                id=f"i{place + 1}",
                start=matter.start,
                end=matter.end,
                kind=_kind(matter.heading),
                heading=matter.heading,
                number=matter.number or _number(matter.heading),
                parent=open_[-1][1] if open_ else None,
                **_bringers(text[matter.start : following]),
            )
        )
        open_.append((matter.depth, f"i{place + 1}"))
    return items


def _rows(units: Sequence[Unit], in_tables: Tabled) -> Iterator[_Matter]:
    """The items that rows of tables deal with; each ends with its row."""
    for unit in units:
        row = in_tables.told.get(unit.start)
        if row and row.heading:
            yield _Matter(
                start=unit.start,
                heading=_shortened(row.heading),
                depth=_UNDER_HEADINGS + 2,
                number=row.number,
                end=unit.end,
            )


def _end(matters: Sequence[_Matter], last: int) -> None:
    """Each matter ends where the next begins that is no part of it."""
    unended: list[_Matter] = []
    for matter in matters:
        while unended and unended[-1].depth >= matter.depth:
            before = unended.pop()
            before.end = before.end or matter.start
        unended.append(matter)
    for matter in unended:
        matter.end = matter.end or last


_FEWEST_TOLD_WORDS = 5
_LONGEST_POINTING_WORDS = 16
_POINTING = re.compile(rf"(?<![\w-])(?:{any_in('pointing')})(?![\w-])", re.IGNORECASE)
_UNDER_HEADINGS = 100
"""Deeper than any heading's level: what is brought under a heading."""


def _matters(text: str, units: Sequence[Unit], said: Sequence[_Said], votes: Sequence[Tally]) -> Iterator[_Matter]:
    """Where items begin: at headings, at titles of matters, where something is brought, at numbered paragraphs with
    an outcome, at sentences that call an item by its number. A question that is put is that of the matter open."""
    starts = [one.start for one in said]
    ends = [vote.end for vote in votes]
    ended = _numbered_with_outcome(units, starts)
    is_open = has_matter = False
    own = _own_words(text, units)
    numbered = _numbered_lines(text, units)
    for unit in units:
        words = text[unit.start : unit.end]
        line = " ".join(plain(words).split())
        first = bisect_right(starts, unit.start - 1)
        outcomes = said[first : bisect_right(starts, unit.end - 1)]
        ending = bisect_right(ends, unit.start)
        if ending < len(votes) and votes[ending].start < unit.end:
            is_open = False
            continue
        is_voted = ending > 0 and unit.start - ends[ending - 1] <= _TOUCHING_CHARS
        brought = text[unit.start : outcomes[0].start] if outcomes else line
        if unit.kind == "heading":
            if not outcomes and not _ANNOUNCES.search(line) and not _is_step(line):
                is_open = has_matter = False
                depth = (unit.locator.section or "").count(" > ") + 1
                yield _Matter(start=unit.start, heading=line[: 2 * _HEADING_CHARS], depth=depth)
        elif called := list(_called(text, unit, numbered)):
            is_open = True
            yield from called
        elif _is_title(line) and not outcomes:
            is_open = has_matter = True
            yield _Matter(start=unit.start, heading=line, depth=_UNDER_HEADINGS - 1)
        elif unit.start in ended:
            has_matter = True
            is_open = len(line.split()) > _LONGEST_TITLE_WORDS
            yield _numbered(unit, line, _UNDER_HEADINGS - 1)
        elif not (is_voted and _closes(line, outcomes, unit)) and (
            (_brings(line, brought, is_open, has_matter) and _is_brought(words, own.get(unit.start)))
            or (outcomes and not is_open and _is_marked(unit, words))
        ):
            depth = _UNDER_HEADINGS + (is_open and bool(_AMENDING.search(brought)))
            is_open = has_matter = True
            yield _numbered(unit, line, depth)
        is_open = is_open and not any(one.told.is_closing for one in outcomes)


def _told_before(
    text: str, units: Sequence[Unit], said: Sequence[_Said], matters: Sequence[_Matter]
) -> Iterator[_Matter]:
    """Of short outcomes that point back ("ratified these transactions") far from any matter: the sentence before."""
    starts = [matter.start for matter in matters]
    prose = [unit for unit in units if unit.kind in ("paragraph", "item") and not unit.locator.time]
    begins = [unit.start for unit in prose]
    pointing = [
        one for one in said if not one.speaker and one.told.is_closing and _points_back(text[one.start : one.end])
    ]
    for place, group in groupby(pointing, lambda one: bisect_right(begins, one.start)):
        if not place:
            continue
        unit = prose[place - 1]
        ends = [unit.start, *(unit.start + end for _, end in sentence_spans(text[unit.start : unit.end]))]
        for one in group:
            start = ends[max(0, bisect_right(ends, one.start) - 2)]
            line = " ".join(text[start : one.start].split())
            begun = bisect_right(starts, one.start)
            is_far = not begun or one.start - starts[begun - 1] > _NEAR_CHARS
            if one.start < unit.end and is_far and len(line.split()) >= _FEWEST_TOLD_WORDS:
                yield _Matter(start=start, heading=_shortened(line), depth=_UNDER_HEADINGS + 2, end=one.end)


def _points_back(sentence: str) -> bool:
    return len(sentence.split()) <= _LONGEST_POINTING_WORDS and bool(_POINTING.search(sentence))


def _is_step(line: str) -> bool:
    """Whether a heading names a step in dealing with the matter above it: "Division", "Vote", "Decision"."""
    return line.strip(" :.-–—*").casefold() in _STEPS


def _closes(line: str, outcomes: Sequence[_Said], unit: Unit) -> bool:
    """Whether a paragraph begins by telling what became of the matter that was voted on, and no vote of its own."""
    if not outcomes or outcomes[0].told.tally or unit.locator.paragraph or _MOVED.search(line):
        return False
    return outcomes[0].start - unit.start < _TOUCHING_CHARS


def _brings(line: str, brought: str, is_open: bool, has_matter: bool) -> bool:
    """Whether a paragraph brings a matter; where one is open, not by putting its question or telling its outcome."""
    if not is_open and not (has_matter and len(_PUTTING.sub("", line).split()) <= _LONGEST_PUTTING_WORDS):
        return bool(_BRINGING.search(line))
    return bool(_BRINGING.search(_PUTTING.sub("", brought)))


def _own_words(text: str, units: Sequence[Unit]) -> dict[int, tuple[int, bool]]:
    """Of each paragraph of somebody's own words, by its place: where they begin in it, and whether they open a turn."""
    found: dict[int, tuple[int, bool]] = {}
    turn, spoken = None, False
    for unit in units:
        speaker, words = unit.locator.speaker, text[unit.start : unit.end]
        opens = unit.turn != turn
        if opens:
            turn, spoken = unit.turn, _is_spoken(speaker, words)
        if spoken and speaker:
            found[unit.start] = (_end_of_label(words, speaker) if opens else 0, opens)
    return found


_MOST_WORDS_BEFORE_BRINGING = 5


def _is_brought(words: str, own: tuple[int, bool] | None) -> bool:
    """Whether who speaks brings something ("I move that ...", "Draft resolution I is entitled"), not tells of it.

    `own` is where their own words begin and whether these open a turn; None where nobody speaks.
    """
    said = " ".join(plain(words[own[0] :]).split()) if own else ""
    if not own or _MOVING.search(said):
        return True
    before = said[: match.start()] if (match := _BRINGING.search(said)) else said
    return len(before.split()) <= _MOST_WORDS_BEFORE_BRINGING and (own[1] or bool(_KIND.search(before)))


def _numbered_lines(text: str, units: Sequence[Unit]) -> dict[str, str]:
    """What nobody says under a number, as the agenda at the head of minutes has it; by the number."""
    found: dict[str, str] = {}
    for unit in units:
        if unit.locator.paragraph and not unit.locator.speaker:
            found.setdefault(unit.locator.paragraph, " ".join(plain(text[unit.start : unit.end]).split()))
    return found


def _called(text: str, unit: Unit, numbered: Mapping[str, str]) -> Iterator[_Matter]:
    """Sentences within a paragraph that call an item by its number: "15B is a resolution to ...", "Item 15." where
    the agenda has one."""
    words = text[unit.start : unit.end]
    if not _CALLS.search(words) and not (unit.locator.speaker and _CALLED_ALONE.search(words)):
        return
    label = speaker_label(words)
    first = label[1] if label and label[0] == unit.locator.speaker else 0
    for start, end in sentence_spans(words[first:]):
        start, end = first + start, first + end
        alone = _CALLED_ALONE.fullmatch(words[start:end]) if unit.locator.speaker else None
        if alone and (line := numbered.get(alone["number"])):
            yield _Matter(
                start=unit.start + start, heading=_shortened(line), depth=_UNDER_HEADINGS - 1, number=alone["number"]
            )
        elif match := _CALLED.match(words[start:end]):
            yield _Matter(
                start=unit.start + start,
                heading=_shortened(" ".join(words[start:end].split())),
                depth=_UNDER_HEADINGS - 1,
                number=match["number"] or match["called"],
            )


def _is_title(line: str) -> bool:
    """Whether a line by itself names a matter: "Fishing Licences Bill"."""
    words = line.split()
    if not 1 < len(words) <= _LONGEST_TITLE_WORDS or line[-1] in ".,;:?!" or not _KIND.search(line) or line[0] == "(":
        return False
    if _KIND_AND_NUMBER.match(line):
        return True
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return bool(long) and all(word[0].isupper() for word in long)


def _numbered(unit: Unit, line: str, depth: int) -> _Matter:
    """What a paragraph brings; a table's row that states its own outcome ends with it."""
    end = unit.end if " | " in line and f"[{TAKEN}: " in line else 0
    return _Matter(start=unit.start, heading=_shortened(line), depth=depth, number=unit.locator.paragraph, end=end)


def _is_marked(unit: Unit, words: str) -> bool:
    return bool(unit.kind == "item" or _NUMBER.match(words))


def _numbered_with_outcome(units: Sequence[Unit], starts: Sequence[int]) -> frozenset[int]:
    """Where those numbered paragraphs begin that tell an outcome, be it in what follows under their number."""
    found: set[int] = set()
    for number, group in groupby(units, key=lambda unit: unit.locator.paragraph):
        parts = list(group)
        first = bisect_right(starts, parts[0].start - 1)
        if number and not parts[0].locator.speaker and first < len(starts) and starts[first] < parts[-1].end:
            found.add(parts[0].start)
    return frozenset(found)


def _shortened(line: str) -> str:
    if len(line) <= _HEADING_CHARS:
        return line
    return line[:_HEADING_CHARS].rsplit(" ", 1)[0] + " …"


def _kind(heading: str) -> ItemKind:
    match = _KIND.search(heading)
    return _ITEM_KINDS[match[0].casefold()] if match else "item"  # type: ignore[return-value]


def _number(heading: str) -> str | None:
    match = _NUMBER.match(heading)
    return match["number"] if match else None


# --- who brought it --------------------------------------------------------------------------------------------------

_MOVERS_CHARS = 1500
_PERSON = r"(?P<who>(?:[A-ZÀ-Þ][\w’'.-]{0,30}+(?:\s(?:de|von|van|of|the|and|et|y))?\s?){1,6})"
_ROLES = {
    role: (
        re.compile(rf"(?<![\w-])(?i:{any_in(singular)})\s{{0,3}}:?\W{{0,8}}{_PERSON}"),
        re.compile(rf"(?:\A|[\s(]){_PERSON}(?:made the motion|{verb})\b" if verb else r"(?!)"),
    )
    for role, singular, verb in (
        ("movers", "mover", "moved"), ("seconders", "seconder", "seconded"), ("sponsors", "sponsor", ""),
    )
}  # fmt: skip


_ROLE_LABEL = re.compile(rf"(?i:{any_in('mover')}|{any_in('seconder')}|{any_in('sponsor')}):?")
_SPONSORS = re.compile(
    rf"\A[^\n:]{{0,120}}?(?<![\w-])(?i:(?P<additional>{any_in('additional_sponsor_list')})|{any_in('sponsor_list')})"
    r"\s?:\s(?P<names>[^\n]{3,6000})"
)
_JOINS = re.compile(rf"\s{any_in('joining')}\b", re.IGNORECASE)
_JOINING = re.compile(
    rf"(?:\A|[.:;]\s)(?:(?i:\d{{1,3}}\.\s)?[^.;:\n,]{{3,80}},\s)?(?P<names>[^.;:\n]{{3,2000}}?)\s(?i:{any_in('joining')})\b"
)


def _bringers(words: str) -> dict[str, tuple[str, ...]]:
    """Movers, seconders and sponsors where a text names them: "Moved by X, seconded by Y", "X moved, Y seconded"."""
    found = _listed_sponsors(words)
    words = " ".join(plain(words[:_MOVERS_CHARS]).split())
    for role, patterns in _ROLES.items():
        for pattern in patterns if role not in found else ():
            if (match := pattern.search(words)) and (names := names_in(_before_a_label(match, words))):
                found[role] = names
                break
    return found


def _before_a_label(match: re.Match[str], words: str) -> str:
    """The names matched, without the word that labels the next ones: "Kevin Lind Second" before ": Ada Marrow"."""
    names, _, last = match["who"].rstrip().rpartition(" ")
    is_label = words[match.end() :].lstrip(" *_").startswith(":") and _ROLE_LABEL.fullmatch(f"{last}:")
    return names if is_label else match["who"]


def _listed_sponsors(words: str) -> dict[str, tuple[str, ...]]:
    """Sponsors by lists and sentences of their own: "Additional sponsors: X, Y", "X and Y joined in sponsoring"."""
    found: dict[str, tuple[str, ...]] = {}
    for line in words.split("\n\n"):
        joining = _JOINING.finditer(line) if _JOINS.search(line) else ()
        for match in filter(None, (_SPONSORS.match(line), *joining)):
            is_first = match.re is _SPONSORS and not match["additional"]
            role = "sponsors" if is_first else "additional_sponsors"
            found[role] = tuple(dict.fromkeys((*found.get(role, ()), *names_in(match["names"]))))
    return {role: names for role, names in found.items() if names}


# --- outcomes --------------------------------------------------------------------------------------------------------

_DECLARES = re.compile(r"\bdeclare[sd]?\b|\bdéclare\b|\bdeclara\b", re.IGNORECASE)
_NEAR_CHARS = 400
_TOUCHING_CHARS = 80
# Far more than any vote is told in; a text that repeats its counts without end is not compared with all of it.
_MOST_TELLINGS = 20


def _outcomes(text: str, said: Sequence[_Said], votes: Sequence[Tally], items: Sequence[Item]) -> Iterator[Outcome]:
    """Each sentence with the lists and counts of the vote that it closes or announces."""
    events: list[_Said | Tally] = sorted([*said, *votes], key=lambda event: event.start)
    group: list[_Said | Tally] = []
    ended: set[str | None] = set()
    for event in events:
        if isinstance(event, Tally) and _is_told(group, event, items):
            continue
        if group and _is_one_vote(text, group, event, items):
            group.append(event)
            continue
        if group:
            yield (outcome := _outcome(text, group, items, ended))
            if outcome.kind != "action":
                ended.add(outcome.item)
        group = [event]
    if group:
        yield _outcome(text, group, items, ended)


def _is_told(group: Sequence[_Said | Tally], vote: Tally, items: Sequence[Item]) -> bool:
    """Whether a list repeats the counts and names that a sentence right before it told of the same item."""
    told = [one.told.tally for one in group if isinstance(one, _Said) and one.told.tally and one.told.tally.names]
    is_same_item = bool(group) and _item_at(items, group[0].start) == _item_at(items, vote.start)
    return is_same_item and any(tally and _agree(tally, vote) for tally in told)


def _is_one_vote(text: str, group: Sequence[_Said | Tally], event: _Said | Tally, items: Sequence[Item]) -> bool:
    """Whether an event is of the same vote as those before it: a count, its lists, and what was thereby decided."""
    if len(group) >= _MOST_TELLINGS or any(isinstance(one, _Said) and one.is_row for one in (group[-1], event)):
        return False
    before = group[-1]
    gap = extent(text[before.end : event.start]) if event.start > before.end else event.start - before.end
    lists = [one for one in group if isinstance(one, Tally)]
    is_counted = isinstance(before, _Said) and (
        before.told.is_mere or (isinstance(event, _Said) and _is_told_again(text, before, event))
    )
    if gap > _NEAR_CHARS or (lists and before is not lists[-1] and not is_counted):
        return False
    if isinstance(event, Tally):
        if lists or not isinstance(before, _Said) or not before.told.is_closing:
            return False
        announced = text[before.start : before.end].rstrip(" )*").endswith(":")
        return (
            announced
            or before.told.is_motion
            or gap <= _TOUCHING_CHARS
            or bool(before.told.tally and _agree(before.told.tally, event))
        )
    if not event.told.is_closing or _begun(items, before.start) < _begun(items, event.start):
        return False
    counted = [one if isinstance(one, Tally) else one.told.tally for one in group]
    if isinstance(before, _Said) and not is_counted:
        return False
    tallies = [tally for tally in counted if tally and event.told.tally]
    return all(_agree(tally, event.told.tally, gap <= _TOUCHING_CHARS) for tally in tallies if event.told.tally)


def _is_told_again(text: str, before: _Said, event: _Said) -> bool:
    """Whether the chair declares, or the record resolves, what the sentence right before told with its counts."""
    if not before.told.tally or event.told.tally or event.start - before.end > _TOUCHING_CHARS:
        return False
    rejected = [bool(_REJECTING.search(text[one.start : one.end])) for one in (before, event)]
    return rejected[0] == rejected[1] and (
        event.told.is_motion or bool(_DECLARES.search(text[event.start : event.end]))
    )


def _agree(one: Tally, other: Tally, is_near: bool = False) -> bool:
    """Whether two tellings of a vote have the same counts, for and against perhaps exchanged; a list of names right
    before the count may lack one."""
    if is_near and one.names and len(one.counts.keys() & other.counts.keys()) > 1:
        return all(abs(one.counts[side] - other.counts[side]) < 2 for side in one.counts.keys() & other.counts.keys())
    shared = one.counts.keys() & other.counts.keys() - {"abstained"}
    if all(one.counts[side] == other.counts[side] for side in shared):
        return bool(shared)
    return sorted(one.counts[side] for side in shared) == sorted(other.counts[side] for side in shared)


def _outcome(text: str, group: Sequence[_Said | Tally], items: Sequence[Item], ended: Set[str | None]) -> Outcome:
    said = [one for one in group if isinstance(one, _Said)]
    lists = [one for one in group if isinstance(one, Tally)]
    telling = said[-1] if said else None
    start, end = (telling.start, telling.end) if telling else (lists[0].start, lists[0].end)
    tally = _combined(text[start:end], [one.told.tally for one in said if one.told.tally], lists)
    kind = telling.told.kind if telling else "vote"
    counts, names = (tally.counts, tally.names) if tally else ({}, {})
    last = max(one.end for one in group)
    return Outcome(
        start=min(one.start for one in group),
        end=_end_of_motion(text, last) if telling and last == end else last,
        item=_item_of(items, text[start:end], start, ended),
        kind="vote" if tally and kind in ("decision", "resolution") else kind,
        text=text[start:end],
        votes_for=counts.get("for"),
        votes_against=counts.get("against"),
        abstained=counts.get("abstained"),
        names_for=names.get("for", ()),
        names_against=names.get("against", ()),
        names_abstained=names.get("abstained", ()),
        owner=(telling.told.owner or _who_takes_on(telling, text[start:end])) if telling else None,
        due=telling.told.due if telling else None,
    )


def _who_takes_on(telling: _Said, words: str) -> str | None:
    """Who speaks, of a task that they take on themselves; a labelled one ("Action: ...") is anybody's."""
    return telling.speaker if telling.told.kind == "action" and not is_labelled(words) else None


_HEAD_LINE = re.compile(
    r"\A(?:resolution|résolution|resolución|резолюция|قرار|决议)(?!\w)[^\n]{0,160}\Z", re.IGNORECASE
)
_STATED_HEADING = f"{TAKEN[0].upper()}{TAKEN[1:]}:"


def _with_stated(outcomes: Sequence[Outcome], items: Sequence[Item]) -> list[Outcome]:
    """The line at the head of a resolution, of the matter titled below it, with the vote that metadata tell."""
    heads = [outcome for outcome in outcomes if _HEAD_LINE.match(outcome.text)]
    if len(heads) != 1:
        return list(outcomes)
    [head] = heads
    below = next((item for item in items if 0 < item.start - head.end < _NEAR_CHARS), None)
    of_metadata = {item.id for item in items if item.heading.startswith(_STATED_HEADING)}
    stated = [one for one in outcomes if one.item in of_metadata and one.votes_for is not None]
    joined = replace(head, item=below.id if below else head.item)
    if len(stated) == 1 and head.votes_for is None:
        votes = {name: getattr(stated[0], name) for name in _VOTE_FIELDS}
        joined = replace(joined, kind="vote", **votes)
    return [joined if outcome is head else outcome for outcome in outcomes]


_VOTE_FIELDS = ("votes_for", "votes_against", "abstained", "names_for", "names_against", "names_abstained")
_MOTION_BELOW = re.compile(r"[:–—-]\s{1,4}That\s[^\n]{2,1200}")


def _end_of_motion(text: str, end: int) -> int:
    """Where the motion ends that a record prints below what became of it: "Motion agreed to -", "That the ..."."""
    match = _MOTION_BELOW.match(text, end - 1)
    return match.end() if match else end


def _combined(sentence: str, told: Sequence[Tally], lists: Sequence[Tally]) -> Tally | None:
    """The counts as told, else as counted in the lists; a vote "of 60 to 40" that rejected had 40 for."""
    if not told:
        return lists[0] if lists else None
    tally = told[-1]
    both = {"for", "against"} <= tally.counts.keys()
    if lists and both and {"for", "against"} <= lists[0].counts.keys():
        if tally.counts["for"] == lists[0].counts["against"] != tally.counts["against"]:
            tally = tally.turned()
    elif both and tally.counts["for"] > tally.counts["against"] and _REJECTING.search(sentence):
        tally = tally.turned()
    return Tally(
        counts=(lists[0].counts if lists else {}) | tally.counts, names=lists[0].names if lists else tally.names
    )


def of_items(units: Sequence[Unit], items: Sequence[Item]) -> list[Unit]:
    """The units, each with the item in which it begins."""
    return [replace(unit, locator=replace(unit.locator, item=_item_at(items, unit.start))) for unit in units]


def _item_at(items: Sequence[Item], place: int) -> str | None:
    """The innermost item over a place."""
    item = _innermost(items, place)
    return item.id if item else None


def _innermost(items: Sequence[Item], place: int) -> Item | None:
    begun = _begun(items, place)
    item = items[begun - 1] if begun else None
    while item and place >= item.end:
        item = items[int(item.parent.removeprefix("i")) - 1] if item.parent else None
    return item


def _item_of(items: Sequence[Item], sentence: str, start: int, ended: Set[str | None]) -> str | None:
    """The item that a sentence ends: of an amendment that has its outcome already, the motion that it would amend."""
    item = _innermost(items, start)
    is_amended = (
        item
        and item.id in ended
        and _AMENDING.search(item.heading)
        and not _AMENDING.search(sentence)
        and _KIND.search(sentence)
    )
    return item.parent if item and is_amended and item.parent else item and item.id


def _begun(items: Sequence[Item], place: int) -> int:
    """How many items begin up to a place."""
    return bisect_right(items, place, key=lambda item: item.start)
