"""What a question itself says: its content words, its topic, where it points (paragraph, speaker, document)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ...ingest.language.numbers import in_western_digits
from ...ingest.language.states import state_of
from ...ingest.language.tables import alternatives, saying, word_list
from ...vectorstore.language.analysers import SPACELESS, exact_forms, split_words
from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ...vectorstore.store import Store
from .directory import Directory, directory_of
from .kinds import any_whole, asks_what_is_said, without_asking
from .vocabulary import asked_in, stems_held

MAX_QUESTION_CHARS = 4_000
_SPANS = ("to", "through", "à", "a", "al", "по", "إلى", "至", "到", "-", "–", "—")
_BETWEEN = rf"(?:,|،|、|and|&|et|y|e|und|и|و|和|及|{'|'.join(_SPANS)})"
_PRINTED = r"\d+(?:\.\d+)*(?:\s*(?:bis|ter))?"
_PRINTED_LIST = rf"{_PRINTED}(?:\s*{_BETWEEN}\s*{_PRINTED})*"
_PARAGRAPHS = re.compile(
    r"(?:\b(?:paragraph[es]{0,2}|paras?\.?|par\.|párr(?:afo)?s?\.?|parágrafos?|paragraf[oi]|Absatz|Absätzen?|Ziffern?|"
    r"пункт\w{0,3}|пп?\.|(?:ال|بال|لل)?فقر\w{1,3})|(?<!§)§++|(?<!¶)¶++)"
    rf"\s*(?P<list>{_PRINTED_LIST})|第\s*(?P<before>{_PRINTED_LIST})\s*段",
    re.IGNORECASE,
)
SAYS = re.compile(
    rf"\b(?:did|does|do|has|have|had)\s++(?P<who>[^?;]{{2,90}}?)\s+(?-i:{saying('question')})\b(?P<what>[^?]*)"
    r"|\baccording to (?P<whose>[^,?.;]{2,60})",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<![\w-])(?!(?:in|on|of|at|by|to|for|from|and|or|than|the|since|until|after|before|about|over|under|only|all)\s)"
    r"(?P<word>[^\W\d_]{3,20})\s(?:no\.?\s?|n[°º]\s?|number\s|#)?(?P<number>\d{1,3})(?![\w.,:/-]|\s(?:%|[^\W\d_]{3,12}s\b))",
    re.IGNORECASE,
)
_GIVES = re.compile(
    r"\b(?:reasons?|grounds?|arguments?|explanations?|examples?|answers?|views?)\s++(?:did|does|do|has|have|had)\s++"
    r"(?P<who>[^?;]{2,90}?)\s+(?:given?|offer(?:ed)?|cited?|put|ma[dk]e)\b",
    re.IGNORECASE,
)
ABOUT = re.compile(r"^(?:\s+\S+){0,5}?\s+(?:about|on|regarding|concerning)\s+(?P<topic>.+)", re.IGNORECASE)
_VOTES = re.compile(r"\bdid\s++(?P<who>[^?;]{2,60}?)\s+vote\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"[A-ZÀ-Þ][\w.'’-]{0,40}+(?:\s[A-ZÀ-Þ][\w.'’-]{0,40}+){0,5}")
_TITLES = re.compile(rf"(?<!\w)(?:{alternatives('titles')}|{alternatives('offices')})(?!\w)", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:Mr|Ms|Mrs|Miss|Dr|Prof|Mme|Sra?|H\.E|Ambassador)\b\.?\s*")
_TITLED = re.compile(_TITLE.pattern.removesuffix("*") + r"+([A-ZÀ-Þ][\w’'-]+)")
_NAME = re.compile(r"(?<![.!?:“\"'‘(] )(?<!^)(?<![“\"'‘(¿¡])\b[A-ZÀ-Þ][\w’'-]*[\w]\b")
_SIGN = rf"(?![{SPACELESS}])\w"
SYMBOL = re.compile(
    rf"(?<!\w[.-])(?<!(?![{SPACELESS}])\w)(?:{_SIGN})++(?:[.-](?:{_SIGN})++)*/(?:{_SIGN}|[./()-])*{_SIGN}"
)
_ORDINAL = re.compile(r"第\s+号")  # what stands around a symbol in Chinese
_LETTER_ALONE = re.compile(f"[{SPACELESS}]")
_IN_LANGUAGE = re.compile(r"\bin (?:Arabic|Chinese|English|French|German|Portuguese|Russian|Spanish|Swahili)\b")
_SEVERAL = re.compile(r"\b(?:each|both)\b", re.IGNORECASE)
_REPLY = r"(?:repl(?:y|ies|ied)|respon(?:d|ded|se)|answer(?:ed)?|react(?:ed|ion)?|rejoinder)"
_REPLIES = re.compile(
    rf"\b(?:did|does|do|has|have|had)\b[^?]{{0,60}}?\b{_REPLY}\b|\w[’']s? {_REPLY}\b|"
    rf"\bwhat (?:was|were) the {_REPLY}\b|"
    r"\bsa(?:y|id) (?:to|in (?:reply|response|answer) to) (?:that|this|it|them|him|her)\b|"
    r"\b(?:in (?:reply|return)|(?:get|got|receive|received) (?:in|as)? ?(?:an? |the )?(?:answer|reply|response))\b",
    re.IGNORECASE,
)
_ASKER = re.compile(
    r"\b(?:who|which (?:\w+ )?(?:delegation|country|speaker|organi[sz]ation|ngo)) (?:had |has )?"
    r"(?:asked|put|posed|raised|wanted to know) (?:it|that|this|so|him|her|them)\b|"
    r"\bwhat (?:was|were) (?:the question|asked|they asked|(?:he|she) asked)\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"\bwho(?:se)?\b|\bwhich (?:\w+ ){0,2}(?:delegations?|countr(?:y|ies)|speakers?|organi[sz]ations?|ngos?|states?|"
    r"governments?|persons?|officials?|experts?|representatives?)\b",
    re.IGNORECASE,
)
_ASKS_FOR_QUESTIONS = re.compile(  # "What is the Secretary-General asked to do?" asks for none
    r"\b(?:(?:ask|asked|asks)(?!\sto\b)|question|questions|wanted to know|request\w*)\b", re.IGNORECASE
)
_LISTED = re.compile(rf"(?:(?<!\s)\s++)?({_BETWEEN})\s*", re.IGNORECASE)
_MAX_RANGE = 40
_NOUNS_IN_CAPITALS = ("de", "lb")
QUESTION_STOPWORDS = word_list("question_stopwords")
_NO_NAMES = word_list("no_names_in_small_letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Where a question points, recognised against what the library really holds.

    `paragraphs` are printed numbers, whether or not they exist; `speakers` and `documents` are the library's own, and
    `by_symbol` are those of the documents that it names by their symbols.
    `said_by` are the speakers whose words are asked for ("What did Norway say ..."), not only named.
    """

    paragraphs: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    by_symbol: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()


