"""Answers, hits and reports as JSON, in the shapes that programs rely on; answers as text for models that read them.

Each shape is written down once, as a typed dictionary, by which command line, HTTP and MCP give and describe it.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, cast

from typing_extensions import TypedDict  # pydantic describes no other before Python 3.12

from ..vectorstore.passage import Document, Hit, Listing, Locator
from ..vectorstore.structure import Outcome, Structure
from .answer import Answer, Citation, Remark, Sentence, Version
from .answering.kinds.statements import Statement
from .tools.checking.folding import Fold
from .tools.checking.verdicts import Checked, Finding, Kind, Reason, Verdict, Wrong
from .tools.citations.portable import Resolved, Target, address, identifier, target
from .tools.citations.styles import cited_one

if TYPE_CHECKING:
    from ..ingest.ingest import IngestReport
    from .tools.align import Paragraph
    from .tools.compare import Comparison, Wording


class DocumentOut(TypedDict):
    """A document as a citation names it. `source` is the path or address as ingested, `date` ISO 8601, maybe a year."""

    id: str
    title: str
    source: str
    symbol: str | None
    date: str | None


class ListedOut(DocumentOut):
    """A document of the library. `state` is read, findable (by words) or embedded (by meaning too).

    `omitted` is what of the file is not in the text, `versions` are the ids of the same document in other languages.
    """

    meeting: str | None
    body: str | None
    session: str | None
    agenda_item: str | None
    author: str | None
    publisher: str | None
    language: str | None
    url: str | None
    media_type: str
    pages: int
    characters: int
    passages: int
    state: Literal["read", "findable", "embedded"]
    omitted: "list[OmissionOut]"
    versions: list[str]


class LocatorOut(TypedDict):
    """How people cite a place, as printed in the document; null where it does not apply.

    `part` is what a paragraph is one of ("draft resolution I"), `time` a time code, `item` an id of the document's
    structure. `certainty` is that of the machine that read the page off a picture, 0 to 1; null for other text.
    """

    page: str | None
    paragraph: str | None
    speaker: str | None
    section: str | None
    part: str | None
    time: str | None
    item: str | None
    certainty: float | None


class HitOut(TypedDict):
    """A passage found; `start` and `end` are character offsets into the document's text."""

    passage_id: str
    document: DocumentOut
    text: str
    start: int
    end: int
    locator: LocatorOut
    score: float


class VersionOut(TypedDict):
    """A document in another language; the same paragraph stands from `start` to `end`, null where it is not certain."""

    document_id: str
    language: str | None
    start: int | None
    end: int | None


class CitationOut(TypedDict):
    """An exact quote: `quote` is the document's text from `start` to `end`; `versions` have it in other languages.

    `identifier` names the place so that it is found again after a re-reading, `target` is that of a web annotation,
    `url` opens the place in a browser, null for what is not on the web.
    """

    number: int
    document: DocumentOut
    quote: str
    start: int
    end: int
    locator: LocatorOut
    label: str
    versions: list[VersionOut]
    identifier: str
    target: Target
    url: str | None


class CitedOut(TypedDict):
    """A citation in a style: `text` bears no quote, and nothing of it is shortened."""

    citation: CitationOut
    style: str
    text: str


class ResolvedOut(TypedDict):
    """Where the words of an identifier stand; "orphan" where the text has changed or is not in the library."""

    identifier: str
    state: Literal["found", "orphan"]
    places: list[CitationOut]


class SentenceOut(TypedDict):
    """A sentence of an answer, with the numbers of the citations that carry it; `side` of a comparison it tells."""

    text: str
    citations: list[int]
    supported: bool
    side: str | None


class TimingOut(TypedDict):
    """Seconds."""

    retrieve: float
    answer: float
    total: float


class UsageOut(TypedDict):
    """What a language model was asked: calls, and tokens as its service counts them, 0 where it does not say."""

    calls: int
    input_tokens: int
    output_tokens: int


class RemarkOut(TypedDict):
    """What people must know of an answer: a code, and what its text names."""

    code: str
    params: dict[str, str]


