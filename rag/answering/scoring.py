"""How well each sentence and each outcome of the passages found answers a question.

passages found, and those beside the best -> their sentences, and the outcomes of their records -> features -> score

The score is a weighted sum of features, fitted on gold questions so that the sentences which answer come before the
others of the same question (a conditional logit; McFadden 1974). The weights stand in `weights.json`, one set an
embedder; `benchmarks/fit_answers.py` makes them.
"""

import json
import math
import re
from bisect import bisect_right
from calendar import month_name
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ...vectorstore.embedder import E5
from ...vectorstore.errors import ModelError
from ...vectorstore.language.analysers import count_words
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Hit, Passage
from ...vectorstore.store import Store
from ...vectorstore.structure import Item, Outcome
from ..calibration import likeness
from ..query import kinds
from ..query.parse import Query, own_subject
from ..query.question import asks_for_words, is_headed
from .candidates import Quotable, asking_stems, heading_of, inverse_frequency, quotables
from .records_found import called, shares_of_records

if TYPE_CHECKING:
    import numpy as np

PASSAGES_READ = 30
NEIGHBOURS_OF, NEIGHBOURS = 6, 3
RECORDS = 3
OUTCOMES_A_RECORD = 300
WINDOW_CHARS = 4000
FALL_OFF_CHARS = 3000
# Set by hand on the gold questions about decisions of the development records, of which an outcome is then the right
# one in 31 of 51, among the best three in 48; what comes of it is a feature among others, whose weight is fitted.
FOUND_WEIGHT = 0.7
THREAD_FIT = 2.0
NUMBERED_FIT = 1.5
ELSEWHERE_WEIGHT = 0.6
MAX_QUOTE_CHARS = 900
SHORT_WORDS = 6
STEMS_KEPT = 20_000

FEATURES = (
    "own", "once", "nearby", "beside", "standing", "found", "rank", "likeness", "below_nearest", "no_vector",
    "outcome", "fit", "known", "counted", "expected", "not_expected", "question", "question_wanted", "colon",
    "length", "short", "speaker_asked", "speaker_pointed", "record_share", "record_pointed", "table", "list",
    "list_wanted", "first", "place", "digits", "capitals",
    "decision_outcome", "decision_fit", "decision_own", "vote_outcome", "vote_counted", "vote_fit", "action_outcome",
    "reason_outcome", "saying_outcome", "comparing_outcome", "overview_outcome", "expecting_outcome",
)  # fmt: skip


def rank(store: Store, query: Query, hits: Sequence[Hit]) -> list[Quotable]:
    """The sentences and outcomes that may answer, best first; scores are shares of the best one's."""
    found, features = described(store, query, hits)
    if not found:
        return []
    scores = features @ weights_of(store.embedding)
    best = float(scores.max())
    scored = [replace(each, score=math.exp(float(score) - best)) for each, score in zip(found, scores, strict=True)]
    return sorted(scored, key=lambda each: -each.score)


@lru_cache
def weights_of(embedding: str) -> "np.ndarray":
    """The weights of the features for an embedding model, those of the default for one they were not fitted to."""
    import numpy as np

    fitted = json.loads(files(__package__ or "").joinpath("weights.json").read_text(encoding="utf-8"))
    weights = fitted.get(embedding, fitted[E5])
    return np.array([weights.get(name, 0.0) for name in FEATURES])


def described(store: Store, query: Query, hits: Sequence[Hit]) -> tuple[list[Quotable], "np.ndarray"]:
    """What may answer, and its features (number found, number of `FEATURES`)."""
    import numpy as np

    read = _Read(store, query, hits)
    found = [*read.sentences(), *read.outcomes()]
    rows = [read.features(each) for each in found]
    matrix = np.array([[row.get(name, 0.0) for name in FEATURES] for row in rows]).reshape(len(rows), len(FEATURES))
    if rows:
        near, nothing = FEATURES.index("likeness"), FEATURES.index("no_vector")
        known = matrix[:, nothing] == 0
        nearest = matrix[known, near].max() if known.any() else 0.0
        matrix[~known, near] = matrix[known, near].mean() if known.any() else 0.0
        matrix[:, FEATURES.index("below_nearest")] = nearest - matrix[:, near]
    return found, matrix


