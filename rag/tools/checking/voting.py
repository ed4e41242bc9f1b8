"""What a draft says of votes, outcomes and sponsors, held against what the library keeps of each record."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ....ingest.language.tables import any_by_role, any_of, words_by_role
from ....vectorstore.structure import Outcome
from ...answering.decisions import is_counted, lists_of
from .draft import Draft, Span
from .verdicts import Finding, Kind, Reason
from .vote_claims import (
    Count,
    Name,
    Side,
    Vote,
    counts_in,
    first_told,
    names_in,
    side_in,
    sponsors_in,
    telling_last_names,
    tells_a_vote,
    tells_of_votes,
    votes_in,
)

_WHOLE_NUMBER = re.compile(r"[\s*_]{0,40}(?P<number>\d{1,4})[\s*_]{0,40}")


_MOST_NAMES = 8


def claims_of_votes(draft: Draft, span: Span) -> Iterator[Finding]:
    """The verdicts on all that a sentence says of counts, votes, outcomes and sponsors."""
    text = draft.bare[slice(*span)]
    if draft.is_row(span[0]):
        counts, votes = _cells(draft, span), votes_in(text, names_in(text, _members(draft, span[0])), is_row=True)
    elif (is_vote := tells_a_vote(draft.bare[slice(*draft.block_at(span[0]))])) or tells_of_votes(text):
        names = names_in(text, _members(draft, span[0]))
        counts, votes = counts_in(text), votes_in(text, names, is_vote=is_vote)
    else:
        counts, votes = [], iter(())
    yield from (_count(draft, _moved(count, span[0])) for count in counts)
    yield from (_vote(draft, _vote_moved(vote, span[0])) for vote in votes)
    for match in _outcome_words().finditer(text):
        yield _outcome(draft, (span[0] + match.start(), span[0] + match.end()))
    for name in sponsors_in(text):
        yield _sponsor(draft, name, (span[0] + name.start, span[0] + name.end))


def _moved(count: Count, by: int) -> Count:
    return replace(count, start=count.start + by, end=count.end + by)


def _vote_moved(vote: Vote, by: int) -> Vote:
    name = replace(vote.name, start=vote.name.start + by, end=vote.name.end + by)
    return replace(vote, name=name, start=vote.start + by, end=vote.end + by)


def _cells(draft: Draft, span: Span) -> list[Count]:
    """The numbers of votes in a row of a table: alone in cells whose row or column a side of a vote heads."""
    found: list[Count] = []
    place = span[0]
    cells = draft.bare[slice(*span)].split("|")
    row_side: Side | None = next((head for cell in cells if cell.strip() and (head := side_in(cell))), None)
    for cell in cells:
        number = _WHOLE_NUMBER.fullmatch(cell)
        side: Side | None = (row_side or side_in(draft.column_heads(place + 1))) if number else None
        if number and side:
            found.append(
                Count(
                    start=place + number.start("number") - span[0],
                    end=place + number.end("number") - span[0],
                    side=side,
                )
            )
        place += len(cell) + 1
    return found


@lru_cache
def _outcome_words() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_by_role('drafts', 'outcome')}(?!\w)", re.IGNORECASE)


def _members(draft: Draft, place: int) -> list[str]:
    """The last names of those who are listed in the votes that a place may speak of."""
    return telling_last_names(
        [
            name
            for mention in draft.speaks_of(place)
            if (document := draft.document_of(mention))
            for outcome in votes_of(draft, document)
            for names in lists_of(outcome).values()
            for name in names
        ]
    )


# --- which records it speaks of ---------------------------------------------------------------------------------------


def records_of(draft: Draft, place: int, end: int | None = None, *, of_year: bool = True) -> list[str]:
    """The records that a claim at a place is of: named in its clause, else in its sentence, else around; of the year
    that the claim itself or its clause names, where they are one of a series."""
    sentence = draft.sentence_at(place)
    clause = _clause(draft.bare, sentence, place)
    mentions = draft.named_in(*clause)
    if not mentions and (named := draft.named_in(*sentence)):
        before = [mention for mention in named if mention.start < place]
        mentions = before[-1:] or named[:1]
    elif len(mentions) > 1 and (before := [mention for mention in mentions if mention.start < place]):
        mentions = before[-1:] if len(before) == 1 else mentions
    is_named = bool(mentions) and clause[0] <= mentions[0].start < clause[1]
    found = [document for mention in mentions or draft.speaks_of(place) if (document := draft.document_of(mention))]
    if not of_year:
        return found or draft.quoted_in(place)
    year = draft.year_in(place, end or place, found[0] if found else None)
    if year is None and not is_named and found:
        year = _year_before(draft, clause, place, found[0]) or _year_before(draft, sentence, place, found[0])
    if year is None or not found:
        return found or draft.quoted_in(place)
    of_it = list(dict.fromkeys(document for each in found if (document := draft.of_year(each, year))))
    return found if is_named and not of_it else of_it


def _year_before(draft: Draft, span: Span, place: int, document: str) -> str | None:
    """The year that a stretch names before a place, and before it tells anything of a vote."""
    told = first_told(draft.bare[span[0] : place])
    return draft.year_in(span[0], place if told is None else span[0] + told, document)


def _clause(text: str, sentence: Span, place: int) -> Span:
    """The part of a sentence between semicolons that a place is in."""
    start, end = text.rfind(";", sentence[0], place) + 1, text.find(";", place, sentence[1])
    return max(start, sentence[0]), end if end >= 0 else sentence[1]


def votes_of(draft: Draft, document: str) -> list[Outcome]:
    """The outcomes of a record whose counts or names are kept."""
    return [outcome for outcome in draft.store.structure(document).told_once if is_counted(outcome)]


def _vote_meant(draft: Draft, document: str, place: int) -> list[Outcome]:
    """The votes of a record that a sentence may speak of: those that share the most telling words with it."""
    found = votes_of(draft, document)
    if len(found) < 2:
        return found
    items = {item.id: item.heading for item in draft.store.structure(document).items}
    said = set(draft.store.lexical.words(draft.bare[slice(*draft.sentence_at(place))]))
    shared = [
        len(said & set(draft.store.lexical.words(f"{items.get(outcome.item or '', '')} {outcome.text}")))
        for outcome in found
    ]
    return [outcome for outcome, count in zip(found, shared, strict=True) if count == max(shared)]


# --- verdicts ---------------------------------------------------------------------------------------------------------


def _finding(draft: Draft, kind: Kind, span: Span) -> Finding:
    return Finding(kind=kind, start=span[0], end=span[1], text=draft.text[slice(*span)], verdict="unchecked")


def _unchecked(draft: Draft, kind: Kind, span: Span, reason: Reason) -> Finding:
    return replace(_finding(draft, kind, span), reason=reason)


def _count(draft: Draft, count: Count) -> Finding:
    """The verdict on a number of votes."""
    span, side, said = (count.start, count.end), count.side, count.value(draft.text)
    documents = _of_list(draft, count)
    if not documents:
        return _unchecked(draft, "count", span, "no document")
    told = [(document, outcome) for document in documents for outcome in _vote_meant(draft, document, span[0])]
    counted = [
        (document, outcome, number) for document, outcome in told if (number := _counted(outcome, side)) is not None
    ]
    if not counted:
        return _without_vote(draft, "count", span, documents)
    same = next((each for each in counted if each[2] == said), None)
    if same is None and len(counted) > 1:
        return _unchecked(draft, "count", span, "several")
    document, outcome, number = same or counted[0]
    return replace(
        _finding(draft, "count", span),
        verdict="exact" if same else "differs",
        record=str(number),
        places=(draft.cite(document, outcome.start, outcome.start + len(outcome.text)),),
    )


def _without_vote(draft: Draft, kind: Kind, span: Span, documents: Sequence[str]) -> Finding:
    """The verdict on votes of records that were adopted without any, or do not tell."""
    for document in documents:
        if outcome := _no_vote(draft, document):
            place = draft.cite(document, outcome.start, outcome.end)
            return replace(_finding(draft, kind, span), verdict="differs", record=outcome.text, places=(place,))
    return _unchecked(draft, kind, span, "not recorded")


def _of_list(draft: Draft, count: Count) -> list[str]:
    """The records that a number of votes is of: where a clause lists as many numbers for a side as records are spoken
    of, each is of the record in the same place of their order."""
    sentence, block = draft.sentence_at(count.start), draft.block_at(count.start)
    around = draft.named_in(*sentence) or draft.speaks_of(count.start), draft.named_in(block[0], sentence[1])
    for first, end in (_clause(draft.bare, sentence, count.start), sentence):
        listed = [each.start + first for each in counts_in(draft.bare[first:end]) if each.side == count.side]
        for mentions in around:
            documents = list(dict.fromkeys(document for each in mentions if (document := draft.document_of(each))))
            if len(listed) == len(documents) > 1 and count.start in listed:
                return [documents[listed.index(count.start)]]
    return records_of(draft, count.start, count.end)


def _counted(outcome: Outcome, side: Side) -> int | None:
    """The count of a side; none listed is none, where the names of a vote are kept."""
    count = {"for": outcome.votes_for, "against": outcome.votes_against, "abstained": outcome.abstained}[side]
    if count is None and (names := lists_of(outcome)) and any(names.values()):
        return len(names[side])
    return count


def _vote(draft: Draft, vote: Vote) -> Finding:
    """The verdict on whose side somebody was on."""
    span = vote.start, vote.end
    documents = records_of(draft, vote.start, vote.end)
    told = [(document, outcome) for document in documents for outcome in _vote_meant(draft, document, vote.start)]
    listed = [(document, outcome) for document, outcome in told if any(lists_of(outcome).values())]
    if not documents:
        return _unchecked(draft, "vote", span, "no document")
    if not listed:
        return _without_vote(draft, "vote", span, documents)
    sides_found = [(document, outcome, *_side_of(vote.name, outcome)) for document, outcome in listed]
    same = next((each for each in sides_found if each[2] == vote.side), None)
    if same is None and len(listed) > 1:
        return _unchecked(draft, "vote", span, "several")
    document, outcome, side, name = same or sides_found[0]
    start = draft.store.document(document)
    at = start.text.find(name, outcome.start, outcome.end) if start and name else -1
    place = (at, at + len(name)) if at >= 0 else (outcome.start, outcome.start + len(outcome.text))
    return replace(
        _finding(draft, "vote", span),
        verdict="exact" if same else "misattributed",
        wrong=None if same else "state",
        said=None if same else draft.text[vote.name.start : vote.name.end],
        record=side or "not listed",
        places=(draft.cite(document, *place),),
    )


def _side_of(name: Name, outcome: Outcome) -> tuple[str | None, str]:
    """The side that somebody is listed on, and what they are called there."""
    for side, names in lists_of(outcome).items():
        if called := name.is_one_of(names):
            return side, called
    return None, ""


def _no_vote(draft: Draft, document: str) -> Outcome | None:
    """The outcome that says that a record was adopted without a vote."""
    words = [word for word, kind in words_by_role("drafts", "outcome").items() if kind == "no vote"]
    said = re.compile(rf"(?<!\w){any_of(words)}(?!\w)", re.IGNORECASE)
    return next((each for each in draft.store.structure(document).outcomes if said.search(each.text)), None)


def _outcome(draft: Draft, span: Span) -> Finding:
    """The verdict on whether there was a vote."""
    kind = words_by_role("drafts", "outcome")[draft.text[slice(*span)].casefold()]
    documents = records_of(draft, span[0])
    if not documents:
        return _unchecked(draft, "outcome", span, "no document")
    told = [(document, votes_of(draft, document), _no_vote(draft, document)) for document in documents]
    for document, votes, without in told:
        found = votes[0] if votes else without
        if found is None:
            return _unchecked(draft, "outcome", span, "not recorded")
        if bool(votes) != (kind == "vote") and not (votes and without):
            place = draft.cite(document, found.start, found.start + len(found.text))
            return replace(_finding(draft, "outcome", span), verdict="differs", record=found.text, places=(place,))
    places = [(document, votes[0] if votes else without) for document, votes, without in told]
    return replace(
        _finding(draft, "outcome", span),
        verdict="exact",
        places=tuple(
            draft.cite(document, found.start, found.start + len(found.text)) for document, found in places if found
        ),
    )


def _sponsor(draft: Draft, name: Name, span: Span) -> Finding:
    documents = records_of(draft, span[0])
    if not documents:
        return _unchecked(draft, "sponsor", span, "no document")
    for document in documents:
        items = draft.store.structure(document).items
        listed = [each for item in items for each in (*item.movers, *item.sponsors, *item.additional_sponsors)]
        item = next((item for item in items if item.movers or item.sponsors), None)
        if item is None:
            continue
        called = name.is_one_of(listed)
        return replace(
            _finding(draft, "sponsor", span),
            verdict="exact" if called else "misattributed",
            wrong=None if called else "state",
            said=None if called else draft.text[slice(*span)],
            record=called or _shortened(list(dict.fromkeys(listed))),
            places=(draft.cite(document, item.start, item.end),),
        )
    return _unchecked(draft, "sponsor", span, "not recorded")


def _shortened(names: Sequence[str]) -> str:
    """The first of a list of names."""
    return "; ".join(names[:_MOST_NAMES]) + ("; …" if len(names) > _MOST_NAMES else "")
