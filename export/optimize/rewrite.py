"""What the passes share: what a pass returns, who reads and who writes a tensor, and running one operator on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from ..decision import Decision
from ..graph import Graph, Operator, Tensor
from ..reference import EXECUTORS
from ..requantization import Channels, convolution_channels, fully_connected_channels

# Kinds are listed by what is true of their arithmetic, whether or not this version compiles them: a pass asks EXECUTORS too.
# Functions of one int8 value, compiled into a table.
UNARY = frozenset(
    {"ABS", "ELU", "EXP", "GELU", "HARD_SWISH", "LEAKY_RELU", "LOG", "LOGISTIC", "LOOKUP", "NEG", "QUANTIZE", "RELU", "RELU6"}
    | {"RELU_0_TO_1", "RELU_N1_TO_1", "RSQRT", "SQRT", "SQUARE", "TANH"}
)
# Functions of two int8 values at the same place, with broadcasting.
BINARY = frozenset({"ADD", "MAXIMUM", "MINIMUM", "MUL", "PRELU", "SQUARED_DIFFERENCE", "SUB"})
# Every output byte is some input byte, or a constant, whatever the values are.
MOVEMENT = frozenset(
    {"BATCH_TO_SPACE_ND", "BROADCAST_TO", "CONCATENATION", "DEPTH_TO_SPACE", "EXPAND_DIMS", "GATHER", "GATHER_ND", "MIRROR_PAD"}
    | {"PACK", "PAD", "PADV2", "RESHAPE", "RESIZE_NEAREST_NEIGHBOR", "REVERSE_V2", "SLICE", "SPACE_TO_BATCH_ND"}
    | {"SPACE_TO_DEPTH", "SPLIT", "SPLIT_V", "SQUEEZE", "STRIDED_SLICE", "TILE", "TRANSPOSE", "UNPACK"}
)
# A constant operand and a sum per output channel.
WEIGHTED = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"})

# Elements of tensors that passes compute whole. No microcontroller holds more.
LARGEST = 1 << 24

BYTES = np.arange(-128, 128, dtype=np.int8)


@dataclass(frozen=True)
class Rewrite:
    """A pass's result: the graph (the same object where nothing changed), what was done, and what was considered and not done."""

    graph: Graph
    done: tuple[Decision, ...] = ()
    kept: tuple[Decision, ...] = ()


Pass = Callable[[Graph], Rewrite]


def readers(graph: Graph) -> dict[int, list[Operator]]:
    """The operators that read each tensor; one that reads it twice is listed twice."""
    found: dict[int, list[Operator]] = {}
    for operator in graph.operators:
        for index in operator.inputs:
            if index is not None:
                found.setdefault(index, []).append(operator)
    return found


def producers(graph: Graph) -> dict[int, Operator]:
    return {index: operator for operator in graph.operators for index in operator.outputs}


def operands(graph: Graph, operator: Operator) -> list[Tensor]:
    """The inputs that are present."""
    return [graph.tensors[index] for index in operator.inputs if index is not None]


def variables(graph: Graph, operator: Operator) -> list[Tensor]:
    """The inputs that are not constants."""
    return [tensor for tensor in operands(graph, operator) if tensor.data is None]


def is_activation(tensor: Tensor) -> bool:
    """int8 with one scale: what passes may transform."""
    quantization = tensor.quantization
    return tensor.dtype == "int8" and quantization is not None and quantization.scale.size == quantization.zero_point.size == 1


def same_quantization(first: Tensor, second: Tensor) -> bool:
    both = is_activation(first) and is_activation(second)
    return both and first.scale == second.scale and first.zero_point == second.zero_point


def is_private(graph: Graph, reading: dict[int, list[Operator]], index: int) -> bool:
    """Exactly one operator reads the tensor, once, and no caller sees it."""
    return len(reading.get(index, [])) == 1 and index not in graph.results and index not in graph.sources


def is_uniform_scale(graph: Graph, operator: Operator) -> bool:
    """DEPTHWISE_CONV_2D of one tap that does the same to all channels: a function of one int8 value."""
    if operator.kind != "DEPTHWISE_CONV_2D" or graph.input_of(operator, 1).data is None:
        return False
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    if weights.shape[1:3] != (1, 1) or source.shape != output.shape:
        return False
    factors = channel_factors(graph, operator)
    assert weights.data is not None
    values = (weights.data, graph.biases_of(operator, output.shape[-1]), factors.multiplier, factors.shift)
    return all(np.unique(each).size == 1 for each in values)


def is_pointwise(graph: Graph, operator: Operator) -> bool:
    """A function of int8 values at one place: operands of the output's shape and single constants."""
    if is_uniform_scale(graph, operator):
        return True
    if operator.kind not in UNARY | BINARY or operator.kind not in EXECUTORS or len(operator.outputs) != 1:
        return False
    output, inputs = graph.output_of(operator), variables(graph, operator)
    constants = [tensor for tensor in operands(graph, operator) if tensor.data is not None]
    return (
        bool(inputs)
        and all(tensor.dtype == "int8" for tensor in (output, *inputs, *constants))
        and all(tensor.shape == output.shape for tensor in inputs)
        and (operator.kind == "LOOKUP" or all(tensor.elements == 1 for tensor in constants))
    )


