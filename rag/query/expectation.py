"""What kind of thing a question asks for, and whether a sentence holds one.

Likeness does not tell an answerable question from one that is not; whether the asked-for number, date, country or
definition stands in the evidence does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ...ingest.language.dates import ENGLISH_NAMES, MONTH, OTHER_MONTH, WEEKDAY, dates
from ...ingest.language.numbers import in_western_digits
from ...ingest.language.states import states_in
from ...vectorstore.markup import plain
from . import quantities

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|"
    r"nine)ty(?:-\w+)?|dozens?|hundreds?|thousands?|millions?|billions?|half|third|quarter|none|no|nobody|both)\b",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(
    rf"\b(?:\d{{1,2}}\s+)?{MONTH}\b"
    r"(?:\s+\d{4})?|\b(?:19|20)\d\d\b|\b\w++(?<=\d)(?:/\w++)+|\b(?:para(?:graph)?s?|item|article|chapter|no|section)\.?\s+\d+",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥]|(?<![\d.,:/])(?:\d{1,3}(?:,\d{3}){1,4}|\d{3,9})\.\d\d(?![\d.%:])|\b(?-i:[A-Z][A-Za-z]{0,3})\.?\s?\d[\d,.]*\s?(?:thousand|million|billion|trillion)\b|"
    r"\b(?-i:[A-Z][A-Za-z]{0,3})\.?\s?\d{1,3}(?:,\d{3})+|"
    r"\b(?:dollars?|euros?|pounds?|francs?|USD|EUR|CHF|crowns?|yen|yuan|rupees?|pesos?|shillings?|rands?|reais)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"%|\bper ?cent\b|\bpercent\w*|\b(?:half|third|quarter|majority|one in|out of|two-thirds|share of)\b", re.IGNORECASE
)
_TIME = re.compile(
    rf"\b(?:1[5-9]|20|21)\d\d\b|\b\d{{1,2}}[.:]\d\d\b|\b(?:{MONTH}|{WEEKDAY}|yesterday|today|tomorrow|"
    r"last|next|ago|since|until)\b",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\b(?:{MONTH}|{WEEKDAY})\b|\b\d{{4}}-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b", re.IGNORECASE)
_OTHER_DAY = re.compile(rf"(?<!\w)\d{{1,2}}\s(?:{OTHER_MONTH})(?!\w)|\d\s?月\s?\d{{1,2}}\s?日", re.IGNORECASE)
_OTHER_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d\s?年|[一二]\w[〇零○一二三四五六七八九]{2}年")
_SPAN = re.compile(
    r"(?:\d|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|few|many)\b)[\w\s-]{0,20}"
    r"(?:second|minute|hour|day|week|month|year|decade)s?\b|\b(?:annual|permanent|indefinite)",
    re.IGNORECASE,
)
_BODY = (
    r"(?:General|Assembly|Commissions?|Committees?|United|Nations|States?|Office|Offices|Programmes?|Programs?|Sessions?|"
    r"Special|Conventions?|Councils?|Agenda|Groups?|Members?|Parties|Agreement|Health|Organi[sz]ations?|International|"
    r"National|Regional|World|Rights|Human|Ministry|Ministries|Department|Government|Governments|Institute|University|Union|"
    r"Secretariat|Board|Court|Bank|Fund|Conference|Meeting|Report|Reports|Resolution|Declaration|Protocol|Chapter|Article|"
    r"Part|Section|Annex|Table|Day|Week|Year|Development|Sustainable|Goals?|Plan|Action|Strategy|Act|Bill|Law|Centre|Center|"
    rf"{'|'.join(sorted(name.capitalize() for name in ENGLISH_NAMES))}|"
    r"The|This|These|Those|In|On|At|For|By|With|And|Of|North|South|East|West|Northern|"
    r"Southern|Eastern|Western|New|Security|Economic|Social|African|European|American|Asian)\b"
)
_PERSON = re.compile(rf"(?<![.] )\b(?!{_BODY})[A-ZÀ-Þ][a-zà-ÿ]+(?:[ -](?!{_BODY})[A-ZÀ-Þ][\w’'-]*[a-zà-ÿ])+")
_DEFINED = r"(?:\(\s*{short}\s*[),;]|\b{short}[”\"’']?\s*\(|\b{short}\s+(?:stands? for|means)|\b{short}\s*[—–:=|-]\s)"
_SHORT = r"[“\"'‘]?(?P<short>[A-Z](?:(?![A-Z])[\w-]){0,40}[A-Z][\w-]{0,40}+)[”\"'’]?"
_DEFINITIONS = (
    re.compile(
        r"^\s*(?i:what(?:['’]s| (?:does|do|did|is|are))\s+(?:the\s+)?(?:acronym\s+|abbreviation\s+)?)?"
        rf"{_SHORT}(?i:\s+(?:stand for|mean|short for))?(?i:\s+(?:in|at|for|here)\b[\w\s'’]{{0,40}})?\s*+\??\s*+$"
    ),
    re.compile(
        rf"^(?=[^?]*\b(?i:stands? for|short for|in full|full (?:name|form)|spel[lt]\w* out)\b)[^?]*?\b{_SHORT}"
        r"(?=\s*[?,.]|\s*$|\s+(?:in|at|for|stands?|means?|short|please)\b)"
    ),
)


class Said(Protocol):
    """A sentence of a record, and the label of whoever says it, None where nobody does."""

    @property
    def text(self) -> str: ...
    @property
    def speaker(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A kind of answer, and the test a sentence must pass to be one.

    Where none passes, the question is refused with the code "no_" and `kind`; `params` are those of that refusal. Where
    `first`, the best sentence must pass it: names stand about in many sentences that answer something else.
    """

    kind: str
    params: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    first: bool = False
    met_by: Callable[[Said], bool]