class RefusalOut(RemarkOut):
    """Why a question is not answered; `also` of its params is the code of what is added to it."""


class AnswerOut(TypedDict):
    """A cited answer, or a refusal: `answered` false, no citations, up to three `nearest` passages as not an answer.

    `differs` are the numbers of citations between which records disagree, by pairs; a remark says in what.
    """

    question: str
    standalone_question: str
    answered: bool
    status: Literal["answered", "nearest", "refused"]
    refusal: RefusalOut | None
    text: str
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    differs: list[list[int]]
    nearest: list[HitOut]
    mode: Literal["quotes", "model"]
    model: str | None
    seconds: TimingOut
    notes: list[str]
    remarks: list[RemarkOut]
    language: str | None
    usage: UsageOut | None


class StatementOut(TypedDict):
    """What a speaker says in one go: `text` is the document's from `start` to `end`, `heading` that of its item."""

    document: DocumentOut
    speaker: str
    heading: str | None
    text: str
    start: int
    end: int
    locator: LocatorOut


class StatementsOut(TypedDict):
    """Statements of those whose name fits, `speakers`, in order; `total` counts them all, in so many `records`."""

    speakers: list[str]
    total: int
    records: int
    statements: list[StatementOut]
    offset: int
    next: str | None


class HitsOut(TypedDict):
    """Passages, best first."""

    query: str
    hits: list[HitOut]
    seconds: float


class DifferenceOut(TypedDict):
    """Words of a record, and those that a draft has in their place; either may be empty."""

    record: str
    draft: str


class FindingOut(TypedDict):
    """One claim of a draft and what the records say to it; `start` and `end` count in the draft's `text`.

    `places` are where it stands, the source that the draft names first, else the newest; of words that differ, where
    the record's stand. `record` is what the record has, `differences` word by word; `joined` where words of two places
    are quoted as one. `wrong` is what it is attributed to wrongly, `said` as what. `folded` was taken as equal.
    `suggested` is a citation for what bears none. `reason` is why it cannot be checked. `taken_for` is the record that
    an unknown symbol was taken for.
    """

    kind: Kind
    verdict: Verdict
    start: int
    end: int
    text: str
    places: list[CitationOut]
    record: str | None
    differences: list[DifferenceOut]
    joined: bool
    wrong: Wrong | None
    said: str | None
    folded: list[Fold]
    suggested: str | None
    reason: Reason | None
    taken_for: str | None


class CheckedOut(TypedDict):
    """A draft held against the records: its canonical text, what it claims, and how much of that is to be mended."""

    source: str
    text: str
    faults: int
    counts: dict[Verdict, int]
    findings: list[FindingOut]


class PartOut(TypedDict):
    """A stretch of a document's text."""

    start: int
    end: int
    text: str


class TextOut(TypedDict):
    """A document's stored text, or parts of it."""

    document: DocumentOut
    parts: list[PartOut]


class TurnOut(TypedDict):
    """What a speaker says in one go: `speaker` is whom one would cite, `label` as printed, `time` a time code."""

    speaker: str
    label: str
    start: int
    end: int
    time: str | None
    item: str | None


class ParagraphOut(TypedDict):
    """A numbered paragraph; `part` is what it is a paragraph of, where that is not the record itself."""

    number: str
    part: str | None
    start: int
    end: int


class HeadingOut(TypedDict):
    """A heading's path, joined by " > ", and the span that stands under it."""

    text: str
    level: int
    start: int
    end: int


class PageOut(TypedDict):
    """A page, by its printed label."""

    label: str
    start: int
    end: int


class ItemOut(TypedDict):
    """A matter that a record deals with, and who brought it."""

    id: str
    kind: str
    heading: str
    number: str | None
    start: int
    end: int
    parent: str | None
    movers: list[str]
    seconders: list[str]
    sponsors: list[str]
    additional_sponsors: list[str]


_VotersOut = TypedDict("_VotersOut", {"for": list[str], "against": list[str], "abstained": list[str]})
_CountsOut = TypedDict("_CountsOut", {"for": int | None, "against": int | None, "abstained": int | None})


