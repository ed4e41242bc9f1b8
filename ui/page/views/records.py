"""The library pane as HTML: what is being read, what was read and found, what failed and why; and the filters."""

from collections.abc import Mapping, Sequence
from html import escape

from ....ingest.ingest import Failure
from ....rag.library import Library
from ....vectorstore.passage import Listing, Passage
from ...intake import ReadingStatus
from ..words import Words
from .conversation import ENGLISH, source_name

_SPEAKERS_SHOWN = 60
_SECTIONS_OFFERED = 400
_STATES = {"read": "records.state.read", "findable": "records.state.findable"}


def status_html(status: ReadingStatus, documents: int, passages: int, words: Words = ENGLISH) -> str:
    """One quiet line: what is being read, or what the library holds; how many files could not be read."""
    count = len(status.failures)
    failed = f'<span class="r-stopped">{words.counted("failed", count)}</span>' if count else ""
    error = f'<span class="r-stopped">{escape(status.error)}</span>' if status.error else ""
    return f"<span>{escape(_line(status, documents, passages, words))}</span>{error}{failed}"


def _line(status: ReadingStatus, documents: int, passages: int, words: Words) -> str:
    if status.running and status.to_embed and status.embedded < status.to_embed:
        return words("status.embedding", done=f"{status.embedded:,}", total=f"{status.to_embed:,}")
    if status.running and status.total and status.read < status.total:
        return words("status.reading", number=status.read + 1, total=status.total, name=source_name(status.source))
    if status.running:
        return words("status.begins")
    if not documents:
        return words("status.empty")
    return f"{words.counted('documents', documents)} · {words.counted('passages', passages)}"


def records_html(listings: Sequence[Listing], status: ReadingStatus, leaving: Sequence[str], words: Words) -> str:
    """Everything the library pane lists: what is under way, what failed, and the documents."""
    documents = "".join(_document(listing, listing.id in leaving, words) for listing in listings)
    listed = (
        f'<ul class="r-records">{documents}</ul>' if documents else f'<p class="r-none">{words("records.none")}</p>'
    )
    return f"{_progress(status, words)}{_failures(status.failures, words)}{listed}"


def details_html(listing: Listing, passages: Sequence[Passage], words: Words) -> str:
    """What reading found in one document: pages, paragraphs, speakers, and where it came from."""
    speakers = list(dict.fromkeys(passage.locator.speaker for passage in passages if passage.locator.speaker))
    paragraphs = {passage.locator.paragraph for passage in passages if passage.locator.paragraph}
    facts = [
        (words("records.pages"), str(listing.pages) if listing.pages else words("records.no_pages")),
        (words("records.paragraphs"), str(len(paragraphs)) if paragraphs else words("records.no_paragraphs")),
        (words("records.passages"), str(listing.passages)),
        (words("records.speakers"), _speakers(speakers, words)),
        (words("records.source"), escape(listing.source if "://" in listing.source else source_name(listing.source))),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return f'<dl class="r-facts-list">{rows}</dl>'


def filters_html(library: Library, chosen: Mapping[str, str], words: Words) -> str:
    """The form that confines the conversation: by document, speaker, section and date."""
    listings = library.documents()
    catalogue = library.store.catalogue
    speakers = sorted(catalogue.speakers(), key=str.casefold)
    sections = catalogue.sections(_SECTIONS_OFFERED)
    options = "".join(
        f'<option value="{escape(listing.id)}"{_selected(listing.id, chosen.get("document"))}>'
        f"{escape(listing.symbol or listing.title)}</option>"
        for listing in listings
    )
    return (
        f'<label>{words("filter.document")}<select name="document"><option value="">{words("filter.any")}</option>'
        f"{options}</select></label>"
        f"{_listed('speaker', speakers, chosen, words)}{_listed('section', sections, chosen, words)}"
        f'<div class="r-pair">{_date("since", chosen, words)}{_date("until", chosen, words)}</div>'
    )


def _listed(name: str, values: Sequence[str], chosen: Mapping[str, str], words: Words) -> str:
    options = "".join(f'<option value="{escape(value)}"></option>' for value in values)
    return (
        f'<label>{words(f"filter.{name}")}<input name="{name}" list="r-{name}s" autocomplete="off" '
        f'value="{escape(chosen.get(name, ""))}" placeholder="{words("filter.any")}"></label>'
        f'<datalist id="r-{name}s">{options}</datalist>'
    )


def _date(name: str, chosen: Mapping[str, str], words: Words) -> str:
    return (
        f'<label>{words(f"filter.{name}")}<input name="{name}" inputmode="numeric" autocomplete="off" '
        f'pattern="\\d{{4}}(-\\d\\d(-\\d\\d)?)?" placeholder="2031-03" '
        f'title="{words("filter.date_form")}" value="{escape(chosen.get(name, ""))}"></label>'
    )


def _selected(value: str, chosen: str | None) -> str:
    return " selected" if value == chosen else ""


def _progress(status: ReadingStatus, words: Words) -> str:
    if not status.running:
        return f'<p class="r-error">{escape(status.error)}</p>' if status.error else ""
    line = escape(_line(status, 0, 0, words))
    if status.to_embed:
        done, total = status.embedded, status.to_embed
    else:
        done, total = status.read, max(status.total, 1)
    waiting = "".join(f"<li>{escape(source_name(source))}</li>" for source in status.waiting[:20])
    queue = f'<p class="r-eyebrow">{words("records.waiting")}</p><ul class="r-waiting-list">{waiting}</ul>'
    error = f'<p class="r-error">{escape(status.error)}</p>' if status.error else ""
    return (
        f'<section class="r-progress"><p>{line}</p><progress value="{done}" max="{total}" '
        f'aria-label="{line}"></progress>{error}{queue if waiting else ""}</section>'
    )


def _failures(failures: Sequence[Failure], words: Words) -> str:
    if not failures:
        return ""
    items = "".join(
        f"<li><b>{escape(source_name(failure.source))}</b><span>{escape(failure.error)}</span></li>"
        for failure in failures
    )
    title = words.counted("failed", len(failures))
    return f'<section class="r-failures"><h3>{title}</h3><ul>{items}</ul></section>'


def _document(listing: Listing, leaving: bool, words: Words) -> str:
    state = _STATES.get(listing.state)
    facts = [
        listing.symbol,
        listing.date,
        words.counted("pages", listing.pages) if listing.pages else None,
        words.counted("passages", listing.passages),
        words("records.state.leaving") if leaving else words(state) if state else None,
    ]
    line = " · ".join(escape(fact) for fact in facts if fact)
    title = escape(listing.title)
    key = escape(listing.id)
    return (
        f'<li data-record="{key}"{" data-leaving" if leaving else ""}><details><summary>'
        f'<span class="r-title">{title}</span><small>{line}</small></summary><div class="r-details"></div>'
        f'<p class="r-do"><button type="button" class="r-tool" data-document="{key}" data-start="0" data-end="0" '
        f'data-version="">{words("records.read")}</button>'
        f'<button type="button" class="r-tool" data-only="{key}">{words("records.only")}</button>'
        f'<button type="button" class="r-tool r-danger" data-remove="{key}" '
        f'aria-label="{escape(words("records.remove.label", title=listing.title))}">{words("records.remove")}</button>'
        "</p></details></li>"
    )


def _speakers(speakers: Sequence[str], words: Words) -> str:
    if not speakers:
        return words("records.no_speakers")
    shown = ", ".join(escape(speaker) for speaker in speakers[:_SPEAKERS_SHOWN])
    return f"{len(speakers)}: {shown}{' …' if len(speakers) > _SPEAKERS_SHOWN else ''}"
