"""A conversation exported as Markdown and as one HTML file, every citation a note with its quote."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from ....rag.answer import Citation, Sentence
from ....rag.answering.quoted import shown
from ....rag.messages import in_language
from ....rag.tools.citations.styles import PLAIN, cited
from ....vectorstore.markup import plain
from ..history import DONE, Conversation, Exchange
from ..stored import answer_of, part_of
from ..views.conversation import source_name
from ..views.template import html
from ..words import Words

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A citation with its number in the whole conversation."""

    number: int
    citation: Citation
    label: str
    with_quote: bool

    @property
    def quote(self) -> str:
        """The words quoted."""
        return plain(self.citation.quote)

    @property
    def text(self) -> str:
        """The reference, and the quote where it is to stand in the note."""
        return f"{self.label}: “{self.quote}”" if self.with_quote else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedExchange:
    """An exchange as it is written out: its sentences with their notes, and how it was made."""

    question: str
    sentences: tuple[tuple[Sentence, tuple[Note, ...]], ...]
    how: str

    @property
    def notes(self) -> list[Note]:
        """The notes, each once."""
        return list(dict.fromkeys(note for _, notes in self.sentences for note in notes))


def told(exchanges: Sequence[Exchange], words: Words, style: str) -> list[ExportedExchange]:
    """The exchanges that have something to say, their citations numbered through."""
    numbers = count(1)
    found = []
    for exchange in exchanges:
        if exchange.state == DONE:
            answer = in_language(answer_of(exchange.body), words.language)
            sentences, citations = answer.sentences, answer.citations
            mode = answer.model or words("mode.model") if answer.mode == "model" else words("mode.quotes")
        else:
            sentences, citations = part_of(exchange.body)
            mode = words("exchange.stopped")
        notes = {note.citation.number: note for note in _notes(sentences, citations, numbers, style)}
        numbered = tuple((one, tuple(notes[n] for n in one.citations if n in notes)) for one in sentences)
        if numbered:
            how = f"{mode}, {exchange.at[:10]}"
            found.append(ExportedExchange(question=" ".join(exchange.question.split()), sentences=numbered, how=how))
    return found


def _notes(
    sentences: Sequence[Sentence], citations: Sequence[Citation], numbers: Iterator[int], style: str
) -> Iterator[Note]:
    """The notes of an answer. Set in a style, a note has no quote that the sentence above it bears already."""
    text = " ".join(plain(sentence.text) for sentence in sentences)
    for citation, label in zip(citations, cited(citations, style), strict=True):
        if style == PLAIN:
            label = f"{label} ({source_name(citation.document.source)})"
        with_quote = style == PLAIN or shown(citation.quote) not in text
        yield Note(number=next(numbers), citation=citation, label=label, with_quote=with_quote)


def as_markdown(conversation: Conversation, exchanges: Sequence[Exchange], words: Words, style: str = PLAIN) -> str:
    """The conversation in Markdown, citations as footnotes."""
    parts = [f"# {words('export.heading')}"]
    notes: list[Note] = []
    for one in told(exchanges, words, style):
        parts.append(f"## {_inert(one.question)}")
        for sentence, notes_of_it in one.sentences:
            doubt = "" if sentence.supported else f" *({words('unsupported')})*"
            marks = "".join(f"[^{note.number}]" for note in notes_of_it)
            parts.append(f"{_inert(sentence.text)}{doubt}{marks}")
        parts.append(f"*{_inert(one.how)}*")
        notes += one.notes
    parts += [f"[^{note.number}]: {_inert(note.text)}" for note in notes]
    return "\n\n".join(parts) + "\n"


def as_html(conversation: Conversation, exchanges: Sequence[Exchange], words: Words, style: str = PLAIN) -> str:
    """The conversation as one HTML file that asks for nothing else."""
    exchanged = told(exchanges, words, style)
    return html("export", "file", title=conversation.title, exchanges=exchanged, words=words)


def _inert(text: str) -> str:
    """Text in which nothing is Markdown, on one line."""
    return " ".join(text.split()).translate(_MARKS)
