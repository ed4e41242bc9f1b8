"""The command line: `onrecord COMMAND`.

Heavy libraries are imported by the commands that need them, so that `--help` answers at once. What a command has to
say to people goes through `Out`; with `--json` standard output carries one JSON value and nothing else.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...vectorstore.errors import InputError, OnRecordError
from .console import forgive_encoding, json_text
from .evals import evaluation
from .options import (
    BaseUrlOption,
    EmbeddingOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    QuietOption,
    RerankerOption,
)
from .scratch import keep_libraries_in_our_cache
from .setting_up import library_folder, opened_library, read_settings, tell

if TYPE_CHECKING:
    from ...rag import Filters, IngestReport, Library

DONE, SOME_FAILED, FAILED = 0, 1, 2
END_GRACE_S = 10.0

app = typer.Typer(
    name="onrecord",
    help="Ask a pile of records a question; every sentence of the answer is an exact, cited quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(evaluation, name="eval")
keys = typer.Typer(help="Create, list and revoke API keys for programs that call a server.", no_args_is_help=True)
app.add_typer(keys, name="keys")

DocumentOption = Annotated[
    str | None, typer.Option("--document", help="Only documents with this in their title, file name or symbol.")
]
SpeakerOption = Annotated[str | None, typer.Option("--speaker", help="Only what this speaker said.")]
SymbolOption = Annotated[str | None, typer.Option("--symbol", help="Only documents with this in their symbol.")]
SectionOption = Annotated[str | None, typer.Option("--section", help="Only under headings with this in them.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Only documents of this date or later (2031-03 or 2031-03-12).")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="Only documents of this date or earlier.")]


def main() -> None:
    """Runs the command line; errors meant for people end it with a plain message and status 2."""
    forgive_encoding()
    keep_libraries_in_our_cache()
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    try:
        app(args=[argument for argument in arguments if argument != "--debug"], prog_name="onrecord")
    except OnRecordError as error:
        if debug:
            raise
        from ..language import language_of_terminal, told

        print(f"onrecord: {told(error, language_of_terminal())}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
    except Exception as error:
        if debug:
            raise
        print(
            f"onrecord: something went wrong that should not have ({type(error).__name__}: {error}). "
            "Run the command again with --debug to see where.",
            file=sys.stderr,
        )
        sys.exit(FAILED)


# --- records ---------------------------------------------------------------------------------------------------


@app.command()
def ingest(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="PATH_OR_URL...", help="Files, folders and web pages to read.")
    ] = None,
    library: LibraryOption = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove documents whose files are gone from the folders.")
    ] = False,
    watch_on: Annotated[
        bool, typer.Option("--watch", help="Keep running and read files again as they change.")
    ] = False,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set title, symbol, date, body, author ...")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from this machine and private networks.")
    ] = False,
    ocr_languages: Annotated[
        str | None,
        typer.Option(
            "--ocr-languages", help="Languages of scans, as Tesseract names them: eng+fra [ONRECORD_OCR_LANGUAGES]."
        ),
    ] = None,
    re_embed: Annotated[bool, typer.Option("--re-embed", help="Embed everything again, with --embedding.")] = False,
    embedding: EmbeddingOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read files and folders into the library; unchanged files are skipped."""
    from ...ingest.ingest import find_sources
    from ...ingest.overrides import from_pairs
    from ...rag.schema import report_json
    from .progress import watch
    from .render import print_report

    settings = read_settings(library=library, embedding=None if re_embed else embedding, ocr_languages=ocr_languages)
    if not sources and not re_embed:
        raise InputError("Nothing to ingest: name a file or a folder.")
    if sources:
        find_sources(sources, prune=prune)  # before a library is made for nothing
    with (
        _until_interrupted(watch_on) as interrupted,
        opened_library(settings, create=True) as lib,
        watch(quiet=quiet or as_json) as watcher,
    ):
        if re_embed:
            count = lib.re_embed(embedding or "all-MiniLM-L6-v2", watcher=watcher)
            if not sources:
                tell({"embedded": count}, as_json, lambda: print(f"Embedded {count} passages again."))
                return
        read = partial(
            lib.ingest, sources or [], known=from_pairs(values or []), limits=settings.limits(),
            allow_private=allow_private, watcher=watcher,
        )  # fmt: skip
        report = read(prune=prune)
        tell(report_json(report), as_json, lambda: print_report(report, quiet=quiet))
        if watch_on:
            for report in _reports_of_changes(sources or [], read, interrupted):
                tell(report_json(report), as_json, partial(print_report, report, quiet=quiet))
            return
    if report.failed:
        usable = report.added + report.updated + report.unchanged
        raise typer.Exit(SOME_FAILED if usable else FAILED)


