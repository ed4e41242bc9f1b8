"""A question becomes a cited answer; the library's public face for other programs.

from rapporteur.rag import open_library

with open_library("records/") as library:
    library.ingest(["minutes.pdf"])
    answer = library.ask("What did Norway say about pain relief?")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..ingest.ingest import Failure, IngestReport
    from ..vectorstore.errors import RapporteurError
    from ..vectorstore.passage import Document, Filters, Hit, Listing, Locator, Passage
    from .answer import Answer, Citation, Sentence, Timing, Turn
    from .events import SentenceReady
    from .library import Library, open_library

__all__ = [
    "Answer", "Citation", "Document", "Failure", "Filters", "Hit", "IngestReport", "Library", "Listing", "Locator",
    "Passage", "RapporteurError", "Sentence", "SentenceReady", "Timing", "Turn", "open_library",
]  # fmt: skip

_HOMES = {
    "Failure": "..ingest.ingest", "IngestReport": "..ingest.ingest", "RapporteurError": "..vectorstore.errors",
    "Document": "..vectorstore.passage", "Filters": "..vectorstore.passage", "Hit": "..vectorstore.passage",
    "Listing": "..vectorstore.passage", "Locator": "..vectorstore.passage", "Passage": "..vectorstore.passage",
    "Answer": ".answer", "Citation": ".answer", "Sentence": ".answer", "Timing": ".answer", "Turn": ".answer",
    "SentenceReady": ".events", "Library": ".library", "open_library": ".library",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that importing the package costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name], __name__), name)
