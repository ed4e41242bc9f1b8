"""Signing in by an OpenID Connect provider: who is let in as whom, and that nothing forged, stale or another's is."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey

from onrecord.rag.library import Library
from onrecord.rag.settings import Settings
from onrecord.ui.access.accounts import FILE, Accounts
from onrecord.ui.access.oidc import NotSignedIn, Provider, provider_from
from onrecord.ui.app import build_app
from onrecord.ui.audit import FILE as AUDIT
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.serving import options_from
from onrecord.ui.http.sessions import COOKIE
from onrecord.ui.http.sign_in import GUESSES_PER_MINUTE
from onrecord.ui.listening import listen
from onrecord.vectorstore.catalogue import Collected
from onrecord.vectorstore.errors import InputError

from ..ui.served import served
from .conftest import Calls
from .forging_provider import SECRET, ForgingProvider

pytestmark = pytest.mark.slow

HERE = "http://127.0.0.1:7860"
PASSWORD = "gannets over the ledge"
VISIT = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
COMING_BACK = VISIT | {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}


def provider(at: str, **more: str) -> Provider:
    told = {
        "issuer": at, "client_id": "onrecord", "client_secret": SECRET, "public_url": HERE, "name": "Harbour ID",
        "name_claim": "preferred_username", "groups_claim": "groups", "roles": "readers=reader,archive=curator",
        "collections": "",
    }  # fmt: skip
    found = provider_from(**(told | more))
    assert found
    return found


@pytest.fixture
def forger() -> Iterator[ForgingProvider]:
    forger = ForgingProvider()
    with served(forger.app) as address:
        forger.issuer = address
        yield forger


@pytest.fixture
def calls(own_library: Library) -> Calls:
    """Makes a client of the API, without Gradio's page, which takes its time."""

    def client(address: str = "127.0.0.1", options: ApiOptions | None = None) -> TestClient:
        return TestClient(build_api(own_library, options), HERE, client=(address, 50000), follow_redirects=False)

    return client


@pytest.fixture
def client(calls: Calls, forger: ForgingProvider) -> TestClient:
    return calls(options=ApiOptions(provider=provider(forger.issuer), audit="on"))


def begin(client: TestClient, then: str = "/") -> str:
    """The provider's address that somebody is sent to."""
    reply = client.get("/sign-in/oidc", params={"next": then}, headers=VISIT)
    assert reply.status_code == 303, reply.text
    return reply.headers["location"]


def come_back(client: TestClient, address: str) -> httpx.Response:
    """What the provider sends the browser back with, and what becomes of it."""
    back = httpx.get(address).headers["location"]
    assert back.startswith(f"{HERE}/sign-in/oidc/callback?")
    return client.get(back.removeprefix(HERE), headers=COMING_BACK)


def sign_in(client: TestClient, then: str = "/") -> httpx.Response:
    return come_back(client, begin(client, then))


def is_signed_in(client: TestClient) -> bool:
    return client.get("/api/documents").status_code == 200


def says(reply: httpx.Response) -> str:
    found = re.search(r'<p id="said" role="alert">(.*?)</p>', reply.text)
    assert found
    return found[1]


# --- people who may come in ------------------------------------------------------------------------------------------


def test_somebody_is_signed_in_with_the_role_and_the_name_that_the_provider_tells(
    client: TestClient, forger: ForgingProvider, own_library: Library
) -> None:
    assert client.get("/api/documents").status_code == 401, "there is no account yet, and nobody is let in for that"
    form = client.get("/sign-in?next=/reading/1", headers=VISIT).text
    assert "Sign in with Harbour ID" in form and 'href="/sign-in/oidc?next=/reading/1"' in form
    assert "password" not in form
    reply = sign_in(client, "/?about=herring")
    assert reply.status_code == 200 and 'content="0;url=/?about=herring"' in reply.text
    assert is_signed_in(client)
    [asked] = forger.asked
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked["scope"].split() and asked["nonce"] and len(asked["state"]) >= 32
    [account] = Accounts(own_library.store.folder).all()
    assert (account.name, account.role, account.password) == ("anna", "reader", "")
    assert account.subject == f"{forger.issuer} 17"
    cookie = next(told for told in reply.headers.get_list("set-cookie") if told.startswith(COOKIE))
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
    noted = [json.loads(line) for line in (own_library.store.folder / AUDIT).read_text().splitlines()]
    [signed] = [entry for entry in noted if entry["did"] == "sign in"]
    assert signed["who"].startswith("user anna ") and signed["what"] == {"path": "/sign-in/oidc/callback"}


