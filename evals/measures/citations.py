"""The measures: one function each, which says what it means, when to use it and where it comes from.

A measure of one case gives a `Ratio`, in counts so that cases can be added up, or None where the case is not one it
looks at. An answer that is missing (None: the library raised an error) or a refusal holds no fact and no citation,
and counts as that: zero, never left out.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...rag.answer import Answer, Citation
from ...vectorstore.passage import Document, Hit, Listing
from ..case import Case, Evidence
from .gold_answers import stated
from .quotes import coverage, folded, locate, words
from .ratio import Ratio

HALF = 0.5
# HTML is text too, but its source holds tags between the words; there the stored text is what was read.
PLAIN_MEDIA_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})


# --- what was retrieved ---


def evidence_recall(case: Case, hits: Sequence[Hit], budget_chars: int = 4000) -> Ratio | None:
    """The share of gold quotes at least half of which (in characters) lies in what was retrieved within a budget.

    Use it to compare retrieval whatever the size of passages: the budget is what a reader or a model gets to see.
    Passages are taken in rank order until `budget_chars` characters are used up; the one that crosses the budget is
    cut there and its beginning counts. Passages that overlap each use up their whole length. A quote that cannot be
    found in the document's text counts when half its word 4-grams stand in the passages of that document.

    Looks at answerable cases with evidence; cases are pooled, so that every gold quote weighs the same.
    Source: this project's gold questions; a kin of token recall in "Evaluating Chunking Strategies for Retrieval"
    (Smith and Troynikov 2024, research.trychroma.com/evaluating-chunking).
    """
    if not _has_gold(case):
        return None
    seen = _within_budget(hits, budget_chars)
    return Ratio(numerator=sum(_half_seen(gold, seen) for gold in case.evidence), denominator=len(case.evidence))


def half_held(gold: Evidence, hits: Sequence[Hit], budget_chars: int | None = None) -> bool:
    """Whether half of a gold quote or more lies in the passages, or in those that fit a budget."""
    whole_chars = sum(len(hit.passage.text) for hit in hits)
    return _half_seen(gold, _within_budget(hits, whole_chars if budget_chars is None else budget_chars))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A retrieved piece of a document that fits the budget."""

    document: Document
    start: int
    text: str


def _within_budget(hits: Sequence[Hit], budget_chars: int) -> list[_Seen]:
    seen: list[_Seen] = []
    left_chars = budget_chars
    for hit in hits:
        if left_chars <= 0:
            break
        seen.append(_Seen(document=hit.document, start=hit.passage.start, text=hit.passage.text[:left_chars]))
        left_chars -= len(hit.passage.text)
    return seen


def _half_seen(gold: Evidence, seen: Sequence[_Seen]) -> bool:
    """Whether one document of the gold file's name shows half the quote; two files of one name are not mixed."""
    documents = {piece.document.id: piece.document for piece in seen if file_name(piece.document) == gold.doc}
    return any(
        _share_seen(gold, document, [piece for piece in seen if piece.document.id == document.id]) >= HALF
        for document in documents.values()
    )


def _share_seen(gold: Evidence, document: Document, pieces: Sequence[_Seen]) -> float:
    place = locate(document.text, gold.quote, gold.nth)
    if place is None:
        return coverage(gold.quote, "\n".join(piece.text for piece in pieces))
    start, end = place
    covered = {
        offset for piece in pieces for offset in range(max(start, piece.start), min(end, piece.start + len(piece.text)))
    }
    return len(covered) / (end - start)


# --- what was answered ---


