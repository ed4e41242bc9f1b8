"""Names told by a proxy: believed of the proxies that are named, by the connection's address, and of nobody else."""

import json
import subprocess
import sys
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from onrecord.rag.library import Library
from onrecord.rag.settings import Settings
from onrecord.ui.access.accounts import Accounts
from onrecord.ui.access.proxies import Ambiguous, Proxies, proxies_from
from onrecord.ui.app import build_app
from onrecord.ui.connections import BehindProxies
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys
from onrecord.ui.http.serving import options_from
from onrecord.vectorstore.errors import InputError

from ..ui.served import served
from .conftest import ELSEWHERE, HERE, Calls, bearer, kind_of

pytestmark = pytest.mark.slow

PROXY, HEADER = "10.3.0.7", "X-Forwarded-User"
PASSWORD = "gannets over the ledge"
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def told(name: str) -> dict[str, str]:
    """What a proxy sends along for somebody."""
    return {HEADER: name, "X-Forwarded-For": ELSEWHERE}


def behind(networks: str = "10.3.0.0/24", **more: Any) -> ApiOptions:
    return ApiOptions(rules=Rules(proxies=proxies_from(HEADER, networks), **more))


@pytest.fixture
def accounts(own_library: Library) -> Accounts:
    accounts = Accounts(own_library.store.folder)
    accounts.add("anna", "reader", None)
    accounts.add("bo@hesper.example", "curator", None)
    accounts.add("ina", "admin", PASSWORD)
    return accounts


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_name_the_header_and_the_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PROXY_USER_HEADER", HEADER)
    monkeypatch.setenv("ONRECORD_TRUSTED_PROXIES", "10.3.0.0/24, 2001:db8::5")
    with options_from(Settings()) as options:
        proxies = options.rules.proxies
    assert all(map(proxies.has, ("10.3.0.255", "::ffff:10.3.0.1", "2001:db8:0::5")))
    assert not any(map(proxies.has, ("10.3.1.0", "2001:db8::6", "127.0.0.1", "", "testclient", "10.3.0.7 ")))


@pytest.mark.parametrize(
    ("header", "networks"),
    [
        (HEADER, ""), (HEADER, " , "), ("X User", "10.0.0.1"), ("X-User:", "10.0.0.1"), ("Ü", "10.0.0.1"),
        ("Cookie", "10.0.0.1"), ("x-forwarded-for", "10.0.0.1"), ("Authorization", "10.0.0.1"),
        (HEADER, "proxy.example"), (HEADER, "10.0.0.300"), (HEADER, "10.0.0.1/24"), (HEADER, "0.0.0.0/0"),
        (HEADER, "::/0"), (HEADER, "*"),
    ],
)  # fmt: skip
def test_settings_that_would_open_more_than_is_meant_are_refused(header: str, networks: str) -> None:
    with pytest.raises(InputError, match="ONRECORD_"):
        proxies_from(header, networks)


def test_without_the_setting_no_header_tells_anything(calls: Calls, accounts: Accounts) -> None:
    client = calls(PROXY)
    assert kind_of(client.get("/api/documents", headers=told("ina"))) == "key-missing"
    scope = {"headers": [(b"x-forwarded-user", b"ina")], "client": (PROXY, 1)}
    assert Proxies().take_name(scope) is None and scope["headers"]


# --- who is believed -------------------------------------------------------------------------------------------------


def test_whom_a_trusted_proxy_names_has_the_accounts_rights(calls: Calls, accounts: Accounts, own_library) -> None:
    client = calls(PROXY, behind())
    [listing] = own_library.documents()
    for path in ("/", "/api/documents", "/page/records", f"/reading/{listing.id}"):
        assert client.get(path, headers=told("anna")).status_code == 200, path
    assert kind_of(client.delete(f"/api/documents/{listing.id}", headers=told("anna"))) == "key-scope"
    assert client.post("/api/search", json={"query": "herring"}, headers=told("anna")).status_code == 200
    assert client.delete(f"/api/documents/{listing.id}", headers=told("bo@hesper.example")).status_code == 200
    accounts.remove("bo@hesper.example")
    assert kind_of(client.get("/api/documents", headers=told("bo@hesper.example"))) == "user-unknown"


