"""Where a conversation stands: the records that its last answer was drawn from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...vectorstore.passage import Filters, Hit
from ...vectorstore.store import Store
from ..answer import Turn
from ..query.parse import parse_query
from ..query.question import content_words
from ..query.thread import Thread, even
from .retrieve import retrieve

MAX_TURNS_BACK = 3
MAX_QUOTES = 4
LOOKED_AT = 8
SHORTEST_CHARS, COMPARED_CHARS = 12, 160
SHARE_OF_ANSWER = 0.4
"""Of the words of an answer that quotes nothing, as a model writes it, so many stand in the passage it is told by."""
_QUOTE = re.compile(r"“([^“]{1,2000}?)”\s*(?=\[\d|\()")


def thread(store: Store, history: Sequence[Turn], filters: Filters | None = None) -> Thread | None:
    """Where a conversation stands, from the last answers in it; None where no record can be told from them.

    Quotes are looked up by their words; an answer without any is held against the best passages for its question.
    """
    for place in range(len(history) - 1, max(-1, len(history) - 1 - MAX_TURNS_BACK), -1):
        quotes = [match[1] for match in _QUOTE.finditer(history[place].answer)][:MAX_QUOTES]
        if hits := tuple(dict.fromkeys(_holding(store, quotes))):
            return Thread(hits=hits, quoted=tuple(map(even, quotes)))
        if hit := _told_by(store, history[: place + 1], filters):
            return Thread(hits=(hit,))
    return None


def _holding(store: Store, quotes: Sequence[str]) -> Iterator[Hit]:
    """For each quote the passage that holds it."""
    for quote in quotes:
        said = even(quote)[:COMPARED_CHARS]
        if len(said) < SHORTEST_CHARS:
            continue
        words = dict.fromkeys(store.lexical.words(said), 1.0)
        found = store.hits(store.by_words(words, LOOKED_AT)) if words else []
        yield from [hit for hit in found if said in even(hit.passage.text)][:1]


def _told_by(store: Store, history: Sequence[Turn], filters: Filters | None) -> Hit | None:
    """The best passage for the last question that holds much of what its answer says."""
    *before, last = history
    told = set(content_words(store, last.answer))
    if not told:
        return None
    query = parse_query(store, last.question, before)
    query = replace(query, words={**dict.fromkeys(told, 1.0), **query.words})
    hits = retrieve(store, query, filters=filters, limit=LOOKED_AT)
    return next((hit for hit in hits if _share_held(store, told, hit) >= SHARE_OF_ANSWER), None)


def _share_held(store: Store, words: set[str], hit: Hit) -> float:
    held = store.lexical.words(f"{hit.passage.context} {hit.passage.text}", hit.document.language)
    return len(words.intersection(held)) / len(words)
