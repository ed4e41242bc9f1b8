"""Libraries are told to report nothing before any of them is imported, whichever folder comes first."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.vectorstore.telemetry import switch_off

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDERS = ("vectorstore", "ingest", "rag", "evals", "ui")
SILENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}
IMPORT = """
import importlib, json, os, sys
before = dict(os.environ)
importlib.import_module(sys.argv[1])
assert not {"onnxruntime", "gradio", "chromadb", "huggingface_hub", "haystack"} & set(sys.modules)
assert {name: os.environ[name] for name in before} == before
print(json.dumps({name: value for name, value in os.environ.items() if name not in before}))
"""


@pytest.mark.parametrize("folder", FOLDERS)
def test_importing_any_folder_silences_the_libraries_and_changes_nothing_else(folder: str) -> None:
    bare = {name: value for name, value in os.environ.items() if name not in SILENT}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, f"onrecord.{folder}"], capture_output=True, text=True, check=True, env=bare
    )
    assert json.loads(done.stdout) == SILENT


def test_a_host_that_wants_a_report_sent_keeps_it_and_an_empty_variable_wants_nothing() -> None:
    environment = {"GRADIO_ANALYTICS_ENABLED": "True", "ORT_DISABLE_TELEMETRY": "", "LANGSMITH_TRACING": "true"}
    switch_off(environment)
    assert environment == SILENT | {"GRADIO_ANALYTICS_ENABLED": "True", "LANGSMITH_TRACING": "true"}


def test_onnx_runtime_is_imported_in_one_place() -> None:
    """So that it is silenced wherever it is used; for type checkers it may be named anywhere."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py") if loads_onnx_runtime(file)]
    assert [file.name for file in files] == ["onnx_session.py"]


def loads_onnx_runtime(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_checkers = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return any(
        (isinstance(node, ast.ImportFrom) and str(node.module).startswith("onnxruntime"))
        or (isinstance(node, ast.Import) and any(alias.name.startswith("onnxruntime") for alias in node.names))
        for node in ast.walk(tree)
        if node not in for_checkers
    )
