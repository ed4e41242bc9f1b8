"""The command line as people and scripts use it: what it prints, in which shape, with which exit status.

One library is built with the default embedding model; most commands then run in this process through `main`, and
what depends on real pipes, terminals and arguments runs as the installed command.
"""

import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from onrecord.ui.cli.main import main

from ..rag.records import RECORDS, write_records

pytestmark = pytest.mark.slow

COMMAND = Path(sys.executable).with_name("onrecord")
QUOTA = "What did Norway say about the herring quota?"
THIRD = "The herring quota for the northern banks should fall by a third."
DOC = {"id", "title", "source", "symbol", "date"}
LOC = {"page", "paragraph", "speaker", "section", "part", "time", "item", "certainty"}
HIT = {"passage_id", "document", "text", "start", "end", "locator", "score"}
CITATION = {"number", "document", "quote", "start", "end", "locator", "label", "versions"} | {
    "identifier",
    "target",
    "url",
}
ANSWER = {
    "question", "standalone_question", "answered", "text", "sentences", "citations", "nearest", "mode", "model",
    "seconds", "notes", "remarks", "language", "usage", "status", "refusal", "differs",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value it must be."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def clean_environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ONRECORD_", "OPENAI_"))}
    return kept | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100", "LC_ALL": "C.UTF-8"} | more


def command(*arguments: str | bytes | Path, stdin: bytes = b"", **environment: str) -> Ran:
    """Runs the installed command, with pipes for its standard streams."""
    done = subprocess.run(
        [COMMAND, *arguments], input=stdin, capture_output=True, env=clean_environment(**environment), timeout=60
    )
    ran = Ran(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode(errors="replace"))
    assert "Traceback" not in ran.err + ran.out
    return ran


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command in this process, as the installed one would."""
    for key in list(os.environ):
        if key.startswith(("ONRECORD_", "OPENAI_")):
            monkeypatch.delenv(key)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["onrecord", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        ran = Ran(status=int(ended.value.code or 0), out=printed.out, err=printed.err)
        assert "Traceback" not in ran.err + ran.out
        return ran

    return run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `records/` and the library `library/` made from them by the installed command."""
    place = tmp_path_factory.mktemp("cli")
    write_records(place / "records")
    made = command("ingest", place / "records", "--library", place / "library", "--json")
    assert made.status == 0, made.err
    report = made.json
    assert set(report) == {
        "added", "updated", "unchanged", "removed", "failed", "skipped", "duplicates", "documents", "passages",
        "seconds", "notes", "omitted",
    }  # fmt: skip
    assert (report["added"], report["updated"], report["unchanged"], report["removed"]) == (3, 0, 0, 0)
    assert report["failed"] == [] and report["documents"] == 3 and report["passages"] > 10 and report["seconds"] > 0
    assert made.err == ""
    return place


@pytest.fixture
def library(place: Path) -> Path:
    return place / "library"


@pytest.fixture
def own(tmp_path: Path, here) -> Path:
    """A folder with `records/` and a library of its own, for tests that change it."""
    write_records(tmp_path / "records")
    assert here("ingest", tmp_path / "records", "-l", tmp_path / "library", "-q").status == 0
    return tmp_path


def stored(library: Path, here, document_id: str) -> str:
    return here("show", document_id, "-l", library, "--json").json["parts"][0]["text"]


def assert_answer(answer: dict[str, Any], text_of: Callable[[str], str]) -> None:
    """The contract's shape and invariants of one answer."""
    assert set(answer) - {"id"} == ANSWER
    numbers = [citation["number"] for citation in answer["citations"]]
    assert {int(number) for number in re.findall(r"\[(\d+)\]", answer["text"])} == set(numbers)
    for sentence in answer["sentences"]:
        assert set(sentence) == {"text", "citations", "supported", "side"}
        assert set(sentence["citations"]) <= set(numbers)
    for citation in answer["citations"]:
        assert set(citation) == CITATION and set(citation["document"]) == DOC and set(citation["locator"]) == LOC
        text = text_of(citation["document"]["id"])
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    for hit in answer["nearest"]:
        assert_hit(hit)
    assert set(answer["seconds"]) == {"retrieve", "answer", "total"}
    assert answer["mode"] == "quotes" and answer["model"] is None
    if not answer["answered"]:
        assert answer["citations"] == [] and len(answer["nearest"]) <= 3


