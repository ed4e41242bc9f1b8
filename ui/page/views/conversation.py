"""The conversation as HTML: questions, answers with their citation chips, refusals and errors.

The HTML is in `templates/conversation.html`, which escapes whatever comes from a document, a file name, a model or a
person; here is what it is made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from ....rag.answer import Answer, Citation, Sentence, cited_as
from ....rag.messages import LANGUAGES, in_language, message
from ....vectorstore.markup import plain
from ....vectorstore.passage import Hit
from ..history import BROKEN, DONE, FAILED, OPEN, Exchange
from ..stored import answer_of, part_of
from ..words import Words, words_in
from .template import html, together

ENGLISH = words_in("en")
_SNIPPET_CHARS = 220
_QUESTION_CHARS = 1_000
_HOVER_CHARS = 600
_SPEAKERS_NAMED = 6
_EVERYTHING_AT_ONCE = 20


def conversation_html(exchanges: Sequence[Exchange], words: Words) -> Markup:
    """All exchanges of a conversation."""
    return together(exchange_html(exchange, words) for exchange in exchanges)


def exchange_html(exchange: Exchange, words: Words) -> Markup:
    """One question with what became of it."""
    if exchange.state == DONE:
        answer = in_language(answer_of(exchange.body), words.language)
        told = _answer(answer, words) if answer.answered else _refusal(answer, words)
        body = together([_understood(answer, words), told, _footer(exchange, answer, words)])
    elif exchange.state == OPEN:
        body = html("conversation", "growing", words=words)
    elif exchange.state == FAILED:
        body = html("conversation", "failed", error=exchange.body["error"], words=words)
    else:
        said = words("exchange.broken" if exchange.state == BROKEN else "exchange.stopped")
        sentences = sentences_html(*part_of(exchange.body), words)
        body = html("conversation", "broken", sentences=sentences, says=said, words=words)
    asked = exchange.question.strip()
    shown = asked if len(asked) <= _QUESTION_CHARS else asked[:_QUESTION_CHARS] + " …"
    return html("conversation", "exchange", exchange=exchange, shown=shown, body=body, words=words)


def sentences_html(sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words = ENGLISH) -> Markup:
    """The sentences of an answer, each followed by its chips."""
    by_number = {citation.number: citation for citation in citations}
    return together(_sentence(sentence, by_number, words) for sentence in sentences)


def everything_html(answer: Answer, offset: int, words: Words) -> Markup:
    """Sentences of an answer from the one at `offset`, some at a time, with the way to more."""
    if not answer.answered:
        return html("conversation", "remark", says=in_language(answer, words.language).text)
    following = offset + _EVERYTHING_AT_ONCE
    sentences = sentences_html(answer.sentences[offset:following], answer.citations, words)
    left = len(answer.sentences) - following
    notes = () if offset else answer.notes
    return html(
        "conversation", "everything", sentences=sentences, notes=notes, following=following if left > 0 else 0,
        left=words.number(max(left, 0)), words=words,
    )  # fmt: skip


def chip_html(citation: Citation, words: Words = ENGLISH) -> Markup:
    """The button that opens a quote: "1 · para. 42"; "2 · Norway" where there is neither paragraph nor page."""
    locator = citation.locator
    place = replace(locator, speaker=None, section=None).told_in(citation.places)
    label = place or locator.told_in(citation.places) or citation.document.name
    shown = _shortened(plain(citation.quote), _HOVER_CHARS)
    return html("conversation", "chip", citation=citation, label=label, shown=shown, words=words)


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


def copy_html(citation: Citation, words: Words = ENGLISH) -> Markup:
    """A button that copies a quote with its reference."""
    return html("conversation", "copy", text=reference(citation), cite=_to_cite(citation), words=words)


def _to_cite(citation: Citation) -> str:
    """The query by which the page has a quote cited in a style."""
    place = {"start": citation.start, "end": citation.end, "version": citation.document.sha256[:12]}
    return urlencode({"document": citation.document.id, **place})


def _answer(answer: Answer, words: Words) -> Markup:
    sources = [
        {
            "citation": citation,
            "file": source_name(citation.document.source),
            "reference": reference(citation),
            "cite": _to_cite(citation),
        }
        for citation in answer.citations
    ]
    sides = {name: sentences_html(told, answer.citations, words) for name, told in answer.sides.items()}
    told = html("conversation", "compared", sides=sides)
    notes, changes = _with_changes(answer)
    return html(
        "conversation", "answered",
        sentences=told if sides else sentences_html(answer.sentences, answer.citations, words),
        remarks=notes if answer.mode == "quotes" else (), changes=changes, sources=sources,
        speakers=_speakers(answer.citations), words=words,
    )  # fmt: skip


def _with_changes(answer: Answer) -> tuple[Sequence[str], Mapping[str, str]]:
    """The notes of an answer, and the records of which all changes can be read: the page opens what a note names a
    command for."""
    command = next((each for each in answer.remarks if each.code == "changes.all"), None)
    if command is None:
        return answer.notes, {}
    told = {message(command, language) for language in LANGUAGES}
    return [note for note in answer.notes if note not in told], command.params


def _speakers(citations: Sequence[Citation]) -> list[str]:
    """Who is quoted, each once; nobody where it is too many to name."""
    names = dict.fromkeys(filter(None, (citation.locator.speaker for citation in citations)))
    return list(names) if len(names) <= _SPEAKERS_NAMED else []


def _refusal(answer: Answer, words: Words) -> Markup:
    nearest = [_near(hit, words) for hit in answer.nearest]
    head = words("inexact" if answer.status == "nearest" else "refused")
    return html("conversation", "refused", head=head, reason=answer.text, nearest=nearest, words=words)


def _near(hit: Hit, words: Words) -> dict[str, Any]:
    label = cited_as(hit.document, hit.passage.locator, words.places)
    return {"hit": hit, "snippet": _shortened(plain(hit.passage.text), _SNIPPET_CHARS), "label": label}


def _sentence(sentence: Sentence, citations: Mapping[int, Citation], words: Words) -> Markup:
    chips = [chip_html(citations[number], words) for number in sentence.citations if number in citations]
    return html("conversation", "sentence", sentence=sentence, chips=chips, words=words)


def _shortened(text: str, limit: int) -> str:
    """A text cut between two words where it is too long."""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def _understood(answer: Answer, words: Words) -> str:
    if answer.standalone_question == answer.question:
        return ""
    # What only sets a slip of the pen right leaves as many words.
    leans = len(answer.standalone_question.split()) != len(answer.question.split())
    return html("conversation", "understood", question=answer.standalone_question, leans=leans, words=words)


def _footer(exchange: Exchange, answer: Answer, words: Words) -> Markup:
    """How the answer was made and how long that took; what can be done with it."""
    checked = answer.answered and answer.mode == "model"
    return html(
        "conversation",
        "footer",
        mode=answer.model or words("mode.model") if answer.mode == "model" else words("mode.quotes"),
        seconds=f"{answer.seconds.total:.2f} s" if answer.seconds.total < 1 else f"{answer.seconds.total:.1f} s",
        tokens=_tokens(answer, exchange.body.get("cost"), words),
        confined=_confined(exchange.settings.get("filters", {}), words),
        notes=answer.notes if checked else (),
        text=answer_text(answer),
        verdict=exchange.verdict,
        answered=answer.answered,
        words=words,
    )


def _tokens(answer: Answer, cost: float | None, words: Words) -> str:
    """What a model read and wrote for an answer, and the price where one is set; empty where nothing was counted."""
    usage = answer.usage
    if usage is None or not usage.input_tokens:
        return ""
    read, written = words.number(usage.input_tokens), words.number(usage.output_tokens)
    told = words("tokens", read=read, written=written)
    return told if cost is None else f"{told} · {words('tokens.price', price=f'{cost:.4f}')}"


def _confined(filters: Mapping[str, Any], words: Words) -> str:
    named = "; ".join(f"{words(f'filter.{name}')}: {value}" for name, value in filters.items() if name != "document")
    if "document" in filters:
        several = filters["document"] if isinstance(filters["document"], list) else []
        which = words("filter.documents", count=len(several)) if len(several) > 1 else words("filter.one_document")
        named = "; ".join(part for part in (which, named) if part)
    return named
