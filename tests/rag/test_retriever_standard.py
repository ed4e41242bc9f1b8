"""LangChain's own standard tests for retrievers, on ours."""

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from onrecord.rag import Library
from onrecord.rag.adapters.langchain import LibraryRetriever
from onrecord.vectorstore.passage import Filters


class TestLibraryRetriever(RetrieversIntegrationTests):
    """The library under test is the small one of this folder."""

    @pytest.fixture(autouse=True)
    def _over(self, library: Library) -> None:
        self._library = library

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return LibraryRetriever

    @property
    def retriever_constructor_params(self) -> dict:
        return {"library": self._library, "filters": Filters()}

    @property
    def retriever_query_example(self) -> str:
        return "herring quota"

    @property
    def num_results_arg_name(self) -> str:
        return "limit"
