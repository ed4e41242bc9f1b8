"""From question to answer, one rung after the other:

    ask -> read_question (stand_alone) -> retrieve -> choose and quote, or a model writes and is grounded -> Answer

`climb` yields each sentence as it is ready and the whole `Answer` last.
"""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..vectorstore.errors import InputError
from ..vectorstore.passage import Filters, Hit
from ..vectorstore.store import Store
from .answer import Answer, Citation, Sentence, Timing, Turn
from .compose import MAX_QUOTES, choose, quote
from .events import SentenceReady
from .query import Query, read_question
from .question import MAX_QUESTION_CHARS, clean
from .refuse import REFUSAL, nearest, reason_to_refuse
from .retrieve import retrieve

if TYPE_CHECKING:
    from .model import Writer


def climb(
    store: Store,
    question: str,
    *,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    writer: "Writer | None" = None,
    passages: int | None = None,
    strictness: str = "usual",
) -> Iterator[SentenceReady | Answer]:
    """Answers a question, sentence by sentence; the last event is the `Answer`.

    Args:
        store: the library.
        question: as asked.
        history: the conversation so far, oldest first.
        filters: what the search is confined to.
        writer: a language model to write the answer; without one the record's own sentences are quoted.
        passages: how many an answer may quote, or the model is shown; None for the usual number.
        strictness: how near the question quotes must be, see `reason_to_refuse`.

    Raises:
        InputError: the question is empty or longer than `MAX_QUESTION_CHARS`.
        ModelError: the language model does not answer.
    """
    began = time.perf_counter()
    question = clean(question)
    check_question(question)
    query = read_question(store, question, history)
    hits = retrieve(store, query, filters=filters)
    retrieved = time.perf_counter()
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    notes: list[str] = []
    if writer is None:
        for event in _quotes(store, query, hits, notes, passages or MAX_QUOTES, strictness):
            sentences.append(event.sentence)
            citations.extend(event.citations)
            yield event
    else:
        for event in writer.write(store, query.text, hits, notes, passages):
            sentences.append(event.sentence)
            citations.extend(event.citations)
            yield event
    done = time.perf_counter()
    answered = bool(citations)
    text = " ".join(map(_numbered, sentences)) if answered else _refusal(store, hits, filters, notes)
    yield Answer(
        question=question,
        standalone_question=query.text,
        answered=answered,
        text=text,
        sentences=tuple(sentences) if answered else (Sentence(text=text),),
        citations=tuple(citations),
        nearest=() if answered else nearest(hits),
        mode="quotes" if writer is None else "model",
        model=writer.name if writer else None,
        seconds=Timing(retrieve=retrieved - began, answer=done - retrieved, total=done - began),
        notes=tuple(notes),
    )


def check_question(question: str) -> None:
    """Raises InputError for a question that is empty or longer than `MAX_QUESTION_CHARS`."""
    if not any(character.isalnum() for character in question):
        raise InputError("The question is empty. Ask something, for example: What did Norway say about pain relief?")
    if len(question) > MAX_QUESTION_CHARS:
        raise InputError(
            f"The question is {len(question):,} characters long; at most {MAX_QUESTION_CHARS:,} can be asked at once. "
            "Put long texts into the library with: rapporteur ingest FILE"
        )


def _quotes(
    store: Store, query: Query, hits: Sequence[Hit], notes: list[str], limit: int, strictness: str
) -> Iterator[SentenceReady]:
    chosen = choose(store, query, hits, notes, limit)
    if reason := reason_to_refuse(store, query, chosen, strictness):
        notes[:] = [reason]
        return
    first = next((quotable for quotable in chosen if query.expected and query.expected.met_by(quotable)), None)
    sentences, citations = quote(chosen, first)
    for sentence, citation in zip(sentences, citations, strict=True):
        yield SentenceReady(sentence=sentence, citations=(citation,))


def _refusal(store: Store, hits: Sequence[Hit], filters: Filters | None, notes: Sequence[str]) -> str:
    """What a refusal says, in one sentence: that the documents do not answer, and why where that is known."""
    said = notes[0] if notes else REFUSAL
    if not hits and not store.catalogue.count_passages():
        said = f"{REFUSAL.rstrip('.')}: the library holds none yet."
    elif not hits and filters:
        said = f"{REFUSAL.rstrip('.')}: none of them passes the filters."
    return f"{said.rstrip('.')}, but more are still being read." if store.is_writing else said


def _numbered(sentence: Sentence) -> str:
    marks = "".join(f"[{number}]" for number in sentence.citations)
    unsupported = "" if sentence.supported else " (unsupported)"
    return f"{sentence.text}{unsupported} {marks}".rstrip()
