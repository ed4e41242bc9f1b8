"""Answers without a language model: the record's own sentences, chosen, attributed and quoted.

quotables (sentences of the best passages) -> scored against the question -> the fewest that answer
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..answer import Citation, Remark, Sentence, remark
from ..messages import label
from ..query import kinds
from ..query.follow_up import refers_back
from ..query.mentions import is_abbreviation
from ..query.parse import Query, own_subject
from ..query.sides import Side
from ..query.thread import Thread
from ..retrieval.repetition import tells_apart
from ..retrieval.replies import TURN, turn
from .candidates import Quotable, asking_stems, lead_length, number_length, stems_around, with_lead_in
from .decisions import outcomes_asked, with_names, without_stray_outcomes
from .quoted import citation_at, shown
from .reasons import with_reasons
from .scoring import rank

# Shares of the best score, see `scoring`. Set by hand so that the gold questions of the development records gain and
# invented ones are answered with nothing beside the question; `benchmarks/tune.py` tries others.
MAX_QUOTES = 3
MAX_LIST_CHARS = 1500
KEEP_SHARE = 0.2
BESIDE_SHARE = 0.1
ON_IT_LIKENESS = 0.2
MAX_QUOTE_CHARS = 700
MAX_LISTED = 8
NEAR_SHARE = 0.6
KIND_SHARE = 0.5
KEEP_LISTED_SHARE = 0.1
KEEP_ENUMERATED_SHARE = 0.5
MIN_ENUMERATED = 3
QUOTES_A_SIDE = 2
SIDE_SHARE = 0.25
LIKE_SUBJECT = 0.3
SAME_SHARE = 0.8
REASON_SHARE = 0.1
_ENUMERATOR = re.compile(
    r"(?:\A[*_\s]*+|^(?:[*_]|[^\S\n])*)(?:\(?(?:\d{1,3}|[a-z]|[ivx]+)[.)]|[-+•‣◦▪·–—])[*_]*+\s",
    re.IGNORECASE | re.MULTILINE,
)
_ENUMERATION = re.compile(r"[,;] [^,;.]+[,;] [^,;.]*\b(?:and|or|as well as)\b|(?:; [^;]+){2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The sentences that answer best, best first; `remarks` say what people must know of the choice: whether a list may
    be longer, whose side says nothing.

    `picked` are they before those beside them were added, chosen among the `ranked`; both empty where there was no
    choice.
    """

    quotables: list[Quotable]
    remarks: tuple[Remark, ...] = ()
    picked: tuple[Quotable, ...] = ()
    ranked: tuple[Quotable, ...] = ()


def choose(store: Store, query: Query, hits: Sequence[Hit], limit: int = MAX_QUOTES) -> Chosen:
    """The sentences that answer best, best first; the fewest that do, some of each side of a comparison.

    Where somebody's words are asked for ("What did Norway say?") and the passages hold any, nobody else is quoted.
    """
    hits = _in_part(store, query, in_paragraphs(hits, query.references.paragraphs))
    hits = [
        hit for hit in hits if hit.passage.locator.speaker not in query.excluded_speakers or not query.excluded_speakers
    ]
    if query.references.paragraphs and not query.words:
        return Chosen(quotables=whole_paragraphs(hits, query.references.paragraphs))
    if hits and hits[0].passage.kind == TURN:
        return Chosen(quotables=_of_turn(store, query, turn(hits)))
    spoken = said_by(hits, query.references.said_by if not query.compared else ())
    ranked = without_stray_outcomes(store, query, rank(store, query, spoken))
    ranked = _not_said_before(store, query, ranked)
    ranked = [each for each in ranked if each.hit.passage.locator.paragraph in query.references.paragraphs] or ranked
    best = _best(store, query, ranked, limit)
    best = best if best.ranked else replace(best, ranked=tuple(ranked))
    return picked(store, query, best, best.quotables)


