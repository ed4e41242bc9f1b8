"""What was decided: the outcome that a question asks for, and of a vote the names, from the lists that belong to it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ...ingest.language.states import state_of, states_in, states_named
from ...ingest.language.tables import any_of, sides
from ...vectorstore.names import fold
from ...vectorstore.store import Store
from ...vectorstore.structure import Outcome
from ..messages import label
from ..query import kinds
from ..query.directory import bare
from ..query.mentions import COMMON_PARTS
from ..query.parse import Query
from ..query.question import asks_for_words
from .candidates import Quotable, asking_stems
from .listed import place_of_names

MAX_NAMED = 6
# Set by hand on the gold questions about decisions of the development records, not cross-validated.
MIN_FIT = 1.6
NEAR_FIT = 0.93
MAX_OUTCOMES = 2
_SAID_NO = re.compile(r"\b(?:said|say)\s++no\b")
FEWEST_TELLING = 3
VOTE_BONUS, ACTION_BONUS, TASK_LOSS = 0.35, 0.5, 0.4
SIDES = ("for", "against", "abstained")


def outcomes_asked(query: Query, ranked: Sequence[Quotable]) -> list[Quotable]:
    """The outcome that fits a question about a decision best, and one that fits nearly as well or ends the same item.

    Empty where something else is asked for: what somebody said of it, the reasons, what sets two apart.
    """
    if not _is_about_a_decision(query):
        return []
    fits = {each: each.fit + _of_kind(query, each.outcome) for each in ranked if each.outcome}
    if query.expected:
        tells = kinds.wants_vote(query.asked)  # the counts and names of a vote may stand in its lists alone
        told = {each for each in fits if tells and is_counted(each.outcome)}
        fits = {each: fit for each, fit in fits.items() if each in told or query.expected.met_by(each)}
    pointed = {each: fit for each, fit in fits.items() if each.hit.document.id in query.references.documents}
    if pointed and kinds.wants_vote(query.asked):  # the vote on what the question names, in whatever words it asks
        pointed = {each: fit + MIN_FIT * is_counted(each.outcome) for each, fit in pointed.items()}
    fits = pointed or fits
    if not fits or max(fits.values()) < MIN_FIT:
        return []
    best = max(fits, key=lambda each: fits[each])
    near = [each for each in fits if each is not best and (fits[each] >= NEAR_FIT * fits[best] or _of_one(each, best))]
    if not kinds.wants_action(query.asked):  # what somebody is to do with an item is not what became of it
        near = [each for each in near if each.outcome and each.outcome.kind not in ("action", "recommendation")]
    near.sort(key=lambda each: (not _ends(each, best), -fits[each]))
    asked = [best, *near][:MAX_OUTCOMES]
    return [replace(each, score=1.0) for each in asked]


def without_stray_outcomes(store: Store, query: Query, ranked: Sequence[Quotable]) -> list[Quotable]:
    """What may answer, without outcomes where none is asked for that say nothing by themselves ("It was agreed."), or
    nothing of what is asked about in the language it is asked in."""
    if _is_about_a_decision(query):
        return list(ranked)
    subject = frozenset(query.words) - asking_stems(store)

    def is_stray(each: Quotable) -> bool:
        if len(each.words) < FEWEST_TELLING:
            return True
        language = each.hit.document.language
        headed = store.lexical.words(each.lead, language)
        return language == query.language and subject.isdisjoint({*each.words, *headed})

    return [each for each in ranked if each.outcome is None or not is_stray(each)]


def _is_about_a_decision(query: Query) -> bool:
    text = query.asked
    if query.references.said_by or asks_for_words(text) or kinds.wants_reason(text) or kinds.wants_overview(text):
        return False
    return kinds.wants_vote(text) or (kinds.wants_decision(text) and not query.compares)


def _of_one(one: Quotable, other: Quotable) -> bool:
    """Whether two outcomes are of one item."""
    items = {each.outcome.item for each in (one, other) if each.outcome}
    return one.hit.document.id == other.hit.document.id and len(items) == 1 and items != {None}


def _ends(one: Quotable, other: Quotable) -> bool:
    """Whether an outcome is what became of another's item after it: "The motion is tabled." after the motion."""
    is_told = one.outcome is not None and one.outcome.kind not in ("action", "recommendation")
    return is_told and _of_one(one, other) and one.start > other.start


def is_counted(outcome: Outcome | None) -> bool:
    """Whether an outcome is a vote whose counts or names are told."""
    return bool(
        outcome
        and (outcome.votes_for is not None or outcome.names_for or outcome.names_against or outcome.names_abstained)
    )


def _of_kind(query: Query, outcome: Outcome) -> float:
    """Whether an outcome is of the kind asked for: a vote, an action."""
    if kinds.wants_vote(query.asked):
        return VOTE_BONUS * is_counted(outcome)
    if kinds.wants_action(query.asked):
        return ACTION_BONUS if outcome.kind == "action" else 0.0
    return -TASK_LOSS if outcome.kind in ("action", "recommendation") else 0.0


def with_names(query: Query, quotable: Quotable) -> list[Quotable]:
    """An outcome together with the lists of those names that the question asks for, unless it holds them itself."""
    outcome = quotable.outcome
    if outcome is None or (quotable.start, quotable.end) == (outcome.start, outcome.end):
        return [quotable]
    lists = list(_lists_asked(query, quotable, outcome))
    return [quotable, *(lists or _counts(quotable, outcome))]


