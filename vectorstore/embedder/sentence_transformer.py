"""Any other sentence-transformers model, from a folder or the Hugging Face hub, run by sentence-transformers itself."""

import hashlib
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from .kept_files import sha256_of

if TYPE_CHECKING:
    import numpy as np
    from sentence_transformers import SentenceTransformer

# For models that read texts of any length: a passage longer than this is no place to point at.
MAX_TOKENS_WHERE_UNLIMITED = 512
BATCH = 32

# What decides a model's vectors; not its description, and not the same weights in hidden folders of version control.
DECISIVE_FILES = {".json", ".txt", ".model", ".safetensors", ".bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceTransformerEmbedder:
    """An `Embedder`, run by sentence-transformers on whatever device it finds."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    model: "SentenceTransformer" = field(repr=False)
    # A transformers tokenizer changes its own settings during a call, and fails when two threads do so at once.
    lock: Lock = field(default_factory=Lock, repr=False)

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Vectors of passages, float32 (len(texts), dimension), in the order given."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self.lock:
            vectors = self.model.encode_document(  # pyright: ignore[reportUnknownMemberType]
                list(texts),
                prompt=_passage_prompt(self.model),
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors.astype(np.float32, copy=False)

    def embed_query(self, text: str) -> "np.ndarray":
        """The vector of a question, float32 (dimension,)."""
        import numpy as np

        with self.lock:
            vector = self.model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)  # pyright: ignore[reportUnknownMemberType]
        return vector.astype(np.float32, copy=False)

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage before truncation, with those of the model's passage prompt."""
        with self.lock:
            return _count_tokens(self.model.tokenizer, _passage_prompt(self.model) + text)


def open_sentence_transformer(name: str) -> SentenceTransformerEmbedder:
    """A model by its folder or its name on the hub. Raises ModelError."""
    folder = Path(name).expanduser()
    is_folder = folder.is_dir()
    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        model = _load_folder(folder) if is_folder else _load_from_hub(repository)
        dimension = len(model.encode_query("", show_progress_bar=False))  # pyright: ignore[reportUnknownMemberType]
    except Exception as error:  # each kind of damage raises its own, from any of four libraries
        looked = "" if is_folder else "there is no such folder, and the Hugging Face hub gave "
        raise ModelError(
            f"The embedding model {name} cannot be loaded: {looked}{first_line(error)}. Give --embedding a folder with "
            f"a sentence-transformers model or the name of one on the hub, or leave it out to use the default model."
        ) from error
    return SentenceTransformerEmbedder(
        name=name,
        fingerprint=_fingerprint_of_folder(folder) if is_folder else f"{repository}@{_cached_revision(repository)}",
        dimension=dimension,
        max_tokens=_max_tokens(model),
        model=model,
    )


def _load_folder(folder: Path) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    with quiet_loading():
        return SentenceTransformer(str(folder), local_files_only=True)


def _load_from_hub(repository: str) -> "SentenceTransformer":
    from huggingface_hub import HfApi
    from huggingface_hub.utils import validate_repo_id
    from sentence_transformers import SentenceTransformer

    validate_repo_id(repository)
    try:
        with quiet_loading():
            return SentenceTransformer(repository, local_files_only=True)
    except OSError:
        # Not in the cache. One quick request says whether it can be had; loading would retry for over a minute.
        HfApi().model_info(repository, timeout=10)
        return SentenceTransformer(repository)


def _cached_revision(repository: str) -> str:
    """The commit of a model from the hub: the folder that the hub's cache keeps it in is named by it."""
    from huggingface_hub import try_to_load_from_cache

    for file in ("modules.json", "config.json"):
        cached = try_to_load_from_cache(repository, file)
        if isinstance(cached, str):
            return Path(cached).parent.name
    return "main"


def _fingerprint_of_folder(folder: Path) -> str:
    """The folder's own name, not where it stands, and a digest over every file that decides the vectors."""
    files = {
        inside.as_posix(): folder / inside
        for inside in (file.relative_to(folder) for file in folder.rglob("*") if file.suffix in DECISIVE_FILES)
        if not any(part.startswith(".") for part in inside.parts)
    }
    digest = hashlib.sha256()
    for inside in sorted(files):
        digest.update(f"{sha256_of(files[inside])}  {inside}\n".encode())
    return f"{folder.resolve().name}@sha256:{digest.hexdigest()}"


def _max_tokens(model: "SentenceTransformer") -> int:
    limit = model.max_seq_length
    # None or infinity: a bag of words has no limit; transformers' own "no limit" is 1e30.
    return int(limit) if limit is not None and limit < 1_000_000 else MAX_TOKENS_WHERE_UNLIMITED


def _passage_prompt(model: "SentenceTransformer") -> str:
    # sentence-transformers gives every model an empty "document", before which it would not see a "passage".
    return next(filter(None, (model.prompts.get(name) for name in ("document", "passage", "corpus"))), "")


def _count_tokens(tokenizer: Any, text: str) -> int:
    """Tokens of `text` by any of the three kinds of tokenizer that sentence-transformers uses."""
    from transformers import PreTrainedTokenizerBase

    if isinstance(tokenizer, PreTrainedTokenizerBase):
        return len(tokenizer(text, truncation=False, verbose=False)["input_ids"])
    if hasattr(tokenizer, "encode_batch"):
        return len(tokenizer.encode(text, add_special_tokens=False))
    return len(tokenizer.tokenize(text))


def first_line(error: Exception) -> str:
    """What went wrong, in one line without a full stop; the kind of error where it says nothing."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")


@contextmanager
def quiet_loading() -> Generator[None]:
    """Keeps a model's loading from writing to the terminal; everything is as it was afterwards."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars
    from transformers.utils import logging

    verbosity, bars, hub_bars = logging.get_verbosity(), logging.is_progress_bar_enabled(), are_progress_bars_disabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
        # transformers switches both kinds of bar on at once.
        if hub_bars:
            disable_progress_bars()
