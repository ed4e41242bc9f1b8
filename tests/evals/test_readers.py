"""Cases in the forms that others use, and what is said of broken ones."""

import gzip
import json
from pathlib import Path

import pytest

from onrecord.evals import cases
from onrecord.evals.corpora import fill
from onrecord.evals.readers import documents
from onrecord.evals.reports.ways import PlainWords
from onrecord.evals.runs import run
from onrecord.rag import Turn, open_library
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder

LIGHT = "The light was built in 1871. It was automated in 2030, and the keeper left."
GULLS = "Gulls nest below the lantern of the lighthouse. They do not mind."


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": "light", "title": "Gannet Ledge", "text": LIGHT}, {"_id": "gulls", "title": "", "text": GULLS}]
    with gzip.open(folder / "corpus.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, corpus)))
    queries = [
        {"_id": "q1", "text": "automated lights"},
        {"_id": "q2", "text": "nesting gulls", "metadata": {"history": [
            {"role": "user", "text": "What of birds?"}, {"role": "assistant", "text": "There are some."},
        ]}},
        {"_id": "q3", "text": "judged by nobody"},
    ]  # fmt: skip
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tlight\t2\nq1\tgulls\t0\nq2\tgulls\t1\n")
    return folder


def test_a_beir_folder_is_read_with_grades_and_conversation(beir: Path) -> None:
    first, second = cases(f"beir:{beir}")
    assert (first.id, first.question, dict(first.relevant)) == ("q1", "automated lights", {"light": 2, "gulls": 0})
    assert second.history == (Turn(question="What of birds?", answer="There are some."),)
    assert [document.id for document in documents(f"beir:{beir}")] == ["light", "gulls"]


def test_a_set_s_own_answers_become_evidence_as_the_sentence_around_them(beir: Path) -> None:
    start = LIGHT.index("2030")
    answer = {
        "_id": "q1",
        "answers": ["2030"],
        "gold_ids": ["light"],
        "spans": [[start, start + 4]],
        "answerable": True,
    }
    unanswerable = {"_id": "q2", "answers": [], "gold_ids": ["gulls"], "spans": [], "answerable": False}
    (beir / "qa.jsonl").write_text(json.dumps(answer) + "\n" + json.dumps(unanswerable))
    first, second = cases(f"beir:{beir}")
    [gold] = first.evidence
    assert (gold.doc, gold.quote) == ("light", "It was automated in 2030, and the keeper left.")
    assert first.answers == ("2030",) and not second.answerable and second.kind == "unanswerable"


def test_a_corpus_in_a_library_of_its_own_is_found_by_its_ids(beir: Path, tmp_path: Path) -> None:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        assert fill(library, documents(f"beir:{beir}"), whole=True, embed=False) == 2
        found = run(PlainWords(library=library), cases(f"beir:{beir}"), search_only=True)
    assert found.measures["ndcg_10"] == found.measures["map"] == 1
    assert found.measures["key_facts"] is None and found.measures["refused_answerable"] is None


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1 light 1\n", "test.tsv, line 2: query-id, corpus-id and"),
        ("qrels/test.tsv", "nobody\tlight\t1\n", "no query has a judgement"),
        ("queries.jsonl", '{"_id": "q1"\n', "queries.jsonl, line 1: invalid JSON"),
        ("queries.jsonl", '\n{"text": "x"}\n', "queries.jsonl, line 2: _id: field required"),
    ],
)
def test_a_broken_beir_folder_is_named_with_file_and_line(beir: Path, file: str, content: str, said: str) -> None:
    (beir / file).write_text(content)
    with pytest.raises(InputError) as raised:
        cases(f"beir:{beir}")
    assert said in str(raised.value)


def test_a_folder_that_is_no_set_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no queries\.jsonl in it; a BEIR folder holds"):
        cases(f"beir:{tmp_path}")
    with pytest.raises(InputError, match="brings no documents along"):
        list(documents(tmp_path / "cases.jsonl"))


def squad(tmp_path: Path, **version: object) -> Path:
    questions = [
        {"id": "a", "question": "When was it built?", "answers": [{"text": "1871", "answer_start": 23}] * 2},
        {"id": "b", "question": "Who painted it?", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": LIGHT, "qas": questions[: 2 if version else 1]}]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({**version, "data": [{"title": "Light", "paragraphs": paragraphs}]}))
    return path


def test_squad_is_read_in_both_versions(tmp_path: Path) -> None:
    [case] = cases(f"squad:{squad(tmp_path)}")
    assert (case.answers, case.evidence[0].quote, case.evidence[0].doc) == (
        ("1871",),
        LIGHT.split(". ")[0] + ".",
        "Light#0",
    )
    _, impossible = cases(f"squad:{squad(tmp_path, version='v2.0')}")
    assert not impossible.answerable and dict(impossible.relevant) == {"Light#0": 1}
    [document] = documents(f"squad:{squad(tmp_path)}")
    assert (document.id, document.text) == ("Light#0", LIGHT)


def test_json_that_is_not_squad_s_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"data": [{"paragraphs": [{"qas": []}]}]}')
    with pytest.raises(InputError, match=r"other\.json: not SQuAD's JSON"):
        cases(f"squad:{tmp_path / 'other.json'}")


def test_a_spreadsheet_s_rows_are_cases(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "\ufeffquestion,answer,source,quote,paragraph\r\n"
        'When?,"1871; in 1871",light.txt,"It was built,\nin 1871.",3\r\n'
        "Who?,,,,\r\n",
        encoding="utf-8",
    )
    first, second = cases(path)
    assert first.answers == ("1871", "in 1871") and dict(first.relevant) == {"light.txt": 1}
    assert first.evidence[0].quote == "It was built,\nin 1871." and first.evidence[0].locator.paragraph == "3"
    assert not second.answerable


def test_only_accepted_rows_of_a_sheet_of_drafts_are_cases(tmp_path: Path) -> None:
    path = tmp_path / "drafts.csv"
    path.write_text("accepted,id,question,answer\nyes,a,When?,1871\n,b,Who?,nobody\nno,c,Why?,\n")
    assert [case.id for case in cases(path)] == ["a"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("answer,source\nx,y\n", "line 1: no column named question"),
        ("question,colour\nWho?,red\n", "line 1: unknown column 'colour'"),
        ("question,answer\nWho?,x\nWhen?\n", "line 3: fewer fields than the first line names"),
        ("question,answer\nWho?,x,y\n", "line 2: more fields"),
        ("question,answer\n,x\n", "line 2: question: string should have at least 1 character"),
        ("question,quote\nWho?,--\n", "line 2: evidence.0.doc"),
        ("question\n", "no cases in it"),
    ],
)
def test_a_broken_spreadsheet_is_named_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(content)
    with pytest.raises(InputError) as raised:
        cases(path)
    assert said in str(raised.value) and str(path) in str(raised.value)
