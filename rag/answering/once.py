"""A fact that a record states in several languages is quoted once."""

from collections.abc import Sequence

from ...vectorstore.store import Store
from ..tools.align import paragraphs_of
from ..tools.translations import are_versions
from ..tools.versions import counterpart
from .candidates import Quotable


def each_once(store: Store, quotables: Sequence[Quotable], language: str | None) -> list[Quotable]:
    """The sentences without those whose paragraph another one's translates; one in the language given stays."""
    kept: list[Quotable] = []
    for quotable in sorted(quotables, key=lambda each: each.hit.document.language != language):
        if not any(_says_the_same(store, quotable, other) for other in kept):
            kept.append(quotable)
    return [quotable for quotable in quotables if quotable in kept]


def _says_the_same(store: Store, one: Quotable, other: Quotable) -> bool:
    """Whether two sentences stand in paragraphs of two versions that say the same."""
    document, version = one.hit.document, other.hit.document
    if not are_versions(store, document, version):
        return False
    paragraphs, others = (paragraphs_of(each, store.passages_of(each.id)) for each in (document, version))
    found = counterpart(paragraphs, others, one.start)
    return found is not None and found.start <= other.start < found.end
