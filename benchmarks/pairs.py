"""The same record as DOCX and as PDF must give the same paragraphs.

    python benchmarks/pairs.py FOLDER

Pairs files of one name but for the ending. Prints for each pair the share of words in common, in order (difflib's
ratio over words), and the share of paragraph numbers found in both, of those found in either.
"""

import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

from onrecord.ingest.worker import parse


def main() -> None:
    """Compares every pair in the folder."""
    folder = Path(sys.argv[1])
    for docx in sorted(folder.glob("*.docx")):
        pdf = docx.with_suffix(".pdf")
        if not pdf.exists():
            continue
        one, other = read(docx), read(pdf)
        numbers, others = paragraph_numbers(one), paragraph_numbers(other)
        both = sum((numbers & others).values())
        either = sum((numbers | others).values()) or 1
        print(f"{docx.stem[:44]:<46} words {agreement(one, other):.3f}  numbers {both / either:.3f} of {either}")


def read(file: Path) -> dict[str, object]:
    """A file as the product parses it."""
    [found] = parse(str(file), file.read_bytes())
    return found


def agreement(one: dict[str, object], other: dict[str, object]) -> float:
    """How much of the words the two have in common, in order, 0 to 1."""
    first, second = (re.findall(r"\w+", str(found["text"]).casefold()) for found in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def paragraph_numbers(found: dict[str, object]) -> Counter[str]:
    """The paragraph numbers of a record, each as often as a paragraph begins with it; footnotes only interrupt."""
    counted: Counter[str] = Counter()
    before = None
    for unit in found["units"]:  # pyright: ignore[reportGeneralTypeIssues]
        if unit["kind"] == "footnote":
            continue
        number = unit["locator"]["paragraph"]
        if number and number != before:
            counted[number] += 1
        before = number
    return counted


if __name__ == "__main__":
    main()
