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
from ..language.tables import any_of, sides, words_by_role
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


_TELLING = ("participle", "present", "verb", "label", "opening", "phrase", "asking", "first", "note", "operative")
_KINDS = {word: kind for role in _TELLING for word, kind in words_of(role).items()}


def _winning() -> list[str]:
    """The verbs that say which side won."""
    return [word for word, kind in words_of("verb").items() if kind != "vote"]


_BOUND = r"(?<![\w-])(?:{})(?![\w-])"
_ADVERBS = r"(?:(?:,\s)?[^\W\d]{2,16},?\s){0,3}"
_PARTICIPLES = rf"(?:{any_in('participle')})(?!\s(?:out|away|through|along|down)\b)"
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
_WINNING = re.compile(
    _BOUND.format("|".join([_PARTICIPLES, any_in("present"), *(map(re.escape, _winning()))])), re.IGNORECASE
)
_MATTER = re.compile(_BOUND.format(any_in("matter")), re.IGNORECASE)
_BODY = re.compile(
    rf"(?:(?<![\w-])(?i:{any_in('body')})|(?<!\w)[A-Z]{{2,8}})(?:,[^.;:?!]{{2,240}},)?\s"
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
    r"(?:(?:decline|declined|rule|rules|ruled)\b(?!\sout\sthe\spoint)|(?:direct|directs|directed)\sthat\b)",
    re.IGNORECASE,
)
_ELECTED = re.compile(
    rf"\A[-*•–\s]{{0,4}}(?:[A-ZÀ-Þ][\w’'.-]{{0,30}}\s){{1,5}}(?:\([^()]{{2,80}}\)\s)?(?P<said>{_PARTICIPLES})(?![\w-])"
)
_ALONE = re.compile(
    rf"\A\W{{0,4}}(?P<said>{_PARTICIPLES}|{any_in('present')}|{any_in('note')})(?![\w-])"
    rf"(?!\s(?:{any_in('matter')})(?![\w-]))",
    re.IGNORECASE,
)
_FIRST = re.compile(
    rf"\A\W{{0,4}}(?P<said>{any_in('first')})(?![\w-])"
    rf"[^.;:?!]{{0,60}}?(?<![\w-])(?:{any_in('matter')}|{any_in('body')})(?![\w-])",
    re.IGNORECASE,
)
_PHRASE = re.compile(_BOUND.format(f"(?P<said>{any_in('phrase')})"), re.IGNORECASE)
_ASKING = re.compile(
    rf"\A(?:\W{{0,3}}\(?\w{{1,4}}[.)]\s)?\W{{0,3}}(?P<said>{any_in('asking')})\s"
    rf"(?P<who>[^\s,:]{{1,40}}(?:\s[^\s,:]{{1,40}}){{0,15}}?)(?=,|:|\s?(?:{any_in('asked')})\s)",
    re.IGNORECASE,
)
_OPERATIVE = re.compile(
    rf"\A(?:\W{{0,3}}\(?\w{{1,4}}[.)]\s)?\W{{0,3}}(?P<said>{any_in('operative')})(?=\s(?:to|that|que|de|the|la|le|les|el|los|las|of)\b)",
    re.IGNORECASE,
)
_HEREBY = re.compile(r"\b(?:therefore|hereby|duly|accordingly)\b", re.IGNORECASE)
_WISH = re.compile(_BOUND.format(any_in("wish")), re.IGNORECASE)
_DOUBT = re.compile(_BOUND.format("|".join((any_in("wish"), any_in("doubt")))), re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who|what)\s\Z", re.IGNORECASE)
_IN_A_YEAR = re.compile(r"\A\s(?:in|since)\s(?:[A-Z]\w{2,8}\s)?(?:1[5-9]|20)\d\d\b")
_THINKING = re.compile(r"\b(?:agreed|concluded|accepted|confirmed)\Z", re.IGNORECASE)
_THAT = re.compile(r"\A(?:,?\sthat|\s(?=it\b|there\b))\b(?P<what>[^;:]{0,160})", re.IGNORECASE)
_MODAL = re.compile(_BOUND.format(any_in("modal")), re.IGNORECASE)
_SUBJUNCTIVE = re.compile(r"\bbe\b", re.IGNORECASE)
_PREAMBLE = re.compile(r"\A\W{0,4}[^\W\d_]{3,16}(?:ing|ant|ndo)\b[^\n]*,\W{0,3}\Z")
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
_FIRST_ARABIC, _FIRST_HAN = "\u0600", "\u3400"
_LONGEST_SENTENCE = 1200
_LONGEST_SPOKEN_WORDS = 32
_LONGEST_NOTE_WORDS = 14
_HEAD_WORDS = 9


