"""A language model writes the answer; it points at passages by number, and the program grounds what it wrote."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..vectorstore.errors import ModelError
from ..vectorstore.markup import plain
from ..vectorstore.passage import Hit
from ..vectorstore.store import Store
from .answer import Sentence
from .compose import citation_of
from .events import SentenceReady
from .ground import Claim, claims, ground
from .prompts import prompt
from .refuse import REFUSAL
from .rungs import RungWatch, unwatched

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PASSAGES_SHOWN = 8
_EXTRAS = ("openai", "anthropic", "ollama")
_UNFINISHED_MARK = re.compile(r"[\s\[(\d,;]*$")
_REFUSES = re.compile(r"\bnot in the documents\b", re.IGNORECASE)


def open_writer(
    model: "str | BaseChatModel", *, base_url: str | None = None, api_key: str | None = None, timeout_s: float = 120.0
) -> "Writer":
    """Sets a chat model up, without calling it.

    Args:
        model: "provider:name", as LangChain's `init_chat_model` knows them, or a chat model.
        base_url: address of the service, where it is not the provider's own.
        api_key: key for it; else the provider's environment variable is used.
        timeout_s: how long to wait for an answer.

    Raises:
        ModelError: the provider is unknown, its package missing, or the key.
    """
    if not isinstance(model, str):
        return Writer(name=str(getattr(model, "model_name", None) or type(model).__name__), model=model)
    if ":" not in model:
        raise ModelError(
            f"{model!r} names no provider. Write --model provider:name, for example ollama:llama3.2, or none."
        )
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": timeout_s, "max_retries": 1}
    if base_url:
        options["base_url"] = base_url
    if api_key:
        options["api_key"] = api_key
    if model.startswith("ollama:"):
        options = {"temperature": 0, **({"base_url": base_url} if base_url else {})}
    try:
        return Writer(name=model, model=init_chat_model(model, **options))
    except ImportError as error:
        provider = model.split(":", 1)[0]
        package = f"'rapporteur[{provider}]'" if provider in _EXTRAS else f"langchain-{provider}"
        raise ModelError(f"The model {model} needs a package: pip install {package} ({_first_line(error)})") from error
    except Exception as error:  # each provider's package raises errors of its own, mostly for a missing key
        if "model_provider" in str(error):
            raise ModelError(
                f"The model {model} names no provider that LangChain knows. Write --model provider:name, "
                "for example ollama:llama3.2, or none."
            ) from error
        raise ModelError(f"The model {model} cannot be set up: {_first_line(error)}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A chat model that writes answers from passages."""

    name: str
    model: "BaseChatModel"

    def write(
        self, store: Store, question: str, hits: Sequence[Hit], notes: list[str], watch: RungWatch = unwatched
    ) -> Iterator[SentenceReady]:
        """Sentences as the model finishes them, each grounded; `notes` receives what grounding found wrong.

        Raises ModelError when the model does not answer.
        """
        shown = [hit for hit in hits if hit.passage.kind != "heading"][:PASSAGES_SHOWN]
        if not shown:
            notes.append(REFUSAL)
            return
        number, refused, unsupported = 1, False, []
        for claim in self._claims(ask_for(question, shown)):
            if _REFUSES.search(claim.text):
                refused = True
                continue
            end = watch("ground", claim.text)
            grounded = ground(store, claim, shown)
            end(grounded)
            notes.extend(f"“{claim.text}” {problem}" for problem in grounded.problems)
            citations = tuple(citation_of(quotable, number + place) for place, quotable in enumerate(grounded.evidence))
            number += len(citations)
            sentence = Sentence(
                text=neutral(claim.text),
                citations=tuple(citation.number for citation in citations),
                supported=bool(citations),
            )
            if citations:
                yield from (SentenceReady(sentence=earlier, citations=()) for earlier in unsupported)
                unsupported.clear()
                yield SentenceReady(sentence=sentence, citations=citations)
            elif number > 1:
                yield SentenceReady(sentence=sentence, citations=())
            else:
                unsupported.append(sentence)
        if number == 1:
            notes.insert(
                0,
                REFUSAL
                if refused or not unsupported
                else f"{REFUSAL} What the model wrote could not be found in them.",
            )

    def _claims(self, messages: str) -> Iterator[Claim]:
        """The model's sentences, each as soon as the next has begun."""
        written, passed = "", 0
        try:
            for chunk in self.model.stream(messages):
                written += chunk.text if isinstance(chunk.text, str) else str(chunk.content)
                ready = claims(_UNFINISHED_MARK.sub("", written))[:-1]
                yield from ready[passed:]
                passed = max(passed, len(ready))
        except Exception as error:  # network, key, quota: each provider has errors of its own
            raise ModelError(f"The model {self.name} does not answer: {_first_line(error)}") from error
        yield from claims(written)[passed:]


def ask_for(question: str, hits: Sequence[Hit]) -> str:
    """The prompt: the passages with their numbers and where they stand, and the question."""
    passages = "\n\n".join(
        f"[{number}] ({hit.passage.context}; {hit.passage.locator})\n{_inert(plain(hit.passage.text))}"
        for number, hit in enumerate(hits, start=1)
    )
    return prompt("answer_prompt").replace("{passages}", passages).replace("{question}", question)


def neutral(text: str) -> str:
    """A sentence in which no bracketed number can be taken for one of our citations."""
    return re.sub(r"\[(\d+)\]", r"(note \1)", text)


def _inert(text: str) -> str:
    return re.sub(r"\[(\d{1,3})\]", r"(note \1)", text).replace("{", "(").replace("}", ")")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
