"""Which records most of what was found is from, and which one a question means."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ...vectorstore.passage import Document, Hit, Listing
from ...vectorstore.store import Store
from ..query.parse import Query
from ..query.question import SYMBOL, content_words
from .candidates import asking_stems

PASSAGES = 20
FAR_MORE = 4
"""Set by reading the questions of the development records whose words point at one record and find another."""


def shares_of_records(hits: Sequence[Hit]) -> "Counter[str]":
    """How much of the first passages is from each record, by its id (0 to 1); those further up weigh more."""
    shares: dict[str, float] = {}
    for rank, hit in enumerate(hits[:PASSAGES], start=1):
        shares[hit.document.id] = shares.get(hit.document.id, 0.0) + 1 / rank
    total = sum(shares.values())
    return Counter({key: share / total for key, share in shares.items()})  # type: ignore[arg-type]


def record_meant(store: Store, query: Query, hits: Sequence[Hit]) -> Document | None:
    """The record that the question points at, else the one most of what was found is from; of what was found only.

    Where somebody's words are asked for, it is one in which they speak. What is called by some words of the question,
    not by a symbol, is not meant where far more was found of another record.
    """
    spoken = [hit for hit in hits if hit.passage.locator.speaker in query.references.said_by]
    shares = shares_of_records(spoken or hits)
    held = {hit.document.id for hit in hits}
    pointed = [key for key in query.references.documents if key in held]
    best = max(pointed or shares, key=lambda key: shares[key], default=None)
    most = max(shares, key=lambda key: shares[key], default=None)
    if pointed and not SYMBOL.search(query.text) and shares[str(most)] > FAR_MORE * shares[str(best)]:
        best = most
    return store.document(best) if best else None


def own_stems(store: Store, query: Query) -> Sequence[str]:
    """The stems of what a question says itself, without the question before that a follow-up carries along."""
    return query.content_words if query.own == query.text else content_words(store, query.own, query.language)


def subject_stems(store: Store, stems: Iterable[str], document: Document) -> set[str]:
    """The stems that say more than which record is meant and what kind of answer is wanted."""
    return set(stems) - asking_stems(store) - set(store.lexical.words(called(document)))


def called(record: Listing | Document) -> str:
    """All that a record is called."""
    told = (record.title, record.symbol, record.body, record.meeting, record.publisher, record.session)
    return " ".join([*filter(None, told), re.sub(r"[\W_]+", " ", record.source.rsplit("/", 1)[-1])])
