"""multilingual-e5-small written as a folder that sentence-transformers reads: the same weights, in float32.

    export_e5 -> the encoder, its tokenizer, pooling and prompts

So that other programs can use, compare or train further what On Record embeds with.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .e5 import DIMENSION, MAX_TOKENS, PASSAGE, QUERY
from .e5_file import E5File, Vocabulary, packaged_file, unpacked
from .pieces import SPACES, VANISH

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MODULES = "sentence_transformers.models"
_MARKS = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def export_e5(folder: Path, *, file: Path | None = None) -> None:
    """Writes the model into a folder that is new or empty; takes about 500 MB.

    Args:
        folder: where the model is to lie.
        file: the model's file as published; by default the installed distribution's.

    Raises:
        InputError: something lies in the folder already, or it cannot be written.
        ModelError: the weights are not installed.
    """
    weights = E5File(packaged_file() if file is None else file)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty. Choose a new folder.")
    try:
        for name, value in _descriptions(weights).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(json.dumps(value, indent=2), encoding="utf-8")
        _tokenizer(weights.vocabulary()).save(str(folder / "tokenizer.json"))
        _write_weights(weights, folder / "model.safetensors")
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror or error}). Choose another folder.") from error


def _descriptions(file: E5File) -> dict[str, Any]:
    """What sentence-transformers and transformers read of a model, by the name of its file."""
    sizes = file.sizes
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.inner,
            "vocab_size": sizes.words,
            "max_position_embeddings": sizes.places,
            "type_vocab_size": sizes.kinds,
            "layer_norm_eps": file.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": file.vocabulary().padding,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            **_MARKS,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_MODULES}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": DIMENSION, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            # sentence-transformers asks for "document" first, and takes it to be empty where it is not named.
            "prompts": {"query": QUERY, "document": PASSAGE, "passage": PASSAGE},
            "similarity_fn_name": "cosine",
        },
    }


def _tokenizer(vocabulary: Vocabulary) -> "Tokenizer":
    """The pieces, with what `pieces.normalised` does to a text."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(
        models.Unigram(list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), unk_id=vocabulary.unknown)
    )
    steps: list[Any] = [
        normalizers.Replace(Regex(_any_of(VANISH)), ""),
        normalizers.Replace(Regex(_any_of(SPACES)), " "),
        normalizers.NFKC(),
        normalizers.Replace(Regex(" {2,}"), " "),
        normalizers.Strip(),
    ]
    tokenizer.normalizer = normalizers.Sequence(steps)  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()  # pyright: ignore[reportAttributeAccessIssue]
    begin, end = (vocabulary.pieces[number] for number in (vocabulary.begin, vocabulary.end))
    tokenizer.post_processor = processors.TemplateProcessing(  # pyright: ignore[reportAttributeAccessIssue]
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.begin), (end, vocabulary.end)],
    )
    marks = [AddedToken(mark, special=True) for mark in sorted(set(_MARKS.values()))]
    tokenizer.add_special_tokens(marks)  # pyright: ignore[reportUnknownMemberType]
    return tokenizer


def _any_of(codes: list[int]) -> str:
    return "[" + "".join(rf"\x{{{code:X}}}" for code in codes) + "]"


def _write_weights(file: E5File, target: Path) -> None:
    from safetensors.numpy import save_file

    weights = file.weights()
    weights["embeddings.word_embeddings.weight"] = unpacked(file.words)
    save_file(weights, target, metadata={"format": "pt"})
