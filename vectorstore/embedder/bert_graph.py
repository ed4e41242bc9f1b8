"""A BERT sentence encoder written as an ONNX graph, straight from its weights.

    tokens -> embeddings -> layers of attention and a feed-forward net -> mean over the tokens -> length 1

Between the layers the tokens of all texts lie in one matrix, (batch * tokens, width). The operators are those that
ONNX Runtime fuses when it opens the graph. The names of weights are those that transformers gives them. Where the
weights lack the table of words, the graph takes the vectors of the words themselves.

In eight bits a matrix has a scale for each of its columns and what it is multiplied with one for each token, so that a
text's vector does not depend on the texts it is embedded with. Dettmers et al. 2022, LLM.int8(), section 3.1. Such a
graph has an operator of ONNX Runtime's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import onnx

OPSET = 17
IDS, WORDS, MASK, OUTPUT = "input_ids", "words", "attention_mask", "embedding"
_WORD_TABLE = "embeddings.word_embeddings.weight"
# Kinds of numbers as onnx.TensorProto counts them.
_FLOAT, _BOOL = 1, 9
_RUNTIME = "com.microsoft"
# What stands for nought among unsigned bytes, which processors multiply faster than signed ones.
_ZERO = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape:
    """What the weights alone do not tell."""

    layers: int
    heads: int
    epsilon: float


def sentence_encoder(
    weights: "Mapping[str, np.ndarray]", shape: BertShape, *, eight_bits: bool = False
) -> "onnx.ModelProto":
    """Token ids, or the vectors of words, and a mask in; embeddings of length 1 out, (batch, width).

    `IDS` and `MASK` are int64 (batch, tokens), `WORDS` is float32 (batch, tokens, width).

    Raises:
        KeyError: a weight is missing.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(weights, shape, eight_bits)
    hidden = graph.embeddings()
    mask = graph.attention_mask()
    for layer in range(shape.layers):
        hidden = graph.layer(f"encoder.layer.{layer}", hidden, mask)
    graph.add("Identity", graph.mean(hidden), output=OUTPUT)
    tokens = (
        helper.make_tensor_value_info(IDS, TensorProto.INT64, ["batch", "tokens"])
        if _WORD_TABLE in weights
        else helper.make_tensor_value_info(WORDS, TensorProto.FLOAT, ["batch", "tokens", graph.width])
    )
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sentence encoder",
            [tokens, helper.make_tensor_value_info(MASK, TensorProto.INT64, ["batch", "tokens"])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", graph.width])],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET), *([helper.make_opsetid(_RUNTIME, 1)] if eight_bits else [])],
        ir_version=8,  # that of the opset, so that older runtimes read it too
    )
    checker.check_model(model)  # pyright: ignore[reportUnknownMemberType]
    return model


