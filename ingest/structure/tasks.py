"""Who is to do something, and by when.

"ACTION: Ruiz to write by 3 May", "The clerk to write ...", "Staff was asked to report", "The Board directed staff to".
"""

import re
from dataclasses import dataclass
from functools import partial

from ..language.dates import MONTH, dates
from ..language.tables import any_by_role, words_by_role

words_of = partial(words_by_role, "deciding")
"""The words of a role in `deciding.tsv`, each with the kind of outcome or item that it tells."""
any_in = partial(any_by_role, "deciding")
"""A fragment of a pattern: one of the words of some roles in `deciding.tsv`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Whose task it is, as printed, and when it is due; None where not told. `start` is where the sentence says so."""

    owner: str | None = None
    due: str | None = None
    start: int = 0


_PROPER = r"[A-ZÀ-Þ][\w’'.-]{0,30}"
_WHO = rf"(?:(?:the|all)\s)?{_PROPER}(?:(?:\s(?:and|of|for|de|von|van|&))?,?\s(?:\([^()]{{2,60}}\)|{_PROPER})){{0,9}}"
_TASK = rf"(?:{any_in('task_verb')})(?![\w-])"
_MARK = r"\A[-*•–\s]{0,4}(?:\[[ xX]?\]\s)?"
_NO_OWNER = frozenset(words_of("no_owner"))
_LONGEST_WORDS = 32
_LONGEST_NAME_IN_ING = 8
_WILL = re.compile(
    rf"{_MARK}(?P<who>(?i:the\s[a-z]{{3,20}}|all)|@[\w-]{{2,40}}|{_WHO})\s"
    rf"(?:will|shall|to|is to|are to|{any_in('undertaking')})\s{_TASK}"
)
_WILL_IN_CAPITALS = re.compile(
    rf"{_MARK}(?P<who>(?:(?!TO\b)[A-ZÀ-Þ][\w’'.-]{{0,30}}\s){{1,4}})(?:WILL|TO)\s(?i:{_TASK})"
)
_WILL_ALONE = re.compile(rf"\A[-*•–\s]{{0,4}}Will\s{_TASK}[^?]*\Z")
_I_WILL = re.compile(rf"\bI(?:['’]ll|\s(?:will|shall))\s(?:[a-z]{{2,12}}\s){{0,2}}?{_TASK}")
_WILL_BE = re.compile(rf"\bwill be (?:{any_in('task')})\b(?:\sby\s(?:the\s)?(?P<who>{_WHO}))?")
_CHARGED = re.compile(
    rf"(?<![\w-])(?i:{any_in('body')}),?\s(?:[a-z]{{3,14}}\s){{0,2}}(?:{any_in('charging')})\s"
    rf"(?P<who>(?:the\s)?(?:[\w’'.-]{{2,30}}\s){{1,6}}?)to\s{_TASK}"
)
_OWNED = re.compile(rf"\A(?P<who>@[\w-]{{2,40}}|{_WHO})\s?(?:(?:,\s)?(?:will|would|to|shall)\s|[:–—]\s)")
_OWNED_IN_CAPITALS = re.compile(rf"\A(?P<who>{_WHO})\sTO\s")
_LABELLED = re.compile(
    r"\A\W{0,3}(?:[\w-]{1,12}\W{1,3})?(?:action(?:\s(?:item|point))?|ai|todo)"
    r"(?:\W{0,3}(?:\b(?:for|by|on)\b|–|-|\()\s?|\]?\s(?!item|point)(?=[A-Z][^\s:]*(?:\s[^\s:]+){0,3}\s?:))(?P<who>[A-ZÀ-Þ][^:()]{1,80})\)?\s?:\s",
    re.IGNORECASE,
)
_TICKED = re.compile(rf"\A[-*•–\s]{{0,4}}\[[ xX]?\]\s(?P<who>{_WHO})\s?:\s\S")


def labelled_task(words: str) -> Task | None:
    """What stands behind a label that names who is to do it: "ACTION (Ruiz): ...", "- [ ] Ruiz: ..."."""
    match = _TICKED.match(words) or _LABELLED.match(words)
    return Task(owner=match["who"].strip(), due=due(words)) if match and match["who"][0].isupper() else None


def task(words: str, *, is_spoken: bool) -> Task | None:
    """What a sentence gives somebody to do; who speaks gives no tasks but by "Will write to ..."."""
    if _WILL_ALONE.match(words):
        return Task(due=due(words))
    if is_spoken and len(words.split()) <= _LONGEST_WORDS and _I_WILL.search(words) and _BY.search(words):
        return Task(due=due(words))
    if is_spoken or words.endswith("?"):
        return None
    match = _WILL.match(words) or (_WILL_IN_CAPITALS.match(words) if words.isupper() else None)
    if match and len(words.split()) <= _LONGEST_WORDS and not _is_nobody(match["who"]):
        return Task(owner=match["who"].strip(), due=due(words))
    match = _WILL_BE.search(words) or _CHARGED.search(words)
    return Task(owner=match["who"] and match["who"].strip(), due=due(words), start=match.start()) if match else None


def owner(rest: str) -> str | None:
    """Whom the words behind a label name first: "Ruiz to write"."""
    match = _OWNED.match(rest) or _OWNED_IN_CAPITALS.match(rest)
    return match["who"].strip() if match else None


def _is_nobody(who: str) -> bool:
    first, *others = who.casefold().split()
    return first in _NO_OWNER or (first.endswith("ing") and (not others or len(first) > _LONGEST_NAME_IN_ING))


# --- when it is due ------------------------------------------------------------------------------------------------

_WHEN = (
    r"(?:the\s)?(?:end of\s(?:the\s)?)?(?:next\s)?(?:[\w-]{1,14}\s){0,3}"
    r"(?:meeting|session|week|month|year|quarter|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"(?:\sof\sthe(?:\s(?-i:[A-Z])[\w-]{1,20}){1,5})?|(?-i:[A-Z]{2,6})\s\d{1,4}|\d{4}-\d\d-\d\d"
)
_BY = re.compile(
    rf"\b(?:(?:by|before|until|till|no later than|due(?: on| by)?|to(?=\s(?:the\b|an?\b|next\b|\d|(?-i:[A-Z]))))\s"
    rf"(?P<due>{_WHEN})|"
    r"(?:(?:at|for|to) its|en su|à sa)\s"
    r"(?P<session>[\w-]{4,24}(?:\s[\w-]{4,20})?\s(?:session|meeting|período de sesiones)))\b|"
    r"(?P<soon>\b(?:today|tomorrow|next (?:week|month|meeting)|"
    r"in\s(?:the next\s)?(?:\w{1,6}\s){1,4}(?:days?|weeks?|months?))\b)|"
    rf"\b(?:by|in|before|until)\s(?P<month>{MONTH})\b",
    re.IGNORECASE,
)
_BEFORE_A_DATE = re.compile(
    r"\b(?:by|before|until|till|on|to|than|due|le|el|para|avant)\W{1,3}(?:[A-Z]\w{2,9},?\s)?(?:the\s)?\Z"
)
_BEFORE_CHARS = 30


def due(words: str) -> str | None:
    """When something is due, as printed."""
    found, _ = dates(words)
    for day in found:
        if _BEFORE_A_DATE.search(words[max(0, day.start - _BEFORE_CHARS) : day.start]):
            return day.written.rstrip(" .")
    if match := _BY.search(words):
        return match[match.lastgroup or 0]
    return found[0].written.rstrip(" .") if len(found) == 1 else None
