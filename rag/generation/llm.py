"""A language model's service: a prompt goes in, text comes out; its cost is counted, what fails is told plainly."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from ...vectorstore.errors import ModelError, ModelUnavailable
from ..answer import Usage
from ..prompts import PACKAGED, Prompt, Prompts
from ..query.question import clean
from .budget import CHARS_A_TOKEN, Budget
from .capacity import Capacity, capacity_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

MAX_WRITTEN_CHARS = 60_000
# A small model that has lost the thread writes on until its context is full; its answers have a tenth of this.
MAX_WRITTEN_BY_SMALL_CHARS = 4_000
# A provider's package waits longer before each further try: half a second, then twice as long.
MAX_RETRIES = 2
WAITS_S = (0.5, 1.0)
# Ollama's own default cuts a prompt after 4,096 tokens or fewer, without a word.
OLLAMA_CONTEXT_TOKENS = 8_192
# A reply whose last so many characters stand so many times in its end goes round in circles: no answer's do.
TURN_CHARS, TURNS, TAIL_CHARS = 80, 4, 2_000
_MESSAGE_CHARS = 200
_LOOKS_SECRET = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|key|hf|AIza)[-_][\w*-]{6,}|\bAIza[\w-]{20,}|\bBearer\s+\S+|(?<=://)[^/\s@][^/\s@:]*+:[^/\s@]++(?=@)",
    re.IGNORECASE,
)
_HINTS = {
    400: "The service does not accept the request; the model's name or its settings may be wrong",
    401: "Check the key: ONRECORD_MODEL_API_KEY, or the provider's own variable",
    402: "The account has no credit left",
    403: "The key is not allowed to use this model",
    404: "Check the model's name and the address (--model-base-url)",
    413: "The prompt is too long for this model",
    429: "Its limit is reached; wait a while, or ask without a model: --model none",
}


def goes_round(written: str) -> bool:
    """Whether the end of a reply is the same words again and again."""
    tail = written[-TAIL_CHARS:]
    return len(tail) >= TURN_CHARS and tail.count(tail[-TURN_CHARS:]) >= TURNS


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts what the models are asked while one answer is written."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def add(self, usage: dict[str, Any] | None) -> None:
        """Adds LangChain's `usage_metadata`, where the service sent one."""
        if usage:
            self.input_tokens += int(usage.get("input_tokens") or 0)
            self.output_tokens += int(usage.get("output_tokens") or 0)

    @property
    def tokens(self) -> int:
        """Those read and written so far."""
        return self.input_tokens + self.output_tokens

    @property
    def usage(self) -> Usage | None:
        """The sums so far; None where no model was asked."""
        if not self.calls:
            return None
        return Usage(calls=self.calls, input_tokens=self.input_tokens, output_tokens=self.output_tokens)


