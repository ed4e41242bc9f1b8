"""Answers and refusals on question sets with answer spans, half of them unanswerable (SQuAD 2.0 and its like).

    python benchmarks/answers.py FOLDER [--questions 600] [--keep LIBRARIES]

FOLDER holds corpus.jsonl.gz and qa.jsonl. Of a sample of questions, drawn with a fixed seed, half and half where there
are both, it prints with 95 per cent bootstrap intervals
- right paragraph first: the gold document's passage stands first, over answerable questions;
- span quoted, right paragraph given: asked of the gold document alone, some quote holds a gold span (a refusal counts
  as wrong), and the same among the questions that are not refused;
- span quoted: asked of everything;
- unanswerable questions refused, and answerable ones refused;
- the area under the risk-coverage curve (El-Yaniv and Wiener 2010): questions are answered from the surest down, an
  answer is wrong where no quote holds a gold span; its mean over all coverages, lower is better. Ours, and the same
  answers ordered by BM25's best score alone.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sets import RESAMPLES, arguments, by_document, interval, library_of, read_lines, table, with_title

from onrecord.rag import Answer, Filters, Library
from onrecord.rag.answering.abstain import reason_to_refuse
from onrecord.rag.answering.select import choose, quote
from onrecord.rag.query.parse import parse_query
from onrecord.rag.retrieval.retrieve import retrieve


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one question gave. `right` is whether a quote holds a gold span, refused or not; None where none was asked.

    `confidence` orders answers by how sure the program is, `bm25` by the best score of the words' search.
    """

    answerable: bool
    first: bool
    right: bool
    refused: bool
    right_within: bool
    refused_within: bool
    confidence: float
    bm25: float


def main() -> None:
    """Asks and prints."""
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=600)
    given = parser.parse_args()
    with library_of(given.folder, given.keep) as library:
        print(report(library, given.folder, given.questions))


def report(library: Library, folder: Path, size: int) -> str:
    """A table of every measure, over a sample of a set's questions."""
    lead = {line["_id"]: len(with_title(line)) - len(line["text"]) for line in read_lines(folder / "corpus.jsonl.gz")}
    questions = sample(list(read_lines(folder / "qa.jsonl")), size)
    return measured([ask(library, question, lead) for question in questions])


def sample(questions: Sequence[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """As many answerable questions as others, where there are both."""
    draw = random.Random(1)
    parts = [[q for q in questions if q["answerable"] is kind] for kind in (True, False)]
    parts = [part for part in parts if part]
    return [q for part in parts for q in draw.sample(part, min(len(part), size // len(parts)))]


def ask(library: Library, question: Mapping[str, Any], lead: Mapping[str, int]) -> Outcome:
    """Asks one question of everything, and of its own document."""
    store = library.store
    gold = question["gold_ids"][0]
    query = parse_query(store, question["question"])
    hits = retrieve(store, query)
    chosen = choose(store, query, hits).quotables
    documents = by_document(store, {hit.passage.id: hit.score for hit in hits})
    refused = reason_to_refuse(store, query, chosen) is not None
    spans = [(gold, start + lead[gold], end + lead[gold]) for start, end in question.get("spans", ())]
    within = library.ask(question["question"], filters=Filters(document=gold))
    _, citations = quote(store, chosen)
    return Outcome(
        answerable=question["answerable"],
        first=bool(documents) and max(documents, key=lambda key: documents[key]) == gold,
        right=holds(spans, [(c.document.id, c.start, c.end) for c in citations]),
        refused=refused,
        right_within=within_span(spans, within),
        refused_within=not within.answered,
        confidence=(chosen[0].score if chosen else 0.0) - (10.0 if refused else 0.0),
        bm25=max((score for _, score in store.by_words(query.words, 1)), default=0.0),
    )


def within_span(spans: Sequence[tuple[str, int, int]], answer: Answer) -> bool:
    """Whether some citation of an answer holds a gold span."""
    return holds(spans, [(c.document.id, c.start, c.end) for c in answer.citations])


def holds(spans: Sequence[tuple[str, int, int]], quotes: Sequence[tuple[str, int, int]]) -> bool:
    """Whether some quote (document, start, end) holds a whole gold span."""
    return any(
        document == wanted and start <= first and last <= end
        for wanted, first, last in spans
        for document, start, end in quotes
    )


def measured(outcomes: Sequence[Outcome]) -> str:
    """The table of what the questions gave."""
    fair = [outcome for outcome in outcomes if outcome.answerable]
    unfair = [outcome for outcome in outcomes if not outcome.answerable]
    answered = [outcome for outcome in fair if not outcome.refused_within]
    right_within = [outcome.right_within and not outcome.refused_within for outcome in fair]
    rows = [
        ["right paragraph first", interval([outcome.first for outcome in fair])],
        ["span quoted, right paragraph given", interval(right_within)],
        ["the same, of those not refused", interval([outcome.right_within for outcome in answered])],
        ["span quoted, asked of everything", interval([outcome.right and not outcome.refused for outcome in fair])],
        ["answerable refused", interval([outcome.refused for outcome in fair])],
        *([["unanswerable refused", interval([outcome.refused for outcome in unfair])]] if unfair else []),
        [
            "area under the risk-coverage curve (lower is better)",
            area_interval(outcomes, [outcome.confidence for outcome in outcomes]),
        ],
        [
            "the same answers ordered by BM25's score",
            area_interval(outcomes, [outcome.bm25 for outcome in outcomes]),
        ],
    ]
    return table(["measure", f"{len(fair)} answerable, {len(unfair)} not"], rows)


def area(outcomes: Sequence[Outcome], confidence: Sequence[float]) -> float:
    """The mean risk over all coverages, answering from the surest question down."""
    order = np.argsort(-np.asarray(confidence), kind="stable")
    wrong = np.array([not outcome.right for outcome in outcomes], dtype=float)[order]
    return float((np.cumsum(wrong) / np.arange(1, len(wrong) + 1)).mean())


def area_interval(outcomes: Sequence[Outcome], confidence: Sequence[float]) -> str:
    """The area with its 95 per cent bootstrap interval over questions."""
    draws = np.random.default_rng(1).integers(0, len(outcomes), (RESAMPLES // 4, len(outcomes)))
    areas = [area([outcomes[i] for i in draw], [confidence[i] for i in draw]) for draw in draws]
    low, high = np.percentile(areas, [2.5, 97.5])
    return f"{area(outcomes, confidence):.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    main()
