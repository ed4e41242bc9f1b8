"""The library as LangChain parts, used as a host would: a chain, a retriever, a tool."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool

from onrecord.rag import Answer, Filters, Library, SentenceReady, Timing
from onrecord.rag.generation.writer import open_writer
from onrecord.vectorstore.errors import ModelError

from .invariants import check

QUOTA = "What did Norway say about the herring quota?"
SEASON = "What did Mexico say about the closed season?"
NOBODY = "What did Brazil say about herring?"


def untimed(answer: Answer) -> Answer:
    return replace(answer, seconds=Timing())


class Watch(BaseCallbackHandler):
    """Keeps what a chain, a retriever or a tool is called with."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_chain_start(self, serialized, inputs, *, name: str = "", **kwargs) -> None:
        self.names.append(name)

    def on_retriever_start(self, serialized, query, **kwargs) -> None:
        self.names.append(query)

    def on_tool_start(self, serialized, input_str, **kwargs) -> None:
        self.names.append(serialized["name"])


# --- the pipeline as a Runnable --------------------------------------------------------------------------------------


def test_invoke_answers_as_ask_does(library: Library) -> None:
    chain = library.as_runnable()
    assert isinstance(chain, Runnable)
    answer = chain.invoke(QUOTA)
    check(answer, library)
    assert untimed(answer) == untimed(library.ask(QUOTA))


def test_a_question_may_come_with_its_history_and_filters(library: Library) -> None:
    chain = library.as_runnable()
    first = chain.invoke({"question": QUOTA})
    as_answer = chain.invoke({"question": "And the closed season?", "history": [first]})
    as_mapping = chain.invoke(
        {"question": "And the closed season?", "history": [{"question": first.question, "answer": first.text}]}
    )
    assert as_answer.standalone_question == "And the closed season? (Minutes of the fishery council)"
    assert untimed(as_answer) == untimed(as_mapping)
    confined = chain.invoke({"question": "herring quota", "filters": Filters(speaker="Mexico")})
    assert {citation.locator.speaker for citation in confined.citations} == {"Mexico"}


def test_batch_answers_in_order(library: Library) -> None:
    questions = [QUOTA, SEASON, NOBODY, QUOTA] * 3
    answers = library.as_runnable().batch(questions, config={"max_concurrency": 4})
    assert [untimed(answer) for answer in answers] == [untimed(library.ask(question)) for question in questions]


def test_one_empty_question_of_a_batch_is_refused_alone(library: Library) -> None:
    good, bad = library.as_runnable().batch([QUOTA, ""])
    assert good.answered and not bad.answered and "question is empty" in bad.text


def test_stream_yields_sentences_and_then_the_answer(library: Library) -> None:
    *events, answer = library.as_runnable().stream("What did Mexico say?")
    assert len(events) >= 2 and all(isinstance(event, SentenceReady) for event in events)
    assert tuple(event.sentence for event in events) == answer.sentences
    assert untimed(answer) == untimed(library.ask("What did Mexico say?"))


def test_ainvoke_and_abatch_answer_too(library: Library) -> None:
    chain = library.as_runnable()

    async def both() -> tuple[Answer, list[Answer]]:
        return await chain.ainvoke(QUOTA), await chain.abatch([SEASON, NOBODY])

    one, two = asyncio.run(both())
    assert untimed(one) == untimed(library.ask(QUOTA))
    assert [answer.answered for answer in two] == [True, False]


def test_astream_ends_with_the_answer(library: Library) -> None:
    async def collected() -> list[object]:
        return [event async for event in library.as_runnable().astream(QUOTA)]

    *sentences, last = asyncio.run(collected())
    assert isinstance(last, Answer) and untimed(last) == untimed(library.ask(QUOTA))
    assert [type(event) for event in sentences] == [SentenceReady]


def test_the_chain_fits_between_others_and_is_traced(library: Library) -> None:
    watch = Watch()
    chain = RunnableLambda(lambda topic: f"What did Norway say about {topic}?") | library.as_runnable()
    text = (chain | (lambda answer: answer.text)).invoke("the herring quota", config={"callbacks": [watch]})
    assert text.startswith("Norway: “The herring quota for the northern banks should fall by a third.")
    pipeline = watch.names.index("onrecord")
    assert watch.names[pipeline:] == ["onrecord", "parse_query", QUOTA, "select", "RunnableLambda"]


class Tree(BaseCallbackHandler):
    """Keeps which run lies below which, and how each ended."""

    def __init__(self) -> None:
        self.runs: dict[UUID, tuple[str, UUID | None]] = {}
        self.ended: list[str] = []

    def _began(self, name: str, run_id: UUID, parent_run_id: UUID | None) -> None:
        self.runs[run_id] = (name, parent_run_id)

    def on_chain_start(self, serialized, inputs, *, run_id, parent_run_id=None, name="", **kwargs) -> None:
        self._began(name, run_id, parent_run_id)

    def on_retriever_start(self, serialized, query, *, run_id, parent_run_id=None, name="", **kwargs) -> None:
        self._began(name, run_id, parent_run_id)

    def on_chat_model_start(self, serialized, messages, *, run_id, parent_run_id=None, **kwargs) -> None:
        self._began("model", run_id, parent_run_id)

    def _ended(self, how: str, run_id: UUID) -> None:
        self.ended.append(f"{self.runs[run_id][0]} {how}")

    def on_chain_end(self, outputs, *, run_id, **kwargs) -> None:
        self._ended("done", run_id)

    def on_retriever_end(self, documents, *, run_id, **kwargs) -> None:
        self._ended(f"{len(documents)} documents", run_id)

    def on_chain_error(self, error, *, run_id, **kwargs) -> None:
        self._ended(type(error).__name__, run_id)

    def below(self, name: str) -> list[str]:
        """The names of the runs below the run of that name."""
        [parent] = [key for key, (called, _) in self.runs.items() if called == name]
        return [called for called, over in self.runs.values() if over == parent]


