"""What the page's conversation asks of the server: answers as they grow, history, settings, exports.

Everything is under `/page/`, behind the gate, which refuses what other sites' pages send.
"""

from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ...rag.tools.citations.styles import Style
from ...vectorstore.errors import OnRecordError
from ...vectorstore.passage import Filters
from ..access.caller import caller_of
from ..http.schema import FiltersIn
from ..language import told
from .answering import AskOptions, seen_in
from .export.markdown import as_html, as_markdown
from .history import OPEN, Exchange
from .libraries import AppState
from .views.conversation import conversation_html, everything_html, exchange_html
from .views.panels import conversations_html, goes_to, settings_html
from .views.welcome import welcome_html
from .visitor import At, Owner, Spoken

_LINES = "application/x-ndjson"
_LONGEST_NAME = 300


class Asked(BaseModel):
    """A question from the page."""

    model_config = ConfigDict(extra="forbid")
    question: str
    conversation: str = ""
    replaces: str = ""
    model: str | None = Field(default=None, max_length=_LONGEST_NAME)
    way: Literal["auto", "select", "write"] | None = None
    passages: int | None = Field(default=None, ge=1, le=20)
    strictness: Literal["lenient", "usual", "strict"] | None = None
    filters: FiltersIn = FiltersIn()
    as_written: bool = False

    def manner(self) -> AskOptions:
        """How it is to be asked."""
        return AskOptions(
            model=self.model,
            way=self.way,
            passages=self.passages,
            strictness=self.strictness,
            filters=self.filters.to_filters() or Filters(),
            as_written=self.as_written,
        )


class Judged(BaseModel):
    """What a reader thinks of an answer; no verdict takes the last one back."""

    verdict: Literal["up", "down", ""]
    reason: str = Field(default="", max_length=2000)


class Key(BaseModel):
    """A provider's key; an empty one forgets it."""

    provider: str
    key: str = Field(max_length=500)


routes = APIRouter(prefix="/page", include_in_schema=False)


@routes.get("/start")
def start(
    request: Request, response: Response, at: At, owner: Owner, words: Spoken, conversation: str = ""
) -> dict[str, Any]:
    """What a page that opens needs: words, libraries, the conversation."""
    response.headers["Cache-Control"] = "no-store"
    found = at.history.opened(conversation, owner) if conversation else None
    exchanges = seen_in(at.library, at.history.exchanges(found.id)) if found else []
    listings = at.library.documents()
    caller = caller_of(request.scope)
    offered = [one for one in request.app.state.libraries if one.may_be_chosen(caller)]
    return {
        "language": words.language,
        "direction": words.direction,
        "words": words.messages,
        "libraries": [{"key": one.key, "name": one.name} for one in offered],
        "library": at.key,
        "model": at.models.default,
        "goes": goes_to(at.models.default_host, words),
        "signed_in": request.scope.get("signed_in", False),
        "has_password": request.app.state.sign_in.own_account(request) is not None,
        "conversation": conversation if found else "",
        "missing": bool(conversation) and not found,
        "html": conversation_html(exchanges, words),
        "welcome": welcome_html(len(listings), None, words),
    }


@routes.post("/ask")
def ask(asked: Asked, response: Response, at: At, owner: Owner, words: Spoken) -> dict[str, Any]:
    """Begins an answer."""
    try:
        exchange = at.answering.ask(
            at.library, owner, asked.question, asked.manner(), conversation=asked.conversation,
            replaces=asked.replaces,
        )  # fmt: skip
    except OnRecordError as error:
        raise HTTPException(409, told(error, words.language)) from error
    return {
        "exchange": exchange.id,
        "conversation": exchange.conversation,
        "html": exchange_html(exchange, words),
    }


@routes.get("/answers/{key}")
def follow(key: str, request: Request, at: At, owner: Owner, words: Spoken) -> StreamingResponse:
    """The answer as it grows, a line of JSON a step."""
    exchange = _readable_exchange(key, at, owner)
    if exchange.state == OPEN and at.library.store.is_part:
        _own_exchange(key, at, owner)  # what others are being answered is looked through when it is whole
    lines = at.answering.follow(at.library, key, words, request.app.state.ended.is_set)
    return StreamingResponse(lines, media_type=_LINES, headers={"Cache-Control": "no-store"})


@routes.get("/answers/{key}/everything", response_class=HTMLResponse)
def everything(key: str, at: At, owner: Owner, words: Spoken, offset: int = 0) -> str:
    """Every sentence on the question's subject, some at a time."""
    exchange = _readable_exchange(key, at, owner)
    question = exchange.body.get("standalone_question", exchange.question)
    filters = FiltersIn(**exchange.settings.get("filters", {})).to_filters()
    return everything_html(at.library.everything(question, filters=filters), max(offset, 0), words)