def _counts(quotable: Quotable, outcome: Outcome) -> Iterator[Quotable]:
    """The counts of a vote, where they stand at the heads of its lists ("Against (31)") and not in what is quoted."""
    if re.search(r"\d", quotable.text):
        return
    for side, count in zip(SIDES, (outcome.votes_for, outcome.votes_against, outcome.abstained), strict=True):
        head = rf"(?<=\n)(?=[^\n(]{{0,40}}{any_of(word for word, meant in sides().items() if meant == side)})"
        pattern = re.compile(rf"{head}[^\n(]{{1,40}}\({count}\)", re.IGNORECASE)
        if count is not None and (found := pattern.search(quotable.hit.document.text, outcome.start, outcome.end)):
            yield _at(quotable, *found.span(), "")


def _lists_asked(query: Query, quotable: Quotable, outcome: Outcome) -> Iterator[Quotable]:
    asked = asked_sides(query.asked)
    lists = lists_of(outcome)
    for side, names in lists.items():
        others = {name for each, listed in lists.items() if each != side for name in listed}
        named = named_in(query, names)[:MAX_NAMED]
        whole = side in asked and (not named or _asks_who(query))
        for wanted in [names] if whole else [[name] for name in named]:
            place = place_of_names(quotable.hit.document.text, outcome.start, outcome.end, wanted)
            if place and not _holds_one(quotable.hit.document.text[slice(*place)], others, beside=names):
                told = _side_told(query, side, asked)
                lead = f"{told} ({len(names)})" if whole else _among(query, told, len(names) - 1)
                yield _at(quotable, *place, lead)


def lists_of(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    """The names of a vote by side: "for", "against", "abstained"."""
    return {"for": outcome.names_for, "against": outcome.names_against, "abstained": outcome.names_abstained}


def contradicted(query: Query, outcome: Outcome | None) -> bool:
    """Whether the first whom a question has on one side of a vote is listed on another, and not on that one."""
    asked, lists = asked_sides(query.asked), lists_of(outcome) if outcome else {}
    named = {side: named_in(query, names) for side, names in lists.items()}
    of_question = [code for _, _, code in states_in(query.text)]
    if of_question:
        named = {side: [name for name in names if state_of(name) == of_question[0]] for side, names in named.items()}
    return any(named[side] for side in named.keys() - asked) and not any(named[side] for side in named.keys() & asked)


def on_no_side(query: Query, outcome: Outcome | None) -> Iterator[str]:
    """The states that a question names and a vote that lists states does not, as the question writes them."""
    listed = [name for names in (lists_of(outcome).values() if outcome else ()) for name in names]
    codes = {state_of(name) for name in listed}
    words = query.text.split()
    for first, last, code in states_in(query.text) if codes - {None} else ():
        if code not in codes:
            yield bare(" ".join(words[first:last]).rstrip(",;:?!)"))


def _side_told(query: Query, side: str, asked: set[str]) -> str:
    """A side of a vote, with the one that a question has somebody on who is on another ("In favour, not against")."""
    told = label(query.language, f"side.{side}")
    if len(asked) != 1 or side in asked:
        return told
    not_on = label(query.language, f"side.{next(iter(asked))}").lower()
    return label(query.language, "side.not_as_asked", side=told, asked=not_on)


def _among(query: Query, told: str, others: int) -> str:
    """A side with how many others are on it."""
    return label(query.language, "side.with_others", side=told, others=others) if others else told


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


def asked_sides(question: str) -> set[str]:
    """The sides of a vote that a question names ("who opposed ...?").

    "For" and "no" are sides after a word of voting only; who supports something is for it.
    """
    said = question.casefold().replace("’", "'")
    named = {sides()[match["after"] or match["alone"]] for match in _side().finditer(said)}
    if named:
        return named
    return {"for"} if kinds.says_supported(question) else {"against"} if _SAID_NO.search(said) else set()


@lru_cache
def _side() -> re.Pattern[str]:
    voting = kinds.words_of("vote")
    after = rf"(?<!\w){any_of(voting)}\s+(?P<after>{any_of(sides())})(?!\w)"
    return re.compile(rf"{after}|(?P<alone>{kinds.any_whole(voting & sides().keys())})")


def named_in(query: Query, names: Sequence[str]) -> list[str]:
    """Those of the names that the question names: a state by any of its names, a person by the last one."""
    states = states_named(query.text)
    said = {word for word in re.findall(r"\w+", fold(query.text)) if word not in COMMON_PARTS | kinds.asking_words()}
    return [name for name in names if (state_of(name) or "") in states or _last(name) in said]


def _last(name: str) -> str:
    """The last word of a name of a person; none of a state, whose last word may be another's."""
    words = re.findall(r"\w+", fold(name))
    return words[-1] if words and not state_of(name) else ""


def _holds_one(text: str, names: set[str], beside: Sequence[str]) -> bool:
    """Whether one of some names stands in a text, and not only as a part of those beside them ("Guinea-Bissau")."""
    rest = re.sub(rf"(?<!\w){any_of(beside)}(?!\w)", " ", text)
    return bool(names) and bool(re.search(rf"(?<!\w){any_of(names)}(?!\w)", rest))
