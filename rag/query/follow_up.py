"""What a follow-up leaves unsaid, filled in from the conversation before it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...ingest.language.dates import NAMES
from ...ingest.language.states import state_of
from ...vectorstore.language.analysers import count_words
from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ..answer import Turn
from .directory import Directory
from .kinds import asking_words, length_asked, wants_decision, wants_overview
from .question import ABOUT, QUESTION_STOPWORDS, SAYS

if TYPE_CHECKING:
    import numpy as np

Likenesses = Callable[[str, Sequence[str]], "np.ndarray"]

MAX_TURNS_BACK = 3
MAX_FOLLOWING_WORDS = 14
MAX_POINTING_WORDS = 20
MAX_ITEM_WORDS = 8
MAX_TURNED_WORDS = 5
# What a question is about ("... about noise?") gives way to what is at all like it, anything else only to its like: set
# by eye on conversations over invented records.
MIN_ALIKE, MIN_ALIKE_ELSEWHERE = 0.3, 0.5
YEAR_CHARS = 4
_MONTHS = frozenset(map(fold, NAMES))
MAX_LENGTH_WORDS = 4
_BEFORE_A_TOPIC = re.compile(
    r"\b(?:about|on|of|for|regarding|concerning|happened to)(?: (?:the|a|an))?\s?\Z", re.IGNORECASE
)
_REST_OF_A_TOPIC = re.compile(r"(?: (?:of )?(?:the|an?) [\w’'-]++(?: (?!\w{1,4}\b)[\w’'-]++)*+)++")
_WITHIN_A_THING = (" ", " of ", " of the ")
_DATE = re.compile(r"\b(?:\d{1,2} )?(?:(?P<month>[^\W\d_]{3,10}) )?(?:19|20)\d\d\b")
_NO_PERSON = re.compile(r"\A\W*+(?:and |but )?(?:what about |how about )?(?:in|on|about)\b", re.IGNORECASE)
_BEFORE_WHO_DOES = re.compile(r"\b(?:did|does|do|has|have|had|will|would)(?: the)?\s\Z", re.IGNORECASE)
_BESIDE = re.compile(r"\A\W*+(?:and|but|what about|how about)\b", re.IGNORECASE)
_ANAPHORA = re.compile(
    r"\b(?:they|them|their|theirs|it|its|"
    r"(?:create|make|get|need|use|have|is|are|which|another|such an?) ones?|he|him|his|she|her|hers|these|those|"
    r"the same|else|"
    r"this|that(?=\s*[?.!,;]|\s*$|\s+(?:be|is|was|decided|mean|happen|paragraph|programme|speaker|one|so|"
    r"day|year|meeting|session|sitting|debate|vote|motion|bill|resolution|report|record|document|item|point)\b)|"
    r"(?<!is )(?<!are )(?<!was )(?<!were )there(?! (?:is|are|was|were|a|any)\b)|"
    r"the (?:first|second|third|fourth|fifth|last|former|latter)(?: (?:one|two|of them))?(?=\s*[?.!,]|\s*$|\s+"
    r"(?:said|say|mean|do|does|did|is|was|propose|want)))\b",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(
    r"^\s*(?:and|but|or|so|then|since|also|what about|how about|what if|which (?:one|paragraph|document|page)|"
    r"in which|on which|quote|"
    r"anything else|et|y)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^\s*(?:(?:and|but|so|or|also)[\s,]+)?(?:(?:what|how) about\s+)?(?:(?:in|on|for|at|by|from|with|to|of|about)\s+)?"
    r"(?:the\s+)?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|had|will|would|"
    r"should|quote|list|name|give|show|tell|he|she|they|it|them|him|her|this|that|these|those|there|else)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^\W*(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|"
    r"had|will|would|should)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\A\W*+(?:and|but|so|then|or)[\s,]++(?:(?:in|on|at|by|from|for|to|with) (?=wh))?", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:it|them|this|that|these|those|there|the same(?: \w{1,30})?)\s*[?.!,]|"
    r"\b(?:about|on|of|for|to|with) (?:it|them|this)\b",
    re.IGNORECASE,
)
_ON_A_TOPIC = re.compile(r"\b(?:about|on|regarding|concerning) (?:an? |the |any |new )*+\w{3,}", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"\A\W*+(?:and |but |so )?(?:what|how) about\b", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"^\W*(?:(?i:who|what)(?:[’']s|(?i: is| are| was| were)) |(?i:define |explain ))"
    r"(?:[A-ZÀ-Þ][\w&/.-]++|\w{3,}(?:ing|tion|sion|ment|ness|ity|ism|ship|ance|ence|s))\W*+$"
)
_REFERS = re.compile(
    r"^\W*(?:and |but |so )?(?:(?:in|on|at|from|under) )?(?:which|what) (?:paragraph|para|page|document|section|"
    r"chapter|record|source|file)s?\b(?:(?! (?:about|on|of|covers?|concern\w*|deals?|discuss\w*)\b).){0,30}$|"
    r"^\W*(?:and |but |so )?(?:please )?quote (?:it|that|this|him|her|them|the)\b|"
    r"^\W*(?:and )?where (?:does|is|was|did|can) (?:it|that|this|i)\b|"
    r"^\W*(?:and )?(?:the )?(?:source|reference|exact (?:words|wording|quote)|full quote|verbatim)\W*$|"
    r"^\W*(?:and |so )?who (?:said|asked|says|stated|wrote|reported|raised|mentioned|proposed|suggested) "
    r"(?:it|that|this|so)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:else|(?:any|which|what|the) others?)\b", re.IGNORECASE)
_HE_SHE = re.compile(r"\b(?:he|him|she|her(?! \w))\b", re.IGNORECASE)
_HIS_HER = re.compile(r"\b(?:his|hers?)\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:(?:Mr|Ms|Mrs|Dr)\.? )?[A-ZÀ-Þ][\w’'-]{1,60}+(?: [A-ZÀ-Þ][\w’'-]+)+|\b(?:Mr|Ms|Mrs|Dr)\.? [A-ZÀ-Þ][\w’'-]+"
)
_HER = re.compile(r"\b(?:she|hers?)\b", re.IGNORECASE)
_MR = re.compile(r"(?:Mr|M|Sr|Herr|Sir|Lord)\b")
_MS = re.compile(r"(?:Ms|Mrs|Miss|Mme|Mlle|Sra|Frau|Lady|Dame|Baroness)\b")
_ORDINALS = {"first": 0, "former": 0, "second": 1, "latter": -1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ORDINAL = re.compile(rf"\bthe (?P<which>{'|'.join(_ORDINALS)})(?: one| of them)?\b", re.IGNORECASE)
_BETWEEN_ITEMS = re.compile(r"(?:(?<!\s)\s++)?(?:,\s*(?:and\s+)?|;\s*|\band\b)\s*")


def stand_alone(
    question: str, history: Sequence[Turn], directory: Directory | None = None, likenesses: Likenesses | None = None
) -> str:
    """The question with what it leaves unsaid.

    Args:
        question: as asked.
        history: the conversation before it, oldest first.
        directory: whom the library knows: "And Mexico?" asks the question before of Mexico.
        likenesses: of a text with others: "And women?" puts women where the question before had what is most like them.

    Where nothing better is known, the question before is carried along in brackets.
    """
    return _understood(question, history, directory, likenesses).text


@dataclass(frozen=True, slots=True)
class _Understood:
    """A question with what it asks by itself, and the questions before it that it leans on: the last, and the one that
    this leaned on in turn."""

    own: str
    around: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As it is asked."""
        return f"{self.own} ({' '.join(self.around)})" if self.around else self.own

    @property
    def whole(self) -> str:
        """The last question that leaned on none."""
        return self.around[-1] if self.around else self.own


