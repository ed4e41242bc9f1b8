"""A run as one HTML file that a person can read: figures, plots, and every case with what was missed and where.

The HTML is in `report.html`, `cases.html` and `plots.html`, which escape whatever comes from records or questions;
here is what they are made from. Everything is in the file: no network, no font, no library.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ...vectorstore.markup import plain
from ..kept import write_whole
from ..measures.confidence import Judged, reliability, risk_coverage
from ..measures.ratio import Ratio
from ..measures.significance import interval
from ..measures.stages import STAGES, in_words
from ..outcome import BY_NAME, add_up
from ..record import shares_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: 0 to 1, with its interval where there is one; `note` stands behind the label."""

    label: str
    value: float | None
    bounds: tuple[float, float] | None = None
    note: str = ""


def write_report(run: Mapping[str, Any], path: Path, *, title: str = "Evaluation") -> None:
    """Writes the report of a run (in JSON, as `to_json` gives it). Raises InputError where it cannot be written."""
    write_whole(report_html(run, title=title), path)


def report_html(run: Mapping[str, Any], *, title: str = "Evaluation") -> str:
    """The report of a run as one HTML page."""
    cases = run["cases"]
    stages = Counter(case["stage"] for case in cases)
    found = "evidence_recall_4000" if run["measures"].get("evidence_recall_4000") is not None else "recall_10"
    made_by = {name: run.get(name) for name in ("settings", "made_by", "digest", "clock")}
    return TEMPLATES.get_template("report.html").render(
        run=run, title=title, style=_asset("report.css"), script=_asset("report.js"), measures=BY_NAME,
        about=[fact for fact in _about(run) if fact],
        kinds=Counter(case["kind"] for case in cases),
        outcomes=Counter(case["outcome"] for case in cases if case["outcome"]),
        stages={stage: stages[stage] for stage in STAGES if stages[stage]},
        right_by_kind=_right_by_kind(cases) if any(case["outcome"] for case in cases) else [],
        found_by_kind=_measure_by_kind(cases, found) if run["measures"].get(found) is not None else [],
        found_says=BY_NAME[found].says,
        judged=[Judged(confidence=case["confidence"], right=case["right"]) for case in cases if case["answered"]],
        risk_coverage=risk_coverage, reliability=reliability,
        seconds=[case["seconds"] for case in cases if "seconds" in case],
        made_by=json.dumps(made_by, ensure_ascii=False, indent=1),
    )  # fmt: skip


def _asset(name: str) -> Markup:
    return Markup(files("onrecord.evals.reports").joinpath(name).read_text(encoding="utf-8"))


def _about(run: Mapping[str, Any]) -> Iterator[str]:
    settings: Mapping[str, Any] = run["settings"]
    made_by: Mapping[str, Any] = run.get("made_by") or {}
    library: Mapping[str, Any] = made_by.get("library") or {}
    model = settings.get("model")
    yield f"{run['n']} questions" + (f" from {_name(settings['cases'])}" if settings.get("cases") else "")
    yield f"{library['documents']} documents, {library['passages']:,} passages" if library else ""
    yield "answers in quotes, no language model" if model in (None, "none") else f"answers by {model}"
    yield str(run.get("clock", {}).get("started", ""))[:10].replace("-", "\u2011")


def _name(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("/"))[-1]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def _binned(values: Sequence[float], bins: int, largest: float) -> list[int]:
    """How many values fall into each of so many bins of equal width from 0 to the largest."""
    found = Counter(min(int(value / largest * bins), bins - 1) for value in values)
    return [found[number] for number in range(bins)]


def _kinds(cases: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        kinds.setdefault(case["kind"], []).append(case)
    return kinds


def _right_by_kind(cases: Sequence[Mapping[str, Any]]) -> list[Bar]:
    found: list[Bar] = []
    for kind, group in _kinds(cases).items():
        shares = [Ratio(numerator=case["outcome"] == "right", denominator=1) for case in group]
        right = sum(share.numerator for share in shares) / len(shares)
        found.append(Bar(label=kind, note=str(len(group)), value=right, bounds=interval(shares, pool=False)))
    return found


def _measure_by_kind(cases: Sequence[Mapping[str, Any]], name: str) -> list[Bar]:
    found: list[Bar] = []
    for kind, group in _kinds(cases).items():
        shares = [share for case in group if (share := shares_from(case)[name])]
        value = add_up([{name: share} for share in shares], [name])[name]
        if value is not None:
            bounds = interval(shares, pool=BY_NAME[name].adds == "pooled")
            found.append(Bar(label=kind, note=str(len(shares)), value=value, bounds=bounds))
    return found


TEMPLATES = Environment(
    loader=PackageLoader("onrecord.evals.reports", package_path=""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    auto_reload=False,
)
cast(Any, TEMPLATES).filters.update(in_words=in_words, plain=plain, figure=_figure, binned=_binned)
