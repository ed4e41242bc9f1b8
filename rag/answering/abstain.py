"""When the documents do not answer: what speaks for a refusal, and what is offered beside it."""

import re
from collections.abc import Sequence

from ...ingest.language.states import names_of, state_of
from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..query.directory import directory_of
from ..query.parse import Query
from ..query.peoples import demonyms_of, states_of
from ..query.question import content_words, proper_names, subject, topic
from ..query.vocabulary import stems_held
from ..retrieval.replies import TURN
from .select import Quotable, inverse_frequency

NEAREST = 3
MIN_NEARNESS = 0.4
COVERAGE_WEIGHT = 0.3
MIN_COVERAGE = 0.25
MIN_TOPIC_SHARE = 0.3
MAX_TOPIC_LIKENESS = 0.65
STRICTNESS = {"lenient": 0.75, "usual": 1.0, "strict": 1.3}
KNOWN_WITHOUT_IT = 0.55
SHORT_ABBREVIATION = 3
LONGEST_ABBREVIATION = 12
HEAD_CHARS = 1500
OFTEN = 8
CHARS_A_NAMING = 8000
REFUSAL = "The documents do not answer this question."
# Parts of names that many names share.
_COMMON_PARTS = frozenset(
    """north south east west northern southern eastern western central middle new old upper lower great african american
    asian european chapter item part section annex article senator representative deputy member president chairman
    chairwoman chairperson chair minister secretary ambassador professor doctor judge justice general director delegate
    speaker sir madam lord lady assembly commission committee council conference parliament house congress senate court
    board bureau government ministry department secretariat office agency union organization organisation resolution
    report convention protocol treaty agreement declaration january february march april may june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday""".split()
)
_UNITS = (
    ("tonne", "tonnes", "ton", "tons", "t", "metric tons"),
    ("kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kg"),
    ("gram", "grams", "gramme", "grammes", "g"),
    ("hectare", "hectares", "ha"),
    ("acre", "acres"),
    ("kilometre", "kilometres", "kilometer", "kilometers", "km"),
    ("mile", "miles"),
    ("metre", "metres", "meter", "meters", "m"),
    ("litre", "litres", "liter", "liters", "l"),
    ("barrel", "barrels"),
    ("dollar", "dollars", "$", "usd"),
    ("euro", "euros", "€", "eur"),
    ("pound", "pounds", "£", "gbp"),
    ("per cent", "percent", "%", "percentage points"),
)
_UNIT = "|".join(re.escape(spelling) for unit in _UNITS for spelling in unit)
_COUNTED_IN = re.compile(rf"\bhow many (?:(?:million|billion|thousand|metric)s? )?(?P<unit>{_UNIT})\b", re.IGNORECASE)


def reason_to_refuse(store: Store, query: Query, chosen: Sequence[Quotable], strictness: str = "usual") -> str | None:
    """Why the sentences chosen are no answer, in one sentence, or None when they may be one.

    `strictness` ("lenient", "usual", "strict") says how near the question they must be; names, numbers and
    paragraphs that the documents do not hold are refused in any case.
    """
    needed = STRICTNESS[strictness]
    asked = query.references.paragraphs
    if asked and not any(quotable.hit.passage.locator.paragraph in asked for quotable in chosen):
        return f"The documents hold no paragraph {asked[0]} that answers this question."
    if not chosen:
        return REFUSAL
    best = chosen[0]
    if names := unknown_names(store, query.text, chosen):
        return f"The documents do not answer this question: {names[0]} does not occur in them."
    judged = chosen[:1] if query.expected and query.expected.first else chosen
    if query.expected and not any(query.expected.met_by(quotable) for quotable in judged):
        return f"The documents do not answer this question: they do not hold {query.expected.kind} for it."
    if missing := names_left_out(store, query, chosen):
        return f"The documents do not answer this question: what they say on it has nothing to do with {missing[0]}."
    if asked:
        return None
    if best.hit.passage.kind == TURN:  # it seldom repeats the question's words; the turn it belongs to must hold them
        return REFUSAL if topic_share(store, query.text, chosen) < MIN_TOPIC_SHARE else None
    if is_far(chosen, needed):
        return REFUSAL
    if unit := unit_left_out(store, query.text, chosen):
        return f"The documents do not answer this question: they do not tell it in {unit}."
    about = topic(query.text, query.references) if not (query.follows or query.compares) else ""
    if (
        topic_share(store, about, _of_whom(store, query, chosen)) < needed * MIN_TOPIC_SHARE
        and best.likeness < needed * MAX_TOPIC_LIKENESS
    ):
        return REFUSAL
    return None


