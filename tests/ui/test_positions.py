"""Tables of positions by command, over HTTP, for agents and on the page: the same quotes."""

import asyncio
import json
import re
import shutil
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from fastapi.testclient import TestClient
from mcp import Client

from onrecord.rag import Library
from onrecord.rag.tools.positions.rows import positions_json
from onrecord.ui.app import build_app
from onrecord.ui.cli.main import main
from onrecord.ui.http.mcp.server import build_server
from onrecord.ui.page.export.positions import as_docx
from onrecord.ui.page.words import words_in

from .conftest import Calls

HERRING = "the herring quota"


@pytest.fixture(scope="module")
def expected(records: Library) -> Any:
    told = json.loads(json.dumps(positions_json(records.positions([HERRING], ["Norway", "Mexico"]))))
    assert [len(cell["quotes"]) for cell in told["cells"]] == [1, 1]
    assert told["cells"][1]["quotes"][0]["verb"] == "cannot support"
    return told


@pytest.fixture
def client(records: Library) -> TestClient:
    return TestClient(build_app(records), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))


def test_over_http(records: Library, calls: Calls, expected: Any) -> None:
    client = calls(records)
    asked: dict[str, Any] = {"about": [HERRING], "who": ["Norway", "Mexico"]}
    assert client.post("/api/positions", json=asked).json() == expected
    without = {**expected, "cells": expected["cells"][:1]}
    marked = client.post("/api/positions", json={**asked, "saved": without}).json()
    assert [cell["quotes"][0]["new"] for cell in marked["cells"]] == [False, True]
    assert client.post("/api/positions", json={**asked, "saved": {"cells": 1}}).status_code == 422
    assert client.post("/api/positions", json={"about": []}).status_code == 422


def test_for_agents(records: Library, expected: Any) -> None:
    async def call() -> Any:
        async with Client(build_server(records)) as client:
            return await client.call_tool("positions", {"about": [HERRING], "who": ["Norway", "Mexico"]})

    result = asyncio.run(call())
    assert dict(result.structured_content) == expected
    assert f"{HERRING} · Mexico:\n[cannot support] “We cannot support" in result.content[0].text


def test_by_command(
    records: Library, expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    library = shutil.copytree(records.store.folder, tmp_path / "library")

    def run(*arguments: str) -> str:
        command = ["onrecord", "positions", "--about", HERRING, *arguments, "--library", str(library)]
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None)
        return capsys.readouterr().out

    saved = tmp_path / "saved.json"
    saved.write_text(run("--who", "Norway", "--who", "Mexico", "--json"), encoding="utf-8")
    assert json.loads(saved.read_text()) == expected
    told = run("--who", "Mexico", "--who", "Chad", "--new-since", str(saved))
    assert "[cannot support] “We cannot support" in told and "new:" not in told
    assert "Chad\n    nothing found in these records" in told
    files = [tmp_path / f"p.{form}" for form in ("csv", "xlsx", "docx")]
    given = [part for file in files for part in (f"--{file.suffix[1:]}", str(file))]
    assert run("--who", "Mexico", *given, "--style", "un") == ""
    assert all(file.stat().st_size > 100 for file in files)


def test_in_word_every_quote_has_a_footnote_in_the_style(records: Library) -> None:
    table = records.positions([HERRING], ["Norway", "Mexico", "Chad"])
    written = as_docx(table, words_in("en"), "un")
    rows = docx.Document(BytesIO(written)).tables[0].rows
    assert [row.cells[0].text for row in rows] == ["", "Norway", "Mexico", "Chad"]
    assert rows[2].cells[1].text.startswith("cannot support: “We cannot support a smaller herring quota")
    assert rows[3].cells[1].text == "nothing found in these records"
    with ZipFile(BytesIO(written)) as file:
        notes = re.findall(r'w:id="(\d+)".*?<w:t [^>]*>([^<]*)<', file.read("word/footnotes.xml").decode(), re.DOTALL)
        assert len(notes) == 2 and all("2032" in unescape(text) and text.endswith(".") for _, text in notes)


def test_on_the_page_it_is_asked_for_by_a_form_and_saved(client: TestClient, records: Library, expected: Any) -> None:
    assert "<table" not in client.get("/page/positions").text
    asked = {"about": f"{HERRING}\n\n", "who": "Norway\nMexico\nChad"}
    page = unescape(client.get("/page/positions", params=asked).text)
    quote = expected["cells"][1]["quotes"][0]["citation"]
    assert quote["quote"] in page and f"/?read={quote['document']['id']}&start={quote['start']}&" in page
    assert "<strong>cannot support</strong>" in page and "nothing found in these records" in page
    saved = client.get("/page/positions.json", params={**asked, "who": "Norway\nMexico"})
    assert saved.json() == expected
    for form in ("docx", "xlsx"):
        assert client.get(f"/page/positions.{form}", params=asked).content.startswith(b"PK")
    assert b"cannot support" in client.get("/page/positions.csv", params=asked).content
    assert client.get("/page/positions.exe", params=asked).status_code == 404
    assert "rien trouvé" in client.get("/page/positions", params=asked, headers={"Accept-Language": "fr"}).text


def test_what_an_earlier_table_lacks_is_marked_on_the_page(client: TestClient, expected: Any) -> None:
    def compared(saved: bytes, **headers: str) -> Any:
        asked = {"about": HERRING, "who": "Norway\nMexico"}
        return client.post("/page/positions", data=asked, files={"saved": ("p.json", saved)}, headers=headers)

    before = json.dumps({**expected, "cells": expected["cells"][:1]}).encode()
    page = compared(before).text
    assert page.count("<mark") == 1 and "New quotes since that table: 1" in page
    assert page.index("<mark") < page.index("cannot support") < page.index("</mark>") + 200
    same = compared(json.dumps(expected).encode(), **{"Accept-Language": "fr"}).text
    assert "<mark" not in same and "Nouvelles citations depuis ce tableau : 0" in same
    for wrong in (b"{}", b"\xff", b"[" * 99_999):
        refused = compared(wrong)
        assert refused.status_code == 422 and "no table of positions" in refused.text and "<textarea" in refused.text
    assert compared(before, Origin="http://evil.example").is_error


def test_in_word_rows_stay_whole_and_arabic_runs_from_the_right(records: Library) -> None:
    table = records.positions([HERRING], ["Norway", "Chad"])

    def written(language: str) -> tuple[str, str]:
        with ZipFile(BytesIO(as_docx(table, words_in(language)))) as file:
            return file.read("word/document.xml").decode(), file.read("word/styles.xml").decode()

    body, styles = written("ar")
    assert body.count("<w:cantSplit") == 2 and "<w:bidiVisual" in body and "<w:bidi/>" in body and "<w:bidi/>" in styles
    assert body.count('<w:bidi w:val="0"/>') == 1, "an English quote runs from the left"
    body, styles = written("en")
    assert "bidiVisual" not in body and "<w:bidi/>" not in body + styles


def test_what_is_asked_for_is_no_markup_and_a_fault_is_told(client: TestClient) -> None:
    hostile = '</textarea><script>alert(1)</script>herring'
    page = client.get("/page/positions", params={"about": hostile, "who": hostile}).text
    assert "<script" not in page and page.count("</textarea>") == 2
    wrong = client.get("/page/positions", params={"about": "\n".join(f"topic {number}" for number in range(99))})
    assert wrong.status_code == 422 and "at most" in wrong.text
    assert client.get("/page/positions.csv", params={"about": "?"}).status_code == 422
