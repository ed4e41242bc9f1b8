"""`onrecord serve` and `mcp`: the library for browsers, programs and agents."""

import ipaddress
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from ...vectorstore.errors import InputError
from .options import BaseUrlOption, LibraryOption, ModelOption, RerankerOption, WayOption
from .progress import follow
from .setting_up import library_folder, opened_library, read_settings

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
    open_to_anybody: Annotated[
        bool, typer.Option("--open-to-anybody", help="Let other machines read without accounts and keys.")
    ] = False,
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
    if not (open_to_anybody or settings.open_to_anybody or settings.oidc_issuer):
        _check_who_may_read(host or settings.host, library_folder(settings))
    if settings.proxy_user_header:
        _check_somebody_can_be_named(library_folder(settings))
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


def _check_who_may_read(host: str, folder: Path) -> None:
    """Raises InputError where other machines could read records without anybody being asked who they are."""
    from ..access.accounts import Accounts
    from ..http.keys import Keys

    if host == "localhost" or _is_this_machine(host) or Keys(folder).needed or Accounts(folder).needed:
        return
    raise InputError(
        f"On {host} other machines could read the records, and nobody is asked who they are. Make an account (onrecord "
        "users add NAME) or a key (onrecord keys create NAME) first; or say that all may read: --open-to-anybody"
    )


def _check_somebody_can_be_named(folder: Path) -> None:
    """Raises InputError where a proxy tells names and there is no account, so that all it lets through might ask."""
    from ..access.accounts import Accounts

    if not Accounts(folder).needed:
        raise InputError(
            "ONRECORD_PROXY_USER_HEADER: the proxy names accounts, and there is none. Make those that may come in: "
            "onrecord users add NAME --no-password"
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


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
