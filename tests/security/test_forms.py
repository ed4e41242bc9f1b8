"""The pages on which people sign in, change their password or are turned away: who cannot use a mouse or see well."""

from contextlib import closing
from importlib.resources import files
from typing import Any

import pytest

from onrecord.rag.library import Library
from onrecord.ui.access.accounts import Accounts
from onrecord.ui.access.proxies import proxies_from
from onrecord.ui.app import build_app
from onrecord.ui.connections import BehindProxies
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys
from onrecord.ui.listening import listen

from ..ui.served import served
from .test_oidc import PASSWORD, provider

pytestmark = pytest.mark.slow

SEEN = """async () => {
    const found = await axe.run(document);
    const written = [...document.querySelectorAll("button, a, input, label, p")];
    const fonts = written.map((node) => getComputedStyle(node).fontFamily);
    return [
        found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(", ")}`),
        fonts.filter((font) => !font.includes("sans-serif")),
        document.documentElement.scrollWidth > innerWidth,
    ];
}"""


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 390)])
def test_the_forms_can_be_used_by_everybody(
    own_library: Library, browser: Any, language: str, scheme: str, width: int
) -> None:
    folder = own_library.store.folder
    Accounts(folder).add("anna", "reader", PASSWORD)
    Keys(folder).create("archive", ["ask"])
    rules = Rules(proxies=proxies_from("X-Forwarded-User", "127.0.0.1"))
    with closing(listen("127.0.0.1", 0)) as asked:
        port = asked.getsockname()[1]
    signing = provider("http://127.0.0.1:9", public_url=f"http://127.0.0.1:{port}")
    app = build_app(own_library, options=ApiOptions(provider=signing, rules=rules))
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    with served(BehindProxies(app, rules.proxies), port=port, proxy_headers=False) as address:
        page = browser.new_page(
            locale=language, color_scheme=scheme, viewport={"width": width, "height": 800},
            extra_http_headers={"X-Forwarded-For": "203.0.113.7"},
        )  # fmt: skip

        def looks_well() -> None:
            page.evaluate(axe)
            assert page.evaluate(SEEN) == [[], [], False]

        def type_and_send(*typed: str) -> None:
            for each in typed:
                page.keyboard.type(each)
                page.keyboard.press("Tab")
            with page.expect_navigation():
                page.keyboard.press("Enter")

        page.goto(f"{address}/account")
        looks_well()
        type_and_send("anna", "a wrong one")
        assert page.locator("#said").inner_text()
        looks_well()
        type_and_send("anna", PASSWORD)
        page.wait_for_url(f"{address}/account")
        looks_well()
        type_and_send("a wrong one", "gannets over the cliff", "gannets over the cliff")
        assert page.locator("#said").inner_text()
        looks_well()
        type_and_send(PASSWORD, "gannets over the cliff", "gannets over the cliff")
        assert page.locator("[role=status]").inner_text()
        looks_well()
        page.set_extra_http_headers({"X-Forwarded-For": "203.0.113.7", "X-Forwarded-User": "nobody-known"})
        assert page.goto(address).status == 403
        looks_well()
        page.close()
