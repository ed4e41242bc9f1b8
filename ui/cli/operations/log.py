"""`onrecord audit`: who did what, from where; and whether the log of it is whole."""

from typing import Annotated, Any

import typer

from ....vectorstore.errors import InputError
from ..console import SOME_FAILED
from ..options import JsonOption, LibraryOption
from ..setting_up import library_folder, read_settings, tell


def audit(
    who: Annotated[str | None, typer.Option("--who", help="Only of those whose name holds this.")] = None,
    did: Annotated[str | None, typer.Option("--did", help="Only this: ask, read, add, remove, export ...")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only from this day on.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many of the latest entries to show.")] = 100,
    verify: Annotated[bool, typer.Option("--verify", help="Follow the chain of all entries.")] = False,
    contains: Annotated[
        str | None, typer.Option("--contains", metavar="HASH", help="With --verify: this hash must be there.")
    ] = None,
    forget_before: Annotated[
        str | None, typer.Option("--forget-before", metavar="DATE", help="Take out what is older, and note that.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the log of who did what (ONRECORD_AUDIT), or verify it. Status 1 if it has been tampered with."""
    from ...audit import Audit, account

    folder = library_folder(read_settings(library=library))
    if contains and not verify:
        raise InputError("--contains is for --verify: give both.")
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}, so nothing can be said of its log. Name one with --library.")
    log = Audit(folder)
    if forget_before:
        gone = log.forget_before(forget_before, who=account())
        return tell({"forgotten": gone}, as_json, lambda: print(f"Forgotten: {gone} entries."))
    if verify:
        found = log.verify()
        fault = found.fault
        if not fault and contains and not any(entry["hash"] == contains for entry in log.entries()):
            fault = f"the entry with the hash {contains} is missing"
        shape = {"entries": found.entries, "last": found.last, "whole": fault is None, "fault": fault}
        says = f"✗ {fault}" if fault else f"✓ {found.entries} entries, the last {found.last or 'of none'}"
        tell(shape, as_json, lambda: print(says))
        if fault:
            raise typer.Exit(SOME_FAILED)
        return None
    entries = [
        entry
        for entry in log.entries()
        if (who or "").casefold() in entry["who"].casefold()
        and did in (None, entry["did"])
        and entry["at"] >= (since or "")
    ][-limit:]
    return tell(entries, as_json, lambda: print("\n".join(map(_line, entries)) or "Nothing is noted."))


def _line(entry: dict[str, Any]) -> str:
    what = ", ".join(f"{name}: {value}" for name, value in entry["what"].items())
    shown = "".join(letter if letter.isprintable() else "�" for letter in what)
    status = f" ({entry['status']})" if entry.get("status") else ""
    place = f" from {entry['from']}" if entry.get("from") else ""
    return f"{entry['at']}  {entry['who']}{place}  {entry['did']}{status}  {shown}"
