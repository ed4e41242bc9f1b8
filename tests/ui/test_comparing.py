"""Two texts compared from outside: the command, the API, MCP, and the files that are written."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient
from lxml import etree

from onrecord.rag import Library, open_library
from onrecord.rag.schema import comparison_json
from onrecord.rag.tools.compare import Comparison
from onrecord.ui.cli.main import main
from onrecord.ui.http.api import build_api
from onrecord.ui.page.export.tracked import as_docx
from onrecord.ui.page.views.comparison import comparison_file
from onrecord.ui.page.words import words_in

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OLD = """1. The harbour office opens at seven and closes at four.

2. The crane may lift ten tonnes; <b>nobody</b> stands below it.

3. Dogs are kept on a lead between the slip and the mill.

4. Fees for a berth are due on the first day of each month."""
NEW = """1. Fees for a berth are due on the first day of each month.

2. The harbour office opens at eight and closes at four.

3. The crane may lift ten tonnes; <b>nobody</b> stands below it.

4. Visitors sign the book of the house before they go aboard."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("texts")
    found = folder / "rules-2031.txt", folder / "rules-2032.txt"
    for file, text in zip(found, (OLD, NEW), strict=True):
        file.write_text(text)
    return found


@pytest.fixture(scope="module")
def library(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("compared") / "library", embedder=HashEmbedder()) as library:
        for file in files:
            library.ingest([file], known={"title": "Rules", "date": file.stem[-4:]})
        yield library


@pytest.fixture(scope="module")
def compared(library: Library, files: tuple[Path, Path]) -> Comparison:
    return library.compare(*files)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["onrecord", *arguments])
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def test_files_are_compared_without_a_library(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    old, new = map(str, files)
    word, page = tmp_path / "changes.docx", tmp_path / "changes.html"
    status, out, _ = run(
        capsys, "compare", old, new, "--docx", str(word), "--html", str(page), "--library", str(tmp_path / "none")
    )
    assert status == 0 and "opens at [-seven-] {+eight+} and closes" in out and "Dogs" in out
    assert docx.Document(str(word)).paragraphs and " <ins>eight</ins>" in page.read_text()
    status, out, _ = run(capsys, "compare", old, new, "--json", "--library", str(tmp_path / "none"))
    assert json.loads(out)["counts"] == {"same": 2, "changed": 1, "new": 1, "dropped": 1, "moved": 1, "renumbered": 3}


@pytest.mark.parametrize(
    "arguments, says",
    [(["{old}"], "Name a second text"), (["{old}", "{new}", "--since"], "Name a second text")],
)  # fmt: skip
def test_what_is_missing_is_said(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    given = [each.format(old=files[0], new=files[1]) for each in arguments]
    status, _, err = run(capsys, "compare", *given)
    assert status == 2 and says in err


def test_stored_documents_are_compared_by_name(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(library.store.folder)
    status, out, _ = run(capsys, "compare", "rules-2032.txt", "--previous", "--json", "--library", folder)
    assert status == 0 and json.loads(out) == comparison_json(library.compare("rules-2031.txt", "rules-2032.txt"))
    status, out, _ = run(capsys, "compare", "rules-2032.txt", "--since", "--library", folder)
    assert status == 0 and out.count("since Rules, 2031") == 2 and out.count("since Rules, 2032") == 2


def test_the_api_gives_the_same(library: Library) -> None:
    with TestClient(build_api(library), base_url="http://127.0.0.1") as client:
        reply = client.get("/api/compare", params={"a": "rules-2031.txt", "b": "rules-2032.txt"})
        assert reply.json() == comparison_json(library.compare("rules-2031.txt", "rules-2032.txt"))
        since = client.get("/api/since", params={"document": "rules-2032.txt"}).json()["paragraphs"]
        assert [each["since"]["date"] for each in since] == ["2031", "2032", "2031", "2032"]
        assert client.get("/api/compare", params={"a": "/etc/hosts", "b": "rules-2032.txt"}).status_code == 422


def test_word_gives_the_new_text_back_or_the_old(compared: Comparison) -> None:
    """Accepting all tracked changes gives the paragraphs of one side, rejecting them those of the other."""
    assert settled(as_docx(compared), keep="ins") == OLD_AND_NEW[1]
    assert settled(as_docx(compared), keep="del") == OLD_AND_NEW[0]


OLD_AND_NEW = [[each.replace("<b>", "").replace("</b>", "") for each in text.split("\n\n")] for text in (OLD, NEW)]


def settled(written: bytes, *, keep: str) -> list[str]:
    """What a Word document says once every change is accepted (`ins` kept) or rejected (`del` kept)."""
    body: Any = etree.fromstring(etree.tostring(docx.Document(io.BytesIO(written)).element.body))
    gone = "del" if keep == "ins" else "ins"
    said: list[str] = []
    for paragraph in body.iter(f"{W}p"):
        if paragraph.find(f"{W}pPr/{W}rPr/{W}{gone}") is not None:
            continue
        texts = [text for text in paragraph.iter(f"{W}t", f"{W}delText")]
        said.append("".join(text.text for text in texts if not any(True for _ in text.iterancestors(f"{W}{gone}"))))
    return said


def test_a_page_of_changes_is_inert(compared: Comparison) -> None:
    page = comparison_file(compared, words_in("fr"))
    assert "<h1>Ce qui a changé</h1>" in page and "1 supprimé" in page
    assert "<script" not in page and "src=" not in page and "<button" not in page
