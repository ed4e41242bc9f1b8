"""What kind of answer a question wants, by the words it asks with: `ingest/language/data/questions.tsv`.

A kind only says where an answer is looked for first; where nothing is found there, sentences are quoted as for any
other question.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from ...ingest.language.tables import any_of, table
from ...vectorstore.language.analysers import SPACELESS

Courtesy = Literal["greeting", "thanks", "help"]
Length = Literal["brief", "usual", "full"]
Listing = Literal["dissent", "action items", "outcomes"]
LISTINGS: tuple[Listing, ...] = ("dissent", "action items", "outcomes")
SittingFact = Literal["present", "absent", "chair", "opens", "closes"]
_ASKED_OF_SITTINGS: dict[SittingFact, str] = {
    "present": "attended",
    "absent": "missed",
    "chair": "chaired",
    "opens": "opened",
    "closes": "closed",
}
Result = Literal["carried", "rejected", "deferred", "withdrawn"]
RESULTS: tuple[Result, ...] = ("rejected", "carried", "deferred", "withdrawn")
"""What may become of a matter; what says that it was not carried is looked for before what says that it was."""
_COURTESIES: tuple[Courtesy, ...] = ("greeting", "thanks", "help")
# Their words ("table", "submit", "full employment") say what a question is about as often as how it is asked.
_SUBJECT_TOO = (
    "put forward",
    "by whom",
    "manner",
    "unvoted",
    "sponsors",
    "support",
    "side",
    "paragraph",
    "brief",
    "full",
    "outcomes",
    "items",
    "changes",
    "reason given",
    "reason before",
    "and",
    "interrogative",
    "before interrogative",
    "saying",
    "attended",
    "missed",
    "chaired",
    "meeting",
    "opened",
    "closed",
    "hour",
    "attenders",
    "action items",
    "issued",
    "when",
    "dissent",
    "matters",
    "matters named",
    "no postponement",
    "sitting",
    "contact",
    "dealing",
    "dealt with",
    "debate",
    "closes",
    "speech",
    "decisions",
    "adopted text",
    "about",
    *(f"result {result}" for result in RESULTS),
)
_MARKS = " \t\n.,;:!?¡¿…。！？،؟"
_BETWEEN_COURTESIES = re.compile(r"[.,;:!?¡¿…。！？،؟–—]++")
MOST_ADDED = 3
MAX_BEFORE_POINTING = 12
_DENIED = re.compile(r"\bnot\s(?:because|owing to|due to)\b", re.IGNORECASE)
MAX_COURTESY_CHARS = 200
_WITHOUT_SPACES = re.compile(f"[{SPACELESS}]")
# "What is the Portland session about?": the question word and the preposition hold the subject between them; "What are
# they worried about?" asks for a sentence.
_ABOUT = re.compile(
    r"\A\W*+what(?:['’]s|\s++(?:is|are|was|were))\s++(?P<subject>[^?\n]{1,300}?)\s++about\W*+\Z"
    r"|\A\W*+what\s++(?:do|does|did)\s[^?\n]{1,300}?\s(?:talk|speak)\s++about\W*+\Z"
    r"|\A\W*+what\s++(?:is|are)\s++\S{1,100}/\S{1,100}\s*+\Z",
    re.IGNORECASE,
)
_FELT_OR_SAID = re.compile(
    r"\w\wed\Z|\b(?:happy|sad|angry|complaining|talking|asking|arguing|speaking|thinking|worrying|warning)\Z",
    re.IGNORECASE,
)
_NARROW = re.compile(
    r"\A\W*+(?:who|when|where|why|how\s++(?:many|much|long|often)|did|does|do|was|were|has|had|have)\b", re.IGNORECASE
)
_WHAT_THEY_SAY = re.compile(r"\A\W*+what\s++(?:do|does|did)\b(?!\s++(?:you|we)\s++(?:have|hold)\b)", re.IGNORECASE)
_MUST = re.compile(r"\bhave\s++to\b", re.IGNORECASE)
_IN_LANGUAGE = re.compile(r"(?P<no>\bnot\s++|n['’]t\s++)?(?:\bwritten\s++)?\bin\s++(?P<name>[A-Z][a-z]{2,30})\b")
_IS_IN = re.compile(r"\b(?:is|are|was|were)(?:n['’]t|\s++not)?(?:\s++written)?\s++in\s++[A-Z][a-z]{2,30}\W*+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageAsked:
    """The language that records asked for are in, or with `negative` are not; `words` ask so."""

    code: str
    negative: bool
    words: str


def words_of(kind: str) -> frozenset[str]:
    """The words that questions of a kind are asked with, case folded."""
    return frozenset(word for row in table("questions") if row["kind"] == kind for word in row["words"].split(";"))


def any_whole(words: Collection[str]) -> str:
    """A fragment of a pattern: one of these words, whole; those of languages without spaces stand anywhere."""
    anywhere = {word for word in words if _WITHOUT_SPACES.search(word)}
    spaced = set(words) - anywhere
    parts = [rf"(?<!\w){any_of(spaced)}(?!\w)"] if spaced else []
    parts += [any_of(anywhere)] if anywhere else []
    return f"(?:{'|'.join(parts)})"


@lru_cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(any_whole(words_of(kind)))


def _asks(kind: str, question: str) -> bool:
    return bool(_pattern(kind).search(_folded(question)))


def _folded(question: str) -> str:
    return question.casefold().replace("’", "'")


def courtesy(question: str) -> Courtesy | None:
    """A greeting, thanks, or "What can you do?", where that is all that is said ("Hi, what can you do?"), else None.

    Of several, help is given before thanks are taken; a few words beside these two say nothing ("that's all").
    """
    if said := _courtesy(_bare(question)):
        return said
    if len(question) > MAX_COURTESY_CHARS:
        return None
    parts = [part for part in _BETWEEN_COURTESIES.split(_folded(question)) if part.strip()]
    told: list[Courtesy] = [said for said in map(_courtesy, parts) if said]
    rest = " ".join(part for part in parts if not _courtesy(part)).split()
    is_more = len(rest) > MOST_ADDED or (rest and rest[0] in asking_words())
    if rest and (is_more or not {"thanks", "help"}.intersection(told)):
        return None
    return max(told, key=_COURTESIES.index, default=None)


def _courtesy(said: str) -> Courtesy | None:
    return next((kind for kind in _COURTESIES if _pattern(kind).fullmatch(said.strip())), None)


def language_of_courtesy(question: str) -> str | None:
    """The language that a courtesy is said in; None where it is none."""
    said = {_bare(question), *(part.strip() for part in _BETWEEN_COURTESIES.split(_folded(question)))}
    rows = (row for row in table("questions") if row["kind"] in _COURTESIES)
    return next((row["language"] for row in rows if not said.isdisjoint(row["words"].split(";"))), None)


def _bare(question: str) -> str:
    """A question's words alone."""
    return _folded(question).strip(_MARKS)