def _understood(
    question: str, history: Sequence[Turn], directory: Directory | None, likenesses: Likenesses | None
) -> _Understood:
    question = " ".join(question.split())
    if not history or not follows_up(question):
        return _Understood(question)
    last = history[-1]
    before = _understood(last.question, history[:-1][-MAX_TURNS_BACK:], directory, likenesses)
    if _asks_for_length(question) and wants_overview(before.whole):
        return _Understood(f"{before.whole.rstrip(' .?!')}, {question}")
    if directory and (turned := _turned_to(question, before.whole, directory)):
        return _turned(before, turned)
    if replaced := _put_in_place(question, before.whole, directory, likenesses):
        return _turned(before, replaced)
    named = _with_item(_with_person(question, last), last)
    if named != question and not follows_up(named):
        return _Understood(named)
    return _Understood(named, (before.own, before.whole) if _adds(before, named) else (before.whole,))


def _adds(before: _Understood, question: str) -> bool:
    """Whether the question before says more of what is asked now than the one that it leaned on: no bare "Why?", and
    nothing else that was set beside that ("What about ...?")."""
    beside = _BESIDE.match(question) and _BESIDE.match(before.own)
    words = re.findall(r"[^\W_]+", before.own.casefold())
    return bool(before.around) and not beside and any(word not in QUESTION_STOPWORDS for word in words)


def _turned(before: _Understood, whole: str) -> _Understood:
    """What the question before asks, of something else; a bare "Why?" between the two is forgotten."""
    return _Understood(before.own, (whole,)) if _adds(before, "") else _Understood(whole)


def _asks_for_length(question: str) -> bool:
    """Whether a question of a few words only says how long an overview is to be ("in detail")."""
    return length_asked(question) != "usual" and count_words(question) <= MAX_LENGTH_WORDS


