"""The NumPy reference executor: the arithmetic of TensorFlow Lite Micro's reference kernels, bit for bit, readable and slow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import Graph, Operator
from . import activation, convolution, elementwise, fully_connected, movement, pooling, reduction, resize, softmax

EXECUTORS: dict[str, Callable[[Graph, Operator, list[np.ndarray]], np.ndarray]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "AVERAGE_POOL_2D": pooling.average_pool_2d,
    "MAX_POOL_2D": pooling.max_pool_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "MEAN": reduction.mean,
    "LOGISTIC": activation.unary,
    "RELU": activation.unary,
    "RELU6": activation.unary,
    "QUANTIZE": activation.unary,
    "LOOKUP": activation.lookup,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "PAD": movement.pad,
    "PADV2": movement.pad_v2,
    "RESHAPE": movement.reshape,
    "CONCATENATION": movement.concatenation,
    "SOFTMAX": softmax.softmax,
}


def execute(graph: Graph, inputs: list[np.ndarray]) -> dict[int, np.ndarray]:
    """Run a checked graph on int8 ``inputs`` (one array per model input); returns every tensor by index."""
    values = {tensor.index: tensor.data for tensor in graph.tensors if tensor.data is not None}
    values |= {index: array.reshape(graph.tensors[index].shape) for index, array in zip(graph.inputs, inputs, strict=True)}
    for operator in graph.operators:
        operands = [values[index] for index in operator.inputs if index is not None]
        values[operator.outputs[0]] = EXECUTORS[operator.kind](graph, operator, operands)
    return values


def predict(graph: Graph, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """The model outputs, int8, in the model's order."""
    values = execute(graph, inputs)
    return [values[index] for index in graph.outputs]
