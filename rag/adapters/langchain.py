"""The library as LangChain parts: the whole pipeline as a Runnable, a retriever, a tool.

Callbacks and tracing see the pipeline as one run and each of its stages as a run below it.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast, runtime_checkable

from langchain_core.callbacks import CallbackManagerForChainRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import run_in_executor
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import ConfigDict

from ...vectorstore.passage import Filters, Hit
from ..answer import Answer, Turn
from ..events import SentenceReady, StageEnd, StageObserver
from ..schema import answer_text

Asked = str | Mapping[str, Any]
Event = SentenceReady | Answer


@runtime_checkable
class Library(Protocol):
    """What of `rag.library.Library` is needed here, which itself makes these parts."""

    def stream(
        self, question: str, *, history: Sequence[Answer | Turn], filters: Filters | None, observer: StageObserver
    ) -> Iterator[Event]: ...
    def search(self, query: str, *, limit: int, filters: Filters | None) -> list[Hit]: ...


def as_runnable(library: Library) -> "AnswerRunnable":
    """The pipeline: a question, or {"question": ..., "history": [...], "filters": Filters}, becomes an `Answer`.

    `stream` and `astream` yield `SentenceReady` events and then the `Answer`; batch comes from LangChain.
    """
    return AnswerRunnable(library)


class AnswerRunnable(Runnable[Asked, Any]):
    """From question to answer as a LangChain Runnable: invoke gives the `Answer`, stream its sentences before it."""

    name = "onrecord"

    def __init__(self, library: Library) -> None:
        self._library = library

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **_: Any) -> Answer:
        """The cited answer, or a refusal. Raises InputError, ModelError."""
        return cast(Answer, self._call_with_config(self._ask, input, config, run_type="chain"))

    def stream(self, input: Asked, config: RunnableConfig | None = None, **_: Any) -> Iterator[Event]:
        """Each sentence as it is ready, the `Answer` last."""
        yield from self._transform_stream_with_config(iter([input]), self._answer_stream, config, run_type="chain")

    async def astream(self, input: Asked, config: RunnableConfig | None = None, **_: Any) -> AsyncIterator[Event]:
        """The same, without holding up the event loop."""
        events = self.stream(input, config)
        while (event := await run_in_executor(config, next, events, None)) is not None:
            yield event

    def _ask(self, asked: Asked, run_manager: CallbackManagerForChainRun) -> Answer:
        *_, answer = self._answer_stream(iter([asked]), run_manager)
        return cast(Answer, answer)

    def _answer_stream(self, given: Iterator[Asked], run_manager: CallbackManagerForChainRun) -> Iterator[Event]:
        for asked in given:
            question, history, filters = _taken_apart(asked)
            observer = _Observer(run_manager).begin
            yield from self._library.stream(question, history=history, filters=filters, observer=observer)


class _Observer:
    """Tells LangChain's callbacks of each stage, as a run below the pipeline's own."""

    def __init__(self, pipeline: CallbackManagerForChainRun) -> None:
        self._pipeline = pipeline

    def begin(self, name: str, given: Any) -> StageEnd:
        if name == "retrieve":
            search = self._pipeline.get_child().on_retriever_start({}, given, name=name)
            return lambda hits: search.on_retriever_end([as_document(hit) for hit in hits])
        stage = self._pipeline.get_child().on_chain_start({}, given, name=name)

        def end(result: Any) -> None:
            if isinstance(result, BaseException):
                stage.on_chain_error(result)
            else:
                stage.on_chain_end(result)

        return end


def _taken_apart(asked: Asked) -> tuple[str, Sequence[Answer | Turn], Filters | None]:
    if isinstance(asked, str):
        return asked, (), None
    history = [
        turn if isinstance(turn, Answer | Turn) else Turn(question=turn["question"], answer=turn["answer"])
        for turn in asked.get("history", ())
    ]
    return asked["question"], history, asked.get("filters")


class LibraryRetriever(BaseRetriever):
    """Passages of a library as LangChain documents, best first.

    `metadata` holds document_id, title, source, symbol, date, start, end, score and the locator's parts.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    limit: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, limit: int | None = None, **_: Any
    ) -> list[LangChainDocument]:
        hits = self.library.search(query, limit=limit or self.limit, filters=self.filters or None)
        return [as_document(hit) for hit in hits]


def as_document(hit: Hit) -> LangChainDocument:
    """A passage as LangChain knows documents."""
    passage, document = hit.passage, hit.document
    facts = {
        "document_id": document.id, "title": document.title, "source": document.source, "symbol": document.symbol,
        "date": document.date, "start": passage.start, "end": passage.end, "score": hit.score,
        "page": passage.locator.page, "paragraph": passage.locator.paragraph, "speaker": passage.locator.speaker,
        "section": passage.locator.section,
    }  # fmt: skip
    return LangChainDocument(
        id=passage.id,
        page_content=passage.text,
        metadata={key: value for key, value in facts.items() if value is not None},
    )


def as_tool(library: Library) -> BaseTool:
    """A tool for agents: asks the records one question, returns the cited answer as text and the `Answer` beside it.

    In LangGraph the `Answer` is the tool message's `artifact`, so that a program can show the citations.
    """
    runnable = as_runnable(library)

    def ask_records(question: str, config: RunnableConfig) -> tuple[str, Answer]:
        answer = runnable.invoke(question, config)
        return answer_text(answer), answer

    return StructuredTool.from_function(
        ask_records,
        name="ask_records",
        response_format="content_and_artifact",
        description="Asks the library of records one question that stands alone. Returns sentences with the numbers of "
        "their citations, and the exact quotes behind them with document, paragraph, speaker or page. Cite the labels.",
    )
