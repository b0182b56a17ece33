"""The NumPy reference executor: the arithmetic of TensorFlow Lite Micro's reference kernels, bit for bit, readable and slow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import Graph, Operator
from . import (
    activation,
    convolution,
    elementwise,
    fully_connected,
    movement,
    normalization,
    pooling,
    reduction,
    resize,
    softmax,
)

Results = np.ndarray | tuple[np.ndarray, ...]

# One array, or a tuple for operators with several outputs.
EXECUTORS: dict[str, Callable[[Graph, Operator, list[np.ndarray]], Results]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "AVERAGE_POOL_2D": pooling.average_pool_2d,
    "MAX_POOL_2D": pooling.max_pool_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "SUB": elementwise.sub,
    "SQUARED_DIFFERENCE": elementwise.squared_difference,
    "PRELU": elementwise.prelu,
    "MINIMUM": elementwise.minimum,
    "MAXIMUM": elementwise.maximum,
    "MEAN": reduction.mean,
    "LOGISTIC": activation.unary,
    "RELU": activation.unary,
    "RELU6": activation.unary,
    "RELU_N1_TO_1": activation.unary,
    "RELU_0_TO_1": activation.unary,
    "TANH": activation.unary,
    "HARD_SWISH": activation.unary,
    "LEAKY_RELU": activation.unary,
    "ELU": activation.unary,
    "ABS": activation.unary,
    "RSQRT": activation.unary,
    "QUANTIZE": activation.quantize,
    "DEQUANTIZE": activation.dequantize,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "PAD": movement.pad,
    "PADV2": movement.pad_v2,
    "RESHAPE": movement.reshape,
    "CONCATENATION": movement.concatenation,
    "SOFTMAX": softmax.softmax,
    "LOG_SOFTMAX": softmax.log_softmax,
    "L2_NORMALIZATION": normalization.l2_normalization,
}


def execute(graph: Graph, inputs: list[np.ndarray]) -> dict[int, np.ndarray]:
    """Run a checked graph on ``inputs``, one array of its type per model input; returns every tensor by index."""
    values = {tensor.index: tensor.data for tensor in graph.tensors if tensor.data is not None}
    values |= {index: array.reshape(graph.tensors[index].shape) for index, array in zip(graph.inputs, inputs, strict=True)}
    for operator in graph.operators:
        operands = [values[index] for index in operator.inputs if index is not None]
        results = EXECUTORS[operator.kind](graph, operator, operands)
        values |= zip(operator.outputs, results if isinstance(results, tuple) else (results,), strict=True)
    return values


def predict(graph: Graph, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """The model outputs in the model's order."""
    values = execute(graph, inputs)
    return [values[index] for index in graph.outputs]
