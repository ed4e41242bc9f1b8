"""The sentences of a text that tell most of what it is about.

A sentence is central where many of its words are words that its part, the whole and their headings keep coming back to
(Edmundson 1969, New Methods in Automatic Extracting), and where its vector is near the mean of its part's (Radev et al.
2004, Centroid-based summarization of multiple documents); what is said twice is told once (maximal marginal relevance).
"""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ....vectorstore.errors import ModelError
from ....vectorstore.language.analysers import count_words
from ....vectorstore.markup import plain
from ....vectorstore.passage import Hit
from ....vectorstore.store import Store
from ...calibration import likeness
from ..candidates import Quotable, inverse_frequency, quotables

if TYPE_CHECKING:
    import numpy as np

MAX_PASSAGES = 800
MIN_WORDS, MAX_WORDS = 6, 70
# Set by eye on overviews of a dozen records.
WHOLE_SHARE = 0.5
HEADING_WEIGHT = 1.0
LENGTH_DAMPING = 8
MEANING_WEIGHT, ASKED_WEIGHT = 0.4, 0.4
UNFINISHED = 0.6
SAID_BEFORE = 0.9
SHARED_WORDS = 0.7
LOWER_SHARE = 0.4
_FINISHED = re.compile(r"[.!。！؟।;][\"'”’»)\]*_\s]{0,6}\Z")
_NO_STATEMENT = ("?", ":", "？")


