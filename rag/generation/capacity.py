"""How large a language model is and how much it can read: asked of its service where a person named one, or told.

llama.cpp's server tells it at `/props` and `/v1/models`, vLLM at `/v1/models`, Ollama at `/api/show`; else the name may
("qwen2.5:1.5b"). Nothing is asked of a provider whose address nobody gave.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

SMALL_PARAMETERS = 3_000_000_000
# Evidence for a small model, and for any other: some 14,000 characters, as much as eight passages seldom exceed.
SMALL_EVIDENCE_TOKENS = 900
EVIDENCE_TOKENS = 3_500
# What a prompt holds beside evidence (instructions, the question), and what the model writes.
OTHER_TOKENS = 900
MIN_EVIDENCE_TOKENS = 200
# UTF-8 bytes a token, on the low side: the tokenizers of SmolLM2 and Qwen2.5 take 3.6 to 4.6 for records in English.
BYTES_A_TOKEN = 3.5
OLLAMA = "http://127.0.0.1:11434"
_TIMEOUT_S = 2.0
_MAX_BYTES = 4_000_000
_SIZE_IN_NAME = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)\s?([mb])(?![a-z])", re.IGNORECASE)
_SCALE = {"m": 10**6, "b": 10**9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many parameters a model has and how many tokens it can read; None where nobody says."""

    parameters: int | None = None
    context_tokens: int | None = None

    @property
    def is_small(self) -> bool:
        """Whether the model is known to have fewer than three thousand million parameters."""
        return self.parameters is not None and self.parameters < SMALL_PARAMETERS

    @property
    def evidence_tokens(self) -> int:
        """How much of the records a prompt may hold."""
        usual = SMALL_EVIDENCE_TOKENS if self.is_small else EVIDENCE_TOKENS
        if self.context_tokens is None:
            return usual
        return max(MIN_EVIDENCE_TOKENS, min(usual, self.context_tokens - OTHER_TOKENS))


def capacity_of(model: str, *, base_url: str | None = None, api_key: str | None = None) -> Capacity:
    """What the service says of a model ("provider:name"), else what its name says; never raises."""
    provider, _, name = model.partition(":")
    told = Capacity()
    if provider == "ollama":
        told = _of_ollama(asked(f"{(base_url or OLLAMA).rstrip('/')}/api/show", body={"model": name}))
    elif base_url:
        root = base_url.rstrip("/")
        listed = asked(f"{root}/models", api_key=api_key)
        told = _of_listed(listed, name, asked(f"{root.removesuffix('/v1')}/props", api_key=api_key))
    return Capacity(parameters=told.parameters or _named(name), context_tokens=told.context_tokens)


def asked(url: str, *, api_key: str | None = None, body: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that a service gives at an address; empty where it gives none, and nowhere else is it sent."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    data = json.dumps(body).encode() if body else None
    if urlsplit(url).scheme not in ("http", "https"):
        return {}
    try:
        with _opener(url).open(Request(url, data, headers), timeout=_TIMEOUT_S) as reply:
            value: object = json.loads(reply.read(_MAX_BYTES))
    except (URLError, OSError, ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


class _NoRedirect(HTTPRedirectHandler):
    """Goes nowhere else: a key is for the address it was given for."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


def _opener(url: str) -> OpenerDirector:
    """What opens an address; this machine's own never by a proxy."""
    local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    return build_opener(_NoRedirect, *([ProxyHandler({})] if local else []))


def _of_ollama(shown: Mapping[str, Any]) -> Capacity:
    facts = _object(shown.get("model_info"))
    contexts = [value for key, value in facts.items() if str(key).endswith(".context_length")]
    size = _named(str(_object(shown.get("details")).get("parameter_size") or ""))
    context = _count(contexts[0]) if contexts else None
    return Capacity(parameters=_count(facts.get("general.parameter_count")) or size, context_tokens=context)


def _of_listed(listed: Mapping[str, Any], name: str, props: Mapping[str, Any]) -> Capacity:
    data = listed.get("data")
    rows = [_object(row) for row in cast(list[object], data)] if isinstance(data, list) else []
    own = next((row for row in rows if row.get("id") == name), rows[0] if len(rows) == 1 else {})
    meta = _object(own.get("meta"))
    context = _object(props.get("default_generation_settings")).get("n_ctx") or own.get("max_model_len")
    parameters = _count(meta.get("n_params")) or _named(str(own.get("id") or "").rpartition("/")[2])
    return Capacity(parameters=parameters, context_tokens=_count(context or meta.get("n_ctx_train")))


def _object(value: object) -> dict[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _named(name: str) -> int | None:
    """How many parameters a name tells: 1.5b of "qwen2.5:1.5b"; of several the last."""
    sizes = _SIZE_IN_NAME.findall(name)
    return round(float(sizes[-1][0]) * _SCALE[sizes[-1][1].lower()]) if sizes else None
