"""The conversation as HTML: questions, answers with their citation chips, refusals and errors.

Everything that comes from a document, a file name, a model or a person is escaped here, once, where it enters the HTML.
A button that opens a quote carries where it stands (`data-document`, `data-start`, `data-end`); reading.js reads that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from ....rag.answer import Answer, Citation, Sentence
from ....vectorstore.markup import plain
from ....vectorstore.passage import Document, Hit
from ..history import BROKEN, DONE, FAILED, OPEN, Exchange
from ..stored import answer_of, part_of
from ..words import Words, words_in

ENGLISH = words_in("en")
_SNIPPET_CHARS = 220
_QUESTION_CHARS = 1_000
_HOVER_CHARS = 600


def conversation_html(exchanges: Sequence[Exchange], words: Words) -> str:
    """All exchanges of a conversation."""
    return "".join(exchange_html(exchange, words) for exchange in exchanges)


def exchange_html(exchange: Exchange, words: Words) -> str:
    """One question with what became of it."""
    if exchange.state == DONE:
        answer = answer_of(exchange.body)
        body = _understood(answer, words) + (_answer(answer, words) if answer.answered else _refusal(answer, words))
        body += _footer(exchange, answer, words)
    elif exchange.state == OPEN:
        body = f'<div class="r-growing"></div>{_waiting(words)}'
    elif exchange.state == FAILED:
        body = f'<p class="r-error" role="alert">{escape(exchange.body["error"])}</p>{_ask_again(words)}'
    else:
        said = words("exchange.broken" if exchange.state == BROKEN else "exchange.stopped")
        body = f'{sentences_html(*part_of(exchange.body), words)}<p class="r-broken">{said}</p>{_ask_again(words)}'
    return (
        f'<article class="r-exchange" data-exchange="{exchange.id}" data-state="{exchange.state}">'
        f"{_asked(exchange.question, words)}{body}</article>"
    )


def sentences_html(sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words = ENGLISH) -> str:
    """The sentences of an answer, each followed by its chips."""
    by_number = {citation.number: citation for citation in citations}
    return "".join(_sentence(sentence, by_number, words) for sentence in sentences)


def chip_html(citation: Citation, words: Words = ENGLISH) -> str:
    """The button that opens a quote: "1 · para. 42"; "2 · Norway" where there is neither paragraph nor page."""
    locator = citation.locator
    label = str(replace(locator, speaker=None, section=None)) or str(locator) or citation.document.name
    spoken = words("citation.spoken", number=citation.number, label=citation.label)
    quote = plain(citation.quote)
    shown = quote if len(quote) <= _HOVER_CHARS else quote[:_HOVER_CHARS].rsplit(" ", 1)[0] + " …"
    return (
        f'<button type="button" class="r-chip" {_place(citation.document, citation.start, citation.end)} '
        f'aria-label="{escape(spoken)}" data-label="{escape(citation.label)}" data-quote="{escape(shown)}">'
        f"<b>{citation.number}</b> · {escape(label)}</button>"
    )


def reference(citation: Citation) -> str:
    """A quote as it is pasted into a text: the words, then the reference in brackets."""
    return f"“{plain(citation.quote)}” ({citation.label})"


def answer_text(answer: Answer) -> str:
    """An answer as it is pasted into a text: its sentences, then each quote with its reference."""
    notes = "\n".join(f"[{citation.number}] {reference(citation)}" for citation in answer.citations)
    return f"{answer.text}\n\n{notes}" if notes else answer.text


def source_name(source: str) -> str:
    """A file's name without its folders; an address stays whole."""
    return source if "://" in source else Path(source).name


def copy_html(text: str, words: Words = ENGLISH) -> str:
    """A button that copies a quote with its reference."""
    return (
        f'<button type="button" class="r-copy" data-copy="{escape(text)}" '
        f'aria-label="{words("copy.quote")}">{words("copy")}</button>'
    )


def _asked(question: str, words: Words) -> str:
    asked = question.strip()
    shown = asked if len(asked) <= _QUESTION_CHARS else asked[:_QUESTION_CHARS] + " …"
    edit = (
        f'<button type="button" class="r-tool" data-do="edit" aria-label="{words("question.edit.label")}">'
        f"{words('question.edit')}</button>"
    )
    heading = f'<h2 class="r-question" data-full="{escape(question)}">{escape(shown)}</h2>' if shown else ""
    return f'<header class="r-asked">{heading}{edit if shown else ""}</header>'


def _answer(answer: Answer, words: Words) -> str:
    sentences = sentences_html(answer.sentences, answer.citations, words)
    sources = "".join(_source(citation, words) for citation in answer.citations)
    told = answer.notes if answer.mode == "quotes" else ()
    remarks = "".join(f'<p class="r-remark">{escape(note)}</p>' for note in told)
    return f'{sentences}{remarks}<h3 class="r-eyebrow">{words("sources")}</h3><ol class="r-sources">{sources}</ol>'


