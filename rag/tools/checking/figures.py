"""What a draft says in symbols, dates and figures, held against the records that it speaks of.

A figure is borne out where a record has it of the same thing. It is called wrong only where the record, in words that
are mostly the draft's, has another of just that thing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from ....ingest.language.dates import Day, dates
from ....ingest.language.sentences import sentence_spans
from ....vectorstore.language.analysers import exact_forms
from ....vectorstore.passage import Hit, Selection
from ...answer import Citation
from ...answering.quoted import head_of
from ...query.kinds import any_whole, words_of
from ...query.question import SYMBOL
from ...verification.numbers import Quantity, ordinals, quantities
from .draft import Draft, Mention, Span
from .quoting import is_at, numbered_paragraph, numbers_of
from .verdicts import Finding, Verdict
from .voting import records_of

_MOST_PASSAGES = 40
# Words, beside the figure and its thing, that a record's sentence shares with a draft's to be on the same matter.
FEWEST_SHARED = 3
_FEWEST_PLAIN = 10
_LONG_DIGITS = 5
_SHORTLY_BEFORE = 50
_THING = re.compile(r"[\s-]{0,2}(?P<thing>[^\W\d_]{2,30})?")
_LIST_NUMBER = re.compile(r"\s{0,8}\(?\d{1,3}[.)]\s")
_YEAR = re.compile(r"(?<![\w/.,-])(?:1[89]|20)\d\d(?![\w/]|[.,]\d|-\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number, an ordinal or a date in a text, and the words that tell what it is of.

    `telling` is false for what need not be borne out: "three points", a year that only says when.
    """

    value: object
    things: frozenset[str]
    start: int
    end: int
    telling: bool = True

    def is_of(self, other: "Figure") -> bool:
        """Whether two figures are of the same thing."""
        return bool(self.things & other.things)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A figure of a record, the words its sentence shares with a draft's, and whether it is in the paragraph named."""

    figure: Figure
    hit: Hit
    shared: int
    at_paragraph: bool


def claims_of_figures(draft: Draft, span: Span, taken: Sequence[Span]) -> Iterator[Finding]:
    """The verdicts on the dates and figures of a sentence, those already `taken` for something else left out."""
    text = _without(draft.bare, span, [*taken, *((m.start, m.end) for m in draft.named_in(*span))])
    for figure in figures_in(text):
        if finding := _figure(draft, span, replace(figure, start=span[0] + figure.start, end=span[0] + figure.end)):
            yield finding


def _without(text: str, span: Span, taken: Sequence[Span]) -> str:
    """A sentence with blanks in the place of some stretches, and of the numbers of paragraphs and list items."""
    sentence = text[slice(*span)]
    spots = [(start - span[0], end - span[0]) for start, end in taken if span[0] <= start < span[1]]
    spots += [match.span() for pattern in (numbered_paragraph(), SYMBOL) for match in pattern.finditer(sentence)]
    spots += [match.span() for match in [_LIST_NUMBER.match(sentence)] if match]
    for start, end in spots:
        sentence = sentence[:start] + " " * (end - start) + sentence[end:]
    return sentence


@lru_cache(maxsize=4096)
def figures_in(text: str) -> tuple[Figure, ...]:
    """The dates, ordinals and figures of a text, in its order."""
    days, rest = dates(text)
    found = [_date(day) for day in days if day.day]
    found += [_counted_off(each) for each in ordinals(rest) if not each.written[-len(each.unit or "") :][0].isupper()]
    taken = {place for figure in found for place in range(figure.start, figure.end)}
    for each in quantities(rest):
        if each.start in taken or _YEAR.fullmatch(each.written):
            continue
        end = each.start + len(each.written)
        behind = _THING.match(rest, end)
        thing = (behind["thing"] or "") if behind else ""
        scales = {word for word in each.written.casefold().split()[1:] if word.isalpha()}
        things = frozenset(filter(None, {each.unit or thing.casefold(), *scales}))
        telling = bool(each.unit or scales or (things and each.value >= _FEWEST_PLAIN))
        last = behind.end() if behind and thing else end
        found.append(Figure(value=each.value, things=things, start=each.start, end=last, telling=telling))
    found += [
        Figure(value=int(match[0]), things=frozenset({"year"}), start=match.start(), end=match.end(), telling=False)
        for match in _YEAR.finditer(rest)
    ]
    return tuple(sorted(found, key=lambda figure: figure.start))


def _date(day: Day) -> Figure:
    return Figure(value=day, things=frozenset({"date"}), start=day.start, end=day.start + len(day.written))


def _counted_off(each: Quantity) -> Figure:
    end = each.start + len(each.written)
    return Figure(value=("ordinal", each.value), things=frozenset({f"the {each.unit}"}), start=each.start, end=end)


