from collections.abc import Mapping
from os import PathLike

import numpy as np

def load_file(filename: str | PathLike[str]) -> dict[str, np.ndarray]: ...
def save_file(
    tensor_dict: Mapping[str, np.ndarray], filename: str | PathLike[str], metadata: Mapping[str, str] | None = None
) -> None: ...
