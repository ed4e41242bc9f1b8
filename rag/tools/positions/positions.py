"""A table of positions: topics by delegations or speakers; in each cell the fewest quotes that state the position.

    topics -> who spoke on them, most first -> for each: retrieve among their own words -> choose -> refuse | quote

A cell is answered as "What did Norway say about the quota?" is, and refused as that is. A quote is only taken from a
turn of the speaker whose cell it is. Nothing is said of a position but what the record says: its own verb, where a
quote has one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ....ingest.language.states import label_parts, states_in
from ....vectorstore.errors import InputError
from ....vectorstore.passage import Filters, Hit
from ....vectorstore.store import Store
from ...answer import Citation
from ...answering.abstain import is_foreign, reason_to_refuse, topic_share
from ...answering.candidates import Quotable, inverse_frequency
from ...answering.quoted import citation_at
from ...answering.select import Chosen, choose, picked
from ...query.parse import Query, parse_query
from ...query.question import MAX_QUESTION_CHARS, clean, content_words
from ...retrieval.retrieve import retrieve
from .stance import is_firm, own_verb
from .voices import Voice, speaking_of, voice_named, voice_of

MOST_TOPICS = 12
MOST_WHO = 12
"""Rows and columns that a page of paper holds."""
QUOTES = 2
_OPENING, _CLOSING = "“«„", "”»“"
LOOKED_AT = 200
# Set by eye on development records, shares of the best score: a sentence on the topic with a verb of position goes
# before one that answers better; of the others only what answers nearly as well is quoted.
STANCE_SHARE, NEAR_SHARE = 0.25, 0.5
# By eye, too: of a topic most must stand where a quote does, and half of it in the quote or, where a quote is near it
# in meaning, something; what is as near as `ON_TOPIC_LIKENESS` may say it in other words.
TOPIC_SHARE = 0.7
OWN_SHARE = 0.5
NEAR_LIKENESS = 0.45
ON_TOPIC_LIKENESS = 0.65
FOREIGN_LIKENESS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A quote that states a position; `verb` are its own words for it ("cannot accept"), None where it has none.

    `is_new` tells whether an earlier table lacks it, None where it was held against none.
    """

    citation: Citation
    verb: str | None = None
    is_new: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What somebody says on a topic; no positions where nothing was found in the records."""

    topic: str
    who: str
    positions: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionTable:
    """Topics by who spoke, a cell for each pair, topic by topic; `left_out` is how many more spoke on the topics."""

    topics: tuple[str, ...]
    who: tuple[str, ...]
    cells: tuple[Cell, ...]
    left_out: int = 0

    def cell(self, topic: str, who: str) -> Cell:
        """The cell of a topic and a speaker."""
        return next(each for each in self.cells if (each.topic, each.who) == (topic, who))


def position_table(
    store: Store, about: Sequence[str], who: Sequence[str] = (), *, filters: Filters | None = None
) -> PositionTable:
    """The positions of some, or of those who speak most on the topics, at most `MOST_WHO`.

    Those who go by an office only ("The Chair") say little of their own; they are told where they are named.

    Raises InputError without a topic, or where there are more than the table holds.
    """
    topics = _given(about, MOST_TOPICS, "topic", 'Name one, for example: --about "herring quota"')
    names = _given(who, MOST_WHO, "name", None)
    store.refresh()
    queries = {topic: _query(store, topic) for topic in topics}
    voices, left_out = [voice_named(store, name) for name in names], 0
    if not voices:
        found = _spoke_on(store, queries.values(), filters)
        voices, left_out = found[:MOST_WHO], max(len(found) - MOST_WHO, 0)
    cells = tuple(
        Cell(topic=topic, who=voice.name, positions=tuple(_positions(store, query, voice, filters)))
        for topic, query in queries.items()
        for voice in voices
    )
    if not names:  # who turns out to say nothing is no row of a table of those who spoke
        said = {cell.who for cell in cells if cell.positions}
        voices, cells = [v for v in voices if v.name in said], tuple(cell for cell in cells if cell.who in said)
    return PositionTable(topics=topics, who=tuple(v.name for v in voices), cells=cells, left_out=left_out)


def since(table: PositionTable, known: Collection[tuple[str, str, str]]) -> PositionTable:
    """The table with what is new in it marked; `known` are the topic, speaker and identifier of quotes told before."""
    from ..citations.portable import identifier

    def marked(cell: Cell, position: Position) -> Position:
        return replace(position, is_new=(cell.topic, cell.who, identifier(position.citation)) not in known)

    cells = (replace(cell, positions=tuple(marked(cell, each) for each in cell.positions)) for cell in table.cells)
    return replace(table, cells=tuple(cells))


def _given(names: Sequence[str], most: int, what: str, wanting: str | None) -> tuple[str, ...]:
    """Names as they are looked for, each once. Raises InputError for too many, too long or, with `wanting`, none."""
    found = tuple(dict.fromkeys(" ".join(clean(name).split()) for name in names))
    for name in found:
        if not any(map(str.isalnum, name)):
            raise InputError(f"{name!r} is no {what}: it has no words.")
    if wanting and not found:
        raise InputError(f"A table of positions needs a {what}. {wanting}")
    if len(found) > most:
        raise InputError(f"A table holds {most} {what}s at most, not {len(found)}. Make two tables of them.")
    if any(len(name) > MAX_QUESTION_CHARS for name in found):
        raise InputError(f"A {what} has {MAX_QUESTION_CHARS} characters at most.")
    return found


def _query(store: Store, topic: str) -> Query:
    """A topic as what somebody's words are asked about."""
    query = parse_query(store, topic)
    words = tuple(content_words(store, topic, query.language))
    return replace(query, topic=topic, topic_words=words, expected=None, compared=(), wants_list=False)


