"""`onrecord serve` and `mcp`: the library for browsers, programs and agents."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from .options import BaseUrlOption, LibraryOption, ModelOption, RerankerOption, WayOption
from .progress import follow
from .setting_up import opened_library, read_settings

END_GRACE_S = 10.0


def serve(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files and folders to read first.")
    ] = None,
    library: LibraryOption = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port to listen on [7860].")] = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    way: WayOption = None,
    reranker: RerankerOption = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    also: Annotated[
        list[Path] | None, typer.Option("--also", metavar="DIR", help="Another library to switch to; may be repeated.")
    ] = None,
) -> None:
    """Serve the browser chat and the HTTP API; PATHs are read in the background."""
    from ...ingest.ingest import find_sources
    from ..listening import listen

    settings = read_settings(
        library=library, model=model, model_base_url=model_base_url, model_way=way, reranker=reranker
    )
    if paths:
        find_sources(paths)
    listen(host or settings.host, port or settings.port).close()
    if sys.stderr.isatty():
        print("Starting …", file=sys.stderr, flush=True)
    from ..app import serve as serve_library  # takes seconds to load: what is wrong has been told by now
    from ..ending import end_for_sure
    from ..http.serving import options_from

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
            follow=follow if sys.stderr.isatty() else None,
        )


def mcp(
    library: LibraryOption = None,
    model: ModelOption = None,
    model_base_url: BaseUrlOption = None,
    way: WayOption = None,
) -> None:
    """Serve agents over the Model Context Protocol on standard input and output."""
    from ..http.mcp.server import serve_stdio

    with opened_library(
        read_settings(library=library, model=model, model_base_url=model_base_url, model_way=way), create=True
    ) as lib:
        serve_stdio(lib)
