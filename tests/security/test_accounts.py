"""Accounts: who signs in with a name and a password, what each role opens, and that guessing does not."""

import json
import stat
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from onrecord.rag.library import Library
from onrecord.ui.access.accounts import FILE, ROLES, Accounts
from onrecord.ui.access.caller import Caller
from onrecord.ui.app import build_app
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys
from onrecord.ui.http.rates import Rate
from onrecord.ui.http.sessions import COOKIE
from onrecord.ui.http.sign_in import GUESSES_PER_NAME
from onrecord.vectorstore.catalogue import Collected
from onrecord.vectorstore.errors import InputError, LibraryError

from .conftest import ELSEWHERE, Calls, bearer, kind_of

pytestmark = pytest.mark.slow

PASSWORD, OTHER = "gannets over the ledge", "herring at the northern banks"
QUESTION = "What did Norway say about the herring quota?"
VISIT = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def accounts(own_library: Library) -> Accounts:
    return Accounts(own_library.store.folder)


class AtOneMoment(Rate):
    """A rate for which no time passes, however slow the machine."""

    def take(self, caller: str, now: float | None = None) -> int:
        return super().take(caller, 0.0)


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password}, headers=VISIT)


def token_of(response: Any) -> str:
    return SimpleCookie(response.headers["set-cookie"])[COOKIE].value


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_of_a_password_a_slow_hash_is_kept(accounts: Accounts, own_library: Library) -> None:
    assert not accounts.needed
    account = accounts.add("anna", "reader", PASSWORD)
    file = own_library.store.folder / FILE
    assert account.password.startswith("$argon2id$v=19$m=65536,t=3,") and PASSWORD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = Accounts(own_library.store.folder)
    assert again.needed and again.find("anna", PASSWORD) == account == again.find("ANNA", PASSWORD)
    for name, password in (("anna", PASSWORD + "x"), ("anna", ""), ("nobody", PASSWORD), ("", "")):
        assert accounts.find(name, password) is None
    assert accounts.change("anna", role="curator").password == account.password


def test_an_account_of_an_earlier_version_keeps_what_is_its_own(accounts: Accounts, own_library: Library) -> None:
    earlier = {"name": "anna", "role": "reader", "password": "", "created": "2031-03-01T00:00:00+00:00"}
    (own_library.store.folder / FILE).write_text(json.dumps([earlier]))
    assert [account.caller.id for account in accounts.all()] == ["user anna"]
    known = {"user anna"}
    for _ in range(2):
        accounts.remove("anna")
        known.add(accounts.add("anna", "reader", None).caller.id)
    assert len(known) == 3