@dataclass(slots=True)
class _Graph:
    """Nodes and constants so far; every method adds some and returns the name of what they make."""

    weights: "Mapping[str, np.ndarray]"
    shape: BertShape
    eight_bits: bool
    nodes: "list[onnx.NodeProto]" = field(default_factory=list["onnx.NodeProto"])
    constants: "dict[str, onnx.TensorProto]" = field(default_factory=dict[str, "onnx.TensorProto"])
    rounded: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    shapes: dict[tuple[int, ...], str] = field(default_factory=dict[tuple[int, ...], str])

    @property
    def width(self) -> int:
        return self.weights["embeddings.position_embeddings.weight"].shape[1]

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name: str, value: Any, dtype: str) -> str:
        import numpy as np
        from onnx import numpy_helper

        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value, dtype), name)
        return name

    def ints(self, *values: int) -> str:
        return self.constant(f"ints {values}", values, "int64")

    def number(self, value: float) -> str:
        return self.constant(f"number {value}", value, "float32")

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name], "float32")

    def embeddings(self) -> str:
        words = self.add("Gather", self.weight(_WORD_TABLE), IDS) if _WORD_TABLE in self.weights else WORDS
        # All tokens are of the first kind: a sentence encoder reads one text at a time.
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        places = self.constant("places", self.weights["embeddings.position_embeddings.weight"] + kind, "float32")
        length = self.add("Slice", self.add("Shape", MASK), self.ints(1), self.ints(2))
        here = self.add("Slice", places, self.ints(0), length)
        hidden = self.normalised("embeddings.LayerNorm", self.add("Add", words, here))
        return self.add("Reshape", hidden, self.ints(-1, self.width))

    def attention_mask(self) -> str:
        """0 for tokens, minus infinity for padding: (batch, 1, 1, tokens), to be added to the scores."""
        seen = self.add("Unsqueeze", self.add("Cast", MASK, to=_BOOL), self.ints(1, 2))
        return self.add("Where", seen, self.number(0.0), self.number(float("-inf")))

    def layer(self, name: str, hidden: str, mask: str) -> str:
        attended = self.linear(f"{name}.attention.output.dense", self.attention(f"{name}.attention.self", hidden, mask))
        hidden = self.normalised(f"{name}.attention.output.LayerNorm", self.add("Add", attended, hidden))
        inner = self.gelu(self.linear(f"{name}.intermediate.dense", hidden))
        outer = self.linear(f"{name}.output.dense", inner)
        return self.normalised(f"{name}.output.LayerNorm", self.add("Add", outer, hidden))

    def attention(self, name: str, hidden: str, mask: str) -> str:
        head = self.width // self.shape.heads
        query = self.by_head(self.linear(f"{name}.query", hidden, scale=head**-0.5), [0, 2, 1, 3])
        key = self.by_head(self.linear(f"{name}.key", hidden), [0, 2, 3, 1])
        value = self.by_head(self.linear(f"{name}.value", hidden), [0, 2, 1, 3])
        scores = self.add("Add", self.add("MatMul", query, key), mask)
        mixed = self.add("MatMul", self.add("Softmax", scores, axis=-1), value)
        return self.add("Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self.ints(-1, self.width))

    def by_head(self, hidden: str, order: list[int]) -> str:
        """(batch, tokens, heads, width of a head), in this order."""
        return self.add("Transpose", self.by_text(hidden, self.shape.heads, self.width // self.shape.heads), perm=order)

    def by_text(self, hidden: str, *of_a_token: int) -> str:
        """(batch, tokens, ...)."""
        if of_a_token not in self.shapes:
            self.shapes[of_a_token] = self.add("Concat", self.add("Shape", MASK), self.ints(*of_a_token), axis=0)
        return self.add("Reshape", hidden, self.shapes[of_a_token])

    def linear(self, name: str, hidden: str, scale: float = 1.0) -> str:
        multiplied = self.in_eight_bits if self.eight_bits else self.multiplied
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"] * scale, "float32")
        return self.add("Add", multiplied(f"{name}.weight", hidden, scale), bias)

    def multiplied(self, name: str, hidden: str, scale: float) -> str:
        return self.add("MatMul", hidden, self.constant(name, self.weights[name].T * scale, "float32"))

    def in_eight_bits(self, name: str, hidden: str, scale: float) -> str:
        import numpy as np

        weight = self.weights[name].T
        steps = np.abs(weight).max(axis=0) / 127
        levels = self.constant(name, np.round(weight / steps), "int8")
        rounded, step = self.levels(hidden)
        zero = self.constant("zero level", _ZERO, "uint8")
        one, steps = self.number(1.0), self.constant(f"{name}.steps", steps * scale, "float32")
        product = self.add("MatMulIntegerToFloat", rounded, levels, one, steps, zero, domain=_RUNTIME)
        return self.add("Mul", product, self.add("Unsqueeze", step, self.ints(1)))

    def levels(self, hidden: str) -> tuple[str, str]:
        """Each token's numbers as whole ones from 1 to 255, 128 for nought, and how much one of these levels is."""
        if hidden not in self.rounded:
            largest = self.add("ReduceMax", self.add("Abs", hidden), axes=[-1], keepdims=0)
            step = self.add("Mul", self.add("Max", largest, self.number(1e-6)), self.number(1 / 127))
            zeros = self.add("Expand", self.constant("zero level", _ZERO, "uint8"), self.add("Shape", step))
            self.rounded[hidden] = self.add("QuantizeLinear", hidden, step, zeros, axis=0), step
        return self.rounded[hidden]

    def gelu(self, hidden: str) -> str:
        grown = self.add("Add", self.add("Erf", self.add("Div", hidden, self.number(2**0.5))), self.number(1.0))
        return self.add("Mul", self.add("Mul", hidden, grown), self.number(0.5))

    def normalised(self, name: str, hidden: str) -> str:
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.add("LayerNormalization", hidden, weight, bias, axis=-1, epsilon=self.shape.epsilon)

    def mean(self, hidden: str) -> str:
        """The mean of a text's tokens, at length 1. The sum would do: dividing by a number keeps the direction."""
        tokens = self.add("Unsqueeze", self.add("Cast", MASK, to=_FLOAT), self.ints(2))
        hidden = self.add("Mul", self.by_text(hidden, self.width), tokens)
        total = self.add("ReduceSum", hidden, self.ints(1), keepdims=0)
        return self.add("Div", total, self.add("ReduceL2", total, axes=[-1], keepdims=1))