def follows_up(question: str) -> bool:
    """Whether a question leans on the one before: it begins like a continuation, or has a pronoun and few words."""
    length = count_words(question)
    return (
        bool(_ELLIPSIS.match(question) and length <= MAX_FOLLOWING_WORDS)
        or (length <= 3 and not _is_whole(question))
        or (length <= MAX_FOLLOWING_WORDS and wants_decision(question) and not _telling(question))
        or (bool(_ANAPHORA.search(question)) and length <= MAX_POINTING_WORDS)
    )


def _is_whole(question: str) -> bool:
    """Whether a question of a few words leaves nothing unsaid: "Which ministers attended?", "What is ACHQ?", "capital
    of France?"."""
    words = [word for word in re.findall(r"[^\W_]+", question) if word.casefold() not in QUESTION_STOPWORDS]
    telling = _telling(question)
    if _WHAT_IS.match(question):
        return True
    return len(words) >= 2 and bool(telling) if _WHOLE.match(question) else len(telling) >= 2


def _telling(question: str) -> list[str]:
    """The words of a question that name a subject: none that questions are asked with, of whatever kind."""
    words = re.findall(r"[^\W_]+", question.casefold())
    return [word for word in words if word not in QUESTION_STOPWORDS and word not in asking_words()]


def asks_by_itself(question: str) -> bool:
    """Whether a follow-up says what it asks for ("Who abstained?", "and why?"), and does not only name something else
    ("What about Fiji?")."""
    return bool(_WHOLE.match(_AND.sub("", question))) and not _WHAT_ABOUT.match(question)


def points_back(question: str) -> bool:
    """Whether what a follow-up is about stands in the question before ("... about it?", "... than that?")."""
    return bool(_POINTS_BACK.search(question))


def points_at_somebody(question: str) -> bool:
    """Whether a follow-up asks of those that were spoken of before ("What did they ...?")."""
    return bool(_ANAPHORA.search(question))


def names_its_subject(question: str) -> bool:
    """Whether a follow-up says itself what it is about: "... about the casino?", "What about buses?", or with nothing
    in it that points back."""
    if points_back(question) or refers_back(question):
        return False
    return bool(_ON_A_TOPIC.search(question)) or not _ANAPHORA.search(question)


def refers_back(question: str) -> bool:
    """Whether a question asks for the place or the words of what was just answered ("In which paragraph?")."""
    return bool(_REFERS.search(question))


def asks_for_others(question: str) -> bool:
    """Whether a follow-up asks for somebody other than those just named ("Who else said so?")."""
    return bool(_OTHERS.search(question))


def _turned_to(question: str, before: str, directory: Directory) -> str | None:
    """The question before, asked of the speaker that a follow-up names; None where it names none."""
    whom, earlier = directory.find_speaker(question), directory.find_speaker(before)
    if not whom or not earlier or _NO_PERSON.match(question):
        return None
    name = question[whom[0] : whom[1]]
    if _LEAD_IN.fullmatch(question[: whom[0]]) and not question[whom[1] :].strip(" ?!."):
        return before[: earlier[0]] + name + before[earlier[1] :]
    says = SAYS.search(before)
    about = ABOUT.search(says["what"] or "") if says else None
    if about and SAYS.search(question) and not ABOUT.search(question):
        return f"{question.rstrip(' ?')} about {about['topic'].strip(' ?')}?"
    return None


def _put_in_place(question: str, before: str, directory: Directory | None, likenesses: Likenesses | None) -> str | None:
    """The question before with "X" of "And X?" where it had a thing of X's kind; None where it had none.

    Of a kind are two years, two states, two things with the same head ("Chapter IV", "Chapter II"), or two whose
    meanings are alike.
    """
    new = _LEAD_IN.sub("", question).strip(" ?!.")
    if not new or len(new.split()) > MAX_TURNED_WORDS or _ASKS.search(new):
        return None
    if (old := _of_the_same_shape(new, before)) is None and likenesses is not None:
        old = _most_alike(new, before, directory.find_speaker(before) if directory else None, likenesses)
        if old and _BEFORE_A_TOPIC.search(before[: old[0]]) and (rest := _REST_OF_A_TOPIC.match(before, old[1])):
            old = (old[0], rest.end())
    return before[: old[0]] + new + before[old[1] :] if old else None


def _of_the_same_shape(new: str, before: str) -> tuple[int, int] | None:
    if _date_in(new) == (0, len(new)):
        return _date_in(before)
    words = new.split()
    if (
        len(words) == 2
        and words[0].casefold() not in QUESTION_STOPWORDS
        and (same := re.search(rf"\b{re.escape(words[0])} [\w.]+", before, re.IGNORECASE))
    ):
        return same.span()
    if state_of(new):
        for match in re.finditer(r"[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*)*", before):
            if state_of(match[0]):
                return match.span()
    return None


