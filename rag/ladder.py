"""From question to answer, one rung after the other:

    ask -> read_question (stand_alone) -> retrieve -> choose and quote, or a model writes and is grounded -> Answer

`climb` yields each sentence as it is ready and the whole `Answer` last.
"""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..vectorstore.errors import InputError, RapporteurError
from ..vectorstore.passage import Filters, Hit
from ..vectorstore.store import Store
from .answer import Answer, Citation, Sentence, Timing, Turn
from .compose import choose, quote
from .events import SentenceReady
from .query import Query, read_question
from .question import MAX_QUESTION_CHARS, clean
from .refuse import REFUSAL, nearest, reason_to_refuse
from .retrieve import retrieve
from .rungs import RungWatch, unwatched

if TYPE_CHECKING:
    from .model import Writer


def climb(
    store: Store,
    question: str,
    *,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    writer: "Writer | None" = None,
    watch: RungWatch = unwatched,
) -> Iterator[SentenceReady | Answer]:
    """Answers a question, sentence by sentence; the last event is the `Answer`.

    Args:
        store: the library.
        question: as asked.
        history: the conversation so far, oldest first.
        filters: what the search is confined to.
        writer: a language model to write the answer; without one the record's own sentences are quoted.
        watch: is told of every rung.

    Raises:
        InputError: the question is empty or longer than `MAX_QUESTION_CHARS`.
        ModelError: the language model does not answer.
    """
    began = time.perf_counter()
    question = clean(question)
    _check(question)
    end = watch("read_question", question)
    query = read_question(store, question, history)
    end(query.text)
    end = watch("retrieve", query.text)
    hits = retrieve(store, query, filters=filters)
    end(hits)
    retrieved = time.perf_counter()
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    notes: list[str] = []
    end = watch("write" if writer else "compose", query.text)
    try:
        events = (
            writer.write(store, query.text, hits, notes, watch) if writer else _quotes(store, query, hits, notes)
        )
        for event in events:
            sentences.append(event.sentence)
            citations.extend(event.citations)
            yield event
    except RapporteurError as error:
        end(error)
        raise
    end(sentences)
    done = time.perf_counter()
    answered = bool(citations)
    text = " ".join(map(numbered, sentences)) if answered else _refusal(store, hits, filters, notes)
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


def _check(question: str) -> None:
    if not any(character.isalnum() for character in question):
        raise InputError("The question is empty. Ask something, for example: What did Norway say about pain relief?")
    if len(question) > MAX_QUESTION_CHARS:
        raise InputError(
            f"The question is {len(question):,} characters long; at most {MAX_QUESTION_CHARS:,} can be asked at once. "
            "Put long texts into the library with: rapporteur ingest FILE"
        )


def _quotes(store: Store, query: Query, hits: Sequence[Hit], notes: list[str]) -> Iterator[SentenceReady]:
    chosen = choose(store, query, hits)
    if reason := reason_to_refuse(store, query, chosen):
        notes.append(reason)
        return
    sentences, citations = quote(chosen)
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


def numbered(sentence: Sentence) -> str:
    """A sentence with the numbers of its citations, as it stands in an answer's text."""
    marks = "".join(f"[{number}]" for number in sentence.citations)
    unsupported = "" if sentence.supported else " (unsupported)"
    return f"{sentence.text}{unsupported} {marks}".rstrip()
