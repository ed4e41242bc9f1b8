"""Who voted how: the names that a question asks for, quoted from the lists that belong to an outcome."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...ingest.language.states import state_of, states_in
from ...ingest.language.tables import sides
from ...vectorstore.names import fold
from ...vectorstore.structure import Outcome
from ..query.parse import Query
from .candidates import Quotable

_SIDES = {"for": "In favour", "against": "Against", "abstained": "Abstained"}


def with_names(query: Query, quotable: Quotable) -> list[Quotable]:
    """An outcome together with the lists of those names that the question asks for, unless it holds them itself."""
    outcome = quotable.outcome
    if outcome is None or quotable.end >= outcome.end:
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
