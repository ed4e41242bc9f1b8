"""Where records disagree: two statements in the same words, but for a figure, a day or how something ended.

Shown for what they are, never merged. In doubt nothing is said: the words are compared one by one, the records must be
of one time, one a correction of the other, or both speak of one year, and no formula tells so of many things.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from ...ingest.language.dates import NAMES
from ...ingest.language.tables import table, word_list
from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ...vectorstore.passage import Document
from ..answer import Remark, remark
from ..query.kinds import words_of
from .candidates import Quotable

# Set so that over all answers to questions on the development records no two places are said to differ that do not.
FEWEST_WORDS = 8
SHARED = 0.5
MOST_DIFFERENT = 2
SAME_TIME_DAYS = 31
MOST_LIKE = 2
_TOKEN = re.compile(r"\d++(?:[.,:/]\d++)*+|[^\W\d_]++")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CORRECTS = re.compile(r"(?<![^\W\d_])(?:corr|rev)(?![^\W\d_])", re.IGNORECASE)
_LIGHT = word_list("light")
_DAYS = frozenset(map(fold, NAMES))
_NUMBERS = frozenset(
    word for word in word_list("numbers") if not word.endswith("th") and word not in ("first", "second", "third")
)
_NUMBERED = word_list("before_numbers")
_FIELDS = tuple(frozenset(row["words"].split()) for row in table("opposites"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two statements that differ, `this` of one standing where the other has `that`; `later` corrects or is newer."""

    one: Quotable
    other: Quotable
    this: str
    that: str
    later: Document | None

    @property
    def told(self) -> Remark:
        """What is to be said of it, with the places as params (`DOCUMENT:START`)."""
        places = {name: f"{q.hit.document.id}:{q.start}" for name, q in (("at", self.one), ("beside", self.other))}
        one, other = self.one.hit.document, self.other.hit.document
        code = "differ.later" if self.later else "differ"
        later = self.later.name if self.later else ""
        return remark(code, record=one.name, this=self.this, side=other.name, that=self.that, later=later, **places)


def with_differing(
    chosen: Sequence[Quotable], picked: Sequence[Quotable], ranked: Sequence[Quotable]
) -> tuple[list[Quotable], list[Difference]]:
    """What is quoted, each quote followed by a sentence of another record that says otherwise in the same words, and
    where they differ; `picked` are the sentences that the quotes were made of, chosen among the `ranked`."""
    found: list[Quotable] = []
    told: list[Difference] = []
    for quotable in chosen:
        found.append(quotable)
        for sentence in [each for each in picked if quotable.covers(each)]:
            difference = _difference(sentence, ranked)
            if difference is None or any(sentence.covers(each.other) for each in told):
                continue
            told.append(difference)
            if not any(each.covers(difference.other) for each in (*chosen, *found)):
                found.append(replace(difference.other, side=quotable.side))
    return found, told


def _difference(quotable: Quotable, ranked: Sequence[Quotable]) -> Difference | None:
    """Where another record says otherwise; None where none does, or more than a few say so of other things."""
    like = [(other, words) for other in ranked if (words := _otherwise(quotable, other))]
    if not 0 < len({words for _, words in like}) < MOST_LIKE:
        return None
    other, (this, that) = like[0]
    return Difference(one=quotable, other=other, this=this, that=that, later=_later(quotable, other))


def _otherwise(one: Quotable, other: Quotable) -> tuple[str, str] | None:
    """The words in which two sentences on the same thing differ; None where they are not on it, or do not differ."""
    document, beside = one.hit.document, other.hit.document
    speakers = {fold(each.speaker) for each in (one, other) if each.speaker}
    if document.id == beside.id or document.language != beside.language or len(speakers) > 1:
        return None
    shared, most = len(one.words & other.words), max(len(one.words), len(other.words))
    if shared < SHARED * most or fold(one.lead) != fold(other.lead):
        return None
    if one.text.startswith("["):  # what an editor or a reader of files has added
        return None
    ones, others = _tokens(one.text), _tokens(other.text)
    if len(ones) != len(others) or len(ones) < FEWEST_WORDS:
        return None
    apart = [place for place, (a, b) in enumerate(zip(ones, others, strict=True)) if _value(a) != _value(b)]
    if not 0 < len(apart) <= MOST_DIFFERENT or not all(_tells(ones, others, place) for place in apart):
        return None
    if len(apart) > 1 and not all(_is_figure(ones[place]) for place in apart):
        return None
    kept = [word for place, word in enumerate(ones) if place not in apart]
    if not (_are_of_one_time(document, beside) or any(_YEAR.fullmatch(word) for word in kept)):
        return None
    return ", ".join(ones[place] for place in apart), ", ".join(others[place] for place in apart)


def _tokens(text: str) -> list[str]:
    return [word for word in _TOKEN.findall(plain(text)) if fold(word) not in _LIGHT]


def _value(word: str) -> str:
    return word.replace(",", "") if word[:1].isdigit() else fold(word)


def _is_figure(word: str) -> bool:
    return (word[:1].isdigit() and not _YEAR.fullmatch(word)) or fold(word) in _NUMBERS


def _tells(ones: Sequence[str], others: Sequence[str], place: int) -> bool:
    """Whether two words that stand in one place are two figures, no numbers of things, two days, or opposites."""
    pair = (ones[place], others[place])
    if all(map(_is_figure, pair)):
        before = fold(ones[place - 1]) if place else ""
        return bool(before) and before not in _numbered()
    folded = set(map(fold, pair))
    return folded <= _DAYS or any(folded <= field for field in _FIELDS)


def _numbered() -> frozenset[str]:
    """Words after which a number is a name: "paragraph 7", "amendment 12", "session 3"."""
    words = [*words_of("matters"), *words_of("matters named"), *words_of("sitting")]
    return _NUMBERED | {form for word in words for form in (fold(word), fold(word).removesuffix("s"))}


def _are_of_one_time(one: Document, other: Document) -> bool:
    """Whether one record corrects or belongs to another, or both are of about one day."""
    symbols = sorted(filter(None, (one.symbol, other.symbol)), key=len)
    if len(symbols) == 2 and symbols[1].startswith(f"{symbols[0]}/"):
        return True
    try:
        days = sorted(date.fromisoformat(each.date or "") for each in (one, other))
    except ValueError:
        return False
    return all((later - earlier).days <= SAME_TIME_DAYS for earlier, later in pairwise(days))


def _later(one: Quotable, other: Quotable) -> Document | None:
    """Which of two records stands for the other: a corrigendum, else the newer one; None where neither does."""
    documents = (one.hit.document, other.hit.document)
    corrects = [each for each in documents if _CORRECTS.search(f"{each.symbol or ''} {each.title}")]
    if len(corrects) == 1:
        return corrects[0]
    dated = sorted((each for each in documents if each.date), key=lambda each: each.date or "")
    return dated[1] if len(dated) == 2 and dated[0].date != dated[1].date else None

