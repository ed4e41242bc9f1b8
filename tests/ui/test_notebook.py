"""The notebook by command, over HTTP and on the page: kept, checked, exported; each reader's own."""

import json
import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from onrecord.rag import Library
from onrecord.rag.tools.notebook.briefing import as_markdown
from onrecord.ui.app import build_app
from onrecord.ui.cli.main import main
from onrecord.ui.http.keys import Keys

from .conftest import Calls
from .serving import HERRING, ask, visit
from .test_page_access import RUN_AXE, files

QUOTE = "The herring quota should fall by a third."
PLACE = {"document": "notes.txt", "quote": QUOTE}


def test_over_http(own_library: Library, calls: Calls) -> None:
    client = calls(own_library)
    kept = client.post("/api/notebook", json={**PLACE, "note": "First."}).json()
    assert kept["quote"] == QUOTE and kept["state"] == "found" and kept["checked_by"] is None
    assert client.post("/api/notebook", json=PLACE).json() == kept
    other = client.post("/api/notebook", json={"document": "notes.txt", "quote": "It should rise."}).json()
    changed = client.patch(f"/api/notebook/{other['id']}", json={"place": 1, "checked_by": "Ana", "note": "x"}).json()
    assert (changed["checked_by"], changed["note"]) == ("Ana", "x")
    listed = client.get("/api/notebook").json()["quotes"]
    assert [each["id"] for each in listed] == [other["id"], kept["id"]]
    assert client.patch(f"/api/notebook/{other['id']}", json={"checked_by": ""}).json()["checked_by"] is None
    told = client.get("/api/notebook/briefing", params={"style": "un"})
    assert told.text == as_markdown(own_library.store, own_library.notebook().quotes(), style="un")
    assert client.get("/api/notebook/briefing", params={"as": "docx"}).content.startswith(b"PK")
    assert client.delete(f"/api/notebook/{kept['id']}").json()["id"] == kept["id"]
    assert client.delete(f"/api/notebook/{kept['id']}").status_code == 422
    for wrong in ({"document": "notes.txt"}, {**PLACE, "quote": "no such words"}, {**PLACE, "document": "none"}):
        assert client.post("/api/notebook", json=wrong).status_code == 422


def test_a_key_has_a_notebook_of_its_own_and_who_has_none_calls_from_here(own_library: Library, calls: Calls) -> None:
    calls(own_library).post("/api/notebook", json=PLACE)
    far = calls(own_library, None, "203.0.113.9")
    assert far.get("/api/notebook").status_code == 403 == far.post("/api/notebook", json=PLACE).status_code
    keys = [Keys(own_library.store.folder).create(name, ["ask"])[1] for name in ("hers", "his")]
    client = calls(own_library, None, "203.0.113.9")
    hers, his = ({"Authorization": f"Bearer {key}"} for key in keys)
    kept = client.post("/api/notebook", json=PLACE, headers=hers).json()
    assert len(client.get("/api/notebook", headers=hers).json()["quotes"]) == 1
    assert client.get("/api/notebook", headers=his).json() == {"quotes": []}
    assert client.delete(f"/api/notebook/{kept['id']}", headers=his).status_code == 422
    assert client.delete(f"/api/notebook/{kept['id']}", headers=hers).status_code == 200
    assert client.get("/api/notebook").status_code == 401


