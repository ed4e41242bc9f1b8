"""What the library holds, and who spoke: answered from the catalogue, whole, each line with a quote that proves it."""

import re
from collections import Counter
from collections.abc import Sequence

from ....ingest.language.dates import dates
from ....vectorstore.passage import Document, Filters, Hit, Listing
from ....vectorstore.store import Store
from ....vectorstore.structure import SpeakerTurn
from ...messages import counted, told_in
from ...query import kinds
from ...query.directory import directory_of
from ...query.parse import Query
from ..candidates import asking_stems, heading_of, inverse_frequency
from ..decisions import is_counted
from ..quoted import Quoted, told_of
from ..records_found import called, own_stems, record_meant, subject_stems
from .matters import line_end, matters, told_at, without_lead_ins

MAX_RECORDS = 40
MAX_SPEAKERS = 80
PASSAGES = 1000
ABOUT_SHARE = 0.5
FEW_SHARE = 0.1
MAX_LINE_CHARS = 120
FEWEST_SHARED = 2
_TIE = re.compile(
    r"\b(?:tied?\s++(?:vote|votes|motion|ballot|division)|(?:in|a)\s++tie|votes?\s++(?:was|were|is|are)?\s*+tied)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\s(?:about|on|regarding|concerning)\s(?P<topic>.+)", re.IGNORECASE)