def _is_same(mine: Figure, theirs: Figure) -> bool:
    """Whether two figures of one thing say the same; a date may leave its year away."""
    if isinstance(mine.value, Day) and isinstance(theirs.value, Day):
        days = {(day.month, day.day) for day in (mine.value, theirs.value)}
        return len(days) == 1 and len({mine.value.year, theirs.value.year} - {None}) < 2
    return mine.value == theirs.value


def _figure(draft: Draft, span: Span, figure: Figure) -> Finding | None:
    """The verdict on a figure; None where it is none that a record need bear out."""
    is_date = "date" in figure.things
    finding = Finding(
        kind="date" if is_date else "figure",
        start=figure.start,
        end=figure.end,
        text=draft.text[figure.start : figure.end],
        verdict="unchecked",
    )
    documents = records_of(draft, figure.start, of_year=not is_date)
    if is_date and (own := _of_a_record(draft, finding, figure, documents)):
        return own
    if is_date and len(documents) == 1 and _decided_on(draft, figure) and _day_of(draft, documents[0]):
        return _other_day(draft, finding, documents[0])
    paragraph = _paragraph(draft, span)
    found = list(_told(draft, span, figure, documents, paragraph))
    same = [each for each in found if _is_same(figure, each.figure) and _bears_out(each, figure, documents)]
    others = [each for each in found if not _is_same(figure, each.figure) and _contradicts(each, figure, documents)]
    if same and (any(each.at_paragraph for each in same) or not any(each.at_paragraph for each in others)):
        return _with_place(draft, finding, "exact", _closest(same))
    if others:
        return _with_place(draft, finding, "differs", _closest(others))
    return replace(finding, reason="not recorded" if documents else "no document") if figure.telling else None


def _closest(told: Sequence[_Told]) -> _Told:
    return max(told, key=lambda each: (each.at_paragraph, each.shared))


def _of_a_record(draft: Draft, finding: Finding, figure: Figure, documents: Sequence[str]) -> Finding | None:
    """The verdict on a date that is the one of a record spoken of; None where it is not."""
    for document in documents:
        day = _day_of(draft, document)
        if day and _is_same(figure, day):
            return replace(finding, verdict="exact", places=(_head(draft, document),))
    return None


def _decided_on(draft: Draft, figure: Figure) -> bool:
    """Whether a draft says that something was decided on a day: it tells of a decision right before it."""
    before = draft.bare[max(0, figure.start - _SHORTLY_BEFORE) : figure.start]
    return bool(_decided().search(re.split(r"[.;!?|\n]", before)[-1].casefold()))


def _other_day(draft: Draft, finding: Finding, document: str) -> Finding:
    """The verdict on a date on which a record was not decided on."""
    return replace(finding, verdict="differs", record=draft.listings[document].date, places=(_head(draft, document),))


def _head(draft: Draft, document: str) -> Citation:
    """What stands for all of a record."""
    found = draft.store.document(document)
    if found is None:
        raise LookupError(document)
    return head_of(draft.store, found)


def _day_of(draft: Draft, document: str) -> Figure | None:
    found, _ = dates(draft.listings[document].date or "")
    return _date(found[0]) if found and found[0].day else None


@lru_cache
def _decided() -> re.Pattern[str]:
    return re.compile(any_whole(words_of("decision") | words_of("vote")))


def _paragraph(draft: Draft, span: Span) -> str | None:
    """The one paragraph that a sentence names."""
    found = [number for match in numbered_paragraph().finditer(draft.bare, *span) for number in numbers_of(match)]
    return found[0] if len(found) == 1 else None


def _told(draft: Draft, span: Span, figure: Figure, documents: Sequence[str], paragraph: str | None) -> Iterator[_Told]:
    """The figures of the same thing that the records have where they are on a sentence's matter."""
    words = _stems(draft, draft.text[span[0] : figure.start]) | _stems(draft, draft.text[figure.end : span[1]])
    for hit in _passages(draft, words, figure, documents, paragraph):
        at_paragraph = bool(paragraph) and is_at(hit.passage.locator.paragraph, paragraph or "")
        for start, end in sentence_spans(hit.passage.text):
            sentence = hit.passage.text[start:end]
            held = [each for each in figures_in(sentence) if each.is_of(figure)]
            shared = len(words & _stems(draft, sentence)) if held else 0
            for each in held:
                at = hit.passage.start + start
                yield _Told(
                    figure=replace(each, start=at + each.start, end=at + each.end),
                    hit=hit,
                    shared=shared,
                    at_paragraph=at_paragraph,
                )


