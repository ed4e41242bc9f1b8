"""An optional cross-encoder: it reads question and passage together and puts the best candidates in a better order.

Any model that sentence-transformers' CrossEncoder loads will do, by the name of one on the Hugging Face hub or as a
folder. It is loaded when the first question is asked. Source: Nogueira and Cho 2019, Passage re-ranking with BERT.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from ...vectorstore.embedder import first_line, quiet_loading
from ...vectorstore.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH = 16


class Reranker(Protocol):
    """Says how well passages answer a question. Safe to share between threads."""

    def judge(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        """A score for each passage, in the order given; higher is better, comparable within one call only."""
        ...


@dataclass(slots=True, kw_only=True)
class CrossEncoderReranker:
    """A `Reranker` run by sentence-transformers on whatever device it finds."""

    name: str
    _model: "CrossEncoder | None" = field(default=None, repr=False)
    # A transformers tokenizer changes its own settings during a call, and fails when two threads do so at once.
    _lock: Lock = field(default_factory=Lock, repr=False)

    def judge(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        """Scores as the model gives them. Raises ModelError where it cannot be loaded."""
        if not passages:
            return []
        with self._lock:
            if self._model is None:
                self._model = _open_cross_encoder(self.name)
            pairs = [(question, passage) for passage in passages]
            scores = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False)  # pyright: ignore[reportUnknownMemberType]
            return [float(score) for score in scores]


def _open_cross_encoder(name: str) -> "CrossEncoder":
    folder = Path(name).expanduser()
    try:
        with quiet_loading():
            model = _load_folder(folder) if folder.is_dir() else _load_from_hub(name)
            judged = model.predict([("", "")], show_progress_bar=False)  # pyright: ignore[reportUnknownMemberType]
    except Exception as error:  # each kind of damage raises its own, from any of four libraries
        looked = "" if folder.is_dir() else "there is no such folder, and the Hugging Face hub gave "
        raise ModelError(
            f"The reranker {name} cannot be loaded: {looked}{first_line(error)}. Give --reranker a folder with a "
            "cross-encoder or the name of one on the hub, or leave it out."
        ) from error
    if judged.ndim != 1:
        raise ModelError(
            f"The model {name} gives {judged.shape[-1]} scores for a passage where a reranker gives one. "
            "Choose a cross-encoder made for ranking as --reranker."
        )
    return model


def _load_folder(folder: Path) -> "CrossEncoder":
    from sentence_transformers import CrossEncoder

    return CrossEncoder(str(folder), local_files_only=True)


def _load_from_hub(name: str) -> "CrossEncoder":
    from huggingface_hub import HfApi
    from huggingface_hub.utils import validate_repo_id
    from sentence_transformers import CrossEncoder

    validate_repo_id(name)
    try:
        return CrossEncoder(name, local_files_only=True)
    except OSError:
        # Not in the cache. One quick request says whether it can be had; loading would retry for over a minute.
        HfApi().model_info(name, timeout=10)
        return CrossEncoder(name)
