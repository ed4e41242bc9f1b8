"""What the records say to a quotation of a draft: whether it stands there so, and where the draft says it does."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ....ingest.language.tables import any_by_role
from ....vectorstore.names import fold
from ....vectorstore.passage import Hit
from ....vectorstore.store import Store
from ...answer import Citation
from ...answering.quoted import citation_at
from ...query.directory import directory_of
from ...verification.speakers import speakers_named, subject, wrong_speaker
from .draft import Draft
from .folding import Difference, folds
from .locating import (
    DEEPER,
    MOST_PLACES,
    Near,
    Part,
    Place,
    Run,
    joined,
    nearest,
    parts_of,
    places_in,
    places_of,
    runs_near,
)
from .verdicts import Finding, Wrong

# Of altered quotations of a third-party set at least so many words agree with the record in half of it, of foreign
# ones at most 0.53.
MIN_SHARE = 0.6
FEWEST_AGREEING = 3
FEWEST_WORDS = 2
_BEHIND = re.compile(r"[\"'”’»“」』]?[.,;]?\s{0,3}\((?P<cited>[^()\n]{2,200}(?:\([^()\n]{1,8}\)[^()\n]{0,100}){0,3})\)")
_LEADS_IN = re.compile(r"(?:\s{1,2}[^\s,;.:()]{1,20}){0,3}[\s:]{0,3}\W{1,3}")
_LONGEST_RANGE = 40
_RANGE = re.compile(r"\d\s?(?:to|through|à|a|bis|до|[-–—])\s?\d")
_NUMBER = r"\d{1,4}(?:\.\d{1,3})*(?:\s?\([a-z]{1,4}\)){0,3}"
_NUMBERS = rf"{_NUMBER}(?:(?:,\s?|\s?(?:and|to|through|et|à|y|a|und|bis|и|до|[-–—&])\s?){_NUMBER}){{0,8}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A quotation with the places that hold it exactly, or what comes nearest."""

    start: int
    end: int
    parts: tuple[Part, ...]
    places: tuple[Place, ...] = ()
    near: Near | None = None

    @property
    def documents(self) -> frozenset[str]:
        """The records that hold it, or what comes nearest."""
        return frozenset(place.document.id for place in self.places or (self.near.places if self.near else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attribution:
    """Whom and what a draft gives a quotation to: the records, whether its own sentence names them; the
    paragraphs that its sentence names, the nearest first."""

    documents: frozenset[str]
    explicit: bool
    known: bool
    cited: str
    paragraphs: tuple[str, ...]
    who: str


def locate(draft: Draft, start: int, end: int) -> Located:
    """Where the words of a quotation stand."""
    store, parts = draft.store, tuple(parts_of(draft.text[start:end]))
    found = Located(start=start, end=end, parts=parts)
    if not parts:
        return found
    if places := places_of(store, parts):
        return replace(found, places=tuple(places))
    runs = runs_near(store, parts)
    if places := places_in(runs, parts):
        return replace(found, places=tuple(places))
    return replace(found, near=_nearest(store, parts, runs))


def _nearest(
    store: Store, parts: Sequence[Part], runs: Sequence[Run], within: frozenset[str] | None = None
) -> Near | None:
    """What comes near enough to some words to be what a draft quotes, in one place or joined out of two."""
    near = nearest(parts, runs)
    count = sum(len(part.words) for part in parts)
    if near and near.agree == count:
        return near
    if _is_near(near, count):
        return joined(parts, runs) or near
    return joined(parts, runs) or joined(parts, runs_near(store, parts, within=within, depth=DEEPER))


def _is_near(near: Near | None, count: int) -> bool:
    return bool(near and near.agree >= max(FEWEST_AGREEING, MIN_SHARE * count))


def quotation(draft: Draft, located: Located) -> Finding:
    """The verdict on a quotation."""
    text = draft.text[located.start : located.end]
    finding = Finding(kind="quotation", start=located.start, end=located.end, text=text, verdict="not found")
    if sum(len(part.words) for part in located.parts) < FEWEST_WORDS and not located.places:
        return replace(finding, verdict="unchecked", reason="short")
    said = _attribution(draft, located)
    if located.places:
        return _standing(draft, located, said, finding)
    near = located.near
    if said.documents and not said.documents & located.documents:
        runs = runs_near(draft.store, located.parts, within=said.documents)
        near = _nearest(draft.store, located.parts, runs, said.documents) or near
    return _differing(draft, near, said, finding) if near else finding


def _standing(draft: Draft, located: Located, said: _Attribution, finding: Finding) -> Finding:
    """The verdict on words that stand in the records."""
    places = list(located.places)
    inside = [place for place in places if place.document.id in said.documents]
    if said.documents and not inside:
        inside = _within(draft.store, located, said.documents)
        places += inside
    places = _in_order(draft, places, said)
    wrong = _wrong(draft, located, said, inside, places)
    best = places[0].words
    return replace(
        finding,
        verdict="misattributed" if wrong else "exact",
        wrong=wrong,
        said=_said(draft, said, wrong),
        places=_citations(draft, places),
        folded=folds(finding.text, best) if len(located.parts) == 1 else (),
        suggested=None if said.explicit or said.cited else _citations(draft, places[:1])[0].label,
    )


def _within(store: Store, located: Located, documents: frozenset[str]) -> list[Place]:
    """The places within some records, looked for there alone."""
    if len(located.places) >= MOST_PLACES and (found := places_of(store, located.parts, within=documents)):
        return found
    return places_in(runs_near(store, located.parts, within=documents), located.parts)


def _wrong(
    draft: Draft, located: Located, said: _Attribution, inside: Sequence[Place], places: Sequence[Place]
) -> Wrong | None:
    """What words that stand in the records are attributed to wrongly."""
    if said.explicit and said.known and not inside:
        return "document"
    if said.paragraphs and inside and not any(_is_in(place, said.paragraphs) for place in inside):
        if _has_paragraph(draft, inside, said.paragraphs[0]):
            return "paragraph"
    held = [place for place in inside or places if said.who]
    if held and all(_said_by_another(draft, located, said.who, place) for place in held):
        return "speaker"
    return None


def _has_paragraph(draft: Draft, places: Sequence[Place], number: str) -> bool:
    """Whether a record has numbered paragraphs, one of that number among them."""
    paragraphs = draft.store.structure(places[0].document.id).paragraphs
    return any(is_at(paragraph.number, number) for paragraph in paragraphs)


def _said_by_another(draft: Draft, located: Located, who: str, place: Place) -> bool:
    """Whether a place tells that somebody else said the words than the one a draft gives them to."""
    hit = Hit(passage=place.passage, document=place.document, score=0.0)
    words = " ".join(word for part in located.parts for word in part.written)
    return wrong_speaker(draft.store, f"{who} said {words}", hit) is not None


def _differing(draft: Draft, near: Near, said: _Attribution, finding: Finding) -> Finding:
    """The verdict on words that stand in the records otherwise."""
    places = list(near.places)
    record = " […] ".join(place.words for place in places)
    if len(places) == 1:
        found = places_of(draft.store, parts_of(record)) or places
        places = _in_order(draft, found, said)
    is_elsewhere = said.explicit and said.known and not said.documents & {place.document.id for place in places}
    return replace(
        finding,
        verdict="differs",
        places=_citations(draft, places),
        record=record,
        differences=near.differences or _joint(near),
        joined=len(near.places) > 1,
        wrong="document" if is_elsewhere else None,
        said=said.cited if is_elsewhere else None,
    )


def _joint(near: Near) -> tuple[Difference, ...]:
    """Of words joined out of two places, what each of them says."""
    return tuple(Difference(record=place.words, draft="") for place in near.places)


def _in_order(draft: Draft, places: Iterable[Place], said: _Attribution) -> list[Place]:
    """The source that the draft names first, else the newest."""

    def rank(place: Place) -> tuple[bool, bool, bool]:
        speaker = place.passage.locator.speaker
        by_other = bool(said.who and speaker and speaker not in speakers_named(draft.store, said.who))
        at_other = bool(said.paragraphs) and not _is_in(place, said.paragraphs)
        return place.document.id not in said.documents, at_other, by_other

    newest = sorted(places, key=lambda place: place.start)
    newest.sort(key=lambda place: place.document.date or "", reverse=True)
    return sorted(newest, key=rank)


def _citations(draft: Draft, places: Sequence[Place]) -> tuple[Citation, ...]:
    return tuple(
        citation_at(draft.store, place.document, place.start, place.end, number)
        for number, place in enumerate(places, start=1)
    )


# --- what a draft says of a quotation --------------------------------------------------------------------------------


def _attribution(draft: Draft, located: Located) -> _Attribution:
    sentence = draft.sentence_at(located.start)
    behind = _BEHIND.match(draft.bare, located.end)
    cited = draft.named_in(*behind.span("cited")) if behind else []
    named = cited or draft.named_in(*sentence)
    mentions = named or draft.speaks_of(located.start)
    known = [(mention, draft.document_of(mention)) for mention in mentions]
    return _Attribution(
        documents=frozenset(document for _, document in known if document),
        explicit=bool(named),
        known=all(document for _, document in known),
        cited=", ".join(mention.symbol for mention in named),
        paragraphs=_paragraphs(draft, located, sentence, behind.span("cited") if behind else None),
        who=_who(draft, located, sentence),
    )


def _said(draft: Draft, said: _Attribution, wrong: Wrong | None) -> str | None:
    """What a draft attributes words to wrongly, as it writes it."""
    named = directory_of(draft.store).find_speaker(said.who) or (0, len(said.who))
    told = {
        "document": said.cited,
        "paragraph": next(iter(said.paragraphs), None),
        "speaker": said.who[slice(*named)],
    }
    return told.get(wrong or "")


def _who(draft: Draft, located: Located, sentence: tuple[int, int]) -> str:
    """Who a draft says spoke, where that is a speaker of the library, else nothing: named between the quotation and the
    one before it, else between it and the next, else in the sentences before ("She added")."""
    first = bisect_left(draft.quotations, (sentence[0], 0))
    at = bisect_left(draft.quotations, (located.start, 0), first)
    start = draft.quotations[at - 1][1] if at > first else sentence[0]
    following = draft.quotations[at + 1][0] if at + 1 < len(draft.quotations) else sentence[1]
    before = draft.bare[draft.block_at(located.start)[0] : start]
    inherited = subject(before) if before.strip() else ""
    for said in (draft.bare[start : located.start], draft.bare[located.start : min(sentence[1], following)]):
        who = subject(said.strip(" ,;\n"), inherited)
        if who and speakers_named(draft.store, who):
            return who
    return ""


def _paragraphs(
    draft: Draft, located: Located, sentence: tuple[int, int], behind: tuple[int, int] | None
) -> tuple[str, ...]:
    """The numbers of the paragraphs that a draft may give a quotation to: those right behind it, else those right
    before it ("in paragraph 12 that ..."), else all of its sentence, the nearest before it first."""
    if _preamble().search(draft.bare, *sentence):
        return ()
    if behind and (found := numbered_paragraph().search(draft.bare, *behind)):
        return tuple(numbers_of(found))
    first = bisect_left(draft.quotations, (sentence[0], 0))
    before = draft.quotations[first : bisect_left(draft.quotations, (located.start, 0), first)]
    others = [_BEHIND.match(draft.bare, end) for _, end in before]
    taken = [match.span("cited") for match in others if match]
    found = [
        match
        for match in numbered_paragraph().finditer(draft.bare, *sentence)
        if not any(start <= match.start() < end for start, end in taken)
    ]
    ahead = [match for match in found if match.start() < located.start]
    if ahead and _LEADS_IN.fullmatch(draft.bare, ahead[-1].end(), located.start):
        return tuple(numbers_of(ahead[-1]))
    nearest_first = [*ahead[::-1], *(match for match in found if match.start() >= located.start)]
    return tuple(number for match in nearest_first for number in numbers_of(match))


def numbers_of(named: re.Match[str]) -> list[str]:
    """The numbers of the paragraphs that are named together, those between the ends of a range too."""
    numbers = re.findall(_NUMBER, named["numbers"])
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 2 and _RANGE.search(named["numbers"]) and first.isdecimal() and last.isdecimal():
        between = range(int(first), min(int(last), int(first) + _LONGEST_RANGE) + 1)
        return [first, *(str(number) for number in between if str(number) != first)]
    return numbers


def _is_in(place: Place, numbers: Sequence[str]) -> bool:
    """Whether a place is in one of some paragraphs."""
    return any(is_at(place.passage.locator.paragraph, number) for number in numbers)


@lru_cache
def numbered_paragraph() -> re.Pattern[str]:
    """What names a paragraph by its number."""
    word = any_by_role("drafts", "paragraph")
    return re.compile(
        rf"(?:(?<!\w){word}\.?\s{{0,2}}|[§¶]\s?|第\s?)(?P<numbers>{_NUMBERS})(?![\w/]|\.\d)", re.IGNORECASE
    )


@lru_cache
def _preamble() -> re.Pattern[str]:
    return re.compile(any_by_role("drafts", "preamble"), re.IGNORECASE)


def is_at(paragraph: str | None, number: str) -> bool:
    """Whether a place in a paragraph is in that of a number, as far as both say which."""
    mine, theirs = _plain_number(paragraph or ""), _plain_number(number)
    shorter = min(len(mine), len(theirs))
    return bool(mine) and mine[:shorter] == theirs[:shorter]


def _plain_number(number: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", fold(number))
