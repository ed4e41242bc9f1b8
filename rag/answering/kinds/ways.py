"""Kinds of questions that are answered in a way of their own, before sentences are chosen as for any other."""

import re
from collections.abc import Sequence

from ....vectorstore.passage import Filters, Hit
from ....vectorstore.store import Store
from ...query import kinds
from ...query.parse import Query
from ...query.question import titles_in
from ..candidates import asking_stems
from ..quoted import Quoted
from .catalogue import items, misnamed, of_day, outcomes, records, speakers
from .changes import changes
from .dated import dated
from .overview import overview
from .results import of_result, of_result_in_record
from .sittings import sitting
from .votes import sponsors, votes, votes_of

# "Who spoke for the ferry company?" asks for one of them.
_SPOKE_FOR = re.compile(r"\b(?:spoke|speaks|speak|spoken) (?:up )?(?:for|against|on behalf|as)\b", re.IGNORECASE)
MOST_VERBS = 1
"""Of words that a question about all that somebody said holds beside the name: "argue"."""


def from_catalogue(store: Store, query: Query, filters: Filters | None = None) -> Quoted | None:
    """The answer to a question about what the library holds, what changed between two records it names, or how one was
    voted on, which needs no search; None where it is none."""
    if kinds.wants_records(query.asked) and not query.references.said_by:
        return records(store, query, filters)
    if changed := changes(store, query):
        return changed
    ways = (dated, of_day, of_result, votes_of, sponsors, misnamed, votes)
    return next(filter(None, (way(store, query, filters) for way in ways)), None)


def own_way(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """The answer to a question of a kind with its own way, without a sentence where the records do not tell it; None
    where it is of no such kind, or where sentences may be found as for any other question."""
    if query.references.paragraphs or query.compared:
        return None
    if (told := sitting(store, query, hits)) is not None:
        return told
    if kinds.wants_speakers(query.asked) and not _SPOKE_FOR.search(query.asked):
        return speakers(store, query, hits)
    if found := of_result_in_record(store, query, hits):
        return found
    if found := outcomes(store, query, hits):
        return found
    if kinds.wants_items(query.asked) and (found := items(store, query, hits)):
        return found
    if kinds.wants_overview(query.asked) or _is_about_all_somebody_said(store, query):
        return overview(store, query, hits)
    return None


def _is_about_all_somebody_said(store: Store, query: Query) -> bool:
    """Whether a question asks what somebody said, on no subject: "What did Ruiz argue?"."""
    if query.topic_words or query.compares or query.expected or query.follows or not query.references.said_by:
        return False
    if kinds.wants_reason(query.asked):
        return False
    called = (*query.references.said_by, titles_in(query.text))
    names = {stem for name in called for stem in store.lexical.words(name)}
    subject = set(query.content_words) - names - asking_stems(store)
    return len(subject) <= MOST_VERBS and not (query.wants_reply or query.wants_asker)
