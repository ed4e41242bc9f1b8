"""A checked draft as people and programs get it: the command, JSON, Markdown, HTML, Word, HTTP and MCP."""

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.schema import CheckedOut, checked_json
from onrecord.ui.checking import as_markdown, summary
from onrecord.ui.page.export.checked import as_docx, as_html
from onrecord.ui.page.words import words_in

from ..fakes import HashEmbedder

RECORD = """Minutes of the Harbour Council, 4 May 2033

The Chair: We come to the lamps on the north quay.

Ms. Lind: We keep the lamps lit until the last boat is in, and we pay for the oil of every lamp ourselves.

Mr. Orta: My delegation cannot pay for 45 lamps. The harbour needs a bell, not another lamp on the quay.
"""
DRAFT = """# A speech

Ms. Lind said: “We keep the lamps lit until the last boat is in”. <b>Mr. Orta</b> said: “The harbour needs a gong, not
another lamp on the quay”.

“A gull that eats from every plate grows no feathers.”
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checking")
    (folder / "minutes.txt").write_text(RECORD, encoding="utf-8")
    (folder / "draft.md").write_text(DRAFT, encoding="utf-8")
    (folder / "sound.md").write_text("“We keep the lamps lit”", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def library(folder: Path) -> Iterator[Library]:
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "minutes.txt"])
        yield library


def test_the_shape_is_the_one_described(library: Library, folder: Path) -> None:
    shape = checked_json(library.check(folder / "draft.md"))
    assert set(shape) == set(CheckedOut.__annotations__)
    assert [each["verdict"] for each in shape["findings"]] == ["exact", "differs", "not found"]
    assert shape["faults"] == 2 and json.loads(json.dumps(shape)) == shape


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_language_of_the_page_tells_every_finding(library: Library, folder: Path, language: str) -> None:
    words, checked = words_in(language), library.check(folder / "draft.md")
    told = as_markdown(checked, words)
    assert summary(checked, words) in told and "gong" in told and "bell" in told
    assert told.count("\n- **") == 3
    if language != "en":
        assert told != as_markdown(checked, words_in("en"))


def test_nothing_of_a_draft_becomes_mark_up(library: Library) -> None:
    checked = library.check("“We keep <script>alert(1)</script> the lamps lit until the last boat is in” [x](y)")
    page = as_html(checked, b"", words_in("en")).decode()
    assert "<script" not in page and "&lt;script" in page
    assert "[x](y)" not in as_markdown(checked, words_in("en"))


def test_the_page_marks_each_claim_and_tells_its_verdict_in_words(library: Library, folder: Path) -> None:
    page = as_html(library.check(folder / "draft.md"), b"", words_in("en")).decode()
    assert page.count("<mark ") == 3 and page.count('<li id="finding') == 3
    assert "≠ Differs: The harbour needs a gong" in page and "“bell”, not “gong”" in page


def comments(data: bytes) -> list[tuple[str, str]]:
    """The words commented on, and what is said first."""
    document = docx.Document(BytesIO(data))
    texts = {str(comment.comment_id): comment.text for comment in document.comments}
    found: list[tuple[str, str]] = []
    for paragraph in document.paragraphs:
        held: dict[str, str] = {}
        for element in paragraph._p:
            tag = str(element.tag).rpartition("}")[2]
            key = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), "")
            if tag == "commentRangeStart":
                held[key] = ""
            elif tag == "commentRangeEnd":
                found.append((held.pop(key), texts[key].split("\n")[0]))
            else:
                said = "".join(node.text or "" for node in element.iter() if str(node.tag).endswith("}t"))
                held = {each: words + said for each, words in held.items()}
    return found


def test_word_bears_a_comment_at_each_place(library: Library, folder: Path) -> None:
    found = comments(as_docx(library.check(folder / "draft.md"), b"", words_in("en")))
    assert found[0] == ("We keep the lamps lit until the last boat is in", "✓ Exact (quotation)")
    assert found[2] == (
        "A gull that eats from every plate grows no feathers.",
        "✗ Not found in these records (quotation)",
    )


def test_a_draft_in_word_keeps_its_own_document(library: Library) -> None:
    own = docx.Document()
    paragraph = own.add_paragraph("As was said, “We keep ")
    paragraph.add_run("the lamps").bold = True
    paragraph.add_run(" lit”, and more.")
    own.add_table(1, 1).cell(0, 0).text = "“The harbour needs a gong, not another lamp on the quay”"
    held = BytesIO()
    own.save(held)
    data = as_docx(library.check(held.getvalue(), name="d.docx"), held.getvalue(), words_in("en"))
    assert comments(data)[0] == ("We keep the lamps lit", "✓ Exact (quotation)")
    after = docx.Document(BytesIO(data))
    assert after.paragraphs[0].text == "As was said, “We keep the lamps lit”, and more."
    assert [run.text for run in after.paragraphs[0].runs if run.bold] == ["the lamps"]
    assert len(list(after.comments)) == 2


@pytest.mark.slow
def test_the_command_tells_people_programs_and_a_shell(library: Library, folder: Path) -> None:
    del library  # it has been written
    command = [str(Path(sys.executable).with_name("onrecord")), "check", "--library", str(folder / "library")]

    def run(*arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *arguments], capture_output=True, text=True, input=typed, timeout=120)

    told = run(str(folder / "draft.md"), "--docx", str(folder / "out.docx"), "--html", str(folder / "out.html"))
    assert told.returncode == 1 and "≠ Differs (quotation)" in told.stdout and "2 things to mend" in told.stdout
    assert len(comments((folder / "out.docx").read_bytes())) == 3 and (folder / "out.html").stat().st_size
    assert run(str(folder / "sound.md")).returncode == 0
    shape = json.loads(run("-", "--json", typed="“We keep the lamps lit”").stdout)
    assert shape["counts"] == {"exact": 1}
    assert run(str(folder / "nowhere.md")).returncode == 2
    assert run(str(folder / "draft.md"), "--markdown").stdout.startswith("2 things to mend")
