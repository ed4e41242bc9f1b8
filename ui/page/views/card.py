"""The card at the head of an open document: who met, who put it forward, who spoke, its items and what became of each,
with links to them.

It is made of what the catalogue holds, so that it costs a few queries and says only what the record says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ....rag.answering.candidates import heading_of
from ....rag.answering.kinds.matters import line_end, matters, outcomes_in, without_lead_ins
from ....vectorstore.markup import plain
from ....vectorstore.passage import Document, shortened
from ....vectorstore.structure import Item, Outcome, SpeakerTurn, Structure
from ..words import Words
from .template import html

_SPEAKERS_SHOWN = 24
_ITEMS_SHOWN = 20
_SPONSORS_SHOWN = 24
_OUTCOMES_SHOWN = 2
_OUTCOME_CHARS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Words that lead to a place of the document, and there what is marked."""

    words: str
    start: int
    end: int


def card_html(document: Document, structure: Structure, words: Words, *, unfolded: bool) -> Markup:
    """The card: what the record is about, at three lengths, and what is known of it."""
    facts = [
        (words("card.body"), document.body),
        (words("card.meeting"), document.meeting or document.session),
        (words("register.sponsors"), _sponsors(structure.items, words)),
    ]
    facts = [(name, value) for name, value in facts if value]
    speakers = _speakers(structure.turns)
    matters = _matters(document, structure)
    return html(
        "card",
        "card",
        document=document,
        facts=facts,
        speakers=speakers[:_SPEAKERS_SHOWN],
        more_speakers=max(len(speakers) - _SPEAKERS_SHOWN, 0),
        matters=matters[:_ITEMS_SHOWN],
        more_matters=max(len(matters) - _ITEMS_SHOWN, 0),
        unfolded=unfolded,
        words=words,
    )


def _sponsors(items: Sequence[Item], words: Words) -> str:
    """Who put forward the one item of a record that has sponsors, with how many they are; empty where several have."""
    held = [names for each in items if (names := (*each.sponsors, *each.additional_sponsors))]
    if len(held) != 1:
        return ""
    [names] = held
    more = len(names) - _SPONSORS_SHOWN
    shown = ", ".join([*names[:_SPONSORS_SHOWN], *([words("card.more", count=words.number(more))] if more > 0 else [])])
    return f"({words.number(len(names))}) {shown}"


def _speakers(turns: Sequence[SpeakerTurn]) -> list[Place]:
    """Who spoke, each with the first turn, in that order."""
    first: dict[str, SpeakerTurn] = {}
    for turn in turns:
        first.setdefault(turn.speaker, turn)
    return [
        Place(words=name, start=turn.start, end=min(turn.start + len(turn.label), turn.end))
        for name, turn in first.items()
    ]


def _matters(document: Document, structure: Structure) -> list[tuple[Place | None, list[Place]]]:
    """The items, each with what became of it; where there are none, what was decided."""
    outcomes = without_lead_ins(structure.outcomes)
    items = matters(document, structure.items)
    if not items:
        return [(None, [_of_outcome(document, each)]) for each in outcomes]
    return [(_of_item(document, item), _outcomes_in(document, item, outcomes)) for item in items]


def _of_item(document: Document, item: Item) -> Place:
    heading = heading_of(item)
    if item.number and item.number not in heading:
        heading = f"{item.number} {heading}"
    return Place(words=heading, start=item.start, end=line_end(document, item))


def _outcomes_in(document: Document, item: Item, outcomes: Sequence[Outcome]) -> list[Place]:
    """The last outcomes within an item, which say how it ended."""
    return [_of_outcome(document, each) for each in outcomes_in(outcomes, item)[-_OUTCOMES_SHOWN:]]


def _of_outcome(document: Document, outcome: Outcome) -> Place:
    end = outcome.start + len(outcome.text)
    as_told = document.text[outcome.start : end] == outcome.text
    said = shortened(" ".join(plain(outcome.text).split()), _OUTCOME_CHARS)
    return Place(words=said, start=outcome.start, end=end if as_told else outcome.end)