def test_names_roles_and_passwords_are_checked(accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    wrong = (
        ("Anna", "reader", PASSWORD), ("", "reader", PASSWORD), ("a b", "reader", PASSWORD),
        ("x" * 65, "reader", PASSWORD), ("bo", "king", PASSWORD), ("bo", "reader", "short"),
        ("bo", "reader", "x" * 300), ("bo", "reader", "aaaaaaaaaaaaaa"), ("gannets", "reader", PASSWORD),
    )  # fmt: skip
    for name, role, password in wrong:
        with pytest.raises(InputError):
            accounts.add(name, role, password)
    for role in ("contributor", "curator", "admin"):
        with pytest.raises(InputError, match="neither add nor remove"):
            accounts.add("bo", role, PASSWORD, collections=["board"])
    accounts.add("bo", "reader", PASSWORD, collections=["board"])
    with pytest.raises(InputError, match="neither add nor remove"):
        accounts.change("bo", role="admin")
    assert accounts.change("bo", role="admin", whole=True).collections is None
    assert [account.name for account in accounts.all()] == ["anna", "bo"]
    accounts.remove("bo")
    accounts.remove("anna")
    assert accounts.needed, "a server whose last account goes is not open to all thereby"
    with pytest.raises(InputError):
        accounts.remove("anna")


def test_a_file_that_is_damaged_or_goes_missing_opens_nothing(calls: Calls, accounts: Accounts, own_library) -> None:
    accounts.add("anna", "reader", PASSWORD)
    client = calls(ELSEWHERE)
    assert sign_in(client, "anna").status_code == 303
    file = own_library.store.folder / FILE
    kept = file.read_text()
    for damaged in ("[{]", '[{"name": "anna"}]', kept.replace("reader", "king")):
        file.write_text(damaged)
        assert kind_of(client.get("/page/records")) == "library"
        with pytest.raises(LibraryError):
            Accounts(own_library.store.folder).all()
    file.unlink()
    assert kind_of(client.get("/page/records")) == "library"


# --- signing in ------------------------------------------------------------------------------------------------------


def test_once_there_is_an_account_nobody_is_let_in_without(calls: Calls, accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    for address in ("127.0.0.1", ELSEWHERE):
        client = calls(address)
        assert kind_of(client.get("/api/documents")) == "key-missing"
        assert client.get("/", headers=VISIT).headers["location"].startswith("/sign-in")
    form = client.get("/sign-in").text
    assert 'name="password"' in form and 'name="key"' not in form


def test_who_signs_in_gets_a_session_that_was_not_there_before(calls: Calls, accounts: Accounts, keys: Keys) -> None:
    accounts.add("anna", "reader", PASSWORD)
    told = keys.create("reader", ["ask"])[1]
    client = calls(ELSEWHERE)
    before = token_of(client.post("/sign-in", data={"key": told}, headers=VISIT))
    client.cookies.set(COOKIE, before)
    after = sign_in(client, " Anna ")
    assert after.status_code == 303 and token_of(after) != before
    assert kind_of(client.get("/page/records", headers={"Cookie": f"{COOKIE}={before}"})) == "key-missing"
    fixed = calls(ELSEWHERE)
    fixed.cookies.set(COOKIE, "chosen-by-somebody-else")
    assert token_of(sign_in(fixed, "anna")) != "chosen-by-somebody-else"
    assert calls(ELSEWHERE).get("/page/records", headers=bearer(PASSWORD)).status_code == 401


def test_a_wrong_name_and_a_wrong_password_are_told_alike(calls: Calls, accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    client = calls(ELSEWHERE)
    wrong, unknown = sign_in(client, "anna", OTHER), sign_in(client, "nobody", OTHER)
    assert wrong.status_code == unknown.status_code == 401 and wrong.text == unknown.text
    assert "Name or password is wrong." in wrong.text and OTHER not in wrong.text and "set-cookie" not in wrong.headers


def test_guessing_has_a_rate_for_each_name_from_wherever_it_comes(own_library: Library, accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    accounts.add("bo", "reader", PASSWORD)
    app = build_app(own_library, options=ApiOptions(rules=Rules(requests_per_minute=0)))
    app.state.sign_in.guesses_of_name = AtOneMoment(GUESSES_PER_NAME)

    def client(number: int) -> TestClient:
        return TestClient(app, "http://records.example", client=(f"203.0.113.{number}", 5), follow_redirects=False)

    guesses = {sign_in(client(number), "anna", f"{OTHER} {number}").status_code for number in range(GUESSES_PER_NAME)}
    assert guesses == {401}
    refused = sign_in(client(200), "ANNA")
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
    assert sign_in(client(201), "bo").status_code == 303


@pytest.mark.parametrize("how", ["removed", "another password"])
def test_a_session_ends_with_its_account(calls: Calls, accounts: Accounts, own_library: Library, how: str) -> None:
    accounts.add("anna", "reader", PASSWORD)
    client = calls(ELSEWHERE)
    sign_in(client, "anna")
    assert client.get("/page/records").status_code == 200
    elsewhere = Accounts(own_library.store.folder)
    elsewhere.remove("anna") if how == "removed" else elsewhere.change("anna", password=OTHER)
    assert kind_of(client.get("/page/records")) == "key-missing"


def test_no_request_of_another_sites_page_is_taken_with_a_session(calls: Calls, accounts: Accounts) -> None:
    """Nor is anybody signed in from one: the cookie is SameSite=Strict, and the origin is asked for all the same."""
    accounts.add("anna", "admin", PASSWORD)
    client = calls(ELSEWHERE)
    cookie = SimpleCookie(sign_in(client, "anna").headers["set-cookie"])[COOKIE]
    assert cookie["samesite"].lower() == "strict" and cookie["httponly"]
    changes = (
        ("POST", "/page/ask"), ("DELETE", "/page/records/x"), ("PUT", "/page/records/file?name=x.txt"),
        ("POST", "/page/alerts"), ("POST", "/page/notebook"), ("POST", "/sign-out"), ("POST", "/sign-in"),
        ("POST", "/account"),
        ("DELETE", "/api/documents/x"),
        ("PATCH", "/api/notebook/x"), ("POST", "/mcp"), ("POST", "/page/conversations/x/links"),
    )  # fmt: skip
    evil = {"Origin": "https://evil.example"}
    for foreign in (evil, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        for method, path in changes:
            assert kind_of(client.request(method, path, headers=foreign)) == "foreign-origin", path


# --- another password of one's own ------------------------------------------------------------------------------------


def change_password(client: TestClient, now: str, new: str, again: str | None = None) -> Any:
    sent = {"now": now, "new": new, "again": new if again is None else again}
    return client.post("/account", data=sent, headers=VISIT)


def test_who_changes_their_password_stays_signed_in_here_alone(calls: Calls, accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    here, elsewhere = calls(ELSEWHERE), calls("203.0.113.9")
    before = token_of(sign_in(here, "anna"))
    sign_in(elsewhere, "anna")
    assert here.get("/page/start").json()["has_password"]
    form = here.get("/account", headers=VISIT)
    assert form.status_code == 200 and 'value="anna"' in form.text and form.headers["cache-control"] == "no-store"
    done = change_password(here, PASSWORD, OTHER)
    assert done.status_code == 200 and "Your password is changed." in done.text
    assert token_of(done) != before and here.get("/page/records").status_code == 200
    assert kind_of(elsewhere.get("/page/records")) == "key-missing"
    assert kind_of(elsewhere.get("/page/records", headers={"Cookie": f"{COOKIE}={before}"})) == "key-missing"
    assert accounts.find("anna", OTHER) and accounts.find("anna", PASSWORD) is None


def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(calls: Calls, accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    client = calls(ELSEWHERE)
    sign_in(client, "anna")
    wrong = (
        (("not the password", OTHER), 401, "The current password is wrong."),
        ((PASSWORD, OTHER, f"{OTHER}s"), 422, "The two new passwords differ."),
        ((PASSWORD, "short"), 422, "This cannot be a password"),
        ((PASSWORD, "anna and her herring"), 422, "This cannot be a password"),
        ((PASSWORD, "herring " * 40), 422, "This cannot be a password"),
    )
    for sent, status, says in wrong:
        refused = change_password(client, *sent)
        assert refused.status_code == status and says in refused.text and "set-cookie" not in refused.headers
        assert not any(f'value="{password}"' in refused.text for password in sent)
    assert accounts.find("anna", PASSWORD) and client.get("/page/records").status_code == 200


def test_whoever_sits_down_at_a_browser_cannot_guess_its_password(own_library: Library, accounts: Accounts) -> None:
    accounts.add("anna", "reader", PASSWORD)
    app = build_app(own_library, options=ApiOptions(rules=Rules(requests_per_minute=0)))
    app.state.sign_in.guesses_of_name = AtOneMoment(GUESSES_PER_NAME)
    client = TestClient(app, "http://records.example", client=(ELSEWHERE, 5), follow_redirects=False)
    sign_in(client, "anna")
    guesses = [change_password(client, f"{OTHER} {number}", OTHER).status_code for number in range(GUESSES_PER_NAME)]
    assert guesses == [401] * (GUESSES_PER_NAME - 1) + [429], "signing in was one of them"
    assert int(change_password(client, PASSWORD, OTHER).headers["retry-after"]) >= 1
    assert accounts.find("anna", PASSWORD)


def test_who_has_no_password_here_has_none_to_change(calls: Calls, accounts: Accounts, keys: Keys) -> None:
    accounts.add("anna", "reader", PASSWORD)
    told = keys.create("reader", ["ask"])[1]
    client = calls(ELSEWHERE)
    assert client.get("/account", headers=VISIT).headers["location"] == "/sign-in?next=%2Faccount"
    assert change_password(client, PASSWORD, OTHER).headers["location"].startswith("/sign-in")
    assert kind_of(client.get("/account", headers=bearer(told))) == "not-found"
    client.post("/sign-in", data={"key": told}, headers=VISIT)
    assert kind_of(change_password(client, PASSWORD, OTHER)) == "not-found"
    assert not client.get("/page/start").json()["has_password"] and accounts.find("anna", PASSWORD)


# --- what a role opens -----------------------------------------------------------------------------------------------


def test_roles_open_what_they_say(own_library: Library, accounts: Accounts) -> None:
    [listing] = own_library.documents()
    app = build_app(own_library)
    put, remove = "/page/records/file?name=more.txt", f"/page/records/{listing.id}"
    opened: dict[str, list[int]] = {}
    for role in ROLES:
        accounts.add(role[:3], role, PASSWORD)
        client = TestClient(app, "http://records.example", client=(ELSEWHERE, 5), follow_redirects=False)
        assert sign_in(client, role[:3]).status_code == 303
        replies = (
            client.get("/page/records"), client.put(put, content=b"more"), client.delete("/api/documents/nothing"),
            client.get("/metrics"),
        )  # fmt: skip
        opened[role] = [reply.status_code for reply in replies]
    assert opened == {
        "reader": [200, 403, 403, 403], "contributor": [200, 202, 403, 403], "curator": [200, 202, 404, 403],
        "admin": [200, 202, 404, 200],
    }  # fmt: skip
    assert client.delete(remove).status_code == 200 and not Caller(scopes=()).may("ask")


def test_an_account_reads_its_collections_alone(own_library: Library, accounts: Accounts, calls: Calls) -> None:
    catalogue = own_library.store.catalogue
    catalogue.put_collection(Collected(name="none", folders=(), documents=()))
    accounts.add("anna", "reader", PASSWORD, collections=["none"])
    client = calls(ELSEWHERE)
    sign_in(client, "anna")
    assert client.get("/api/documents").json()["total"] == 0
    accounts.change("anna", whole=True)
    assert client.get("/api/documents").json()["total"] == 1, "at once, and in the same session"


def test_conversations_and_quotes_are_their_owners_in_every_browser(own_library: Library, accounts: Accounts) -> None:
    [listing] = own_library.documents()
    app = build_app(own_library)

    def browser(name: str) -> TestClient:
        client = TestClient(app, "http://records.example", client=(ELSEWHERE, 5), follow_redirects=False)
        assert sign_in(client, name).status_code == 303
        return client

    for name in ("anna", "bo"):
        accounts.add(name, "reader", PASSWORD)
    shared, annas = browser("anna"), browser("anna")
    asked = shared.post("/page/ask", json={"question": QUESTION}).json()
    shared.get(f"/page/answers/{asked['exchange']}")
    shared.post("/page/notebook", params={"document": listing.id, "start": 0, "end": 20})
    assert QUESTION in annas.get("/page/conversations").text, "hers wherever she signs in"
    assert len(annas.get("/api/notebook").json()["quotes"]) == 1
    shared.post("/sign-out")
    assert sign_in(shared, "bo").status_code == 303
    assert QUESTION not in shared.get("/page/conversations").text and shared.get("/api/notebook").json()["quotes"] == []
    assert shared.get("/page/start", params={"conversation": asked["conversation"]}).json()["missing"]
    assert shared.get(f"/page/answers/{asked['exchange']}").status_code == 404
    accounts.remove("anna")
    accounts.add("anna", "reader", PASSWORD)
    assert annas.get("/api/notebook").status_code == 401, "the account that she signed in with is gone"
    later = browser("anna")
    assert QUESTION not in later.get("/page/conversations").text, "another Anna"
    assert later.get("/api/notebook").json()["quotes"] == []


def test_it_is_noted_who_did_what(own_library: Library, accounts: Accounts, calls: Calls) -> None:
    anna = f"user anna {accounts.add('anna', 'reader', PASSWORD).id}"
    client = calls(ELSEWHERE, ApiOptions(audit="on"))
    sign_in(client, "anna", OTHER)
    sign_in(client, "anna")
    client.post("/api/search", json={"query": "herring"})
    noted = [json.loads(line) for line in (own_library.store.folder / "audit.jsonl").read_text().splitlines()]
    assert [(entry["did"], entry["who"], entry["status"]) for entry in noted] == [
        ("sign in", "anybody", 401), ("sign in", anna, 303), ("ask", anna, 200),
    ]  # fmt: skip
    assert PASSWORD not in json.dumps(noted) and OTHER not in json.dumps(noted)


# --- commands --------------------------------------------------------------------------------------------------------


def test_the_commands_make_list_change_and_remove(tmp_path: Path) -> None:
    def run(*words: str, told: str = "", ok: bool = True) -> str:
        command = [Path(sys.executable).with_name("onrecord"), *words, "--library", tmp_path / "library"]
        done = subprocess.run(command, capture_output=True, text=True, input=told)
        assert (done.returncode == 0) == ok, done.stderr
        return done.stdout if ok else done.stderr

    assert "other machines could read" in run("serve", "--host", "0.0.0.0", ok=False)
    assert "anna  curator" in run("users", "add", "anna", "--role", "curator", "--password-stdin", told=f"{PASSWORD}\n")
    assert "There is no terminal" in run("users", "add", "bo", ok=False)
    [listed] = json.loads(run("users", "list", "--json"))
    assert listed["role"] == "curator" and "password" not in listed
    run("users", "change", "anna", "--role", "reader", "--password-stdin", told=f"{OTHER}\n")
    account = Accounts(tmp_path / "library").find("anna", OTHER)
    assert account and account.role == "reader"
    assert "Say what is to change" in run("users", "change", "anna", ok=False)
    run("users", "remove", "anna")
    assert Accounts(tmp_path / "library").all() == []