class _Read:
    """What is read for one question: the passages, and which of its words stand where.

    Which stems of the question stand in a text is kept as the bits of a number, so that those of many passages are
    put together by "or".
    """

    def __init__(self, store: Store, query: Query, hits: Sequence[Hit]) -> None:
        self.store, self.query, self.hits = store, query, hits
        idf = inverse_frequency(store)
        asked = {word: weight * idf(word) for word, weight in query.words.items()}
        told = bool(query.references.said_by) and not query.compared
        self._topic = query.topic if told else ""
        if told and (query.topic_words or kinds.wants_reason(query.asked)):
            # everything read is theirs, whether or not it names them
            names = {stem for name in query.references.said_by for stem in store.lexical.words(name)}
            same = (forms for forms in query.name_variants if any(form <= names for form in forms))
            names |= {stem for forms in same for form in forms for stem in form}
            asked = {word: weight for word, weight in asked.items() if word not in names} or asked
        total = sum(asked.values()) or 1.0
        self._bits = {word: 1 << place for place, word in enumerate(asked)}
        self._weights = [weight / total for weight in asked.values()]
        asking = asking_stems(store)
        self._subject = sum(bit for word, bit in self._bits.items() if word not in asking)
        self._subject_weight = self.share(self._subject) or 1.0
        self._best = hits[0].score if hits and hits[0].score else 1.0
        self._ranks = {hit.passage.id: rank for rank, hit in enumerate(hits)}
        self._shares = shares_of_records(hits)
        self._rests: dict[str, tuple[int, float]] = {}
        self._text_bits: dict[str, int] = {}
        self._once_bits: dict[str, int] = {}
        self._wants = _wants(query)
        self._speakers = {hit.passage.locator.speaker for hit in hits}
        self._sections = {hit.passage.locator.section for hit in hits}
        self.pool = [*hits[:PASSAGES_READ], *(hit for hit in _beside(store, hits) if self._may_be_read(hit.passage))]
        self._places = {(hit.document.id, hit.passage.order): hit.passage for hit in self.pool}
        self._near = self._likenesses()

    def _likenesses(self) -> dict[str, dict[int, float]]:
        """How near the sentences of the passages read are to the question, by passage and number, as far as known."""
        try:
            asked = self.store.question_vector(self._topic or self.query.text)
        except ModelError:
            return {}
        kept = self.store.sentence_vectors([hit.passage.id for hit in self.pool])
        flat = [(key, number, vector) for key, numbered in kept.items() for number, vector in numbered.items()]
        if not flat:
            return {}
        import numpy as np

        near: dict[str, dict[int, float]] = {}
        same = {hit.passage.id for hit in self.pool if hit.document.language == self.query.language}
        cosines = np.array([vector for _, _, vector in flat]) @ asked
        measured = likeness(self.store.embedding, cosines).tolist()
        within = likeness(self.store.embedding, cosines, language=self.query.language).tolist()
        for (key, number, _), value, in_one in zip(flat, measured, within, strict=True):
            near.setdefault(key, {})[number] = in_one if key in same else value
        return near

    def _may_be_read(self, passage: Passage) -> bool:
        """Whether a passage that was not found is of a speaker and a section that were: a search may be confined to
        some, and whose words are asked for is quoted alone."""
        return passage.locator.speaker in self._speakers and passage.locator.section in self._sections

    def _outcome_may_be_read(self, passage: Passage, item: Passage) -> bool:
        """Whether an outcome may be, or one that is printed as a heading of its own ("Motion is tabled.") in an item
        that may be."""
        return self._may_be_read(passage) or (
            passage.kind == "heading" and passage.locator.speaker in self._speakers and self._may_be_read(item)
        )

    # --- which words stand where ---

    def share(self, bits: int) -> float:
        """How much of the weight of the question's words some of them have (0 to 1)."""
        return sum(weight for place, weight in enumerate(self._weights) if bits >> place & 1)

    def bits(self, words: frozenset[str]) -> int:
        """Which stems of the question are among these; one form of a name stands for its others."""
        for forms in self.query.name_variants:
            if any(form <= words for form in forms):
                words = words.union(*forms)
        return sum(bit for word, bit in self._bits.items() if word in words)

    def text_bits(self, passage: Passage) -> int:
        """Which stems of the question stand in a passage."""
        if passage.id not in self._text_bits:
            self._text_bits[passage.id] = self.bits(_stems_of(self.store, passage))
        return self._text_bits[passage.id]

    def once_bits(self, document: Document, passage: Passage) -> int:
        """Which stems of the question are said once for all sentences of a passage: in its headings, of its record."""
        if passage.id not in self._once_bits:
            of_all = (document.title, document.symbol, document.body, document.meeting, document.session)
            said = " ".join(filter(None, (*of_all, document.publisher, passage.context, passage.locator.speaker)))
            self._once_bits[passage.id] = self.bits(frozenset(self.store.lexical.words(said, document.language)))
        return self._once_bits[passage.id]

    # --- what may answer ---

    def sentences(self) -> Iterator[Quotable]:
        """The sentences of the passages read, with their likeness to the question."""
        for quotable in quotables(self.store, self.pool):
            own = self.bits(quotable.words)
            hit = quotable.hit
            around = own | self.once_bits(hit.document, hit.passage) | self.text_bits(hit.passage)
            about = self._about(hit.document, around | self._bits_beside(hit))
            yield replace(quotable, coverage=self.share(around), likeness=self._likeness(quotable) or 0.0, about=about)

    def _likeness(self, quotable: Quotable) -> float | None:
        near = self._near.get(quotable.hit.passage.id, {})
        if quotable.outcome is not None:
            return max(near.values(), default=None)
        return near.get(quotable.number) if quotable.number is not None else None

    def outcomes(self) -> Iterator[Quotable]:
        """The outcomes of the records that the question points at and that most of what was found is from."""
        found = [key for key, _ in self._shares.most_common(RECORDS)]
        for document_id in dict.fromkeys([*self._pointed(), *found]):
            document = self.store.document(document_id)
            structure = self.store.structure(document_id)
            if document and structure.outcomes:
                yield from self._outcomes_of(document, structure.items, structure.told_once)

    def _pointed(self) -> Sequence[str]:
        """The records that the question points at, where a search may find them at all."""
        held = {hit.document.id for hit in self.hits}
        return [key for key in self.query.references.documents if key in held]

    def _outcomes_of(
        self, document: Document, items: Sequence[Item], outcomes: Sequence[Outcome]
    ) -> Iterator[Quotable]:
        passages = self.store.passages_of(document.id)
        starts = [passage.start for passage in passages]
        by_id, query = {item.id: item for item in items}, self.query
        found = [hit for hit in self.hits if hit.document.id == document.id]
        share, after = self._shares[document.id], 0
        for outcome in outcomes[:OUTCOMES_A_RECORD]:
            item = by_id.get(outcome.item or "")
            start = min(max(item.start if item else after, outcome.start - WINDOW_CHARS), outcome.start)
            after = outcome.end
            first, own = max(0, bisect_right(starts, start) - 1), max(0, bisect_right(starts, outcome.start) - 1)
            last = bisect_right(starts, outcome.end - 1)
            if not passages[own:last] or not self._outcome_may_be_read(passages[own], passages[first]):
                continue
            told = self._bits_of(passages[own:last])
            window = told | self._bits_of(passages[first:own])
            heading = self.bits(frozenset(self.store.lexical.words(item.heading, document.language))) if item else 0
            known = window | heading | self.once_bits(document, passages[own])
            fit = (
                self._subject_share(heading) + self._subject_share(window) + self._subject_share(told) + share
                + FOUND_WEIGHT * _score_inside(found, start, outcome.end) / self._best
                + FOUND_WEIGHT * _score_near(found, outcome.start) / self._best
                + self._in_thread(document, min(start, outcome.start), outcome.end)
                + NUMBERED_FIT * is_headed(item.heading if item else "", query.numbered)
            )  # fmt: skip
            hit = Hit(passage=passages[own], document=document, score=0.0)
            stated = told | heading | self.once_bits(document, passages[own])
            quotable = self._outcome(hit, outcome, item, told_in=tuple(passages[own:last]))
            yield replace(
                quotable, fit=fit, known=self._subject_share(known), coverage=self.share(stated),
                about=self._about(document, window | heading | self.once_bits(document, passages[own])),
            )  # fmt: skip

    def _in_thread(self, document: Document, start: int, end: int) -> float:
        """How near to what the last answer quoted an outcome stands, whose item begins at `start`, where a follow-up
        asks of it without words of its own ("Who abstained?"); 0 to `THREAD_FIT`."""
        thread = self.query.thread
        if thread is None or own_subject(self.store, self.query):
            return 0.0
        places = [hit.passage for hit in thread.hits if hit.document.id == document.id]
        away = [max(start - place.end, place.start - end, 0) for place in places]
        return THREAD_FIT * math.exp(-min(away) / FALL_OFF_CHARS) if away else 0.0

    def _bits_of(self, passages: Sequence[Passage]) -> int:
        bits = 0
        for passage in passages:
            bits |= self.text_bits(passage)
        return bits

    def _subject_share(self, bits: int) -> float:
        return self.share(bits & self._subject) / self._subject_weight

    def _about(self, document: Document, bits: int) -> float:
        """How much of the weight of the question's subject, less what its record is called, some stems have; those of
        the record's passage that has most of it count too, but less."""
        if document.id not in self._rests:
            told = f"{called(document)} {_day_in_words(document.date)}"
            named = self.bits(frozenset(self.store.lexical.words(told, document.language)))
            rest = self._subject & ~named
            found = (hit.passage for hit in self.hits if hit.document.id == document.id)
            most = max((self.share(self.text_bits(each) & rest) for each in found), default=0.0)
            self._rests[document.id] = rest, most
        rest, most = self._rests[document.id]
        return max(self.share(bits & rest), ELSEWHERE_WEIGHT * most) / self.share(rest) if rest else 1.0

    def _outcome(self, hit: Hit, outcome: Outcome, item: Item | None, told_in: tuple[Passage, ...]) -> Quotable:
        start, end = span_of(hit.document, outcome)
        text = hit.document.text[start:end]
        words = frozenset(self.store.lexical.words(text, hit.document.language))
        quotable = Quotable(
            hit=hit, start=start, end=end, words=words, outcome=outcome, told_in=told_in,
            lead=heading_of(item) if item else "",
        )  # fmt: skip
        return replace(quotable, likeness=self._likeness(quotable) or 0.0)

    # --- its features ---

    def features(self, quotable: Quotable) -> dict[str, float]:
        """What speaks for and against a sentence or an outcome, by name."""
        hit, query, wants = quotable.hit, self.query, self._wants
        passage, rank = hit.passage, self._ranks.get(hit.passage.id)
        own, once = self.bits(quotable.words), self.once_bits(hit.document, passage)
        nearby = self.text_bits(passage) & ~own & ~once
        outcome = quotable.outcome
        told = plain(quotable.text)
        words, length = told.split(), count_words(told)
        near = self._likeness(quotable)
        about = (own | once | self.text_bits(passage)) & self._subject
        expected = bool(query.expected and about and query.expected.met_by(quotable))
        described = {
            "own": self.share(own),
            "standing": (hit.score or self._score_of(passage)) / self._best,
            "found": float(rank is not None),
            "rank": 1 / (1 + rank) if rank is not None else 0.0,
            "likeness": near or 0.0,
            "no_vector": float(near is None),
            "expected": float(expected),
            "not_expected": float(query.expected is not None and not expected),
            "length": math.log(1 + length),
            "record_share": self._shares[hit.document.id],
            "record_pointed": float(hit.document.id in query.references.documents),
            "place": passage.order / (50 + passage.order),
            "digits": float(bool(re.search(r"\d", told))),
            "capitals": sum(word[:1].isupper() for word in words) / max(1, len(words)),
        }
        if outcome is not None:
            counted = float(outcome.votes_for is not None or bool(outcome.names_for or outcome.names_against))
            described |= {"outcome": 1.0, "counted": counted, "fit": quotable.fit, "known": quotable.known}
            described |= {f"{name}_outcome": float(wanted) for name, wanted in wants.items()}
            described["action_outcome"] = wants["action"] * float(outcome.kind == "action")
            described |= {"decision_fit": wants["decision"] * quotable.fit, "vote_fit": wants["vote"] * quotable.fit}
            described["expecting_outcome"] = float(bool(query.expected))
            return described | {"vote_counted": wants["vote"] * counted}
        asks = float(told.rstrip("”\"'*_ ").endswith(("?", "？", "؟")))
        return described | {
            "once": self.share(once),
            "nearby": self.share(nearby),
            "beside": self.share(self._bits_beside(hit) & ~own & ~once & ~nearby),
            "question": asks,
            "question_wanted": asks * float(query.wants_questions),
            "colon": float(told.rstrip("*_ ").endswith(":")),
            "short": float(length < SHORT_WORDS),
            "speaker_asked": float(passage.locator.speaker in query.references.said_by),
            "speaker_pointed": float(passage.locator.speaker in query.references.speakers),
            "table": float(passage.kind == "table"),
            "list": float(passage.kind == "item"),
            "list_wanted": float(passage.kind == "item") * float(query.wants_list),
            "first": float(quotable.number == 0),
            "decision_own": wants["decision"] * self.share(own),
        }

    def _score_of(self, passage: Passage) -> float:
        rank = self._ranks.get(passage.id)
        return self.hits[rank].score if rank is not None else 0.0

    def _bits_beside(self, hit: Hit) -> int:
        """Which stems of the question stand in the passages beside one, as far as they were read."""
        places = ((hit.document.id, hit.passage.order + step) for step in (-2, -1, 1, 2))
        return self._bits_of([self._places[place] for place in places if place in self._places])


