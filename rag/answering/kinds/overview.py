"""What something is about: a briefing of quotes, on the library, a record, an item, a subject, or what somebody said.

what is asked about -> its records -> their parts (items, sides, stretches) -> of each what became of it, or its most
central sentence -> quoted

A record is told by its title first, after who met or issued it and when.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, groupby

from ....vectorstore.passage import Document, Filters, Hit, Passage
from ....vectorstore.store import Store
from ....vectorstore.structure import Item, Outcome, SpeakerTurn
from ...messages import label
from ...query.kinds import Length, asks_for_decisions, length_asked, names_a_speech, words_for_sittings
from ...query.parse import Query
from ..candidates import heading_of
from ..decisions import FEWEST_TELLING
from ..quoted import Point, Quoted, passage_of, told_of
from ..records_found import called, record_meant, shares_of_records, subject_stems
from .central import Sentences
from .matters import matters, outcomes_in, told_at, without_lead_ins

# Chosen by eye; eight or ten parts told no more of the key facts of the gold questions.
PARTS: dict[Length, int] = {"brief": 3, "usual": 6, "full": 40}
STRETCHES: dict[Length, int] = {"brief": 2, "usual": 4, "full": 12}
OUTCOMES: dict[Length, int] = {"brief": 1, "usual": 1, "full": 3}
RECORDS: dict[Length, int] = {"brief": 5, "usual": 10, "full": 60}
ON_ITEM_SHARE = 0.6
ON_PART_SHARE = 0.25
FEWEST_DECIDED = 3
ALSO_NAMED, LONGEST_NAMED = 8, 80
SIDES = 3
SHORTEST_SIDE = 0.3
MAX_QUOTE_CHARS = 500
TITLE_WITHIN_CHARS = 50_000
SPEAKERS_NAMED = 6
SAME_LETTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What deals with one thing, or what one speaker says, in a record: its heading, the stretches that it is, and what
    became of it."""

    heading: str
    spans: Sequence[tuple[int, int]]
    outcomes: Sequence[Outcome] = ()

    @property
    def length(self) -> int:
        """How many characters it has."""
        return sum(end - start for start, end in self.spans)

    def lead_of(self, outcome: Outcome, headings: Mapping[str, str], language: str | None) -> str:
        """What stands before an outcome: what it is an outcome of, and how many others the part has."""
        heading = headings.get(outcome.item or "", "")
        says_more = (
            heading and heading not in self.heading and _letters(outcome.text)[:SAME_LETTERS] not in _letters(heading)
        )
        lead = ": ".join(filter(None, (self.heading, heading))) if says_more else self.heading
        number = len(self.outcomes)
        others = label(language, "one_of_outcomes", of_outcomes=number) if number > 1 else ""
        return ", ".join(filter(None, [lead, others]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What of a record is told: the record as a whole, or an item of it, what some speakers say, what was found in it.

    `asked` is what is asked about it, `parts` how many parts are told at most; `among` says that other records are told
    of beside it, `decided` that what was decided is asked for; `language` is what words about it are in.
    """

    document: Document
    parts: int
    length: Length
    asked: str = ""
    item: Item | None = None
    speakers: Collection[str] = ()
    found: Sequence[Passage] = ()
    among: bool = False
    decided: bool = False
    language: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole record."""
        return not (self.item or self.speakers or self.found)


def overview(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """A briefing on what the question is about; None where no one record is meant and nothing was found."""
    query = _of_speech(query, hits)
    document = record_meant(store, query, hits)
    if document is None:
        return None
    length, speakers = length_asked(query.text), query.references.said_by
    stems = subject_stems(store, query.content_words, document)
    item = _item_meant(document, store.structure(document.id).items, hits) if stems and not speakers else None
    found = _found_on(store, query, document, stems, hits) if not (item or speakers) else []
    subject = Subject(
        document=document, parts=PARTS[length], length=length, asked=query.text, item=item, speakers=speakers,
        found=found, language=query.language, decided=asks_for_decisions(query.text),
    )  # fmt: skip
    quoted = Quoted()
    _tell(store, quoted, subject)
    return quoted if quoted.citations else None


def _of_speech(query: Query, hits: Sequence[Hit]) -> Query:
    """A question about the statement of somebody whom it names ("the French statement"), as one about their words."""
    references = query.references
    spoken = {hit.passage.locator.speaker for hit in hits}
    speakers = tuple(each for each in references.speakers if each in spoken)
    if references.said_by or not speakers or not names_a_speech(query.text):
        return query
    return replace(query, references=replace(references, said_by=speakers))


def _found_on(
    store: Store, query: Query, document: Document, stems: Collection[str], hits: Sequence[Hit]
) -> list[Passage]:
    """The passages found of a record that hold all that a question names beside the record, in small letters or with
    a number ("Bill C-614"); none where it names nothing so, or where much of the record does."""
    numbered = [name for name in query.mentioned.telling if re.search(r"\d", name) and name not in called(document)]
    named = [*query.mentioned.proper, *words_for_sittings()]
    subject = set(stems) - {stem for name in named for stem in store.lexical.words(name)}
    subject |= {stem for name in numbered for stem in store.lexical.words(name)}
    if not subject:
        return []
    inside = [hit.passage for hit in hits if hit.document.id == document.id]
    found = [each for each in inside if _is_on(store, each, subject)]
    passages = store.passages_of(document.id) if found else []
    return found if sum(_is_on(store, each, subject) for each in passages) <= ON_PART_SHARE * len(passages) else []


def _is_on(store: Store, passage: Passage, subject: set[str]) -> bool:
    """Whether a passage, with what it stands under, has all of some stems."""
    return subject <= set(store.lexical.words(f"{passage.context} {passage.text}"))


def briefing(
    store: Store, filters: Filters, about: str, hits: Sequence[Hit], length: Length, language: str | None = None
) -> Quoted | None:
    """A briefing on what filters let through, or on the subject that `hits` were found for; None where nothing is told.

    Of many records come first those that most of what was found is from, else the latest.
    """
    speakers = store.select(filters).speakers or ()
    keys = list(dict(shares_of_records(hits).most_common())) if about else _held(store, filters)
    quoted, shown = Quoted(), keys[: RECORDS[length]]
    for document in filter(None, map(store.document, shown)):
        subject = Subject(
            document=document, parts=max(1, PARTS[length] // len(shown)), length=length, asked=about,
            speakers=speakers, found=[hit.passage for hit in hits if hit.document.id == document.id],
            among=len(shown) > 1, language=language,
        )  # fmt: skip
        _tell(store, quoted, subject)
    if len(keys) > len(shown):
        quoted.remark("told_of", shown=len(shown), of_records=len(keys))
    return quoted if quoted.citations else None


def _held(store: Store, filters: Filters) -> list[str]:
    """The ids of the records that filters let something through of, the latest first."""
    listings = [each for each in store.listings() if each.state != "read"]
    if filters:
        rows = store.catalogue.passage_rows(list(store.ids_matching(filters)))
        held = {row.document_id for row in rows.values()}
        listings = [each for each in listings if each.id in held]
    return [each.id for each in sorted(listings, key=lambda each: each.date or "", reverse=True)]


def _item_meant(document: Document, items: Sequence[Item], hits: Sequence[Hit]) -> Item | None:
    """The item of a record that most of what was found of it is in, if it is only a part of the record."""
    found = [hit for hit in hits[:10] if hit.document.id == document.id]
    total = sum(hit.score for hit in found)
    for item in sorted(items, key=lambda item: item.end - item.start):
        inside = sum(hit.score for hit in found if item.start <= hit.passage.start < item.end)
        if total and inside >= ON_ITEM_SHARE * total and item.end - item.start < len(document.text) / 2:
            return item
    return None


# --- one record ------------------------------------------------------------------------------------------------------


def _tell(store: Store, quoted: Quoted, subject: Subject) -> None:
    """Quotes the title of a record told of whole or among others, and of each of its parts what tells most."""
    document = subject.document
    passages = _passages(store, subject)
    if not passages:
        return
    hits = [Hit(passage=passage, document=document, score=0.0) for passage in passages]
    sentences = Sentences.of(store, hits, subject.asked, document.title)
    if subject.is_whole or subject.among:
        _add_title(store, quoted, document)
    parts = _parts(store, subject, passages)
    for part in _decided(subject, parts, sentences):
        first = len(quoted.sentences)
        _add_part(store, quoted, subject, part, sentences)
        more = partial(_more_of, sentences, part)
        quoted.points.append(Point(heading=part.heading, first=first, end=len(quoted.sentences), more=more))
    if subject.item:
        structure = store.structure(document.id)
        outcomes = outcomes_in(without_lead_ins(structure.outcomes), subject.item)
        for outcome in [each for each in outcomes if len(each.text) <= MAX_QUOTE_CHARS][-OUTCOMES[subject.length] :]:
            quoted.add(store, document, *told_at(document, outcome), label(subject.language, "outcome"))
    if subject.is_whole and not subject.among:
        structure = store.structure(document.id)
        headings = [heading_of(item) for item in matters(document, structure.items)]
        _add_also(quoted, [each for each in headings if each not in document.title], parts)
        _add_who_spoke(quoted, structure.turns)


def _passages(store: Store, subject: Subject) -> list[Passage]:
    """The passages that belong to what is told, in the order of the record."""
    passages = [each for each in store.passages_of(subject.document.id) if each.kind not in ("heading", "noise")]
    if subject.found:
        found = {each.id for each in subject.found}
        passages = [each for each in passages if each.id in found]
    if subject.speakers:
        passages = [each for each in passages if each.locator.speaker in subject.speakers]
    if item := subject.item:
        passages = [each for each in passages if item.start <= each.start < item.end]
    return passages


def _parts(store: Store, subject: Subject, passages: Sequence[Passage]) -> list[Part]:
    """What is told by itself: the items that the record spends most words on or decides on, in its order; the sides of
    one that is most of the record; where it has hardly any items, its sides or stretches of it."""
    structure = store.structure(subject.document.id)
    if not subject.is_whole:
        points = len(passages) if subject.speakers or subject.found else max(1, len(passages) // 2)
        return list(_stretches(passages, min(STRETCHES[subject.length], subject.parts, points)))
    outcomes = [each for each in without_lead_ins(structure.outcomes) if len(each.text) <= MAX_QUOTE_CHARS]
    found = [
        Part(heading=heading_of(item), spans=[(item.start, item.end)], outcomes=outcomes_in(outcomes, item))
        for item in matters(subject.document, structure.items)
    ]
    if len(found) < 2:
        stretches = _stretches(passages, min(STRETCHES[subject.length], subject.parts, len(passages)))
        decided = [Part(heading="", spans=[(0, len(subject.document.text))], outcomes=outcomes)] if outcomes else []
        return [*(_sides(structure.turns, subject.parts) or stretches), *decided]
    chosen = sorted(found, key=lambda part: -part.length * (2 if part.outcomes else 1))[: subject.parts]
    chosen.sort(key=lambda part: part.spans[0])
    return [each for part in chosen for each in _opened(part, subject, structure.turns)]


def _decided(subject: Subject, parts: Sequence[Part], sentences: Sentences) -> Sequence[Part]:
    """The parts; where what was decided is asked for, those on which something was, or of a record without items as
    many of its outcomes as tell most."""
    held = [part for part in parts if part.outcomes]
    if not subject.decided or sum(len(part.outcomes) for part in held) < FEWEST_DECIDED:
        return parts
    if len(held) > 1:
        return held
    [part] = held
    scores = sentences.telling([each.text for each in part.outcomes], sentences.within(part.spans))
    ranked = sorted(zip(part.outcomes, scores, strict=True), key=lambda each: -each[1])[: subject.parts]
    told = sorted((outcome for outcome, _ in ranked), key=lambda each: each.start)
    return [Part(heading=part.heading, spans=[(each.start, each.end)], outcomes=[each]) for each in told]


def _opened(part: Part, subject: Subject, turns: Sequence[SpeakerTurn]) -> list[Part]:
    """A part that is most of the record and has several sides: its sides, and what became of it; else the part."""
    if part.length < len(subject.document.text) / 2:
        return [part]
    [(start, end)] = part.spans
    sides = _sides([turn for turn in turns if start <= turn.start < end], subject.parts)
    decided = [part] if part.outcomes else []
    return [*sides, *decided] if sides else [part]


def _sides(turns: Sequence[SpeakerTurn], most: int) -> list[Part]:
    """Those who speak at most length, in the order they first do; none where hardly anybody speaks.

    Whoever presides speaks often and shortly: it is the longest turn that counts, and a short one does not.
    """
    spoken: dict[str, list[tuple[int, int]]] = {}
    for turn in turns:
        spoken.setdefault(turn.speaker, []).append((turn.start, turn.end))
    if len(spoken) < SIDES:
        return []
    longest = {speaker: max(end - start for start, end in spans) for speaker, spans in spoken.items()}
    least = SHORTEST_SIDE * max(longest.values())
    chosen = {
        speaker for speaker in sorted(longest, key=lambda each: -longest[each])[:most] if longest[speaker] >= least
    }
    return [Part(heading=speaker, spans=spans) for speaker, spans in spoken.items() if speaker in chosen]


def _stretches(passages: Sequence[Passage], count: int) -> Iterator[Part]:
    """As many stretches of about the same length, at most; a passage belongs to the one its middle is in."""
    lengths = [len(each.text) for each in passages]
    ends = list(accumulate(lengths))
    size = ends[-1] / count
    middles = [end - length / 2 for end, length in zip(ends, lengths, strict=True)]
    for _, stretch in groupby(zip(middles, passages, strict=True), key=lambda each: each[0] // size):
        inside = [passage for _, passage in stretch]
        yield Part(heading="", spans=[(inside[0].start, inside[-1].end)])


def _add_title(store: Store, quoted: Quoted, document: Document) -> None:
    """What the record is: its title as it stands in it, else the first of its parts, after who met or issued it and
    when."""
    for title in (document.title, re.split(r"[:,] ", document.title)[0]):
        words = title[:MAX_QUOTE_CHARS].split()
        found = re.search(r"\s+".join(map(re.escape, words)), document.text[:TITLE_WITHIN_CHARS]) if words else None
        if found:
            quoted.add(store, document, found.start(), found.end(), told_of(document, title))
            return


def _add_part(store: Store, quoted: Quoted, subject: Subject, part: Part, sentences: Sentences) -> None:
    """What became of a part; its most central sentence where nothing did, that tells too little, or all is told."""
    document, inside = subject.document, sentences.within(part.spans)
    scores = sentences.telling([each.text for each in part.outcomes], inside, part.heading)
    outcomes = _telling(part.outcomes, scores, OUTCOMES[subject.length])
    headings = {item.id: heading_of(item) for item in store.structure(document.id).items} if outcomes else {}
    for outcome in outcomes:
        start, end = told_at(document, outcome)
        quoted.add(store, document, start, end, part.lead_of(outcome, headings, subject.language))
        sentences.tell(sentences.within([(start, end)]))
    told = any(len(store.lexical.words(each.text)) >= FEWEST_TELLING for each in outcomes)
    if told and subject.length != "full":
        return
    if central := sentences.most_central(inside, part.heading):
        quoted.add(store, document, central.start, central.end, part.heading or central.speaker or "")


def _more_of(sentences: Sentences, part: Part, most: int) -> list[Hit]:
    """At most so many sentences that tell most of a part beside those quoted, as passages of their own."""
    found = (sentences.most_central(sentences.within(part.spans), part.heading) for _ in range(most))
    return [passage_of(each.hit, each.start, each.end) for each in filter(None, found)]


def _telling(outcomes: Sequence[Outcome], scores: Sequence[float], most: int) -> list[Outcome]:
    """The outcomes that tell most, in their order: those with the counts of a vote, then by their scores."""
    ranked = sorted(zip(outcomes, scores, strict=True), key=lambda each: (each[0].votes_for is None, -each[1]))
    return sorted((outcome for outcome, _ in ranked[:most]), key=lambda each: each.start)


def _letters(text: str) -> str:
    """A text without spaces and marks."""
    return "".join(filter(str.isalnum, text))


def _add_also(quoted: Quoted, headings: Sequence[str], parts: Sequence[Part]) -> None:
    """Says what else a record deals with, the first of it by name; nothing where all is told of."""
    told = {part.heading for part in parts}
    rest = list(dict.fromkeys(each for each in headings if each and each not in told))
    if not told.intersection(headings) or not rest:
        return
    named = [each for each in rest if len(each) <= LONGEST_NAMED][:ALSO_NAMED]
    more = len(rest) - len(named)
    if named:
        quoted.remark("also_on.more" if more else "also_on", names="; ".join(named), more=more)


def _add_who_spoke(quoted: Quoted, turns: Sequence[SpeakerTurn]) -> None:
    """Says who speaks in a record, the first of them by name; nothing where nobody does."""
    names = list(dict.fromkeys(turn.speaker for turn in turns))
    if names:
        more = len(names) - SPEAKERS_NAMED
        quoted.remark("spoke.more" if more > 0 else "spoke", names=", ".join(names[:SPEAKERS_NAMED]), more=more)
