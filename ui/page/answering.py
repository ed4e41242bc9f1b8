"""Answers under way: each is written in a thread of its own, and any number of pages may follow it as it grows.

A page that is reloaded, or loses its line, follows on; one that closes leaves the answer to be found in the history.
"""

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ...rag.answer import Answer, Citation, Sentence, Turn
from ...rag.events import Progress
from ...rag.library import Library
from ...rag.pipeline import check_question
from ...rag.query.question import clean
from ...vectorstore.errors import InputError, OnRecordError
from ...vectorstore.passage import Filters
from .history import DONE, FAILED, OPEN, STOPPED, Exchange, History
from .models import Models
from .stored import cited_in, redacted, stored_answer, stored_part
from .views.conversation import exchange_html, sentences_html
from .words import Words

if TYPE_CHECKING:
    from ...rag.generation.writer import Way

_log = logging.getLogger(__name__)

MAX_AT_ONCE = 100
_LOOK_EVERY_S = 0.02
_KEEP_ALIVE_S = 10.0
_INTERNAL = "Something went wrong inside the program; its log says where. The question can be asked again."


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOptions:
    """How a question is asked: which model answers and in which way, from how many passages, how strictly, confined to
    what, or as written, whatever was said before."""

    model: str | None = None
    way: "Way | None" = None
    passages: int | None = None
    strictness: str | None = None
    filters: Filters = field(default_factory=Filters)
    as_written: bool = False

    def json(self) -> dict[str, Any]:
        """What was set, for the history."""
        filters = {name: value for name, value in asdict(self.filters).items() if value}
        chosen = {"model": self.model, "way": self.way, "passages": self.passages, "strictness": self.strictness}
        more = {"filters": filters} if filters else {}
        more |= {"as_written": True} if self.as_written else {}
        return {**{name: value for name, value in chosen.items() if value}, **more}


@dataclass(slots=True, kw_only=True)
class _Running:
    """An answer being written; its thread appends, followers read."""

    sentences: list[Sentence] = field(default_factory=list[Sentence])
    citations: list[Citation] = field(default_factory=list[Citation])
    progress: Progress | None = None
    stopping: bool = False
    finished: bool = False