def _day_in_words(date: str | None) -> str:
    """A date as questions write it: "2018-12-13" is "2018 december 13"."""
    year, month, day = (*(date or "").split("-"), "", "", "")[:3]
    return f"{year} {month_name[int(month)] if month.isdigit() and int(month) <= 12 else ''} {day.lstrip('0')}"


def _wants(query: Query) -> dict[str, float]:
    """What kind of answer a question wants, as far as outcomes may be one."""
    text = query.asked
    return {
        "decision": float(kinds.wants_decision(text)),
        "vote": float(kinds.wants_vote(text)),
        "action": float(kinds.wants_action(text)),
        "reason": float(kinds.wants_reason(text)),
        "saying": float(asks_for_words(text)),
        "comparing": float(query.compares),
        "overview": float(kinds.wants_overview(text)),
    }


def span_of(document: Document, outcome: Outcome) -> tuple[int, int]:
    """What is quoted of an outcome: all of it, or where long lists belong to it the sentence that tells it."""
    if outcome.end - outcome.start <= MAX_QUOTE_CHARS:
        return outcome.start, outcome.end
    start = document.text.find(outcome.text, outcome.start, outcome.end)
    if start < 0:
        return outcome.start, outcome.start + MAX_QUOTE_CHARS
    return start, start + len(outcome.text)


