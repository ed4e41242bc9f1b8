"""How many tokens a packaged model makes of a text, told without the model itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .pieces import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class TokenCounter:
    """Counts by a tokenizer's file, which is read when first needed: of `tokenizers` (.json) or sentencepiece."""

    file: Path
    prefix: str = ""

    def count(self, text: str) -> int:
        """Tokens of a passage, uncut, with those of its prefix and the special ones."""
        return len(self._encode(self.prefix + text))

    def _encode(self, text: str) -> Sequence[int]:
        tokenizer = self._tokenizer
        return tokenizer.encode(text) if isinstance(tokenizer, Pieces) else tokenizer.encode(text).ids

    @cached_property
    def _tokenizer(self) -> "Pieces | Tokenizer":
        return uncut_tokenizer(self.file) if self.file.suffix == ".json" else Pieces(self.file)


def uncut_tokenizer(file: Path) -> "Tokenizer":
    """A tokenizer of `tokenizers` that neither pads nor cuts, whatever its file says."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
