"""All that had one result: "Which bills were voted down?", "What was postponed?"; from the stored outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ....ingest.language.dates import dates
from ....vectorstore.passage import Document, Filters, Hit, Listing
from ....vectorstore.store import Store
from ....vectorstore.structure import Outcome
from ...query import kinds
from ...query.parse import Query
from ..candidates import asking_stems, heading_of
from ..quoted import Quoted
from ..records_found import called, record_meant
from .matters import told_at, without_lead_ins

MOST = 80
_DECIDED = ("vote", "decision", "resolution", "ruling")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An outcome of a record, with the heading of its item."""

    document: Document
    outcome: Outcome
    heading: str


def of_result(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """All outcomes with the result that a question asks for, record by record, each after its item.

    Of the records that the question names by a word of what they are called, or by their day, where it names any; on
    its subject, where it has one. None where it asks for no result, or none is found.
    """
    if (result := _asked(query)) is None:
        return None
    within = store.select(filters).documents if filters else None
    listings = [each for each in store.listings() if each.state != "read" and (within is None or each.id in within)]
    listings.sort(key=lambda each: (each.date or "", each.source))
    subject = _subject(store, query, result)
    named, rest = _named(store, query, listings, subject)
    found = _with_result(store, named, result, rest)
    if not found and rest != subject:
        found = _with_result(store, listings, result, subject)
    return _told(store, found)


def of_result_in_record(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """The same of the record meant, which may hold anywhere what else the question says; None where it does not."""
    result, document = _asked(query), record_meant(store, query, hits)
    if result is None or document is None:
        return None
    subject = _subject(store, query, result)
    matters = subject & _matters(store)
    if not subject <= {*store.lexical.words(called(document)), *store.lexical.words(document.text)}:
        return None
    meant = [each for each in store.listings() if each.id == document.id]
    return _told(store, _with_result(store, meant, result, matters))


def _asked(query: Query) -> kinds.Result | None:
    """The result that a question asks for, which names no paragraph, compares nothing and does not ask who."""
    is_other = query.wants_speaker or query.references.paragraphs or query.compared
    return None if is_other else kinds.result_asked(query.asked)


def _told(store: Store, found: Sequence[_Found]) -> Quoted | None:
    """Outcomes as an answer, with how many they are in how many records; None where there are none."""
    quoted, records = Quoted(), {each.document.id for each in found}
    for each in found[:MOST]:
        lead = f"{each.document.name}: {each.heading}" if len(records) > 1 else each.heading
        quoted.add(store, each.document, *told_at(each.document, each.outcome), lead.rstrip(": "))
    if not quoted.citations:
        return None
    if len(found) > MOST:
        quoted.remark("of_result.first", shown=MOST, of_outcomes=len(found), in_records=len(records))
    else:
        quoted.remark("of_result", outcomes=len(found), in_records=len(records))
    return quoted


def result_of(outcome: Outcome) -> kinds.Result | None:
    """What became of a matter by one of its outcomes; None where it does not tell.

    The words say it ("The motion was lost, two thirds not having voted for it"), else the counts of a vote; the end of
    a meeting is no postponement, nor is a reference to a committee.
    """
    if outcome.kind == "withdrawn":
        return "withdrawn"
    if outcome.kind == "deferred":
        return None if kinds.is_no_postponement(outcome.text) else "deferred"
    if outcome.kind not in _DECIDED:
        return None
    told = kinds.results_told(outcome.text)
    if told:
        return told[-1]
    if outcome.votes_for is None:
        return None
    return "carried" if outcome.votes_for > (outcome.votes_against or 0) else "rejected"


def _subject(store: Store, query: Query, result: kinds.Result) -> set[str]:
    """The stems of what the matters are on, without those that ask for the result, or for matters of any kind."""
    spent = [*kinds.words_of(f"result {result}"), *kinds.words_for_matters()]
    return set(query.content_words) - asking_stems(store) - {s for word in spent for s in store.lexical.words(word)}


def _matters(store: Store) -> set[str]:
    """The stems of what stands for matters of one kind: bills, amendments."""
    return {stem for word in kinds.words_of("matters named") for stem in store.lexical.words(word)}


def _named(
    store: Store, query: Query, listings: Sequence[Listing], subject: set[str]
) -> tuple[Sequence[Listing], set[str]]:
    """The records that a question names, else all of them, and the stems that do not name them."""
    if pointed := [each for each in listings if each.id in query.references.documents]:
        spent = {stem for each in pointed for stem in store.lexical.words(called(each))}
        return pointed, subject - spent
    days, undated = dates(query.text)
    named_days = {f"{day.year:04}-{day.month:02}-{day.day:02}" for day in days if day.day and day.year}
    if days:
        subject = subject & set(store.lexical.words(undated))
    listings = [each for each in listings if each.date in named_days] or listings
    names = subject - _matters(store)
    words = {each.id: names & set(store.lexical.words(called(each))) for each in listings}
    most = max((len(held) for held in words.values()), default=0)
    if not most:
        return listings, subject
    named = [each for each in listings if len(words[each.id]) == most]
    return named, subject - {stem for each in named for stem in words[each.id]}


def _with_result(store: Store, listings: Sequence[Listing], result: str, subject: set[str]) -> list[_Found]:
    """The outcomes of records that have a result and are on a subject, by their own words or their item's."""
    found: list[_Found] = []
    for listing in listings:
        structure = store.structure(listing.id)
        chosen = [each for each in without_lead_ins(structure.told_once) if result_of(each) == result]
        document = store.document(listing.id) if chosen else None
        if document is None:
            continue
        headings = {item.id: heading_of(item) for item in structure.items}
        items = {item.id: item.heading for item in structure.items}
        for outcome in chosen:
            held = set(store.lexical.words(f"{items.get(outcome.item or '', '')} {outcome.text}"))
            if subject <= held:
                heading = headings.get(outcome.item or "", "")
                found.append(_Found(document=document, outcome=outcome, heading=heading))
    return found
