"""Pieces of words as sentencepiece makes them of a text: the vocabulary of XLM-RoBERTa.

sentencepiece reads a quarter of a million pieces in half the time that `tokenizers` takes, into a fifth of the room,
and makes the same ids (tests/vectorstore/test_e5.py compares the two).
"""

import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from .e5_file import Vocabulary

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

# What the model's own table of characters does beyond NFKC: control characters vanish, and what parts words, from the
# tab to the zero-width joiner, is a space. tests/vectorstore/test_e5.py holds it against that table.
VANISH = [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]
SPACES = [0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD]
_TABLE = dict.fromkeys(VANISH) | dict.fromkeys(SPACES, " ")
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_UNIGRAM = 1
# sentencepiece begins each word with it, and no other letter of a piece is one.
_SPACE = "\u2581"
_LONGEST_PIECE = 16  # letters; the default of sentencepiece's training
# Whoever has read this many pieces bit by bit has spent half of what the whole vocabulary takes, and will need more.
_UNTIL_ALL = 100_000
# A text as long has thousands of different words.
_LONGEST_OF_FEW = 64_000
_SETTINGS = -1
_PIECES_OF = """
    SELECT number, bytes FROM pieces WHERE piece IN (SELECT value FROM json_each(?))
    UNION ALL SELECT number, bytes FROM pieces WHERE always
"""


def normalised(text: str) -> str:
    """A text as the model was trained to see it; sentencepiece itself joins its white space."""
    return unicodedata.normalize("NFKC", text.translate(_TABLE))


class Pieces:
    """The tokenizer: of few texts by those pieces alone that stand in them, of more by its whole file.

    To read the whole vocabulary takes half a second, to look up the pieces of a text's words some milliseconds.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = Lock()
        self._words: set[str] = set()
        self._found: dict[int, bytes] = {}
        self._read = 0
        self._few: tuple[SentencePieceProcessor, list[int]] | None = None

    def encode(self, text: str) -> list[int]:
        """The ids of a text, uncut, between those that begin and end it."""
        text = normalised(text)
        if few := self._model_of(text):
            model, numbers = few
            return [numbers[piece] for piece in (model.bos_id(), *model.encode(text), model.eos_id())]
        model = self._model
        return [model.bos_id(), *model.encode(text), model.eos_id()]

    @cached_property
    def _model(self) -> "SentencePieceProcessor":
        from sentencepiece import SentencePieceProcessor

        return SentencePieceProcessor(model_file=str(self.file))

    def _model_of(self, text: str) -> "tuple[SentencePieceProcessor, list[int]] | None":
        """A model of the pieces in this text and those before it, with their ids; None once the whole one is due."""
        if self._read > _UNTIL_ALL or len(text) > _LONGEST_OF_FEW or not index_of(self.file).is_file():
            return None
        with self._lock:
            new = {f"{_SPACE}{word}" for word in text.split(" ")} - self._words
            if new or self._few is None:
                self._few = self._model_with(new)
                self._words |= new
            return self._few

    def _model_with(self, words: set[str]) -> "tuple[SentencePieceProcessor, list[int]]":
        from sentencepiece import SentencePieceProcessor

        parts = json.dumps(list({part for word in words for part in _parts(word)}))
        with closing(sqlite3.connect(f"{index_of(self.file).absolute().as_uri()}?mode=ro", uri=True)) as index:
            self._found.update(index.execute(_PIECES_OF, (parts,)))
        numbers = sorted(self._found)
        self._read += len(numbers)
        model = SentencePieceProcessor(model_proto=b"".join(self._found[number] for number in numbers))
        return model, [number for number in numbers if number != _SETTINGS]


def _parts(word: str) -> Iterator[str]:
    for start in range(len(word)):
        for end in range(start + 1, min(len(word), start + _LONGEST_PIECE) + 1):
            yield word[start:end]


def index_of(file: Path) -> Path:
    """Where the pieces of a file lie one by one."""
    return file.with_suffix(".sqlite")


def write_index(file: Path, target: Path) -> None:
    """Writes the pieces of a file of sentencepiece's so that they can be looked up.

    Each as it stands in that file, of which any part is such a file too; the marks, the least likely piece, which
    gives what is unknown its weight, and the settings belong to every text.
    """
    proto: Any = import_module("sentencepiece.sentencepiece_model_pb2").ModelProto
    model = proto.FromString(file.read_bytes())
    rarest = min((piece.score, number) for number, piece in enumerate(model.pieces) if piece.type == _NORMAL)[1]
    rows = [
        (piece.piece, number, piece.type != _NORMAL or number == rarest, proto(pieces=[piece]).SerializeToString())
        for number, piece in enumerate(model.pieces)
    ]
    model.ClearField("pieces")
    with closing(sqlite3.connect(target, isolation_level=None)) as index:
        index.execute("PRAGMA journal_mode = OFF")
        index.execute("CREATE TABLE pieces (piece TEXT PRIMARY KEY, number INTEGER, always INTEGER, bytes BLOB)")
        index.execute("CREATE INDEX of_every_text ON pieces (number) WHERE always")
        index.execute("BEGIN")
        index.execute("INSERT INTO pieces VALUES (NULL, ?, TRUE, ?)", (_SETTINGS, model.SerializeToString()))
        index.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?)", rows)
        index.execute("COMMIT")


def write_pieces(vocabulary: Vocabulary, target: Path) -> None:
    """Writes a vocabulary as a file of sentencepiece's."""
    model: Any = import_module("sentencepiece.sentencepiece_model_pb2").ModelProto()
    model.trainer_spec.model_type = _UNIGRAM
    model.trainer_spec.bos_id, model.trainer_spec.eos_id = vocabulary.begin, vocabulary.end
    model.trainer_spec.pad_id, model.trainer_spec.unk_id = vocabulary.padding, vocabulary.unknown
    model.normalizer_spec.name = "identity"
    # "<mask>" is the last of them.
    marks = {vocabulary.begin, vocabulary.end, vocabulary.padding, len(vocabulary.pieces) - 1}
    for number, (piece, score) in enumerate(zip(vocabulary.pieces, vocabulary.scores, strict=True)):
        kind = _UNKNOWN if number == vocabulary.unknown else _CONTROL if number in marks else _NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    target.write_bytes(model.SerializeToString())