def is_far(chosen: Sequence[Quotable], needed: float = 1.0) -> bool:
    """Whether even the nearest sentence has little to do with the question, by likeness of meaning and words together.

    Likeness alone tells questions on quite other subjects from answerable ones with an area under the ROC curve of .95,
    both together of .96 (docs/quality.md). Where no vectors can be had, the words decide.
    """
    if not any(quotable.likeness for quotable in chosen):
        return chosen[0].coverage < needed * MIN_COVERAGE
    nearness = max(quotable.likeness + COVERAGE_WEIGHT * quotable.coverage for quotable in chosen)
    return nearness < needed * MIN_NEARNESS


def topic_share(store: Store, subject: str, chosen: Sequence[Quotable]) -> float:
    """How much of the weight of a subject's words stands in the passages chosen (0 to 1)."""
    idf = inverse_frequency(store)
    held = {
        word
        for quotable in chosen
        for word in store.lexical.words(f"{quotable.hit.passage.context} {quotable.hit.passage.text}")
    }
    weights = {word: idf(word) for word in content_words(store, subject)}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 1.0


def unknown_names(store: Store, question: str, chosen: Sequence[Quotable] = ()) -> list[str]:
    """Names in the question that occur nowhere in the library, nor anything spelt like them.

    An abbreviation the library does not write is no unknown name where the best sentence is about the rest of it, where
    the documents of the sentences chosen write it out, or where it is short ("MP").
    """
    about_it = chosen and (chosen[0].coverage >= KNOWN_WITHOUT_IT or chosen[0].likeness >= MAX_TOPIC_LIKENESS)
    names = [
        name
        for name in proper_names(question)
        if not (_is_abbreviation(name) and (about_it or _is_short(name) or _is_written_out(name, chosen)))
    ]
    known = _words_of_states_that_speak(store, question)
    return [
        name
        for name in names
        if name.casefold() not in _COMMON_PARTS and fold(name) not in known and _is_unknown(store, name)
    ]


def _words_of_states_that_speak(store: Store, question: str) -> set[str]:
    """The words by which a question names states that speak in the library, maybe by another name ("Ivory Coast")."""
    words, states = fold(question).split(), directory_of(store).states_in(question)
    return {word.strip(".,;:?!\"'()“”«»") for first, last in states for word in words[first:last]}


def _is_short(name: str) -> bool:
    return len(name.rstrip("s")) <= SHORT_ABBREVIATION


def _is_written_out(name: str, chosen: Sequence[Quotable]) -> bool:
    """Whether capitals of an abbreviation begin words in a row ("ACABQ": "Advisory Committee on Administrative and
    Budgetary Questions") in a passage or at the head of its document."""
    initials = [letter for letter in name if letter.isupper()]
    if len(initials) > LONGEST_ABBREVIATION:
        return False
    in_a_row = r"\W+(?:(?:of|on|the|and|for|in|to|de|des|la|du)\W+)*".join(rf"{letter}\w+" for letter in initials)
    texts = (f"{quotable.hit.document.text[:HEAD_CHARS]} {quotable.hit.passage.text}" for quotable in chosen)
    return any(re.search(rf"\b{in_a_row}", text) for text in texts)


def names_left_out(store: Store, query: Query, chosen: Sequence[Quotable]) -> list[str]:
    """Names in the question, abbreviations and common ones aside, that none of the passages chosen has to do with."""
    if query.compared or query.excluded_speakers or query.wants_asker:
        return []
    held = frozenset[str]().union(*(_held(store, quotable.hit) for quotable in chosen))
    names = [name for name in _telling_names(query.text) if not _has_to_do_with(store, name, held)]
    documents = {quotable.hit.document.id: quotable.hit.document for quotable in chosen}
    return [name for name in names if not any(_runs_through(each.text, name) for each in documents.values())]


