"""A run as one HTML file that a person can read: figures, plots, and every case with what was missed and where.

Everything is in the file: no network, no font, no library. Whatever comes from records or questions is escaped.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...vectorstore.markup import plain
from ..kept import write_whole
from ..measures.confidence import Judged, reliability, risk_coverage
from ..measures.ratio import Ratio
from ..measures.significance import interval
from ..measures.stages import STAGES, in_words
from ..outcome import BY_NAME, MEASURES, add_up
from ..record import shares_from
from .plots import Bar, bars, curve, diagram, histogram

_HEADLINES = (
    ("key_facts", "Key facts in the answer"),
    ("answer_found", "Gold answer in the answer"),
    ("cite_recall", "Proof that is cited"),
    ("cite_precision", "Citations that are proof"),
    ("verbatim", "Quotes word for word"),
    ("locator", "Right paragraph and speaker"),
    ("evidence_recall_4000", "Proof that is found"),
    ("abstain_f1", "Refusals: precision and recall in one"),
    ("refused_answerable", "Fair questions refused"),
    ("ndcg_10", "Order of what is found (nDCG@10)"),
    ("judge", "Verdict of the judge"),
)
_HEADLINES_SHOWN = 8
_OF_STAGE = {
    "failed": "the question raised an error",
    "ingestion_error": "the library does not hold the proof as it stands in the record",
    "not_retrieved": "the search did not find the proof",
    "wrongly_refused": "the proof was found, and yet the question was refused",
    "not_selected": "the proof was found, and something else was cited",
    "not_attributed": "the proof was cited, at the wrong paragraph or with the wrong speaker",
    "not_said": "the proof was cited, and the answer does not say what it should",
    "wrongly_answered": "the records do not answer, and yet an answer was given",
}


def write_report(run: Mapping[str, Any], path: Path, *, title: str = "Evaluation") -> None:
    """Writes the report of a run (in JSON, as `to_json` gives it). Raises InputError where it cannot be written."""
    write_whole(report_html(run, title=title), path)


def report_html(run: Mapping[str, Any], *, title: str = "Evaluation") -> str:
    """The report of a run as one HTML page."""
    page = _asset("report.html")
    parts = {
        "title": escape(title), "style": _asset("report.css"), "script": _asset("report.js"),
        "about": _about(run), "headlines": "".join(_headlines(run)), "plots": "".join(_plots(run)),
        "measures": "".join(_measure_rows(run)), "kinds": _options(run, "kind"), "outcomes": _options(run, "outcome"),
        "stages": _options(run, "stage"), "count": str(len(run["cases"])), "lost": _lost(run),
        "cases": "\n".join(map(_case, run["cases"])), "made_by": _made_by(run),
    }  # fmt: skip
    # One pass, so that braces in a question are never taken for a place to fill.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], page)


def _asset(name: str) -> str:
    return files("onrecord.evals.reports").joinpath(name).read_text(encoding="utf-8")


# --- the head --------------------------------------------------------------------------------------------------------


def _about(run: Mapping[str, Any]) -> str:
    settings: Mapping[str, Any] = run["settings"]
    made_by: Mapping[str, Any] = run.get("made_by") or {}
    library: Mapping[str, Any] = made_by.get("library") or {}
    model = settings.get("model")
    facts = [
        f"{run['n']} questions" + (f" from {_name(settings['cases'])}" if settings.get("cases") else ""),
        f"{library['documents']} documents, {library['passages']:,} passages" if library else "",
        "answers in quotes, no language model" if model in (None, "none") else f"answers by {model}",
        str(run.get("clock", {}).get("started", ""))[:10].replace("-", "\u2011"),
    ]
    return " · ".join(escape(fact) for fact in facts if fact)


def _name(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("/"))[-1]


def _headlines(run: Mapping[str, Any]) -> Iterator[str]:
    measured = [(name, says) for name, says in _HEADLINES if run["measures"].get(name) is not None]
    intervals: Mapping[str, Any] = run.get("intervals") or {}
    for name, says in measured[:_HEADLINES_SHOWN]:
        value, bounds = run["measures"][name], intervals.get(name)
        low_is_good = BY_NAME[name].lower_is_better
        share = 1 - value if low_is_good else value
        level = "good" if share >= 0.8 else "fair" if share >= 0.5 else "poor"
        between = f"{bounds[0]:.2f} to {bounds[1]:.2f}" if bounds else ""
        yield (
            f'<div class="card {level}"><div class="figure">{value:.2f}</div><div class="says">{escape(says)}</div>'
            f'<div class="between">{between}{" · lower is better" if low_is_good else ""}</div></div>'
        )


def _measure_rows(run: Mapping[str, Any]) -> Iterator[str]:
    intervals: Mapping[str, Any] = run.get("intervals") or {}
    for measure in MEASURES:
        value, bounds = run["measures"].get(measure.name), intervals.get(measure.name)
        if value is None:
            continue
        between = f"{_figure(bounds[0])} to {_figure(bounds[1])}" if bounds else ""
        yield (
            f"<tr><td><code>{measure.name}</code></td><td>{escape(measure.says)}"
            f"{' (lower is better)' if measure.lower_is_better else ''}</td>"
            f'<td class="number">{_figure(value)}</td><td class="number">{between}</td></tr>'
        )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def _made_by(run: Mapping[str, Any]) -> str:
    given = {
        "settings": run["settings"],
        "made_by": run.get("made_by"),
        "digest": run.get("digest"),
        "clock": run.get("clock"),
    }
    return escape(json.dumps(given, ensure_ascii=False, indent=1))


# --- plots -----------------------------------------------------------------------------------------------------------


def _plots(run: Mapping[str, Any]) -> Iterator[str]:
    cases = run["cases"]
    if any(case["outcome"] for case in cases):
        yield _plot("Right answers by kind of question", "", bars("Right answers by kind", _right_by_kind(cases)))
    name = "evidence_recall_4000" if run["measures"].get("evidence_recall_4000") is not None else "recall_10"
    if run["measures"].get(name) is not None:
        says = f"{BY_NAME[name].says}; the line is the 95 % interval"
        yield _plot("Found, by kind of question", says, bars("Found, by kind", _measure_by_kind(cases, name)))
    judged = [Judged(confidence=case["confidence"], right=case["right"]) for case in cases if case["answered"]]
    if judged:
        area = run["measures"].get("aurc")
        yield _plot(
            "Risk and coverage",
            "How many of the surest answers are wrong, the more of them are given"
            + (f"; area {area:.3f}" if area is not None else ""),
            curve("Risk and coverage", risk_coverage(judged), across="share of answers given", up="share wrong"),
        )
        points = [(bin.confidence, bin.right, bin.count) for bin in reliability(judged)]
        yield _plot(
            "Reliability",
            "On the diagonal, an answer is right as often as it is sure",
            diagram("Reliability", points, across="confidence", up="share right"),
        )
    seconds = [case["seconds"] for case in cases if "seconds" in case]
    if seconds:
        measures = run["measures"]
        marks = [(name, measures[key]) for name, key in (("median", "seconds_p50"), ("95 of 100", "seconds_p95"))]
        yield _plot("Latency", "", histogram("Latency", seconds, across="seconds", marks=marks))


def _plot(title: str, says: str, svg: str) -> str:
    caption = f'<p class="muted">{escape(says)}</p>' if says else ""
    return f'<figure class="plot"><figcaption><h3>{escape(title)}</h3>{caption}</figcaption>{svg}</figure>'


def _kinds(cases: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        kinds.setdefault(case["kind"], []).append(case)
    return kinds


def _right_by_kind(cases: Sequence[Mapping[str, Any]]) -> list[Bar]:
    found: list[Bar] = []
    for kind, group in _kinds(cases).items():
        shares = [Ratio(numerator=case["outcome"] == "right", denominator=1) for case in group]
        bounds = interval(shares, pool=False) or (None, None)
        right = sum(share.numerator for share in shares) / len(shares)
        found.append(Bar(label=kind, note=str(len(group)), value=right, low=bounds[0], high=bounds[1]))
    return found


def _measure_by_kind(cases: Sequence[Mapping[str, Any]], name: str) -> list[Bar]:
    found: list[Bar] = []
    for kind, group in _kinds(cases).items():
        shares = [share for case in group if (share := shares_from(case)[name])]
        value = add_up([{name: share} for share in shares], [name])[name]
        bounds = interval(shares, pool=BY_NAME[name].adds == "pooled") or (None, None)
        if value is not None:
            found.append(Bar(label=kind, note=str(len(shares)), value=value, low=bounds[0], high=bounds[1]))
    return found


# --- the cases -------------------------------------------------------------------------------------------------------


def _options(run: Mapping[str, Any], key: str) -> str:
    """Choices of a filter, with how many cases each has."""
    values = [case[key] for case in run["cases"] if case[key]]
    order = [stage for stage in STAGES if stage in values] if key == "stage" else list(dict.fromkeys(values))
    return "".join(
        f'<option value="{escape(value)}">{escape(_shown(key, value))} ({values.count(value)})</option>'
        for value in order
    )


def _shown(key: str, value: str) -> str:
    return in_words(value) if key == "stage" else value


def _lost(run: Mapping[str, Any]) -> str:
    """How many cases were lost at which stage, as a list."""
    stages = [case["stage"] for case in run["cases"]]
    rows = [
        f'<li><button type="button" class="stage" data-stage="{stage}">'
        f"<b>{stages.count(stage)}</b> {in_words(stage)}</button>"
        f'<span class="muted">{says}</span></li>'
        for stage, says in _OF_STAGE.items()
        if stage in stages
    ]
    return f'<ul class="losses">{"".join(rows)}</ul>' if rows else '<p class="muted">Nothing was lost.</p>'


def _case(case: Mapping[str, Any]) -> str:
    outcome = case["outcome"] or "searched"
    stage = f'<span class="tag stage-tag">{in_words(case["stage"])}</span>' if case["stage"] else ""
    found = " ".join([case["id"], case["question"], case["text"] or ""]).casefold()
    return (
        f'<details class="case" id="case-{escape(case["id"])}" data-kind="{escape(case["kind"])}" '
        f'data-outcome="{escape(case["outcome"] or "")}" data-stage="{escape(case["stage"] or "")}" '
        f'data-text="{escape(found)}">'
        f'<summary><span class="tag {escape(outcome)}">{escape(outcome)}</span>'
        f'<span class="question">{escape(case["question"])}</span>{stage}'
        f'<span class="kind muted">{escape(case["kind"])} · {escape(case["id"])}</span></summary>'
        f'<div class="body">{_history(case)}{_expected(case)}{_given(case)}{_figures(case)}</div></details>'
    )


def _history(case: Mapping[str, Any]) -> str:
    turns = "".join(
        f"<p><b>{escape(turn['question'])}</b><br>{escape(_short(turn['answer']))}</p>" for turn in case["history"]
    )
    asked = case["standalone_question"]
    became = f"<p>asked as: <b>{escape(asked)}</b></p>" if asked and asked != case["question"] else ""
    return f'<section class="history"><h4>Conversation</h4>{turns}{became}</section>' if turns or became else ""


def _expected(case: Mapping[str, Any]) -> str:
    expected = case["expected"]
    facts = "".join(
        f'<li class="{"has" if fact["stated"] else "lacks"}">{escape(fact["fact"].replace("|", " or "))}</li>'
        for fact in expected["key_facts"]
    )
    parts = [
        "" if case["answerable"] else "<p>The records do not answer this question: a refusal is right.</p>",
        f'<ul class="facts">{facts}</ul>' if facts else "",
        f"<p>{escape(' / '.join(expected['answers'][:3]))}</p>" if expected["answers"] else "",
        *(_gold(gold) for gold in expected["evidence"]),
        f'<p class="muted">{escape(expected["note"])}</p>' if expected["note"] else "",
    ]
    return f"<section><h4>Expected</h4>{''.join(parts)}</section>"


def _gold(gold: Mapping[str, Any]) -> str:
    """A gold quote: found at which rank, lost at which stage."""
    place = ", ".join(
        part
        for part in (
            gold["doc"],
            f"para. {gold['locator']['paragraph']}" if gold["locator"]["paragraph"] else "",
            gold["locator"]["speaker"] or "",
        )
        if part
    )
    rank = f"found at rank {gold['rank']}" if gold["rank"] else "not among the passages found"
    fate = (
        f'<span class="missed">missed: {in_words(gold["stage"])}</span>'
        if gold["stage"]
        else '<span class="hit">cited</span>'
    )
    return (
        f'<blockquote class="gold {"lost" if gold["stage"] else "kept"}">{escape(plain(gold["quote"]))}'
        f"<footer>{escape(place)} · {rank} · {fate}</footer></blockquote>"
    )


def _given(case: Mapping[str, Any]) -> str:
    if case["error"]:
        return f'<section><h4>Answer</h4><p class="missed">{escape(case["error"])}</p></section>'
    if case["text"] is None:
        return ""
    notes = "".join(f'<p class="muted">{escape(note)}</p>' for note in case["notes"] if note != case["text"])
    verdict = case.get("verdict")
    judged = (
        f'<p class="muted">judge: {"unscored" if verdict["score"] is None else verdict["score"]} of 2, '
        f"{escape(verdict['reason'])}</p>"
        if verdict
        else ""
    )
    cited = "".join(map(_citation, case["citations"]))
    return f'<section><h4>Answer</h4><p class="answer">{escape(case["text"])}</p>{notes}{judged}{cited}</section>'


def _citation(citation: Mapping[str, Any]) -> str:
    """A citation lit in its context; one that touches no gold evidence is marked as beside the point."""
    kind = "on" if citation["touches"] else "off"
    says = "touches gold evidence" if citation["touches"] else "touches no gold evidence"
    return (
        f'<blockquote class="cited {kind}"><span class="around">{escape(citation["before"])}</span>'
        f'<mark>{escape(citation["quote"])}</mark><span class="around">{escape(citation["after"])}</span>'
        f"<footer>[{citation['number']}] {escape(citation['label'])} · {says}</footer></blockquote>"
    )


def _figures(case: Mapping[str, Any]) -> str:
    shown = [
        f"{name} {value:.2f}"
        for name, value in case["measures"].items()
        if value is not None and BY_NAME[name].unit == ""
    ]
    took = [f"{case['seconds']:.2f} s"] if "seconds" in case else []
    return f'<p class="muted figures">{" · ".join([*shown, *took])}</p>'


def _short(text: str, limit_chars: int = 300) -> str:
    return text if len(text) <= limit_chars else text[:limit_chars].rsplit(" ", 1)[0] + " …"
