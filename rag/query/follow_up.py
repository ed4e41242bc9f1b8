"""What a follow-up leaves unsaid, filled in from the conversation before it."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ...ingest.language.states import state_of
from ...vectorstore.markup import plain
from ..answer import Turn
from .directory import Directory
from .question import ABOUT, QUESTION_STOPWORDS, SAYS

if TYPE_CHECKING:
    import numpy as np

Likenesses = Callable[[str, Sequence[str]], "np.ndarray"]

MAX_TURNS_BACK = 3
MAX_FOLLOWING_WORDS = 14
MAX_POINTING_WORDS = 20
MAX_ITEM_WORDS = 8
MAX_TURNED_WORDS = 5
MIN_ALIKE = 0.3
_ANAPHORA = re.compile(
    r"\b(?:they|them|their|theirs|it|its|"
    r"(?:create|make|get|need|use|have|is|are|which|another|such an?) ones?|he|him|his|she|her|hers|these|those|"
    r"the same|else|"
    r"this|that(?=\s*[?.!,;]|\s*$|\s+(?:be|is|was|decided|mean|happen|paragraph|programme|speaker|one|so)\b)|"
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
    r"^\s*(?:(?:and|but|so|or|also)[\s,]+)?(?:(?:what|how) about\s+)?(?:(?:in|on|for|at|by|from|with|to|of)\s+)?"
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
_ORDINALS = {"first": 0, "former": 0, "second": 1, "latter": -1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ORDINAL = re.compile(rf"\bthe (?P<which>{'|'.join(_ORDINALS)})(?: one| of them)?\b", re.IGNORECASE)
_BETWEEN_ITEMS = re.compile(r"(?:(?<!\s)\s++)?(?:,\s*(?:and\s+)?|;\s*|\band\b)\s*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


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
    question = " ".join(question.split())
    if not history or not follows_up(question):
        return question
    last = history[-1]
    before = stand_alone(last.question, history[:-1][-MAX_TURNS_BACK:], directory, likenesses)
    if directory and (turned := _turned_to(question, before, directory)):
        return turned
    if replaced := _put_in_place(question, before, directory, likenesses):
        return replaced
    named = _with_item(_with_person(question, last), last)
    return named if named != question and not follows_up(named) else f"{named} ({before})"


def follows_up(question: str) -> bool:
    """Whether a question leans on the one before: it begins like a continuation, or has a pronoun and few words."""
    words = question.split()
    return (
        bool(_ELLIPSIS.match(question) and len(words) <= MAX_FOLLOWING_WORDS)
        or (len(words) <= 3 and not _is_whole(question))
        or (bool(_ANAPHORA.search(question)) and len(words) <= MAX_POINTING_WORDS)
    )


def _is_whole(question: str) -> bool:
    """Whether a question of a few words leaves nothing unsaid: "Which ministers attended?", "What is ACHQ?"."""
    words = [word for word in re.findall(r"[^\W_]+", question) if word.casefold() not in QUESTION_STOPWORDS]
    return bool((_WHOLE.match(question) and len(words) >= 2) or _WHAT_IS.match(question))


def refers_back(question: str) -> bool:
    """Whether a question asks for the place or the words of what was just answered ("In which paragraph?")."""
    return bool(_REFERS.search(question))


def asks_for_others(question: str) -> bool:
    """Whether a follow-up asks for somebody other than those just named ("Who else said so?")."""
    return bool(_OTHERS.search(question))


def _turned_to(question: str, before: str, directory: Directory) -> str | None:
    """The question before, asked of the speaker that a follow-up names; None where it names none."""
    whom, earlier = directory.find_speaker(question), directory.find_speaker(before)
    if not whom or not earlier:
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
    return before[: old[0]] + new + before[old[1] :] if old else None


def _of_the_same_shape(new: str, before: str) -> tuple[int, int] | None:
    if _YEAR.fullmatch(new) and len(years := list(_YEAR.finditer(before))) == 1:
        return years[0].span()
    words = new.split()
    if len(words) == 2 and (same := re.search(rf"\b{re.escape(words[0])} [\w.]+", before, re.IGNORECASE)):
        return same.span()
    if state_of(new):
        for match in re.finditer(r"[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*)*", before):
            if state_of(match[0]):
                return match.span()
    return None


def _most_alike(new: str, before: str, speaker: tuple[int, int] | None, like: Likenesses) -> tuple[int, int] | None:
    """The one or two words of a question, its speaker's name aside, whose meaning is most like some others'; None where
    none is like them."""
    words = list(re.finditer(r"[^\W\d_][\w’'-]*", before))
    spans = [(w.start(), w.end()) for w in words if w[0].casefold() not in QUESTION_STOPWORDS]
    if speaker:
        spans = [(start, end) for start, end in spans if end <= speaker[0] or start >= speaker[1]]
    pairs = [(a[0], b[1]) for a, b in pairwise(spans) if before[a[1] : b[0]] == " "]
    spans += pairs
    if not spans:
        return None
    alike = like(new, [before[start:end] for start, end in spans])
    best = int(alike.argmax())
    return spans[best] if alike[best] >= MIN_ALIKE else None


def _with_person(question: str, last: Turn) -> str:
    """A question with the person "he" or "she" stands for: named in the question before, else in its answer."""
    if not (_HE_SHE.search(question) or _HIS_HER.search(question)):
        return question
    people = [match[0] for text in (last.question[1:], plain(last.answer)) for match in _PERSON.finditer(text)]
    if not people:
        return question
    question = _HE_SHE.sub(lambda _: people[0], question, count=1)
    return _HIS_HER.sub(lambda _: f"{people[0]}’s", question, count=1)


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
