"""A trained run becomes the file the product runs: ONNX, eight-bit weights, probabilities calibrated.

    python -m training.export OUT RUN READER.onnx [--full]

The scale and shift that make each head's logits probabilities (Platt 1999) are fitted on OUT/val-0-mined.jsonl, after
the weights were quantised, with the file itself. `--full` keeps 32-bit weights, to see what quantising costs.
"""

import argparse
import json
import math
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from transformers import BertConfig

from rapporteur.rag.reader import INPUTS, OUTPUTS, Excerpt, Reader, open_reader
from rapporteur.vectorstore.minilm import packaged_files

from .data import Window, read_windows
from .model import ReaderModel

OPSET = 17
HEADS = ("sentences", "supports", "answerable")
DROPPED_TITLES = 2  # every second window is judged without its title, as in training


class Graph(nn.Module):
    """The model with calibrated probabilities in the place of logits; `starts` and `ends` as log probabilities."""

    def __init__(self, model: ReaderModel) -> None:
        super().__init__()
        self.model = model
        # Of equal numbers the exporter keeps one, and times 1 or plus 0 is optimised away: so they are nearly that.
        near = [torch.full((1,), 1e-5 * (number + 1)) for number in range(len(HEADS))]
        self.scale = nn.ParameterDict({h: nn.Parameter(1.0 + n) for h, n in zip(HEADS, near, strict=True)})
        self.shift = nn.ParameterDict({h: nn.Parameter(n) for h, n in zip(HEADS, near, strict=True)})

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor, members: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """As `ReaderModel.forward`."""
        sentences, supports, answerable, starts, ends = self.model(ids, mask, types, members)
        return (
            torch.sigmoid(sentences * self.scale["sentences"] + self.shift["sentences"]),
            torch.sigmoid(supports * self.scale["supports"] + self.shift["supports"]),
            torch.sigmoid(answerable * self.scale["answerable"] + self.shift["answerable"]),
            starts.log_softmax(1),
            ends.log_softmax(1),
        )


def main() -> None:
    """Exports, quantises, calibrates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--full", action="store_true", help="32-bit weights")
    parser.add_argument("--version", default="1")
    given = parser.parse_args()
    last = torch.load(given.run / "last.pt", weights_only=True, map_location="cpu")
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        write_graph(restored(last), whole)
        quantised = whole if given.full else quantise(whole, Path(folder) / "quantised.onnx")
        graph = onnx.load(str(quantised))
    about = {
        "version": given.version, "commit": commit(), "steps": last["step"], "plan": last["plan"],
        "weights": "float32" if given.full else "int8",
    }  # fmt: skip
    describe(graph, about)
    onnx.save(graph, str(given.target))
    windows = read_windows(given.out / "val-0-mined.jsonl")
    for head, (scale, shift) in zip(HEADS, fitted(given.target, windows), strict=True):
        print(f"{head}: scale {scale:.3f}, shift {shift:.3f}")
        set_value(graph, f"scale.{head}", scale)
        set_value(graph, f"shift.{head}", shift)
    onnx.save(graph, str(given.target))
    print(f"{given.target}: {given.target.stat().st_size / 1e6:.1f} MB")


def restored(last: dict) -> ReaderModel:
    """The model of a checkpoint."""
    config = BertConfig.from_pretrained(packaged_files(), local_files_only=True)
    config.num_hidden_layers = last["plan"]["layers"]
    config._attn_implementation = "eager"
    model = ReaderModel(config)
    model.load_state_dict(last["model"])
    return model.eval()


def write_graph(model: ReaderModel, target: Path) -> None:
    """The ONNX graph with 32-bit weights."""
    ids = torch.ones((2, 9), dtype=torch.long)
    mask = torch.tensor([[1] * 9, [1] * 6 + [0] * 3])
    types = torch.tensor([[0] * 4 + [1] * 5] * 2)
    members = torch.zeros((2, 3, 9))
    members[:, 0, 4:6] = 1.0
    axes = {name: {0: "batch", 1: "tokens"} for name in ("ids", "mask", "types", "starts", "ends")}
    axes |= {"members": {0: "batch", 1: "sentences", 2: "tokens"}, "answerable": {0: "batch"}}
    axes |= {name: {0: "batch", 1: "sentences"} for name in ("sentences", "supports")}
    torch.onnx.export(
        Graph(model).eval(), (ids, mask, types, members), str(target), input_names=list(INPUTS),
        output_names=list(OUTPUTS), dynamic_axes=axes, opset_version=OPSET, dynamo=False,
    )  # fmt: skip


def quantise(whole: Path, target: Path) -> Path:
    """The graph with eight-bit weights, one scale a column, and word vectors of eight bits."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    ready = whole.with_name("ready.onnx")
    quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
    quantize_dynamic(str(ready), str(target), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    return target


def describe(graph: onnx.ModelProto, about: dict) -> None:
    """Writes into the file what it is."""
    del graph.metadata_props[:]
    graph.metadata_props.add(key="reader", value=json.dumps(about))
    graph.producer_name, graph.producer_version, graph.doc_string = "rapporteur", "", ""


def set_value(graph: onnx.ModelProto, name: str, value: float) -> None:
    """Changes one number of the graph."""
    [found] = [one for one in graph.graph.initializer if one.name == name]
    found.CopyFrom(numpy_helper.from_array(np.array([value], dtype=np.float32), name))


def excerpt_of(window: Window, place: int) -> Excerpt:
    """A window as the product gives it to the reader."""
    lead = window.title if place % DROPPED_TITLES else ""
    return Excerpt(text=window.text, sentences=tuple((start, end) for start, end in window.sentences), lead=lead)


def fitted(target: Path, windows: Sequence[Window]) -> list[tuple[float, float]]:
    """Scale and shift of each head."""
    reader = open_reader(target)
    assert isinstance(reader, Reader)
    judged: list[list[tuple[float, int]]] = [[], [], []]
    for place, window in enumerate(windows):
        [verdict] = reader.judge(window.question, [excerpt_of(window, place)])
        judged[0] += zip(verdict.sentences, window.labels, strict=True)
        judged[1] += [pair for pair in zip(verdict.supports, window.supports, strict=True) if pair[1] >= 0]
        judged[2].append((verdict.answers, window.answerable))
    return [platt([(logit(chance), label) for chance, label in one]) for one in judged]


def platt(scored: Sequence[tuple[float, int]], rounds: int = 50) -> tuple[float, float]:
    """Scale and shift by Newton's method; as they are where nothing is to learn from (Platt 1999)."""
    scores = np.array([score for score, _ in scored], dtype=float)
    labels = np.array([label for _, label in scored], dtype=float)
    if not len(scores) or labels.min() == labels.max():
        return 1.0, 0.0
    scale, shift = 1.0, 0.0
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-(scale * scores + shift)))
        slope = chance * (1 - chance) + 1e-9
        miss = chance - labels
        gradient = np.array([(miss * scores).sum(), miss.sum()])
        curve = np.array([[(slope * scores**2).sum(), (slope * scores).sum()], [(slope * scores).sum(), slope.sum()]])
        step = np.linalg.solve(curve + 1e-6 * np.eye(2), gradient)
        scale, shift = scale - step[0], shift - step[1]
        if abs(step).max() < 1e-8:
            break
    return float(scale), float(shift)


def logit(chance: float) -> float:
    """The logit of a probability, kept finite."""
    chance = min(max(chance, 1e-7), 1 - 1e-7)
    return math.log(chance / (1 - chance))


def commit() -> str:
    """The commit this stands on."""
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return found.stdout.strip()


if __name__ == "__main__":
    main()
