"""A notebook for others: JSON, and a briefing in Markdown whose citations are footnotes, what is unchecked marked."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict  # pydantic describes no other before Python 3.12

from ....vectorstore.errors import InputError
from ....vectorstore.store import Store
from ...answering.quoted import shown
from ...messages import label
from ...schema import DocumentOut, LocatorOut, document_json, locator_json
from ..citations.portable import resolve
from ..citations.styles import cited
from .notebook import Kept

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#"})


class KeptOut(TypedDict):
    """A quote in a notebook. `state` is "orphan" where its words no longer stand in the library; `checked_by` who
    compared it with the original, null where nobody has."""

    id: str
    document: DocumentOut
    quote: str
    start: int
    end: int
    locator: LocatorOut
    label: str
    identifier: str
    url: str | None
    state: Literal["found", "orphan"]
    note: str
    kept_at: str
    checked_by: str | None
    checked_at: str | None


class NotebookOut(TypedDict):
    """The quotes of a notebook in their order."""

    quotes: list[KeptOut]


def state_of(store: Store, kept: Kept) -> Literal["found", "orphan"]:
    """Whether the words of a quote still stand where its identifier says."""
    try:
        return resolve(store, kept.identifier).state
    except InputError:  # that of a quote whose record was taken out for good
        return "orphan"


def kept_json(store: Store, kept: Kept) -> KeptOut:
    """A quote of a notebook."""
    at = kept.citation
    return {
        "id": kept.id,
        "document": document_json(at.document),
        "quote": at.quote,
        "start": at.start,
        "end": at.end,
        "locator": locator_json(at.locator),
        "label": at.label,
        "identifier": kept.identifier,
        "url": kept.url,
        "state": state_of(store, kept),
        "note": kept.note,
        "kept_at": kept.kept_at,
        "checked_by": kept.checked_by,
        "checked_at": kept.checked_at,
    }


def notebook_json(store: Store, quotes: Sequence[Kept]) -> NotebookOut:
    """A notebook."""
    return {"quotes": [kept_json(store, each) for each in quotes]}


def check_told(kept: Kept, language: str = "en") -> str:
    """Who compared a quote with the original, and when; or that nobody has."""
    if kept.checked_by and kept.checked_at:
        return label(language, "notebook.checked", by=kept.checked_by, on=kept.checked_at[:10])
    return label(language, "notebook.unchecked")


def as_markdown(store: Store, quotes: Sequence[Kept], language: str = "en", style: str = "plain") -> str:
    """The quotes with the lines beside them, their citations as footnotes. Raises InputError for an unknown style."""
    parts = [f"# {label(language, 'notebook')}"]
    for number, each in enumerate(quotes, start=1):
        if each.note:
            parts.append(_inert(each.note))
        told = f" *({_inert(doubts(store, each, language))})*" if doubts(store, each, language) else ""
        parts.append(f"> “{_inert(shown(each.citation.quote))}”[^{number}]{told}")
    references = cited([each.citation for each in quotes], style) if quotes else []
    for number, (each, reference) in enumerate(zip(quotes, references, strict=True), start=1):
        checked = f" {_inert(check_told(each, language))}." if each.checked_by else ""
        parts.append(f"[^{number}]: {_inert(reference)}{checked}")
    return "\n\n".join(parts) + "\n"


def doubts(store: Store, kept: Kept, language: str) -> str:
    """What a reader of a briefing must know of a quote: that it is unchecked, that it no longer stands there."""
    unchecked = "" if kept.checked_by else check_told(kept, language)
    gone = "" if state_of(store, kept) == "found" else label(language, "notebook.orphan")
    return "; ".join(filter(None, [unchecked, gone]))


def _inert(text: str) -> str:
    """Text in which nothing is Markdown, on one line."""
    return " ".join(text.split()).translate(_MARKS)
