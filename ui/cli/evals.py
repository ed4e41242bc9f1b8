"""`onrecord eval ...`: measure, compare, report, propose cases, try settings."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...vectorstore.errors import InputError
from .console import SOME_FAILED, json_text
from .options import (
    BaseUrlOption,
    EmbeddingOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    QuietOption,
    RerankerOption,
    WayOption,
)
from .setting_up import library_folder, opened_library, read_settings, tell

if TYPE_CHECKING:
    from ...evals.measures.judge import Judge
    from ...evals.runs import Run
    from ...rag.settings import Settings

evaluation = typer.Typer(help="Measure answers on your own records, and show what went wrong.", no_args_is_help=True)

CasesArgument = Annotated[
    str,
    typer.Argument(metavar="CASES", help="Cases: a file of JSON lines or CSV, beir:FOLDER or squad:FILE."),
]
FailUnderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under", metavar="MEASURE=VALUE", help="Exit with status 1 if a measure is worse; may be repeated."
    ),
]


@evaluation.command("run")
def eval_run(
    cases: CasesArgument,
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    way: WayOption = None,
    reranker: RerankerOption = None,
    output: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write everything as JSON; - prints it.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="OUT.html", help="Write a report too.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Passages retrieved per question.")] = 50,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Cases asked in parallel.")] = 1,
    search_only: Annotated[bool, typer.Option("--search-only", help="Only retrieve, do not answer.")] = False,
    fail_under: FailUnderOption = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="MODEL", help="provider:name of a chat model that judges answers.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="CSV", help="Human scores (id, score 0-2) to set against the judge's."),
    ] = None,
    nli: Annotated[
        str | None, typer.Option("--nli", metavar="MODEL", help="NLI cross-encoder, name or path, for ALCE's measures.")
    ] = None,
    price: Annotated[
        str | None, typer.Option("--price", metavar="IN,OUT", help="Price per million tokens read and written.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask every case again, even those already asked.")] = False,
    times: Annotated[bool, typer.Option("--times/--no-times", help="Whether the JSON includes timings.")] = True,
    quiet: QuietOption = False,
) -> None:
    """Ask every case and measure retrieval, answers, citations and refusals.

    Cases already asked with the same settings, library and code are not asked again, so an interrupted run
    resumes where it stopped.
    """  # fmt: skip
    from ...evals.kept import write_whole
    from ...evals.measures.judge import read_labels
    from ...evals.readers import cases as read_cases
    from ...evals.reports.report import write_report
    from ...evals.thresholds import read_thresholds

    asked, thresholds = read_cases(cases), read_thresholds(fail_under or ())
    people = read_labels(labels) if labels else None
    to_standard_output = str(output) == "-"
    for path in (output, report):
        _check_folder(path)
    settings = read_settings(
        library=library, model=model, model_base_url=model_base_url, model_way=way, reranker=reranker
    )
    given = {"limit": limit, "jobs": jobs, "search_only": search_only, "prices": _prices(price)}
    done = _run(asked, settings, given, cases, judge, nli, fresh=fresh, quiet=quiet or to_standard_output)
    value = _json_of(done, people, times)
    if to_standard_output:
        print(json_text(value, indent=1))
    elif output is not None:
        write_whole(json.dumps(value, ensure_ascii=False, indent=1) + "\n", output)
    if report is not None:
        write_report(value, report)
    _show(done, value.get("agreement"), thresholds, to_standard_output)


@evaluation.command("compare")
def eval_compare(
    a: Annotated[Path, typer.Argument(metavar="A.json", help="A run, as `eval run --json` wrote it.")],
    b: Annotated[Path, typer.Argument(metavar="B.json", help="Another run of the same cases.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two runs: what changed, whether it is more than chance, which cases got better and worse."""
    from rich.console import Console

    from ...evals.kept import read_run
    from ...evals.reports.comparison import compare, comparison_json
    from ...evals.reports.table import print_comparison

    found = compare(read_run(a), read_run(b))
    tell(comparison_json(found), as_json, lambda: print_comparison(found, Console()))