def _spoke_on(store: Store, queries: Collection[Query], filters: Filters | None) -> list[Voice]:
    """Those who speak on topics, most first: by their passages on them, the nearer the more."""
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    voices: dict[tuple[str, str], Voice] = {}
    for query in queries:
        hits = retrieve(store, query, filters=filters, limit=LOOKED_AT)
        on_topic = [hit for hit in hits if _holds_topic(store, query, hit, hits[0].score)]
        total = sum(hit.score for hit in on_topic) or 1.0  # so that no topic outweighs another
        for hit, told in speaking_of(store, on_topic):
            if not told.is_office:
                voice = voice_of(store, told, hit.document)
                voices.setdefault(voice.key, voice)
                weights[voice.key] += hit.score / total
    return [voices[key] for key in sorted(weights, key=lambda key: -weights[key])]


def _holds_topic(store: Store, query: Query, hit: Hit, best: float) -> bool:
    """Whether most of a topic stands in a passage; of one in another language only its nearness tells."""
    if is_foreign(query, hit.document.language):
        return hit.score >= NEAR_SHARE * best
    whole = Quotable(hit=hit, start=hit.passage.start, end=hit.passage.end, words=frozenset())
    return topic_share(store, query.topic_words, [whole]) >= TOPIC_SHARE


def _positions(store: Store, query: Query, voice: Voice, filters: Filters | None) -> Iterator[Position]:
    """The quotes of one cell."""
    if not voice.labels:
        return
    labels = tuple(sorted(voice.labels))
    asked = replace(query, references=replace(query.references, speakers=labels, said_by=labels))
    hits = [each for each in retrieve(store, asked, filters=filters) if _is_theirs(store, voice, each)]
    chosen = choose(store, asked, hits, QUOTES)
    stating = _stating(store, asked, chosen, voice) if chosen.quotables else ()
    if not stating or all(reason_to_refuse(store, asked, each) for each in (chosen.quotables, stating)):
        return
    for each in stating:
        document = each.hit.document
        if voice.speaks(store, document, each.start, each.end) and not _is_the_records(store, each):
            citation = citation_at(store, document, each.start, each.end)
            yield Position(citation=citation, verb=_verb_of(each, voice))


def _is_theirs(store: Store, voice: Voice, hit: Hit) -> bool:
    return voice.speaks(store, hit.document, hit.passage.start, hit.passage.start)


def _stating(store: Store, query: Query, chosen: Chosen, voice: Voice) -> Sequence[Quotable]:
    """The fewest sentences that state a position: those with a verb of it where they are near the best, else the best;
    a question only where there is nothing else, and nothing that is read out of another's words."""
    ranked = [each for each in chosen.ranked if _is_on_topic(store, query, each) and not _is_read_out(each)]
    said = [each for each in ranked if not each.text.rstrip("\"”» ").endswith(("?", "？", "؟"))] or ranked
    best = max((each.score for each in said), default=0.0)
    stated = [each for each in said if each.score >= STANCE_SHARE * best and is_firm(_verb_of(each, voice))]
    stating = stated or [each for each in said if each.score >= NEAR_SHARE * best]
    others = (each for each in stating if each.hit.document.id != stating[0].hit.document.id)
    beside = next(others, None)  # another record tells more of a position than the same once more
    fewest = [stating[0], beside] if beside else stating[:QUOTES]
    return picked(store, query, chosen, fewest).quotables[:QUOTES]


def _verb_of(each: Quotable, voice: Voice) -> str | None:
    label = each.speaker or ""
    names = [voice.name, label, *label_parts(label), *_as_named(each.text, voice)]
    return own_verb(each.text, names, each.hit.passage.text)


def _as_named(text: str, voice: Voice) -> list[str]:
    """How a sentence names the state whose voice it is, which has several names: "the Russian Federation", "Russia"."""
    kind, code = voice.key
    words = text.split()
    found = states_in(text) if kind == "state" else []
    return [" ".join(words[first:last]).rstrip(",;:.") for first, last, of in found if of == code]


def _is_on_topic(store: Store, query: Query, each: Quotable) -> bool:
    """Whether a sentence is on the topic, and not only in its neighbourhood."""
    foreign = is_foreign(query, each.hit.document.language)
    if each.likeness >= (FOREIGN_LIKENESS if foreign else ON_TOPIC_LIKENESS):
        return True
    if foreign:
        return False
    idf = inverse_frequency(store)
    own = sum(idf(word) for word in set(query.topic_words) & each.words)
    enough = 0.0 if each.likeness >= NEAR_LIKENESS else OWN_SHARE * sum(map(idf, set(query.topic_words)))
    has_some = not query.topic_words or own > enough
    return has_some and topic_share(store, query.topic_words, [each]) >= TOPIC_SHARE


def _is_the_records(store: Store, each: Quotable) -> bool:
    """Whether a quote within a turn may not be the speaker's: it tells for the most part what was decided ("Resolved:
    ..."), or the label of anybody of the record stands in it as before their words."""
    structure, half = store.structure(each.hit.document.id), (each.end - each.start) / 2
    if any(min(each.end, told.end) - max(each.start, told.start) > half for told in structure.outcomes):
        return True
    return any(f"{turn.label}:" in each.text or f"{turn.label}.-" in each.text for turn in structure.turns)


def _is_read_out(each: Quotable) -> bool:
    """Whether a sentence stands in quotation marks that were opened before it: the words are somebody else's."""
    passage, text = each.hit.passage, each.text.lstrip()
    before = passage.text[: each.start - passage.start]
    return text[:1] in _OPENING or any(
        before.rfind(opening) > before.rfind(closing) for opening, closing in zip(_OPENING, _CLOSING, strict=True)
    )
