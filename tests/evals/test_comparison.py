"""Two runs side by side, and settings on a grid."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from onrecord.evals import compare, run, sweep, to_json
from onrecord.evals.case import Case
from onrecord.evals.reports.comparison import comparison_json
from onrecord.evals.reports.sweeps import sweep_options
from onrecord.evals.reports.table import print_comparison, print_sweep
from onrecord.evals.thresholds import read_thresholds, shortfalls
from onrecord.rag import Library
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder


@pytest.mark.slow
def test_cases_that_got_better_and_worse_are_named(
    small_library: Library, without_minutes: Library, small_cases: list[Case]
) -> None:
    worse, better = to_json(run(without_minutes, small_cases)), to_json(run(small_library, small_cases))
    found = compare(worse, better)
    assert [change.id for change in found.better] == ["quota", "survey"] and found.worse == ()
    assert [change.id for change in compare(better, worse).worse] == ["quota", "survey"]
    changes = {change.name: change for change in found.changes}
    key_facts = changes["key_facts"].difference
    assert key_facts and key_facts.by == pytest.approx(2 / 3) and key_facts.low <= 2 / 3 <= key_facts.high
    assert changes["verbatim"].before == changes["verbatim"].after == 1
    shape = comparison_json(found)
    assert shape["measures"]["key_facts"]["p"] == pytest.approx(key_facts.p, abs=1e-6) and shape["n"] == 4

    printed = StringIO()
    print_comparison(found, Console(file=printed, width=100))
    assert "quota (speaker): " in printed.getvalue() and "better: 2" in printed.getvalue()


def test_a_run_compared_with_itself_shows_nothing(small_library: Library, small_cases: list[Case]) -> None:
    same = to_json(run(small_library, small_cases))
    found = compare(same, same)
    assert found.better == found.worse == found.only_a == found.only_b == ()
    assert all(change.difference and change.difference.by == 0 and change.difference.p == 1 for change in found.changes)


def test_only_cases_in_common_are_compared(small_library: Library, small_cases: list[Case]) -> None:
    a, b = (to_json(run(small_library, part)) for part in (small_cases[:3], small_cases[1:]))
    found = compare(a, b)
    assert (found.n, found.only_a, found.only_b) == (2, ("quota",), ("brazil",))
    with pytest.raises(InputError, match="no case in common"):
        compare(to_json(run(small_library, small_cases[:1])), to_json(run(small_library, small_cases[1:])))
    other = small_cases[0].model_copy(update={"question": "What did Norway say about seals?"})
    with pytest.raises(InputError, match="'quota' asks different questions"):
        compare(a, to_json(run(small_library, [other])))


def test_thresholds_are_floors_or_ceilings() -> None:
    wanted = read_thresholds(["key_facts=0.6", "refused_answerable=0.1", "locator=1"])
    measures = {"key_facts": 0.6, "refused_answerable": 0.2, "locator": None}
    assert [str(short) for short in shortfalls(measures, wanted)] == [
        "refused_answerable: 0.200, at most 0.1 wanted", "locator: not measured, at least 1 wanted",
    ]  # fmt: skip
    with pytest.raises(InputError, match="there is no measure 'keyfacts'"):
        read_thresholds(["keyfacts=1"])
    with pytest.raises(InputError, match="write measure=number"):
        read_thresholds(["key_facts"])


def test_a_sweep_shows_what_every_setting_gives_and_costs(small_library: Library, small_cases: list[Case]) -> None:
    points = sweep(
        small_library.store.folder, small_cases, words=(0, 1), meaning=(0, 1), limits=(1, 5), embedder=HashEmbedder()
    )
    rows = [point.row() for point in points]
    assert [(row["words"], row["meaning"], row["k"]) for row in rows] == [
        (words, meaning, k) for words, meaning in ((0, 1), (1, 0), (1, 1)) for k in (1, 5)
    ]
    by_setting = {(row["words"], row["meaning"], row["k"]): row for row in rows}
    assert (
        by_setting[1, 1, 5]["recall_10"] == 1 and by_setting[1, 1, 1]["characters"] < by_setting[1, 1, 5]["characters"]
    )
    assert by_setting[1, 1, 5]["megabytes"] > by_setting[1, 0, 5]["megabytes"] > 0
    printed = StringIO()
    print_sweep(rows, Console(file=printed, width=140))
    assert "megabytes" in printed.getvalue() and len(printed.getvalue().splitlines()) == 7


def test_options_of_a_library_are_swept_by_asking(
    small_library: Library, small_cases: list[Case], tmp_path: Path
) -> None:
    folder = small_library.store.folder
    [row] = sweep_options(folder, small_cases, {"model": ["none"]}, embedder=HashEmbedder())
    assert row["model"] == "none" and row["key_facts"] == 1
    with pytest.raises(InputError, match="no option 'colour'"):
        sweep_options(folder, small_cases, {"colour": ["red"]}, embedder=HashEmbedder())


@pytest.mark.slow
def test_another_embedding_model_is_tried_on_a_copy(small_library: Library, small_cases: list[Case]) -> None:
    folder = small_library.store.folder
    [point] = sweep(folder, small_cases, words=(0,), meaning=(1,), embeddings=("all-MiniLM-L6-v2",))
    assert point.setting["embedding"] == "all-MiniLM-L6-v2" and (point.run.measures["recall_10"] or 0) > 0.6
    assert small_library.store.catalogue.fact("embedding") == "hash", "the library is as it was"
