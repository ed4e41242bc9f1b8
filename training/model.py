"""The reader as torch sees it: a small encoder over question and window, with four heads.

Question and window are read together, so that every sentence is judged beside those around it, and one pass judges
them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from .data import Window

MAX_TOKENS = 256
FAR = -1e4


@dataclass(kw_only=True)
class Encoded:
    """A window in tokens; `members[t]` is the number of the sentence that token t is in, or -1."""

    window: Window
    ids: list[int]
    types: list[int]
    members: list[int]
    starts: list[int]
    ends: list[int]


class ReaderModel(nn.Module):
    """Encoder and heads. All outputs are logits before calibration.

    `sentences` (batch, sentences): this sentence answers; `supports`: it makes the claim true; `answerable` (batch):
    the window answers at all; `starts` and `ends` (batch, tokens): the shortest answer begins, ends here.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        width = config.hidden_size
        self.of_mean = nn.Linear(width, 2)
        self.of_token = nn.Linear(width, 2)
        self.of_window = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor, members: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """`members` is (batch, sentences, tokens), 1.0 where a token is in a sentence."""
        hidden = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        count = members.sum(2, keepdim=True).clamp(min=1.0)
        mean = torch.matmul(members, hidden) / count
        # The best token speaks for its sentence as much as the mean does: an answer is often a word or two.
        token = self.of_token(hidden).unsqueeze(1) + (1.0 - members).unsqueeze(3) * FAR
        pooled = self.of_mean(mean) + token.amax(2)
        present = (members.sum(2) > 0).to(hidden.dtype)
        sentences = pooled[:, :, 0] * present + (1.0 - present) * FAR
        supports = pooled[:, :, 1] * present + (1.0 - present) * FAR
        answerable = self.of_window(hidden[:, 0]).squeeze(1) + sentences.amax(1)
        span = self.span(hidden) + (1.0 - mask.to(hidden.dtype)).unsqueeze(2) * FAR
        return sentences, supports, answerable, span[:, :, 0], span[:, :, 1]

    def freeze(self, layers: int) -> None:
        """Leaves the word vectors and the lowest layers as they are; with -1 all of them learn."""
        if layers < 0:
            return
        for part in [self.bert.embeddings, *self.bert.encoder.layer[:layers]]:
            for parameter in part.parameters():
                parameter.requires_grad = False


def pretrained(folder: Path, layers: int = 6, dropout: float = 0.0) -> ReaderModel:
    """The encoder with the weights in `folder` (all-MiniLM-L6-v2 as published), its lowest `layers` layers."""
    config = BertConfig.from_pretrained(folder, local_files_only=True)
    config.num_hidden_layers = layers
    config.hidden_dropout_prob = dropout
    config.attention_probs_dropout_prob = 0.0
    # Its products run in bfloat16 as fast as any; the fused kernel does not.
    config._attn_implementation = "eager"
    model = ReaderModel(config)
    model.bert = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False, local_files_only=True)
    return model


def open_tokenizer(folder: Path) -> Tokenizer:
    """The encoder's tokenizer, cutting the window and never the question."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def encode(tokenizer: Tokenizer, window: Window, lead: str = "") -> Encoded:
    """Tokens of "[CLS] question [SEP] lead text [SEP]"; a sentence that is cut off has no token."""
    lead = f"{lead} " if lead else ""
    encoding = tokenizer.encode(window.question, lead + window.text)
    places = [
        (start - len(lead), end - len(lead)) if part == 1 else (-1, -1)
        for (start, end), part in zip(encoding.offsets, encoding.sequence_ids, strict=True)
    ]
    members = [next((n for n, (a, b) in enumerate(window.sentences) if a <= start < b), -1) for start, _ in places]
    starts = [t for t, (start, _) in enumerate(places) if start >= 0 and any(start == a for a, _ in window.answers)]
    ends = [t for t, (start, end) in enumerate(places) if start >= 0 and any(end == b for _, b in window.answers)]
    return Encoded(window=window, ids=encoding.ids, types=encoding.type_ids, members=members, starts=starts, ends=ends)


def collate(batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """ids, mask, types (batch, tokens) and members (batch, sentences, tokens)."""
    length = max(len(one.ids) for one in batch)
    many = max(len(one.window.sentences) for one in batch)
    ids = torch.zeros((len(batch), length), dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    members = torch.zeros((len(batch), many, length))
    for row, one in enumerate(batch):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        types[row, : len(one.ids)] = torch.tensor(one.types)
        mask[row, : len(one.ids)] = 1
        for token, sentence in enumerate(one.members):
            if sentence >= 0:
                members[row, sentence, token] = 1.0
    return ids, mask, types, members