@evaluation.command("report")
def eval_report(
    run: Annotated[Path, typer.Argument(metavar="RUN.json", help="A run, as `eval run --json` wrote it.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="HTML file [RUN.html].")] = None,
) -> None:
    """Turn a run into one HTML file: figures, plots, and every case with what was missed and where."""
    from ...evals.kept import read_run
    from ...evals.reports.report import write_report

    path = output or run.with_suffix(".html")
    write_report(read_run(run), path)
    print(f"Wrote {path}")


@evaluation.command("draft")
def eval_draft(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="JSON lines file for accepted cases (default: cases.jsonl).")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="CSV", help="Write a spreadsheet to accept them in instead.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Accept all without asking.")] = False,
    feedback: Annotated[
        bool, typer.Option("--from-feedback", help="From answers that people rated in the chat.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many to propose.")] = 30,
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    way: WayOption = None,
) -> None:
    """Propose cases from the library, for you to accept one by one, or in a spreadsheet.

    Without a model they come from acronyms, definitions, numbers and headings.
    """  # fmt: skip
    from ...evals.drafts.accept import accept, add_to, write_sheet
    from ...evals.drafts.propose import draft, from_feedback

    settings = read_settings(library=library, model=model, model_base_url=model_base_url, model_way=way)
    with opened_library(settings) as lib:
        model_of = lib.writer.service.model if lib.writer else None
        drafts = from_feedback(lib) if feedback else draft(lib, limit=limit, model=model_of)
    if not drafts:
        raise InputError("Nothing to propose: " + ("no answer was judged yet." if feedback else "no sentence fits."))
    if sheet is not None:
        write_sheet(sheet, drafts)
        print(f"Wrote {len(drafts)} drafts to {sheet}. Write yes in the column accepted for those to keep, then run:")
        print(f"onrecord eval run {sheet}")
        return
    if not everything and not sys.stdin.isatty():
        raise InputError(
            "There is no terminal to accept drafts in. Use --sheet FILE.csv, or --all to take them as they are."
        )
    path = output or Path("cases.jsonl")
    _check_folder(path)
    accepted = drafts if everything else list(accept(drafts, input, print))
    if accepted:
        print(f"{path} holds {add_to(path, accepted)} cases, {len(accepted)} of them new.")