def test_by_command(
    own_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = shutil.copytree(own_library.store.folder, tmp_path / "copy")

    def run(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["onrecord", "notebook", *arguments, "--library", str(library)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None)
        return capsys.readouterr().out

    assert run("list") == "The notebook is empty.\n"
    key = json.loads(run("keep", "notes.txt", "--quote", QUOTE, "--note", "First.", "--json"))["id"]
    other = json.loads(run("keep", "notes.txt", "--quote", "It should rise.", "--json"))["id"]
    assert "Compared with the original by Ana on" in run("check", key, "--by", "Ana")
    assert "not checked" in run("check", key, "--undo") and "Mine." in run("note", key, "Mine.")
    run("move", other, "1")
    assert [each["id"] for each in json.loads(run("list", "--json"))["quotes"]] == [other, key]
    assert f"> “{QUOTE}”[^2] *(not checked" in run("export", "--style", "un")
    run("export", "--docx", str(tmp_path / "b.docx"))
    paragraphs = [each.text for each in docx.Document(str(tmp_path / "b.docx")).paragraphs]
    assert paragraphs[0] == "Notebook" and "Mine." in paragraphs
    assert f"“{QUOTE}” [not checked against the original]" in paragraphs
    with ZipFile(tmp_path / "b.docx") as file:
        assert len(re.findall(r'<w:footnote w:id="\d+"', file.read("word/footnotes.xml").decode())) == 2
    assert QUOTE in run("remove", key) and key not in run("list")


def test_on_the_page_each_browser_has_its_own_and_forms_change_it(own_library: Library) -> None:
    app = build_app(own_library)

    def browser() -> TestClient:
        return TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))

    hers, his = browser(), browser()
    [at] = own_library.search("herring", limit=1)
    place: dict[str, Any] = {"document": at.document.id, "start": at.passage.start, "end": at.passage.end}
    key = hers.post("/page/notebook", params=place).json()["kept"]
    assert hers.post("/page/notebook", params={**place, "version": "0000"}).status_code == 409
    assert f'id="q-{key}"' in hers.get("/page/notebook").text
    assert "Nothing is kept yet" in his.get("/page/notebook").text
    here = {"Origin": "http://127.0.0.1:7860"}
    hostile = "</textarea><script>alert(1)</script>"
    assert hers.post(f"/page/notebook/{key}", data={"do": "note", "text": hostile}, headers=here).status_code == 200
    page = hers.get("/page/notebook").text
    assert "<script" not in page and "&lt;script&gt;" in page
    hers.post(f"/page/notebook/{key}", data={"do": "check", "by": "Ana"}, headers=here)
    assert "by Ana on" in hers.get("/page/notebook").text
    assert his.post(f"/page/notebook/{key}", data={"do": "remove"}, headers=here).status_code == 422
    for form in ("md", "json", "docx"):
        assert hers.get(f"/page/notebook/briefing.{form}").status_code == 200
    document = docx.Document(BytesIO(hers.get("/page/notebook/briefing.docx?style=apa").content))
    assert hostile in [each.text for each in document.paragraphs]
    assert hers.post(f"/page/notebook/{key}", data={"do": "remove"}, headers={"Origin": "http://evil.example"}).is_error
    hers.post(f"/page/notebook/{key}", data={"do": "remove"}, headers=here)
    assert "Nothing is kept yet" in hers.get("/page/notebook").text


def test_an_identifier_that_leads_nowhere_is_told_in_the_reader_s_language_beside_the_form(
    own_library: Library,
) -> None:
    client = TestClient(build_app(own_library), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))
    sound = "onrecord:none?words=3&hash=0&near=0"
    for identifier, status, says in (
        (None, 200, "Identifiant"), ("", 200, "Identifiant"), ("<b>x", 422, "commencerait par"),
        ("onrecord:" + "x" * 9_000, 422, "commencerait par"), (sound, 404, "Orpheline"),
    ):  # fmt: skip
        asked = {} if identifier is None else {"identifier": identifier}
        page = client.get("/page/resolve", params=asked, headers={"Accept-Language": "fr"})
        assert page.status_code == status and says in page.text, identifier
        assert 'name="identifier"' in page.text and "<b>" not in page.text
        assert ('role="alert"' in page.text) == (status != 200)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 380])
def test_a_quote_is_kept_and_checked_with_the_keyboard(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    ask(visit(page, address), HERRING)
    page.get_by_role("button", name="Keep this quote in the notebook").first.press("Enter")
    expect(page.get_by_role("link", name="Kept in the notebook.")).to_be_visible()
    expect(page.get_by_role("button", name="Kept in the notebook.").first).to_have_text("Kept")
    page.locator("h1").click()
    page.keyboard.press("l")
    page.locator("a[data-tool='page/notebook']").press("Enter")
    expect(page.locator("blockquote")).to_contain_text("herring quota")
    page.get_by_label("Your name").fill("Ana Ruiz")
    page.get_by_label("Your name").press("Enter")
    expect(page.locator("li")).to_contain_text("Compared with the original by Ana Ruiz")
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Take out").press("Enter")
    expect(page.get_by_text("Nothing is kept yet")).to_be_visible()
    page.close()
