"""ONNX Runtime, opened in one place: silent, frugal, on the processor."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..telemetry import onnxruntime_may_report

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(graph: Path) -> "InferenceSession":
    """A graph ready to run. Raises whatever ONNX Runtime makes of a file that holds none."""
    from onnxruntime import InferenceSession, SessionOptions, disable_telemetry_events

    # The environment switches all of it off, but comes too late where the host imported ONNX Runtime first.
    if not onnxruntime_may_report():
        disable_telemetry_events()
    options = SessionOptions()
    options.log_severity_level = 3  # errors only
    # One processor a run: steps of a few tokens are too short to be shared out. Runs go side by side (batches.py).
    options.intra_op_num_threads = 1
    # Which result may lie in whose place is planned by comparing each with all others: 0.3 s of e5's 0.35 s to open.
    # It saves no memory here, where a result's room goes back to the arena as soon as it has been used (170 MB with
    # that plan, 157 MB without it for 512 tokens).
    options.enable_mem_reuse = False
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
