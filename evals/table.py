"""A run shown on a terminal: the measures, then each kind of case, then the cases that failed."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .run import Measures, Run

# Headings short enough for twelve kinds on 80 columns.
_BY_KIND = {
    "evidence_recall_4000": "evidence\nrecall",
    "key_facts": "key\nfacts",
    "cite_recall": "cite\nrecall",
    "cite_precision": "cite\nprec.",
    "locator": "locator",
    "abstain_r": "abstain\nrecall",
    "refused_answerable": "refused\nwrongly",
}


def print_table(run: Run, console: Console) -> None:
    """Prints the run; fits 80 columns. A dash stands where a measure has no case to look at."""
    console.print(_measures_table(run))
    console.print(_kinds_table(run))
    for result in run.results:
        if result.error is not None:
            console.print(f"[red]failed[/red] {escape(result.case.id)}: {escape(result.error)}")


def _measures_table(run: Run) -> Table:
    table = Table(title=f"{len(run.results)} cases", box=None, pad_edge=False, title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    for name in Measures.__dataclass_fields__:
        table.add_row(name, _shown(run.measures, name))
    return table


def _kinds_table(run: Run) -> Table:
    table = Table(title="\nby kind", box=None, pad_edge=False, title_justify="left")
    table.add_column("kind", overflow="fold", vertical="bottom")
    table.add_column("n", justify="right")
    for heading in _BY_KIND.values():
        table.add_column(heading, justify="right")
    for kind, measures in run.by_kind.items():
        count = sum(result.case.kind == kind for result in run.results)
        table.add_row(escape(kind), str(count), *(_shown(measures, name) for name in _BY_KIND))
    return table


def _shown(measures: Measures, name: str) -> str:
    value: float | None = getattr(measures, name)
    return "-" if value is None else f"{value:.3f}"
