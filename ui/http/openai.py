"""OpenAI's chat completions over the library: any program that speaks to OpenAI can ask the records.

The last user message is the question, the messages before it the conversation. Sampling options and tools are taken
and ignored: answers are quotes. Each message carries the answer's `citations`, and `answered`, beside what OpenAI has;
its clients keep such extra fields. Wire shapes: OpenAI API reference, "Create chat completion" and
"chat.completion.chunk".
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...rag.answer import Answer, Turn, Usage, numbered
from ...rag.events import SentenceReady
from ...rag.schema import citation_json
from ..language import stated_language
from .problems import Problem, as_problem
from .schema import problems
from .service import Served
from .streams import event_schema, event_stream, server_sent

MODEL = "onrecord"
_EARLIER_MODEL = "rapporteur"
_END = "data: [DONE]\n\n"
_LISTED = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": "onrecord"}


class PartIn(BaseModel):
    """A part of a message; only text can be asked."""

    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class MessageIn(BaseModel):
    """A message of the conversation."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[PartIn] | None = None

    def words(self) -> str:
        """What it says. Raises Problem where that is not text."""
        if isinstance(self.content, list):
            if other := next((part.type for part in self.content if part.type not in ("text", "refusal")), None):
                raise Problem("invalid", f"Records can be asked in text only, not with {other[:40]!r}.")
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptionsIn(BaseModel):
    """What a stream ends with."""

    model_config = ConfigDict(extra="allow")
    include_usage: bool | None = False


class CompletionIn(BaseModel):
    """A chat completion to be made."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "What did Norway say about the quota?"}]}
            ]
        },
    )
    model: str = Field(min_length=1)
    messages: list[MessageIn] = Field(min_length=1, max_length=500)
    stream: bool | None = False
    stream_options: StreamOptionsIn | None = None
    n: Literal[1] | None = None


class ModelOut(BaseModel):
    """A model, as OpenAI lists them."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(BaseModel):
    """The models there are."""

    object: Literal["list"]
    data: list[ModelOut]


routes = APIRouter(prefix="/v1", tags=["OpenAI"])


@routes.get("/models", response_model=ModelsOut, responses=problems())
def list_models() -> dict[str, Any]:
    """The one model: the library."""
    return {"object": "list", "data": [_LISTED]}


@routes.get("/models/{model}", response_model=ModelOut, responses=problems(404, 422))
def show_model(model: str) -> dict[str, Any]:
    """The model, by name."""
    _check_model(model)
    return _LISTED


@routes.post(
    "/chat/completions",
    response_model=None,
    responses=problems(404, 408, 413, 422, 502, 503)
    | {
        200: {
            "description": "A chat.completion, or chat.completion.chunk events",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/event-stream": {"schema": event_schema()},
            },
        }
    },
)
def complete(asked: CompletionIn, service: Served, request: Request) -> Response:
    """A cited answer as the assistant's message; its `citations` ride along."""
    _check_model(asked.model)
    question, history = conversation(asked.messages)
    events = service.events(question, history, language=stated_language(request))
    first = next(events)
    reply = _Reply(include_usage=bool(asked.stream_options and asked.stream_options.include_usage))
    if asked.stream:
        return event_stream(_as_sent(reply, first, events, request))
    *_, answer = first, *events
    return JSONResponse(reply.whole(cast(Answer, answer)))


def conversation(messages: Sequence[MessageIn]) -> tuple[str, list[Turn]]:
    """The question asked last, and the exchanges before it. Raises Problem where nobody asks."""
    spoken = [(message.role, message.words()) for message in messages if message.role in ("user", "assistant")]
    if not spoken or spoken[-1][0] != "user":
        raise Problem("invalid", "The last message must be the user's: it is the question.")
    turns: list[Turn] = []
    for role, words in spoken[:-1]:
        if role == "user":
            turns.append(Turn(question=words, answer=""))
        elif turns:
            turns[-1] = Turn(question=turns[-1].question, answer=words)
    return spoken[-1][1], turns


class _Reply:
    """One completion in OpenAI's shapes."""

    def __init__(self, *, include_usage: bool) -> None:
        self._facts = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
        self.include_usage = include_usage

    def whole(self, answer: Answer) -> dict[str, Any]:
        message = {"role": "assistant", "content": answer.text, "refusal": None, **_beside(answer)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._facts, "object": "chat.completion", "choices": [choice], "usage": _usage(answer)}

    def chunk(self, delta: dict[str, Any], *, end: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return server_sent({**self._facts, "object": "chat.completion.chunk", "choices": [choice]})

    def usage(self, answer: Answer) -> str:
        chunk = {**self._facts, "object": "chat.completion.chunk", "choices": [], "usage": _usage(answer)}
        return server_sent(chunk)


def _as_sent(reply: _Reply, first: Any, rest: Iterator[Any], request: Request) -> Iterator[str]:
    """The chunks of a completion. The text of all together is the answer's; its citations come with the last."""
    event, written = first, ""
    try:
        yield reply.chunk({"role": "assistant", "content": ""})
        while isinstance(event, SentenceReady):
            words = f" {numbered(event.sentence)}" if written else numbered(event.sentence)
            yield reply.chunk({"content": words})
            written += words
            event = next(rest)
        if event.text != written:
            yield reply.chunk({"content": event.text.removeprefix(written)})
        yield reply.chunk(_beside(event), end="stop")
        if reply.include_usage:
            yield reply.usage(event)
    except Exception as error:
        yield server_sent(as_problem(error).as_json("/v1/chat/completions", request.scope.get("request_id")))
    yield _END


def _beside(answer: Answer) -> dict[str, Any]:
    """What rides along with a message."""
    return {"citations": [citation_json(citation) for citation in answer.citations], "answered": answer.answered}


def _usage(answer: Answer) -> dict[str, int]:
    """Tokens as the language model's service counts them; none where quotes alone answer, or where it does not say."""
    spent = answer.usage or Usage()
    return {
        "prompt_tokens": spent.input_tokens,
        "completion_tokens": spent.output_tokens,
        "total_tokens": spent.input_tokens + spent.output_tokens,
    }


def _check_model(name: str) -> None:
    if name not in (MODEL, _EARLIER_MODEL):
        raise Problem("not-found", f"There is no model {name[:80]!r}. The model here is called {MODEL}.")
