"""Where a person accepts proposals of cases: one by one in a terminal, or in a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...vectorstore.errors import InputError
from ...vectorstore.markup import plain
from ..case import Case, case_json, read_jsonl
from ..kept import write_whole

_COLUMNS = (
    "accepted", "id", "kind", "question", "key_facts", "source", "quote", "paragraph", "speaker", "section",
    "answerable", "note",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def accept(drafts: Sequence[Case], read: Callable[[str], str], show: Callable[[str], None]) -> Iterator[Case]:
    """Asks of each draft whether it is to be kept; yields those that are, edited where the person does so.

    Args:
        drafts: proposals.
        read: asks a person for a line; an EOFError ends.
        show: shows a text to them.
    """
    for number, case in enumerate(drafts, start=1):
        show(_shown(case, number, len(drafts)))
        answer = _asked(read)
        if answer == "q":
            return
        if answer == "e":
            yield _edited(case, read)
        elif answer == "y":
            yield _settled(case)


def _asked(read: Callable[[str], str]) -> str:
    while True:
        try:
            answer = read("keep it? [y]es, [n]o, [e]dit, [q]uit: ").strip().casefold()[:1]
        except EOFError:
            return "q"
        if answer in ("y", "n", "e", "q"):
            return answer


def _edited(case: Case, read: Callable[[str], str]) -> Case:
    """The case with another question and other facts, where a person gives some; an empty line keeps what is there."""
    question = read(f"question [{case.question}]: ").strip() or case.question
    facts = read(f"facts that must be in the answer, set apart by ; [{'; '.join(case.key_facts)}]: ").strip()
    given = tuple(part.strip() for part in facts.split(";") if part.strip()) if facts else case.key_facts
    return _settled(case.model_copy(update={"question": question, "key_facts": given}))


def _settled(case: Case) -> Case:
    return case.model_copy(update={"note": ""}) if case.note == "draft" else case


def _shown(case: Case, number: int, count: int) -> str:
    lines = [f"\n{number} of {count}, {case.kind}", f"  {case.question}"]
    lines += [f"  “{plain(gold.quote)}”\n    {gold.doc}" for gold in case.evidence]
    lines += [f"  must hold: {'; '.join(case.key_facts)}"] if case.key_facts else []
    lines += ["  to be refused"] if not case.answerable else []
    lines += [f"  note: {case.note}"] if case.note not in ("", "draft") else []
    return "\n".join(lines)


def add_to(path: Path, accepted: Sequence[Case]) -> int:
    """Adds cases to a file of JSON lines, the earlier ones kept; returns how many the file then holds.

    Ids that are taken get a number behind them. Raises InputError.
    """
    there = read_jsonl(path) if path.exists() and path.stat().st_size else []
    taken = {case.id for case in there}
    for case in accepted:
        key, number = case.id, 2
        while key in taken:
            key, number = f"{case.id}-{number}", number + 1
        taken.add(key)
        there.append(case.model_copy(update={"id": key}))
    write_whole("".join(json.dumps(case_json(case), ensure_ascii=False) + "\n" for case in there), path)
    return len(there)


def write_sheet(path: Path, drafts: Sequence[Case]) -> None:
    """Writes drafts as CSV, for a person to put "yes" into the column `accepted`; `readers.cases` reads it then.

    Raises InputError: there is a file of that name already, which may hold somebody's work.
    """
    if path.exists():
        raise InputError(f"{path} is there already; name another file, or delete it")
    text = io.StringIO()
    rows = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    rows.writeheader()
    for case in drafts:
        gold = case.evidence[0] if case.evidence else None
        rows.writerow(
            {
                "accepted": "", "id": case.id, "kind": case.kind, "question": _inert(case.question),
                "key_facts": "; ".join(fact.replace(";", ",") for fact in case.key_facts),
                "source": gold.doc if gold else "", "quote": _inert(gold.quote) if gold else "",
                "paragraph": (gold.locator.paragraph if gold else "") or "",
                "speaker": (gold.locator.speaker if gold else "") or "",
                "section": (gold.locator.section if gold else "") or "",
                "answerable": "yes" if case.answerable else "no", "note": case.note,
            }
        )  # fmt: skip
    write_whole("\ufeff" + text.getvalue(), path)


def _inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f" {text}" if text.startswith(_FORMULA) else text
