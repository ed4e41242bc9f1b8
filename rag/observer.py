"""How others look on while a question climbs the ladder: each stage tells when it begins and what came of it.

The names are those of the ladder: "read_question", "retrieve", then "compose", or "write" with a "ground" for each
sentence. LangChain's callbacks and OpenTelemetry both listen here, so the ladder knows neither.
"""

from collections.abc import Callable
from typing import Any

StageEnd = Callable[[Any], None]
"""ExportedExchange what came of a stage, or the exception that ended it."""

StageObserver = Callable[[str, Any], StageEnd]
"""ExportedExchange the name of a stage and what it was given; what it returns is called when the stage is done."""


def no_observer(_name: str, _given: Any) -> StageEnd:
    """Nobody looks on."""
    return _ignore


def _ignore(_result: Any) -> None:
    pass