def wants_overview(question: str) -> bool:
    """Whether a question asks what something is about, or for its main points."""
    if about := _ABOUT.search(question):
        return not _FELT_OR_SAID.search(about["subject"] or "")
    if _dealing().fullmatch(question.strip()) or _asks("dealt with", question):
        return True
    return _asks("overview", question) and not _NARROW.search(question)


@lru_cache
def _dealing() -> re.Pattern[str]:
    """What a body or a meeting dealt with, and nothing more: "What did the board discuss at its May meeting?"."""
    sitting, dealing, matters = (any_whole(words_of(kind)) for kind in ("sitting", "dealing", "matters"))
    who = rf"(?:they|(?:[\w'’.-]{{1,30}}\s){{0,6}}{sitting}(?:\sof(?:\s[\w'’.-]{{1,30}}){{1,6}}?)?)"
    when = rf"\s(?:at|in|during|on)\s[^?\n]{{0,60}}(?:{sitting}|\d)[^?\n]{{0,30}}"
    return re.compile(rf"(?i)(?:what|which)(?:\s{matters})?\s(?:do|does|did)\s{who}\s{dealing}(?:{when})?\W{{0,3}}")


def length_asked(question: str) -> Length:
    """How long an overview a question asks for: "a short summary", "in detail"."""
    if _asks("brief", question):
        return "brief"
    return "full" if _asks("full", question) else "usual"


def asks_for_decisions(question: str) -> bool:
    """Whether an overview is asked for of what was decided: "the main decisions"."""
    return _asks("decisions", question)


def names_a_speech(question: str) -> bool:
    """Whether a question names what somebody says in one go: a statement, a speech."""
    return _asks("speech", question)


def wants_decision(question: str) -> bool:
    """Whether a question asks what was decided, how it was voted on, or what is to be done by whom."""
    return any(_asks(kind, question) for kind in ("decision", "vote", "action"))


def wants_vote(question: str) -> bool:
    """Whether a question asks how something was voted on."""
    return _asks("vote", question)


def wants_manner(question: str) -> bool:
    """Whether a question asks how something was adopted: by a vote, or without one."""
    return _asks("manner", question) and (_asks("decision", question) or _asks("vote", question))


def says_unvoted(text: str) -> bool:
    """Whether a text says of something that it was adopted without a vote."""
    return _asks("unvoted", text)


def wants_side(question: str) -> bool:
    """Whether a question asks on which side of a vote somebody was."""
    return _asks("side", question)


