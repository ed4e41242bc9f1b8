"""This program beside LangChain, LlamaIndex and Haystack: processor time, and how much of the evidence is found.

    python benchmarks/peers.py [--records FOLDER] [--cases FILE] [--rounds 3] [--only NAME...] [--places FOLDER]

Each peer is used as its quick start shows, in a virtual environment of its own that is made once; one that cannot be
installed is left out and named. LangChain comes a second time with this program's own model, as `onrecord embedder
export` writes it. All read the same texts: as this program reads the records, or those of a folder of .txt files. In
each round every program, in turns, has a process of its own for each task:

    ingest   reads and embeds the texts into a new store
    add      one more text of 7 kB into that store
    ask      opens the store, finds the passages of one question
    warm     the same for all questions in one process, the first ten not counted

What is told is the median of the rounds: seconds of processor time, the started processes' included, of `warm`
milliseconds a question. *Findable* is what an ingest has taken once all texts are found by words, of the peers once all
is embedded. *Evidence*: the share of questions of which a passage that answers them stands whole, but for a tenth of
it, in the first 4,000 characters found.
"""

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OURS = "onrecord"
TASKS = ("ingest", "add", "ask", "warm")
COLUMNS = {"ingest": "ingest, s", "findable": "findable, s", "add": "one more text, s", "ask": "a question, s",
           "warm": "a question when warm, ms"}  # fmt: skip
FOUND = 10
FOUND_CHARS = 4_000
UNCOUNTED = 10
# What is taken for the quotation's own words: of one cut in two by a passage's end, a few runs are lost.
RUN_WORDS = 4
WHOLE = 0.9
LANGCHAIN = ("langchain-text-splitters", "langchain-huggingface", "langchain-chroma", "sentence-transformers")
WITH_OUR_MODEL = "langchain with e5"
ENVIRONMENTS = {WITH_OUR_MODEL: "langchain"}
REQUIRES = {
    "langchain": LANGCHAIN,
    WITH_OUR_MODEL: LANGCHAIN,
    "llamaindex": ("llama-index-core", "llama-index-embeddings-huggingface"),
    "haystack": ("haystack-ai", "sentence-transformers-haystack"),
}

Search = Callable[[str], list[str]]
"""A question becomes texts of passages, best first."""
Add = Callable[[Sequence[Path]], object]
"""Texts are read in; where a number comes back, so many seconds of it came after they could be found."""


def main() -> None:
    """Prints the table; or, started by itself as a program under test, does one task of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, default=ROOT / "sample")
    parser.add_argument("--cases", type=Path, default=ROOT / "examples" / "sample_cases.jsonl")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[OURS, *REQUIRES], choices=[OURS, *REQUIRES])
    parser.add_argument("--places", type=Path, default=ROOT / ".peers", help="where the environments lie")
    parser.add_argument("--do", nargs=3, metavar=("PROGRAM", "TASK", "JSON"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.do:
        program, task, given = asked.do
        print(json.dumps(done(program, task, json.loads(given))))
        return
    pythons = {name: place for name in asked.only if (place := python_of(name, asked.places))}
    with tempfile.TemporaryDirectory() as folder:
        texts = texts_of(asked.records, Path(folder) / "texts")
        cases = cases_of(asked.cases, texts)
        measure(pythons, texts, cases, asked.rounds, Path(folder))


# --- what is measured -----------------------------------------------------------------------------------------------


def measure(
    pythons: dict[str, Path], texts: Sequence[Path], cases: Sequence[dict[str, Any]], rounds: int, folder: Path
) -> None:
    """Runs all tasks of all programs in turns and prints a table of them."""
    more = folder / "more.txt"
    more.write_text(import_module("start").RECORD, encoding="utf-8")
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    evidence: dict[str, float] = {}
    ours = exported(folder / "model") if WITH_OUR_MODEL in pythons else ""
    questions = [case["question"] for case in cases]
    for _ in range(rounds):
        for name, python in pythons.items():
            store = folder / f"store {name}"
            for task in TASKS:
                files = [more] if task == "add" else texts
                model = ours if name == WITH_OUR_MODEL else model_folder()
                told = {"model": model, "questions": questions, "store": str(store), "texts": list(map(str, files))}
                seconds, result = run(python, name, task, told)
                if task == "ingest":
                    spent[name, "findable"].append(seconds - result["after"])
                if task == "warm":
                    evidence[name] = statistics.mean(map(shows, cases, result["found"]))
                spent[name, task].append(1000 * result["seconds"] if task == "warm" else seconds)
            shutil.rmtree(store)
    kilobytes = sum(file.stat().st_size for file in texts) / 1000
    print(f"{len(texts)} texts of {kilobytes:,.0f} kB, {len(cases)} questions, medians of {rounds}\n")
    print(f"| program | {' | '.join(COLUMNS.values())} | evidence |")
    print("|---|---|---|---|---|---|---|")
    for name in pythons:
        numbers = " | ".join(f"{statistics.median(spent[name, column]):.1f}" for column in COLUMNS)
        print(f"| {name} | {numbers} | {evidence[name]:.2f} |")


def run(python: Path, name: str, task: str, given: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """The processor time of a task in a process of its own, and what it printed last."""
    command = [python, Path(__file__), "--do", name, task, json.dumps(given)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        sys.exit(f"{name} could not {task}:\n{ended.stderr[-2000:]}")
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, json.loads(ended.stdout.strip().splitlines()[-1])


def shows(case: dict[str, Any], found: str) -> bool:
    """Whether one of the quotations that answer a question stands in what was found."""
    shown = runs(found)
    return any(len(wanted & shown) >= WHOLE * len(wanted) for wanted in map(runs, case["quotes"]))


def runs(text: str) -> set[tuple[str, ...]]:
    """The runs of words of a text, whatever stands between the words."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1))}


