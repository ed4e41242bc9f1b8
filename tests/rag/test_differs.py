"""Two records that disagree on a figure, a day or an outcome: both are quoted, and it is said."""

from pathlib import Path

import pytest

from onrecord.rag import Answer, open_library
from onrecord.rag.schema import answer_json

from .invariants import check

NOTES = """Notes of the Pilot Board of Selby

{day}

The board heard that the new pilot boat for the outer harbour of Selby will cost 240,000 crowns in all.

The board thanked the crew of the old boat.
"""


def asked(folder: Path, *, question: str = "What will the new pilot boat cost?", **records: str) -> Answer:
    for name, text in records.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library") as library:
        library.ingest([folder / f"{name}.txt" for name in records])
        answer = library.ask(question)
        check(answer, library)
    return answer


FIRST, SECOND = NOTES.format(day="3 May 2031"), NOTES.format(day="9 May 2031").replace("Notes", "Report")


def differing(answer: Answer) -> list[str]:
    return [note for note in answer.notes if note.startswith("The records differ")]


def test_both_figures_are_quoted_and_the_later_record_is_named(tmp_path: Path) -> None:
    answer = asked(tmp_path, notes=FIRST, report=SECOND.replace("240,000", "260,000"))
    assert {"240,000", "260,000"} <= set(answer.text.split())
    [(one, other)] = answer.differs
    assert answer_json(answer)["differs"] == [[one, other]]
    quoted = {citation.number: citation.quote for citation in answer.citations}
    words = f"{quoted[one]} {quoted[other]}".split()
    assert {word for word in words if "000" in word} == {"240,000", "260,000"}
    [note] = differing(answer)
    assert "has 240,000" in note and "has 260,000" in note
    assert note.endswith("the later one is Report of the Pilot Board of Selby.")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("240,000", "240,000"),  # the same
        ("240,000", "240000"),  # the same, written otherwise
        ("new pilot boat", "new survey boat"),  # of another thing
        ("the outer harbour", "the inner harbour"),  # of another place
        ("9 May 2031", "9 May 2032"),  # of another year
        ("will cost 240,000", "may never cost 260,000"),  # not in the same words
    ],
)
def test_nothing_is_said_where_the_records_do_not_disagree(tmp_path: Path, old: str, new: str) -> None:
    changed = SECOND.replace("240,000", "260,000") if "240,000" not in old else SECOND
    answer = asked(tmp_path, notes=FIRST, report=changed.replace(old, new))
    assert answer.answered and not differing(answer) and not answer.differs


def test_numbers_of_things_and_formulas_do_not_disagree(tmp_path: Path) -> None:
    line = "The board adopted amendment {n} to the harbour rules of Selby without any further debate that day."
    named = {f"m{n}": f"Minutes {n} of the Board\n\n{n} May 2031\n\n{line.format(n=n)}\n" for n in (4, 6)}
    assert not differing(asked(tmp_path, question="Was the amendment to the harbour rules adopted?", **named))
    line = "The harbour of Selby was entered by {n} ships that came from ports of the northern coast alone."
    (tmp_path / "more").mkdir()
    of_many = {f"w{n}": f"Week {n} of the Board\n\n{n} May 2031\n\n{line.format(n=n * 7)}\n" for n in (4, 6, 8)}
    assert not differing(asked(tmp_path / "more", question="How many ships entered the harbour?", **of_many))


def test_opposite_outcomes_disagree(tmp_path: Path) -> None:
    line = "The request of the ferry company for a second berth at the east quay was {ended} by the board."
    answer = asked(
        tmp_path, question="What became of the request for a second berth?",
        notes=f"Notes\n\n3 May 2031\n\n{line.format(ended='approved')}\n",
        minutes=f"Minutes\n\n3 May 2031\n\n{line.format(ended='rejected')}\n",
    )  # fmt: skip
    assert "approved" in answer.text and "rejected" in answer.text and differing(answer)
