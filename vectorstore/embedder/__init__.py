"""Text becomes vectors: what an embedder is, and how one is opened.

    open_embedder -> open_e5 | open_minilm | open_sentence_transformer

The default is multilingual-e5-small where its weights are installed, else all-MiniLM-L6-v2, which reads English; any
other model is run by sentence-transformers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .e5 import NAME as E5
from .e5 import open_e5
from .e5_file import is_installed as e5_is_installed
from .minilm import NAME as MINILM
from .minilm import open_minilm
from .sentence_transformer import first_line, open_sentence_transformer, quiet_loading

if TYPE_CHECKING:
    import numpy as np

__all__ = ["E5", "MINILM", "Embedder", "default_embedding", "first_line", "open_embedder", "quiet_loading"]


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity. Safe to share between threads.

    `name` is what `open_embedder` was asked for, `fingerprint` names the model and its revision (a library remembers
    it and refuses another), `dimension` is the length of a vector, `max_tokens` how much of a text counts, special
    tokens included; what is longer is cut.
    """

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Vectors of passages, float32 (len(texts), dimension), of length 1, in the order given."""
        ...

    def embed_query(self, text: str) -> "np.ndarray":
        """The vector of a question, float32 (dimension,), of length 1; with the model's query prompt if any."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens `embed` would make of a passage, to be held against `max_tokens`; nothing is cut here."""
        ...


def default_embedding() -> str:
    """The name of the model for new libraries: multilingual-e5-small, unless its weights are not installed."""
    return E5 if e5_is_installed() else MINILM


def open_embedder(name: str | None = None, *, cache_dir: Path | None = None) -> Embedder:
    """An embedding model, ready to use.

    Args:
        name: "multilingual-e5-small" or "all-MiniLM-L6-v2" for the packaged models, None for the default one; else a
            folder with a sentence-transformers model, or the name of one on the Hugging Face hub, taken from its local
            cache if it is there.
        cache_dir: where a packaged model keeps its ONNX graph; by default the user's cache folder. The hub's cache is
            elsewhere, see its HF_HOME.

    Raises:
        ModelError: the model cannot be loaded.
    """
    name = name or default_embedding()
    if name == E5:
        return open_e5(cache_dir=cache_dir)
    if name in (MINILM, f"sentence-transformers/{MINILM}"):
        return open_minilm(cache_dir=cache_dir)
    return open_sentence_transformer(name)
