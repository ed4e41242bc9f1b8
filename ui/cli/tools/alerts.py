"""`onrecord alerts ...`: what is watched, and what is new of it since the last time."""

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ....vectorstore.errors import InputError
from ..console import DONE, SOME_FAILED, json_text
from ..options import JsonOption, LibraryOption
from ..setting_up import opened_library, read_settings, tell

if TYPE_CHECKING:
    from ....rag.tools.alerts.alerts import Alert, Entry
    from ....rag.tools.alerts.found import AlertKind

alerts = typer.Typer(help="Watch questions, speakers and registers; tell what is new.", no_args_is_help=True)


@alerts.command("add")
def add(
    question: Annotated[str | None, typer.Argument(help="A question to watch.")] = None,
    speaker: Annotated[str | None, typer.Option("--speaker", help="Watch what this speaker says instead.")] = None,
    register: Annotated[
        str | None,
        typer.Option("--register", help="Watch votes, sponsors, statements, decisions, documents or acronyms."),
    ] = None,
    who: Annotated[str | None, typer.Option("--who", help="Of a register: only rows of these.")] = None,
    about: Annotated[str | None, typer.Option("--about", help="Of a register: only rows with these words.")] = None,
    webhook: Annotated[str | None, typer.Option("--webhook", metavar="URL", help="Post what is new there.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="What is there already is new, too.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch a question, a speaker or a register from now on."""
    from ....rag.tools.alerts.delivery import alert_json
    from ....rag.tools.alerts.found import Subject

    if sum(each is not None for each in (question, speaker, register)) != 1:
        raise InputError("Say what to watch: a question, or --speaker, or --register.")
    if register is None and (who or about):
        raise InputError("--who and --about choose rows of a --register.")
    kind = cast("AlertKind", register or ("speaker" if speaker else "question"))
    subject = Subject(kind=kind, words=about if register else speaker or question, who=who)
    with opened_library(read_settings(library=library)) as lib:
        alert = lib.alerts().add(subject, webhook=webhook, known=not everything)
    tell(alert_json(alert), as_json, lambda: _print([alert]))


@alerts.command("list")
def list_alerts(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List what is watched."""
    from ....rag.tools.alerts.delivery import alerts_json

    with opened_library(read_settings(library=library)) as lib:
        found = lib.alerts().all()
    tell(alerts_json(found), as_json, lambda: _print(found))


@alerts.command("remove")
def remove(
    key: Annotated[str, typer.Argument(metavar="ALERT", help="Its id.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch it no more."""
    from ....rag.tools.alerts.delivery import alert_json

    with opened_library(read_settings(library=library)) as lib:
        found = lib.alerts().remove(key)
    tell(alert_json(found), as_json, lambda: print(f"Removed {found.id}."))


@alerts.command("run")
def run(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[ALERT]...", help="Only these, by id.")] = None,
    atom: Annotated[
        Path | None, typer.Option("--atom", metavar="FILE", help="Write the latest news as an Atom feed as well.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Webhooks may be on this machine or in private networks.")
    ] = False,
    library: LibraryOption = None,
) -> None:
    """Tell what is new since the last run, a line of JSON each. Status 1 if a webhook did not take its news."""
    from ....rag.tools.alerts.delivery import as_atom, entry_json, post

    def deliver(alert: "Alert", entry: "Entry") -> None:
        if alert.webhook:
            post(entry, alert.webhook, allow_private=allow_private)
        print(json_text(entry_json(entry)), flush=True)

    with opened_library(read_settings(library=library)) as lib:
        watched = lib.alerts()
        if atom:  # before what is new is marked as delivered
            watched.look(keys or ())
            entries = watched.entries(keys[0] if keys and len(keys) == 1 else None)
            _write(atom, as_atom(entries, "On Record", "all" if not keys else "-".join(keys)))
        done = watched.run(deliver, keys or ())
    for entry, reason in done.failed:
        print(f"Not delivered ({entry.alert}): {reason} It is tried again by the next run.", file=sys.stderr)
    raise typer.Exit(SOME_FAILED if done.failed else DONE)


def _write(file: Path, text: str) -> None:
    """Writes a file so that whoever reads it meets it whole. Raises InputError where it cannot be written."""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        Path(written.name).chmod(0o644)
        os.replace(written.name, file)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror or error}). Choose another file.") from error


def _print(found: "list[Alert]") -> None:
    from ..render import printable

    for each in found:
        print(printable("  ".join(filter(None, [each.id, each.subject.title, each.webhook and f"-> {each.webhook}"]))))
    if not found:
        print("Nothing is watched.")
