"""When the documents do not answer: what speaks for a refusal, and what is offered beside it."""

import re
from collections.abc import Sequence

from ..vectorstore.passage import Hit
from ..vectorstore.store import Store
from .compose import Quotable, inverse_frequency
from .demonyms import demonyms_of, states_of
from .query import Query
from .question import proper_names, telling_words, topic
from .spelling import repaired

NEAREST = 3
MIN_COVERAGE = 0.12
MIN_LIKENESS = 0.42
MAX_UNKNOWN = 0.45
MIN_TOPIC_SHARE = 0.34
MAX_TOPIC_LIKENESS = 0.65
REFUSAL = "The documents do not answer this question."


def reason_to_refuse(store: Store, query: Query, chosen: Sequence[Quotable]) -> str | None:
    """Why the sentences chosen are no answer, in one sentence, or None when they may be one."""
    asked = query.pointed.paragraphs
    if asked and not any(quotable.hit.passage.locator.paragraph in asked for quotable in chosen):
        return f"The documents hold no paragraph {asked[0]} that answers this question."
    if not chosen:
        return REFUSAL
    if names := unknown_names(store, query.text):
        return f"The documents do not answer this question: {names[0]} does not occur in them."
    if query.expected and not any(query.expected.met_by(q) for q in chosen[: 1 if query.expected.first else None]):
        return f"The documents do not answer this question: they do not hold {query.expected.kind} for it."
    if missing := names_left_out(store, query, chosen):
        return f"The documents do not answer this question: what they say on it has nothing to do with {missing[0]}."
    if asked or query.wants_reply or query.wants_asker:
        return None
    best = chosen[0]
    if best.coverage < MIN_COVERAGE and best.likeness < MIN_LIKENESS:
        return REFUSAL
    if unknown_share(store, query) > MAX_UNKNOWN and best.likeness < MIN_LIKENESS:
        return REFUSAL
    subject = topic(query.text, query.pointed) if not query.follows else ""
    if topic_share(store, subject, chosen) < MIN_TOPIC_SHARE and best.likeness < MAX_TOPIC_LIKENESS:
        return REFUSAL
    return None


def topic_share(store: Store, subject: str, chosen: Sequence[Quotable]) -> float:
    """How much of the weight of a subject's words stands in the passages chosen (0 to 1)."""
    idf = inverse_frequency(store)
    held = {
        word
        for quotable in chosen
        for word in store.lexical.words(f"{quotable.hit.passage.context} {quotable.hit.passage.text}")
    }
    weights = {word: idf(word) for word in telling_words(store, subject)}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 1.0


def unknown_names(store: Store, question: str) -> list[str]:
    """Names in the question that occur nowhere in the library, nor anything spelt like them."""
    return [name for name in proper_names(question) if _is_unknown(store, name)]


def names_left_out(store: Store, query: Query, chosen: Sequence[Quotable]) -> list[str]:
    """Names in the question, acronyms aside, that none of the passages chosen has to do with."""
    names = [name for name in proper_names(query.text) if sum(letter.isupper() for letter in name) == 1]
    if not names or query.sides or query.wants_reply or query.wants_asker:
        return []
    said = " ".join(
        f"{hit.document.title} {hit.document.symbol or ''} {hit.document.source} {hit.passage.locator} "
        f"{hit.passage.context} {hit.passage.text}"
        for hit in (quotable.hit for quotable in chosen)
    )
    held = frozenset(store.lexical.words(said))
    return [name for name in names if not any(held.issuperset(form) for form in _forms(store, name))]


def _forms(store: Store, name: str) -> list[list[str]]:
    """The stems of a name as it may be written: itself, and where it is a state or its people, either."""
    forms = {name, *states_of(name), *demonyms_of(name)}
    return [[repaired(store, stem) for stem in store.lexical.words(form)] for form in forms]


def unknown_share(store: Store, query: Query) -> float:
    """How much of the question's weight lies on words that the library does not have (0 to 1)."""
    idf = inverse_frequency(store)
    weights = {word: idf(word) for word in query.words}
    unknown = sum(weight for word, weight in weights.items() if not store.lexical.document_frequency(word))
    return unknown / (sum(weights.values()) or 1.0)


def _is_unknown(store: Store, name: str) -> bool:
    forms = _forms(store, re.sub(r"[’']s$", "", name))
    known = (any(store.lexical.document_frequency(stem) for stem in form) for form in forms)
    return any(forms) and not any(known)


def nearest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Passages to offer beside a refusal, as not an answer."""
    return tuple(hit for hit in hits if hit.passage.kind != "heading")[:NEAREST]
