"""`onrecord search`, `ask`, `chat`, `overview`: questions put in a terminal."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...vectorstore.errors import InputError, OnRecordError
from .console import DONE, SOME_FAILED, json_text
from .options import (
    BaseUrlOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    QuietOption,
    RerankerOption,
    StyleOption,
    WayOption,
)
from .setting_up import opened_library, read_settings, tell

if TYPE_CHECKING:
    from ...rag import Filters, Library

DocumentOption = Annotated[
    list[str] | None,
    typer.Option("--document", help="Only documents with this in their title, file name or symbol; may be repeated."),
]
SpeakerOption = Annotated[str | None, typer.Option("--speaker", help="Only what this speaker said.")]
SymbolOption = Annotated[str | None, typer.Option("--symbol", help="Only documents with this in their symbol.")]
SectionOption = Annotated[str | None, typer.Option("--section", help="Only under headings with this in them.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Only documents of this date or later (2031-03 or 2031-03-12).")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="Only documents of this date or earlier.")]


class Lengths(StrEnum):
    """How long an overview is."""

    BRIEF = "brief"
    USUAL = "usual"
    FULL = "full"


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

    from ...rag.schema import hits_json
    from .render import print_hits

    began = perf_counter()
    filters = _filters(document, speaker, symbol, section, since, until)
    with opened_library(read_settings(library=library, reranker=reranker)) as lib:
        hits = lib.search(query, limit=limit, filters=filters)
        missing = lib.store.meaning_fault()
    if missing:
        print(f"onrecord: {missing}", file=sys.stderr)
    tell(hits_json(query, hits, perf_counter() - began), as_json, lambda: print_hits(hits))


def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='JSON lines {"id", "question", "history"}; answers as JSON lines.')
    ] = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    way: WayOption = None,
    reranker: RerankerOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every sentence on the subject, record by record, not the best only.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, max=20, help="How many quotes at most.")] = None,
    document: DocumentOption = None,
    speaker: SpeakerOption = None,
    symbol: SymbolOption = None,
    section: SectionOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    style: StyleOption = "plain",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Answer a question with exact, cited quotes, or say that the documents do not answer it."""
    from ...rag.messages import in_language
    from ...rag.pipeline import check_question
    from ...rag.schema import answer_json
    from ...rag.tools.citations.styles import cited
    from ..language import stated_locale
    from .render import print_answer

    if (question is None) == (batch is None):
        raise InputError('Ask one question (onrecord ask "What did Norway say?") or name a file with --batch.')
    filters = _filters(document, speaker, symbol, section, since, until)
    settings = read_settings(
        library=library, model=model, model_base_url=model_base_url, model_way=way, reranker=reranker, passages=limit
    )
    with opened_library(settings) as lib:
        if batch is not None:
            raise typer.Exit(_ask_batch(lib, batch, filters))
        check_question(question or "")
        answer = (lib.everything if everything else lib.ask)(question or "", filters=filters)
        answer = in_language(answer, stated_locale())
        labels = cited(answer.citations, style)
        missing = lib.store.meaning_fault()
    tell(answer_json(answer), as_json, lambda: print_answer(answer, labels, quiet=quiet, by_line=everything))
    if missing and (as_json or quiet):
        print(f"onrecord: {missing}", file=sys.stderr)


def chat(
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    way: WayOption = None,
) -> None:
    """Chat in the terminal; follow-up questions take the earlier ones into account."""
    from ...rag.messages import in_language
    from ...rag.pipeline import check_question
    from ..language import language_of_terminal, stated_locale, told
    from .render import print_answer

    language = language_of_terminal()
    with opened_library(
        read_settings(library=library, model=model, model_base_url=model_base_url, model_way=way)
    ) as lib:
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
            print_answer(in_language(answer, stated_locale()))


def overview(
    document: Annotated[
        str | None, typer.Argument(help="Id, file name, symbol or title; without one, the whole library.")
    ] = None,
    speaker: SpeakerOption = None,
    about: Annotated[str | None, typer.Option("--about", help="Only on this subject.")] = None,
    length: Annotated[Lengths, typer.Option("--length", help="How long.")] = Lengths.USUAL,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tell what the library, a document, a subject or a speaker's words are about, in exact, cited quotes."""
    from ...rag.messages import in_language
    from ...rag.schema import answer_json
    from ..language import stated_locale
    from .render import print_answer

    with opened_library(read_settings(library=library)) as lib:
        answer = lib.overview(document, speaker=speaker, about=about, length=length.value)
    answer = in_language(answer, stated_locale())
    tell(answer_json(answer), as_json, lambda: print_answer(answer, quiet=quiet, by_line=True))


def _filters(
    document: list[str] | None,
    speaker: str | None,
    symbol: str | None,
    section: str | None,
    since: str | None,
    until: str | None,
) -> "Filters | None":
    from ...rag import Filters

    for name, date in (("--since", since), ("--until", until)):
        if date and not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", date):
            raise InputError(f"{name} {date}: write a date as 2031, 2031-03 or 2031-03-12.")
    documents = tuple(document or ())
    filters = Filters(document=documents, speaker=speaker, symbol=symbol, section=section, since=since, until=until)
    return filters or None


def _ask_batch(lib: "Library", batch: Path, filters: "Filters | None") -> int:
    """Answers a file of questions, a JSON line each, in order; a line that cannot be asked says why in `error`."""
    from ...rag.messages import in_language
    from ...rag.pipeline import check_question
    from ...rag.schema import answer_json
    from ..language import language_of_terminal, stated_locale, told

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
            shape = {"id": key, **answer_json(in_language(answer, stated_locale()))}
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
