"""Runs, comparisons and sweeps shown on a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..measures.stages import in_words
from ..outcome import BY_NAME
from ..runs import Run
from ..thresholds import Shortfall
from .comparison import CaseChange, Comparison

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
_ALWAYS = (
    "evidence_recall_4000", "key_facts", "cite_recall", "cite_precision", "citations_per_answer", "verbatim",
    "locator", "abstain_p", "abstain_r", "abstain_f1", "refused_answerable", "seconds_p50", "seconds_p95",
)  # fmt: skip


def print_table(run: Run, console: Console) -> None:
    """Prints the run; fits 80 columns. A dash stands where a measure has no case to look at."""
    console.print(_measures_table(run))
    console.print(_kinds_table(run))
    stages = [result.record["stage"] for result in run.results if result.record["stage"]]
    if stages:
        lost = (f"{in_words(stage)} {stages.count(stage)}" for stage in dict.fromkeys(stages))
        console.print("\nlost at: " + ", ".join(lost))
    for result in run.results:
        if result.error is not None:
            console.print(f"[red]failed[/red] {escape(result.case.id)}: {escape(result.error)}")


def print_shortfalls(short: Sequence[Shortfall], console: Console) -> None:
    """What fell short of its threshold."""
    table = _table("\nfell short", "measure", "value", "wanted", "missing")
    for each in short:
        value = "-" if each.value is None else f"{each.value:.3f}"
        missing = "-" if each.value is None else f"{abs(each.value - each.threshold):.3f}"
        wanted = f"{'at most' if each.lower_is_better else 'at least'} {each.threshold:g}"
        table.add_row(each.name, value, wanted, missing)
    console.print(table)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Measures side by side, then the cases that got better and worse."""
    table = _table(f"{comparison.n} cases in common", "measure", "A", "B", "B - A", "95 % interval", "p")
    for change in comparison.changes:
        found = change.difference
        better = found and found.by and (found.by < 0) == BY_NAME[change.name].lower_is_better
        colour = "" if not found or found.p >= 0.05 or not found.by else "green" if better else "red"
        by = "-" if found is None else f"{found.by:+.3f}"
        table.add_row(
            change.name,
            _number(change.before),
            _number(change.after),
            f"[{colour}]{by}[/{colour}]" if colour else by,
            "-" if found is None else f"{found.low:+.3f} to {found.high:+.3f}",
            "-" if found is None else f"{found.p:.3f}",
        )
    console.print(table)
    for name, changes in (("better", comparison.better), ("worse", comparison.worse)):
        console.print(f"\n{name}: {len(changes) or 'none'}")
        for change in changes:
            console.print(f"  {escape(_told(change))}", highlight=False)
    for name, ids in (("A", comparison.only_a), ("B", comparison.only_b)):
        if ids:
            console.print(f"\nonly in {name}: {escape(', '.join(ids))}", highlight=False)


def print_sweep(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """A line a setting: what was set, how good it is, how fast, how big."""
    if not rows:
        return
    table = _table("", *rows[0])
    for row in rows:
        table.add_row(*(_number(value) if isinstance(value, float) else escape(str(value)) for value in row.values()))
    console.print(table)


def _measures_table(run: Run) -> Table:
    table = _table(f"{len(run.results)} cases", "measure", "value", "95 % interval")
    for name, value in run.measures.items():
        if value is None and name not in _ALWAYS:
            continue
        bounds = run.intervals.get(name)
        table.add_row(name, _number(value), f"{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds else "")
    return table


def _kinds_table(run: Run) -> Table:
    table = Table(title="\nby kind", box=None, pad_edge=False, title_justify="left")
    table.add_column("kind", overflow="fold", vertical="bottom")
    table.add_column("n", justify="right")
    for heading in _BY_KIND.values():
        table.add_column(heading, justify="right")
    for kind, measures in run.by_kind.items():
        count = sum(result.case.kind == kind for result in run.results)
        table.add_row(escape(kind), str(count), *(_number(measures[name]) for name in _BY_KIND))
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title or None, box=None, pad_edge=False, title_justify="left")
    table.add_column(first, overflow="fold")
    for heading in others:
        table.add_column(heading, justify="right")
    return table


def _told(change: CaseChange) -> str:
    """One line of a case: what it was and is, and the measures that moved most."""
    most = sorted(change.moved.items(), key=lambda item: -abs(item[1]))[:3]
    moved = ", ".join(f"{name} {by:+.2f}" for name, by in most)
    outcome = f"{change.before} -> {change.after}" if change.before != change.after else f"{change.after}"
    return f"{change.id} ({change.kind}): {outcome}" + (f"; {moved}" if moved else "")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
