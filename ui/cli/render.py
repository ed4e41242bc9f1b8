"""Answers, passages and reports as people read them in a terminal."""

import shutil
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...rag.answer import numbered
from ...rag.schema import comparison_text
from ...vectorstore.markup import plain
from ..checking import heading, line_of, summary, told

if TYPE_CHECKING:
    from ...ingest.ingest import IngestReport
    from ...rag import Answer, Hit, Listing, Sentence
    from ...rag.tools.align import Paragraph
    from ...rag.tools.checking.verdicts import Checked
    from ...rag.tools.compare import Comparison
    from ..http.keys import Key
    from ..page.words import Words
    from ..removal import Removed

_PASSAGE_CHARS = 420


def print_answer(
    answer: "Answer", labels: "Sequence[str] | None" = None, *, quiet: bool = False, by_line: bool = False
) -> None:
    """The answer, then where each quote stands; for a refusal the nearest passages. `by_line` begins a line with each
    of its sentences, `labels` are the citations in another style than the plain one."""
    sides = "\n\n".join(_side(*side) for side in answer.sides.items())
    lines = "\n".join(_wrapped(printable(numbered(sentence))) for sentence in answer.sentences) if by_line else ""
    print(sides or lines or _wrapped(printable(answer.text)))
    for citation, label in zip(answer.citations, labels or [each.label for each in answer.citations], strict=True):
        print(f"\n[{citation.number}] {printable(label)}")
        print(f"    {printable(Path(citation.document.source).name)}")
    if answer.nearest and not quiet:
        print("\nNearest passages, which are not an answer:")
        print_hits(answer.nearest)
    if not quiet:
        how = answer.model if answer.mode == "model" else "quotes only"
        print(f"\n{how}, {answer.seconds.total:.2f} s", file=sys.stderr)
        if answer.standalone_question.split() != answer.question.split():
            print(f"  searched for: {printable(answer.standalone_question)}", file=sys.stderr)
        # A refusal's first note is what its text says.
        for note in answer.notes[not answer.answered :]:
            print(f"  note: {printable(note)}", file=sys.stderr)


def _side(name: str, sentences: "Sequence[Sentence]") -> str:
    """A side of a comparison under its name."""
    return "\n".join([printable(name), *(_wrapped(printable(numbered(each)), indent="  ") for each in sentences)])


def print_checked(checked: "Checked", words: "Words") -> None:
    """Each claim of a draft with its verdict, the sound ones in one line."""
    for finding in checked.findings:
        line = words("check.line", line=line_of(checked, finding))
        print(_wrapped(printable(f"{line}: {heading(finding, words)}: {' '.join(finding.text.split())}")))
        for sentence in told(finding, words):
            print(_wrapped(printable(sentence), indent="    "))
    print(f"\n{printable(summary(checked, words))}")


def print_removed(removed: "Removed") -> None:
    """A line each; then which conversations quote what is gone."""
    for listing in removed.listings:
        print(f"Removed {printable(listing.title)} ({printable(listing.source)})")
    if removed.quoted_in:
        titles = ", ".join(f"“{printable(one.title)}” ({one.id})" for one in removed.quoted_in)
        done = "Taken out of" if removed.redacted else "Still quoted in"
        more = "" if removed.redacted else " onrecord remove --redact takes quotes out as well."
        print(f"{done} {len(removed.quoted_in)} conversations: {titles}.{more}", file=sys.stderr)
    if removed.kept and not removed.redacted:
        print(
            f"Still kept in notebooks: {removed.kept} quotes. onrecord remove --redact empties them.", file=sys.stderr
        )


def print_hits(hits: "Sequence[Hit]") -> None:
    """Passages, best first, with where they stand."""
    for number, hit in enumerate(hits, start=1):
        where = ", ".join(part for part in (hit.document.name, str(hit.passage.locator)) if part)
        print(f"\n{number}. {printable(where)}")
        print(
            _wrapped(
                textwrap.shorten(printable(plain(hit.passage.text)), _PASSAGE_CHARS, placeholder=" …"), indent="   "
            )
        )
    if not hits:
        print("Nothing found.")


