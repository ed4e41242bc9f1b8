"""The library as a LlamaIndex retriever: `LibraryRetriever(library)`; needs `pip install llama-index-core`."""

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ...vectorstore.passage import Filters, Hit
from ..answer import cited_as
from ..library import Library
from ..schema import document_json, locator_json


class LibraryRetriever(BaseRetriever):
    """Passages of a library as LlamaIndex nodes, best first.

    `metadata` holds the document's facts, the locator's parts, and `label`, which is how people cite the place.
    """

    def __init__(self, library: Library, *, limit: int = 10, filters: Filters | None = None, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType]
        self._library = library
        self._limit = limit
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._library.search(query_bundle.query_str, limit=self._limit, filters=self._filters)
        return [as_node(hit) for hit in hits]


def as_node(hit: Hit) -> NodeWithScore:
    """A passage as LlamaIndex knows nodes."""
    passage = hit.passage
    facts = {
        **{f"document_{name}": value for name, value in document_json(hit.document).items()},
        **locator_json(passage.locator),
        "label": cited_as(hit.document, passage.locator),
    }
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={name: value for name, value in facts.items() if value is not None},
    )
    return NodeWithScore(node=node, score=hit.score)
