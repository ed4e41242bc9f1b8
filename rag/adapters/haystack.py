"""The library as a Haystack component: `LibraryRetriever(library)`; needs `pip install haystack-ai`."""

from haystack import Document, component

from ...vectorstore.passage import Filters, Hit
from ..answer import cited_as
from ..library import Library
from ..schema import document_json, locator_json


@component
class LibraryRetriever:
    """Passages of a library as Haystack documents, best first; for pipelines.

    `meta` holds the document's facts, the locator's parts, `start` and `end` in the document's text, and `label`,
    which is how people cite the place.
    """

    def __init__(self, library: Library, *, limit: int = 10, filters: Filters | None = None) -> None:
        self._library = library
        self._limit = limit
        self._filters = filters

    @component.output_types(documents=list[Document])
    def run(self, query: str, limit: int | None = None) -> dict[str, list[Document]]:
        """The best passages for a query. Raises InputError for an empty one."""
        hits = self._library.search(query, limit=limit or self._limit, filters=self._filters)
        return {"documents": [as_document(hit) for hit in hits]}


def as_document(hit: Hit) -> Document:
    """A passage as Haystack knows documents."""
    passage = hit.passage
    facts = {
        **{f"document_{name}": value for name, value in document_json(hit.document).items()},
        **locator_json(passage.locator),
        "start": passage.start,
        "end": passage.end,
        "label": cited_as(hit.document, passage.locator),
    }
    meta = {name: value for name, value in facts.items() if value is not None}
    return Document(id=passage.id, content=passage.text, score=hit.score, meta=meta)
