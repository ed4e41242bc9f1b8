"""What the page shows before the first question: what to do, and questions that the library does answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

from markupsafe import Markup

from ....rag.answer import Answer
from ....rag.library import Library
from ....rag.pipeline import Pipeline
from ....vectorstore.errors import OnRecordError
from ....vectorstore.markup import plain
from ....vectorstore.passage import Listing, Passage
from ....vectorstore.structure import Heading, Item, SpeakerTurn, Structure
from ..words import Words
from .conversation import ENGLISH
from .template import html

_MAX_EXAMPLES = 4
_MAX_TRIED = 16
_DOCUMENTS_READ = 6
_NAME_CHARS = 60
_NUMBER_ALONE = re.compile(
    r"[^\W\d_]{2,16} (?:(?:no|nr)\.? ?|n[°º] ?|#)?(?:\d{1,4}[a-z]?|[ivxlc]{1,6}|[a-z])\W{0,3}", re.IGNORECASE
)
_MIN_TOPIC_WORDS = 2
_MIN_CHARS = 80
_PRESIDES = re.compile(r"\b(?:chair\w*|president|moderator|secretar\w+|rapporteur)\b", re.IGNORECASE)
_ITEM = re.compile(r"^(?:(?:agenda )?item|chapter|section|part) \w+[.:]\s*|^[\w.]{1,4}[.)]\s+", re.IGNORECASE)
_CAPTION = re.compile(r"(?:table|figure|chart|map|box|annex|contents)\b", re.IGNORECASE)
_LIST_MARK = re.compile(r"[*+•·◦▪▫●○■□‣⁃–—>\-]")
_NOTE = re.compile(
    r"[(\[][^()\[\]]*[)\]]\s*$|(?:note|n\.?b\.?|skipped|postponed|no discussion|not discussed)\b", re.IGNORECASE
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|should|must|cannot|did|does|we|they|it)\b")
_TWO_SENTENCES = re.compile(r"[^\W\d_]{3}[.!?] +\S")
_ASIDE = re.compile(r"(?:(?<!\s)\s++)?\([^()]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, and the stretch of the document that it was made from, which an answer has to quote."""

    question: str
    document_id: str
    start: int
    end: int


def welcome_html(documents: int, questions: Sequence[str] | None, words: Words = ENGLISH) -> Markup:
    """The page before the first question; `questions` are to ask by pressing them."""
    if not documents:
        return html("welcome", "empty", words=words)
    return html("welcome", "welcome", questions=questions or (), words=words)


def example_questions(library: Library, words: Words = ENGLISH) -> list[str]:
    """Up to four questions on what was decided, said and dealt with in the library's records, each with an answer.

    They are tried without the language model: that takes milliseconds and costs nothing.
    """
    store = library.store
    asked_of = [
        _candidates(listing, store.structure(listing.id), store.passages_of(listing.id), words, first=position)
        for position, listing in enumerate(library.documents()[:_DOCUMENTS_READ])
    ]
    in_turn = [example for turn in zip_longest(*asked_of) for example in turn if example]
    found: list[str] = []
    for example in list({each.question: each for each in in_turn}.values())[:_MAX_TRIED]:
        if len(found) < _MAX_EXAMPLES and _is_answered(library, example):
            found.append(example.question)
    return found


def _is_answered(library: Library, example: Example) -> bool:
    """Whether an answer quotes what the question was made from."""
    try:
        *_, answer = Pipeline(store=library.store).answer_stream(example.question)
    except OnRecordError:
        return False
    return any(
        each.document.id == example.document_id and each.start < example.end and example.start < each.end
        for each in cast(Answer, answer).citations
    )


def _candidates(
    listing: Listing, structure: Structure, passages: Sequence[Passage], words: Words, *, first: int
) -> Iterator[Example]:
    """Questions about one document, one kind after the other; `first` says which kind begins."""
    kinds = [
        list(_on_decisions(listing, structure, words)),
        list(_on_speakers(listing, structure, words)),
        list(_on_topics(listing, structure, passages, words)),
    ]
    turn = first % len(kinds)
    for examples in zip_longest(*kinds[turn:], *kinds[:turn]):
        yield from filter(None, examples)
    yield from _on_paragraphs(listing, passages, words)


