"""A second opinion on what grounding lets pass: does the passage say what the sentence says?

Either a small model made for it (natural language inference: Bowman et al. 2015, A large annotated corpus for learning
natural language inference), any that sentence-transformers runs as a cross-encoder, or a chat model that is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from ...vectorstore.embedder import first_line, quiet_loading
from ...vectorstore.errors import ModelError
from ...vectorstore.markup import plain
from ...vectorstore.passage import Hit
from ..generation.llm import Service, Tally, open_service
from ..generation.parse_reply import visible
from ..prompts import PACKAGED, Prompts

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

NLI = "nli:"
MIN_ENTAILMENT = 0.5
_CHOICES = "nli: and a folder or a name on the Hugging Face hub, to provider:name of a chat model, or to none"


class Judge(Protocol):
    """Says whether a passage says what a sentence says; `name` is what `open_judge` was asked for."""

    @property
    def name(self) -> str: ...

    def holds(self, passage: str, sentence: str, tally: Tally) -> bool | None:
        """True or False; None where the judge gives no verdict that can be read. Raises ModelError."""
        ...


def open_judge(
    name: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    timeout_s: float = 120.0,
    prompts: Prompts = PACKAGED,
) -> Judge:
    """A judge, ready to be asked.

    Args:
        name: "nli:" and the folder or the hub's name of a cross-encoder trained for natural language inference; or
            "provider:name" of a chat model.
        base_url: address of the chat model's service.
        api_key: its key.
        timeout_s: how long to wait for a verdict.
        prompts: what a chat model is asked with.

    Raises:
        ModelError: the model cannot be loaded or set up, or it is no model for natural language inference.
    """
    if name.startswith(NLI):
        return _open_nli(name)
    if ":" not in name:
        raise ModelError(f"{name!r} is not a judge. Set ONRECORD_JUDGE to {_CHOICES}.")
    service = open_service(name, base_url=base_url, api_key=api_key, timeout_s=timeout_s, prompts=prompts)
    return ChatJudge(service=service)


def judged_text(hits: Sequence[Hit]) -> str:
    """Passages as a judge reads them: who spoke, then the words."""
    return "\n\n".join(
        f"{hit.passage.locator.speaker}: {text}"
        if hit.passage.locator.speaker and not text.startswith(hit.passage.locator.speaker)
        else text
        for hit in hits
        for text in [plain(hit.passage.text)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJudge:
    """A chat model that is asked for one word."""

    service: Service

    @property
    def name(self) -> str:
        """As given."""
        return self.service.name

    def holds(self, passage: str, sentence: str, tally: Tally) -> bool | None:
        """The first YES or NO of its reply."""
        asked = self.service.prompts.text("judge_prompt").replace("{passage}", passage.replace("{", "("))
        reply = visible(self.service.ask(asked.replace("{sentence}", sentence).rstrip(), tally))
        verdict = re.search(r"\b(yes|no)\b", reply, re.IGNORECASE)
        return verdict[1].casefold() == "yes" if verdict else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NliJudge:
    """A cross-encoder for natural language inference, run by sentence-transformers.

    `entails` is the place of the label for entailment among its outputs, None for a model with a single score.
    """

    name: str
    model: "CrossEncoder" = field(repr=False)
    entails: int | None
    # A transformers tokenizer changes its own settings during a call, and fails when two threads do so at once.
    lock: Lock = field(default_factory=Lock, repr=False)

    def holds(self, passage: str, sentence: str, tally: Tally) -> bool | None:
        """Whether entailment is at least as likely as not."""
        with self.lock:
            [scores] = self.model.predict(  # pyright: ignore[reportUnknownMemberType]
                [(passage, sentence)], apply_softmax=self.entails is not None, show_progress_bar=False
            )
        return bool((scores if self.entails is None else scores[self.entails]) >= MIN_ENTAILMENT)


def _open_nli(name: str) -> NliJudge:
    from sentence_transformers import CrossEncoder

    try:
        with quiet_loading():
            model = CrossEncoder(name.removeprefix(NLI))
        config: Any = model.config
        labels = {int(place): str(label).casefold() for place, label in config.id2label.items()}
    except Exception as error:  # each kind of damage raises its own, from any of four libraries
        raise ModelError(
            f"The model {name} cannot be loaded: {first_line(error)}. Set ONRECORD_JUDGE to {_CHOICES}."
        ) from error
    if len(labels) == 1:
        return NliJudge(name=name, model=model, entails=None)
    entails = [place for place, label in labels.items() if re.match(r"entail", label)]
    if len(entails) != 1:
        raise ModelError(
            f"The model {name} does not predict entailment: its labels are {', '.join(labels.values())}. "
            "Choose one trained for natural language inference."
        )
    return NliJudge(name=name, model=model, entails=entails[0])