def print_documents(listings: "Sequence[Listing]") -> None:
    """What the library holds, two lines a document."""
    for listing in listings:
        state = "" if listing.state == "embedded" else f", {listing.state} only"
        facts = [
            listing.id,
            listing.symbol,
            listing.date,
            f"{listing.pages} pages" if listing.pages else None,
            f"{listing.passages} passages{state}",
        ]
        print(printable(textwrap.shorten(listing.title, 110, placeholder=" …")))
        print(
            f"    {printable(Path(listing.source).name)}  ·  {printable('  ·  '.join(fact for fact in facts if fact))}"
        )
    if not listings:
        print("The library is empty. Add records: onrecord ingest FOLDER")


def print_comparison(comparison: "Comparison") -> None:
    """How many paragraphs became what, and what changed."""
    for paragraph in comparison_text(comparison).split("\n\n"):
        print(_wrapped(printable(paragraph)), end="\n\n")


def print_standing(since: "Sequence[tuple[Paragraph, Listing]]") -> None:
    """Each paragraph under the document since which it stands."""
    for paragraph, listing in since:
        print(f"\nsince {printable(listing.symbol or listing.title)}, {listing.date or 'no date'}")
        print(_wrapped(printable(plain(paragraph.text)), indent="  "))


def print_keys(keys: "Sequence[Key]", used: "Mapping[str, str]") -> None:
    """A line each; `used` is when each was last used."""
    for key in keys:
        expires = f", expires {key.expires}" if key.expires else ""
        last = f"last used {used[key.id]}" if key.id in used else "never used"
        state = f"revoked {key.revoked}" if key.revoked else f"since {key.created}{expires}, {last}"
        part = f" of {printable(', '.join(key.collections))}" if key.collections is not None else ""
        print(f"{key.id}  {printable(key.name)}  {', '.join(key.scopes)}{part}  {state}")
    if not keys:
        print("There are no keys; anyone who can reach a server may ask. Create one: onrecord keys create NAME")


def print_report(report: "IngestReport", *, quiet: bool = False) -> None:
    """What was read, and by name what could not be."""
    for failure in report.failed:
        print(f"{printable(failure.source)}: {printable(failure.error)}", file=sys.stderr)
    if quiet:
        return
    for note in report.notes:
        print(f"{printable(note.source)}: {printable(note.note)}", file=sys.stderr)
    if report.omitted:
        omitted: Counter[str] = Counter()
        for _, each in report.omitted:
            omitted[each.what] += each.count
        told = ", ".join(f"{printable(what)} ({count:,})" for what, count in omitted.most_common())
        print(f"Not in the texts: {told}. By document: onrecord documents --json", file=sys.stderr)
    if report.skipped:
        kinds = sorted({Path(source).suffix or "no ending" for source in report.skipped})
        print(f"Left out {len(report.skipped)} files of other types ({', '.join(kinds)}).", file=sys.stderr)
    changes = (
        (report.added, "added"), (report.updated, "updated"), (report.unchanged, "unchanged"),
        (report.removed, "removed"), (len(report.failed), "failed"),
    )  # fmt: skip
    what = ", ".join(f"{number} {change}" for number, change in changes if number) or "nothing to do"
    print(f"{what}. The library holds {report.documents} documents, {report.passages} passages. {report.seconds:.1f} s")


def print_grades(grades: dict[str, Any]) -> None:
    """A line a document, then a line a measure over all."""
    for document in grades["documents"]:
        marks = (f"{name} {mark['right']}/{mark['of']}" for name, mark in document["measures"].items())
        print(f"{printable(document['doc'])}  {'  '.join(marks)}")
    print()
    for name, mark in grades["measures"].items():
        print(f"{name:<15} {mark['share']:.3f}  {mark['right']} of {mark['of']}")


def print_places(shape: dict[str, Any]) -> None:
    """Shares of gold quotes placed right, and those that are not."""
    for name in ("right", "found", "whole", "paragraph", "speaker"):
        print(f"{name:<10} {shape[name]:.3f}")
    print(f"of {shape['n']} gold quotes")
    for wrong in shape["wrong"]:
        quote = textwrap.shorten(printable(plain(wrong["quote"])), 80, placeholder=" …")
        print(f"\n{wrong['case']}: “{quote}”\n    stands at: {printable(wrong['passage']) or 'no place'}")


def printable(text: str) -> str:
    """Text without control characters, which a file name or a record could send to the terminal."""
    return "".join(character if _is_harmless(character) else "�" for character in text)


def _is_harmless(character: str) -> bool:
    """Whether a terminal shows it, no-break spaces among it."""
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"


def _wrapped(text: str, indent: str = "") -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
