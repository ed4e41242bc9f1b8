"""When the documents do not answer: what speaks for a refusal, and what is offered beside it.

The texts of refusals stand in `rag/messages`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ...ingest.language.organs import names_of_organ, organ_of
from ...ingest.language.peoples import demonyms_of, states_of
from ...ingest.language.states import names_of, state_of
from ...ingest.language.tables import any_of
from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..answer import Refusal, cited_as
from ..query import kinds
from ..query.directory import directory_of
from ..query.follow_up import names_its_subject
from ..query.mentions import COMMON_PARTS, Mentions, is_abbreviation
from ..query.parse import Query, own_subject
from ..query.question import SYMBOL, whose_vote, whose_words
from ..query.units import spellings_of, things_counted
from ..query.vocabulary import stems_held
from ..retrieval.replies import TURN
from .candidates import Quotable, inverse_frequency, stems_around
from .decisions import lists_of, named_in
from .records_found import called

NEAREST = 3
MIN_NEARNESS = 0.4
COVERAGE_WEIGHT = 0.3
MIN_COVERAGE = 0.25
# Set by hand on refusals of gold questions of the development records, so that fewer good matches are refused; no more
# tells the questions that they do not answer from the others there, see docs/quality.md.
NEAR_BY_WORDS = 0.6
BARELY = 0.1
NAMED_IN_PASSING = 0.6
ON_IT_SHARE = 0.6
ABOUT_IT = 0.5
MIN_FOREIGN_LIKENESS = 0.25
MIN_TOPIC_SHARE = 0.3
FITTING = 2.5
# Set on gold questions of the development records and ninety that ask their bodies about what none dealt with.
MIN_ABOUT = 0.3
MAX_TOPIC_LIKENESS = 0.65
STRICTNESS = {"lenient": 0.75, "usual": 1.0, "strict": 1.3}
KNOWN_WITHOUT_IT = 0.55
SHORT_ABBREVIATION = 3
LONGEST_ABBREVIATION = 12
OFTEN = 8
CHARS_A_NAMING = 8000
NOT_ANSWERED = Refusal("not_answered")
# What a question asks for is wanting; the records may speak of its subject all the same.
_LACKING = frozenset(
    ("no_money", "no_share", "no_duration", "no_person", "no_number", "no_date", "no_state", "other_unit")
)
_RESOLUTION = re.compile(
    r"(?:\b(?:resolution|décision|decision|résolution|resolución|decisión|resolução|резолюци\w{1,3}|решени\w{1,3}|"
    r"\w{0,2}قرار|\w{0,2}مقرر)\s(?:no\.?\s|n[°º]\s?|№\s?)?|第\s?)\Z",
    re.IGNORECASE,
)
# "Did Verrano approve it?": whoever is asked about by name must have to do with the answer.
_BESIDE = r"(?P<beside>(?:from|for|to|of|by|with)\s(?:[A-ZÀ-Þ][\w.'’-]{0,40}+\s){0,3}?)"
_ACTS = re.compile(r"\b(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as|[Hh]ave|[Hh]ad|[Ww]ill|[Ww]ould) (?:the )?([A-ZÀ-Þ][\w’'-]*)")


def reason_to_refuse(
    store: Store, query: Query, chosen: Sequence[Quotable], strictness: str = "usual"
) -> Refusal | None:
    """Why the sentences chosen are no answer, or None when they may be one.

    `strictness` ("lenient", "usual", "strict") says how near the question they must be; names, numbers and
    paragraphs that the documents do not hold are refused in any case. Where the sentences are on the subject and only
    what is asked for is wanting, the refusal has the param `near`: the place that comes nearest.
    """
    reason = _reason(store, query, chosen, STRICTNESS[strictness])
    if reason and reason.code in _LACKING and not is_far(chosen, STRICTNESS[strictness]):
        found = next((quotable.hit for quotable in chosen if quotable.hit.score), chosen[0].hit)
        near = cited_as(found.document, found.passage.locator)
        return replace(reason, params={**reason.params, "near": near})
    return reason


def _reason(store: Store, query: Query, chosen: Sequence[Quotable], needed: float) -> Refusal | None:
    asked = query.references.paragraphs
    if asked and not any(quotable.hit.passage.locator.paragraph in asked for quotable in chosen):
        return Refusal("no_paragraph", {"paragraph": asked[0]})
    if not chosen:
        return NOT_ANSWERED
    best = chosen[0]
    covered = max(quotable.coverage for quotable in chosen)
    whose = {part for name in query.mentioned.subject for part in (name, *name.split())}
    whose |= set(_ACTS.findall(query.text))
    likeness = max(quotable.likeness for quotable in chosen)
    foreign = is_foreign(query, best.hit.document.language)
    for name in unknown_names(store, query.mentioned, chosen):
        if name in whose or (covered < NAMED_IN_PASSING and not (foreign and likeness >= ABOUT_IT)):
            return Refusal("unknown_name", {"name": name})
    if symbol := symbol_left_out(query, [quotable.hit for quotable in chosen]):
        return Refusal("unrelated_name", {"name": symbol})
    on_it = [quotable for quotable in chosen if quotable.coverage >= ON_IT_SHARE * covered]
    judged = chosen[:1] if query.expected and query.expected.first else on_it
    if query.expected and not any(query.expected.met_by(quotable) for quotable in judged):
        return Refusal(f"no_{query.expected.kind}", query.expected.params)
    for name in names_left_out(store, query, on_it):
        if name in whose or (covered < ABOUT_IT and likeness < ABOUT_IT):
            return Refusal("unrelated_name", {"name": name})
    if asked:
        return None
    if not _is_by_whom(store, query, chosen) or _votes_without(query, chosen):
        return NOT_ANSWERED
    if query.thread and query.follows and _is_not_of_the_thread(store, query, chosen):
        return NOT_ANSWERED
    if foreign:  # its words can stand nowhere, so that only meaning tells
        return NOT_ANSWERED if likeness < needed * MIN_FOREIGN_LIKENESS else None
    if covered < BARELY and query.language == "en" and best.hit.document.language == "en":
        return NOT_ANSWERED
    if best.hit.passage.kind == TURN:  # it seldom repeats the question's words; the turn it belongs to must hold them
        return NOT_ANSWERED if topic_share(store, query.content_words, chosen) < MIN_TOPIC_SHARE else None
    written_out = [name for name in query.mentioned.proper if is_abbreviation(name) and _is_written_out(name, chosen)]
    in_names = " ".join(called(quotable.hit.document) for quotable in chosen)
    told = [name for name in written_out if not _initials_of(name).search(in_names)]
    decides = _is_held_to_its_subject(query) and not (query.compares or told)
    if is_far(chosen, needed) or (decides and is_off_subject(chosen, needed)):
        return NOT_ANSWERED
    if counts_something_else(store, query, chosen):
        return Refusal("no_number")
    if unit := unit_left_out(query.counted_in, chosen):
        return Refusal("other_unit", {"unit": unit})
    spelt = {stem for name in written_out for stem in store.lexical.words(name)}
    topic = [word for word in query.topic_words if word not in spelt]
    counted = [quotable.about for quotable in chosen if quotable.outcome] if kinds.wants_vote(query.asked) else []
    if (
        topic_share(store, topic, _of_whom(store, query, chosen)) < needed * MIN_TOPIC_SHARE
        and best.likeness < needed * MAX_TOPIC_LIKENESS
        and max(counted, default=0.0) < needed * MIN_TOPIC_SHARE  # the item of a vote names its subject
    ):
        return NOT_ANSWERED
    return None


def _is_by_whom(store: Store, query: Query, chosen: Sequence[Quotable]) -> bool:
    """Whether somebody whose words a question asks for says any of the sentences chosen, or one tells what they do;
    true where it asks for nobody's. A name that stands beside ("notice from Ms. Lind") is no answer."""
    names = whose_words(query.own) if query.language == "en" and not query.compared else []
    speakers = {quotable.hit.passage.locator.speaker or "" for quotable in chosen}
    asked = query.references.said_by if not query.compared else ()
    if not speakers.isdisjoint(asked):
        return True
    if not names:
        directory = directory_of(store)
        return not asked or any(not set(directory.speakers_in(each.text)).isdisjoint(asked) for each in chosen)
    words = [word for name in names for word in name.split() if len(word) > 1]
    initials = {"".join(word[0] for word in name.split()) for name in names}
    spoken = {word for speaker in speakers for word in re.findall(r"[\w'-]+", fold(speaker))}
    if not initials.isdisjoint(speakers) or not spoken.isdisjoint(map(fold, words)):
        return True
    name = rf"{any_of(words)}(?:\s{any_of(words)}){{0,3}}"
    told = re.compile(rf"(?<!\w)(?:{_BESIDE})?{name}(?!\w)", re.IGNORECASE)
    texts = (plain(each.text) for each in chosen)
    return any(match["beside"] is None for text in texts for match in told.finditer(text))


