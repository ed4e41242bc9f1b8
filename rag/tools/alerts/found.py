"""What an alert is on, and all that the library now holds of it, each with a key that a re-reading does not change."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from ....vectorstore.errors import InputError
from ....vectorstore.passage import Filters
from ....vectorstore.store import Store
from ...answer import Answer, Citation
from ...answering.kinds.statements import statements_of
from ...answering.quoted import citation_at
from ..registers import KINDS, Kind, Wanted, register

AlertKind = Literal["question", "speaker", "votes", "sponsors", "statements", "decisions", "documents", "acronyms"]
ALERT_KINDS: tuple[AlertKind, ...] = ("question", "speaker", *KINDS)
MAX_WORDS_CHARS = 1_000
MOST_NAMED = 200
"""Of records that a question is asked of one by one; each name costs a look at all records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is watched: a `question` or a `speaker` by `words`; or a register, whose `words` are what its rows are
    about, None for all, and `who` whose they are."""

    kind: AlertKind
    words: str | None = None
    who: str | None = None

    @property
    def title(self) -> str:
        """What it is called in a list: "What did Norway say?", "votes: Mexico, death penalty"."""
        told = ", ".join(filter(None, [self.who, self.words]))
        return told if self.kind == "question" else f"{self.kind}: {told}" if told else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something the library holds of a subject; `key` tells it from all else of the subject."""

    key: str
    citation: Citation
    who: str | None = None
    what: str = ""


class Everything(Protocol):
    """Every sentence of the library on a question, see `Library.everything`."""

    def __call__(self, question: str, *, filters: Filters | None = None) -> Answer: ...


def check_subject(subject: Subject) -> Subject:
    """The subject; raises InputError where it says nothing that can be watched."""
    if subject.kind not in ALERT_KINDS:
        raise InputError(f"There is no alert on {subject.kind!r}. There are: {', '.join(ALERT_KINDS)}")
    for each in (subject.words, subject.who):
        if each is not None and (not any(map(str.isalnum, each)) or len(each) > MAX_WORDS_CHARS):
            raise InputError(f"What an alert is on has words, {MAX_WORDS_CHARS:,} characters of them at most.")
    if subject.kind in ("question", "speaker") and not subject.words:
        raise InputError(f"An alert on a {subject.kind} needs the {subject.kind}.")
    return subject


def found_of(
    store: Store, subject: Subject, everything: Everything, records: Collection[str] | None = None
) -> list[Found]:
    """All that the library holds of a subject, in its order; of a question at most as much as `everything` gives.

    `records` are the ids of those that a question is asked of, where these are few enough to be named; None for all.
    """
    filters = Filters(document=tuple(records)) if records is not None and len(records) <= MOST_NAMED else None
    asked = partial(everything, filters=filters)
    if records is not None and not records:
        return []
    same: Counter[str] = Counter()
    found: list[Found] = []
    for citation, who, what in _told(store, subject, asked):
        document = citation.document
        record = f"{document.symbol or document.title}, {document.date}"
        said = "\n".join([record, who or "", what, _even(citation.quote)])
        key = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]
        same[key] += 1  # the same words by the same speaker once more are something else
        found.append(Found(key=f"{key}-{same[key]}", citation=citation, who=who, what=what))
    return found


def _told(
    store: Store, subject: Subject, everything: Callable[[str], Answer]
) -> Iterator[tuple[Citation, str | None, str]]:
    """Each with who says or does it, and what it is."""
    if subject.kind == "question":
        for citation in everything(subject.words or "").citations:
            yield citation, citation.locator.speaker, "sentence"
    elif subject.kind == "speaker":
        for each in statements_of(store, subject.words or "").told:
            yield citation_at(store, each.document, each.start, each.end), each.speaker, "statement"
    else:
        kind: Kind = subject.kind
        for row in register(store, kind, Wanted(who=subject.who, about=subject.words)):
            yield row.citation, row.who, row.what


def _even(text: str) -> str:
    return " ".join(text.split())


def as_facts(subject: Subject) -> Mapping[str, str | None]:
    """A subject as it is stored."""
    return {"kind": subject.kind, "words": subject.words, "who": subject.who}