def _refusal(answer: Answer, words: Words) -> str:
    reason = escape(words.refusal(answer.text))
    notice = f'<div class="r-refusal"><strong>{words("refused")}</strong><p>{reason}</p></div>'
    if not answer.nearest:
        return notice
    nearest = "".join(_nearest(hit) for hit in answer.nearest)
    return f'{notice}<h3 class="r-eyebrow">{words("nearest")}</h3><ul class="r-nearest">{nearest}</ul>'


def _sentence(sentence: Sentence, citations: Mapping[int, Citation], words: Words) -> str:
    chips = "".join(f" {chip_html(citations[number], words)}" for number in sentence.citations if number in citations)
    if sentence.supported:
        return f'<p class="r-sentence">{escape(sentence.text)}{chips}</p>'
    doubt = f' <span class="r-doubt">{words("unsupported")}</span>'
    return f'<p class="r-sentence r-unsupported">{escape(sentence.text)}{doubt}{chips}</p>'


def _source(citation: Citation, words: Words) -> str:
    document, label = citation.document, escape(citation.label)
    spoken = escape(words("citation.read", number=citation.number, label=citation.label))
    return (
        f'<li><span class="r-number">{citation.number}</span>'
        f'<button type="button" class="r-source" {_place(document, citation.start, citation.end)} '
        f'aria-label="{spoken}">{label}'
        f'<span class="r-file">{escape(source_name(document.source))}</span></button>'
        f"{copy_html(reference(citation), words)}</li>"
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


def _place(document: Document, start: int, end: int) -> str:
    """Where a quote stands; the version tells a document that has changed since."""
    version = escape(document.sha256[:12])
    return f'data-document="{escape(document.id)}" data-start="{start}" data-end="{end}" data-version="{version}"'


def _understood(answer: Answer, words: Words) -> str:
    if answer.standalone_question == answer.question:
        return ""
    return f'<p class="r-understood">{escape(words("understood", question=answer.standalone_question))}</p>'


def _footer(exchange: Exchange, answer: Answer, words: Words) -> str:
    """How the answer was made and how long that took; what can be done with it."""
    mode = answer.model or words("mode.model") if answer.mode == "model" else words("mode.quotes")
    seconds = f"{answer.seconds.total:.2f} s" if answer.seconds.total < 1 else f"{answer.seconds.total:.1f} s"
    confined = _confined(exchange.settings.get("filters", {}), words)
    checked = answer.answered and answer.mode == "model"
    notes = "".join(f"<li>{escape(note)}</li>" for note in answer.notes) if checked else ""
    checking = f"<details><summary>{words('notes')}</summary><ul>{notes}</ul></details>" if notes else ""
    copy = (
        f'<button type="button" class="r-tool" data-copy="{escape(answer_text(answer))}" '
        f'aria-label="{words("copy.answer")}">{words("copy")}</button>'
    )
    verdicts = "".join(
        f'<button type="button" class="r-tool r-thumb" data-do="{verdict}" aria-label="{words(f"verdict.{verdict}")}" '
        f'aria-pressed="{"true" if exchange.verdict == verdict else "false"}">{_THUMB[verdict]}</button>'
        for verdict in ("up", "down")
    )
    return (
        f'<footer class="r-footer"><span>{escape(mode)}</span><span>{seconds}</span>{confined}'
        f'<span class="r-do">{copy}{_again(words)}{verdicts}</span>{checking}</footer>'
    )


def _confined(filters: Mapping[str, Any], words: Words) -> str:
    named = "; ".join(f"{words(f'filter.{name}')}: {value}" for name, value in filters.items() if name != "document")
    if "document" in filters:
        named = "; ".join(part for part in (words("filter.one_document"), named) if part)
    return f"<span>{escape(named)}</span>" if named else ""


def _again(words: Words) -> str:
    return (
        f'<button type="button" class="r-tool" data-do="again" aria-label="{words("question.again.label")}">'
        f"{words('question.again')}</button>"
    )


def _ask_again(words: Words) -> str:
    return f'<footer class="r-footer"><span class="r-do">{_again(words)}</span></footer>'


def _waiting(words: Words) -> str:
    return (
        f'<p class="r-waiting"><span class="r-dots" aria-hidden="true"></span><span>{words("answering")}</span>'
        f'<button type="button" class="r-stop" data-do="stop">{words("stop")}</button></p>'
    )


_HAND = (
    "M7 10v11H3V10h4zm2 11h8.500c.9 0 1.600-.5 1.900-1.300l2.500-6.200c.1-.3.1-.5.1-.8V11c0-1.100-.9-2-2-2h-5.500l.8-4"
    "v-.3c0-.4-.2-.8-.4-1L13.800 2.600 8.300 8.100C8 8.500 9 20 9 21z"
)
_THUMB = {
    "up": f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_HAND}"/></svg>',
    "down": f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_HAND}" transform="rotate(180 12 12)"/></svg>',
}
