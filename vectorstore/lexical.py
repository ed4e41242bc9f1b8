"""The lexical index: BM25 over the words of passages and their context (tantivy).

It can be rebuilt from the catalogue at any time, so a damaged one is simply made anew.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .disk import is_failure, refusal_of
from .errors import LexicalDamaged, LibraryError
from .markup import plain
from .passage import Passage, Selection

if TYPE_CHECKING:
    import tantivy

_ANALYZER = "words"
# What stands around a passage counts too, so that one that is short for its subject is found by the words beside it.
# Tuned on published sets and records, see benchmarks/tune.py.
CONTEXT_WEIGHT = 0.4
AROUND_WEIGHT = 1.5
_AROUND_CHARS = 1500
_HEAP_BYTES = 64_000_000


class LexicalIndex:
    """Finds passages by their words, English stems, accents folded. Raises LexicalDamaged where it cannot be read."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("document_id", tokenizer_name="raw")
        schema.add_text_field("speaker", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("section", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
        schema.add_text_field("context", tokenizer_name=_ANALYZER, index_option="freq")
        schema.add_text_field("around", tokenizer_name=_ANALYZER, index_option="freq")
        self._schema = schema.build()
        self._folder = folder
        with self._read():
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        self._analyzer = _analyzer()
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._terms: dict[str, list[str]] = {}

    @contextmanager
    def _read(self) -> Generator[None]:
        """Tells what goes wrong in tantivy, which has ValueError, OSError and Rust's panics for a damaged file."""
        try:
            yield
        except LibraryError:
            raise
        except BaseException as error:
            if not is_failure(error):
                raise
            raise LexicalDamaged(
                f"The lexical index {self._folder} cannot be read ({type(error).__name__}). Rebuild it from the "
                f"catalogue: onrecord doctor --repair --library {self._folder.parent}"
            ) from error

    def refresh(self) -> None:
        """Notices what other processes have written."""
        with self._read():
            self._index.reload()
        self._terms = {}

    def close(self) -> None:
        """Lets go of the terms kept in memory."""
        self._terms = {}

    def words(self, text: str) -> list[str]:
        """The stems a text is searched by, stop words left out, in order, repeated as they are."""
        return self._analyzer.analyze(plain(text))

    def search(
        self, words: Mapping[str, float], limit: int, *, within: Selection | None = None
    ) -> list[tuple[str, float]]:
        """(passage id, BM25 score) of the best matches, best first.

        `words` weigh the stems, 1 is usual; `within` is what to choose from.
        """
        import tantivy

        if not words or (within is not None and within.few == frozenset()):
            return []
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        shares = {"text": 1.0, "context": CONTEXT_WEIGHT, "around": AROUND_WEIGHT}
        for word, weight in words.items():
            for field, share in shares.items():
                query = tantivy.Query.term_query(self._schema, field, word, "freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight * share)))
        query = tantivy.Query.boolean_query(clauses)
        chosen = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(self._schema, field, list(names)), 0.0
            ))
            for field, names in _chosen(within).items()
        ]  # fmt: skip
        if chosen:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *chosen])
        with self._read():
            searcher = self._index.searcher()
            found = searcher.search(query, limit)
            return [(searcher.doc(address)["id"][0], score) for score, address in found.hits]

    def terms(self, letter: str) -> list[str]:
        """The stems of letters that begin with one, those in more passages first; kept until the index changes."""
        kept = self._terms
        if letter not in kept:
            with self._read():
                found = self._index.searcher().terms_with_prefix("text", letter)
            kept[letter] = [term for term, _ in sorted(found, key=lambda one: (-one[1], one[0])) if term.isalpha()]
        return kept[letter]

    def document_frequency(self, word: str) -> int:
        """In how many passages a stem occurs, in their words or their context, whichever is more."""
        with self._read():
            searcher = self._index.searcher()
            return max(searcher.doc_freq(field, word) for field in ("text", "context"))

    @property
    def size(self) -> int:
        """How many passages are indexed."""
        with self._read():
            return self._index.searcher().num_docs

    @property
    def has_traces(self) -> bool:
        """Whether words of deleted passages are still in its files: tantivy only marks them until it merges."""
        segments = json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))["segments"]
        return any(segment["deletes"] for segment in segments)

    def rebuild(self, documents: Iterable[tuple[str, Sequence[Passage]]]) -> None:
        """Writes all of it anew, so that nothing is left of what was deleted; readers see the old until it is done."""
        self.replace(documents, afresh=True)

    def replace(self, documents: Iterable[tuple[str, Sequence[Passage]]], *, afresh: bool = False) -> None:
        """Puts the passages of each (document id, passages) in place of that document's old ones; one commit.

        With `afresh`, in place of everything. Raises DiskRefuses where the disk is full or read-only.
        """
        try:
            writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
            if afresh:
                writer.delete_all_documents()
            for document_id, passages in documents:
                if not afresh:
                    writer.delete_documents_by_term("document_id", document_id)
                for entry in _entries(document_id, passages):
                    writer.add_document(entry)
            writer.commit()
            if afresh:
                writer.garbage_collect_files()
            writer.wait_merging_threads()
            self.refresh()
        except (ValueError, OSError) as error:  # tantivy's words for whatever goes wrong on disk
            raise refusal_of(self._folder) or LexicalDamaged(
                f"The lexical index {self._folder} cannot be written ({error}). Rebuild it from the catalogue: "
                f"onrecord doctor --repair --library {self._folder.parent}"
            ) from error


def _entries(document_id: str, passages: Sequence[Passage]) -> "Iterator[tantivy.Document]":
    """A document's passages as the index takes them."""
    import tantivy

    texts = [plain(passage.text) for passage in passages]
    for passage, text, beside in zip(passages, texts, surroundings(texts), strict=True):
        entry = tantivy.Document()
        entry.add_text("id", passage.id)
        entry.add_text("document_id", document_id)
        entry.add_text("speaker", passage.locator.speaker or "")
        entry.add_text("section", passage.locator.section or "")
        entry.add_text("text", text)
        entry.add_text("context", passage.context)
        entry.add_text("around", beside)
        yield entry


def _chosen(within: Selection | None) -> dict[str, frozenset[str]]:
    """By field, the values to choose from."""
    if within is None:
        return {}
    if within.few is not None:
        return {"id": within.few}
    parts = {"document_id": within.documents, "speaker": within.speakers, "section": within.sections}
    return {field: names for field, names in parts.items() if names is not None}


def surroundings(texts: Sequence[str], limit_chars: int = _AROUND_CHARS) -> Iterator[str]:
    """Each of a document's passages together with as many whole neighbours on both sides as fit `limit_chars`."""
    for place, text in enumerate(texts):
        first, last, chars = place, place, len(text)
        grown = True
        while grown:
            grown = False
            if first > 0 and chars + len(texts[first - 1]) <= limit_chars:
                first, chars, grown = first - 1, chars + len(texts[first - 1]), True
            if last + 1 < len(texts) and chars + len(texts[last + 1]) <= limit_chars:
                last, chars, grown = last + 1, chars + len(texts[last + 1]), True
        yield "\n".join(texts[first : last + 1])


def _analyzer() -> "tantivy.TextAnalyzer":
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
