"""From question to answer, one stage after the other:

    parse_query -> rewrite -> retrieve -> select -> abstain? -> quote | generate -> verify -> Answer

`Pipeline.answer_stream` yields each sentence as it is ready and the whole `Answer` last.
"""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..vectorstore.errors import ModelUnavailable, OnRecordError
from ..vectorstore.passage import Filters, Hit
from ..vectorstore.store import Store
from .answer import Answer, Citation, NotAskable, Refusal, Remark, Sentence, Timing, Turn, numbered, remark
from .answering.abstain import NOT_ANSWERED, nearest, nearness, reason_to_refuse, symbol_left_out
from .answering.differs import with_differing
from .answering.kinds.overview import briefing
from .answering.kinds.statements import count_statements
from .answering.kinds.ways import from_catalogue, own_way
from .answering.once import each_once
from .answering.quoted import Quoted, points_of
from .answering.select import MAX_QUOTES, choose, quote
from .answering.together import together
from .events import Note, SentenceReady, StageEnd, StageObserver, no_observer
from .generation.llm import Tally
from .messages import advice, message
from .query.follow_up import follows_up, names_its_subject, points_at_somebody
from .query.kinds import Length, courtesy, language_of_courtesy, wants_overview
from .query.parse import Query, in_thread, is_nameless, leaves, of_records_named, parse_query, said_in_thread
from .query.question import MAX_QUESTION_CHARS, clean
from .query.two_parts import two_parts
from .query.vocabulary import corrected
from .retrieval.everything import everything
from .retrieval.retrieve import retrieve
from .retrieval.thread import thread
from .tools.translations import with_versions
from .verification.planted import marked

if TYPE_CHECKING:
    from .generation.writer import Writer
    from .retrieval.rerank import Reranker

MAX_NAMED = 3
# Set by eye on conversations over development records: a question that names nothing stays in the records last quoted
# where nothing elsewhere comes nearer; what somebody said, on no subject, where they speak there at all.
NEAR_ENOUGH, NEAR_ENOUGH_BY_SPEAKER = 0.75, 0.3

