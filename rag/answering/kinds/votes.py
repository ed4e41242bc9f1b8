"""How the record that a question names was voted on, who put it forward, and the votes of somebody: from what is stored
of outcomes and items, with the counts or names asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....ingest.language.states import states_in
from ....vectorstore.names import fold
from ....vectorstore.passage import Document, Filters, Hit
from ....vectorstore.store import Store
from ....vectorstore.structure import Item, Outcome
from ...messages import label
from ...query import kinds
from ...query.parse import Query
from ...query.sides import YEAR
from ..abstain import SYMBOL
from ..candidates import Quotable, heading_of
from ..decisions import asked_sides, contradicted, is_counted, lists_of, named_in, on_no_side, with_names
from ..listed import place_of_names, place_of_one
from ..quoted import Quoted

MOST_RECORDS = 4
MOST_VOTES = 40
PASSAGES = 50
# "Adopted without vote.": what became of the record itself is told shortly; what it decides is not.
MAX_WORDS = 10
TITLE_CHARS = 60


def votes(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """The vote on each record that a question names; None where it asks for no vote, or one has none or several.

    Why somebody voted so is not told by a vote, unless they did not vote so.
    """
    named = query.references.documents[:MOST_RECORDS]
    if not named or query.references.paragraphs:
        return None
    within = store.select(filters).documents if filters else None
    if within is not None and not within.issuperset(named):
        return None
    quoted = Quoted()
    documents = list(filter(None, map(store.document, named)))
    of_other_year = len(documents) == 1 and _is_of_other_year(query, documents[0])
    if not (of_other_year or _asks(query)):
        return None
    stood: list[set[str]] = []
    for document in sorted(documents, key=lambda document: document.date or ""):
        found = _vote_of(store, document)
        if found is None:
            return None
        agrees = not (of_other_year or contradicted(query, found.outcome) or _was_voted_on(query, found))
        if kinds.wants_reason(query.asked) and agrees:
            return None
        first, *lists = with_names(query, found)
        lists_by_side = lists_of(found.outcome).items() if found.outcome else ()
        stood.append({side for side, names in lists_by_side if named_in(query, names)})
        for each in (replace(first, lead=_told(query, found)), *lists):
            quoted.add(store, document, each.start, each.end, each.lead)
    if len(stood) > 1 and len(stood[0]) == 1 and all(sides == stood[0] for sides in stood):
        last = quoted.sentences[-1]
        quoted.sentences[-1] = replace(last, text=f"{last.text} ({label(query.language, 'same_side')})")
    return quoted if quoted.citations else None


def _is_of_other_year(query: Query, document: Document) -> bool:
    """Whether a question has what a record decides happen in another year than the record's."""
    years, date = set(YEAR.findall(query.text)), document.date or ""
    is_other = bool(years and date) and date[:4] not in years
    return is_other and kinds.wants_reason(query.asked) and kinds.wants_decision(query.asked)


def _asks(query: Query) -> bool:
    text = query.asked
    if kinds.wants_paragraph(text):
        return False
    if kinds.wants_vote(text) or kinds.wants_manner(text) or kinds.says_unvoted(text) or kinds.wants_side(text):
        return True
    return kinds.says_supported(text) and bool(states_in(text)) and not query.references.said_by


def _told(query: Query, vote: Quotable) -> str:
    """What a vote was on, and what of a question does not agree with it: a year, a state that is not listed, a vote."""
    date, listed = vote.hit.document.date or "", is_counted(vote.outcome)
    years = set(YEAR.findall(query.text))
    on = fold(f"{vote.lead} {vote.hit.document.title}")
    absent = [state for state in on_no_side(query, vote.outcome) if fold(state) not in on]
    told = [label(query.language, "not_listed", state=state) for state in absent]
    if _was_voted_on(query, vote) or (listed and kinds.wants_manner(query.asked)):
        code = "recorded_vote" if vote.outcome and vote.outcome.names_for else "put_to_vote"
        told.append(label(query.language, code))
    elif not listed:
        told.append(label(query.language, "without_vote" if kinds.says_unvoted(vote.text) else "no_recorded_vote"))
    is_one_of_several = len(query.references.documents) > 1 or (years and date[:4] not in years)
    told += [date] if date and is_one_of_several else []
    return f"{vote.lead} ({', '.join(told)})" if told else vote.lead