def _votes_without(query: Query, chosen: Sequence[Quotable]) -> bool:
    """Whether a question asks how somebody voted who stands in no list of names of the votes chosen."""
    names = whose_vote(query.own)
    outcomes = [each.outcome for each in chosen if each.outcome]
    listed = [name for outcome in outcomes for side in lists_of(outcome).values() for name in side]
    if not names or not listed or named_in(query, listed):
        return False
    said = fold(" ".join(plain(each.text) for each in chosen))
    return not any(fold(name.split()[-1]) in said for name in names)


def _is_not_of_the_thread(store: Store, query: Query, chosen: Sequence[Quotable]) -> bool:
    """Whether what a follow-up is about ("... about a casino?") stands nowhere in the passages chosen, nor its like."""
    own = own_subject(store, query) if names_its_subject(query.own) else ()
    likeness = max(quotable.likeness for quotable in chosen)
    return bool(own) and topic_share(store, sorted(own), chosen) < MIN_TOPIC_SHARE and likeness < MAX_TOPIC_LIKENESS


def is_far(chosen: Sequence[Quotable], needed: float = 1.0) -> bool:
    """Whether even the nearest sentence has little to do with the question, by likeness of meaning and words together.

    Likeness alone tells questions on quite other subjects from answerable ones with an area under the ROC curve of .95,
    both together of .96 (docs/quality.md). Where no vectors can be had, the words decide. An outcome that fits what is
    asked, as its item and its record do, is not far, however little it says itself.
    """
    if any(quotable.fit >= FITTING for quotable in chosen):
        return False
    if not any(quotable.likeness for quotable in chosen):
        return chosen[0].coverage < needed * MIN_COVERAGE
    return (
        nearness(chosen) < needed * MIN_NEARNESS
        and max(quotable.coverage for quotable in chosen) < needed * NEAR_BY_WORDS
    )