def test_groups_give_role_and_collections_anew_each_time(
    calls: Calls, forger: ForgingProvider, own_library: Library
) -> None:
    own_library.store.catalogue.put_collection(Collected(name="Press", folders=("/nowhere",), documents=()))
    rules = {"roles": "readers=reader,archive=curator", "collections": "press=Press,staff=*"}
    client = calls(options=ApiOptions(provider=provider(forger.issuer, **rules)))
    accounts = Accounts(own_library.store.folder)
    expected = [
        (["readers", "press"], "reader", ("Press",)), (["readers", "staff", "press"], "reader", None),
        (["readers", "archive"], "curator", None), (["readers", "press"], "reader", ("Press",)),
    ]  # fmt: skip
    for groups, role, collections in expected:
        forger.claims["groups"] = groups
        assert sign_in(client).status_code == 200
        [account] = accounts.all()
        assert (account.role, account.collections) == (role, collections)
        assert (client.get("/api/documents").json()["documents"] == []) == (collections is not None)
    for groups in (["readers"], ["press"], [], None, "readers", [["readers"]]):
        forger.claims["groups"] = groups
        reply = sign_in(client)
        assert reply.status_code == 403 and "no access here" in says(reply)


def test_an_account_that_is_there_is_not_taken_over_by_its_name(
    client: TestClient, forger: ForgingProvider, own_library: Library
) -> None:
    accounts = Accounts(own_library.store.folder)
    accounts.add("Anna", "admin", PASSWORD)
    reply = sign_in(client)
    assert reply.status_code == 403 and "another’s here" in says(reply) and not is_signed_in(client)
    assert [account.name for account in accounts.all()] == ["Anna"]
    forger.claims["preferred_username"] = "anna of the north"  # no name that an account can have
    assert sign_in(client).status_code == 403
    forger.claims["preferred_username"] = "anna.north"
    assert sign_in(client).status_code == 200
    forger.claims |= {"preferred_username": "anna.south"}
    assert sign_in(client).status_code == 200
    assert [account.name for account in accounts.all()] == ["Anna", "anna.north"], "the subject counts, not the name"
    forger.claims["sub"] = "18"
    assert sign_in(client).status_code == 200
    assert len(accounts.all()) == 3


def test_a_removed_account_is_out_at_once_and_a_new_session_replaces_the_old(
    client: TestClient, own_library: Library
) -> None:
    sign_in(client)
    first = client.cookies[COOKIE]
    sign_in(client)
    assert client.cookies[COOKIE] != first and is_signed_in(client)
    client.cookies.clear()
    client.cookies.set(COOKIE, first)
    assert not is_signed_in(client), "the earlier session has ended"
    client.cookies.clear()
    sign_in(client)
    Accounts(own_library.store.folder).remove("anna")
    assert not is_signed_in(client)


def test_after_signing_out_the_provider_is_to_ask_again(client: TestClient, forger: ForgingProvider) -> None:
    sign_in(client)
    client.post("/sign-out", headers=VISIT)
    assert not is_signed_in(client)
    sign_in(client)
    sign_in(client)
    assert [asked.get("prompt") for asked in forger.asked] == [None, "login", None]


def test_an_address_as_a_name_has_to_be_verified(calls: Calls, forger: ForgingProvider) -> None:
    client = calls(options=ApiOptions(provider=provider(forger.issuer, name_claim="email")))
    for verified, status in ((None, 401), (False, 401), ("true", 401), (True, 200)):
        forger.claims |= {"email": "anna@harbour.example", "email_verified": verified}
        assert sign_in(client).status_code == status


# --- attacks ---------------------------------------------------------------------------------------------------------


def changes(**forged: Any) -> Callable[[ForgingProvider], None]:
    """Has other claims certified, signed as they should be."""

    def set_up(forger: ForgingProvider) -> None:
        forger.forge = lambda claims, header: (claims.update(forged), forger.key)[1]

    return set_up


def drops(name: str) -> Callable[[ForgingProvider], None]:
    def set_up(forger: ForgingProvider) -> None:
        forger.forge = lambda claims, header: (claims.pop(name), forger.key)[1]

    return set_up


def signs(alg: str, key: Callable[[ForgingProvider], Any]) -> Callable[[ForgingProvider], None]:
    """Has another algorithm or key sign."""

    def set_up(forger: ForgingProvider) -> None:
        forger.forge = lambda claims, header: (header.update(alg=alg), key(forger))[1]

    return set_up


def of_secret(forger: ForgingProvider) -> OctKey:
    return OctKey.import_key(SECRET)