def test_each_stage_is_a_run_below_the_pipelines_own(library: Library) -> None:
    for run in (library.as_runnable().invoke, lambda *a, **k: list(library.as_runnable().stream(*a, **k))):
        tree = Tree()
        run(QUOTA, config={"callbacks": [tree]})
        assert tree.below("onrecord") == ["parse_query", "retrieve", "select"]
        found = len(library.search(QUOTA, limit=40))
        assert tree.ended == ["parse_query done", f"retrieve {found} documents", "select done", "onrecord done"]


def test_the_model_and_its_grounding_are_seen_too(library: Library) -> None:
    model = FakeListChatModel(responses=["Norway said that the herring quota should fall by a third [1]."])
    written = Library(library.store, open_writer(model))
    tree = Tree()
    written.as_runnable().invoke(QUOTA, config={"callbacks": [tree]})
    assert tree.below("onrecord") == ["parse_query", "retrieve", "generate", "model", "verify"]
    broken = FakeListChatModel(responses=["x"], error_on_chunk_number=0)
    failing = Library(library.store, open_writer(broken, falls_back=False))
    tree = Tree()
    with pytest.raises(ModelError):
        failing.as_runnable().invoke(QUOTA, config={"callbacks": [tree]})
    assert tree.ended[-2:] == ["generate ModelUnavailable", "onrecord ModelUnavailable"]


# --- the retriever ---------------------------------------------------------------------------------------------------


def test_the_retriever_gives_passages_with_where_they_stand(library: Library) -> None:
    retriever = library.as_retriever(limit=3)
    assert isinstance(retriever, BaseRetriever)
    watch = Watch()
    found = retriever.invoke("dredging budget", config={"callbacks": [watch]})
    assert watch.names == ["dredging budget"]
    assert [document.id for document in found] == [hit.passage.id for hit in library.search("dredging budget", limit=3)]
    best = found[0]
    stored = library.document("HB/2031/9")
    facts = best.metadata
    assert best.page_content == stored.text[facts["start"] : facts["end"]]
    assert facts | {"start": 0, "end": 0, "score": 0} == {
        "document_id": stored.id, "title": "Report of the Harbour Board on its ninth session", "source": stored.source,
        "symbol": "HB/2031/9", "date": "2031-03-12", "paragraph": "2", "start": 0, "end": 0, "score": 0,
    }  # fmt: skip


def test_the_retriever_takes_the_filters_of_a_search(library: Library) -> None:
    found = library.as_retriever(speaker="Norway").invoke("herring quota")
    assert len(found) == 2 and {document.metadata["speaker"] for document in found} == {"Norway"}
    assert library.as_retriever(until="2031").invoke("herring")[0].metadata["symbol"] == "HB/2031/9"
    assert library.as_retriever(speaker="Atlantis").invoke("herring") == []
    with pytest.raises(TypeError):
        library.as_retriever(colour="blue")


def test_the_retriever_works_asynchronously(library: Library) -> None:
    found = asyncio.run(library.as_retriever(limit=2).ainvoke("herring quota"))
    assert {document.metadata["speaker"] for document in found} == {"Norway", "Mexico"}


# --- the tool --------------------------------------------------------------------------------------------------------


def test_the_tool_answers_with_its_quotes_and_their_places(library: Library) -> None:
    tool = library.as_tool()
    assert isinstance(tool, BaseTool) and tool.name == "ask_records"
    assert tool.args == {"question": {"title": "Question", "type": "string"}}
    watch = Watch()
    text = tool.invoke({"question": SEASON}, config={"callbacks": [watch]})
    assert watch.names == ["ask_records", "onrecord", "parse_query", SEASON, "select"]
    assert text == (
        "Mexico: “A closed season in April protects the spawning grounds better than any quota does.” [1]\n\n"
        "[1] Minutes of the fishery council, Mexico: “A closed season in April protects the spawning grounds better "
        "than any quota does.”"
    )


def test_the_tool_passes_a_refusal_on(library: Library) -> None:
    assert (
        library.as_tool().invoke(NOBODY) == "The documents do not answer this question: Brazil does not occur in them."
    )


def test_the_tool_takes_a_call_of_a_model(library: Library) -> None:
    call = {"type": "tool_call", "id": "call-1", "name": "ask_records", "args": {"question": QUOTA}}
    message = library.as_tool().invoke(call)
    assert message.tool_call_id == "call-1" and message.content.startswith("Norway: “The herring quota")


def test_in_a_graph_the_answer_is_the_tool_messages_artifact(library: Library) -> None:
    call = {"type": "tool_call", "id": "call-1", "name": "ask_records", "args": {"question": QUOTA}}
    message = library.as_tool().invoke(call)
    assert untimed(message.artifact) == untimed(library.ask(QUOTA))
