"""What kind of answer a question wants, by the words it asks with: `ingest/language/data/questions.tsv`.

A kind only says where an answer is looked for first; where nothing is found there, sentences are quoted as for any
other question.
"""

import re
from functools import lru_cache
from typing import Literal

from ...ingest.language.tables import any_of, table

Courtesy = Literal["greeting", "thanks", "help"]
_COURTESIES: tuple[Courtesy, ...] = ("greeting", "thanks", "help")
_WITHOUT_SPACES = re.compile(r"[぀-ヿ㐀-鿿]")
# "What is the Portland session about?": the question word and the preposition hold the subject between them.
_ABOUT = re.compile(
    r"\A\W*(?:what|what’s|what's)\b[^?]{0,200}\babout\W*\Z|\A\W*(?:what|what’s|what's)\s+(?:is|are)\s+\S*/\S*\W*\Z",
    re.IGNORECASE,
)


@lru_cache
def _pattern(kind: str) -> re.Pattern[str]:
    """One of the words of a kind; those of languages without spaces stand anywhere."""
    words = [word for row in table("questions") if row["kind"] == kind for word in row["words"].split(";")]
    anywhere = [word for word in words if _WITHOUT_SPACES.search(word)]
    spaced = [word for word in words if word not in anywhere]
    return re.compile(rf"(?<!\w)(?:{any_of(spaced)})(?!\w)" + (f"|{any_of(anywhere)}" if anywhere else ""))


def _asks(kind: str, question: str) -> bool:
    return bool(_pattern(kind).search(question.casefold().replace("’", "'")))


def courtesy(question: str) -> Courtesy | None:
    """A greeting, thanks, or "What can you do?": the whole of what is said, else None."""
    said = question.casefold().replace("’", "'").strip(" \t\n.,;:!?¡¿…。！？،؟")
    return next((kind for kind in _COURTESIES if _pattern(kind).fullmatch(said)), None)


def wants_overview(question: str) -> bool:
    """Whether a question asks what something is about, or for its main points."""
    return bool(_ABOUT.search(question)) or _asks("overview", question)


def wants_decision(question: str) -> bool:
    """Whether a question asks what was decided, how it was voted on, or what is to be done by whom."""
    return any(_asks(kind, question) for kind in ("decision", "vote", "action"))


def wants_vote(question: str) -> bool:
    """Whether a question asks how something was voted on."""
    return _asks("vote", question)


def wants_reason(question: str) -> bool:
    """Whether a question asks why."""
    return _asks("why", question)


def wants_action(question: str) -> bool:
    """Whether a question asks what is to be done, by whom and when."""
    return _asks("action", question)


def wants_records(question: str) -> bool:
    """Whether a question is about what the library holds, and not about what the records say."""
    return _asks("records", question) and _asks("held", question)


def wants_speakers(question: str) -> bool:
    """Whether a question asks who all spoke."""
    return _asks("speakers", question)


@lru_cache
def asking_words() -> frozenset[str]:
    """The words that questions of any kind are asked with, case folded: they say nothing of the subject."""
    phrases = (phrase for row in table("questions") for phrase in row["words"].split(";"))
    return frozenset(word for phrase in phrases for word in phrase.split())