def picked(store: Store, query: Query, among: Chosen, sentences: Sequence[Quotable]) -> Chosen:
    """Sentences picked among the ranked, as they are quoted: with those beside them that answer nearly as well, the
    lists they announce, the names of a vote."""
    on_it = [each for each in among.ranked if each.words & query.words.keys() or each.likeness >= ON_IT_LIKENESS]
    if any(side.is_by_name for side in query.compared):  # the sentence beside one may be another side's
        on_it = []
    whole = [with_lead_in(each, MAX_QUOTE_CHARS) for each in _whole_thoughts(sentences, on_it)]
    chosen = _with_announced(store, whole, everywhere=query.wants_list)
    chosen = [each for quotable in chosen for each in with_names(query, quotable)]
    chosen = [_with_label(quotable) for quotable in chosen] if query.wants_speaker else chosen
    chosen = with_reasons(chosen) if kinds.wants_reason(query.asked) else chosen
    return replace(among, quotables=chosen, picked=tuple(sentences))


def _not_said_before(store: Store, query: Query, ranked: Sequence[Quotable]) -> Sequence[Quotable]:
    """What may answer, without what the last answer quoted, unless a follow-up's own words stand there."""
    thread = query.thread
    if thread is None or not query.follows or refers_back(query.own):
        return ranked
    own, why = own_subject(store, query), kinds.wants_reason(query.asked)
    if why and not own:
        return _reasons(thread, ranked)
    decided = kinds.wants_decision(query.asked) and not why
    return [each for each in ranked if (each.outcome and decided) or own & each.words or not thread.has_said(each.text)]


def _reasons(thread: Thread, ranked: Sequence[Quotable]) -> Sequence[Quotable]:
    """What may answer a bare "Why?": what gives a reason, else what stands beside what was quoted; else all."""
    near = [each for each in ranked if each.score >= REASON_SHARE * ranked[0].score]
    quoted = {hit.passage.id for hit in thread.hits}
    told = [each for each in near if kinds.gives_reason(each.text)]
    beside = [each for each in near if each.hit.passage.id in quoted and not thread.has_said(each.text)]
    return told or beside or ranked


def _of_turn(store: Store, query: Query, spoken: Sequence[Hit]) -> list[Quotable]:
    """A turn that replies or asks: whole where it is short, else its best sentences."""
    if sum(len(hit.passage.text) for hit in spoken) <= MAX_QUOTE_CHARS:
        return [_with_label(_whole(hit)) if query.wants_asker else _whole(hit) for hit in spoken]
    ranked = rank(store, query, spoken)
    return _whole_thoughts(_fewest(ranked, MAX_QUOTES, KEEP_LISTED_SHARE), ranked)


def _best(store: Store, query: Query, ranked: Sequence[Quotable], limit: int) -> Chosen:
    """The fewest sentences that answer: of each side of a comparison, of a list, else of everything."""
    if shares := _sides(store, query, ranked):
        chosen = [each for share in shares.values() for each in _fewest(share, QUOTES_A_SIDE, KEEP_SHARE)]
        told = tuple(each for share in shares.values() for each in share)
        return Chosen(quotables=chosen, remarks=tuple(_silent(query, shares)), ranked=told)
    ranked = _about_names(store, query, ranked)
    if query.wants_list:
        if query.expected:
            kind = [quotable for quotable in ranked if query.expected.met_by(quotable)]
            ranked = kind if kind and kind[0].score >= KIND_SHARE * ranked[0].score else ranked
        keep_share = KEEP_ENUMERATED_SHARE if ranked and _enumerates(ranked[0]) else KEEP_LISTED_SHARE
        chosen = _fewest(ranked, MAX_LISTED, keep_share, whole_lists=True)
        listed = _with_announced(store, chosen, everywhere=True)
        told = _completeness(listed, ranked, cut=len(chosen) == MAX_LISTED)
        return Chosen(quotables=chosen, remarks=(told,))
    decided = outcomes_asked(query, ranked)
    chosen = _fewest([*decided, *ranked], limit, KEEP_SHARE)
    expected = query.expected
    if expected:
        chosen.sort(key=lambda quotable: not expected.met_by(quotable))
    return Chosen(quotables=chosen)


