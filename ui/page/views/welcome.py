"""What the page shows before the first question: what to do, and questions that the library does answer."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import cast

from markupsafe import Markup

from ....rag.answer import Answer
from ....rag.library import Library
from ....rag.pipeline import Pipeline
from ....vectorstore.errors import OnRecordError
from ....vectorstore.markup import plain
from ....vectorstore.passage import Listing, Passage
from ..words import Words
from .conversation import ENGLISH
from .template import html

_MAX_EXAMPLES = 4
_MAX_TRIED = 16
_DOCUMENTS_READ = 6
_NAME_CHARS = 60
_MIN_HEADING_WORDS = 2
_MIN_PASSAGE_CHARS = 80
_PRESIDES = re.compile(r"\b(?:chair\w*|president|moderator|secretar\w+|rapporteur)\b", re.IGNORECASE)
_ITEM = re.compile(r"^(?:agenda )?item \w+[.:]\s*|^[\w.]{1,4}[.)]\s+", re.IGNORECASE)
_CAPTION = re.compile(r"(?:table|figure|chart|map|box|annex|contents)\b", re.IGNORECASE)
_ASIDE = re.compile(r"(?:(?<!\s)\s++)?\([^()]*\)")


def welcome_html(documents: int, questions: Sequence[str] | None, words: Words = ENGLISH) -> Markup:
    """The page before the first question; `questions` are to ask by pressing them."""
    if not documents:
        return html("welcome", "empty", words=words)
    return html("welcome", "welcome", questions=questions or (), words=words)


def example_questions(library: Library) -> list[str]:
    """Up to four questions made from names, numbers and headings of the library's records, each with an answer.

    They are tried without the language model: that takes milliseconds and costs nothing.
    """
    asked_of = [
        _candidates(listing, library.store.passages_of(listing.id), first=position)
        for position, listing in enumerate(library.documents()[:_DOCUMENTS_READ])
    ]
    in_turn = [question for turn in zip_longest(*asked_of) for question in turn if question]
    found: list[str] = []
    for question in list(dict.fromkeys(in_turn))[:_MAX_TRIED]:
        if len(found) < _MAX_EXAMPLES and _is_answered(library, question):
            found.append(question)
    return found


def _is_answered(library: Library, question: str) -> bool:
    try:
        *_, answer = Pipeline(store=library.store).answer_stream(question)
    except OnRecordError:
        return False
    return cast(Answer, answer).answered


def _candidates(listing: Listing, passages: Sequence[Passage], *, first: int) -> Iterator[str]:
    """Questions about one document, one kind after the other; `first` says which kind begins."""
    telling = [passage for passage in passages if len(passage.text) >= _MIN_PASSAGE_CHARS]
    speakers: dict[str, str] = {}
    for passage in telling:
        speaker = passage.locator.speaker
        if speaker and len(speaker) < _NAME_CHARS and not _PRESIDES.search(speaker):
            speakers[speaker] = speakers.get(speaker) or _topic(passage.locator.section)
    paragraphs = dict.fromkeys(passage.locator.paragraph for passage in telling if passage.locator.paragraph)
    headings = dict.fromkeys(heading for passage in passages if (heading := _heading(passage)))
    name = listing.symbol or f"“{listing.title}”"
    kinds = [
        [f"What did {speaker} say{topic}?" for speaker, topic in speakers.items()],
        [f"What do the records say about “{heading}”?" for heading in headings],
        [f"What does paragraph {paragraph} of {name} say?" for paragraph in paragraphs if len(name) < _NAME_CHARS],
    ]
    turn = first % len(kinds)
    for questions in zip_longest(*kinds[turn:], *kinds[:turn]):
        yield from filter(None, questions)


def _topic(section: str | None) -> str:
    """The last heading that says what was spoken of, as a part of a question; empty where none does."""
    for heading in reversed((section or "").split(" > ")[1:] or [section or ""]):
        topic = " ".join(_ASIDE.sub("", _ITEM.sub("", plain(heading))).split())
        if len(topic.split()) >= _MIN_HEADING_WORDS and len(topic) < _NAME_CHARS:
            return f" about “{topic}”"
    return ""


def _heading(passage: Passage) -> str | None:
    """A heading as a topic: without its number, and only where it says enough to ask about."""
    if passage.kind != "heading" or passage.order == 0 or _CAPTION.match(plain(passage.text)):
        return None
    words = plain(passage.text).split()
    if words and words[0].endswith((".", ")")):
        words = words[1:]
    heading = " ".join(words)
    return heading if len(words) >= _MIN_HEADING_WORDS and len(heading) < _NAME_CHARS else None
