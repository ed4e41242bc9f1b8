"""Puts the documents that a set of cases brings along (BEIR, SQuAD) into a library of their own."""

from collections.abc import Iterable

from ..ingest.formats.plain.text import read_text
from ..ingest.split import split
from ..ingest.structure.paragraphs import structure
from ..rag.library import Library
from ..vectorstore.language.detect import language_of
from ..vectorstore.passage import Document, Locator, Passage
from .provenance import sha256_of
from .readers import CorpusDocument


def fill(library: Library, documents: Iterable[CorpusDocument], *, whole: bool = False, embed: bool = True) -> int:
    """Stores documents under their ids as file names, title and text as one record; returns how many.

    Args:
        library: where to; documents of the same id are replaced.
        documents: as `readers.documents` gives them.
        whole: each document is one passage, as published figures of retrieval count them; else cut as records are.
        embed: whether passages get vectors; without, only search by words finds them.
    """
    store, count = library.store, 0
    with store.writing():
        for given in documents:
            text = "\n\n".join(part for part in (given.title, given.text) if part.strip())
            document = Document(
                id=given.id,
                source=given.id,
                title=given.title,
                text=text,
                language=language_of(text),
                sha256=sha256_of([given.title, given.text]),
            )
            store.put(document, [_whole(document)] if whole else _cut(library, document))
            count += 1
        store.make_findable()
        if embed:
            store.embed()
    return count


def _whole(document: Document) -> Passage:
    return Passage(
        id=f"{document.id}:0", document_id=document.id, text=document.text, start=0, end=len(document.text),
        locator=Locator(),
    )  # fmt: skip


def _cut(library: Library, document: Document) -> list[Passage]:
    embedder = library.store.embedder
    return split(
        document.text, structure(read_text(document.text)), document_id=document.id, title=document.title,
        count_tokens=embedder.count_tokens, limit_tokens=embedder.max_tokens,
    )  # fmt: skip
