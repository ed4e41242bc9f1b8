"""What was decided: the outcome that a question asks for, and of a vote the names, from the lists that belong to it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...ingest.language.states import state_of, states_in
from ...ingest.language.tables import sides
from ...vectorstore.names import fold
from ...vectorstore.structure import Outcome
from ..query import kinds
from ..query.parse import Query
from ..query.question import SAYS
from .candidates import Quotable

_SIDES = {"for": "In favour", "against": "Against", "abstained": "Abstained"}


MIN_FIT = 1.6
NEAR_FIT = 0.93
MAX_OUTCOMES = 2
VOTE_BONUS, ACTION_BONUS, TASK_LOSS = 0.35, 0.5, 0.4


def outcomes_asked(query: Query, ranked: Sequence[Quotable]) -> list[Quotable]:
    """The outcome that fits a question about a decision best, and one that fits nearly as well or ends the same item.

    Empty where something else is asked for: what somebody said of it, the reasons, what sets two apart.
    """
    if not _is_about_a_decision(query):
        return []
    fits = {each: each.fit + _of_kind(query, each.outcome) for each in ranked if each.outcome}
    if query.expected:
        fits = {each: fit for each, fit in fits.items() if query.expected.met_by(each)}
    if not fits or max(fits.values()) < MIN_FIT:
        return []
    best = max(fits, key=lambda each: fits[each])
    near = [each for each in fits if each is not best and (fits[each] >= NEAR_FIT * fits[best] or _of_one(each, best))]
    asked = [best, *sorted(near, key=lambda each: -fits[each])][:MAX_OUTCOMES]
    return [replace(each, score=1.0) for each in asked]


def _is_about_a_decision(query: Query) -> bool:
    text = query.text
    if query.references.said_by or SAYS.search(text) or kinds.wants_reason(text) or kinds.wants_overview(text):
        return False
    return kinds.wants_vote(text) or (kinds.wants_decision(text) and not query.compares)


def _of_one(one: Quotable, other: Quotable) -> bool:
    """Whether two outcomes are of one item."""
    items = {each.outcome.item for each in (one, other) if each.outcome}
    return one.hit.document.id == other.hit.document.id and len(items) == 1 and items != {None}


def _of_kind(query: Query, outcome: Outcome) -> float:
    """Whether an outcome is of the kind asked for: a vote, an action."""
    if kinds.wants_vote(query.text):
        names = (outcome.names_for, outcome.names_against, outcome.names_abstained)
        voted = outcome.votes_for is not None or any(names)
        return VOTE_BONUS if voted else 0.0
    if kinds.wants_action(query.text):
        return ACTION_BONUS if outcome.kind == "action" else 0.0
    return -TASK_LOSS if outcome.kind in ("action", "recommendation") else 0.0


def with_names(query: Query, quotable: Quotable) -> list[Quotable]:
    """An outcome together with the lists of those names that the question asks for, unless it holds them itself."""
    outcome = quotable.outcome
    if outcome is None or (quotable.start, quotable.end) == (outcome.start, outcome.end):
        return [quotable]
    return [quotable, *_lists_asked(query, quotable, outcome)]


def _lists_asked(query: Query, quotable: Quotable, outcome: Outcome) -> Iterator[Quotable]:
    asked = _asked_sides(query)
    lists = {"for": outcome.names_for, "against": outcome.names_against, "abstained": outcome.names_abstained}
    for side, names in lists.items():
        named = _named(query, names)
        if named and not (side in asked and len(named) < len(names) and _asks_who(query)):
            place = _place_of(quotable, outcome, named[:1])
            lead = f"{_SIDES[side]} (with {len(names) - 1} others)" if len(names) > 1 else _SIDES[side]
        elif side in asked:
            place, lead = _place_of(quotable, outcome, names), f"{_SIDES[side]} ({len(names)})"
        else:
            continue
        if place:
            yield replace(quotable, start=place[0], end=place[1], lead=lead)


def _asks_who(query: Query) -> bool:
    return query.wants_speaker or query.wants_list


def _asked_sides(query: Query) -> set[str]:
    """The sides of a vote that a question names ("who opposed ...?")."""
    said = query.text.casefold()
    return {side for word, side in sides().items() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said)}


def _named(query: Query, names: Sequence[str]) -> list[str]:
    """Those of the names that the question names: a state by any of its names, a person by the last one."""
    states = {code for _, _, code in states_in(query.text)}
    said = set(re.findall(r"\w+", fold(query.text)))
    return [name for name in names if (state_of(name) or "") in states or _last(name) in said]


def _last(name: str) -> str:
    """The last word of a name of a person; none of a state, whose last word may be another's."""
    words = re.findall(r"\w+", fold(name))
    return words[-1] if words and not state_of(name) else ""


def _place_of(quotable: Quotable, outcome: Outcome, names: Sequence[str]) -> tuple[int, int] | None:
    """From the first of some names to the last, as they are listed in the text of an outcome."""
    text = quotable.hit.document.text
    first = text.find(names[0], outcome.start, outcome.end) if names else -1
    position = first
    for name in names:
        found = text.find(name, position, outcome.end)
        position = found + len(name) if found >= 0 else position
    return (first, position) if first >= 0 else None