def key_facts(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of a case's key facts that the answer states, in its text or in its quotes.

    Use it to see whether the answer says what was asked, whoever worded it. Case, white space and Markdown marks do
    not count; `|` separates alternatives; a fact that begins or ends in a digit is not found inside a longer number
    ("15" is not in "2015"). A refusal states nothing.

    Looks at answerable cases with key facts; the mean is taken over cases.
    Source: recall of vital nuggets, TREC 2003 question answering track (Voorhees 2003).
    """
    if not (case.answerable and case.key_facts):
        return None
    said = stated(answer).casefold()
    return Ratio(numerator=sum(states(said, fact) for fact in case.key_facts), denominator=len(case.key_facts))


def states(said: str, fact: str) -> bool:
    """Whether a text, case folded, holds one of a fact's alternatives."""
    return any(re.search(_fact_pattern(alternative), said) for alternative in fact.split("|"))


def _fact_pattern(alternative: str) -> str:
    text = folded(alternative).casefold()
    before = r"(?<!\d)(?<!\d[.,])" if text[0].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if text[-1].isdigit() else ""
    return before + re.escape(text) + after


def cite_recall(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of gold quotes that some one citation covers: half or more of the quote's word 4-grams.

    Use it to see whether the proof was shown, not only found. The citation must be of the gold document.

    Looks at answerable cases with evidence; cases are pooled, so that every gold quote weighs the same.
    Source: citation recall of ALCE (Gao et al. 2023, arXiv:2305.14627), with gold quotes instead of an entailment
    model.
    """
    if not _has_gold(case):
        return None
    citations = _citations(answer)
    covered = sum(any(covers(citation, gold) for citation in citations) for gold in case.evidence)
    return Ratio(numerator=covered, denominator=len(case.evidence))


def cite_precision(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of citations that touch gold evidence.

    Use it beside `cite_recall`: citing everything raises that one and lowers this. A citation touches a gold quote
    of the same document when half or more of the word 4-grams of the shorter stand in the longer.

    Looks at answerable cases with evidence; cases are pooled, so that every citation weighs the same. An answer
    without citations adds none; where no case has any, the share is zero.
    Source: citation precision of ALCE (Gao et al. 2023, arXiv:2305.14627), with gold quotes instead of an entailment
    model.
    """
    if not _has_gold(case):
        return None
    citations = _citations(answer)
    return Ratio(numerator=sum(bool(touched(case, citation)) for citation in citations), denominator=len(citations))


def citations_per_answer(case: Case, answer: Answer | None) -> Ratio | None:
    """The number of citations of an answer.

    Use it to read `cite_recall` and `cite_precision`: two of three right is another thing than two of twelve.
    Looks at cases that were answered, answerable or not; the mean is taken. Source: this project.
    """
    if answer is None or not answer.answered:
        return None
    return Ratio(numerator=len(answer.citations), denominator=1)


def answer_chars(case: Case, answer: Answer | None) -> Ratio | None:
    """The length of an answer's text in characters.

    Use it beside any measure that longer answers raise. Looks at cases that were answered; the mean is taken.
    Source: this project; length bias is shown in AlpacaEval (Dubois et al. 2024, arXiv:2404.04475).
    """
    if answer is None or not answer.answered:
        return None
    return Ratio(numerator=len(answer.text), denominator=1)


def verbatim(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of citations whose quote stands in the source file, white space folded.

    Use it as a gate: anything below 1 means that a quote is not what the record says. Plain text and Markdown sources
    are read again from where they were ingested; other formats, and sources that are gone, web addresses, members of
    archives or not UTF-8, are compared with the stored text.

    Looks at cases with citations, whether answerable or not, and at answerable cases without any; cases are pooled.
    Source: this project: an answer's quote is exact or worthless.
    """
    citations = _citations(answer)
    if not (case.answerable or citations):
        return None
    standing = sum(folded(citation.quote) in folded(_source_text(citation.document)) for citation in citations)
    return Ratio(numerator=standing, denominator=len(citations))


def _source_text(document: Document) -> str:
    if document.media_type not in PLAIN_MEDIA_TYPES:
        return document.text
    try:
        return Path(document.source).read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return document.text


def locator(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of matching citations that name the right paragraph and speaker.

    Use it to see whether a reader who follows the reference arrives. A citation matches when it touches gold evidence
    (as in `cite_precision`) whose locator has a paragraph or a speaker; it is right when that paragraph is its own and
    one of the two speakers' names contains the other, whatever the case of letters. Of several quotes touched, one
    that agrees is enough.

    Looks at answerable cases with such a locator; cases are pooled. Where no citation matches, the share is zero.
    Source: this project.
    """
    return _rightly_placed(case, answer, _has_place, agrees)


def attribution(case: Case, answer: Answer | None) -> Ratio | None:
    """The share of matching citations that name the right speaker; as `locator`, but of the speaker alone.

    Use it for records of who said what: words put into another's mouth do more harm than a wrong paragraph.

    Looks at answerable cases whose evidence names a speaker; cases are pooled. Where no citation matches, the share
    is zero. Source: this project; attribution in the sense of AIS (Rashkin et al. 2023, arXiv:2112.12870).
    """
    return _rightly_placed(
        case, answer, lambda gold: bool(gold.locator.speaker),
        lambda citation, gold: same_speaker(citation.locator.speaker, gold.locator.speaker),
    )  # fmt: skip


def _rightly_placed(
    case: Case, answer: Answer | None, counts: Callable[[Evidence], bool], right: Callable[[Citation, Evidence], bool]
) -> Ratio | None:
    """Of the citations that touch gold quotes which count, the share that is right of one of them."""
    if not (case.answerable and any(map(counts, case.evidence))):
        return None
    matches = [(citation, list(filter(counts, touched(case, citation)))) for citation in _citations(answer)]
    judged = [any(right(citation, gold) for gold in golds) for citation, golds in matches if golds]
    return Ratio(numerator=sum(judged), denominator=len(judged))


def _has_place(gold: Evidence) -> bool:
    return bool(gold.locator.paragraph or gold.locator.speaker)


def agrees(citation: Citation, gold: Evidence) -> bool:
    """Whether a citation names the paragraph and the speaker that the gold evidence names."""
    return same_paragraph(citation.locator.paragraph, gold.locator.paragraph) and same_speaker(
        citation.locator.speaker, gold.locator.speaker
    )


def same_paragraph(cited: str | None, gold: str | None) -> bool:
    """Whether the numbers agree, however they are set off: "27", "27." and "(27)" are one, "2 (a)" and "2(a)" too."""
    return not gold or _bare(cited or "") == _bare(gold)


def _bare(number: str) -> str:
    return number.replace(" ", "").strip(".()")


def same_speaker(cited: str | None, gold: str | None) -> bool:
    """Whether one name contains the other, whatever the case of letters."""
    if not gold:
        return True
    if not cited:
        return False
    return gold.casefold() in cited.casefold() or cited.casefold() in gold.casefold()


# --- what was refused ---


def abstention(case: Case, answer: Answer | None) -> dict[str, Ratio]:
    """How well refusals fall on the questions that the records do not answer (unanswerable = positive).

    Use `abstain_p` (precision) to see how many refusals were due, `abstain_r` (recall) to see how many unanswerable
    questions were refused, `abstain_f1` for both. A missing answer counts as wrong either way: as refused where the
    case is answerable, as answered where it is not. Looks at all cases; they are pooled.
    Source: the task of SQuAD 2.0 (Rajpurkar et al. 2018, arXiv:1806.03822).
    """
    refused, unanswerable = _refused(case, answer), not case.answerable
    rightly = refused and unanswerable
    return {
        "abstain_p": Ratio(numerator=rightly, denominator=refused),
        "abstain_r": Ratio(numerator=rightly, denominator=unanswerable),
        "abstain_f1": Ratio(numerator=2 * rightly, denominator=refused + unanswerable),
    }


def refused_answerable(case: Case, answer: Answer | None) -> Ratio | None:
    """Whether an answerable case was left without an answer, by a refusal or an error.

    Use it to see what caution costs those who asked a fair question. Looks at answerable cases; the mean is taken.
    Source: this project; the false positive rate of `abstention`.
    """
    return Ratio(numerator=_refused(case, answer), denominator=1) if case.answerable else None


def _refused(case: Case, answer: Answer | None) -> bool:
    return case.answerable if answer is None else not answer.answered


# --- adding cases up ---


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that `percent` per cent of the values do not exceed (nearest rank); None without values."""
    return sorted(values)[max(0, math.ceil(percent * len(values) / 100) - 1)] if values else None


# --- shared by several measures ---


def file_name(document: Document | Listing) -> str:
    """The last part of a document's source, by which gold evidence names it."""
    return re.split(r"[\\/]", document.source)[-1]


def _has_gold(case: Case) -> bool:
    return case.answerable and bool(case.evidence)


def _citations(answer: Answer | None) -> tuple[Citation, ...]:
    return answer.citations if answer is not None else ()


def covers(citation: Citation, gold: Evidence) -> bool:
    """Whether a citation of the gold document holds half or more of the quote's word 4-grams."""
    return file_name(citation.document) == gold.doc and coverage(gold.quote, citation.quote) >= HALF


def touched(case: Case, citation: Citation) -> list[Evidence]:
    """The gold quotes that a citation touches."""
    return [
        gold
        for gold in case.evidence
        if file_name(citation.document) == gold.doc and _overlap(citation.quote, gold.quote)
    ]


def _overlap(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=lambda text: len(words(text)))
    return coverage(shorter, longer) >= HALF
