"""Runs that go on where they ended, are the same every time, and lose nothing to a full disk."""

import json
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from onrecord.evals import cases as read_cases
from onrecord.evals import run, to_json
from onrecord.evals.case import Case, case_json
from onrecord.evals.kept import Cache, read_run, write_whole
from onrecord.evals.provenance import options_of
from onrecord.evals.reports.ways import Weighted
from onrecord.evals.runs import CaseResult
from onrecord.rag import Answer, Hit, Library, Turn, open_library
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder
from .records import ScriptedLibrary


class Counted:
    """A library that counts what it is asked, and can be interrupted."""

    def __init__(self, library: Library, stop_after: int = 10**9) -> None:
        self.library = library
        self._asked: list[str] = []
        self._stop_after = stop_after

    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        if len(self._asked) == self._stop_after:
            raise KeyboardInterrupt
        self._asked.append(question)
        return self.library.ask(question, history=history)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        return self.library.search(query, limit=limit)

    @property
    def asked(self) -> int:
        return len(self._asked)


def test_an_interrupted_run_goes_on_where_it_ended(
    small_library: Library, small_cases: list[Case], tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Counted(small_library, stop_after=2), small_cases, cache=tmp_path)
    rest = Counted(small_library)
    resumed = run(rest, small_cases, cache=tmp_path)
    assert rest.asked == len(small_cases) - 2 and resumed.clock["cached"] == 2
    assert resumed.digest == run(Counted(small_library), small_cases).digest


def test_a_case_is_asked_again_when_anything_it_depends_on_has_changed(
    small_library: Library, without_minutes: Library, small_cases: list[Case], tmp_path: Path
) -> None:
    def asked(library: Library, cases: list[Case], **given: Any) -> int:
        counted = Counted(library)
        run(counted, cases, cache=tmp_path, **given)
        return counted.asked

    assert asked(small_library, small_cases) == 4 and asked(small_library, small_cases) == 0
    assert asked(small_library, small_cases, limit=49) == 4
    assert asked(small_library, small_cases, settings={"model": "other"}) == 4
    assert asked(small_library, small_cases, settings={"cases": "moved.jsonl"}) == 0
    assert asked(without_minutes, small_cases) == 4
    changed = small_cases[0].model_copy(update={"key_facts": ("fourth",)})
    assert asked(small_library, [changed, *small_cases[1:]]) == 1


def test_what_failed_is_asked_again(small_library: Library, small_cases: list[Case], tmp_path: Path) -> None:
    class Broken(Counted):
        def search(self, query: str, *, limit: int) -> Sequence[Hit]:
            raise OSError("no network")

    assert run(Broken(small_library), small_cases, cache=tmp_path).results[0].error == "OSError: no network"
    mended = Broken(small_library)
    run(mended, small_cases, cache=tmp_path)
    assert mended.asked == len(small_cases)


def test_a_run_is_the_same_every_time_and_however_many_are_asked_at_once(
    small_library: Library, small_cases: list[Case]
) -> None:
    seen: list[CaseResult] = []
    one = run(small_library, small_cases, progress=seen.append)
    three = run(small_library, small_cases, jobs=3)
    assert json.dumps(to_json(one, times=False)) == json.dumps(to_json(three, times=False))
    assert one.digest == three.digest and [result.case.id for result in seen] == [case.id for case in small_cases]
    assert three.clock["jobs"] == 3


def test_a_run_says_what_made_it(small_library: Library, small_cases: list[Case]) -> None:
    made_by = run(small_library, small_cases, settings={"model": None}).made_by
    assert made_by["library"]["documents"] == 3 and len(made_by["library"]["fingerprint"]) == 64
    assert made_by["versions"]["onrecord"] and made_by["versions"]["tantivy"]
    assert len(made_by["code"]) == len(made_by["cases"]) == 64 and isinstance(made_by["seed"], int)


def test_an_empty_library_is_refused(tmp_path: Path, small_cases: list[Case]) -> None:
    with (
        open_library(tmp_path / "library", embedder=HashEmbedder()) as library,
        pytest.raises(InputError, match="holds no documents yet"),
    ):
        run(library, small_cases)


def test_a_damaged_entry_of_the_cache_is_asked_again(
    small_library: Library, small_cases: list[Case], tmp_path: Path
) -> None:
    run(Counted(small_library), small_cases, cache=tmp_path)
    for entry in tmp_path.rglob("*.json"):
        entry.write_text(entry.read_text()[:40])
    counted = Counted(small_library)
    run(counted, small_cases, cache=tmp_path)
    assert counted.asked == len(small_cases)


# --- a full disk -----------------------------------------------------------------------------------------------------


@contextmanager
def room_for(limit_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond the limit: writing more fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_the_earlier_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_whole('{"earlier": true}', path)
    with room_for(1000), pytest.raises(InputError) as raised:
        write_whole("x" * 5000, path)
    assert str(path) in str(raised.value) and "the earlier file is as it was" in str(raised.value)
    assert path.read_text() == '{"earlier": true}'
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"], "nothing half-written is left"


def test_a_full_disk_does_not_end_a_run(small_library: Library, small_cases: list[Case], tmp_path: Path) -> None:
    whole = run(small_library, small_cases)
    with room_for(200):
        found = run(small_library, small_cases, cache=tmp_path)
    assert found.digest == whole.digest
    assert "cannot be kept" in found.clock["cache_fault"] and not list(tmp_path.rglob("*.*"))


def test_a_cache_keeps_what_it_is_given(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.get("ab" * 32) is None
    cache.put("ab" * 32, {"id": "caf\u00e9"})
    assert cache.get("ab" * 32) == {"id": "caf\u00e9"} and cache.fault is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"measures": {}}', "not JSON"])
def test_what_is_no_run_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"run\.json: not a run"):
        read_run(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "none.json")


def test_cases_written_are_the_cases_read(small_cases: list[Case], tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(case_json(case)) for case in small_cases))
    assert read_cases(path) == small_cases


def test_a_library_of_another_kind_is_not_cached(small_cases: list[Case], tmp_path: Path) -> None:
    run(ScriptedLibrary({}), small_cases, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_library_answers_with_is_recorded(small_library: Library) -> None:
    assert options_of(small_library).items() >= {"kind": "Library", "writer": None}.items()
    assert options_of(Weighted(library=small_library, meaning=0.5)) == {
        "kind": "Weighted", "library": None, "words": 1.0, "meaning": 0.5,
    }  # fmt: skip

    class Reranked(Counted):
        reranker = None

        def __init__(self, library: Library) -> None:
            super().__init__(library)
            self.reranker = HashEmbedder(name="a-cross-encoder")

    assert options_of(Reranked(small_library))["reranker"] == "a-cross-encoder"