class OutcomeOut(_CountsOut):
    """What became of an item, by its id; of a vote the counts, and the names by side."""

    item: str | None
    kind: str
    text: str
    start: int
    end: int
    names: _VotersOut
    owner: str | None
    due: str | None


class OmissionOut(TypedDict):
    """What of a file is not in the text."""

    what: str
    count: int
    where: str


class StructureOut(TypedDict):
    """What a document consists of; every `start` and `end` is a character offset into `text`."""

    document: DocumentOut
    text: str
    title: str
    date: str | None
    body: str | None
    symbol: str | None
    language: str | None
    turns: list[TurnOut]
    paragraphs: list[ParagraphOut]
    headings: list[HeadingOut]
    pages: list[PageOut]
    items: list[ItemOut]
    outcomes: list[OutcomeOut]
    omitted: list[OmissionOut]


class ComparedOut(TypedDict):
    """A paragraph of one of two texts that are compared: `number` is its own ("2 (a)"), null where it has none."""

    start: int
    end: int
    text: str
    kind: str
    number: str | None
    locator: LocatorOut


class WordingOut(TypedDict):
    """Some words of a paragraph, and what became of them."""

    how: Literal["kept", "dropped", "added"]
    text: str


class RowOut(TypedDict):
    """A paragraph as it stood and as it stands; `old` is null for a new one, `new` for one that was dropped."""

    way: Literal["same", "changed", "new", "dropped"]
    moved: bool
    renumbered: bool
    old: ComparedOut | None
    new: ComparedOut | None
    wording: list[WordingOut]


class ComparisonOut(TypedDict):
    """What became of the paragraphs of a text, in the order of the new one; `counts` says how many of each kind."""

    old: DocumentOut
    new: DocumentOut
    counts: dict[str, int]
    rows: list[RowOut]


class StandingOut(TypedDict):
    """A paragraph, and the earliest of the unbroken run of documents of its series that holds its wording."""

    paragraph: ComparedOut
    since: DocumentOut


class SeriesOut(TypedDict):
    """Since when each paragraph of a document stands as it does."""

    document: DocumentOut
    paragraphs: list[StandingOut]


class FailureOut(TypedDict):
    """A document that could not be read, and why."""

    source: str
    error: str


class NoteOut(TypedDict):
    """A document of which a part could not be read, and which."""

    source: str
    note: str


class OmittedOut(OmissionOut):
    """What of a document is not in its text."""

    source: str


class ReportOut(TypedDict):
    """What an ingest did; `documents` and `passages` count the whole library."""

    added: int
    updated: int
    unchanged: int
    removed: int
    failed: list[FailureOut]
    notes: list[NoteOut]
    omitted: list[OmittedOut]
    skipped: list[str]
    duplicates: list[str]
    documents: int
    passages: int
    seconds: float


def document_json(document: Document | Listing) -> DocumentOut:
    """What a citation says of its document."""
    return cast(DocumentOut, _facts(document, DocumentOut))


def listed_json(listing: Listing) -> ListedOut:
    """The line of a table of contents."""
    more = {"omitted": [asdict(each) for each in listing.omitted], "versions": list(listing.versions)}
    return cast(ListedOut, _facts(listing, ListedOut) | more)


def locator_json(locator: Locator) -> LocatorOut:
    """Page, paragraph, speaker and section; null where it does not apply."""
    return cast(LocatorOut, _facts(locator, LocatorOut))


def _facts(value: object, shape: type) -> dict[str, Any]:
    """What a shape names of a value that bears the same names."""
    return {name: getattr(value, name) for name in shape.__annotations__}