def assert_hit(hit: dict[str, Any]) -> None:
    assert set(hit) == HIT and set(hit["document"]) == DOC and set(hit["locator"]) == LOC
    assert hit["end"] - hit["start"] == len(hit["text"]) and isinstance(hit["score"], float)


def assert_refused(ran: Ran, *holds: str | Path) -> None:
    """Nothing could be done: status 2, nothing on standard output, a plain short message that names the thing."""
    assert ran.status == 2 and ran.out == ""
    assert ran.err.startswith("onrecord: ") and ran.err.count("\n") <= 2
    assert "should not have" not in ran.err
    for part in holds:
        assert str(part) in ran.err, ran.err


# --- records ---------------------------------------------------------------------------------------------------------


def test_ingest_says_what_it_did_and_then_that_nothing_changed(own: Path, here) -> None:
    (own / "records" / "minutes.txt").write_text(RECORDS["minutes.txt"] + "\nMexico: One word more on quotas.\n")
    (own / "records" / "measures.md").unlink()
    (own / "records" / "plan.dwg").write_bytes(b"AC1027")
    changed = here("ingest", own / "records", "-l", own / "library")
    assert changed.status == 0 and changed.out.startswith("1 updated, 1 unchanged. The library holds 3 documents, ")
    assert "Left out 1 files of other types (.dwg)." in changed.err
    pruned = here("ingest", own / "records", "-l", own / "library", "--prune", "--json").json
    assert (pruned["unchanged"], pruned["removed"], pruned["documents"]) == (2, 1, 2)
    assert [Path(source).name for source in pruned["skipped"]] == ["plan.dwg"]
    quiet = here("ingest", own / "records", "-l", own / "library", "--quiet")
    assert (quiet.status, quiet.out, quiet.err) == (0, "", "")


def test_documents_lists_them(library: Path, here) -> None:
    listed = here("documents", "-l", library, "--json")
    assert listed.status == 0 and len(listed.json) == 3
    [report] = [document for document in listed.json if document["symbol"] == "HB/2031/9"]
    facts = {"meeting", "body", "session", "agenda_item", "author", "publisher", "language", "url", "versions"}
    assert set(report) == DOC | facts | {"media_type", "pages", "characters", "passages", "state", "omitted"}
    assert report["title"] == "Report of the Harbour Board on its ninth session" and report["date"] == "2031-03-12"
    assert report["source"].endswith("records/HB_2031_9.txt") and report["state"] == "embedded"
    people = here("documents", "-l", library)
    assert people.status == 0 and "HB/2031/9" in people.out and "2032-05-04" in people.out


def test_documents_of_an_empty_library_say_how_to_fill_it(tmp_path: Path, here) -> None:
    from onrecord.rag import open_library

    open_library(tmp_path / "library").close()
    assert here("documents", "-l", tmp_path / "library").out == (
        "The library is empty. Add records: onrecord ingest FOLDER\n"
    )
    assert here("documents", "-l", tmp_path / "library", "--json").json == []


