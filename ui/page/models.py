"""The language models a person may choose to answer: none, those Ollama runs on this machine, or a provider's.

A provider's key stays in this process's memory, under the browser that gave it; no page is ever sent one.
"""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from ...rag.library import Library
from ...vectorstore.errors import ModelError

if TYPE_CHECKING:
    from ...rag.generation.writer import Writer

NONE = "none"
PROVIDERS = {"openai": "langchain_openai", "anthropic": "langchain_anthropic"}
SUGGESTED = {"openai": "gpt-4.1-mini", "anthropic": "claude-sonnet-4-5"}
_OLLAMA = "http://127.0.0.1:11434"
_OLLAMA_TIMEOUT_S = 0.4
_OLLAMA_KEPT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model to choose: its name, and the kind it is of ("own", "ollama" or a provider)."""

    name: str
    kind: str
    ready: bool


class Models:
    """What can answer over one library, and whose keys are known."""

    def __init__(self, library: Library, *, ollama: str = _OLLAMA) -> None:
        self._own = library.writer
        self._ollama = ollama
        self._keys: dict[tuple[str, str], str] = {}
        self._writers: dict[tuple[str, str], Writer] = {}
        self._lock = threading.Lock()
        self._found: tuple[float, list[str]] = (0.0, [])

    @property
    def default(self) -> str:
        """The model that answers unless another is chosen: the one the server was started with."""
        return self._own.name if self._own else NONE

    def offered(self, owner: str) -> Sequence[Offer]:
        """The models besides none, for the browser that asks."""
        own = [Offer(name=self._own.name, kind="own", ready=True)] if self._own else []
        can_ollama = find_spec("langchain_ollama") is not None
        local = [Offer(name=f"ollama:{name}", kind="ollama", ready=can_ollama) for name in self._ollama_models()]
        providers = [
            Offer(name=f"{provider}:{SUGGESTED[provider]}", kind=provider, ready=self.has_key(owner, provider))
            for provider, package in PROVIDERS.items()
            if find_spec(package)
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
        if provider == "ollama" and name.removeprefix("ollama:") in self._ollama_models():
            return self._set_up(owner, name, base_url=self._ollama, key=None)
        if provider in PROVIDERS and self.has_key(owner, provider):
            return self._set_up(owner, name, base_url=None, key=self._keys[owner, provider])
        raise ModelError(f"The model {name} cannot be used here; choose another in the settings.")

    def _set_up(self, owner: str, name: str, *, base_url: str | None, key: str | None) -> "Writer":
        from ...rag.generation.writer import open_writer

        with self._lock:
            if (owner, name) not in self._writers:
                self._writers[owner, name] = open_writer(name, base_url=base_url, api_key=key)
            return self._writers[owner, name]

    def _ollama_models(self) -> list[str]:
        """Names of the models that Ollama has on this machine; none where it does not run."""
        at, names = self._found
        if time.monotonic() - at > _OLLAMA_KEPT_S or not at:
            names = _ask_ollama(self._ollama)
            self._found = (time.monotonic(), names)
        return names


def _ask_ollama(address: str) -> list[str]:
    try:  # never by a proxy: it is this machine that is asked
        with build_opener(ProxyHandler({})).open(f"{address}/api/tags", timeout=_OLLAMA_TIMEOUT_S) as reply:
            return sorted(str(model["name"]) for model in json.load(reply)["models"])
    except (OSError, ValueError, KeyError, TypeError):
        return []