def test_a_forged_name_from_anybody_else_is_no_name(own_library: Library, accounts: Accounts) -> None:
    app = build_app(own_library, options=behind())
    for address in (ELSEWHERE, HERE, "10.3.1.7", "::1", "unix"):
        client = TestClient(app, "http://127.0.0.1:7860", client=(address, 50000))
        for name, more in product(
            (HEADER, HEADER.lower(), HEADER.upper()),
            ({}, {"X-Forwarded-For": PROXY}, {"Forwarded": f"for={PROXY}"}, {"X-Real-IP": PROXY}),
        ):
            forged = {name: "ina", **more}
            for method, path in (("GET", "/api/documents"), ("GET", "/page/records"), ("POST", "/api/search")):
                assert kind_of(client.request(method, path, headers=forged)) == "key-missing", (address, forged)
            assert client.get("/metrics", headers=forged).status_code == 401


def test_a_forged_name_beside_a_key_or_a_session_changes_nothing(calls: Calls, accounts: Accounts, keys: Keys) -> None:
    client = calls(ELSEWHERE, behind())
    asking = bearer(keys.create("reader", ["ask"])[1])
    assert client.get("/api/documents", headers=asking | told("ina")).status_code == 200
    assert kind_of(client.get("/metrics", headers=asking | told("ina"))) == "key-scope"
    accounts.change("anna", password=PASSWORD)
    client.post("/sign-in", data={"name": "anna", "password": PASSWORD}, headers=told("ina"))
    assert client.get("/api/documents", headers=told("ina")).status_code == 200
    assert kind_of(client.get("/metrics", headers=told("ina"))) == "key-scope"


def test_the_header_reaches_no_route() -> None:
    for address in (PROXY, ELSEWHERE):
        scope: dict[str, Any] = {
            "client": (address, 1),
            "headers": [(b"host", b"a"), (b"x-forwarded-user", b"ina"), (b"X-Forwarded-User", b"ina")],
        }
        with suppress(Ambiguous):
            proxies_from(HEADER, PROXY).take_name(scope)
        assert scope["headers"] == [(b"host", b"a")]


def test_a_name_without_an_account_is_refused_plainly(calls: Calls, accounts: Accounts) -> None:
    client = calls(PROXY, behind())
    for name in ("unknown.person", "Anna", "ann", "anna, ina", "ina\tanna", "\u0131na", "a" * 5000, "../anna"):
        visit: Any = [(HEADER.encode(), name.encode()), (b"Accept", b"text/html"), (b"Sec-Fetch-Mode", b"navigate")]
        for path in ("/api/documents", "/", "/page/records"):
            response = client.get(path, headers=visit)
            assert response.status_code == 403 and f"{name} " not in response.text
            if path.startswith("/api"):
                assert kind_of(response) == "user-unknown" and "onrecord users add" in response.json()["detail"], name
            else:  # a person looks at it
                assert response.headers["content-type"].startswith("text/html"), name
                assert "has no account here" in response.text


def test_two_names_are_none(calls: Calls, accounts: Accounts) -> None:
    """A proxy that adds its header to the one that it was sent would have both told."""
    client = calls(PROXY, behind())
    for second in (b"anna", b"ina", b""):
        sent: Any = [(HEADER.encode(), b"anna"), (HEADER.lower().encode(), second)]
        assert kind_of(client.get("/api/documents", headers=sent)) == "malformed"
    with pytest.raises(Ambiguous):
        proxies_from(HEADER, PROXY).take_name({"headers": [(b"x-forwarded-user", b"an\xffna")], "client": (PROXY, 1)})


def test_a_proxy_that_names_nobody_lets_nobody_in(calls: Calls, accounts: Accounts, keys: Keys) -> None:
    client = calls(PROXY, behind())
    assert kind_of(client.get("/api/documents")) == "key-missing"
    assert kind_of(client.get("/api/documents", headers=told(" "))) == "key-missing"
    asking = bearer(keys.create("reader", ["ask"])[1])
    assert client.get("/api/documents", headers=asking).status_code == 200, "programs come with their keys"
    assert client.get("/healthz").status_code == 200


def test_the_proxys_name_holds_before_sessions_and_other_tokens(calls: Calls, accounts: Accounts) -> None:
    client = calls(PROXY, behind())
    client.post("/sign-in", data={"name": "ina", "password": PASSWORD})
    assert client.get("/metrics").status_code == 200
    assert kind_of(client.get("/metrics", headers=told("anna"))) == "key-scope"
    token_of_the_proxy = {**told("anna"), **bearer("eyJhbGciOi.x.y")}
    assert client.get("/api/documents", headers=token_of_the_proxy).status_code == 200


