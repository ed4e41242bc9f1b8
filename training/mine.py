"""Windows that look like an answer and are none, made from windows that answer.

    python -m training.mine OUT

Reads OUT/train-0.jsonl and so on as `training.data` wrote them and writes `train-0-mined.jsonl` and so on: the windows
given and beside them, for a share of the questions,

- found: a window of another document that BM25 puts among the first and that holds none of the answers,
- cut: the window without the sentences that answer,
- swapped: a name or number of the question put in place of another, so that nothing answers it any more (Rajpurkar
  et al. 2018, Know what you don't know, made questions unanswerable in the same way, by hand).

Training rounds after the first hold more of what is hard: questions that people made unanswerable come twice, half of
what is easily told apart is left out.
"""

import argparse
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from .data import CLAIMS, SEED, Window, read_windows, write_windows

FOUND_SHARE, CUT_SHARE, SWAPPED_SHARE = 0.45, 0.12, 0.1
HARD = frozenset({"squad2_dev", "clapnq_dev", "qed_dev"})
EASY = frozenset({"fever_symmetric", "fm2", "molweni", "contractnli"})
EASY_SHARE = 0.5
# A word with a capital inside a question, or a number.
_TELLING = re.compile(r"(?<=\w )(?:[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*|\d[\d,.]*\d|\d)")
K1, B = 1.2, 0.75


def main() -> None:
    """Mines all three files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    for file in sorted(out.glob("*-[0-9].jsonl")):
        given = read_windows(file)
        seed = f"{SEED}:{file.stem}"
        mined = [*found(given, seed), *cut(given, seed), *swapped(given, seed)]
        windows = [*given, *mined]
        if re.fullmatch(r"train-[1-9]", file.stem):
            windows = harder(windows, seed, read_windows(next_round(file)))
        write_windows(out / f"{file.stem}-mined.jsonl", windows)
        print(file.stem, len(given), "given", dict(Counter(one.kind for one in mined)))


def harder(windows: Sequence[Window], seed: str, others: Sequence[Window]) -> list[Window]:
    """Half of the easy windows left out, the hard ones of another round added."""
    kept = [
        one
        for one in windows
        if not (one.kind == "found" or one.set in EASY) or dice(one, seed, "harder").random() < EASY_SHARE
    ]
    return [*kept, *(one for one in others if one.set in HARD)]


def next_round(file: Path) -> Path:
    """The file of the round after, the first's after the last's."""
    name, _, number = file.stem.rpartition("-")
    following = file.with_name(f"{name}-{int(number) + 1}.jsonl")
    return following if following.exists() else file.with_name(f"{name}-0.jsonl")


def found(windows: Sequence[Window], seed: str) -> Iterator[Window]:
    """For a share of the questions, a window of another document that BM25 likes."""
    by_set: dict[str, list[Window]] = defaultdict(list)
    for one in windows:
        # A question of squad2_dev is about its article, and other questions on the article are answered there.
        by_set[one.set].append(one)
    for name, group in by_set.items():
        if name in ("fever_symmetric", "molweni", "contractnli"):
            continue
        pool = list({one.text: one for one in group}.values())
        index = Index([one.text for one in pool])
        for one in group:
            chance = dice(one, seed, "found")
            if one.answerable and chance.random() < FOUND_SHARE:
                others = [place for place in index.best(one.question, 12) if is_other(one, pool[place])]
                if others:
                    yield unanswered(one, pool[chance.choice(others[:4])], "found")


def is_other(one: Window, other: Window) -> bool:
    """Whether a window is of other text, and holds none of the answers."""
    golden = [one.text[start:end].casefold() for start, end in one.answers]
    golden += [
        one.text[start:end].casefold() for (start, end), label in zip(one.sentences, one.labels, strict=True) if label
    ]
    text = other.text.casefold()
    return other.text not in one.text and one.text not in other.text and not any(gold in text for gold in golden)


def unanswered(one: Window, other: Window, kind: str) -> Window:
    """A question put to a window that does not answer it."""
    claim = one.set in CLAIMS
    return replace(
        one, kind=kind, title=other.title, text=other.text, sentences=other.sentences, labels=[0] * len(other.labels),
        supports=[0 if claim else -1] * len(other.labels), answers=[], answerable=0,
    )  # fmt: skip


def cut(windows: Sequence[Window], seed: str) -> Iterator[Window]:
    """For a share of the questions, the window without what answers."""
    for one in windows:
        if not one.answerable or dice(one, seed, "cut").random() >= CUT_SHARE:
            continue
        rest = [span for span, label in zip(one.sentences, one.labels, strict=True) if not label]
        golden = [one.text[start:end].casefold() for start, end in one.answers]
        parts = [one.text[start:end] for start, end in rest]
        if not parts or any(gold in part.casefold() for part in parts for gold in golden):
            continue
        spans, at = [], 0
        for part in parts:
            spans.append((at, at + len(part)))
            at += len(part) + 1
        other = replace(one, text=" ".join(parts), sentences=spans, labels=[0] * len(parts))
        yield unanswered(one, other, "cut")


def swapped(windows: Sequence[Window], seed: str) -> Iterator[Window]:
    """For a share of the questions, one telling name or number exchanged for that of another question."""
    telling: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for one in windows:
        for match in _TELLING.finditer(one.question):
            telling[one.set, match[0][0].isdigit()].append(match[0])
    for one in windows:
        chance = dice(one, seed, "swapped")
        places = list(_TELLING.finditer(one.question))
        if one.set in CLAIMS or not one.answerable or not places or chance.random() >= SWAPPED_SHARE:
            continue
        place = chance.choice(places)
        other = chance.choice(telling[one.set, place[0][0].isdigit()])
        if other.casefold() in one.question.casefold() or place[0].casefold() in other.casefold():
            continue
        question = one.question[: place.start()] + other + one.question[place.end() :]
        yield unanswered(replace(one, question=question), one, "swapped")


def dice(one: Window, seed: str, kind: str) -> random.Random:
    """Chance that depends on the file, the question and the kind alone."""
    return random.Random(f"{seed}:{kind}:{one.set}:{one.id}")


class Index:
    """BM25 over texts (Robertson and Zaragoza 2009), enough for mining."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(words_of(text)) for text in texts]
        self.lengths = [sum(count.values()) for count in counts]
        self.mean = sum(self.lengths) / max(len(counts), 1)
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, count in enumerate(counts):
            for word, times in count.items():
                self.postings[word].append((place, times))

    def best(self, question: str, limit: int) -> list[int]:
        """Places of the `limit` best texts, best first."""
        scores: Counter[int] = Counter()
        for word in set(words_of(question)):
            held = self.postings.get(word, [])
            idf = math.log(1 + (len(self.lengths) - len(held) + 0.5) / (len(held) + 0.5))
            for place, times in held:
                long = 1 - B + B * self.lengths[place] / self.mean
                scores[place] += idf * times * (K1 + 1) / (times + K1 * long)  # pyright: ignore[reportArgumentType]
        return sorted(scores, key=lambda place: (-scores[place], place))[:limit]


def words_of(text: str) -> list[str]:
    """Words, lower case, cut to six letters: a rough stem."""
    return [word[:6] for word in re.findall(r"\w+", text.lower())]


if __name__ == "__main__":
    main()