def _is_held_to_its_subject(query: Query) -> bool:
    """Whether a question asks for what stands in many records on many subjects: a decision, a number, a reason."""
    return bool(query.expected) or kinds.wants_decision(query.asked) or kinds.wants_reason(query.asked)


def is_off_subject(chosen: Sequence[Quotable], needed: float = 1.0) -> bool:
    """Whether nothing chosen, nor what stands around it, has much of what a question says beside the name of its
    record, nor is like it: "What did the council decide about beekeeping?" where the council decided other things.

    For questions about decisions, whose outcomes are chosen for their record too, and those that ask for a number, a
    day or a reason; others may be put in other words.
    """
    about = max(quotable.about for quotable in chosen)
    likeness = max(quotable.likeness for quotable in chosen)
    return about < needed * MIN_ABOUT and likeness < needed * MAX_TOPIC_LIKENESS


def nearness(chosen: Sequence[Quotable]) -> float:
    """How near the nearest sentence is to the question, by likeness of meaning and words together; 0 for none."""
    return max((quotable.likeness + COVERAGE_WEIGHT * quotable.coverage for quotable in chosen), default=0.0)


def is_foreign(query: Query, language: str | None) -> bool:
    """Whether a question is asked in another language than a record's, so that its words need not stand there."""
    return None not in (query.language, language) and query.language != language