def structure_json(document: Document, structure: Structure) -> StructureOut:
    """A document's text and what it consists of."""
    return cast(StructureOut, {
        "document": document_json(document), "text": document.text, "title": document.title, "date": document.date,
        "body": document.body, "symbol": document.symbol, "language": document.language,
        **asdict(structure), "outcomes": list(map(_outcome_json, structure.outcomes)),
    })  # fmt: skip


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    sides = {"for": "votes_for", "against": "votes_against", "abstained": "abstained"}
    plain = ("item", "kind", "text", "start", "end", "owner", "due")
    return {
        **{name: getattr(outcome, name) for name in plain},
        **{side: getattr(outcome, name) for side, name in sides.items()},
        "names": {side: getattr(outcome, f"names_{side}") for side in sides},
    }


def comparison_json(comparison: "Comparison") -> ComparisonOut:
    """What became of the paragraphs of a text."""
    return {
        "old": document_json(comparison.old),
        "new": document_json(comparison.new),
        "counts": comparison.counts,
        "rows": [
            {
                "way": row.way, "moved": row.moved, "renumbered": row.renumbered,
                "old": _compared_json(row.old) if row.old else None,
                "new": _compared_json(row.new) if row.new else None,
                "wording": [{"how": each.how, "text": each.text} for each in row.wording],
            }
            for row in comparison.rows
        ],
    }  # fmt: skip


def series_json(document: Document | Listing, since: "Iterable[tuple[Paragraph, Listing]]") -> SeriesOut:
    """Since when each paragraph of a document stands."""
    standing = [{"paragraph": _compared_json(each), "since": document_json(first)} for each, first in since]
    return {"document": document_json(document), "paragraphs": cast(list[StandingOut], standing)}


def _compared_json(paragraph: "Paragraph") -> ComparedOut:
    plain = {name: getattr(paragraph, name) for name in ("start", "end", "text", "kind", "number")}
    return cast(ComparedOut, plain | {"locator": locator_json(paragraph.locator)})


def hit_json(hit: Hit) -> HitOut:
    """A passage found."""
    return {
        "passage_id": hit.passage.id,
        "document": document_json(hit.document),
        "text": hit.passage.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "locator": locator_json(hit.passage.locator),
        "score": round(hit.score, 6),
    }


def hits_json(query: str, hits: Iterable[Hit], seconds: float) -> HitsOut:
    """What a search found."""
    return {"query": query, "hits": [hit_json(hit) for hit in hits], "seconds": round(seconds, 4)}


def citation_json(citation: Citation) -> CitationOut:
    """A quote and where it stands."""
    return {
        "number": citation.number,
        "document": document_json(citation.document),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "locator": locator_json(citation.locator),
        "label": citation.label,
        "versions": list(map(version_json, citation.versions)),
        "identifier": identifier(citation),
        "target": target(citation),
        "url": address(citation),
    }


def version_json(version: Version) -> VersionOut:
    """A document in another language, and where it has the same paragraph."""
    start, end = version.place or (None, None)
    return {"document_id": version.document.id, "language": version.document.language, "start": start, "end": end}


def cited_json(citation: Citation, style: str, structure: Structure | None = None) -> CitedOut:
    """A citation in a style; its address leads to the page of a PDF where its `structure` is given."""
    told = {**citation_json(citation), "url": address(citation, structure)}
    return {"citation": cast(CitationOut, told), "style": style, "text": cited_one(citation, style)}


def resolved_json(resolved: Resolved) -> ResolvedOut:
    """Where the words of an identifier stand."""
    return {
        "identifier": resolved.identifier, "state": resolved.state,
        "places": [citation_json(place) for place in resolved.places],
    }  # fmt: skip


def sentence_json(sentence: Sentence) -> SentenceOut:
    """A sentence of an answer."""
    return {
        "text": sentence.text, "citations": list(sentence.citations), "supported": sentence.supported,
        "side": sentence.side,
    }  # fmt: skip


def statement_json(statement: Statement) -> StatementOut:
    """What a speaker says in one go."""
    return {
        "document": document_json(statement.document), "speaker": statement.speaker, "heading": statement.heading,
        "text": statement.text, "start": statement.start, "end": statement.end,
        "locator": locator_json(statement.locator),
    }  # fmt: skip


def remark_json(remark: Remark) -> RemarkOut:
    """A remark or a refusal."""
    return {"code": remark.code, "params": dict(remark.params)}


