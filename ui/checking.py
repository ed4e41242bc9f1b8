"""What is told of a checked draft, in the words of a language: in a terminal, on the page, in Markdown and in Word."""

from collections.abc import Iterator

from ..rag.tools.checking.verdicts import Checked, Finding, Verdict
from ..vectorstore.markup import plain
from .page.words import Words

SIGNS: dict[Verdict, str] = {"exact": "✓", "differs": "≠", "misattributed": "⇄", "not found": "✗", "unchecked": "?"}
"""A sign for each verdict, so that colour alone tells none."""


def heading(finding: Finding, words: Words) -> str:
    """The verdict on a claim and what kind of claim it is: "≠ Differs (quotation)"."""
    verdict, kind = words(f"check.verdict.{finding.verdict}"), words(f"check.kind.{finding.kind}")
    return f"{SIGNS[finding.verdict]} {verdict} ({kind})"


def told(finding: Finding, words: Words) -> Iterator[str]:
    """What the records say to a claim, a sentence each."""
    labels = [place.label for place in finding.places]
    if finding.wrong:
        record = words(f"check.side.{finding.record}") if finding.kind == "vote" else finding.record or ""
        label = labels[0] if labels else ""
        yield words(f"check.wrong.{finding.wrong}", said=finding.said or "", label=label, record=record)
    if finding.verdict == "differs":
        yield from _differing(finding, words)
    if finding.taken_for:
        yield words("check.taken_for", symbol=finding.taken_for)
    if finding.reason:
        yield words(f"check.reason.{finding.reason}")
    if labels:
        yield labels[0]
    if len(labels) > 1:
        yield words.counted("check.places", len(labels) - 1)
    if finding.folded:
        yield words("check.folded", folds=", ".join(words(f"check.fold.{fold}") for fold in finding.folded))
    if finding.suggested:
        yield words("check.cite", label=finding.suggested)


def _differing(finding: Finding, words: Words) -> Iterator[str]:
    if finding.joined:
        yield words("check.joined")
    elif finding.differences:
        for each in finding.differences:
            key = "instead" if each.record and each.draft else "left_out" if each.record else "added"
            yield words(f"check.{key}", record=plain(each.record), draft=plain(each.draft))
    yield words("check.record", record=plain(finding.record or ""))


def summary(checked: Checked, words: Words) -> str:
    """How much there is to mend, and how many findings there are of each verdict."""
    if not checked.findings:
        return words("check.nothing")
    faults = len(checked.faults)
    counts = checked.counts
    each = ", ".join(f"{SIGNS[key]} {words(f'check.verdict.{key}')} {counts[key]}" for key in SIGNS if key in counts)
    return f"{words.counted('check.faults', faults) if faults else words('check.clean')} ({each})"


def line_of(checked: Checked, finding: Finding) -> int:
    """The line of the draft's text that a claim begins in, from 1."""
    return checked.text.count("\n", 0, finding.start) + 1


def as_markdown(checked: Checked, words: Words) -> str:
    """The findings as a list in Markdown, in the order of the draft."""
    lines = [summary(checked, words), ""]
    for finding in checked.findings:
        lines.append(f"- **{heading(finding, words)}**, {words('check.line', line=line_of(checked, finding))}: ")
        lines[-1] += _inert(finding.text)
        lines += [f"  - {_inert(sentence)}" for sentence in told(finding, words)]
    return "\n".join(lines) + "\n"


def _inert(text: str) -> str:
    """Text that means no mark-up, in one line."""
    marks = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})
    return " ".join(text.translate(marks).split())