def _on_decisions(listing: Listing, structure: Structure, words: Words) -> Iterator[Example]:
    """What was decided on the items of which an outcome is stored, those dealt with at most length first."""
    told = {outcome.item: _bare(outcome.text) for outcome in structure.outcomes}
    for item in sorted(structure.items, key=_length, reverse=True):
        if item.id in told and told[item.id] not in _bare(item.heading) and (topic := _topic(item.heading, listing)):
            question = words("welcome.decided", topic=topic)
            yield Example(question=question, document_id=listing.id, start=item.start, end=item.end)


def _on_speakers(listing: Listing, structure: Structure, words: Words) -> Iterator[Example]:
    """What those said who spoke most, on the matter that they spoke longest to where it has a heading."""
    topics = {item.id: _topic(item.heading, listing) for item in structure.items}
    by_speaker: dict[str, list[SpeakerTurn]] = {}
    for turn in structure.turns:
        if len(turn.speaker) < _NAME_CHARS and not _PRESIDES.search(turn.speaker):
            by_speaker.setdefault(turn.speaker, []).append(turn)
    for turns in sorted(by_speaker.values(), key=lambda turns: -sum(map(_length, turns))):
        longest = max(turns, key=_length)
        if _length(longest) < _MIN_CHARS:
            continue
        topic = topics.get(longest.item or "")
        question = words("welcome.said_on" if topic else "welcome.said", speaker=longest.speaker, topic=topic)
        yield Example(question=question, document_id=listing.id, start=turns[0].start, end=turns[-1].end)


def _on_topics(listing: Listing, structure: Structure, passages: Sequence[Passage], words: Words) -> Iterator[Example]:
    """What stands under an item's heading, or where the record has no items under one that something stands under."""
    parts: Sequence[Item | Heading] = structure.items
    if not parts:
        titles = {passage.start for passage in passages if passage.kind == "heading" and passage.order > 0}
        parts = [each for each in structure.headings if each.start in titles and _length(each) >= _MIN_CHARS]
    for part in sorted(parts, key=_length, reverse=True):
        heading = part.heading if isinstance(part, Item) else part.text.rsplit(" > ", 1)[-1]
        if topic := _topic(heading, listing):
            question = words("welcome.about", topic=topic)
            yield Example(question=question, document_id=listing.id, start=part.start, end=part.end)


def _on_paragraphs(listing: Listing, passages: Sequence[Passage], words: Words) -> Iterator[Example]:
    """What a numbered paragraph says, of a record with a name that is short enough to ask for."""
    name = listing.symbol or f"“{listing.title}”"
    for passage in passages:
        paragraph = passage.locator.paragraph
        if paragraph and len(passage.text) >= _MIN_CHARS and len(name) < _NAME_CHARS:
            question = words("welcome.paragraph", paragraph=paragraph, name=name)
            yield Example(question=question, document_id=listing.id, start=passage.start, end=passage.end)


def _length(part: Item | Heading | SpeakerTurn) -> int:
    return part.end - part.start


def _bare(text: str) -> str:
    """The words of a text, without marks of lists, case and what ends a sentence."""
    return " ".join(plain(text).casefold().split()).lstrip("*+•·◦▪●–—>- ").rstrip(" .;,:!")


def _is_said(heading: str) -> bool:
    """Whether a heading is a note or a sentence rather than the name of a matter."""
    bare = _ITEM.sub("", heading)
    is_sentence = bare.endswith((".", "!")) and _VERB.search(bare)
    return bool(_NOTE.match(bare) or _LIST_MARK.match(bare) or is_sentence or _TWO_SENTENCES.search(bare))


def _topic(heading: str, listing: Listing) -> str | None:
    """A heading as a topic, without its number and asides.

    None where it says too little, is a lead-in or the title, an entry of a list, a note or a sentence.
    """
    whole = " ".join(plain(heading).split())
    if _LIST_MARK.match(whole) or _is_said(whole) or _NUMBER_ALONE.fullmatch(whole):
        return None
    topic = " ".join(_ASIDE.sub("", _ITEM.sub("", whole)).split()).rstrip(" .;,")
    is_short = _MIN_TOPIC_WORDS <= len(topic.split()) and len(topic) < _NAME_CHARS
    is_title = topic.casefold() in listing.title.casefold()
    return topic if is_short and not is_title and not topic.endswith(":") and not _CAPTION.match(topic) else None
