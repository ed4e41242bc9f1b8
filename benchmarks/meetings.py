"""Questions on meeting transcripts (ELITR-Bench): gold words in our quotes, beside published systems' answers.

    python benchmarks/meetings.py FOLDER [--keep LIBRARIES]

FOLDER holds corpus.jsonl.gz, qa.jsonl and published_responses.jsonl.gz. Each question is asked of its meeting alone, as
it stands alone. Gold-word recall is the share of the gold answer's words that stand in the answer (words as SQuAD
normalises them: no case, punctuation or articles); the published systems had the whole transcript in their prompt and
wrote as much as they liked, so the length of an answer stands beside it. A refusal has no words.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from sets import arguments, interval, library_of, read_lines, table

from onrecord.rag import Filters, Library


def main() -> None:
    """Asks and prints."""
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with library_of(given.folder, given.keep) as library:
        print(report(library, given.folder))


def report(library: Library, folder: Path) -> str:
    """A table with a row for each system, ours first."""
    questions = list(read_lines(folder / "qa.jsonl"))
    gold = {question["_id"]: question["answers"] for question in questions}
    answers = [library.ask(each["question"], filters=Filters(document=each["gold_ids"][0])) for each in questions]
    texts = [answer.text if answer.answered else "" for answer in answers]
    refused = sum(not answer.answered for answer in answers) / len(answers)
    rows = [[*row_of("On Record without a language model", list(gold.values()), texts), f"{refused:.3f}"]]
    published: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for response in read_lines(folder / "published_responses.jsonl.gz"):
        if response["run"].startswith("qa_dev"):
            published[f"{response['system']}, {response['run']}"].append((response["_id"], response["response"]))
    for system, responses in sorted(published.items()):
        rows.append([*row_of(system, [gold[key] for key, _ in responses], [text for _, text in responses]), ""])
    head = [f"{len(questions)} questions", "gold-word recall", "words in an answer, mean", "refused"]
    return table(head, rows)


def row_of(system: str, gold: Sequence[Sequence[str]], texts: Sequence[str]) -> list[str]:
    """A system's name, recall and length of answers."""
    recall = [
        max(gold_word_recall(answer, text) for answer in answers) for answers, text in zip(gold, texts, strict=True)
    ]
    length = sum(len(text.split()) for text in texts) / len(texts)
    return [system, interval(recall), f"{length:.0f}"]


def gold_word_recall(gold: str, text: str) -> float:
    """The share of the gold answer's words, repeated ones counted, that stand in a text."""
    wanted, given = Counter(words(gold)), Counter(words(text))
    return sum((wanted & given).values()) / (sum(wanted.values()) or 1)


def words(text: str) -> list[str]:
    """Words as SQuAD's own script normalises them (Rajpurkar et al. 2016), curly quotation marks taken out too."""
    bare = re.sub(r"[^\w\s]|_", "", text.lower())
    return re.sub(r"\b(?:a|an|the)\b", " ", bare).split()


if __name__ == "__main__":
    main()
