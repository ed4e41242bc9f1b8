"""How sure an answer is, and whether it is right to be: risk against coverage, and reliability.

An answer that brings a `confidence` (0 to 1) is taken at its word. For others a stand-in is used, which says little
by itself but ranks: the share of the question's words that the quotes and their places hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ...rag.answer import Answer
from ...rag.query.question import QUESTION_STOPWORDS
from ..case import Case
from .citations import cite_recall, key_facts
from .gold_answers import answer_found
from .quotes import words

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer given: how sure it was (0 to 1) and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers of like confidence: how many, how sure on average, and the share that was right."""

    count: int
    confidence: float
    right: float


def is_right(case: Case, answer: Answer | None) -> bool:
    """Whether an outcome counts as right, all in all.

    Right is: a refusal where the records do not answer; else all key facts, or (without any) a gold answer in the
    answer, or (without any) a citation of gold evidence. Where a case gives nothing to judge by, any answer is right.
    """
    if answer is None:
        return False
    if not case.answerable or not answer.answered:
        return case.answerable == answer.answered
    for share in (key_facts(case, answer), answer_found(case, answer)):
        if share is not None:
            return share.value == 1
    share = cite_recall(case, answer)
    return share is None or share.numerator > 0


def confidence(case: Case, answer: Answer | None) -> float:
    """How sure an answer is, 0 to 1; a refusal or a missing answer is not sure at all."""
    if answer is None or not answer.answered:
        return 0.0
    given = getattr(answer, "confidence", None)
    return float(given) if given is not None else _stand_in(answer)


def _stand_in(answer: Answer) -> float:
    """The share of the question's words that stand in the quotes, their places or their documents' titles."""
    asked = {word for word in words(answer.standalone_question) if word not in QUESTION_STOPWORDS}
    held = {
        word
        for citation in answer.citations
        for word in words(f"{citation.quote} {citation.label} {citation.locator.section or ''}")
    }
    return len(asked & held) / len(asked) if asked else 0.0


def risk_coverage(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """(coverage, risk) points: of the surest answers, up to each number of them, the share that is wrong.

    Use it to see how much could be answered at what risk, if the less sure answers were refused. Coverage is the
    share of the answers kept; equally sure ones come in together.
    Source: El-Yaniv and Wiener 2010, On the foundations of noise-free selective classification.
    """
    points: list[tuple[float, float]] = []
    ranked = sorted(judged, key=lambda each: -each.confidence)
    wrong = 0
    for number, each in enumerate(ranked, start=1):
        wrong += not each.right
        if number == len(ranked) or ranked[number].confidence != each.confidence:
            points.append((number / len(ranked), wrong / number))
    return points


def aurc(judged: Sequence[Judged]) -> float | None:
    """Area under the risk-coverage curve, as steps: the mean risk over all coverages, lower is better.

    Use it to compare confidences: with the same answers, a smaller area means that the wrong ones are the less sure.
    None without answers. Source: Geifman, Uziel and El-Yaniv 2019, arXiv:1805.08206.
    """
    area, before = 0.0, 0.0
    for coverage, risk in risk_coverage(judged):
        area += (coverage - before) * risk
        before = coverage
    return area if judged else None


def reliability(judged: Sequence[Judged], bins: int = BINS) -> list[Bin]:
    """Answers by confidence, in bins of equal width from 0 to 1; empty bins are left out.

    Use it to see whether "80 % sure" is right 8 times in 10. Source: DeGroot and Fienberg 1983.
    """
    groups: dict[int, list[Judged]] = {}
    for each in judged:
        groups.setdefault(min(int(each.confidence * bins), bins - 1), []).append(each)
    return [
        Bin(
            count=len(group),
            confidence=sum(each.confidence for each in group) / len(group),
            right=sum(each.right for each in group) / len(group),
        )
        for _, group in sorted(groups.items())
    ]


def calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float | None:
    """Expected calibration error: how far confidence and share right are apart, weighed by the size of each bin.

    None without answers. Source: Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017, arXiv:1706.04599.
    """
    if not judged:
        return None
    return sum(bin.count * abs(bin.confidence - bin.right) for bin in reliability(judged, bins)) / len(judged)