__all__ = ["Pipeline", "StageEnd", "StageObserver", "check_question", "no_observer", "numbered"]


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What answers questions on a library; safe to share between threads.

    Args:
        store: the library.
        writer: a language model to write the answers; without one the record's own sentences are quoted.
        reranker: puts the best passages in its own order first.
        passages: how many an answer may quote, or the model is shown; None for the usual number.
        strictness: how near the question quotes must be, see `reason_to_refuse`.
    """

    store: Store
    writer: "Writer | None" = None
    reranker: "Reranker | None" = None
    passages: int | None = None
    strictness: str = "usual"

    def answer_stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        observer: StageObserver = no_observer,
    ) -> Iterator[SentenceReady | Answer]:
        """Answers a question, sentence by sentence; the last event is the `Answer`.

        `history` is the conversation so far, oldest first; `filters` say what the search is confined to; `observer` is
        told of every stage. A question that cannot be asked (`check_question`) is refused. While the model's service is
        silent, the record's own sentences are quoted instead and `notes` says why; what the model wrote before it broke
        off stays.

        Raises:
            ModelError: the language model does not accept the request, or is silent and the writer does not fall back;
                or the reranker cannot be loaded.
        """
        question = clean(question)
        if refusal := _not_askable(question) or _courtesy(question):
            yield _refused(question, refusal)
            return
        if self.writer and self.writer.is_used_up:
            for event in replace(self, writer=None).answer_stream(
                question, history=history, filters=filters, observer=observer
            ):
                yield _noted(event, remark("tokens_used_up")) if isinstance(event, Answer) else event
            return
        asked = _Asked(question=question, filters=filters, observer=observer)
        query = self._parse(asked, history)
        if told := self._in_two(asked, query, history):
            draft = _Draft()
            yield from draft.kept(told)
            yield self._answer(asked, query, [], draft, time.perf_counter())
            return
        asked, query, hits = self._in_thread(asked, query, history) or self._in_records_named(asked, query)
        retrieved = time.perf_counter()
        draft = _Draft(writer=self.writer)
        try:
            yield from draft.kept(
                self._generate(asked, query, hits) if self.writer else self._quote(asked, query, hits, None)
            )
        except ModelUnavailable as error:
            if self.writer is None or not (self.writer.falls_back or draft.citations):
                raise
            if draft.citations:
                draft.add(remark("broke_off", error=error), first=True)
            else:
                draft = _Draft()
                yield from draft.kept(self._quote(asked, query, hits, None))
                draft.add(remark("fell_back", error=error), first=True)
        if self._may_have_passed_over(draft):
            draft = yield from self._instead(asked, query, hits, draft)
        yield self._answer(asked, query, hits, draft, retrieved)

    def _may_have_passed_over(self, draft: "_Draft") -> bool:
        """Whether a small model wrote nothing that holds: of 24 questions that Qwen2.5-Coder-1.5B did not answer so,
        the program answers 21 (docs/models.md)."""
        writer = draft.writer
        if writer is None or writer.selects or draft.sentences:
            return False
        return writer.falls_back and writer.service.capacity().is_small

    def _instead(
        self, asked: "_Asked", query: Query, hits: Sequence[Hit], draft: "_Draft"
    ) -> Generator[SentenceReady, None, "_Draft"]:
        """The record's own sentences in place of a model's refusal; the refusal stays where there are none."""
        quoted = _Draft()
        yield from quoted.kept(self._quote(asked, query, hits, None))
        if not quoted.citations:
            return draft
        quoted.add(remark("passed_over"), first=True)
        quoted.notes.extend(draft.notes)
        quoted.remarks.extend(draft.remarks)
        return quoted

    def overview(
        self, question: str, *, about: str = "", filters: Filters | None = None, length: Length = "usual"
    ) -> Answer:
        """A briefing on what the filters let through, or what they let through on a subject; quotes only.

        `question` is what the answer is to; nothing told is a refusal.
        """
        asked = _Asked(question=question, filters=filters, observer=no_observer)
        query = parse_query(self.store, about or question)
        hits = retrieve(self.store, query, filters=filters) if about else []
        quoted = briefing(self.store, filters or Filters(), about, hits, length, query.language)
        return self._put_together(asked, replace(query, text=question), hits, quoted)

    def everything(self, question: str, *, history: Sequence[Turn] = (), filters: Filters | None = None) -> Answer:
        """Every sentence on the subject of a question, record by record; nothing is chosen, nothing written."""
        asked = _Asked(question=clean(question), filters=filters, observer=no_observer)
        query = parse_query(self.store, asked.question, history)
        return self._put_together(asked, query, [], everything(self.store, query, filters))

    def _put_together(self, asked: "_Asked", query: Query, hits: Sequence[Hit], quoted: Quoted | None) -> Answer:
        """An answer of what is quoted; a refusal where nothing is."""
        retrieved, draft = time.perf_counter(), _Draft()
        for _ in draft.kept(_events(quoted) if quoted else ()):
            pass
        return self._answer(asked, query, hits, draft, retrieved)

    def _parse(self, asked: "_Asked", history: Sequence[Turn]) -> Query:
        """The question as understood; where a model writes, it makes a follow-up stand alone, if it can."""
        end = asked.observer("parse_query", asked.question)
        alone = self._rewritten(asked, history)
        query = parse_query(self.store, asked.question, history) if alone is None else parse_query(self.store, alone)
        end(query.text)
        return query

    def _rewritten(self, asked: "_Asked", history: Sequence[Turn]) -> str | None:
        """A follow-up as the model makes it stand alone; None where it is none, or the model cannot."""
        if self.writer is None or not history:
            return None
        question = corrected(self.store, asked.question)
        return self.writer.stand_alone(self.store, question, history, asked.tally) if follows_up(question) else None

    def _retrieve(self, asked: "_Asked", query: Query) -> list[Hit]:
        end = asked.observer("retrieve", query.text)
        hits = retrieve(self.store, query, filters=asked.filters, reranker=self.reranker)
        end(hits)
        return hits

    def _in_two(self, asked: "_Asked", query: Query, history: Sequence[Turn]) -> list[SentenceReady | Remark] | None:
        """What answers a question that asks two things, each by itself, the second as it follows the first; None where
        it asks one, where a model answers, or where neither is answered."""
        parts = two_parts(query.own) if self.writer is None and not (query.compared or query.wants_list) else None
        if parts is None or from_catalogue(self.store, query, asked.filters):
            return None
        answers: list[Answer] = []
        for part in parts:
            *_, answer = self.answer_stream(part, history=history, filters=asked.filters, observer=asked.observer)
            assert isinstance(answer, Answer)
            answers.append(answer)
            history = [*history, Turn(question=part, answer=answer.text)]
        return together(answers) if any(answer.answered for answer in answers) else None

    def _in_thread(
        self, asked: "_Asked", query: Query, history: Sequence[Turn]
    ) -> tuple["_Asked", Query, list[Hit]] | None:
        """A question that the records of the last answer answer: asked of these alone; None for any other.

        A follow-up is; what stands alone but names nothing is where nothing else comes much nearer. A follow-up on
        something that these records do not hold is asked of all, by itself.
        """
        if not history or query.compared or not (query.follows or is_nameless(self.store, query)):
            return None
        found = thread(self.store, history, asked.filters)
        if found is None or leaves(self.store, asked.question, found):
            return None
        within, staying = replace(asked, filters=found.within(asked.filters)), in_thread(self.store, query, found)
        hits = self._retrieve(within, staying)
        if not said_in_thread(self.store, staying, hits):
            return None
        if not query.follows:
            near = nearness(choose(self.store, staying, hits).quotables)
            by_speaker = query.references.said_by and not query.topic_words
            enough = NEAR_ENOUGH_BY_SPEAKER if by_speaker else NEAR_ENOUGH
            if near < enough * nearness(choose(self.store, query, self._retrieve(asked, query)).quotables):
                return None
        if any(isinstance(event, SentenceReady) for event in self._quotes(within, staying, hits, None)):
            return within, staying, hits
        if not query.follows or not names_its_subject(query.own):
            return None
        if query.own != query.text and points_at_somebody(query.own):
            return within, staying, hits
        alone = query if query.own == query.text else parse_query(self.store, query.own)
        return replace(asked, left=found.names), alone, self._retrieve(asked, alone)

    def _in_records_named(self, asked: "_Asked", query: Query) -> tuple["_Asked", Query, list[Hit]]:
        """A question on records that it names by their symbols, asked of these alone where they answer it: what a
        search of all finds in them, then what one of them alone does; any other question as it is."""
        hits = self._retrieve(asked, query)
        if asked.filters or not of_records_named(self.store, query) or from_catalogue(self.store, query):
            return asked, query, hits
        within = replace(asked, filters=Filters(document=query.references.by_symbol))
        first = [hit for hit in hits if hit.document.id in query.references.by_symbol]
        held = {hit.passage.id for hit in first}
        found = [*first, *(hit for hit in self._retrieve(within, query) if hit.passage.id not in held)]
        answers = any(isinstance(event, SentenceReady) for event in self._quotes(within, query, found, None))
        return (within, query, found) if answers else (asked, query, hits)

    def _generate(self, asked: "_Asked", query: Query, hits: Sequence[Hit]) -> Iterator[SentenceReady | Note | Remark]:
        """What the language model selects, or writes, each sentence verified."""
        assert self.writer is not None
        if self.writer.selects:
            return self._quote(asked, query, hits, self.writer)
        return _observed(asked.observer("generate", query.text), self._written(asked, query, hits, self.writer))

    def _written(
        self, asked: "_Asked", query: Query, hits: Sequence[Hit], writer: "Writer"
    ) -> Iterator[SentenceReady | Note | Remark]:
        """What the language model writes; an overview from the points that the program finds item by item. What the
        catalogue answers is no matter of writing."""
        if own := from_catalogue(self.store, query, asked.filters):
            yield from _events(own)
            return
        points = own_way(self.store, query, hits) if wants_overview(query.text) else None
        if points and points.points:
            from .generation.in_parts import written_in_parts

            yield from written_in_parts(
                writer, self.store, query, points, tally=asked.tally, observer=asked.observer
            )
            return
        yield from writer.write(
            self.store, query, hits, limit=self.passages, tally=asked.tally, observer=asked.observer,
            points=points_of(points) if points else (),
        )  # fmt: skip

    def _quote(
        self, asked: "_Asked", query: Query, hits: Sequence[Hit], selector: "Writer | None"
    ) -> Iterator[SentenceReady | Note | Remark]:
        return _observed(asked.observer("select", query.text), self._quotes(asked, query, hits, selector))

    def _quotes(
        self, asked: "_Asked", query: Query, hits: Sequence[Hit], selector: "Writer | None"
    ) -> Iterator[SentenceReady | Note | Remark]:
        """The record's own sentences that answer, those that a language model selects where one does, or the reason
        why none does."""
        own = from_catalogue(self.store, query, asked.filters)
        if own is None and (symbol := symbol_left_out(query, hits)):
            yield Refusal("unrelated_name", {"name": symbol})
            return
        if own := own or own_way(self.store, query, hits):
            yield from _events(own) if own.sentences else (NOT_ANSWERED,)
            yield from self._more_said(query, len(own.citations))
            return
        chosen = choose(self.store, query, hits, self.passages or MAX_QUOTES)
        chosen = replace(chosen, quotables=each_once(self.store, chosen.quotables, query.language))
        if reason := reason_to_refuse(self.store, query, chosen.quotables, self.strictness):
            yield reason
            return
        if selector:
            chosen, notes = selector.select(self.store, query, chosen, limit=self.passages, tally=asked.tally)
            yield from notes
            chosen = replace(chosen, quotables=each_once(self.store, chosen.quotables, query.language))
            if not chosen.quotables:
                yield NOT_ANSWERED
                return
        yield from chosen.remarks
        quotables, differences = with_differing(chosen.quotables, chosen.picked, chosen.ranked)
        yield from (each.told for each in differences)
        expected = query.expected
        best = chosen.quotables[0]
        first = next((quotable for quotable in chosen.quotables if expected and expected.met_by(quotable)), None)
        first = best if best.outcome else first
        sentences, citations = quote(self.store, quotables, first, query.language)
        for sentence, citation in zip(sentences, citations, strict=True):
            yield SentenceReady(sentence=sentence, citations=(citation,))
        yield from self._more_said(query, len(citations))

    def _more_said(self, query: Query, shown: int) -> Iterator[Remark]:
        """How many statements there are by those whose words are asked for, where that is more than are quoted."""
        said_by = query.references.said_by
        total, records = count_statements(self.store, said_by) if said_by and not query.compared else (0, 0)
        if total > shown:
            yield remark("statements_of", statements=total, whose="; ".join(said_by[:MAX_NAMED]), in_records=records)

    def _answer(self, asked: "_Asked", query: Query, hits: Sequence[Hit], draft: "_Draft", retrieved: float) -> Answer:
        done = time.perf_counter()
        answered = bool(draft.citations)
        fault = self.store.meaning_fault()
        if not fault and (waiting := self.store.meaning_yet_to_come()):
            draft.add(remark("by_words", waiting=waiting[0], of_passages=waiting[1]))
        if answered and (told := _told_of_thread(asked, query, draft.citations)):
            draft.add(told, first=True)
        for told in marked(query.text, draft.citations):
            draft.add(told)
        sentences, notes = draft.sentences, draft.notes
        refusal = None if answered else _refusal(self.store, hits, asked.filters, draft.refusal)
        text = message(refusal) if refusal else " ".join(map(numbered, sentences))
        answer = Answer(
            question=asked.question,
            standalone_question=query.text,
            answered=answered,
            text=text,
            sentences=tuple(sentences) if answered else (Sentence(text=text),),
            citations=tuple(draft.citations),
            nearest=nearest(hits, refusal.params.get("near")) if refusal else (),
            mode="model" if draft.writer else "quotes",
            model=draft.writer.name if draft.writer else None,
            seconds=Timing(retrieve=retrieved - asked.began, answer=done - retrieved, total=done - asked.began),
            notes=tuple(filter(None, [text if refusal else None, *notes, fault])),
            remarks=tuple(draft.remarks),
            language=query.language,
            usage=asked.tally.usage,
            refusal=refusal,
        )
        return with_versions(self.store, answer)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One question on its way through the stages; `left` are the records of the last answer, where they hold none."""

    question: str
    filters: Filters | None
    observer: StageObserver
    left: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)
    began: float = field(default_factory=time.perf_counter)


