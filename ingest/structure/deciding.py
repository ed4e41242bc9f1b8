"""Which sentences of a record tell what became of a matter, and what they tell.

Words are data (`deciding.tsv`); here stands how they go together: "The motion was adopted", "Motion agreed to.", "I
declare the motion carried", "The Committee decided to ...", "Resolved, That ...", "ACTION: Ruiz to write by 3 May".
Retold history ("had been adopted"), conditions ("if the motion is carried") and what was only wished for are none.
"""

import re
from dataclasses import dataclass
from functools import partial

from ...vectorstore.markup import plain
from ...vectorstore.structure import OutcomeKind
from ..language.dates import dates
from ..language.tables import any_of, words_by_role
from .votes import Tally, counts_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """What a sentence says became of something; `tally` the counts it tells.

    `is_closing` is what ends a matter, unlike a task; `is_mere` what tells counts and does not say which side won,
    `is_motion` the text of what was decided ("Resolved, That ..."), whose vote may follow.
    """

    kind: OutcomeKind
    tally: Tally | None = None
    owner: str | None = None
    due: str | None = None
    is_closing: bool = True
    is_mere: bool = False
    is_motion: bool = False


words_of = partial(words_by_role, "deciding")
"""The words of a role in `deciding.tsv`, each with the kind of outcome or item that it tells."""


def any_in(role: str) -> str:
    """A fragment of a pattern: one of the words of a role."""
    return any_of(words_of(role))


_TELLING = ("participle", "present", "verb", "label", "opening", "phrase", "asking")
_KINDS = {word: kind for role in _TELLING for word, kind in words_of(role).items()}
_BOUND = r"(?<![\w-])(?:{})(?![\w-])"
_ADVERBS = r"(?:(?:,\s)?[^\W\d]{2,16},?\s){0,3}"
_PARTICIPLES = any_in("participle")
_ANY_DECIDING = re.compile(_BOUND.format("|".join([_PARTICIPLES, any_in("present"), any_in("verb")])), re.IGNORECASE)
_PASSIVE = re.compile(
    rf"(?<![\w-])(?:{any_in('auxiliary')})\s{_ADVERBS}(?P<said>{_PARTICIPLES})(?![\w-])",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w-])(?:{any_in('matter')})\b[^.;:?!]{{0,90}}?(?<![\w-])"
    rf"(?P<said>{_PARTICIPLES}|{any_in('present')})(?![\w-])",
    re.IGNORECASE,
)
_MATTER = re.compile(_BOUND.format(any_in("matter")), re.IGNORECASE)
_BODY = re.compile(
    rf"(?:(?<![\w-])(?i:{any_in('body')})|(?<!\w)[A-Z]{{2,8}})\s"
    r"(?:(?i:also|then|has|have|further|next|[a-z]{3,14}ly|(?:considered|reviewed|agreed) and),?\s){0,3}"
    rf"(?P<said>{any_in('verb')})(?![\w-])"
)
_DECLARED = re.compile(
    r"\b(?:I|we)\s(?:(?:now|therefore|hereby|so)\s)?(?:declare|proclame|declaro)\b"
    rf"[^.;?!]{{0,120}}?(?<![\w-])(?P<said>{_PARTICIPLES})(?![\w-])",
    re.IGNORECASE,
)
_RULED = re.compile(
    r"\b(?:I|the chair|the speaker|the president)\s"
    r"(?:(?:will|therefore|hereby|shall|has|have|now|accordingly|must)\s){0,2}"
    r"(?:decline|declined|rule|rules|ruled|direct|directs|directed)\b(?!\sthe\sattention|\syou\b)",
    re.IGNORECASE,
)
_ELECTED = re.compile(
    rf"\A[-*•–\s]{{0,4}}(?:[A-ZÀ-Þ][\w’'.-]{{0,30}}\s){{1,5}}(?:\([^()]{{2,80}}\)\s)?(?P<said>{_PARTICIPLES})(?![\w-])"
)
_ALONE = re.compile(rf"\A\W{{0,4}}(?P<said>{_PARTICIPLES}|{any_in('present')})(?![\w-])", re.IGNORECASE)
_PHRASE = re.compile(_BOUND.format(f"(?P<said>{any_in('phrase')})"), re.IGNORECASE)
_ASKING = re.compile(
    rf"\A(?:\W{{0,3}}\(?\w{{1,4}}[.)]\s)?\W{{0,3}}(?P<said>{any_in('asking')})\s"
    rf"(?P<who>[^\s,:]{{1,40}}(?:\s[^\s,:]{{1,40}}){{0,15}}?)(?=,|:|\s?(?:{any_in('asked')})\s)",
    re.IGNORECASE,
)
_HEREBY = re.compile(r"\b(?:therefore|hereby|duly|accordingly)\b", re.IGNORECASE)
_DOUBT = re.compile(_BOUND.format(any_in("doubt")), re.IGNORECASE)
_OPENING = re.compile(
    rf"\A\W{{0,4}}(?:(?:motion|decision|action)\s?:\W{{0,4}})?(?P<said>{any_in('opening')})(?![\w-])",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"\A\W{{0,6}}(?P<said>{any_in('label')})\s?:\W{{0,4}}", re.IGNORECASE)