def test_show_prints_the_stored_text_or_a_part_of_it(library: Path, here) -> None:
    whole = here("show", "minutes.txt", "-l", library, "--json").json
    assert set(whole) == {"document", "parts"} and set(whole["document"]) == DOC
    [part] = whole["parts"]
    assert part == {"start": 0, "end": len(RECORDS["minutes.txt"]), "text": RECORDS["minutes.txt"]}
    assert here("show", "hb/2031/9", "-l", library, "--start", "0", "--end", "9").out == "HB/2031/9\n"
    [paragraph] = here("show", "HB/2031/9", "-l", library, "--paragraph", "5", "--json").json["parts"]
    assert paragraph["text"].startswith("5. Night pilotage") and "Board" not in paragraph["text"]
    assert here("show", "minutes", "-l", library, "--start", "900000").out == "\n"


def test_remove_takes_documents_out_and_leaves_the_files(own: Path, here) -> None:
    removed = here("remove", "HB/2031/9", "-l", own / "library", "--json")
    assert removed.status == 0 and removed.json == {"removed": [str(own / "records" / "HB_2031_9.txt")]}
    assert here("remove", "minutes.txt", "-l", own / "library").out.startswith("Removed Minutes of the fishery council")
    assert len(here("documents", "-l", own / "library", "--json").json) == 1
    assert here("search", "herring dredging", "-l", own / "library", "--json").json["hits"] != []
    sources = {
        hit["document"]["source"] for hit in here("search", "herring", "-l", own / "library", "--json").json["hits"]
    }
    assert sources == {str(own / "records" / "measures.md")}
    assert (own / "records" / "HB_2031_9.txt").exists()


# --- questions -------------------------------------------------------------------------------------------------------


def test_search_finds_passages(library: Path, here) -> None:
    found = here("search", "herring quota", "-l", library, "--limit", "3", "--json")
    assert found.status == 0 and set(found.json) == {"query", "hits", "seconds"}
    assert found.json["query"] == "herring quota" and len(found.json["hits"]) == 3
    for hit in found.json["hits"]:
        assert_hit(hit)
        assert stored(library, here, hit["document"]["id"])[hit["start"] : hit["end"]] == hit["text"]
    people = here("search", "herring quota", "-l", library, "--limit", "2")
    assert people.out.startswith("\n1. Minutes of the fishery council, ") and "\n2. " in people.out


def test_an_overview_is_told_as_long_as_asked(library: Path, here) -> None:
    brief, full = (
        here("overview", "HB/2031/9", "-l", library, "--length", length, "--json").json for length in ("brief", "full")
    )
    assert 0 < len(brief["citations"]) < len(full["citations"])
    spoken = here("overview", "--speaker", "Norway", "--about", "herring", "-l", library)
    assert spoken.status == 0 and "Norway" in spoken.out and "[1]" in spoken.out
    assert_refused(here("overview", "nothing", "-l", library), "No document in the library is called")


FILTERS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "--speaker": ("norway", lambda hit: hit["locator"]["speaker"] == "Norway"),
    "--symbol": ("HB/", lambda hit: hit["document"]["symbol"] == "HB/2031/9"),
    "--document": ("measures.md", lambda hit: hit["document"]["date"] == "2033-06-03"),
    "--section": ("closed season", lambda hit: "closed" in (hit["locator"]["section"] or "")),
    "--since": ("2032-05", lambda hit: hit["document"]["date"] >= "2032-05-04"),
    "--until": ("2031", lambda hit: hit["document"]["date"] == "2031-03-12"),
}


def test_filters_confine_search_and_ask(library: Path, here) -> None:
    query = ("search", "quota season budget group", "-l", library, "--limit", "30", "--json")
    everything = here(*query).json["hits"]
    for option, (value, holds) in FILTERS.items():
        hits = here(*query, option, value).json["hits"]
        assert {hit["passage_id"] for hit in hits} >= {hit["passage_id"] for hit in everything if holds(hit)}
        assert 0 < len(hits) < len(everything) and all(map(holds, hits)), option
    for option in ("--speaker", "--until"):
        value, holds = FILTERS[option]
        answer = here("ask", "herring quota", "-l", library, option, value, "--json").json
        assert all(map(holds, [*answer["citations"], *answer["nearest"]])), option


