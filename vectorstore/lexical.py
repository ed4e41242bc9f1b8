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
from .language.analysers import exact_forms, language_of_passage, words
from .markup import plain
from .passage import Passage, Selection

if TYPE_CHECKING:
    import tantivy

# Analysed words are indexed as they are, parted by spaces. The name stands in the schema: where analysers change, a new
# one makes older indexes unreadable, so that they are made anew from the catalogue.
_ANALYSED = "analysed-1"
# What stands around a passage counts too, so that one that is short for its subject is found by the words beside it.
# Tuned on published sets and records, see benchmarks/tune.py.
CONTEXT_WEIGHT = 0.4
AROUND_WEIGHT = 1.5
_AROUND_CHARS = 1500
_HEAP_BYTES = 64_000_000
Indexed = tuple[str, str | None, Sequence[Passage]]


class LexicalIndex:
    """Finds passages by the stems and the exact forms of their words. Raises LexicalDamaged where it cannot be read.

    `main_language` is what words are taken for whose language is not told. Without a folder it is in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        import tantivy

        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        schema.add_text_field("document_id", tokenizer_name="raw")
        schema.add_text_field("speaker", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("section", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("text", tokenizer_name=_ANALYSED, index_option="freq")
        schema.add_text_field("context", tokenizer_name=_ANALYSED, index_option="freq")
        schema.add_text_field("around", tokenizer_name=_ANALYSED, index_option="freq")
        schema.add_text_field("exact", tokenizer_name=_ANALYSED, index_option="freq")
        self._schema = schema.build()
        self._folder = folder or Path()
        with self._read():
            self._index = tantivy.Index(self._schema, path=str(folder) if folder else None, reuse=True)
        self._index.register_tokenizer(_ANALYSED, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self.main_language: str | None = None
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

    def words(self, text: str, language: str | None = None) -> list[str]:
        """The stems a text is searched by, stop words left out, in order, repeated as they are."""
        return words(plain(text), language or self.main_language)

    def search(
        self,
        words: Mapping[str, float],
        limit: int,
        *,
        exact: Mapping[str, float] | None = None,
        within: Selection | None = None,
    ) -> list[tuple[str, float]]:
        """(passage id, BM25 score) of the best matches, best first.

        `words` weigh the stems, 1 is usual, and `exact` the words as they are written, folded; `within` is what to
        choose from.
        """
        import tantivy

        if not (words or exact) or (within is not None and within.few == frozenset()):
            return []
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        shares = {"text": 1.0, "context": CONTEXT_WEIGHT, "around": AROUND_WEIGHT}
        weighed = [(field, word, weight * share) for word, weight in words.items() for field, share in shares.items()]
        weighed += [("exact", word, weight) for word, weight in (exact or {}).items()]
        for field, word, weight in weighed:
            query = tantivy.Query.term_query(self._schema, field, word, "freq")
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight)))
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

    def holding(self, words: Sequence[str], limit: int, *, within: frozenset[str] | None = None) -> list[str]:
        """Ids of passages that hold every one of some words, as `exact_forms` gives them; `within` some documents.

        Passages that are short for what they hold come first.
        """
        import tantivy

        if not words:
            return []
        clauses = [
            (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "exact", word, "freq"))
            for word in dict.fromkeys(words)
        ]
        if within is not None:
            chosen = tantivy.Query.term_set_query(self._schema, "document_id", list(within))
            clauses.append((tantivy.Occur.Must, tantivy.Query.const_score_query(chosen, 0.0)))
        with self._read():
            searcher = self._index.searcher()
            found = searcher.search(tantivy.Query.boolean_query(clauses), limit)
            return [searcher.doc(address)["id"][0] for _, address in found.hits]

    def rarity(self, word: str) -> int:
        """In how many passages a word occurs as it is written, folded."""
        with self._read():
            return self._index.searcher().doc_freq("exact", word)

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

    def rebuild(self, documents: Iterable[Indexed]) -> None:
        """Writes all of it anew, so that nothing is left of what was deleted; readers see the old until it is done."""
        self.replace(documents, afresh=True)

    def replace(self, documents: Iterable[Indexed], *, afresh: bool = False) -> None:
        """Puts the passages of each (document id, its language, passages) in place of that document's old ones; one
        commit.

        With `afresh`, in place of everything. Raises DiskRefuses where the disk is full or read-only.
        """
        try:
            writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
            if afresh:
                writer.delete_all_documents()
            for document_id, language, passages in documents:
                if not afresh:
                    writer.delete_documents_by_term("document_id", document_id)
                for entry in _entries(document_id, language, passages):
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


def _entries(document_id: str, language: str | None, passages: Sequence[Passage]) -> "Iterator[tantivy.Document]":
    """A document's passages as the index takes them."""
    import tantivy

    texts = [plain(passage.text) for passage in passages]
    spoken = [language_of_passage(text, language) for text in texts]
    stems = [" ".join(words(text, its)) for text, its in zip(texts, spoken, strict=True)]
    beside = surroundings([len(text) for text in texts])
    for passage, text, its, stemmed, (first, last) in zip(passages, texts, spoken, stems, beside, strict=True):
        entry = tantivy.Document()
        entry.add_text("id", passage.id)
        entry.add_text("document_id", document_id)
        entry.add_text("speaker", passage.locator.speaker or "")
        entry.add_text("section", passage.locator.section or "")
        entry.add_text("text", stemmed)
        entry.add_text("context", " ".join(words(passage.context, language)))
        entry.add_text("around", " ".join(stems[first:last]))
        entry.add_text("exact", " ".join(exact_forms(text, its)))
        yield entry


def _chosen(within: Selection | None) -> dict[str, frozenset[str]]:
    """By field, the values to choose from."""
    if within is None:
        return {}
    if within.few is not None:
        return {"id": within.few}
    parts = {"document_id": within.documents, "speaker": within.speakers, "section": within.sections}
    return {field: names for field, names in parts.items() if names is not None}


def surroundings(lengths: Sequence[int], limit_chars: int = _AROUND_CHARS) -> Iterator[tuple[int, int]]:
    """Each of a document's passages together with as many whole neighbours on both sides as fit `limit_chars`: the
    first and the last (exclusive), by the lengths of all."""
    for place, chars in enumerate(lengths):
        first, last = place, place
        grown = True
        while grown:
            grown = False
            if first > 0 and chars + lengths[first - 1] <= limit_chars:
                first, chars, grown = first - 1, chars + lengths[first - 1], True
            if last + 1 < len(lengths) and chars + lengths[last + 1] <= limit_chars:
                last, chars, grown = last + 1, chars + lengths[last + 1], True
        yield first, last + 1
