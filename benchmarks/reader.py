"""Answers without and with the reader, side by side in one run.

    python benchmarks/reader.py [FOLDER ...] [--cases CASES.jsonl --library LIBRARY] [--questions 300] [--reader FILE]
        [--articles NAME ...] [--keep LIBRARIES]

A FOLDER is a published set in the form of sets.py: with answer spans (SQuAD 2.0 and its like), with gold answers to
transcripts (ELITR-Bench), or with qrels alone (retrieval). `--articles` confines a set with spans to documents whose id
begins with a name: those a reader was not trained on. `--cases` are gold questions in this program's own form, over a
library made of their records. A row gives a measure without and with the reader, the difference, and its 95 per cent
interval: questions are drawn with replacement, both answers of a question together (Efron 1979); `p` is how often
such a draw lies on the other side of nothing, doubled.
"""

import random
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from answers import holds
from ir_measures import nDCG
from meetings import gold_word_recall
from sets import arguments, by_document, library_of, print_head, print_row, read_lines, read_qrels, with_title

from rapporteur.evals import cases, run
from rapporteur.evals.outcome import add_up
from rapporteur.evals.runs import CaseResult
from rapporteur.rag import Answer, Filters, Library, open_library
from rapporteur.rag.reader import Reader, open_reader

RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one question gave; `right` counts the quotes that hold a gold span."""

    answerable: bool
    refused: bool
    quotes: int
    right: int
    seconds: float


Statistic = Callable[[Sequence[Any]], float]


def main() -> None:
    """A table for the cases and for each set."""
    parser = arguments(__doc__)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--articles", nargs="*", default=[])
    parser.add_argument("--reader", default="bundled")
    given = parser.parse_args()
    reader = open_reader(given.reader)
    if reader is None:
        parser.error("--reader none leaves nothing to compare")
    if given.cases:
        with open_library(given.library, create=False) as library:
            of_cases(library, reader, given.cases)
    for folder in given.folders:
        with library_of(folder, given.keep) as library:
            table_of(folder)(library, reader, folder, given)


def table_of(folder: Path) -> Callable[[Library, Reader, Path, Namespace], None]:
    """What is measured on a set, by what it holds."""
    if not (folder / "qa.jsonl").exists():
        return of_retrieval
    return of_spans if any(line.get("spans") for line in read_lines(folder / "qa.jsonl")) else of_meetings


def of_cases(library: Library, reader: Reader, file: Path) -> None:
    """Gold questions of our own form."""
    of_file = cases(file)
    asked = side_by_side(library, reader, of_file, lambda case: run(library, [case]).results[0])
    print_head(f"{file.stem}, {len(of_file)} questions", "off", "on", "difference", "p")
    for name in (
        "evidence_recall_4000",
        "key_facts",
        "cite_recall",
        "cite_precision",
        "abstain_f1",
        "refused_answerable",
    ):
        report(name.replace("_", " "), asked, lambda results, name=name: of_results(results, name))
    report("seconds, median", asked, lambda results: float(np.median([one.record["seconds"] for one in results])))


def of_results(results: Sequence[CaseResult], name: str) -> float:
    """A measure of some cases; nothing where it looks at none of them."""
    value = add_up([result.shares for result in results], [name])[name]
    return float("nan") if value is None else value


def of_spans(library: Library, reader: Reader, folder: Path, given: Namespace) -> None:
    """Answers and refusals where gold spans are known."""
    lead = {line["_id"]: len(with_title(line)) - len(line["text"]) for line in read_lines(folder / "corpus.jsonl.gz")}
    lines = [line for line in read_lines(folder / "qa.jsonl") if of_articles(line, given.articles)]
    questions = drawn(lines, given.questions)
    asked = side_by_side(library, reader, questions, lambda question: ask(library, question, lead))
    print_head(f"{folder.name}, {len(questions)} questions", "off", "on", "difference", "p")
    report("span quoted", asked, share(lambda one: one.right > 0, lambda one: one.answerable))
    report("quotes that hold a span", asked, lambda ones: ratio([(o.right, o.quotes) for o in ones if o.answerable]))
    report("answerable refused", asked, share(lambda one: one.refused, lambda one: one.answerable))
    if not all(question["answerable"] for question in questions):
        report("unanswerable refused", asked, share(lambda one: one.refused, lambda one: not one.answerable))
        report("abstention F1", asked, abstention)
    report("seconds, median", asked, lambda ones: float(np.median([one.seconds for one in ones])))


def of_articles(line: dict[str, Any], names: Sequence[str]) -> bool:
    """Whether a question is about one of the articles; all are where none is named."""
    return not names or any(str(line["gold_ids"][0]).startswith(f"{name}#") for name in names)


def of_meetings(library: Library, reader: Reader, folder: Path, given: Namespace) -> None:
    """Gold words in the quotes, each question asked of its own transcript."""

    def recall(question: dict[str, Any]) -> float:
        answer = library.ask(question["question"], filters=Filters(document=question["gold_ids"][0]))
        text = " ".join(citation.quote for citation in answer.citations)
        return max(gold_word_recall(gold, text) for gold in question["answers"])

    questions = drawn(list(read_lines(folder / "qa.jsonl")), given.questions)
    asked = side_by_side(library, reader, questions, recall)
    print_head(f"{folder.name}, {len(questions)} questions", "off", "on", "difference", "p")
    report("gold words quoted", asked, lambda values: float(np.mean(values)))


def of_retrieval(library: Library, reader: Reader, folder: Path, given: Namespace) -> None:
    """nDCG@10, the document as unit."""
    qrels = read_qrels(folder / "qrels.tsv")
    texts = {line["_id"]: line["text"] for line in read_lines(folder / "queries.jsonl")}

    def gain(query: str) -> float:
        found = by_document(library.store, {h.passage.id: h.score for h in library.search(texts[query], limit=50)})
        return ir_measures.calc_aggregate([nDCG @ 10], {query: qrels[query]}, {query: found})[nDCG @ 10]

    queries = drawn(sorted(qrels), given.questions)
    asked = side_by_side(library, reader, queries, gain)
    print_head(f"{folder.name}, {len(queries)} queries", "off", "on", "difference", "p")
    report("nDCG@10", asked, lambda values: float(np.mean(values)))


def drawn(questions: Sequence[Any], size: int) -> list[Any]:
    """A sample with a fixed seed, all where there are no more."""
    return list(questions) if len(questions) <= size else random.Random(1).sample(list(questions), size)


def side_by_side(
    library: Library, reader: Reader, questions: Sequence[Any], ask_one: Callable[[Any], Any]
) -> list[Any]:
    """What each question gives without and with the reader, as pairs."""
    pairs = []
    for question in questions:
        library.reader = None
        off = ask_one(question)
        library.reader = reader
        pairs.append((off, ask_one(question)))
    return pairs


def ask(library: Library, question: dict[str, Any], lead: dict[str, int]) -> Asked:
    """Asks a question of everything."""
    began = time.perf_counter()
    answer: Answer = library.ask(question["question"])
    seconds = time.perf_counter() - began
    gold = question["gold_ids"][0]
    spans = [(gold, start + lead[gold], end + lead[gold]) for start, end in question.get("spans") or ()]
    right = sum(holds(spans, [(one.document.id, one.start, one.end)]) for one in answer.citations)
    return Asked(
        answerable=question["answerable"], refused=not answer.answered, quotes=len(answer.citations), right=right,
        seconds=seconds,
    )  # fmt: skip


def share(counted: Callable[[Asked], bool], among: Callable[[Asked], bool]) -> Statistic:
    """The share of those `among` that are `counted`."""
    return lambda ones: ratio([(int(counted(one)), 1) for one in ones if among(one)])


def ratio(parts: Sequence[tuple[int, int]]) -> float:
    """Parts added up over wholes added up."""
    whole = sum(one for _, one in parts)
    return sum(part for part, _ in parts) / whole if whole else float("nan")


def abstention(ones: Sequence[Asked]) -> float:
    """Harmonic mean of precision and recall of refusing."""
    refused = [one for one in ones if one.refused]
    rightly = sum(not one.answerable for one in refused)
    return ratio([(2 * rightly, len(refused) + sum(not one.answerable for one in ones))])


def report(name: str, pairs: Sequence[tuple[Any, Any]], statistic: Statistic) -> None:
    """A row: without, with, the difference and how sure it is."""
    off, on = (statistic([pair[side] for pair in pairs]) for side in (0, 1))
    draws = np.random.default_rng(1).integers(0, len(pairs), (RESAMPLES, len(pairs)))
    found = []
    for draw in draws:
        taken = [pairs[place] for place in draw]
        found.append(statistic([one for _, one in taken]) - statistic([one for one, _ in taken]))
    low, high = np.nanpercentile(found, [2.5, 97.5])
    beyond = min(np.mean(np.asarray(found) <= 0), np.mean(np.asarray(found) >= 0))
    sure = f"{on - off:+.3f} ({low:+.3f} to {high:+.3f})"
    print_row(name, f"{off:.3f}", f"{on:.3f}", sure, f"{min(1.0, 2 * beyond):.2f}")


if __name__ == "__main__":
    main()
