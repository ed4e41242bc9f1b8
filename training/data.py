"""Question sets become windows: a question, some sentences in a row, and which of them answer.

    python -m training.data DATA OUT [--rounds 3]

DATA holds the sets in the form of training/README.md, in the folders `train` and `bench`. OUT gets `train-0.jsonl`,
`train-1.jsonl` and so on (the same questions in windows cut anew, one file a round), `val-0.jsonl` and `test-0.jsonl`,
one window a line. Documents, not questions, are dealt to the three, so that no paragraph
trained on is tested on; and nothing is trained on that shares text with a set of `bench` that is only for measuring.
"""

import argparse
import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rapporteur.ingest.sentences import sentence_spans

SEED = 7
# Articles of squad2_dev that no version of the reader is trained on: the figures of docs/reader.md are of these.
TEST_ARTICLES = frozenset("Normans Harvard_University Packet_switching Scottish_Parliament".split())
VAL_ARTICLES = frozenset({"1973_oil_crisis"})
TEST_PERCENT, VAL_PERCENT = 8, 5
ONLY_MEASURED = ("xquad_en", "scifact_train", "elitr_dev", "mtrag_un_clapnq_cloud")
SHINGLE_WORDS, SHINGLES_SHARED = 12, 5
# How much of a set is used: 17 statements or many questions on the same few lines teach little more than a part does.
SHARE = {"contractnli": 0.3, "molweni": 0.4}
WEIGHT = {"molweni": 0.4, "contractnli": 0.6, "fever_symmetric": 0.6, "fm2": 0.6}
CLAIMS = frozenset({"contractnli", "fm2", "fever_symmetric"})
SHORTEST_CHARS, LONGEST_CHARS = 160, 900
Span = tuple[int, int]


@dataclass(kw_only=True)
class Window:
    """A question put to sentences that stand in a row.

    `labels` says of each sentence whether it answers (1, 0); `supports` whether it makes a claim true (1, 0; -1 where
    the question is no claim); `answers` are offsets into `text` of the shortest answer's readings; `answerable` whether
    the window answers at all.
    """

    set: str
    id: str
    group: str
    question: str
    title: str
    text: str
    sentences: list[Span]
    labels: list[int]
    supports: list[int]
    answers: list[Span] = field(default_factory=list)
    answerable: int
    weight: float = 1.0
    kind: str = "given"


@dataclass(kw_only=True)
class Case:
    """A question with the whole document it is about; `gold` are offsets that hold an answer."""

    set: str
    id: str
    group: str
    question: str
    title: str
    document: str
    text: str
    sentences: list[Span]
    gold: list[Span]
    answers: list[Span]
    answer_texts: list[str]
    label: str = ""


def main() -> None:
    """Writes the three files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, help="at most so many questions of each set, for a trial")
    parser.add_argument("--rounds", type=int, default=3, help="how often to cut the windows for training")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    cases = list(read_cases(given.data, given.limit))
    kept, dropped = apart(cases, given.data / "bench")
    for name in ("train", "val", "test"):
        for number in range(given.rounds if name == "train" else 1):
            windows = [window(case, number) for case in kept if part_of(case) == name]
            write_windows(given.out / f"{name}-{number}.jsonl", windows)
            print(f"{name}-{number}: {len(windows)} windows, {sum(one.answerable for one in windows)} with an answer")
    print(f"left out, their text being in a set that is only for measuring: {dropped} questions")


def read_cases(data: Path, limit: int | None = None) -> Iterator[Case]:
    """All cases, set after set, in the sets' own order."""
    folders = [data / "bench" / "squad2_dev", *sorted(path for path in (data / "train").iterdir() if path.is_dir())]
    for folder in folders:
        cases = [case for case in read_set(folder) if share_of(case.id) < SHARE.get(case.set, 1.0)]
        yield from cases[:limit]