def deciding(sentence: str, *, is_spoken: bool) -> Deciding | None:
    """What a sentence says became of a matter; None where it says nothing of the kind.

    What somebody says in a debate (`is_spoken`) counts only where it is plainly the chair's or the record's own line.
    """
    words = _spaced(plain(sentence[:_LONGEST_SENTENCE]))
    if labelled := _labelled(words):
        return labelled
    tally = counts_in(words)
    if not is_spoken and (match := _ASKING.match(words)):
        return Deciding(kind=_kind(match), owner=match["who"].strip(), due=_due(words), is_closing=False)
    if not is_spoken and (match := _OPERATIVE.match(words)):
        return Deciding(kind=_kind(match), tally=tally)
    said = _said(words, is_spoken, tally is not None)
    if said is None:
        return _noted_task(words, is_spoken)
    kind = said
    if kind == "decision" and (tally or _UNANIMOUS.search(words)):
        kind = "vote"
    elif kind == "decision" and _RESOLUTION.search(words):
        kind = "resolution"
    is_mere = bool(tally) and not _WINNING.search(words)
    asked = _ASKED_BODY.search(words) if kind == "recommendation" else None
    return Deciding(
        kind=kind,
        tally=tally,
        owner=asked["who"] if asked else None,
        due=_due(words) if kind == "deferred" else None,
        is_mere=is_mere,
        is_motion=bool(_OPENING.match(words)),
    )


_HAN_WORDS = (*_KINDS, *words_of("matter"), *words_of("body"), *words_of("with_one_voice"), *sides(), "票")
_HAN = re.compile(rf"\d+|{any_of({word for word in _HAN_WORDS if word > _FIRST_HAN})}")
_VOWEL_SIGNS = re.compile("[\u064b-\u0652]")


def _spaced(words: str) -> str:
    """Words that are written without spaces set apart, and Arabic without the signs that few write."""
    if max(words, default="") < _FIRST_ARABIC:
        return words
    words = _VOWEL_SIGNS.sub("", words)
    return " ".join(_HAN.sub(r" \g<0> ", words).split()) if max(words) > _FIRST_HAN else words


_WORD = re.compile(r"\w+")
# Of each word or phrase that tells within a sentence its longest word, and those of `_RULED`: a sentence with none says
# nothing, and most have none, so that the patterns below need not look at it.
_TELLING_WORDS = frozenset(
    max(found, key=len)
    for role in _TELLING
    for word in words_of(role)
    if role != "label" and (found := _WORD.findall(word.casefold()))
) | frozenset("rule rules ruled decline declined direct directs directed".split())


def _may_tell(words: str) -> bool:
    return not _TELLING_WORDS.isdisjoint(_WORD.findall(words.casefold()))


def _said(words: str, is_spoken: bool, is_counted: bool) -> OutcomeKind | None:
    if not is_counted and not _may_tell(words):
        return None
    length = len(words.split())
    if _DECLARED.search(words):
        return "decision"
    if match := _OPENING.match(words) or _FIRST.match(words):
        return _kind(match)
    if words.endswith("?") or _PREAMBLE.match(words):
        return None
    if is_spoken and _RULED.search(words) and length <= _LONGEST_SPOKEN_WORDS + 10:
        deferred = re.search(rf"\b(?:{_DEFERRED})\b", words, re.IGNORECASE)
        return "deferred" if deferred else "ruling"
    if match := _noted(words, length):
        return _kind(match)
    if not (is_counted or _ANY_DECIDING.search(words) or _PHRASE.search(words)):
        return None
    if not is_spoken and (match := _PHRASE.search(words)) and not _WISH.search(words[: match.start()]):
        return _kind(match)
    if (match := _PASSIVE.search(words)) and _is_of_now(words, match, is_spoken, length):
        return _kind(match)
    if not is_spoken and (match := _BODY.search(words)) and _is_decided(words, match):
        return _kind(match)
    match = _BARE.search(words) if length <= _LONGEST_SPOKEN_WORDS and not _PASSIVE.search(words) else None
    if match and _is_of_now(words, match, is_spoken, length) and _is_told(match):
        return _kind(match)
    return "vote" if is_counted and length <= _LONGEST_SPOKEN_WORDS * 2 and not _is_doubtful(words) else None


def _is_told(match: re.Match[str]) -> bool:
    """Whether what a matter became is told: "the motion carried", not "that the bill be read", "the Adopted budget"."""
    return not match["said"].istitle() and not _SUBJUNCTIVE.search(match[0])


def _is_decided(words: str, match: re.Match[str]) -> bool:
    """Whether a body decides, rather than holds a view: "agreed that prices had risen" settles nothing."""
    if _is_doubtful(words[: match.start()]):
        return False
    return not _is_view(words, match)


def _is_view(words: str, match: re.Match[str]) -> bool:
    view = _THAT.match(words[match.end() :]) if _THINKING.search(match[0]) else None
    return bool(view) and not _MODAL.search(view["what"])


def _kind(match: re.Match[str]) -> OutcomeKind:
    return _KINDS[match["said"].casefold()]  # type: ignore[return-value]


