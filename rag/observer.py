"""How others look on while a question climbs the ladder: each rung tells when it begins and what came of it.

The names are those of the ladder: "read_question", "retrieve", then "compose", or "write" with a "ground" for each
sentence. LangChain's callbacks and OpenTelemetry both listen here, so the ladder knows neither.
"""

from collections.abc import Callable
from typing import Any

RungEnd = Callable[[Any], None]
"""Told what came of a rung, or the exception that ended it."""

RungWatch = Callable[[str, Any], RungEnd]
"""Told the name of a rung and what it was given; what it returns is called when the rung is done."""


def unwatched(_name: str, _given: Any) -> RungEnd:
    """Nobody looks on."""
    return _ignore


def _ignore(_result: Any) -> None:
    pass