def expectation(question: str) -> Expectation | None:
    """What a question asks for, where its wording says so plainly."""
    if definition := next(filter(None, (pattern.match(question) for pattern in _DEFINITIONS)), None):
        pattern = re.compile(_DEFINED.format(short=re.escape(definition["short"])))
        params = {"abbreviation": definition["short"]}
        return Expectation(kind="expansion", params=params, met_by=_holding(pattern))
    for asks, kind, met_by in _KINDS:
        if asks.search(question):
            return Expectation(kind=kind, met_by=met_by, first=met_by in (_names_a_state, _names_a_person))
    return None


def _holding(*patterns: re.Pattern[str]) -> Callable[[Said], bool]:
    """Whether a sentence holds what one of some patterns finds."""

    def holds(said: Said) -> bool:
        text = in_western_digits(plain(said.text))
        return any(pattern.search(text) for pattern in patterns)

    return holds


def _dated(*patterns: re.Pattern[str]) -> Callable[[Said], bool]:
    """Whether a sentence tells a date, in any language whose dates are read."""
    holds = _holding(*patterns, _OTHER_DAY)
    return lambda said: holds(said) or bool(dates(plain(said.text))[0])


def _counts(said: Said) -> bool:
    """Whether a sentence holds a number that is no date, no reference and no year."""
    text = _NO_COUNT.sub(" ", in_western_digits(plain(said.text)))
    return bool(_NUMBER.search(text) or quantities.NUMBER.search(text))


def _names_a_state(said: Said) -> bool:
    """Whether a sentence, or the label of whoever says it, names a state; "one delegation" names none."""
    if said.speaker:
        return True
    return bool(states_in(plain(said.text)))


def _names_a_person(said: Said) -> bool:
    """Whether a sentence, or the label of whoever says it, holds a first and a last name."""
    return bool(_PERSON.search(plain(said.text)) or _PERSON.search(said.speaker or ""))


def _asking(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# "Who is the chair?" asks for a person; who is responsible, or in charge, may be a body, a state or "the pilots".
_WHO_IS = (
    r"^\s*who (?:is|was) (?!(?:\w+ly |now |still |also |not )*(?:"
    r"(?:in|on|at|behind|against|for|to|with|under|among|by|from|due|free|exempt|eligible|subject|competent|dependent|"
    r"given|taken|shown|hurt|first|last|next)\b|"
    r"(?!(?:re-?)?(?:elected|appointed|nominated|named|called|designated)\b)\w{2,}(?:ed|ible|able)\b|\w{3,}ing\b|"
    r"(?:the|an?) (?:[\w-]+ ){0,2}(?:operator|owner|supplier|provider|contractor|manufacturer|builder|regulator|donor|"
    r"sponsor|organi[sz]er|publisher|authority|body|agency|part(?:y|ies))\b))"
)
_KINDS: tuple[tuple[re.Pattern[str], str, Callable[[Said], bool]], ...] = (
    (
        _asking(
            r"\bhow much\b.{0,300}\b(?:costs?|spen[dt]|pay|paid|money|fund\w*|budget)\b|"
            r"\bwhat (?:did|is)\b.{0,300}\bcost\b|"
            r"\b(?:what|which|how (?:large|big)) (?:is |was )?(?:the |an? )?(?:[\w-]+ ){0,3}"
            r"(?:budget|price|fee|allowance|salary|grant)\b|\bwhat (?:sum|amount)\b"
        ),
        "money",
        _holding(_MONEY, quantities.MONEY),
    ),
    (
        _asking(r"\b(?:what|which) (?:share|percentage|proportion|per ?cent|fraction)\b"),
        "share",
        _holding(_SHARE, quantities.SHARE),
    ),
    (_asking(r"\bhow (?:long|quickly|soon)\b|\bwithin what time\b"), "duration", _holding(_SPAN, quantities.SPAN)),
    (
        _asking(r"\bnames? of (?:the|a|all) \w+|\bwhose name\b|'s (?:first|full|last) name\b|" + _WHO_IS),
        "person",
        _names_a_person,
    ),
    (
        _asking(r"\bhow many\b|^\W*(?:the )?number of\b|\bwhat (?:is|was) the (?:total )?number of\b"),
        "number",
        _counts,
    ),
    (_asking(r"\b(?:what|which) (?:exact )?(?:date|day)s?\b"), "date", _dated(_DAY)),
    (
        _asking(r"^\s*when\b|\bwhat (?:year|date|day|month)s?\b|\bin (?:what|which) (?:year|month)\b"),
        "date",
        _dated(_TIME, _OTHER_YEAR),
    ),
    (
        _asking(r"\b(?:which|what) (?:[\w-]+ )?(?:countr(?:y|ies)|delegations?|states?|governments?|member states)\b"),
        "state",
        _names_a_state,
    ),
)
