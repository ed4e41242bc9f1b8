"""What happens while an answer is made: its sentences, the notes on it, and the stages it passes.

A `StageObserver` looks on from outside: LangChain's callbacks and OpenTelemetry both do. The stages are "parse_query",
"retrieve", then "select", or "generate" with a "verify" for each sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .answer import Citation, Sentence

StageEnd = Callable[[Any], None]
"""Is given what came of a stage, or the exception that ended it."""

StageObserver = Callable[[str, Any], StageEnd]
"""Is given the name of a stage and what it begins with; what it returns is called when the stage is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many parts of a record an overview has told of, and of how many it is going to."""

    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReady:
    """One sentence of an answer that is still being written, with the citations it brings along; `progress` is how far
    it is, where a language model writes it part by part."""

    sentence: Sentence
    citations: tuple[Citation, ...]
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What people must know of an answer."""

    text: str


def no_observer(_name: str, _given: Any) -> StageEnd:
    """Nobody looks on."""
    return _ignore


def _ignore(_result: Any) -> None:
    pass
