"""A chat model that says what it is told to, a piece each time it is let, so that tests see an answer grow."""

import re
import threading
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

PATIENCE_S = 30.0


class PacedModel(BaseChatModel):
    """Says `pieces`; `{words}` in one becomes the number of the passage shown that holds the words."""

    pieces: list[str]
    gate: Any

    @property
    def _llm_type(self) -> str:
        return "paced"

    def reset(self) -> None:
        """Takes back what it was let say and has not said; who waits to say it waits in vain."""
        self.gate = threading.Semaphore(0)

    def let(self, count: int = 1) -> None:
        """Lets it say so many pieces more."""
        for _ in range(count):
            self.gate.release()

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        shown = str(messages[-1].content)
        again = [piece for piece in self.pieces if "{" not in piece and piece.strip() in shown]
        for piece in again or self.pieces:  # asked to write a sentence again, it insists
            if not self.gate.acquire(timeout=PATIENCE_S):
                return
            said = re.sub(r"\{(.+?)\}", lambda match: _number(shown, match[1]), piece)
            yield ChatGenerationChunk(message=AIMessageChunk(content=said))

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError("this model only streams")


def paced(*pieces: str) -> PacedModel:
    """A model that says these pieces."""
    return PacedModel(pieces=list(pieces), gate=threading.Semaphore(0))


def _number(prompt: str, words: str) -> str:
    for number, text in re.findall(r"^\[(\d+)\] (.*?)(?=^\[\d+\] |\Z)", prompt, re.MULTILINE | re.DOTALL):
        if words in text:
            return number
    return "1"
