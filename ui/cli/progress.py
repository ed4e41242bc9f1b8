"""Progress bars, on a terminal only; elsewhere a remark on each failure and silence."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from ...ingest.ingest import Failure, Watcher
    from ..intake import ReadingStatus

_LOOK_EVERY_S = 0.3


@contextmanager
def watch(*, quiet: bool) -> "Iterator[Watcher | None]":
    """A watcher that draws bars for reading and embedding; None when nothing is to be shown."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with _bars() as progress:
        yield _Bars(progress)


def follow(status: "Callable[[], ReadingStatus]") -> None:
    """Draws what a server reads in the background, whenever it does, and says how each time ended; never returns."""
    named: set[Failure] = set()
    while True:
        if status().running:
            _follow_once(status, named)
        time.sleep(_LOOK_EVERY_S)


def _follow_once(status: "Callable[[], ReadingStatus]", named: "set[Failure]") -> None:
    with _bars() as progress:
        bars = _Bars(progress)
        while (now := status()).running:
            if now.total:
                bars.reading(now.read, now.total, now.source)
            if now.to_embed:
                bars.embedding(now.embedded, now.to_embed)
            _name_failures(bars, now, named)
            time.sleep(_LOOK_EVERY_S)
    now = status()
    _name_failures(bars, now, named)
    print(now.error or f"Read {now.total} {'file' if now.total == 1 else 'files'}.", file=sys.stderr, flush=True)


def _name_failures(bars: "_Bars", now: "ReadingStatus", named: "set[Failure]") -> None:
    for failure in now.failures:
        if failure not in named:
            named.add(failure)
            bars.failed(failure)


@contextmanager
def count(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar that moves on by one at every call."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    with _bars() as progress:
        task = progress.add_task(what, total=total, note="")
        yield lambda: progress.advance(task)


def _bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        transient=True,
    )


class _Bars:
    """A `Watcher` on a terminal."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._reading = progress.add_task("Reading", total=None, note="")
        self._embedding = progress.add_task("Embedding", total=None, note="", visible=False)

    def reading(self, done: int, total: int, source: str) -> None:
        self._progress.update(self._reading, completed=done, total=total, note=_tail(source))

    def failed(self, failure: "Failure") -> None:
        self._progress.console.print(
            f"[red]✗[/red] {_escaped(failure.source)}: {_escaped(failure.error)}", highlight=False
        )

    def embedding(self, done: int, total: int) -> None:
        self._progress.update(self._embedding, completed=done, total=total, note="passages", visible=True)


def _tail(source: str) -> str:
    name = Path(source).name
    return _escaped(name if len(name) < 40 else "…" + name[-39:])


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape("".join(character if character.isprintable() else "�" for character in text))
