# What is used here of ONNX Runtime, which brings no types.
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

class SessionOptions:
    log_severity_level: int
    intra_op_num_threads: int
    enable_mem_reuse: bool
    def add_session_config_entry(self, key: str, value: str) -> None: ...

class InferenceSession:
    def __init__(self, path_or_bytes: Path, sess_options: SessionOptions, providers: Sequence[str]) -> None: ...
    def run(self, output_names: Sequence[str], input_feed: Mapping[str, np.ndarray]) -> list[np.ndarray]: ...

def disable_telemetry_events() -> None: ...
