"""An answer in the making that is put together of quotes, each after a few words that say what it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Passage
from ...vectorstore.store import Store
from ..answer import Citation, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Sentences of an answer with their citations, numbered from 1, and what people must know of them."""

    sentences: list[Sentence] = field(default_factory=list[Sentence])
    citations: list[Citation] = field(default_factory=list[Citation])
    notes: list[str] = field(default_factory=list[str])

    @property
    def parts(self) -> Iterator[tuple[Sentence, tuple[Citation, ...]]]:
        """Each sentence with the citations it brings along."""
        for sentence in self.sentences:
            yield sentence, tuple(self.citations[number - 1] for number in sentence.citations)

    def add(self, store: Store, document: Document, start: int, end: int, lead: str = "") -> None:
        """Quotes a place of a document, `lead` before it unless the quote itself begins so."""
        passage = _passage_at(store, document, start)
        if passage is None:
            return
        number = len(self.citations) + 1
        quote = document.text[start:end]
        self.citations.append(
            Citation(number=number, document=document, quote=quote, start=start, end=end, locator=passage.locator)
        )
        words = " ".join(plain(quote).split())
        repeats = not lead or words.startswith(lead.rstrip(" …"))
        text = f"“{words}”" if repeats else f"{lead}: “{words}”"
        self.sentences.append(Sentence(text=text, citations=(number,)))


def _passage_at(store: Store, document: Document, offset: int) -> Passage | None:
    """The passage that an offset lies in, or the next one after it."""
    return next((passage for passage in store.passages_of(document.id) if passage.end > offset), None)
