"""An answer in the making that is put together of quotes, each after a few words that say what it is."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Hit, Locator, Passage
from ...vectorstore.store import Store
from ..answer import Citation, Remark, Sentence, remark

_LONGEST_HEAD = 500
_LEADERS = re.compile(r"(?:\s?+\.){5,}+\s?+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A part of a record as an answer quotes it: its heading, and which sentences of the answer it is, from `first` to
    before `end`. `more` finds at most so many sentences that tell most of the part beside those quoted, as passages of
    their own, for a language model to read."""

    heading: str
    first: int
    end: int
    more: Callable[[int], Sequence[Hit]] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Sentences of an answer with their citations, numbered from 1, and what people must know of them; `points` are the
    parts of a record that it tells of one by one, where it does."""

    sentences: list[Sentence] = field(default_factory=list[Sentence])
    citations: list[Citation] = field(default_factory=list[Citation])
    remarks: list[Remark] = field(default_factory=list[Remark])
    points: list[Point] = field(default_factory=list[Point])

    def remark(self, code: str, **params: object) -> None:
        """Adds what people must know: the code of its text, and what that names."""
        self.remarks.append(remark(code, **params))

    @property
    def parts(self) -> Iterator[tuple[Sentence, tuple[Citation, ...]]]:
        """Each sentence with the citations it brings along."""
        for sentence in self.sentences:
            yield sentence, tuple(self.citations[number - 1] for number in sentence.citations)

    def add(self, store: Store, document: Document, start: int, end: int, lead: str = "") -> None:
        """Quotes a place of a document, `lead` before it unless the quote itself begins so."""
        number = len(self.citations) + 1
        citation = citation_at(store, document, start, end, number)
        if not citation.quote:
            return
        self.citations.append(citation)
        words, lead = shown(citation.quote), shown(lead)
        repeats = not lead or words.startswith(lead.rstrip(" …"))
        text = f"“{words}”" if repeats else f"{lead}: “{words}”"
        self.sentences.append(Sentence(text=text, citations=(number,)))


def points_of(quoted: Quoted) -> list[Hit]:
    """The quotes of an answer as passages of their own, each once."""
    found: dict[tuple[str, int], Hit] = {}
    for each in quoted.citations:
        found.setdefault((each.document.id, each.start), point_at(each))
    return list(found.values())


def point_at(cited: Citation) -> Hit:
    """A quote of an answer as a passage of its own."""
    document = cited.document
    passage = Passage(
        id=f"{document.id}-{cited.start}-{cited.end}", document_id=document.id, text=cited.quote,
        start=cited.start, end=cited.end, locator=cited.locator, context=document.title,
    )  # fmt: skip
    return Hit(passage=passage, document=document, score=0.0)


def passage_of(hit: Hit, start: int, end: int) -> Hit:
    """A stretch of a passage as a passage of its own, at the same place."""
    document = hit.document
    passage = replace(
        hit.passage, id=f"{document.id}-{start}-{end}", text=document.text[start:end], start=start, end=end
    )  # fmt: skip
    return replace(hit, passage=passage)


def shown(text: str) -> str:
    """Words of a record as an answer shows them: in one line, without marks, and with no number of a citation."""
    words = _LEADERS.sub(" … ", " ".join(plain(text).split()))
    return re.sub(r"\[(\d+)\]", r"(note \1)", words)


def told_of(document: Document, quote: str, *more: str) -> str:
    """What tells a record from others (its title, symbol, body and date) and is not in its quote, and `more`."""
    facts = (document.title, document.symbol, document.body, document.date)
    said: list[str] = []
    for fact in filter(None, facts):
        if not any(fact in other for other in (quote, *said)):
            said.append(fact)
    return ", ".join([*said, *more])


def citation_at(
    store: Store, document: Document, start: int, end: int, number: int = 1, within: Locator | None = None
) -> Citation:
    """A place in a document as a citation, quoted without the spaces around, at the sub-paragraph that holds it.

    `within` is the place of the passage around it, where that is known; else it is looked up.
    """
    quote = document.text[start:end]
    start += len(quote) - len(quote.lstrip())
    quote = quote.strip()
    end = start + len(quote)
    if within is None:
        passage = store.catalogue.passage_at(document.id, start)
        within = passage.locator if passage else Locator()
    locator = _place_within(store, document.id, start, end, within)
    return Citation(number=number, document=document, quote=quote, start=start, end=end, locator=locator)


def head_of(store: Store, document: Document) -> Citation:
    """The title of a document where it stands in it, else its first line: it stands for all of it."""
    text, title = document.text, document.title
    start = max(text.find(title), 0)
    first_line = len(text[start : start + _LONGEST_HEAD].lstrip("\n").split("\n")[0])
    return citation_at(store, document, start, start + (len(title) if text.startswith(title, start) else first_line))


def _place_within(store: Store, document_id: str, start: int, end: int, locator: Locator) -> Locator:
    """Where a quote stands in its passage: "7" is "7 (h)" where all of it stands in that sub-paragraph."""
    number = store.catalogue.paragraph_at(document_id, start, end) if locator.paragraph else None
    return replace(locator, paragraph=number) if (number or "").startswith(f"{locator.paragraph} (") else locator