def records(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """The records that the question asks for, each with its title as it stands in it; None where none fits."""
    held = store.listings()
    within = store.select(filters).documents if filters else None
    listings = [each for each in held if each.state != "read" and (within is None or each.id in within)]
    language = kinds.language_asked(query.asked)
    if language:
        told = [each for each in listings if each.language]
        listings = [each for each in told if (each.language == language.code) != language.negative]
    if _TIE.search(query.text):
        return _tied(store, listings)
    words = _subject(store, query, language.words if language else "")
    named = _ranked(store, words, listings) if words else [(listing, 0) for listing in listings]
    quoted = Quoted()
    for listing, count in named[:MAX_RECORDS]:
        document = store.document(listing.id)
        if document:
            often = _often(query, count) if words else ""
            _add_record(store, quoted, document, often)
    if not quoted.citations:
        return None
    _count(quoted, len(named), len(held))
    return quoted


def of_day(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """The records of the days that a question about decisions names ("What was adopted on 10 May?"), which asks for
    records; None where it asks for something else, or none is of these days."""
    days = {(day.year, day.month, day.day) for day in dates(query.text)[0] if day.day and day.year}
    if not days or not (kinds.wants_which_records(query.asked) and kinds.wants_decision(query.asked)):
        return None
    within = store.select(filters).documents if filters else None
    found = [each for each in store.listings() if (within is None or each.id in within) and _day_of(each) in days]
    quoted = Quoted()
    for document in filter(None, (store.document(each.id) for each in found[:MAX_RECORDS])):
        _add_record(store, quoted, document)
    if not quoted.citations:
        return None
    _count(quoted, len(found), len(store.listings()))
    return quoted


def misnamed(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """What a record is called whose symbol a question gives to the subject of others ("resolution 76/12 on ..."), and
    those others; None where the record speaks of that subject, or no other is called so."""
    if len(query.references.documents) != 1:
        return None
    document = store.document(query.references.documents[0])
    stems = set(query.content_words) - asking_stems(store)
    if document is None or len(stems & set(store.lexical.words(called(document)))) >= FEWEST_SHARED:
        return None
    directory = directory_of(store)
    others = [each for each in directory.documents_in("", query.content_words) if each != document.id]
    of_others = [each for each in map(store.document, others) if each]
    subject = stems & set(store.lexical.words(of_others[0].title)) if of_others else set[str]()
    passages = store.passages_of(document.id)
    if len(subject) < FEWEST_SHARED or any(subject <= set(store.lexical.words(each.text)) for each in passages):
        return None
    if filters and not (store.select(filters).documents or frozenset()).issuperset([document.id, *others]):
        return None
    quoted = Quoted()
    for each in (document, *of_others):
        _add_record(store, quoted, each)
    quoted.remark("not_on_this", document=document.name)
    return quoted


def _day_of(listing: Listing) -> tuple[int, ...]:
    parts = (listing.date or "").split("-")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()


def speakers(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """Everybody who speaks in the record meant, in the order they first do, with how often; None where nobody does.

    Where the question names a subject that is not the record's own, those who speak of it.
    """
    document = record_meant(store, query, hits)
    if document is None:
        return None
    turns, spoken = _turns_on(store, query, document), store.structure(document.id).turns
    counts = Counter(turn.speaker for turn in turns)
    first = {turn.speaker: turn for turn in reversed(turns)}
    quoted, language = Quoted(), told_in(query.language)
    for speaker in list(counts)[:MAX_SPEAKERS]:
        statements = counted("statements", counts[speaker], language)
        quoted.add(store, document, *_label_of(document, first[speaker]), f"{speaker} ({statements})")
    if not quoted.citations:
        return None
    if len(quoted.citations) < len(counts):
        shown = len(quoted.citations)
        quoted.remark("first_speakers", shown=shown, of_speakers=len(counts), document=document.name)
    else:
        code = "all_speakers" if len(turns) == len(spoken) else "all_speakers.on_this"
        quoted.remark(code, speakers=len(counts), document=document.name)
    return quoted


def outcomes(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """All that the record meant tells as decided, each after its item: what is to be done, or the votes with somebody
    against, where these are asked for, without a sentence where there are none; None where nothing was decided, or
    where a subject is named."""
    document, asked = record_meant(store, query, hits), kinds.listing_asked(query.asked)
    if document is None or asked is None or _names_a_subject(store, query, document, asked):
        return None
    structure, quoted = store.structure(document.id), Quoted()
    headings = {item.id: heading_of(item) for item in structure.items}
    told = without_lead_ins(structure.told_once)
    counted = [each for each in told if is_counted(each)] if kinds.wants_vote(query.asked) else []
    if asked == "action items":
        told = [each for each in told if each.kind == "action"]
    elif asked == "dissent":
        told = counted = [each for each in told if each.votes_against or each.names_against]
    told = counted or told
    if asked != "outcomes" and not told:
        return quoted
    for outcome in told[:MAX_SPEAKERS]:
        heading = headings.get(outcome.item or "", "")
        quoted.add(store, document, *told_at(document, outcome), heading)
    return _all_of(quoted, "votes" if counted else "outcomes", len(told), document)


def items(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """All that the record meant deals with; None where it has no items, or where a subject is named."""
    document = record_meant(store, query, hits)
    if document is None or _names_a_subject(store, query, document, "items"):
        return None
    told, quoted = matters(document, store.structure(document.id).items), Quoted()
    for item in told[:MAX_SPEAKERS]:
        quoted.add(store, document, item.start, line_end(document, item))
    return _all_of(quoted, "items", len(told), document)


def _names_a_subject(store: Store, query: Query, document: Document, kind: str) -> bool:
    """Whether a question says more than which record's outcomes or items it asks for."""
    asked = {stem for phrase in kinds.words_of(kind) for stem in store.lexical.words(phrase)}
    return bool(subject_stems(store, own_stems(store, query), document) - asked)


def _all_of(quoted: Quoted, what: str, total: int, document: Document) -> Quoted | None:
    """What is listed, with how many it is of how many; None where it is nothing."""
    if not quoted.citations:
        return None
    if (shown := len(quoted.citations)) == total:
        quoted.remark(f"all_{what}", document=document.name, **{what: total})
    else:
        quoted.remark(f"first_{what}", document=document.name, shown=shown, **{f"of_{what}": total})
    return quoted


def _turns_on(store: Store, query: Query, document: Document) -> Sequence[SpeakerTurn]:
    """The turns of a record in which the subject is spoken of; all of them where it is the record's own, or none."""
    turns = store.structure(document.id).turns
    about = _ABOUT.search(query.text)
    stems = set(store.lexical.words(about["topic"])) & set(query.content_words) if about else set[str]()
    stems = subject_stems(store, stems, document)
    return [turn for turn in turns if stems <= set(store.lexical.words(document.text[turn.start : turn.end]))]


def _label_of(document: Document, turn: SpeakerTurn) -> tuple[int, int]:
    """Where a turn names its speaker, else its first line."""
    start = document.text.find(turn.label, turn.start, turn.end)
    if start >= 0:
        return start, start + len(turn.label)
    line = document.text.find("\n", turn.start, turn.end)
    return turn.start, min(line if line > turn.start else turn.end, turn.start + MAX_LINE_CHARS)


def _count(quoted: Quoted, found: int, held: int) -> None:
    """Says how many of the records are found, and how many of them are shown."""
    shown = len(quoted.citations)
    quoted.remark("records_of" if shown == found else "records_of.first", found=found, of_records=held, shown=shown)


def _subject(store: Store, query: Query, spent: str) -> dict[str, float]:
    """What the records asked for are about, each stem by its weight."""
    idf = inverse_frequency(store)
    asking = asking_stems(store) | set(store.lexical.words(spent))
    return {stem: idf(stem) for stem in query.content_words if stem not in asking}


def _ranked(store: Store, words: dict[str, float], listings: Sequence[Listing]) -> list[tuple[Listing, int]]:
    """The records about a subject, by what they are called or by how many passages hold all of its words, the most
    first; those that only touch on it are left out."""
    total = sum(words.values())
    counts: Counter[str] = Counter()
    for hit in store.hits(store.by_words(words, PASSAGES)):
        if words.keys() <= set(store.lexical.words(f"{hit.passage.context} {hit.passage.text}")):
            counts[hit.document.id] += 1
    found: list[tuple[Listing, int, float]] = []
    for listing in listings:
        held = set(store.lexical.words(called(listing)))
        share = sum(weight for stem, weight in words.items() if stem in held) / total
        if share >= ABOUT_SHARE or counts[listing.id]:
            found.append((listing, counts[listing.id], share))
    most = max((count for _, count, _ in found), default=0)
    found = [each for each in found if each[2] >= ABOUT_SHARE or each[1] >= FEW_SHARE * most]
    found.sort(key=lambda each: (-(each[2] >= ABOUT_SHARE), -each[1]))
    return [(listing, count) for listing, count, _ in found]


def _tied(store: Store, listings: Sequence[Listing]) -> Quoted | None:
    """The votes with as many on one side as on the other, of the records that hold one."""
    quoted, tied = Quoted(), 0
    for listing in listings:
        document = store.document(listing.id)
        for outcome in store.structure(listing.id).outcomes:
            if document and outcome.votes_for and outcome.votes_for == outcome.votes_against:
                tied += 1
                start = document.text.find(outcome.text, outcome.start, outcome.end)
                if start >= 0 and len(quoted.citations) < MAX_RECORDS:
                    quoted.add(store, document, start, start + len(outcome.text), told_of(document, outcome.text))
    if not quoted.citations:
        return None
    if tied > len(quoted.citations):
        quoted.remark("tied", tied_votes=tied, shown=len(quoted.citations))
    return quoted


def _often(query: Query, count: int) -> str:
    """In how many passages a record is on the subject."""
    return counted("passages", count, told_in(query.language)) if count else ""


def _add_record(store: Store, quoted: Quoted, document: Document, *more: str) -> None:
    """A line on a record, with its title quoted, or its first words where the title stands nowhere in it."""
    start = document.text.find(document.title)
    end = start + len(document.title)
    if start < 0:
        passage = next(iter(store.passages_of(document.id)), None)
        if passage is None:
            return
        start, end = passage.start, min(passage.end, passage.start + MAX_LINE_CHARS)
    quoted.add(store, document, start, end, told_of(document, document.text[start:end], *filter(None, more)))
