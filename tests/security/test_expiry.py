"""What is given out ends: keys and the sessions begun with them, and links to conversations."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from onrecord.rag.library import Library
from onrecord.ui.access.expiry import expiry_of
from onrecord.ui.app import build_app
from onrecord.ui.http.keys import Keys
from onrecord.ui.http.sessions import Sessions
from onrecord.ui.page.history import History
from onrecord.vectorstore.errors import InputError

from .conftest import ELSEWHERE, Calls, bearer, kind_of

pytestmark = pytest.mark.slow

SINCE = datetime(2031, 3, 1, 12, tzinfo=UTC)


def test_a_time_is_a_span_or_a_day() -> None:
    assert expiry_of("90d", SINCE) == SINCE + timedelta(days=90)
    assert expiry_of(" 12H ", SINCE) == SINCE + timedelta(hours=12)
    assert expiry_of("6w", SINCE) == SINCE + timedelta(weeks=6)
    assert expiry_of("2031-03-01", SINCE) == datetime(2031, 3, 2, tzinfo=UTC), "a day counts to its end"
    for wrong in ("", "soon", "0d", "90", "-1d", "2031-02-28", "99999d", "9999-12-31"):
        with pytest.raises(InputError):
            expiry_of(wrong, SINCE)


def test_a_key_ends_when_its_time_is_over_and_its_sessions_with_it(own_library: Library) -> None:
    at = [SINCE]
    keys = Keys(own_library.store.folder, clock=lambda: at[0])
    key, _ = keys.create("visitor", ["ask"], expires="90d")
    sessions = Sessions(keys, clock=lambda: 0.0)
    token = sessions.begin(key)
    at[0] = SINCE + timedelta(days=90, seconds=-1)
    assert not keys.is_expired(key) and sessions.find(token)
    at[0] = SINCE + timedelta(days=90)
    assert keys.is_expired(key) and sessions.find(token) is None
    assert not keys.is_expired(keys.create("lasting", ["ask"])[0])


def test_an_expired_key_opens_nothing_and_is_told_so(calls: Calls, own_library: Library) -> None:
    past = Keys(own_library.store.folder, clock=lambda: SINCE - timedelta(days=3650))
    told = past.create("visitor", ["ask"], expires="1d")[1]
    client = calls(ELSEWHERE)
    refused = client.get("/api/documents", headers=bearer(told))
    assert kind_of(refused) == "key-expired" and "Ask for another" in refused.json()["detail"]
    form = client.post("/sign-in", data={"key": told})
    assert form.status_code == 401 and "has expired" in form.text and "set-cookie" not in form.headers


def test_when_a_key_was_last_used_is_known_to_the_minute(own_library: Library) -> None:
    at = [SINCE]
    folder = own_library.store.folder
    keys = Keys(folder, clock=lambda: at[0])
    one, other = keys.create("one", ["ask"])[0], keys.create("other", ["ask"])[0]
    assert Keys(folder).used() == {}
    keys.note_use(one)
    at[0] = SINCE + timedelta(seconds=59)
    keys.note_use(one)
    assert Keys(folder).used() == {one.id: "2031-03-01T12:00:00+00:00"}
    at[0] = SINCE + timedelta(seconds=60)
    keys.note_use(one)
    keys.note_use(other)
    assert Keys(folder).used() == dict.fromkeys((one.id, other.id), "2031-03-01T12:01:00+00:00")


def test_a_request_is_a_use_and_a_refused_one_is_none(calls: Calls, keys: Keys) -> None:
    (reader, told), (feeder, feeds) = keys.create("reader", ["ask"]), keys.create("feeder", ["ingest"])
    client = calls(ELSEWHERE)
    assert client.get("/api/documents", headers=bearer(told)).status_code == 200
    assert kind_of(client.get("/api/documents", headers=bearer(feeds))) == "key-scope"
    assert set(keys.used()) == {reader.id} and feeder.id not in keys.used()


# --- links to conversations ------------------------------------------------------------------------------------------


QUESTION = "What did Norway say about the herring quota?"


def asked(client) -> dict[str, str]:
    told = client.post("/page/ask", json={"question": QUESTION}).json()
    client.get(f"/page/answers/{told['exchange']}")
    return told


def reads(client, conversation: str, exchange: str) -> set[bool]:
    """Whether each of the ways to a conversation opens it."""
    opened = not client.get("/page/start", params={"conversation": conversation}).json()["missing"]
    paths = (
        f"/page/conversations/{conversation}/export.md", f"/page/answers/{exchange}",
        f"/page/answers/{exchange}/everything",
    )  # fmt: skip
    return {opened, *(client.get(path).status_code == 200 for path in paths)}


def test_a_conversation_is_its_owners_but_while_a_link_to_it_holds(own_library: Library) -> None:
    app = build_app(own_library)
    mine, theirs = (TestClient(app, "http://127.0.0.1", client=("127.0.0.1", port)) for port in (5, 6))
    for client in (mine, theirs):
        client.get("/page/start")
    made = asked(mine)
    conversation, exchange = made["conversation"], made["exchange"]
    assert reads(mine, conversation, exchange) == {True} and reads(theirs, conversation, exchange) == {False}
    assert theirs.post(f"/page/conversations/{conversation}/links").status_code == 404
    link = mine.post(f"/page/conversations/{conversation}/links").json()
    ends = datetime.now(UTC) + timedelta(days=30)
    assert link["conversation"] != conversation and link["ends"] == ends.date().isoformat()
    assert reads(theirs, link["conversation"], exchange) == {True}
    assert theirs.post(f"/page/conversations/{link['conversation']}/links").json() == link, "handed on as it is"
    goes_on = theirs.post("/page/ask", json={"question": QUESTION, "conversation": link["conversation"]}).json()
    assert goes_on["conversation"] not in (conversation, link["conversation"]), "another's goes on in a copy"
    assert theirs.delete(f"/page/conversations/{conversation}/links").json() == {"ended": 0}
    assert mine.delete(f"/page/conversations/{conversation}/links").json() == {"ended": 1}
    assert reads(theirs, link["conversation"], exchange) == {False}
    assert reads(mine, conversation, exchange) == {True}


def test_a_link_ends_with_its_days_and_stands_nowhere(tmp_path) -> None:
    history = History(tmp_path / "conversations.sqlite")
    key = history.begin("me", QUESTION)
    lasting, over = history.share(key, "me", 30), history.share(key, "me", -1)
    assert lasting and over
    assert history.opened(lasting[0], "you") and history.may_read(key, "you")
    assert history.opened(over[0], "you") is None
    history.unshare(key, "me")
    assert not history.may_read(key, "you") and history.may_read(key, "me")
    token, _ = history.share(key, "me", 30) or ("", "")
    history.close()
    assert token and all(token.encode() not in path.read_bytes() for path in tmp_path.iterdir())
