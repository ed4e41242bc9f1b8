"""What checking a draft tells: a verdict on each thing it claims, with the places that bear it out."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from ...answer import Citation
from .folding import Difference, Fold

Kind = Literal["quotation", "symbol", "paragraph", "date", "figure", "count", "vote", "outcome", "sponsor"]
Verdict = Literal["exact", "differs", "misattributed", "not found", "unchecked"]
Wrong = Literal["speaker", "document", "paragraph", "state"]
Reason = Literal["short", "no document", "not recorded", "several"]
"""Why something cannot be checked: too short to tell; the draft names no record; the record does not tell it; it tells
several of the kind."""
FAULTS: tuple[Verdict, ...] = ("differs", "misattributed", "not found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim of a draft, `text == draft[start:end]`, and what the records say to it.

    `places` are where it stands, the source that the draft names first, else the newest; of words that differ, where
    those of the record stand. `record` is what the record has in their place, `differences` word by word. `wrong` is
    what a claim is attributed to wrongly, and `said` as what. `folded` is what was taken as equal. `suggested` is the
    citation that the draft might bear, where it bears none. `reason` is why it cannot be checked. `taken_for` names the
    record that an unknown symbol was taken for.
    """

    kind: Kind
    start: int
    end: int
    text: str
    verdict: Verdict
    places: tuple[Citation, ...] = ()
    record: str | None = None
    differences: tuple[Difference, ...] = ()
    wrong: Wrong | None = None
    said: str | None = None
    folded: tuple[Fold, ...] = ()
    joined: bool = False
    suggested: str | None = None
    reason: Reason | None = None
    taken_for: str | None = None

    @property
    def is_fault(self) -> bool:
        """Whether the draft is to be mended here."""
        return self.verdict in FAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A draft with what was found of it, in its order; `text` is its canonical text, which offsets count in."""

    source: str
    text: str
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is to be mended."""
        return tuple(finding for finding in self.findings if finding.is_fault)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many findings there are of each verdict."""
        return dict(Counter(finding.verdict for finding in self.findings))
