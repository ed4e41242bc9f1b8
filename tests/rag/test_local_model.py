"""A real model of a local service, where there is one: LOCAL_MODEL_URL=http://127.0.0.1:8080/v1 names it.

llama.cpp, Ollama, vLLM and LM Studio all do. What such a model writes is not judged here; the promises of an answer
hold whatever it is.
"""

import os
from pathlib import Path

import pytest

from onrecord.rag import open_library

from ..fakes import HashEmbedder
from .invariants import check
from .records import write_records

URL = os.environ.get("LOCAL_MODEL_URL")
NAME = os.environ.get("LOCAL_MODEL_NAME", "local")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(URL is None, reason="no local model: set LOCAL_MODEL_URL to an OpenAI-compatible address"),
]


@pytest.mark.parametrize("way", ["select", "write"])
def test_a_real_model_keeps_the_promises_of_an_answer(tmp_path: Path, way: str) -> None:
    with open_library(
        tmp_path / "library", embedder=HashEmbedder(), model=f"openai:{NAME}", model_base_url=URL, model_api_key="none",
        model_timeout_s=600, model_falls_back=False,
    ) as library:  # fmt: skip
        library.ingest([write_records(tmp_path / "records")])
        assert library.writer is not None and library.writer.service.host is None, "a model of this machine"
        answer = library.in_way(way).ask("What did Norway report about herring?")  # pyright: ignore[reportArgumentType]
        check(answer, library)
        assert answer.usage and answer.usage.calls >= 1
        for sentence in answer.sentences if answer.answered else ():
            assert sentence.supported == bool(sentence.citations)
