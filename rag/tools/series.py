"""Documents that follow each other under one title, and since when a wording stands in them."""

import re
from collections.abc import Callable, Sequence

from ...ingest.language.dates import NAMES, dates
from ...vectorstore.names import fold
from ...vectorstore.passage import Listing
from .align import Paragraph, align
from .compare import Text

_WORD = re.compile(r"[^\W_]+")


def series_of(listings: Sequence[Listing], listing: Listing) -> list[Listing]:
    """The documents of a document's title, body and language that bear a date, itself included, oldest first.

    Dates and numbers in a title tell one document of a series from the next, and do not count.
    """
    title = _bare(listing.title)
    found = [
        each
        for each in listings
        if each.date and each.language == listing.language and each.body == listing.body and _bare(each.title) == title
    ]
    return sorted(found, key=lambda each: (each.date or "", each.symbol or "", each.id)) if title else []


def previous_of(listings: Sequence[Listing], listing: Listing) -> Listing | None:
    """The document before a document in its series; None where there is none of an earlier date."""
    earlier = [each for each in series_of(listings, listing) if (each.date or "") < (listing.date or "")]
    return earlier[-1] if earlier else None


def standing_since(
    listings: Sequence[Listing], listing: Listing, read: Callable[[Listing], Text]
) -> list[tuple[Paragraph, Listing]]:
    """Each paragraph of a document with the earliest of the unbroken run of its series that holds its wording.

    `read` gives the text of a document; no more are read than some paragraph stands in.
    """
    later = read(listing).paragraphs
    since = [(paragraph, listing) for paragraph in later]
    standing = {place: place for place in range(len(later))}
    while standing and (earlier := previous_of(listings, listing)):
        before = read(earlier).paragraphs
        standing = {old: standing[new] for old, new in _unchanged(before, later) if new in standing}
        for place in standing.values():
            since[place] = (since[place][0], earlier)
        listing, later = earlier, before
    return since


def _unchanged(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[tuple[int, int]]:
    return [(one, other) for one, other in align(old, new) if old[one].words == new[other].words]


def _bare(title: str) -> tuple[str, ...]:
    """The words of a title without its dates and numbers."""
    words = _WORD.findall(fold(dates(title)[1]))
    return tuple(word for word in words if word not in NAMES and not any(letter.isdigit() for letter in word))
