"""From question to answer, one stage after the other:

    ask -> read_question (stand_alone) -> retrieve -> choose and quote, or a model writes and is grounded -> Answer

`answer_stream` yields each sentence as it is ready and the whole `Answer` last.
"""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..vectorstore.errors import InputError, ModelUnavailable, OnRecordError
from ..vectorstore.passage import Filters, Hit
from ..vectorstore.store import Store
from .answer import Answer, Citation, Sentence, Timing, Turn
from .answering.abstain import REFUSAL, nearest, reason_to_refuse
from .answering.select import MAX_QUOTES, choose, quote
from .events import SentenceReady
from .generation.llm import Tally
from .observer import StageObserver, no_observer
from .query.parse import Query, read_question
from .query.question import MAX_QUESTION_CHARS, clean
from .query.vocabulary import corrected
from .retrieval.retrieve import retrieve

if TYPE_CHECKING:
    from .generation.writer import Writer
    from .retrieval.rerank import Reranker

MAX_TURNS = 8
MAX_TURN_ANSWER_CHARS = 20_000


def answer_stream(
    store: Store,
    question: str,
    *,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    writer: "Writer | None" = None,
    reranker: "Reranker | None" = None,
    passages: int | None = None,
    strictness: str = "usual",
    watch: StageObserver = no_observer,
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
        reranker: puts the best passages in its own order first.
        watch: is told of every stage.

    A question that cannot be asked (`check_question`) is refused. While the model's service is silent, the record's own
    sentences are quoted instead and `notes` says why; what the model wrote before it broke off stays.

    Raises:
        ModelError: the language model does not accept the request, or is silent and the writer does not fall back; or
            the reranker cannot be loaded.
    """
    began = time.perf_counter()
    question = clean(question)
    if not_askable := _not_askable(question):
        yield _refused(question, not_askable)
        return
    tally = Tally()
    end = watch("read_question", question)
    query = _understood(store, question, history, writer, tally)
    end(query.text)
    end = watch("retrieve", query.text)
    hits = retrieve(store, query, filters=filters, reranker=reranker)
    end(hits)
    retrieved = time.perf_counter()
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    notes: list[str] = []
    end = watch("write" if writer else "compose", query.text)
    try:
        for event in _events(store, query, hits, notes, writer, tally, passages, strictness, watch):
            sentences.append(event.sentence)
            citations.extend(event.citations)
            yield event
    except ModelUnavailable as error:
        end(error)
        if writer is None or not (writer.falls_back or citations):
            raise
        if citations:
            notes.insert(0, f"{error} What stands here was written and checked before; more may be missing.")
        else:
            notes, writer = [], None
            end = watch("compose", query.text)
            for event in _quotes(store, query, hits, notes, passages, strictness):
                sentences.append(event.sentence)
                citations.extend(event.citations)
                yield event
            end(sentences)
            notes.append(f"{error} So these are the record's own sentences, chosen without it.")
    except OnRecordError as error:
        end(error)
        raise
    else:
        end(sentences)
    done = time.perf_counter()
    answered = bool(citations)
    missing = store.meaning_fault()
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
        notes=(*(notes or ([] if answered else [text])), missing) if missing else tuple(notes),
        usage=tally.usage,
    )


def check_question(question: str) -> None:
    """Raises InputError where a question cannot be asked: it has no words, or is longer than `MAX_QUESTION_CHARS`.

    For whoever tells a wrong use from a refusal; `answer_stream` itself refuses.
    """
    if reason := _not_askable(question):
        raise InputError(reason)


def _not_askable(question: str) -> str | None:
    if len(question) > MAX_QUESTION_CHARS:
        return (
            f"The question is {len(question):,} characters long; at most {MAX_QUESTION_CHARS:,} can be asked at once. "
            "Put long texts into the library with: onrecord ingest FILE"
        )
    if not any(character.isalnum() for character in question):
        return "The question is empty. Ask something, for example: What did Norway say about pain relief?"
    return None


def _refused(question: str, reason: str) -> Answer:
    what = "too long" if len(question) > MAX_QUESTION_CHARS else "empty"
    text = f"{REFUSAL.rstrip('.')}: it is {what}."
    return Answer(
        question=question,
        standalone_question=question,
        answered=False,
        text=text,
        sentences=(Sentence(text=text),),
        notes=(reason,),
    )


def _recent(history: Sequence[Turn]) -> list[Turn]:
    """The end of a conversation, as much of it as a question can refer to; what is longer than that is cut off."""
    return [
        Turn(question=turn.question[:MAX_QUESTION_CHARS], answer=turn.answer[:MAX_TURN_ANSWER_CHARS])
        for turn in history[-MAX_TURNS:]
    ]


def _understood(store: Store, question: str, history: Sequence[Turn], writer: "Writer | None", tally: Tally) -> Query:
    """The question as understood; where a model writes, it makes a follow-up stand alone, if it can."""
    history = _recent(history)
    if writer is not None and history:
        alone = writer.stand_alone(store, corrected(store, question), history, tally)
        if alone is not None:
            return read_question(store, alone)
    return read_question(store, question, history)


def _events(
    store: Store,
    query: Query,
    hits: Sequence[Hit],
    notes: list[str],
    writer: "Writer | None",
    tally: Tally,
    passages: int | None,
    strictness: str,
    watch: StageObserver,
) -> Iterator[SentenceReady]:
    if writer is None:
        return _quotes(store, query, hits, notes, passages, strictness)
    wide = query.wants_list or bool(query.compared)
    return writer.write(store, query.text, hits, notes, tally, wide=wide, limit=passages, watch=watch)


def _quotes(
    store: Store,
    query: Query,
    hits: Sequence[Hit],
    notes: list[str],
    passages: int | None,
    strictness: str,
) -> Iterator[SentenceReady]:
    chosen = choose(store, query, hits, notes, passages or MAX_QUOTES)
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


def numbered(sentence: Sentence) -> str:
    """A sentence with the numbers of its citations, as it stands in an answer's text."""
    marks = "".join(f"[{number}]" for number in sentence.citations)
    unsupported = "" if sentence.supported else " (unsupported)"
    return f"{sentence.text}{unsupported} {marks}".rstrip()
