"""How good the answers are: cases, measures, runs, reports.

from onrecord.evals import assert_at_least, cases, run
from onrecord.rag import open_library

with open_library("records/") as library:
    result = run(library, cases("cases.jsonl"))
assert_at_least(result, key_facts=0.6, verbatim=1.0)

Reading order: `case` (what is asked and what is right), `readers` (where cases come from), `measures` and its
neighbours (one function each), `outcome` (the table of them all), `stages` (where a case went wrong), `runs` (ask
everything, add it up), `comparison`, `sweeps`, `report`, `drafts`.
"""

from typing import TYPE_CHECKING, Any

from ..vectorstore.telemetry import switch_off

if TYPE_CHECKING:
    from .case import Case, Evidence
    from .drafts.propose import draft
    from .measures.judge import open_judge
    from .readers import cases
    from .reports.comparison import compare
    from .reports.report import write_report
    from .reports.sweeps import sweep
    from .runs import Run, run, to_json
    from .thresholds import assert_at_least

switch_off()

__all__ = [
    "Case", "Evidence", "Run", "assert_at_least", "cases", "compare", "draft", "open_judge", "run", "sweep", "to_json",
    "write_report",
]  # fmt: skip

_HOMES = {
    ".case": ("Case", "Evidence"),
    ".reports.comparison": ("compare",),
    ".drafts.propose": ("draft",),
    ".measures.judge": ("open_judge",),
    ".readers": ("cases",),
    ".reports.report": ("write_report",),
    ".runs": ("Run", "run", "to_json"),
    ".reports.sweeps": ("sweep",),
    ".thresholds": ("assert_at_least",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that importing the package costs next to nothing."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name], __name__), name)
