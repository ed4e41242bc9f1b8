"""With what each route and tool is asked: query, body, and what stands in braces in its path.

`SECRET` is a document of others, `OWN` one's own, `PLACE` the identifier of a quote of the secret one, `TALK` and
`SAID` a conversation about it and what was answered in it. `REFUSED` are routes that who is confined to collections may
not call at all.
"""

from typing import Any

SECRET, OWN, PLACE, TALK, SAID, KEPT = "SECRET", "OWN", "PLACE", "TALK", "SAID", "KEPT"
PROBE = "What did Portugal say about the mine at Vellamo?"
DRAFT = "“The mine at Vellamo shall be sold.” See CAB/2031/7."
_DOCUMENT = {"document_id": SECRET}
_KEY, _TALK, _SAID = {"key": KEPT}, {"key": TALK}, {"key": SAID}
_PLACE = {"document": SECRET, "start": 0, "end": 30}
_TWO = {"a": SECRET, "b": OWN}
_TOPICS = {"about": ["mine", "quota"], "who": []}
_LINES = {"about": "mine\nquota"}
_MESSAGES = [{"role": "user", "content": PROBE}]
REFUSED = frozenset({
    "POST /api/alerts", "DELETE /api/alerts/{key}", "POST /api/documents", "DELETE /api/documents/{document_id}",
    "GET /metrics", "DELETE /page/records/{document_id}", "POST /page/records/address", "PUT /page/records/file",
    "POST /page/alerts", "POST /page/alerts/{key}",
})  # fmt: skip
ROUTES: dict[str, dict[str, Any]] = {
    **{f"GET {path}": {} for path in (
        "/docs", "/openapi.json", "/healthz", "/widget.js", "/sign-in", "/metrics", "/v1/models", "/page/start",
        "/page/settings", "/page/status", "/page/welcome", "/page/records", "/page/filters", "/page/alerts",
        "/api/alerts", "/api/alerts/news", "/api/alerts/feed", "/api/documents", "/api/notebook",
        "/api/notebook/briefing", "/page/notebook", "/favicon.ico", "/account",
        "/sign-in/oidc", "/sign-in/oidc/callback",
    )},
    "GET /docs/{name}": {"path": {"name": "start.js"}},
    "GET /sign-in/{name}": {"path": {"name": "sign_in.js"}},
    "GET /page/look/{name}": {"path": {"name": "page.js"}},
    "POST /sign-in": {"data": {"key": "x"}},
    "POST /api/ask": {"json": {"question": PROBE}},
    "POST /api/ask/stream": {"json": {"question": PROBE}},
    "POST /api/search": {"json": {"query": PROBE}},
    "GET /api/overview": {"params": {"about": "the mine"}},
    "GET /api/speakers/{name:path}": {"path": {"name": "Portugal"}},
    "GET /api/compare": {"params": _TWO},
    "GET /api/since": {"params": {"document": SECRET}},
    "POST /api/check": {"json": {"text": DRAFT}},
    "GET /api/cite": {"params": _PLACE},
    "GET /api/resolve": {"params": {"identifier": PLACE}},
    "GET /api/references": {"params": {"as": "ris"}},
    "POST /api/positions": {"json": _TOPICS},
    "GET /api/registers/{kind}": {"path": {"kind": "statements"}},
    "POST /api/notebook": {"json": _PLACE},
    "PATCH /api/notebook/{key}": {"path": _KEY, "json": {"note": "x"}},
    "DELETE /api/notebook/{key}": {"path": _KEY},
    "POST /api/alerts": {"json": {"question": PROBE}},
    "DELETE /api/alerts/{key}": {"path": {"key": "0a"}},
    "GET /api/documents/{document_id}": {"path": _DOCUMENT},
    "POST /api/documents": {"files": [("files", ("more.txt", b"Iceland: The lanterns are lit."))]},
    "DELETE /api/documents/{document_id}": {"path": {"document_id": OWN}},
    "GET /api/documents/{document_id}/text": {"path": _DOCUMENT},
    "GET /api/documents/{document_id}/structure": {"path": _DOCUMENT},
    "GET /v1/models/{model}": {"path": {"model": "onrecord"}},
    "POST /v1/chat/completions": {"json": {"model": "onrecord", "messages": _MESSAGES}},
    "POST /page/ask": {"json": {"question": PROBE, "conversation": TALK}},
    "GET /page/answers/{key}": {"path": _SAID},
    "GET /page/answers/{key}/everything": {"path": _SAID},
    "POST /page/answers/{key}/stop": {"path": _SAID},
    "POST /page/answers/{key}/feedback": {"path": _SAID, "json": {"verdict": "up"}},
    "GET /page/conversations": {"params": {"query": "mine"}},
    "DELETE /page/conversations/{key}": {"path": _TALK},
    "POST /page/conversations/{key}/links": {"path": _TALK},
    "DELETE /page/conversations/{key}/links": {"path": _TALK},
    "GET /page/conversations/{key}/export.{form}": {"path": {**_TALK, "form": "md"}},
    "POST /page/key": {"json": {"provider": "openai", "key": ""}},
    "GET /reading/{document_id}": {"path": _DOCUMENT},
    "GET /page/cite": {"params": _PLACE},
    "GET /page/resolve": {"params": {"identifier": PLACE}},
    "GET /page/sheet/{document_id}": {"path": _DOCUMENT},
    "GET /page/image/{document_id}": {"path": _DOCUMENT},
    "GET /page/overview/{document_id}": {"path": _DOCUMENT},
    "GET /page/speakers/{name:path}": {"path": {"name": "Portugal"}},
    "GET /page/compare": {"params": _TWO},
    "GET /page/compare/{document_id}": {"path": _DOCUMENT},
    "GET /page/since/{document_id}": {"path": _DOCUMENT},
    "GET /page/records/{document_id}": {"path": _DOCUMENT},
    "DELETE /page/records/{document_id}": {"path": {"document_id": OWN}},
    "POST /page/records/address": {"json": {"address": "no address"}},
    "PUT /page/records/file": {"params": {"name": "more.txt"}, "content": b"more"},
    "POST /page/check": {"json": {"text": DRAFT}},
    "POST /page/models": {},
    "PUT /page/check": {"params": {"name": "draft.md"}, "content": DRAFT.encode()},
    "GET /page/registers/{kind}": {"path": {"kind": "documents"}},
    "GET /page/registers/{kind}.{form}": {"path": {"kind": "statements", "form": "csv"}},
    "GET /page/positions": {"params": _LINES},
    "POST /page/positions": {"data": _LINES},
    "GET /page/positions.{form}": {"path": {"form": "csv"}, "params": _LINES},
    "POST /page/notebook": {"params": _PLACE},
    "POST /page/notebook/{key}": {"path": _KEY, "data": {"do": "remove"}},
    "GET /page/notebook/briefing.{form}": {"path": {"form": "md"}},
    "POST /page/alerts": {"data": {"kind": "question", "text": PROBE}},
    "POST /page/alerts/{key}": {"path": {"key": "0a"}},
    "POST /account": {"data": {"now": "x", "new": "y", "again": "y"}},
    "POST /sign-out": {},
}  # fmt: skip
# Of the protocol for agents, whose tools are asked one by one.
AGENTS = frozenset({"GET /mcp", "POST /mcp", "DELETE /mcp"})
TOOLS: dict[str, dict[str, Any]] = {
    "ask": {"question": PROBE}, "search": {"query": PROBE}, "overview": {"about": "the mine"},
    "check": {"text": DRAFT}, "read_passage": {"document": SECRET}, "compare": _TWO, "cite": _PLACE,
    "resolve": {"identifier": PLACE}, "list_documents": {}, "list_register": {"register": "statements"},
    "positions": {"about": ["mine", "quota"]},
    "list_notebook": {}, "keep_quote": _PLACE, "change_quote": {"id": KEPT, "note": "x"}, "briefing": {},
    "remove_quote": {"id": KEPT}, "list_alerts": {}, "list_news": {}, "watch": {"words": PROBE},
    "unwatch": {"id": "0a"},
}  # fmt: skip
