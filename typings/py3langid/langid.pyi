from array import array
from collections.abc import Sequence

import numpy as np

MODEL_DIR: str
MODEL_FILE: str

class LanguageIdentifier:
    nb_classes: list[str]
    nb_ptc: np.ndarray
    nb_pc: np.ndarray
    tk_nextmove: array[int]
    tk_row: array[int]
    tk_output: list[int]
    def __init__(
        self,
        nb_ptc: np.ndarray,
        nb_pc: np.ndarray,
        nb_classes: list[str],
        tk_nextmove: Sequence[int],
        tk_output: list[int],
        norm_probs: bool = ...,
        *,
        tk_row: Sequence[int],
    ) -> None: ...
    @classmethod
    def from_model_file(cls, model_file: str, norm_probs: bool = ...) -> LanguageIdentifier: ...
    def set_languages(self, langs: Sequence[str] | None = ...) -> None: ...
    def rank(self, text: str | bytes) -> list[tuple[str, float]]: ...
    def classify(self, text: str | bytes) -> tuple[str, float]: ...
