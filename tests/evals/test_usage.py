"""Tokens and cost, as a language model's own service counts them."""

from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from onrecord.evals import run
from onrecord.evals.case import Case
from onrecord.rag import Library, open_library

from ..fakes import HashEmbedder

USED = {"input_tokens": 400, "output_tokens": 20, "total_tokens": 420}
SAID = "Not in the documents."


class CountingModel(BaseChatModel):
    """Refuses everything, and says what it read and wrote."""

    @property
    def _llm_type(self) -> str:
        return "counting"

    def _generate(self, messages: Any, *arguments: Any, **more: Any) -> ChatResult:
        message = AIMessage(content=SAID, usage_metadata=USED, response_metadata={"model_name": "counting"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(self, messages: Any, *arguments: Any, **more: Any) -> Iterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=AIMessageChunk(content=SAID))
        counted = AIMessageChunk(content="", usage_metadata=USED, response_metadata={"model_name": "counting"})
        yield ChatGenerationChunk(message=counted)


def test_tokens_and_cost_are_added_up(small_library: Library, small_cases: list[Case]) -> None:
    folder = small_library.store.folder
    with open_library(folder, embedder=HashEmbedder(), model=CountingModel()) as library:
        found = run(library, small_cases, prices=(2.0, 10.0), jobs=2)
    assert found.measures["tokens_in"] == 400 and found.measures["tokens_out"] == 20
    assert found.measures["cost"] == 4 * (400 * 2 + 20 * 10) / 1e6
    assert found.results[0].record["tokens"] == [400, 20]


def test_without_a_model_nothing_is_counted(small_library: Library, small_cases: list[Case]) -> None:
    found = run(small_library, small_cases, prices=(2.0, 10.0))
    assert found.measures["tokens_in"] is found.measures["cost"] is None
