"""`onrecord embedder ...`: the default embedding model for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from .options import JsonOption
from .setting_up import tell

embedder = typer.Typer(help="Take the default embedding model to other programs.", no_args_is_help=True)


@embedder.command("export")
def embedder_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is new or empty.")],
    as_json: JsonOption = False,
) -> None:
    """Write multilingual-e5-small as a folder for sentence-transformers, in float32 (about 500 MB)."""
    from ...vectorstore.embedder.export import export_e5

    export_e5(folder)
    tell({"folder": str(folder)}, as_json, lambda: print(f"Written to {folder}."))