@dataclass(slots=True, kw_only=True)
class Sentences:
    """The sentences of some passages of a document, in its order; `said` are those told already, or quoted."""

    sentences: list[Quotable]
    likeness: "np.ndarray"
    vectors: "np.ndarray"
    weights: dict[str, float]
    counts: Counter[str]
    embedding: str
    stems: Callable[[str], Sequence[str]]
    said: list[int] = field(default_factory=list[int])

    @classmethod
    def of(cls, store: Store, hits: Sequence[Hit], asked: str = "", around: str = "") -> "Sentences":
        """The sentences of passages, of very many those of an even sample.

        Args:
            store: where their vectors are.
            hits: the passages, all of one document.
            asked: what is asked about them; empty for nothing but what they are about.
            around: the title and whatever else tells what the whole is about.
        """
        import numpy as np

        sample = hits[:: -(-len(hits) // MAX_PASSAGES) or 1]
        told = sorted(filter(_tells, quotables(store, sample)), key=lambda each: each.start)
        kept = store.sentence_vectors(list(dict.fromkeys(each.hit.passage.id for each in told)))
        width = next((len(vector) for numbered in kept.values() for vector in numbered.values()), 1)
        nothing = np.zeros(width)
        rows = [kept.get(each.hit.passage.id, {}).get(each.number or 0, nothing) for each in told]
        vectors = np.asarray(rows).reshape(len(rows), width)
        idf, counts = inverse_frequency(store), Counter(word for each in told for word in each.words)
        return cls(
            sentences=told,
            vectors=vectors,
            likeness=_of_question(store, asked, vectors),
            weights={word: idf(word) for word in {*counts, *store.lexical.words(around)}},
            counts=counts + Counter(store.lexical.words(around)),
            embedding=store.embedding,
            stems=store.lexical.words,
        )

    def within(self, spans: Iterable[tuple[int, int]]) -> list[int]:
        """The places of the sentences that begin in stretches of the document."""
        starts = [each.start for each in self.sentences]
        return [place for start, end in spans for place in range(bisect_left(starts, start), bisect_left(starts, end))]

    def most_central(self, inside: Sequence[int], heading: str = "") -> Quotable | None:
        """The most central of some sentences that says nothing told before; None where all say what was told.

        `heading` is what stands over them.
        """
        scores = self._scores(inside, set(self.stems(heading)))
        for place in sorted(inside, key=lambda place: -scores[place]):
            if not self._was_said(place):
                self.said.append(place)
                return self.sentences[place]
        return None

    def telling(self, texts: Sequence[str], inside: Sequence[int], heading: str = "") -> list[float]:
        """How much each of some texts tells of what some sentences, and what stands over them, are about."""
        weights = self._weights(inside, set(self.stems(heading)))
        return [self._weight(set(self.stems(text)), weights) for text in texts]

    def tell(self, inside: Sequence[int]) -> None:
        """Notes that some sentences are quoted, so that none says so again."""
        self.said += inside

    def _scores(self, inside: Sequence[int], heading: set[str]) -> dict[int, float]:
        """How central each of some sentences is among them."""
        if not inside:
            return {}
        weights = self._weights(inside, heading)
        by_words = [self._weight(self.sentences[place].words, weights) for place in inside]
        vectors = self.vectors[list(inside)]
        by_meaning = vectors @ vectors.mean(axis=0)
        asked = self.likeness[list(inside)]
        rows = zip(inside, _scaled(by_words), _scaled(by_meaning), _scaled(asked), strict=True)
        return {
            place: (words + MEANING_WEIGHT * meaning + ASKED_WEIGHT * near) * self._finish(place)
            for place, words, meaning, near in rows
        }

    def _weights(self, inside: Sequence[int], heading: set[str]) -> dict[str, float]:
        """How much each word of some sentences says of what they are about."""
        here = Counter(word for place in inside for word in self.sentences[place].words)
        return {
            word: self.weights[word]
            * (math.log(count) + WHOLE_SHARE * math.log(self.counts[word]) + HEADING_WEIGHT * (word in heading))
            for word, count in here.items()
        }

    @staticmethod
    def _weight(words: Collection[str], weights: Mapping[str, float]) -> float:
        """How much words say, as many as they are."""
        return sum(weights.get(word, 0.0) for word in words) / math.sqrt(LENGTH_DAMPING + len(words))

    def _finish(self, place: int) -> float:
        """Less for what is no whole sentence: an entry of a list, a line of a table, a name."""
        return 1.0 if _FINISHED.search(plain(self.sentences[place].text)[-8:]) else UNFINISHED

    def _was_said(self, place: int) -> bool:
        """Whether a sentence says what one told before says, by its words or by its meaning."""
        if not self.said:
            return False
        words = self.sentences[place].words
        for other in self.said:
            shared = words & self.sentences[other].words
            if len(shared) > SHARED_WORDS * min(len(words), len(self.sentences[other].words)):
                return True
        cosines = self.vectors[self.said] @ self.vectors[place]
        return bool(likeness(self.embedding, cosines, "alike").max() > SAID_BEFORE)


def _tells(quotable: Quotable) -> bool:
    """Whether a sentence may stand for others: neither a scrap nor endless, no question, no lead-in, no title, no list
    of names."""
    if not MIN_WORDS <= count_words(quotable.text) <= MAX_WORDS or _is_entry(quotable.text):
        return False
    text = plain(quotable.text)
    return not text.rstrip("”\"'*_ ").endswith(_NO_STATEMENT) and text not in quotable.hit.document.title


def _is_entry(text: str) -> bool:
    """Whether a text is names or figures more than words: an entry of a list of those present, a line of contents."""
    words = [word for word in text.split() if word[-1:].isalnum() or word[:1].isalnum()]
    lower = sum(word[:1].islower() or not word[:1].isascii() for word in words)
    return not text.isupper() and lower < LOWER_SHARE * len(text.split())


def _of_question(store: Store, asked: str, vectors: "np.ndarray") -> "np.ndarray":
    """How near sentences are to what is asked; the same for all where nothing is, or the model is not there."""
    import numpy as np

    if not asked or not vectors.any():
        return np.zeros(len(vectors))
    try:
        return vectors @ np.asarray(store.question_vector(asked))
    except ModelError:
        return np.zeros(len(vectors))


def _scaled(values: "Sequence[float] | np.ndarray") -> "np.ndarray":
    """Values from 0, the least of them, to 1, the greatest; all 0 where they are the same."""
    import numpy as np

    numbers = np.asarray(values, dtype=float)
    span = float(np.ptp(numbers))
    return (numbers - numbers.min()) / span if span else np.zeros(len(numbers))