def clean(text: str) -> str:
    """Text as it can be stored and searched: halves of characters (lone surrogates) become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def content_words(store: Store, question: str, language: str | None = None) -> list[str]:
    """The stems of a question that say what it is about, without the words it asks with, in order, each once.

    Paragraph numbers and document symbols are no such words. Where a question has no others at all, all its words
    count. `language` is what it is asked in, where that is known.
    """
    language = language or asked_in(store, question)
    bare = without_places(question)
    words = asked_about(bare, language)
    stems = stems_held(store, " ".join(words), language)
    if not stems and bare == plain(question):
        stems = stems_held(store, bare, language)
    return list(dict.fromkeys(stems))


def asked_about(question: str, language: str | None) -> list[str]:
    """The words of a question without those that questions in its language are asked with; none may be left."""
    if language in (None, "en"):
        return [word for word in split_words(question) if word.casefold() not in QUESTION_STOPWORDS]
    return split_words(without_asking(question, language))


def topic_in(question: str, language: str) -> list[str]:
    """The words that say what a question in another language than English is about: none that questions are asked with,
    none that name bodies, offices and records of any kind."""
    bare = without_asking(without_places(question), language, of_any_kind=True)
    return [word for word in split_words(_common_parts().sub(" ", bare)) if not _LETTER_ALONE.fullmatch(word)]


def without_places(question: str) -> str:
    """A question without the numbers of paragraphs and the symbols of documents in it, and without mark-up."""
    return _ORDINAL.sub(" ", SYMBOL.sub(" ", _PARAGRAPHS.sub(" ", plain(question))))


@lru_cache
def _common_parts() -> re.Pattern[str]:
    return re.compile(any_whole(word_list("common_parts")), re.IGNORECASE)


def proper_names(question: str, language: str | None = None) -> list[str]:
    """What looks like a name in a question: capitals not at its beginning, states, people with a title; "in English"
    names nobody. Where all nouns have capitals, only those of several letters tell a name."""
    question = _IN_LANGUAGE.sub(" ", SYMBOL.sub(" ", question))
    names = dict.fromkeys(match[1] for match in _TITLED.finditer(question))
    capitals = (match[0] for match in _NAME.finditer(_TITLE.sub("", question)))
    names |= dict.fromkeys(name for name in capitals if language not in _NOUNS_IN_CAPITALS or not name[1:].islower())
    words = (word for word in re.findall(r"[\w’'-]+", question) if word not in _NO_NAMES)
    names |= dict.fromkeys(word for word in words if state_of(word))
    bare = (re.sub(r"[’']s$", "", name) for name in names)
    return [name for name in dict.fromkeys(bare) if name.casefold() not in QUESTION_STOPWORDS]


def exact_words(question: str, language: str | None) -> list[str]:
    """The names and the numbers of a question as they are written in any language, folded, each once; beside other
    scripts, words in Latin letters are names."""
    letters = [character for character in question if character.isalpha()]
    is_latin = 2 * sum(map(str.isascii, letters)) >= len(letters)
    names = set(exact_forms(" ".join(proper_names(question, language))))

    def tells(word: str) -> bool:
        return word in names or not word.isalpha() or (word.isascii() and not is_latin)

    return list(dict.fromkeys(word for word in exact_forms(question, language) if tells(word)))


def pointers(question: str, store: Store, words: Sequence[str] | None = None) -> References:
    """Paragraph numbers, speakers and documents that the question names; `words` are its content words, if known."""
    directory = directory_of(store)
    return References(
        paragraphs=paragraph_numbers(question),
        speakers=tuple(directory.speakers_in(question)),
        documents=tuple(directory.documents_in(question, content_words(store, question) if words is None else words)),
        by_symbol=tuple(directory.documents_by_symbol(question)),
        said_by=said_by(question, directory),
    )


def said_by(question: str, directory: Directory) -> tuple[str, ...]:
    """The speakers whose words a question asks for; none of several at once ("both")."""
    subjects = [match["who"] or match["whose"] for match in SAYS.finditer(question)]
    subjects += [match["who"] for match in _GIVES.finditer(question)]
    return tuple(directory.speakers_in(" ".join(subject for subject in subjects if not _SEVERAL.search(subject))))


def numbered_headings(question: str) -> tuple[str, ...]:
    """What a question calls by a word and a number, as headings do ("issue 30", "item 7"), folded; no dates, no years
    and no amounts."""
    return tuple(_called(match["word"], match["number"]) for match in _NUMBERED.finditer(question))


def is_headed(heading: str, numbered: Sequence[str]) -> bool:
    """Whether a heading holds one of the names that `numbered_headings` gives: "GitHub Issue #30" for "issue 30"."""
    if not numbered:
        return False
    words = [word for word in re.findall(r"\w+", fold(heading)) if word not in ("no", "number")]
    return not {_called(word, after) for word, after in pairwise(words)}.isdisjoint(numbered)


def _called(word: str, number: str) -> str:
    return fold(f"{word} {number.lstrip('0') or number}")


def whose_words(question: str) -> list[str]:
    """The people whose words a question asks for, whether or not they speak in any record: "What did Ms. Lind say";
    nobody who is described ("the member from Osk"), no state."""
    asked = [match["who"] or match["whose"] for match in SAYS.finditer(question)]
    asked += [match["who"] for match in _GIVES.finditer(question)]
    return list(_people(asked))


def titles_in(question: str) -> str:
    """The titles and offices that a question names people with: "Minister" of "What did Minister Lind say?"."""
    return " ".join(match[0] for match in _TITLES.finditer(question))


def whose_vote(question: str) -> list[str]:
    """The people of whom a question asks how they voted: "How did Councillor Lind vote?"; no state."""
    return list(_people(match["who"] for match in _VOTES.finditer(question)))


def _people(asked: Iterable[str]) -> Iterator[str]:
    """The names among who is asked of, without titles; nobody who is described, no state, no abbreviation."""
    for who in asked:
        name = " ".join(_TITLES.sub(" ", who).split()) if _CAPITALISED.fullmatch(who) else ""
        if name and not (state_of(name) or name.isupper()):
            yield name


def topic(question: str, pointed: References) -> str:
    """What somebody's words are asked about: "What did Norway say about pain relief?" -> "pain relief"; else empty."""
    match = SAYS.search(question)
    said = (match["what"] or "") if match else ""
    if about := ABOUT.search(said):
        return about["topic"].strip()
    before = question[: match.start()].split() if match and match["who"] else []
    asked = " ".join(word for word in before if word.casefold() not in QUESTION_STOPWORDS)
    return f"{asked} {said.strip()}".strip() if pointed.said_by or proper_names(subject(question)) else ""


