"""A conversation exported as Markdown and as one HTML file, every citation a note with its quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count

from ....rag.answer import Citation, Sentence
from ....vectorstore.markup import plain
from ..history import DONE, Conversation, Exchange
from ..stored import answer_of, part_of
from ..views.conversation import source_name
from ..words import Words

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#"})
_STYLE = """
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.2rem; font: 1.05rem/1.6 Charter, Georgia, serif;
  color: #22262b; background: #fff; }
h1 { font-size: 1.6rem; line-height: 1.3; } h2 { margin-top: 2.6rem; font-size: 1.2rem; }
.how, .file { color: #5d646d; font-size: .85rem; } .doubt { color: #8a4b0f; }
blockquote { margin: .2rem 0; padding-left: .9rem; border-left: 3px solid #d8d4ca; }
sup a { text-decoration: none; color: #1f5673; } li { margin-bottom: .9rem; font-size: .95rem; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A citation with its number in the whole conversation."""

    number: int
    citation: Citation


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


def told(exchanges: Sequence[Exchange], words: Words) -> list[ExportedExchange]:
    """The exchanges that have something to say, their citations numbered through."""
    numbers = count(1)
    found = []
    for exchange in exchanges:
        if exchange.state == DONE:
            answer = answer_of(exchange.body)
            sentences, citations = answer.sentences, answer.citations
            mode = answer.model or words("mode.model") if answer.mode == "model" else words("mode.quotes")
        else:
            sentences, citations = part_of(exchange.body)
            mode = words("exchange.stopped")
        notes = {citation.number: Note(number=next(numbers), citation=citation) for citation in citations}
        numbered = tuple((one, tuple(notes[n] for n in one.citations if n in notes)) for one in sentences)
        if numbered:
            how = f"{mode}, {exchange.at[:10]}"
            found.append(ExportedExchange(question=" ".join(exchange.question.split()), sentences=numbered, how=how))
    return found


def as_markdown(conversation: Conversation, exchanges: Sequence[Exchange], words: Words) -> str:
    """The conversation in Markdown, citations as footnotes."""
    parts = [f"# {words('export.heading')}"]
    notes: list[Note] = []
    for one in told(exchanges, words):
        parts.append(f"## {_inert(one.question)}")
        for sentence, cited in one.sentences:
            doubt = "" if sentence.supported else f" *({words('unsupported')})*"
            marks = "".join(f"[^{note.number}]" for note in cited)
            parts.append(f"{_inert(sentence.text)}{doubt}{marks}")
        parts.append(f"*{_inert(one.how)}*")
        notes += one.notes
    parts += [f"[^{note.number}]: {_inert(note_text(note.citation))}" for note in notes]
    return "\n\n".join(parts) + "\n"


def as_html(conversation: Conversation, exchanges: Sequence[Exchange], words: Words) -> str:
    """The conversation as one HTML file that asks for nothing else."""
    body = []
    for one in told(exchanges, words):
        body.append(f"<section><h2>{escape(one.question)}</h2>")
        for sentence, cited in one.sentences:
            doubt = "" if sentence.supported else f' <span class="doubt">({words("unsupported")})</span>'
            marks = "".join(f'<sup><a id="at{n.number}" href="#note{n.number}">{n.number}</a></sup> ' for n in cited)
            body.append(f"<p>{escape(sentence.text)}{doubt}{marks.rstrip()}</p>")
        body.append(f'<p class="how">{escape(one.how)}</p>')
        if one.notes:
            notes = "".join(_note(note) for note in one.notes)
            body.append(f'<h3>{words("sources")}</h3><ol start="{one.notes[0].number}">{notes}</ol>')
        body.append("</section>")
    title = escape(conversation.title)
    return (
        f'<!doctype html>\n<html lang="{words.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><h1>{words('export.heading')}</h1>{''.join(body)}</body></html>\n"
    )


def note_text(citation: Citation) -> str:
    """A note: the reference, the file, and the quote."""
    return f"{citation.label} ({source_name(citation.document.source)}): “{plain(citation.quote)}”"


def _note(note: Note) -> str:
    citation = note.citation
    return (
        f'<li id="note{note.number}"><blockquote>{escape(plain(citation.quote))}</blockquote>'
        f'{escape(citation.label)} <span class="file">{escape(source_name(citation.document.source))}</span> '
        f'<a href="#at{note.number}">↩</a></li>'
    )


def _inert(text: str) -> str:
    """Text in which nothing is Markdown, on one line."""
    return " ".join(text.split()).translate(_MARKS)
