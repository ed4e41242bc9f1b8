"""Taking records out for good: out of the library, and, where asked, out of the conversations that quote them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

from typing_extensions import TypedDict

from ..rag.library import Library
from ..rag.tools.alerts.alerts import redact as redact_alerts
from ..rag.tools.notebook.notebook import kept_of
from ..rag.tools.notebook.notebook import redact as redact_notebooks
from ..vectorstore.passage import Listing
from .page.history import FILE, Conversation, quoting
from .page.history import redact as redact_conversations
from .page.stored import redacted


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was taken out, the conversations that quote it, and how many quotes of it are `kept` in notebooks;
    `redacted` tells that their words are gone."""

    listings: tuple[Listing, ...]
    quoted_in: tuple[Conversation, ...] = ()
    redacted: bool = False
    kept: int = 0


def remove_records(
    library: Library, names: Sequence[str], *, redact: bool = False, keep: Collection[str] = ()
) -> Removed:
    """Takes documents out of the library, everywhere, and says which conversations quote them.

    With `redact`, quotes of them in conversations, notebooks and what readers said of answers become
    "[removed]". Raises
    InputError where a name fits none or several, LibraryBusy where another process is writing.
    """
    with library.store.writing():
        listings = library.remove(names, keep=keep)
        ids = {listing.id for listing in listings}
        if redact:
            library.store.catalogue.change_feedback(lambda said: _without(said, ids))
    path = library.store.folder / FILE
    quoted_in, kept = quoting(path, ids), kept_of(library.store.folder, ids)
    if redact:
        redact_conversations(path, ids)
        redact_notebooks(library.store.folder, ids)
        redact_alerts(library.store.folder, ids)
    return Removed(listings=tuple(listings), quoted_in=tuple(quoted_in), redacted=redact, kept=kept)


class QuotedInOut(TypedDict):
    """A conversation that quotes what was taken out."""

    id: str
    title: str


class RemovedOut(TypedDict):
    """The sources of what was taken out; the conversations that quote it and how many quotes of it are kept in
    notebooks, where there are any."""

    removed: list[str]
    quoted_in: NotRequired[list[QuotedInOut]]
    redacted: NotRequired[bool]
    kept: NotRequired[int]


def removed_json(removed: Removed) -> RemovedOut:
    """The shape that programs get."""
    shape: RemovedOut = {"removed": [listing.source for listing in removed.listings]}
    if removed.quoted_in:
        shape["quoted_in"] = [{"id": one.id, "title": one.title} for one in removed.quoted_in]
        shape["redacted"] = removed.redacted
    if removed.kept:
        shape["kept"], shape["redacted"] = removed.kept, removed.redacted
    return shape


def _without(said: dict[str, Any], document_ids: set[str]) -> dict[str, Any]:
    """What a reader said of an answer, without what the answer has of these documents."""
    answer = said.get("answer")
    return {**said, "answer": redacted(answer, document_ids)} if isinstance(answer, dict) else said