@app.command()
def documents(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the documents in the library."""
    from ...rag.schema import listing_json
    from .render import print_documents

    with opened_library(read_settings(library=library)) as lib:
        listings = lib.documents()
    shape = [
        {**listing_json(listing), "pages": listing.pages, "passages": listing.passages, "state": listing.state}
        for listing in listings
    ]
    tell(shape, as_json, lambda: print_documents(listings))


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(metavar="DOCUMENT...", help="Id, file name, symbol or title.")],
    redact: Annotated[
        bool, typer.Option("--redact", help="Also remove their quotes from earlier conversations.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library without a trace; the files they were read from stay."""
    from ..removal import remove_records, removed_json
    from .render import print_removed

    with opened_library(read_settings(library=library)) as lib:
        removed = remove_records(lib, names, redact=redact)
    tell(removed_json(removed), as_json, lambda: print_removed(removed))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id, file name, symbol or title.")],
    start: Annotated[int | None, typer.Option("--start", min=0, help="First character.")] = None,
    end: Annotated[int | None, typer.Option("--end", min=0, help="Character after the last.")] = None,
    paragraph: Annotated[str | None, typer.Option("--paragraph", help="Only this paragraph.")] = None,
    page: Annotated[str | None, typer.Option("--page", help="Only this page.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a document's stored text, or a part of it."""
    from ...rag.schema import document_json

    with opened_library(read_settings(library=library)) as lib:
        document = lib.document(name)
        spans = lib.spans(document, start=start, end=end, paragraph=paragraph, page=page)
    parts = [{"start": left, "end": right, "text": document.text[left:right]} for left, right in spans]
    tell(
        {"document": document_json(document), "parts": parts},
        as_json,
        lambda: print("\n\n".join(part["text"] for part in parts)),
    )


# --- questions -------------------------------------------------------------------------------------------------


@app.command()
def search(
    query: str,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 10,
    library: LibraryOption = None,
    reranker: RerankerOption = None,
    document: DocumentOption = None,
    speaker: SpeakerOption = None,
    symbol: SymbolOption = None,
    section: SectionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search for passages, without an answer."""
    from time import perf_counter

    from ...rag.schema import hit_json
    from .render import print_hits

    began = perf_counter()
    filters = _filters(document, speaker, symbol, section, since, until)
    with opened_library(read_settings(library=library, reranker=reranker)) as lib:
        hits = lib.search(query, limit=limit, filters=filters)
        missing = lib.store.meaning_fault()
    if missing:
        print(f"onrecord: {missing}", file=sys.stderr)
    shape = {"query": query, "hits": [hit_json(hit) for hit in hits], "seconds": round(perf_counter() - began, 4)}
    tell(shape, as_json, lambda: print_hits(hits))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='JSON lines {"id", "question", "history"}; answers as JSON lines.')
    ] = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    reranker: RerankerOption = None,
    document: DocumentOption = None,
    speaker: SpeakerOption = None,
    symbol: SymbolOption = None,
    section: SectionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Answer a question with exact, cited quotes, or say that the documents do not answer it."""
    from ...rag.messages import in_language
    from ...rag.pipeline import check_question
    from ...rag.schema import answer_json
    from ..language import language_of_terminal
    from .render import print_answer

    if (question is None) == (batch is None):
        raise InputError('Ask one question (onrecord ask "What did Norway say?") or name a file with --batch.')
    filters = _filters(document, speaker, symbol, section, since, until)
    settings = read_settings(library=library, model=model, model_base_url=model_base_url, reranker=reranker)
    with opened_library(settings) as lib:
        if batch is not None:
            raise typer.Exit(_ask_batch(lib, batch, filters))
        check_question(question or "")
        answer = in_language(lib.ask(question or "", filters=filters), language_of_terminal())
        missing = lib.store.meaning_fault()
    tell(answer_json(answer), as_json, lambda: print_answer(answer, quiet=quiet))
    if missing and (as_json or quiet):
        print(f"onrecord: {missing}", file=sys.stderr)


@app.command()
def chat(
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
) -> None:
    """Chat in the terminal; follow-up questions take the earlier ones into account."""
    from ...rag.messages import in_language
    from ...rag.pipeline import check_question
    from ..language import language_of_terminal, told
    from .render import print_answer

    language = language_of_terminal()
    with opened_library(read_settings(library=library, model=model, model_base_url=model_base_url)) as lib:
        print(f"{len(lib.documents())} documents. Ask away; an empty line ends.", file=sys.stderr)
        history = []
        while question := _next_question():
            try:
                check_question(question)
                answer = lib.ask(question, history=history)
            except OnRecordError as error:
                print(told(error, language), file=sys.stderr)
                continue
            history.append(answer)
            print_answer(in_language(answer, language))


@app.command()
def serve(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files and folders to read first.")
    ] = None,
    library: LibraryOption = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port to listen on [7860].")] = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    reranker: RerankerOption = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    also: Annotated[
        list[Path] | None, typer.Option("--also", metavar="DIR", help="Another library to switch to; may be repeated.")
    ] = None,
) -> None:
    """Serve the browser chat and the HTTP API; PATHs are read in the background."""
    from ...ingest.ingest import find_sources
    from ..app import serve as serve_library
    from ..ending import end_for_sure
    from ..http.serving import options_from

    if paths:
        find_sources(paths)
    settings = read_settings(library=library, model=model, model_base_url=model_base_url, reranker=reranker)
    end_for_sure(settings.stop_timeout_s + END_GRACE_S)
    with (
        options_from(settings) as options,
        opened_library(settings, create=True) as lib,
        ExitStack() as others,
    ):
        more = [
            others.enter_context(opened_library(settings.model_copy(update={"library": path}))) for path in also or []
        ]
        serve_library(
            lib,
            host=host or settings.host,
            port=port or settings.port,
            open_browser=open_browser,
            ingest=paths or [],
            also=more,
            options=options,
            page=settings.page,
            stop_timeout_s=settings.stop_timeout_s,
        )


@app.command()
def mcp(library: LibraryOption = None, model: ModelOption = None, model_base_url: BaseUrlOption = None) -> None:
    """Serve agents over the Model Context Protocol on standard input and output."""
    from ..http.mcp import serve_stdio

    with opened_library(read_settings(library=library, model=model, model_base_url=model_base_url), create=True) as lib:
        serve_stdio(lib)


# --- keys --------------------------------------------------------------------------------------------------------


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scopes: Annotated[list[str] | None, typer.Option("--scope", help="ask, ingest or admin; may be repeated.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a key and print it once. Once a key exists, every request needs one."""
    from ..http.keys import Keys

    with opened_library(read_settings(library=library), create=True) as lib:
        key, told = Keys(lib.store.folder).create(name, scopes or ["ask"])
    shape = {"id": key.id, "name": key.name, "scopes": list(key.scopes), "key": told}
    tell(shape, as_json, lambda: print(told))


@keys.command("list")
def keys_list(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the keys with their scopes and dates."""
    from ..http.keys import Keys, key_json
    from .render import print_keys

    with opened_library(read_settings(library=library)) as lib:
        found = Keys(lib.store.folder).all()
    tell([key_json(key) for key in found], as_json, lambda: print_keys(found))


@keys.command("revoke")
def keys_revoke(
    name: Annotated[str, typer.Argument(metavar="KEY", help="The key's id or name.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key for good; running servers apply it at once."""
    from ..http.keys import Keys, key_json

    with opened_library(read_settings(library=library)) as lib:
        ended = Keys(lib.store.folder).revoke(name)
    says = [f"Revoked {key.name} ({key.id})." for key in ended]
    tell([key_json(key) for key in ended], as_json, lambda: print("\n".join(says)))


@app.command()
def doctor(
    mend: Annotated[
        bool, typer.Option("--repair", help="First rebuild a damaged index or vectors from the catalogue.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what is installed, which models are available, and whether the library is intact."""
    from .doctor import examine, print_findings, repair

    settings = read_settings(library=library)
    if mend:
        repair(settings, library_folder(settings))
    findings = examine(settings, library_folder)
    tell([{"what": f.what, "ok": f.ok, "says": f.says} for f in findings], as_json, lambda: print_findings(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(SOME_FAILED)


@contextmanager
def _until_interrupted(expected: bool) -> Iterator[threading.Event]:
    """Takes Ctrl-C for the end of the command, with status 0, where that is how it is meant to end.

    The event is set as well: an exception raised in the middle of a library's own clean-up may be swallowed there.
    """
    interrupted = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def interrupt(*_: Any) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    if expected and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupted
    except KeyboardInterrupt:
        if not expected:
            raise
        raise typer.Exit(DONE) from None
    finally:
        if expected and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


def _reports_of_changes(
    sources: list[str], read: "Callable[..., IngestReport]", interrupted: threading.Event
) -> "Iterator[IngestReport]":
    """Reads the folders again whenever something in them changes; what is gone is taken out."""
    from watchfiles import watch as changes

    folders = [source for source in sources if Path(source).expanduser().exists()]
    print(f"Watching {', '.join(folders)}; Ctrl-C to stop.", file=sys.stderr)
    for _ in changes(*folders, debounce=800, raise_interrupt=False, stop_event=interrupted, rust_timeout=1000):
        try:
            report = read(prune=True)
        except OnRecordError as error:
            print(error, file=sys.stderr)
            continue
        if report.added or report.updated or report.removed or report.failed:
            yield report


# --- what the commands share -------------------------------------------------------------------------------------


def _filters(
    document: str | None,
    speaker: str | None,
    symbol: str | None,
    section: str | None,
    since: str | None,
    until: str | None,
) -> "Filters | None":
    import re

    from ...rag import Filters

    for name, date in (("--since", since), ("--until", until)):
        if date and not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", date):
            raise InputError(f"{name} {date}: write a date as 2031, 2031-03 or 2031-03-12.")
    filters = Filters(document=document, speaker=speaker, symbol=symbol, section=section, since=since, until=until)
    return filters or None


def _ask_batch(lib: "Library", batch: Path, filters: "Filters | None") -> int:
    """Answers a file of questions, a JSON line each, in order; a line that cannot be asked says why in `error`."""
    from ...rag.messages import in_language
    from ...rag.pipeline import check_question
    from ...rag.schema import answer_json
    from ..language import language_of_terminal, told

    status, language = DONE, language_of_terminal()
    for number, line in enumerate(_lines(batch), start=1):
        if not line.strip():
            continue
        key: Any = None
        try:
            asked = _asked(line, number)
            key = asked.id
            check_question(asked.question)
            answer = lib.ask(asked.question, history=asked.turns, filters=filters)
            shape = {"id": key, **answer_json(in_language(answer, language))}
        except OnRecordError as error:
            shape, status = {"id": key, "error": told(error, language)}, SOME_FAILED
        print(json_text(shape), flush=True)
    return status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    id: Any
    question: str
    turns: list[Any]


def _asked(line: str, number: int) -> _Asked:
    from ...rag import Turn

    try:
        value = json.loads(line)
        turns = [Turn(question=turn["question"], answer=turn.get("answer", "")) for turn in value.get("history") or ()]
        return _Asked(id=value.get("id", number), question=str(value["question"]), turns=turns)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f'Line {number} is no {{"id", "question", "history"}} in JSON ({error!r}).') from error


def _lines(path: Path) -> Iterator[str]:
    try:
        if str(path) == "-":
            yield from sys.stdin
        else:
            with path.open(encoding="utf-8") as lines:
                yield from lines
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error


def _next_question() -> str | None:
    try:
        return input("\n> ").strip() or None
    except EOFError:
        return None
    except UnicodeDecodeError as error:
        raise InputError(f"Standard input is not UTF-8 text ({error}).") from error