def _was_voted_on(query: Query, vote: Quotable) -> bool:
    """Whether there was a vote on what a question says to have been adopted without one."""
    return is_counted(vote.outcome) and kinds.says_unvoted(query.asked)


def _vote_of(store: Store, document: Document) -> Quotable | None:
    """What became of a record by the one vote it tells of, or by the one short line that says it; else None."""
    structure = store.structure(document.id)
    outcome = _only(each for each in structure.told_once if is_counted(each))
    outcome = outcome or _only(_short(structure.told_once))
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


def votes_of(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """All votes in which somebody whom a question names is on the side it names; None where it asks for no such list.

    Of the years that stand in the question, where any do.
    """
    sides = asked_sides(query.asked)
    if len(sides) != 1 or query.references.documents:
        return None
    if not kinds.wants_vote(query.asked) or not (kinds.wants_which_records(query.asked) or query.wants_list):
        return None
    [side] = sides
    role = f"names_{side}"
    names = named_in(query, store.catalogue.names_in(role))
    within = store.select(filters).documents if filters else None
    years = set(YEAR.findall(query.text))
    quoted, count = Quoted(), 0
    for document in _by_date(store, store.catalogue.documents_with(role, names), within):
        if years and (document.date or "")[:4] not in years:
            continue
        structure = store.structure(document.id)
        for outcome in structure.told_once:
            listed = lists_of(outcome)[side]
            name = next((name for name in listed if name in names), None)
            place = name and place_of_one(document.text, outcome.start, outcome.end, name, listed)
            if place:
                count += 1
                item = next((each for each in structure.items if each.id == outcome.item), None)
                if count <= MOST_VOTES:
                    on = label(query.language, f"side.{side}")
                    quoted.add(store, document, *place, f"{_vote_told(document, item)}: {on} ({len(listed)})")
    if not quoted.citations:
        return None
    code = ".".join(["votes_on_side", *(["years"] if years else []), *(["first"] if count > MOST_VOTES else [])])
    told = {"names": " / ".join(sorted(names)), "years": ", ".join(sorted(years))}
    quoted.remark(code, votes=count, of_votes=count, shown=MOST_VOTES, **told)
    return quoted


def _by_date(store: Store, ids: Sequence[str], within: frozenset[str] | None) -> list[Document]:
    documents = [store.document(each) for each in ids if within is None or each in within]
    return sorted(
        filter(None, documents), key=lambda document: (document.date or "", document.symbol or document.source)
    )


def _vote_told(document: Document, item: Item | None) -> str:
    """What a vote was on: the record by its symbol and title, with its date."""
    title = heading_of(item) if item and document.title[:TITLE_CHARS] not in heading_of(item) else document.title
    called = f"{document.symbol}, {title}" if document.symbol else title
    return f"{called} ({document.date})" if document.date else called


def sponsors(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """Who put forward what a question names by its symbol, as a record or as a draft; None where that is not asked.

    The names are those that the record tabulates, whole, with their count.
    """
    if not kinds.wants_sponsors(query.asked, who=query.wants_speaker) or query.references.paragraphs:
        return None
    symbols = [match[0] for match in SYMBOL.finditer(query.text)]
    within = store.select(filters).documents if filters else None
    quoted = Quoted()
    ids = query.references.documents[:MOST_RECORDS] or _with_symbol(store, symbols)
    for document in _by_date(store, ids, within):
        for item in store.structure(document.id).items:
            held = document.text[item.start : item.end]
            if query.references.documents or any(symbol in held for symbol in symbols):
                of_item = (("sponsors", item.sponsors), ("sponsors.additional", item.additional_sponsors))
                for code, names in of_item:
                    place = place_of_names(document.text, item.start, item.end, names)
                    if place:
                        told = label(query.language, code)
                        quoted.add(store, document, *place, f"{document.name}: {told} ({len(names)})")
    return quoted if quoted.citations else None


def _with_symbol(store: Store, symbols: Sequence[str]) -> list[str]:
    """The records in which one of some symbols stands, of those found by its parts."""
    found: dict[str, None] = {}
    for symbol in symbols:
        words = dict.fromkeys(store.lexical.words(symbol), 1.0)
        hits = store.hits(store.by_words(words, PASSAGES)) if words else []
        found |= {hit.document.id: None for hit in hits if symbol in hit.passage.text}
    return list(found)[:MOST_RECORDS]
