"""The language models a person may choose to answer: none, those found on this machine, or a provider's.

Services on this machine are looked for only when a person asks for it, at the ports they have by default; the page can
name no address. A provider's key stays in this process's memory, under the browser that gave it; no page is ever sent
one. What the operator does not allow is not offered, and refused where it is asked for all the same.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ...rag.generation.capacity import asked
from ...rag.generation.rules import ModelRules
from ...rag.library import Library
from ...vectorstore.errors import ModelError

if TYPE_CHECKING:
    from ...rag.generation.writer import Writer

NONE = "none"
PROVIDERS = {"openai": "langchain_openai", "anthropic": "langchain_anthropic"}
SUGGESTED = {"openai": "gpt-4.1-mini", "anthropic": "claude-sonnet-4-5"}
OLLAMA = "ollama"
# Where each listens unless it is told otherwise; all but Ollama speak OpenAI's API.
LOCAL = {
    OLLAMA: "http://127.0.0.1:11434",
    "llama.cpp": "http://127.0.0.1:8080",
    "lmstudio": "http://127.0.0.1:1234",
    "vllm": "http://127.0.0.1:8000",
}
_PACKAGE = {OLLAMA: "langchain_ollama"}
_OTHERS_PACKAGE = "langchain_openai"
_MAX_MODELS = 50
_MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model to choose: its name, and the kind it is of ("own", "local" or a provider). `host` is where a question is
    sent, None for this machine; `ready` tells whether it can be used, which takes a package, or a key."""

    name: str
    kind: str
    ready: bool
    host: str | None = None


class Models:
    """What can answer over one library, and whose keys are known; `local` are the services of this machine."""

    def __init__(
        self, library: Library, *, rules: ModelRules | None = None, local: Mapping[str, str] | None = None
    ) -> None:
        self._own = library.writer
        self.rules = rules or ModelRules()
        self._budget = self.rules.budget(library.store.folder)
        self._local = LOCAL if local is None else local
        self._keys: dict[tuple[str, str], str] = {}
        self._writers: dict[tuple[str, str], Writer] = {}
        self._lock = threading.Lock()
        self._found: tuple[str, ...] | None = None

    @property
    def default(self) -> str:
        """The model that answers unless another is chosen: the one the server was started with."""
        return self._own.name if self._own else NONE

    @property
    def default_host(self) -> str | None:
        """Where a question is sent unless another model is chosen; None where it stays on this machine."""
        return self._own.service.host if self._own else None

    @property
    def found(self) -> tuple[str, ...] | None:
        """The models that were found on this machine, "service:name"; None where nobody has looked yet."""
        return self._found

    def look(self) -> None:
        """Looks for models on this machine: asks Ollama, llama.cpp, LM Studio and vLLM, at their ports, what they
        have."""
        names: list[str] = []
        for service, address in self._local.items():
            names += [f"{service}:{name}" for name in _models_at(service, address)]
        self._found = tuple(name for name in names if self.rules.allows(name))

    def offered(self, owner: str) -> Sequence[Offer]:
        """The models besides none, for the browser that asks."""
        own = [Offer(name=self._own.name, kind="own", ready=True, host=self.default_host)] if self._own else []
        local = [Offer(name=name, kind="local", ready=_is_installed_for(name)) for name in self._found or ()]
        providers = [
            Offer(name=f"{provider}:{name}", kind=provider, ready=self.has_key(owner, provider), host=provider)
            for provider, package in PROVIDERS.items()
            if find_spec(package) and (name := self._suggested(provider))
        ]
        return [*own, *local, *providers]

    def has_key(self, owner: str, provider: str) -> bool:
        """Whether this browser has given a key for the provider."""
        return (owner, provider) in self._keys

    def keep_key(self, owner: str, provider: str, key: str) -> None:
        """Keeps a key until the server ends; an empty one forgets it. Raises ModelError for an unknown provider."""
        if provider not in PROVIDERS:
            raise ModelError(f"There is no provider {provider} to choose.")
        with self._lock:
            self._writers = {at: writer for at, writer in self._writers.items() if at[0] != owner}
            if key:
                self._keys[owner, provider] = key
            else:
                self._keys.pop((owner, provider), None)

    def writer(self, owner: str, name: str) -> "Writer | None":
        """The model by its name, set up; None for none. Raises ModelError."""
        if name == NONE:
            return None
        if self._own and name == self._own.name:
            return self._own
        provider = name.partition(":")[0]
        if not self.rules.allows(name):
            raise ModelError(f"The model {name} may not be used here; choose another in the settings.")
        if name in (self._found or ()):
            return self._set_up(owner, name, at=self._local[provider])
        if provider in PROVIDERS and self.has_key(owner, provider):
            return self._set_up(owner, name, key=self._keys[owner, provider])
        raise ModelError(f"The model {name} cannot be used here; choose another in the settings.")

    def _set_up(self, owner: str, name: str, *, at: str | None = None, key: str | None = None) -> "Writer":
        with self._lock:
            if (owner, name) not in self._writers:
                self._writers[owner, name] = self._opened(name, at, key)
            return self._writers[owner, name]

    def _opened(self, name: str, at: str | None, key: str | None) -> "Writer":
        from ...rag.generation.writer import open_writer

        provider, _, model = name.partition(":")
        if at and provider != OLLAMA:  # speaks OpenAI's API and takes any key
            provider, at, key = "openai", f"{at}/v1", NONE
        rules = self.rules
        writer = open_writer(
            f"{provider}:{model}", base_url=at, api_key=key, timeout_s=rules.timeout_s, prompts=rules.prompts,
            tokens_per_answer=rules.tokens_per_answer,
        ).within(self._budget)
        return replace(writer, service=replace(writer.service, title=name))

    def _suggested(self, provider: str) -> str:
        """A provider's model to begin with, of those allowed; empty where none is."""
        if self.rules.allows(f"{provider}:{SUGGESTED[provider]}"):
            return SUGGESTED[provider]
        named = (pattern.strip().partition(":") for pattern in self.rules.allowed.split(","))
        return next((name for of, _, name in named if of == provider and "*" not in name), "")


def _is_installed_for(name: str) -> bool:
    return find_spec(_PACKAGE.get(name.partition(":")[0], _OTHERS_PACKAGE)) is not None


def _models_at(service: str, address: str) -> list[str]:
    """Names of the models that a service has; none where it does not run."""
    listed: Any = (
        asked(f"{address}/api/tags").get("models") if service == OLLAMA else asked(f"{address}/v1/models").get("data")
    )
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    names = {str(row.get("name" if service == OLLAMA else "id") or "") for row in rows}
    return sorted(name for name in names if 0 < len(name) <= _MAX_NAME_CHARS)[:_MAX_MODELS]
