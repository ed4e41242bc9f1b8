"""What browsers are told: no scripts but our own files, no frames of others, nothing kept, nothing told elsewhere."""

import re

import pytest
from playwright.sync_api import Browser

from onrecord.rag.library import Library
from onrecord.ui.app import build_app
from onrecord.ui.headers import frame_scripts
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules

from ..ui.served import served
from .conftest import Calls, kind_of

pytestmark = pytest.mark.slow

QUESTION = "What did Norway say about the herring quota?"
FOREIGN = "https://elsewhere.example"


def directives(response) -> dict[str, str]:
    policy = response.headers["content-security-policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


PATHS = ("/", "/page/records", "/docs", "/healthz", "/api/documents", "/nowhere", "/widget.js")


@pytest.mark.parametrize("path", PATHS)
def test_every_response_keeps_browsers_from_guessing_and_telling(calls: Calls, path: str) -> None:
    response = calls().get(path)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"


def test_the_frame_runs_its_own_scripts_by_their_hash_and_nothing_written_into_it(calls: Calls) -> None:
    response = calls().get("/")
    told = directives(response)
    scripts = told["script-src"].split()
    assert "'unsafe-inline'" not in scripts and sum(one.startswith("'sha256-") for one in scripts) >= 3
    assert set(one for one in scripts if not one.startswith("'sha256-")) == {"'self'", "'unsafe-eval'"}
    assert told["frame-ancestors"] == "'self'" and told["object-src"] == "'none'" and told["connect-src"] == "'self'"
    inline = [body for body in re.findall(r"<script[^>]*>(.+?)</script>", response.text, re.DOTALL)]
    assert len(inline) == sum(one.startswith("'sha256-") for one in scripts)
    assert frame_scripts(b"<script>let x = '<b>';</script><script src=a.js></script>").count("sha256") == 1


@pytest.mark.parametrize("path", ["/page/records", "/page/speakers/Norway"])
def test_pages_of_ours_run_no_script_in_their_html(calls: Calls, path: str) -> None:
    told = directives(calls().get(path))
    assert told["script-src"] == "'none'" and "unsafe" not in told["default-src"]


@pytest.mark.parametrize("path", ["/api/documents", "/api/search?query=herring", "/v1/models", "/openapi.json"])
def test_what_the_api_sends_is_data_and_no_page(calls: Calls, path: str) -> None:
    response = calls().get(path)
    assert directives(response) == {"default-src": "'none'", "frame-ancestors": "'none'"}
    assert response.headers["cache-control"] == "no-store"


def test_a_script_that_gets_into_the_page_does_not_run(browser: Browser, own_library: Library) -> None:
    """As if escaping had failed: in a real browser the policy alone must stop it."""
    with served(build_app(own_library)) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        page.evaluate(
            """() => {
                const planted = document.createElement("div");
                planted.innerHTML = "<img src=x onerror='window.hit = 1'>";
                const script = document.createElement("script");
                script.textContent = "window.hit = 2";
                document.body.append(planted, script);
            }"""
        )
        page.wait_for_timeout(300)
        assert page.evaluate("window.hit ?? 0") == 0
        page.close()


def test_pages_that_may_call_may_never_delete(own_library: Library, calls: Calls) -> None:
    client = calls(options=ApiOptions(rules=Rules(cors_origins=(FOREIGN,))))
    asked = {"Origin": FOREIGN, "Access-Control-Request-Method": "DELETE"}
    answer = client.options("/api/documents/x", headers=asked)
    assert answer.status_code == 400 and "DELETE" not in answer.headers.get("access-control-allow-methods", "")
    [listing] = own_library.documents()
    refused = client.delete(f"/api/documents/{listing.id}", headers={"Origin": FOREIGN})
    assert kind_of(refused) == "foreign-origin" and len(own_library.documents()) == 1
    assert client.post("/api/ask", json={"question": QUESTION}, headers={"Origin": FOREIGN}).status_code == 200
