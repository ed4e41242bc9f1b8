"""Answers and hits as JSON, in the shapes that programs rely on; answers as text for models that read them."""

from dataclasses import asdict
from typing import Any

from ..vectorstore.passage import Document, Hit, Listing, Locator
from .answer import Answer, Citation


def document_json(document: Document | Listing) -> dict[str, Any]:
    """What a citation says of its document."""
    return {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "symbol": document.symbol,
        "date": document.date,
    }


def listing_json(listing: Listing) -> dict[str, Any]:
    """What a table of contents says of a document, `pages`, `passages` and `state` apart."""
    facts = ("meeting", "body", "session", "agenda_item", "author", "publisher", "language", "url")
    return {**document_json(listing), **{fact: getattr(listing, fact) for fact in facts}}


def listed_json(listing: Listing) -> dict[str, Any]:
    """The whole line of a table of contents."""
    return {
        **listing_json(listing), "media_type": listing.media_type, "pages": listing.pages,
        "characters": listing.characters, "passages": listing.passages, "state": listing.state,
    }  # fmt: skip


def locator_json(locator: Locator) -> dict[str, str | None]:
    """Page, paragraph, speaker and section; null where it does not apply."""
    return {
        "page": locator.page,
        "paragraph": locator.paragraph,
        "speaker": locator.speaker,
        "section": locator.section,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A passage found."""
    return {
        "passage_id": hit.passage.id,
        "document": document_json(hit.document),
        "text": hit.passage.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "locator": locator_json(hit.passage.locator),
        "score": round(hit.score, 6),
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A quote and where it stands."""
    return {
        "number": citation.number,
        "document": document_json(citation.document),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "locator": locator_json(citation.locator),
        "label": citation.label,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer or a refusal."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answered": answer.answered,
        "text": answer.text,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations), "supported": sentence.supported}
            for sentence in answer.sentences
        ],
        "citations": [citation_json(citation) for citation in answer.citations],
        "nearest": [hit_json(hit) for hit in answer.nearest],
        "mode": answer.mode,
        "model": answer.model,
        "seconds": {
            "retrieve": round(answer.seconds.retrieve, 4),
            "answer": round(answer.seconds.answer, 4),
            "total": round(answer.seconds.total, 4),
        },
        "notes": list(answer.notes),
        "usage": asdict(answer.usage) if answer.usage else None,
    }


def answer_text(answer: Answer) -> str:
    """An answer as text that stands alone: its sentences, then each quote with where it stands."""
    quotes = "\n".join(f"[{c.number}] {c.label}: “{c.quote}”" for c in answer.citations)
    return f"{answer.text}\n\n{quotes}".strip()
