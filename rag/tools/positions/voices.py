"""Whose positions a table tells: a delegation or a person, by all the names the records give them.

A state is one voice whoever speaks for it ("Norway", "Ms. Dahl (Norway)"), a person is one by their name without
titles. A name of one word is nobody else's only within a body: the Adams of one council is not that of another.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ....ingest.language.states import label_parts, state_of, states_of_label
from ....ingest.structure.people import OFFICES, key_of
from ....vectorstore.names import fold
from ....vectorstore.passage import Document, Hit
from ....vectorstore.store import Store
from .stance import bare_name

_OFFICE = re.compile(rf"(?:(?:the|la|le|el)\s)?(?:{OFFICES})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """Who speaks at a place: whom one would cite, and the label as printed there."""

    person: str
    label: str

    @property
    def is_office(self) -> bool:
        """Whether they go by an office only: "The Chair", "Mr. Speaker"."""
        return bool(_OFFICE.fullmatch(key_of(self.label)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A delegation or person; `labels` are those under which their words are found, `key` tells them from others."""

    name: str
    key: tuple[str, str]
    labels: frozenset[str] = frozenset()

    def speaks(self, store: Store, document: Document, start: int, end: int) -> bool:
        """Whether it is they who speak from one offset of a document to another."""
        told = speaking_at(store, document, start, end)
        return told is not None and self.is_of(told, document)

    def is_of(self, told: Speaking, document: Document) -> bool:
        """Whether a speaker is this voice."""
        kind, wanted = self.key
        if kind == "state":
            return wanted in _states(told)
        if kind == "named":
            words = set(wanted.split())
            return any(words <= set(fold(re.sub(r"[(),]", " ", name)).split()) for name in (told.person, told.label))
        return voice_key(told, document) == self.key


def speaking_at(store: Store, document: Document, start: int, end: int) -> Speaking | None:
    """Who speaks at a place of a document; None where nobody does, or not one alone."""
    turns = store.structure(document.id).turns
    place = bisect_right(turns, start, key=lambda turn: turn.start) - 1
    turn = turns[place] if place >= 0 else None
    if turn is None or end > turn.end:
        return None
    return Speaking(person=turn.speaker, label=turn.label)


def voice_key(told: Speaking, document: Document) -> tuple[str, str]:
    """What tells a voice from others."""
    states = _states(told)
    if len(states) == 1:
        return "state", next(iter(states))
    name = key_of(told.person)
    return "person", name if len(name.split()) > 1 else f"{name}\n{fold(document.body or document.id)}"


def voice_of(store: Store, told: Speaking, document: Document) -> Voice:
    """The voice of a speaker, by the name that the record has."""
    kind, wanted = key = voice_key(told, document)
    if kind == "state":
        name = next((part for part in label_parts(told.label) if state_of(part) == wanted), told.person)
        labels = frozenset(each.label for each in _names(store) if wanted in _states(each))
        return Voice(name=bare_name(name), key=key, labels=labels)
    name = key_of(told.person)
    labels = frozenset(each.label for each in _names(store) if key_of(each.person) == name)
    return Voice(name=told.person, key=key, labels=labels)


def voice_named(store: Store, name: str) -> Voice:
    """The voice of a name as somebody writes it: a state by any of its names, or all who have its words in theirs."""
    code = state_of(name)
    key = ("state", code) if code else ("named", fold(re.sub(r"[(),]", " ", name)))
    voice = Voice(name=name, key=key)
    anywhere = Document(id="", source="", title="", text="")
    labels = frozenset(each.label for each in _names(store) if voice.is_of(each, anywhere))
    return Voice(name=name, key=key, labels=labels)


def speaking_of(store: Store, hits: Sequence[Hit]) -> list[tuple[Hit, Speaking]]:
    """The passages in which somebody speaks, with who does."""
    found = ((hit, speaking_at(store, hit.document, hit.passage.start, hit.passage.end)) for hit in hits)
    return [(hit, told) for hit, told in found if told]


def _names(store: Store) -> list[Speaking]:
    return store.derived(
        "speaking", lambda: [Speaking(person=who, label=label) for who, label in store.catalogue.turn_names()]
    )


def _states(told: Speaking) -> frozenset[str]:
    return states_of_label(told.label) or states_of_label(told.person)