def _sides(store: Store, query: Query, ranked: Sequence[Quotable]) -> dict[str, list[Quotable]]:
    """What each side of a comparison says on the subject, by its name: the sides the question names, else the two
    records that say most.

    Empty where nothing is compared, or where only one record has anything to say.
    """
    if not query.compared and not query.compares:
        return {}
    named = " ".join(side.name for side in query.compared if side.speakers)
    subject = query.words.keys() - asking_stems(store) - set(store.lexical.words(named))
    on_it = [each for each in ranked if each.words & subject or each.likeness >= LIKE_SUBJECT or each.outcome]
    if query.compared:
        told = {side.name: _of_side(side, query, on_it) for side in query.compared}
        told = told if any(told.values()) else {side.name: _of_side(side, query, ranked) for side in query.compared}
        return _without_common(told)
    records: dict[str, list[Quotable]] = {}
    for each in on_it:
        records.setdefault(each.hit.document.name, []).append(each)
    shares = dict(sorted(records.items(), key=lambda share: -share[1][0].score)[:2])
    if len(shares) < 2 or min(share[0].score for share in shares.values()) < SIDE_SHARE * on_it[0].score:
        return {}
    return _without_common({name: [replace(each, side=name) for each in share] for name, share in shares.items()})


def _without_common(shares: Mapping[str, Sequence[Quotable]]) -> dict[str, list[Quotable]]:
    """The sides of a comparison without what stands word for word in several of them, where they say anything else."""
    texts = {name: [fold(plain(each.text)) for each in share] for name, share in shares.items()}
    said = Counter(text for told in texts.values() for text in set(told))
    own = {
        name: [each for each, text in zip(share, texts[name], strict=True) if said[text] == 1]
        for name, share in shares.items()
    }
    return {name: own[name] or list(share) for name, share in shares.items()}


def _says_something(quotable: Quotable, side: Side) -> bool:
    """Whether a sentence is more than names ("Hriday Nath Kunzru"), and not of the scene, in brackets."""
    text = plain(quotable.text).strip(" .:*_")
    is_scene = bool(side.speakers) and text.startswith(("(", "[")) and text.endswith((")", "]"))
    return not is_scene and not all(word[:1].isupper() for word in text.split())


def _of_side(side: Side, query: Query, ranked: Sequence[Quotable]) -> list[Quotable]:
    """What may answer of one side; of something known by its name alone, what names it in the sentence itself first,
    and no vote that lists it beside another side."""
    held = [each for each in ranked if side.holds(each.hit) and _says_something(each, side)]
    held = [replace(each, side=side.name) for each in held]
    if not side.is_by_name:
        return held
    others = [other for other in query.compared if other != side]
    held = [each for each in held if not (each.outcome and any(other.is_named_in(each.text) for other in others))]
    spoken = [each for each in held if side.opens(each.hit)]
    return spoken or [each for each in held if side.is_named_in(each.text)] or held


def _silent(query: Query, shares: Mapping[str, Sequence[Quotable]]) -> Iterator[Remark]:
    """The sides of a comparison of which nothing was found on the subject."""
    for side in query.compared:
        if not shares[side.name]:
            code = "nothing_by" if side.speakers else "nothing_in" if side.document or side.year else "nothing_on"
            yield remark(code, side=side.name)


def _completeness(chosen: Sequence[Quotable], ranked: Sequence[Quotable], *, cut: bool) -> Remark:
    """How many places a list was drawn from, and how sure it is that these are all; `cut` where there was no room."""
    places = len({quotable.hit.passage.id for quotable in chosen})
    documents = len({quotable.hit.document.id for quotable in chosen})
    rest = [quotable for quotable in ranked if not any(quotable.hit is other.hit for other in chosen)]
    is_near = rest and chosen and rest[0].score > NEAR_SHARE * chosen[-1].score
    code = "list.cut" if cut else "list.near" if is_near else "list.whole"
    return remark(code, passages=places, in_records=documents)


def _enumerates(quotable: Quotable) -> bool:
    """Whether a sentence is a list by itself: three things at least, set apart by commas or semicolons, or items."""
    quotable = with_its_list(quotable, whole=True)
    return bool(_ENUMERATION.search(quotable.text)) or len(_ENUMERATOR.findall(quotable.text)) >= MIN_ENUMERATED


def _about_names(store: Store, query: Query, ranked: Sequence[Quotable]) -> Sequence[Quotable]:
    """The sentences that have to do with an acronym of the question: they, what is around them, or their document."""
    if not query.names:
        return ranked
    hits = {each.hit.passage.id: each.hit for each in ranked}
    held = {key: _names(query, stems_around(store, hit)) for key, hit in hits.items()}
    return [each for each in ranked if held[each.hit.passage.id] or _is_of_record_that_names(query, each)] or ranked