def answer_json(answer: Answer) -> AnswerOut:
    """An answer or a refusal."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answered": answer.answered,
        "status": answer.status,
        "refusal": remark_json(answer.refusal) if answer.refusal else None,
        "text": answer.text,
        "sentences": [sentence_json(sentence) for sentence in answer.sentences],
        "citations": [citation_json(citation) for citation in answer.citations],
        "differs": [list(pair) for pair in answer.differs],
        "nearest": [hit_json(hit) for hit in answer.nearest],
        "mode": cast(Literal["quotes", "model"], answer.mode),
        "model": answer.model,
        "seconds": {
            "retrieve": round(answer.seconds.retrieve, 4),
            "answer": round(answer.seconds.answer, 4),
            "total": round(answer.seconds.total, 4),
        },
        "notes": list(answer.notes),
        "remarks": [remark_json(each) for each in answer.remarks],
        "language": answer.language,
        "usage": None
        if answer.usage is None
        else {
            "calls": answer.usage.calls,
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
        },
    }


def finding_json(finding: Finding) -> FindingOut:
    """A claim of a draft, and what the records say to it."""
    differences: list[DifferenceOut] = [{"record": each.record, "draft": each.draft} for each in finding.differences]
    return {
        "kind": finding.kind,
        "verdict": finding.verdict,
        "start": finding.start,
        "end": finding.end,
        "text": finding.text,
        "places": [citation_json(place) for place in finding.places],
        "record": finding.record,
        "differences": differences,
        "joined": finding.joined,
        "wrong": finding.wrong,
        "said": finding.said,
        "folded": list(finding.folded),
        "suggested": finding.suggested,
        "reason": finding.reason,
        "taken_for": finding.taken_for,
    }


def checked_json(checked: Checked) -> CheckedOut:
    """A draft held against the records."""
    return {
        "source": checked.source,
        "text": checked.text,
        "faults": len(checked.faults),
        "counts": checked.counts,
        "findings": [finding_json(finding) for finding in checked.findings],
    }


def report_json(report: "IngestReport") -> ReportOut:
    """What an ingest did."""
    return {
        "added": report.added, "updated": report.updated, "unchanged": report.unchanged, "removed": report.removed,
        "failed": [{"source": failure.source, "error": failure.error} for failure in report.failed],
        "notes": [{"source": note.source, "note": note.note} for note in report.notes],
        "omitted": [
            {"source": source, "what": each.what, "count": each.count, "where": each.where}
            for source, each in report.omitted
        ],
        "skipped": list(report.skipped), "duplicates": list(report.duplicates),
        "documents": report.documents, "passages": report.passages,
        "seconds": report.seconds,
    }  # fmt: skip


def answer_text(answer: Answer) -> str:
    """An answer as text that stands alone: its sentences, then each quote with where it stands."""
    quotes = "\n".join(f"[{c.number}] {c.label}: “{c.quote}”" for c in answer.citations)
    return f"{answer.text}\n\n{quotes}".strip()


def comparison_text(comparison: "Comparison") -> str:
    """What changed between two texts, as text: words that came in {+ +}, words that went in [- -]."""
    lines = [
        f"{comparison.old.name} -> {comparison.new.name}",
        ", ".join(f"{count} {what}" for what, count in comparison.counts.items() if count),
    ]
    for row in comparison.changes:
        numbers = dict.fromkeys(side.number or "-" for side in (row.old, row.new) if side)
        way = " and ".join([*(["moved"] if row.moved else []), *([row.way] if row.way != "same" else [])])
        words = "".join(map(_in_marks, row.wording))
        lines.append(f"{way} ({' -> '.join(numbers)}): {words}")
    return "\n\n".join(lines)


def _in_marks(wording: "Wording") -> str:
    """Words between the marks of what became of them, the white space before them outside."""
    opening, closing = {"kept": ("", ""), "added": ("{+", "+}"), "dropped": ("[-", "-]")}[wording.how]
    space, words = wording.parted
    return f"{space}{opening}{words}{closing}"