def texts_of(records: Path, folder: Path) -> list[Path]:
    """The texts of some records, a file each: those that are texts already, or as this program reads the others."""
    if all(file.suffix == ".txt" for file in records.iterdir()):
        return sorted(records.iterdir())
    from onrecord.rag import open_library

    folder.mkdir()
    with tempfile.TemporaryDirectory() as place, open_library(place) as library:
        library.ingest([records])
        for listing in library.documents():
            file = folder / f"{Path(listing.source).name}.txt"
            file.write_text(library.document(listing.id).text, encoding="utf-8")
    return sorted(folder.iterdir())


def cases_of(file: Path, texts: Sequence[Path]) -> list[dict[str, Any]]:
    """The questions that these texts answer, each with the quotations that do."""
    held = runs(" ".join(text.read_text(encoding="utf-8") for text in texts))
    found: list[dict[str, Any]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        quotes = [evidence["quote"] for evidence in case.get("evidence") or []]
        quotes = [quote for quote in quotes if runs(quote) <= held]
        if case.get("answerable") and quotes:
            found.append({"question": case["question"], "quotes": quotes})
    return found


def model_folder() -> str:
    """all-MiniLM-L6-v2 as sentence-transformers reads it, from the package that carries it."""
    from onrecord.vectorstore.embedder.minilm import packaged_files

    return str(packaged_files())


def exported(folder: Path) -> str:
    """This program's own model as sentence-transformers reads it."""
    from onrecord.vectorstore.embedder.export import export_e5

    export_e5(folder)
    return str(folder)


# --- environments ---------------------------------------------------------------------------------------------------


def python_of(name: str, places: Path) -> Path | None:
    """The Python of a program's environment, made where it is missing; None where that fails, which is told."""
    if name == OURS:
        return Path(sys.executable)
    place = places / ENVIRONMENTS.get(name, name)
    python, ready = place / "bin" / "python", place / ".ready"
    if ready.is_file():
        return python
    pinned = re.findall(r"^torch==\S+", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    print(f"installing {name} into {place} ...", file=sys.stderr, flush=True)
    for command in (
        [sys.executable, "-m", "venv", place],
        [python, "-m", "pip", "install", "--quiet", *pinned, *REQUIRES[name]],
    ):
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ended.returncode:
            reason = next(iter(reversed(ended.stdout.strip().splitlines())), "no reason given")
            print(f"{name} is left out, it cannot be installed: {reason}", file=sys.stderr)
            return None
    ready.touch()
    return python


# --- the programs ---------------------------------------------------------------------------------------------------


def done(program: str, task: str, given: dict[str, Any]) -> dict[str, Any]:
    """One task of one program; of "warm" the seconds a question took, in the middle, and the texts found for each."""
    texts = [Path(text) for text in given["texts"]]
    with PROGRAMS[program](given["store"], given["model"], task == "ingest") as (add, search):
        if task in ("ingest", "add"):
            after = add(texts)
            return {"after": after if isinstance(after, float) else 0.0}
        if task == "ask":
            return {"found": len(search(given["questions"][0]))}
        for question in given["questions"][:UNCOUNTED]:
            search(question)
        spent: list[float] = []
        found: list[str] = []
        for question in given["questions"]:
            began = time.process_time()
            passages = search(question)
            spent.append(time.process_time() - began)
            found.append("\n".join(passages)[:FOUND_CHARS])
        return {"seconds": statistics.median(spent), "found": found}


@contextmanager
def onrecord(store: str, model: str, is_new: bool):
    """This program, with its default model and sentences' vectors too; it also tells how long it embeds."""
    from onrecord.ingest.language.sentences import sentence_spans
    from onrecord.rag import Library
    from onrecord.vectorstore.store import Store

    embedding: list[float] = []

    class Timed(Store):
        def embed(self, progress: Any = None) -> int:
            began = time.process_time()
            count = super().embed(progress)
            embedding.append(time.process_time() - began)
            return count

    def add(texts: Sequence[Path]) -> float:
        library.ingest(texts)
        return sum(embedding)

    with Library(Timed(Path(store), sentences=sentence_spans)) as library:
        yield add, lambda question: [hit.passage.text for hit in library.search(question, limit=FOUND)]


@contextmanager
def langchain(store: str, model: str, is_new: bool):
    """LangChain: text split recursively into 1,000 characters, 200 of them shared; Chroma."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    chroma = Chroma(embedding_function=HuggingFaceEmbeddings(model_name=model), persist_directory=store)

    def add(texts: Sequence[Path]) -> object:
        documents = [Document(file.read_text(encoding="utf-8"), metadata={"source": file.name}) for file in texts]
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        return chroma.add_documents(splitter.split_documents(documents))

    yield add, lambda question: [found.page_content for found in chroma.similarity_search(question, k=FOUND)]


@contextmanager
def llamaindex(store: str, model: str, is_new: bool):
    """LlamaIndex: nodes of 256 tokens, 20 of them shared; its own store, written to files."""
    from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    embedder = HuggingFaceEmbedding(model_name=model)
    if is_new:
        index: Any = VectorStoreIndex([], embed_model=embedder)
    else:
        index = load_index_from_storage(StorageContext.from_defaults(persist_dir=store), embed_model=embedder)

    def add(texts: Sequence[Path]) -> object:
        documents = [Document(text=file.read_text(encoding="utf-8")) for file in texts]
        splitter = SentenceSplitter(chunk_size=256, chunk_overlap=20)
        index.insert_nodes(splitter.get_nodes_from_documents(documents))
        return index.storage_context.persist(persist_dir=store)

    retriever = index.as_retriever(similarity_top_k=FOUND)
    yield add, lambda question: [found.node.get_content() for found in retriever.retrieve(question)]


@contextmanager
def haystack(store: str, model: str, is_new: bool):
    """Haystack: 150 words, 50 of them shared; its store in memory, written to a file."""
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    file = Path(store) / "documents.json"
    kept: Any = InMemoryDocumentStore() if is_new else InMemoryDocumentStore.load_from_disk(str(file))

    def add(texts: Sequence[Path]) -> object:
        splitter = DocumentSplitter(split_by="word", split_length=150, split_overlap=50)
        documents = [Document(content=text.read_text(encoding="utf-8")) for text in texts]
        embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
        splitter.warm_up()
        embedder.warm_up()
        kept.write_documents(embedder.run(splitter.run(documents)["documents"])["documents"])
        file.parent.mkdir(exist_ok=True)
        return kept.save_to_disk(str(file))

    retriever, embedders = InMemoryEmbeddingRetriever(kept), list[Any]()

    def search(question: str) -> list[str]:
        if not embedders:
            embedders.append(SentenceTransformersTextEmbedder(model=model, progress_bar=False))
            embedders[0].warm_up()
        vector = embedders[0].run(question)["embedding"]
        return [document.content for document in retriever.run(vector, top_k=FOUND)["documents"]]

    yield add, search


PROGRAMS: dict[str, Callable[[str, str, bool], Any]] = {
    "onrecord": onrecord,
    "langchain": langchain,
    WITH_OUR_MODEL: langchain,
    "llamaindex": llamaindex,
    "haystack": haystack,
}


if __name__ == "__main__":
    main()
