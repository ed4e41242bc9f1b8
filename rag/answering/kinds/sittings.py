"""A sitting itself, as its record tells it: who was present, who was not, who chaired it, when it began and ended."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from ....ingest.language.sentences import sentence_spans
from ....ingest.language.tables import table
from ....vectorstore.markup import plain
from ....vectorstore.passage import Document, Hit, Passage
from ....vectorstore.store import Store
from ...query import kinds
from ...query.kinds import SittingFact
from ...query.parse import Query
from ..quoted import Quoted
from ..records_found import own_stems, record_meant, shares_of_records, subject_stems

# What a record tells of a sitting stands at its head and its end.
HEAD_PASSAGES, END_PASSAGES = 40, 8
MAX_BLOCK_CHARS, MAX_BLOCK_PASSAGES = 2500, 40
MAX_LABEL_CHARS, MAX_LABEL_WORDS = 90, 8
NAMES_SHARE, FEWEST_NAMES = 0.4, 2
CHAIR_SHARE, SPOKEN_SHARE = 0.2, 0.5
MAX_LINE_CHARS, MAX_SUBHEADING_WORDS = 200, 4
MOST_PLACES = 6
MEANT_SHARE = 0.5
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}\s?(?:[:.h]\s?\d{2})?\s?(?:[ap]\.?\s?m\b|uhr\b|heures?\b|h\b|часов|时|点|o['’]?clock)"
    r"|(?<![\d.:])\d{1,2}[:.h]\d{2}(?![\d:]|\.\d)|\bnoon\b|\bmidnight\b|\bof the clock\b|\bo['’]clock\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,40}")
_DEPUTIES = re.compile(r"(?:vice|deputy|former|acting|co)[\s-]{0,3}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int


def sitting(store: Store, query: Query, hits: Sequence[Hit]) -> Quoted | None:
    """What the record meant tells of the sitting itself, as far as the question asks; an empty answer where it tells
    nothing, None where something else is asked."""
    carried = query.text.partition(" (")[2] if query.follows else ""
    facts = kinds.sitting_facts(query.asked, of_it=bool(kinds.sitting_facts(carried)))
    document = _record_of(store, query, hits) if facts else None
    if document is None:
        return None
    quoted, passages = Quoted(), store.passages_of(document.id)
    for fact in facts:
        places = _places(document, passages, fact)
        for place in places:
            quoted.add(store, document, place.start, place.end)
        if not places and len(facts) > 1:
            quoted.remark(f"untold.{fact}")
    return quoted


def _record_of(store: Store, query: Query, hits: Sequence[Hit]) -> Document | None:
    """The record whose sitting a question asks of, and of nothing else in it; the only one, or the one it means."""
    document = record_meant(store, query, hits)
    if document is None:
        return None
    is_meant = document.id in query.references.documents or shares_of_records(hits)[document.id] >= MEANT_SHARE
    asking = {stem for word in kinds.words_on_sittings() for stem in store.lexical.words(word, query.language)}
    return document if is_meant and not subject_stems(store, own_stems(store, query), document) - asking else None


def _places(document: Document, passages: Sequence[Passage], fact: SittingFact) -> list[_Place]:
    """Where a record tells a fact of its sitting, in order, none within another."""
    ends = passages[max(HEAD_PASSAGES, len(passages) - END_PASSAGES) :]
    if fact in ("opens", "closes"):
        told = [place for passage in (*passages[:HEAD_PASSAGES], *ends) for place in _hours(document, passage, fact)]
        return told[:1] if fact == "opens" else told[-1:]
    found: list[_Place] = []
    for number, passage in enumerate(passages[:HEAD_PASSAGES]):
        for place in _told_in(document, passages, number, passage, fact):
            if not found or place.start >= found[-1].end:
                found.append(place)
    return found[: 1 if fact == "chair" else MOST_PLACES]


def _told_in(
    document: Document, passages: Sequence[Passage], number: int, passage: Passage, fact: SittingFact
) -> Iterator[_Place]:
    """What a passage tells of who was there: all of it where it is called so, what is under it where it is a heading,
    else its sentences that do."""
    if passage.kind == "heading" and _is_called(passage.text, fact, whole=True):
        yield from _under(document, passages[number + 1 :], fact)
    if fact == "chair":
        yield from _chair(passage)
    elif passage.kind != "heading":
        yield from _listed(document, passage, fact)


def _listed(document: Document, passage: Passage, fact: SittingFact) -> Iterator[_Place]:
    """The part of a passage that is called so, from there to its end; else its sentences that tell the fact."""
    if passage.locator.speaker:
        if _is_called(f"{passage.locator.speaker}:", fact) and _lists(passage):
            yield _cut(document, passage)
        return
    for line in re.finditer(r"[^\n]+", passage.text):
        if _is_called(plain(line[0]) if line.start() else f"{plain(line[0])}:", fact) and _lists(passage):
            yield _cut(document, passage, line.start())
            return
    for start, end in sentence_spans(passage.text):
        found = _words(f"were {fact}").search(passage.text, start, end)
        if found and _names_many(passage.text[start:end], 1 if fact == "absent" else FEWEST_NAMES):
            yield _Place(passage.start + start, passage.start + end)


def _is_called(text: str, fact: SittingFact, *, whole: bool = False) -> bool:
    """Whether a text begins as what lists the names for a fact does, or is nothing else."""
    text = text[:MAX_LABEL_CHARS].rstrip()
    found = _label(fact).match(text)
    return bool(found) and len(found[0].split()) <= MAX_LABEL_WORDS and (not whole or found.end() == len(text))


def _under(document: Document, after: Sequence[Passage], fact: SittingFact) -> Iterator[_Place]:
    """What stands under a heading, as far as it lists names."""
    used = 0
    for passage in takewhile(lambda each: each.kind != "heading", after[:MAX_BLOCK_PASSAGES]):
        if len(passage.text.split()) <= MAX_SUBHEADING_WORDS and not _lists(passage):
            continue
        used += passage.end - passage.start
        is_next = passage is after[0]
        if not _lists(passage) or not (is_next or (used <= MAX_BLOCK_CHARS and fact == "present")) or (
            passage.locator.speaker and not is_next
        ):
            return
        yield _cut(document, passage)


def _lists(passage: Passage) -> bool:
    return passage.kind in ("item", "table") or _names_many(passage.text, 1)


def _chair(passage: Passage) -> Iterator[_Place]:
    """The sentences and lines that say who is in the chair: "Ana Ruiz (Chair)", "Chair: Ana Ruiz"."""
    for start, end in sentence_spans(passage.text):
        for line in re.finditer(r"[^\n]+", passage.text[start:end]):
            is_said = bool(passage.locator.speaker)
            found = next(_of_the_chair(line[0]), None)
            if is_said and found and line[0][: found.start()].strip(" *_"):  # what somebody says of a chair
                continue
            if found and _names_many(line[0], 1, share=SPOKEN_SHARE if is_said else CHAIR_SHARE):
                first, last = _around(line[0], found)
                yield _Place(passage.start + start + line.start() + first, passage.start + start + line.start() + last)


def _of_the_chair(line: str) -> Iterator["re.Match[str]"]:
    """The words of a line that have somebody in the chair: by a verb, or set beside a name."""
    for found in _words("chair").finditer(line):
        before, after = line[: found.start()].rstrip(" *_"), line[found.end() :].lstrip(" *_")
        acts = " " in found[0].strip() or found[0].casefold().endswith(("ed", "ing", "ó", "idée par"))
        is_label = not before.strip("#*_- ") and after[:1] in (":", "：")
        is_set = is_label or before.endswith(("(", ",", "|", "-", "–", "—"))
        if (acts or is_set) and not _DEPUTIES.search(line[: found.start()]):
            yield found


def _around(line: str, found: "re.Match[str]") -> tuple[int, int]:
    """A line, or where it is long, the part of it around what was found."""
    if len(line) <= MAX_LINE_CHARS:
        return 0, len(line)
    first = 0 if found.start() <= MAX_LINE_CHARS else max(line.rfind(mark, 0, found.start() - 40) for mark in ",;.") + 1
    if " " not in found[0] and not found[0].endswith("ed"):
        return first, found.end() + (line[found.end() : found.end() + 1] == ")")
    return first, min((end for end in (line.find(mark, found.end()) for mark in ",;.") if end >= 0), default=len(line))


def _hours(document: Document, passage: Passage, fact: SittingFact) -> Iterator[_Place]:
    """The sentences of a passage that tell when a sitting began or ended, by the clock."""
    for start, end in sentence_spans(passage.text):
        if _words(fact).search(passage.text, start, end) and _CLOCK.search(passage.text, start, end):
            yield _Place(passage.start + start, passage.start + end)


def _cut(document: Document, passage: Passage, first: int = 0) -> _Place:
    """A passage from one of its characters on, or as many of its lines as are shown."""
    start = passage.start + first
    end = min(passage.end, start + MAX_BLOCK_CHARS)
    line = document.text.rfind("\n", start, end) if end < passage.end else -1
    return _Place(start, line if line > start else end)


def _names_many(text: str, fewest: int, share: float = NAMES_SHARE) -> bool:
    """Whether much of a text is names, by its capitals; any text in a script without them."""
    words = _WORD.findall(plain(text))
    capitals = sum(word[:1].isupper() for word in words)
    if not any(word[:1].isupper() or word[:1].islower() for word in words):
        return bool(words)
    return capitals > fewest and capitals >= share * len(words)


@lru_cache
def _words(fact: str) -> re.Pattern[str]:
    rows = (row for row in table("sittings") if row["kind"] == fact)
    return re.compile(kinds.any_whole({word for row in rows for word in row["words"].split(";")}), re.IGNORECASE)


@lru_cache
def _label(fact: SittingFact) -> re.Pattern[str]:
    """A few words with one for a fact among them, set off from what follows: "Also present:", "## Attendance"."""
    beside = r"[\w'’/&-]{1,30}"
    return re.compile(
        rf"\A[^\w\n]{{0,8}}(?:(?:\d{{1,3}}|[ivxIVX]{{1,6}})[^\w\n]{{1,6}})?(?:{beside}\s{{1,3}}){{0,4}}?"
        rf"{_words(fact).pattern}(?:\s{{1,3}}{beside}){{0,3}}?[*_\s]{{0,4}}(?:[:：–—\n]|\.\s|-\s|\Z)",
        re.IGNORECASE,
    )