_UNANIMOUS = re.compile(_BOUND.format(any_in("with_one_voice")), re.IGNORECASE)
_RESOLUTION = re.compile(
    r"\b(?:resolution|résolution|resolución|resoluciones|résolutions|resolutions)\b", re.IGNORECASE
)
_DEFERRED = any_of(word for word, kind in words_of("participle").items() if kind == "deferred")
_NOT = re.compile(r"\b(?:not|never|ne|no|nicht)\b", re.IGNORECASE)
_ASKED_BODY = re.compile(
    r"\b(?:recommend(?:s|ed)?(?:\sthat|\sto)|proposed for (?:consideration|adoption) by)\s(?P<who>the\s"
    r"(?:[^\s,;.]{1,30}\s){0,4}?[A-ZÀ-Þ][^\s,;.]{0,30}(?:\s(?:of\s)?[A-ZÀ-Þ][^\s,;.]{0,30}){0,5})"
)
_YEAR = re.compile(r"\b(?:in|en|since|of)\s(?:[A-Z]\w{2,8}\s)?(?:1[5-9]|20)\d\d\b")
_PAST_YEAR_WORDS = re.compile(r"\blast\s(?:year|week|month|session)\b", re.IGNORECASE)
_LONGEST_SENTENCE = 1200
_LONGEST_SPOKEN_WORDS = 32
_LONGEST_NOTE_WORDS = 14
_HEAD_WORDS = 9


def deciding(sentence: str, *, is_spoken: bool) -> Deciding | None:
    """What a sentence says became of a matter; None where it says nothing of the kind.

    What somebody says in a debate (`is_spoken`) counts only where it is plainly the chair's or the record's own line.
    """
    words = plain(sentence[:_LONGEST_SENTENCE])
    if labelled := _labelled(words):
        return labelled
    tally = counts_in(words)
    if not is_spoken and (match := _ASKING.match(words)):
        return Deciding(kind=_kind(match), owner=match["who"].strip(), due=_due(words), is_closing=False)
    said = _said(words, is_spoken, tally is not None)
    if said is None:
        return _noted_task(words, is_spoken)
    kind = said
    if kind == "decision" and (tally or _UNANIMOUS.search(words)):
        kind = "vote"
    elif kind == "decision" and _RESOLUTION.search(words):
        kind = "resolution"
    is_mere = bool(tally) and not _ANY_DECIDING.search(words)
    asked = _ASKED_BODY.search(words) if kind == "recommendation" else None
    return Deciding(
        kind=kind,
        tally=tally,
        owner=asked["who"] if asked else None,
        due=_due(words) if kind == "deferred" else None,
        is_mere=is_mere,
        is_motion=bool(_OPENING.match(words)),
    )


def _said(words: str, is_spoken: bool, is_counted: bool) -> OutcomeKind | None:
    length = len(words.split())
    if _DECLARED.search(words):
        return "decision"
    if match := _OPENING.match(words):
        return _kind(match)
    if is_spoken and _RULED.search(words) and length <= _LONGEST_SPOKEN_WORDS + 10:
        deferred = re.search(rf"\b(?:{_DEFERRED})\b", words, re.IGNORECASE)
        return "deferred" if deferred else "ruling"
    if words.endswith("?") or not (is_counted or _ANY_DECIDING.search(words) or _PHRASE.search(words)):
        return None
    if match := _noted(words, length):
        return _kind(match)
    if not is_spoken and (match := _PHRASE.search(words)) and not _is_doubtful(words[: match.start()]):
        return _kind(match)
    if match := _PASSIVE.search(words):
        return _kind(match) if _is_of_now(words, match, is_spoken, length) else None
    if (match := _BODY.search(words)) and not is_spoken and not _is_doubtful(words[: match.start("said")]):
        return _kind(match)
    match = _BARE.search(words) if length <= _LONGEST_SPOKEN_WORDS else None
    if match and _is_of_now(words, match, is_spoken, length):
        return _kind(match)
    return "vote" if is_counted and length <= _LONGEST_SPOKEN_WORDS * 2 and not _is_doubtful(words) else None


def _kind(match: re.Match[str]) -> OutcomeKind:
    return _KINDS[match["said"].casefold()]  # type: ignore[return-value]


def _noted(words: str, length: int) -> re.Match[str] | None:
    """A note of a few words that a record makes by itself: "(Motion agreed to)", "Passed unanimously."."""
    if length > _LONGEST_NOTE_WORDS:
        return None
    if (match := _ALONE.match(words) or _ELECTED.match(words)) and words.lstrip(" -*•–(")[:1].isupper():
        return match
    match = _BARE.search(words)
    is_at_head = match and len(words[: match.start()].split()) <= 3
    return match if is_at_head and not _is_doubtful(words) else None