@dataclass(kw_only=True)
class _Draft:
    """An answer as far as it is written, by a model or, without `writer`, of quotes."""

    writer: "Writer | None" = None
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    citations: list[Citation] = field(default_factory=list[Citation])
    notes: list[str] = field(default_factory=list[str])
    remarks: list[Remark] = field(default_factory=list[Remark])
    refusal: Refusal = NOT_ANSWERED

    def kept(self, events: Iterable[SentenceReady | Note | Remark]) -> Iterator[SentenceReady]:
        """The sentences of a stage, passed on as they and the notes on them are kept."""
        for event in events:
            if isinstance(event, Refusal):
                self.refusal = event
                continue
            if isinstance(event, Note):
                self.notes.append(event.text)
                continue
            if isinstance(event, Remark):
                self.add(event)
                continue
            self.sentences.append(event.sentence)
            self.citations.extend(event.citations)
            yield event

    def add(self, told: Remark, *, first: bool = False) -> None:
        """Adds what people must know, after or before all that is said already."""
        self.remarks.append(told)
        self.notes.insert(0 if first else len(self.notes), message(told))


def _noted(answer: Answer, told: Remark) -> Answer:
    """An answer with one thing more that people must know."""
    return replace(answer, remarks=(*answer.remarks, told), notes=(*answer.notes, message(told)))