def _runs_through(text: str, name: str) -> bool:
    """Whether a record names something again and again: it is where the record comes from, or what it is about."""
    count = len(re.findall(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))
    return count >= OFTEN and count * CHARS_A_NAMING >= len(text)


def unit_left_out(store: Store, question: str, chosen: Sequence[Quotable]) -> str | None:
    """The unit a question counts in ("How many tonnes ..."), where none of the passages chosen has it; else None."""
    asked = _COUNTED_IN.search(question)
    if not asked:
        return None
    spellings = next(unit for unit in _UNITS if asked["unit"].casefold() in unit)
    text = " ".join(plain(quotable.hit.passage.text) for quotable in chosen)
    found = re.search(rf"(?<![^\W\d])(?:{'|'.join(map(re.escape, spellings))})(?!\w)", text, re.IGNORECASE)
    return None if found else asked["unit"]


def _of_whom(store: Store, query: Query, chosen: Sequence[Quotable]) -> Sequence[Quotable]:
    """The sentences from passages that have to do with whoever the question is about; all where it names nobody."""
    names = _telling_names(subject(query.text))
    if not names or query.references.said_by:
        return chosen
    return [
        quotable
        for quotable in chosen
        if all(_has_to_do_with(store, name, _held(store, quotable.hit)) for name in names)
    ]


def _held(store: Store, hit: Hit) -> frozenset[str]:
    """The stems of a passage, of what it stands under, and of what its document says of itself at its head."""
    document, passage = hit.document, hit.passage
    told = (document.title, document.symbol, document.source, document.body, document.meeting, document.publisher)
    head = document.text[:HEAD_CHARS]
    said = f"{' '.join(filter(None, told))} {head} {passage.locator} {passage.context} {passage.text}"
    return frozenset(store.lexical.words(said))


def _has_to_do_with(store: Store, name: str, held: frozenset[str]) -> bool:
    """Whether a name stands among the words held, or a part of it does."""
    parts = [] if state_of(name) else name.split()
    parts = [part for part in parts if part.casefold() not in _COMMON_PARTS]
    return any(held.issuperset(form) for part in (name, *parts) for form in _forms(store, part))


def _telling_names(text: str) -> list[str]:
    """The names in a text that tell one passage from another, those of several words as one."""
    words = {re.sub(r"-[a-z].*", "", name) for name in proper_names(text)}
    words = {word for word in words if not _is_abbreviation(word) and word.casefold() not in _COMMON_PARTS}
    if not words:
        return []
    first = "|".join(map(re.escape, sorted(words)))
    names = re.findall(rf"\b(?:{first})\b(?: [A-ZÀ-Þ][\w’'-]+)*", text)
    return list(dict.fromkeys(re.sub(r"[’']s?$", "", name) for name in names))


def _is_abbreviation(name: str) -> bool:
    """Whether a name is made of initials ("NGOs", "MoU"), which records often write out."""
    letters = [letter for letter in name if letter.isalpha()]
    return len(letters) > 1 and 2 * sum(letter.isupper() for letter in letters) >= len(letters)


def _forms(store: Store, name: str) -> list[list[str]]:
    """The stems of a name as it may be written: itself, and where it is a state or its people, either."""
    state = state_of(name)
    forms = {name, *states_of(name), *demonyms_of(name), *(names_of(state) if state else ())}
    return [stems_held(store, form) for form in forms]


def _is_unknown(store: Store, name: str) -> bool:
    forms = _forms(store, re.sub(r"[’']s$", "", name))
    known = (any(store.lexical.document_frequency(stem) for stem in form) for form in forms)
    return any(forms) and not any(known)


def nearest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Passages to offer beside a refusal, as not an answer."""
    return tuple(hit for hit in hits if hit.passage.kind not in ("heading", "noise"))[:NEAREST]