def topic_share(store: Store, subject: Sequence[str], chosen: Sequence[Quotable]) -> float:
    """How much of the weight of a subject's stems stands in the passages chosen (0 to 1)."""
    idf = inverse_frequency(store)
    weights = {word: idf(word) for word in subject}
    total = sum(weights.values())
    if not total:
        return 1.0
    hits = {quotable.hit.passage.id: quotable.hit for quotable in chosen}.values()
    said = ((f"{hit.passage.context} {hit.passage.text}", hit.document.language) for hit in hits)
    held = {word for text, language in said for word in store.lexical.words(text, language)}
    return sum(weight for word, weight in weights.items() if word in held) / total


def unknown_names(store: Store, mentioned: Mentions, chosen: Sequence[Quotable] = ()) -> list[str]:
    """Names in a question that occur nowhere in the library, nor anything spelt like them.

    An abbreviation the library does not write is no unknown name where the best sentence is about the rest of it, where
    the documents of the sentences chosen write it out, or where it is short ("MP").
    """
    about_it = chosen and (chosen[0].coverage >= KNOWN_WITHOUT_IT or chosen[0].likeness >= MAX_TOPIC_LIKENESS)
    names = [
        name
        for name in mentioned.proper
        if not (is_abbreviation(name) and (about_it or _is_short(name) or _is_written_out(name, chosen)))
    ]
    return [
        name
        for name in names
        if name.casefold() not in COMMON_PARTS and fold(name) not in mentioned.states and _is_unknown(store, name)
    ]


def _is_short(name: str) -> bool:
    return len(name.rstrip("s")) <= SHORT_ABBREVIATION


def _is_written_out(name: str, chosen: Sequence[Quotable]) -> bool:
    """Whether capitals of an abbreviation begin words in a row ("ACABQ": "Advisory Committee on Administrative and
    Budgetary Questions") in a record of the sentences chosen."""
    if sum(letter.isupper() for letter in name) > LONGEST_ABBREVIATION:
        return False
    documents = {quotable.hit.document.id: quotable.hit.document for quotable in chosen}
    return any(_initials_of(name).search(document.text) for document in documents.values())


def _initials_of(name: str) -> re.Pattern[str]:
    """Words in a row that the capitals of an abbreviation begin."""
    initials = [letter for letter in name if letter.isupper()][:LONGEST_ABBREVIATION]
    in_a_row = r"\W+(?:(?:of|on|the|and|for|in|to|de|des|la|du)\W+)*".join(rf"{letter}\w+" for letter in initials)
    return re.compile(rf"\b{in_a_row}")


def names_left_out(store: Store, query: Query, chosen: Sequence[Quotable]) -> list[str]:
    """Names in the question, abbreviations and common ones aside, that none of the passages chosen has to do with."""
    if query.compared or query.excluded_speakers or query.wants_asker:
        return []
    if not query.mentioned.telling:
        return []
    held = frozenset[str]().union(*_held(store, chosen).values())
    names = [name for name in query.mentioned.telling if not _has_to_do_with(store, name, held)]
    documents = {quotable.hit.document.id: quotable.hit.document for quotable in chosen}
    return [name for name in names if not any(_runs_through(each.text, name) for each in documents.values())]


def _runs_through(text: str, name: str) -> bool:
    """Whether a record names something again and again: it is where the record comes from, or what it is about."""
    count = len(re.findall(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))
    return count >= OFTEN and count * CHARS_A_NAMING >= len(text)


def symbol_left_out(query: Query, hits: Sequence[Hit]) -> str | None:
    """The symbol in a question ("A/RES/81/99", "resolution 81/99") that names no record of the library and
    stands in none of some passages; else None."""
    if query.references.documents:
        return None
    for match in SYMBOL.finditer(query.text):
        is_one = match[0].count("/") > 1 and re.search(r"[A-Z]", match[0])
        if re.search(r"\d", match[0]) and (is_one or _RESOLUTION.search(query.text[: match.start()])):
            said = (
                f"{hit.document.symbol} {hit.document.title} {hit.document.source} {hit.passage.text}" for hit in hits
            )
            if not any(match[0] in text for text in said):
                return match[0]
    return None