@routes.post("/answers/{key}/stop")
def stop(key: str, at: At, owner: Owner) -> dict[str, bool]:
    """Stops an answer being written."""
    _own_exchange(key, at, owner)
    at.answering.stop(key)
    return {"stopped": True}


@routes.post("/answers/{key}/feedback")
def feedback(key: str, judged: Judged, at: At, owner: Owner) -> dict[str, bool]:
    """Keeps what a reader says of an answer."""
    exchange = _own_exchange(key, at, owner)
    at.history.judge(key, judged.verdict)
    if judged.verdict:
        at.library.store.catalogue.add_feedback(
            {
                "verdict": judged.verdict,
                "reason": judged.reason.strip(),
                "question": exchange.question,
                "answer": exchange.body,
                "settings": {**exchange.settings, "embedding": at.library.store.embedding},
                "exchange": exchange.id,
            }
        )
    return {"kept": True}


@routes.get("/conversations", response_class=HTMLResponse)
def conversations(at: At, owner: Owner, words: Spoken, query: str = "", current: str = "") -> str:
    """Earlier conversations."""
    return conversations_html(at.history.conversations(owner, query), current, query, words)


@routes.delete("/conversations/{key}")
def forget(key: str, at: At, owner: Owner) -> dict[str, bool]:
    """Deletes a conversation."""
    return {"removed": at.history.remove(key, owner)}


@routes.post("/conversations/{key}/links")
def share(key: str, request: Request, at: At, owner: Owner) -> dict[str, str]:
    """A key that opens a conversation to others for some days, and the day on which it ends."""
    made = at.history.share(key, owner, request.app.state.share_days)
    if made is None:
        raise HTTPException(404)
    return {"conversation": made[0], "ends": made[1][:10]}


@routes.delete("/conversations/{key}/links")
def unshare(key: str, at: At, owner: Owner) -> dict[str, int]:
    """Ends all links to a conversation."""
    return {"ended": at.history.unshare(key, owner)}


@routes.get("/conversations/{key}/export.{form}")
def export(key: str, form: str, at: At, owner: Owner, words: Spoken, style: Style = "plain") -> Response:
    """A conversation as a file."""
    conversation = at.history.opened(key, owner)
    if conversation is None or form not in ("md", "html", "docx"):
        raise HTTPException(404)
    exchanges = seen_in(at.library, at.history.exchanges(conversation.id))
    if form == "docx":
        from .export.docx import DOCX, as_docx

        body, kind = as_docx(conversation, exchanges, words, style), DOCX
    elif form == "html":
        body, kind = as_html(conversation, exchanges, words, style), "text/html; charset=utf-8"
    else:
        body, kind = as_markdown(conversation, exchanges, words, style), "text/markdown; charset=utf-8"
    name = "".join(letter for letter in conversation.title if letter.isalnum() or letter in " -_")[:60].strip()
    attached = f"attachment; filename*=UTF-8''{quote(name or 'conversation')}.{form}"
    return Response(body, media_type=kind, headers={"Content-Disposition": attached})


@routes.get("/settings", response_class=HTMLResponse)
def settings(
    at: At,
    owner: Owner,
    words: Spoken,
    model: str = "",
    way: str = "",
    passages: str = "",
    strictness: str = "",
    style: str = "",
) -> str:
    """The settings, as they are chosen."""
    chosen = {"model": model, "way": way, "passages": passages, "strictness": strictness, "style": style}
    return settings_html(at.models, owner, chosen, (at.library.passages, at.library.strictness), words)


@routes.post("/models")
def look_for_models(at: At) -> Response:
    """Looks for language models on the server's machine."""
    at.models.look()
    return Response(status_code=204)


@routes.post("/key")
def keep_key(given: Key, at: At, owner: Owner) -> Response:
    """Keeps a model provider's key for this browser."""
    try:
        at.models.keep_key(owner, given.provider, given.key.strip())
    except OnRecordError as error:
        return PlainTextResponse(str(error), status_code=409)
    return Response(status_code=204)


def _readable_exchange(key: str, at: AppState, owner: str) -> Exchange:
    try:
        exchange = at.history.exchange(key)
    except KeyError as error:
        raise HTTPException(404) from error
    if not at.history.may_read(exchange.conversation, owner):
        raise HTTPException(404)
    return seen_in(at.library, [exchange])[0]


def _own_exchange(key: str, at: AppState, owner: str) -> Exchange:
    try:
        exchange = at.history.exchange(key)
    except KeyError as error:
        raise HTTPException(404) from error
    conversation = at.history.conversation(exchange.conversation)
    if not conversation or conversation.owner != owner:
        raise HTTPException(403)
    return exchange
