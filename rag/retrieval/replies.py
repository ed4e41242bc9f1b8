"""Questions put in the room and what was said in return: the turn after a turn, or before it, read in its light."""

from collections.abc import Sequence
from dataclasses import replace

from ...vectorstore.passage import Hit, Passage, Selection
from ...vectorstore.store import Store
from ..query.parse import Query

ASKED_TURNS = 3
MAX_TURNS_ON = 2
TURN = "turn"


def first_in_turn(store: Store, query: Query, hits: list[Hit], allowed: Selection | None) -> list[Hit]:
    """The passages found, led by the reply to the best of them, or the question it replies to, where that is asked.

    What leads is of the kind `TURN`, and passes the filters like everything else.
    """
    found = list[Hit]()
    if query.wants_asker:
        found = askers(store, hits)
    elif query.wants_reply:
        found = replies(store, query, hits)
    found = [hit for hit in found if allowed is None or allowed.holds(hit.document.id, hit.passage.locator)]
    led = {hit.passage.id for hit in found}
    return [*found, *(hit for hit in hits if hit.passage.id not in led)]


def turn(hits: Sequence[Hit]) -> list[Hit]:
    """The first passage found and those right after it in the record that belong to the same turn."""
    found = list(hits[:1])
    for hit in hits[1:]:
        last = found[-1]
        follows = (hit.document.id, hit.passage.order) == (last.document.id, last.passage.order + 1)
        if not follows or hit.passage.locator.speaker != last.passage.locator.speaker:
            break
        found.append(hit)
    return found


def replies(store: Store, query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """The turns that answer the best passages found, best first; none where the records hold no such turn.

    A reply is the next turn of the one asked, or of anybody else where the question names none. It carries the turn it
    replies to as context, because it seldom repeats its words.
    """
    repliers = set(query.references.said_by)
    askers = set(query.references.speakers) - repliers
    turns = [hit for hit in hits if hit.passage.locator.speaker and hit.passage.locator.speaker not in repliers]
    turns = [hit for hit in turns if hit.passage.locator.speaker in askers] or turns
    found: dict[str, Hit] = {}
    for hit in turns[:ASKED_TURNS]:
        for passage in _next_turn(store.passages_of(hit.document.id), hit.passage, repliers):
            context = f"{passage.context} {hit.passage.locator.speaker}: {hit.passage.text}".strip()
            reply = Hit(passage=replace(passage, kind=TURN, context=context), document=hit.document, score=hit.score)
            found.setdefault(passage.id, reply)
        if found:
            break
    return list(found.values())


def askers(store: Store, hits: Sequence[Hit]) -> list[Hit]:
    """The turn before that of the best passage found, to which it replies; none where there is no such turn."""
    spoken = [hit for hit in hits if hit.passage.locator.speaker]
    if not spoken:
        return []
    best = spoken[0]
    turn = list[Passage]()
    for passage in reversed(store.passages_of(best.document.id)[: best.passage.order]):
        speaker = passage.locator.speaker
        if turn and speaker != turn[-1].locator.speaker:
            break
        if speaker != best.passage.locator.speaker:
            turn.append(passage)
    context = best.passage.text
    return [
        Hit(
            passage=replace(passage, kind=TURN, context=f"{passage.context} {context}".strip()),
            document=best.document,
            score=best.score,
        )
        for passage in reversed(turn)
        if passage.locator.speaker
    ]


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