def _told_of_thread(asked: "_Asked", query: Query, citations: Sequence[Citation]) -> Remark | None:
    """Which records a question was asked of, where it does not say so itself."""
    if asked.left and not any(citation.document.name in asked.left for citation in citations):
        return remark("from_elsewhere", side="; ".join(asked.left[:MAX_NAMED]))
    if query.thread and not query.follows:
        return remark("in_thread", side="; ".join(query.thread.names[:MAX_NAMED]))
    return None


def _events(quoted: Quoted) -> Iterator[SentenceReady | Remark]:
    """What is quoted, as an answer's parts."""
    yield from quoted.remarks
    for sentence, citations in quoted.parts:
        yield SentenceReady(sentence=sentence, citations=citations)


def _observed(
    end: StageEnd, events: Iterator[SentenceReady | Note | Remark]
) -> Iterator[SentenceReady | Note | Remark]:
    """What a stage yields, passed on; at its end it is told which sentences came of it, or what ended it."""
    sentences: list[Sentence] = []
    try:
        for event in events:
            if isinstance(event, SentenceReady):
                sentences.append(event.sentence)
            yield event
    except OnRecordError as error:
        end(error)
        raise
    end(sentences)


def check_question(question: str) -> None:
    """Raises NotAskable where a question cannot be asked: it has no words, or is longer than `MAX_QUESTION_CHARS`.

    For whoever tells a wrong use from a refusal; `answer_stream` itself refuses.
    """
    if refusal := _not_askable(question):
        raise NotAskable(refusal, advice(refusal))


