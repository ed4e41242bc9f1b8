"""How the record that a question names was voted on: its stored outcome, with the counts or the names asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...vectorstore.names import fold
from ...vectorstore.passage import Document, Filters, Hit
from ...vectorstore.store import Store
from ...vectorstore.structure import Item, Outcome
from ..query import kinds
from ..query.parse import Query
from ..query.sides import YEAR
from .candidates import Quotable, heading_of
from .decisions import contradicted, is_counted, on_no_side, with_names
from .quoted import Quoted

MOST_RECORDS = 4
# "Adopted without vote.": what became of the record itself is told shortly; what it decides is not.
MAX_WORDS = 10
TITLE_CHARS = 60


def votes(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """The vote on each record that a question names; None where it asks for no vote, or one has none or several.

    Why somebody voted so is not told by a vote, unless they did not vote so.
    """
    named = query.references.documents[:MOST_RECORDS]
    if not named or not kinds.wants_vote(query.text) or query.references.paragraphs:
        return None
    within = store.select(filters).documents if filters else None
    if within is not None and not within.issuperset(named):
        return None
    quoted = Quoted()
    documents = filter(None, map(store.document, named))
    for document in sorted(documents, key=lambda document: document.date or ""):
        found = _vote_of(store, document)
        if found is None:
            return None
        if kinds.wants_reason(query.text) and not contradicted(query, found.outcome):
            return None
        first, *lists = with_names(query, found)
        for each in (replace(first, lead=_told(query, found)), *lists):
            quoted.add(store, document, each.start, each.end, each.lead)
    return quoted if quoted.citations else None


def _told(query: Query, vote: Quotable) -> str:
    """What a vote was on, and what of a question does not agree with it: a year, a state that is not listed, a vote."""
    date, listed = vote.hit.document.date or "", is_counted(vote.outcome)
    years = set(YEAR.findall(query.text))
    on = fold(f"{vote.lead} {vote.hit.document.title}")
    absent = [state for state in on_no_side(query, vote.outcome) if fold(state) not in on]
    told = [f"{state} is not listed on any side" for state in absent]
    told += [] if listed else ["no recorded vote"]
    is_one_of_several = len(query.references.documents) > 1 or (years and date[:4] not in years)
    told += [date] if date and is_one_of_several else []
    return f"{vote.lead} ({', '.join(told)})" if told else vote.lead


def _vote_of(store: Store, document: Document) -> Quotable | None:
    """What became of a record by the one vote it tells of, or by the one short line that says it; else None."""
    structure = store.structure(document.id)
    outcome = _only(each for each in structure.outcomes if is_counted(each))
    outcome = outcome or _only(_short(structure.outcomes))
    if outcome is None or (start := document.text.find(outcome.text, outcome.start, outcome.end)) < 0:
        return None
    item = next((each for each in structure.items if each.id == outcome.item), None)
    passages = store.passages_of(document.id)
    told_in = tuple(each for each in passages if each.start < outcome.end and each.end > outcome.start)
    if not told_in:
        return None
    return Quotable(
        hit=Hit(passage=told_in[0], document=document, score=0.0), start=start, end=start + len(outcome.text),
        words=frozenset(), outcome=outcome, told_in=told_in, lead=_lead(document, item),
    )  # fmt: skip


def _lead(document: Document, item: Item | None) -> str:
    """The title of a record, with what its item says more than that (that it is from the file's metadata)."""
    heading = heading_of(item) if item else ""
    return heading if document.title[:TITLE_CHARS] in heading else document.title


def _short(outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    kept = (each for each in outcomes if each.kind in ("vote", "decision"))
    return (each for each in kept if len(each.text.split()) <= MAX_WORDS)


def _only(outcomes: Iterator[Outcome]) -> Outcome | None:
    found = list(outcomes)
    return found[0] if len(found) == 1 else None
