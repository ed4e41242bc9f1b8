"""The library as LangChain parts: the whole ladder as a Runnable, a retriever, a tool."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import ConfigDict

from ..vectorstore.passage import Filters, Hit
from .answer import Answer, Turn
from .library import Library

Asked = str | Mapping[str, Any]


def as_runnable(library: Library) -> Runnable[Asked, Answer]:
    """The ladder: a question, or {"question": ..., "history": [...], "filters": Filters}, becomes an `Answer`.

    `stream` yields `SentenceReady` events and then the `Answer`; batch, async and callbacks come from LangChain.
    """

    def ask(asked: Asked) -> Answer:
        question, history, filters = _taken_apart(asked)
        return library.ask(question, history=history, filters=filters)

    class Ladder(RunnableLambda[Asked, Answer]):
        """The ladder with real streaming: sentence by sentence."""

        def stream(self, input: Asked, config: Any = None, **kwargs: Any) -> Iterator[Any]:
            question, history, filters = _taken_apart(input)
            yield from library.stream(question, history=history, filters=filters)

    return Ladder(ask, name="rapporteur")


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
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **_: Any
    ) -> list[LangChainDocument]:
        return [as_document(hit) for hit in self.library.search(query, limit=self.limit, filters=self.filters or None)]


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
    """A tool for agents: asks the records one question and returns the cited answer as text."""

    def ask_records(question: str) -> str:
        answer = library.ask(question)
        quotes = "\n".join(f"[{c.number}] {c.label}: “{c.quote}”" for c in answer.citations)
        return f"{answer.text}\n\n{quotes}".strip()

    return StructuredTool.from_function(
        ask_records,
        name="ask_records",
        description="Asks the library of records one question that stands alone. Returns sentences with the numbers of "
        "their citations, and the exact quotes behind them with document, paragraph, speaker or page. Cite the labels.",
    )