@evaluation.command("sweep")
def eval_sweep(
    cases: CasesArgument,
    library: LibraryOption = None,
    words: Annotated[str, typer.Option("--words", help="Weights of search by words, separated by commas.")] = "1",
    meaning: Annotated[str, typer.Option("--meaning", help="Weights of search by meaning.")] = "0,0.5,1,2",
    k: Annotated[str, typer.Option("--k", help="Numbers of passages retrieved.")] = "5,10,20",
    embeddings: Annotated[
        str, typer.Option("--embeddings", help="Embedding models, by name or path; the library's own by default.")
    ] = "",
    options: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="NAME=A,B", help="Instead, ask with these values of a library option."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Try a grid of settings and show what each gives and costs: quality, seconds, characters, bytes."""
    from rich.console import Console

    from ...evals.readers import cases as read_cases
    from ...evals.reports.sweeps import sweep, sweep_options
    from ...evals.reports.table import print_sweep
    from .progress import count

    asked, settings = read_cases(cases), read_settings(library=library)
    folder = library_folder(settings)
    grid = [_numbers("--words", words), _numbers("--meaning", meaning), [int(n) for n in _numbers("--k", k)]]
    models: list[str | None] = [name.strip() or None for name in embeddings.split(",")]
    total = len(grid[0]) * len(grid[1]) * len(grid[2]) * len(models)
    with count("Trying", total, quiet=quiet or as_json) as tick:
        if options:
            rows = sweep_options(folder, asked, _grid_of(options), progress=lambda _: tick(), cache_dir=settings.cache)
        else:
            points = sweep(
                folder, asked, words=grid[0], meaning=grid[1], limits=grid[2], embeddings=models,
                progress=lambda _: tick(), cache_dir=settings.cache,
            )  # fmt: skip
            rows = [point.row() for point in points]
    tell(rows, as_json, lambda: print_sweep(rows, Console()))


@evaluation.command("corpus")
def eval_corpus(
    name: Annotated[str, typer.Argument(metavar="SET", help="beir:FOLDER or squad:FILE.")],
    library: LibraryOption = None,
    whole: Annotated[bool, typer.Option("--whole", help="One passage per document, as in published results.")] = False,
    embedding: EmbeddingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load the documents of a published set into a library of their own."""
    from ...evals.corpora import fill
    from ...evals.readers import documents

    if library is None:
        raise InputError("Name a library of its own for the set: --library FOLDER")
    with opened_library(read_settings(library=library, embedding=embedding), create=True) as lib:
        count = fill(lib, documents(name), whole=whole)
    tell({"documents": count}, as_json, lambda: print(f"{count} documents of {name} are in {library}."))


@evaluation.command("structure")
def eval_structure(
    gold: Annotated[
        str, typer.Argument(metavar="GOLD", help="Gold of what records consist of, as JSON lines; or cases.")
    ],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Read these instead of opening a library.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grade how records were read: turns, speakers, headings, paragraphs, pages, titles, outcomes.

    Given cases instead, look up every gold quote: is it whole, in the right paragraph, with the right speaker?
    """  # fmt: skip
    from ...evals.gold_structure import is_gold
    from ...evals.measures.places import place_all, places_json
    from ...evals.readers import cases as read_cases
    from .render import print_grades, print_places

    settings = read_settings(library=library)
    if Path(gold).is_file() and is_gold(Path(gold)):
        grades = _grades(Path(gold), files or [], settings)
        tell(grades, as_json, lambda: print_grades(grades))
        return
    if files:
        raise InputError(f"{gold} holds no gold of what records consist of; cases are looked up in a library.")
    asked = read_cases(gold)
    with opened_library(settings) as lib:
        shape = places_json(place_all(lib, asked))
    tell(shape, as_json, lambda: print_places(shape))


# --- what the commands share -------------------------------------------------------------------------------------


def _run(
    asked: Sequence[Any], settings: "Settings", given: Mapping[str, Any], named: str, judge: str | None,
    nli: str | None, *, fresh: bool, quiet: bool,
) -> "Run":  # fmt: skip
    """Asks the cases; says on standard error how to go on after an interruption, and what could not be kept."""
    from ...evals.measures.entailment import cross_encoder
    from ...evals.runs import run
    from .progress import count

    with opened_library(settings, model_falls_back=False) as lib, count("Asking", len(asked), quiet=quiet) as tick:
        recorded = {
            "cases": named, "model": settings.model, "embedding": lib.store.embedding, "reranker": settings.reranker,
        }  # fmt: skip
        try:
            done = run(
                lib, asked, **given, settings=recorded, cache=None if fresh else _cache_folder(settings),
                judge=_judge(judge, settings) if judge else None,
                entails=cross_encoder(nli) if nli else None, progress=lambda _: tick(),
            )  # fmt: skip
        except KeyboardInterrupt:
            again = "; run the command again to go on" if not fresh else ""
            print(f"onrecord: interrupted{again}.", file=sys.stderr)
            raise
    if fault := done.clock["cache_fault"]:
        print(f"onrecord: {fault}; this run is complete, but another will ask again.", file=sys.stderr)
    return done


def _grades(gold: Path, files: Sequence[Path], settings: "Settings") -> dict[str, Any]:
    """How the files, or the documents of the library, were read."""
    from ...evals.gold_structure import read_gold
    from ...evals.measures.structure import grade, grades_json, of_files, of_library
    from ...ingest.ingest import find_files

    wanted = read_gold(gold)
    if files:
        read = of_files(find_files(files)[0], settings.limits())
    else:
        with opened_library(settings) as lib:
            read = of_library(lib)
    return grades_json({each.doc: grade(each, read.get(each.doc)) for each in wanted})


def _judge(name: str, settings: "Settings") -> "Judge":
    """The judge, reached as the model is."""
    from ...evals.measures.judge import open_judge

    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    return open_judge(name, base_url=settings.model_base_url, api_key=key, timeout_s=settings.model_timeout_s)


def _json_of(done: "Run", people: Mapping[str, int] | None, times: bool) -> dict[str, Any]:
    """The run, with how far its judge and people agree where there are people's labels."""
    from ...evals.measures.judge import agreement
    from ...evals.runs import to_json

    value = to_json(done, times=times)
    return value if people is None else {**value, "agreement": asdict(agreement(value["cases"], people))}


def _show(done: "Run", agreed: Any, thresholds: Mapping[str, float], to_standard_output: bool) -> None:
    """Shows the run, unless standard output is taken by JSON; ends with status 1 where a measure fell short."""
    from rich.console import Console

    from ...evals.reports.table import print_shortfalls, print_table
    from ...evals.thresholds import shortfalls

    console = Console(stderr=to_standard_output)
    if not to_standard_output:
        print_table(done, console)
        if agreed is not None:
            console.print(f"\njudge and people: {agreed}")
    if short := shortfalls(done.measures, thresholds):
        print_shortfalls(short, console)
        raise typer.Exit(SOME_FAILED)


def _cache_folder(settings: "Settings") -> Path:
    from platformdirs import user_cache_path

    return (settings.cache or user_cache_path("onrecord")) / "evals"


def _check_folder(path: Path | None) -> None:
    """Finds out before a long run, not after it, that there is no folder to write to."""
    if path is not None and not path.absolute().parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}; make it first.")


def _prices(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    numbers = _numbers("--price", text)
    if len(numbers) != 2:
        raise InputError(f"--price {text}: write two numbers, of a million tokens read and written: 0.5,1.5")
    return numbers[0], numbers[1]


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InputError(f"{option} {text}: write numbers separated by commas, for example 0.5,1") from error


def _grid_of(options: Sequence[str]) -> dict[str, list[str]]:
    pairs = [text.partition("=") for text in options]
    if wrong := next((name for name, sign, value in pairs if not (name and sign and value)), None):
        raise InputError(f"--option {wrong}: write NAME=A,B, for example model=none,ollama:llama3.2")
    return {name: value.split(",") for name, _, value in pairs}
