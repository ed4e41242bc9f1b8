"""Language models on the page: found on this machine when asked, where questions go, quotes only by one press."""

import os
import re
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from onrecord.rag.generation.rules import ModelRules
from onrecord.rag.library import open_library
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.page import models

from ..fakes import HashEmbedder
from ..rag.openai_server import OpenAIServer
from .serving import LIGHTHOUSE, ask, serving, visit, write_records

pytestmark = pytest.mark.slow


def test_models_are_looked_for_on_this_machine_and_quotes_only_is_one_press_away(
    context: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer() as server:
        server.facts["/v1/models"] = {"data": [{"id": "some-8b"}]}
        server.says("The lighthouse at Gannet Ledge needs 17 new mooring rings before winter [1].")
        monkeypatch.setattr(models, "LOCAL", {"llama.cpp": server.base_url.removesuffix("/v1")})
        rules = ModelRules(price=(0.5, 1.5))
        with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
            library.ingest([write_records(tmp_path / "records")])
            with serving(library, options=ApiOptions(models=rules)) as address:
                page = visit(context.new_page(), address)
                expect(page.locator("#r-quotes-only")).to_be_hidden()
                page.locator("#r-mode").click()
                expect(page.locator("#r-settings [value^='llama.cpp']")).to_have_count(0)
                page.locator("[data-look-for-models]").click()
                page.locator("#r-settings [value='llama.cpp:some-8b']").check()
                expect(page.locator("#r-settings")).to_contain_text("Stays on the server")
                page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
                found = page.evaluate("axe.run(document.querySelector('#r-settings'))")
                assert [one["id"] for one in found["violations"]] == []
                page.keyboard.press("Escape")
                expect(page.locator("#r-mode")).to_have_text("llama.cpp:some-8b")
                expect(page.locator("#r-goes")).to_have_text("Stays on the server’s machine.")
                ask(page, LIGHTHOUSE)
                footer = page.locator("article .r-footer").last
                expect(footer).to_contain_text("llama.cpp:some-8b")
                expect(footer).to_contain_text(re.compile(r"\d+ tokens read, \d+ written · price 0\.0\d+"))
                if shots := os.environ.get("ONRECORD_SCREENSHOTS"):
                    page.screenshot(path=f"{shots}/model.png")
                page.locator("#r-quotes-only").click()
                expect(page.locator("#r-mode")).to_have_text("Quotes only")
                expect(page.locator("#r-goes")).to_be_hidden()
                ask(page, LIGHTHOUSE)
                expect(page.locator("article .r-footer").last).not_to_contain_text("tokens")
                assert len(server.requests) == 1