def _stems(draft: Draft, text: str) -> frozenset[str]:
    return frozenset(word for word in draft.store.lexical.words(text) if not word.isdigit())


def _passages(
    draft: Draft, words: frozenset[str], figure: Figure, documents: Sequence[str], paragraph: str | None
) -> list[Hit]:
    """The passages that may have a figure: those that write it as the draft does, of the paragraph named, and those
    of most of the sentence's words."""
    store, within = draft.store, frozenset(documents) if documents else None
    written = exact_forms(draft.text[figure.start : figure.end])
    keys = dict.fromkeys(store.lexical.holding(written, _MOST_PASSAGES, within=within))
    chosen = Selection(documents=within) if within else None
    keys |= dict.fromkeys(key for key, _ in store.by_words(dict.fromkeys(words, 1.0), _MOST_PASSAGES, within=chosen))
    if paragraph and within:
        rows = store.catalogue.paragraphs([paragraph], sorted(within))
        keys |= dict.fromkeys(row.id for row in rows[:_MOST_PASSAGES])
    return store.hits([(key, 0.0) for key in keys])


def _bears_out(told: _Told, figure: Figure, documents: Sequence[str]) -> bool:
    """Whether a record's figure is the draft's: of the record named, else in words that are mostly the draft's."""
    return told.shared >= FEWEST_SHARED or (bool(documents) and figure.telling)


def _contradicts(told: _Told, figure: Figure, documents: Sequence[str]) -> bool:
    """Whether a record has another figure of just what a draft says."""
    if not documents:
        return False
    if "year" in figure.things:
        return told.at_paragraph and told.shared >= FEWEST_SHARED
    close = told.shared >= FEWEST_SHARED or (told.at_paragraph and told.shared > 0)
    return figure.telling and (close or _is_slip(figure.value, told.figure.value))


def _is_slip(mine: object, theirs: object) -> bool:
    """Whether two long numbers differ in one digit, or in two that are exchanged."""
    from rapidfuzz.distance import OSA

    long = min(len(str(mine)), len(str(theirs))) >= _LONG_DIGITS
    return (
        isinstance(mine, Decimal)
        and isinstance(theirs, Decimal)
        and long
        and OSA.distance(f"{mine:f}", f"{theirs:f}") == 1
    )


def _with_place(draft: Draft, finding: Finding, verdict: Verdict, told: _Told) -> Finding:
    place = draft.cite(told.hit.document.id, told.figure.start, told.figure.end)
    return replace(finding, verdict=verdict, record=place.quote, places=(place,))


# --- symbols and paragraphs -----------------------------------------------------------------------------------------


def symbol(draft: Draft, mention: Mention) -> Finding:
    """The verdict on whether the library holds the record that a draft names."""
    document = draft.document_of(mention)
    return Finding(
        kind="symbol",
        start=mention.start,
        end=mention.end,
        text=draft.text[mention.start : mention.end],
        verdict="exact" if mention.document else "not found",
        places=(_head(draft, document),) if document else (),
        taken_for=draft.listings[document].symbol if document and not mention.document else None,
    )


def paragraphs(draft: Draft, span: Span, quotations: Sequence[Finding]) -> Iterator[Finding]:
    """The verdicts on the paragraphs that a sentence names: whether the record has them, and what is quoted from them
    stands there."""
    for match in numbered_paragraph().finditer(draft.bare, *span):
        documents = records_of(draft, match.start(), of_year=False)
        wrong = next(
            (each for each in quotations if each.wrong == "paragraph" and each.said in numbers_of(match)), None
        )
        finding = Finding(
            kind="paragraph",
            start=match.start(),
            end=match.end(),
            text=draft.text[slice(*match.span())],
            verdict="unchecked",
            reason="no document",
        )
        if wrong:
            place = wrong.places[0]
            told = replace(finding, verdict="misattributed", wrong="paragraph", said=wrong.said, reason=None)
            yield replace(told, record=place.locator.paragraph, places=(place,))
        elif documents:
            yield _numbered(draft, finding, documents, numbers_of(match))


def _numbered(draft: Draft, finding: Finding, documents: Sequence[str], numbers: Sequence[str]) -> Finding:
    """The verdict on paragraphs by their numbers alone."""
    for document in documents:
        held = draft.store.structure(document).paragraphs
        found = [next((each for each in held if is_at(each.number, number)), None) for number in numbers]
        kept = [paragraph for paragraph in found if paragraph]
        if len(kept) == len(found):
            places = tuple(draft.cite(document, each.start, each.end) for each in kept)
            return replace(finding, verdict="exact", places=places, reason=None)
        if not held:
            return replace(finding, reason="not recorded")
    return replace(finding, verdict="not found", places=(_head(draft, documents[0]),), reason=None)