def test_ask_answers_with_exact_quotes(library: Path, here) -> None:
    answer = here("ask", QUOTA, "-l", library, "--json").json
    assert_answer(answer, lambda key: stored(library, here, key))
    assert answer["answered"] and answer["question"] == QUOTA and THIRD in [c["quote"] for c in answer["citations"]]
    people = here("ask", QUOTA, "-l", library)
    assert people.status == 0 and f"Norway: “{THIRD}” [1]" in people.out
    assert "[1] Minutes of the fishery council, Norway\n    minutes.txt" in people.out
    assert re.fullmatch(r"\nquotes only, \d+\.\d\d s\n  note: \d+ statements of Norway in \d records?\.\n", people.err)
    assert here("ask", QUOTA, "-l", library, "--quiet").err == ""


def test_a_misspelt_question_says_what_was_searched_for(library: Path, here) -> None:
    people = here("ask", "What did Mexcio say about gillnets?", "-l", library)
    assert "\n  searched for: What did Mexico say about gillnets?\n" in people.err


def test_a_refusal_is_an_answer_with_status_0(library: Path, here) -> None:
    question = "What did Brazil say about the herring quota?"
    answer = here("ask", question, "-l", library, "--json")
    assert answer.status == 0 and answer.json["answered"] is False and len(answer.json["nearest"]) == 3
    assert_answer(answer.json, lambda key: stored(library, here, key))
    people = here("ask", question, "-l", library)
    assert people.status == 0 and people.out.startswith("The documents do not answer this question: Brazil")
    assert "Nearest passages, which are not an answer:" in people.out
    assert "Nearest" not in here("ask", question, "-l", library, "--quiet").out


def test_the_library_may_be_named_in_the_environment(library: Path, here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_LIBRARY", str(library))
    assert THIRD in here("ask", QUOTA).out


def test_ask_batch_answers_every_line_it_can_in_order(library: Path, here, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "question": QUOTA}),
        "{broken",
        "",
        json.dumps({"id": "b", "question": "And the closed season?", "history": [{"question": QUOTA, "answer": "x"}]}),
        json.dumps({"id": "c", "question": ""}),
        json.dumps(["no object"]),
        json.dumps({"id": "d"}),
        json.dumps({"question": "What did Brazil say about herring?"}),
        json.dumps({"id": "e", "question": QUOTA, "history": "no list"}),
    ]
    batch = tmp_path / "questions.jsonl"
    batch.write_text("\n".join(lines), encoding="utf-8")
    ran = here("ask", "--batch", batch, "-l", library, "--json")
    assert ran.status == 1 and ran.err == ""
    answers = ran.lines
    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", None, None, 8, None]
    assert ["error" in answer for answer in answers] == [False, True, False, True, True, True, False, True]
    for answer in answers:
        if "error" not in answer:
            assert_answer(answer, lambda key: stored(library, here, key))
    assert answers[2]["standalone_question"] == "What did Norway say about the closed season?"
    assert "Line 2" in answers[1]["error"] and "empty" in answers[3]["error"] and not answers[6]["answered"]


def test_ask_batch_reads_standard_input_and_is_0_when_all_went_well(library: Path) -> None:
    ran = command("ask", "--batch", "-", "-l", library, stdin='{"id": "ä", "question": "herring quota?"}\n'.encode())
    assert ran.status == 0 and [answer["id"] for answer in ran.lines] == ["ä"] and ran.err == ""


def test_chat_is_a_conversation_over_a_pipe(library: Path) -> None:
    ran = command("chat", "-l", library, stdin=f"{QUOTA}\n???\nAnd the closed season?\n\nnever asked\n".encode())
    assert ran.status == 0
    assert THIRD in ran.out and "We can accept a closed season of six weeks." in ran.out
    assert "3 documents" in ran.err and "The question is empty" in ran.err and "never" not in ran.out


