"""How faithfully records were read: whether the passage that holds a gold quote stands where people cite it.

No question is asked; only the library's passages are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...rag.library import Library
from ...vectorstore.passage import Document, Passage
from ..case import Case, Evidence
from .citations import file_name, same_paragraph, same_speaker
from .quotes import locate


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One gold quote: whether it was found, held in one passage or adjacent pieces of one, and placed right."""

    case_id: str
    quote: str
    found: bool
    whole: bool = False
    paragraph: bool = False
    speaker: bool = False
    says: str = ""

    @property
    def right(self) -> bool:
        """All of it."""
        return self.found and self.whole and self.paragraph and self.speaker


def place_all(library: Library, cases: Sequence[Case]) -> list[Placed]:
    """Looks every gold quote up in the library, in the order of the cases."""
    documents = {file_name(document): document for document in _documents(library)}
    return [place(library, case.id, gold, documents.get(gold.doc)) for case in cases for gold in case.evidence]


def place(library: Library, case_id: str, gold: Evidence, document: Document | None) -> Placed:
    """Looks one gold quote up.

    It is whole when every passage it touches carries one and the same locator and they follow each other (footnotes
    and boxes that interrupt it do not count); a paragraph or speaker the gold does not name need not match.
    """
    span = locate(document.text, gold.quote, gold.nth) if document else None
    if document is None or span is None:
        return Placed(case_id=case_id, quote=gold.quote, found=False, says="not in the library")
    touched = [
        passage
        for passage in library.store.passages_of(document.id)
        if passage.start < span[1] and span[0] < passage.end and document.text[span[0] : span[1]].strip()
    ]
    holders = [passage for passage in touched if passage.kind != "footnote"] or touched
    if not holders:
        return Placed(case_id=case_id, quote=gold.quote, found=False, says="in no passage")
    return Placed(
        case_id=case_id,
        quote=gold.quote,
        found=True,
        whole=_is_whole(holders),
        paragraph=gold.locator.paragraph is None
        or same_paragraph(holders[0].locator.paragraph, gold.locator.paragraph),
        speaker=gold.locator.speaker is None or same_speaker(holders[0].locator.speaker, gold.locator.speaker),
        says=str(holders[0].locator),
    )


def _is_whole(passages: Sequence[Passage]) -> bool:
    return len({(passage.locator.paragraph, passage.locator.speaker) for passage in passages}) == 1


def _documents(library: Library) -> list[Document]:
    found = [library.store.document(listing.id) for listing in library.documents()]
    return [document for document in found if document is not None]


def places_json(placed: Sequence[Placed]) -> dict[str, Any]:
    """Shares of all gold quotes, and the quotes that are not placed right."""
    count = len(placed) or 1
    said = ("right", "found", "whole", "paragraph", "speaker")
    wrong = [item for item in placed if not item.right]
    return {
        "n": len(placed),
        **{name: round(sum(getattr(item, name) for item in placed) / count, 4) for name in said},
        "wrong": [{"case": item.case_id, "quote": item.quote, "passage": item.says} for item in wrong],
    }