def read_set(folder: Path) -> Iterator[Case]:
    """The cases of one set."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = {one["_id"]: one for one in map(json.loads, lines)}
    for line in (folder / "qa.jsonl").open(encoding="utf-8"):
        asked = json.loads(line)
        found = documents.get(asked["gold_ids"][0]) if asked["gold_ids"] else None
        if found is not None and (case := read_case(folder.name, asked, found)):
            yield case


def read_case(name: str, asked: dict, found: dict) -> Case | None:
    """One case, or None where its gold sentences cannot be placed."""
    text = found["text"]
    sentences = given_sentences(found) if name == "molweni" else sentence_spans(text)
    gold = gold_spans(asked, found)
    if asked["answerable"] and not gold:
        return None
    short = asked["answerable"] and name not in CLAIMS and name not in ("selqa", "clapnq_dev")
    return Case(
        set=name,
        id=str(asked["_id"]),
        group=group_of(name, asked, found["_id"]),
        question=asked["question"],
        title=found.get("title") or "",
        document=found["_id"],
        text=text,
        sentences=[tuple(span) for span in sentences],
        gold=gold,
        answers=answer_spans(asked, text) if short else [],
        answer_texts=asked["answers"],
        label=asked.get("label") or "",
    )


def given_sentences(found: dict) -> list[Span]:
    """The sentences as the set cuts them (one turn of a chat each)."""
    return [(start, end) for start, end in found["metadata"]["sentence_spans"]]


def gold_spans(asked: dict, found: dict) -> list[Span]:
    """Offsets that hold an answer: the evidence sentences where a set names them, else the answer spans."""
    metadata = found.get("metadata") or {}
    numbers = asked.get("evidence_sentences") or []
    if numbers and isinstance(numbers[0], list):
        numbers = sorted({number for one in numbers for number in one})
    if numbers and "sentence_spans" in metadata:
        return [tuple(metadata["sentence_spans"][number]) for number in numbers]
    if numbers:
        places = [(found["text"].find(metadata["sentences"][number]), number) for number in numbers]
        return [(place, place + len(metadata["sentences"][number])) for place, number in places if place >= 0]
    return answer_spans(asked, found["text"])


def answer_spans(asked: dict, text: str) -> list[Span]:
    """Offsets of the answers, one reading each."""
    spans = [(start, end) for start, end in asked.get("spans") or []]
    # covidqa gives offsets into the whole paper, of which the text is a part.
    if spans and all(text[start:end] in asked["answers"] for start, end in spans):
        return spans
    places = [(text.find(answer), answer) for answer in asked["answers"]]
    return [(place, place + len(answer)) for place, answer in places if place >= 0]


def group_of(name: str, asked: dict, document: str) -> str:
    """What is dealt to training or testing as one: the article, or the paper."""
    return f"{name}:{asked.get('document') or re.split('#', document)[0]}"


def share_of(key: str) -> float:
    """A number in 0 to 1 that depends on the key alone."""
    return int(hashlib.sha256(f"{SEED}:{key}".encode()).hexdigest()[:8], 16) / 16**8


def part_of(case: Case) -> str:
    """Whether a case is for training, validation or testing."""
    name, group = case.group.split(":", 1)
    if name == "squad2_dev":
        return "test" if group in TEST_ARTICLES else "val" if group in VAL_ARTICLES else "train"
    percent = 100 * share_of(case.group)
    return "test" if percent < TEST_PERCENT else "val" if percent < TEST_PERCENT + VAL_PERCENT else "train"


def apart(cases: Sequence[Case], bench: Path) -> tuple[list[Case], int]:
    """The cases whose text is in no set that is only for measuring, and in no test article but their own."""
    measured = {one for name in ONLY_MEASURED for text in corpus_texts(bench / name) for one in shingles(text)}
    tested = {one for case in first_of_documents(cases) if part_of(case) == "test" for one in shingles(case.text)}
    apart_from, shared = measured | tested, dict[str, bool]()
    for case in first_of_documents(cases):
        held = shingles(case.text)
        train = part_of(case) != "test"
        shared[case.set + case.document] = train and len(held & apart_from) >= SHINGLES_SHARED
    kept = [case for case in cases if not shared[case.set + case.document]]
    return kept, len(cases) - len(kept)


def first_of_documents(cases: Iterable[Case]) -> list[Case]:
    """One case for each document."""
    return list({case.set + case.document: case for case in cases}.values())


def corpus_texts(folder: Path) -> Iterator[str]:
    """The texts of a set's documents; none where the set is not there."""
    if (folder / "corpus.jsonl.gz").exists():
        with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)


def shingles(text: str) -> set[int]:
    """Hashes of the runs of `SHINGLE_WORDS` words."""
    words = re.findall(r"\w+", text.lower())
    return {hash(tuple(words[at : at + SHINGLE_WORDS])) for at in range(len(words) - SHINGLE_WORDS + 1)}


def window(case: Case, number: int = 0) -> Window:
    """Sentences in a row around the gold ones, of a length that differs from case to case and round to round."""
    dice = random.Random(f"{SEED}:{number}:{case.set}:{case.id}")
    longest = dice.randint(SHORTEST_CHARS, LONGEST_CHARS)
    golden = [number for number, span in enumerate(case.sentences) if holds(span, case.gold)]
    first, last = grown(case.sentences, golden, longest, dice)
    start, end = case.sentences[first][0], case.sentences[last][1]
    spans = case.sentences[first : last + 1]
    labels = [int(holds(span, case.gold)) for span in spans]
    claim = case.set in CLAIMS
    supports = [int(label and case.label == "SUPPORT") if claim else -1 for label in labels]
    return Window(
        set=case.set, id=case.id, group=case.group, question=case.question, title=case.title,
        text=case.text[start:end],
        sentences=[(one - start, other - start) for one, other in spans],
        labels=labels,
        supports=supports,
        answers=[(one - start, other - start) for one, other in case.answers if start <= one and other <= end],
        answerable=int(any(labels)),
        weight=WEIGHT.get(case.set, 1.0),
    )  # fmt: skip


def grown(sentences: Sequence[Span], golden: Sequence[int], longest: int, dice: random.Random) -> tuple[int, int]:
    """First and last sentence of a window: from a gold one, or any, outwards until it is long enough."""
    first = last = dice.choice(golden) if golden else dice.randrange(len(sentences))
    while True:
        wider = [(first - 1, last)] * (first > 0) + [(first, last + 1)] * (last + 1 < len(sentences))
        wider = [(one, other) for one, other in wider if sentences[other][1] - sentences[one][0] <= longest]
        if not wider:
            return first, last
        first, last = dice.choice(wider)


def holds(span: Span, gold: Sequence[Span]) -> bool:
    """Whether a sentence and a gold span have at least half of the shorter one in common."""
    for start, end in gold:
        common = min(span[1], end) - max(span[0], start)
        if common > 0 and common * 2 >= min(span[1] - span[0], end - start):
            return True
    return False


def write_windows(file: Path, windows: Iterable[Window]) -> None:
    """One window a line."""
    with file.open("w", encoding="utf-8") as out:
        for one in windows:
            out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")


def read_windows(file: Path) -> list[Window]:
    """The windows of a file."""
    with file.open(encoding="utf-8") as lines:
        return [Window(**json.loads(line)) for line in lines]


if __name__ == "__main__":
    main()
