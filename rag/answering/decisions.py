"""What was decided: the outcome that a question asks for, and of a vote the names, from the lists that belong to it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from ...ingest.language.states import state_of, states_in
from ...ingest.language.tables import any_of, sides
from ...vectorstore.names import fold
from ...vectorstore.structure import Outcome
from ..query import kinds
from ..query.mentions import COMMON_PARTS
from ..query.parse import Query
from ..query.question import SAYS
from .candidates import Quotable

MAX_NAMED = 6
PLACES_TRIED = 8
# Set by hand on the gold questions about decisions of the development records, not cross-validated.
MIN_FIT = 1.6
NEAR_FIT = 0.93
MAX_OUTCOMES = 2
FEWEST_TELLING = 3
VOTE_BONUS, ACTION_BONUS, TASK_LOSS = 0.35, 0.5, 0.4
_SIDES = {"for": "In favour", "against": "Against", "abstained": "Abstained"}


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


def without_stray_outcomes(query: Query, ranked: Sequence[Quotable]) -> list[Quotable]:
    """What may answer, without outcomes that say nothing by themselves ("It was agreed.") where none is asked for."""
    if _is_about_a_decision(query):
        return list(ranked)
    return [each for each in ranked if each.outcome is None or len(each.words) >= FEWEST_TELLING]


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
    asked = _asked_sides(query.text)
    lists = {"for": outcome.names_for, "against": outcome.names_against, "abstained": outcome.names_abstained}
    for side, names in lists.items():
        others = {name for each, listed in lists.items() if each != side for name in listed}
        named = _named(query, names)[:MAX_NAMED]
        whole = side in asked and (not named or _asks_who(query))
        for wanted in [names] if whole else [[name] for name in named]:
            place = _place_of(quotable, outcome, wanted)
            if place and not _holds_one(quotable.hit.document.text[slice(*place)], others, beside=names):
                lead = f"{_SIDES[side]} ({len(names)})" if whole else _SIDES[side] + _among(len(names) - 1)
                yield _at(quotable, *place, lead)


def _among(others: int) -> str:
    return f" (with {others} {'other' if others == 1 else 'others'})" if others else ""


def _at(quotable: Quotable, start: int, end: int, lead: str) -> Quotable:
    """A place of what an outcome tells, in the passage it stands in."""
    passage = max(
        (each for each in quotable.told_in if each.start <= start),
        key=lambda each: each.start,
        default=quotable.hit.passage,
    )
    return replace(quotable, hit=replace(quotable.hit, passage=passage), start=start, end=end, lead=lead)


def _asks_who(query: Query) -> bool:
    return query.wants_speaker or query.wants_list


def _asked_sides(question: str) -> set[str]:
    """The sides of a vote that a question names ("who opposed ...?").

    "For" and "no" are sides after a word of voting only.
    """
    said = question.casefold().replace("’", "'")
    return {sides()[match["after"] or match["alone"]] for match in _side().finditer(said)}


@lru_cache
def _side() -> re.Pattern[str]:
    voting = kinds.words_of("vote")
    after = rf"(?<!\w){any_of(voting)}\s+(?P<after>{any_of(sides())})(?!\w)"
    return re.compile(rf"{after}|(?P<alone>{kinds.any_whole(voting & sides().keys())})")


def _named(query: Query, names: Sequence[str]) -> list[str]:
    """Those of the names that the question names: a state by any of its names, a person by the last one."""
    states = {code for _, _, code in states_in(query.text)}
    said = {word for word in re.findall(r"\w+", fold(query.text)) if word not in COMMON_PARTS | kinds.asking_words()}
    return [name for name in names if (state_of(name) or "") in states or _last(name) in said]


def _last(name: str) -> str:
    """The last word of a name of a person; none of a state, whose last word may be another's."""
    words = re.findall(r"\w+", fold(name))
    return words[-1] if words and not state_of(name) else ""


def _place_of(quotable: Quotable, outcome: Outcome, names: Sequence[str]) -> tuple[int, int] | None:
    """From the first of some names to the last, as they are listed in the text of an outcome, where they stand closest
    together; None where the first or the last is not found."""
    text = quotable.hit.document.text
    firsts = _whole_name(names[0]).finditer(text, outcome.start, outcome.end) if names else iter(())
    places = [_listed_from(text, first.start(), outcome.end, names) for first in islice(firsts, PLACES_TRIED)]
    return min(filter(None, places), key=lambda place: place[1] - place[0], default=None)


def _listed_from(text: str, start: int, end: int, names: Sequence[str]) -> tuple[int, int] | None:
    position = start
    for name in names:
        found = _whole_name(name).search(text, position, end)
        if found is None and name == names[-1]:
            return None
        position = found.end() if found else position
    return start, position


def _holds_one(text: str, names: set[str], beside: Sequence[str]) -> bool:
    """Whether one of some names stands in a text, and not only as a part of those beside them ("Guinea-Bissau")."""
    rest = re.sub(rf"(?<!\w){any_of(beside)}(?!\w)", " ", text)
    return bool(names) and bool(re.search(rf"(?<!\w){any_of(names)}(?!\w)", rest))


def _whole_name(name: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)")
