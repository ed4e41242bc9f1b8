"""What is new, told: JSON, an Atom feed (RFC 4287), and posted to a web address."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from typing_extensions import TypedDict  # pydantic describes no other before Python 3.12

from ....ingest.fetch import send
from ...schema import DocumentOut, LocatorOut
from .alerts import Alert, Entry
from .found import AlertKind

_ATOM = "http://www.w3.org/2005/Atom"
_BEGAN = "1970-01-01T00:00:00+00:00"


class AlertOut(TypedDict):
    """Something that is watched: a question or a speaker by `words`, or a register. Of a `webhook` only the host is
    the rest of its address may be a secret."""

    id: str
    kind: AlertKind
    words: str | None
    who: str | None
    title: str
    webhook: str | None
    added_at: str


class AlertsOut(TypedDict):
    """All that is watched."""

    alerts: list[AlertOut]


class EntryOut(TypedDict):
    """Something new; `delivery` is an id of its own, the same however often it is delivered."""

    delivery: str
    alert: str
    title: str
    found_at: str
    who: str | None
    what: str
    document: DocumentOut
    quote: str
    start: int
    end: int
    locator: LocatorOut
    label: str
    identifier: str
    url: str | None


class NewsOut(TypedDict):
    """What is new, the latest first."""

    news: list[EntryOut]


def alert_json(alert: Alert) -> AlertOut:
    """An alert."""
    subject = alert.subject
    return {
        "id": alert.id, "kind": subject.kind, "words": subject.words, "who": subject.who, "title": subject.title,
        "webhook": urlsplit(alert.webhook).hostname if alert.webhook else None, "added_at": alert.added_at,
    }  # fmt: skip


def alerts_json(alerts: Sequence[Alert]) -> AlertsOut:
    """All alerts."""
    return {"alerts": list(map(alert_json, alerts))}


def entry_json(entry: Entry) -> EntryOut:
    """Something new, as it is printed, posted and served."""
    told: Any = {"delivery": entry.id, "alert": entry.alert, "found_at": entry.found_at, **entry.body}
    return told


def post(entry: Entry, address: str, *, allow_private: bool = False) -> None:
    """Posts something new as JSON, its id in the header `X-OnRecord-Delivery`. Raises UnreadableFile where it is not
    taken."""
    body = json.dumps(entry_json(entry), ensure_ascii=False).encode("utf-8", "replace")
    headers = {"Content-Type": "application/json", "X-OnRecord-Delivery": entry.id}
    send(address, body, headers, allow_private=allow_private)


def as_atom(entries: Sequence[Entry], title: str, key: str) -> str:
    """A feed of entries, the latest first; `key` names the feed among those of this program."""
    feed = Element("feed", {"xmlns": _ATOM})
    _add(feed, "id", f"urn:onrecord:alerts:{key}")
    _add(feed, "title", title)
    _add(feed, "updated", max((each.found_at for each in entries), default=_BEGAN))
    _add(SubElement(feed, "author"), "name", "On Record")
    for each in entries:
        entry = SubElement(feed, "entry")
        _add(entry, "id", f"urn:uuid:{each.id}")
        _add(entry, "title", f"{each.body['title']}: {each.body['label']}")
        _add(entry, "updated", each.found_at)
        if each.body["url"]:
            SubElement(entry, "link", {"href": each.body["url"]})
        _add(entry, "content", f"“{each.body['quote']}” ({each.body['label']})", {"type": "text"})
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="unicode")


def _add(parent: Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    kept = "".join(letter for letter in text if letter.isprintable() or letter in "\t\n")
    SubElement(parent, name, attributes or {}).text = kept