def wants_paragraph(question: str) -> bool:
    """Whether a question asks where something stands: in which paragraph."""
    return _asks("paragraph", question)


def says_supported(question: str) -> bool:
    """Whether a question has somebody support something."""
    return _asks("support", question)


def wants_sponsors(question: str, *, who: bool) -> bool:
    """Whether a question asks who put something forward; `who` says whether it asks who did something."""
    who = who or _asks("by whom", question)
    return _asks("sponsors", question) or (who and _asks("put forward", question))


def wants_which_records(question: str) -> bool:
    """Whether a question asks for records: "which resolutions"; not what "the minutes" say."""
    return bool(_which_records().search(_folded(question)))


@lru_cache
def _which_records() -> re.Pattern[str]:
    which, records = any_whole(words_of("which")), any_whole(words_of("records"))
    return re.compile(rf"{which}\s+(?:of\s+(?:the|your|our|these)\s+)?(?:\w+\s+)?{records}")


def wants_reason(question: str) -> bool:
    """Whether a question asks why."""
    return _asks("why", question)


def asks_what_is_said(question: str) -> bool:
    """Whether a question in another language than English asks what somebody said; of one in English `SAYS` tells."""
    return _asks("saying", question)


def before_topic(question: str) -> str:
    """What stands before the subject of a question in another language than English: "Qu'a dit la Norvège" of "Qu'a dit
    la Norvège sur le quota ?"."""
    folded = _folded(question)
    found = _pattern("about").search(folded) if len(folded) == len(question) else None  # so that places are the same
    return question[: found.start()] if found else question


def gives_reason(text: str) -> bool:
    """Whether a text says why."""
    return _asks("reason given", _DENIED.sub(" ", text))


def points_back_at_reason(text: str) -> bool:
    """Whether a sentence begins by pointing back at why: "With that in mind, ..."."""
    begins = _pattern("reason before").search(_folded(text))
    return bool(begins) and begins.start() <= MAX_BEFORE_POINTING


def wants_action(question: str) -> bool:
    """Whether a question asks what is to be done, by whom and when."""
    return _asks("action", question)


def wants_changes(question: str) -> bool:
    """Whether a question asks what became of a text."""
    return _asks("changes", question)


def asks_when_issued(question: str) -> bool:
    """Whether a question asks when a record was issued or adopted, or of what date it is."""
    return _asks("when", question) and (_asks("issued", question) or says_adopted(question))


def asks_for_contact(question: str) -> bool:
    """Whether a question asks whom to turn to, or by what address or number."""
    return _asks("contact", question)


def says_adopted(text: str) -> bool:
    """Whether a text says of something that it was adopted."""
    return _asks("result carried", text)


def names_what_is_adopted(text: str) -> bool:
    """Whether a text names a resolution or a decision."""
    return _asks("adopted text", text)


def wants_records(question: str) -> bool:
    """Whether a question is about what the library holds, and not about what the records say."""
    if not _asks("records", question) or _WHAT_THEY_SAY.search(question) or _MUST.search(question):
        return False
    in_language = bool(_IS_IN.search(question)) and language_asked(question) is not None
    return in_language or _asks("held", question) or bool(_records_that_mention().search(_folded(question)))


@lru_cache
def _records_that_mention() -> re.Pattern[str]:
    """Asked as "Which of the records mention the ferry?", not as "What do the minutes mention?"."""
    which, records, mention = (any_whole(words_of(kind)) for kind in ("which", "records", "mention"))
    some = rf"(?:{which}\s+(?:of\s+(?:the|your|our|these)\s+)?(?:\w+\s+)?|\bwhat\s+)"
    return re.compile(rf"{some}{records}\s+(?:that\s+|which\s+|do\s+|does\s+)?{mention}")


def language_asked(question: str) -> LanguageAsked | None:
    """The language that a question asks for records in, or not in."""
    for match in _IN_LANGUAGE.finditer(question):
        if code := _languages().get(match["name"]):
            negative = bool(match["no"]) or bool(re.search(r"\bnot\b", question[: match.start()]))
            return LanguageAsked(code=code, negative=negative, words=match[0])
    return None


@lru_cache
def _languages() -> dict[str, str]:
    """Codes of languages by their English names, from CLDR."""
    from babel import Locale

    names = cast(Mapping[str, str], Locale("en").languages)
    return {name: code for code, name in names.items() if len(code) == 2}


def listing_asked(question: str) -> Listing | None:
    """What a question asks for all of: decisions, what is to be done, votes with somebody against; None for others."""
    return next((kind for kind in LISTINGS if _asks(kind, question)), None)


