"""Tools of work with the records: a draft checked, a notebook kept, alerts set and read.

They do what the API's routes do, under the same rights. One thing is left to people: where alerts post what is new, for
an agent that reads a hostile record must not be talked into sending news elsewhere.
"""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from ....rag.schema import CheckedOut, checked_json
from ....rag.tools.alerts.alerts import Alert
from ....rag.tools.alerts.delivery import (
    AlertOut,
    AlertsOut,
    NewsOut,
    alert_json,
    alerts_json,
    entry_json,
)
from ....rag.tools.alerts.found import MAX_WORDS_CHARS, AlertKind, Subject
from ....rag.tools.citations.styles import Style
from ....rag.tools.notebook.briefing import KeptOut, NotebookOut, as_markdown, check_told, kept_json, notebook_json
from ....rag.tools.notebook.notebook import MAX_NAME_CHARS, Kept, Notebook
from ....vectorstore.errors import InputError
from ...checking import as_markdown as checked_as_markdown
from ...page.words import words_in
from .. import schema as shapes
from ..tools.notebook import change_kept, keep_place
from .tool import Arguments, Call, Given, Room, Tool, reading, working

_Key = Annotated[str, Field(pattern=r"^[0-9a-f]{1,32}$")]


class CheckArguments(Arguments):
    """What `check` takes."""

    text: str = Field(
        min_length=1, max_length=shapes.MAX_DRAFT_CHARS, description="the draft, as text or Markdown, whole"
    )


class NoArguments(Arguments):
    """What a tool takes that takes nothing."""


class KeepArguments(Arguments, shapes.KeepIn):
    """What `keep_quote` takes."""


class ChangeArguments(Arguments, shapes.KeptIn):
    """What `change_quote` takes; empty is left out, as everywhere here, and takes nothing away."""

    id: _Key = Field(description="the id of a quote in the notebook")
    checked_by: str | None = Field(
        None, max_length=MAX_NAME_CHARS, description="the name of the person who compared it with the original"
    )


class KeptArguments(Arguments):
    """What `remove_quote` takes."""

    id: _Key = Field(description="the id of a quote in the notebook")


class BriefingArguments(Arguments):
    """What `briefing` takes."""

    style: Style = Field("plain", description="how its footnotes are set")


class WatchArguments(Arguments):
    """What `watch` takes."""

    kind: AlertKind = Field("question", description="a question or a speaker by `words`, or a register")
    words: str | None = Field(None, min_length=1, max_length=MAX_WORDS_CHARS, description="what it is about")
    who: str | None = Field(None, min_length=1, max_length=MAX_WORDS_CHARS, description="of a register: whose rows")


class AlertArguments(Arguments):
    """What `unwatch` takes."""

    id: _Key = Field(description="the id of an alert")


class NewsArguments(Arguments):
    """What `list_news` takes."""

    alert: _Key | None = Field(None, description="one alert, by its id; without it, all")


class BriefingOut(TypedDict):
    """A briefing in Markdown."""

    text: str


