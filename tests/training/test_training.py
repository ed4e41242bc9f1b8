"""The way from question sets to a reader, once through, on a few questions of our own and a model of one layer."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

from rapporteur.rag.reader import Excerpt, open_reader

ROOT = Path(__file__).parents[2]
ITEMS = {
    "boats": "Ferry {0} carries ninety passengers. It leaves pier {0} at noon. Dogs of village {0} travel free.",
    "bridge": "Bridge {0} was finished in 1843. The builder of bridge {0} was Marta Kolb. Carts paid {0} pence.",
    "mill": "Mill {0} grinds rye and barley. The wheel of mill {0} is six metres wide. The miller keeps {0} bees.",
    "school": "School {0} has two rooms. Lessons of school {0} begin at eight. Olaf Brenner rings bell {0}.",
}
ROAD = " The road to village {0} is steep. In winter {0} sheep block it. Two inns of village {0} stay open all year."
QUESTIONS = [
    ("boats", "How many passengers does the ferry carry?", "ninety"),
    ("boats", "When does the ferry leave?", "at noon"),
    ("bridge", "Who built the stone bridge?", "Marta Kolb"),
    ("bridge", "In what year was the bridge finished?", "1843"),
    ("mill", "How wide is the wheel of the mill?", "six metres"),
    ("mill", "What does the mill grind?", "rye and barley"),
    ("school", "Who rings the bell?", "Olaf Brenner"),
    ("school", "When do lessons begin in the school?", "at eight"),
    ("school", "How many windows has the school?", ""),
]


def write_set(folder: Path, copies: int) -> None:
    """A question set in the form of training/README.md: a few questions about each of many villages."""
    folder.mkdir(parents=True)
    with gzip.open(folder / "corpus.jsonl.gz", "wt", encoding="utf-8") as corpus:
        for copy in range(copies):
            for name, text in ITEMS.items():
                corpus.write(
                    json.dumps({"_id": f"{name}{copy}", "title": name, "text": (text + ROAD).format(copy)}) + "\n"
                )
    with (folder / "qa.jsonl").open("w", encoding="utf-8") as asked:
        for copy in range(copies):
            for number, (name, question, answer) in enumerate(QUESTIONS):
                start = ITEMS[name].format(copy).find(answer)
                one = {
                    "_id": f"{copy}-{number}", "question": question, "answerable": bool(answer),
                    "answers": [answer] if answer else [], "gold_ids": [f"{name}{copy}"],
                    "spans": [[start, start + len(answer)]] if answer else [],
                }  # fmt: skip
                asked.write(json.dumps(one) + "\n")


# One interpreter for all steps: torch takes longer to load than they take to run.
STEPS = """
import contextlib, importlib, io, json, sys
said = []
for sys.argv in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        importlib.import_module(sys.argv[0]).main()
    said.append(out.getvalue())
print("SAID", json.dumps(said))
"""


def run(*steps: tuple[str | Path, ...]) -> list[str]:
    """What each step prints: a module of `training` and its arguments."""
    given = json.dumps([[str(word) for word in step] for step in steps])
    done = subprocess.run(
        [sys.executable, "-c", STEPS], cwd=ROOT, input=given, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rsplit("SAID", 1)[1])


def windows(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_question_sets_become_a_reader(tmp_path: Path) -> None:
    data, out, trained = tmp_path / "data", tmp_path / "out", tmp_path / "run"
    write_set(data / "bench" / "squad2_dev", 3)
    write_set(data / "train" / "village", 20)

    run(("training.data", data, out, "--rounds", "2"), ("training.mine", out))
    given = windows(out / "train-0.jsonl")
    assert given != windows(out / "train-1.jsonl")
    for one in given:
        sentences = [one["text"][start:end] for start, end in one["sentences"]]
        assert all(sentence.strip() == sentence and sentence for sentence in sentences)
        answers = {one["text"][start:end] for start, end in one["answers"]}
        for label, sentence in zip(one["labels"], sentences, strict=True):
            assert bool(label) == any(answer in sentence for answer in answers)
    groups = [{one["group"] for one in windows(out / f"{part}-0.jsonl")} for part in ("train", "val", "test")]
    assert all(groups) and not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]

    mined = [one for one in windows(out / "train-0-mined.jsonl") if one["kind"] != "given"]
    assert {one["kind"] for one in mined} == {"found", "cut"}
    assert not any(one["answerable"] or any(one["labels"]) or one["answers"] for one in mined)

    train = ("training.train", out, trained, "--layers", "1", "--frozen", "0", "--batch-tokens", "900")
    first, again, _, judged = run(
        (*train, "--epochs", "1"),
        (*train, "--epochs", "2"),
        ("training.export", out, trained, tmp_path / "reader.onnx"),
        ("training.evaluate", out, tmp_path / "reader.onnx"),
    )
    steps = [json.loads(said.splitlines()[-1])["step"] for said in (first, again)]
    assert steps[1] == 2 * steps[0], "the second run goes on where the first one ended"
    reader = open_reader(tmp_path / "reader.onnx")
    assert reader is not None and reader.about["steps"] == steps[1]
    text = ITEMS["bridge"].format(7)
    [verdict] = reader.judge("Who built the stone bridge?", [Excerpt(text=text, sentences=((0, 31), (32, 66)))])
    assert len(verdict.sentences) == 2 and all(0 < value < 1 for value in (verdict.answers, *verdict.sentences))
    figures = json.loads(judged)
    assert 0 <= figures["test"]["auc"] <= 1 and figures["test"]["windows"] > 0
