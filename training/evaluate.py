"""How well a reader judges windows it was not trained on.

    python -m training.evaluate OUT READER.onnx [--bench DATA/bench] [--json FILE]

Judges OUT/test-0-mined.jsonl: can it tell windows that answer from those that do not (area under the ROC curve), does
its best sentence answer, does its span agree with an answer, and do its probabilities keep what they promise. With
`--bench`, also two sets that nothing was trained on: the right paragraphs of xquad_en, and the abstracts that
scifact_train cites for a claim.
"""

import argparse
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SEED, RESAMPLES, BINS = 7, 1000, 10
Scored = Sequence[tuple[float, int]]


def main() -> None:
    """Prints the figures, and writes them where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("reader", type=Path)
    parser.add_argument("--bench", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures = {"test": of_windows(given.reader, given.out / "test-0-mined.jsonl")}
    if given.bench:
        figures["xquad_en"] = of_xquad(given.reader, given.bench / "xquad_en")
        figures["scifact_train"] = of_scifact(given.reader, given.bench / "scifact_train")
    said = json.dumps(figures, indent=1)
    print(said)
    if given.json:
        given.json.write_text(said, encoding="utf-8")


def of_windows(path: Path, file: Path) -> dict[str, Any]:
    """Figures over windows, all of them and set by set."""
    from .data import read_windows
    from .export import excerpt_of

    reader = opened(path)
    windows = read_windows(file)
    judged = [(one, reader.judge(one.question, [excerpt_of(one, place)])[0]) for place, one in enumerate(windows)]
    answers = [(verdict.answers, one.answerable) for one, verdict in judged]
    sentences = [pair for one, verdict in judged for pair in zip(verdict.sentences, one.labels, strict=True)]
    supports = [
        pair for one, verdict in judged for pair in zip(verdict.supports, one.supports, strict=True) if pair[1] >= 0
    ]
    squad = [(v.answers, one.answerable) for one, v in judged if one.set == "squad2_dev" and one.kind == "given"]
    squad_best = [
        (max(v.sentences), one.answerable) for one, v in judged if one.set == "squad2_dev" and one.kind == "given"
    ]
    by_set: dict[str, list[Any]] = defaultdict(list)
    for one, verdict in judged:
        by_set[one.set].append((one, verdict))
    return {
        "windows": len(windows),
        "squad2_auc": area(squad), "squad2_auc_95": interval(squad), "squad2_auc_best_sentence": area(squad_best),
        "auc": area(answers), "sentence_accuracy": sentence_accuracy([(o.labels, v.sentences) for o, v in judged]),
        "sentence_auc": area(sentences), "support_auc": area(supports),
        "span_f1": span_agreement(judged),
        "ece_answers": calibration_error(answers), "ece_sentences": calibration_error(sentences),
        "ece_supports": calibration_error(supports), "ece_squad2": calibration_error(squad),
        "reliability_answers": reliability(answers), "reliability_sentences": reliability(sentences),
        "by_set": {
            name: {
                "windows": len(group),
                "auc": area([(v.answers, one.answerable) for one, v in group]),
                "sentence_accuracy": sentence_accuracy([(one.labels, v.sentences) for one, v in group]),
            }
            for name, group in sorted(by_set.items())
        },
    }  # fmt: skip


def of_xquad(path: Path, folder: Path) -> dict[str, float]:
    """In the right paragraph: is the answer in the best sentence, and how well does the span agree?"""
    from .data import holds, read_set

    reader = opened(path)
    right, shared = [], []
    for case in read_set(folder):
        [verdict] = reader.judge(case.question, [_whole(case)])
        best = max(range(len(case.sentences)), key=lambda number: verdict.sentences[number])
        right.append(float(holds(case.sentences[best], case.gold)))
        span = case.text[slice(*verdict.span)] if verdict.span else ""
        shared.append(max(token_f1(span, answer) for answer in case.answer_texts))
    return {"questions": len(right), "sentence_accuracy": mean(right), "span_f1": mean(shared)}


def of_scifact(path: Path, folder: Path) -> dict[str, float]:
    """Of each claim and abstract cited for it: is there evidence, in which sentence, and for or against the claim?"""
    from rapporteur.rag.reader import Excerpt

    reader = opened(path)
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        corpus = {one["_id"]: one for one in map(json.loads, lines)}
    answers, sentences, sides = [], [], []
    for line in (folder / "claims.jsonl").open(encoding="utf-8"):
        claim = json.loads(line)
        for document, evidence in claims_of(claim):
            abstract = corpus[document]
            texts = abstract["metadata"]["sentences"]
            spans, at = [], 0
            for text in texts:
                spans.append((at, at + len(text)))
                at += len(text) + 1
            numbers = {number for one in evidence for number in one["sentences"]}
            # An abstract is read in pieces that the reader can take in at once.
            chances, supports = [], []
            for first in range(0, len(texts), 4):
                piece = texts[first : first + 4]
                start = spans[first][0]
                cut = tuple((a - start, b - start) for a, b in spans[first : first + 4])
                [verdict] = reader.judge(claim["claim"], [Excerpt(text=" ".join(piece), sentences=cut)])
                chances += verdict.sentences
                supports += verdict.supports
            answers.append((max(chances), int(bool(evidence))))
            sentences += [(chance, int(number in numbers)) for number, chance in enumerate(chances)]
            if evidence:
                side = int(evidence[0]["label"] == "SUPPORT")
                sides.append((max(supports[number] for number in numbers), side))
    return {
        "pairs": len(answers), "evidence_auc": area(answers), "sentence_auc": area(sentences),
        "support_or_contradict_auc": area(sides),
    }  # fmt: skip


def opened(path: Path) -> Any:
    """The reader in a file."""
    from rapporteur.rag.reader import open_reader

    return open_reader(path)


def claims_of(claim: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The documents a claim cites, each with its evidence: label and sentence numbers, none where it says nothing."""
    return [
        (document, [one for one in claim["evidence"] if one["doc_id"] == document])
        for document in claim["cited_doc_ids"]
    ]