class Work(Room):
    """What is done with the records, and what callers keep of them."""

    def all(self) -> tuple[Tool, ...]:
        """The tools."""
        check = reading(
            "check", "Check a draft", CheckArguments, CheckedOut, self._check,
            "Holds a draft against the records: every quotation, document symbol, date, figure and vote gets a "
            "verdict (exact, differs, misattributed, not found, unchecked) with what the record says and where. "
            "Mend what differs from the record's own words; never change the record's words to fit the draft.",
        )  # fmt: skip
        return (check, *self._of_notebook(), *self._of_alerts())

    def _of_notebook(self) -> tuple[Tool, ...]:
        return (
            working(
                "list_notebook", "List the notebook", NoArguments, NotebookOut, self._list_notebook,
                "Lists the quotes that the caller keeps, in their order, each with its id, the line beside it and who "
                "has compared it with the original.", changes=False,
            ),
            working(
                "keep_quote", "Keep a quote", KeepArguments, KeptOut, self._keep,
                "Puts a quote into the caller's notebook: words, a paragraph, a page, or what stands from one "
                "character to another. One that is kept already stays as it is.",
            ),
            working(
                "change_quote", "Change a kept quote", ChangeArguments, KeptOut, self._change,
                "Writes a line beside a kept quote, puts it at another place, or notes who has compared it with the "
                "original. That is for a person to do: name one who told you so, and never yourself.",
            ),
            working(
                "remove_quote", "Take a quote out", KeptArguments, KeptOut, self._remove,
                "Takes a quote out of the caller's notebook, with the line beside it; what it was comes back.",
                needs=("delete",),
            ),
            working(
                "briefing", "Make a briefing", BriefingArguments, BriefingOut, self._brief,
                "The notebook as a briefing in Markdown, each citation a footnote in a style; what nobody has "
                "compared with the original is marked. Leave the marks in.", changes=False,
            ),
        )  # fmt: skip

    def _of_alerts(self) -> tuple[Tool, ...]:
        return (
            reading(
                "list_alerts", "List what is watched", NoArguments, AlertsOut, self._list_alerts,
                "Lists the questions, speakers and registers that are watched, each with its id.",
            ),
            working(
                "watch", "Watch a question, a speaker or a register", WatchArguments, AlertOut, self._watch,
                "Watches something from now on: what comes into the records on it later is news. Where news is "
                "posted is set by people, with `onrecord alerts add --webhook`.", needs=("ingest",),
            ),
            working(
                "unwatch", "Watch it no more", AlertArguments, AlertOut, self._unwatch,
                "Ends an alert by its id, with the news it found; what it was comes back.", needs=("admin", "delete"),
            ),
            reading(
                "list_news", "What is new", NewsArguments, NewsOut, self._list_news,
                "Lists what is new on what is watched, the latest first, each in an exact quote. Cite each quote by "
                "its label.",
            ),
        )  # fmt: skip

    def _check(self, asked: CheckArguments) -> Given:
        checked = self._library.check(asked.text)
        return checked_as_markdown(checked, words_in("en")), checked_json(checked)

    def _list_notebook(self, _asked: NoArguments, call: Call) -> Given:
        quotes = self._own(call).quotes()
        lines = "\n\n".join(map(_kept_text, quotes)) or "The notebook is empty."
        return lines, notebook_json(self._library.store, quotes)

    def _keep(self, asked: KeepArguments, call: Call) -> Given:
        return self._kept(keep_place(self._library, self._own(call), asked))

    def _change(self, asked: ChangeArguments, call: Call) -> Given:
        return self._kept(change_kept(self._own(call), asked.id, asked))

    def _remove(self, asked: KeptArguments, call: Call) -> Given:
        return self._kept(self._own(call).remove(asked.id))

    def _brief(self, asked: BriefingArguments, call: Call) -> Given:
        text = as_markdown(self._library.store, self._own(call).quotes(), style=asked.style)
        return text, {"text": text}

    def _list_alerts(self, _asked: NoArguments) -> Given:
        alerts = self._library.alerts().all()
        return "\n".join(map(_alert_text, alerts)) or "Nothing is watched.", alerts_json(alerts)

    def _watch(self, asked: WatchArguments, _call: Call) -> Given:
        alert = self._library.alerts().add(Subject(kind=asked.kind, words=asked.words, who=asked.who))
        return _alert_text(alert), alert_json(alert)

    def _unwatch(self, asked: AlertArguments, _call: Call) -> Given:
        alert = self._library.alerts().remove(asked.id)
        return _alert_text(alert), alert_json(alert)

    def _list_news(self, asked: NewsArguments) -> Given:
        watched = self._library.alerts()
        watched.look([asked.alert] if asked.alert else ())
        news = [entry_json(entry) for entry in watched.entries(asked.alert)]
        lines = [f"{each['title']}, found {each['found_at'][:10]}: {each['label']}: “{each['quote']}”" for each in news]
        return "\n\n".join(lines) or "Nothing is new.", {"news": news}

    def _own(self, call: Call) -> Notebook:
        if not call.caller.keeps:
            raise InputError("To keep a notebook here from elsewhere, create an API key: onrecord keys create NAME")
        return self._library.notebook(call.caller.id)

    def _kept(self, kept: Kept) -> Given:
        return _kept_text(kept), kept_json(self._library.store, kept)


def _kept_text(kept: Kept) -> str:
    told = f"{kept.id}: {kept.citation.label}: “{kept.citation.quote}” ({check_told(kept)})"
    return f"{told}\n{kept.note}" if kept.note else told


def _alert_text(alert: Alert) -> str:
    return f"{alert.id}: {alert.subject.title}"