def _names(query: Query, held: frozenset[str]) -> bool:
    return any(form <= held for forms in query.names for form in forms)


def _is_of_record_that_names(query: Query, quotable: Quotable) -> bool:
    """Whether an outcome is of a record in which an abbreviation of the question stands anywhere."""
    names = filter(is_abbreviation, query.mentioned.proper)
    return bool(quotable.outcome) and any(name in quotable.hit.document.text for name in names)


def _fewest(ranked: Sequence[Quotable], limit: int, keep_share: float, *, whole_lists: bool = False) -> list[Quotable]:
    """The best sentences down to `keep_share` of the best one's score, at most `limit`, none saying another's words."""
    chosen: list[Quotable] = []
    for quotable in ranked:
        if len(chosen) == limit or (chosen and quotable.score < keep_share * chosen[0].score):
            break
        quotable = with_its_list(quotable, whole=whole_lists)
        if not any(_repeats(quotable, other) for other in chosen):
            chosen.append(quotable)
    return chosen


def _whole_thoughts(chosen: Sequence[Quotable], ranked: Sequence[Quotable]) -> list[Quotable]:
    """The sentences chosen, each with those beside it in its passage that answer nearly as well, as one quote.

    `ranked` are those that are on the question at all, by a word of their own or by meaning.
    """
    whole: list[Quotable] = []
    for quotable in chosen:
        if any(other.covers(quotable) for other in whole):
            continue
        beside = [other for other in ranked if other.hit is quotable.hit and not any(o.overlaps(other) for o in whole)]
        beside = [other for other in beside if other.score >= BESIDE_SHARE * quotable.score]
        for other in sorted(beside, key=lambda other: abs(other.start - quotable.start)):
            if quotable.adjoins(other) and other.end - quotable.start <= MAX_QUOTE_CHARS >= quotable.end - other.start:
                quotable = replace(
                    quotable,
                    start=min(quotable.start, other.start),
                    end=max(quotable.end, other.end),
                    words=quotable.words | other.words,
                )
        whole = [other for other in whole if not quotable.covers(other)]
        whole.append(quotable)
    return whole


def _in_part(store: Store, query: Query, hits: Sequence[Hit]) -> Sequence[Hit]:
    """The passages of paragraphs asked for that are in the part of their record which the question names ("the draft
    resolution"); all of them where it asks for no paragraph or names no part."""
    asked = set(store.lexical.words(query.text)) if query.references.paragraphs else set[str]()
    parts = {hit.passage.locator.part for hit in hits} - {None} if asked else set[str | None]()
    named = {part for part in parts if part and asked.issuperset(store.lexical.words(part))}
    return [hit for hit in hits if hit.passage.locator.part in named] or hits


def in_paragraphs(hits: Sequence[Hit], numbers: Sequence[str]) -> Sequence[Hit]:
    """The passages of the paragraphs asked for; all of them where there is none."""
    return [hit for hit in hits if hit.passage.locator.paragraph in numbers] or hits


def whole_paragraphs(hits: Sequence[Hit], numbers: Sequence[str]) -> list[Quotable]:
    """The paragraphs asked for, whole, where a question wants nothing else of them; of the best document."""
    chosen = [hit for hit in hits if hit.passage.locator.paragraph in numbers]
    chosen = [hit for hit in chosen if hit.document.id == chosen[0].document.id][:MAX_LISTED]
    return [_whole(hit) for hit in chosen]


def _whole(hit: Hit) -> Quotable:
    """A passage to be quoted from end to end, without its number and its speaker's label."""
    return Quotable(
        hit=hit, start=hit.passage.start + lead_length(hit), end=hit.passage.end, words=frozenset(), coverage=1.0
    )


def _with_label(quotable: Quotable) -> Quotable:
    """A quote from where its passage names the speaker, if it begins right after; it is proof of who spoke."""
    first = quotable.hit.passage.start + number_length(quotable.hit)
    begins = quotable.hit.passage.start + lead_length(quotable.hit)
    return replace(quotable, start=first) if quotable.start == begins else quotable


