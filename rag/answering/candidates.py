"""What an answer may quote: the sentences of the passages found, and where they stand."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...ingest.language.sentences import sentence_spans
from ...vectorstore.language.analysers import count_words
from ...vectorstore.markup import plain
from ...vectorstore.passage import Hit, Passage, shortened
from ...vectorstore.store import Store
from ...vectorstore.structure import Item, Outcome
from ..query.kinds import asking_words

MIN_WORDS = 2
MAX_HEADING_CHARS = 140
HEAD_CHARS = 1500
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEADS = re.compile(r"\w[”\"’)\]*_]{0,3}\s?:[-–—*_]{0,3}\s{1,8}(?:\(?[a-z1]{1,3}[.)]\s{1,3})?\Z")
_LEAD_IN = re.compile(r"(?:[-*+•‣◦▪·–—]\s+|[,;:.]\s*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """A sentence of a passage found, or an outcome: offsets into the document's text, its stems, how well it answers.

    `number` counts the sentences of its passage from 0, None where it is not one of them.
    `score` says how well it answers, as a share of the best one's (0 to 1); `coverage` is the share of the question's
    content words that stand in the sentence or around it (0 to 1), `likeness` the cosine similarity of sentence and
    question (-1 to 1, 0 where it was not compared). `outcome` is what it tells, where it is an outcome of an item,
    `told_in` the passages it stands in, `lead` what is shown before it, `fit` how well it and what it ends fit the
    question, `known` how much of the question's subject stands there (0 to 1), `about` how much of what the question
    says beside the name of its record stands in the sentence or around it (0 to 1; 1 where it says no more). `side` is
    whose side of a comparison it tells.
    """

    hit: Hit
    start: int
    end: int
    words: frozenset[str]
    number: int | None = None
    score: float = 0.0
    coverage: float = 0.0
    likeness: float = 0.0
    outcome: Outcome | None = None
    told_in: tuple[Passage, ...] = ()
    lead: str = ""
    fit: float = 0.0
    known: float = 0.0
    about: float = 0.0
    side: str | None = None

    @property
    def text(self) -> str:
        """The sentence exactly as stored."""
        return self.hit.document.text[self.start : self.end]

    @property
    def speaker(self) -> str | None:
        """The label of whoever says it."""
        return self.hit.passage.locator.speaker

    def covers(self, other: "Quotable") -> bool:
        """Whether another's words are all among this one's."""
        return self.hit.document.id == other.hit.document.id and self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Quotable") -> bool:
        """Whether the two share any words of their record."""
        return self.hit.document.id == other.hit.document.id and self.start < other.end and other.start < self.end

    def adjoins(self, other: "Quotable") -> bool:
        """Whether the two stand side by side in a passage, with nothing said between them."""
        between = self.hit.document.text[min(self.end, other.end) : max(self.start, other.start)]
        return self.hit.passage.id == other.hit.passage.id and not re.search(r"\w", between)


def quotables(store: Store, hits: Sequence[Hit]) -> Iterator[Quotable]:
    """The sentences of the passages, without paragraph numbers, speaker labels and bullets, in order of the hits.

    A heading, the title of a document and noise answer nothing.
    """
    for hit in hits:
        if hit.passage.kind in ("heading", "noise") or _is_title(hit):
            continue
        lead = lead_length(hit)
        for number, (start, end) in enumerate(sentence_spans(hit.passage.text)):
            start = max(start, lead)
            if lead_in := _LEAD_IN.match(hit.passage.text, start, end):
                start = lead_in.end()
            words = frozenset(store.lexical.words(hit.passage.text[start:end], hit.document.language))
            if len(words) >= MIN_WORDS and _has_words(hit.passage.text[start:end]):
                first, last = hit.passage.start + start, hit.passage.start + end
                yield Quotable(hit=hit, start=first, end=last, words=words, number=number)


def _has_words(text: str) -> bool:
    """Whether a text has the fewest words that tell something, figures aside."""
    return sum(map(count_words, _WORD.findall(text))) >= MIN_WORDS


def _is_title(hit: Hit) -> bool:
    """Whether a passage is the document's title over again."""
    return hit.passage.order < 2 and not hit.passage.locator.speaker and plain(hit.passage.text) in hit.document.title


def heading_of(item: Item) -> str:
    """The heading of an item as it is shown before a quote, shortened, without the mark at its end."""
    return shortened(" ".join(plain(item.heading).split()), MAX_HEADING_CHARS).rstrip(" .:;,")


def lead_length(hit: Hit) -> int:
    """How many characters at the head of a passage are its number and its speaker's label, not what was said."""
    position, locator = number_length(hit), hit.passage.locator
    text = hit.passage.text[position:]
    if locator.speaker:
        label = re.match(rf"\A[*_\s]*{re.escape(locator.speaker)}[*_]*\s*[:.–—-]?[*_]*\s*", text)
        spoken = text[label.end() :] if label else ""
        if label and (label[0].rstrip(" *_\n").endswith((":", ".")) or _opens_speech(spoken)):
            position += label.end()
    return position


def number_length(hit: Hit) -> int:
    """How many characters at the head of a passage are its paragraph number."""
    number = hit.passage.locator.paragraph
    match = re.match(rf"\A\W*{re.escape(number)}\\?[.)]?\W*\s", hit.passage.text) if number else None
    return match.end() if match else 0


def with_lead_in(quotable: Quotable, longest: int) -> Quotable:
    """A quote together with the sentence right before it in its passage that leads to it with a colon ("Mr. Lind asked
    the Minister: (a) whether ..."), where both take at most so many characters."""
    passage = quotable.hit.passage
    first = passage.start + lead_length(quotable.hit)
    before = quotable.hit.document.text[first : quotable.start]
    if not _LEADS.search(before):
        return quotable
    *_, (start, _) = sentence_spans(before)
    is_short = quotable.end - first - start <= longest
    return replace(quotable, start=first + start) if is_short else quotable


def _opens_speech(text: str) -> bool:
    """Whether what follows a speaker's name is speech ("(Ana Ruiz) What role ..."), no report of it ("said that")."""
    return text.lstrip("“\"'*_")[:1].isupper()


def asking_stems(store: Store) -> frozenset[str]:
    """The stems of the words that questions are asked with: they say nothing of the subject."""

    def stems() -> frozenset[str]:
        spoken = store.languages or (None,)
        return frozenset(
            s for word in asking_words() for language in spoken for s in store.lexical.words(word, language)
        )

    return store.derived("asking stems", stems)


def inverse_frequency(store: Store) -> Callable[[str], float]:
    """How telling a stem is in this library: ln(1 + (N - n + 0.5) / (n + 0.5)), BM25's own weight."""
    size = max(store.lexical.size, 1)

    def weight(word: str) -> float:
        count = store.lexical.document_frequency(word)
        return math.log(1 + (size - count + 0.5) / (count + 0.5))

    return weight


def stems_around(store: Store, hit: Hit) -> frozenset[str]:
    """The stems of a passage, of what it stands under, and of what its document says of itself at its head."""
    document, passage = hit.document, hit.passage
    told = (document.title, document.symbol, document.source, document.body, document.meeting, document.publisher)
    head = document.text[:HEAD_CHARS]
    said = f"{' '.join(filter(None, told))} {head} {passage.locator} {passage.context} {passage.text}"
    return frozenset(store.lexical.words(said))