def _not_askable(question: str) -> Refusal | None:
    if len(question) > MAX_QUESTION_CHARS:
        return Refusal("too_long", {"characters": str(len(question)), "limit": str(MAX_QUESTION_CHARS)})
    if not any(character.isalnum() for character in question):
        return Refusal("empty_question")
    return None


def _courtesy(question: str) -> Refusal | None:
    """What is said to a greeting, to thanks, to "What can you do?"."""
    kind = courtesy(question)
    return Refusal(kind) if kind else None


def _refused(question: str, refusal: Refusal) -> Answer:
    text = message(refusal)
    return Answer(
        question=question,
        standalone_question=question,
        answered=False,
        text=text,
        sentences=(Sentence(text=text),),
        notes=(advice(refusal),),
        language=language_of_courtesy(question),
        refusal=refusal,
    )


def _refusal(store: Store, hits: Sequence[Hit], filters: Filters | None, refusal: Refusal) -> Refusal:
    """The refusal that is given: nothing found has a reason of its own; whether more records are still being read."""
    if not hits and not store.catalogue.count_passages():
        refusal = Refusal("empty_library")
    elif not hits and filters:
        refusal = Refusal("filtered_out")
    return Refusal(refusal.code, {**refusal.params, "also": "reading"}) if store.is_writing else refusal