@dataclass(slots=True, kw_only=True)
class Known:
    """What is found out about a service once it is used: how large its model is, whether it takes the shape of a
    reply."""

    capacity: Capacity | None = None
    takes_shapes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A chat model by name. `secrets` are strings that no message may hold, `base_url` is where it is served; `prompts`
    are what it is asked with, `title` is what people call it where that is not its name, `budget` counts what it reads
    and writes for whoever asks."""

    name: str
    model: "BaseChatModel" = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    base_url: str | None = None
    known: Known = field(default_factory=Known, repr=False)
    prompts: Prompts = field(default=PACKAGED, repr=False)
    title: str = ""
    budget: Budget | None = field(default=None, repr=False)

    @property
    def host(self) -> str | None:
        """Which machine what is asked is sent to; None where it stays on this one."""
        return host_of(self.name, self.base_url)

    def capacity(self) -> Capacity:
        """How large the model is and how much it reads, as far as its service or its name says; asked once."""
        if self.known.capacity is None:
            key = self.secrets[0] if self.secrets else None
            self.known.capacity = capacity_of(self.name, base_url=self.base_url, api_key=key)
        return self.known.capacity

    @property
    def most_chars(self) -> int:
        """How much of one reply is read."""
        return MAX_WRITTEN_BY_SMALL_CHARS if self.capacity().is_small else MAX_WRITTEN_CHARS

    def shaped(self, prompt: str | Prompt, shape: Mapping[str, Any], tally: Tally) -> Iterator[str]:
        """As `stream`, in the shape of a JSON schema where the service takes one; else as the model pleases."""
        options = _shape_options(self.name, shape) if self.known.takes_shapes else {}
        try:
            yield from self.stream(prompt, tally, options)
        except ModelUnavailable:
            raise
        except ModelError:
            if not options:
                raise
            self.known.takes_shapes = False
            yield from self.stream(prompt, tally)

    def stream(self, prompt: str | Prompt, tally: Tally, options: Mapping[str, Any] | None = None) -> Iterator[str]:
        """What the model writes, piece by piece, at most `most_chars` and not round in circles.

        Raises:
            ModelUnavailable: the service cannot be reached, takes too long or breaks off.
            ModelError: it does not accept the request.
        """
        tally.calls += 1
        written, most_chars, tail, before = 0, self.most_chars, "", tally.tokens
        try:
            for chunk in self._chunks(prompt, options or {}):
                tally.add(getattr(chunk, "usage_metadata", None))
                text = clean(chunk.text)
                yield text[: most_chars - written]
                written += len(text)
                tail = (tail + text)[-TAIL_CHARS:]
                if written >= most_chars or goes_round(tail):
                    return
        except Exception as error:  # network, key, quota: each provider has errors of its own
            # Not `from error`: what the provider's package raises may hold the key.
            raise self._told(error) from None
        finally:
            if self.budget:
                read = len(prompt.system) + len(prompt.asked) if isinstance(prompt, Prompt) else len(prompt)
                self.budget.count(tally.tokens - before or (read + written) // CHARS_A_TOKEN)

    def _chunks(self, prompt: str | Prompt, options: Mapping[str, Any]) -> "Iterator[AIMessageChunk]":
        """The pieces of a reply. A service of Ollama's that has not begun one is asked again, each time after a longer
        wait, for its package does not do so itself as others do."""
        messages = [("system", prompt.system), ("human", prompt.asked)] if isinstance(prompt, Prompt) else prompt
        waits_s = WAITS_S if self.name.startswith("ollama:") else ()
        for wait_s in (*waits_s, None):
            begun = False
            try:
                for chunk in self.model.stream(messages, **options):
                    begun = True
                    yield chunk
                return
            except Exception as error:  # each provider has errors of its own
                if begun or wait_s is None or not isinstance(self._told(error), ModelUnavailable):
                    raise
            time.sleep(wait_s)

    def ask(self, prompt: str | Prompt, tally: Tally) -> str:
        """The whole of what the model writes; raises as `stream` does."""
        return "".join(self.stream(prompt, tally))

    def _told(self, error: Exception) -> ModelError:
        """An error as one line for a person, without keys; a plain ModelError where asking again would not help."""
        status = _status(error)
        message = f"The model {self.name} does not answer: {redacted(_first_line(error), self.secrets)}"
        hint = _HINTS.get(status or 0) or _hint(error)
        message = f"{message.rstrip('.')}. {hint}." if hint else message
        if status is not None and status not in (408, 425, 429) and status < 500:
            return ModelError(message)
        return ModelUnavailable(message)


def host_of(model: str, base_url: str | None) -> str | None:
    """Which machine, or whose, a model ("provider:name") is asked at; None for this one.

    A chat model that a host program made is taken to be where that says, "its provider" where it says nothing.
    """
    provider = model.partition(":")[0] if ":" in model else "its provider"
    address = base_url or ("http://127.0.0.1" if provider == "ollama" else "")
    host = urlsplit(address).hostname or provider
    return None if is_loopback(host) else host


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def open_service(
    model: "str | BaseChatModel",
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    timeout_s: float = 120.0,
    prompts: Prompts = PACKAGED,
) -> Service:
    """Sets a chat model up, without calling it.

    Args:
        model: "provider:name", as LangChain's `init_chat_model` knows them, or a chat model.
        base_url: address of the service, where it is not the provider's own.
        api_key: key for it; else the provider's environment variable is used.
        timeout_s: how long to wait for an answer.
        prompts: what it is asked with.

    Raises:
        ModelError: the provider is unknown, its package missing, or the key.
    """
    secrets = (api_key,) if api_key else ()
    if not isinstance(model, str):
        name = str(getattr(model, "model_name", None) or type(model).__name__)
        return Service(name=name, model=model, prompts=prompts)
    if ":" not in model:
        raise ModelError(
            f"{model!r} names no provider. Write --model provider:name, for example ollama:llama3.2, or none."
        )
    from langchain.chat_models import init_chat_model

    try:
        options = _options(model, base_url=base_url, api_key=api_key, timeout_s=timeout_s)
        chat = cast("BaseChatModel", init_chat_model(model, **options))
        return Service(name=model, model=chat, secrets=secrets, base_url=base_url, prompts=prompts)
    except ImportError as error:
        provider = model.split(":", 1)[0]
        says = f"The model {model} needs a package: pip install langchain-{provider} ({_first_line(error)})"
        raise ModelError(says) from error
    except Exception as error:  # each provider's package raises errors of its own, mostly for a missing key
        if "model_provider" in str(error):
            raise ModelError(
                f"The model {model} names no provider that LangChain knows. Write --model provider:name, "
                "for example ollama:llama3.2, or none."
            ) from error
        raise ModelError(f"The model {model} cannot be set up: {redacted(_first_line(error), secrets)}") from None


def _options(model: str, *, base_url: str | None, api_key: str | None, timeout_s: float) -> dict[str, Any]:
    """What a provider's class is made with; Ollama's has no key and names its time limit otherwise."""
    address = {"base_url": base_url} if base_url else {}
    if model.startswith("ollama:"):
        return {
            "temperature": 0,
            "num_ctx": OLLAMA_CONTEXT_TOKENS,
            "client_kwargs": {"timeout": timeout_s},
            **address,
        }
    options: dict[str, Any] = {"temperature": 0, "timeout": timeout_s, "max_retries": MAX_RETRIES, **address}
    if api_key:
        options["api_key"] = api_key
    if model.startswith("openai:"):
        options["stream_usage"] = True
    return options


def _shape_options(model: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """What asks a provider for a reply in a shape; empty for one not known to take it."""
    if model.startswith("ollama:"):
        return {"format": dict(shape)}
    if model.startswith("openai:"):  # as an extra part of the body: LangChain would not stream what it parses itself
        schema = {"name": "reply", "strict": True, "schema": dict(shape)}
        return {"extra_body": {"response_format": {"type": "json_schema", "json_schema": schema}}}
    return {}


def redacted(message: str, secrets: tuple[str, ...] = ()) -> str:
    """A message without the keys it may have been given, or anything that looks like one."""
    for secret in secrets:
        if len(secret) > 3:
            message = message.replace(secret, "***")
    return _LOOKS_SECRET.sub("***", message)


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status > 0:
            return status
    return None


def _hint(error: BaseException) -> str:
    kind = f"{type(error).__name__} {error}".casefold()
    if "timeout" in kind or "timed out" in kind:
        return "ONRECORD_MODEL_TIMEOUT_S sets how long to wait"
    if "connect" in kind and "peer closed" not in kind:
        return "See whether the service runs, and whether its address (--model-base-url) is right"
    return ""


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:_MESSAGE_CHARS]