def _date_in(text: str) -> tuple[int, int] | None:
    """Where the only year of a text stands, with its day and month; None where there is not just one."""
    dates = list(_DATE.finditer(text))
    if len(dates) != 1:
        return None
    start, end = dates[0].span()
    return (start, end) if not dates[0]["month"] or fold(dates[0]["month"]) in _MONTHS else (end - YEAR_CHARS, end)


def _most_alike(new: str, before: str, speaker: tuple[int, int] | None, like: Likenesses) -> tuple[int, int] | None:
    """The words side by side of a question, its speaker's name aside, whose meaning is most like some others'; None
    where none is like them. What it is about need be less like them than anything else in it."""
    spans = [
        (start, end) for start, end in _runs(before) if not speaker or end <= speaker[0] or start >= speaker[1]
    ]  # fmt: skip
    if not spans:
        return None
    alike = like(new, [before[start:end] for start, end in spans])
    least = [MIN_ALIKE if _gives_way(before, start, new) else MIN_ALIKE_ELSEWHERE for start, _ in spans]
    of_a_kind = [
        below == MIN_ALIKE or new[:1].isupper() == before[start].isupper()
        for below, (start, _) in zip(least, spans, strict=True)
    ]
    fitting = [place for place in range(len(spans)) if of_a_kind[place] and alike[place] >= least[place]]
    return spans[max(fitting, key=lambda place: alike[place])] if fitting else None


def _gives_way(question: str, start: int, new: str) -> bool:
    """Whether what begins at a place of a question is what it is about, or a name of who does what another name may."""
    names = new[:1].isupper() and question[start].isupper()
    before = question[max(0, start - 30) : start]
    return bool(_BEFORE_A_TOPIC.search(before) or (names and _BEFORE_WHO_DOES.search(before)))


def _runs(question: str) -> list[tuple[int, int]]:
    """The words of a question that say something, those side by side together: "herring quota" is one thing."""
    runs: list[tuple[int, int]] = []
    for word in re.finditer(r"[^\W\d_](?:[\w’'-]|\.(?=\w))*", question):
        if word[0].casefold() in QUESTION_STOPWORDS or word[0].casefold() in asking_words():
            continue
        if runs and question[runs[-1][1] : word.start()] in _WITHIN_A_THING:
            runs[-1] = (runs[-1][0], word.end())
        else:
            runs.append(word.span())
    return runs


def _with_person(question: str, last: Turn) -> str:
    """A question with the person "he" or "she" stands for: named in the question before, else in its answer."""
    if not (_HE_SHE.search(question) or _HIS_HER.search(question)):
        return question
    asked, of_her = set(_long_words(last.question)), bool(_HER.search(question))
    parts = re.split(r"\[\d{1,3}\]", plain(last.answer))
    parts.sort(key=lambda part: -len(asked.intersection(_long_words(part))))
    people: list[str] = []
    for text in (last.question[1:], *parts):  # what answers best names whom it is about
        named = [match[0] for match in _PERSON.finditer(text)]
        people += sorted(named, key=lambda name: not (_MS if of_her else _MR).match(name))
    people = [name for name in people if not (_MR if of_her else _MS).match(name)]
    if not people:
        return question
    question = _HE_SHE.sub(lambda _: people[0], question, count=1)
    return _HIS_HER.sub(lambda _: f"{people[0]}’s", question, count=1)


def _long_words(text: str) -> list[str]:
    return re.findall(r"\w{4,40}", text.casefold())


def _with_item(question: str, last: Turn) -> str:
    """A question with what "the second one" stands for: a speaker or thing of those the answer lists."""
    ordinal = _ORDINAL.search(question)
    if not ordinal:
        return question
    items = _items(last.answer)
    place = _ORDINALS[ordinal["which"].casefold()]
    if len(items) < 2 or place >= len(items):
        return question
    item = items[place]
    if len(item.split()) > MAX_ITEM_WORDS:
        return f"{question.rstrip('?')}: {item}?"
    return question[: ordinal.start()] + item + question[ordinal.end() :]


def _items(answer: str) -> list[str]:
    """What an answer lists: its cited sentences, each by its speaker's label where it has one, or names in a row."""
    cited = [part.strip() for part in re.split(r"\[\d+\]", answer) if part.strip()]
    if len(cited) > 1:
        labels = [label[1] for part in cited if (label := re.match(r"([^:“]{2,60}):\s*“", part))]
        spoken = [label for label in dict.fromkeys(labels) if not label.startswith("Para. ")]
        return spoken if len(spoken) > 1 else [part.partition("“")[2].rstrip("” ") or part for part in cited]
    listed = _BETWEEN_ITEMS.split(answer.rsplit(":", 1)[-1].strip(" ."))
    return [item for item in listed if item] if len(listed) > 1 else []
