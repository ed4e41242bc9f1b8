"""`onrecord backup`, `verify` and `restore`: a library as one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import DONE, SOME_FAILED
from ..options import JsonOption, LibraryOption, QuietOption
from ..progress import watch
from ..setting_up import library_folder, note, read_settings, tell, write_privately

if TYPE_CHECKING:
    from ...backup import Manifest

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup goes; nothing may be there yet.")],
    library: LibraryOption = None,
    wait_s: Annotated[
        float,
        typer.Option(
            "--wait", metavar="SECONDS", min=0, help="How long to wait for who writes, before index and vectors are "
            "left out, which restoring makes anew.",
        ),
    ] = 60.0,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write the whole library into one file with checksums, also while it is served."""
    from ...backup import back_up, summary

    settings = read_settings(library=library)
    write_privately(folder := library_folder(settings))
    manifest = back_up(folder, file, wait_s=wait_s)
    note(settings, "back up", file=str(file))

    def to_people() -> None:
        print(f"{file}: {_contents(manifest)}")
        if not manifest.derived:
            print("The library was being written to, so index and vectors are not in it; restoring makes them anew.")

    tell(summary(manifest, file), as_json, to_people)


def verify(file: FileArgument, as_json: JsonOption = False) -> None:
    """Read all of a backup, compare it with its checksums, and examine its catalogue. Status 1 if anything is wrong."""
    from ...backup import summary
    from ...backup import verify as verify_backup

    found = verify_backup(file)
    shape = {
        **(summary(found.manifest, file) if found.manifest else {"file": str(file)}),
        "sound": not found.faults,
        "faults": list(found.faults),
    }
    says = [f"✗ {fault}" for fault in found.faults]
    if found.manifest and not found.faults:
        says = [f"✓ {file} is sound: {_contents(found.manifest)}, made {found.manifest.made}"]
    tell(shape, as_json, lambda: print("\n".join(says)))
    raise typer.Exit(SOME_FAILED if found.faults else DONE)


def restore(
    file: FileArgument, library: LibraryOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Make a library from a backup, in a folder that is missing or empty."""
    from ....rag import open_library
    from ...backup import restore as restore_backup
    from ...backup import summary

    settings = read_settings(library=library)
    folder = library_folder(settings)
    write_privately(folder)
    manifest = restore_backup(file, folder)
    with (
        open_library(folder, create=False, cache_dir=settings.cache, chroma_url=settings.chroma_url) as lib,
        lib.store.writing(),
        watch(quiet=quiet or as_json) as watcher,
    ):
        lib.store.make_findable()
        lib.store.embed(watcher.embedding if watcher else None)
    note(settings, "restore", file=str(file), made=manifest.made)
    tell(summary(manifest, folder), as_json, lambda: print(f"{folder}: {_contents(manifest)}, of {manifest.made}"))


def _contents(manifest: "Manifest") -> str:
    return f"{len(manifest.files)} files, {manifest.size / 1e6:.1f} MB"
