"""Two answers as one: to a question that asks two things."""

from collections.abc import Sequence
from dataclasses import replace

from ..answer import Answer, Citation, Remark, remark
from ..events import SentenceReady

_OF_THE_WHOLE = ("by_words", "in_thread", "from_elsewhere")
"""Remarks that are made of a whole answer, or of a conversation that the asker did not have."""


def together(answers: Sequence[Answer]) -> list[SentenceReady | Remark]:
    """What answers say one after another, nothing of it twice, their citations numbered on; which of the questions has
    no answer is remarked."""
    told: list[SentenceReady | Remark] = []
    cited: list[Citation] = []
    for answer in answers:
        told += [each for each in answer.remarks if each.code not in _OF_THE_WHOLE and each not in told]
        if not answer.answered:
            told.append(remark("nothing_to_part", part=answer.question))
            continue
        by_number = {citation.number: citation for citation in answer.citations}
        for sentence in answer.sentences:
            new = [by_number[number] for number in sentence.citations if not _is_held(by_number[number], cited)]
            if not new:
                continue
            numbers = range(len(cited) + 1, len(cited) + 1 + len(new))
            cited += [replace(citation, number=number) for citation, number in zip(new, numbers, strict=True)]
            sentence = replace(sentence, citations=tuple(numbers), side=None)
            told.append(SentenceReady(sentence=sentence, citations=tuple(cited[-len(new) :])))
    return told


def _is_held(citation: Citation, cited: Sequence[Citation]) -> bool:
    """Whether what is cited is a part of what is cited already."""
    return any(
        other.document.id == citation.document.id and other.start <= citation.start and citation.end <= other.end
        for other in cited
    )
