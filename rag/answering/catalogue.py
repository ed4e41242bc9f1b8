"""What the library holds, and who spoke: answered from the catalogue, whole, each line with a quote that proves it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

from ...vectorstore.passage import Document, Hit, Listing
from ...vectorstore.store import Store
from ..query import kinds
from ..query.parse import Query
from .candidates import inverse_frequency
from .quoted import Quoted
from .records_found import shares_of_records

MAX_RECORDS = 40
MAX_SPEAKERS = 80
PASSAGES = 1000
ABOUT_SHARE = 0.5
FEW_SHARE = 0.1
_IN_LANGUAGE = re.compile(r"\b(?P<no>not |aren't |isn't |n't )?(?:written )?in (?P<name>[A-Z][a-z]+)\b")
_TIE = re.compile(r"\b(?:tie|ties|tied)\b", re.IGNORECASE)


def records(store: Store, query: Query) -> Quoted | None:
    """The records that the question asks for, each with its title as it stands in it; None where none fits."""
    listings = [listing for listing in store.listings() if listing.state != "read"]
    listings, asked_so = _in_language(query.text, listings)
    if _TIE.search(query.text):
        return _tied(store, listings)
    words = _subject(store, query, asked_so)
    named = _ranked(store, words, listings) if words else [(listing, 0) for listing in listings]
    quoted = Quoted()
    for listing, count in named[:MAX_RECORDS]:
        document = store.document(listing.id)
        if document:
            _add_record(store, quoted, document, count, words)
    if not quoted.citations:
        return None
    quoted.notes.append(_how_many(len(named), len(store.listings()), len(quoted.citations)))
    return quoted


def speakers(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """Everybody who speaks in the record meant, in the order they first do, with how often; None where nobody does."""
    pointed = query.references.documents
    shares = shares_of_records(hits)
    meant = max(pointed or shares, key=lambda key: shares[key], default=None)
    document = store.document(meant) if meant else None
    if document is None:
        return None
    turns = store.catalogue.structure(document.id).turns
    counts = Counter(turn.speaker for turn in turns)
    first = {turn.speaker: turn for turn in reversed(turns)}
    quoted = Quoted()
    for speaker in dict.fromkeys(turn.speaker for turn in turns):
        turn = first[speaker]
        start = document.text.find(turn.label, turn.start, turn.end)
        if start >= 0 and len(quoted.citations) < MAX_SPEAKERS:
            often = f"{speaker} ({counts[speaker]} {'statement' if counts[speaker] == 1 else 'statements'})"
            quoted.add(store, document, start, start + len(turn.label), often)
    if not quoted.citations:
        return None
    quoted.notes.append(f"{len(counts)} speakers in {document.name}, all of them." if len(counts) <= MAX_SPEAKERS else
                        f"The first {MAX_SPEAKERS} of {len(counts)} speakers in {document.name}.")
    return quoted


def _how_many(found: int, held: int, shown: int) -> str:
    of = f"{found} of the {held} records"
    return f"{of}." if shown == found else f"{of}; the first {shown} are shown."


@lru_cache
def _languages() -> dict[str, str]:
    """Codes of languages by their English names, from CLDR."""
    from babel import Locale

    names = cast(Mapping[str, str], Locale("en").languages)
    return {name: code for code, name in names.items() if len(code) == 2}


def _in_language(question: str, listings: Sequence[Listing]) -> tuple[list[Listing], str]:
    """The records in the language asked for, or not in it, and the words that asked so."""
    for match in _IN_LANGUAGE.finditer(question):
        code = _languages().get(match["name"])
        if code:
            negative = bool(match["no"]) or bool(re.search(r"\bnot\b", question[: match.start()]))
            chosen = [each for each in listings if each.language and (each.language == code) != negative]
            return chosen, match[0]
    return list(listings), ""


def _subject(store: Store, query: Query, spent: str) -> dict[str, float]:
    """What the records asked for are about, each stem by its weight."""
    idf = inverse_frequency(store)
    asking = {stem for word in kinds.asking_words() for stem in store.lexical.words(word)}
    asking |= set(store.lexical.words(spent))
    return {stem: idf(stem) for stem in query.content_words if stem not in asking}


def _ranked(store: Store, words: dict[str, float], listings: Sequence[Listing]) -> list[tuple[Listing, int]]:
    """The records about a subject, by what they are called or by how many passages hold all of its words, the most
    first; those that only touch on it are left out."""
    total = sum(words.values())
    counts: Counter[str] = Counter()
    for key, _ in store.by_words(words, PASSAGES):
        row = store.catalogue.passage_rows([key]).get(key)
        hit = store.hits([(key, 0.0)])
        if row and hit and words.keys() <= set(store.lexical.words(f"{hit[0].passage.context} {hit[0].passage.text}")):
            counts[row.document_id] += 1
    found: list[tuple[Listing, int, float]] = []
    for listing in listings:
        held = set(store.lexical.words(_called(listing)))
        share = sum(weight for stem, weight in words.items() if stem in held) / total
        if share >= ABOUT_SHARE or counts[listing.id]:
            found.append((listing, counts[listing.id], share))
    most = max((count for _, count, _ in found), default=0)
    found = [each for each in found if each[2] >= ABOUT_SHARE or each[1] >= FEW_SHARE * most]
    found.sort(key=lambda each: (-(each[2] >= ABOUT_SHARE), -each[1]))
    return [(listing, count) for listing, count, _ in found]


def _called(listing: Listing) -> str:
    """All that a record is called."""
    told = (listing.title, listing.symbol, listing.body, listing.meeting, listing.publisher, listing.session)
    return " ".join([*filter(None, told), re.sub(r"[\W_]+", " ", listing.source.rsplit("/", 1)[-1])])


def _tied(store: Store, listings: Sequence[Listing]) -> Quoted | None:
    """The records that hold a vote with as many on one side as on the other."""
    quoted = Quoted()
    for listing in listings:
        document = store.document(listing.id)
        for outcome in store.catalogue.structure(listing.id).outcomes:
            if document and outcome.votes_for and outcome.votes_for == outcome.votes_against:
                start = document.text.find(outcome.text, outcome.start, outcome.end)
                if start >= 0:
                    quoted.add(store, document, start, start + len(outcome.text), ", ".join(_told(document)))
    return quoted if quoted.citations else None


def _told(document: Document) -> Iterator[str]:
    """What tells a record from others: its title, symbol, body and date."""
    yield document.title
    yield from filter(None, (document.symbol, document.body, document.date))


def _add_record(store: Store, quoted: Quoted, document: Document, count: int, words: dict[str, float]) -> None:
    """A line on a record, with its title quoted, or its first words where the title stands nowhere in it."""
    start = document.text.find(document.title)
    end = start + len(document.title)
    if start < 0:
        passage = next(iter(store.passages_of(document.id)), None)
        if passage is None:
            return
        start, end = passage.start, min(passage.end, passage.start + 120)
    about = ", ".join(_told(document))
    quoted.add(store, document, start, end, f"{about} ({count} passages)" if count and words else about)