def _is_of_now(words: str, match: re.Match[str], is_spoken: bool, length: int) -> bool:
    """Whether something became of a matter of this record: no condition or history; in speech a matter at its head."""
    before = words[: match.start()]
    if _NOT.search(match[0]) and not match["said"].casefold().startswith("not"):
        return False
    if _is_doubtful(before) or _PAST_YEAR_WORDS.search(words):
        return False
    if not is_spoken:
        return bool(before.strip(" -*•(")) or bool(_MATTER.search(match[0]))
    head = " ".join(words.split()[:_HEAD_WORDS])
    if _HEREBY.search(match[0]):
        return True
    return length <= _LONGEST_SPOKEN_WORDS and bool(_MATTER.search(head)) and not _YEAR.search(words)


def _is_doubtful(before: str) -> bool:
    return bool(_DOUBT.search(before))


# --- what somebody is to do ----------------------------------------------------------------------------------------

_PROPER = r"[A-ZÀ-Þ][\w’'.-]{0,30}"
_WHO = rf"(?:(?:the|all)\s)?{_PROPER}(?:(?:\s(?:and|of|for|de|von|van|&))?,?\s(?:\([^()]{{2,60}}\)|{_PROPER})){{0,9}}"
_WILL = re.compile(
    rf"\A[-*•–\s]{{0,4}}(?P<who>(?i:the\s[a-z]{{3,20}}|all)|{_WHO})\s"
    r"(?:will|shall|to|agreed to|undertook to|is to|are to|was asked to|were asked to|was requested to)\s"
    r"(?!be\b|the\b|an?\b|have\b|their\b|its\b|this\b|these\b|all\b|which\b|whom\b)[a-z]{2,}"
)
_WILL_ALONE = re.compile(
    r"\A[-*•–\s]{0,4}Will\s(?!the\b|an?\b|you\b|he\b|she\b|they\b|we\b|my\b|this\b|that\b|there\b|it\b|not\b)[a-z]{2,}[^?]*\Z"
)
_WILL_BE = re.compile(rf"\bwill be (?:{any_in('task')})\b(?:\sby\s(?:the\s)?(?P<who>{_WHO}))?")
_OWNED = re.compile(rf"\A(?P<who>{_WHO})\s?(?:(?:,\s)?(?:will|would|to|shall)\s|[:–—]\s)")
_BY = re.compile(
    r"\b(?:by|before|until|till|no later than|due(?: on| by)?|to)\s(?P<due>(?:the\s)?(?:end of\s(?:the\s)?)?(?:next\s)?"
    r"(?:\w{1,12}\s){0,3}(?:meeting|session|week|month|year|quarter|today|tomorrow|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday)|[A-Z]{2,6}\s\d{1,4}|\d{4}-\d\d-\d\d)\b|(?P<soon>\b(?:today|tomorrow|"
    r"next (?:week|month|meeting)|in\s(?:the next\s)?(?:\w{1,6}\s){1,4}(?:days?|weeks?|months?))\b)",
    re.IGNORECASE,
)


def _labelled(words: str) -> Deciding | None:
    """What stands behind a label: "ACTION: ...", "Decision: ...", "RESULT: ACCEPTED"."""
    match = _LABEL.match(words)
    if not match or not (rest := words[match.end() :].strip()) or len(rest) < 3:
        return None
    kind = _kind(match)
    if kind == "decision" and (said := _ANY_DECIDING.search(rest)):
        kind = _KINDS[said[0].casefold()]
    tally = counts_in(words)
    if kind == "action":
        return Deciding(kind="action", owner=_owner(rest), due=_due(rest), is_closing=False)
    due = _due(rest) if kind == "deferred" else None
    return Deciding(kind="vote" if kind == "decision" and tally else kind, tally=tally, due=due)  # type: ignore[arg-type]


def _owner(rest: str) -> str | None:
    match = _OWNED.match(rest)
    return match["who"].strip() if match else None


def _noted_task(words: str, is_spoken: bool) -> Deciding | None:
    if _WILL_ALONE.match(words):
        return Deciding(kind="action", due=_due(words), is_closing=False)
    return None if is_spoken else _to_do(words)


def _to_do(words: str) -> Deciding | None:
    """A line that gives somebody a task: "Ms. Lind (Verrano) will chair a contact group", "The clerk to write ..."."""
    if (match := _WILL_BE.search(words)) and not _is_doubtful(words[: match.start()]):
        return Deciding(kind="action", owner=match["who"], due=_due(words), is_closing=False)
    match = _WILL.match(words)
    if not match or len(words.split()) > _LONGEST_SPOKEN_WORDS or words.endswith("?") or match["who"] == "I":
        return None
    return Deciding(kind="action", owner=match["who"].strip(), due=_due(words), is_closing=False)


def _due(words: str) -> str | None:
    """When something is due, as printed."""
    found, _ = dates(words)
    for day in found:
        if re.search(
            r"\b(?:by|before|until|till|on|to|than|due|le|el|para|avant)\W{1,3}(?:[A-Z]\w{2,9},?\s)?(?:the\s)?\Z",
            words[max(0, day.start - 30) : day.start],
        ):
            return day.written
    if match := _BY.search(words):
        return match["due"] or match["soon"]
    return found[0].written if len(found) == 1 else None