def _whole(case: Any) -> Any:
    from rapporteur.rag.reader import Excerpt

    return Excerpt(text=case.text, sentences=tuple(case.sentences))


def area(scored: Scored) -> float:
    """Area under the ROC curve: the chance that an answerable one scores above one that is not (ties half)."""
    ordered = sorted(scored)
    ranks: dict[float, float] = {}
    place = 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        ranks[ordered[place][0]] = (place + 1 + end) / 2
        place = end
    positive = [ranks[score] for score, label in scored if label]
    negative = len(scored) - len(positive)
    if not positive or not negative:
        return float("nan")
    return (sum(positive) - len(positive) * (len(positive) + 1) / 2) / (len(positive) * negative)


def interval(scored: Scored) -> list[float]:
    """95 per cent interval of the area, by resampling the questions (Efron 1979)."""
    dice = random.Random(SEED)
    found = sorted(area(dice.choices(scored, k=len(scored))) for _ in range(RESAMPLES))
    return [found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES)]]


def sentence_accuracy(judged: Sequence[tuple[Sequence[int], Sequence[float]]]) -> float:
    """Share of windows, of those with sentences of both kinds, whose best sentence answers."""
    mixed = [(labels, scores) for labels, scores in judged if 0 < sum(labels) < len(labels)]
    return mean([float(labels[max(range(len(scores)), key=scores.__getitem__)]) for labels, scores in mixed])


def calibration_error(scored: Scored) -> float:
    """Expected calibration error, ten bins of equal width (Guo et al. 2017)."""
    return mean([abs(row["promised"] - row["kept"]) for row in reliability(scored) for _ in range(row["count"])])


def reliability(scored: Scored) -> list[dict[str, Any]]:
    """What each bin promises on average and what it keeps, with how many it holds."""
    bins: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for chance, label in scored:
        bins[min(int(chance * BINS), BINS - 1)].append((chance, label))
    return [
        {"promised": mean([c for c, _ in held]), "kept": mean([float(k) for _, k in held]), "count": len(held)}
        for _, held in sorted(bins.items())
    ]


def span_agreement(judged: Sequence[tuple[Any, Any]]) -> float:
    """Mean word F1 of the span with the nearest reading, over windows whose short answer is known (Rajpurkar 2016)."""
    return mean(
        [
            max(token_f1(one.text[slice(*v.span)] if v.span else "", one.text[a:b]) for a, b in one.answers)
            for one, v in judged
            if one.answers and one.answerable
        ]
    )


def token_f1(one: str, other: str) -> float:
    """Harmonic mean of the words' precision and recall, articles and punctuation left out."""
    first, second = _words(one), _words(other)
    common = sum(min(first.count(word), second.count(word)) for word in set(first))
    return 2 * common / (len(first) + len(second)) if common else 0.0


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if word not in ("a", "an", "the")]


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; not a number of nothing."""
    return sum(values) / len(values) if values else float("nan")


if __name__ == "__main__":
    main()