def asks_for_words(question: str) -> bool:
    """Whether a question, in any language, asks what somebody said."""
    return bool(SAYS.search(question)) or asks_what_is_said(question)


def asks_for_reply(question: str) -> bool:
    """Whether a question asks what was said in return ("How did UNODC answer?")."""
    return bool(_REPLIES.search(question))


def asks_for_asker(question: str) -> bool:
    """Whether a follow-up asks whose question it was that somebody answered ("Who asked that?")."""
    return bool(_ASKER.search(question))


def asks_who(question: str) -> bool:
    """Whether a question asks who said or did something, so that a speaker's label is part of the answer."""
    return bool(_ASKS_WHO.search(question))


def asks_for_questions(question: str) -> bool:
    """Whether a question is after what was asked, so that a question may answer it."""
    return bool(_ASKS_FOR_QUESTIONS.search(question))


def subject(question: str) -> str:
    """Whose words are asked for, as put: "What did the Chair say about fees?" -> "the Chair"; else empty."""
    match = SAYS.search(question)
    return (match["who"] or match["whose"] or "") if match else ""


def paragraph_numbers(question: str) -> tuple[str, ...]:
    """ "paras 32 and 33", "§ 85", "paragraphs 4 to 7" as printed numbers."""
    numbers: dict[str, None] = {}
    for match in _PARAGRAPHS.finditer(question):
        listed = _LISTED.split(match["list"] or match["before"])
        for position in range(0, len(listed), 2):
            number = in_western_digits(" ".join(listed[position].split()))
            spans = position and listed[position - 1].casefold() in _SPANS
            before = in_western_digits(" ".join(listed[position - 2].split())) if position else ""
            if spans and before.isdigit() and number.isdigit() and 0 < int(number) - int(before) <= _MAX_RANGE:
                numbers |= dict.fromkeys(str(n) for n in range(int(before) + 1, int(number) + 1))
            numbers[number] = None
    return tuple(numbers)
