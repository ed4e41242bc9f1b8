"""A library of records, as other programs hold it: ingest, search, ask, stream."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from ..ingest.language.sentences import sentence_spans
from ..vectorstore.embedder import Embedder, open_embedder
from ..vectorstore.errors import InputError
from ..vectorstore.passage import Document, Filters, Hit, Listing, shortened
from ..vectorstore.store import Store
from ..vectorstore.structure import Structure
from .answer import Answer, Citation, Turn
from .answering.kinds.statements import Statements, statements_of
from .answering.quoted import citation_at
from .events import SentenceReady, StageObserver, no_observer
from .query.question import clean

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool

    from ..ingest.ingest import IngestReport, Watcher
    from ..ingest.parse import Limits
    from .adapters.langchain import AnswerRunnable
    from .generation.budget import Budget
    from .generation.writer import Way, Writer
    from .pipeline import Pipeline
    from .query.kinds import Length
    from .retrieval.rerank import Reranker
    from .tools.alerts.alerts import Alerts
    from .tools.align import Paragraph
    from .tools.checking.verdicts import Checked
    from .tools.citations.portable import Resolved
    from .tools.compare import Comparison, Text
    from .tools.notebook.notebook import Notebook
    from .tools.positions.positions import PositionTable
    from .tools.registers import Kind, Row, Wanted

PASTED = "draft.md"
# As far back as a question can refer, and far more of each answer than it does.
MAX_TURNS = 8
MAX_TURN_CHARS = 2_000


def open_library(
    folder: str | Path,
    *,
    create: bool = True,
    model: "str | BaseChatModel | None" = None,
    model_base_url: str | None = None,
    model_api_key: str | None = None,
    model_timeout_s: float = 120.0,
    passages: int | None = None,
    strictness: str = "usual",
    model_falls_back: bool = True,
    model_way: "Way" = "auto",
    model_tokens_per_answer: int | None = None,
    judge: str | None = None,
    prompts: Path | None = None,
    embedding: str | None = None,
    cache_dir: Path | None = None,
    embedder: Embedder | None = None,
    chroma_url: str | None = None,
    sentence_vectors: bool = True,
    reranker: str | None = None,
) -> "Library":
    """Opens a library folder; the one place where its parts are put together.

    Args:
        folder: where the library lies.
        create: make it when missing; else a missing library is an error.
        model: "provider:name" or a LangChain chat model that writes the answers; None or "none" for quotes only.
        model_base_url: address of the model's service, where it is not the provider's own.
        model_api_key: key for it; by default the provider's own environment variable.
        model_timeout_s: how long to wait for the model.
        passages: how many an answer may quote, or the model is shown; None for the usual number.
        strictness: "lenient", "usual" or "strict": how near the question quotes must be to be an answer.
        model_falls_back: answer with quotes while the model's service is silent; else that is a ModelError.
        model_way: "write" has the model write sentences, "select" select the records' own, "auto" select where it is
            known to be small.
        model_tokens_per_answer: how many tokens the model may read and write for one overview, which it writes part by
            part; None for the usual number.
        judge: a further check of what the model writes, "nli:" and a cross-encoder's name or "provider:name" of a chat
            model; None or "none" for the program's own checks only.
        prompts: a folder of prompts that replace those packaged, see `onrecord.rag.prompts`.
        embedding: name or path of a sentence-transformers model; None for the library's own or the default.
        cache_dir: where the default embedding model keeps its exported graph.
        embedder: an opened embedding model, instead of `embedding`.
        chroma_url: address of a Chroma server that keeps the vectors; None keeps them in the folder. After a change
            of place they are made anew by the next ingest.
        sentence_vectors: embed sentences beside their passages when records are read: finds more, for about 1.7
            times the time to embed and three times the room.
        reranker: name or path of a sentence-transformers cross-encoder that re-ranks results; loaded when the
            first question is asked.

    Raises:
        NotALibrary: the folder holds something else.
        EmbeddingMismatch: it was made with another embedding model.
        ModelError: the model cannot be set up.
    """
    store = Store(
        Path(folder).expanduser(),
        create=create,
        embedding=embedding,
        cache_dir=cache_dir,
        embedder=embedder,
        chroma_url=chroma_url,
        sentences=sentence_spans if sentence_vectors else None,
    )
    writer = None
    if model is not None and model != "none":
        from .generation.budget import TOKENS_PER_ANSWER
        from .generation.writer import open_writer
        from .prompts import prompts_in

        writer = open_writer(
            model,
            base_url=model_base_url,
            api_key=model_api_key,
            timeout_s=model_timeout_s,
            judge=judge,
            falls_back=model_falls_back,
            way=model_way,
            tokens_per_answer=model_tokens_per_answer or TOKENS_PER_ANSWER,
            prompts=prompts_in(prompts),
        )
    if reranker is None:
        return Library(store, writer, passages=passages, strictness=strictness)
    from .retrieval.rerank import CrossEncoderReranker

    ranker = CrossEncoderReranker(name=reranker)
    return Library(store, writer, ranker, passages=passages, strictness=strictness)


class Library:
    """A library of records. Safe to share between threads; close it, or use it in a `with` block."""

    def __init__(
        self,
        store: Store,
        writer: "Writer | None" = None,
        reranker: "Reranker | None" = None,
        *,
        passages: int | None = None,
        strictness: str = "usual",
    ) -> None:
        self.store = store
        self.writer = writer
        """The language model that writes answers; None where quotes only are given."""
        self.reranker = reranker
        """What re-ranks the passages found, if anything does."""
        self.passages = passages
        """How many passages an answer may quote, or the model is shown; None for the usual number."""
        self.strictness = strictness
        """How near the question quotes must be to be an answer."""

    @cached_property
    def pipeline(self) -> "Pipeline":
        """What answers questions; loaded with the first of them, for who only reads records in needs none of it."""
        from .pipeline import Pipeline

        return Pipeline(
            store=self.store,
            writer=self.writer,
            reranker=self.reranker,
            passages=self.passages,
            strictness=self.strictness,
        )

    def within(self, budget: "Budget | None") -> "Library":
        """The same library, whose language model, if it has one, reads and writes so many tokens for each user."""
        writer = self.writer.within(budget) if self.writer else None
        return Library(self.store, writer, self.reranker, passages=self.passages, strictness=self.strictness)

    def in_way(self, way: "Way") -> "Library":
        """The same library, whose language model, if it has one, writes or selects as told."""
        writer = replace(self.writer, way=way) if self.writer else None
        return Library(self.store, writer, self.reranker, passages=self.passages, strictness=self.strictness)

    def seen_by(self, collections: Collection[str]) -> "Library":
        """What the library holds of some of its collections, as a library to be read: all that it finds, counts, lists
        and suggests is of their documents. Of collections that there are not, there is nothing in it."""
        from ..vectorstore.parts import part_of

        part = part_of(self.store, collections)
        return Library(part, self.writer, self.reranker, passages=self.passages, strictness=self.strictness)

    def close(self) -> None:
        """Lets go of every file."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- records -----------------------------------------------------------------------------------------------

    def ingest(
        self,
        sources: Sequence[str | Path],
        *,
        prune: bool = False,
        known: Mapping[str, str] | None = None,
        limits: "Limits | None" = None,
        allow_private: bool = False,
        watcher: "Watcher | None" = None,
        arrivals: Mapping[str, Path] | None = None,
        unasked: bool = False,
        heed: Callable[[], None] | None = None,
    ) -> "IngestReport":
        """Reads files, folders and web pages into the library; see `onrecord.ingest.ingest.ingest`."""
        from ..ingest.ingest import ingest  # what reads documents is loaded by those who have some to read

        return ingest(
            self.store, sources, prune=prune, known=known, limits=limits, allow_private=allow_private, watcher=watcher,
            arrivals=arrivals, unasked=unasked, heed=heed,
        )  # fmt: skip

    def re_embed(self, embedding: str | None = None, *, watcher: "Watcher | None" = None) -> int:
        """Embeds every passage again with another model, None for the default; returns how many.

        Meanwhile the library is searched by words; what is cut short, the next ingest finishes.
        """
        with self.store.writing():
            self.store.re_embed(open_embedder(embedding, cache_dir=self.store.cache_dir))
            return self.store.embed(watcher.embedding if watcher else None)

    def documents(self) -> list[Listing]:
        """What the library holds, without the texts."""
        return self.store.listings()

    def document(self, name: str) -> Document:
        """A document by its id, symbol, path, file name or a telling part of its title.

        Raises InputError when there is none, or more than one.
        """
        return cast(Document, self.store.document(self._find(name).id))

    def structure(self, document: Document) -> Structure:
        """What a document consists of: turns, paragraphs, headings, pages, items and their outcomes, omissions."""
        return self.store.catalogue.structure(document.id)

    def spans(
        self,
        document: Document,
        *,
        start: int | None = None,
        end: int | None = None,
        paragraph: str | None = None,
        page: str | None = None,
    ) -> list[tuple[int, int]]:
        """The stretches of a document's text that a paragraph, a page or two offsets name; the whole by default.

        Raises InputError where there is no such paragraph or page.
        """
        if paragraph is None and page is None:
            return [
                (
                    min(start or 0, len(document.text)),
                    min(end if end is not None else len(document.text), len(document.text)),
                )
            ]
        found = [
            (passage.start, passage.end)
            for passage in self.store.passages_of(document.id)
            if paragraph in (None, passage.locator.paragraph) and page in (None, passage.locator.page)
        ]
        if not found:
            what = " on ".join(
                part for part in (f"paragraph {paragraph}" if paragraph else "", f"page {page}" if page else "") if part
            )
            raise InputError(f"{document.title} has no {what}.")
        return joined_spans(document.text, found)

    def remove(self, names: Sequence[str], *, keep: Collection[str] = ()) -> list[Listing]:
        """Takes documents out of the library, everywhere; returns what was removed. Raises InputError.

        Nothing of them is left in the library's folder, also not what was handed in through the page or the API; files
        elsewhere stay, and so do those of `keep`, which have been handed in anew. Conversations that quote them are the
        page's: see `onrecord.ui.removal`.
        """
        found = [self._find(name) for name in names]
        self.store.remove(*(listing.id for listing in found), keep=keep)
        return found

    def _find(self, name: str) -> Listing:
        listings = self.store.listings()
        wanted = name.casefold()
        exact = [
            listing
            for listing in listings
            if wanted in (listing.id, listing.source.casefold(), Path(listing.source).name.casefold())
            or wanted == (listing.symbol or "").casefold()
        ]
        found = exact or [
            listing
            for listing in listings
            if wanted in listing.title.casefold() or wanted in Path(listing.source).name.casefold()
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            raise InputError(f"No document in the library is called {name!r}. See: onrecord documents")
        names = ", ".join(f"{listing.id} ({Path(listing.source).name})" for listing in found[:6])
        raise InputError(f"{name!r} fits {len(found)} documents: {names}. Name one by its id.")

    # --- tools ----------------------------------------------------------------------------------------------------

    def register(self, kind: "Kind", wanted: "Wanted | None" = None) -> "list[Row]":
        """The votes, sponsors, statements, decisions, documents or acronyms, a row each, by date. Raises InputError."""
        from .tools.registers import register

        return register(self.store, kind, wanted)

    def positions(
        self, about: Sequence[str], who: Sequence[str] = (), *, filters: Filters | None = None
    ) -> "PositionTable":
        """Who says what on each topic, in the fewest quotes; without names, those who speak most on them.

        Raises InputError without a topic, or for more topics or names than a table holds.
        """
        from .tools.positions.positions import position_table

        return position_table(self.store, about, who, filters=filters)

    def cite(
        self,
        name: str,
        *,
        quote: str | None = None,
        start: int | None = None,
        end: int | None = None,
        paragraph: str | None = None,
        page: str | None = None,
    ) -> Citation:
        """A place of a document as a citation; `quote` is looked for there, letter for letter.

        Raises InputError where there is no such document, paragraph or page, or where the words do not stand there.
        """
        document = self.document(name)
        spans = self.spans(document, start=start, end=end, paragraph=paragraph, page=page)
        if quote is None:
            return citation_at(self.store, document, *spans[0])
        places = (document.text.find(quote, *span) for span in spans) if quote.strip() else ()
        found = next((place for place in places if place >= 0), None)
        if found is None:
            raise InputError(f"{document.name} does not have the words {shortened(quote, 80)!r} there.")
        return citation_at(self.store, document, found, found + len(quote))

    def alerts(self) -> "Alerts":
        """What is watched in the library: saved questions, speakers and registers, and what is new of them."""
        from .tools.alerts.alerts import Alerts

        return Alerts(self.store, self.everything)

    def notebook(self, owner: str = "") -> "Notebook":
        """The quotes kept in the library by one owner, "" for its own notebook, which the command line has."""
        from .tools.notebook.notebook import Notebook

        seen = {each.id for each in self.documents()} if self.store.is_part else None
        return Notebook(self.store.folder, owner, seen)

    def resolve(self, identifier: str) -> "Resolved":
        """Where the words of a citation's identifier stand now: found, or an orphan. Raises InputError for none."""
        from .tools.citations.portable import resolve

        return resolve(self.store, identifier)

    def compare(self, old: str | Path, new: str | Path) -> "Comparison":
        """What became of the paragraphs of a text: same, changed word by word, moved, new, dropped.

        Each text is a document of the library, by any of its names, or a file that is read on the spot, as a `Path`.
        Raises InputError where there is no such document or file.
        """
        from .tools.compare import compare

        return compare(self._text(old), self._text(new))

    def series(self, name: str) -> list[Listing]:
        """The other documents of a document's title, oldest first; dates and numbers in a title do not count."""
        from .tools.series import series_of

        listing = self._find(name)
        return [each for each in series_of(self.store.listings(), listing) if each.id != listing.id]

    def previous(self, name: str) -> Listing:
        """The document before a document in the series of those that bear its title, by their dates.

        Raises InputError where there is none.
        """
        from .tools.series import previous_of

        listing = self._find(name)
        if found := previous_of(self.store.listings(), listing):
            return found
        raise InputError(f"No earlier document is called {listing.title!r}. Name the two to be compared.")

    def standing_since(self, name: str) -> "list[tuple[Paragraph, Listing]]":
        """Each paragraph of a document with the earliest of the unbroken run of its series that holds its wording."""
        from .tools.series import standing_since

        return standing_since(self.store.listings(), self._find(name), lambda listing: self._text(listing.id))

    def versions(self, document: Document, start: int = 0) -> "list[tuple[Document, Paragraph | None]]":
        """The same document in other languages, by language, each with the paragraph that says what stands at an offset
        of this one; None where none does."""
        from .tools.translations import versions_of
        from .tools.versions import counterpart

        others = [self._text(other.id) for other in versions_of(self.store, document)]
        paragraphs = self._text(document.id).paragraphs if others else ()
        return [(other.document, counterpart(paragraphs, other.paragraphs, start)) for other in others]

    def _text(self, name: str | Path) -> "Text":
        """A text as it is compared."""
        from .tools.compare import text_of

        if isinstance(name, Path):
            from ..ingest.loose import read_loose

            return text_of(*read_loose(name))
        document = self.document(name)
        return text_of(document, self.store.passages_of(document.id))

    # --- questions ---------------------------------------------------------------------------------------------

    def search(self, query: str, *, limit: int = 10, filters: Filters | None = None) -> list[Hit]:
        """Passages that may answer, best first; no answer. Raises InputError for a query that is empty or too long."""
        if not any(character.isalnum() for character in query):
            raise InputError("The query is empty. Search for something, for example: pain relief")
        from .pipeline import check_question
        from .query.parse import parse_query
        from .retrieval.retrieve import retrieve

        check_question(query)
        asked = parse_query(self.store, clean(query))
        return retrieve(self.store, asked, filters=filters, limit=limit, reranker=self.reranker)

    def ask(self, question: str, *, history: "Sequence[Answer | Turn]" = (), filters: Filters | None = None) -> Answer:
        """One cited answer, or a refusal. Raises ModelError where a model does not accept what it is asked."""
        *_, answer = self.stream(question, history=history, filters=filters)
        return cast(Answer, answer)

    def stream(
        self,
        question: str,
        *,
        history: "Sequence[Answer | Turn]" = (),
        filters: Filters | None = None,
        observer: StageObserver = no_observer,
    ) -> Iterator[SentenceReady | Answer]:
        """The same, sentence by sentence as they are ready; the last event is the `Answer`.

        `observer` is told of every stage the question passes, see `onrecord.rag.events`.
        """
        return self.pipeline.answer_stream(question, history=turns_of(history), filters=filters, observer=observer)

    def everything(
        self, question: str, *, history: "Sequence[Answer | Turn]" = (), filters: Filters | None = None
    ) -> Answer:
        """Every sentence on the subject of a question, record by record, where an answer quotes the best only."""
        from .pipeline import check_question

        check_question(question)
        return self.pipeline.everything(question, history=turns_of(history), filters=filters)

    def overview(
        self,
        document: str | None = None,
        *,
        speaker: str | None = None,
        about: str | None = None,
        length: "Length" = "usual",
    ) -> Answer:
        """A briefing of quotes: what it is, what became of its items, what tells most of each part or side.

        Args:
            document: on this one, by its id, symbol, file name or a telling part of its title; None for the library.
            speaker: on what this speaker says.
            about: on this subject only.
            length: "brief", "usual" or "full".

        Raises InputError where there is no such document, or more than one.
        """
        found = self._find(document) if document else None
        named = [found.symbol or found.title if found else None, speaker, about]
        filters = Filters(document=found.id if found else None, speaker=speaker)
        question = f"Overview: {', '.join(filter(None, named)) or 'the library'}"
        return self.pipeline.overview(question, about=clean(about or ""), filters=filters or None, length=length)

    def statements(self, speaker: str, *, offset: int = 0, limit: int | None = None) -> Statements:
        """Everything a delegation or person says, in order: the oldest record first.

        Args:
            speaker: a name, or a whole part of it.
            offset: how many statements to pass over.
            limit: how many to give at most; None for all.
        """
        self.store.refresh()
        return statements_of(self.store, speaker, offset, limit)

    # --- drafts ------------------------------------------------------------------------------------------------

    def check(self, draft: str | Path | bytes, *, name: str | None = None, limits: "Limits | None" = None) -> "Checked":
        """What a draft takes from records, held against them: quotations, figures, votes, dates, who said it.

        Args:
            draft: its text; or the path of a file of any format that is read here, or such a file's bytes.
            name: what the file is called, where only its bytes are given.
            limits: what reading a file that is no plain text may cost.

        Raises UnreadableFile for a file that cannot be read.
        """
        from .tools.checking.check import check

        if isinstance(draft, Path):
            return check(self.store, str(draft), draft.read_bytes(), limits)
        data = draft if isinstance(draft, bytes) else clean(draft).encode()
        return check(self.store, name or PASTED, data, limits)

    # --- in other programs -------------------------------------------------------------------------------------

    def as_runnable(self) -> "AnswerRunnable":
        """The whole pipeline as a LangChain Runnable: a question, or {"question", "history"}, becomes an `Answer`."""
        from .adapters.langchain import as_runnable

        return as_runnable(self)

    def as_retriever(self, *, limit: int = 10, **filters: str) -> "BaseRetriever":
        """A LangChain retriever; `filters` as in `Filters` (speaker="Norway")."""
        from .adapters.langchain import LibraryRetriever

        return LibraryRetriever(library=self, limit=limit, filters=Filters(**filters))

    def as_tool(self) -> "BaseTool":
        """A LangChain tool with which an agent asks the records."""
        from .adapters.langchain import as_tool

        return as_tool(self)


def turns_of(history: Any) -> list[Turn]:
    """The latest exchanges of a conversation; what is none is passed over, what is very long is cut.

    Takes `Turn`, `Answer`, {"question", "answer"} and (question, answer); anything else tells nothing of what was said.
    """
    if not isinstance(history, Sequence) or isinstance(history, str | bytes):
        return []
    turns: list[Turn] = []
    for turn in cast("Sequence[Any]", history)[-MAX_TURNS:]:
        match turn:
            case Turn(question=question, answer=answer) | Answer(question=question, text=answer):
                pass
            case {"question": question}:
                answer = turn.get("answer")
            case (question, answer):
                pass
            case _:
                continue
        if isinstance(question, str) and any(character.isalnum() for character in question):
            said = answer if isinstance(answer, str) else ""
            turns.append(Turn(question=clean(question[:MAX_TURN_CHARS]), answer=clean(said[:MAX_TURN_CHARS])))
    return turns


def joined_spans(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring spans with only white space between them, made one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
