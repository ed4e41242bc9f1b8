"""Where the other languages of a record say what a citation quotes."""

from dataclasses import replace
from string import ascii_lowercase

from ...ingest.structure.places import ABJAD
from ...vectorstore.passage import Document
from ...vectorstore.store import Store
from ...vectorstore.structure import NumberedParagraph
from ..answer import Answer, Citation, Version

_LATIN = dict(zip(map(ord, ABJAD), ascii_lowercase, strict=False))


def versions_of(store: Store, document: Document) -> list[Document]:
    """A document in its other languages, by language."""
    return [other for key in _kept(store).get(document.id, ()) if (other := store.document(key))]


def are_versions(store: Store, one: Document, other: Document) -> bool:
    """Whether two documents are one in two languages."""
    return other.id in _kept(store).get(one.id, ())


def _kept(store: Store) -> dict[str, tuple[str, ...]]:
    return store.derived("versions", lambda: {each.id: each.versions for each in store.listings()})


def with_versions(store: Store, answer: Answer) -> Answer:
    """An answer whose citations tell the same paragraph in the other languages of their records."""
    return replace(answer, citations=tuple(_with_versions(store, each) for each in answer.citations))


def _with_versions(store: Store, citation: Citation) -> Citation:
    others = versions_of(store, citation.document)
    return replace(citation, versions=tuple(version_in(store, citation, other) for other in others))


def version_in(store: Store, citation: Citation, other: Document) -> Version:
    """A version with the paragraph, or the sub-paragraph, of the citation's number, which translations keep; where
    either record has several of that number, with the paragraph over it."""
    here, there = _numbered(store, citation.document), _numbered(store, other)
    around = [number for number, each in here.items() if each.start <= citation.start < each.end]
    for number in reversed(around):
        if same := there.get(number):
            return Version(document=other, place=(same.start, same.end))
    return Version(document=other, place=None)


def _numbered(store: Store, document: Document) -> dict[str, NumberedParagraph]:
    """The paragraphs of a record by number, with Latin letters, each before those within it; what a footnote parts is
    one. None whose number several have, and none of drafts or annexes, which are numbered anew."""
    found: dict[str, list[NumberedParagraph]] = {}
    last: dict[int, str] = {}
    for each in store.structure(document.id).paragraphs:
        number = each.number.translate(_LATIN)
        depth = number.count("(")
        if last.get(depth) == number and number in found:
            found[number][-1] = replace(found[number][-1], end=each.end)
        else:
            found.setdefault(number, []).append(each)
        last[depth] = number
    return {number: same[0] for number, same in found.items() if len(same) == 1 and same[0].part is None}