def results_told(text: str) -> list[Result]:
    """The results that a text tells of, in its order, one for each place: "not agreed to" does not tell "agreed to"."""
    found: dict[tuple[int, int], Result] = {}
    for result in RESULTS:
        for match in _pattern(f"result {result}").finditer(_folded(text)):
            if not any(start <= match.start() and match.end() <= end for start, end in found):
                found[match.span()] = result
    return [found[place] for place in sorted(found)]


def result_asked(question: str) -> Result | None:
    """The result of the matters that a question asks for all of: "Which bills were voted down?", "What was postponed?";
    None where it asks for one, for something else of them, or for several results."""
    said = _folded(question)
    told = set(results_told(question))
    if len(told) != 1 or not (_which_matters().search(said) or _what_became_so().search(said)):
        return None
    return told.pop()


def is_no_postponement(text: str) -> bool:
    """Whether a text is of a meeting itself, or of a reference: "The House adjourned", not "The debate was"."""
    return _asks("no postponement", text) or bool(_closing().search(_folded(text)))


@lru_cache
def _closing() -> re.Pattern[str]:
    return re.compile(rf"{any_whole(words_of('sitting'))}\s{any_whole(words_of('closes'))}")


@lru_cache
def _which_matters() -> re.Pattern[str]:
    """Asked for as several: "which private bills"; not "which States rejected the amendments to ..."."""
    which = any_whole(words_of("which") | {"what", "what are the", "what were the"})
    matters = any_whole(words_of("matters") | words_of("matters named"))
    between = r"(?:of\s(?:the|these)\s|the\s|of\s)?(?:[\w'-]{1,30}\s){0,2}"
    return re.compile(rf"\A\W{{0,9}}{which}\s{{0,3}}{between}{matters}")


@lru_cache
def _what_became_so() -> re.Pattern[str]:
    results = any_whole({word for result in RESULTS for word in words_of(f"result {result}")})
    return re.compile(rf"\A\W{{0,9}}what\s(?:all\s|items\s)?(?:was|were|got|has\sbeen|have\sbeen)\s(?:all\s)?{results}")


def words_for_matters() -> frozenset[str]:
    """The words that stand for whatever was decided on, of every kind, case folded: "items", "motions"."""
    return words_of("matters")


def words_for_sittings() -> frozenset[str]:
    """The words for who meets, and for meetings, case folded: "council", "session"."""
    return words_of("sitting") | words_of("debate")


def wants_items(question: str) -> bool:
    """Whether a question asks what all was dealt with."""
    return _asks("items", question)


def wants_speakers(question: str) -> bool:
    """Whether a question asks who all spoke."""
    return _asks("speakers", question)


def without_asking(question: str, language: str, *, of_any_kind: bool = False) -> str:
    """A question without the words that questions in a language are asked with, whatever they are about; with
    `of_any_kind` also without those of questions of one kind ("voted against"). In a language whose words are not known
    here, the question itself."""
    words = _asked_with(language, of_any_kind)
    return words.sub(" ", question) if words else question


@lru_cache
def _asked_with(language: str, of_any_kind: bool) -> re.Pattern[str] | None:
    rows = [row for row in table("questions") if row["language"] == language]
    if not of_any_kind:
        rows = [row for row in rows if row["kind"] == "asking"]
    words = {word for row in rows if row["kind"] not in _SUBJECT_TOO for word in row["words"].split(";")}
    return re.compile(any_whole(words), re.IGNORECASE) if words else None


@lru_cache
def asking_words() -> frozenset[str]:
    """The words that questions of any kind are asked with, case folded: they say nothing of the subject."""
    rows = (row for row in table("questions") if row["kind"] not in _SUBJECT_TOO)
    phrases = (phrase for row in rows for phrase in row["words"].split(";"))
    return frozenset(word for phrase in phrases for word in phrase.split())


def sitting_facts(question: str, *, of_it: bool = False) -> tuple[SittingFact, ...]:
    """What a question asks of a sitting itself: who was there, who was not, who chaired it, when it began and ended.

    `of_it` says that "it" is the sitting, so that "When did it end?" asks of one.
    """
    asked = {kind for kind in _ASKED_OF_SITTINGS.values() if _asks(kind, question)}
    if not (_asks("hour", question) and (of_it or _asks("meeting", question))):
        asked -= {"opened", "closed"}
    return tuple(fact for fact, kind in _ASKED_OF_SITTINGS.items() if kind in asked)


@lru_cache
def words_on_sittings() -> frozenset[str]:
    """The words that questions about a sitting itself are asked with: beside them nothing is asked of."""
    kinds = (*_ASKED_OF_SITTINGS.values(), "attenders", "meeting", "hour")
    return frozenset(word for kind in kinds for phrase in words_of(kind) for word in phrase.split())
