"""Cosines of other models become the likeness that thresholds are in."""

import json
from pathlib import Path

import numpy as np
import pytest

from onrecord.rag import calibration
from onrecord.rag.calibration import likeness
from onrecord.vectorstore.embedder import E5, MINILM

FILES = sorted(Path(calibration.__file__).parent.glob("*.json"))


def test_the_cosines_of_a_model_without_a_file_are_taken_as_they_are() -> None:
    cosines = np.array([-0.2, 0.0, 0.6, 1.0])
    for model in (MINILM, "hash", "../calibration/multilingual-e5-small", ""):
        np.testing.assert_array_equal(likeness(model, cosines), cosines)


def test_the_default_model_has_a_file() -> None:
    assert E5 in [file.stem for file in FILES]
    assert likeness(E5, np.array([0.75]))[0] < 0.2 < 0.6 < likeness(E5, np.array([0.9]))[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("pair", ["asked", "alike"])
def test_a_curve_rises_from_end_to_end(file: Path, pair: calibration.Pair) -> None:
    told = json.loads(file.read_text(encoding="utf-8"))
    for language, curves in {None: told, **told.get("languages", {})}.items():
        knots = curves[pair]
        assert knots["cosine"][0] == knots["likeness"][0] == -1 and knots["cosine"][-1] == knots["likeness"][-1] == 1
        assert np.all(np.diff(knots["cosine"]) > 0) and np.all(np.diff(knots["likeness"]) > 0)
        near = likeness(file.stem, np.linspace(-1, 1, 401), pair, language)
        assert np.all(np.diff(near) > 0)


def test_two_chinese_texts_have_to_be_nearer_than_two_english_ones() -> None:
    for cosine in (0.8, 0.85):
        english, chinese, unknown = (likeness(E5, np.array([cosine]), language=code)[0] for code in ("en", "zh", "xx"))
        assert chinese < english - 0.2 and english == unknown
