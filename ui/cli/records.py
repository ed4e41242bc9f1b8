"""`onrecord ingest`, `documents`, `remove`, `show`, `doctor`: what the library holds."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...vectorstore.errors import InputError, OnRecordError
from .console import DONE, FAILED, SOME_FAILED
from .options import EmbeddingOption, JsonOption, LibraryOption, QuietOption, WaitOption
from .setting_up import library_folder, note, opened_library, read_settings, tell, write_privately, written

if TYPE_CHECKING:
    from ...rag import IngestReport, Library
    from ...vectorstore.passage import Listing


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
    re_embed: Annotated[
        bool, typer.Option("--re-embed", help="Embed everything again, with --embedding or the default model.")
    ] = False,
    embedding: EmbeddingOption = None,
    wait_s: WaitOption = 60.0,
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
    known = from_pairs(values or [])
    if sources:
        find_sources(sources, prune=prune)  # before a library is made for nothing
    with (
        _until_interrupted(watch_on) as interrupted,
        opened_library(settings, create=True) as lib,
        watch(quiet=quiet or as_json) as watcher,
    ):
        if re_embed:
            with written(lib, wait_s, quiet=quiet):
                count = lib.re_embed(embedding, watcher=watcher)
            if not sources:
                return tell({"embedded": count}, as_json, lambda: print(f"Embedded {count} passages again."))

        def read(**more: Any) -> "IngestReport":
            with written(lib, wait_s, quiet=quiet):
                return lib.ingest(
                    sources or [], known=known, limits=settings.limits(), allow_private=allow_private, watcher=watcher,
                    **more,
                )  # fmt: skip

        report = read(prune=prune)
        note(settings, "add", sources=sources, added=report.added, updated=report.updated, removed=report.removed)
        tell(report_json(report), as_json, lambda: print_report(report, quiet=quiet))
        if watch_on:
            for report in _reports_of_changes(sources or [], read, interrupted):
                tell(report_json(report), as_json, partial(print_report, report, quiet=quiet))
            return
    if report.failed:
        raise typer.Exit(SOME_FAILED if report.added + report.updated + report.unchanged else FAILED)


def documents(
    structure: Annotated[
        Path | None,
        typer.Option("--structure", metavar="FILE", help="Write what each document consists of, as JSON Lines."),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the documents in the library."""
    from ...rag.schema import listed_json
    from .render import print_documents

    with opened_library(read_settings(library=library)) as lib:
        listings = lib.documents()
        if structure:
            _write_structures(lib, listings, structure)
    tell([listed_json(listing) for listing in listings], as_json, lambda: print_documents(listings))


def _write_structures(library: "Library", listings: "Sequence[Listing]", file: Path) -> None:
    from ...rag.schema import structure_json

    try:
        with file.open("w", encoding="ascii") as lines:
            for document in filter(None, (library.store.document(listing.id) for listing in listings)):
                print(json.dumps(structure_json(document, library.structure(document))), file=lines)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror or error}). Choose another file.") from error


def remove(
    names: Annotated[list[str], typer.Argument(metavar="DOCUMENT...", help="Id, file name, symbol or title.")],
    redact: Annotated[
        bool, typer.Option("--redact", help="Also remove their quotes from conversations and notebooks.")
    ] = False,
    library: LibraryOption = None,
    wait_s: WaitOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library without a trace; the files they were read from stay."""
    from ..removal import remove_records, removed_json
    from .render import print_removed

    settings = read_settings(library=library)
    write_privately(library_folder(settings))
    with opened_library(settings) as lib, written(lib, wait_s, quiet=as_json):
        removed = remove_records(lib, names, redact=redact)
        note(settings, "remove", documents=[listing.id for listing in removed.listings])
    tell(removed_json(removed), as_json, lambda: print_removed(removed))


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
        write_privately(library_folder(settings))
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