def said_by(hits: Sequence[Hit], speakers: Sequence[str]) -> Sequence[Hit]:
    """The passages in which one of the speakers speaks; all of them where none does."""
    return [hit for hit in hits if hit.passage.locator.speaker in speakers] or hits


def with_its_list(quotable: Quotable, *, whole: bool = False) -> Quotable:
    """A sentence that announces a list ("They agreed to:") together with the list that follows in its passage.

    With `whole`, an item stands for its whole list too.
    """
    passage = quotable.hit.passage
    if passage.kind != "item" and not _lists_below(quotable):
        return quotable
    if whole and passage.kind == "item":
        return replace(quotable, start=passage.start + lead_length(quotable.hit), end=passage.end)
    if not quotable.text.rstrip("*_ ").endswith(":"):
        return quotable
    end = min(passage.end, quotable.start + MAX_LIST_CHARS)
    if end < passage.end:
        end = passage.start + passage.text.rfind("\n", 0, end - passage.start)
    return replace(quotable, end=max(end, quotable.end))


def _lists_below(quotable: Quotable) -> bool:
    """Whether a sentence ends with a colon, and the next line of its passage is an entry of a list."""
    below = quotable.hit.document.text[quotable.end : quotable.hit.passage.end]
    return quotable.text.rstrip("*_ ").endswith(":") and bool(_ENUMERATOR.match(below.lstrip()))


def _with_announced(store: Store, chosen: Sequence[Quotable], *, everywhere: bool) -> list[Quotable]:
    """The sentences chosen; after one that ends its passage by announcing a list ("The Council calls for:"), the items
    that follow as passages of their own. Unless `everywhere`, only the best one brings its list along."""
    found: list[Quotable] = []
    for quotable in chosen:
        found.append(quotable)
        if _announces(quotable):
            listed = _items_after(store, quotable.hit)
            after = (listed if everywhere or quotable is chosen[0] else []) if listed else _next(store, quotable.hit)
            found += [item for item in after if not any(o.covers(item) for o in chosen)]
        elif _ends_in_list(quotable):
            found += [item for item in _rest_of_list(store, quotable.hit) if not any(o.covers(item) for o in chosen)]
    return found


def _ends_in_list(quotable: Quotable) -> bool:
    """Whether a quote is a lead-in with the list after it, to the end of its passage."""
    is_list = ":\n" in quotable.text and len(_ENUMERATOR.findall(quotable.text)) > 1
    return is_list and not quotable.hit.document.text[quotable.end : quotable.hit.passage.end].strip()


def _rest_of_list(store: Store, hit: Hit) -> list[Quotable]:
    """The entries of a list that goes on in the next passages of its paragraph."""
    if hit.passage.locator.paragraph is None:
        return []
    document, order = hit.document.id, hit.passage.order
    rows = store.catalogue.passages_at([(document, order + step) for step in range(1, MAX_LISTED + 1)])
    after = store.hits([(row.id, hit.score) for row in sorted(rows, key=lambda row: row.order)])
    paragraph = hit.passage.locator.paragraph
    return [
        _whole(each)
        for each in takewhile(lambda each: each.passage.locator.paragraph == paragraph, after)
        if _ENUMERATOR.match(each.passage.text)
    ]


def _announces(quotable: Quotable) -> bool:
    """Whether a quote ends its passage with a colon."""
    rest = quotable.hit.document.text[quotable.end : quotable.hit.passage.end]
    return plain(quotable.text + rest).rstrip().endswith(":") and not re.search(r"\w", rest)


def _items_after(store: Store, hit: Hit) -> list[Quotable]:
    """The numbered or bulleted passages right after one, by the same speaker and under the same heading, at most
    `MAX_LISTED`; none where it is only one."""
    document, order = hit.document.id, hit.passage.order
    rows = store.catalogue.passages_at([(document, order + step) for step in range(1, MAX_LISTED + 1)])
    after = store.hits([(row.id, hit.score) for row in sorted(rows, key=lambda row: row.order)])
    items = list(takewhile(lambda item: _is_short_item(item) and _is_beside(item, hit), after))
    return [_whole(item) for item in items] if len(items) > 1 else []


