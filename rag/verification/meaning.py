"""Whether a sentence in other words than the record's says what the record says, as the embedding model reads both.

Half of a sentence's words may stand in a passage by chance: "The pier needs a new lantern" beside "17 new mooring rings
are needed for the pier". The words that the passage lacks are then no other words for what it says, and lead away.
"""

import re
from collections.abc import Iterable, Sequence

from ...vectorstore.embedder import E5, Embedder

NEAREST = 2
# Cosines of multilingual-e5-small. Of 52 pairs written for setting these two, no true sentence of 25 is under the first
# and over the second, and 15 of 27 false ones are (the pairs of tests/rag are others).
MIN_ALIKE = 0.93
LEADS_AWAY = 0.004
_MOST_WORDS = 12
_MOST_CLAUSES = 4
_MOST_PARTS = 32
_MIN_PART_WORDS = 3
_BETWEEN = re.compile(
    r"[,;:]\s|\s(?=(?:and|or|but|which|who|that|because|since|until|after|before|et|mais|que|qui|y|pero|и|но|что)\b)",
    re.IGNORECASE,
)


def is_measured(embedding: str) -> bool:
    """Whether what counts as alike is known for an embedding model, given by name."""
    return embedding == E5


def means_another_thing(
    embedder: Embedder, text: str, foreign: Sequence[str], evidence: Sequence[str], lead: str = ""
) -> bool:
    """Whether no part of the record is like a sentence, and the words that the record lacks are the reason.

    Args:
        embedder: a model whose name `is_measured`.
        text: the sentence.
        foreign: those of its words that the record lacks, as they stand in it; the first twelve count.
        evidence: the sentences of the record that share most words with it, the nearest first.
        lead: who speaks there, or what it is headed by; a sentence may tell it.
    """
    whole = " ".join(evidence)
    parts = list(dict.fromkeys([whole, *_parts(evidence)]))[:_MOST_PARTS]
    if lead:
        parts.append(f"{lead}: {whole}")
    said, *others = embedder.embed([text, *parts])
    alike = [float(said @ other) for other in others]
    if max(alike) >= MIN_ALIKE:
        return False
    nearest = others[alike.index(max(alike))]
    less = embedder.embed([_without(word, text) for word in foreign[:_MOST_WORDS]])
    return sum(float(one @ nearest) - max(alike) for one in less) > LEADS_AWAY


def _without(word: str, text: str) -> str:
    return " ".join(re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", text).split())


def _parts(evidence: Iterable[str]) -> Iterable[str]:
    """The sentences, and the clauses of each that follow one another, up to four together."""
    for sentence in evidence:
        yield sentence
        clauses = [clause.strip() for clause in _BETWEEN.split(sentence)]
        for first in range(len(clauses)):
            for last in range(first + 1, min(first + _MOST_CLAUSES, len(clauses)) + 1):
                part = ", ".join(clauses[first:last])
                if len(part.split()) >= _MIN_PART_WORDS:
                    yield part