def of_public_key(forger: ForgingProvider) -> OctKey:
    """The public key's number taken for a shared secret: what is published opens nothing."""
    return OctKey.import_key({"kty": "oct", "k": str(forger.key.as_dict(private=False)["n"])})


FORGED = {
    "another nonce": changes(nonce="another"),
    "no nonce": drops("nonce"),
    "another audience": changes(aud="another-client"),
    "one of several audiences, for another": changes(aud=["onrecord", "another"], azp="another"),
    "no audience": drops("aud"),
    "another issuer": changes(iss="https://id.example"),
    "expired": changes(exp=int(time.time()) - 3600),
    "no expiry": drops("exp"),
    "issued in the future": changes(iat=int(time.time()) + 3600),
    "not valid yet": changes(nbf=int(time.time()) + 3600),
    "nobody": drops("sub"),
    "no name": changes(preferred_username=""),
    "a name that is none": changes(preferred_username=["anna"]),
    "a hash of another token": changes(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "signed by nobody": signs("none", lambda forger: None),
    "signed with the secret": signs("HS256", of_secret),
    "signed with the public key": signs("HS256", of_public_key),
    "signed by a stranger": signs("RS256", lambda forger: RSAKey.generate_key(2048, {"kid": "one"})),
}


@pytest.mark.parametrize("attack", FORGED)
def test_what_the_provider_does_not_certify_for_this_sign_in_opens_nothing(
    client: TestClient, forger: ForgingProvider, own_library: Library, attack: str
) -> None:
    FORGED[attack](forger)
    reply = sign_in(client)
    assert reply.status_code == 401 and says(reply).startswith("Harbour ID has not signed you in")
    assert COOKIE not in client.cookies and not is_signed_in(client)
    assert not (own_library.store.folder / FILE).exists()


def test_a_state_counts_once_and_in_the_browser_that_began(
    client: TestClient, calls: Calls, forger: ForgingProvider, own_library: Library
) -> None:
    back = httpx.get(begin(client)).headers["location"].removeprefix(HERE)
    told = parse_qs(urlsplit(back).query)
    forged = f"/sign-in/oidc/callback?code={told['code'][0]}&state={'x' * 43}"
    assert client.get(forged, headers=COMING_BACK).status_code == 401, "another state"
    other = TestClient(client.app, HERE, client=("127.0.0.1", 50001), follow_redirects=False)
    other.cookies.set("onrecord_oidc", "another", path="/sign-in/oidc")
    reply = other.get(back, headers=COMING_BACK)
    assert reply.status_code == 401 and "begun elsewhere" in says(reply), "signing somebody in as the attacker"
    assert client.get(back, headers=COMING_BACK).status_code == 401, "the state has been used"
    back = httpx.get(begin(client)).headers["location"].removeprefix(HERE)
    assert client.get(back, headers=COMING_BACK).status_code == 200
    cookies = dict(client.cookies)
    assert client.get(back, headers=COMING_BACK).status_code == 401 and cookies, "a code that is sent again"


def test_a_code_of_another_sign_in_and_another_verifier_are_refused(client: TestClient) -> None:
    first, second = begin(client), None
    stolen = parse_qs(urlsplit(httpx.get(first).headers["location"]).query)["code"][0]
    second = parse_qs(urlsplit(begin(client)).query)["state"][0]
    reply = client.get(f"/sign-in/oidc/callback?code={stolen}&state={second}", headers=COMING_BACK)
    assert reply.status_code == 401 and not is_signed_in(client), "the verifier is another sign-in's"


@pytest.mark.parametrize(
    "more", ["&iss=https://id.example", "&error=access_denied", "&state=x", "&code=y"], ids=lambda more: more[1:]
)
def test_what_comes_back_otherwise_is_refused(client: TestClient, more: str) -> None:
    back = httpx.get(begin(client)).headers["location"].removeprefix(HERE)
    assert client.get(back + more, headers=COMING_BACK).status_code == 401
    assert not is_signed_in(client)


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(client: TestClient, then: str) -> None:
    reply = sign_in(client, then)
    assert reply.status_code == 200 and "evil" not in reply.text and 'content="0;url=/"' in reply.text


def test_a_script_in_an_address_stays_words(client: TestClient) -> None:
    reply = sign_in(client, '/?q="><script>alert(1)</script>')
    assert "<script" not in reply.text


def test_tries_are_limited_and_pages_of_others_begin_nothing(client: TestClient) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert client.get("/sign-in/oidc", headers=foreign).status_code == 403
    statuses = [client.get("/sign-in/oidc/callback?state=x", headers=COMING_BACK).status_code for _ in range(40)]
    assert statuses.count(401) <= GUESSES_PER_MINUTE + 1 and statuses[-1] == 429


def test_who_goes_by_the_name_of_a_provider_must_be_the_provider(client: TestClient, forger: ForgingProvider) -> None:
    for metadata in (
        {"issuer": "https://id.example"}, {"token_endpoint": "http://id.example/token"}, {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ):  # fmt: skip
        forger.metadata = metadata
        reply = client.get("/sign-in/oidc", headers=VISIT)
        assert reply.status_code == 401 and "has not signed you in" in says(reply), metadata
    forger.metadata = {}
    assert client.get("/sign-in/oidc", headers=VISIT).status_code == 303


def test_a_provider_that_does_not_answer_is_told(calls: Calls) -> None:
    client = calls(options=ApiOptions(provider=provider("http://127.0.0.1:9")))
    reply = client.get("/sign-in/oidc", headers=VISIT)
    assert reply.status_code == 502 and says(reply) == "Harbour ID does not answer. Try again later."


def test_sign_ins_that_nobody_ends_are_forgotten(forger: ForgingProvider) -> None:
    known = provider(forger.issuer)
    first = parse_qs(urlsplit(known.begin("/")[0]).query)["state"][0]
    for _ in range(1000):
        known.begin("/")
    assert len(known._pending) == 1000
    with pytest.raises(NotSignedIn) as told:
        known.finish({"state": first, "code": "x"}, "x")
    assert told.value.reason == "late"


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"issuer": "http://id.example"}, "https"), ({"issuer": "https://anna@id.example"}, "https"),
        ({"issuer": "ftp://localhost"}, "https"), ({"issuer": "id.example"}, "https"),
        ({"public_url": "http://records.example"}, "ONRECORD_PUBLIC_URL"), ({"public_url": ""}, "ONRECORD_PUBLIC_URL"),
        ({"client_id": ""}, "ONRECORD_OIDC_CLIENT_ID"), ({"roles": ""}, r"\*=reader"), ({"roles": "a=king"}, "king"),
        ({"roles": "reader"}, "GROUP=VALUE"), ({"collections": "=Press"}, "GROUP=VALUE"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(changed: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        provider("https://id.example", **changed)


def test_the_settings_make_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    with options_from(Settings()) as options:
        assert options.provider is None
    for name, value in (
        ("OIDC_ISSUER", "https://id.example"), ("OIDC_CLIENT_ID", "onrecord"), ("OIDC_CLIENT_SECRET", SECRET),
        ("OIDC_ROLES", "*=reader"), ("PUBLIC_URL", "https://records.example/sub/"),
    ):  # fmt: skip
        monkeypatch.setenv(f"ONRECORD_{name}", value)
    settings = Settings()
    assert SECRET not in repr(settings)
    with options_from(settings) as options:
        assert options.provider and options.provider.name == "id.example"
        assert options.provider._callback == "https://records.example/sub/sign-in/oidc/callback"


# --- a provider that others have written -----------------------------------------------------------------------------


@contextmanager
def mock_provider() -> Iterator[str]:
    """The address of `oidc-provider-mock`, in a process of its own, since it warns of what is to change in Authlib."""
    with closing(listen("127.0.0.1", 0)) as asked:
        port = asked.getsockname()[1]
    user = json.dumps({"sub": "anna-17", "preferred_username": "anna", "groups": ["readers"]})
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    command += ["--user-claims", user]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            for _ in range(600):
                with suppress(httpx.TransportError):
                    httpx.get(f"http://localhost:{port}")
                    break
                time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            running.kill()


def test_with_a_provider_of_others_in_a_browser(own_library: Library, browser: Any) -> None:
    with closing(listen("127.0.0.1", 0)) as asked:
        port = asked.getsockname()[1]
    with mock_provider() as issuer:
        options = ApiOptions(provider=provider(issuer, public_url=f"http://127.0.0.1:{port}"))
        with served(build_app(own_library, options=options), port=port) as address:
            page = browser.new_page()
            page.goto(f"{address}/?about=herring")
            page.get_by_role("link", name="Sign in with Harbour ID").click()
            page.get_by_role("button", name="anna-17").click()
            page.wait_for_url(f"{address}/?about=herring")
            page.get_by_role("textbox").first.wait_for()
            assert page.evaluate("fetch('/api/documents').then((reply) => reply.status)") == 200
            page.close()
    [account] = Accounts(own_library.store.folder).all()
    assert (account.name, account.subject) == ("anna", f"{issuer} anna-17")