# --- measuring -------------------------------------------------------------------------------------------------------


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.jsonl"
    evidence = [{"doc": "minutes.txt", "quote": THIRD, "locator": {"speaker": "Norway"}}]
    given = [
        {
            "id": "1",
            "kind": "fact",
            "question": QUOTA,
            "answerable": True,
            "key_facts": ["third"],
            "evidence": evidence,
        },
        {"id": "2", "kind": "none", "question": "What did Brazil say about herring?", "answerable": False},
    ]
    path.write_text("\n".join(map(json.dumps, given)), encoding="utf-8")
    return path


def test_eval_run_measures_cases(library: Path, here, cases: Path, tmp_path: Path) -> None:
    printed = here("eval", "run", cases, "-l", library, "--json", "-")
    assert printed.status == 0 and printed.err == ""
    run = printed.json
    assert set(run) >= {"measures", "by_kind", "cases", "settings", "n"} and run["n"] == 2
    assert run["measures"]["verbatim"] == run["measures"]["key_facts"] == run["measures"]["cite_recall"] == 1
    assert run["measures"]["abstain_f1"] == 1 and run["measures"]["refused_answerable"] == 0
    written = here("eval", "run", cases, "-l", library, "--json", tmp_path / "run.json", "--quiet")
    assert written.status == 0 and "verbatim" in written.out
    assert set(json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))) == set(run)


def test_doctor_examines_what_is_installed_and_the_library(library: Path, here) -> None:
    findings = here("doctor", "-l", library, "--json")
    assert findings.status == 0 and all(set(finding) == {"what", "ok", "says"} for finding in findings.json)
    by_name = {finding["what"]: finding for finding in findings.json}
    assert "sound" in by_name["Library"]["says"] and "384 dimensions" in by_name["Embedding model"]["says"]
    people = here("doctor", "-l", library)
    assert people.status == 0 and people.out.count("✓") == len(by_name) and "✗" not in people.out


def test_doctor_offers_a_library_of_the_lesser_model_the_better_one(library: Path, here, tmp_path: Path) -> None:
    from onrecord.vectorstore.embedder import MINILM, default_embedding

    if default_embedding() == MINILM:
        pytest.skip("no better model has a wheel for this platform")
    (tmp_path / "note.txt").write_text("The lamps were replaced in May.", encoding="utf-8")
    older = tmp_path / "older"
    assert here("ingest", tmp_path / "note.txt", "--embedding", MINILM, "-l", older, "--quiet").status == 0
    command = f"onrecord ingest --re-embed --embedding {default_embedding()} --library {older}"
    assert command in here("doctor", "-l", older).out.replace("\n", "")
    assert "--re-embed" not in here("doctor", "-l", library).out
    assert here(*command.split()[1:]).status == 0
    assert "--re-embed" not in here("doctor", "-l", older).out
    assert here("ask", "When were the lamps replaced?", "-l", older).out.count("May")


