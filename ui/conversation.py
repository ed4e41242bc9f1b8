"""The conversation as HTML: questions, answers with their citation chips, refusals and errors.

Everything that comes from a document, a file name, a model or a person is escaped here, once, where it enters the HTML.
A button that opens a quote carries where it stands (`data-document`, `data-start`, `data-end`); page.js reads that.
"""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from ..rag.answer import Answer, Citation, Sentence
from ..vectorstore.markup import plain
from ..vectorstore.passage import Document, Hit

_SNIPPET_CHARS = 180
_QUESTION_CHARS = 1_000


def conversation_html(exchanges: Sequence[str]) -> str:
    """The whole conversation; screen readers announce what is added to it."""
    return f'<div role="log" aria-live="polite" aria-label="Conversation">{"".join(exchanges)}</div>'


def pending_html(question: str, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> str:
    """An exchange whose answer is still being written."""
    waiting = '<p class="r-waiting"><span class="r-dots" aria-hidden="true"></span>Reading the records</p>'
    return _exchange(question, sentences_html(sentences, citations) + waiting)


def answered_html(answer: Answer) -> str:
    """A finished exchange: an answer with its sources, or a refusal with the nearest passages."""
    body = _answer(answer) if answer.answered else _refusal(answer)
    return _exchange(answer.question, _understood(answer) + body + _footer(answer))


def error_html(question: str, message: str) -> str:
    """An exchange that failed, with what to do about it."""
    return _exchange(question, f'<p class="r-error" role="alert">{escape(message)}</p>')


def sentences_html(sentences: Sequence[Sentence], citations: Sequence[Citation]) -> str:
    """The sentences of an answer, each followed by its chips."""
    by_number = {citation.number: citation for citation in citations}
    return "".join(_sentence(sentence, by_number) for sentence in sentences)


def chip_html(citation: Citation) -> str:
    """The button that opens a quote: "1 · para. 42"; "2 · Norway" where there is neither paragraph nor page."""
    locator = citation.locator
    label = str(replace(locator, speaker=None, section=None)) or str(locator) or citation.document.name
    spoken = f"Citation {citation.number}: {citation.label}. Read it in the document."
    return (
        f'<button type="button" class="r-chip" {_place(citation.document, citation.start, citation.end)} '
        f'aria-label="{escape(spoken)}" title="{escape(citation.label)}">'
        f"<b>{citation.number}</b> · {escape(label)}</button>"
    )


def reference(citation: Citation) -> str:
    """A quote as it is pasted into a text: the words, then the reference in brackets."""
    return f"“{plain(citation.quote)}” ({citation.label})"


def source_name(source: str) -> str:
    """A file's name without its folders; an address stays whole."""
    return source if "://" in source else Path(source).name


def _exchange(question: str, body: str) -> str:
    asked = question.strip()
    shown = asked if len(asked) <= _QUESTION_CHARS else asked[:_QUESTION_CHARS] + " …"
    heading = f'<h3 class="r-question">{escape(shown)}</h3>' if shown else ""
    return f'<article class="r-exchange">{heading}{body}</article>'


def _answer(answer: Answer) -> str:
    sentences = sentences_html(answer.sentences, answer.citations)
    sources = "".join(_source(citation) for citation in answer.citations)
    return f'{sentences}<p class="r-eyebrow">Sources</p><ol class="r-sources">{sources}</ol>'


def _refusal(answer: Answer) -> str:
    notice = f'<p class="r-refusal">{escape(answer.text)}</p>'
    if not answer.nearest:
        return notice
    nearest = "".join(_nearest(hit) for hit in answer.nearest)
    return f'{notice}<p class="r-eyebrow">Nearest passages, not an answer</p><ul class="r-nearest">{nearest}</ul>'


def _sentence(sentence: Sentence, citations: dict[int, Citation]) -> str:
    chips = "".join(f" {chip_html(citations[number])}" for number in sentence.citations if number in citations)
    if sentence.supported:
        return f'<p class="r-sentence">{escape(sentence.text)}{chips}</p>'
    doubt = ' <span class="r-doubt">no support found in the records</span>'
    return f'<p class="r-sentence r-unsupported">{escape(sentence.text)}{doubt}{chips}</p>'


def _source(citation: Citation) -> str:
    document, label = citation.document, escape(citation.label)
    return (
        f'<li><span class="r-number">{citation.number}</span>'
        f'<button type="button" class="r-source" {_place(document, citation.start, citation.end)} '
        f'aria-label="Read citation {citation.number}: {label}">{label}'
        f'<span class="r-file">{escape(source_name(document.source))}</span></button>'
        f"{copy_html(reference(citation))}</li>"
    )


def _nearest(hit: Hit) -> str:
    passage, document = hit.passage, hit.document
    words = plain(passage.text)
    snippet = words if len(words) <= _SNIPPET_CHARS else words[:_SNIPPET_CHARS].rsplit(" ", 1)[0] + " …"
    label = ", ".join(part for part in (document.name, str(passage.locator)) if part)
    return (
        f'<li><button type="button" class="r-near" {_place(document, passage.start, passage.end)}>'
        f"<span>{escape(snippet)}</span><small>{escape(label)}</small></button></li>"
    )


def copy_html(text: str) -> str:
    """A button that copies a quote with its reference."""
    return (
        f'<button type="button" class="r-copy" data-copy="{escape(text)}" '
        'aria-label="Copy the quote with its reference">Copy</button>'
    )


def _place(document: Document, start: int, end: int) -> str:
    """Where a quote stands; the version tells a document that has changed since."""
    version = escape(document.sha256[:12])
    return f'data-document="{escape(document.id)}" data-start="{start}" data-end="{end}" data-version="{version}"'


def _understood(answer: Answer) -> str:
    if answer.standalone_question == answer.question:
        return ""
    return f'<p class="r-understood">Understood as: {escape(answer.standalone_question)}</p>'


def _footer(answer: Answer) -> str:
    mode = answer.model or "Language model" if answer.mode == "model" else "Quotes only"
    seconds = f"{answer.seconds.total:.2f} s" if answer.seconds.total < 1 else f"{answer.seconds.total:.1f} s"
    notes = "".join(f"<li>{escape(note)}</li>" for note in answer.notes) if answer.answered else ""
    checking = f"<details><summary>Notes from checking</summary><ul>{notes}</ul></details>" if notes else ""
    return f'<footer class="r-footer"><span>{escape(mode)}</span><span>{seconds}</span>{checking}</footer>'