def _noted(words: str, length: int) -> re.Match[str] | None:
    """A note of a few words that a record makes by itself: "(Motion agreed to)", "Passed unanimously."."""
    if length > _LONGEST_NOTE_WORDS:
        return None
    if (match := _ALONE.match(words) or _ELECTED.match(words)) and words.lstrip(" -*•–(")[:1].isupper():
        return None if _is_view(words, match) else match
    match = _BARE.search(words)
    is_at_head = (
        match
        and len(words[: match.start()].split()) <= 3
        and _is_told(match)
        and not _IN_A_YEAR.match(words[match.end() :])
    )
    return match if is_at_head and not _is_doubtful(words) else None


def _is_of_now(words: str, match: re.Match[str], is_spoken: bool, length: int) -> bool:
    """Whether something became of a matter of this record: no condition or history; in speech a matter at its head."""
    before = words[: match.start()]
    if _NOT.search(match[0]) and not match["said"].casefold().startswith("not"):
        return False
    if _is_doubtful(before) or _RELATIVE.search(before) or _PAST_YEAR_WORDS.search(words):
        return False
    if _IN_A_YEAR.match(words[match.end() :]):
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
_TASK = rf"(?:{any_in('task_verb')})(?![\w-])"
_NO_OWNER = frozenset(words_of("no_owner"))
_WILL = re.compile(
    rf"\A[-*•–\s]{{0,4}}(?:\[[ xX]?\]\s)?(?P<who>(?i:the\s[a-z]{{3,20}}|all)|{_WHO})\s"
    rf"(?:will|shall|to|agreed to|undertook to|is to|are to|was asked to|were asked to|was requested to)\s{_TASK}"
)
_WILL_ALONE = re.compile(rf"\A[-*•–\s]{{0,4}}Will\s{_TASK}[^?]*\Z")
_BROUGHT = re.compile(r"\A\W{0,4}motion\s(?:to|by|made|of)\b|\A\W{0,4}none\W{0,3}\Z", re.IGNORECASE)
_WILL_BE = re.compile(rf"\bwill be (?:{any_in('task')})\b(?:\sby\s(?:the\s)?(?P<who>{_WHO}))?")
_OWNED = re.compile(rf"\A(?P<who>{_WHO})\s?(?:(?:,\s)?(?:will|would|to|shall)\s|[:–—]\s)")
_WHEN = (
    r"(?:the\s)?(?:end of\s(?:the\s)?)?(?:next\s)?(?:[\w-]{1,14}\s){0,3}"
    r"(?:meeting|session|week|month|year|quarter|today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"(?:\sof\sthe(?:\s(?-i:[A-Z])[\w-]{1,20}){1,5})?|(?-i:[A-Z]{2,6})\s\d{1,4}|\d{4}-\d\d-\d\d"
)
_BY = re.compile(
    rf"\b(?:(?:by|before|until|till|no later than|due(?: on| by)?|to(?=\s(?:the\b|an?\b|next\b|\d|(?-i:[A-Z]))))\s"
    rf"(?P<due>{_WHEN})|"
    r"(?:at its|en su|à sa)\s(?P<session>[\w-]{4,24}(?:\s[\w-]{4,20})?\s(?:session|meeting|período de sesiones)))\b|"
    r"(?P<soon>\b(?:today|tomorrow|next (?:week|month|meeting)|"
    r"in\s(?:the next\s)?(?:\w{1,6}\s){1,4}(?:days?|weeks?|months?))\b)",
    re.IGNORECASE,
)
_LABELLED_OWNER = re.compile(
    r"\A\W{0,3}(?:[\w-]{1,12}\W{1,3})?(?:action(?:\s(?:item|point))?|ai|todo)\W{0,3}(?:\b(?:for|by|on)\b|–|-|\()\s?(?P<who>[A-ZÀ-Þ][^:()]{1,80})\)?\s?:\s",
    re.IGNORECASE,
)


def _labelled(words: str) -> Deciding | None:
    """What stands behind a label: "ACTION: ...", "Decision: ...", "RESULT: ACCEPTED"."""
    if (match := _LABELLED_OWNER.match(words)) and match["who"][0].isupper():
        return Deciding(kind="action", owner=match["who"].strip(), due=_due(words), is_closing=False)
    match = _LABEL.match(words)
    if not match or not (rest := words[match.end() :].strip()) or len(rest) < 3 or _BROUGHT.match(rest):
        return None
    kind = _kind(match)
    if kind == "action" and (said := _ALONE.match(rest)):
        kind = _kind(said)
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
    if not match or len(words.split()) > _LONGEST_SPOKEN_WORDS or words.endswith("?") or _is_nobody(match["who"]):
        return None
    return Deciding(kind="action", owner=match["who"].strip(), due=_due(words), is_closing=False)


def _is_nobody(who: str) -> bool:
    first, *others = who.casefold().split()
    return first in _NO_OWNER or (not others and first.endswith("ing"))


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
        return match["due"] or match["session"] or match["soon"]
    return found[0].written if len(found) == 1 else None