def _score_inside(found: Sequence[Hit], start: int, end: int) -> float:
    return max((hit.score for hit in found if hit.passage.start < end and hit.passage.end > start), default=0.0)


def _score_near(found: Sequence[Hit], offset: int) -> float:
    """The best score of a passage found, less the further it is from a place."""
    return max((hit.score * math.exp(-abs(offset - hit.passage.end) / FALL_OFF_CHARS) for hit in found), default=0.0)


def _beside(store: Store, hits: Sequence[Hit]) -> list[Hit]:
    """The passages beside the best ones, as far as they were not found themselves."""
    known = {hit.passage.id for hit in hits[:PASSAGES_READ]}
    steps = [step for step in range(-NEIGHBOURS, NEIGHBOURS + 1) if step]
    places = [(hit.document.id, hit.passage.order + step) for hit in hits[:NEIGHBOURS_OF] for step in steps]
    rows = store.catalogue.passages_at(list(dict.fromkeys(places)))
    return store.hits([(row.id, 0.0) for row in rows if row.id not in known])


def _stems_of(store: Store, passage: Passage) -> frozenset[str]:
    """The stems of a passage, kept for the next question."""
    kept = store.derived("stems of passages", dict[str, frozenset[str]])
    stems = kept.get(passage.id)
    if stems is None:
        if len(kept) >= STEMS_KEPT:
            kept.clear()
        document = store.document(passage.document_id)
        stems = frozenset(store.lexical.words(passage.text, document.language if document else None))
        kept[passage.id] = stems
    return stems
