"""Which sentences of a record tell what became of a matter, and what they tell.

Words are data (`deciding.tsv`); here stands how they go together: "The motion was adopted", "Motion agreed to.", "I
declare the motion carried", "The Committee decided to ...", "Resolved, That ...", "ACTION: Ruiz to write by 3 May".
Retold history ("had been adopted"), conditions ("if the motion is carried") and what was only wished for are none.
"""

import re
from dataclasses import dataclass

from ...vectorstore.markup import plain
from ...vectorstore.structure import OutcomeKind
from ..formats.marked.marked_votes import TAKEN
from ..language.tables import any_of, sides, verbs_of_saying, words_in_order
from .tasks import Task, any_in, due, labelled_task, owner, task, words_of
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


_TELLING = (
    *("participle", "present", "verb", "label", "opening", "phrase", "asking", "first", "note", "operative"),
    *("electing", "of_matter", "noting", "failing", "declaring", "alone"),
)
_KINDS = {word: kind for role in _TELLING for word, kind in words_of(role).items()}


def _winning() -> list[str]:
    """The verbs that say which side won."""
    return [word for word, kind in words_of("verb").items() if kind != "vote"]


_CODE = r"[A-Z][\w./-]{0,20}\d[\w./-]{0,10}"
_BOUND = r"(?<![\w-])(?:{})(?![\w-])"
_ADVERBS = r"(?:(?:,\s)?[^\W\d]{2,16},?\s){0,3}"
_PARTICIPLES = (
    rf"(?:{any_in('participle')})(?!\s(?:out|away|through|along|down|forward)\b)(?!(?<=refused)\sto\b)"
    r"(?!(?<=passed)\sto\s(?!(?:a\s|the\s)?(?:second|third|final|next)\b))"
    r"(?!(?:(?<=postponed)|(?<=deferred)|(?<=adjourned)|(?<=carried over)|(?<=held over))\sfrom\b)"
)
_ANY_DECIDING = re.compile(_BOUND.format("|".join([_PARTICIPLES, any_in("present"), any_in("verb")])), re.IGNORECASE)
_PASSIVE = re.compile(
    rf"(?<![\w-])(?:{any_in('auxiliary')})\s{_ADVERBS}(?:to\sthe\s\w{{4,8}},?\sand\s)?(?P<said>{_PARTICIPLES})(?![\w-])",
    re.IGNORECASE,
)
# What was said may go on with "by 5 to 2" or "unanimously"; "accepted practice" tells of no outcome.
_NO_NOUN = (
    r"(?!\s(?!(?:\w{1,4}|\w{2,20}(?:ly|ment|mente)|without|subject|pursuant|after|during|under|through|until|against)\b)"
    r"[a-z])"
)
_BARE, _BARE_SPOKEN = (
    re.compile(
        rf"(?<![\w-])(?:{any_in(*roles)})\b[^.;:?!]{{0,90}}?(?<![\w-])"
        rf"(?P<said>{_PARTICIPLES}|{any_in('present')})(?![\w-]){_NO_NOUN}",
        re.IGNORECASE,
    )
    for roles in (("matter", "thing"), ("matter",))
)
_OF_MATTER = re.compile(
    rf"(?<![\w-])(?:(?:{any_in('matter', 'thing')})|(?-i:{_CODE}))"
    rf"(?:\b[^.;:?!]{{0,60}}?\s(?:{any_in('auxiliary')})\s{_ADVERBS}|\s)(?P<said>{any_in('of_matter')})(?![\w-])(?!\s(?:that|as|from|above|in|into)\b){_NO_NOUN}",
    re.IGNORECASE,
)
_FAILING = re.compile(
    rf"(?<![\w-])(?:{any_in('question')})(?:\s[^\s.;:?!]{{1,20}}){{0,4}}?\s(?P<said>{any_in('failing')})"
    r"(?=\W*\Z|[.,;]|\s(?:for|by|on|due|with|without|unanimously|because|\(|\d))",
    re.IGNORECASE,
)
_DASHED = re.compile(
    rf"\A[^.;:?!]{{0,80}}?(?<![\w-])(?:{any_in('matter', 'thing')})\b[^.;:?!]{{0,60}}?\s?[:–—-]\s"
    rf"(?P<said>{_PARTICIPLES}|{any_in('note')})(?=\W*\Z|\s(?:unanimously|as|by|to|with|subject|until)\b)",
    re.IGNORECASE,
)
_CARRIED = re.compile(
    rf"(?<![\w-])(?:moved|{any_in('mover')})\b[^.;:?!]{{0,200}}?(?<![\w-])and\s{_ADVERBS}(?P<said>{_PARTICIPLES})(?=,?\sthat\b|\W*\Z)",
    re.IGNORECASE,
)
_NOTING_WORDS = words_of("noting")
_DECLARING = re.compile(_BOUND.format(f"(?P<said>{any_in('declaring')})"), re.IGNORECASE)
_WHOLE = re.compile(rf"\A\W{{0,4}}(?P<said>{any_in('alone')})\W{{0,4}}\Z", re.IGNORECASE)
_WINNING = re.compile(
    _BOUND.format("|".join([_PARTICIPLES, any_in("present"), *(map(re.escape, _winning()))])), re.IGNORECASE
)
_MATTER = re.compile(_BOUND.format(any_in("matter")), re.IGNORECASE)
_MATTER_OR_THING = re.compile(_BOUND.format(rf"{any_in('matter', 'thing')}|(?-i:{_CODE})"), re.IGNORECASE)
_ANY_BODY = (
    rf"(?:(?<![\w-])(?i:{any_in('body')})(?:\s(?i:{any_in('of_body')})(?!\w))?|(?<!\w)[A-Z]{{2,8}})(?:,[^.;:?!]{{2,240}},)?\s"
    r"(?:(?i:also|then|has|have|further|next|[a-z]{3,14}ly|(?:considered|reviewed|agreed) and),?\s){0,3}"
)
_BODY = re.compile(rf"{_ANY_BODY}(?P<said>(?i:{any_in('verb')}))(?![\w-])")
_NOTING = re.compile(
    rf"(?<![\w-])(?i:{any_in('body')})\s(?P<said>(?i:{any_in('noting')}))\s(?:[\w’'-]{{1,20}}\s){{1,4}}?"
    rf"(?i:{any_in('matter', 'thing')})(?![\w-])"
)
_DECLARED = re.compile(
    r"\b(?:I|we)\s(?:(?:now|therefore|hereby|so)\s)?(?:declare|proclame|declaro)\b"
    rf"[^.;?!]{{0,120}}?(?<![\w-])(?P<said>{_PARTICIPLES})(?![\w-])",
    re.IGNORECASE,
)
_RULED = re.compile(
    r"\b(?:I|the chair|the speaker|the president)\s"
    r"(?:(?:will|therefore|hereby|shall|has|have|now|accordingly|must)\s){0,2}"
    r"(?:(?:decline|declined|rule|rules|ruled)\b(?!\sout\sthe\spoint)|(?:direct|directs|directed)\sthat\b"
    r"|(?:uphold|overrule|sustain)\sthe\b)|\bmy ruling is\b",
    re.IGNORECASE,
)
_RULED_BY = re.compile(
    rf"(?<![\w-])(?:{any_in('presiding')})\s(?:[^\s.,;:]{{2,20}}\s){{0,4}}?(?:ruled|rules)\b"
    r"|\b(?:was|were|is|are)\s(?:\w{2,12}\s)?"
    r"(?:ruled\s(?:to be\s)?(?:out of|in|inadmissible|admissible)|(?:not\s)?well taken)\b",
    re.IGNORECASE,
)
_ELECTED = re.compile(
    rf"\A[-*•–\s]{{0,4}}(?:[A-ZÀ-Þ][\w’'.-]{{0,30}}\s){{1,5}}(?:\([^()]{{2,80}}\)\s)?(?P<said>{any_in('electing')})(?![\w-])"
)
_ALONE = re.compile(
    rf"\A\W{{0,4}}(?P<said>{_PARTICIPLES}|{any_in('present')}|{any_in('note')})(?![\w-])"
    rf"(?!\s(?:{any_in('matter')})(?![\w-]))",
    re.IGNORECASE,
)
_FIRST = re.compile(
    rf"(?:\A\W{{0,4}}|،\s)(?<!\w)[وف]?(?P<said>{any_in('first')})(?![\w-])"
    rf"[^.;:?!]{{0,60}}?(?<![\w-])(?:{any_in('matter')}|{any_in('body')})(?![\w-])",
    re.IGNORECASE,
)
_PHRASE = re.compile(_BOUND.format(f"(?P<said>{any_in('phrase')})"), re.IGNORECASE)
_ASKING = re.compile(
    rf"\A(?:\W{{0,3}}\(?\w{{1,4}}[.)]\s)?\W{{0,3}}(?P<said>{any_in('asking')})\s"
    rf"(?P<who>[^\s,:]{{1,40}}(?:\s[^\s,:]{{1,40}}){{0,15}}?)(?=,|:|(?<!\sy)(?<!\set)(?<!\sand)\s?(?:{any_in('asked')})\s)",
    re.IGNORECASE,
)
_TO_WHOM = re.compile(r"\A[aà]\s")
_OPERATIVE = re.compile(
    rf"\A(?:\W{{0,3}}\(?\w{{1,4}}[.)]\s)?\W{{0,3}}(?P<said>{any_in('operative')})(?:,[^.,;:]{{2,60}},)?(?=\s(?:to|that|que|de|the|la|le|les|el|los|las|of)\b)",
    re.IGNORECASE,
)
_HEREBY = re.compile(r"\b(?:therefore|hereby|duly|accordingly)\b", re.IGNORECASE)
_WISH = re.compile(_BOUND.format(any_in("wish")), re.IGNORECASE)
_DOUBT = re.compile(_BOUND.format("|".join((any_in("wish"), any_in("doubt")))), re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who|what)\s\Z", re.IGNORECASE)
_RELATIVE_WITHIN = re.compile(
    r"\b(?:(?:that|which|who)\s(?:(?:was|were|is|are|has|have|had|been)\s){1,2}"
    rf"|(?:I|we|you|they)\s(?:(?:have|had|just|already|all)\s){{0,2}}|(?:{any_in('reason')})\s[^.;:?!]{{0,160}}\s)"
    r"(?:\S{1,20}|agreed to|not been \S{1,20})\Z",
    re.IGNORECASE,
)
_IN_A_YEAR = re.compile(r"\A\s(?:in|since)\s(?:[A-Z]\w{2,8}\s)?(?:1[5-9]|20)\d\d\b")
_THINKING = re.compile(r"\b(?:agreed|concluded|accepted|confirmed|noted)\Z", re.IGNORECASE)
_THINKING_WITH = re.compile(r"\A\s(?:with\sthe|on\sthe\s(?:need|importance))\b")
_THAT = re.compile(r"\A(?:,?\sthat|\s(?=it\b|there\b))\b(?P<what>[^;:]{0,160})", re.IGNORECASE)
_MODAL = re.compile(_BOUND.format(any_in("modal")), re.IGNORECASE)
_STATING = re.compile(_BOUND.format(any_in("auxiliary")), re.IGNORECASE)
_HAD = re.compile(r"\bhad\s(?:\S{1,20}\s){0,3}\S{1,20}\Z", re.IGNORECASE)
_SUBJUNCTIVE = re.compile(r"\bbe\b", re.IGNORECASE)
_PUT = re.compile(r"\bput,? and (?:[a-z]{2,14}ly )?\Z", re.IGNORECASE)
_PREAMBLE = re.compile(r"\A\W{0,4}[^\W\d_]{3,16}(?:ing|ant|ndo)\b[^\n]*,\W{0,3}\Z")
_OPENING = re.compile(
    rf"\A\W{{0,4}}(?:(?:motion|decision|action)\s?:\W{{0,4}})?(?P<said>{any_in('opening')})(?![\w-])(?!\s\w{{1,20}}:)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"\A\W{{0,6}}(?P<said>{any_in('label')})(?:\s#?\d{{1,3}})?"
    r"(?:\s?:\W{0,4}|\]\s|\s[–—-]\s(?=\W?(?:[^\W\d]+\s){2}))",
    re.IGNORECASE,
)
_UNANIMOUS = re.compile(_BOUND.format(any_in("with_one_voice")), re.IGNORECASE)
_RESOLUTION = re.compile(
    r"\b(?:resolution|résolution|resolución|resoluciones|résolutions|resolutions)\b", re.IGNORECASE
)
_DEFERRED = any_of(word for word, kind in words_of("participle").items() if kind == "deferred")
_NOT = re.compile(r"\b(?:not|never|ne|no|nicht)\b", re.IGNORECASE)
_ASKED_BODY = re.compile(
    r"\b(?:recommend(?:s|ed)?(?:\sthat|\sto)|proposed for (?:consideration|adoption) by)\s(?P<who>the\s"
    r"(?:[^\s,;:.]{1,30}\s){0,4}?[A-ZÀ-Þ][^\s,;:.]{0,30}(?:\s(?:of\s)?[A-ZÀ-Þ][^\s,;:.]{0,30}){0,5})"
)
_YEAR = re.compile(r"\b(?:in|en|since|of)\s(?:[A-Z]\w{2,8}\s)?(?:1[5-9]|20)\d\d\b")
_LONG_AGO = re.compile(
    r"\blast\s(?:year|week|month|session)\b|"
    rf"(?<![\w-])(?:{_PARTICIPLES})\s[^.;:?!]{{0,40}}?\b(?:previous|prior|earlier|former)\s",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    rf"(?:\A|(?<=\s))(?:an?|any|every|each|no)\s(?:[a-z]{{2,12}}\s)?(?:{any_in('matter')})\s(?:[a-z]{{2,12}}\s){{0,3}}?(?:is|are|be)\s"
)
_OF_SOMEBODY = re.compile(r"\A\W{0,4}(?:he|she|they|we)\s(?:has|have)\s", re.IGNORECASE)
_OWN = re.compile(r"\A\W{0,4}(?:my|our|his|her|their|your)\s", re.IGNORECASE)
_BY_OTHERS = re.compile(
    rf"\A\sby\s(?:the\s|an?\s|this\s)?(?!\d|(?:{any_in('body')}|votes?|majority|show|voice|acclamation|general|common|roll|"
    rf"division|leave|resolution|consensus|unanimous|{any_of(words_in_order('counted'))})\b)",
    re.IGNORECASE,
)
_HEAD_CLAUSE = re.compile(
    rf"\A\W{{0,4}}(?:{any_in('clause')})\b(?:[^,;:]{{0,160}},\s|[^,;:]{{0,60}}?\b(?:{any_in('deliberation')})\s)",
    re.IGNORECASE,
)
_TALE = re.compile(
    rf"(?<![\w-])(?:{any_of(verbs_of_saying('record') - words_of('verb').keys())})\sthat\b", re.IGNORECASE
)
_PRESIDING = re.compile(_BOUND.format(any_in("presiding")), re.IGNORECASE)
_UNDERTOOK = re.compile(_BOUND.format(any_in("undertaking")), re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}(?:[:.h]\d\d\b|\s?[ap]\.?\s?m\b|\so['’]clock)|\bnoon\b", re.IGNORECASE)
_DEBATED = re.compile(
    _BOUND.format(
        any_of({*words_of("matter"), *words_of("thing"), *words_of("deliberation")} - words_of("sitting").keys())
    ),
    re.IGNORECASE,
)
_STATED = f"[{TAKEN}: "
_FIRST_ARABIC, _FIRST_HAN = "\u0600", "\u3400"
_LONGEST_SENTENCE = 1200
_LONGEST_SPOKEN_WORDS = 32
_LONGEST_NOTE_WORDS = 14
_HEAD_WORDS = 9
_MOST_WORDS_BEFORE = 3


def deciding(sentence: str, *, is_spoken: bool) -> Deciding | None:
    """What a sentence says became of a matter; None where it says nothing of the kind.

    What somebody says in a debate (`is_spoken`) counts only where it is plainly the chair's or the record's own line.
    """
    words = _spaced(plain(sentence[:_LONGEST_SENTENCE]))
    _, is_stated, stated = words.partition(_STATED)
    if is_stated:
        return deciding(stated[:1].upper() + stated[1:].rstrip("]"), is_spoken=False)
    if labelled := _labelled(words):
        return labelled
    tally = counts_in(words)
    if not is_spoken and (match := _ASKING.match(words)):
        who = _TO_WHOM.sub("", match["who"]).strip()
        return Deciding(kind=_kind(match), owner=who, due=due(words), is_closing=False)
    if not is_spoken and (match := _OPERATIVE.match(words)):
        return Deciding(kind="vote" if tally else _kind(match), tally=tally)
    kind = _said(_TITLE_DOT.sub("", words), is_spoken, tally is not None)
    if kind is None or (kind == "decision" and _UNDERTOOK.search(words)):
        given = task(words, is_spoken=is_spoken)
        if given and not _is_doubtful(words[: given.start]):
            return _to_do(given)
    if kind is None or (kind == "deferred" and _is_end_of_sitting(words)):
        return None
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
        due=due(words) if kind == "deferred" else None,
        is_mere=is_mere,
        is_motion=bool(_OPENING.match(words)),
    )


def _is_end_of_sitting(words: str) -> bool:
    """Whether a sentence tells when a sitting ended or paused, and puts off no matter: "Meeting adjourned at 9.30."."""
    return bool(_CLOCK.search(words)) and not _DEBATED.search(words) and due(words) is None


def _to_do(given: Task) -> Deciding:
    return Deciding(kind="action", owner=given.owner, due=given.due, is_closing=False)


_HAN_ROLES = ("matter", "body", "with_one_voice", "wish", "doubt")
_HAN_WORDS = (*_KINDS, *(word for role in _HAN_ROLES for word in words_of(role)), *sides(), "票")
_HAN = re.compile(rf"\d+|{any_of({word for word in _HAN_WORDS if word > _FIRST_HAN})}")
_VOWEL_SIGNS = re.compile("[\u064b-\u0652]")


def _spaced(words: str) -> str:
    """Words that are written without spaces set apart, and Arabic without the signs that few write."""
    if max(words, default="") < _FIRST_ARABIC:
        return words
    words = _VOWEL_SIGNS.sub("", words)
    return " ".join(_HAN.sub(r" \g<0> ", words).split()) if max(words) > _FIRST_HAN else words


# The full stop of a title ends no sentence.
_TITLE_DOT = re.compile(r"(?<=\bMr|\bMs|\bDr|\bSt)\.|(?<=\bMrs|\bHon|\bRep|\bSen)\.|(?<=\bProf|\bCllr)\.")
_WORD = re.compile(r"\w+")
# Of each word or phrase that tells within a sentence its longest word, and those of `_RULED`: a sentence with none says
# nothing, and most have none, so that the patterns below need not look at it.
_WORDS_THAT_TELL = frozenset(
    max(found, key=len)
    for role in _TELLING
    for word in words_of(role)
    if role != "label" and (found := _WORD.findall(word.casefold()))
) | frozenset("rule rules ruled decline declined direct directs directed".split())
# In Arabic "and" and "so" are written together with the verb.
_TELLING_WORDS = _WORDS_THAT_TELL | {
    f"{joined}{word}" for word in words_of("first") if word > _FIRST_ARABIC for joined in "وف"
}


def _may_tell(words: str) -> bool:
    return not _TELLING_WORDS.isdisjoint(_WORD.findall(words.casefold()))


def _said(words: str, is_spoken: bool, is_counted: bool) -> OutcomeKind | None:
    if not is_counted and not _may_tell(words):
        return None
    length = len(words.split())
    if _DECLARED.search(words):
        return "decision"
    if match := _OPENING.match(words) or _at_first(words) or _WHOLE.match(words):
        return _kind(match)
    if words.endswith("?") or _PREAMBLE.match(words):
        return None
    if _is_ruling(words, is_spoken, length):
        deferred = re.search(rf"\b(?:{_DEFERRED})\b", words, re.IGNORECASE)
        return "deferred" if deferred else "ruling"
    if match := _noted(words, is_spoken, length):
        return _kind(match)
    if match := _told(words, is_spoken, length):
        return _kind(match)
    return "vote" if is_counted and length <= _LONGEST_SPOKEN_WORDS * 2 and not _is_doubtful(words) else None


def _at_first(words: str) -> re.Match[str] | None:
    """A verb at the head of its clause, before its subject: "وافق المجلس"."""
    match = _FIRST.search(words)
    return match if match and (not match.start() or not _is_doubtful(words[: match.start()])) else None


def _told(words: str, is_spoken: bool, length: int) -> re.Match[str] | None:
    """Where a sentence says what became of a matter."""
    if not is_spoken:
        if (match := _PHRASE.search(words)) and not _WISH.search(words[: match.start()]):
            return match
        for pattern in (_BODY, _NOTING, _CARRIED):
            if (match := pattern.search(words)) and _is_decided(words, match):
                return match
    if (match := _PASSIVE.search(words)) and _is_of_now(words, match, is_spoken, length):
        return match
    if length > _LONGEST_SPOKEN_WORDS:
        return None
    if (match := _DECLARING.search(words)) and not _is_doubtful(words[: match.start()]):
        return match
    for pattern in (_FAILING, _OF_MATTER, _BARE_SPOKEN if is_spoken else _BARE):
        if (match := pattern.search(words)) and _is_of_now(words, match, is_spoken, length) and _is_told(match):
            return None if is_spoken and match["said"].casefold() in _NOTING_WORDS else match
    return None


def _is_ruling(words: str, is_spoken: bool, length: int) -> bool:
    if length > _LONGEST_SPOKEN_WORDS + 10:
        return False
    if is_spoken:
        return bool(_RULED.search(words))
    match = _RULED_BY.search(words)
    return bool(match) and not _is_doubtful(words[: match.start()])


def _is_told(match: re.Match[str]) -> bool:
    """Whether what a matter became is told: "the motion carried", not "that the bill be read", "the Adopted budget"."""
    before = match[0][: match.start("said") - match.start()]
    if _PUT.search(before):  # "(Question, that the words be added, put and agreed to)"
        return True
    return not (match["said"].istitle() or _SUBJUNCTIVE.search(match[0]) or _RELATIVE_WITHIN.search(match[0]))


def _is_decided(words: str, match: re.Match[str]) -> bool:
    """Whether a body decides, rather than holds a view: "agreed that prices had risen" settles nothing."""
    return not _is_doubtful(words[: match.start()]) and not _is_view(words, match)


def _is_view(words: str, match: re.Match[str]) -> bool:
    rest = words[match.end() :]
    if _THINKING_WITH.match(rest):
        return True
    view = _THAT.match(rest) if _THINKING.search(match[0]) else None
    if not view:
        return False
    wanted, stated = _MODAL.search(view["what"]), _STATING.search(view["what"])
    return not wanted or (stated is not None and stated.start() < wanted.start())


def _kind(match: re.Match[str]) -> OutcomeKind:
    return _KINDS[match["said"].casefold()]  # type: ignore[return-value]


def _noted(words: str, is_spoken: bool, length: int) -> re.Match[str] | None:
    """A note of a few words that a record makes by itself: "(Motion agreed to)", "Passed unanimously."."""
    if length > _LONGEST_NOTE_WORDS or _LONG_AGO.search(words):
        return None
    if (match := _ALONE.match(words) or _ELECTED.match(words)) and words.lstrip(" -*•–(")[:1].isupper():
        return None if _is_view(words, match) else match
    if match := _DASHED.match(words):
        return match
    match = _BARE_SPOKEN.search(words)
    if not match or len(words[: match.start()].split()) > _MOST_WORDS_BEFORE or not _is_told(match):
        return None
    if _is_doubtful(words) or _GENERAL.search(words) or _IN_A_YEAR.match(words[match.end() :]):
        return None
    return None if _HAD.search(match[0]) or (is_spoken and _is_others(words, match)) else match


def _is_others(words: str, match: re.Match[str]) -> bool:
    """Whether who speaks tells of "my amendment" or of what was "rejected by voters"."""
    return bool(_OWN.match(words) or _BY_OTHERS.match(words[match.end() :])) and _kind(match) != "withdrawn"


def _is_of_now(words: str, match: re.Match[str], is_spoken: bool, length: int) -> bool:
    """Whether something became of a matter of this record: no condition or history; in speech a matter at its head."""
    before = words[: match.start()]
    if (_HAD.search(match[0]) and _kind(match) != "withdrawn") or _RELATIVE_WITHIN.search(match[0]):
        return False
    if _NOT.search(match[0]) and not match["said"].casefold().startswith(("not", "did not", "does not")):
        return False
    if _is_doubtful(before) or _RELATIVE.search(before) or _LONG_AGO.search(words) or _GENERAL.search(words):
        return False
    if _IN_A_YEAR.match(words[match.end() :]) or _OF_SOMEBODY.match(words):
        return False
    if not is_spoken:
        return bool(before.strip(" -*•(")) or bool(_MATTER_OR_THING.search(match[0]))
    if _is_others(words, match):
        return False
    head = " ".join(words.split()[:_HEAD_WORDS])
    if _HEREBY.search(match[0]):
        return True
    return length <= _LONGEST_SPOKEN_WORDS and bool(_MATTER.search(head)) and not _YEAR.search(words)


def _is_doubtful(before: str) -> bool:
    """Whether what follows is a condition, history or somebody's tale; a clause at the head is another's business."""
    if head := _HEAD_CLAUSE.match(before):
        before = before[head.end() :]
    if _DOUBT.search(before):
        return True
    tale = _TALE.search(before)
    return bool(tale) and not _PRESIDING.search(before[: tale.start()])


# --- what stands behind a label ------------------------------------------------------------------------------------

_BROUGHT = re.compile(
    r"\A\W{0,4}(?:motion\s(?:to|by|made|of)\b|(?:[^\s.;:]{1,30}\s){0,4}?(?:moved|seconded)\b|none\W{0,3}\Z)",
    re.IGNORECASE,
)


def is_labelled(sentence: str) -> bool:
    """Whether a sentence stands behind a label of outcomes: "Action: ..."."""
    return bool(_LABEL.match(plain(sentence)))


def _labelled(words: str) -> Deciding | None:
    """What stands behind a label: "ACTION: ...", "Decision: ...", "RESULT: ACCEPTED"."""
    if given := labelled_task(words):
        return _to_do(given)
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
        return Deciding(kind="action", owner=owner(rest), due=due(rest), is_closing=False)
    until = due(rest) if kind == "deferred" else None
    return Deciding(kind="vote" if kind == "decision" and tally else kind, tally=tally, due=until)  # type: ignore[arg-type]
