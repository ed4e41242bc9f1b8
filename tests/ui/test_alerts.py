"""Alerts by command and over HTTP: added, told once, as lines, as a feed, and by a webhook that may be down."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from onrecord.rag import Library, open_library
from onrecord.ui.app import build_app
from onrecord.ui.cli.main import main
from onrecord.ui.http.keys import Keys

from ..fakes import HashEmbedder
from .conftest import Calls
from .test_page_access import RUN_AXE, files

ATOM = "{http://www.w3.org/2005/Atom}"
MORE = "Second notes of the council\n\nNorway: The herring quota must never rise again.\n\nMexico: That is too hard.\n"


def read_more(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text(MORE, encoding="utf-8")
    with open_library(folder, embedder=HashEmbedder()) as library:
        assert not library.ingest([tmp_path / "more.txt"]).failed


def test_by_command(
    own_library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_library.store.folder

    def run(*arguments: str, status: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["onrecord", "alerts", *arguments, "--library", str(folder)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == status
        return capsys.readouterr().out

    assert run("list") == "Nothing is watched.\n"
    speaker = json.loads(run("add", "--speaker", "Norway", "--json"))
    hook = ("--webhook", "http://127.0.0.1:1/secret")
    hooked = json.loads(run("add", "--register", "statements", "--who", "Mexico", *hook, "--json"))
    assert hooked["webhook"] == "127.0.0.1"
    assert f"{hooked['id']}  statements: Mexico  -> http://127.0.0.1:1/secret" in run("list")
    run("add", status=2)
    run("add", "x", "--speaker", "y", status=2)
    assert run("run") == ""
    read_more(folder, tmp_path)
    feed = tmp_path / "feed.xml"
    [line] = run("run", "--atom", str(feed), "--allow-private", status=1).splitlines()
    told = json.loads(line)
    assert told["alert"] == speaker["id"] and "must never rise" in told["quote"] and told["label"].endswith("Norway")
    assert len(ElementTree.parse(feed).findall(f"{ATOM}entry")) == 2
    assert run("run", status=1) == "", "the webhook is still down, and the other is not told again"
    run("remove", hooked["id"])
    assert run("run") == ""
    run("run", "--atom", str(tmp_path / "no" / "feed.xml"), status=2)


def test_over_http(own_library: Library, calls: Calls, tmp_path: Path) -> None:
    client = calls(own_library)
    added = client.post("/api/alerts", json={"kind": "statements", "words": "herring"}).json()
    assert client.get("/api/alerts").json() == {"alerts": [added]}
    assert client.get("/api/alerts/news").json() == {"news": []}
    read_more(own_library.store.folder, tmp_path)
    [news] = client.get("/api/alerts/news", params={"alert": added["id"]}).json()["news"]
    assert news["title"] == "statements: herring" and "must never rise" in news["quote"]
    feed = client.get("/api/alerts/feed")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    [entry] = ElementTree.fromstring(feed.text).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{news['delivery']}"
    assert client.post("/api/alerts", json={"kind": "speaker"}).status_code == 422
    assert client.post("/api/alerts", json={"words": "x", "webhook": "ftp://x"}).status_code == 422
    assert client.get("/api/alerts/feed", params={"alert": "00"}).status_code == 422
    assert client.delete(f"/api/alerts/{added['id']}").json() == added
    assert client.get("/api/alerts").json() == {"alerts": []}


def test_who_may_only_ask_reads_the_news_and_adds_no_alert(own_library: Library, calls: Calls) -> None:
    far = calls(own_library, None, "203.0.113.9")
    assert far.get("/api/alerts").status_code == 200
    assert far.post("/api/alerts", json={"words": "herring"}).status_code == 403
    _, key = Keys(own_library.store.folder).create("reader", ["ask"])
    asking = {"Authorization": f"Bearer {key}"}
    client = calls(own_library)
    assert client.get("/api/alerts/news", headers=asking).status_code == 200
    assert client.post("/api/alerts", json={"words": "herring"}, headers=asking).status_code == 403
    assert client.delete("/api/alerts/00", headers=asking).status_code == 403


def test_on_the_page_it_is_watched_and_told_by_forms(own_library: Library, tmp_path: Path) -> None:
    client = TestClient(build_app(own_library), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5))
    here = {"Origin": "http://127.0.0.1:7860"}
    assert "Nothing is watched yet." in client.get("/page/alerts").text
    hostile = "<script>herring</script>"
    client.post("/page/alerts", data={"kind": "statements", "text": hostile, "who": ""}, headers=here)
    client.post("/page/alerts", data={"kind": "speaker", "text": "Norway"}, headers=here)
    for given in ({"kind": "speaker", "text": "?"}, {"kind": "question"}):
        refused = client.post("/page/alerts", data=given, headers={**here, "Accept-Language": "fr"})
        assert refused.status_code == 422 and "Écrivez en toutes lettres" in refused.text and "<form" in refused.text
    read_more(own_library.store.folder, tmp_path)
    page = client.get("/page/alerts").text
    assert "<script" not in page and "must never rise" in page and "Speaker: Norway" in page and "?read=" in page
    assert "Rien de nouveau" not in client.get("/page/alerts", headers={"Accept-Language": "fr"}).text
    for alert in own_library.alerts().all():
        assert client.post(f"/page/alerts/{alert.id}", headers=here).status_code == 200
    gone = client.post("/page/alerts/00", headers=here)
    assert gone.status_code == 422 and "not watched any more" in gone.text and "<form" in gone.text
    assert client.post("/page/alerts", data={"kind": "votes"}, headers={"Origin": "http://evil.example"}).is_error
    assert "Nothing is watched yet." in client.get("/page/alerts").text


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_used_with_the_keyboard(browser: Browser, address: str, width: int, language: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, locale=language, color_scheme="dark")
    for tool in ("alerts", "positions?about=herring+quota"):
        page.goto(f"{address}/page/{tool}")
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
        assert page.evaluate(RUN_AXE) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{address}/page/alerts")
    page.locator("select").select_option("speaker")
    page.locator("input[name=text]").fill("Norway")
    page.locator("input[name=text]").press("Enter")
    expect(page.locator("ul li")).to_contain_text("Norway")
    page.locator("ul li button").first.press("Enter")
    expect(page.locator("ul li")).to_have_count(0)
    page.close()