def counts_something_else(store: Store, query: Query, chosen: Sequence[Quotable]) -> bool:
    """Whether a question asks how many of something there are that stands in none of the passages chosen, nor above
    them; of votes the counts tell."""
    things = things_counted(query.own) if query.language == "en" and not query.counted_in else None
    stems = frozenset(store.lexical.words(things)) if things else frozenset[str]()
    if not stems or any(each.outcome for each in chosen) or chosen[0].likeness >= MAX_TOPIC_LIKENESS:
        return False
    return not any(stems & held for held in _held(store, chosen).values())


def unit_left_out(unit: str | None, chosen: Sequence[Quotable]) -> str | None:
    """The unit a question counts in ("How many tonnes ..."), where none of the passages chosen has it; else None."""
    if unit is None:
        return None
    text = " ".join(plain(quotable.hit.passage.text) for quotable in chosen)
    found = re.search(rf"(?<![^\W\d])(?:{'|'.join(map(re.escape, spellings_of(unit)))})(?!\w)", text, re.IGNORECASE)
    return None if found else unit


def _of_whom(store: Store, query: Query, chosen: Sequence[Quotable]) -> Sequence[Quotable]:
    """The sentences from passages that have to do with whoever the question is about; all where it names nobody."""
    names = query.mentioned.subject
    if not names or query.references.said_by:
        return chosen
    held = _held(store, chosen)
    return [
        quotable
        for quotable in chosen
        if all(_has_to_do_with(store, name, held[quotable.hit.passage.id]) for name in names)
    ]


def _held(store: Store, chosen: Sequence[Quotable]) -> dict[str, frozenset[str]]:
    """By the id of each passage chosen, the stems that stand in it or over it."""
    hits = {quotable.hit.passage.id: quotable.hit for quotable in chosen}
    return {key: stems_around(store, hit) for key, hit in hits.items()}


def _has_to_do_with(store: Store, name: str, held: frozenset[str]) -> bool:
    """Whether a name stands among the words held, or a part of it does."""
    parts = [] if state_of(name) else name.split()
    parts = [part for part in parts if part.casefold() not in COMMON_PARTS]
    return any(held.issuperset(form) for part in (name, *parts) for form in _forms(store, part))


def _forms(store: Store, name: str) -> list[list[str]]:
    """The stems of a name as it may be written: itself, where it is a state or its people, either, and where it is an
    organ, its names."""
    return _forms_but_organs(store, name) + _organ_forms(store, name)


def _forms_but_organs(store: Store, name: str) -> list[list[str]]:
    state = state_of(name)
    forms = {name, *states_of(name), *demonyms_of(name), *(names_of(state) if state else ())}
    return [stems_held(store, form) for form in forms]


def _organ_forms(store: Store, name: str) -> list[list[str]]:
    organ = organ_of(name)
    names = names_of_organ(organ) if organ else ()
    return [stems for form in names if (stems := stems_held(store, form))]


def _is_unknown(store: Store, name: str) -> bool:
    bare = re.sub(r"[’']s$", "", name)
    forms = _forms_but_organs(store, bare) + [store.lexical.words(bare, language) for language in store.languages]
    known = (any(store.lexical.document_frequency(stem) for stem in form) for form in forms)
    organs = (all(store.lexical.document_frequency(stem) for stem in form) for form in _organ_forms(store, bare))
    return any(forms) and not (any(known) or any(organs))


def nearest(hits: Sequence[Hit], near: str | None = None) -> tuple[Hit, ...]:
    """Passages to offer beside a refusal, as not an answer; first those of the place that a refusal names."""
    offered = [hit for hit in hits if hit.passage.kind not in ("heading", "noise")]
    return tuple(sorted(offered, key=lambda hit: cited_as(hit.document, hit.passage.locator) != near)[:NEAREST])
