"""The retrievers for LlamaIndex and Haystack, used as their own programs use them."""

import pytest

from onrecord.rag import Filters, Library

pytestmark = pytest.mark.slow

QUERY = "dredging budget"


def test_llamaindex_gets_nodes_with_where_they_stand(library: Library) -> None:
    pytest.importorskip("llama_index.core")
    from onrecord.rag.adapters.llamaindex import LibraryRetriever

    found = LibraryRetriever(library, limit=3).retrieve(QUERY)
    assert [hit.node.node_id for hit in found] == [hit.passage.id for hit in library.search(QUERY, limit=3)]
    best = found[0].node
    text = library.document("HB/2031/9").text
    assert best.get_content() == text[best.start_char_idx : best.end_char_idx]  # type: ignore[attr-defined]
    assert best.metadata["label"] == "HB/2031/9, para. 2" and best.metadata["document_symbol"] == "HB/2031/9"
    confined = LibraryRetriever(library, filters=Filters(speaker="Mexico")).retrieve("herring quota")
    assert {hit.node.metadata["speaker"] for hit in confined} == {"Mexico"}


def test_haystack_gets_documents_in_a_pipeline(library: Library) -> None:
    pytest.importorskip("haystack")
    from haystack import Pipeline

    from onrecord.rag.adapters.haystack import LibraryRetriever

    pipeline = Pipeline()
    pipeline.add_component("records", LibraryRetriever(library, limit=3))
    found = pipeline.run({"records": {"query": QUERY}})["records"]["documents"]
    assert [document.id for document in found] == [hit.passage.id for hit in library.search(QUERY, limit=3)]
    meta, text = found[0].meta, library.document("HB/2031/9").text
    assert found[0].content == text[meta["start"] : meta["end"]] and meta["label"] == "HB/2031/9, para. 2"
    assert len(pipeline.run({"records": {"query": QUERY, "limit": 1}})["records"]["documents"]) == 1
