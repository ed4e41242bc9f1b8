"""`onrecord eval ...` as people and CI use it: what it writes, with which exit status."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .test_cli import COMMAND, clean_environment, here, library, place  # noqa: F401  fixtures

pytestmark = pytest.mark.slow

QUOTA = {
    "id": "1", "kind": "speaker", "question": "What did Norway say about the herring quota?", "answerable": True,
    "key_facts": ["third"], "evidence": [
        {"doc": "minutes.txt", "quote": "The herring quota for the northern banks should fall by a third.",
         "locator": {"speaker": "Norway"}},
    ],
}  # fmt: skip
BRAZIL = {"id": "2", "kind": "none", "question": "What did Brazil say about herring?", "answerable": False}


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(QUOTA) + "\n" + json.dumps(BRAZIL), encoding="utf-8")
    return path


def test_fail_under_ends_with_status_1_and_a_table(library: Path, here, cases: Path) -> None:  # noqa: F811
    good = here("eval", "run", cases, "-l", library, "-q", "--fail-under", "key_facts=1", "--fail-under", "verbatim=1")
    assert good.status == 0 and "fell short" not in good.out
    poor = here("eval", "run", cases, "-l", library, "-q", "--fail-under", "key_facts=1.5")
    assert poor.status == 1 and "fell short" in poor.out and "at least 1.5" in poor.out
    wrong = here("eval", "run", cases, "-l", library, "--fail-under", "keyfacts=1")
    assert wrong.status == 2 and "no measure 'keyfacts'" in wrong.err
    printed = here("eval", "run", cases, "-l", library, "--json", "-", "--fail-under", "key_facts=1.5")
    assert printed.status == 1 and printed.json["n"] == 2 and "fell short" in printed.err


def test_a_run_is_compared_and_reported(library: Path, here, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    a, b, page = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "b.html"
    assert here("eval", "run", cases, "-l", library, "-q", "--no-times", "--json", a).status == 0
    again = here(
        "eval", "run", cases, "-l", library, "-q", "--no-times", "--fresh", "--jobs", "2", "--json", b, "--report", page
    )
    assert again.status == 0 and a.read_bytes() == b.read_bytes()
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    compared = here("eval", "compare", a, b, "--json").json
    assert compared["n"] == 2 and compared["better"] == compared["worse"] == []
    assert "better: none" in here("eval", "compare", a, b).out
    reported = here("eval", "report", a)
    assert reported.status == 0 and (tmp_path / "a.html").exists()
    page.write_text("not a run")
    assert here("eval", "compare", a, page).status == 2


def test_drafts_go_to_a_sheet_or_a_file_but_not_unasked(library: Path, here, tmp_path: Path) -> None:  # noqa: F811
    sheet, file = tmp_path / "drafts.csv", tmp_path / "new.jsonl"
    assert here("eval", "draft", "-l", library, "--sheet", sheet, "--limit", "5").status == 0
    assert len(sheet.read_text(encoding="utf-8").splitlines()) >= 4
    assert "There is no terminal" in here("eval", "draft", "-l", library, "-o", file).err and not file.exists()
    assert here("eval", "draft", "-l", library, "-o", file, "--all", "--limit", "3").status == 0
    assert here("eval", "run", file, "-l", library, "-q").status == 0
    assert "no answer was judged yet" in here("eval", "draft", "-l", library, "--from-feedback", "--all").err


def test_a_published_set_is_put_into_a_library_and_swept(here, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"_id": "a", "title": "", "text": "Gulls nest below the lantern."}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "nesting gulls"}\n')
    (folder / "qrels.tsv").write_text("q\ta\t1\n")
    assert "Name a library of its own" in here("eval", "corpus", f"beir:{folder}").err
    assert here("eval", "corpus", f"beir:{folder}", "-l", tmp_path / "l", "--json").json == {"documents": 1}
    found = here("eval", "run", f"beir:{folder}", "-l", tmp_path / "l", "--search-only", "--json", "-").json
    assert found["measures"]["ndcg_10"] == 1 and found["measures"]["key_facts"] is None
    rows = here("eval", "sweep", f"beir:{folder}", "-l", tmp_path / "l", "--meaning", "0,1", "--k", "3", "--json").json
    assert [(row["meaning"], row["k"], row["ndcg_10"]) for row in rows] == [(0, 3, 1), (1, 3, 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "CASES", "--price", "1"], "--price 1: write two numbers"),
        (["run", "CASES", "--json", "none/run.json"], "there is no folder none"),
        (["run", "CASES", "--labels", "none.csv"], "none.csv: cannot be read"),
        (["run", "beir:none"], "no queries.jsonl in it"),
        (["sweep", "CASES", "--words", "much"], "--words much: write numbers"),
        (["sweep", "CASES", "--option", "model"], "--option model: write NAME=A,B"),
        (["compare", "none.json", "none.json"], "none.json: cannot be read"),
        (["report", "none.json"], "none.json: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(library: Path, here, cases: Path, arguments: list, said: str) -> None:  # noqa: F811
    ran = here("eval", *(cases if each == "CASES" else each for each in arguments), *(
        ["-l", library] if arguments[0] in ("run", "sweep") else []
    ))  # fmt: skip
    assert ran.status == 2 and said in ran.err and len(ran.err.splitlines()) <= 2


def test_an_empty_library_is_named(here, cases: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "empty").mkdir()
    assert here("ingest", tmp_path / "empty", "-l", tmp_path / "l").status in (0, 2)
    ran = here("eval", "run", cases, "-l", tmp_path / "l")
    assert ran.status == 2 and ("holds no documents yet" in ran.err or "no library" in ran.err)


def test_an_interrupted_run_says_how_to_go_on(library: Path, tmp_path: Path) -> None:  # noqa: F811
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(json.dumps(QUOTA | {"id": str(number), "note": str(number)}) for number in range(3000)))
    environment = clean_environment(ONRECORD_CACHE=str(tmp_path / "cache"))
    # The embedding model's files are taken from the usual place, so that nothing is exported again.
    cache = Path.home() / ".cache" / "onrecord"
    (tmp_path / "cache").mkdir()
    for file in cache.glob("*.onnx*"):
        os.symlink(file, tmp_path / "cache" / file.name)
    run = subprocess.Popen(
        [COMMAND, "eval", "run", many, "-l", library, "-q"], env=environment, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )  # fmt: skip
    while not list((tmp_path / "cache" / "evals").glob("*/*.json")) and run.poll() is None:
        time.sleep(0.05)
    for _ in range(10):  # one can come while the interpreter is in a callback, where it is lost
        run.send_signal(signal.SIGINT)
        try:
            _, said = run.communicate(timeout=6)
            break
        except subprocess.TimeoutExpired:
            said = ""
    assert run.returncode == 130 and "run the command again to go on" in said and "Traceback" not in said
    assert 0 < len(list((tmp_path / "cache" / "evals").glob("*/*.json"))) < 3000
