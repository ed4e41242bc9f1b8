"""Votes and sponsors that XML states in attributes and in its metadata, as lines that can be read and quoted.

What stands in no printed word of a file is labelled as taken from its metadata. A side is told by the words of
`sides.tsv`, whether an attribute is called by it (`ayes="7"`, `numberAgainst="303"`) or has it as its value
(`vote="no"`, Akoma Ntoso's `refersTo="inFavour"`).
"""

import re
from collections.abc import Iterator
from typing import Any

from ...language.tables import sides
from .elements import HIDDEN, name_of, words_of

TAKEN = "from the file's metadata"
_RESULTS = ("result", "outcome")
_PARTS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-ZÀ-Þ])|[-_\s]+")
_ABOUT_COUNTS = frozenset("number count total votes vote nr no of".split())
_HEADINGS = {"for": "In favour", "against": "Against", "abstained": "Abstaining"}
_FEWEST_SIDES = 2
_NO_YEAR = "0001"
"""Of a date that a file leaves open."""


def side_list(element: Any) -> str | None:
    """A list of names that an element marks as those of one side: "Aye [from the file's metadata]: Lind; Moe".

    Its names are elements of words, or of parts that hold nothing but words.
    """
    marked = element.get("vote")
    if not marked or not _side(marked) or any(len(part) for child in element for part in child):
        return None
    names = [words_of(child) for child in element if name_of(child)]
    if not names or not all(names):
        return None
    return f"{_readable(marked)} [{TAKEN}]: {'; '.join(names)}"


def voting(element: Any) -> str | None:
    """An element whose attributes state how a vote on it ended: what is printed of it, the result and the counts."""
    counts = _counts(element)
    result = next((element.get(key) for key in _RESULTS if element.get(key)), None)
    is_voting = len(counts) >= _FEWEST_SIDES or (result and "vot" in name_of(element))
    if not is_voting or _is_list_of_votes(element):
        return None
    told = ", ".join(filter(None, (_readable(result or "").lower(), _counted(counts))))
    printed = " | ".join(words_of(child) for child in element if name_of(child) and words_of(child))
    return f"{printed or words_of(element)} [{TAKEN}: {told}]"


def count_line(element: Any) -> str | None:
    """The counts that the attributes of an element state over the lists of names that it holds."""
    counts = _counts(element)
    return f"[{TAKEN}: {_counted(counts)}]" if len(counts) >= _FEWEST_SIDES and _is_list_of_votes(element) else None


def _is_list_of_votes(element: Any) -> bool:
    return any(_counts(child) or side_list(child) for child in element.iter() if child is not element)


def metadata_lines(root: Any, title: str | None) -> Iterator[str]:
    """What a file's metadata tells of its sponsors and its vote, a line each, below one that says so."""
    stated = [
        element
        for element in root.iter()
        if name_of(element) in ("step", "voting")
        and any(name_of(parent) in HIDDEN for parent in element.iterancestors())
    ]
    lines = [line for element in stated for line in (_step(element), *_ballot(element)) if line]
    if lines:
        yield f"{TAKEN[0].upper()}{TAKEN[1:]}: {title or 'who brought it, and the vote'}"
        yield from lines


def _step(element: Any) -> str | None:
    """Who brought a text, at a step of its way: "Draft resolution A/7/L.2, 2030-05-01, sponsors: ..."."""
    by, what = (" ".join(element.get(key, "").split()) for key in ("by", "outcome"))
    if name_of(element) != "step" or not by or not what:
        return None
    date = element.get("date", "")
    label = _readable(what)
    known = [label, *filter(None, (element.get("as"), "" if date.startswith(_NO_YEAR) else date))]
    if by[0].islower():
        return f"{', '.join(known)}, {by}."
    return f"{', '.join(known)}{'' if label.endswith('sponsors') else ', sponsors'}: {by}."


def _ballot(element: Any) -> Iterator[str]:
    """How a vote ended and the names by side: of an element with a count for each side that had votes."""
    result = element.get("outcome")
    if name_of(element) != "voting" or not result:
        return
    yield f"{_readable(result)}."
    counted = {side: count for count in element if (side := _side_of_count(count))}
    for side, heading in _HEADINGS.items() if counted else ():
        count = counted.get(side)
        names = (
            [words_of(name) for name in count.iter() if not len(name) and words_of(name)] if count is not None else []
        )
        number = count.get("value", "") if count is not None else ""
        if not names or number.isdecimal():
            yield f"{heading} ({number or 0}): {'; '.join(names) or 'none listed'}"


def _side_of_count(count: Any) -> str | None:
    return _side(count.get("refersTo", "")) if name_of(count) == "count" else None


def _counts(element: Any) -> dict[str, int]:
    """The counts by side that the attributes of an element state."""
    if not name_of(element):
        return {}
    return {side: int(value) for key, value in element.items() if value.isdecimal() and (side := _side(key))}


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[side]} {heading.lower()}" for side, heading in _HEADINGS.items() if side in counts)


def _side(words: str) -> str | None:
    """The side that an identifier names: "inFavour", "not-content", "numberAgainst"."""
    parts = _PARTS.sub(" ", words.lstrip("#")).casefold().split()
    known = sides()
    return known.get(" ".join(parts)) or known.get(" ".join(part for part in parts if part not in _ABOUT_COUNTS))


def _readable(identifier: str) -> str:
    words = " ".join(_PARTS.sub(" ", identifier.lstrip("#")).split()).lower()
    return words[:1].upper() + words[1:]
