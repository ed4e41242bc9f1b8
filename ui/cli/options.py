"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None,
    typer.Option("--library", "-l", help="Library folder [ONRECORD_LIBRARY, else the user's data folder]."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
WaitOption = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait while another process writes."),
]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", help="provider:name of a chat model that writes the answers, or none [ONRECORD_MODEL]."),
]
BaseUrlOption = Annotated[str | None, typer.Option("--model-base-url", help="Address of the model's service.")]
WayOption = Annotated[
    str | None,
    typer.Option(
        "--way", metavar="WAY", help="How the model answers: write, select sentences of the records, or auto [auto]."
    ),
]
EmbeddingOption = Annotated[
    str | None, typer.Option("--embedding", help="sentence-transformers model, by name or path [ONRECORD_EMBEDDING].")
]
RerankerOption = Annotated[
    str | None,
    typer.Option("--reranker", help="Cross-encoder that re-ranks results, by name or path [ONRECORD_RERANKER]."),
]
StyleOption = Annotated[
    str,
    typer.Option("--style", help="plain, un, un-text, oscola, bluebook, chicago, apa, or the path of a CSL file."),
]
