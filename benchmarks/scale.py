"""How long retrieval and a whole answer without a language model take in a large library.

    python benchmarks/scale.py [--passages 100000] [--questions 100] [--keep FOLDER]

The library is synthetic: records of numbered paragraphs and speakers' turns, their words drawn by Zipf's law from an
invented vocabulary, the vectors of passages and of their sentences random directions (the nearest of random vectors are
harder to find than those of real ones). Questions are drawn from the records' own words, so that they find something,
and are asked as they are, of a speaker, of a paragraph, as a comparison, and with each kind of filter, narrow and wide.
Their vectors are made by the real model. Prints the median and the 95th percentile in milliseconds, and the median of
the processor time, which tells more where the machine does other work too. `--keep` uses a library again, or makes it
there.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from onrecord.ingest.language.sentences import sentence_spans
from onrecord.ingest.split import split
from onrecord.ingest.units import Unit
from onrecord.rag import Document, Filters, Library, Locator
from onrecord.rag.query.parse import parse_query
from onrecord.rag.retrieval.retrieve import retrieve
from onrecord.vectorstore.embedder import Embedder
from onrecord.vectorstore.store import Store

WORDS = 30_000
PARAGRAPHS_A_RECORD = 200
WORDS_A_PARAGRAPH = (20, 90)
WORDS_A_QUESTION = (4, 9)
SYLLABLES = "ba be bi bo ca ce co da de di do fa fe fi ga ge la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se si so ta te ti to va ve vi".split()  # noqa: E501
SPEAKERS = ["Norway", "Mexico", "Verrano", "Skarn", "Merrow", "Hallow", "Tollan", "Cantle", "Sorrel", "Marrick"]
FILTERS = {
    "no filter": None,
    "one document": Filters(document="Record 7 "),
    "one speaker": Filters(speaker="Norway"),
    "one year": Filters(since="2031", until="2031"),
    "since a year": Filters(since="2025"),
}


def main() -> None:
    """Makes the library where there is none, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.keep or Path(place)
        with closing(Store(folder)) as store:
            real, filled = store.embedder, bool(store.listings())
        if not filled:
            with closing(Store(folder, embedder=RandomDirections(real), sentences=sentence_spans)) as store:
                fill(store, given.passages)
        with Library(Store(folder, sentences=sentence_spans)) as library:
            measure(library, given.questions)


class RandomDirections:
    """Stands in for the real model while the library is made: every text gets some direction."""

    def __init__(self, real: Embedder) -> None:
        self.name, self.fingerprint = real.name, real.fingerprint
        self.dimension, self.max_tokens = real.dimension, real.max_tokens
        self.embed_query, self.count_tokens = real.embed_query, real.count_tokens
        self._draw = np.random.default_rng(1)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Random unit vectors, float32 (len(texts), dimension)."""
        vectors = self._draw.standard_normal((len(texts), self.dimension), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fill(store: Store, passages: int) -> None:
    """Writes the records, indexes their words and stores vectors."""
    draw = random.Random(1)
    began = time.monotonic()
    with store.writing():
        for document, units in records(draw, passages // PARAGRAPHS_A_RECORD):
            store.put(document, split(
                document.text, units, document_id=document.id, title=document.title,
                count_tokens=lambda text: len(text.split()), limit_tokens=256,
            ))  # fmt: skip
        written = time.monotonic()
        store.make_findable()
        findable = time.monotonic()
        store.embed()
    print(
        f"{store.catalogue.count_passages():,} passages in {len(store.listings())} records: written in "
        f"{written - began:.0f} s, words indexed in {findable - written:.0f} s, vectors stored in "
        f"{time.monotonic() - findable:.0f} s",
        file=sys.stderr,
    )


def records(draw: random.Random, count: int) -> Iterator[tuple[Document, list[Unit]]]:
    """Records of a title and numbered paragraphs, each of which some speaker says."""
    vocabulary = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(WORDS)]
    weights = [1 / rank for rank in range(1, WORDS + 1)]
    for number in range(count):
        title = f"Record {number} of the session"
        text, units = f"{title}\n\n", []
        for paragraph in range(1, PARAGRAPHS_A_RECORD + 1):
            words = draw.choices(vocabulary, weights, k=draw.randint(*WORDS_A_PARAGRAPH))
            sentences = [" ".join(words[first : first + 18]).capitalize() + "." for first in range(0, len(words), 18)]
            body = f"{paragraph}. {' '.join(sentences)}"
            locator = Locator(paragraph=str(paragraph), speaker=draw.choice(SPEAKERS), section="Debate")
            units.append(Unit(start=len(text), end=len(text) + len(body), kind="paragraph", locator=locator))
            text += body + "\n\n"
        date = f"{2020 + number % 16}-03-{1 + number % 28:02}"
        yield Document(id=f"r{number}", source=f"r{number}.txt", title=title, date=date, text=text), units


def measure(library: Library, questions: int) -> None:
    """A row for each kind of filter and of question."""
    store = library.store
    asked = drawn(store, questions)
    shapes: dict[str, Callable[[str], str]] = {
        "as it is": lambda words: f"What about {words}?",
        "of a speaker": lambda words: f"What did Norway say about {words}?",
        "of a paragraph": lambda words: f"What does paragraph 42 say about {words}?",
        "a comparison": lambda words: f"How do Norway and Mexico differ on {words}?",
        "a list": lambda words: f"Which delegations spoke of {words}?",
    }
    library.ask(asked[0])
    print(
        "| question | filter | retrieval p50, ms | p95 | processor p50 | whole answer p50, ms | p95 | processor p50 |"
    )
    print("|---|---|---|---|---|---|---|---|")
    kinds = [("as it is", name) for name in FILTERS] + [(name, "no filter") for name in list(shapes)[1:]]
    for shape, filtered in kinds:
        texts = [shapes[shape](words) for words in asked]
        filters = FILTERS[filtered]
        found = timed(texts, lambda text: retrieve(store, parse_query(store, text), filters=filters))  # noqa: B023
        whole = timed(texts, lambda text: library.ask(text, filters=filters))  # noqa: B023
        figures = [
            f"{figure:.0f}"
            for wall, processor in (found, whole)
            for figure in (*np.percentile(wall, [50, 95]), np.median(processor))
        ]
        print(f"| {shape} | {filtered} | {' | '.join(figures)} |", flush=True)


def drawn(store: Store, count: int) -> list[str]:
    """A few neighbouring words of a sentence each, from records all over the library."""
    draw = random.Random(2)
    listings = store.listings()
    found = []
    for _ in range(count):
        passage = draw.choice(store.passages_of(draw.choice(listings).id))
        words = passage.text.rstrip(".").lower().replace(".", "").split()[1:]
        length = draw.randint(*WORDS_A_QUESTION)
        first = draw.randrange(max(1, len(words) - length))
        found.append(" ".join(words[first : first + length]))
    return found


def timed(texts: Sequence[str], ask: Callable[[str], object]) -> tuple[list[float], list[float]]:
    """Milliseconds for each question, by the clock and of the processor."""
    wall, processor = [], []
    for text in texts:
        began, spent = time.perf_counter(), time.process_time()
        ask(text)
        wall.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - spent) * 1000)
    return wall, processor


if __name__ == "__main__":
    main()
