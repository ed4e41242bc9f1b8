"""Signing in: a key becomes a session of the browser, and the session ends when it should."""

import logging
from http.cookies import Morsel, SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from onrecord.rag.library import Library
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import FILE, Keys
from onrecord.ui.http.sessions import COOKIE, LASTS_S, Sessions
from onrecord.ui.http.sign_in import GUESSES_PER_MINUTE

from .conftest import ELSEWHERE, Calls, bearer, kind_of

pytestmark = pytest.mark.slow

VISIT = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}


def sign_in(client: TestClient, told: str, **more: str):
    return client.post("/sign-in", data={"key": told, **more}, headers=VISIT)


def cookie_of(response) -> Morsel:
    return SimpleCookie(response.headers["set-cookie"])[COOKIE]


def test_who_opens_the_page_signs_in_and_gets_there(calls: Calls, keys: Keys) -> None:
    _, told = keys.create("reader", ["ask"])
    client = calls(ELSEWHERE)
    sent = client.get("/?read=a%20b&start=3", headers=VISIT)
    assert sent.status_code == 303 and urlsplit(sent.headers["location"]).path == "/sign-in"
    form = client.get(sent.headers["location"], headers=VISIT)
    assert form.status_code == 200 and 'value="/?read=a%20b&amp;start=3"' in form.text
    assert "default-src 'none'" in form.headers["content-security-policy"]
    [then] = parse_qs(urlsplit(sent.headers["location"]).query)["next"]
    entered = sign_in(client, f" {told}\n", next=then)
    assert (entered.status_code, entered.headers["location"]) == (303, "/?read=a%20b&start=3")
    for path in ("/", "/page/records", "/docs", "/openapi.json", "/api/documents"):
        assert client.get(path).status_code == 200, path
    assert client.get("/page/start").json()["signed_in"] is True
    assert client.get("/sign-in?next=/docs").headers["location"] == "/docs", "nobody signs in twice"


def test_programs_are_told_a_problem_and_people_the_form(calls: Calls, keys: Keys) -> None:
    keys.create("reader", ["ask"])
    client = calls(ELSEWHERE)
    fetched = {"Accept": "text/html", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    for path, headers in (("/", {}), ("/page/records", fetched), ("/api/documents", VISIT), ("/v1/models", VISIT)):
        assert kind_of(client.get(path, headers=headers)) == "key-missing"
    expired = client.post("/sign-out", headers=VISIT | {"Sec-Fetch-Site": "same-origin"})
    assert (expired.status_code, expired.headers["location"]) == (303, "/sign-in?next=%2F")


def test_the_cookie_holds_no_key_and_is_for_this_server_only(calls: Calls, keys: Keys) -> None:
    key, told = keys.create("reader", ["ask"])
    plain = cookie_of(sign_in(calls(ELSEWHERE), told))
    assert plain["httponly"] and plain["samesite"].lower() == "strict" and plain["path"] == "/"
    assert not plain["secure"] and not plain["domain"] and int(plain["max-age"]) == LASTS_S
    assert key.id not in plain.value and told.split("_", 2)[2] not in plain.value and len(plain.value) > 40
    assert cookie_of(sign_in(calls(ELSEWHERE, scheme="https"), told))["secure"]
    by_proxy = calls(ELSEWHERE).post("/sign-in", data={"key": told}, headers={"X-Forwarded-Proto": "https"})
    assert cookie_of(by_proxy)["secure"]
    assert cookie_of(sign_in(calls(ELSEWHERE), told)).value != plain.value


@pytest.mark.parametrize(
    "then",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "/\t/evil.example", "/\n//x", "\\\\x",
     "javascript:alert(1)", "", "/a\\b", "/ /evil.example"],
)  # fmt: skip
def test_nobody_is_led_to_another_site(calls: Calls, keys: Keys, then: str) -> None:
    _, told = keys.create("reader", ["ask"])
    client = calls(ELSEWHERE)
    assert 'name="next" value="/"' in client.get("/sign-in", params={"next": then}).text
    assert sign_in(client, told, next=then).headers["location"] == "/"


