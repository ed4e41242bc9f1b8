"""What changed between two records: the changed paragraphs quoted, under the name of the record they stand in."""

from collections.abc import Sequence
from dataclasses import replace

from ....vectorstore.passage import Document
from ....vectorstore.store import Store
from ...query import kinds
from ...query.parse import Query
from ...tools.align import Paragraph
from ...tools.compare import Row, compare, text_of
from ..candidates import asking_stems
from ..quoted import Quoted

MAX_CHANGES = 6
MIN_WORDS = 8


def changes(store: Store, query: Query) -> Quoted | None:
    """What changed between the two records that a question names, on the subject it names; None where it does not ask
    for that, or nothing did."""
    named = query.references.documents
    if len(named) != 2 or not kinds.wants_changes(query.text):
        return None
    documents = sorted(filter(None, map(store.document, named)), key=lambda each: each.date or "")
    if len(documents) != 2:
        return None
    old, new = documents
    found = compare(*(text_of(each, store.passages_of(each.id)) for each in (old, new)))
    told = _on(store, _subject(store, query, old, new), [row for row in found.changes if _is_telling(row)])
    quoted = Quoted()
    for row in told[:MAX_CHANGES]:
        for document, paragraph in ((old, row.old), (new, row.new)):
            if paragraph:
                _add(store, quoted, document, paragraph)
    if not quoted.citations:
        return None
    code = "changes" if len(told) <= MAX_CHANGES else "changes.first"
    quoted.remark(code, **found.counts, shown=MAX_CHANGES, found=len(told))
    quoted.remark("changes.all", old_id=old.id, new_id=new.id)
    return quoted


def _is_telling(row: Row) -> bool:
    """Whether a change is of the text itself, and of more than its numbers; headings, notes and lines of a few words
    tell nothing by themselves."""
    side = row.new or row.old
    if side is None or row.way == "same" or side.kind in ("heading", "footnote") or len(side.words.split()) < MIN_WORDS:
        return False
    return any(any(map(str.isalpha, each.text)) for each in row.wording if each.how != "kept")


def _on(store: Store, stems: set[str], rows: Sequence[Row]) -> Sequence[Row]:
    """The changes that hold the most of a subject's stems; all of them where there is no subject."""
    if not stems:
        return rows
    held = [len(stems & set(store.lexical.words(_said(row)))) for row in rows]
    return [row for row, count in zip(rows, held, strict=True) if count and count == max(held)]


def _said(row: Row) -> str:
    return " ".join(side.words for side in (row.old, row.new) if side)


def _subject(store: Store, query: Query, *named: Document) -> set[str]:
    """The stems of what the changes asked for are about, beyond what asks and what names the records; none in another
    language than theirs."""
    if query.language and any(each.language != query.language for each in named):
        return set()
    names = " ".join(part for each in named for part in (each.symbol, each.title, each.date) if part)
    asking = " ".join(kinds.words_of("changes"))
    return set(query.content_words) - asking_stems(store) - set(store.lexical.words(f"{names} {asking}"))


def _add(store: Store, quoted: Quoted, document: Document, paragraph: Paragraph) -> None:
    before = len(quoted.sentences)
    quoted.add(store, document, paragraph.start, paragraph.end)
    quoted.sentences[before:] = [replace(each, side=document.name) for each in quoted.sentences[before:]]
