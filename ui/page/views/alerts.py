"""Alerts as a page of their own: what is watched, what is new, and a form to watch more."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ....rag.answering.quoted import shown
from ....rag.tools.alerts.alerts import Alert, Entry
from ....rag.tools.alerts.found import ALERT_KINDS, Subject
from ..words import Words
from .statements import page_address, page_style
from .template import html


def alerts_html(
    alerts: Sequence[Alert], entries: Sequence[Entry], home: str, library: str, words: Words, error: str = ""
) -> Markup:  # fmt: skip
    """The page; `home` is the address of the chat, `entries` are the latest news first, `error` is what went wrong."""

    def kind(name: str) -> str:
        return words(f"alerts.{name}" if name in ("question", "speaker") else f"register.{name}")

    def title(subject: Subject) -> str:
        """What an alert is called in the reader's language."""
        of = ", ".join(filter(None, (subject.who, subject.words)))
        return of if subject.kind == "question" else f"{kind(subject.kind)}: {of}" if of else kind(subject.kind)

    def told(entry: Entry) -> dict[str, Any]:
        at = entry.body
        place = {"read": at["document"]["id"], "start": at["start"], "end": at["end"]}
        return {
            "title": titles.get(entry.alert, at["title"]),
            "words": shown(at["quote"]),
            "link": page_address(home, **place, library=library),
            "label": at["label"],
            "on": entry.found_at,
        }

    titles = {each.id: title(each.subject) for each in alerts}
    own = f"{home}page/alerts"
    return html(
        "alerts",
        "page",
        alerts=[(title(each.subject), page_address(f"{own}/{each.id}", library=library)) for each in alerts],
        news=list(map(told, entries)),
        kinds=[(name, kind(name)) for name in ALERT_KINDS],
        own=page_address(own, library=library),
        feed=f"{home}api/alerts/feed",
        styles=Markup("").join(map(page_style, ("page.css", "statements.css", "register.css", "notebook.css"))),
        home=page_address(home, library=library),
        error=error,
        words=words,
    )
