"""A language model's service without a model: a local HTTP server that speaks OpenAI's chat completions.

It listens on a port of its own, answers as scripted, streamed or whole, and keeps every request it gets.
Wire shapes: OpenAI API reference, "Create chat completion" and "chat.completion.chunk".
"""

import json
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Fails:
    """A reply that is an HTTP error."""

    status: int
    message: str = "scripted failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangs:
    """A reply that never comes; the server lets go of it when it stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreaksOff:
    """A reply whose connection is cut after the words given, before it is whole."""

    after: str


Shown = Callable[[str], int]
Script = Callable[[Shown], str] | str | Fails | Hangs | BreaksOff


class OpenAIServer:
    """Replies to every request with `script`; `chunk_chars` is how much of it one streamed event holds.

    A script is the reply itself, or a function that writes it: it gets `shown`, which tells under which number the
    prompt shows the passage with the given words. Of a list of scripts each request gets the next, the last one again
    and again. `facts` are what it says of itself, by path; with `refuses_shapes` it takes no `response_format`.
    """

    def __init__(self) -> None:
        self.script: Script | list[Script] = ""
        self.chunk_chars = 7
        self.requests: list[dict[str, Any]] = []
        self.facts: dict[str, object] = {}
        self.refuses_shapes = False
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.openai = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def prompt(self) -> str:
        """What the model was last asked, all messages together."""
        return "\n".join(_text(message["content"]) for message in self.requests[-1]["messages"])

    def says(self, script: Script | list[Script], *, chunk_chars: int = 7) -> None:
        """Sets what comes next and forgets earlier requests."""
        self.script, self.chunk_chars, self.requests = script, chunk_chars, []

    def shown(self, words: str) -> int:
        """Under which number the prompt shows the passage with these words."""
        for number, passage in re.findall(r"^\[(\d+)\] (.*?)(?=\n\n|\n\[|\Z)", self.prompt, re.MULTILINE | re.DOTALL):
            if words in passage:
                return int(number)
        raise LookupError(f"no passage with {words!r} in the prompt:\n{self.prompt}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    openai: OpenAIServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client hangs up once it has what it wants; anything else is an error of this file."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        facts = self.server.openai.facts.get(self.path)
        self._json({"error": "unknown"} if facts is None else facts, 404 if facts is None else 200)

    def do_POST(self) -> None:
        openai = self.server.openai
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        openai.requests.append(asked | {"path": self.path, "authorization": self.headers["Authorization"]})
        script = openai.script
        if isinstance(script, list):
            script = script[min(len(openai.requests), len(script)) - 1]
        if openai.refuses_shapes and "response_format" in asked:
            self._json({"error": {"message": "response_format is not known", "type": "invalid_request_error"}}, 400)
        elif isinstance(script, Hangs):
            openai.stopping.wait(30)
            self.close_connection = True
        elif isinstance(script, Fails):
            self._json({"error": {"message": script.message, "type": "server_error", "code": None}}, script.status)
        else:
            whole = not isinstance(script, BreaksOff)
            reply = script if isinstance(script, str) else script(openai.shown) if callable(script) else script.after
            if asked.get("stream"):
                wants_usage = (asked.get("stream_options") or {}).get("include_usage")
                usage = _usage(openai.prompt, reply) if wants_usage else None
                self._stream(reply, asked["model"], openai.chunk_chars, usage, whole=whole)
            else:
                choice = {"index": 0, "message": {"role": "assistant", "content": reply}, "finish_reason": "stop"}
                head = _head(asked["model"], "chat.completion")
                self._json({**head, "choices": [choice], "usage": _usage(openai.prompt, reply)}, 200)

    def _json(self, value: object, status: int) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: str, model: str, chunk_chars: int, usage: dict[str, int] | None, *, whole: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [reply[start : start + chunk_chars] for start in range(0, len(reply), chunk_chars)]
        deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
        deltas += [({"content": piece}, None) for piece in pieces]
        deltas += [({}, "stop")] if whole else []
        for delta, finish in deltas:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            self._event(json.dumps({**_head(model, "chat.completion.chunk"), "choices": [choice]}))
        if whole:
            if usage:
                self._event(json.dumps({**_head(model, "chat.completion.chunk"), "choices": [], "usage": usage}))
            self._event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = not whole

    def _event(self, data: str) -> None:
        event = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps quiet."""


def _head(model: str, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 1_900_000_000, "model": model}


def _usage(prompt: str, reply: str) -> dict[str, int]:
    """Words for tokens."""
    read, written = len(prompt.split()), len(reply.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _text(content: str | list[dict[str, str]]) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