def _next(store: Store, hit: Hit) -> list[Quotable]:
    """What follows a passage that announces it: the paragraphs it quotes, at most `MAX_LISTED`, else the next one,
    where it is by the same speaker, under the same heading and short."""
    document, order = hit.document.id, hit.passage.order
    rows = store.catalogue.passages_at([(document, order + step) for step in range(1, MAX_LISTED + 1)])
    after = store.hits([(row.id, hit.score) for row in sorted(rows, key=lambda row: row.order)])
    part = after[0].passage.locator.part if after else None
    if part and part != hit.passage.locator.part:
        after = list(takewhile(lambda each: each.passage.locator.part == part, after))
    else:
        after = after[:1]
    kept = (each for each in after if each.passage.kind != "heading" and _is_beside(each, hit))
    return [_whole(each) for each in kept if len(each.passage.text) <= MAX_QUOTE_CHARS]


def _is_beside(item: Hit, hit: Hit) -> bool:
    one, other = item.passage.locator, hit.passage.locator
    return (one.speaker, one.section) == (other.speaker, other.section)


def _is_short_item(hit: Hit) -> bool:
    return bool(_ENUMERATOR.match(hit.passage.text)) and len(hit.passage.text) <= MAX_QUOTE_CHARS


def _repeats(quotable: Quotable, other: Quotable) -> bool:
    """Whether two quotes are the same, or say the same in nearly the same words (near duplicates in one or several
    records). What two speakers say in the same words are two statements."""
    if quotable.overlaps(other):
        return True
    speakers = {fold(each.hit.passage.locator.speaker or "") for each in (quotable, other)}
    shared, fewer = len(quotable.words & other.words), min(len(quotable.words), len(other.words))
    if len(speakers) > 1 or shared <= SAME_SHARE * fewer:
        return False
    return not tells_apart(quotable.text, other.text)


def quote(
    store: Store, chosen: Sequence[Quotable], first: Quotable | None = None, language: str | None = None
) -> tuple[list[Sentence], list[Citation]]:
    """Sentences and citations of an answer, numbered from 1: what was asked for first, else in reading order.

    The first one chosen stands first where it holds the number, date or name asked for (`first`); the others follow in
    reading order, document by document, side by side of a comparison. `language` is that of the question.
    """
    documents = list(dict.fromkeys(quotable.hit.document.id for quotable in chosen))
    sides = list(dict.fromkeys(each.side for each in chosen))
    ordered = sorted(
        chosen, key=lambda each: (sides.index(each.side), documents.index(each.hit.document.id), each.start)
    )
    if first is not None:
        ordered.sort(key=lambda quotable: quotable != first)
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for number, quotable in enumerate(ordered, start=1):
        citations.append(citation_of(store, quotable, number))
        told = _told(quotable, citations[-1], language)
        sentences.append(Sentence(text=told, citations=(number,), side=quotable.side))
    return sentences, citations


def _told(quotable: Quotable, citation: Citation, language: str | None) -> str:
    """A quote as an answer shows it; an outcome after the heading of its item, which says what was decided on."""
    if not quotable.lead:
        return attributed(citation, language)
    words, lead = shown(citation.quote), shown(quotable.lead)
    return attributed(citation, language) if words.startswith(lead.rstrip(" …")) else f"{lead}: “{words}”"


def citation_of(store: Store, quotable: Quotable, number: int) -> Citation:
    """The citation of a sentence, quoted exactly."""
    hit = quotable.hit
    return citation_at(store, hit.document, quotable.start, quotable.end, number, hit.passage.locator)


def attributed(citation: Citation, language: str | None = None) -> str:
    """A quote as an answer shows it: who said it or where it stands, then the words, Markdown marks taken out.

    A sentence that itself says who spoke ("Ms. Ruiz said that ...") is not attributed once more.
    """
    locator = citation.locator
    words = re.sub(r"\[(\d+)\]", r"(note \1)", plain(citation.quote))
    paragraph = label(language, "paragraph", paragraph=locator.paragraph) if locator.paragraph else ""
    place = f"{locator.part}, {paragraph[:1].lower()}{paragraph[1:]}" if paragraph and locator.part else paragraph
    place = place[:1].upper() + place[1:]
    lead = place if not locator.speaker or words.startswith(locator.speaker) else locator.speaker
    return f"{lead}: “{words}”" if lead else f"“{words}”"
