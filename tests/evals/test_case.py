"""Case files: what is read, and what is said about a broken one."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from onrecord.evals.case import Case, read_jsonl
from onrecord.rag.answer import Turn
from onrecord.vectorstore.errors import InputError

GOOD = {"id": "a", "kind": "fact", "question": "Who?", "answerable": True, "key_facts": ["x|y"]}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_case_is_read_with_all_its_fields(tmp_path: Path) -> None:
    evidence = [
        {"doc": "m.txt", "quote": "said so", "nth": 2, "locator": {"paragraph": 27, "speaker": "Norway"}},
        {"doc": "m.txt", "quote": "and so", "locator": {"paragraph": "16.1 bis", "section": "II"}},
    ]
    history = [{"question": "Q", "answer": "A"}]
    path = write(tmp_path, {**GOOD, "history": history, "evidence": evidence, "note": "n"}, "", {**GOOD, "id": "b"})

    first, second = read_jsonl(path)

    assert first.history == (Turn(question="Q", answer="A"),)
    assert [gold.nth for gold in first.evidence] == [2, 1]
    assert [gold.locator.paragraph for gold in first.evidence] == ["27", "16.1 bis"]
    assert first.evidence[0].locator.section is None
    assert (second.id, second.history, second.evidence, second.note) == ("b", (), (), "")


def test_a_case_cannot_be_changed() -> None:
    case = Case.model_validate(GOOD, strict=False)
    with pytest.raises(ValidationError, match="frozen"):
        case.question = "Another?"  # pyright: ignore[reportAttributeAccessIssue]


def test_line_separators_inside_strings_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    line = json.dumps({**GOOD, "question": "Who\u2028spoke?"}, ensure_ascii=False)
    path.write_bytes(b"\xef\xbb\xbf" + line.encode() + b"\r\n")
    assert read_jsonl(path)[0].question == "Who\u2028spoke?"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"evidence": [{"doc": "m.txt"}]}, "evidence.0.quote: field required"),
        ({"evidence": [{"doc": "m.txt", "quote": "--"}]}, "evidence.0.quote: the quote holds no word"),
        ({"evidence": [{"doc": "m.txt", "quote": "q", "nth": 0}]}, "evidence.0.nth: input should be greater than"),
        (
            {"evidence": [{"doc": "m.txt", "quote": "q", "locator": {"paragraph": [1]}}]},
            "evidence.0.locator.paragraph: ",
        ),
        ({"answerable": "perhaps"}, "answerable: input should be a valid boolean"),
        ({"id": ""}, "id: string should have at least 1 character"),
        ({"key_facts": ["a||b"]}, "key_facts.0: empty alternative"),
        ({"histroy": []}, "histroy: extra inputs are not permitted"),
        ({"history": [{"question": "Q"}]}, "history.0.answer: field required"),
        ({"id": 1, "kind": 2}, "id: input should be a valid string (and 1 more)"),
    ],
)
def test_a_faulty_field_is_named_with_file_and_line(tmp_path: Path, fault: dict[str, object], said: str) -> None:
    path = write(tmp_path, GOOD, "", {**GOOD, "id": "b", **fault})
    with pytest.raises(InputError) as raised:
        read_jsonl(path)
    assert str(raised.value).startswith(f"{path}, line 3: {said}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("line", ['{"id": ', "[1]", "null", "who?"])
def test_a_line_that_is_no_json_object_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, GOOD, line)
    with pytest.raises(InputError, match=r"cases\.jsonl, line 2: (invalid JSON|input should be an object)"):
        read_jsonl(path)


def test_an_id_used_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2: id: 'a' was already used on line 1"):
        read_jsonl(write(tmp_path, GOOD, GOOD))


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b'\n{"id": "caf\xe9"}\n')
    with pytest.raises(InputError, match=r"line 2: not UTF-8 \(byte 12 of the line\)"):
        read_jsonl(path)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_cases_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="no cases in it"):
        read_jsonl(write(tmp_path, content))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.jsonl: cannot be read \(No such file or directory\)"):
        read_jsonl(tmp_path / "missing.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        read_jsonl(tmp_path)
