"""Where the other languages of a record say what a citation quotes."""

from dataclasses import replace

from ...vectorstore.passage import Document
from ...vectorstore.store import Store
from ..answer import Answer, Citation, Version


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
    """A version with the paragraph of the citation's number, which translations keep, where either has just one."""
    number, _, _ = (citation.locator.paragraph or "").partition(" (")
    here, there = (_numbered(store, each, number) for each in (citation.document, other))
    place = there if here and here[0] <= citation.start < here[1] else None
    return Version(document=other, place=place)


def _numbered(store: Store, document: Document, number: str) -> tuple[int, int] | None:
    """Where the one paragraph of a number stands; None where there is none, or several."""
    found = [each for each in store.passages_of(document.id) if number and each.locator.paragraph == number]
    if not found or found[-1].order - found[0].order != len(found) - 1 or any(each.locator.part for each in found):
        return None
    return found[0].start, found[-1].end
