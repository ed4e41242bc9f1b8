"""The answer against whole gold answers, in SQuAD's way: words only, case folded, articles left out.

Fits cases that give `answers`. An answer in quotes is longer than a gold answer of two words and can hardly match it
exactly; there `answer_found` says whether it is in, and `gold_token_recall` how much of it.
"""

import re
import string
from collections import Counter

from ...rag.answer import Answer
from ...vectorstore.markup import plain
from ..case import Case
from .ratio import Ratio

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_CITATION_MARK = re.compile(r"\[\d+\]")


def exact_match(case: Case, answer: Answer | None) -> Ratio | None:
    """1 where the answer says just what a gold answer says, else 0.

    Use it where short answers are written, by a model. Looks at answerable cases with `answers`; the mean is taken.
    Source: SQuAD (Rajpurkar et al. 2016, arXiv:1606.05250).
    """
    if not _has_answers(case):
        return None
    said = tokens(text_of(answer))
    return Ratio(numerator=float(any(said == tokens(gold) for gold in case.answers)), denominator=1)


def token_f1(case: Case, answer: Answer | None) -> Ratio | None:
    """Harmonic mean of the shares of words that answer and gold answer have in common; the best gold answer counts.

    Use it beside `exact_match`, to give half an answer its due. Looks at answerable cases with `answers`; the mean is
    taken. Source: SQuAD (Rajpurkar et al. 2016, arXiv:1606.05250).
    """
    if not _has_answers(case):
        return None
    said = tokens(text_of(answer))
    return Ratio(numerator=max(_f1(said, tokens(gold)) for gold in case.answers), denominator=1)


def gold_token_recall(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of a gold answer's words that the answer or its quotes hold; the best gold answer counts.

    Use it for long gold answers, where an answer in quotes says more than it was asked. Looks at answerable cases
    with `answers`; the mean is taken. Source: knowledge F1's recall, as in BEGIN and KILT (Petroni et al. 2021).
    """
    if not _has_answers(case):
        return None
    said = Counter(tokens(stated(answer)))
    return Ratio(numerator=max(_recall(said, tokens(gold)) for gold in case.answers), denominator=1)


def answer_found(case: Case, answer: Answer | None) -> Ratio | None:
    """1 where a gold answer stands, as a run of words, in the answer or its quotes, else 0.

    Use it for short gold answers against quotes. Looks at answerable cases with `answers`; the mean is taken.
    Source: answer recall of open-domain question answering (Chen et al. 2017, arXiv:1704.00051).
    """
    if not _has_answers(case):
        return None
    said = f" {' '.join(tokens(stated(answer)))} "
    golds = (" ".join(tokens(gold)) for gold in case.answers)
    return Ratio(numerator=float(any(gold and f" {gold} " in said for gold in golds)), denominator=1)


def tokens(text: str) -> list[str]:
    """SQuAD's normalised words: lower case, without punctuation and articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def text_of(answer: Answer | None) -> str:
    """What an answer says, without citation marks; nothing for a refusal or a missing answer."""
    if answer is None or not answer.answered:
        return ""
    return _CITATION_MARK.sub(" ", plain(answer.text))


def stated(answer: Answer | None) -> str:
    """What an answer says and quotes."""
    if answer is None or not answer.answered:
        return ""
    # One text after the other, so that a stray mark in one cannot pair with one in the next.
    return "\n".join((text_of(answer), *(plain(citation.quote) for citation in answer.citations)))


def _has_answers(case: Case) -> bool:
    return case.answerable and bool(case.answers)


def _f1(said: list[str], gold: list[str]) -> float:
    common = sum((Counter(said) & Counter(gold)).values())
    if not common:
        return float(said == gold)
    return 2 * common / (len(said) + len(gold))


def _recall(said: Counter[str], gold: list[str]) -> float:
    return sum((said & Counter(gold)).values()) / len(gold) if gold else 0.0