def evaluate(
    graph: Graph, operator: Operator, values: dict[int, np.ndarray], shape: tuple[int, ...] | None = None
) -> tuple[np.ndarray, ...]:
    """Run one operator by the reference executor on other values and shapes than the graph's; constants count unless given.

    ``shape`` is the output's where it differs from the graph's.
    """
    tensors: list[Tensor] = []

    def local(index: int | None) -> int | None:
        if index is None:
            return None
        tensor = graph.tensors[index]
        data = values.get(index, tensor.data)
        assert data is not None
        constant = None if tensor.data is None else data
        tensors.append(replace(tensor, index=len(tensors), shape=data.shape, data=constant))
        arrays.append(data)
        return len(tensors) - 1

    arrays: list[np.ndarray] = []
    inputs = tuple(local(index) for index in operator.inputs)
    first = len(tensors)
    for position, index in enumerate(operator.outputs):
        tensor = graph.tensors[index]
        tensors.append(replace(tensor, index=first + position, shape=tensor.shape if shape is None else shape))
    outputs = tuple(range(first, len(tensors)))
    alone = replace(operator, inputs=inputs, outputs=outputs)
    result = EXECUTORS[operator.kind](Graph(graph.name, tuple(tensors), (alone,), (), outputs), alone, arrays)
    return result if isinstance(result, tuple) else (result,)


def table_of(graph: Graph, chain: Iterable[Operator], source: int) -> np.ndarray:
    """int8 [256]: what pointwise operators, in order of execution, make of every value of the tensor ``source``."""
    values = {source: BYTES}
    result = BYTES
    for operator in chain:
        if operator.kind == "DEPTHWISE_CONV_2D":
            shape = (1, 1, BYTES.size, graph.output_of(operator).shape[-1])
            data = np.broadcast_to(values[operator.inputs[0]].reshape(1, 1, -1, 1), shape)  # type: ignore[index]
            (spread,) = evaluate(graph, operator, {operator.inputs[0]: data}, shape)  # type: ignore[dict-item]
            values[operator.outputs[0]] = result = spread[0, 0, :, 0]
            continue
        constants = {tensor.index: tensor.data.reshape(-1) for tensor in operands(graph, operator) if tensor.data is not None}
        (result,) = evaluate(graph, operator, values | constants, BYTES.shape)
        values[operator.outputs[0]] = result
    return result


def lookup(graph: Graph, operator: Operator, source: int, table: np.ndarray) -> tuple[Graph, Operator]:
    """``operator``'s output as a LOOKUP of ``source``, and the graph with the table among its tensors."""
    graph, index = with_constant(graph, f"{operator.name}/table", table, "int8")
    return graph, replace(operator, kind="LOOKUP", inputs=(source, index), options=None)


def with_constant(graph: Graph, name: str, values: np.ndarray, dtype: str) -> tuple[Graph, int]:
    """The graph with one more constant, and its index."""
    index = len(graph.tensors)
    return replace(graph, tensors=(*graph.tensors, Tensor(index, name, values.shape, dtype, None, values))), index


def channel_factors(graph: Graph, operator: Operator) -> Channels:
    """The requantization of an operator with weights, per output channel."""
    factors = fully_connected_channels if operator.kind == "FULLY_CONNECTED" else convolution_channels
    output = graph.output_of(operator)
    return factors(graph.input_of(operator, 0), graph.input_of(operator, 1), output, output.shape[-1])


def macs(graph: Graph, operator: Operator) -> int:
    """Multiply-accumulates of an operator with weights, 0 for others."""
    if operator.kind not in WEIGHTED:
        return 0
    shape = graph.output_of(operator).shape
    return graph.input_of(operator, 1).elements * prod(shape[:-1])


def weight_bytes(graph: Graph, operator: Operator) -> int:
    """Bytes of an operator's weights and biases, 0 for others."""
    if operator.kind not in WEIGHTED:
        return 0
    return sum(tensor.data.nbytes for tensor in operands(graph, operator)[1:] if tensor.data is not None)


def saving(macs: int = 0, weights: int = 0, calls: int = 0, buffers: int = 0) -> str:
    """What was saved, in words: multiply-accumulates, bytes of weights, kernel calls, bytes of intermediate tensors."""
    parts = [(macs, "MACs"), (weights, "bytes of weights"), (calls, "kernel calls"), (buffers, "bytes of buffers")]
    return ", ".join(
        f"{count:,} {what[:-1] if count == 1 and what == 'kernel calls' else what}" for count, what in parts if count
    )
