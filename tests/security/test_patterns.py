"""No text can hold the program up: every regular expression takes time in proportion to what it reads.

Python's expressions give up and try again, so that one careless repetition makes a page of text take hours. Each
expression of the product is fed texts made from itself, in child processes with limits.
"""

import json
from typing import Any

import pytest

from .children import output_of
from .collect_patterns import collected

pytestmark = pytest.mark.slow

CARELESS = (
    *(r"\s*$", r"a+b", r"(?:a|b)+c", r"<[^>]*>", r"\w+(?:-\w+)*!", r"x.*y", r"[.!?]++\)*+\s"),  # quadratic
    *(r"(?:[\d]+)*x", r"(?:a|aa)+$", r"(?:[.-][\w.-]+)+$"),  # exponential
)
CAREFUL = (r"\w+", r"(?<!\s)\s++x", r"(?<![.!?])[.!?]++\)*+(?:\[\d\])*\s", r"^#{1,6} .*$")


def _measured(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output_of("measure_patterns.py", json.dumps(entries)).splitlines()]


@pytest.fixture(scope="module")
def patterns() -> list[dict[str, Any]]:
    once: dict[Any, dict[str, Any]] = {}
    for entry in collected():  # under its name rather than its line where it has one
        once.setdefault((entry["pattern"], entry["flags"]), entry)["whole"] |= entry["whole"]
    return list(once.values())


def test_patterns_of_every_folder_and_of_every_way_to_hold_them_are_found(patterns: list[dict[str, Any]]) -> None:
    places = {entry["where"] for entry in patterns}
    assert {place.split(".")[0] for place in places} == {"rag", "ingest", "vectorstore", "ui", "evals"}
    assert len(patterns) > 350
    for place in ("vectorstore.markup._STARS", "rag.query.expectation._KINDS", "ingest.language.sentences._END"):
        assert place in places, "in a tuple, in tuples of a tuple, by itself"
    assert any(", line " in place for place in places)
    assert any(entry["bytes"] for entry in patterns) and any(entry["whole"] for entry in patterns)


def test_every_pattern_takes_linear_time(patterns: list[dict[str, Any]]) -> None:
    slow = [f"{each['where']}: {each['fault']}\n    {each['pattern']}" for each in _measured(patterns) if each["fault"]]
    assert not slow, f"{len(slow)} patterns are not linear:\n" + "\n".join(slow)


def _entry(pattern: str) -> dict[str, Any]:
    return {"where": "here", "pattern": pattern, "flags": 0, "bytes": False, "whole": False}


def test_careless_patterns_are_found_out() -> None:
    missed = [each["pattern"] for each in _measured(list(map(_entry, CARELESS))) if not each["fault"]]
    assert not missed


def test_careful_ones_pass() -> None:
    blamed = [each for each in _measured(list(map(_entry, CAREFUL))) if each["fault"]]
    assert not blamed
