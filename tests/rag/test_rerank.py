"""Re-ranking by a cross-encoder: a tiny real one through sentence-transformers, and a scripted one for the order."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from onrecord.rag import Library, OnRecordError, open_library
from onrecord.vectorstore.store import embedded_text

from ..fakes import HashEmbedder
from .records import write_records

pytestmark = pytest.mark.slow

QUESTION = "What about the herring quota?"


class Shortest:
    """Thinks the shortest passage answers best."""

    def judge(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        return [-float(len(passage)) for passage in passages]


def save_cross_encoder(folder: Path, *, labels: int) -> Path:
    """A BERT of one layer with a vocabulary of letters, its weights as they are drawn."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz"]
    tokenizer = Tokenizer(models.WordLevel({letter: number for number, letter in enumerate(letters)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=64,
    ).save_pretrained(folder)  # fmt: skip
    BertForSequenceClassification(
        BertConfig(
            vocab_size=len(letters), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=64, num_labels=labels, initializer_range=1.0,
        )
    ).save_pretrained(folder)  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_cross_encoder(tmp_path_factory.mktemp("tiny"), labels=1)


def opened(tmp_path: Path, reranker: str | None = None) -> Library:
    library = open_library(tmp_path / "library", embedder=HashEmbedder(), reranker=reranker)
    library.ingest([write_records(tmp_path / "records")])
    return library


def test_passages_come_in_the_reranker_s_order(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        plain = library.search(QUESTION, limit=50)
        judged = Library(library.store, reranker=Shortest()).search(QUESTION, limit=50)
    lengths = [len(embedded_text(hit.passage)) for hit in judged]
    assert lengths == sorted(lengths) != [len(embedded_text(hit.passage)) for hit in plain]
    assert {hit.passage.id for hit in judged} == {hit.passage.id for hit in plain}
    assert [hit.score for hit in judged] == sorted((hit.score for hit in judged), reverse=True)


def test_a_paragraph_asked_for_stays_first_whatever_the_reranker_thinks(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library = Library(library.store, reranker=Shortest())
        assert library.search("What does paragraph 4 say of collisions?")[0].passage.locator.paragraph == "4"


def test_a_cross_encoder_s_scores_decide_the_order(tmp_path: Path, tiny: Path) -> None:
    from sentence_transformers import CrossEncoder

    with opened(tmp_path, str(tiny)) as library:
        hits = library.search(QUESTION, limit=50)
        assert library.ask(QUESTION).citations
    model = CrossEncoder(str(tiny))
    judged = [float(model.predict([(QUESTION, embedded_text(hit.passage))])[0]) for hit in hits]
    assert len(hits) > 10
    assert judged == pytest.approx(sorted(judged, reverse=True), abs=1e-6)


def test_a_reranker_that_is_not_there_is_named_when_asked(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with opened(tmp_path, str(tmp_path / "empty")) as library:
        with pytest.raises(OnRecordError, match=r"The reranker .*empty cannot be loaded: .* --reranker"):
            library.search(QUESTION)


def test_a_classifier_of_several_kinds_is_no_reranker(tmp_path: Path) -> None:
    folder = save_cross_encoder(tmp_path / "nli", labels=3)
    with opened(tmp_path, str(folder)) as library:
        with pytest.raises(OnRecordError, match="gives 3 scores"):
            library.ask(QUESTION)
