"""Stage 2, check: every operator, type, quantization scheme and shape is one that can be compiled exactly.

Later stages rely on it: whatever passes here has consistent shapes, present operands and in-range quantization.
"""

from __future__ import annotations

from collections.abc import Callable

from ..coverage import ANY_TYPE
from ..errors import InputError
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
    rules,
    softmax,
)
from .shapes import resolve_shapes

CHECKS: dict[str, Callable[[Graph, Operator], None]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "SUB": elementwise.sub,
    "SQUARED_DIFFERENCE": elementwise.squared_difference,
    "PRELU": elementwise.prelu,
    "MINIMUM": elementwise.minimum_maximum,
    "MAXIMUM": elementwise.minimum_maximum,
    "MEAN": reduction.mean,
    "LOGISTIC": activation.logistic,
    "RELU": activation.rescaling,
    "RELU6": activation.relu6,
    "RELU_N1_TO_1": activation.relu_1,
    "RELU_0_TO_1": activation.relu_1,
    "TANH": activation.tanh,
    "HARD_SWISH": activation.hard_swish,
    "LEAKY_RELU": activation.leaky_relu,
    "ELU": activation.elu,
    "ABS": activation.rescaling,
    "RSQRT": activation.rsqrt,
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


def check(graph: Graph) -> Graph:
    """The graph with its shape arithmetic resolved; or InputError naming the operator, the layer, the reason and what to do."""
    _boundaries(graph)
    graph = resolve_shapes(graph, CHECKS)
    available = set(graph.inputs) | {tensor.index for tensor in graph.tensors if tensor.data is not None}
    for operator in graph.operators:
        if operator.kind not in CHECKS:
            rules.refuse(operator, "this operator is not supported", f"Supported operators: {', '.join(sorted(CHECKS))}.")
        for index in operator.inputs:
            if index is not None and index not in available:
                rules.refuse(
                    operator, f"reads '{graph.tensors[index].name}' before anything computes it", "Export the model again."
                )
        CHECKS[operator.kind](graph, operator)
        for index in operator.outputs:
            rules.require(index not in available, operator, f"writes '{graph.tensors[index].name}' a second time")
            available.add(index)
    for index in graph.outputs:
        if index not in available:
            raise InputError(f"No operator computes the model output '{graph.tensors[index].name}'.", "Export the model again.")
    return graph


def _boundaries(graph: Graph) -> None:
    """Inputs and outputs of the model: of a type that fits somewhere, of a fixed shape, distinct, computed."""
    if not graph.operators or not graph.inputs or not graph.outputs:
        raise InputError("The model has no operators, no inputs or no outputs.", "Export the model again.")
    for index in (*graph.inputs, *graph.outputs):
        tensor = graph.tensors[index]
        if tensor.dtype == "float32" and not any(operator.kind in ("QUANTIZE", "DEQUANTIZE") for operator in graph.operators):
            kind = (
                "dynamic-range quantized" if any(t.dtype == "int8" and t.data is not None for t in graph.tensors) else "float"
            )
            raise InputError(
                f"The model is {kind}: '{tensor.name}' is float32.",
                "Convert it with full-integer quantization: inference_input_type and inference_output_type int8, and a representative data set.",
            )
        if tensor.dtype not in ANY_TYPE:
            raise InputError(
                f"The model's '{tensor.name}' is {tensor.dtype}; inputs and outputs can be {', '.join(ANY_TYPE)}.",
                "Convert it with int8 input and output.",
            )
        if any(size < 1 for size in tensor.shape):
            raise InputError(
                f"The model's '{tensor.name}' has the dynamic shape {list(tensor.shape)}.",
                "Export with a fixed input shape and batch size 1.",
            )
    for index in graph.inputs:
        if graph.tensors[index].data is not None:
            raise InputError(f"The model input '{graph.tensors[index].name}' is a constant.", "Export the model again.")
    for index in graph.outputs:
        if index in graph.inputs or graph.tensors[index].data is not None:
            raise InputError(
                f"The model output '{graph.tensors[index].name}' is not computed by any operator.", "Export the model again."
            )
    if len(set(graph.inputs)) != len(graph.inputs) or len(set(graph.outputs)) != len(graph.outputs):
        raise InputError("The model lists the same tensor twice among its inputs or outputs.", "Export the model again.")