def test_what_is_put_in_the_form_is_text(calls: Calls, keys: Keys) -> None:
    keys.create("reader", ["ask"])
    form = calls(ELSEWHERE).get("/sign-in", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>alert" not in form.text and "&#34;&gt;&lt;script" in form.text


def test_a_key_that_does_not_open_is_told_why_in_the_readers_language(calls: Calls, keys: Keys) -> None:
    revoked, only = keys.create("old", ["ask"])[1], keys.create("feeder", ["ingest"])[1]
    keys.revoke("old")
    client = calls(ELSEWHERE)
    for told, says in (("rpt_x", "does not know the key"), (revoked, "been revoked"), (only, "may not ask questions")):
        refused = sign_in(client, told)
        assert refused.status_code == 401 and says in refused.text and "set-cookie" not in refused.headers
        assert told not in refused.text
    french = client.post("/sign-in", data={"key": "x"}, headers={"Accept-Language": "fr"})
    assert 'lang="fr"' in french.text and "ne connaît pas cette clé" in french.text


def test_guessing_has_a_rate(calls: Calls, keys: Keys) -> None:
    _, told = keys.create("reader", ["ask"])
    client = calls(ELSEWHERE, ApiOptions(rules=Rules(requests_per_minute=0)))
    assert {sign_in(client, f"rpt_{n}").status_code for n in range(GUESSES_PER_MINUTE)} == {401}
    refused = sign_in(client, told)
    assert refused.status_code == 429 and 1 <= int(refused.headers["retry-after"]) <= 60
    assert "set-cookie" not in refused.headers


def test_a_session_has_its_keys_scopes(calls: Calls, keys: Keys, own_library: Library) -> None:
    [listing] = own_library.documents()
    reader, feeder, keeper = calls(ELSEWHERE), calls(ELSEWHERE), calls(ELSEWHERE)
    for client, scopes in ((reader, ["ask"]), (feeder, ["ask", "ingest"]), (keeper, ["admin"])):
        assert sign_in(client, keys.create("_".join(scopes), scopes)[1]).status_code == 303
    put, remove = "/page/records/file?name=more.txt", f"/page/records/{listing.id}"
    assert kind_of(reader.put(put, content=b"more")) == kind_of(reader.delete(remove)) == "key-scope"
    assert feeder.put(put, content=b"more").status_code == 202
    assert kind_of(feeder.delete(remove)) == "key-scope"
    assert keeper.delete(remove).status_code == 200


def test_a_session_ends_by_signing_out(calls: Calls, keys: Keys) -> None:
    client = calls(ELSEWHERE)
    token = cookie_of(sign_in(client, keys.create("reader", ["ask"])[1])).value
    out = client.post("/sign-out", headers=VISIT | {"Sec-Fetch-Site": "same-origin"})
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert cookie_of(out)["max-age"] == "0"
    assert kind_of(client.get("/page/records", headers={"Cookie": f"{COOKIE}={token}"})) == "key-missing"


@pytest.mark.parametrize("how", ["revoked", "replaced", "deleted", "damaged"])
def test_a_session_ends_with_its_key(calls: Calls, keys: Keys, own_library: Library, how: str) -> None:
    client = calls(ELSEWHERE)
    sign_in(client, keys.create("reader", ["ask"])[1])
    assert client.get("/page/records").status_code == 200
    if how == "revoked":
        Keys(own_library.store.folder).revoke("reader")
    elif how in ("replaced", "deleted"):
        (own_library.store.folder / FILE).unlink()
        if how == "replaced":
            Keys(own_library.store.folder).create("other", ["ask"])
    else:
        (own_library.store.folder / FILE).write_text("[{]")
    assert kind_of(client.get("/page/records")) == ("library" if how in ("deleted", "damaged") else "key-missing")


def test_a_session_lasts_so_long_and_a_key_has_so_many(keys: Keys) -> None:
    now = [0.0]
    sessions = Sessions(keys, clock=lambda: now[0])
    key, _ = keys.create("reader", ["ask"])
    token = sessions.begin(key)
    now[0] = LASTS_S - 1
    assert sessions.find(token)
    now[0] = LASTS_S
    assert sessions.find(token) is None and sessions.find("") is None
    oldest, *others = [sessions.begin(key) for _ in range(201)]
    assert sessions.find(oldest) is None and all(map(sessions.find, others))


def test_a_session_is_for_our_own_pages_only(calls: Calls, keys: Keys) -> None:
    """A page on another port of this name is of the same site, so the browser sends it the cookie along."""
    told = keys.create("reader", ["ask"])[1]
    client = calls(ELSEWHERE, ApiOptions(rules=Rules(cors_origins=("http://records.example:9999",))))
    sign_in(client, told)
    neighbour = {"Origin": "http://records.example:9999", "Sec-Fetch-Site": "same-site"}
    assert kind_of(client.post("/api/search", json={"query": "herring"}, headers=neighbour)) == "key-missing"
    assert client.post("/api/search", json={"query": "herring"}, headers=neighbour | bearer(told)).status_code == 200
    for site in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert kind_of(client.post("/sign-in", data={"key": told}, headers=site)) == "foreign-origin"
        assert kind_of(client.post("/sign-out", headers=site)) == "foreign-origin"


def test_below_another_application_the_form_and_the_cookie_stay_there(own_library: Library, keys: Keys) -> None:
    host = FastAPI()
    host.mount("/records", build_api(own_library))
    client = TestClient(host, base_url="http://records.example", follow_redirects=False)
    told = keys.create("reader", ["ask"])[1]
    sent = client.get("/records/docs", headers=VISIT).headers["location"]
    assert sent == "/records/sign-in?next=%2Frecords%2Fdocs"
    assert 'action="/records/sign-in"' in client.get(sent, headers=VISIT).text
    entered = client.post("/records/sign-in", data={"key": told, "next": "/records/docs"})
    assert entered.headers["location"] == "/records/docs" and cookie_of(entered)["path"] == "/records"
    assert client.get("/records/docs").status_code == 200


def test_signing_in_is_logged_without_the_key(calls: Calls, keys: Keys, caplog) -> None:
    key, told = keys.create("reader", ["ask"])
    client = calls(ELSEWHERE)
    with caplog.at_level(logging.INFO, logger="onrecord.http"):
        sign_in(client, "rpt_wrong")
        token = cookie_of(sign_in(client, told)).value
        client.get("/page/records")
    ours = [record for record in caplog.records if record.name == "onrecord.http"]
    lines = [record.getMessage() for record in ours]
    assert lines == ["POST /sign-in 401", "POST /sign-in 303", "GET /page/records 200"]
    assert ours[-1].__dict__["facts"]["key"] == key.id
    written = "".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert not [secret for secret in (told, "rpt_wrong", token) if secret in written]
