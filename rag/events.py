"""What happens while an answer is being written."""

from dataclasses import dataclass

from .answer import Citation, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReady:
    """One sentence of an answer that is still being written, with the citations it brings along."""

    sentence: Sentence
    citations: tuple[Citation, ...]