class Answering:
    """Answers questions over one library, as each caller may read it, each in its conversation."""

    def __init__(self, history: History, models: Models) -> None:
        self._history = history
        self._models = models
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def ask(
        self, seen: Library, owner: str, question: str, manner: AskOptions, *, conversation: str = "",
        replaces: str = "",
    ) -> Exchange:  # fmt: skip
        """Begins to answer a question.

        Args:
            seen: the library as who asks may read it.
            owner: who asks; another's conversation goes on in a copy.
            question: as typed.
            manner: how it is asked.
            conversation: the one it belongs to, or a link's token; a new one is begun where that opens none.
            replaces: the last exchange of the conversation, where this takes its place.

        Raises:
            InputError: the question is empty or too long, or too many are being answered.
            ModelError: the model cannot be set up.
        """
        check_question(clean(question))
        if len(self._running) >= MAX_AT_ONCE:
            raise InputError(f"{MAX_AT_ONCE} questions are being answered already. Ask again in a moment.")
        writer = self._models.writer(owner, manner.model or self._models.default)
        library = Library(
            seen.store,
            replace(writer, way=manner.way) if writer and manner.way else writer,
            seen.reranker,
            passages=manner.passages or seen.passages,
            strictness=manner.strictness or seen.strictness,
        )
        key = self._conversation(owner, conversation, question)
        earlier = seen_in(seen, self._history.exchanges(key))
        if replaces and earlier and replaces == earlier[-1].id:
            self._history.drop_exchange(earlier.pop().id)
        exchange = self._history.add(key, question, manner.json())
        turns = [
            Turn(question=one.question, answer=one.body["text"])
            for one in _on_the_topic(earlier, exchange)
            if one.state == DONE
        ]
        running = self._running[exchange.id] = _Running()
        answer = partial(copy_context().run, self._answer, exchange, library, turns, manner.filters, running)
        threading.Thread(target=answer, daemon=True).start()
        return exchange

    def stop(self, exchange: str) -> None:
        """Ends an answer after the sentence that is being written; what stands of it is kept."""
        with self._lock:
            running = self._running.get(exchange)
            if running and not running.finished:
                running.stopping = True
                self._end(exchange, running, STOPPED, stored_part(running.sentences, running.citations))

    def close(self) -> None:
        """Lets go of what is being answered, as the server ends; the history will find it broken off."""
        with self._lock:
            for running in self._running.values():
                running.stopping = running.finished = True

    async def follow(
        self, seen: Library, key: str, words: Words, ended: Callable[[], bool]
    ) -> AsyncIterator[str]:
        """Lines of JSON about an answer: "sentence" for each one, "done" with the whole exchange as HTML, as who may
        read `seen` is to see it.

        `ended` tells that the server is being ended; the stream then breaks off.
        """
        running = self._running.get(key)
        shown, spoken = 0, time.monotonic()
        while running and not running.finished and not ended():
            while shown < len(running.sentences):
                sentence = running.sentences[shown]
                html = sentences_html([sentence], running.citations, words)
                told = f"{progress.done} / {progress.of}" if (progress := running.progress) else ""
                yield _line(type="sentence", html=html, progress=told)
                shown, spoken = shown + 1, time.monotonic()
            if time.monotonic() - spoken > _KEEP_ALIVE_S:
                yield _line(type="waiting")
                spoken = time.monotonic()
            await asyncio.sleep(_LOOK_EVERY_S)
        exchange = self._history.exchange(key)
        if exchange.state != OPEN:
            yield _line(type="done", html=exchange_html(seen_in(seen, [exchange])[0], words))

    def _conversation(self, owner: str, key: str, question: str) -> str:
        found = self._history.opened(key, owner) if key else None
        if found is None:
            return self._history.begin(owner, question)
        return found.id if found.owner == owner else self._history.copy(found.id, owner)

    def _answer(
        self, exchange: Exchange, library: Library, turns: list[Turn], filters: Filters, running: _Running
    ) -> None:
        state, body = FAILED, {"error": _INTERNAL}
        try:
            for event in library.stream(exchange.question, history=turns, filters=filters or None):
                if running.stopping:
                    return
                if isinstance(event, Answer):
                    cost = self._models.rules.cost(event.usage) if event.usage else None
                    state, body = DONE, {**stored_answer(event), **({} if cost is None else {"cost": cost})}
                else:
                    running.citations.extend(event.citations)
                    running.progress = event.progress
                    running.sentences.append(event.sentence)
        except OnRecordError as error:
            body = {"error": str(error)}
        except Exception:
            _log.exception("A question could not be answered")
        finally:
            with self._lock:
                if not running.finished:
                    self._end(exchange.id, running, state, body)

    def _end(self, key: str, running: _Running, state: str, body: Mapping[str, Any]) -> None:
        try:
            self._history.finish(key, state, body)
        except Exception:
            _log.exception("An answer could not be kept")
        running.finished = True
        self._running.pop(key, None)


def seen_in(library: Library, exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Exchanges as who may read a library is to see them: of a part, without what they have of other documents."""
    if not library.store.is_part:
        return list(exchanges)
    held = {each.id for each in library.documents()}
    return [replace(one, body=redacted(one.body, cited_in(one.body) - held)) for one in exchanges]


def _on_the_topic(earlier: Sequence[Exchange], asked: Exchange) -> list[Exchange]:
    """The exchanges that a question may lean on: other filters, and a question to be taken as written, end a topic."""
    found: list[Exchange] = []
    if asked.settings.get("as_written"):
        return found
    for one in reversed(earlier):
        if one.settings.get("filters") != asked.settings.get("filters"):
            break
        found.append(one)
        if one.settings.get("as_written"):
            break
    return found[::-1]


def _line(**value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
