"""The NumPy reference executor: the arithmetic of TensorFlow Lite Micro's reference kernels, bit for bit, readable and slow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..by_type import by_type
from ..graph import Graph, Operator
from . import (
    activation,
    batch_matmul,
    comparison,
    convolution,
    elementwise,
    floating,
    fully_connected,
    movement,
    normalization,
    pooling,
    rearrangement,
    reduction,
    resize,
    slicing,
    softmax,
    svdf,
)

Results = np.ndarray | tuple[np.ndarray, ...]

# One array, or a tuple for operators with several outputs.
EXECUTORS: dict[str, Callable[[Graph, Operator, list[np.ndarray]], Results]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "TRANSPOSE_CONV": convolution.transpose_conv,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "BATCH_MATMUL": batch_matmul.batch_matmul,
    "AVERAGE_POOL_2D": pooling.average_pool_2d,
    "MAX_POOL_2D": pooling.max_pool_2d,
    "ADD": by_type(elementwise.add, floating.binary),
    "MUL": by_type(elementwise.mul, floating.binary),
    "MEAN": reduction.total,
    "SUM": reduction.total,
    "REDUCE_MAX": reduction.extreme,
    "REDUCE_MIN": reduction.extreme,
    "ARG_MAX": reduction.arg_extreme,
    "ARG_MIN": reduction.arg_extreme,
    "CUMSUM": reduction.cumsum,
    "ADD_N": reduction.add_n,
    "SUB": by_type(elementwise.sub, floating.binary),
    "SQUARED_DIFFERENCE": by_type(elementwise.squared_difference, floating.binary),
    "PRELU": by_type(elementwise.prelu, floating.binary),
    "MINIMUM": by_type(elementwise.minimum, floating.binary),
    "MAXIMUM": by_type(elementwise.maximum, floating.binary),
    "GREATER": comparison.compare,
    "GREATER_EQUAL": comparison.compare,
    "LESS": comparison.compare,
    "LESS_EQUAL": comparison.compare,
    "EQUAL": comparison.compare,
    "NOT_EQUAL": comparison.compare,
    "LOGICAL_AND": comparison.compare,
    "LOGICAL_OR": comparison.compare,
    "LOGICAL_NOT": comparison.logical_not,
    "SELECT_V2": comparison.select,
    "CAST": activation.cast,
    "DIV": floating.binary,
    "NEG": floating.unary,
    "SQUARE": floating.unary,
    "FLOOR": floating.unary,
    "CEIL": floating.unary,
    "ROUND": floating.unary,
    "SQRT": floating.unary,
    "LOGISTIC": activation.unary,
    "RELU": by_type(activation.unary, floating.unary),
    "RELU6": by_type(activation.unary, floating.unary),
    "RELU_N1_TO_1": activation.unary,
    "RELU_0_TO_1": activation.unary,
    "TANH": activation.unary,
    "HARD_SWISH": by_type(activation.unary, floating.unary),
    "LEAKY_RELU": by_type(activation.unary, floating.unary),
    "ELU": activation.unary,
    "ABS": by_type(activation.unary, floating.unary),
    "RSQRT": by_type(activation.unary, floating.unary),
    "QUANTIZE": activation.quantize,
    "DEQUANTIZE": activation.dequantize,
    "LOOKUP": activation.lookup,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "RESIZE_BILINEAR": resize.resize_bilinear,
    "PAD": movement.pad,
    "PADV2": movement.pad_v2,
    "RESHAPE": movement.reshape,
    "CONCATENATION": movement.concatenation,
    "SQUEEZE": movement.reshape,
    "EXPAND_DIMS": movement.reshape,
    "PACK": movement.pack,
    "MIRROR_PAD": movement.mirror_pad,
    "UNPACK": slicing.unpack,
    "SPLIT": slicing.split,
    "SPLIT_V": slicing.split_v,
    "SLICE": slicing.slice_,
    "STRIDED_SLICE": slicing.strided_slice,
    "GATHER": slicing.gather,
    "TRANSPOSE": rearrangement.transpose,
    "REVERSE_V2": rearrangement.reverse,
    "BROADCAST_TO": rearrangement.broadcast_to,
    "SPACE_TO_DEPTH": rearrangement.space_to_depth,
    "DEPTH_TO_SPACE": rearrangement.depth_to_space,
    "SPACE_TO_BATCH_ND": rearrangement.space_to_batch,
    "BATCH_TO_SPACE_ND": rearrangement.batch_to_space,
    "SOFTMAX": softmax.softmax,
    "LOG_SOFTMAX": softmax.log_softmax,
    "L2_NORMALIZATION": normalization.l2_normalization,
    "SVDF": svdf.svdf,
}


def execute(graph: Graph, inputs: list[np.ndarray], kept: list[np.ndarray] | None = None) -> dict[int, np.ndarray]:
    """Run a checked graph on ``inputs``, one array of its type per model input; returns every tensor by index.

    ``kept`` is what the states read, one array each: their initial values if None, else what ``kept_values`` gave after an inference.
    """
    given = [*inputs, *(kept if kept is not None else [state.initial for state in graph.states])]
    values = {tensor.index: tensor.data for tensor in graph.tensors if tensor.data is not None}
    values |= {index: array.reshape(graph.tensors[index].shape) for index, array in zip(graph.sources, given, strict=True)}
    for operator in graph.operators:
        operands = [values[index] for index in operator.inputs if index is not None]
        results = EXECUTORS[operator.kind](graph, operator, operands)
        values |= zip(operator.outputs, results if isinstance(results, tuple) else (results,), strict=True)
    return values


def kept_values(graph: Graph, values: dict[int, np.ndarray]) -> list[np.ndarray]:
    """What the states are after the inference that computed ``values``."""
    return [values[state.written] for state in graph.states]


def predict(graph: Graph, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """The model outputs in the model's order."""
    values = execute(graph, inputs)
    return [values[index] for index in graph.outputs]
