"""The library pane as HTML: what is being read, what was read and found, what failed and why; and the filters."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from markupsafe import Markup

from ....ingest.ingest import Failure
from ....rag.library import Library
from ....vectorstore.passage import Listing, Passage
from ...intake import ReadingStatus
from ..words import Words
from .conversation import ENGLISH, source_name
from .template import html, together

_SPEAKERS_SHOWN = 60
_SECTIONS_OFFERED = 400
_WAITING_SHOWN = 20
_STATES = {"read": "records.state.read", "findable": "records.state.findable"}


def status_html(status: ReadingStatus, documents: int, passages: int, words: Words = ENGLISH) -> Markup:
    """One quiet line: what is being read, or what the library holds; how many files could not be read."""
    failed = words.counted("failed", len(status.failures)) if status.failures else ""
    return html("records", "status", line=_line(status, documents, passages, words), error=status.error, failed=failed)


def _line(status: ReadingStatus, documents: int, passages: int, words: Words) -> str:
    if status.running:
        return " · ".join(filter(None, [_under_way(status, words), _left(status, words)]))
    if not documents:
        return words("status.empty")
    return f"{words.counted('documents', documents)} · {words.counted('passages', passages)}"


def _under_way(status: ReadingStatus, words: Words) -> str:
    if status.to_embed and status.embedded < status.to_embed:
        return words("status.embedding", done=words.number(status.embedded), total=words.number(status.to_embed))
    if status.total and status.read < status.total:
        return words("status.reading", number=status.read + 1, total=status.total, name=source_name(status.source))
    return words("status.begins")


def _left(status: ReadingStatus, words: Words) -> str:
    """The time that what is under way takes yet, in whole tens of seconds or in minutes."""
    if not status.left_s:
        return ""
    seconds = max(10, round(status.left_s, -1))
    return words("status.left", time=format_timedelta(timedelta(seconds=seconds), locale=words.language))


def records_html(listings: Sequence[Listing], status: ReadingStatus, leaving: Sequence[str], words: Words) -> Markup:
    """Everything the library pane lists: what is under way, what failed, and the documents."""
    documents = [_document(listing, listing.id in leaving, words) for listing in listings]
    listed = html("records", "records", documents=documents, words=words)
    return together([_progress(status, words), _failures(status.failures, words), listed])


def details_html(listing: Listing, passages: Sequence[Passage], words: Words) -> Markup:
    """What reading found in one document: pages, paragraphs, speakers, and where it came from."""
    speakers = list(dict.fromkeys(passage.locator.speaker for passage in passages if passage.locator.speaker))
    paragraphs = {passage.locator.paragraph for passage in passages if passage.locator.paragraph}
    facts = [
        (words("records.pages"), str(listing.pages) if listing.pages else words("records.no_pages")),
        (words("records.paragraphs"), str(len(paragraphs)) if paragraphs else words("records.no_paragraphs")),
        (words("records.passages"), str(listing.passages)),
        (words("records.speakers"), _speakers(speakers, words)),
        (words("records.source"), source_name(listing.source)),
    ]
    if listing.omitted:
        told = ", ".join(f"{each.what} ({each.count:,})" for each in listing.omitted)
        facts.append((words("records.omitted"), told))
    return html("records", "details", facts=facts)


def filters_html(library: Library, chosen: Mapping[str, str], words: Words) -> Markup:
    """The form that confines the conversation: by document, speaker, section and date."""
    catalogue = library.store.catalogue
    return html(
        "records",
        "filters",
        listings=library.documents(),
        speakers=sorted(catalogue.speakers(), key=str.casefold),
        sections=catalogue.sections(_SECTIONS_OFFERED),
        chosen=chosen,
        words=words,
    )


def _progress(status: ReadingStatus, words: Words) -> str:
    if not status.running:
        return html("records", "fault", error=status.error) if status.error else ""
    done, total = (status.embedded, status.to_embed) if status.to_embed else (status.read, max(status.total, 1))
    return html(
        "records",
        "progress",
        line=_line(status, 0, 0, words),
        done=done,
        total=total,
        error=status.error,
        waiting=[source_name(source) for source in status.waiting[:_WAITING_SHOWN]],
        words=words,
    )


def _failures(failures: Sequence[Failure], words: Words) -> str:
    if not failures:
        return ""
    named = [{"name": source_name(failure.source), "error": failure.error} for failure in failures]
    return html("records", "failures", title=words.counted("failed", len(failures)), failures=named)


def _document(listing: Listing, leaving: bool, words: Words) -> dict[str, Any]:
    state = _STATES.get(listing.state)
    facts = [
        listing.symbol,
        listing.date,
        words.counted("pages", listing.pages) if listing.pages else None,
        words.counted("passages", listing.passages),
        words("records.state.leaving") if leaving else words(state) if state else None,
    ]
    return {"listing": listing, "line": " · ".join(fact for fact in facts if fact), "leaving": leaving}


def _speakers(speakers: Sequence[str], words: Words) -> str:
    if not speakers:
        return words("records.no_speakers")
    shown = ", ".join(speakers[:_SPEAKERS_SHOWN])
    return f"{len(speakers)}: {shown}{' …' if len(speakers) > _SPEAKERS_SHOWN else ''}"