def test_doctor_reports_a_library_that_cannot_be_used(here, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("something else")
    ran = here("doctor", "-l", tmp_path / "other.txt", "--json")
    assert ran.status == 1
    [fault] = [finding for finding in ran.json if not finding["ok"]]
    assert fault["what"] == "Library" and "is a file" in fault["says"]


# --- what cannot be done ---------------------------------------------------------------------------------------------


def test_paths_that_are_not_there_are_named(library: Path, here, tmp_path: Path) -> None:
    assert_refused(here("ingest", tmp_path / "missing.pdf", "-l", library), tmp_path / "missing.pdf")
    assert_refused(here("ingest", "-l", library), "name a file or a folder")
    assert_refused(here("ask", "--batch", tmp_path / "missing.jsonl", "-l", library), tmp_path / "missing.jsonl")
    assert_refused(here("eval", "run", tmp_path / "missing.jsonl", "-l", library), tmp_path / "missing.jsonl")
    assert_refused(here("show", "missing", "-l", library), "'missing'", "onrecord documents")
    assert_refused(here("remove", "missing", "-l", library), "'missing'", "onrecord documents")
    assert_refused(here("show", "of the", "-l", library), "'of the' fits 3 documents")
    assert_refused(here("show", "minutes", "--paragraph", "77", "-l", library), "has no paragraph 77")
    assert_refused(here("show", "minutes", "--page", "iv", "-l", library), "has no page iv")


def test_a_folder_that_holds_nothing_readable_is_named(library: Path, here, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert_refused(here("ingest", tmp_path / "empty", "-l", library), tmp_path / "empty", "no files", ".pdf")
    (tmp_path / "empty" / "plan.dwg").write_bytes(b"AC1027")
    assert_refused(here("ingest", tmp_path / "empty", "-l", library), "plan.dwg", ".pdf")


def write_unreadable(folder: Path) -> dict[str, str]:
    """Files that look like records and are none, with a word of the reason each must be given."""
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "blank.md").write_bytes(b" \n\n\t ")
    (folder / "noise.pdf").write_bytes(bytes(range(256)) * 40)
    (folder / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (folder / "fake.docx").write_bytes(b"PK but no zip at all")
    (folder / "binary.txt").write_bytes(bytes(range(1, 32)) * 100)
    (folder / "hollow.html").write_text("<html><body><script>x()</script></body></html>")
    return {
        "empty.txt": "empty", "blank.md": "empty", "noise.pdf": "PDF", "cut.pdf": "PDF", "fake.docx": "Word",
        "binary.txt": "text", "hollow.html": "text",
    }  # fmt: skip


def test_files_that_cannot_be_read_are_named_with_the_reason(own: Path, here) -> None:
    reasons = write_unreadable(own / "broken")
    alone = here("ingest", own / "broken", "-l", own / "library", "--json")
    assert alone.status == 2 and alone.json["added"] == 0
    assert {Path(failure["source"]).name for failure in alone.json["failed"]} == set(reasons)
    for failure in alone.json["failed"]:
        assert set(failure) == {"source", "error"} and "\n" not in failure["error"]
        assert not re.search(r"\w(?:Error|Exception)\b", failure["error"]), failure
        assert reasons[Path(failure["source"]).name].casefold() in failure["error"].casefold(), failure
    beside = here("ingest", own / "broken", own / "records", "-l", own / "library")
    assert beside.status == 1 and beside.out.startswith(f"3 unchanged, {len(reasons)} failed. ")
    assert all(name in beside.err for name in reasons) and beside.err.count("\n") == len(reasons)


def test_a_library_that_is_none_is_refused(here, tmp_path: Path) -> None:
    write_records(tmp_path / "records")
    file = tmp_path / "records" / "minutes.txt"
    for arguments in (("ask", QUOTA), ("documents",), ("ingest", str(file))):
        assert_refused(here(*arguments, "-l", file), file, "is a file", "--library")
        ran = here(*arguments, "-l", tmp_path / "records")
        assert_refused(ran, tmp_path / "records", "is not a library", "--library")
    assert_refused(here("ask", QUOTA, "-l", tmp_path / "new"), tmp_path / "new", "onrecord ingest PATH --library")
    assert not (tmp_path / "new").exists()


def test_another_embedding_model_is_refused_with_the_command_that_helps(library: Path, here, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The Board met in Osterwick.")
    ran = here("ingest", tmp_path, "-l", library, "--embedding", "some/other-model")
    assert_refused(ran, library, "some/other-model", "onrecord ingest --re-embed --embedding some/other-model")


def test_questions_that_cannot_be_asked(library: Path, here) -> None:
    assert_refused(here("ask", "", "-l", library), "The question is empty", "for example")
    assert_refused(here("ask", "?!", "-l", library), "The question is empty")
    assert_refused(here("search", " ", "-l", library), "The query is empty")
    assert_refused(here("ask", "-l", library), "--batch")
    assert_refused(here("ask", QUOTA, "--batch", "x.jsonl", "-l", library), "--batch")
    for option in ("--since", "--until"):
        for date in ("nonsense", "12 May 2032", "2032-5", "20320504"):
            assert_refused(here("ask", QUOTA, option, date, "-l", library), option, date, "2031-03-12")


def test_a_question_of_a_hundred_thousand_characters(library: Path) -> None:
    assert_refused(command("ask", "x" * 100_000, "-l", library), "100,000 characters", "4,000", "onrecord ingest")


def test_a_question_with_bytes_that_are_no_text(library: Path) -> None:
    ran = command("ask", b"herring quota \xff?", "-l", library)
    assert ran.status == 0 or "should not have" not in ran.err


def test_standard_input_that_is_no_text_is_said_to_be_none(library: Path) -> None:
    assert_refused(command("ask", "--batch", "-", "-l", library, stdin=b'{"question": "\xff\xfe"}\n'), "utf-8")
    ran = command("chat", "-l", library, stdin=b"\xff\xfe herring quota?\n\n")
    assert ran.status == 2 and "Standard input is not UTF-8 text" in ran.err


def test_models_that_cannot_be_had(library: Path, here) -> None:
    assert_refused(here("ask", QUOTA, "-l", library, "--model", "scripted"), "'scripted'", "provider:name")
    assert_refused(here("ask", QUOTA, "-l", library, "--model", "no:such"), "no:such", "provider:name")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        arguments = ("ask", QUOTA, "-l", str(library), "--model", "openai:some", "--model-base-url", address)
        assert_refused(here(*arguments), "openai:some", "OPENAI_API_KEY")
        ran = command(*arguments, ONRECORD_MODEL_API_KEY="secret-key")
    assert ran.status == 0 and THIRD in ran.out
    assert "openai:some does not answer" in ran.err and "secret" not in ran.err


def test_a_second_writer_waits_for_the_first_and_says_so(own: Path) -> None:
    (own / "records" / "more.txt").write_text("More of the same herring, for years to come.\n")
    arguments = [COMMAND, "ingest", own / "records", "-l", own / "library", "--json"]
    with FileLock(own / "library" / "writer.lock") as lock:
        waiting = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()
        )
        assert waiting.stderr and "Waiting up to 60 s" in waiting.stderr.readline()
        lock.release()
        out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0 and json.loads(out)["added"] == 1 and err == ""


def test_a_second_writer_gives_up_after_a_while_and_asking_goes_on(own: Path, here) -> None:
    library = own / "library"
    (own / "records" / "more.txt").write_text("More of the same herring, for years to come.\n")
    with FileLock(library / "writer.lock"):
        refused = here("ingest", own / "records", "-l", library, "--wait", "0.1")
        assert_refused(refused, library, "Waiting up to 0.1 s", "try this again")
        assert "Waiting" not in here("ingest", own / "records", "-l", library, "--wait", "0.1", "-q").err
        assert_refused(here("remove", "minutes.txt", "-l", library, "--wait", "0"), library, "try this again")
        assert THIRD in here("ask", QUOTA, "-l", library).out
    assert here("ingest", own / "records", "-l", library, "--json").json["added"] == 1


def test_settings_that_cannot_be_used_are_named(library: Path, here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PORT", "seventy")
    assert_refused(here("documents", "-l", library), "ONRECORD_PORT")


def test_a_misspelt_setting_is_refused(library: Path, here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_MODLE", "none")
    assert_refused(here("documents", "-l", library), "ONRECORD_MODLE")


def test_a_setting_of_an_earlier_version_is_passed_over_with_one_warning(library: Path) -> None:
    ran = command("documents", "-l", library, "--json", ONRECORD_READER="bundled")
    assert ran.status == 0 and ran.json
    assert ran.err == "The setting ONRECORD_READER no longer exists and has no effect; it can be unset.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("ask", "--nonsense"),
        ("search",),
        ("search", "herring", "--limit", "0"),
        ("search", "herring", "--limit", "many"),
        ("show", "x", "--start", "-1"),
        ("remove",),
        ("eval",),
        ("eval", "nonsense"),
        ("serve", "--port", "70000"),
    ],
)
def test_wrong_use_is_status_2_and_says_what_is_wrong(here, arguments: tuple[str, ...]) -> None:
    ran = here(*arguments)
    assert ran.status == 2 and (ran.err or ran.out)


def test_broken_cases_are_named_with_their_line(library: Path, here, tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text('\n{"id": "1"}\n')
    assert_refused(here("eval", "run", tmp_path / "cases.jsonl", "-l", library), "cases.jsonl, line 2", "kind")


def test_a_traceback_comes_with_debug_only(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "--debug", "documents", "-l", tmp_path / "none"], capture_output=True, env=clean_environment()
    )
    assert done.returncode != 0 and b"Traceback" in done.stderr and b"NotALibrary" in done.stderr


def test_help_names_every_command(here) -> None:
    shown = here("--help")
    assert shown.status == 0
    for name in "ingest documents remove show search ask chat overview serve eval doctor".split():
        assert re.search(rf"^\W*{name}\b", shown.out, re.MULTILINE), name


# --- pipes and terminals ---------------------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_error(library: Path) -> None:
    process = subprocess.Popen(
        [COMMAND, "ask", "--batch", "-", "-l", library],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment(),
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(b'{"question": "herring"}\n')
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(b'{"question": "herring"}\n' * 3)
    process.stdin.close()
    err = process.stderr.read()
    assert process.wait(30) in (0, 1) and err == b""


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """Runs the installed command with standard error on a terminal; its status and what the terminal got."""
    leader, follower = pty.openpty()
    shown: list[bytes] = []

    def read() -> Iterator[bytes]:
        while True:
            try:
                data = os.read(leader, 4096)
            except OSError:
                return
            if not data:
                return
            yield data

    reader = threading.Thread(target=lambda: shown.extend(read()))
    process = subprocess.Popen(
        [COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=follower, env=clean_environment(TERM="xterm")
    )
    os.close(follower)
    reader.start()
    status = process.wait(60)
    reader.join(10)
    os.close(leader)
    return status, b"".join(shown).decode(errors="replace")


def test_ingest_draws_a_bar_on_a_terminal(tmp_path: Path) -> None:
    write_records(tmp_path / "records")
    status, shown = on_a_terminal("ingest", tmp_path / "records", "-l", tmp_path / "library")
    assert status == 0 and "Reading" in shown and "Traceback" not in shown
    status, shown = on_a_terminal("ingest", tmp_path / "records", "-l", tmp_path / "library", "--quiet")
    assert (status, shown) == (0, "")


def test_eval_run_draws_a_bar_on_a_terminal(library: Path, cases: Path) -> None:
    status, shown = on_a_terminal("eval", "run", cases, "-l", library)
    assert status == 0 and "Asking" in shown and "Traceback" not in shown


@pytest.mark.parametrize("command", ["ingest", "serve"])
def test_a_path_that_is_not_there_leaves_no_library_behind(command: str, tmp_path: Path, here) -> None:
    told = here(command, tmp_path / "nowhere", "-l", tmp_path / "library")
    assert (told.status, told.out) == (2, "") and "There is no file or folder" in told.err
    assert not (tmp_path / "library").exists()


def test_an_interrupted_watch_has_ended_well() -> None:
    import typer

    from onrecord.ui.cli.records import _until_interrupted

    with pytest.raises(typer.Exit) as ended, _until_interrupted(True):
        raise KeyboardInterrupt
    assert ended.value.exit_code == 0
    with pytest.raises(KeyboardInterrupt), _until_interrupted(False):
        raise KeyboardInterrupt
