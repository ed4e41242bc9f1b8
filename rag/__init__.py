"""A question becomes a cited answer; the public Python API.

from onrecord.rag import open_library

with open_library("records/") as library:
    library.ingest(["minutes.pdf"])
    answer = library.ask("What did Norway say about pain relief?")
"""

from typing import TYPE_CHECKING, Any

from ..vectorstore.telemetry import switch_off

if TYPE_CHECKING:
    from ..ingest.ingest import Failure, IngestReport
    from ..ingest.parse import Limits
    from ..vectorstore.errors import OnRecordError
    from ..vectorstore.passage import Document, Filters, Hit, Listing, Locator, Passage
    from .answer import Answer, Citation, NotAskable, Refusal, Sentence, Timing, Turn
    from .events import SentenceReady
    from .library import Library, open_library
    from .messages import in_language, message

switch_off()

__all__ = [
    "Answer",
    "Citation",
    "Document",
    "Failure",
    "Filters",
    "Hit",
    "IngestReport",
    "Library",
    "Limits",
    "Listing",
    "Locator",
    "NotAskable",
    "OnRecordError",
    "Passage",
    "Refusal",
    "Sentence",
    "SentenceReady",
    "Timing",
    "Turn",
    "in_language",
    "message",
    "open_library",
]  # fmt: skip

_HOMES = {
    "..ingest.ingest": ("Failure", "IngestReport"),
    "..ingest.parse": ("Limits",),
    "..vectorstore.errors": ("OnRecordError",),
    "..vectorstore.passage": ("Document", "Filters", "Hit", "Listing", "Locator", "Passage"),
    ".answer": ("Answer", "Citation", "NotAskable", "Refusal", "Sentence", "Timing", "Turn"),
    ".events": ("SentenceReady",),
    ".library": ("Library", "open_library"),
    ".messages": ("in_language", "message"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that importing the package costs next to nothing."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name], __name__), name)
