"""What somebody replied: the turns that follow upon a question put in the room, read in its light."""

from collections.abc import Sequence
from dataclasses import replace

from ..vectorstore.passage import Hit, Passage
from ..vectorstore.store import Store
from .query import Query

ASKED_TURNS = 3
MAX_TURNS_ON = 2


def replies(store: Store, query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """The turns that answer the best passages found, best first; none where the records hold no such turn.

    A reply is the next turn of the one asked, or of anybody else where the question names none. It carries the turn it
    replies to as context, because it seldom repeats its words.
    """
    repliers = set(query.pointed.said_by)
    askers = set(query.pointed.speakers) - repliers
    turns = [hit for hit in hits if hit.passage.locator.speaker and hit.passage.locator.speaker not in repliers]
    turns = [hit for hit in turns if hit.passage.locator.speaker in askers] or turns
    found: dict[str, Hit] = {}
    for hit in turns[:ASKED_TURNS]:
        for passage in _next_turn(store.passages_of(hit.document.id), hit.passage, repliers):
            context = f"{passage.context} {hit.passage.text}".strip()
            reply = Hit(passage=replace(passage, context=context), document=hit.document, score=hit.score)
            found.setdefault(passage.id, reply)
        if found:
            break
    return list(found.values())


def _next_turn(passages: Sequence[Passage], asked: Passage, repliers: set[str]) -> list[Passage]:
    """The passages of the next turn of one of the repliers, at most a few turns on; of the next speaker if none is."""
    later = [passage for passage in passages if passage.order > asked.order]
    speaker, turns, reply = asked.locator.speaker, 0, list[Passage]()
    for passage in later:
        now = passage.locator.speaker
        if reply and now != reply[0].locator.speaker:
            break
        if now != speaker:
            speaker, turns = now, turns + 1
        if now and now != asked.locator.speaker and (not repliers or now in repliers):
            reply.append(passage)
        elif turns > MAX_TURNS_ON:
            break
    return reply