def test_pages_of_other_sites_may_not_call_in_the_name_that_a_proxy_adds(calls: Calls, accounts: Accounts) -> None:
    """The proxy's own cookie may go along with what they send; a link from them is followed all the same."""
    client = calls(PROXY, behind(cors_origins=("https://host.example",)))
    foreign = {**told("ina"), "Origin": "https://host.example", "Sec-Fetch-Site": "cross-site"}
    for method, path in (("GET", "/api/documents"), ("POST", "/api/search"), ("POST", "/api/alerts")):
        assert kind_of(client.request(method, path, json={"query": "x"}, headers=foreign)) == "key-missing"
    framed = {**told("anna"), **LINK, "Sec-Fetch-Dest": "iframe"}
    assert client.get("/page/records", headers=framed).status_code == 401
    assert client.get("/page/records", headers={**told("anna"), **LINK}).status_code == 200
    assert client.post("/page/records/address", headers={**told("ina"), **LINK}).status_code in (401, 403)


def test_it_is_noted_whom_the_proxy_named(calls: Calls, accounts: Accounts, own_library: Library) -> None:
    options = ApiOptions(audit="on", rules=behind().rules)
    calls(PROXY, options).post("/api/search", json={"query": "herring"}, headers=told("anna"))
    calls(ELSEWHERE, options).post("/api/search", json={"query": "herring"}, headers=told("anna"))
    noted = [json.loads(line) for line in (own_library.store.folder / "audit.jsonl").read_text().splitlines()]
    [anna] = [account.caller.id for account in accounts.all() if account.name == "anna"]
    assert [(entry["who"], entry["status"]) for entry in noted] == [(anna, 200), ("anybody", 401)]


# --- over a real connection ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("networks", "status"), [("127.0.0.1", 200), ("10.3.0.0/24", 401)])
def test_the_address_of_the_connection_counts(own_library: Library, accounts, networks: str, status: int) -> None:
    """Neither does a forwarded address make a proxy of anybody, nor unmake the proxy that tells it."""
    options = behind(networks)
    app = BehindProxies(build_app(own_library, options=options), options.rules.proxies)
    with served(app, proxy_headers=False) as address:
        for forwarded in (ELSEWHERE, PROXY, f"{ELSEWHERE}, {PROXY}"):
            headers = {HEADER: "anna", "X-Forwarded-For": forwarded}
            assert httpx.get(f"{address}/api/documents", headers=headers).status_code == status, forwarded


def test_callers_addresses_are_learned_from_trusted_proxies_alone(own_library: Library, accounts: Accounts) -> None:
    for networks, expected in (("127.0.0.1", ELSEWHERE), (PROXY, HERE)):
        file = own_library.store.folder / "audit.jsonl"
        file.unlink(missing_ok=True)
        options = ApiOptions(audit="on", rules=behind(networks).rules)
        app = BehindProxies(build_app(own_library, options=options), options.rules.proxies)
        with served(app, proxy_headers=False) as address:
            httpx.post(f"{address}/api/search", json={"query": "herring"}, headers=told("anna"))
        assert json.loads(file.read_text().splitlines()[-1])["from"] == expected


# --- accounts without a password -------------------------------------------------------------------------------------


def test_no_password_opens_an_account_without_one(accounts: Accounts, calls: Calls) -> None:
    for password in ("", PASSWORD, "of nobody, so that an unknown name takes as long"):
        assert accounts.find("anna", password) is None
    client = calls(ELSEWHERE)
    assert client.post("/sign-in", data={"name": "ina", "password": PASSWORD}).status_code == 303
    accounts.change("ina", no_password=True)
    assert kind_of(client.get("/page/records")) == "key-missing", "the session ended with the password"
    assert accounts.find("ina", PASSWORD) is None


def test_the_commands_make_accounts_without_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*words: str, ok: bool = True) -> str:
        command = [Path(sys.executable).with_name("onrecord"), *words, "--library", tmp_path / "library"]
        done = subprocess.run(command, capture_output=True, text=True, input="")
        assert (done.returncode == 0) == ok, done.stderr
        return done.stdout if ok else done.stderr

    assert "by a proxy only" in run("users", "add", "anna", "--no-password")
    assert "not both" in run("users", "add", "bo", "--no-password", "--password-stdin", ok=False)
    assert json.loads(run("users", "list", "--json"))[0]["has_password"] is False
    monkeypatch.setenv("ONRECORD_PROXY_USER_HEADER", HEADER)
    assert "needs ONRECORD_TRUSTED_PROXIES" in run("serve", "--port", "7999", ok=False)
    monkeypatch.setenv("ONRECORD_LIBRARY", str(tmp_path / "another"))
    done = subprocess.run(
        [Path(sys.executable).with_name("onrecord"), "serve", "--port", "7999"], capture_output=True, text=True
    )
    assert done.returncode and "onrecord users add NAME --no-password" in done.stderr
