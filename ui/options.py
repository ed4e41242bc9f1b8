"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None,
    typer.Option("--library", "-l", help="Library folder [RAPPORTEUR_LIBRARY, else the user's data folder]."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON value on standard output, nothing else.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks.")]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", help="provider:name of a chat model that writes the answers; none quotes only [RAPPORTEUR_MODEL]."
    ),
]
BaseUrlOption = Annotated[str | None, typer.Option("--model-base-url", help="Address of the model's service.")]
EmbeddingOption = Annotated[
    str | None, typer.Option("--embedding", help="sentence-transformers model, by name or path [RAPPORTEUR_EMBEDDING].")
]
RerankerOption = Annotated[
    str | None,
    typer.Option("--reranker", help="Cross-encoder that re-ranks what is found, name or path [RAPPORTEUR_RERANKER]."),
]
