"""What a browser is told to let pages do: they load, run and call only what this server sends.

Nothing in a record can then make a browser reach elsewhere or run a script. Our own pages run no script in their HTML,
and the printed ones none at all. Gradio's frame alone needs more: it carries scripts in its HTML, which are let run by
their SHA-256, and it makes functions out of strings, which is `unsafe-eval`; that holds for the frame at `/` only.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class ConfinePages:
    """Sends a content security policy along with every page that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_confined(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", _POLICY.format(scripts="'none'"))
                    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            await send(message)

        await self._app(scope, receive, send_confined)


class ConfineFrame:
    """Sends a policy along with Gradio's frame, under which no scripts run but the server's files and its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Its HTML is read here, so it must not come compressed.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {"headers": []}
        html = bytearray()

        async def send_confined(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if not _is_html(message):
                    await send(message)
            elif message["type"] != "http.response.body" or not _is_html(start):
                await send(message)
            else:
                html.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    policy = _POLICY.format(scripts=frame_scripts(bytes(html)))
                    MutableHeaders(scope=start)["Content-Security-Policy"] = policy
                    await send(start)
                    await send({"type": "http.response.body", "body": bytes(html)})

        await self._app(scope, receive, send_confined)


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")


def frame_scripts(html: bytes) -> str:
    """The sources of scripts that a page of Gradio's needs: this server's files, those in it by hash, and `eval`."""
    hashes = [f"'sha256-{b64encode(sha256(inline).digest()).decode()}'" for inline in _inline(html)]
    return " ".join(["'self'", *dict.fromkeys(hashes), "'unsafe-eval'"])


def _inline(html: bytes) -> Iterator[bytes]:
    """What stands between the tags of each script that has something there."""
    begin = html.find(b"<script")
    while begin >= 0 and (opened := html.find(b">", begin)) >= 0 and (end := html.find(b"</script>", opened)) >= 0:
        if end > opened + 1:
            yield html[opened + 1 : end]
        begin = html.find(b"<script", end)


def always_sent(*, api: bool) -> dict[str, str]:
    """What goes along with every response that does not say otherwise; the API's are data, and no browser's to keep."""
    sent = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
    if api:
        sent |= {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "no-store"}
    return sent
